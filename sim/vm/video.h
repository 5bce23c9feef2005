/* SPDX-License-Identifier: Apache-2.0 */
/* What the rig's camera looks at: a clip, or a moving pattern made at run time. */
#ifndef QYRAN_VM_VIDEO_H
#define QYRAN_VM_VIDEO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rig_video;

struct rig_picture {
	const uint8_t *pixels;	/* YUYV, width * 2 bytes a line; borrowed until the next rig_video_next() or rig_video_start() */
	uint32_t width, height;
	uint64_t time_ns;	/* since the first frame */
	uint8_t pins;
};

/**
 * rig_video_new() - @clip: file to play as the clip, with signals.tsv beside it if there is one; NULL: no clip.
 * Returns 0 or a negative errno, with one line in @error.
 */
int rig_video_new(const char *clip, struct rig_video **ret, char *error, size_t error_size);

/** rig_video_free() - accepts NULL. */
void rig_video_free(struct rig_video *video);

/** rig_video_clip() - size and number of frames of the clip; 0 when there is none, or when it does not say. */
void rig_video_clip(const struct rig_video *video, uint32_t *ret_width, uint32_t *ret_height, uint32_t *ret_frames);

/**
 * rig_video_start() - goes to the first frame.
 * @clip: play the clip; otherwise the pattern, a frame each @period_ns, with @pins.
 * Returns 0 or a negative errno.
 */
int rig_video_start(struct rig_video *video, bool clip, uint64_t period_ns, uint8_t pins);

/**
 * rig_video_next() - the next frame; @width and @height count for the pattern alone.
 * Returns 0, -ENODATA at the end, or another negative errno, after which it is at the end.
 */
int rig_video_next(struct rig_video *video, uint32_t width, uint32_t height, struct rig_picture *ret);

#endif
