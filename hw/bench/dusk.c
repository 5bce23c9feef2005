/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-dusk [--seconds N] [--seed N] [--gap S] [--csv FILE] [--pictures DIR] [--most-invented N] [--least-found SHARE]
 *
 * Movers of the bit-exact model on a road at dusk that is rendered as it goes, 640x360 at 25 frames a second: noise fresh in each frame, light that
 * changes slowly, headlamps, vehicles that stop for a while. With a limit (invented an hour, share of vehicles found) it says whether it was kept.
 */
#include "hw/bench/draw.h"
#include "hw/bench/judge.h"
#include "hw/bench/truth.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <sim/scene/live.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 640
#define HEIGHT 360
#define RATE 25
#define PICTURES_MAX 200

struct bench {
	const char *csv, *pictures;
	double seconds, gap_s, most_invented, least_found;
	uint64_t seed;
	FILE *rows;
	unsigned int drawn;
	double render_ms, detect_ms;
};

static void draw(struct bench *bench, const uint8_t *luma, unsigned long frame, const struct bench_seen *seen, size_t count,
		 const struct qyran_detect_result *result, const bool *invented)
{
	static uint8_t rgb[WIDTH * HEIGHT * 3];
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof rgb; i++)
		rgb[i] = luma[i / 3];
	struct bench_drawing *drawing = bench_drawing_new(rgb, WIDTH, HEIGHT);
	int failed = -ENOMEM;
	snprintf(path, sizeof path, "%s/dusk-%06lu.jpg", bench->pictures, frame);
	if (drawing) {
		for (unsigned int i = 0; i < result->movers; i++) {
			const struct qyran_detect_mover *m = &result->mover[i];

			bench_drawing_box(drawing, (struct bench_box){m->x, m->y, m->x + m->w, m->y + m->h}, invented[i] ? BENCH_CANDIDATE : BENCH_MOVER,
					  invented[i] ? "invented" : NULL);
		}
		for (size_t i = 0; i < count; i++)
			if (seen[i].counts)
				bench_drawing_box(drawing, seen[i].box, seen[i].covered ? BENCH_FOUND : BENCH_MISSED, NULL);
		failed = bench_drawing_write(drawing, path);
	}
	if (failed)
		bench_complain("%s: cannot be written: %s", path, strerror(-failed));
	bench->drawn++;
}

static void write_rows(const struct bench *bench, unsigned long frame, const struct bench_seen *seen, size_t count,
		       const struct qyran_detect_result *result, const bool *invented)
{
	if (!bench->rows)
		return;
	for (size_t i = 0; i < count; i++)
		if (seen[i].counts)
			fprintf(bench->rows, "%lu,vehicle,%u,%.0f,%.0f,%.0f,%.0f,%s\n", frame, seen[i].number, seen[i].box.x0, seen[i].box.y0,
				seen[i].box.x1 - seen[i].box.x0, seen[i].box.y1 - seen[i].box.y0, seen[i].covered ? "covered" : "missed");
	for (unsigned int i = 0; i < result->movers; i++)
		fprintf(bench->rows, "%lu,mover,%u,%u,%u,%u,%u,%s\n", frame, i, result->mover[i].x, result->mover[i].y, result->mover[i].w, result->mover[i].h,
			invented[i] ? "invented" : "");
}

static int play(struct bench *bench, struct scene_live *live, struct qyran_detect *detect, struct bench_judge *judge)
{
	static uint8_t luma[WIDTH * HEIGHT];
	unsigned long frames = (unsigned long)(bench->seconds * RATE);

	for (unsigned long frame = 1; frame <= frames; frame++) {
		bool invented[QYRAN_DETECT_MOVERS], odd = false;
		struct bench_seen seen[BENCH_SEEN_MAX];
		double begin = bench_ms();
		int failed = scene_live_next(live, luma);

		if (failed)
			return failed;
		double rendered = bench_ms();
		const struct qyran_detect_result *result = qyran_detect_frame(detect, luma, WIDTH);
		bench->detect_ms += bench_ms() - rendered;
		bench->render_ms += rendered - begin;
		size_t count = bench_truth_live(live, seen);
		bench_judge_frame(judge, seen, count, result, invented);
		write_rows(bench, frame, seen, count, result, invented);
		for (unsigned int i = 0; i < result->movers; i++)
			odd |= invented[i];
		for (size_t i = 0; i < count; i++)
			odd |= seen[i].counts && !seen[i].covered;
		if (bench->pictures && bench->drawn < PICTURES_MAX && (odd || frame % (10 * RATE) == 0))
			draw(bench, luma, frame, seen, count, result, invented);
		if (frame % RATE == 0)
			bench_progress("dusk: %lu of %.0f s", frame / RATE, bench->seconds);
	}
	bench_progress("%s", "");
	return 0;
}

static void report(const struct bench *bench, const struct bench_verdict *v)
{
	double invented_h = (double)v->invented * 3600 / v->seconds, found = v->vehicles ? (double)v->found / (double)v->vehicles : 0;

	printf(BENCH_JUDGE_RULES "\n%-8s %8s | %8s %6s %5s %8s %6s | %9s %8s | %s\n", "scene", "seconds", "vehicles", "found", "lost", "covered", "whole", "invented",
	       "an hour", "ms a frame: scene, logic");
	printf("%-8s %8.0f | %8lu %6s %5lu %8s %6s | %9lu %8.1f | %.2f %.2f\n\n", "dusk", v->seconds, v->vehicles, bench_share(v->found, v->vehicles), v->lost,
	       bench_share(v->covered_frames, v->vehicle_frames), bench_share(v->whole_frames, v->vehicle_frames), v->invented, invented_h, bench->render_ms / (double)v->frames,
	       bench->detect_ms / (double)v->frames);
	printf("scenes dusk seconds=%.0f vehicles=%lu found=%s lost=%lu invented_h=%.1f covered=%s whole=%s ms=%.2f\n", v->seconds, v->vehicles,
	       bench_share(v->found, v->vehicles), v->lost, invented_h, bench_share(v->covered_frames, v->vehicle_frames),
	       bench_share(v->whole_frames, v->vehicle_frames), bench->detect_ms / (double)v->frames);
	if (bench->most_invented >= 0) {
		if (invented_h <= bench->most_invented)
			printf("ok dusk_invents_no_movers\n");
		else
			printf("not ok dusk_invents_no_movers: %.1f an hour, at most %g are allowed\n", invented_h, bench->most_invented);
	}
	if (bench->least_found >= 0) {
		if (v->vehicles > 0 && found >= bench->least_found)
			printf("ok dusk_finds_the_vehicles\n");
		else
			printf("not ok dusk_finds_the_vehicles: %lu of %lu, at least %g are wanted\n", v->found, v->vehicles, bench->least_found);
	}
}

static bool kept(const struct bench *bench, const struct bench_verdict *v)
{
	return (bench->most_invented < 0 || (double)v->invented * 3600 / v->seconds <= bench->most_invented) &&
	       (bench->least_found < 0 || (v->vehicles > 0 && (double)v->found >= bench->least_found * (double)v->vehicles));
}

static int measure(struct bench *bench)
{
	const struct scene_live_settings about = {
		.width = WIDTH, .height = HEIGHT, .rate = RATE, .gap_s = bench->gap_s, .place = scene_find("lawful")->place, .formats = bench_formats(),
	};
	struct qyran_detect_settings settings = qyran_detect_settings_reset();
	struct bench_judge *judge = bench_judge_new(WIDTH, HEIGHT, RATE);
	struct qyran_detect *detect = qyran_detect_new();
	struct bench_verdict verdict = {.frames = 0};
	struct scene_live *live = NULL;
	int result = about.formats && judge && detect ? scene_live_new(&about, bench->seed, &live) : -ENOMEM;

	settings.width = WIDTH;
	settings.height = HEIGHT;
	settings.plates = false;
	if (!result)
		result = qyran_detect_set(detect, &settings);
	if (!result) {
		qyran_detect_reset(detect);
		result = play(bench, live, detect, judge);
	}
	if (judge)
		verdict = bench_judge_end(judge);
	qyran_detect_free(detect);
	scene_live_free(live);
	if (result) {
		bench_complain("dusk: %s", strerror(-result));
		return 1;
	}
	report(bench, &verdict);
	return !kept(bench, &verdict);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"csv", required_argument, NULL, 'c'}, {"pictures", required_argument, NULL, 'p'}, {"seconds", required_argument, NULL, 't'},
		{"seed", required_argument, NULL, 's'}, {"gap", required_argument, NULL, 'g'}, {"most-invented", required_argument, NULL, 'i'},
		{"least-found", required_argument, NULL, 'f'}, {NULL, 0, NULL, 0},
	};
	struct bench bench = {.seconds = 300, .seed = 1, .gap_s = 1.5, .most_invented = -1, .least_found = -1};
	int option, result;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'c': bench.csv = optarg; break;
		case 'p': bench.pictures = optarg; break;
		case 't': bench.seconds = atof(optarg); break;
		case 's': bench.seed = strtoull(optarg, NULL, 10); break;
		case 'g': bench.gap_s = atof(optarg); break;
		case 'i': bench.most_invented = atof(optarg); break;
		case 'f': bench.least_found = atof(optarg); break;
		default: return 2;
		}
	}
	if (optind != argc || !(bench.seconds >= 1 && bench.seconds <= 86400) || !(bench.gap_s >= 0 && bench.gap_s <= 3600)) {
		fprintf(stderr, "usage: bench-dusk [--seconds 1..86400] [--seed N] [--gap S] [--csv FILE] [--pictures DIR] [--most-invented N] [--least-found SHARE]\n");
		return 2;
	}
	if (bench.csv && !(bench.rows = fopen(bench.csv, "w"))) {
		fprintf(stderr, "%s: %s\n", bench.csv, strerror(errno));
		return 1;
	}
	if (bench.rows)
		fprintf(bench.rows, "frame,what,number,x,y,w,h,verdict\n");
	if (bench.pictures && bench_make_folder(bench.pictures, NULL))
		return 1;
	result = measure(&bench);
	bench_close(bench.rows, bench.csv);
	return result || bench_complaints();
}
