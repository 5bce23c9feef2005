/* SPDX-License-Identifier: Apache-2.0 */
/* The host's clock that only goes on: for patience, not for evidence. */
#ifndef QYRAN_MONOTONIC_H
#define QYRAN_MONOTONIC_H

#include <stdint.h>
#include <time.h>

/** qyran_monotonic_ns() - CLOCK_MONOTONIC, nanoseconds. */
static inline uint64_t qyran_monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/** qyran_monotonic_ms() - the same in milliseconds, signed, so that differences may be negative. */
static inline int64_t qyran_monotonic_ms(void)
{
	return (int64_t)(qyran_monotonic_ns() / 1000000u);
}

#endif
