/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/bench/road.h"
#include "hw/bench/draw.h"

#include <errno.h>
#include <limits.h>
#include <sim/scene/live.h>
#include <sim/scene/papers.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 640
#define HEIGHT 360
#define RATE 25
#define PICTURE_S 10		/* one at least in that time, */
#define PICTURES_MAX 200	/* and all of what went wrong, up to so many */

const struct bench_road bench_roads[] = {
	{.name = "day", .weather = SCENE_SUNNY},
	{.name = "overcast", .weather = SCENE_OVERCAST},
	{.name = "rain", .weather = SCENE_RAIN},
	{.name = "glare", .weather = SCENE_SUNNY, .glare = true},
	{.name = "shake", .weather = SCENE_OVERCAST, .shake_px = 2},
	{.name = "wind", .weather = SCENE_SUNNY, .wind = true},
	{.name = "dusk", .weather = SCENE_DUSK},
};
const size_t bench_road_count = sizeof bench_roads / sizeof bench_roads[0];

struct player {
	const struct bench_road *road;
	struct scene_live *live;
	struct qyran_detect *detect;
	struct bench_judge *judge;
	FILE *csv;
	const char *pictures;
	double from_s;
	unsigned int drawn;
	uint8_t luma[WIDTH * HEIGHT], rgb[WIDTH * HEIGHT * 3];
	/* of the last frame */
	unsigned long frame;
	struct bench_seen seen[BENCH_SEEN_MAX];
	size_t count;
	const struct qyran_detect_result *result;
	bool invented[QYRAN_DETECT_MOVERS];
};

static struct bench_box mover_box(const struct qyran_detect_mover *m)
{
	return (struct bench_box){m->x, m->y, m->x + m->w, m->y + m->h};
}

static void see(struct player *p)
{
	const struct scene_traffic *traffic = scene_live_traffic(p->live);

	p->count = 0;
	for (size_t i = 0; i < traffic->cast.count && p->count < BENCH_SEEN_MAX; i++) {
		const struct scene_actor *actor = &traffic->cast.actors[i];
		double y = scene_actor_y(actor, scene_live_time_s(p->live), NULL);
		struct scene_box box;

		if (!scene_actor_in_view(actor, y))
			continue;
		box = scene_vehicle_bounds(&actor->vehicle, scene_live_camera(p->live), y);
		p->seen[p->count++] = (struct bench_seen){.number = traffic->numbers[i], .distance = y, .box = {box.x0, box.y0, box.x1, box.y1}};
	}
}

static void draw(struct player *p)
{
	char path[PATH_MAX];
	int failed = -ENOMEM;

	for (size_t i = 0; i < sizeof p->rgb; i++)
		p->rgb[i] = p->luma[i / 3];
	struct bench_drawing *drawing = bench_drawing_new(p->rgb, WIDTH, HEIGHT);
	snprintf(path, sizeof path, "%s/%s-%06lu.jpg", p->pictures, p->road->name, p->frame);
	if (drawing) {
		for (unsigned int i = 0; i < p->result->movers; i++)
			bench_drawing_box(drawing, mover_box(&p->result->mover[i]), p->invented[i] ? BENCH_CANDIDATE : BENCH_MOVER,
					  p->invented[i] ? "INVENTED" : NULL);
		for (size_t i = 0; i < p->count; i++)
			if (p->seen[i].counts)
				bench_drawing_box(drawing, p->seen[i].box, p->seen[i].covered ? BENCH_FOUND : BENCH_MISSED, NULL);
		failed = bench_drawing_write(drawing, path);
	}
	if (failed)
		bench_complain("%s: cannot be written: %s", path, strerror(-failed));
	p->drawn++;
}

static void write_row(const struct player *p, const char *what, uint32_t number, struct bench_box box, const char *verdict)
{
	fprintf(p->csv, "%s,%lu,%s,%u,%.0f,%.0f,%.0f,%.0f,%s\n", p->road->name, p->frame, what, number, box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0,
		verdict);
}

static void put_down(struct player *p)
{
	bool odd = false;

	for (size_t i = 0; i < p->count; i++)
		odd |= p->seen[i].counts && !p->seen[i].covered;
	for (unsigned int i = 0; i < p->result->movers; i++)
		odd |= p->invented[i];
	if (p->pictures && (double)p->frame >= p->from_s * RATE && p->drawn < PICTURES_MAX && (odd || p->frame % (PICTURE_S * RATE) == 0))
		draw(p);
	if (!p->csv)
		return;
	for (size_t i = 0; i < p->count; i++)
		if (p->seen[i].counts)
			write_row(p, "vehicle", p->seen[i].number, p->seen[i].box, p->seen[i].whole ? "whole" : p->seen[i].covered ? "covered" : "missed");
	for (unsigned int i = 0; i < p->result->movers; i++)
		write_row(p, "mover", i, mover_box(&p->result->mover[i]), p->invented[i] ? "invented" : "");
}

static int play(struct player *p, double seconds, struct bench_road_result *ret)
{
	unsigned long frames = (unsigned long)(seconds * RATE);

	while (p->frame < frames) {
		double begin = bench_ms(), rendered;
		int result = scene_live_next(p->live, p->luma);

		if (result)
			return result;
		rendered = bench_ms();
		p->result = qyran_detect_frame(p->detect, p->luma, WIDTH);
		ret->detect_ms += (bench_ms() - rendered) / (double)frames;
		ret->render_ms += (rendered - begin) / (double)frames;
		see(p);
		bench_judge_frame(p->judge, p->seen, p->count, p->result, p->invented);
		p->frame++;
		put_down(p);
		if (p->frame % RATE == 0)
			bench_progress("%s: %lu of %.0f s", p->road->name, p->frame / RATE, seconds);
	}
	bench_progress("%s", "");
	return 0;
}

int bench_road_measure(const struct bench_road *road, const struct qyran_formats *formats, double seconds, double gap_s, uint64_t seed, FILE *csv,
		       const char *pictures, double from_s, struct bench_road_result *ret)
{
	const struct scene_live_settings about = {
		.width = WIDTH, .height = HEIGHT, .rate = RATE, .gap_s = gap_s, .weather = road->weather, .glare = road->glare, .shake_px = road->shake_px,
		.wind = road->wind, .place = scene_find("lawful")->place, .formats = formats,
	};
	struct qyran_detect_settings settings = qyran_detect_settings_reset();
	struct bench_road_result measured = {.render_ms = 0};
	struct player *p = calloc(1, sizeof *p);
	int result = -ENOMEM;

	if (!p)
		return -ENOMEM;
	p->road = road;
	p->csv = csv;
	p->pictures = pictures;
	p->from_s = from_s;
	p->judge = bench_judge_new(WIDTH, HEIGHT, RATE);
	p->detect = qyran_detect_new();
	if (p->judge && p->detect)
		result = scene_live_new(&about, seed, &p->live);
	settings.width = WIDTH;
	settings.height = HEIGHT;
	settings.plates = false;
	if (!result)
		result = qyran_detect_set(p->detect, &settings);
	if (!result) {
		qyran_detect_reset(p->detect);
		result = play(p, seconds, &measured);
	}
	if (p->judge)
		measured.verdict = bench_judge_end(p->judge);
	qyran_detect_free(p->detect);
	scene_live_free(p->live);
	free(p);
	if (!result)
		*ret = measured;
	return result;
}
