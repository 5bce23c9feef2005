/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/board/board.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/mem.h>
#include <libswscale/swscale.h>
#include <linux/qyran.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH_MIN 64
#define HEIGHT_MIN 48
/* Decoders refuse more before they take memory; above 1920x1088, so that the usual too large clips get our own message. */
#define DECODER_PIXELS_MAX "33177600"
/* libswscale's vector code writes past the end of the last line. */
#define SCALER_EXCESS 128

static const AVRational nanoseconds = { 1, 1000000000 };

struct qyran_clip {
	AVFormatContext *format;
	AVCodecContext *decoder;
	AVStream *stream;
	AVPacket *packet;
	AVFrame *frame;
	struct SwsContext *scaler;
	enum AVPixelFormat scaler_format;
	int scaler_range;
	uint8_t *pixels;
	char *path;
	int source_width, source_height;
	uint32_t width, height;
	uint64_t frames, packets;
	int64_t first_pts, packet_end;
	uint64_t time_ns, period_ns;
	bool flushed, ended;
	char fault[512];
};

/* libav's own codes are no errnos. */
static int to_errno(int rc)
{
	return rc > -4096 ? rc : -EINVAL;
}

static int size_check(const char *path, int width, int height, char *error, size_t error_size)
{
	const int cut_width = width & ~7, cut_height = height & ~1;

	if (cut_width > (int)QYRAN_WIDTH_MAX || cut_height > (int)QYRAN_HEIGHT_MAX) {
		snprintf(error, error_size, "%s: %dx%d is too large; scale it to at most %ux%u", path, width, height, QYRAN_WIDTH_MAX, QYRAN_HEIGHT_MAX);
		return -EFBIG;
	}
	if (width <= 0 || height <= 0) {
		snprintf(error, error_size, "%s: its size is not known: damaged, or far too large; give a clip of at most %ux%u", path, QYRAN_WIDTH_MAX,
			 QYRAN_HEIGHT_MAX);
		return -EINVAL;
	}
	if (cut_width < WIDTH_MIN || cut_height < HEIGHT_MIN) {
		snprintf(error, error_size, "%s: %dx%d is too small; give a clip of at least %dx%d", path, width, height, WIDTH_MIN, HEIGHT_MIN);
		return -EINVAL;
	}
	return 0;
}

static int find_streams(AVFormatContext *format)
{
	AVDictionary **options = calloc(format->nb_streams ? format->nb_streams : 1, sizeof(*options));
	unsigned int count = format->nb_streams;
	int rc;

	if (!options)
		return AVERROR(ENOMEM);
	for (unsigned int i = 0; i < count; i++) {
		av_dict_set(&options[i], "max_pixels", DECODER_PIXELS_MAX, 0);
		av_dict_set(&options[i], "threads", "1", 0);
	}
	rc = avformat_find_stream_info(format, options);
	for (unsigned int i = 0; i < count; i++)
		av_dict_free(&options[i]);
	free(options);
	return rc;
}

static int open_decoder(struct qyran_clip *clip, const AVCodec *codec)
{
	AVDictionary *options = NULL;
	int rc;

	clip->decoder = avcodec_alloc_context3(codec);
	clip->packet = av_packet_alloc();
	clip->frame = av_frame_alloc();
	if (!clip->decoder || !clip->packet || !clip->frame)
		return AVERROR(ENOMEM);
	rc = avcodec_parameters_to_context(clip->decoder, clip->stream->codecpar);
	if (rc < 0)
		return rc;
	clip->decoder->thread_count = 1;
	clip->decoder->pkt_timebase = clip->stream->time_base;
	av_dict_set(&options, "max_pixels", DECODER_PIXELS_MAX, 0);
	rc = avcodec_open2(clip->decoder, codec, &options);
	av_dict_free(&options);
	return rc;
}

int qyran_clip_open(const char *path, struct qyran_clip **ret, char *error, size_t error_size)
{
	struct qyran_clip *clip = calloc(1, sizeof(*clip));
	const AVCodec *codec = NULL;
	const char *step = "cannot be opened";
	AVDictionary *options = NULL;
	char *url = av_asprintf("file:%s", path);	/* a file, whatever its name looks like, and nothing that it names elsewhere */
	int rc = AVERROR(ENOMEM), index;

	if (!clip) {
		snprintf(error, error_size, "%s: no memory", path);
		av_free(url);
		return -ENOMEM;
	}
	av_log_set_level(AV_LOG_QUIET);
	clip->path = strdup(path);
	av_dict_set(&options, "protocol_whitelist", "file", 0);
	if (clip->path && url)
		rc = avformat_open_input(&clip->format, url, NULL, &options);
	av_dict_free(&options);
	av_free(url);
	if (rc < 0)
		goto err_av;

	for (unsigned int i = 0; i < clip->format->nb_streams; i++) {
		const AVCodecParameters *about = clip->format->streams[i]->codecpar;

		if (about->codec_type != AVMEDIA_TYPE_VIDEO || about->width <= 0)
			continue;
		rc = size_check(path, about->width, about->height, error, error_size);
		if (rc < 0)
			goto err;
	}
	step = "cannot be understood";
	rc = find_streams(clip->format);
	if (rc < 0)
		goto err_av;
	index = av_find_best_stream(clip->format, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
	if (index < 0) {
		snprintf(error, error_size, "%s: holds no video that can be decoded; give a video file", path);
		rc = -EINVAL;
		goto err;
	}
	clip->stream = clip->format->streams[index];
	clip->source_width = clip->stream->codecpar->width;
	clip->source_height = clip->stream->codecpar->height;
	rc = size_check(path, clip->source_width, clip->source_height, error, error_size);
	if (rc < 0)
		goto err;
	clip->width = (uint32_t)clip->source_width & ~7u;
	clip->height = (uint32_t)clip->source_height & ~1u;
	step = "cannot be decoded";
	rc = open_decoder(clip, codec);
	if (rc < 0)
		goto err_av;

	AVRational rate = clip->stream->avg_frame_rate;

	clip->period_ns = rate.num > 0 && rate.den > 0 ? (uint64_t)av_rescale_q(1, av_inv_q(rate), nanoseconds) : 0;
	if (clip->period_ns == 0)
		clip->period_ns = 40000000;
	clip->first_pts = AV_NOPTS_VALUE;
	clip->pixels = av_mallocz((size_t)clip->width * 2 * clip->height + SCALER_EXCESS);
	if (!clip->pixels) {
		rc = AVERROR(ENOMEM);
		goto err_av;
	}
	*ret = clip;
	return 0;

err_av:
	snprintf(error, error_size, "%s: %s: %s; give a video file of at most %ux%u", path, step, av_err2str(rc), QYRAN_WIDTH_MAX, QYRAN_HEIGHT_MAX);
	rc = to_errno(rc);
err:
	qyran_clip_close(clip);
	return rc;
}

void qyran_clip_close(struct qyran_clip *clip)
{
	if (!clip)
		return;
	sws_freeContext(clip->scaler);
	av_frame_free(&clip->frame);
	av_packet_free(&clip->packet);
	avcodec_free_context(&clip->decoder);
	avformat_close_input(&clip->format);
	av_freep(&clip->pixels);
	free(clip->path);
	free(clip);
}

void qyran_clip_size(const struct qyran_clip *clip, uint32_t *ret_width, uint32_t *ret_height)
{
	*ret_width = clip->width;
	*ret_height = clip->height;
}

uint64_t qyran_clip_frames(const struct qyran_clip *clip)
{
	if (clip->stream->nb_frames > 0)
		return (uint64_t)clip->stream->nb_frames;
	if (clip->stream->duration > 0)
		return ((uint64_t)av_rescale_q(clip->stream->duration, clip->stream->time_base, nanoseconds) + clip->period_ns / 2) / clip->period_ns;
	return 0;
}

const char *qyran_clip_fault(const struct qyran_clip *clip)
{
	return clip->fault;
}

static int fail(struct qyran_clip *clip, const char *why)
{
	snprintf(clip->fault, sizeof(clip->fault), "%s: %s after %llu frames; make the clip again, or cut it there", clip->path, why,
		 (unsigned long long)clip->frames);
	clip->ended = true;
	return -EIO;
}

/* Whether the file's end came before what it promised. */
static bool cut_short(const struct qyran_clip *clip)
{
	if (clip->stream->nb_frames > 0 && clip->packets < (uint64_t)clip->stream->nb_frames)
		return true;
	/* This demuxer takes part of a frame for the end. */
	if (strcmp(clip->format->iformat->name, "yuv4mpegpipe") == 0 && clip->format->pb && clip->packet_end > 0)
		return avio_size(clip->format->pb) > clip->packet_end;
	if (clip->format->nb_streams == 1 && clip->stream->nb_frames == 0 &&
	    clip->format->duration_estimation_method == AVFMT_DURATION_FROM_STREAM && clip->format->duration > 0)
		return clip->time_ns + 2 * clip->period_ns + 1000000 < (uint64_t)clip->format->duration * 1000;
	return false;
}

/* Gives the decoder its next packet, or the end. Returns 0 or -EIO. */
static int feed(struct qyran_clip *clip)
{
	int rc;

	do {
		av_packet_unref(clip->packet);
		rc = av_read_frame(clip->format, clip->packet);
	} while (rc == 0 && clip->packet->stream_index != clip->stream->index);

	if (rc == 0 && (clip->packet->flags & AV_PKT_FLAG_CORRUPT))
		rc = AVERROR_INVALIDDATA;
	if (rc == 0) {
		clip->packets++;
		clip->packet_end = clip->packet->pos + clip->packet->size;
		rc = avcodec_send_packet(clip->decoder, clip->packet);
	} else if (rc == AVERROR_EOF) {
		clip->flushed = true;
		rc = avcodec_send_packet(clip->decoder, NULL);
	}
	return rc < 0 ? fail(clip, "damaged or cut short") : 0;
}

static int convert(struct qyran_clip *clip)
{
	const AVFrame *frame = clip->frame;
	const int full = frame->color_range == AVCOL_RANGE_JPEG;

	if (frame->width != clip->source_width || frame->height != clip->source_height) {
		char why[96];

		snprintf(why, sizeof(why), "changes its size from %dx%d to %dx%d", clip->source_width, clip->source_height, frame->width, frame->height);
		return fail(clip, why);
	}
	if (!clip->scaler || clip->scaler_format != frame->format || clip->scaler_range != full) {
		const int *colours = sws_getCoefficients(SWS_CS_ITU601);

		sws_freeContext(clip->scaler);
		clip->scaler = sws_getContext((int)clip->width, (int)clip->height, frame->format, (int)clip->width, (int)clip->height,
					      AV_PIX_FMT_YUYV422, SWS_BILINEAR | SWS_ACCURATE_RND | SWS_BITEXACT, NULL, NULL, NULL);
		if (!clip->scaler)
			return fail(clip, "has pixels of a kind that cannot be converted");
		sws_setColorspaceDetails(clip->scaler, colours, full, colours, 0, 0, 1 << 16, 1 << 16);
		clip->scaler_format = frame->format;
		clip->scaler_range = full;
	}

	uint8_t *to[4] = { clip->pixels };
	const int to_stride[4] = { (int)clip->width * 2 };

	sws_scale(clip->scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, (int)clip->height, to, to_stride);
	return 0;
}

static void stamp(struct qyran_clip *clip)
{
	int64_t pts = clip->frame->best_effort_timestamp;
	uint64_t time_ns = 0;

	if (clip->first_pts == AV_NOPTS_VALUE)
		clip->first_pts = pts;
	if (pts != AV_NOPTS_VALUE && pts > clip->first_pts)
		time_ns = (uint64_t)av_rescale_q(pts - clip->first_pts, clip->stream->time_base, nanoseconds);
	if (clip->frames > 0 && time_ns <= clip->time_ns)
		time_ns = clip->time_ns + clip->period_ns;
	clip->time_ns = time_ns;
}

int qyran_clip_next(struct qyran_clip *clip, const uint8_t **ret_pixels, uint64_t *ret_time_ns)
{
	int rc;

	if (clip->ended)
		return -ENODATA;
	while ((rc = avcodec_receive_frame(clip->decoder, clip->frame)) == AVERROR(EAGAIN) && !clip->flushed) {
		rc = feed(clip);
		if (rc < 0)
			return rc;
	}
	if (rc == AVERROR_EOF) {
		if (cut_short(clip))
			return fail(clip, "cut short");
		if (clip->frames == 0)
			return fail(clip, "ends");
		clip->ended = true;
		return -ENODATA;
	}
	if (rc < 0)
		return fail(clip, "damaged");
	rc = convert(clip);
	if (rc < 0)
		return rc;
	stamp(clip);
	clip->frames++;
	*ret_pixels = clip->pixels;
	*ret_time_ns = clip->time_ns;
	return 0;
}
