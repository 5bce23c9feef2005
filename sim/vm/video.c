/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/vm/video.h"

#include "sim/board/board.h"
#include "sim/board/pattern.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rig_video {
	char *path;
	struct qyran_clip *clip;
	struct qyran_signals *signals;
	uint32_t clip_width, clip_height, clip_frames;
	bool from_clip, fresh;	/* fresh: no frame of the clip was taken yet */
	uint64_t period_ns;
	unsigned int index;
	uint8_t pins;
	uint8_t *pattern;
	size_t pattern_size;
};

static int open_signals(struct rig_video *video, char *error, size_t error_size)
{
	static const char name[] = "signals.tsv";
	const char *slash = strrchr(video->path, '/');
	size_t folder = slash ? (size_t)(slash + 1 - video->path) : 0;
	char *beside = malloc(folder + sizeof(name));
	int rc = 0;

	if (!beside)
		return -ENOMEM;
	memcpy(beside, video->path, folder);
	memcpy(beside + folder, name, sizeof(name));
	if (access(beside, F_OK) == 0)
		rc = qyran_signals_open(beside, &video->signals, error, error_size);
	free(beside);
	return rc;
}

int rig_video_new(const char *clip, struct rig_video **ret, char *error, size_t error_size)
{
	struct rig_video *video = calloc(1, sizeof(*video));
	uint64_t frames;
	int rc = 0;

	if (!video)
		return -ENOMEM;
	if (!clip) {
		*ret = video;
		return 0;
	}
	video->path = strdup(clip);
	if (!video->path)
		rc = -ENOMEM;
	if (rc == 0)
		rc = qyran_clip_open(clip, &video->clip, error, error_size);
	if (rc == 0)
		rc = open_signals(video, error, error_size);
	if (rc < 0) {
		rig_video_free(video);
		return rc;
	}
	qyran_clip_size(video->clip, &video->clip_width, &video->clip_height);
	frames = qyran_clip_frames(video->clip);
	video->clip_frames = frames > UINT32_MAX ? UINT32_MAX : (uint32_t)frames;
	video->fresh = true;
	*ret = video;
	return 0;
}

void rig_video_free(struct rig_video *video)
{
	if (!video)
		return;
	if (video->clip)
		qyran_clip_close(video->clip);
	if (video->signals)
		qyran_signals_close(video->signals);
	free(video->pattern);
	free(video->path);
	free(video);
}

void rig_video_clip(const struct rig_video *video, uint32_t *ret_width, uint32_t *ret_height, uint32_t *ret_frames)
{
	*ret_width = video->clip_width;
	*ret_height = video->clip_height;
	*ret_frames = video->clip_frames;
}

int rig_video_start(struct rig_video *video, bool clip, uint64_t period_ns, uint8_t pins)
{
	video->from_clip = clip;
	video->period_ns = period_ns;
	video->pins = pins;
	video->index = 0;
	if (!clip || video->fresh)
		return 0;
	if (!video->path)
		return -ENODEV;

	struct qyran_clip *again;
	char error[512];
	int rc = qyran_clip_open(video->path, &again, error, sizeof(error));

	if (rc < 0) {
		fprintf(stderr, "%s\n", error);
		return rc;
	}
	qyran_clip_close(video->clip);
	video->clip = again;
	video->fresh = true;
	return 0;
}

static int draw(struct rig_video *video, uint32_t width, uint32_t height)
{
	size_t size = (size_t)width * height * 2;
	uint8_t *to;

	if (size > video->pattern_size) {
		uint8_t *more = realloc(video->pattern, size);

		if (!more)
			return -ENOMEM;
		video->pattern = more;
		video->pattern_size = size;
	}
	to = video->pattern;
	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x += 2) {
			*to++ = clip_luma(video->index, x, y);
			*to++ = clip_chroma(video->index, x, y, 0);
			*to++ = clip_luma(video->index, x + 1, y);
			*to++ = clip_chroma(video->index, x, y, 1);
		}
	return 0;
}

int rig_video_next(struct rig_video *video, uint32_t width, uint32_t height, struct rig_picture *ret)
{
	struct rig_picture picture = { .width = width, .height = height, .pins = video->pins };
	int rc;

	if (video->from_clip) {
		picture.width = video->clip_width;
		picture.height = video->clip_height;
		video->fresh = false;
		rc = qyran_clip_next(video->clip, &picture.pixels, &picture.time_ns);
		if (rc < 0 && rc != -ENODATA)
			fprintf(stderr, "%s\n", qyran_clip_fault(video->clip));
		if (rc == 0)
			picture.pins = video->signals ? qyran_signals_at(video->signals, picture.time_ns) : 0;
	} else {
		rc = draw(video, width, height);
		picture.pixels = video->pattern;
		picture.time_ns = video->index++ * video->period_ns;
	}
	if (rc < 0)
		return rc;
	*ret = picture;
	return 0;
}
