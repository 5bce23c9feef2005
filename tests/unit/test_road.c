/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cases.h"
#include "tests/unit/traffic.h"

#include "sim/scene/random.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static char error[256];

static void surveyed_points_come_back_to_the_millimetre(void)
{
	struct traffic traffic;
	struct qyran_road *road = NULL;

	traffic_init(&traffic, 1);
	CU_ASSERT_EQUAL_FATAL(qyran_road_new(&traffic.config, &road, error, sizeof(error)), 0);
	for (int32_t x = -3000; x <= 3000; x += 1500)
		for (int32_t y = 0; y <= 13000; y += 1000)
			for (int32_t z = 0; z <= 1500; z += 750) {
				struct qyran_road_position back;
				double u, v;
				int32_t u16, v16;

				CU_ASSERT_FATAL(traffic_project(x * 1e-3, y * 1e-3, z * 1e-3, &u, &v));
				CU_ASSERT_EQUAL(qyran_road_to_image(road, (struct qyran_road_position){ x, y }, z, &u16, &v16), 0);
				CU_ASSERT(abs(u16 - (int32_t)lround(u * 16)) <= 1 && abs(v16 - (int32_t)lround(v * 16)) <= 1);
				CU_ASSERT_EQUAL(qyran_road_from_image(road, u16, v16, z, &back), 0);
				CU_ASSERT(abs(back.x_mm - x) <= 3 && abs(back.y_mm - y) <= 6);
			}
	qyran_road_free(road);
}

static void points_on_one_line_are_refused(void)
{
	struct traffic traffic;
	struct qyran_road *road = NULL;

	traffic_init(&traffic, 1);
	for (size_t i = 0; i < traffic.config.road.point_count; i++) {
		traffic.config.road.points[i].x_mm = 0;
		traffic.config.road.points[i].u_px = 480;
	}
	CU_ASSERT_EQUAL(qyran_road_new(&traffic.config, &road, error, sizeof(error)), -EDOM);
	CU_ASSERT_PTR_NULL(road);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "plane"));
}

static void a_point_surveyed_wrong_is_named(void)
{
	struct traffic traffic;
	struct qyran_road *road = NULL;

	traffic_init(&traffic, 1);
	traffic.config.road.points[14].x_mm += 2500;
	CU_ASSERT_EQUAL(qyran_road_new(&traffic.config, &road, error, sizeof(error)), -EDOM);
	CU_ASSERT_PTR_NULL(road);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "point.15"));
}

static void a_camera_below_the_plates_is_refused(void)
{
	struct traffic traffic;
	struct qyran_road *road = NULL;

	traffic_init(&traffic, 1);
	traffic.config.road.camera_height_mm = 500;
	CU_ASSERT_EQUAL(qyran_road_new(&traffic.config, &road, error, sizeof(error)), -EDOM);
	CU_ASSERT_PTR_NULL(road);
}

static void too_few_points_are_refused(void)
{
	struct traffic traffic;
	struct qyran_road *road = NULL;

	traffic_init(&traffic, 1);
	traffic.config.road.point_count = 3;
	CU_ASSERT_EQUAL(qyran_road_new(&traffic.config, &road, error, sizeof(error)), -EDOM);
	CU_ASSERT_PTR_NULL(road);
}

static void sky_is_not_road(void)
{
	struct traffic traffic;
	struct qyran_road *road = NULL;
	struct qyran_road_position position = { 7, 7 };

	traffic_init(&traffic, 1);
	CU_ASSERT_EQUAL_FATAL(qyran_road_new(&traffic.config, &road, error, sizeof(error)), 0);
	CU_ASSERT_EQUAL(qyran_road_from_image(road, 480 * 16, -2000 * 16, 0, &position), -EDOM);
	CU_ASSERT(position.x_mm == 7 && position.y_mm == 7);
	qyran_road_free(road);
}

/* A survey whose points are picked by hand, thrice as badly as the floor assumes: the distance's uncertainty covers 95 % of the errors. */
static void uncertainty_of_a_distance_covers_a_shaky_survey(void)
{
	static const int32_t rows[2] = { 500 * 16, 60 * 16 };
	const int32_t from[2] = { 480 * 16, rows[0] }, to[2] = { 480 * 16, rows[1] };
	struct traffic exact;
	struct qyran_road *road = NULL;
	double truth, ignored;
	int covered = 0, runs = 300;
	uint64_t random = 5;

	traffic_init(&exact, 1);
	CU_ASSERT_EQUAL_FATAL(qyran_road_new(&exact.config, &road, error, sizeof(error)), 0);
	CU_ASSERT_EQUAL_FATAL(qyran_road_distance(road, from, to, 550, &truth, &ignored), 0);
	qyran_road_free(road);
	for (int i = 0; i < runs; i++) {
		struct qyran_config config = exact.config;
		double distance, u;

		for (size_t p = 0; p < config.road.point_count; p++) {
			config.road.points[p].u_px += scene_random_between(&random, -2.6, 2.6);
			config.road.points[p].v_px += scene_random_between(&random, -2.6, 2.6);
		}
		CU_ASSERT_EQUAL_FATAL(qyran_road_new(&config, &road, error, sizeof(error)), 0);
		CU_ASSERT_EQUAL_FATAL(qyran_road_distance(road, from, to, 550, &distance, &u), 0);
		covered += fabs(distance - truth) <= 2 * u;
		/* Honest, not merely huge: within 2 % of the distance. */
		CU_ASSERT(2 * u < 0.02 * truth);
		qyran_road_free(road);
	}
	CU_ASSERT(covered >= runs * 92 / 100);
}

static const struct test_case cases[] = {
	{ "surveyed_points_come_back_to_the_millimetre", surveyed_points_come_back_to_the_millimetre },
	{ "points_on_one_line_are_refused", points_on_one_line_are_refused },
	{ "a_point_surveyed_wrong_is_named", a_point_surveyed_wrong_is_named },
	{ "a_camera_below_the_plates_is_refused", a_camera_below_the_plates_is_refused },
	{ "too_few_points_are_refused", too_few_points_are_refused },
	{ "sky_is_not_road", sky_is_not_road },
	{ "uncertainty_of_a_distance_covers_a_shaky_survey", uncertainty_of_a_distance_covers_a_shaky_survey },
};

int main(void)
{
	return test_cases_run("road", cases, sizeof(cases) / sizeof(*cases));
}
