/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-motion [--csv FILE] [--pictures DIR] [--rivals LIBRARY] MOTION
 *
 * Movers of the bit-exact model against masks drawn by people. MOTION holds folders as changedetection.net has them:
 *
 *   SEQUENCE/input/in000001.jpg …          every frame, from 1 on
 *   SEQUENCE/groundtruth/gt000470.png …    0 static, 50 shadow (static), 85 and 170 not judged, 255 moving
 *   SEQUENCE/temporalROI.txt               first and last frame that are judged
 *   SEQUENCE/ROI.bmp                       0: not judged; may be missing
 *
 * The logic's mask is the cells of the movers that it reports, each painted in full. Pixels of all frames together: precision =
 * TP / (TP + FP), recall = TP / (TP + FN), F = their harmonic mean.
 */
#include "hw/bench/bench.h"
#include "hw/bench/draw.h"
#include "hw/bench/picture.h"
#include "hw/bench/rivals.h"
#include "hw/model/detect.h"

#include <dlfcn.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define METHODS (1 + BENCH_RIVALS)
#define LOGIC 0
#define MOVING 255
#define UNKNOWN_LOW 85
#define UNKNOWN 170
#define PICTURE_EACH 25	/* judged frames from picture to picture */

struct score {
	unsigned long hits, false_alarms, misses, frames;
	double ms;
};

struct sequence {
	char name[128];
	unsigned int from, to, width, height, judged;
	struct score scores[METHODS];
	unsigned int lost, lost_first;	/* frames or masks that could not be had */
	char lost_why[256];
	/* a byte a pixel */
	uint8_t *judge, *masks[METHODS];
};

struct bench {
	const char *dir, *pictures;
	FILE *csv;
	const struct bench_rivals *rivals;
	void *rival[BENCH_RIVALS];
	struct qyran_detect *detect;
};

static int methods(const struct bench *bench)
{
	return bench->rivals ? METHODS : 1;
}

static const char *method_name(const struct bench *bench, int method)
{
	return method == LOGIC ? "logic" : bench->rivals->name[method - 1];
}

static void lose(struct sequence *sequence, unsigned int frame, const char *what, const char *why)
{
	if (!sequence->lost++) {
		sequence->lost_first = frame;
		snprintf(sequence->lost_why, sizeof sequence->lost_why, "%s: %s", what, why);
	}
}

static bool load(const struct bench *bench, struct sequence *sequence, unsigned int frame, const char *format, bool colour, struct bench_picture *ret)
{
	char path[PATH_MAX], name[64], why[160];

	snprintf(name, sizeof name, format, frame);
	if (snprintf(path, sizeof path, "%s/%s/%s", bench->dir, sequence->name, name) >= (int)sizeof path)
		snprintf(why, sizeof why, "its name is too long");
	else if (!bench_picture_read(path, colour, ret, why, sizeof why)) {
		if (!sequence->width) {
			sequence->width = ret->width;
			sequence->height = ret->height;
		}
		if (ret->width == sequence->width && ret->height == sequence->height)
			return true;
		snprintf(why, sizeof why, "%ux%u among %ux%u", ret->width, ret->height, sequence->width, sequence->height);
		bench_picture_free(ret);
	}
	lose(sequence, frame, name, why);
	return false;
}

static bool begin(struct bench *bench, struct sequence *sequence)
{
	struct qyran_detect_settings settings = qyran_detect_settings_reset();
	size_t pixels = (size_t)sequence->width * sequence->height;
	struct bench_picture roi;
	char path[PATH_MAX], why[160];

	settings.width = (uint16_t)(sequence->width & ~7u);
	settings.height = (uint16_t)(sequence->height & ~1u);
	settings.plates = false;
	if (sequence->width > QYRAN_DETECT_WIDTH_MAX + 7 || sequence->height > QYRAN_DETECT_HEIGHT_MAX + 1 || qyran_detect_set(bench->detect, &settings)) {
		bench_complain("%s/%s: frames of %ux%u cannot be measured: 64x48 to %dx%d; left out", bench->dir, sequence->name, sequence->width,
			       sequence->height, QYRAN_DETECT_WIDTH_MAX, QYRAN_DETECT_HEIGHT_MAX);
		return false;
	}
	qyran_detect_reset(bench->detect);
	sequence->judge = malloc(pixels);
	for (int m = 0; m < methods(bench); m++)
		sequence->masks[m] = calloc(1, pixels);
	if (bench->rivals)
		for (int i = 0; i < BENCH_RIVALS; i++)
			bench->rival[i] = bench->rivals->open(i);
	if (!sequence->judge || !sequence->masks[methods(bench) - 1]) {
		bench_complain("%s/%s: no memory; left out", bench->dir, sequence->name);
		return false;
	}
	memset(sequence->judge, 1, pixels);
	snprintf(path, sizeof path, "%s/%s/ROI.bmp", bench->dir, sequence->name);
	struct stat about;
	if (stat(path, &about) && errno == ENOENT)
		return true;
	int result = bench_picture_read(path, false, &roi, why, sizeof why);
	if (!result && roi.width == sequence->width && roi.height == sequence->height) {
		for (size_t i = 0; i < pixels; i++)
			sequence->judge[i] = roi.luma[i] > 127;
	} else {
		bench_complain("%s: %s; all pixels are judged", path, result ? why : "not of the frames' size");
	}
	if (!result)
		bench_picture_free(&roi);
	return true;
}

static void end(struct bench *bench, struct sequence *sequence)
{
	free(sequence->judge);
	for (int m = 0; m < METHODS; m++)
		free(sequence->masks[m]);
	for (int i = 0; i < BENCH_RIVALS && bench->rivals; i++) {
		if (bench->rival[i])
			bench->rivals->close(bench->rival[i]);
		bench->rival[i] = NULL;
	}
}

static const struct qyran_detect_result *run_logic(struct bench *bench, struct sequence *sequence, const struct bench_picture *frame)
{
	double start = bench_ms();
	const struct qyran_detect_result *result = qyran_detect_frame(bench->detect, frame->luma, frame->width);
	sequence->scores[LOGIC].ms += bench_ms() - start;
	struct qyran_detect_mask mask = qyran_detect_mover_mask(bench->detect);
	uint8_t *out = sequence->masks[LOGIC];

	sequence->scores[LOGIC].frames++;
	for (unsigned int y = 0; y < mask.height * mask.cell_px; y++)
		for (unsigned int x = 0; x < mask.width * mask.cell_px; x++)
			out[y * sequence->width + x] = mask.mover[y / mask.cell_px * mask.width + x / mask.cell_px];
	return result;
}

static void run_rivals(struct bench *bench, struct sequence *sequence, const struct bench_picture *frame)
{
	for (int i = 0; i < BENCH_RIVALS && bench->rivals; i++) {
		struct score *score = &sequence->scores[1 + i];
		double ms;

		if (!bench->rival[i] ||
		    bench->rivals->frame(bench->rival[i], frame->rgb, (int)frame->width, (int)frame->height, sequence->masks[1 + i], &ms))
			continue;
		score->ms += ms;
		score->frames++;
	}
}

static bool judged(const struct sequence *sequence, const struct bench_picture *truth, size_t at)
{
	return sequence->judge[at] && truth->luma[at] != UNKNOWN_LOW && truth->luma[at] != UNKNOWN;
}

static void compare(const struct bench *bench, struct sequence *sequence, unsigned int number, const struct bench_picture *truth)
{
	size_t pixels = (size_t)sequence->width * sequence->height;

	for (int m = 0; m < methods(bench); m++) {
		unsigned long hits = 0, false_alarms = 0, misses = 0;

		for (size_t i = 0; i < pixels; i++) {
			bool moving = truth->luma[i] == MOVING, said = sequence->masks[m][i];

			if (!judged(sequence, truth, i))
				continue;
			hits += moving && said;
			false_alarms += !moving && said;
			misses += moving && !said;
		}
		sequence->scores[m].hits += hits;
		sequence->scores[m].false_alarms += false_alarms;
		sequence->scores[m].misses += misses;
		if (!bench->csv)
			continue;
		bench_field(bench->csv, sequence->name, ',');
		fprintf(bench->csv, "%u,%s,%lu,%lu,%lu\n", number, method_name(bench, m), hits, false_alarms, misses);
	}
}

static void draw(const struct bench *bench, const struct sequence *sequence, unsigned int number, struct bench_picture *frame,
		 const struct bench_picture *truth, const struct qyran_detect_result *result)
{
	char path[PATH_MAX];
	int failed = -ENOMEM;

	for (size_t i = 0; i < (size_t)frame->width * frame->height; i++) {
		bool moving = truth->luma[i] == MOVING, said = sequence->masks[LOGIC][i];

		if (judged(sequence, truth, i) && (moving || said))
			bench_tint(frame->rgb + 3 * i, moving && said ? BENCH_FOUND : moving ? BENCH_MISSED : BENCH_CANDIDATE);
	}
	struct bench_drawing *drawing = bench_drawing_new(frame->rgb, frame->width, frame->height);
	snprintf(path, sizeof path, "%s/%s/%06u.jpg", bench->pictures, sequence->name, number);
	if (drawing) {
		for (unsigned int i = 0; i < result->movers; i++) {
			const struct qyran_detect_mover *mover = &result->mover[i];

			bench_drawing_box(drawing, (struct bench_box){mover->x, mover->y, mover->x + mover->w, mover->y + mover->h}, BENCH_MOVER, NULL);
		}
		failed = bench_drawing_write(drawing, path);
	}
	if (failed)
		bench_complain("%s: cannot be written: %s", path, strerror(-failed));
}

static void measure_frame(struct bench *bench, struct sequence *sequence, unsigned int number, struct bench_picture *frame)
{
	const struct qyran_detect_result *result = run_logic(bench, sequence, frame);
	struct bench_picture truth;

	run_rivals(bench, sequence, frame);
	if (number < sequence->from || !load(bench, sequence, number, "groundtruth/gt%06u.png", false, &truth))
		return;
	compare(bench, sequence, number, &truth);
	if (bench->pictures && sequence->judged % PICTURE_EACH == 0)
		draw(bench, sequence, number, frame, &truth, result);
	sequence->judged++;
	bench_picture_free(&truth);
}

static bool read_range(const struct bench *bench, struct sequence *sequence)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s/temporalROI.txt", bench->dir, sequence->name);
	FILE *file = fopen(path, "r");
	if (!file) {
		bench_complain("%s: %s; it names the first and the last frame that are judged; left out", path, strerror(errno));
		return false;
	}
	bool read = fscanf(file, "%u %u", &sequence->from, &sequence->to) == 2 && sequence->from > 0 && sequence->to >= sequence->from &&
		    sequence->to < 10000000;
	fclose(file);
	if (!read)
		bench_complain("%s: wants two numbers, the first and the last frame that are judged; left out", path);
	return read;
}

static void measure_sequence(void *owner, const char *name, void *record)
{
	struct bench *bench = owner;
	struct sequence *sequence = record;
	bool colour = bench->rivals || bench->pictures, begun = false, fit = true;

	strcpy(sequence->name, name);
	if (!read_range(bench, sequence) || (bench->pictures && bench_make_folder(bench->pictures, sequence->name)))
		return;
	for (unsigned int number = 1; fit && number <= sequence->to; number++) {
		struct bench_picture frame;

		bench_progress("%s: %u of %u", sequence->name, number, sequence->to);
		if (!load(bench, sequence, number, "input/in%06u.jpg", colour, &frame)) {
			if (!begun && number > 100)
				break;
			continue;
		}
		fit = begun || begin(bench, sequence);
		begun = true;
		if (fit)
			measure_frame(bench, sequence, number, &frame);
		bench_picture_free(&frame);
	}
	end(bench, sequence);
	bench_progress("%s", "");
	if (sequence->lost)
		bench_complain("%s/%s: %u frames or masks left out, the first of frame %u, %s", bench->dir, sequence->name, sequence->lost,
			       sequence->lost_first, sequence->lost_why);
	if (fit && !sequence->judged)
		bench_complain("%s/%s: no frame could be judged", bench->dir, sequence->name);
}

static void print_tables(const struct bench *bench, const struct sequence *sequences, size_t n)
{
	printf("Movers against masks, pixels of all judged frames together; the logic on cells, after its own filtering; one thread.\n");
	for (int m = 1; m < methods(bench); m++)
		printf("%s of OpenCV: %s, shadows count as static.\n", method_name(bench, m), bench->rivals->parameters[m - 1]);
	printf("%-20s %6s", "", "");
	for (int m = 0; m < methods(bench); m++)
		printf(" | %-28s", method_name(bench, m));
	printf("\n%-20s %6s", "sequence", "frames");
	for (int m = 0; m < methods(bench); m++)
		printf(" | %9s %6s %5s %5s", "precision", "recall", "F", "ms");
	printf("\n");
	for (size_t i = 0; i < n; i++) {
		printf("%-20s %6u", sequences[i].name, sequences[i].judged);
		for (int m = 0; m < methods(bench); m++) {
			const struct score *s = &sequences[i].scores[m];

			printf(" | %9s %6s %5s %5.2f", bench_share(s->hits, s->hits + s->false_alarms), bench_share(s->hits, s->hits + s->misses),
			       bench_share(2 * s->hits, 2 * s->hits + s->false_alarms + s->misses), s->frames ? s->ms / (double)s->frames : 0);
		}
		printf("\n");
	}
	printf("\n");
	for (size_t i = 0; i < n; i++) {
		printf("motion %s", sequences[i].name);
		for (int m = 0; m < methods(bench); m++) {
			const struct score *s = &sequences[i].scores[m];
			char before[16] = "";

			for (int c = 0; m != LOGIC && method_name(bench, m)[c]; c++)
				snprintf(before + c, sizeof before - (size_t)c, "%c_", method_name(bench, m)[c] | (method_name(bench, m)[c] >= 'A' ? 0x20 : 0));
			printf(" %sprecision=%s %srecall=%s %sf=%s", before, bench_share(s->hits, s->hits + s->false_alarms), before,
			       bench_share(s->hits, s->hits + s->misses), before, bench_share(2 * s->hits, 2 * s->hits + s->false_alarms + s->misses));
			if (s->frames)
				printf(" %sms=%.2f", before, s->ms / (double)s->frames);
			else
				printf(" %sms=-", before);
		}
		printf(" frames=%u\n", sequences[i].judged);
	}
}

static void measure_all(struct bench *bench)
{
	size_t count;
	struct sequence *sequences = bench_folders(bench->dir, "a folder of sequences: MOTION=DIR", "sequence: a folder with input, groundtruth and temporalROI.txt",
						   sizeof sequences->name, sizeof *sequences, measure_sequence, bench, &count);

	if (sequences)
		print_tables(bench, sequences, count);
	free(sequences);
}

static const struct bench_rivals *load_rivals(const char *path)
{
	void *library = dlopen(path, RTLD_NOW);
	void *symbol = library ? dlsym(library, "bench_rivals_get") : NULL;
	bench_rivals_fn *get;

	if (!symbol) {
		bench_complain("%s: %s; the logic is measured alone", path, dlerror());
		return NULL;
	}
	memcpy(&get, &symbol, sizeof get);
	return get();
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"csv", required_argument, NULL, 'c'}, {"pictures", required_argument, NULL, 'p'},
						{"rivals", required_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};
	const char *csv = NULL, *rivals = NULL;
	struct bench bench = {.dir = NULL};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'c')
			csv = optarg;
		else if (option == 'p')
			bench.pictures = optarg;
		else if (option == 'r')
			rivals = optarg;
		else
			return 2;
	}
	if (optind + 1 != argc) {
		fprintf(stderr, "usage: bench-motion [--csv FILE] [--pictures DIR] [--rivals LIBRARY] MOTION\n");
		return 2;
	}
	bench.dir = argv[optind];
	if (rivals)
		bench.rivals = load_rivals(rivals);
	bench.detect = qyran_detect_new();
	if (!bench.detect) {
		fprintf(stderr, "bench-motion: no memory\n");
		return 1;
	}
	if (csv) {
		bench.csv = bench_open(csv, "sequence,frame,method,hits,false_alarms,misses");
		if (!bench.csv) {
			qyran_detect_free(bench.detect);
			return 1;
		}
	}
	measure_all(&bench);
	bench_close(bench.csv, csv);
	qyran_detect_free(bench.detect);
	return bench_complaints() ? 1 : 0;
}
