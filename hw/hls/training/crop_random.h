/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers for rendered regions; repeatable from the seed with one compiler, for C leaves open in which order arguments are drawn. */
#ifndef QYRAN_TRAINING_CROP_RANDOM_H
#define QYRAN_TRAINING_CROP_RANDOM_H

#include <sim/scene/random.h>
#include <stdbool.h>

static inline double between(uint64_t *random, double low, double high)
{
	return scene_random_between(random, low, high);
}

static inline bool chance(uint64_t *random, double probability)
{
	return between(random, 0, 1) < probability;
}

static inline int below(uint64_t *random, int limit)
{
	return (int)scene_random_below(random, (uint32_t)limit);
}

/* Sum of four uniform numbers: near enough to a normal one of mean 0 and deviation 1, and the same everywhere. */
static inline double normal(uint64_t *random)
{
	uint64_t bits = scene_random(random);

	return ((double)((bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48)) / 65535 - 2) * 1.7320508;
}

static inline double normal_within(uint64_t *random, double deviation, double most)
{
	double value = normal(random) * deviation;

	return value < -most ? -most : value > most ? most : value;
}

/* Mostly near @low, sometimes up to @high. */
static inline double mostly_low(uint64_t *random, double low, double high)
{
	return low + (high - low) * between(random, 0, 1) * between(random, 0, 1);
}

#endif
