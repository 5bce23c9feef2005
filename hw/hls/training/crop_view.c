/* SPDX-License-Identifier: Apache-2.0 */
#include "crop_view.h"

#include "crop_random.h"

#include <math.h>
#include <qyran/regs.h>

#define SIXTEENTHS(side) (QYRAN_PLATE_MARGIN_RESET >> QYRAN_PLATE_MARGIN_##side##_SHIFT & QYRAN_PLATE_MARGIN_##side##_MASK)
#define DEGREE (M_PI / 180)
#define TRIES 20
#define OUTSIDE 0.01			/* of the crop, which a serial may stick out */
#define LETTER_OUTSIDE 0.3		/* of a letter, which may rarely be cut off at an end */

static void spread(struct crop_box *box, double x, double y)
{
	box->x0 = fmin(box->x0, x);
	box->x1 = fmax(box->x1, x);
	box->y0 = fmin(box->y0, y);
	box->y1 = fmax(box->y1, y);
}

/* Upright box round what @of, millimetres, becomes. */
static struct crop_box box_of(const cairo_matrix_t *matrix, const struct crop_box *of)
{
	struct crop_box box = {1e9, 1e9, -1e9, -1e9};

	for (int i = 0; i < 4; i++) {
		double x = i & 1 ? of->x1 : of->x0, y = i & 2 ? of->y1 : of->y0;

		cairo_matrix_transform_point(matrix, &x, &y);
		spread(&box, x, y);
	}
	return box;
}

/*
 * How far the detector's box is off, measured on 436 candidates of real photos, in widths of the plate: three in four within a tenth, the
 * others take in the body beside it, one in twenty half a plate and more. Positive: into the plate.
 */
static double miss_side(uint64_t *random)
{
	if (chance(random, 0.78))
		return normal_within(random, 0.055, 0.12);
	return -mostly_low(random, 0.02, 0.8);
}

/* Above and below, in heights of the plate. */
static double miss_edge(uint64_t *random)
{
	return chance(random, 0.88) ? normal_within(random, 0.14, 0.33) : -mostly_low(random, 0.1, 0.9);
}

/* The cutter's rule (hw/model/cut.c). */
static struct crop_box cut_candidate(const struct crop_box *plate, uint64_t *random)
{
	double w = plate->x1 - plate->x0, h = plate->y1 - plate->y0;
	struct crop_box box = {plate->x0 + w * miss_side(random), plate->y0 + h * miss_edge(random), plate->x1 - w * miss_side(random),
			       plate->y1 - h * miss_edge(random)};
	double margin_x = (box.y1 - box.y0) * SIXTEENTHS(X) / 16 + 4, margin_y = (box.y1 - box.y0) * SIXTEENTHS(Y) / 16 + 4;

	box.x0 -= margin_x;
	box.x1 += margin_x;
	box.y0 -= margin_y;
	box.y1 += margin_y;
	return box;
}

static double least(double value, double low)
{
	return value < low ? low : value;
}

/*
 * The second look cuts 8 % of the ink's width and 30 % of its height around the ink, with its errors. Others cut round the plate, or nearer.
 */
static struct crop_box cut_tight(const struct crop_box *plate, const struct crop_box *ink, uint64_t *random)
{
	bool by_ink = chance(random, 0.7);
	struct crop_box box = by_ink ? *ink : *plate;
	double w = box.x1 - box.x0, h = box.y1 - box.y0, margin_x, margin_y;

	if (by_ink && chance(random, 0.6)) {
		margin_x = 0.08;
		margin_y = 0.3;
	} else if (by_ink) {
		margin_x = between(random, 0.02, 0.2);
		margin_y = between(random, 0.06, 0.45);
	} else {
		margin_x = between(random, -0.01, 0.2);
		margin_y = between(random, -0.02, 0.3);
	}
	box.x0 -= w * least(margin_x + normal_within(random, 0.035, 0.1), -0.02);
	box.x1 += w * least(margin_x + normal_within(random, 0.035, 0.1), -0.02);
	box.y0 -= h * least(margin_y + normal_within(random, 0.07, 0.2), -0.02);
	box.y1 += h * least(margin_y + normal_within(random, 0.07, 0.2), -0.02);
	return box;
}

static void tilt_make(struct crop_tilt *tilt, bool own_camera, uint64_t *random)
{
	tilt->tilt_x = normal_within(random, 0.06, own_camera ? 0.1 : 0.3);
	tilt->tilt_y = normal_within(random, 0.04, own_camera ? 0.08 : 0.15);
	tilt->zoom = 1 - (fabs(tilt->tilt_x) + fabs(tilt->tilt_y)) / 2;
}

static double turn_make(bool own_camera, bool tight, uint64_t *random)
{
	if (!own_camera && chance(random, tight ? 0.03 : 0.1))
		return between(random, -15, 15) * DEGREE;
	return normal_within(random, tight ? 1.3 : 2.5, 6) * DEGREE;
}

/* Shifts everything so that @box begins at 0, 0, and scales it by @scale. */
static void view_place(struct crop_view *view, const struct crop_box *box, double scale, double w_mm, double h_mm)
{
	const struct crop_box all = {0, 0, w_mm, h_mm};
	cairo_matrix_t place;

	cairo_matrix_init(&place, scale, 0, 0, scale, -box->x0 * scale, -box->y0 * scale);
	cairo_matrix_multiply(&view->plate, &view->plate, &place);
	view->width = (int)fmax(16, round((box->x1 - box->x0) * scale));
	view->height = (int)fmax(12, round((box->y1 - box->y0) * scale));
	view->box = box_of(&view->plate, &all);
}

static void view_try(struct crop_view *view, const struct crop_wish *wish, const struct qyran_format *format, const struct crop_box *ink,
		     uint64_t *random)
{
	bool own_camera = wish->light != CROP_ANY_LIGHT;
	bool tight = wish->cut == CROP_TIGHT || (wish->cut == CROP_ANY_CUT && !own_camera && chance(random, 0.47));
	double w = format->width_mm, h = format->height_mm, scale = wish->width_px / w, area;
	const struct crop_box all = {0, 0, w, h};
	struct crop_box box, plate_px, ink_px;
	cairo_matrix_t shear;

	if (!own_camera && chance(random, 0.02))
		view->tilt = (struct crop_tilt){.zoom = 1};
	else
		tilt_make(&view->tilt, own_camera, random);
	if (wish->width_px <= 0) /* narrow plates have fewer letters */
		scale = (chance(random, 0.65) ? exp(between(random, log(45), log(170))) : exp(between(random, log(100), log(500)))) / sqrt(520 * w);
	cairo_matrix_init_rotate(&view->plate, turn_make(own_camera, tight, random));
	cairo_matrix_init(&shear, 1, normal_within(random, 0.02, 0.05), tan(normal_within(random, own_camera ? 3 : 4.5, 12) * DEGREE), 1, 0, 0);
	cairo_matrix_multiply(&view->plate, &shear, &view->plate);
	cairo_matrix_scale(&view->plate, scale, scale * (own_camera ? between(random, 0.85, 1.02) : between(random, 0.72, 1.12)));
	plate_px = box_of(&view->plate, &all);
	ink_px = box_of(&view->plate, ink);
	box = tight ? cut_tight(&plate_px, &ink_px, random) : cut_candidate(&plate_px, random);
	area = (box.x1 - box.x0) * (box.y1 - box.y0);
	scale = 1;
	while (area * scale * scale > CROP_AREA_MAX - 2048 || (box.x1 - box.x0) * scale > CROP_W_MAX)
		scale /= 2;
	view_place(view, &box, scale, w, h);
}

void crop_view_see(const struct crop_view *view, double *x, double *y)
{
	cairo_matrix_transform_point(&view->plate, x, y);
	*x = (*x / view->width - 0.5) * view->tilt.zoom + 0.5;
	*y = (*y / view->height - 0.5) * view->tilt.zoom + 0.5;
	crop_tilt_see(&view->tilt, x, y);
}

static bool holds(const struct crop_view *view, const struct crop_box *ink, double outside)
{
	for (int i = 0; i < 4; i++) {
		double x = i & 1 ? ink->x1 : ink->x0, y = i & 2 ? ink->y1 : ink->y0;

		crop_view_see(view, &x, &y);
		if (x < -outside || x > 1 + outside || y < -OUTSIDE || y > 1 + OUTSIDE)
			return false;
	}
	return true;
}

void crop_view_make(struct crop_view *view, const struct crop_wish *wish, const struct qyran_format *format, const struct crop_box *ink,
		    double letter_mm, uint64_t *random)
{
	double outside = wish->light == CROP_ANY_LIGHT && chance(random, 0.06) ? LETTER_OUTSIDE : 0;
	struct crop_wish sure = *wish;
	int tries = 0;

	do {
		if (tries > TRIES / 2)
			sure.cut = CROP_CANDIDATE;
		view_try(view, &sure, format, ink, random);
		view->letter_px = letter_mm * hypot(view->plate.xx, view->plate.yx);
	} while (!holds(view, ink, fmax(OUTSIDE, outside * view->letter_px / view->width)) && tries++ < TRIES);
}

void crop_view_cut_off(struct crop_view *view, const struct crop_box *ink, uint64_t *random)
{
	struct crop_box cut = {0, 0, view->width, view->height}, ink_px = box_of(&view->plate, ink);
	double w = ink_px.x1 - ink_px.x0, h = ink_px.y1 - ink_px.y0;

	switch (below(random, 6)) {
	case 0:
		cut.y0 = ink_px.y0 + h * between(random, 0.35, 0.8);
		break;
	case 1:
		cut.y1 = ink_px.y0 + h * between(random, 0.2, 0.65);
		break;
	case 2:
	case 3:
		cut.x0 = ink_px.x0 + w * between(random, 0.16, 0.85);
		break;
	default:
		cut.x1 = ink_px.x0 + w * between(random, 0.15, 0.84);
		break;
	}
	view->tilt = (struct crop_tilt){.zoom = 1};
	view_place(view, &cut, 1, 1, 1);
}
