/* SPDX-License-Identifier: Apache-2.0 */
/* What the benches have in common: boxes, complaints, rows of a CSV file, processor time. */
#ifndef QYRAN_BENCH_BENCH_H
#define QYRAN_BENCH_BENCH_H

#include <stddef.h>
#include <stdio.h>

struct bench_box {
	double x0, y0, x1, y1;
};

double bench_area(struct bench_box box);

/** bench_common() - the area that both hold. */
double bench_common(struct bench_box a, struct bench_box b);

/** bench_iou() - common area over the area of both together, 0 to 1. */
double bench_iou(struct bench_box a, struct bench_box b);

/** bench_complain() - a line on stderr: the bench goes on, but will not end with 0. */
void bench_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** bench_complaints() - how many there were. */
unsigned int bench_complaints(void);

/** bench_progress() - a line that the next one overwrites, on a terminal only; "" clears it. */
void bench_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** bench_field() - a field of a CSV row, quoted where need be (RFC 4180), and @after it. @file may be NULL. */
void bench_field(FILE *file, const char *text, char after);

/** bench_close() - closes a file that was written; complains when not all of it is on the disk. Accepts NULL. */
void bench_close(FILE *file, const char *path);

/** bench_share() - "0.987", or "-" of nothing; valid until the eighth call after. */
const char *bench_share(unsigned long part, unsigned long whole);

/** bench_ms() - processor time of this thread, ms. */
double bench_ms(void);

/** bench_open() - opens a file that is to be written, with @header as its first line. Returns NULL with a line on stderr. */
FILE *bench_open(const char *path, const char *header);

/**
 * bench_folders() - calls @measure for each folder in @dir, in the order of the names, with a record of @size bytes, zeros before. Names that begin
 * with a dot, or have @name_max characters and more, are left out.
 * @wants: what to name instead, told when @dir cannot be read. @holds: what such a folder is, told when there is none.
 * Returns the records, which the caller frees; NULL with a complaint when there are none.
 */
void *bench_folders(const char *dir, const char *wants, const char *holds, size_t name_max, size_t size,
		    void (*measure)(void *owner, const char *name, void *record), void *owner, size_t *ret_count);

/** bench_make_folder() - makes DIR and, when @name is given, DIR/NAME. Returns 0, or a negative errno with a complaint. */
int bench_make_folder(const char *dir, const char *name);

#endif
