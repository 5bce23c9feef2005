/* SPDX-License-Identifier: Apache-2.0 */
/* How long a composed picture takes, beside a plain copy of the frame. */
#include "view/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WIDTH 1920u
#define HEIGHT 1080u
#define TRACKS 6u
#define ROUNDS 15
#define RATE 60

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *of)
{
	qsort(of, ROUNDS, sizeof(*of), by_size);
	return of[ROUNDS / 2];
}

/* A busy frame: six vehicles with plates, speeds and trails, eight candidates, ten movers. */
static void fill(struct qyran_view_state *state)
{
	*state = (struct qyran_view_state){ .magic = QYRAN_VIEW_MAGIC, .version = QYRAN_VIEW_VERSION, .width = WIDTH, .height = HEIGHT, .mover_count = 10,
					    .region_count = 8, .track_count = TRACKS, .temperature_mc = 48000, .publisher = "connected" };
	for (uint16_t i = 0; i < 10; i++)
		state->movers[i].box = (struct qyran_box){ (uint16_t)(100 + 170 * i), (uint16_t)(90 * i), 200, 150 };
	for (uint16_t i = 0; i < 8; i++)
		state->regions[i].box = (struct qyran_box){ (uint16_t)(120 + 200 * i), (uint16_t)(100 + 90 * i), 120, 30 };
	for (uint16_t i = 0; i < TRACKS; i++) {
		struct qyran_view_track *track = &state->tracks[i];

		*track = (struct qyran_view_track){ .box = { (uint16_t)(100 + 280 * i), (uint16_t)(200 + 100 * i), 240, 200 }, .flags = QYRAN_VIEW_TRACK_VEHICLE |
						    QYRAN_VIEW_TRACK_SPEED | QYRAN_VIEW_TRACK_SURE, .speed_cmh = 6400, .speed_u95_cmh = 120, .confidence = 980,
						    .text = "123ABC02", .trail_count = QYRAN_VIEW_TRAIL };
		for (uint16_t p = 0; p < QYRAN_VIEW_TRAIL; p++) {
			track->trail[p].x = (int16_t)(200 + 280 * i);
			track->trail[p].y = (int16_t)(100 + 10 * p);
		}
	}
}

int main(void)
{
	static struct qyran_view_state state;
	struct overlay_status status = { .fault = "", .source = "dma-buf" };
	struct compose *compose = compose_new(NULL);
	struct pixels *pixels = pixels_new();
	struct pixels_place place = pixels_fit(WIDTH, HEIGHT, WIDTH, HEIGHT);
	uint8_t *from = malloc(WIDTH * HEIGHT * 2), *copy = malloc(WIDTH * HEIGHT * 2), *to = malloc(WIDTH * HEIGHT * 4);
	double copies[ROUNDS], converts[ROUNDS], overlays[ROUNDS], plain, convert, overlay;

	if (!compose || !pixels || !from || !copy || !to)
		return 1;
	for (size_t i = 0; i < WIDTH * HEIGHT * 2; i++)
		from[i] = (uint8_t)(i * 2654435761u >> 13);
	memset(copy, 1, WIDTH * HEIGHT * 2);
	memset(to, 1, WIDTH * HEIGHT * 4);
	fill(&state);
	for (int round = 0; round < ROUNDS; round++) {
		cairo_surface_t *surface = cairo_image_surface_create_for_data(to, CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT, WIDTH * 4);
		cairo_t *cairo = cairo_create(surface);
		double begun = now_ms(), next;

		memcpy(copy, from, WIDTH * HEIGHT * 2);
		next = now_ms();
		copies[round] = next - begun;
		if (pixels_convert(pixels, from, WIDTH, HEIGHT, WIDTH * 2, to, WIDTH * 4, &place) < 0)
			return 1;
		begun = now_ms();
		converts[round] = begun - next;
		overlay_draw(compose_overlay(compose), cairo, WIDTH, HEIGHT, &place, &state, &status);
		cairo_surface_flush(surface);
		overlays[round] = now_ms() - begun;
		cairo_destroy(cairo);
		cairo_surface_destroy(surface);
	}
	plain = median(copies);
	convert = median(converts);
	overlay = median(overlays);
	printf("%ux%u, one thread, median of %d: ms a picture\n", WIDTH, HEIGHT, ROUNDS);
	printf("  copy of the frame as it is   %6.2f\n  convert to XRGB8888          %6.2f  (%.1f copies)\n  draw over it                 %6.2f  (%.1f copies)\n", plain,
	       convert, convert / plain, overlay, overlay / plain);
	printf("view convert_ms=%.2f overlay_ms=%.2f copy_ms=%.2f core_share_at_%d=%.2f\n", convert, overlay, plain, RATE, (convert + overlay) * RATE / 1000);
	free(from);
	free(copy);
	free(to);
	pixels_free(pixels);
	compose_free(compose);
	return 0;
}
