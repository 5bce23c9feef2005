/* SPDX-License-Identifier: Apache-2.0 */
/* Repeatable random numbers: the same seed gives the same scene everywhere. */
#ifndef QYRAN_SCENE_RANDOM_H
#define QYRAN_SCENE_RANDOM_H

#include <stdint.h>

/** scene_random() - next 64 bits of SplitMix64 (Steele, Lea, Flood 2014); @state is any seed at first. */
static inline uint64_t scene_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/** scene_random_below() - 0 to @limit - 1. */
static inline uint32_t scene_random_below(uint64_t *state, uint32_t limit)
{
	return (uint32_t)(((scene_random(state) >> 32) * limit) >> 32);
}

/** scene_random_between() - a number in [@low, @high). */
static inline double scene_random_between(uint64_t *state, double low, double high)
{
	return low + (high - low) * (double)(scene_random(state) >> 11) * 0x1p-53;
}

#endif
