/* SPDX-License-Identifier: Apache-2.0 */
/* Where the rendered vehicles are. */
#ifndef QYRAN_BENCH_TRUTH_H
#define QYRAN_BENCH_TRUTH_H

#include "hw/bench/judge.h"

#include <sim/scene/live.h>

/** bench_formats() - the plate formats, for as long as the bench runs; NULL with a complaint when they cannot be read. */
const struct qyran_formats *bench_formats(void);

/** bench_truth_live() - the vehicles near the picture of the last frame. */
size_t bench_truth_live(const struct scene_live *live, struct bench_seen ret[BENCH_SEEN_MAX]);

#endif
