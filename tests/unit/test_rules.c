/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cases.h"
#include "tests/unit/traffic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SEEDS 5

static struct traffic traffic;
static struct traffic_result result;

static void run(void)
{
	CU_ASSERT_EQUAL_FATAL(traffic_run(&traffic, &result), 0);
}

static void all_rules(uint64_t seed)
{
	traffic_init(&traffic, seed);
	for (int r = QYRAN_RULE_SPEED; r < QYRAN_RULES; r++)
		traffic.config.rules.on[r] = true;
	traffic.config.rules.speed.limit_kmh = 60;
	traffic.config.rules.speed.tolerance_kmh = 5;
	traffic.config.rules.red_light.line_mm = traffic.config.rules.stop_line.line_mm = 6000;
	traffic.config.rules.red_light.far_mm = traffic.config.rules.stop_line.far_mm = 2000;
	traffic.config.rules.wrong_way.distance_mm = 6000;
	traffic.config.rules.standing.left_mm = -3100;
	traffic.config.rules.standing.right_mm = 3100;
	traffic.config.rules.standing.near_mm = -1000;
	traffic.config.rules.standing.far_mm = 9000;
	traffic.config.rules.standing.limit_ms = 2000;
	traffic.config.rules.bus_lane.distance_mm = 6000;
	traffic.config.rules.bus_lane.height_mm = 2400;
	traffic.pins = true;
}

/* Exactly one violation, of @rule, at @moment_s. */
static void only(enum qyran_rule rule, double moment_s, double within_s)
{
	run();
	CU_ASSERT_EQUAL(result.violation_count, 1);
	CU_ASSERT_EQUAL(traffic_found(&result, rule), 1);
	if (result.violation_count != 1)
		return;
	double at = (double)(int64_t)(result.violations[0].time_ns - TRAFFIC_EPOCH_NS) * 1e-9;

	CU_ASSERT(fabs(at - moment_s) <= within_s);
	CU_ASSERT(result.violations[0].point_count >= 5);
	/* A frame is kept before the decision falls. */
	CU_ASSERT(result.suspicious_from[rule] < result.decided_from);
}

static void nothing(void)
{
	run();
	CU_ASSERT(result.total > 0);
	CU_ASSERT_EQUAL(result.violation_count, 0);
}

static void speeding_is_told_with_the_measured_speed(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic_add(&traffic, 1, 24, -80);
		only(QYRAN_RULE_SPEED, traffic_crossing(&traffic, traffic.vehicles, 6), 0.25);
		if (result.violation_count == 1) {
			CU_ASSERT(abs(result.violations[0].speed_cmh - 8000) < 300);
			CU_ASSERT(result.violations[0].speed_u95_cmh > 0 && result.violations[0].speed_u95_cmh < 300);
			CU_ASSERT_EQUAL(result.violations[0].limit_kmh, 60);
			CU_ASSERT_EQUAL(result.violations[0].lane, 1);
		}
	}
}

static void driving_at_the_limit_and_its_tolerance_is_lawful(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic_add(&traffic, 1, 24, -62);
		traffic_add(&traffic, 2, -12, 60);
		nothing();
	}
}

static void a_step_of_the_clock_makes_no_speeder(void)
{
	all_rules(1);
	traffic_add(&traffic, 1, 22, -50);
	traffic.step_at = 30;
	traffic.step_ns = -700000000;
	nothing();
	traffic.vehicles[0].kmh = -90;
	traffic.vehicles[0].y = 30;
	nothing();
}

static void driving_through_red_is_told_at_the_line(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic.red_s = 0.4;
		traffic.green_s = 9;
		traffic_add(&traffic, 1, 24, -45);
		only(QYRAN_RULE_RED_LIGHT, traffic_crossing(&traffic, traffic.vehicles, 6), 0.03);
		if (result.violation_count == 1)
			CU_ASSERT(llabs((long long)(result.violations[0].signal_since_ns - TRAFFIC_EPOCH_NS) - 400000000) <= 40000000);
	}
}

static void crossing_just_before_red_is_lawful(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic_add(&traffic, 1, 24, -45);
		traffic.red_s = traffic_crossing(&traffic, traffic.vehicles, 6) + 0.08;
		traffic.green_s = 9;
		nothing();
	}
}

static void crossing_just_after_green_is_lawful(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic_add(&traffic, 1, 24, -45);
		traffic.red_s = 0.1;
		traffic.green_s = traffic_crossing(&traffic, traffic.vehicles, 6) - 0.08;
		nothing();
	}
}

static void stopping_before_the_line_is_lawful(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic.config.rules.on[QYRAN_RULE_STANDING] = false;
		traffic.red_s = 0.2;
		traffic.green_s = 9;
		traffic.frames = 80;
		traffic_add(&traffic, 1, 17, -36);
		traffic.vehicles[0].brake = 5;
		traffic.vehicles[0].stop_s = 2.0;	/* at 7 m */
		traffic.vehicles[0].go_s = 99;
		nothing();
	}
}

static void the_other_direction_may_pass_a_red_light_that_is_not_its_own(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic.red_s = 0.1;
		traffic.green_s = 9;
		traffic_add(&traffic, 2, -9, 45);
		nothing();
	}
}

static void standing_beyond_the_line_at_red_is_told(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic.config.rules.on[QYRAN_RULE_STANDING] = false;
		traffic.red_s = 0.2;
		traffic.green_s = 9;
		traffic.frames = 90;
		traffic_add(&traffic, 1, 13.2, -36);
		traffic.vehicles[0].brake = 5;
		traffic.vehicles[0].stop_s = 2.0;
		traffic.vehicles[0].go_s = 99;
		only(QYRAN_RULE_STOP_LINE, traffic_crossing(&traffic, traffic.vehicles, 6), 0.06);
	}
}

static void who_halts_beyond_the_line_and_leaves_at_green_did_not_run_the_light(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic.config.rules.on[QYRAN_RULE_STANDING] = false;
		traffic.red_s = 0.2;
		traffic.green_s = 3.0;
		traffic.frames = 110;
		traffic_add(&traffic, 1, 13.2, -36);
		traffic.vehicles[0].brake = 5;
		traffic.vehicles[0].stop_s = 2.0;
		traffic.vehicles[0].go_s = 3.0;
		only(QYRAN_RULE_STOP_LINE, traffic_crossing(&traffic, traffic.vehicles, 6), 0.06);
	}
}

static void without_pins_the_light_rules_are_off_and_say_so(void)
{
	struct qyran_rules *rules = NULL;
	struct qyran_road *road = NULL;
	char error[200];

	all_rules(1);
	CU_ASSERT_EQUAL_FATAL(qyran_road_new(&traffic.config, &road, error, sizeof(error)), 0);
	CU_ASSERT_EQUAL_FATAL(qyran_rules_new(&traffic.config, road, false, &rules), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(qyran_rules_off(rules));
	CU_ASSERT_PTR_NOT_NULL(strstr(qyran_rules_off(rules), "red_light and stop_line"));
	qyran_rules_free(rules);
	CU_ASSERT_EQUAL_FATAL(qyran_rules_new(&traffic.config, road, true, &rules), 0);
	CU_ASSERT_PTR_NULL(qyran_rules_off(rules));
	qyran_rules_free(rules);
	qyran_road_free(road);
}

static void driving_against_the_lane_is_told(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic_add(&traffic, 1, -8, 40);
		only(QYRAN_RULE_WRONG_WAY, traffic_crossing(&traffic, traffic.vehicles, 6.5), 0.3);
	}
}

static void backing_up_a_little_is_lawful(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic.config.rules.on[QYRAN_RULE_STANDING] = false;
		traffic_add(&traffic, 1, 4, 12);
		traffic.vehicles[0].stop_s = 1.2;
		traffic.vehicles[0].go_s = 99;
		traffic.frames = 60;
		run();
		CU_ASSERT_EQUAL(result.violation_count, 0);
	}
}

static void two_that_meet_are_no_wrong_way_drivers(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic_add(&traffic, 1, 22, -50)->width = 3.0;
		traffic_add(&traffic, 2, -9, 50)->width = 3.0;
		nothing();
	}
}

static void standing_too_long_is_told_when_the_limit_is_over(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic.frames = 130;
		traffic_add(&traffic, 1, 13, -36);
		traffic.vehicles[0].brake = 6;
		traffic.vehicles[0].stop_s = 2.0;
		traffic.vehicles[0].go_s = 99;
		only(QYRAN_RULE_STANDING, 4.0, 0.25);
		if (result.violation_count == 1)
			CU_ASSERT(result.violations[0].standing_ms >= 2000 && result.violations[0].standing_ms < 3500);
	}
}

static void a_short_halt_is_lawful(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic.frames = 130;
		traffic_add(&traffic, 1, 13, -36);
		traffic.vehicles[0].brake = 6;
		traffic.vehicles[0].stop_s = 2.0;
		traffic.vehicles[0].go_s = 3.4;
		nothing();
	}
}

static void a_stopped_vehicle_that_fades_into_the_background_is_still_told_once(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic.frames = 130;
		traffic_add(&traffic, 1, 13, -36)->plate = "777KZT02";
		traffic.vehicles[0].brake = 6;
		traffic.vehicles[0].stop_s = 2.0;
		traffic.vehicles[0].go_s = 99;
		traffic.vehicles[0].no_blob = true;
		only(QYRAN_RULE_STANDING, 4.0, 0.3);
	}
}

static void a_car_in_the_bus_lane_is_told(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic.config.lanes[1].bus = true;
		traffic_add(&traffic, 2, -9, 45);
		only(QYRAN_RULE_BUS_LANE, traffic_crossing(&traffic, traffic.vehicles, 6.5), 0.3);
		if (result.violation_count == 1)
			CU_ASSERT(result.violations[0].height_mm > 1000 && result.violations[0].height_mm < 2000);
	}
}

static void a_bus_in_the_bus_lane_and_a_car_beside_it_are_lawful(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic.config.lanes[1].bus = true;
		traffic_add(&traffic, 2, -12, 40);
		traffic.vehicles[0].length = 10.6;
		traffic.vehicles[0].width = 2.5;
		traffic.vehicles[0].height = 3.0;
		traffic_add(&traffic, 1, 22, -45);
		nothing();
	}
}

static void driving_on_the_marking_of_a_bus_lane_is_in_doubt_and_lawful(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic.config.lanes[1].bus = true;
		traffic_add(&traffic, 2, -9, 45);
		traffic.vehicles[0].x = 0.1;
		traffic.config.lanes[0].toward = false;
		nothing();
	}
}

/* Hidden for longer than a track lives: two tracks, one violation. */
static void a_vehicle_that_is_lost_and_found_is_told_once(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic_add(&traffic, 1, 26, -72)->plate = "505QYR01";
		traffic.vehicles[0].hidden_from = 1.0;
		traffic.vehicles[0].hidden_to = 1.08;
		only(QYRAN_RULE_SPEED, traffic_crossing(&traffic, traffic.vehicles, 6), 0.5);
		all_rules(seed);
		traffic.frames = 250;
		traffic_add(&traffic, 1, 9, -18)->plate = "505QYR01";
		traffic.vehicles[0].stop_s = 1.0;
		traffic.vehicles[0].go_s = 99;
		traffic.vehicles[0].hidden_from = 4.5;
		traffic.vehicles[0].hidden_to = 6.0;
		run();
		CU_ASSERT_EQUAL(result.violation_count, 1);
	}
}

static void two_speeders_at_once_are_two_violations(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		all_rules(seed);
		traffic.config.lanes[1].toward = true;
		traffic_add(&traffic, 1, 24, -85)->plate = "111AAA01";
		traffic_add(&traffic, 2, 25, -78)->plate = "222BBB02";
		run();
		CU_ASSERT_EQUAL(result.violation_count, 2);
		CU_ASSERT_EQUAL(traffic_found(&result, QYRAN_RULE_SPEED), 2);
		CU_ASSERT_NOT_EQUAL(result.violations[0].track_first_ns, result.violations[1].track_first_ns);
	}
}

static void noise_breaks_no_rule(void)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		all_rules(seed);
		traffic.config.lanes[1].bus = true;
		traffic.red_s = 0.1;
		traffic.green_s = 99;
		traffic.frames = 350;
		traffic.noise = 40;
		traffic.clutter = 8;
		run();
		CU_ASSERT_EQUAL(result.violation_count, 0);
	}
}

static void without_a_survey_no_rule_is_on(void)
{
	all_rules(1);
	traffic.config.road.point_count = 0;
	traffic_add(&traffic, 1, 24, -90);
	nothing();
}

#define CASE(name) { #name, name }

static const struct test_case cases[] = {
	CASE(speeding_is_told_with_the_measured_speed),
	CASE(driving_at_the_limit_and_its_tolerance_is_lawful),
	CASE(a_step_of_the_clock_makes_no_speeder),
	CASE(driving_through_red_is_told_at_the_line),
	CASE(crossing_just_before_red_is_lawful),
	CASE(crossing_just_after_green_is_lawful),
	CASE(stopping_before_the_line_is_lawful),
	CASE(the_other_direction_may_pass_a_red_light_that_is_not_its_own),
	CASE(standing_beyond_the_line_at_red_is_told),
	CASE(who_halts_beyond_the_line_and_leaves_at_green_did_not_run_the_light),
	CASE(without_pins_the_light_rules_are_off_and_say_so),
	CASE(driving_against_the_lane_is_told),
	CASE(backing_up_a_little_is_lawful),
	CASE(two_that_meet_are_no_wrong_way_drivers),
	CASE(standing_too_long_is_told_when_the_limit_is_over),
	CASE(a_short_halt_is_lawful),
	CASE(a_stopped_vehicle_that_fades_into_the_background_is_still_told_once),
	CASE(a_car_in_the_bus_lane_is_told),
	CASE(a_bus_in_the_bus_lane_and_a_car_beside_it_are_lawful),
	CASE(driving_on_the_marking_of_a_bus_lane_is_in_doubt_and_lawful),
	CASE(a_vehicle_that_is_lost_and_found_is_told_once),
	CASE(two_speeders_at_once_are_two_violations),
	CASE(noise_breaks_no_rule),
	CASE(without_a_survey_no_rule_is_on),
};

int main(void)
{
	return test_cases_run("rules", cases, sizeof(cases) / sizeof(*cases));
}
