/* SPDX-License-Identifier: Apache-2.0 */
/* What the benches count, on boxes whose answer is known by construction. */
#include "cases.h"

#include <hw/bench/judge.h>
#include <hw/bench/picture.h>
#include <hw/bench/plate_found.h>
#include <hw/bench/plates_read.h>

#include <errno.h>
#include <libavutil/mem.h>
#include <math.h>
#include <string.h>

#define WIDTH 640
#define HEIGHT 360

static struct qyran_detect_result one_region(uint16_t x, uint16_t y, uint16_t w, uint16_t h)
{
	return (struct qyran_detect_result){.regions = 1, .region = {{.x = x, .y = y, .w = w, .h = h}}};
}

static struct bench_plate_found look(struct bench_box plate, struct qyran_detect_result result)
{
	return bench_plate_look(plate, &result, WIDTH, HEIGHT);
}

static void a_plate_is_found_from_half_iou_on(void)
{
	/* Half as wide: intersection 50 x 20, union 100 x 20. */
	struct bench_plate_found half = look((struct bench_box){100, 100, 200, 120}, one_region(100, 100, 50, 20));
	CU_ASSERT_DOUBLE_EQUAL(half.best_iou, .5, 1e-9);
	CU_ASSERT_TRUE(half.found);
	struct bench_plate_found less = look((struct bench_box){100, 100, 200, 120}, one_region(100, 100, 49, 20));
	CU_ASSERT_DOUBLE_EQUAL(less.best_iou, .49, 1e-9);
	CU_ASSERT_FALSE(less.found);
	struct bench_plate_found beside = look((struct bench_box){100, 100, 200, 120}, one_region(300, 100, 100, 20));
	CU_ASSERT_DOUBLE_EQUAL(beside.best_iou, 0, 1e-9);
	CU_ASSERT_FALSE(beside.found || beside.contained);
}

static void the_best_of_several_candidates_counts(void)
{
	struct qyran_detect_result result = one_region(300, 200, 100, 20);

	result.regions = 2;
	result.region[1] = (struct qyran_detect_region){.x = 100, .y = 100, .w = 100, .h = 20};
	CU_ASSERT_TRUE(look((struct bench_box){100, 100, 200, 120}, result).found);
	result.regions = 1;
	CU_ASSERT_FALSE(look((struct bench_box){100, 100, 200, 120}, result).found);
}

static void a_cut_that_is_too_small_or_too_large_does_not_contain(void)
{
	/* A box of 40 x 16 at 200, 100: 16 * 4 / 16 + 4 = 8 left and right, 16 * 6 / 16 + 4 = 10 above and below: 192..248, 90..126. */
	const struct qyran_detect_result result = one_region(200, 100, 40, 16);
	/* The cut's area is 56 x 36 = 2016: six times 336. */
	CU_ASSERT_TRUE(look((struct bench_box){200, 100, 228, 112}, result).contained);
	CU_ASSERT_FALSE(look((struct bench_box){200, 100, 227, 112}, result).contained);
	/* 50 of 100 columns beyond it, then 10 of 100. */
	CU_ASSERT_FALSE(look((struct bench_box){198, 100, 298, 120}, result).contained);
	CU_ASSERT_TRUE(look((struct bench_box){192, 95, 254, 115}, result).contained);
	CU_ASSERT_FALSE(look((struct bench_box){192, 95, 255, 115}, result).contained);
}

static struct bench_picture plain(unsigned int width, unsigned int height)
{
	struct bench_picture picture = {.width = width, .height = height, .scale = 1, .luma = av_malloc((size_t)width * height)};

	CU_ASSERT_PTR_NOT_NULL_FATAL(picture.luma);
	for (unsigned int y = 0; y < height; y++)
		for (unsigned int x = 0; x < width; x++)
			picture.luma[y * width + x] = x & 1 ? 200 : 100;
	return picture;
}

static void a_large_picture_is_shrunk_by_means(void)
{
	struct bench_picture picture = plain(3840, 2000);

	CU_ASSERT_EQUAL_FATAL(bench_picture_fit(&picture), 0);
	CU_ASSERT_EQUAL(picture.width, 1920);
	CU_ASSERT_EQUAL(picture.height, 1000);
	CU_ASSERT_DOUBLE_EQUAL(picture.scale, .5, 1e-12);
	for (unsigned int i = 0; i < 1920 * 1000; i++)
		if (picture.luma[i] != 150) {
			CU_FAIL("a mean of 100 and 200 is not 150");
			break;
		}
	bench_picture_free(&picture);
	/* Three columns become two: 2/3 of one and 1/3 of the next. */
	picture = plain(2880, 1000);
	CU_ASSERT_EQUAL_FATAL(bench_picture_fit(&picture), 0);
	CU_ASSERT_EQUAL(picture.width, 1920);
	CU_ASSERT_EQUAL(picture.height, 666);
	CU_ASSERT_EQUAL(picture.luma[0], (2 * 100 + 200 + 1) / 3);
	CU_ASSERT_EQUAL(picture.luma[1], (200 + 2 * 100 + 1) / 3);
	CU_ASSERT_EQUAL(picture.luma[2], (2 * 200 + 100 + 1) / 3);
	bench_picture_free(&picture);
}

static void a_picture_that_fits_loses_only_what_the_logic_cannot_take(void)
{
	struct bench_picture picture = plain(103, 75);

	CU_ASSERT_EQUAL_FATAL(bench_picture_fit(&picture), 0);
	CU_ASSERT_EQUAL(picture.width, 96);
	CU_ASSERT_EQUAL(picture.height, 74);
	CU_ASSERT_EQUAL(picture.scale, 1);
	CU_ASSERT_EQUAL(picture.luma[96], 100);
	CU_ASSERT_EQUAL(picture.luma[95], 200);
	bench_picture_free(&picture);
	picture = plain(2000, 40);
	CU_ASSERT_EQUAL(bench_picture_fit(&picture), -EINVAL);
	CU_ASSERT_EQUAL(picture.width, 2000);
	bench_picture_free(&picture);
}

static struct qyran_reading reading_of(const char *text)
{
	struct qyran_reading reading = {.status = QYRAN_READING_READ, .length = (uint8_t)strlen(text)};

	strcpy(reading.text, text);
	return reading;
}

static void a_text_is_right_or_right_when_folded(void)
{
	static const struct { const char *truth, *read; bool exact, folded; } cases[] = {
		{"M5XSX", "M5XSX", true, true}, {"M5XSX", "M5XS", false, false}, {"QIO", "010", false, true}, {"010", "QIO", false, true},
		{"gw a-gen", "GWAGEN", true, true}, {"A049YE89/B777AX65", "B777AX65", true, true}, {"A049YE89/B777AX65", "A049YE89B777", false, false},
		{"", "", false, false}, {"B8", "88", false, false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct qyran_reading reading = reading_of(cases[i].read);
		struct plates_right right = plates_right(cases[i].truth, &reading);

		CU_ASSERT_EQUAL(right.exact, cases[i].exact);
		CU_ASSERT_EQUAL(right.folded, cases[i].folded);
	}
}

static void the_second_and_third_text_count_as_one_of_three(void)
{
	struct qyran_reading reading = reading_of("AAAA11");

	reading.other_count = 3;
	strcpy(reading.others[0].text, "AAAA1I");
	strcpy(reading.others[1].text, "AAAA17");
	strcpy(reading.others[2].text, "AAAA77");
	struct plates_right third = plates_right("AAAA17", &reading), fourth = plates_right("AAAA77", &reading), folded = plates_right("AAAA1I", &reading);
	CU_ASSERT_TRUE(third.exact3 && third.folded3 && !third.exact && !third.folded);
	CU_ASSERT_FALSE(fourth.exact3 || fourth.folded3);
	CU_ASSERT_TRUE(folded.exact3 && folded.folded && !folded.exact);
}

static void as_many_texts_come_out_as_plates_are_there(void)
{
	static struct plates_texts texts;
	struct still still = {.count = 1, .plates = {{.text = "BBBB22", .boxed = true, .box = {300, 100, 400, 120}}}};
	unsigned int out[PLATES_MAX];

	texts.count = 3;
	texts.text[0] = (struct plates_text){.box = {90, 90, 210, 130}, .score = .9, .reading = reading_of("AAAA11")};
	texts.text[1] = (struct plates_text){.box = {95, 90, 215, 130}, .score = .8, .reading = reading_of("AAAA77")};
	texts.text[2] = (struct plates_text){.box = {290, 90, 410, 130}, .score = .7, .reading = reading_of("BBBB22")};
	/* One plate is asked for: the surest text is the picture's, and wrong. */
	CU_ASSERT_EQUAL(plates_judge(&texts, &still, out), 1);
	CU_ASSERT_FALSE(still.plates[0].whole.folded);
	CU_ASSERT_STRING_EQUAL(still.plates[0].read, "AAAA11");
	/* Two: the second text stands where the first does. */
	still.count = 2;
	still.plates[1] = (struct plate){.text = "AAAA11"};
	CU_ASSERT_EQUAL(plates_judge(&texts, &still, out), 2);
	CU_ASSERT_EQUAL(out[1], 2);
	CU_ASSERT_TRUE(still.plates[0].whole.exact && still.plates[1].whole.exact);
	CU_ASSERT_STRING_EQUAL(still.plates[0].read, "BBBB22");
	/* What is no plate has no text. */
	texts.text[2].score = 0;
	still.plates[0].whole.exact = still.plates[1].whole.exact = false;
	CU_ASSERT_EQUAL(plates_judge(&texts, &still, out), 1);
	CU_ASSERT_FALSE(still.plates[0].whole.exact);
}

static void the_threshold_keeps_nineteen_of_twenty(void)
{
	struct plates_scores *scores = plates_scores_new();
	struct tally tallies[2] = {{.plates = 0}};

	CU_ASSERT_PTR_NOT_NULL_FATAL(scores);
	CU_ASSERT(plates_scores_end(scores, tallies) < 0);
	for (int i = 1; i <= 40; i++)
		plates_scores_add(scores, (size_t)i % 2, i / 100., true);
	for (int i = 0; i <= 8; i++)
		plates_scores_add(scores, 1, i / 200., false);
	CU_ASSERT_DOUBLE_EQUAL(plates_scores_end(scores, tallies), .03, 1e-9);
	CU_ASSERT_EQUAL(tallies[0].strangers, 0);
	CU_ASSERT_EQUAL(tallies[1].strangers, 9);
	CU_ASSERT_EQUAL(tallies[1].false_texts, 3);	/* .03, .035, .04 */
	plates_scores_free(scores);
}

static struct bench_judge *judge;

/* A frame with a vehicle at 100, 100 of 100 x 80 when @vehicle, and a mover when it is not empty. */
static void frame(bool vehicle, struct bench_box mover)
{
	struct bench_seen seen[1] = {{.number = 1, .distance = 5, .box = {100, 100, 200, 180}}};
	struct qyran_detect_result result = {.movers = mover.x1 > mover.x0};
	bool invented[QYRAN_DETECT_MOVERS];

	result.mover[0] = (struct qyran_detect_mover){.x = (uint16_t)mover.x0, .y = (uint16_t)mover.y0, .w = (uint16_t)(mover.x1 - mover.x0),
						      .h = (uint16_t)(mover.y1 - mover.y0)};
	bench_judge_frame(judge, seen, vehicle, &result, invented);
}

static const struct bench_box on_it = {100, 100, 200, 180}, nothing = {0, 0, 0, 0}, elsewhere = {400, 100, 440, 140};

static struct bench_verdict verdict_of(int covered, int missed)
{
	judge = bench_judge_new(WIDTH, HEIGHT, 25);
	CU_ASSERT_PTR_NOT_NULL_FATAL(judge);
	for (int i = 0; i < covered; i++)
		frame(true, on_it);
	for (int i = 0; i < missed; i++)
		frame(true, nothing);
	return bench_judge_end(judge);
}

static void a_vehicle_covered_in_three_of_four_frames_is_found(void)
{
	struct bench_verdict v = verdict_of(30, 9);

	CU_ASSERT_EQUAL(v.vehicles, 1);
	CU_ASSERT_EQUAL(v.found, 1);
	CU_ASSERT_EQUAL(v.lost, 0);	/* nine frames are less than .4 s */
	CU_ASSERT_EQUAL(v.covered_frames, 30);
	CU_ASSERT_EQUAL(v.vehicle_frames, 39);
	v = verdict_of(30, 11);
	CU_ASSERT_EQUAL(v.found, 0);
	CU_ASSERT_EQUAL(v.lost, 1);
	v = verdict_of(4, 0);
	CU_ASSERT_EQUAL(v.vehicles, 0);	/* too short to be asked for */
}

static void movers_that_hold_half_of_a_vehicle_cover_it(void)
{
	const struct { struct bench_box mover; bool covers; } cases[] = {
		{{100, 100, 150, 180}, true}, {{100, 100, 148, 180}, false}, {{0, 0, 640, 360}, false}, {{60, 60, 240, 190}, true},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		judge = bench_judge_new(WIDTH, HEIGHT, 25);
		CU_ASSERT_PTR_NOT_NULL_FATAL(judge);
		for (int k = 0; k < 5; k++)
			frame(true, cases[i].mover);
		CU_ASSERT_EQUAL(bench_judge_end(judge).covered_frames, cases[i].covers ? 5 : 0);
	}
}

static void an_invented_mover_counts_once_while_it_stays(void)
{
	judge = bench_judge_new(WIDTH, HEIGHT, 25);
	CU_ASSERT_PTR_NOT_NULL_FATAL(judge);
	for (int i = 0; i < 10; i++)
		frame(true, elsewhere);
	for (int i = 0; i < 20; i++)
		frame(true, nothing);
	frame(true, elsewhere);		/* the same: within a second */
	for (int i = 0; i < 30; i++)
		frame(true, nothing);
	frame(false, elsewhere);	/* another */
	frame(false, on_it);		/* and where no vehicle is now */
	frame(true, (struct bench_box){205, 100, 240, 140});	/* beside it: its own */
	struct bench_verdict v = bench_judge_end(judge);
	CU_ASSERT_EQUAL(v.invented, 3);
	CU_ASSERT_EQUAL(v.frames, 64);
	CU_ASSERT_DOUBLE_EQUAL(v.seconds, 64 / 25., 1e-9);
}

int main(void)
{
	static const struct test_case cases[] = {
		{"a_plate_is_found_from_half_iou_on", a_plate_is_found_from_half_iou_on},
		{"the_best_of_several_candidates_counts", the_best_of_several_candidates_counts},
		{"a_cut_that_is_too_small_or_too_large_does_not_contain", a_cut_that_is_too_small_or_too_large_does_not_contain},
		{"a_large_picture_is_shrunk_by_means", a_large_picture_is_shrunk_by_means},
		{"a_picture_that_fits_loses_only_what_the_logic_cannot_take", a_picture_that_fits_loses_only_what_the_logic_cannot_take},
		{"a_text_is_right_or_right_when_folded", a_text_is_right_or_right_when_folded},
		{"the_second_and_third_text_count_as_one_of_three", the_second_and_third_text_count_as_one_of_three},
		{"as_many_texts_come_out_as_plates_are_there", as_many_texts_come_out_as_plates_are_there},
		{"the_threshold_keeps_nineteen_of_twenty", the_threshold_keeps_nineteen_of_twenty},
		{"a_vehicle_covered_in_three_of_four_frames_is_found", a_vehicle_covered_in_three_of_four_frames_is_found},
		{"movers_that_hold_half_of_a_vehicle_cover_it", movers_that_hold_half_of_a_vehicle_cover_it},
		{"an_invented_mover_counts_once_while_it_stays", an_invented_mover_counts_once_while_it_stays},
	};

	return test_cases_run("bench", cases, sizeof cases / sizeof cases[0]);
}
