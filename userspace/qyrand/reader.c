/* SPDX-License-Identifier: Apache-2.0 */
#include "reader.h"

#include "reader_state.h"

#include <errno.h>
#include <qyran/record.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(LOG_SUMS + 1 <= QYRAN_READING_SUMS, "a reading's evidence has room");

int qyran_reader_new(const struct qyran_formats *formats, struct qyran_reader **ret)
{
	struct qyran_reader *reader = calloc(1, sizeof(*reader));
	int result;

	if (!reader)
		return -ENOMEM;
	result = reader_cpu_new(&reader->backend);
	if (result) {
		free(reader);
		return result;
	}
	log_tables_make(&reader->tables);
	grammar_make(&reader->grammar, &reader->tables, formats);
	*ret = reader;
	return 0;
}

void qyran_reader_free(struct qyran_reader *reader)
{
	if (!reader)
		return;
	reader_backend_free(reader->backend);
	free(reader);
}

void qyran_reader_use(struct qyran_reader *reader, struct reader_backend *backend)
{
	reader_backend_free(reader->backend);
	reader->backend = backend;
}

int qyran_reader_read(struct qyran_reader *reader, const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride,
		      struct qyran_reading *ret)
{
	if (width < PLATE_CROP_MIN || height < PLATE_CROP_MIN || width > PLATE_CROP_MAX_W || height > PLATE_CROP_MAX_H || stride < 2 * width ||
	    (uint64_t)stride * height > QYRAN_PIXELS_MAX)
		return -EINVAL;
	plate_prepare(yuyv, width, height, stride, reader->input);
	reader_backend_run(reader->backend, reader->input, reader->sums);
	reader_state_reading(reader, reader->sums, ret);
	return 0;
}
