/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast the reader is, and how many rendered plates it reads: Kazakh ones 100 px wide by day, at dusk and in rain (what is asked of it),
 * and by width, one picture and five of the same plate fused.
 */
#include <hw/hls/plate_reader.h>
#include <hw/hls/training/crop.h>
#include <qyrand/reader.h>
#include <sim/scene/plate.h>
#include <sim/scene/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tests/unit/bench_reader_peak.h>
#include <time.h>

#define FRAMES 5
#define SEED_OFFSET 0x62656e6368u	/* far from the seeds that are trained on */
#define ROUNDS 300			/* of the network alone; the quickest counts */

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

static void render(const struct crop_wish *wish, uint64_t *random)
{
	if (crop_render(wish, random, &crop)) {
		fprintf(stderr, "bench-reader: a plate of %s cannot be drawn\n", wish->format ? wish->format->name : "no format");
		exit(1);
	}
}

static const struct qyran_format *kazakh(const struct qyran_formats *formats, uint64_t *random)
{
	const struct qyran_format *format;

	do
		format = crop_format(formats, random);
	while (strcmp(format->country, "KZ"));
	return format;
}

/* The network alone. */
static int measure_speed(uint32_t rounds)
{
	static int8_t input[PLATE_INPUT_H * PLATE_INPUT_W];
	static int16_t sums[PLATE_SUMS];
	struct plate_memory *memory = plate_memory_new();
	double best = 1e9, peak = rounds < ROUNDS ? 0 : bench_reader_peak();
	uint64_t random = SEED_OFFSET;

	if (!memory)
		return 1;
	for (size_t i = 0; i < sizeof(input); i++)
		input[i] = (int8_t)(scene_random_below(&random, 255) - 127);
	for (uint32_t i = 0; i < rounds; i++) {
		double start = now_ms();

		plate_reader_run(memory, qyran_plate_weights, input, sums);
		best = now_ms() - start < best ? now_ms() - start : best;
	}
	plate_memory_free(memory);
	printf("network: %.3f ms a region, one thread; %.1f million multiply-accumulates, %.1f thousand million a second\n", best,
	       PLATE_MULTIPLICATIONS / 1e6, PLATE_MULTIPLICATIONS / best / 1e6);
	if (peak > 0)
		printf("integer peak of a core, measured with everything in registers: %.0f thousand million a second (%s); the network's share %.0f %%\n",
		       peak / 1e9, bench_reader_unit(), PLATE_MULTIPLICATIONS / best * 1e5 / peak);
	return 0;
}

static double kazakh_right(struct qyran_reader *reader, const struct qyran_formats *formats, enum crop_light light, bool plain,
			   uint64_t *random, int plates)
{
	struct tally tally = {0};

	for (int n = 0; n < plates; n++) {
		struct crop_wish wish = {.format = kazakh(formats, random), .width_px = 100, .light = light, .cut = CROP_CANDIDATE, .plain = plain};

		render(&wish, random);
		read_crop(reader, &readings[0]);
		tally_add(&tally, &readings[0], crop.text);
	}
	return percent(tally.right, tally.count);
}

/* The floors are asked of plates as they are on the road: painted differently, worn, cut as candidates are. Beside them the same in order. */
static int measure_kazakh(struct qyran_reader *reader, const struct qyran_formats *formats, uint64_t random, int plates)
{
	static const struct {
		enum crop_light light;
		const char *name;
		double least, wanted;
	} lights[] = {{CROP_DAY, "day", 99, 99.9}, {CROP_DUSK, "dusk", 97, 99.9}, {CROP_RAIN, "rain", 95, 99.9}};
	int missed = 0;

	printf("Kazakh plates 100 px wide, %d each, one picture, whole text right, %%\n", plates);
	printf("%-5s %7s %7s %7s   %s\n", "light", "right", "floor", "aim", "no wear, paint as the format's file says");
	for (size_t i = 0; i < sizeof(lights) / sizeof(lights[0]); i++) {
		double right = kazakh_right(reader, formats, lights[i].light, false, &random, plates);

		printf("%-5s %7.1f %7.1f %7.1f   %.1f\n", lights[i].name, right, lights[i].least, lights[i].wanted,
		       kazakh_right(reader, formats, lights[i].light, true, &random, plates));
		fflush(stdout);
		missed += right < lights[i].least;
	}
	return missed;
}

/* One plate in FRAMES pictures. */
static void measure_plate(struct qyran_reader *reader, const struct qyran_formats *formats, double width_px, enum crop_light light,
			  uint64_t *random, struct tally *single, struct tally *fused)
{
	const struct qyran_reading *all[FRAMES];
	const struct qyran_format *format = kazakh(formats, random);
	char text[QYRAN_PLATE_TEXT_MAX + 1];
	struct crop_wish wish = {.format = format, .text = text, .light = light, .cut = CROP_CANDIDATE};
	struct qyran_reading result;

	scene_plate_text(format, random, text);
	for (int i = 0; i < FRAMES; i++) {
		wish.width_px = width_px * scene_random_between(random, 0.95, 1.05) * format->width_mm / 520;
		render(&wish, random);
		read_crop(reader, &readings[i]);
		tally_add(single, &readings[i], text);
		all[i] = &readings[i];
	}
	qyran_reader_fuse(reader, all, FRAMES, &result);
	tally_add(fused, &result, text);
	shares[result.confidence / 100].count++;
	shares[result.confidence / 100].right += strcmp(result.text, text) == 0;
}

static void measure_widths(struct qyran_reader *reader, const struct qyran_formats *formats, uint64_t *random, int plates)
{
	static const double widths[] = {45, 60, 75, 90, 120};
	static const char *const lights[] = {[CROP_DAY] = "day", [CROP_DUSK] = "dusk"};

	printf("%-5s %5s | %-33s | %s\n", "", "width", "one picture, %", "five fused, %");
	printf("%-5s %5s | %9s %9s %12s | %9s %9s %12s\n", "light", "px", "right", "read", "read wrongly", "right", "read", "read wrongly");
	for (int light = CROP_DAY; light <= CROP_DUSK; light++)
		for (size_t w = 0; w < sizeof(widths) / sizeof(widths[0]); w++) {
			struct tally single = {0}, fused = {0};

			for (int i = 0; i < plates; i++)
				measure_plate(reader, formats, widths[w], (enum crop_light)light, random, &single, &fused);
			printf("%-5s %5.0f | %9.2f %9.2f %12.2f | %9.2f %9.2f %12.2f\n", lights[light], widths[w], percent(single.right, single.count),
			       percent(single.read, single.count), percent(single.read_wrong, single.count), percent(fused.right, fused.count),
			       percent(fused.read, fused.count), percent(fused.read_wrong, fused.count));
			fflush(stdout);
		}
	printf("fused readings by confidence, per mille (read: from %d on):\n", QYRAN_READ_CONFIDENCE);
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++)
		if (shares[i].count)
			printf("  from %4zu: %5u, right %u\n", i * 100, shares[i].count, shares[i].right);
}

static void measure_decoys(struct qyran_reader *reader, uint64_t *random, int count)
{
	struct tally decoys = {0};
	unsigned int taken = 0;

	for (int i = 0; i < count; i++) {
		struct crop_wish wish = {0};

		render(&wish, random);
		read_crop(reader, &readings[0]);
		tally_add(&decoys, &readings[0], "");
		taken += readings[0].status != QYRAN_READING_NOT_A_PLATE;
	}
	printf("decoys %u: taken for a plate %u, text read %u\n", decoys.count, taken, decoys.read);
}

int main(int argc, char **argv)
{
	struct qyran_formats *formats;
	struct qyran_reader *reader;
	char error[512];
	uint64_t random;
	int missed;

	if (argc == 3 && !strcmp(argv[1], "speed"))
		return measure_speed((uint32_t)atoi(argv[2]));
	if (argc < 3 || argc > 5) {
		fprintf(stderr, "usage: %s FORMATS SEED [PLATES OF KAZAKHSTAN [PLATES OF EACH WIDTH]] | speed ROUNDS\n", argv[0]);
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
	measure_speed(ROUNDS);
	missed = measure_kazakh(reader, formats, random, argc > 3 ? atoi(argv[3]) : 1000);
	if (argc <= 4 || atoi(argv[4]) > 0) {
		measure_widths(reader, formats, &random, argc > 4 ? atoi(argv[4]) : 100);
		measure_decoys(reader, &random, 1000);
	}
	printf("reading: %.3f ms of processor time a region, one thread, %u regions\n", spent_ms / spent_count, spent_count);
	qyran_reader_free(reader);
	qyran_formats_close(formats);
	return missed > 0;
}
