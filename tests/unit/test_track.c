/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cases.h"
#include "tests/unit/traffic.h"
#include "userspace/qyrand/track_state.h"

#include "sim/scene/random.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct traffic traffic;
static struct traffic_result result;

static void run(void)
{
	CU_ASSERT_EQUAL_FATAL(traffic_run(&traffic, &result), 0);
}

static void one_vehicle_is_one_track(void)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		traffic_init(&traffic, seed);
		traffic_add(&traffic, 1, 22, -50);
		run();
		CU_ASSERT_EQUAL(result.track_count, 1);
		CU_ASSERT_EQUAL(result.total, 1);
		CU_ASSERT_EQUAL(result.tracks[0].lane, 1);
	}
}

/* Speeds over the whole range, against what was driven: within 3 km/h, and within the told uncertainty in 95 of 100. */
static void speed_is_within_three_kmh_and_its_uncertainty_is_honest(void)
{
	int runs = 0, covered = 0, late = 0;
	double widest = 0;

	for (uint64_t seed = 1; seed <= 100; seed++) {
		uint64_t random = seed;
		double kmh = scene_random_between(&random, 20, 110), height = scene_random_between(&random, 0.45, 0.65);
		bool away = seed % 2;
		struct traffic_vehicle *vehicle;

		traffic_init(&traffic, seed);
		traffic.rate = seed % 3 ? 25 : 15;
		traffic.frames = (uint32_t)((25 / (kmh / 3.6) + 0.6) * traffic.rate);
		vehicle = traffic_add(&traffic, away ? 2 : 1, away ? -5 - 4.4 : 18, away ? kmh : -kmh);
		vehicle->plate_z = height;
		run();
		CU_ASSERT_EQUAL(result.track_count, 1);
		if (!result.track_count || result.tracks[0].speed_rc) {
			late++;
			continue;
		}
		double off = fabs(abs(result.tracks[0].cmh) / 100.0 - kmh), u95 = result.tracks[0].u95_cmh / 100.0;

		CU_ASSERT(off < 3);
		CU_ASSERT_EQUAL(result.tracks[0].cmh > 0, away);
		covered += off <= u95;
		widest = fmax(widest, u95 / kmh);
		runs++;
	}
	CU_ASSERT_EQUAL(late, 0);
	CU_ASSERT(covered >= runs * 95 / 100);
	CU_ASSERT(widest < 0.06);
}

static void vehicles_side_by_side_are_two_tracks(void)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		traffic_init(&traffic, seed);
		traffic.config.lanes[1].toward = true;
		/* Shadows join them from the first frame to the last. */
		traffic_add(&traffic, 1, 20, -50)->width = 3.0;
		traffic_add(&traffic, 2, 20.4, -49)->width = 3.3;
		run();
		CU_ASSERT_EQUAL(result.track_count, 2);
	}
}

static void vehicles_that_meet_keep_their_tracks(void)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		traffic_init(&traffic, seed);
		traffic.rate = 20;
		traffic_add(&traffic, 1, 20, -52)->width = 2.9;
		traffic_add(&traffic, 2, -9, 45)->width = 2.9;
		run();
		CU_ASSERT_EQUAL_FATAL(result.track_count, 2);
		int toward = result.tracks[0].cmh < 0 ? 0 : 1;

		CU_ASSERT(abs(result.tracks[toward].cmh + 5200) < 300);
		CU_ASSERT(abs(result.tracks[1 - toward].cmh - 4500) < 300);
	}
}

static void vehicles_in_a_queue_are_told_apart(void)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		traffic_init(&traffic, seed);
		traffic.frames = 90;
		traffic_add(&traffic, 1, 18, -50);
		traffic_add(&traffic, 1, 33, -50);
		run();
		CU_ASSERT_EQUAL(result.track_count, 2);
	}
}

static void a_vehicle_hidden_for_a_moment_is_the_same_one(void)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		traffic_init(&traffic, seed);
		struct traffic_vehicle *vehicle = traffic_add(&traffic, 1, 20, -40);

		vehicle->hidden_from = 1.0;
		vehicle->hidden_to = 1.35;
		run();
		CU_ASSERT_EQUAL(result.track_count, 1);
		CU_ASSERT_EQUAL(result.tracks[0].speed_rc, 0);
		CU_ASSERT(abs(result.tracks[0].cmh + 4000) < 300);
	}
}

static void a_vehicle_without_a_blob_is_tracked_by_its_plate(void)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		traffic_init(&traffic, seed);
		traffic_add(&traffic, 1, 18, -45)->no_blob = true;
		run();
		CU_ASSERT_EQUAL(result.track_count, 1);
		CU_ASSERT(abs(result.tracks[0].cmh + 4500) < 300);
	}
}

static void a_vehicle_without_a_plate_is_tracked_by_its_blob(void)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		traffic_init(&traffic, seed);
		traffic_add(&traffic, 1, 20, -45)->no_plate = true;
		run();
		CU_ASSERT_EQUAL(result.track_count, 1);
		CU_ASSERT_EQUAL(result.tracks[0].speed_rc, 0);
		/* The foot of a blob is worse than a plate, and says so. */
		CU_ASSERT(abs(result.tracks[0].cmh + 4500) < result.tracks[0].u95_cmh);
		CU_ASSERT(result.tracks[0].u95_cmh > 100);
	}
}

static void lamps_and_lettering_do_not_spoil_the_speed(void)
{
	for (uint64_t seed = 1; seed <= 20; seed++) {
		traffic_init(&traffic, seed);
		traffic.lamps = true;
		traffic_add(&traffic, 1, 20, -70)->plate = "123ABC02";
		run();
		CU_ASSERT_EQUAL(result.track_count, 1);
		CU_ASSERT(abs(result.tracks[0].cmh + 7000) < 300);
	}
}

static void no_speed_across_a_step_of_the_clock(void)
{
	traffic_init(&traffic, 3);
	traffic_add(&traffic, 1, 20, -45);
	run();
	CU_ASSERT_EQUAL_FATAL(result.track_count, 1);
	CU_ASSERT_EQUAL(result.tracks[0].speed_rc, 0);
	traffic.step_at = 28;
	traffic.step_ns = -400000000;
	run();
	CU_ASSERT_EQUAL_FATAL(result.track_count, 1);
	CU_ASSERT_EQUAL(result.tracks[0].speed_rc, -ENODATA);
}

static void damaged_frames_do_not_break_a_track(void)
{
	traffic_init(&traffic, 4);
	traffic_add(&traffic, 1, 20, -45);
	traffic.damaged_from = 26;
	traffic.damaged_to = 30;
	run();
	CU_ASSERT_EQUAL(result.track_count, 1);
	CU_ASSERT(abs(result.tracks[0].cmh + 4500) < 300);
}

static void rolling_shutter_is_taken_off(void)
{
	double apart = 0;

	/* 20 us a line: 10 ms from top to bottom, of 1 s that the vehicle is seen. The generator shows each frame at once, so the rows' times appear as speed. */
	for (int rolling = 0; rolling < 2; rolling++) {
		traffic_init(&traffic, 5);
		traffic.line_ns = rolling ? 20000 : 0;
		traffic_add(&traffic, 1, 18, -45);
		run();
		CU_ASSERT_EQUAL_FATAL(result.track_count, 1);
		apart += (rolling ? 1 : -1) * abs(result.tracks[0].cmh);
	}
	CU_ASSERT(apart < -20 && apart > -120);
}

static void at_most_two_reads_a_frame_and_twelve_a_track(void)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		traffic_init(&traffic, seed);
		traffic.lamps = true;
		traffic.frames = 100;
		traffic_add(&traffic, 1, 14, -15);
		run();
		CU_ASSERT_EQUAL(result.track_count, 1);
		CU_ASSERT(result.most_reads_a_frame <= 2 && result.most_reads_a_frame > 0);
		CU_ASSERT(result.tracks[0].requests >= 4 && result.tracks[0].requests <= QYRAN_READS_MAX);
	}
}

static void size_of_a_car_and_of_a_van(void)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		traffic_init(&traffic, seed);
		traffic_add(&traffic, 1, 20, -40);
		run();
		CU_ASSERT_EQUAL_FATAL(result.track_count, 1);
		CU_ASSERT(abs(result.tracks[0].height_mm - 1500) < 350);
		traffic.vehicles[0].height = 2.0;
		traffic.vehicles[0].length = 5.2;
		run();
		CU_ASSERT_EQUAL_FATAL(result.track_count, 1);
		CU_ASSERT(abs(result.tracks[0].height_mm - 2000) < 350);
	}
}

static void noise_makes_no_vehicle_and_takes_no_more_room(void)
{
	traffic_init(&traffic, 6);
	traffic.frames = 1000;
	traffic.noise = 64;
	traffic.clutter = 8;
	run();
	CU_ASSERT_EQUAL(result.violation_count, 0);
	CU_ASSERT(result.most_alive <= 96);
	CU_ASSERT(result.total <= 2);
}

static void the_same_records_give_the_same_tracks(void)
{
	uint64_t first;

	traffic_init(&traffic, 7);
	traffic.noise = 10;
	traffic.lamps = true;
	traffic_add(&traffic, 1, 20, -45);
	traffic_add(&traffic, 2, -9, 50);
	run();
	first = result.digest;
	CU_ASSERT_NOT_EQUAL(first, 0);
	run();
	CU_ASSERT_EQUAL(result.digest, first);
	traffic.seed = 8;
	run();
	CU_ASSERT_NOT_EQUAL(result.digest, first);
}

/* The first stamp names a track in the outbox: two that begin in one frame must differ. */
static void vehicles_that_appear_together_have_names_of_their_own(void)
{
	traffic_init(&traffic, 9);
	traffic.merge = false;
	traffic.drop = 0;
	traffic.config.lanes[1].toward = true;
	traffic_add(&traffic, 1, 16, -45);
	traffic_add(&traffic, 2, 16, -45);
	run();
	CU_ASSERT_EQUAL_FATAL(result.track_count, 2);
	CU_ASSERT_NOT_EQUAL(result.tracks[0].first_ns, result.tracks[1].first_ns);
}

static void a_camera_without_a_survey_still_counts(void)
{
	traffic_init(&traffic, 10);
	traffic.config.road.point_count = 0;
	traffic_add(&traffic, 1, 20, -45);
	traffic_add(&traffic, 2, -9, 50);
	run();
	CU_ASSERT_EQUAL(result.track_count, 2);
	CU_ASSERT_EQUAL(result.tracks[0].speed_rc, -ENODATA);
}

/* A dozen vehicles teach how large one is. */
static void without_a_survey_two_in_one_blob_are_told_apart_and_a_lorry_is_one(void)
{
	struct qyran_tracker *tracker = NULL;
	const struct box car = { { 300, 200, 360, 250 } }, pair = { { 200, 160, 310, 250 } };
	struct box halves[2];

	traffic_init(&traffic, 1);
	CU_ASSERT_EQUAL_FATAL(qyran_tracker_new(&traffic.config, NULL, NULL, &tracker), 0);
	tracker->width = 640;
	tracker->height = 360;
	CU_ASSERT_FALSE(crowd_split(tracker, &pair, 0.55, halves));
	for (int i = 0; i < 12; i++)
		crowd_learn(tracker, &car, 0.8);
	CU_ASSERT_TRUE_FATAL(crowd_split(tracker, &pair, 0.55, halves));
	CU_ASSERT_EQUAL(halves[0].edge[EDGE_RIGHT], halves[1].edge[EDGE_LEFT]);
	CU_ASSERT_EQUAL(halves[0].edge[EDGE_LEFT], 200);
	CU_ASSERT_EQUAL(halves[1].edge[EDGE_RIGHT], 310);
	CU_ASSERT_FALSE(crowd_split(tracker, &pair, 0.85, halves));
	CU_ASSERT_FALSE(crowd_split(tracker, &car, 0.55, halves));
	qyran_tracker_free(tracker);
}

static void a_rate_of_twelve_and_a_half_frames_is_enough(void)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		traffic_init(&traffic, seed);
		traffic.rate = 12.5;
		traffic.frames = 30;
		traffic_add(&traffic, 1, 20, -95);
		traffic_add(&traffic, 2, -20, 85);
		run();
		CU_ASSERT_EQUAL(result.track_count, 2);
		for (size_t i = 0; i < result.track_count; i++)
			CU_ASSERT(result.tracks[i].speed_rc == 0 &&
				  abs(result.tracks[i].cmh - (result.tracks[i].cmh < 0 ? -9500 : 8500)) < 300);
	}
}

static const struct test_case cases[] = {
	{ "one_vehicle_is_one_track", one_vehicle_is_one_track },
	{ "speed_is_within_three_kmh_and_its_uncertainty_is_honest", speed_is_within_three_kmh_and_its_uncertainty_is_honest },
	{ "vehicles_side_by_side_are_two_tracks", vehicles_side_by_side_are_two_tracks },
	{ "vehicles_that_meet_keep_their_tracks", vehicles_that_meet_keep_their_tracks },
	{ "vehicles_in_a_queue_are_told_apart", vehicles_in_a_queue_are_told_apart },
	{ "a_vehicle_hidden_for_a_moment_is_the_same_one", a_vehicle_hidden_for_a_moment_is_the_same_one },
	{ "a_vehicle_without_a_blob_is_tracked_by_its_plate", a_vehicle_without_a_blob_is_tracked_by_its_plate },
	{ "a_vehicle_without_a_plate_is_tracked_by_its_blob", a_vehicle_without_a_plate_is_tracked_by_its_blob },
	{ "lamps_and_lettering_do_not_spoil_the_speed", lamps_and_lettering_do_not_spoil_the_speed },
	{ "no_speed_across_a_step_of_the_clock", no_speed_across_a_step_of_the_clock },
	{ "damaged_frames_do_not_break_a_track", damaged_frames_do_not_break_a_track },
	{ "rolling_shutter_is_taken_off", rolling_shutter_is_taken_off },
	{ "at_most_two_reads_a_frame_and_twelve_a_track", at_most_two_reads_a_frame_and_twelve_a_track },
	{ "size_of_a_car_and_of_a_van", size_of_a_car_and_of_a_van },
	{ "noise_makes_no_vehicle_and_takes_no_more_room", noise_makes_no_vehicle_and_takes_no_more_room },
	{ "the_same_records_give_the_same_tracks", the_same_records_give_the_same_tracks },
	{ "vehicles_that_appear_together_have_names_of_their_own", vehicles_that_appear_together_have_names_of_their_own },
	{ "a_camera_without_a_survey_still_counts", a_camera_without_a_survey_still_counts },
	{ "without_a_survey_two_in_one_blob_are_told_apart_and_a_lorry_is_one", without_a_survey_two_in_one_blob_are_told_apart_and_a_lorry_is_one },
	{ "a_rate_of_twelve_and_a_half_frames_is_enough", a_rate_of_twelve_and_a_half_frames_is_enough },
};

int main(void)
{
	return test_cases_run("track", cases, sizeof(cases) / sizeof(*cases));
}
