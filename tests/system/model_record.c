/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a recording with its frames from a clip by the bit-exact model of the logic: what `qyran-record sim:CLIP` gives, some
 * ten times sooner, for tests over many seeds.
 *
 * usage: model-record CLIP EXPOSURE_NS FILE
 */
#include "hw/model/model.h"
#include "sim/board/board.h"

#include <endian.h>
#include <errno.h>
#include <linux/qyran.h>
#include <qyran/device.h>
#include <qyran/record.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct recorder {
	struct qyran_model *model;
	FILE *to;
	uint8_t *slots;			/* all of them */
	size_t slot_size;
	struct qyran_record_header *pixels;	/* room for a PIXELS record */
	bool failed;
};

/* A frame's pixels follow its FRAME record; then the slot goes back. */
static void write_record(void *context, const void *bytes, size_t length)
{
	struct recorder *recorder = context;
	const struct qyran_record_header *record = bytes;
	const struct qyran_frame_info *info = qyran_record_payload(record);

	recorder->failed |= fwrite(record, length, 1, recorder->to) != 1;
	if (le16toh(record->type) != QYRAN_RECORD_FRAME || le32toh(info->slot) == QYRAN_SLOT_NONE)
		return;

	size_t size = (size_t)le32toh(info->stride) * le16toh(info->height);
	struct qyran_frame_pixels about = { .width = info->width, .height = info->height, .stride = info->stride };

	*recorder->pixels = *record;
	recorder->pixels->type = htole16(QYRAN_RECORD_PIXELS);
	recorder->pixels->payload = htole32((uint32_t)(sizeof(about) + size));
	memcpy(recorder->pixels + 1, &about, sizeof(about));
	memcpy((uint8_t *)(recorder->pixels + 1) + sizeof(about), recorder->slots + le32toh(info->slot) * recorder->slot_size, size);
	qyran_record_seal(recorder->pixels);
	recorder->failed |= fwrite(recorder->pixels, le32toh(recorder->pixels->length), 1, recorder->to) != 1;
	qyran_model_give(recorder->model, (uint16_t)(1u << le32toh(info->slot)));
}

static int open_signals(const char *clip, struct qyran_signals **ret, char *error, size_t error_size)
{
	const char *slash = strrchr(clip, '/');
	char path[4096];
	FILE *there;

	snprintf(path, sizeof(path), "%.*ssignals.tsv", slash ? (int)(slash + 1 - clip) : 0, clip);
	there = fopen(path, "re");
	if (!there)
		return 0;
	fclose(there);
	return qyran_signals_open(path, ret, error, error_size);
}

int main(int argc, char **argv)
{
	struct recorder recorder = { 0 };
	struct qyran_clip *clip = NULL;
	struct qyran_signals *signals = NULL;
	struct qyran_model_moment moment = { .clock_synced = true };
	struct qyran_model_settings settings = qyran_model_settings_reset();
	const uint8_t *yuyv;
	uint32_t width, height;
	uint64_t time_ns;
	char error[512];
	int rc;

	if (argc != 4) {
		fputs("usage: model-record CLIP EXPOSURE_NS FILE\n", stderr);
		return 2;
	}
	if (qyran_clip_open(argv[1], &clip, error, sizeof(error)) < 0 || open_signals(argv[1], &signals, error, sizeof(error)) < 0) {
		fprintf(stderr, "model-record: %s\n", error);
		qyran_clip_close(clip);
		return 1;
	}
	qyran_clip_size(clip, &width, &height);
	moment.exposure_ns = (uint32_t)strtoul(argv[2], NULL, 10);

	uint32_t stride = (width * 2 + 255) / 256 * 256;

	recorder.slot_size = (size_t)stride * height;
	recorder.slots = malloc(QYRAN_MODEL_SLOTS * recorder.slot_size);
	recorder.pixels = aligned_alloc(QYRAN_RECORD_ALIGN, (recorder.slot_size + 4 * QYRAN_RECORD_ALIGN) / QYRAN_RECORD_ALIGN * QYRAN_RECORD_ALIGN);
	recorder.model = qyran_model_new(write_record, &recorder);
	recorder.to = fopen(argv[3], "we");
	rc = recorder.slots && recorder.pixels && recorder.model && recorder.to ? 0 : -ENOMEM;
	if (rc == 0) {
		qyran_model_commit(recorder.model, &settings);
		qyran_model_start(recorder.model, (uint16_t)width, (uint16_t)height, (uint16_t)stride, NULL, NULL, NULL);
		for (unsigned int slot = 0; slot < QYRAN_MODEL_SLOTS; slot++)
			qyran_model_slot(recorder.model, slot, recorder.slots + slot * recorder.slot_size);
		qyran_model_give(recorder.model, 0xffff);
	}
	while (rc == 0 && (rc = qyran_clip_next(clip, &yuyv, &time_ns)) == 0) {
		moment.time_ns = QYRAN_EPOCH_NS + time_ns;
		moment.pins = signals ? qyran_signals_at(signals, time_ns) : 0;
		moment.clock_steps = 1;		/* setting the clock before the first frame is one */
		rc = qyran_model_frame(recorder.model, yuyv, width * 2, &moment);
	}
	if (recorder.to && fclose(recorder.to) != 0)
		recorder.failed = true;
	qyran_model_free(recorder.model);
	qyran_signals_close(signals);
	qyran_clip_close(clip);
	free(recorder.slots);
	free(recorder.pixels);
	if (rc == -ENODATA && !recorder.failed)
		return 0;
	fprintf(stderr, "model-record: %s: cannot be recorded to %s: %s\n", argv[1], argv[3], recorder.failed ? "writing failed" : strerror(-rc));
	return 1;
}
