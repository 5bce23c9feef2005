/* SPDX-License-Identifier: Apache-2.0 */
#include "view/overlay.h"
#include "view/overlay_road.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* On a monitor of 30 cm height a line is 11 mm high: capitals of 8 mm, 14 arc minutes at two metres; ISO 9241-303 asks for 10 at least, 20 to 22 for reading at length. */
#define LINES_OF_TEXT 26
/* TAI - UTC since 2017-01-01; no leap second has been announced since (IERS Bulletin C). */
#define TAI_MINUS_UTC_S 37

struct colour {
	double r, g, b;
};

static const struct colour white = { 1, 1, 1 }, cyan = { 0.2, 0.85, 1 }, yellow = { 1, 0.9, 0.2 }, green = { 0.25, 1, 0.35 }, amber = { 1, 0.65, 0.1 },
			   red = { 1, 0.25, 0.2 }, grey = { 0.7, 0.7, 0.7 };

struct overlay {
	const struct qyran_config *config;
	struct overlay_road *road;
};

/* One drawing. */
struct sheet {
	cairo_t *cairo;
	const struct pixels_place *place;
	double width, height, text;	/* of the display; height of a line of text, pixels */
	double scale_x, scale_y;	/* from the frame's pixels to the display's */
};

struct overlay *overlay_new(const struct qyran_config *config)
{
	struct overlay *overlay = calloc(1, sizeof(*overlay));

	if (!overlay)
		return NULL;
	overlay->config = config;
	if (config && config->road.point_count > 0)
		overlay->road = overlay_road_new(config);
	return overlay;
}

void overlay_free(struct overlay *overlay)
{
	if (!overlay)
		return;
	overlay_road_free(overlay->road);
	free(overlay);
}

static void use(const struct sheet *sheet, struct colour colour, double alpha)
{
	cairo_set_source_rgba(sheet->cairo, colour.r, colour.g, colour.b, alpha);
}

static double at_x(const struct sheet *sheet, double x)
{
	return sheet->place->x + x * sheet->scale_x;
}

static double at_y(const struct sheet *sheet, double y)
{
	return sheet->place->y + y * sheet->scale_y;
}

static void draw_box(const struct sheet *sheet, const struct qyran_box *box, double thick)
{
	cairo_rectangle(sheet->cairo, at_x(sheet, box->x), at_y(sheet, box->y), box->width * sheet->scale_x, box->height * sheet->scale_y);
	cairo_set_line_width(sheet->cairo, thick * sheet->text / 12);
	cairo_stroke(sheet->cairo);
}

/* Text on a dark ground, kept inside the display. @x, @y: the upper left corner. Returns its width. */
static double draw_text(const struct sheet *sheet, double x, double y, double size, struct colour colour, const char *text)
{
	cairo_text_extents_t extents;
	double pad = size * 0.2, width;

	cairo_set_font_size(sheet->cairo, size);
	cairo_text_extents(sheet->cairo, text, &extents);
	width = extents.x_advance + 2 * pad;
	x = fmax(0, fmin(x, sheet->width - width));
	y = fmax(0, fmin(y, sheet->height - size * 1.25));
	cairo_set_source_rgba(sheet->cairo, 0, 0, 0, 0.6);
	cairo_rectangle(sheet->cairo, x, y, width, size * 1.25);
	cairo_fill(sheet->cairo);
	use(sheet, colour, 1);
	cairo_move_to(sheet->cairo, x + pad, y + size);
	cairo_show_text(sheet->cairo, text);
	return width;
}

static struct colour track_colour(const struct qyran_view_track *track)
{
	if (track->flags & QYRAN_VIEW_TRACK_DECIDED)
		return red;
	if (track->flags & QYRAN_VIEW_TRACK_SUSPICIOUS)
		return amber;
	return track->flags & QYRAN_VIEW_TRACK_VEHICLE ? green : grey;
}

static void draw_track(const struct sheet *sheet, const struct qyran_view_track *track)
{
	struct colour colour = track_colour(track);
	char reading[64] = "", speed[48] = "";
	double top = at_y(sheet, track->box.y);

	use(sheet, colour, 1);
	draw_box(sheet, &track->box, 2);
	for (int i = 0; i < track->trail_count; i++)
		cairo_line_to(sheet->cairo, at_x(sheet, track->trail[i].x), at_y(sheet, track->trail[i].y));
	cairo_set_line_width(sheet->cairo, sheet->text / 6);
	cairo_stroke(sheet->cairo);
	if (track->confidence)
		snprintf(reading, sizeof(reading), "%s%s %u%%", track->text, track->flags & QYRAN_VIEW_TRACK_SURE ? "" : "?", track->confidence / 10u);
	if (track->flags & QYRAN_VIEW_TRACK_SPEED)
		snprintf(speed, sizeof(speed), "%.0f \302\261%.1f km/h", abs(track->speed_cmh) / 100.0, track->speed_u95_cmh / 100.0);
	top = fmax(top, sheet->text * 1.25 * (1 + (*speed != '\0') + (*reading != '\0'))); /* below the first line */
	if (*speed)
		draw_text(sheet, at_x(sheet, track->box.x), top -= sheet->text * 1.25, sheet->text, colour, speed);
	if (*reading)
		draw_text(sheet, at_x(sheet, track->box.x), top - sheet->text * 1.25, sheet->text, colour, reading);
}

static void draw_found(const struct sheet *sheet, const struct qyran_view_state *state)
{
	for (uint32_t i = 0; i < state->mover_count; i++) {
		use(sheet, cyan, 0.8);
		draw_box(sheet, &state->movers[i].box, 0.7);
	}
	for (uint32_t i = 0; i < state->region_count; i++) {
		char score[16];

		use(sheet, yellow, 0.8);
		draw_box(sheet, &state->regions[i].box, 0.7);
		snprintf(score, sizeof(score), "%u", state->regions[i].score);
		draw_text(sheet, at_x(sheet, state->regions[i].box.x + state->regions[i].box.width), at_y(sheet, state->regions[i].box.y),
			  sheet->text * 0.6, yellow, score);
	}
	for (uint32_t i = 0; i < state->track_count; i++)
		draw_track(sheet, &state->tracks[i]);
}

static void draw_masks(const struct sheet *sheet, const struct qyran_config *config)
{
	for (size_t i = 0; i < config->mask_count; i++) {
		const struct qyran_box *mask = &config->masks[i];

		use(sheet, grey, 0.9);
		draw_box(sheet, mask, 1);
		draw_text(sheet, at_x(sheet, mask->x), at_y(sheet, mask->y), sheet->text * 0.6, grey, "mask");
	}
}

static void draw_road(const struct sheet *sheet, const struct overlay *overlay)
{
	static const struct colour colours[] = { [ROAD_LANE] = { 0.6, 0.6, 1 }, [ROAD_STOP] = { 1, 1, 1 }, [ROAD_FAR] = { 0.8, 0.8, 0.8 }, [ROAD_ZONE] = { 1, 0.65, 0.1 } };

	cairo_save(sheet->cairo);
	cairo_rectangle(sheet->cairo, sheet->place->x, sheet->place->y, sheet->place->width, sheet->place->height);
	cairo_clip(sheet->cairo);
	for (size_t i = 0; i < overlay_road_count(overlay->road); i++) {
		const struct road_line *line = overlay_road_at(overlay->road, i);

		for (size_t p = 0; p < line->count; p++)
			cairo_line_to(sheet->cairo, at_x(sheet, line->points[p].x), at_y(sheet, line->points[p].y));
		use(sheet, colours[line->kind], 0.7);
		cairo_set_line_width(sheet->cairo, line->kind == ROAD_STOP ? sheet->text / 5 : sheet->text / 12);
		cairo_stroke(sheet->cairo);
	}
	cairo_restore(sheet->cairo);
}

/* A lamp for each pin that a rule looks at. */
static void draw_lights(const struct sheet *sheet, const struct qyran_config *config, const struct qyran_view_state *state)
{
	uint32_t looked_at = 0;
	double x = sheet->width - sheet->text * 1.2;

	if (config->rules.on[QYRAN_RULE_RED_LIGHT])
		looked_at |= 1u << config->rules.red_light.pin;
	if (config->rules.on[QYRAN_RULE_STOP_LINE])
		looked_at |= 1u << config->rules.stop_line.pin;
	for (uint32_t pin = 0; pin < QYRAN_PINS; pin++) {
		bool known = pin < state->pin_count, is_red = state->pins >> pin & 1;
		char name[32];

		if (!(looked_at >> pin & 1))
			continue;
		cairo_arc(sheet->cairo, x, sheet->text * 3.2, sheet->text * 0.8, 0, 2 * M_PI);
		use(sheet, !known ? grey : is_red ? red : green, 1);
		cairo_fill(sheet->cairo);
		snprintf(name, sizeof(name), "pin %u %s", pin, !known ? "not connected" : is_red ? "red" : "not red");
		draw_text(sheet, x - sheet->text * 8, sheet->text * 4.2, sheet->text * 0.7, white, name);
		x -= sheet->text * 2.2;
	}
}

static void tell_time(const struct qyran_view_state *state, char *text, size_t size)
{
	time_t seconds = (time_t)(state->time_ns / 1000000000) - TAI_MINUS_UTC_S;
	struct tm utc;
	char date[32] = "?";

	if (gmtime_r(&seconds, &utc))
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &utc);
	snprintf(text, size, "%s.%03u UTC  %s", date, (unsigned)(state->time_ns / 1000000 % 1000),
		 state->frame_flags & QYRAN_FRAME_UNSYNCED ? "clock free-running" : "clock follows its reference");
}

static void draw_status(const struct sheet *sheet, const struct overlay *overlay, const struct qyran_view_state *state,
			const struct overlay_status *status)
{
	char line[256], shown[32] = "";
	double small = sheet->text * 0.75, x;
	bool unsynced = state->frame_flags & QYRAN_FRAME_UNSYNCED;
	int used;

	tell_time(state, line, sizeof(line));
	x = overlay->config ? draw_text(sheet, 0, 0, sheet->text, white, overlay->config->camera.id) : 0;
	draw_text(sheet, x, 0, sheet->text, unsynced ? amber : white, line);

	if (status->shown_mhz)
		snprintf(shown, sizeof(shown), "shown %.1f/s ", status->shown_mhz / 1e3);
	snprintf(line, sizeof(line), "%.1f frames/s  %s(%s)  frame %" PRIu64 "  lost %" PRIu64 "  unread %" PRIu64, state->rate_mhz / 1e3, shown, status->source,
		 state->number, state->dropped, state->skipped);
	draw_text(sheet, 0, sheet->height - small * 2.5, small, state->dropped ? amber : white, line);
	used = snprintf(line, sizeof(line), "movers %u  plates %u  outbox %" PRIu64 " of %" PRIu64 "  %s", state->mover_count, state->region_count, state->waiting,
			state->sealed, state->publisher);
	if (state->temperature_mc != QYRAN_VIEW_UNKNOWN && used > 0 && (size_t)used < sizeof(line))
		snprintf(line + used, sizeof(line) - (size_t)used, "  %.0f \302\260C", state->temperature_mc / 1e3);
	draw_text(sheet, 0, sheet->height - small * 1.25, small, white, line);
	if (state->frame_flags & QYRAN_FRAME_DAMAGED)
		draw_text(sheet, sheet->width / 3, sheet->height / 2, sheet->text, red, "damaged frame: lines are missing");
}

void overlay_draw(struct overlay *overlay, cairo_t *cairo, uint32_t display_width, uint32_t display_height, const struct pixels_place *place,
		  const struct qyran_view_state *state, const struct overlay_status *status)
{
	struct sheet sheet = { .cairo = cairo, .place = place, .width = display_width, .height = display_height };

	sheet.text = sheet.height / LINES_OF_TEXT;
	cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
	if (state && state->width && state->height) {
		sheet.scale_x = (double)place->width / state->width;
		sheet.scale_y = (double)place->height / state->height;
		if (overlay->road)
			draw_road(&sheet, overlay);
		if (overlay->config)
			draw_masks(&sheet, overlay->config);
		draw_found(&sheet, state);
		if (overlay->config)
			draw_lights(&sheet, overlay->config, state);
		draw_status(&sheet, overlay, state, status);
	}
	if (*status->fault)
		draw_text(&sheet, sheet.text, sheet.height / 2, sheet.text, amber, status->fault);
}
