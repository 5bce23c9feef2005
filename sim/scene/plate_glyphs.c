/* SPDX-License-Identifier: Apache-2.0 */
#include "plate_glyphs.h"

#include "plate_alphabets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_MAX 24			/* of one line of a glyph */
#define SQUARE 0.15			/* lines that lean less than this are upright or level */
#define CURVE 0.5523			/* control points of a cubic that is near a quarter circle */

static const struct scene_alphabet *const tables[] = {scene_alphabets_europe, scene_alphabets_america, scene_alphabets_east};

struct point {
	double x, y;
	char kind;			/* L, R or C */
	double c[4];			/* control points of C */
};

struct line {
	struct point points[POINTS_MAX];
	int count;
};

static const struct scene_alphabet *alphabet_find(const char *name)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct scene_alphabet *at = tables[t]; at->name; at++)
			if (!strcmp(at->name, name))
				return at;
	return NULL;
}

const char *scene_glyph_font(size_t index)
{
	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
		for (const struct scene_alphabet *at = tables[t]; at->name; at++)
			if (!index--)
				return at->name;
	return NULL;
}

static const struct scene_glyph *glyph_find(const struct scene_alphabet *alphabet, char c)
{
	for (; alphabet; alphabet = alphabet->parent)
		for (const struct scene_glyph *at = alphabet->own; at && at->c; at++)
			if (at->c == c)
				return at;
	return NULL;
}

bool scene_glyph_known(const char *font, char c)
{
	return c && glyph_find(alphabet_find(font), c);
}

double scene_glyph_width(const char *font, char c)
{
	return glyph_find(alphabet_find(font), c)->width / 100.0;
}

/* The corner at @at, rounded by at most @rx across and @ry down and at most up to the middle of a line that ends in another such corner. */
static void round_corner(cairo_t *cairo, const struct point *before, const struct point *at, const struct point *after, double rx, double ry)
{
	double ax = before->x - at->x, ay = before->y - at->y, bx = after->x - at->x, by = after->y - at->y;
	double a = hypot(ax, ay), b = hypot(bx, by), da, db;

	if (a <= 0 || b <= 0) {
		cairo_line_to(cairo, at->x, at->y);
		return;
	}
	da = fmin((rx * fabs(ax) + ry * fabs(ay)) / a, before->kind == 'R' ? a / 2 : a) / a;
	db = fmin((rx * fabs(bx) + ry * fabs(by)) / b, after->kind == 'R' ? b / 2 : b) / b;
	cairo_line_to(cairo, at->x + ax * da, at->y + ay * da);
	cairo_curve_to(cairo, at->x + ax * da * (1 - CURVE), at->y + ay * da * (1 - CURVE), at->x + bx * db * (1 - CURVE), at->y + by * db * (1 - CURVE),
		       at->x + bx * db, at->y + by * db);
}

/* An open line's end at @at, coming from @from: straight ones reach half a stroke further, leaning ones until a corner touches the glyph's edge. */
static void extend(const struct point *from, struct point *at, double half, double top, double bottom)
{
	double dx = at->x - from->x, dy = at->y - from->y, length = hypot(dx, dy), further = 0;

	if (length <= 0)
		return;
	dx /= length;
	dy /= length;
	if (fabs(dx) < 0.03 || fabs(dy) < 0.03)
		further = half;
	else if (at->y <= top + 0.01 || at->y >= bottom - 0.01)
		further = half * (fabs(dy) > fabs(dx) ? (1 - fabs(dx)) / fabs(dy) : (1 - fabs(dy)) / fabs(dx));
	at->x += further * dx;
	at->y += further * dy;
}

static void extend_ends(struct line *line, double half, double top, double bottom)
{
	int last = line->count - 1;

	if (last < 1)
		return;
	if (line->points[1].kind != 'C')
		extend(&line->points[1], &line->points[0], half, top, bottom);
	if (line->points[last].kind != 'C')
		extend(&line->points[last - 1], &line->points[last], half, top, bottom);
}

/* Is the corner at @at made by one line across and one down? */
static bool is_square(const struct point *before, const struct point *at, const struct point *after)
{
	double ax = at->x - before->x, ay = at->y - before->y, bx = after->x - at->x, by = after->y - at->y;

	return after->kind != 'C' && at->kind == 'L' && ((fabs(ay) < SQUARE * fabs(ax) && fabs(bx) < SQUARE * fabs(by)) ||
							 (fabs(ax) < SQUARE * fabs(ay) && fabs(by) < SQUARE * fabs(bx)));
}

/* A square corner's outer edge is sharp, where every other join is round. */
static void square_corner(cairo_t *cairo, const struct point *at, double half)
{
	double x, y, length;

	cairo_get_current_point(cairo, &x, &y);
	length = hypot(at->x - x, at->y - y);
	if (length > 0)
		cairo_line_to(cairo, at->x + (at->x - x) * half / length, at->y + (at->y - y) * half / length);
	cairo_move_to(cairo, at->x, at->y);
}

static void line_end(cairo_t *cairo, struct line *line, bool closed, double rx, double ry, double half)
{
	int count = line->count;

	line->count = 0;
	if (!count)
		return;
	cairo_move_to(cairo, line->points[0].x, line->points[0].y);
	for (int i = 1; i < count; i++) {
		const struct point *at = &line->points[i];

		if (at->kind == 'C')
			cairo_curve_to(cairo, at->c[0], at->c[1], at->c[2], at->c[3], at->x, at->y);
		else if (at->kind == 'R' && (closed || i + 1 < count))
			round_corner(cairo, at - 1, at, i + 1 < count ? at + 1 : &line->points[0], rx, ry);
		else if (half > 0 && !closed && i + 1 < count && is_square(at - 1, at, at + 1))
			square_corner(cairo, at, half);
		else
			cairo_line_to(cairo, at->x, at->y);
	}
	if (closed)
		cairo_close_path(cairo);
}

void scene_glyph_draw_pen(cairo_t *cairo, const char *font, const struct scene_pen *pen, char c, double x, double y, double width, double height)
{
	const struct scene_alphabet *alphabet = alphabet_find(font);
	const struct scene_glyph *glyph = glyph_find(alphabet, c);
	double stroke = alphabet->stroke * height * (pen ? pen->thickness : 1), round = pen ? pen->roundness : 1;
	double ink = width * glyph->width / 100, sx, sy = (height - stroke) / 100, rx, ry;
	bool soft = alphabet->soft || (pen && pen->soft), flush = alphabet->parent && !soft;
	struct line line = {.count = 0};

	sx = fmax(ink - stroke, 0) / 100;
	rx = alphabet->round_x * round * 50 * sx;
	ry = alphabet->round_y * round * 50 * sx;
	x += (width - 100 * sx) / 2;
	y += stroke / 2;
	cairo_new_path(cairo);
	for (const char *at = glyph->path; *at;) {
		char command = *at++;
		int count = command == 'C' ? 6 : command == 'Z' ? 0 : 2;
		double p[6] = {0};

		for (int i = 0; i < count; i++) {
			char *end;

			p[i] = i % 2 ? y + sy * (double)strtol(at, &end, 10) : x + sx * (double)strtol(at, &end, 10);
			at = end;
		}
		if (command == 'M' && flush)
			extend_ends(&line, stroke / 2, y, y + 100 * sy);
		if (command == 'M' || command == 'Z')
			line_end(cairo, &line, command == 'Z', rx, ry, flush ? stroke / 2 : 0);
		if (command != 'Z' && line.count < POINTS_MAX)
			line.points[line.count++] = command == 'C' ? (struct point){p[4], p[5], 'C', {p[0], p[1], p[2], p[3]}}
								   : (struct point){p[0], p[1], command == 'R' ? 'R' : 'L', {0}};
	}
	if (flush)
		extend_ends(&line, stroke / 2, y, y + 100 * sy);
	line_end(cairo, &line, false, rx, ry, flush ? stroke / 2 : 0);
	cairo_set_line_width(cairo, stroke);
	cairo_set_line_cap(cairo, soft ? CAIRO_LINE_CAP_ROUND : flush ? CAIRO_LINE_CAP_BUTT : CAIRO_LINE_CAP_SQUARE);
	cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
	cairo_stroke(cairo);
}

void scene_glyph_draw(cairo_t *cairo, const char *font, char c, double x, double y, double width, double height)
{
	scene_glyph_draw_pen(cairo, font, NULL, c, x, y, width, height);
}
