/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-plates [--csv FILE] [--pictures DIR] PLATES
 *
 * How many plates on stills are among the candidates of the bit-exact model. PLATES holds folders SET with pictures and truth.tsv:
 *
 *   file x y w h TEXT       tabs between; pixels of the file; x y w h empty: the plate has no box and counts only in n
 *
 * A plate is found among K when one of the best K candidates has IoU >= .5 with it, and contained when the region that the cutter makes of
 * one of them, margins included, holds at least 90 % of the plate's area and is at most 6 times as large. A picture is one frame
 * after a reset; it is measured for each K on its own.
 */
#include "hw/bench/bench.h"
#include "hw/bench/draw.h"
#include "hw/bench/picture.h"
#include "hw/bench/plate_found.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define KS 3
#define AT_8 1
#define WIDTHS 4
#define PLATES_MAX 64	/* in one picture */
/* People who draw boxes round them. */
#define OUTSIDE_PX 2

static const uint8_t k_of[KS] = {4, 8, 16};
static const double width_from[WIDTHS] = {0, 75, 150, 300};

struct plate {
	char text[64];
	bool boxed;
	struct bench_box box;	/* in the scaled picture */
	double best_iou;
	bool found[KS], contained[KS];
};

/* A picture and the plates that truth.tsv names on it. */
struct still {
	char file[256];
	unsigned int line, count;
	struct plate plates[PLATES_MAX];
};

struct tally {
	char set[128];
	unsigned long pictures, plates, boxed, found[KS], contained[KS], width_all[WIDTHS], width_contained[WIDTHS], candidates;
	double ms, mpixels;
};

struct bench {
	const char *dir, *pictures;
	FILE *csv;
	struct qyran_detect *detect;
	struct qyran_detect_result results[KS];
};

/* Measures one picture at every K. Returns 0, or a negative errno when the logic cannot take its size. */
static int detect(struct bench *bench, const struct bench_picture *picture, double *ret_ms)
{
	for (int k = 0; k < KS; k++) {
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
		if (k == AT_8)
			*ret_ms = bench_ms() - begin;
	}
	return 0;
}

static void judge(const struct bench *bench, const struct bench_picture *picture, struct plate *plate)
{
	for (int k = 0; k < KS; k++) {
		struct bench_plate_found look = bench_plate_look(plate->box, &bench->results[k], picture->width, picture->height);

		plate->best_iou = look.best_iou;
		plate->found[k] = look.found;
		plate->contained[k] = look.contained;
	}
}

static void count(struct tally *tally, const struct plate *plate)
{
	int width = WIDTHS - 1;

	tally->plates++;
	if (!plate->boxed)
		return;
	while (width > 0 && plate->box.x1 - plate->box.x0 < width_from[width] + (width == WIDTHS - 1 ? .001 : 0))
		width--;
	tally->boxed++;
	tally->width_all[width]++;
	tally->width_contained[width] += plate->contained[AT_8];
	for (int k = 0; k < KS; k++) {
		tally->found[k] += plate->found[k];
		tally->contained[k] += plate->contained[k];
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
		for (int k = 0; k < KS; k++)
			fprintf(csv, ",%d", plate->found[k]);
		for (int k = 0; k < KS; k++)
			fprintf(csv, ",%d", plate->contained[k]);
	} else {
		fprintf(csv, ",,,,%.4f,,,,,,,", scale);
	}
	fprintf(csv, ",%u,%.2f\n", bench->results[AT_8].regions, ms);
}

static void draw(const struct bench *bench, const struct tally *tally, const struct still *still, const struct bench_picture *picture)
{
	struct bench_drawing *drawing = bench_drawing_new(picture->rgb, picture->width, picture->height);
	char path[PATH_MAX], name[256];
	int result = drawing ? 0 : -ENOMEM;

	snprintf(name, sizeof name, "%s", still->file);
	for (char *c = name; *c; c++)
		*c = *c == '/' ? '_' : *c;
	snprintf(path, sizeof path, "%s/%s/%s.jpg", bench->pictures, tally->set, name);
	if (drawing) {
		for (unsigned int i = bench->results[AT_8].regions; i-- > 0;) {
			char label[16];

			snprintf(label, sizeof label, "%u", i + 1);
			bench_drawing_box(drawing, bench_region_box(&bench->results[AT_8].region[i]), BENCH_CANDIDATE, label);
		}
		for (unsigned int i = 0; i < still->count; i++)
			if (still->plates[i].boxed)
				bench_drawing_box(drawing, still->plates[i].box, still->plates[i].contained[AT_8] ? BENCH_FOUND : BENCH_MISSED, NULL);
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

static void measure(struct bench *bench, struct tally *tally, struct still *still)
{
	struct bench_picture picture, whole;
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
	tally->pictures++;
	tally->ms += ms;
	tally->mpixels += picture.width * picture.height / 1e6;
	tally->candidates += bench->results[AT_8].regions;
	for (unsigned int i = 0; i < still->count; i++) {
		struct plate *plate = &still->plates[i];

		if (!place(&whole, &picture, plate)) {
			bench_complain("%s: the box of %s points outside its %ux%u pixels; left out", path, plate->text[0] ? plate->text : "a plate",
				       whole.width, whole.height);
			*plate = still->plates[--still->count];
			i--;
			continue;
		}
		if (plate->boxed)
			judge(bench, &picture, plate);
		count(tally, plate);
		write_row(bench, tally, still, plate, picture.scale, ms);
	}
	if (bench->pictures)
		draw(bench, tally, still, &picture);
	bench_picture_free(&picture);
}

static bool number(const char *text, double *ret)
{
	char *end;

	*ret = strtod(text, &end);
	return end != text && *end == '\0' && isfinite(*ret);
}

/* A line of truth.tsv: @file and the plate on it. */
static bool parse(char *line, const char **ret_file, struct plate *ret)
{
	char *fields[6] = {0}, *rest = line;
	double v[4];

	line[strcspn(line, "\r\n")] = '\0';
	for (int i = 0; i < 6 && rest; i++)
		fields[i] = strsep(&rest, "\t");
	if (!fields[4] || !*fields[0] || rest)
		return false;
	*ret = (struct plate){.boxed = false};
	snprintf(ret->text, sizeof ret->text, "%s", fields[5] ? fields[5] : "");
	*ret_file = fields[0];
	if (!*fields[1] && !*fields[2] && !*fields[3] && !*fields[4])
		return true;
	for (int i = 0; i < 4; i++)
		if (!number(fields[i + 1], &v[i]))
			return false;
	ret->boxed = true;
	ret->box = (struct bench_box){v[0], v[1], v[0] + v[2], v[1] + v[3]};
	return v[2] > 0 && v[3] > 0;
}

static struct still *find(struct still *stills, size_t count_, const char *file)
{
	for (size_t i = count_; i-- > 0;)
		if (!strcmp(stills[i].file, file))
			return &stills[i];
	return NULL;
}

/* Reads truth.tsv; the plates of a picture come together. Returns NULL and a count of 0 when there is nothing. */
static struct still *read_truth(const char *path, FILE *file, size_t *ret_count)
{
	struct still *stills = NULL;
	size_t n = 0;
	char line[1024];

	for (unsigned int at = 1; fgets(line, sizeof line, file); at++) {
		struct still *still, *more;
		struct plate plate;
		const char *name;

		if (!line[strspn(line, " \t\r\n")])
			continue;
		if (!parse(line, &name, &plate) || strlen(name) >= sizeof still->file) {
			bench_complain("%s: line %u: wants file, x, y, w, h and text with tabs between, w and h above 0; left out", path, at);
			continue;
		}
		still = find(stills, n, name);
		if (!still) {
			more = realloc(stills, (n + 1) * sizeof *stills);
			if (!more) {
				bench_complain("%s: line %u: no memory; the rest is left out", path, at);
				break;
			}
			stills = more;
			still = &stills[n++];
			*still = (struct still){.line = at};
			strcpy(still->file, name);
		}
		if (still->count == PLATES_MAX)
			bench_complain("%s: line %u: more than %d plates on %s; left out", path, at, PLATES_MAX, name);
		else
			still->plates[still->count++] = plate;
	}
	*ret_count = n;
	return stills;
}

static void measure_set(struct bench *bench, struct tally *tally)
{
	char path[PATH_MAX];
	size_t n = 0;

	snprintf(path, sizeof path, "%s/%s/truth.tsv", bench->dir, tally->set);
	FILE *file = fopen(path, "r");
	if (!file) {
		bench_complain("%s: %s; a set wants a line `file x y w h TEXT` a plate there", path, strerror(errno));
		return;
	}
	struct still *stills = read_truth(path, file, &n);
	fclose(file);
	if (n == 0)
		bench_complain("%s: names no picture", path);
	if (!bench->pictures || !bench_make_folder(bench->pictures, tally->set))
		for (size_t i = 0; i < n; i++)
			measure(bench, tally, &stills[i]);
	free(stills);
	bench_progress("%s", "");
}

static const char *mean(double sum, unsigned long n, char text[16])
{
	if (n)
		snprintf(text, 16, "%.2f", sum / (double)n);
	else
		strcpy(text, "-");
	return text;
}

static void print_tables(const struct tally *tallies, size_t n)
{
	char text[2][16];

	printf("Plates among the best K candidates of a picture; contained among 8 by width of the plate in the scaled picture (of how many).\n"
	       "%-10s %5s | %-17s | %-17s | %-47s | %s\n%-10s %5s | %5s %5s %5s | %5s %5s %5s | %-11s %-11s %-11s %-11s | %10s %7s\n", "", "", "IoU >= .5 at K =",
	       "contained at K =", "contained at 8, plates wide", "a picture", "set", "n", "4", "8", "16", "4", "8", "16", "< 75 px", "75..150", "150..300",
	       "> 300", "candidates", "ms");
	for (size_t i = 0; i < n; i++) {
		const struct tally *t = &tallies[i];

		printf("%-10s %5lu | %5s %5s %5s |", t->set, t->plates, bench_share(t->found[0], t->boxed), bench_share(t->found[1], t->boxed),
		       bench_share(t->found[2], t->boxed));
		printf(" %5s %5s %5s |", bench_share(t->contained[0], t->boxed), bench_share(t->contained[1], t->boxed), bench_share(t->contained[2], t->boxed));
		for (int w = 0; w < WIDTHS; w++)
			printf(" %5s (%3lu)", bench_share(t->width_contained[w], t->width_all[w]), t->width_all[w]);
		printf(" | %10s %7s\n", mean((double)t->candidates, t->pictures, text[0]), mean(t->ms, t->pictures, text[1]));
	}
	printf("\n");
	for (size_t i = 0; i < n; i++) {
		const struct tally *t = &tallies[i];

		printf("plates %s n=%lu iou8=%s contained8=%s ms=%s", t->set, t->plates, bench_share(t->found[1], t->boxed), bench_share(t->contained[1], t->boxed),
		       mean(t->ms, t->pictures, text[0]));
		printf(" iou4=%s iou16=%s contained4=%s contained16=%s", bench_share(t->found[0], t->boxed), bench_share(t->found[2], t->boxed),
		       bench_share(t->contained[0], t->boxed), bench_share(t->contained[2], t->boxed));
		printf(" boxes=%lu pictures=%lu candidates=%s mpixel_s=%s\n", t->boxed, t->pictures, mean((double)t->candidates, t->pictures, text[0]),
		       t->ms > 0 ? mean(t->mpixels * 1e3 / t->ms, 1, text[1]) : "-");
	}
}

static int is_set(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void measure_all(struct bench *bench)
{
	struct dirent **names;
	struct tally *tallies;
	size_t sets = 0;
	int n = scandir(bench->dir, &names, is_set, alphasort);

	if (n < 0) {
		bench_complain("%s: %s; name a folder of sets: PLATES=DIR", bench->dir, strerror(errno));
		return;
	}
	tallies = calloc((size_t)n + 1, sizeof *tallies);
	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];
		struct stat about;

		snprintf(path, sizeof path, "%s/%s", bench->dir, names[i]->d_name);
		if (tallies && !stat(path, &about) && S_ISDIR(about.st_mode) && strlen(names[i]->d_name) < sizeof tallies->set) {
			strcpy(tallies[sets].set, names[i]->d_name);
			measure_set(bench, &tallies[sets++]);
		}
		free(names[i]);
	}
	free(names);
	if (!tallies)
		bench_complain("%s: no memory", bench->dir);
	else if (sets == 0)
		bench_complain("%s: holds no set: a set is a folder with truth.tsv and pictures", bench->dir);
	else
		print_tables(tallies, sets);
	free(tallies);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"csv", required_argument, NULL, 'c'}, {"pictures", required_argument, NULL, 'p'}, {NULL, 0, NULL, 0}};
	const char *csv = NULL;
	static struct bench bench;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'c')
			csv = optarg;
		else if (option == 'p')
			bench.pictures = optarg;
		else
			return 2;
	}
	if (optind + 1 != argc) {
		fprintf(stderr, "usage: bench-plates [--csv FILE] [--pictures DIR] PLATES\n");
		return 2;
	}
	bench.dir = argv[optind];
	bench.detect = qyran_detect_new();
	if (!bench.detect) {
		fprintf(stderr, "bench-plates: no memory\n");
		return 1;
	}
	if (csv) {
		bench.csv = fopen(csv, "w");
		if (!bench.csv) {
			fprintf(stderr, "%s: %s\n", csv, strerror(errno));
			qyran_detect_free(bench.detect);
			return 1;
		}
		fprintf(bench.csv, "set,file,text,x,y,w,h,scale,best_iou,iou4,iou8,iou16,contained4,contained8,contained16,candidates,ms\n");
	}
	measure_all(&bench);
	bench_close(bench.csv, csv);
	qyran_detect_free(bench.detect);
	return bench_complaints() ? 1 : 0;
}
