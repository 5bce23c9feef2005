/* SPDX-License-Identifier: Apache-2.0 */
#include "crop.h"

#include <cairo.h>
#include <errno.h>
#include <math.h>
#include <sim/scene/plate.h>
#include <sim/scene/plate_glyphs.h>
#include <sim/scene/random.h>
#include <stdlib.h>
#include <string.h>

#define FINE 2				/* drawn finer by this, then averaged */
#define BLUR_MAX 16

/* What the camera does to the drawn picture. */
struct camera {
	double gain, offset, noise;
	double blur_x, blur_y;		/* sigma of the lens, pixels of the crop */
	double motion_x, motion_y;	/* length of the smear, pixels of the crop */
};

struct view {
	double width, height;		/* of the crop, pixels */
	double plate_x, plate_y;	/* plate's centre in the crop */
	double plate_w, plate_h;
	double turn, shear;		/* radians */
};

static double between(uint64_t *random, double low, double high)
{
	return scene_random_between(random, low, high);
}

static bool chance(uint64_t *random, double probability)
{
	return between(random, 0, 1) < probability;
}

/* Sum of four uniform numbers: near enough to a normal one, and the same everywhere. */
static double normal(uint64_t *random)
{
	uint64_t bits = scene_random(random);
	double sum = (double)(bits & 0xffff) + (double)(bits >> 16 & 0xffff) + (double)(bits >> 32 & 0xffff) + (double)(bits >> 48);

	return (sum / 65535 - 2) * 1.7320508;
}

static void set_grey(cairo_t *cairo, double grey)
{
	cairo_set_source_rgb(cairo, grey, grey, grey);
}

static void some_box(cairo_t *cairo, uint64_t *random, const struct view *view)
{
	double w = between(random, 0.05, 0.9) * view->width, h = between(random, 0.05, 0.4) * view->height;

	set_grey(cairo, between(random, 0, 1));
	cairo_rectangle(cairo, between(random, -0.2, 1) * view->width, between(random, -0.2, 1.1) * view->height, w, h);
	cairo_fill(cairo);
}

static void some_lamp(cairo_t *cairo, uint64_t *random, const struct view *view)
{
	double x = between(random, -0.1, 1.1) * view->width, y = between(random, -0.1, 1.1) * view->height;
	double radius = between(random, 0.05, 0.25) * view->width;
	cairo_pattern_t *glow = cairo_pattern_create_radial(x, y, radius * 0.2, x, y, radius);

	cairo_pattern_add_color_stop_rgba(glow, 0, 1, 1, 1, between(random, 0.3, 1));
	cairo_pattern_add_color_stop_rgba(glow, 1, 1, 1, 1, 0);
	cairo_set_source(cairo, glow);
	cairo_paint(cairo);
	cairo_pattern_destroy(glow);
}

static void some_lines(cairo_t *cairo, uint64_t *random, const struct view *view, bool upright)
{
	double pitch = between(random, 2.5, 12), at = 0, length = upright ? view->width : view->height;

	set_grey(cairo, between(random, 0, 1));
	cairo_set_line_width(cairo, pitch * between(random, 0.25, 0.6));
	for (at = between(random, 0, pitch); at < length; at += pitch) {
		cairo_move_to(cairo, upright ? at : 0, upright ? 0 : at);
		cairo_line_to(cairo, upright ? at : view->width, upright ? view->height : at);
	}
	cairo_stroke(cairo);
}

static void some_lettering(cairo_t *cairo, uint64_t *random, const struct view *view, double size, double y)
{
	static const char all[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	double x = between(random, -1, 0.5) * view->width * 0.6, w = size * between(random, 0.45, 0.8), gap = w * between(random, 0.1, 0.5);
	int count = 2 + (int)scene_random_below(random, 12);

	set_grey(cairo, between(random, 0, 1));
	for (int i = 0; i < count; i++)
		scene_glyph_draw(cairo, "gost", all[scene_random_below(random, 36)], x + i * (w + gap), y, w, size);
}

/* Bodywork: a shaded surface with edges, a bumper, a lamp. */
static void draw_body(cairo_t *cairo, uint64_t *random, const struct view *view)
{
	cairo_pattern_t *shade = cairo_pattern_create_linear(0, 0, between(random, -0.3, 0.3) * view->width, view->height);
	double grey = chance(random, 0.5) ? between(random, 0.02, 0.3) : between(random, 0.2, 1);

	for (int i = 0; i < 3; i++) {
		double level = grey * between(random, 0.5, 1.4);

		cairo_pattern_add_color_stop_rgb(shade, i / 2.0, level, level, level);
	}
	cairo_set_source(cairo, shade);
	cairo_paint(cairo);
	cairo_pattern_destroy(shade);
	for (int i = (int)scene_random_below(random, 5); i > 0; i--)
		some_box(cairo, random, view);
	if (chance(random, 0.15))
		some_lines(cairo, random, view, chance(random, 0.5));
	if (chance(random, 0.15))
		some_lamp(cairo, random, view);
}

/* What is taken for a plate. */
static void draw_decoy(cairo_t *cairo, uint64_t *random, const struct view *view)
{
	switch (scene_random_below(random, 6)) {
	case 0:
		some_lines(cairo, random, view, true);
		break;
	case 1:
		some_lines(cairo, random, view, false);
		some_lines(cairo, random, view, true);
		break;
	case 2:
		some_lettering(cairo, random, view, view->height * between(random, 0.15, 0.8), view->height * between(random, 0, 0.6));
		break;
	case 3:
		for (int i = 0; i < 12; i++)
			some_box(cairo, random, view);
		break;
	case 4: /* an empty plate or panel */
		set_grey(cairo, between(random, 0.3, 1));
		cairo_rectangle(cairo, view->plate_x - view->plate_w / 2, view->plate_y - view->plate_h / 2, view->plate_w, view->plate_h);
		cairo_fill(cairo);
		if (chance(random, 0.5))
			some_lines(cairo, random, view, true);
		break;
	default:
		some_lamp(cairo, random, view);
		some_lamp(cairo, random, view);
		break;
	}
}

static int draw_plate(cairo_t *cairo, uint64_t *random, const struct view *view, const struct qyran_format *format, struct crop *crop)
{
	cairo_matrix_t shear;
	double w = format->width_mm, h = format->height_mm, frame = between(random, 4, 20);
	int result;

	cairo_save(cairo);
	cairo_translate(cairo, view->plate_x, view->plate_y);
	cairo_rotate(cairo, view->turn);
	cairo_matrix_init(&shear, 1, tan(view->shear), 0, 1, 0, 0);
	cairo_transform(cairo, &shear);
	cairo_scale(cairo, view->plate_w / w, view->plate_h / h);
	cairo_translate(cairo, -w / 2, -h / 2);
	if (chance(random, 0.5)) { /* holder, sometimes with the dealer's name below */
		double below = chance(random, 0.4) ? between(random, 16, 36) : 0;

		set_grey(cairo, chance(random, 0.8) ? between(random, 0, 0.25) : between(random, 0.6, 0.9));
		cairo_rectangle(cairo, -frame, -frame, w + 2 * frame, h + 2 * frame + below);
		cairo_fill(cairo);
		if (below > 0 && w > 400) {
			set_grey(cairo, between(random, 0.3, 1));
			for (int i = 0; i < 12; i++)
				scene_glyph_draw(cairo, "gost", (char)('A' + scene_random_below(random, 26)), 60 + i * 34.0, h + frame, 24, below * 0.7);
		}
	}
	result = scene_plate_draw(cairo, format, crop->text);
	for (int i = 0; i < format->count; i++) {
		const struct qyran_format_character *at = &format->characters[i];
		double x = at->x_mm + at->width_mm / 2.0, y = at->y_mm, x_below = x, y_below = y + at->height_mm;

		cairo_user_to_device(cairo, &x, &y);
		cairo_user_to_device(cairo, &x_below, &y_below);
		crop->centres[i] = (x + x_below) / 2 / (FINE * view->width);
		crop->tops[i] = y / (FINE * view->height);
		crop->bottoms[i] = y_below / (FINE * view->height);
	}
	for (int i = (int)scene_random_below(random, 4); i > 0; i--) { /* dirt, stickers, screws */
		double dark = between(random, 0, 0.5);

		cairo_set_source_rgba(cairo, dark, dark, dark, between(random, 0.05, 0.35));
		cairo_arc(cairo, between(random, 0, w), between(random, 0, h), between(random, 3, 40), 0, 2 * M_PI);
		cairo_fill(cairo);
	}
	if (chance(random, 0.2)) { /* an edge of shadow */
		double at = between(random, 0, h), slope = between(random, -0.4, 0.4) * h;

		cairo_set_source_rgba(cairo, 0, 0, 0, between(random, 0.1, 0.6));
		cairo_move_to(cairo, 0, at);
		cairo_line_to(cairo, w, at + slope);
		cairo_line_to(cairo, w, chance(random, 0.7) ? 0 : h);
		cairo_line_to(cairo, 0, 0);
		cairo_fill(cairo);
	}
	cairo_restore(cairo);
	return result;
}

/* The plate, the detected box around it with its errors, and the cut around that. */
static void view_make(struct view *view, const struct crop_wish *wish, uint64_t *random, double width_px)
{
	double w_mm = wish->format ? wish->format->width_mm : 520, h_mm = wish->format ? wish->format->height_mm : 112;
	double scale = width_px / 520, left, right, top, bottom, margin_x, margin_y, box_h;

	view->plate_w = wish->width_px > 0 ? width_px : scale * w_mm;
	view->plate_h = view->plate_w * h_mm / w_mm * between(random, 0.8, 1.02);
	view->turn = between(random, -1, 1) * between(random, 0, 6) * M_PI / 180;
	view->shear = between(random, -1, 1) * between(random, 0, 8) * M_PI / 180;
	left = between(random, -4, 4) - view->plate_w * (chance(random, 0.15) ? between(random, -0.05, 0.15) : 0);
	right = between(random, -4, 4) + view->plate_w * (chance(random, 0.15) ? between(random, -0.05, 0.15) : 0);
	top = between(random, -4, 4);
	bottom = between(random, -4, 4);
	if (chance(random, 0.25)) { /* the box is of the body's making too */
		left -= between(random, 0, 0.3) * view->plate_w;
		right += between(random, 0, 0.3) * view->plate_w;
		top -= between(random, 0, 0.4) * view->plate_h;
		bottom += between(random, 0, 0.4) * view->plate_h;
	}
	box_h = view->plate_h + bottom - top;
	margin_x = between(random, 0.15, 0.5) * box_h + 4;
	margin_y = between(random, 0.25, 0.6) * box_h + 4;
	view->width = fmin(CROP_W_MAX, 4 * round((view->plate_w + right - left + 2 * margin_x) / 4));
	view->height = fmin(CROP_H_MAX, round(box_h + 2 * margin_y));
	view->plate_x = view->plate_w / 2 - left + margin_x;
	view->plate_y = view->plate_h / 2 - top + margin_y;
}

static void camera_make(struct camera *camera, enum crop_light light, double width_px, uint64_t *random)
{
	bool dusk = light == CROP_DUSK || (light == CROP_ANY_LIGHT && chance(random, 0.35));

	if (dusk) {
		camera->gain = between(random, 35, 110);
		camera->offset = between(random, 2, 25);
		camera->noise = between(random, 3, 14) * fmin(1, camera->gain / 70);
	} else {
		camera->gain = between(random, 110, 290);
		camera->offset = between(random, -10, 40);
		camera->noise = between(random, 0, 1) * between(random, 0, 12);
	}
	camera->blur_x = camera->blur_y = between(random, 0.2, 1) * between(random, 0.4, 1.2);
	/* What is far away moves less across the picture. */
	camera->motion_y = chance(random, 0.6) ? between(random, 0, 4) * fmin(1, width_px / 90) : 0;
	camera->motion_x = chance(random, 0.2) ? between(random, 0, 2) * fmin(1, width_px / 90) : 0;
}

/* A line of the picture through a symmetric kernel, in place. */
static void smear(float *at, int count, int step, const float *kernel, int reach)
{
	float line[FINE * CROP_W_MAX + 2 * BLUR_MAX];

	for (int i = -reach; i < count + reach; i++)
		line[i + reach] = at[(i < 0 ? 0 : i >= count ? count - 1 : i) * step];
	for (int i = 0; i < count; i++) {
		float sum = 0;

		for (int j = 0; j <= 2 * reach; j++)
			sum += kernel[j] * line[i + j];
		at[i * step] = sum;
	}
}

/* Lens and motion together, in fine pixels. */
static int kernel_make(float *kernel, double sigma, double motion)
{
	double total = 0, s = fmax(sigma * FINE, 0.3), half = motion * FINE / 2;
	int reach = (int)ceil(half + 2.5 * s);

	reach = reach > BLUR_MAX ? BLUR_MAX : reach;
	for (int i = -reach; i <= reach; i++) {
		double value = erf((i + half + 0.5) / (s * M_SQRT2)) - erf((i - half - 0.5) / (s * M_SQRT2));

		kernel[i + reach] = (float)value;
		total += value;
	}
	for (int i = 0; i <= 2 * reach; i++)
		kernel[i] = (float)(kernel[i] / total);
	return reach;
}

static void expose(cairo_surface_t *surface, const struct camera *camera, uint64_t *random, float *fine, struct crop *ret)
{
	const unsigned char *data = cairo_image_surface_get_data(surface);
	int stride = cairo_image_surface_get_stride(surface), w = ret->width * FINE, h = ret->height * FINE;
	float kernel[2 * BLUR_MAX + 1];
	int reach;

	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++) {
			const unsigned char *bgr = &data[y * stride + 4 * x];

			fine[y * w + x] = (0.114f * (float)bgr[0] + 0.587f * (float)bgr[1] + 0.299f * (float)bgr[2]) / 255;
		}
	reach = kernel_make(kernel, camera->blur_x, camera->motion_x);
	for (int y = 0; y < h; y++)
		smear(&fine[y * w], w, 1, kernel, reach);
	reach = kernel_make(kernel, camera->blur_y, camera->motion_y);
	for (int x = 0; x < w; x++)
		smear(&fine[x], h, w, kernel, reach);
	for (int y = 0; y < ret->height; y++)
		for (int x = 0; x < ret->width; x++) {
			const float *four = &fine[y * FINE * w + x * FINE];
			double grey = (double)(four[0] + four[1] + four[w] + four[w + 1]) / 4;
			double value = camera->offset + camera->gain * grey + camera->noise * normal(random);
			uint8_t *pixel = &ret->yuyv[2 * (y * ret->width + x)];

			pixel[0] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5);
			pixel[1] = 128;
		}
}

static int upper_count(const struct qyran_format *format)
{
	int count = format->count;

	if (format->rows == 2)
		for (count = 1; format->characters[count].x_mm >= format->characters[count - 1].x_mm; count++)
			;
	return count;
}

int crop_render(const struct crop_wish *wish, uint64_t *random, struct crop *ret)
{
	double width_px = wish->width_px > 0 ? wish->width_px : exp(between(random, log(42), log(chance(random, 0.7) ? 120 : 220)));
	struct view view;
	struct camera camera;
	cairo_surface_t *surface;
	cairo_t *cairo;
	float *fine;
	int result = 0;

	ret->text[0] = '\0';
	ret->upper = 0;
	if (wish->format) {
		if (wish->text)
			strncpy(ret->text, wish->text, QYRAN_PLATE_TEXT_MAX);
		else
			scene_plate_text(wish->format, random, ret->text);
		ret->text[QYRAN_PLATE_TEXT_MAX] = '\0';
		ret->upper = upper_count(wish->format);
	}
	view_make(&view, wish, random, width_px);
	camera_make(&camera, wish->light, width_px, random);
	ret->width = (int)view.width;
	ret->height = (int)view.height;
	surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, ret->width * FINE, ret->height * FINE);
	fine = malloc(sizeof(*fine) * (size_t)(ret->width * ret->height) * FINE * FINE);
	cairo = cairo_create(surface);
	if (cairo_status(cairo) != CAIRO_STATUS_SUCCESS || !fine) {
		result = -ENOMEM;
	} else {
		cairo_scale(cairo, FINE, FINE);
		draw_body(cairo, random, &view);
		if (wish->format)
			result = draw_plate(cairo, random, &view, wish->format, ret);
		else
			draw_decoy(cairo, random, &view);
		cairo_surface_flush(surface);
		expose(surface, &camera, random, fine, ret);
	}
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
	free(fine);
	return result;
}

const struct qyran_format *crop_format(const struct qyran_formats *formats, uint64_t *random)
{
	size_t count = qyran_formats_count(formats);
	double total = 0, at;

	for (size_t i = 0; i < count; i++)
		total += sqrt(qyran_formats_at(formats, i)->weight);
	at = between(random, 0, total);
	for (size_t i = 0; i < count; i++) {
		at -= sqrt(qyran_formats_at(formats, i)->weight);
		if (at < 0)
			return qyran_formats_at(formats, i);
	}
	return qyran_formats_at(formats, count - 1);
}
