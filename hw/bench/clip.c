/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-clip [--each N] [--csv FILE] [--pictures DIR] CLIP
 *
 * What the bit-exact model sees on a clip, whole frames as the board plays them, settings as after a reset: movers (blue) and plate candidates
 * (yellow, numbered), one frame of N as a picture. There is no truth: this is to look at.
 */
#include "hw/bench/draw.h"
#include "hw/bench/plate_found.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <sim/board/board.h>
#include <stdlib.h>
#include <string.h>

struct bench {
	const char *pictures;
	FILE *csv;
	unsigned int each;
	uint32_t width, height;
	uint8_t *luma, *rgb;
	struct qyran_detect *detect;
	unsigned long frames, movers, candidates;
	double ms;
};

static uint8_t clamp(int value)
{
	return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* BT.601, limited range, 1/256. */
static void to_rgb(const uint8_t *yuyv, size_t pixels, uint8_t *rgb)
{
	for (size_t i = 0; i < pixels; i++, rgb += 3) {
		int y = 298 * (yuyv[2 * i] - 16) + 128, u = yuyv[(i & ~(size_t)1) * 2 + 1] - 128, v = yuyv[(i & ~(size_t)1) * 2 + 3] - 128;

		rgb[0] = clamp((y + 409 * v) >> 8);
		rgb[1] = clamp((y - 100 * u - 208 * v) >> 8);
		rgb[2] = clamp((y + 516 * u) >> 8);
	}
}

static void draw(const struct bench *bench, const uint8_t *yuyv, const struct qyran_detect_result *result)
{
	char path[PATH_MAX];
	int failed = -ENOMEM;

	to_rgb(yuyv, (size_t)bench->width * bench->height, bench->rgb);
	struct bench_drawing *drawing = bench_drawing_new(bench->rgb, bench->width, bench->height);
	snprintf(path, sizeof path, "%s/%06lu.jpg", bench->pictures, bench->frames);
	if (drawing) {
		for (unsigned int i = 0; i < result->movers; i++) {
			const struct qyran_detect_mover *m = &result->mover[i];

			bench_drawing_box(drawing, (struct bench_box){m->x, m->y, m->x + m->w, m->y + m->h}, BENCH_MOVER, NULL);
		}
		for (unsigned int i = result->regions; i-- > 0;) {
			char label[16];

			snprintf(label, sizeof label, "%u", i + 1);
			bench_drawing_box(drawing, bench_region_box(&result->region[i]), BENCH_CANDIDATE, label);
		}
		failed = bench_drawing_write(drawing, path);
	}
	if (failed)
		bench_complain("%s: cannot be written: %s", path, strerror(-failed));
}

static void write_rows(const struct bench *bench, const struct qyran_detect_result *result)
{
	for (unsigned int i = 0; i < result->movers && bench->csv; i++)
		fprintf(bench->csv, "%lu,mover,%u,%u,%u,%u,%u,%u\n", bench->frames, i + 1, result->mover[i].x, result->mover[i].y, result->mover[i].w,
			result->mover[i].h, result->mover[i].cells);
	for (unsigned int i = 0; i < result->regions && bench->csv; i++)
		fprintf(bench->csv, "%lu,candidate,%u,%u,%u,%u,%u,%u\n", bench->frames, i + 1, result->region[i].x, result->region[i].y, result->region[i].w,
			result->region[i].h, result->region[i].score);
}

static void play(struct bench *bench, struct qyran_clip *clip)
{
	const uint8_t *yuyv;
	uint64_t time_ns;
	int result;

	while (!(result = qyran_clip_next(clip, &yuyv, &time_ns))) {
		for (size_t i = 0; i < (size_t)bench->width * bench->height; i++)
			bench->luma[i] = yuyv[2 * i];
		double begin = bench_ms();
		const struct qyran_detect_result *seen = qyran_detect_frame(bench->detect, bench->luma, bench->width);
		bench->ms += bench_ms() - begin;
		bench->movers += seen->movers;
		bench->candidates += seen->regions;
		bench->frames++;
		write_rows(bench, seen);
		if (bench->pictures && bench->frames % bench->each == 0)
			draw(bench, yuyv, seen);
		bench_progress("%lu of %llu frames", bench->frames, (unsigned long long)qyran_clip_frames(clip));
	}
	bench_progress("%s", "");
	if (result != -ENODATA)
		bench_complain("%s", qyran_clip_fault(clip));
	if (bench->frames)
		printf("clip frames=%lu size=%ux%u movers=%.2f candidates=%.2f ms=%.2f\n", bench->frames, bench->width, bench->height,
		       (double)bench->movers / (double)bench->frames, (double)bench->candidates / (double)bench->frames, bench->ms / (double)bench->frames);
}

static void measure(struct bench *bench, const char *path)
{
	struct qyran_detect_settings settings = qyran_detect_settings_reset();
	struct qyran_clip *clip;
	char error[512];

	if (qyran_clip_open(path, &clip, error, sizeof error)) {
		bench_complain("%s", error);
		return;
	}
	qyran_clip_size(clip, &bench->width, &bench->height);
	bench->luma = malloc((size_t)bench->width * bench->height);
	bench->rgb = malloc((size_t)bench->width * bench->height * 3);
	settings.width = (uint16_t)bench->width;
	settings.height = (uint16_t)bench->height;
	if (!bench->luma || !bench->rgb || qyran_detect_set(bench->detect, &settings)) {
		bench_complain("%s: %ux%u: no memory", path, bench->width, bench->height);
	} else {
		qyran_detect_reset(bench->detect);
		play(bench, clip);
	}
	free(bench->luma);
	free(bench->rgb);
	qyran_clip_close(clip);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"csv", required_argument, NULL, 'c'}, {"pictures", required_argument, NULL, 'p'},
						{"each", required_argument, NULL, 'e'}, {NULL, 0, NULL, 0}};
	struct bench bench = {.each = 10};
	const char *csv = NULL;
	int option, each = 10;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'c')
			csv = optarg;
		else if (option == 'p')
			bench.pictures = optarg;
		else if (option == 'e')
			each = atoi(optarg);
		else
			return 2;
	}
	if (optind + 1 != argc || each < 1) {
		fprintf(stderr, "usage: bench-clip [--each N] [--csv FILE] [--pictures DIR] CLIP\n");
		return 2;
	}
	bench.each = (unsigned int)each;
	if (bench.pictures && bench_make_folder(bench.pictures, NULL))
		return 1;
	bench.detect = qyran_detect_new();
	if (!bench.detect || (csv && !(bench.csv = fopen(csv, "w")))) {
		fprintf(stderr, "%s: %s\n", bench.detect ? csv : "bench-clip", strerror(errno));
		qyran_detect_free(bench.detect);
		return 1;
	}
	if (bench.csv)
		fprintf(bench.csv, "frame,what,number,x,y,w,h,cells_or_score\n");
	measure(&bench, argv[optind]);
	bench_close(bench.csv, csv);
	qyran_detect_free(bench.detect);
	return bench_complaints() ? 1 : 0;
}
