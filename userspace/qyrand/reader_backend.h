/* SPDX-License-Identifier: Apache-2.0 */
/* Who computes the network's sums: the processor, or an accelerator. Whoever it is, the bits are the same. */
#ifndef QYRAN_READER_BACKEND_H
#define QYRAN_READER_BACKEND_H

#include <hw/hls/plate_reader.h>

struct reader_backend;

struct reader_backend_ops {
	void (*run)(struct reader_backend *backend, const int8_t *input, int16_t *ret_sums);	/* cannot fail: one that may falls back on the processor */
	void (*free)(struct reader_backend *backend);
};

/* The first member of every back end. */
struct reader_backend {
	const struct reader_backend_ops *ops;
};

/** reader_cpu_new() - on the processor that runs this. Returns 0 or -ENOMEM; freed with reader_backend_free(). */
int reader_cpu_new(struct reader_backend **ret);

/** reader_backend_run() - the sums of one prepared input. One call at a time. */
static inline void reader_backend_run(struct reader_backend *backend, const int8_t input[PLATE_INPUT_H * PLATE_INPUT_W],
				      int16_t ret_sums[PLATE_SUMS])
{
	backend->ops->run(backend, input, ret_sums);
}

/** reader_backend_free() - accepts NULL. */
static inline void reader_backend_free(struct reader_backend *backend)
{
	if (backend)
		backend->ops->free(backend);
}

#endif
