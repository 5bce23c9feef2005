/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a clip: FFV1, lossless YUV 4:2:2, in Matroska. The same frames give the same bytes. */
#ifndef QYRAN_SCENE_CLIP_H
#define QYRAN_SCENE_CLIP_H

#include <stddef.h>
#include <stdint.h>

struct scene_clip;

/** scene_clip_new() - creates the file. Returns 0 or a negative errno, with a line in @error. */
int scene_clip_new(const char *path, int width, int height, uint32_t rate_num, uint32_t rate_den, struct scene_clip **ret,
		   char *error, size_t error_size);

/** scene_clip_frame() - the planes of the next frame, to be filled by the caller. */
int scene_clip_frame(struct scene_clip *clip, uint8_t *const **ret_planes, const int **ret_strides);

/** scene_clip_write() - encodes that frame. */
int scene_clip_write(struct scene_clip *clip);

/** scene_clip_close() - ends the file and frees the clip, also after a failure. Accepts NULL. */
int scene_clip_close(struct scene_clip *clip);

#endif
