/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The network's sums from an accelerator, through XRT, in a process of its own: XRT may abort, hang or be missing. Whatever happens
 * there costs one read at most READER_XRT_ANSWER_MS and some; then the processor reads, to the same bits, and the process is
 * started anew after a while: READER_XRT_RETRY_MS, twice as long with each failure, at most an hour.
 */
#ifndef QYRAN_READER_XRT_H
#define QYRAN_READER_XRT_H

#include "reader_backend.h"

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#define READER_XRT_PROGRAM "qyran-reader-xrt"
#define READER_XRT_ANSWER_MS 700	/* with what killing takes: within a second */
#define READER_XRT_START_MS 60000
#define READER_XRT_RETRY_MS 30000
#define READER_XRT_CHECK_EVERY 64	/* the first answer of a process, and then one in so many, is compared with the processor's */

struct reader_xrt_options {
	const char *program;		/* empty or NULL: READER_XRT_PROGRAM beside this program or in ../libexec/qyran */
	const char *xclbin, *kernel;
	uint32_t start_ms, answer_ms, retry_ms;	/* 0: the above */
};

struct reader_xrt_counts {
	bool working;			/* the next read goes to the accelerator */
	pid_t process;			/* 0: none */
	uint64_t accelerator, processor;	/* reads done by */
	uint64_t failures;		/* of the process, whatever they were */
	uint64_t differed;		/* of these: its sums were not the processor's */
};

/**
 * reader_xrt_new() - starts the process; until it is ready the processor reads. What goes wrong is logged, a line each, and is no failure.
 * The thread that calls this, or reader_backend_run(), must stay: the process dies with the one that started it.
 * Returns 0 or -ENOMEM; freed with reader_backend_free(), which leaves no process behind.
 */
int reader_xrt_new(const struct reader_xrt_options *options, struct reader_backend **ret);

/** reader_xrt_count() - from any thread. @backend: from reader_xrt_new(). */
struct reader_xrt_counts reader_xrt_count(const struct reader_backend *backend);

/** reader_xrt_program() - path of the program that drives the accelerator: @wish, or, when it is empty or NULL, where it is installed. */
void reader_xrt_program(const char *wish, char ret[PATH_MAX]);

#endif
