/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/bench/picture.h"

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/mem.h>
#include <libswscale/swscale.h>
#include <linux/qyran.h>
#include <stdio.h>
#include <string.h>

#define WIDTH_MIN 64
#define HEIGHT_MIN 48
/* Decoders refuse more before they take memory. */
#define PIXELS_MAX "134217728"
/* libswscale's vector code writes past the end of the last line. */
#define SCALER_EXCESS 128

static int to_errno(int result)
{
	return result > -4096 ? result : -EBADMSG;
}

static int open_decoder(const AVCodecParameters *about, AVCodecContext **ret)
{
	const AVCodec *codec = avcodec_find_decoder(about->codec_id);
	AVCodecContext *decoder = codec ? avcodec_alloc_context3(codec) : NULL;
	AVDictionary *options = NULL;
	int result;

	if (!decoder)
		return codec ? AVERROR(ENOMEM) : AVERROR_DECODER_NOT_FOUND;
	result = avcodec_parameters_to_context(decoder, about);
	decoder->thread_count = 1;
	decoder->err_recognition = AV_EF_EXPLODE;
	av_dict_set(&options, "max_pixels", PIXELS_MAX, 0);
	if (result >= 0)
		result = avcodec_open2(decoder, codec, &options);
	av_dict_free(&options);
	if (result < 0)
		avcodec_free_context(&decoder);
	else
		*ret = decoder;
	return result;
}

static int first_frame(AVFormatContext *format, AVCodecContext *decoder, AVFrame *frame)
{
	AVPacket *packet = av_packet_alloc();
	bool ended = false;
	int result = AVERROR(ENOMEM);

	if (!packet)
		return result;
	while ((result = avcodec_receive_frame(decoder, frame)) == AVERROR(EAGAIN) && !ended) {
		result = av_read_frame(format, packet);
		ended = result == AVERROR_EOF;
		if (result < 0 && !ended)
			break;
		if (!ended && packet->stream_index != 0) {
			av_packet_unref(packet);
			continue;
		}
		result = avcodec_send_packet(decoder, ended ? NULL : packet);
		av_packet_unref(packet);
		if (result < 0)
			break;
	}
	av_packet_free(&packet);
	if (result >= 0 && (frame->decode_error_flags || frame->flags & AV_FRAME_FLAG_CORRUPT))
		return AVERROR_INVALIDDATA;
	return result;
}

/* The file is opened here, not by libavformat: so what is in it decides, and nothing in its name is taken for a pattern. */
static int decode(const char *path, AVFrame *frame)
{
	AVFormatContext *format = avformat_alloc_context();
	char *url = av_asprintf("file:%s", path);
	AVCodecContext *decoder = NULL;
	AVIOContext *io = NULL;
	int result = AVERROR(ENOMEM);

	if (format && url)
		result = avio_open(&io, url, AVIO_FLAG_READ);
	av_free(url);
	if (result < 0) {
		avformat_free_context(format);
		return result;
	}
	format->pb = io;
	result = avformat_open_input(&format, "", NULL, NULL);
	if (result >= 0 && format->nb_streams == 0)
		result = AVERROR_INVALIDDATA;
	if (result >= 0)
		result = open_decoder(format->streams[0]->codecpar, &decoder);
	if (result >= 0)
		result = first_frame(format, decoder, frame);
	avcodec_free_context(&decoder);
	avformat_close_input(&format);
	avio_closep(&io);
	return result;
}

static uint8_t *convert(const AVFrame *frame, enum AVPixelFormat to, unsigned int bytes)
{
	const int *colours = sws_getCoefficients(SWS_CS_ITU601), stride[4] = {frame->width * (int)bytes};
	struct SwsContext *scaler = sws_getContext(frame->width, frame->height, frame->format, frame->width, frame->height, to,
						   SWS_BILINEAR | SWS_ACCURATE_RND | SWS_BITEXACT, NULL, NULL, NULL);
	uint8_t *pixels = av_malloc((size_t)stride[0] * (size_t)frame->height + SCALER_EXCESS), *planes[4] = {pixels};

	if (scaler && pixels) {
		sws_setColorspaceDetails(scaler, colours, frame->color_range == AVCOL_RANGE_JPEG, colours, 1, 0, 1 << 16, 1 << 16);
		sws_scale(scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height, planes, stride);
	} else {
		av_freep(&pixels);
	}
	sws_freeContext(scaler);
	return pixels;
}

int bench_picture_read(const char *path, bool colour, struct bench_picture *ret, char *error, size_t error_size)
{
	AVFrame *frame = av_frame_alloc();
	struct bench_picture picture = {.scale = 1};
	int result = AVERROR(ENOMEM);

	av_log_set_level(AV_LOG_QUIET);
	if (frame)
		result = decode(path, frame);
	if (result >= 0) {
		picture.width = (unsigned int)frame->width;
		picture.height = (unsigned int)frame->height;
		picture.luma = convert(frame, AV_PIX_FMT_GRAY8, 1);
		picture.rgb = colour ? convert(frame, AV_PIX_FMT_RGB24, 3) : NULL;
		if (!picture.luma || (colour && !picture.rgb))
			result = AVERROR(ENOMEM);
	}
	av_frame_free(&frame);
	if (result < 0) {
		bench_picture_free(&picture);
		if (to_errno(result) != -EBADMSG)
			snprintf(error, error_size, "%s", av_err2str(result));
		else
			snprintf(error, error_size, "does not decode as a whole picture (%s)", av_err2str(result));
		return to_errno(result);
	}
	*ret = picture;
	return 0;
}

/* One unit of length is 1 / (num * den) of nothing: a pixel of the file is num of them long, a new pixel den. */
static uint8_t *shrink(const uint8_t *from, unsigned int channels, unsigned int width, unsigned int to_width, unsigned int to_height,
		       uint64_t num, uint64_t den)
{
	uint8_t *to = av_malloc((size_t)to_width * to_height * channels), *out = to;

	for (uint64_t y = 0; to && y < to_height; y++)
		for (uint64_t x = 0; x < to_width; x++, out += channels) {
			uint64_t sums[3] = {0};

			for (uint64_t j = y * den / num; j * num < (y + 1) * den; j++) {
				uint64_t top = j * num > y * den ? j * num : y * den;
				uint64_t high = ((j + 1) * num < (y + 1) * den ? (j + 1) * num : (y + 1) * den) - top;

				for (uint64_t i = x * den / num; i * num < (x + 1) * den; i++) {
					uint64_t left = i * num > x * den ? i * num : x * den;
					uint64_t wide = ((i + 1) * num < (x + 1) * den ? (i + 1) * num : (x + 1) * den) - left;
					const uint8_t *pixel = from + (j * width + i) * channels;

					for (unsigned int c = 0; c < channels; c++)
						sums[c] += wide * high * pixel[c];
				}
			}
			for (unsigned int c = 0; c < channels; c++)
				out[c] = (uint8_t)((sums[c] + den * den / 2) / (den * den));
		}
	return to;
}

int bench_picture_fit(struct bench_picture *picture)
{
	return bench_picture_fit_into(picture, QYRAN_WIDTH_MAX, QYRAN_HEIGHT_MAX);
}

int bench_picture_fit_into(struct bench_picture *picture, unsigned int width_most, unsigned int height_most)
{
	uint64_t width = picture->width, height = picture->height, num = 1, den = 1;

	if (width > width_most || height > height_most) {
		bool wide = width * height_most > height * width_most;

		num = wide ? width_most : height_most;
		den = wide ? width : height;
	}
	unsigned int to_width = (unsigned int)(width * num / den) & ~7u, to_height = (unsigned int)(height * num / den) & ~1u;
	struct bench_picture fit = {.width = to_width, .height = to_height, .scale = picture->scale * (double)num / (double)den};

	if (to_width < WIDTH_MIN || to_height < HEIGHT_MIN)
		return -EINVAL;
	if (to_width == width && to_height == height)
		return 0;
	fit.luma = shrink(picture->luma, 1, picture->width, to_width, to_height, num, den);
	fit.rgb = picture->rgb ? shrink(picture->rgb, 3, picture->width, to_width, to_height, num, den) : NULL;
	if (!fit.luma || (picture->rgb && !fit.rgb)) {
		bench_picture_free(&fit);
		return -ENOMEM;
	}
	bench_picture_free(picture);
	*picture = fit;
	return 0;
}

void bench_picture_free(struct bench_picture *picture)
{
	av_freep(&picture->luma);
	av_freep(&picture->rgb);
}
