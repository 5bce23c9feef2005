/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-plates [--csv FILE] [--pictures DIR] [--formats DIR] PLATES
 *
 * How many plates on stills are among the candidates of the bit-exact model, and how many are read. PLATES holds folders SET with pictures and truth.tsv:
 *
 *   file x y w h TEXT       tabs between; pixels of the file; x y w h empty: the plate has no box and counts only in n and what is read;
 *                           TEXT/TEXT: either is right
 *
 * A plate is found among K when one of the best K candidates has IoU >= .5 with it, and contained when the region that the cutter makes of
 * one of them, margins included, holds at least 90 % of the plate's area and is at most 6 times as large. A picture is one frame
 * after a reset; it is measured for each K on its own.
 *
 * The reader gets the pixels that the cutter would cut round the best 8, with grey for chroma, and knows nothing else. As many texts come out of a
 * picture as truth.tsv names plates on it, the surest first, at places that do not overlap; a plate is read when one of them is its text. A plate that is
 * not found is not read. Candidates among 16 that touch no plate's box should have no text: how many have one is told for the threshold that
 * keeps 95 % of the texts that are right, over all sets with boxes.
 */
#include "hw/bench/bench.h"
#include "hw/bench/draw.h"
#include "hw/bench/picture.h"
#include "hw/bench/plate_found.h"
#include "hw/bench/plates.h"
#include "hw/bench/plates_read.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* People who draw boxes round them. */
#define OUTSIDE_PX 2

static const uint8_t k_of[PLATES_KS] = {4, 8, 16};

struct bench {
	const char *dir, *pictures;
	FILE *csv;
	struct qyran_detect *detect;
	struct qyran_detect_result results[PLATES_KS];
	struct plates_reader *reader;
	struct plates_texts texts, more;	/* of 8 candidates, and of 16 */
	struct plates_scores *scores;
	size_t set;
};

/* Measures one picture at every K. Returns 0, or a negative errno when the logic cannot take its size. */
static int detect(struct bench *bench, const struct bench_picture *picture, double *ret_ms)
{
	for (int k = 0; k < PLATES_KS; k++) {
		struct qyran_detect_settings settings = qyran_detect_settings_reset();
		int result;

		settings.width = (uint16_t)picture->width;
		settings.height = (uint16_t)picture->height;
		settings.movers = false;
		settings.plate_k = k_of[k];
		result = qyran_detect_set(bench->detect, &settings);
		if (result)
			return result;
		qyran_detect_reset(bench->detect);
		double begin = bench_ms();
		bench->results[k] = *qyran_detect_frame(bench->detect, picture->luma, picture->width);
		if (k == PLATES_AT_8)
			*ret_ms = bench_ms() - begin;
	}
	return 0;
}

static void judge(const struct bench *bench, const struct bench_picture *picture, struct plate *plate)
{
	for (int k = 0; k < PLATES_KS; k++) {
		struct bench_plate_found look = bench_plate_look(plate->box, &bench->results[k], picture->width, picture->height);

		plate->best_iou = look.best_iou;
		plate->found[k] = look.found;
		plate->contained[k] = look.contained;
	}
}

static void write_row(const struct bench *bench, const struct tally *tally, const struct still *still, const struct plate *plate,
		      double scale, double ms)
{
	FILE *csv = bench->csv;

	if (!csv)
		return;
	bench_field(csv, tally->set, ',');
	bench_field(csv, still->file, ',');
	bench_field(csv, plate->text, ',');
	if (plate->boxed) {
		fprintf(csv, "%.1f,%.1f,%.1f,%.1f,%.4f,%.3f", plate->box.x0, plate->box.y0, plate->box.x1 - plate->box.x0,
			plate->box.y1 - plate->box.y0, scale, plate->best_iou);
		for (int k = 0; k < PLATES_KS; k++)
			fprintf(csv, ",%d", plate->found[k]);
		for (int k = 0; k < PLATES_KS; k++)
			fprintf(csv, ",%d", plate->contained[k]);
	} else {
		fprintf(csv, ",,,,%.4f,,,,,,,", scale);
	}
	fprintf(csv, ",%u,%.2f,", bench->results[PLATES_AT_8].regions, ms);
	bench_field(csv, plate->read, ',');
	fprintf(csv, "%u,%d,%d,%d,", plate->confidence, plate->whole.exact, plate->whole.folded, plate->whole.folded3);
	bench_field(csv, plate->read_given, ',');
	fprintf(csv, plate->boxed ? "%d,%d\n" : ",\n", plate->given.exact, plate->given.folded);
}

/* What was read, and where plates are missed the candidate as the network saw it. */
static void draw_texts(struct bench *bench, struct bench_drawing *drawing, const struct still *still, const struct bench_picture *picture,
		       const unsigned int *out, unsigned int out_count)
{
	static uint8_t grey[PLATE_INPUT_W * PLATE_INPUT_H];
	unsigned int insets = 0;
	bool missed = false;

	for (unsigned int i = 0; i < still->count; i++)
		missed |= !still->plates[i].whole.folded;
	for (unsigned int j = 0; j < out_count; j++) {
		const struct plates_text *text = &bench->texts.text[out[j]];
		bool right = false;

		for (unsigned int p = 0; p < still->count; p++)
			right |= plates_right(still->plates[p].text, &text->reading).folded;
		bench_drawing_box(drawing, text->box, right ? BENCH_FOUND : BENCH_MISSED, text->reading.text);
		if (missed && !plates_input(bench->reader, picture, text, grey))
			bench_drawing_inset(drawing, grey, PLATE_INPUT_W, PLATE_INPUT_H, 2, insets++);
	}
}

static void draw(struct bench *bench, const struct tally *tally, const struct still *still, const struct bench_picture *picture,
		 const unsigned int *out, unsigned int out_count)
{
	struct bench_drawing *drawing = bench_drawing_new(picture->rgb, picture->width, picture->height);
	char path[PATH_MAX], name[256];
	int result = drawing ? 0 : -ENOMEM;

	snprintf(name, sizeof name, "%s", still->file);
	for (char *c = name; *c; c++)
		*c = *c == '/' ? '_' : *c;
	snprintf(path, sizeof path, "%s/%s/%s.jpg", bench->pictures, tally->set, name);
	if (drawing) {
		for (unsigned int i = bench->results[PLATES_AT_8].regions; i-- > 0;) {
			char label[16];

			snprintf(label, sizeof label, "%u", i + 1);
			bench_drawing_box(drawing, bench_region_box(&bench->results[PLATES_AT_8].region[i]), BENCH_CANDIDATE, label);
		}
		for (unsigned int i = 0; i < still->count; i++)
			if (still->plates[i].boxed)
				bench_drawing_box(drawing, still->plates[i].box, still->plates[i].contained[PLATES_AT_8] ? BENCH_FOUND : BENCH_MISSED,
						  still->plates[i].whole.folded ? NULL : still->plates[i].text);
		draw_texts(bench, drawing, still, picture, out, out_count);
		result = bench_drawing_write(drawing, path);
	}
	if (result)
		bench_complain("%s: cannot be written: %s", path, strerror(-result));
}

/* Brings a box of the file into the scaled picture; false when it points outside. */
static bool place(const struct bench_picture *whole, const struct bench_picture *picture, struct plate *plate)
{
	const struct bench_box *box = &plate->box;

	if (!plate->boxed)
		return true;
	if (box->x0 < -OUTSIDE_PX || box->y0 < -OUTSIDE_PX || box->x1 > whole->width + OUTSIDE_PX || box->y1 > whole->height + OUTSIDE_PX)
		return false;
	plate->box.x0 = fmax(0, box->x0 * picture->scale);
	plate->box.y0 = fmax(0, box->y0 * picture->scale);
	plate->box.x1 = fmin(picture->width, box->x1 * picture->scale);
	plate->box.y1 = fmin(picture->height, box->y1 * picture->scale);
	return bench_area(plate->box) > 0;
}

/* What is elsewhere than any plate, and what is right of the plates. */
static void score(struct bench *bench, const struct still *still, const unsigned int *out, unsigned int out_count)
{
	bool all_boxed = true;

	for (unsigned int i = 0; i < still->count; i++)
		all_boxed &= still->plates[i].boxed;
	if (!all_boxed)
		return;
	for (unsigned int i = 0; i < bench->more.count; i++) {
		bool touches = false;

		for (unsigned int p = 0; p < still->count; p++)
			touches |= bench_common(bench->more.text[i].box, still->plates[p].box) > 0;
		if (!touches)
			plates_scores_add(bench->scores, bench->set, bench->more.text[i].score, false);
	}
	for (unsigned int j = 0; j < out_count; j++) {
		const struct plates_text *text = &bench->texts.text[out[j]];
		bool right = false;

		for (unsigned int p = 0; p < still->count; p++)
			right |= plates_right(still->plates[p].text, &text->reading).folded;
		if (right)
			plates_scores_add(bench->scores, bench->set, text->score, true);
	}
}

static int read_texts(struct bench *bench, struct tally *tally, struct still *still, const struct bench_picture *picture,
		      unsigned int out[PLATES_MAX], unsigned int *ret_out_count)
{
	int result = plates_read(bench->reader, picture, &bench->results[PLATES_AT_8], NULL, &bench->texts);

	if (!result)
		result = plates_read(bench->reader, picture, &bench->results[PLATES_AT_16], &bench->texts, &bench->more);
	for (unsigned int i = 0; i < still->count && !result; i++) {
		struct plate *plate = &still->plates[i];
		struct qyran_reading reading;

		if (!plate->boxed)
			continue;
		result = plates_read_box(bench->reader, picture, plate->box, &reading);
		if (result == -EINVAL)
			result = 0;	/* too small to be read: not read */
		else if (!result) {
			plate->given = plates_right(plate->text, &reading);
			snprintf(plate->read_given, sizeof plate->read_given, "%s", reading.text);
		}
	}
	if (result)
		return result;
	tally->regions += bench->texts.count;
	for (unsigned int i = 0; i < bench->texts.count; i++)
		tally->looks += bench->texts.text[i].reading.looks;
	tally->read_ms += bench->texts.ms;
	*ret_out_count = plates_judge(&bench->texts, still, out);
	score(bench, still, out, *ret_out_count);
	return 0;
}

static void measure(struct bench *bench, struct tally *tally, struct still *still)
{
	struct bench_picture picture, whole;
	unsigned int out[PLATES_MAX], out_count = 0;
	char path[PATH_MAX], why[256];
	double ms = 0;

	if (snprintf(path, sizeof path, "%s/%s/%s", bench->dir, tally->set, still->file) >= (int)sizeof path) {
		bench_complain("%s/%s: line %u: the file's name is too long", bench->dir, tally->set, still->line);
		return;
	}
	bench_progress("%s: %lu", tally->set, tally->pictures);
	if (bench_picture_read(path, bench->pictures != NULL, &picture, why, sizeof why)) {
		bench_complain("%s: %s; left out", path, why);
		return;
	}
	whole = picture;
	int result = bench_picture_fit(&picture);
	if (!result)
		result = detect(bench, &picture, &ms);
	if (result) {
		bench_complain("%s: %ux%u cannot be measured: %s; left out", path, picture.width, picture.height,
			       result == -EINVAL ? "64x48 is the least, once it fits into 1920x1080" : strerror(-result));
		bench_picture_free(&picture);
		return;
	}
	for (unsigned int i = 0; i < still->count; i++) {
		struct plate *plate = &still->plates[i];

		if (!place(&whole, &picture, plate)) {
			bench_complain("%s: the box of %s points outside its %ux%u pixels; left out", path, plate->text[0] ? plate->text : "a plate",
				       whole.width, whole.height);
			*plate = still->plates[--still->count];
			i--;
		} else if (plate->boxed) {
			judge(bench, &picture, plate);
		}
	}
	result = read_texts(bench, tally, still, &picture, out, &out_count);
	if (result) {
		bench_complain("%s: cannot be read: %s; left out", path, strerror(-result));
		bench_picture_free(&picture);
		return;
	}
	tally->pictures++;
	tally->ms += ms;
	tally->mpixels += picture.width * picture.height / 1e6;
	tally->candidates += bench->results[PLATES_AT_8].regions;
	for (unsigned int i = 0; i < still->count; i++) {
		plates_count(tally, &still->plates[i]);
		write_row(bench, tally, still, &still->plates[i], picture.scale, ms);
	}
	if (bench->pictures)
		draw(bench, tally, still, &picture, out, out_count);
	bench_picture_free(&picture);
}

static void measure_set(void *owner, const char *name, void *record)
{
	struct bench *bench = owner;
	struct tally *tally = record;
	char path[PATH_MAX];
	size_t n = 0;

	strcpy(tally->set, name);
	snprintf(path, sizeof path, "%s/%s/truth.tsv", bench->dir, tally->set);
	FILE *file = fopen(path, "r");
	if (!file) {
		bench_complain("%s: %s; a set wants a line `file x y w h TEXT` a plate there", path, strerror(errno));
	} else {
		struct still *stills = plates_truth_read(path, file, &n);

		fclose(file);
		if (n == 0)
			bench_complain("%s: names no picture", path);
		if (!bench->pictures || !bench_make_folder(bench->pictures, tally->set))
			for (size_t i = 0; i < n; i++)
				measure(bench, tally, &stills[i]);
		free(stills);
		bench_progress("%s", "");
	}
	bench->set++;
}

static void measure_all(struct bench *bench)
{
	size_t sets;
	struct tally *tallies = bench_folders(bench->dir, "a folder of sets: PLATES=DIR", "set: a set is a folder with truth.tsv and pictures",
					      sizeof tallies->set, sizeof *tallies, measure_set, bench, &sets);

	if (tallies) {
		double threshold = plates_scores_end(bench->scores, tallies);

		plates_print(tallies, sets, threshold);
	}
	free(tallies);
}

static void end(struct bench *bench)
{
	qyran_detect_free(bench->detect);
	plates_reader_free(bench->reader);
	plates_scores_free(bench->scores);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"csv", required_argument, NULL, 'c'}, {"pictures", required_argument, NULL, 'p'},
						{"formats", required_argument, NULL, 'f'}, {NULL, 0, NULL, 0}};
	const char *csv = NULL, *formats = "userspace/formats";
	static struct bench bench;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'c')
			csv = optarg;
		else if (option == 'p')
			bench.pictures = optarg;
		else if (option == 'f')
			formats = optarg;
		else
			return 2;
	}
	if (optind + 1 != argc) {
		fprintf(stderr, "usage: bench-plates [--csv FILE] [--pictures DIR] [--formats DIR] PLATES\n");
		return 2;
	}
	bench.dir = argv[optind];
	if (plates_reader_new(formats, &bench.reader))
		return 1;
	bench.detect = qyran_detect_new();
	bench.scores = plates_scores_new();
	if (!bench.detect || !bench.scores)
		fprintf(stderr, "bench-plates: no memory\n");
	else if (csv)
		bench.csv = bench_open(csv, "set,file,text,x,y,w,h,scale,best_iou,iou4,iou8,iou16,contained4,contained8,contained16,candidates,ms,"
				       "read,confidence,read_exact,read_folded,read_folded3,read_box,read_box_exact,read_box_folded");
	if (!bench.detect || !bench.scores || (csv && !bench.csv)) {
		end(&bench);
		return 1;
	}
	measure_all(&bench);
	bench_close(bench.csv, csv);
	end(&bench);
	return bench_complaints() ? 1 : 0;
}
