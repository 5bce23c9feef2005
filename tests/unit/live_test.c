/* SPDX-License-Identifier: Apache-2.0 */
/* The road that is rendered as it goes: noise is fresh, vehicles are where their boxes are, and the same seed gives the same frames. */
#include "cases.h"

#include <sim/scene/live.h>
#include <sim/scene/papers.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 640
#define HEIGHT 360
#define PIXELS (WIDTH * HEIGHT)
#define BLOCK 8

static struct qyran_formats *formats;

static struct scene_live *road(enum scene_weather weather, uint64_t seed)
{
	const struct scene_live_settings settings = {.width = WIDTH, .height = HEIGHT, .rate = 25, .gap_s = .5, .weather = weather,
						     .place = scene_find("lawful")->place, .formats = formats};
	struct scene_live *live = NULL;

	CU_ASSERT_EQUAL_FATAL(scene_live_new(&settings, seed, &live), 0);
	return live;
}

static void next(struct scene_live *live, uint8_t *luma)
{
	CU_ASSERT_EQUAL_FATAL(scene_live_next(live, luma), 0);
}

static void noise_is_fresh_in_each_frame(void)
{
	static uint8_t a[PIXELS], b[PIXELS], c[PIXELS];
	struct scene_live *live = road(SCENE_DUSK, 3);
	double ab = 0, bc = 0, both = 0, sum = 0, neighbours = 0;

	next(live, a);
	next(live, b);
	next(live, c);
	scene_live_free(live);
	for (int i = 0; i + 1 < PIXELS; i++) {
		double x = a[i] - b[i], y = b[i] - c[i], beside = a[i + 1] - b[i + 1];

		sum += x;
		ab += x * x;
		bc += y * y;
		both += x * y;
		neighbours += x * beside;
	}
	/* A difference of two frames has twice the variance of one: 6.5 squared at the level of the road, less where it is darker. */
	CU_ASSERT_TRUE(ab / PIXELS / 2 > 4.5 * 4.5 && ab / PIXELS / 2 < 8 * 8);
	CU_ASSERT_DOUBLE_EQUAL(bc / ab, 1, .03);
	CU_ASSERT_DOUBLE_EQUAL(sum / PIXELS, 0, .1);
	CU_ASSERT_DOUBLE_EQUAL(both / ab, -.5, .02);	/* b is in both: of noise that stays nothing would be seen, of repeated noise more */
	CU_ASSERT_DOUBLE_EQUAL(neighbours / ab, 0, .02);
}

static void the_same_seed_gives_the_same_frames_and_another_does_not(void)
{
	static uint8_t a[PIXELS], b[PIXELS], c[PIXELS];
	struct scene_live *one = road(SCENE_RAIN, 5), *same = road(SCENE_RAIN, 5), *other = road(SCENE_RAIN, 6);

	for (int i = 0; i < 3; i++) {
		next(one, a);
		next(same, b);
		next(other, c);
	}
	CU_ASSERT_EQUAL(memcmp(a, b, PIXELS), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(a, c, PIXELS), 0);
	scene_live_free(one);
	scene_live_free(same);
	scene_live_free(other);
}

/* Does what changed lie within the boxes, and is most of each box changed? */
static void check_frame(const struct scene_live *live, const uint8_t *empty, const uint8_t *luma)
{
	const struct scene_traffic *traffic = scene_live_traffic(live);
	struct scene_box boxes[SCENE_ROLES_MAX];
	unsigned int inside = 0, changed_inside = 0, changed_outside = 0;
	size_t count = 0;

	for (size_t i = 0; i < traffic->cast.count; i++)
		boxes[count++] = scene_vehicle_bounds(&traffic->cast.actors[i].vehicle, scene_live_camera(live),
						      scene_actor_y(&traffic->cast.actors[i], scene_live_time_s(live), NULL));
	for (int y = 0; y < HEIGHT; y += BLOCK)
		for (int x = 0; x < WIDTH; x += BLOCK) {
			int difference = 0;
			bool in = false, near = false;

			for (int i = 0; i < BLOCK * BLOCK; i++) {
				int at = (y + i / BLOCK) * WIDTH + x + i % BLOCK;

				difference += luma[at] - empty[at];
			}
			for (size_t i = 0; i < count; i++) {
				in |= x >= boxes[i].x0 && x + BLOCK <= boxes[i].x1 && y >= boxes[i].y0 && y + BLOCK <= boxes[i].y1;
				near |= x + BLOCK > boxes[i].x0 - 40 && x < boxes[i].x1 + 40 && y + BLOCK > boxes[i].y0 - 40 && y < boxes[i].y1 + 40;
			}
			inside += in;
			changed_inside += in && abs(difference) > 12 * BLOCK * BLOCK;
			changed_outside += !near && abs(difference) > 12 * BLOCK * BLOCK;
		}
	CU_ASSERT_EQUAL(changed_outside, 0);
	CU_ASSERT_TRUE(2 * changed_inside > inside);
}

static void vehicles_are_where_their_boxes_are(void)
{
	static uint8_t empty[PIXELS], luma[PIXELS];
	struct scene_live *live = road(SCENE_OVERCAST, 4);
	unsigned int checked = 0;

	next(live, empty);
	for (int frame = 0; frame < 400 && checked < 25; frame++) {
		const struct scene_traffic *traffic = scene_live_traffic(live);
		bool seen = false;

		next(live, luma);
		for (size_t i = 0; i < traffic->cast.count; i++)
			seen |= scene_actor_seen(&traffic->cast.actors[i], scene_live_camera(live), scene_live_time_s(live));
		if (!seen)
			continue;
		check_frame(live, empty, luma);
		checked++;
	}
	CU_ASSERT_EQUAL(checked, 25);
	scene_live_free(live);
}

static void vehicles_of_a_lane_never_meet(void)
{
	struct scene_traffic traffic;
	uint32_t stood = 0;

	CU_ASSERT_EQUAL_FATAL(scene_traffic_begin(&traffic, scene_find("lawful")->place, formats, .5, 11), 0);
	for (int i = 0; i < 20000; i++) {
		CU_ASSERT_EQUAL_FATAL(scene_traffic_advance(&traffic, i * .1), 0);
		for (size_t a = 0; a < traffic.cast.count; a++) {
			const struct scene_actor *one = &traffic.cast.actors[a];
			double y = scene_actor_y(one, i * .1, NULL);

			stood += one->brake > 0 && i * .1 > one->when && i * .1 < one->when + .1;
			for (size_t b = 0; b < a; b++) {
				const struct scene_actor *other = &traffic.cast.actors[b];
				double z = scene_actor_y(other, i * .1, NULL);

				if (one->lane != other->lane || !scene_actor_in_view(one, y) || !scene_actor_in_view(other, z))
					continue;
				if (y < z ? y + one->vehicle.length > z : z + other->vehicle.length > y) {
					CU_FAIL_FATAL("two vehicles of a lane overlap");
				}
			}
		}
	}
	CU_ASSERT_TRUE(traffic.count > 800 && stood > 20);
}

int main(void)
{
	static const struct test_case cases[] = {
		{"noise_is_fresh_in_each_frame", noise_is_fresh_in_each_frame},
		{"the_same_seed_gives_the_same_frames_and_another_does_not", the_same_seed_gives_the_same_frames_and_another_does_not},
		{"vehicles_are_where_their_boxes_are", vehicles_are_where_their_boxes_are},
		{"vehicles_of_a_lane_never_meet", vehicles_of_a_lane_never_meet},
	};
	char error[256];

	if (qyran_formats_open("userspace/formats", &formats, error, sizeof error)) {
		printf("not ok live: %s\n", error);
		return 1;
	}
	int status = test_cases_run("live", cases, sizeof cases / sizeof cases[0]);
	qyran_formats_close(formats);
	return status;
}
