/* SPDX-License-Identifier: Apache-2.0 */
#include "clip.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct scene_clip {
	AVFormatContext *file;
	AVCodecContext *codec;
	AVStream *stream;
	AVFrame *frame;
	AVPacket *packet;
	int64_t next;
	bool begun;
};

static int to_errno(int result)
{
	/* libav's own codes are no errno. */
	return result >= 0 ? 0 : -result < 4096 ? result : -EIO;
}

int scene_clip_new(const char *path, int width, int height, uint32_t rate_num, uint32_t rate_den, struct scene_clip **ret,
		   char *error, size_t error_size)
{
	const AVCodec *ffv1 = avcodec_find_encoder(AV_CODEC_ID_FFV1);
	struct scene_clip *clip = calloc(1, sizeof *clip);
	int result = -ENOMEM;

	av_log_set_level(AV_LOG_ERROR);
	if (!clip)
		return -ENOMEM;
	if (!ffv1) {
		snprintf(error, error_size, "%s: libavcodec has no FFV1 encoder; install Debian's libavcodec", path);
		free(clip);
		return -ENOSYS;
	}
	clip->codec = avcodec_alloc_context3(ffv1);
	clip->frame = av_frame_alloc();
	clip->packet = av_packet_alloc();
	if (!clip->codec || !clip->frame || !clip->packet || avformat_alloc_output_context2(&clip->file, NULL, "matroska", path) < 0)
		goto err_clip;
	clip->codec->width = clip->frame->width = width;
	clip->codec->height = clip->frame->height = height;
	clip->codec->pix_fmt = AV_PIX_FMT_YUV422P;
	clip->frame->format = AV_PIX_FMT_YUV422P;
	clip->codec->colorspace = AVCOL_SPC_SMPTE170M;
	clip->codec->color_range = AVCOL_RANGE_MPEG;
	clip->codec->time_base = (AVRational){ (int)rate_den, (int)rate_num };
	clip->codec->framerate = (AVRational){ (int)rate_num, (int)rate_den };
	clip->codec->thread_count = 1;
	clip->codec->gop_size = 1;
	clip->codec->flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_GLOBAL_HEADER;
	clip->file->flags |= AVFMT_FLAG_BITEXACT;
	av_opt_set_int(clip->codec, "level", 3, 0);
	av_opt_set(clip->codec, "coder", "rice", AV_OPT_SEARCH_CHILDREN);
	result = avcodec_open2(clip->codec, ffv1, NULL);
	if (result >= 0)
		result = av_frame_get_buffer(clip->frame, 0);
	if (result < 0)
		goto err_clip;
	clip->stream = avformat_new_stream(clip->file, NULL);
	if (!clip->stream) {
		result = -ENOMEM;
		goto err_clip;
	}
	clip->stream->time_base = clip->codec->time_base;
	clip->stream->avg_frame_rate = clip->codec->framerate;
	result = avcodec_parameters_from_context(clip->stream->codecpar, clip->codec);
	if (result >= 0)
		result = avio_open(&clip->file->pb, path, AVIO_FLAG_WRITE);
	if (result >= 0)
		result = avformat_write_header(clip->file, NULL);
	if (result < 0)
		goto err_clip;
	clip->begun = true;
	*ret = clip;
	return 0;

err_clip:
	snprintf(error, error_size, "%s: cannot write a clip there: %s", path, av_err2str(result));
	scene_clip_close(clip);
	return to_errno(result);
}

int scene_clip_frame(struct scene_clip *clip, uint8_t *const **ret_planes, const int **ret_strides)
{
	int result = av_frame_make_writable(clip->frame);

	if (result < 0)
		return to_errno(result);
	*ret_planes = clip->frame->data;
	*ret_strides = clip->frame->linesize;
	return 0;
}

static int drain(struct scene_clip *clip)
{
	int result;

	while (!(result = avcodec_receive_packet(clip->codec, clip->packet))) {
		av_packet_rescale_ts(clip->packet, clip->codec->time_base, clip->stream->time_base);
		clip->packet->stream_index = clip->stream->index;
		clip->packet->duration = av_rescale_q(1, clip->codec->time_base, clip->stream->time_base);
		result = av_interleaved_write_frame(clip->file, clip->packet);
		if (result < 0)
			return to_errno(result);
	}
	return result == AVERROR(EAGAIN) || result == AVERROR_EOF ? 0 : to_errno(result);
}

int scene_clip_write(struct scene_clip *clip)
{
	clip->frame->pts = clip->next++;
	int result = avcodec_send_frame(clip->codec, clip->frame);
	return result < 0 ? to_errno(result) : drain(clip);
}

int scene_clip_close(struct scene_clip *clip)
{
	int result = 0;

	if (!clip)
		return 0;
	if (clip->begun) {
		result = avcodec_send_frame(clip->codec, NULL) < 0 ? -EIO : drain(clip);
		int end = av_write_trailer(clip->file);
		if (!result && end < 0)
			result = to_errno(end);
	}
	if (clip->file && clip->file->pb) {
		int end = avio_closep(&clip->file->pb);
		if (!result && end < 0)
			result = to_errno(end);
	}
	avformat_free_context(clip->file);
	avcodec_free_context(&clip->codec);
	av_frame_free(&clip->frame);
	av_packet_free(&clip->packet);
	free(clip);
	return result;
}
