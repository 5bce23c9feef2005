/* SPDX-License-Identifier: Apache-2.0 */
/* How fast the reader is, and how many rendered plates it reads: by width and light, one picture and five of the same plate fused. */
#include <hw/hls/training/crop.h>
#include <qyrand/reader.h>
#include <sim/scene/plate.h>
#include <sim/scene/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FRAMES 5
#define SEED_OFFSET 0x62656e6368u	/* far from the seeds that are trained on */

struct tally {
	unsigned int count, right, read, read_wrong;
};

static void tally_add(struct tally *tally, const struct qyran_reading *reading, const char *text)
{
	bool right = !strcmp(reading->text, text) && reading->status != QYRAN_READING_NOT_A_PLATE;

	tally->count++;
	tally->right += right;
	tally->read += reading->status == QYRAN_READING_READ;
	tally->read_wrong += reading->status == QYRAN_READING_READ && !right;
}

static double percent(unsigned int part, unsigned int whole)
{
	return 100.0 * part / whole;
}

static double now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static struct crop crop;
static struct qyran_reading readings[FRAMES];
static struct { unsigned int count, right; } shares[11];	/* of fused readings, by confidence in hundreds per mille */
static double spent_ms;
static unsigned int spent_count;

static void read_crop(struct qyran_reader *reader, struct qyran_reading *ret)
{
	double start = now_ms();

	if (qyran_reader_read(reader, crop.yuyv, (uint32_t)crop.width, (uint32_t)crop.height, (uint32_t)crop.width * 2, ret))
		memset(ret, 0, sizeof(*ret));
	spent_ms += now_ms() - start;
	spent_count++;
}

/* One plate in FRAMES pictures. */
static void measure_plate(struct qyran_reader *reader, const struct qyran_formats *formats, double width_px, enum crop_light light,
			  uint64_t *random, struct tally *single, struct tally *fused)
{
	const struct qyran_reading *all[FRAMES];
	const struct qyran_format *format;
	char text[QYRAN_PLATE_TEXT_MAX + 1];
	struct crop_wish wish = {.light = light};
	struct qyran_reading result;

	do
		format = crop_format(formats, random);
	while (strcmp(format->country, "KZ"));
	scene_plate_text(format, random, text);
	wish.format = format;
	wish.text = text;
	for (int i = 0; i < FRAMES; i++) {
		wish.width_px = width_px * scene_random_between(random, 0.95, 1.05) * format->width_mm / 520;
		if (crop_render(&wish, random, &crop)) {
			fprintf(stderr, "bench-reader: a plate of %s cannot be drawn\n", format->name);
			exit(1);
		}
		read_crop(reader, &readings[i]);
		tally_add(single, &readings[i], text);
		all[i] = &readings[i];
	}
	qyran_reader_fuse(reader, all, FRAMES, &result);
	tally_add(fused, &result, text);
	shares[result.confidence / 100].count++;
	shares[result.confidence / 100].right += strcmp(result.text, text) == 0;
}

int main(int argc, char **argv)
{
	static const double widths[] = {45, 60, 75, 90, 120};
	static const char *const lights[] = {[CROP_DAY] = "day", [CROP_DUSK] = "dusk"};
	struct qyran_formats *formats;
	struct qyran_reader *reader;
	char error[512];
	uint64_t random;
	int plates;

	if (argc < 3) {
		fprintf(stderr, "usage: %s FORMATS SEED [PLATES]\n", argv[0]);
		return 2;
	}
	if (qyran_formats_open(argv[1], &formats, error, sizeof(error))) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	if (qyran_reader_new(formats, &reader)) {
		fprintf(stderr, "bench-reader: out of memory\n");
		return 1;
	}
	random = strtoull(argv[2], NULL, 10) + SEED_OFFSET;
	plates = argc > 3 ? atoi(argv[3]) : 100;
	printf("%-5s %5s | %-33s | %s\n", "", "width", "one picture, %", "five fused, %");
	printf("%-5s %5s | %9s %9s %12s | %9s %9s %12s\n", "light", "px", "right", "read", "read wrongly", "right", "read", "read wrongly");
	for (int light = CROP_DAY; light <= CROP_DUSK; light++)
		for (size_t w = 0; w < sizeof(widths) / sizeof(widths[0]); w++) {
			struct tally single = {0}, fused = {0};

			for (int i = 0; i < plates; i++)
				measure_plate(reader, formats, widths[w], (enum crop_light)light, &random, &single, &fused);
			printf("%-5s %5.0f | %9.2f %9.2f %12.2f | %9.2f %9.2f %12.2f\n", lights[light], widths[w], percent(single.right, single.count),
			       percent(single.read, single.count), percent(single.read_wrong, single.count), percent(fused.right, fused.count),
			       percent(fused.read, fused.count), percent(fused.read_wrong, fused.count));
			fflush(stdout);
		}
	printf("fused readings by confidence, per mille (read: from %d on):\n", QYRAN_READ_CONFIDENCE);
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++)
		if (shares[i].count)
			printf("  from %4zu: %5u, right %u\n", i * 100, shares[i].count, shares[i].right);

	struct tally decoys = {0};
	unsigned int taken = 0;

	for (int i = 0; i < 10 * plates; i++) {
		struct crop_wish wish = {0};

		if (crop_render(&wish, &random, &crop))
			return 1;
		read_crop(reader, &readings[0]);
		tally_add(&decoys, &readings[0], "");
		taken += readings[0].status != QYRAN_READING_NOT_A_PLATE;
	}
	printf("decoys %u: taken for a plate %u, text read %u\n", decoys.count, taken, decoys.read);
	printf("%.3f ms of processor time a region, one thread, %u regions\n", spent_ms / spent_count, spent_count);
	qyran_reader_free(reader);
	qyran_formats_close(formats);
	return 0;
}
