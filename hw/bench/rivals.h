/* SPDX-License-Identifier: Apache-2.0 */
/* Background subtraction by others, beside which the logic's movers are measured: a library that bench-motion loads when it is there. */
#ifndef QYRAN_BENCH_RIVALS_H
#define QYRAN_BENCH_RIVALS_H

#include <stdint.h>

#define BENCH_RIVALS 2

struct bench_rivals {
	const char *name[BENCH_RIVALS], *parameters[BENCH_RIVALS];

	/* Returns NULL on failure. */
	void *(*open)(int which);

	/* Takes the next frame, 3 bytes a pixel, and gives a mask: not 0 where something moves. @ret_ms: processor time. Returns 0 or -1. */
	int (*frame)(void *rival, const uint8_t *rgb, int width, int height, uint8_t *ret_mask, double *ret_ms);

	void (*close)(void *rival);
};

#ifdef __cplusplus
extern "C"
#endif
const struct bench_rivals *bench_rivals_get(void);
typedef const struct bench_rivals *bench_rivals_fn(void);

#endif
