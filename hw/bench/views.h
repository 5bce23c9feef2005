/* SPDX-License-Identifier: Apache-2.0 */
/* Plates on rendered vehicles, by width, angle and light. */
#ifndef QYRAN_BENCH_VIEWS_H
#define QYRAN_BENCH_VIEWS_H

#include <qyran/format.h>
#include <stdio.h>

/**
 * bench_views_measure() - renders vehicles, prints the tables and lines.
 * @vehicles: in each view. @csv: rows, or NULL. @pictures: an existing folder, or NULL. Returns 0 or a negative errno.
 */
int bench_views_measure(const struct qyran_formats *formats, unsigned int vehicles, uint64_t seed, FILE *csv, const char *pictures);

#endif
