/* SPDX-License-Identifier: Apache-2.0 */
#include "vehicle.h"
#include "plate.h"

#include <math.h>

#define PLATE_PROUD .03		/* metres before the bodywork */
#define FACE_MAX 20

/* Side view of a body, metres from its front end and above the road; for a middle length and height, scaled to the vehicle's. */
struct profile {
	double length, height;
	double nose, belt, tail;		/* heights: front edge of the bonnet, foot of the windows, rear edge */
	double screen, roof_front, roof_rear, window;	/* foot and head of the windscreen, of the rear window */
	double roof_width;			/* of the body's width */
	double corner_across, corner_along;	/* how far the corners are cut */
	double axle_front, axle_rear, wheel;	/* wheel: radius */
};

static const struct profile profiles[SCENE_BODIES] = {
	[SCENE_SEDAN] = { 4.6, 1.45, .74, .94, .98, 1.15, 1.95, 3.35, 4.00, .76, .28, .42, .85, 3.55, .32 },
	[SCENE_HATCHBACK] = { 4.1, 1.50, .78, .96, 1.00, .98, 1.70, 3.45, 4.00, .77, .26, .38, .80, 3.30, .31 },
	[SCENE_SUV] = { 4.6, 1.70, .92, 1.08, 1.08, 1.15, 1.80, 4.10, 4.48, .80, .24, .36, .85, 3.60, .36 },
	[SCENE_VAN] = { 5.2, 2.00, 1.00, 1.14, 1.10, .78, 1.55, 5.00, 5.12, .86, .22, .34, .90, 4.10, .34 },
	[SCENE_BUS] = { 10.6, 3.00, 1.00, 1.05, 1.05, .06, .16, 10.45, 10.54, .96, .14, .16, 2.60, 8.20, .48 },
};

static const struct scene_colour rubber = { .035, .035, .04 }, glass = { .13, .16, .19 }, black = { .05, .05, .055 };

struct sculptor {
	const struct scene_canvas *canvas;
	const struct scene_vehicle *vehicle;
	struct profile p;	/* scaled */
	double front_y;		/* world */
	double half;		/* width */
};

/* Vehicle's own: x to its right, y forward from its front end. */
static struct scene_point world(const struct sculptor *s, struct scene_point own)
{
	double turn = s->vehicle->toward ? -1 : 1;

	return (struct scene_point){ s->vehicle->x + turn * own.x, s->front_y + turn * own.y, own.z };
}

static void face(const struct sculptor *s, const struct scene_point *own, size_t count, struct scene_colour paint, double sheen)
{
	struct scene_point at[FACE_MAX];

	for (size_t i = 0; i < count; i++)
		at[i] = world(s, own[i]);
	scene_fill(s->canvas, at, count, paint, sheen);
}

/* A face of the right side, and its mirror image. */
static void pair(const struct sculptor *s, const struct scene_point *own, size_t count, struct scene_colour paint, double sheen)
{
	struct scene_point left[FACE_MAX];

	face(s, own, count, paint, sheen);
	for (size_t i = 0; i < count; i++) {
		left[i] = own[count - 1 - i];
		left[i].x = -left[i].x;
	}
	face(s, left, count, paint, sheen);
}

/* An upright rectangle at the front or the rear end; one that does not begin left of the middle has a mirror image. */
static void panel(const struct sculptor *s, bool rear, double x0, double x1, double low, double high, struct scene_colour paint, double sheen)
{
	double y = rear ? -s->p.length - .005 : .005;
	struct scene_point front[4] = { { x1, y, low }, { x0, y, low }, { x0, y, high }, { x1, y, high } };

	if (rear) {
		struct scene_point back[4] = { front[3], front[2], front[1], front[0] };
		if (x0 < 0)
			face(s, back, 4, paint, sheen);
		else
			pair(s, back, 4, paint, sheen);
	} else if (x0 < 0) {
		face(s, front, 4, paint, sheen);
	} else {
		pair(s, front, 4, paint, sheen);
	}
}

static void disc(const struct sculptor *s, double y, double radius, double out, struct scene_colour paint)
{
	struct scene_point rim[16];

	for (int i = 0; i < 16; i++)
		rim[i] = (struct scene_point){ s->half + out, y + radius * cos(i * M_PI / 8), s->p.wheel + radius * sin(i * M_PI / 8) };
	pair(s, rim, 16, paint, 0);
}

static int by_x(const struct scene_point *a, const struct scene_point *b)
{
	return a->x < b->x || (a->x == b->x && a->y < b->y);
}

static double turn_of(struct scene_point a, struct scene_point b, struct scene_point c)
{
	return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/* Convex hull on the ground (Andrew's monotone chain); @ret has room for 2 * @count. */
static size_t hull(struct scene_point *points, size_t count, struct scene_point *ret)
{
	size_t n = 0;

	for (size_t i = 1; i < count; i++)
		for (size_t j = i; j > 0 && by_x(&points[j], &points[j - 1]); j--) {
			struct scene_point swap = points[j];
			points[j] = points[j - 1];
			points[j - 1] = swap;
		}
	for (size_t i = 0; i < count; i++) {
		while (n >= 2 && turn_of(ret[n - 2], ret[n - 1], points[i]) <= 0)
			n--;
		ret[n++] = points[i];
	}
	for (size_t i = count - 1, low = n + 1; i-- > 0;) {
		while (n >= low && turn_of(ret[n - 2], ret[n - 1], points[i]) <= 0)
			n--;
		ret[n++] = points[i];
	}
	return n - 1;
}

static void shadow(const struct sculptor *s, double grow, bool sun, double strength)
{
	const struct profile *p = &s->p;
	const double outline[6][3] = {	/* half width's part, y, height */
		{ .95, 0, p->nose }, { .98, -p->length, p->tail }, { .98, -p->screen, p->belt },
		{ p->roof_width, -p->roof_front, p->height }, { p->roof_width, -p->roof_rear, p->height }, { .9, -p->length, .3 },
	};
	struct scene_point points[24], rim[48];
	size_t count = 0;

	for (int i = 0; i < 6; i++)
		for (int side = -1; side <= 1; side += 2) {
			double x = side * (s->half * outline[i][0] + grow), y = outline[i][1] + (outline[i][1] < -p->length / 2 ? -grow : grow);
			struct scene_point foot = world(s, (struct scene_point){ x, y, 0 });
			const struct scene_light *light = s->canvas->light;

			points[count++] = foot;
			if (sun)
				points[count++] = (struct scene_point){ foot.x - light->to_sun.x / light->to_sun.z * outline[i][2],
									foot.y - light->to_sun.y / light->to_sun.z * outline[i][2], 0 };
		}
	count = hull(points, count, rim);
	if (scene_path(s->canvas, rim, count)) {
		cairo_set_source_rgba(s->canvas->cairo, 0, 0, .01, strength);
		cairo_fill(s->canvas->cairo);
	}
}

static void wheels(const struct sculptor *s)
{
	const double axles[2] = { -s->p.axle_front, -s->p.axle_rear };
	double r = s->p.wheel, in = s->half - .22, out = s->half - .02;

	for (int i = 0; i < 2; i++) {
		/* What is seen of the tyres below the bumpers. */
		struct scene_point ahead[4] = { { out, axles[i] + r * .8, 0 }, { in, axles[i] + r * .8, 0 }, { in, axles[i] + r, r }, { out, axles[i] + r, r } };
		struct scene_point behind[4] = { { in, axles[i] - r * .8, 0 }, { out, axles[i] - r * .8, 0 }, { out, axles[i] - r, r }, { in, axles[i] - r, r } };

		pair(s, ahead, 4, rubber, 0);
		pair(s, behind, 4, rubber, 0);
	}
}

static void body(const struct sculptor *s, struct scene_colour paint)
{
	const struct profile *p = &s->p;
	const double foot = .20, w = s->half, narrow = w - p->corner_across, end = p->length;
	const double shoulder = p->nose + (p->belt - p->nose) * p->corner_along / fmax(p->screen, p->corner_along);
	const struct scene_point side[] = {
		{ w, -end + p->corner_along, foot }, { w, -p->corner_along, foot }, { w, -p->corner_along, shoulder }, { w, -p->screen - .05, p->belt },
		{ w, -end + p->corner_along, p->belt > p->tail ? p->tail : p->belt },
	};
	const struct scene_point front_corner[] = { { w, -p->corner_along, foot }, { narrow, 0, foot }, { narrow, 0, p->nose }, { w, -p->corner_along, shoulder } };
	const struct scene_point rear_corner[] = { { narrow, -end, foot }, { w, -end + p->corner_along, foot }, { w, -end + p->corner_along, p->tail }, { narrow, -end, p->tail } };
	const struct scene_point front[] = { { narrow, 0, foot }, { -narrow, 0, foot }, { -narrow, 0, p->nose }, { narrow, 0, p->nose } };
	const struct scene_point rear[] = { { -narrow, -end, foot }, { narrow, -end, foot }, { narrow, -end, p->tail }, { -narrow, -end, p->tail } };
	const struct scene_point bonnet[] = { { narrow, 0, p->nose }, { -narrow, 0, p->nose }, { -w, -p->corner_along, shoulder }, { -w, -p->screen - .05, p->belt },
		{ w, -p->screen - .05, p->belt }, { w, -p->corner_along, shoulder } };
	const struct scene_point deck[] = { { w, -p->screen, p->belt }, { -w, -p->screen, p->belt }, { -w, -end + p->corner_along, p->tail },
		{ -narrow, -end, p->tail }, { narrow, -end, p->tail }, { w, -end + p->corner_along, p->tail } };

	pair(s, side, 5, paint, .10);
	disc(s, -p->axle_front, p->wheel * 1.12, .004, black);
	disc(s, -p->axle_rear, p->wheel * 1.12, .004, black);
	disc(s, -p->axle_front, p->wheel, .008, rubber);
	disc(s, -p->axle_rear, p->wheel, .008, rubber);
	disc(s, -p->axle_front, p->wheel * .62, .012, (struct scene_colour){ .5, .5, .52 });
	disc(s, -p->axle_rear, p->wheel * .62, .012, (struct scene_colour){ .5, .5, .52 });
	pair(s, front_corner, 4, paint, .10);
	pair(s, rear_corner, 4, paint, .10);
	face(s, front, 4, paint, .10);
	face(s, rear, 4, paint, .10);
	face(s, deck, 6, paint, .06);
	face(s, bonnet, 6, paint, .10);
	if (s->vehicle->body == SCENE_BUS)
		return;
	/* Creases of the bonnet. */
	const struct scene_point crease[] = { { w * .52, -.06, p->nose + .012 }, { w * .49, -.06, p->nose + .012 }, { w * .60, -p->screen, p->belt + .012 }, { w * .63, -p->screen, p->belt + .012 } };
	pair(s, crease, 4, (struct scene_colour){ paint.r * .86, paint.g * .86, paint.b * .86 }, 0);
}

/* A quadrilateral within another: its corners moved toward the middle by a part of the sides. */
static void inset(const struct scene_point outer[4], double across, double low, double high, struct scene_point ret[4])
{
	/* outer: lower left, lower right, upper right, upper left as seen. */
	const double u[4] = { across, 1 - across, 1 - across, across }, v[4] = { low, low, 1 - high, 1 - high };

	for (int i = 0; i < 4; i++) {
		double a = (1 - u[i]) * (1 - v[i]), b = u[i] * (1 - v[i]), c = u[i] * v[i], d = (1 - u[i]) * v[i];

		ret[i] = (struct scene_point){
			a * outer[0].x + b * outer[1].x + c * outer[2].x + d * outer[3].x,
			a * outer[0].y + b * outer[1].y + c * outer[2].y + d * outer[3].y,
			a * outer[0].z + b * outer[1].z + c * outer[2].z + d * outer[3].z,
		};
	}
}

static void cabin(const struct sculptor *s, struct scene_colour paint)
{
	const struct profile *p = &s->p;
	const double w = s->half * .97, r = s->half * p->roof_width;
	const struct scene_point windscreen[4] = { { w, -p->screen, p->belt }, { -w, -p->screen, p->belt }, { -r, -p->roof_front, p->height }, { r, -p->roof_front, p->height } };
	const struct scene_point window[4] = { { -w, -p->window, p->tail - .02 }, { w, -p->window, p->tail - .02 }, { r, -p->roof_rear, p->height }, { -r, -p->roof_rear, p->height } };
	const struct scene_point side[4] = { { w, -p->window, p->belt }, { w, -p->screen, p->belt }, { r, -p->roof_front, p->height }, { r, -p->roof_rear, p->height } };
	const struct scene_point roof[4] = { { r, -p->roof_front, p->height }, { -r, -p->roof_front, p->height }, { -r, -p->roof_rear, p->height }, { r, -p->roof_rear, p->height } };
	struct scene_point pane[4];
	double windows = s->vehicle->body == SCENE_VAN ? .30 : 1;	/* a van for goods has windows in front only */

	pair(s, side, 4, paint, .08);
	for (int i = 0; i < 3; i++) {
		const double from[3] = { .05, .36, .68 }, to[3] = { .33, .65, .93 };
		double a = 1 - (1 - from[i]) * windows, b = 1 - (1 - to[i]) * windows;
		struct scene_point part[4];

		if (windows < 1 && i != 0)
			continue;
		if (windows < 1)
			b = .97;
		for (int k = 0; k < 4; k++) {
			double t = k == 0 || k == 3 ? a : b;
			const struct scene_point *rear = k < 2 ? &side[0] : &side[3], *front = k < 2 ? &side[1] : &side[2];

			part[k] = (struct scene_point){ rear->x + t * (front->x - rear->x) + .004, rear->y + t * (front->y - rear->y), rear->z + t * (front->z - rear->z) };
		}
		inset(part, .02, .06, .14, pane);
		pair(s, pane, 4, glass, .30);
	}
	face(s, windscreen, 4, paint, .05);
	inset(windscreen, .05, .03, .05, pane);
	face(s, pane, 4, glass, .45);
	face(s, window, 4, paint, .05);
	if (windows == 1) {
		inset(window, .07, .08, .08, pane);
		face(s, pane, 4, glass, .40);
	}
	face(s, roof, 4, paint, .05);
	if (s->vehicle->body == SCENE_BUS) {
		double h = p->height + .01;
		const struct scene_point cooler[4] = { { r * .6, -3, h }, { -r * .6, -3, h }, { -r * .6, -5.2, h }, { r * .6, -5.2, h } };
		const struct scene_point hatch[4] = { { r * .3, -7.2, h }, { -r * .3, -7.2, h }, { -r * .3, -8, h }, { r * .3, -8, h } };

		face(s, cooler, 4, (struct scene_colour){ .72, .73, .74 }, .06);
		face(s, hatch, 4, (struct scene_colour){ .60, .61, .62 }, 0);
		return;
	}
	double z = p->belt + .04, y = -p->screen - .28;
	const struct scene_point mirror[4] = { { w + .20, y, z }, { w - .02, y, z }, { w - .02, y, z + .14 }, { w + .20, y, z + .14 } };
	const struct scene_point mirror_top[4] = { { w + .20, y, z + .14 }, { w - .02, y, z + .14 }, { w - .02, y - .1, z + .14 }, { w + .20, y - .1, z + .14 } };
	pair(s, mirror, 4, paint, 0);
	pair(s, mirror_top, 4, paint, 0);
}

static void front_end(const struct sculptor *s, struct scene_colour paint)
{
	const struct profile *p = &s->p;
	const double narrow = s->half - p->corner_across, w = s->half;
	const double lamp_low = p->nose - .20, lamp_high = p->nose - .06;
	const struct scene_colour lamp = { .80, .82, .84 };
	/* Over the cut corner. */
	const struct scene_point wing[4] = { { w - .03, -p->corner_along + .04, lamp_low + .05 }, { narrow + .004, .006, lamp_low }, { narrow + .004, .006, lamp_high }, { w - .03, -p->corner_along + .04, lamp_high + .05 } };

	panel(s, false, -narrow, narrow, .20, .28, black, 0);
	panel(s, false, -narrow * .72, narrow * .72, .34, .44, black, 0);
	if (s->vehicle->body != SCENE_BUS) {
		panel(s, false, -narrow * .55, narrow * .55, lamp_low, lamp_high + .02, black, .2);
		for (int i = 0; i < 3; i++)
			panel(s, false, -narrow * .52, narrow * .52, lamp_low + .03 + .045 * i, lamp_low + .042 + .045 * i, (struct scene_colour){ .33, .34, .35 }, 0);
	} else {	/* the destination, as points of light */
		panel(s, false, -narrow * .8, narrow * .8, 2.58, 2.86, black, 0);
		for (int i = 0; i < 4; i++)
			panel(s, false, .03 + .12 * i, .09 + .12 * i, 2.65, 2.79, (struct scene_colour){ 1, .62, .10 }, 0);
	}
	panel(s, false, narrow * .60, narrow, lamp_low, lamp_high, lamp, .15);
	pair(s, wing, 4, lamp, .15);
	panel(s, false, narrow * .80, narrow * .94, .36, .43, (struct scene_colour){ paint.r * .5, paint.g * .5, paint.b * .5 }, 0);
}

static void rear_end(const struct sculptor *s, struct scene_colour paint, bool braking)
{
	const struct profile *p = &s->p;
	const double narrow = s->half - p->corner_across, w = s->half, end = p->length;
	const double low = p->tail - .26, high = p->tail - .08;
	struct scene_colour lamp = { .50, .05, .05 };
	const struct scene_point wing[4] = { { narrow + .004, -end - .006, low }, { w - .03, -end + p->corner_along - .06, low + .03 }, { w - .03, -end + p->corner_along - .06, high + .03 }, { narrow + .004, -end - .006, high } };

	if (braking)
		lamp = (struct scene_colour){ .98, .12, .10 };
	panel(s, true, -narrow, narrow, .20, .30, black, 0);
	panel(s, true, -narrow, narrow, .42, .44, (struct scene_colour){ paint.r * .6, paint.g * .6, paint.b * .6 }, 0);
	panel(s, true, narrow * .62, narrow, low, high, lamp, .12);
	pair(s, wing, 4, lamp, .12);
	if (s->vehicle->body == SCENE_BUS || s->vehicle->body == SCENE_VAN)
		panel(s, true, narrow * .92, narrow, 1.5, s->p.height - .2, lamp, 0);
	if (s->vehicle->body == SCENE_BUS)
		panel(s, true, -narrow * .8, narrow * .8, 1.25, 1.65, (struct scene_colour){ .16, .17, .17 }, .1);
	if (s->vehicle->body == SCENE_VAN)
		panel(s, true, -.01, .012, .45, p->tail, black, 0);
}

static void lamps(const struct sculptor *s, bool braking)
{
	const struct profile *p = &s->p;
	double x = (s->half - p->corner_across) * .80;
	bool on = s->canvas->light->lamps;

	for (int side = -1; side <= 1; side += 2) {
		if (s->vehicle->toward && on) {
			struct scene_point at = world(s, (struct scene_point){ side * x, .02, p->nose - .13 });

			scene_glow(s->canvas, at, .12, (struct scene_colour){ 1, .97, .88 }, 1);
			scene_glow(s->canvas, at, .34, (struct scene_colour){ 1, .95, .82 }, .45);
			if (s->canvas->light->rain)	/* the wet road mirrors them */
				scene_glow(s->canvas, world(s, (struct scene_point){ side * x, .5, 0 }), .30, (struct scene_colour){ 1, .95, .85 }, .22);
		} else if (!s->vehicle->toward && (on || braking)) {
			struct scene_point at = world(s, (struct scene_point){ side * x, -p->length - .02, p->tail - .17 });

			scene_glow(s->canvas, at, .10, (struct scene_colour){ 1, .10, .06 }, braking ? 1 : .6);
			scene_glow(s->canvas, at, .30, (struct scene_colour){ 1, .08, .05 }, braking ? .4 : .22);
		}
	}
}

/* Light of the headlamps on the road, before the vehicle is drawn. */
static void pool(const struct sculptor *s)
{
	if (!s->canvas->light->lamps || s->canvas->light->rain)
		return;
	cairo_save(s->canvas->cairo);
	cairo_set_operator(s->canvas->cairo, CAIRO_OPERATOR_ADD);
	for (int ring = 6; ring >= 1; ring--) {
		struct scene_point rim[20];

		for (int i = 0; i < 20; i++)
			rim[i] = world(s, (struct scene_point){ 1.1 * ring / 6 * cos(i * M_PI / 10), 2.2 + 2.0 * ring / 6 * sin(i * M_PI / 10), 0 });
		if (scene_path(s->canvas, rim, 20)) {
			cairo_set_source_rgba(s->canvas->cairo, .9, .8, .6, .022);
			cairo_fill(s->canvas->cairo);
		}
	}
	cairo_restore(s->canvas->cairo);
}

void scene_vehicle_plate(const struct scene_vehicle *vehicle, double plate_y, struct scene_point ret[4])
{
	double half = vehicle->format->width_mm / 2000.0, up = vehicle->format->height_mm / 2000.0;
	double x = vehicle->x, z = vehicle->plate_z;

	ret[0] = (struct scene_point){ x - half, plate_y, z + up };
	ret[1] = (struct scene_point){ x + half, plate_y, z + up };
	ret[2] = (struct scene_point){ x + half, plate_y, z - up };
	ret[3] = (struct scene_point){ x - half, plate_y, z - up };
}

static int plate(const struct sculptor *s, double plate_y)
{
	const struct qyran_format *format = s->vehicle->format;
	cairo_t *cairo = s->canvas->cairo;
	double half = format->width_mm / 2000.0 + .012, up = format->height_mm / 2000.0 + .010, z = s->vehicle->plate_z, u[4], v[4];
	struct scene_point corners[4];
	cairo_matrix_t matrix;

	panel(s, !s->vehicle->toward, -half, half, z - up, z + up, black, 0);
	scene_vehicle_plate(s->vehicle, plate_y, corners);
	for (int i = 0; i < 4; i++)
		if (scene_camera_project(s->canvas->camera, corners[i], &u[i], &v[i]) < 1)
			return 0;
	/* Over half a metre the perspective of a plate is as good as affine: its sides are the means of opposite ones. */
	double width = 2.0 * format->width_mm, height = 2.0 * format->height_mm;
	double xx = (u[1] - u[0] + u[2] - u[3]) / width, yx = (v[1] - v[0] + v[2] - v[3]) / width;
	double xy = (u[3] - u[0] + u[2] - u[1]) / height, yy = (v[3] - v[0] + v[2] - v[1]) / height;
	double middle_u = (u[0] + u[1] + u[2] + u[3]) / 4, middle_v = (v[0] + v[1] + v[2] + v[3]) / 4;
	cairo_matrix_init(&matrix, xx, yx, xy, yy, middle_u - xx * width / 4 - xy * height / 4, middle_v - yx * width / 4 - yy * height / 4);
	cairo_save(cairo);
	cairo_transform(cairo, &matrix);
	int result = scene_plate_draw(cairo, format, s->vehicle->plate);
	cairo_restore(cairo);
	if (s->canvas->light->plate < 1 && scene_path(s->canvas, corners, 4)) {
		cairo_set_source_rgba(cairo, 0, 0, 0, 1 - s->canvas->light->plate);
		cairo_fill(cairo);
	}
	if (s->canvas->light->glare && scene_path(s->canvas, corners, 4)) {	/* a band of the plate mirrors the sun; it wanders as the vehicle comes nearer */
		double middle = plate_y * .37 - floor(plate_y * .37);
		cairo_pattern_t *band = cairo_pattern_create_linear(u[0], v[0], u[1], v[1]);

		cairo_pattern_add_color_stop_rgba(band, fmax(0, middle - .22), 1, 1, 1, 0);
		cairo_pattern_add_color_stop_rgba(band, middle, 1, 1, 1, .75);
		cairo_pattern_add_color_stop_rgba(band, fmin(1, middle + .22), 1, 1, 1, 0);
		cairo_set_source(cairo, band);
		cairo_fill(cairo);
		cairo_pattern_destroy(band);
	}
	return result;
}

static double front_y(const struct scene_vehicle *vehicle, double plate_y)
{
	return vehicle->toward ? plate_y + PLATE_PROUD : plate_y + PLATE_PROUD + vehicle->length;
}

void scene_vehicle_box(const struct scene_vehicle *vehicle, double plate_y, struct scene_point ret[8])
{
	double front = front_y(vehicle, plate_y), rear = front + (vehicle->toward ? vehicle->length : -vehicle->length);

	for (int i = 0; i < 8; i++)
		ret[i] = (struct scene_point){ vehicle->x + (i & 1 ? .5 : -.5) * vehicle->width, i & 2 ? rear : front, i & 4 ? vehicle->height : 0 };
}

static struct sculptor sculptor(const struct scene_canvas *canvas, const struct scene_vehicle *vehicle, double plate_y)
{
	struct sculptor s = { canvas, vehicle, profiles[vehicle->body], front_y(vehicle, plate_y), vehicle->width / 2 };
	double longer = vehicle->length / s.p.length;

	s.p.length *= longer;
	s.p.screen *= longer;
	s.p.roof_front *= longer;
	s.p.roof_rear *= longer;
	s.p.window *= longer;
	s.p.axle_front *= longer;
	s.p.axle_rear *= longer;
	s.p.height = vehicle->height;
	return s;
}

void scene_vehicle_outline(const struct scene_vehicle *vehicle, double plate_y, struct scene_point ret[SCENE_OUTLINE])
{
	const struct sculptor s = sculptor(NULL, vehicle, plate_y);
	const struct profile *p = &s.p;
	const double outline[SCENE_OUTLINE / 2][3] = {	/* half width's part, y, height */
		{ .95, 0, p->nose }, { .95, 0, .2 }, { 1, -p->screen, p->belt }, { p->roof_width, -p->roof_front, p->height },
		{ p->roof_width, -p->roof_rear, p->height }, { .98, -p->length, p->tail }, { .98, -p->length, .2 },
	};

	for (int i = 0; i < SCENE_OUTLINE; i++) {
		const double *at = outline[i / 2];

		ret[i] = world(&s, (struct scene_point){ (i & 1 ? 1 : -1) * at[0] * s.half, at[1], at[2] });
	}
}

void scene_vehicle_shade(const struct scene_canvas *canvas, const struct scene_vehicle *vehicle, double plate_y)
{
	const struct sculptor s = sculptor(canvas, vehicle, plate_y);

	shadow(&s, .16, false, canvas->light->lamps ? .18 : .22);
	shadow(&s, .02, false, canvas->light->lamps ? .45 : .50);
	if (canvas->light->sun.r > .3) {
		shadow(&s, .03, true, .22);
		shadow(&s, -.04, true, .42);
	}
	if (vehicle->toward)
		pool(&s);
}

int scene_vehicle_draw(const struct scene_canvas *canvas, const struct scene_vehicle *vehicle, double plate_y, bool braking)
{
	const struct sculptor s = sculptor(canvas, vehicle, plate_y);

	wheels(&s);
	body(&s, vehicle->paint);
	cabin(&s, vehicle->paint);
	front_end(&s, vehicle->paint);
	rear_end(&s, vehicle->paint, braking);
	int result = plate(&s, plate_y);
	lamps(&s, braking);
	return result;
}
