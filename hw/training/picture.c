/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/training/picture.h"

#include <cairo.h>
#include <errno.h>
#include <math.h>
#include <sim/scene/plate.h>
#include <sim/scene/plate_glyphs.h>
#include <sim/scene/random.h>
#include <stdlib.h>
#include <string.h>

static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static double between(uint64_t *random, double low, double high)
{
	return scene_random_between(random, low, high);
}

static bool chance(uint64_t *random, double probability)
{
	return between(random, 0, 1) < probability;
}

static unsigned below(uint64_t *random, unsigned limit)
{
	return scene_random_below(random, limit);
}

static void grey(cairo_t *cairo, double level)
{
	cairo_set_source_rgb(cairo, level, level, level);
}

static void box(cairo_t *cairo, double level, double x, double y, double w, double h)
{
	grey(cairo, level);
	cairo_rectangle(cairo, x, y, w, h);
	cairo_fill(cairo);
}

static void lettering(cairo_t *cairo, uint64_t *random, double x, double y, double size, unsigned count)
{
	double w = size * between(random, 0.4, 0.85), gap = w * between(random, 0.12, 0.6);
	for (unsigned i = 0; i < count; i++)
		if (!chance(random, 0.08))
			scene_glyph_draw(cairo, "gost", letters[below(random, 36)], x + i * (w + gap), y, w, size);
}

/* Bars of a grille, slats, a fence, tiles. */
static void bars(cairo_t *cairo, uint64_t *random, double x, double y, double w, double h, double pitch, bool upright)
{
	double part = between(random, 0.25, 0.7);
	cairo_save(cairo);
	cairo_rectangle(cairo, x, y, w, h);
	cairo_clip(cairo);
	for (double at = 0; at < (upright ? w : h); at += pitch) {
		if (upright)
			cairo_rectangle(cairo, x + at, y, pitch * part, h);
		else
			cairo_rectangle(cairo, x, y + at, w, pitch * part);
	}
	cairo_fill(cairo);
	cairo_restore(cairo);
}

static void mesh(cairo_t *cairo, uint64_t *random, double x, double y, double w, double h, double pitch)
{
	cairo_save(cairo);
	cairo_rectangle(cairo, x, y, w, h);
	cairo_clip(cairo);
	cairo_set_line_width(cairo, pitch * between(random, 0.15, 0.4));
	for (double at = -h; at < w + h; at += pitch) {
		cairo_move_to(cairo, x + at, y);
		cairo_line_to(cairo, x + at + h, y + h);
		cairo_move_to(cairo, x + at + h, y);
		cairo_line_to(cairo, x + at, y + h);
	}
	cairo_stroke(cairo);
	cairo_restore(cairo);
}

static void lamp(cairo_t *cairo, uint64_t *random, double x, double y, double w, double h)
{
	unsigned kind = below(random, 4);
	cairo_save(cairo);
	cairo_translate(cairo, x + w / 2, y + h / 2);
	cairo_scale(cairo, w / 2, h / 2);
	cairo_arc(cairo, 0, 0, 1, 0, 2 * M_PI);
	cairo_restore(cairo);
	if (chance(random, 0.5)) {
		cairo_new_path(cairo);
		cairo_rectangle(cairo, x, y, w, h);
	}
	grey(cairo, between(random, 0.2, 0.9));
	cairo_save(cairo);
	cairo_fill_preserve(cairo);
	cairo_clip(cairo);
	grey(cairo, between(random, 0, 1));
	if (kind == 0)
		bars(cairo, random, x, y, w, h, w * between(random, 0.03, 0.2), true);
	else if (kind == 1)
		bars(cairo, random, x, y, w, h, h * between(random, 0.06, 0.3), false);
	else
		for (unsigned i = 0; i < 4; i++)
			box(cairo, between(random, 0, 1), x + between(random, 0, 0.8) * w, y + between(random, 0, 0.8) * h, between(random, 0.05, 0.5) * w,
				between(random, 0.05, 0.5) * h);
	cairo_restore(cairo);
}

/* Foliage, gravel, crowd: blots of all sizes. */
static void blots(cairo_t *cairo, uint64_t *random, double x, double y, double w, double h)
{
	double size = exp(between(random, log(2.5), log(40))), stretch = between(random, 0.5, 2), level = between(random, 0.1, 0.6), spread = between(random, 0.1, 0.5);
	unsigned count = (unsigned)fmin(3000, w * h / (size * size) * between(random, 0.5, 2));
	cairo_save(cairo);
	cairo_rectangle(cairo, x, y, w, h);
	cairo_clip(cairo);
	for (unsigned i = 0; i < count; i++) {
		double s = size * between(random, 0.3, 1.5);
		cairo_save(cairo);
		cairo_translate(cairo, x + between(random, 0, w), y + between(random, 0, h));
		cairo_rotate(cairo, between(random, 0, M_PI));
		grey(cairo, level + between(random, -spread, spread));
		cairo_rectangle(cairo, -s / 2, -s * stretch / 2, s, s * stretch);
		cairo_fill(cairo);
		cairo_restore(cairo);
	}
	cairo_restore(cairo);
}

/* Walls, paving, windows of houses. */
static void bricks(cairo_t *cairo, uint64_t *random, double x, double y, double w, double h)
{
	double bw = between(random, 6, 80), bh = bw * between(random, 0.3, 1.2), level = between(random, 0.2, 0.8), spread = between(random, 0, 0.2);
	double joint = between(random, 0.05, 0.35), shift = chance(random, 0.6) ? bw / 2 : 0;
	box(cairo, level + between(random, -0.3, 0.3), x, y, w, h);
	unsigned row = 0;
	for (double at = 0; at + bh < h; at += bh, row++)
		for (double along = row % 2 ? -shift : 0; along + bw < w; along += bw)
			box(cairo, level + between(random, -spread, spread), x + along + (along < 0 ? shift : 0), y + at, bw * (1 - joint), bh * (1 - joint));
}

static void sign(cairo_t *cairo, uint64_t *random, double x, double y, double size)
{
	double level = between(random, 0, 1), ink = chance(random, 0.5) ? level + 0.5 : level - 0.5;
	unsigned count = 3 + below(random, 18), rows = 1 + below(random, 3);
	if (chance(random, 0.7))
		box(cairo, level, x - size, y - size * 0.5, size * (count + 1.5), size * (1.4 * rows + 0.8));
	for (unsigned row = 0; row < rows; row++) {
		grey(cairo, ink);
		lettering(cairo, random, x, y + row * 1.4 * size, size, count);
	}
}

static void background(cairo_t *cairo, uint64_t *random, const struct training_photo *photos, unsigned photo_count, double w, double h)
{
	cairo_pattern_t *shade = cairo_pattern_create_linear(0, 0, between(random, -0.5, 0.5) * w, h);
	for (unsigned i = 0; i < 3; i++) {
		double level = between(random, 0.1, 0.9);
		cairo_pattern_add_color_stop_rgb(shade, i / 2., level, level, level);
	}
	cairo_set_source(cairo, shade);
	cairo_paint(cairo);
	cairo_pattern_destroy(shade);
	if (photo_count > 0 && chance(random, 0.6)) {
		const struct training_photo *photo = &photos[below(random, photo_count)];
		int stride = cairo_format_stride_for_width(CAIRO_FORMAT_RGB24, (int)photo->width);
		unsigned char *data = malloc((size_t)stride * photo->height);
		if (data != NULL) {
			for (unsigned y = 0; y < photo->height; y++)
				for (unsigned x = 0; x < photo->width; x++)
					memset(data + y * (size_t)stride + 4 * x, photo->luma[y * photo->width + x], 4);
			cairo_surface_t *surface = cairo_image_surface_create_for_data(data, CAIRO_FORMAT_RGB24, (int)photo->width, (int)photo->height, stride);
			double scale = fmax(w / photo->width, h / photo->height) * between(random, 1, 2.5);
			cairo_save(cairo);
			cairo_scale(cairo, chance(random, 0.5) ? scale : -scale, scale);
			cairo_set_source_surface(cairo, surface, between(random, w / scale - photo->width, 0), between(random, h / scale - photo->height, 0));
			cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_REFLECT);
			cairo_paint(cairo);
			cairo_restore(cairo);
			cairo_surface_destroy(surface);
			free(data);
		}
	}
	for (unsigned i = below(random, 16); i > 0; i--) {
		double bw = between(random, 0.03, 0.6) * w, bh = between(random, 0.03, 0.4) * h, x = between(random, -0.2, 0.9) * w, y = between(random, -0.2, 0.9) * h;
		switch (below(random, 6)) {
		case 0:
			bricks(cairo, random, x, y, bw, bh);
			break;
		case 1:
			grey(cairo, between(random, 0, 1));
			bars(cairo, random, x, y, bw, bh, between(random, 4, 40), chance(random, 0.8));
			break;
		case 2:
			sign(cairo, random, x, y, exp(between(random, log(6), log(40))));
			break;
		default:
			blots(cairo, random, x, y, bw, bh);
			break;
		}
	}
}

/* Proportions and inks of other countries: nothing but how wide, how high, how many. */
static void made_up(uint64_t *random, struct qyran_format *f)
{
	static const struct shape {
		unsigned w, h, rows, least, most;
	} shapes[] = { { 520, 112, 1, 6, 8 }, { 520, 112, 1, 6, 8 }, { 305, 152, 1, 5, 8 }, { 305, 152, 1, 6, 7 }, { 400, 130, 1, 7, 7 }, { 440, 140, 1, 6, 7 },
		{ 340, 200, 2, 6, 8 }, { 280, 200, 2, 6, 8 }, { 372, 135, 1, 6, 6 }, { 330, 165, 2, 6, 7 } };
	static const char *const all = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const struct shape *s = &shapes[below(random, sizeof shapes / sizeof *shapes)];
	memset(f, 0, sizeof *f);
	f->width_mm = (uint16_t)s->w;
	f->height_mm = (uint16_t)s->h;
	f->rows = (uint8_t)s->rows;
	f->count = (uint8_t)(s->least + below(random, s->most - s->least + 1));
	strcpy(f->font, "gost");
	double tall = s->rows == 2 ? between(random, 0.34, 0.4) : s->h * 4 < s->w ? between(random, 0.6, 0.78) : between(random, 0.42, 0.62);
	double band = s->w > 500 && chance(random, 0.5) ? 40 : 0, edge = between(random, 0.03, 0.08) * s->w;
	unsigned upper = s->rows == 2 ? 2 + below(random, 3) : f->count;
	f->upper = (uint8_t)upper;
	bool split = chance(random, 0.6);
	for (unsigned i = 0; i < f->count; i++) {
		unsigned in_row = i < upper ? upper : f->count - upper, at = i < upper ? i : i - upper, hole = split && in_row > 4 ? 1 : 0;
		double pitch = (s->w - band - 2 * edge) / (in_row + 0.6 * hole), w = fmin(pitch * between(random, 0.72, 0.8), tall * s->h * 0.8);
		struct qyran_format_character *c = &f->characters[i];
		strcpy(c->allowed, all);
		c->x_mm = (uint16_t)(band + edge + pitch * (at + (hole && at >= in_row / 2 ? 0.6 : 0)) + (pitch - w) / 2);
		c->y_mm = (uint16_t)(s->rows == 2 ? (i < upper ? 0.08 : 0.54) * s->h : (1 - tall) / 2 * s->h);
		c->width_mm = (uint16_t)w;
		c->height_mm = (uint16_t)(tall * s->h);
	}
	double paper = between(random, 0.55, 1), ink = between(random, 0, 0.3);
	if (chance(random, 0.25)) {
		paper = between(random, 0, 0.35);
		ink = between(random, 0.7, 1);
	}
	f->background = (uint32_t)(paper * 255) * 0x10101u;
	f->foreground = (uint32_t)(ink * 255) * 0x10101u;
}

static int plate(cairo_t *cairo, uint64_t *random, const struct qyran_format *f, double x, double y, double width, struct training_plate *truth)
{
	char text[QYRAN_PLATE_TEXT_MAX + 1];
	double w = f->width_mm, h = f->height_mm, rim = between(random, 4, 16);
	double level = (double)(f->background & 255) / 255, ink = (double)(f->foreground & 255) / 255;
	cairo_save(cairo);
	cairo_translate(cairo, x, y);
	cairo_scale(cairo, width / w, width / w * between(random, 0.85, 1.08));
	cairo_translate(cairo, -w / 2, -h / 2);
	if (chance(random, 0.5)) {
		double under = chance(random, 0.4) ? between(random, 14, 34) : 0;
		box(cairo, chance(random, 0.7) ? between(random, 0, 0.3) : between(random, 0.6, 1), -rim, -rim, w + 2 * rim, h + 2 * rim + under);
		if (under > 0) {
			grey(cairo, between(random, 0, 1));
			lettering(cairo, random, 0.15 * w, h + rim, under * 0.7, 6 + below(random, 8));
		}
	}
	scene_plate_text(f, random, text);
	int r = scene_plate_draw(cairo, f, text);
	if (h * 3 < w * 1.6 + h && f->rows == 1 && h * 3.5 > w) { /* a name above, a motto below */
		grey(cairo, ink);
		if (chance(random, 0.7))
			lettering(cairo, random, w * between(random, 0.1, 0.4), h * 0.05, h * between(random, 0.08, 0.14), 4 + below(random, 8));
		if (chance(random, 0.5))
			lettering(cairo, random, w * between(random, 0.1, 0.4), h * 0.84, h * between(random, 0.06, 0.1), 4 + below(random, 12));
		if (chance(random, 0.3)) /* a picture */
			for (unsigned i = 0; i < 12; i++)
				box(cairo, level + between(random, -0.3, 0), between(random, 0, 0.8) * w, between(random, 0.2, 0.8) * h, between(random, 0.02, 0.2) * w, between(random, 0.05, 0.2) * h);
	}
	for (unsigned i = below(random, 5); i > 0; i--) { /* bolts, dirt */
		cairo_set_source_rgba(cairo, 0.2, 0.2, 0.2, between(random, 0.1, 0.7));
		cairo_arc(cairo, between(random, 0, w), between(random, 0, h), between(random, 4, 30), 0, 2 * M_PI);
		cairo_fill(cairo);
	}
	if (chance(random, 0.15)) { /* an edge of shadow */
		cairo_set_source_rgba(cairo, 0, 0, 0, between(random, 0.2, 0.7));
		double at = between(random, 0, h);
		cairo_move_to(cairo, -10, at);
		cairo_line_to(cairo, w + 10, at + between(random, -0.5, 0.5) * h);
		cairo_line_to(cairo, w + 10, -10);
		cairo_line_to(cairo, -10, -10);
		cairo_fill(cairo);
	}
	truth->x0 = truth->y0 = 1e9;
	truth->x1 = truth->y1 = -1e9;
	for (unsigned i = 0; i < 4; i++) {
		double cx = i & 1 ? w : 0, cy = i & 2 ? h : 0;
		cairo_user_to_device(cairo, &cx, &cy);
		truth->x0 = fmin(truth->x0, cx);
		truth->x1 = fmax(truth->x1, cx);
		truth->y0 = fmin(truth->y0, cy);
		truth->y1 = fmax(truth->y1, cy);
	}
	truth->dark = level < 0.5;
	truth->two_rows = f->rows == 2;
	cairo_restore(cairo);
	return r;
}

/* The end of a vehicle, its plate in the middle below; user space is pixels, the plate's middle at x, y. */
static int vehicle(cairo_t *cairo, uint64_t *random, const struct qyran_format *f, double x, double y, double width, struct training_plate *truth)
{
	double body = width * 1800 / f->width_mm * between(random, 0.9, 1.3), high = body * between(random, 0.6, 1), paint = between(random, 0.03, 0.95);
	double left = x - body / 2 + between(random, -0.05, 0.05) * body, top = y - high * between(random, 0.55, 0.85);
	int r;
	cairo_save(cairo);
	cairo_translate(cairo, x, y);
	cairo_matrix_t shear;
	truth->angle = between(random, -1, 1) * between(random, 0, 15);
	cairo_matrix_init(&shear, 1, chance(random, 0.8) ? tan(truth->angle * M_PI / 180) : 0, chance(random, 0.3) ? between(random, -0.2, 0.2) : 0, 1, 0, 0);
	if (chance(random, 0.3))
		cairo_rotate(cairo, truth->angle * M_PI / 180);
	else
		cairo_transform(cairo, &shear);
	cairo_scale(cairo, between(random, 0.8, 1), 1);
	cairo_translate(cairo, -x, -y);
	cairo_pattern_t *shade = cairo_pattern_create_linear(left, top, left + between(random, -0.3, 0.3) * body, top + high);
	for (unsigned i = 0; i < 4; i++) {
		double level = paint * between(random, 0.6, 1.3);
		cairo_pattern_add_color_stop_rgb(shade, i / 3., level, level, level);
	}
	cairo_set_source(cairo, shade);
	cairo_rectangle(cairo, left, top, body, high);
	cairo_fill(cairo);
	cairo_pattern_destroy(shade);
	box(cairo, between(random, 0.05, 0.5), left + 0.1 * body, top + 0.02 * high, 0.8 * body, 0.3 * high);               /* window */
	for (unsigned i = below(random, 4); i > 0; i--)
		box(cairo, between(random, 0, 1), left + between(random, 0.1, 0.8) * body, top + between(random, 0.03, 0.25) * high, between(random, 0.03, 0.3) * body,
			between(random, 0.02, 0.1) * high);
	box(cairo, between(random, 0, 0.3), left, top + high * between(random, 0.85, 0.95), body, high * 0.1);             /* sill */
	double lamps = top + high * between(random, 0.3, 0.6), lamp_w = body * between(random, 0.1, 0.25), lamp_h = high * between(random, 0.08, 0.25);
	uint64_t same = *random;
	lamp(cairo, random, left + 0.02 * body, lamps, lamp_w, lamp_h);
	lamp(cairo, &same, left + 0.98 * body - lamp_w, lamps, lamp_w, lamp_h);
	if (chance(random, 0.6)) { /* grille, above or around */
		double gw = body * between(random, 0.3, 0.6), gh = high * between(random, 0.06, 0.22), gy = y - between(random, 0.2, 1.3) * gh - width * 0.15;
		box(cairo, between(random, 0, 0.3), x - gw / 2, gy, gw, gh);
		grey(cairo, between(random, 0.1, 0.9));
		switch (below(random, 3)) {
		case 0:
			bars(cairo, random, x - gw / 2, gy, gw, gh, gh * between(random, 0.08, 0.4), false);
			break;
		case 1:
			bars(cairo, random, x - gw / 2, gy, gw, gh, gw * between(random, 0.02, 0.1), true);
			break;
		default:
			mesh(cairo, random, x - gw / 2, gy, gw, gh, gh * between(random, 0.1, 0.4));
			break;
		}
	}
	for (unsigned i = below(random, 7); i > 0; i--) { /* names, badges, stickers */
		grey(cairo, chance(random, 0.5) ? between(random, 0, 0.3) : between(random, 0.7, 1));
		lettering(cairo, random, left + between(random, 0.05, 0.7) * body, top + between(random, 0.25, 0.85) * high, body * between(random, 0.012, 0.04), 2 + below(random, 10));
	}
	if (chance(random, 0.3)) /* bumper, its slots */ {
		grey(cairo, between(random, 0, 0.4));
		bars(cairo, random, left + between(random, 0, 0.3) * body, y + width * between(random, 0.15, 0.3), body * between(random, 0.2, 0.6), high * 0.06, body * between(random, 0.01, 0.08),
			chance(random, 0.5));
	}
	r = plate(cairo, random, f, x, y, width, truth);
	cairo_restore(cairo);
	return r;
}

static void smear(float *line, unsigned count, unsigned step, const float *kernel, int reach, float *room)
{
	for (int i = -reach; i < (int)count + reach; i++)
		room[i + reach] = line[(size_t)(i < 0 ? 0 : i >= (int)count ? (int)count - 1 : i) * step];
	for (unsigned i = 0; i < count; i++) {
		float sum = 0;
		for (int j = 0; j <= 2 * reach; j++)
			sum += kernel[j] * room[(int)i + j];
		line[(size_t)i * step] = sum;
	}
}

static int kernel_make(float *kernel, double sigma, double motion)
{
	double total = 0, half = motion / 2;
	int reach = (int)ceil(half + 2.5 * sigma);
	reach = reach > 12 ? 12 : reach;
	for (int i = -reach; i <= reach; i++) {
		double value = erf((i + half + 0.5) / (sigma * M_SQRT2)) - erf((i - half - 0.5) / (sigma * M_SQRT2));
		kernel[i + reach] = (float)value;
		total += value;
	}
	for (int i = 0; i <= 2 * reach; i++)
		kernel[i] = (float)(kernel[i] / total);
	return reach;
}

static int expose(cairo_surface_t *surface, uint64_t *random, struct training_picture *p)
{
	const unsigned char *data = cairo_image_surface_get_data(surface);
	int stride = cairo_image_surface_get_stride(surface), reach;
	float *light = malloc(sizeof *light * (size_t)p->width * p->height), *room = malloc(sizeof *room * 4096), kernel[25];
	bool dusk = chance(random, 0.2);
	double gain = dusk ? between(random, 35, 110) : between(random, 130, 270), offset = dusk ? between(random, 0, 25) : between(random, -10, 40);
	double noise = dusk ? between(random, 2, 10) : between(random, 0, 1) * between(random, 0, 10);
	double lens = between(random, 0.3, 1) * between(random, 0.5, 1.4);
	if (light == NULL || room == NULL) {
		free(light);
		free(room);
		return -ENOMEM;
	}
	for (unsigned y = 0; y < p->height; y++)
		for (unsigned x = 0; x < p->width; x++)
			light[y * p->width + x] = (float)data[y * (unsigned)stride + 4 * x + 1] / 255;
	reach = kernel_make(kernel, lens, chance(random, 0.2) ? between(random, 0, 3) : 0);
	for (unsigned y = 0; y < p->height; y++)
		smear(light + (size_t)y * p->width, p->width, 1, kernel, reach, room);
	reach = kernel_make(kernel, lens, chance(random, 0.3) ? between(random, 0, 4) : 0);
	for (unsigned x = 0; x < p->width; x++)
		smear(light + x, p->height, p->width, kernel, reach, room);
	for (size_t i = 0; i < (size_t)p->width * p->height; i++) {
		uint64_t bits = scene_random(random);
		double sum = (double)(bits & 0xffff) + (double)(bits >> 16 & 0xffff) + (double)(bits >> 32 & 0xffff) + (double)(bits >> 48);
		double value = offset + gain * light[i] + noise * (sum / 65535 - 2) * 1.7320508;
		p->luma[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5);
	}
	free(light);
	free(room);
	return 0;
}

int training_picture_render(const struct qyran_formats *formats, const struct training_photo *photos, unsigned photo_count, uint64_t *random,
	struct training_picture *p)
{
	static const unsigned sizes[][2] = { { 640, 480 }, { 960, 540 }, { 1280, 720 }, { 1280, 960 }, { 800, 600 } };
	const unsigned *size = sizes[below(random, 5)];
	p->width = size[0];
	p->height = size[1];
	p->plates = 0;
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)p->width, (int)p->height);
	cairo_t *cairo = cairo_create(surface);
	if (cairo_status(cairo) != CAIRO_STATUS_SUCCESS) {
		cairo_destroy(cairo);
		cairo_surface_destroy(surface);
		return -ENOMEM;
	}
	background(cairo, random, photos, photo_count, p->width, p->height);
	unsigned count = chance(random, 0.15) ? 0 : chance(random, 0.7) ? 1 : 2;
	int r = 0;
	for (unsigned i = 0; i < count && r == 0; i++) {
		struct qyran_format made, *f = &made;
		made_up(random, &made);
		if (formats != NULL && chance(random, 0.2))
			made = *qyran_formats_at(formats, below(random, (unsigned)qyran_formats_count(formats)));
		double width = exp(between(random, log(45), log(0.42 * p->width)));
		double x = between(random, width, p->width - width), y = between(random, width * 0.5, p->height - width * 0.4);
		struct training_plate truth = { 0 };
		double reach = width * 1800 / f->width_mm * 1.3;
		bool hides = false;       /* a plate that an earlier vehicle carries */
		for (unsigned k = 0; k < p->plates; k++)
			hides = hides || (p->plate[k].x1 > x - 0.8 * reach && p->plate[k].x0 < x + 0.8 * reach && p->plate[k].y1 > y - reach && p->plate[k].y0 < y + 0.6 * reach);
		if (hides)
			continue;
		r = vehicle(cairo, random, f, x, y, width, &truth);
		if (truth.x0 >= 0 && truth.y0 >= 0 && truth.x1 <= p->width && truth.y1 <= p->height)
			p->plate[p->plates++] = truth;
	}
	for (unsigned i = below(random, 3); i > 0; i--)
		if (p->plates == 0)
			sign(cairo, random, between(random, 0, 0.8) * p->width, between(random, 0, 0.9) * p->height, between(random, 6, 24));
	cairo_surface_flush(surface);
	if (r == 0)
		r = expose(surface, random, p);
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
	return r;
}
