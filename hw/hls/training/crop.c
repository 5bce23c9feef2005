/* SPDX-License-Identifier: Apache-2.0 */
#include "crop.h"

#include "crop_camera.h"
#include "crop_draw.h"
#include "crop_random.h"
#include "crop_view.h"

#include <errno.h>
#include <math.h>
#include <sim/scene/plate.h>
#include <sim/scene/plate_glyphs.h>
#include <stdlib.h>
#include <string.h>

#define FINE 2				/* drawn finer by this, small crops at least */
#define CANVAS_AREA 60000		/* pixels; larger crops are drawn less fine */
#define LETTER_OF_520 10.4		/* a plate of 520 mm is as wide as so many letters */
#define DECOYS 0.15			/* share of pictures without a plate */
#define OWN_CAMERA 0.12			/* share of pictures in one of the named lights */
#define FREE_TEXTS 0.13			/* share of plates whose text fits no format */

struct subject {
	struct qyran_format format;
	bool plain;
	struct scene_plate_style style;
	char text[QYRAN_PLATE_TEXT_MAX + 1];
	int count;
	struct scene_plate_cell letters[QYRAN_PLATE_TEXT_MAX];
	struct crop_box ink;
	double letter_mm;
};

static const struct scene_plate_style *style_of(const struct subject *subject)
{
	return subject->plain ? NULL : &subject->style;
}

static int subject_make(struct subject *subject, const struct qyran_format *format, const char *text, bool plain, uint64_t *random)
{
	subject->format = *format;
	subject->plain = plain;
	subject->ink = (struct crop_box){1e9, 1e9, -1e9, -1e9};
	subject->letter_mm = 0;
	scene_plate_style_random(&subject->style, format, random);
	subject->count = scene_plate_place(format, text, style_of(subject), subject->letters);
	if (subject->count <= 0)
		return -EINVAL;
	memcpy(subject->text, text, (size_t)subject->count + 1);
	for (int i = 0; i < subject->count; i++) {
		const struct scene_plate_cell *letter = &subject->letters[i];

		subject->ink.x0 = fmin(subject->ink.x0, letter->x_mm);
		subject->ink.y0 = fmin(subject->ink.y0, letter->y_mm);
		subject->ink.x1 = fmax(subject->ink.x1, letter->x_mm + letter->width_mm);
		subject->ink.y1 = fmax(subject->ink.y1, letter->y_mm + letter->height_mm);
		subject->letter_mm += format->characters[0].width_mm / (double)subject->count;
	}
	return 0;
}

static int draw_plate(cairo_t *cairo, uint64_t *random, const struct subject *subject, double strength, bool sun)
{
	int result;

	crop_draw_holder(cairo, random, &subject->format);
	result = scene_plate_draw_styled(cairo, &subject->format, subject->text, style_of(subject));
	crop_draw_frame(cairo, random, &subject->format, &subject->ink);
	if (!subject->plain)
		crop_draw_wear(cairo, random, &subject->format, &subject->ink, strength, sun);
	return result;
}

/* A plate nobody can read: nothing on it. */
static void draw_blank(cairo_t *cairo, uint64_t *random, const struct subject *subject)
{
	uint32_t rgb = subject->format.background;

	crop_draw_holder(cairo, random, &subject->format);
	cairo_set_source_rgb(cairo, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
	cairo_rectangle(cairo, 0, 0, subject->format.width_mm, subject->format.height_mm);
	cairo_fill(cairo);
	crop_draw_frame(cairo, random, &subject->format, &subject->ink);
	crop_draw_wear(cairo, random, &subject->format, &subject->ink, 1, true);
}

static void label(const struct subject *subject, const struct crop_view *view, struct crop *ret)
{
	memcpy(ret->text, subject->text, sizeof(ret->text));
	ret->upper = 0;
	for (int i = 0; i < subject->count; i++) {
		const struct scene_plate_cell *letter = &subject->letters[i];
		double x = letter->x_mm + letter->width_mm / 2, below_x = x, y = letter->y_mm, below_y = y + letter->height_mm;

		ret->upper += letter->row == 0;
		crop_view_see(view, &x, &y);
		crop_view_see(view, &below_x, &below_y);
		ret->centres[i] = (x + below_x) / 2;
		ret->tops[i] = y;
		ret->bottoms[i] = below_y;
	}
}

enum kind { PLATE, CUT_OFF, FAR_OFF, BLANK, DECOY };

static int draw(cairo_t *cairo, uint64_t *random, const struct crop_wish *wish, enum kind kind, const struct subject *subject, const struct crop_view *view)
{
	double more = (1 / view->tilt.zoom - 1) / 2;
	const struct crop_box crop = {-more * view->width, -more * view->height, (1 + more) * view->width, (1 + more) * view->height};
	double strength = wish->light == CROP_ANY_LIGHT ? between(random, 0, 1) : 0.25;
	int result = 0;

	cairo_translate(cairo, view->width / 2.0, view->height / 2.0);
	cairo_scale(cairo, view->tilt.zoom, view->tilt.zoom);
	cairo_translate(cairo, -view->width / 2.0, -view->height / 2.0);
	crop_draw_body(cairo, random, &crop, &view->box);
	if (kind == DECOY || kind == FAR_OFF)
		crop_draw_decoy(cairo, random, &crop);
	cairo_save(cairo);
	cairo_transform(cairo, &view->plate);
	if (kind == BLANK)
		draw_blank(cairo, random, subject);
	else if (kind != DECOY)
		result = draw_plate(cairo, random, subject, strength, wish->light == CROP_ANY_LIGHT || wish->light == CROP_DAY);
	cairo_restore(cairo);
	if (wish->light == CROP_RAIN || (wish->light == CROP_ANY_LIGHT && chance(random, 0.05)))
		crop_draw_rain(cairo, random, &crop);
	return result;
}

/* The plate is there, but so far away that nobody can read it. */
static void view_far_off(struct crop_view *view, uint64_t *random)
{
	double small = between(random, 0.08, 0.16) * view->width / (view->box.x1 - view->box.x0);
	double x = between(random, 0.2, 0.7) * view->width, y = between(random, 0.3, 0.9) * view->height;

	view->tilt = (struct crop_tilt){.zoom = 1};
	cairo_matrix_init(&view->plate, view->plate.xx * small, 0, 0, view->plate.yy * small, x, y);
	view->box = (struct crop_box){x, y, x + 0.12 * view->width, y + 0.12 * view->height};
}

static int render(const struct crop_wish *wish, enum kind kind, const struct subject *subject, uint64_t *random, struct crop *ret)
{
	static _Thread_local unsigned char canvas[CROP_CANVAS_MAX * 4];
	struct crop_camera camera;
	struct crop_view view;
	cairo_surface_t *surface;
	cairo_t *cairo;
	double fine, plate_px;
	int width, height, result;

	crop_view_make(&view, wish, &subject->format, &subject->ink, subject->letter_mm, random);
	if (kind == CUT_OFF)
		crop_view_cut_off(&view, &subject->ink, random);
	if (kind == FAR_OFF)
		view_far_off(&view, random);
	plate_px = view.letter_px * LETTER_OF_520;
	crop_camera_make(&camera, wish->light, plate_px, random);
	camera.tilt = view.tilt;
	ret->width = view.width;
	ret->height = view.height;
	fine = fmin(FINE, fmax(1.15, sqrt((double)CANVAS_AREA / (view.width * view.height))));
	width = (int)ceil(view.width * fine);
	height = (int)ceil(view.height * fine);
	surface = cairo_image_surface_create_for_data(canvas, CAIRO_FORMAT_RGB24, width, height, width * 4);
	cairo = cairo_create(surface);
	cairo_scale(cairo, (double)width / view.width, (double)height / view.height);
	cairo_set_tolerance(cairo, 0.25);
	result = draw(cairo, random, wish, kind, subject, &view);
	if (cairo_status(cairo) != CAIRO_STATUS_SUCCESS)
		result = -ENOMEM;
	cairo_surface_flush(surface);
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
	if (result)
		return result;
	crop_camera_take(&camera, canvas, width, height, width * 4, random, ret);
	ret->text[0] = '\0';
	ret->upper = 0;
	if (kind == PLATE)
		label(subject, &view, ret);
	return 0;
}

/* Something to take the size and the place from where no plate is. */
static const struct qyran_format no_format = {
	.width_mm = 520, .height_mm = 112, .rows = 1, .count = 1, .upper = 1, .characters = {{"0", 60, 18, 400, 76}}, .background = 0xf0f0f0, .font = "kz", .weight = 1,
};

int crop_render(const struct crop_wish *wish, uint64_t *random, struct crop *ret)
{
	const struct qyran_format *format = wish->format ? wish->format : &no_format;
	char text[QYRAN_PLATE_TEXT_MAX + 1];
	struct subject subject;
	int result;

	if (!wish->text || !wish->format)
		scene_plate_text(format, random, text);
	result = subject_make(&subject, format, wish->text && wish->format ? wish->text : text, wish->plain, random);
	return result ? result : render(wish, wish->format ? PLATE : chance(random, 0.1) ? BLANK : DECOY, &subject, random, ret);
}

/* The same plate with any characters; on one row also with more or fewer of them. */
static void format_freed(struct qyran_format *format, uint64_t *random)
{
	static const char all[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const struct qyran_format_character first = format->characters[0], last = format->characters[format->count - 1];
	char known[sizeof(all)];
	int count = 0;

	for (int i = 0; all[i]; i++)
		if (scene_glyph_known(format->font, all[i]))
			known[count++] = all[i];
	known[count] = '\0';
	if (format->rows == 1) {
		int span = last.x_mm + last.width_mm - first.x_mm, gap_at, gap, each;

		format->count = format->upper = (uint8_t)(4 + below(random, 5));
		gap_at = 1 + below(random, format->count);
		gap = gap_at < format->count ? (int)(span * between(random, 0, 0.12)) : 0;
		each = (span - gap) / format->count;
		for (int i = 0; i < format->count; i++) {
			struct qyran_format_character *at = &format->characters[i];

			at->width_mm = (uint16_t)fmin(first.width_mm * 1.1, each * 0.86);
			at->height_mm = first.height_mm;
			at->x_mm = (uint16_t)(first.x_mm + i * each + (i >= gap_at ? gap : 0));
			at->y_mm = first.y_mm;
		}
	}
	for (int i = 0; i < format->count; i++) {
		memcpy(format->characters[i].allowed, known, (size_t)count + 1);
		format->characters[i].optional = false;
	}
}

int crop_train(const struct qyran_formats *formats, uint64_t *random, struct crop *ret)
{
	struct crop_wish wish = {.format = crop_format(formats, random)};
	char text[QYRAN_PLATE_TEXT_MAX + 1];
	struct qyran_format freed;
	struct subject subject;
	enum kind kind = PLATE;
	int result;

	if (chance(random, DECOYS)) {
		double which = between(random, 0, 1);

		kind = which < 0.3 ? CUT_OFF : which < 0.38 ? FAR_OFF : which < 0.45 ? BLANK : DECOY;
		if (kind == CUT_OFF || kind == FAR_OFF)
			wish.cut = CROP_CANDIDATE;
	}
	if (chance(random, OWN_CAMERA)) { /* the project's own, near the limits */
		wish.light = (enum crop_light)(CROP_DAY + below(random, 3));
		wish.width_px = exp(between(random, log(70), log(220))) * wish.format->width_mm / sqrt(520.0 * wish.format->width_mm);
	}
	if (chance(random, FREE_TEXTS)) {
		freed = *wish.format;
		format_freed(&freed, random);
		wish.format = &freed;
	}
	scene_plate_text(wish.format, random, text);
	result = subject_make(&subject, wish.format, text, false, random);
	return result ? result : render(&wish, kind, &subject, random, ret);
}

/* The root of its weight; the squarish Brazilian letters at three times the weight, for 8 and B, 0, O and D are told apart last of all. */
static double share(const struct qyran_format *format)
{
	return sqrt(format->weight * (strcmp(format->font, "br-mandatory") ? 1.0 : 3.0));
}

const struct qyran_format *crop_format(const struct qyran_formats *formats, uint64_t *random)
{
	size_t count = qyran_formats_count(formats);
	double total = 0, at;

	for (size_t i = 0; i < count; i++)
		total += share(qyran_formats_at(formats, i));
	at = between(random, 0, total);
	for (size_t i = 0; i < count; i++) {
		at -= share(qyran_formats_at(formats, i));
		if (at < 0)
			return qyran_formats_at(formats, i);
	}
	return qyran_formats_at(formats, count - 1);
}
