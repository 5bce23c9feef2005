/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-scenes [--only NAME] [--seconds N] [--vehicles N] [--seed N] [--gap S] [--csv FILE] [--pictures DIR]
 *              [--from SECOND] [--most-invented N] [--least-found SHARE]
 *
 * The bit-exact model on rendered roads with known truth: movers for N seconds of each road, plates of N vehicles in each view. NAME: one road
 * (day, overcast, rain, glare, shake, wind, dusk), or views. With limits (movers invented an hour, share of vehicles found) it says whether each
 * road keeps them. Pictures of roads begin at SECOND; at most 200 of a road are drawn, all of what went wrong among them.
 */
#include "hw/bench/road.h"
#include "hw/bench/views.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

struct wish {
	const char *only, *csv, *pictures;
	double seconds, gap_s, from_s, most_invented, least_found;
	unsigned int vehicles;
	uint64_t seed;
};

static double an_hour(const struct bench_verdict *v)
{
	return (double)v->invented * 3600 / v->seconds;
}

static bool wanted(const struct wish *wish, const char *name)
{
	return !wish->only || !strcmp(wish->only, name);
}

static void print_roads(const struct bench_road_result *results, const size_t *roads, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct bench_verdict *v = &results[i].verdict;

		printf("scenes %s seconds=%.0f vehicles=%lu found=%s lost=%lu invented_h=%.1f covered=%s whole=%s ms=%.2f\n", bench_roads[roads[i]].name,
		       v->seconds, v->vehicles, bench_share(v->found, v->vehicles), v->lost, an_hour(v), bench_share(v->covered_frames, v->vehicle_frames),
		       bench_share(v->whole_frames, v->vehicle_frames), results[i].detect_ms);
	}
	printf("\n");
}

/* Returns whether the limits were kept. */
static bool check(const struct wish *wish, const char *name, const struct bench_verdict *v)
{
	bool quiet = wish->most_invented < 0 || an_hour(v) <= wish->most_invented;
	bool sharp = wish->least_found < 0 || (v->vehicles > 0 && (double)v->found >= wish->least_found * (double)v->vehicles);

	if (!quiet)
		printf("not ok %s_invents_no_movers: %.1f an hour, at most %g are allowed\n", name, an_hour(v), wish->most_invented);
	else if (wish->most_invented >= 0)
		printf("ok %s_invents_no_movers\n", name);
	if (!sharp)
		printf("not ok %s_finds_the_vehicles: %lu of %lu, at least %g are wanted\n", name, v->found, v->vehicles, wish->least_found);
	else if (wish->least_found >= 0)
		printf("ok %s_finds_the_vehicles\n", name);
	return quiet && sharp;
}

static bool measure_roads(const struct wish *wish, const struct qyran_formats *formats, FILE *csv)
{
	struct bench_road_result *results = calloc(bench_road_count, sizeof *results);
	size_t *roads = calloc(bench_road_count, sizeof *roads), count = 0;
	bool kept = results && roads;

	printf(BENCH_JUDGE_RULES "\n%-9s %8s | %8s %6s %5s %8s %6s | %9s %8s | %s\n", "road", "seconds", "vehicles", "found", "lost", "covered", "whole",
	       "invented", "an hour", "ms a frame: scene, logic");
	for (size_t i = 0; kept && i < bench_road_count; i++) {
		struct bench_road_result *r = &results[count];
		int result;

		if (!wanted(wish, bench_roads[i].name))
			continue;
		result = bench_road_measure(&bench_roads[i], formats, wish->seconds, wish->gap_s, wish->seed, csv, wish->pictures, wish->from_s, r);
		if (result) {
			bench_complain("%s: cannot be played: %s", bench_roads[i].name, strerror(-result));
			continue;
		}
		printf("%-9s %8.0f | %8lu %6s %5lu %8s %6s | %9lu %8.1f | %.2f %.2f\n", bench_roads[i].name, r->verdict.seconds, r->verdict.vehicles,
		       bench_share(r->verdict.found, r->verdict.vehicles), r->verdict.lost, bench_share(r->verdict.covered_frames, r->verdict.vehicle_frames),
		       bench_share(r->verdict.whole_frames, r->verdict.vehicle_frames), r->verdict.invented, an_hour(&r->verdict), r->render_ms, r->detect_ms);
		fflush(stdout);
		roads[count++] = i;
	}
	printf("\n");
	if (kept)
		print_roads(results, roads, count);
	for (size_t i = 0; i < count; i++)
		kept &= check(wish, bench_roads[roads[i]].name, &results[i].verdict);
	free(results);
	free(roads);
	return kept;
}

static bool measure(const struct wish *wish, const struct qyran_formats *formats, FILE *csv)
{
	bool known = wanted(wish, "views"), road = false, kept = true;

	for (size_t i = 0; i < bench_road_count; i++)
		road |= wanted(wish, bench_roads[i].name);
	if (!known && !road) {
		bench_complain("%s: no such road; day, overcast, rain, glare, shake, wind, dusk, or views", wish->only);
		return false;
	}
	if (csv)
		fprintf(csv, "scene,frame,what,number,x,y,w,h,verdict\n");
	if (road)
		kept = measure_roads(wish, formats, csv);
	if (known) {
		int result = bench_views_measure(formats, wish->vehicles, wish->seed, csv, wish->pictures);

		if (result)
			bench_complain("views: cannot be rendered: %s", strerror(-result));
	}
	return kept;
}

static int usage(void)
{
	fprintf(stderr, "usage: bench-scenes [--only NAME] [--seconds 1..86400] [--vehicles 1..1000] [--seed N] [--gap 0..3600] [--csv FILE] [--pictures DIR]\n"
			"                    [--from SECOND] [--most-invented N] [--least-found SHARE]\n");
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"csv", required_argument, NULL, 'c'}, {"pictures", required_argument, NULL, 'p'}, {"only", required_argument, NULL, 'o'},
		{"seconds", required_argument, NULL, 't'}, {"vehicles", required_argument, NULL, 'v'}, {"seed", required_argument, NULL, 's'},
		{"gap", required_argument, NULL, 'g'}, {"most-invented", required_argument, NULL, 'i'}, {"least-found", required_argument, NULL, 'f'},
		{"from", required_argument, NULL, 'b'}, {NULL, 0, NULL, 0},
	};
	struct wish wish = {.seconds = 120, .vehicles = 20, .seed = 1, .gap_s = 1.5, .most_invented = -1, .least_found = -1};
	struct qyran_formats *formats;
	FILE *csv = NULL;
	char error[512];
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'c': wish.csv = optarg; break;
		case 'p': wish.pictures = optarg; break;
		case 'o': wish.only = optarg; break;
		case 't': wish.seconds = atof(optarg); break;
		case 'v': wish.vehicles = (unsigned int)atoi(optarg); break;
		case 's': wish.seed = strtoull(optarg, NULL, 10); break;
		case 'g': wish.gap_s = atof(optarg); break;
		case 'b': wish.from_s = atof(optarg); break;
		case 'i': wish.most_invented = atof(optarg); break;
		case 'f': wish.least_found = atof(optarg); break;
		default: return usage();
		}
	}
	if (optind != argc || !(wish.seconds >= 1 && wish.seconds <= 86400) || !(wish.gap_s >= 0 && wish.gap_s <= 3600) || wish.vehicles < 1 ||
	    wish.vehicles > 1000)
		return usage();
	if (qyran_formats_open("userspace/formats", &formats, error, sizeof error)) {
		fprintf(stderr, "bench-scenes: %s\n", error);
		return 1;
	}
	if (wish.csv && !(csv = fopen(wish.csv, "w"))) {
		fprintf(stderr, "%s: %s\n", wish.csv, strerror(errno));
		qyran_formats_close(formats);
		return 1;
	}
	bool kept = (!wish.pictures || !bench_make_folder(wish.pictures, NULL)) && measure(&wish, formats, csv);
	bench_close(csv, wish.csv);
	qyran_formats_close(formats);
	return kept && !bench_complaints() ? 0 : 1;
}
