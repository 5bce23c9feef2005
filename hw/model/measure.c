/* SPDX-License-Identifier: Apache-2.0 */
/*
 * detect-measure plates DIR   plates found on the pictures of DIR/SET/truth.tsv (file x y w h TEXT, tabs), a line a set and one for each miss
 * detect-measure movers W H   movers of raw 8-bit grey frames on stdin, a line each
 *
 * Contained: the candidate, widened by 20 % of its height + 4 px left and right and 35 % + 4 px above and below, holds at least 90 % of the
 * plate's area and is at most six times as large.
 */
#include "hw/model/detect.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jpeglib.h>
#include <setjmp.h>

struct picture {
	unsigned width, height;
	uint8_t *luma;
	double scale;      /* of the file's pixels */
};

struct jpeg_failure {
	struct jpeg_error_mgr base;
	jmp_buf where;
};

static void jpeg_failed(j_common_ptr common)
{
	struct jpeg_failure *failure = (struct jpeg_failure *)common->err;
	longjmp(failure->where, 1);
}

/* Means over the pixels that fall together; picture sizes are made multiples of 8 and 2 by leaving off the rest. */
static int shrink(struct picture *p)
{
	double by = 1;
	if (p->width > QYRAN_DETECT_WIDTH_MAX)
		by = (double)QYRAN_DETECT_WIDTH_MAX / p->width;
	if (p->height * by > QYRAN_DETECT_HEIGHT_MAX)
		by = (double)QYRAN_DETECT_HEIGHT_MAX / p->height;
	unsigned w = (unsigned)(p->width * by) & ~7u, h = (unsigned)(p->height * by) & ~1u;
	uint8_t *out = malloc((size_t)w * h);
	if (out == NULL)
		return -ENOMEM;
	for (unsigned y = 0; y < h; y++) {
		unsigned y0 = (unsigned)(y / by), y1 = (unsigned)((y + 1) / by);
		for (unsigned x = 0; x < w; x++) {
			unsigned x0 = (unsigned)(x / by), x1 = (unsigned)((x + 1) / by), sum = 0, n = 0;
			for (unsigned j = y0; j < y1 || j == y0; j++)
				for (unsigned i = x0; i < x1 || i == x0; i++, n++)
					sum += p->luma[(size_t)j * p->width + i];
			out[(size_t)y * w + x] = (uint8_t)((sum + n / 2) / n);
		}
	}
	free(p->luma);
	*p = (struct picture){ w, h, out, by };
	return 0;
}

static int read_jpeg(const char *path, struct picture *ret)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return -errno;
	struct jpeg_decompress_struct jpeg;
	struct jpeg_failure failure;
	uint8_t *volatile luma = NULL;
	jpeg.err = jpeg_std_error(&failure.base);
	failure.base.error_exit = jpeg_failed;
	if (setjmp(failure.where)) {
		jpeg_destroy_decompress(&jpeg);
		free(luma);
		fclose(file);
		return -EBADMSG;
	}
	jpeg_create_decompress(&jpeg);
	jpeg_stdio_src(&jpeg, file);
	jpeg_read_header(&jpeg, TRUE);
	jpeg.out_color_space = JCS_GRAYSCALE;
	jpeg_start_decompress(&jpeg);
	if (jpeg.output_width > 16384 || jpeg.output_height > 16384 || (luma = malloc((size_t)jpeg.output_width * jpeg.output_height)) == NULL)
		longjmp(failure.where, 1);
	while (jpeg.output_scanline < jpeg.output_height) {
		JSAMPROW row = luma + (size_t)jpeg.output_scanline * jpeg.output_width;
		jpeg_read_scanlines(&jpeg, &row, 1);
	}
	struct picture p = { jpeg.output_width, jpeg.output_height, luma, 1 };
	jpeg_finish_decompress(&jpeg);
	jpeg_destroy_decompress(&jpeg);
	fclose(file);
	int r = shrink(&p);
	if (r < 0)
		return r;
	*ret = p;
	return 0;
}

struct box {
	double x0, y0, x1, y1;
};

static double area(struct box b)
{
	return b.x1 > b.x0 && b.y1 > b.y0 ? (b.x1 - b.x0) * (b.y1 - b.y0) : 0;
}

static double common(struct box a, struct box b)
{
	return area((struct box){ a.x0 > b.x0 ? a.x0 : b.x0, a.y0 > b.y0 ? a.y0 : b.y0, a.x1 < b.x1 ? a.x1 : b.x1, a.y1 < b.y1 ? a.y1 : b.y1 });
}

static void measure_set(const char *dir, const char *set, int verbose)
{
	char path[4096], line[1024];
	snprintf(path, sizeof path, "%s/%s/truth.tsv", dir, set);
	FILE *truth = fopen(path, "r");
	if (truth == NULL)
		return;
	struct qyran_detect *d = qyran_detect_new();
	unsigned n = 0, found[3] = { 0 }, contained[3] = { 0 }, candidates = 0, frames = 0;
	double ms = 0, mpixel = 0;
	static const unsigned k_of[3] = { 4, 8, 16 };
	while (fgets(line, sizeof line, truth) != NULL) {
		char *field[6], *rest = line;
		for (int i = 0; i < 6; i++)
			field[i] = rest != NULL ? strsep(&rest, "\t\n") : NULL;
		if (field[4] == NULL || *field[4] == '\0')
			continue;
		struct picture p;
		snprintf(path, sizeof path, "%s/%s/%s", dir, set, field[0]);
		int r = read_jpeg(path, &p);
		if (r < 0) {
			fprintf(stderr, "%s: %s\n", path, strerror(-r));
			continue;
		}
		struct qyran_detect_settings s = qyran_detect_settings_reset();
		s.width = (uint16_t)p.width;
		s.height = (uint16_t)p.height;
		s.movers = false;
		s.plate_k = QYRAN_DETECT_REGIONS;
		r = qyran_detect_set(d, &s);
		if (r < 0) {
			fprintf(stderr, "%s: size %ux%u: %s\n", path, p.width, p.height, strerror(-r));
			free(p.luma);
			continue;
		}
		qyran_detect_reset(d);
		struct timespec t0, t1;
		clock_gettime(CLOCK_MONOTONIC, &t0);
		const struct qyran_detect_result *result = qyran_detect_frame(d, p.luma, p.width);
		clock_gettime(CLOCK_MONOTONIC, &t1);
		ms += (double)(t1.tv_sec - t0.tv_sec) * 1e3 + (double)(t1.tv_nsec - t0.tv_nsec) / 1e6;
		mpixel += p.width * p.height / 1e6;
		struct box want = { atof(field[1]) * p.scale, atof(field[2]) * p.scale, 0, 0 };
		want.x1 = want.x0 + atof(field[3]) * p.scale;
		want.y1 = want.y0 + atof(field[4]) * p.scale;
		unsigned first_found = 99, first_contained = 99;
		double best = 0;
		for (unsigned i = 0; i < result->regions; i++) {
			const struct qyran_detect_region *q = &result->region[i];
			struct box b = { q->x, q->y, q->x + q->w, q->y + q->h };
			double iou = common(b, want) / (area(b) + area(want) - common(b, want));
			if (iou > best)
				best = iou;
			if (iou >= .5 && first_found == 99)
				first_found = i;
			struct box c = { b.x0 - .2 * q->h - 4, b.y0 - .35 * q->h - 4, b.x1 + .2 * q->h + 4, b.y1 + .35 * q->h + 4 };
			if (common(c, want) >= .9 * area(want) && area(c) <= 6 * area(want) && first_contained == 99)
				first_contained = i;
		}
		n++;
		frames++;
		candidates += result->regions;
		for (int i = 0; i < 3; i++) {
			found[i] += first_found < k_of[i];
			contained[i] += first_contained < k_of[i];
		}
		if (verbose && (first_found >= 8 || first_contained >= 8)) {
			printf("miss %s %.0fx%.0f at %.0f,%.0f found=%u contained=%u best_iou=%.2f\n", path, want.x1 - want.x0, want.y1 - want.y0, want.x0, want.y0, first_found, first_contained, best);
			if (verbose > 1)
				for (unsigned i = 0; i < result->regions; i++)
					printf("   %ux%u at %u,%u score %u scale %u\n", result->region[i].w, result->region[i].h, result->region[i].x,
						result->region[i].y, result->region[i].score, result->region[i].scale);
		}
		free(p.luma);
	}
	if (n > 0)
		printf("plates %s n=%u iou4=%.3f iou8=%.3f iou16=%.3f contained4=%.3f contained8=%.3f contained16=%.3f candidates=%.1f mpixel_s=%.1f\n", set, n,
			(double)found[0] / n, (double)found[1] / n, (double)found[2] / n, (double)contained[0] / n, (double)contained[1] / n, (double)contained[2] / n,
			(double)candidates / frames, mpixel / ms * 1e3);
	qyran_detect_free(d);
	fclose(truth);
}

static int movers(unsigned width, unsigned height)
{
	struct qyran_detect *d = qyran_detect_new();
	struct qyran_detect_settings s = qyran_detect_settings_reset();
	s.width = (uint16_t)width;
	s.height = (uint16_t)height;
	if (d == NULL || width > UINT16_MAX || height > UINT16_MAX || qyran_detect_set(d, &s) < 0) {
		fprintf(stderr, "detect-measure: size %ux%u: a multiple of 8 in 64..%u, an even number in 48..%u\n", width, height, QYRAN_DETECT_WIDTH_MAX,
			QYRAN_DETECT_HEIGHT_MAX);
		qyran_detect_free(d);
		return 2;
	}
	uint8_t *luma = malloc((size_t)width * height);
	if (luma == NULL) {
		perror("detect-measure");
		qyran_detect_free(d);
		return 1;
	}
	for (unsigned frame = 0; fread(luma, width, height, stdin) == height; frame++) {
		const struct qyran_detect_result *r = qyran_detect_frame(d, luma, width);
		printf("frame %u movers=%u regions=%u drop=%u,%u\n", frame, r->movers, r->regions, r->drop_movers, r->drop_regions);
		for (unsigned i = 0; i < r->movers; i++)
			printf("  mover %ux%u at %u,%u cells %u centre %.1f,%.1f age %u flags %u\n", r->mover[i].w, r->mover[i].h, r->mover[i].x, r->mover[i].y,
				r->mover[i].cells, r->mover[i].cx16 / 16., r->mover[i].cy16 / 16., r->mover[i].age, r->mover[i].flags);
		for (unsigned i = 0; i < r->regions; i++)
			printf("  region %ux%u at %u,%u score %u scale %u\n", r->region[i].w, r->region[i].h, r->region[i].x, r->region[i].y, r->region[i].score,
				r->region[i].scale);
	}
	free(luma);
	qyran_detect_free(d);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "movers") == 0)
		return movers((unsigned)atoi(argv[2]), (unsigned)atoi(argv[3]));
	if (argc < 3 || strcmp(argv[1], "plates") != 0) {
		fprintf(stderr, "usage: detect-measure plates DIR [-v[v]] | detect-measure movers WIDTH HEIGHT < grey frames\n");
		return 2;
	}
	struct dirent **sets;
	int n = scandir(argv[2], &sets, NULL, alphasort);
	if (n < 0) {
		fprintf(stderr, "detect-measure: %s: %s\n", argv[2], strerror(errno));
		return 1;
	}
	for (int i = 0; i < n; i++) {
		if (sets[i]->d_name[0] != '.')
			measure_set(argv[2], sets[i]->d_name, argc > 3 ? (int)strlen(argv[3]) - 1 : 0);
		free(sets[i]);
	}
	free(sets);
	return 0;
}
