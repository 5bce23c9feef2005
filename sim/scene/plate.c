/* SPDX-License-Identifier: Apache-2.0 */
#include "plate.h"

#include "plate_canvas.h"
#include "random.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define EDGE_MM 3.0			/* characters stay away from the plate's edge */

static const char *alphabet_of(const struct qyran_format *format, const struct scene_plate_style *style)
{
	return style && style->alphabet[0] ? style->alphabet : format->font;
}

/* A text of no format: the last optional places stay empty, then the last ones. */
static int any_slots(const struct qyran_format *format, size_t length, uint8_t slots[QYRAN_PLATE_TEXT_MAX])
{
	bool empty[QYRAN_PLATE_TEXT_MAX] = {false};
	size_t spare = format->count - length, used = 0;

	if (!length || length > format->count)
		return -EINVAL;
	for (int pass = 0; pass < 2; pass++)
		for (int i = format->count - 1; i >= 0 && spare; i--)
			if (!empty[i] && (pass || format->characters[i].optional)) {
				empty[i] = true;
				spare--;
			}
	for (uint8_t i = 0; i < format->count; i++)
		if (!empty[i])
			slots[used++] = i;
	return 0;
}

static int row_of(const struct qyran_format *format, int slot)
{
	return format->rows == 2 && slot >= format->upper;
}

/* The characters @first to @end of the text fill slots @low to @high of one row. */
static void place_row(const struct qyran_format *format, const char *text, const struct scene_plate_style *style, const uint8_t *slots, int first,
		      int end, int low, int high, struct scene_plate_cell *cells)
{
	const struct qyran_format_character *all = format->characters;
	double left = all[low].x_mm, right = all[high].x_mm + all[high].width_mm, middle = (left + right) / 2, shift = 0, offset, spacing = 1;
	double last = left;
	int next = first;

	for (int slot = low; slot <= high && next < end; slot++) {
		const struct qyran_format_character *at = &all[slot];
		struct scene_plate_cell *cell = &cells[next];
		double share, slack;

		if (slots[next] != slot) {
			shift += slot > low ? at->x_mm + at->width_mm - (at[-1].x_mm + at[-1].width_mm) : at[1].x_mm - at->x_mm;
			continue;
		}
		share = scene_glyph_width(alphabet_of(format, style), text[next]);
		slack = style && style->proportional ? 0.8 * (1 - share) * at->width_mm : 0;
		cell->width_mm = at->width_mm * share;
		cell->x_mm = at->x_mm - shift + (at->width_mm - slack - cell->width_mm) / 2;
		cell->y_mm = at->y_mm;
		cell->height_mm = at->height_mm;
		cell->row = row_of(format, slot);
		cell->slot = slot;
		shift += slack;
		last = at->x_mm + at->width_mm - shift;
		next++;
	}
	if (first == end)
		return;
	offset = middle - (left + last) / 2;
	if (style && style->aside != 0) {
		double spare = fmin(middle, format->width_mm - middle) - (last - left) / 2 - EDGE_MM;

		offset += style->aside * fmax(spare, 0) * 0.85;
	}
	if (style)
		spacing = fmin(style->spacing, fmin(middle - EDGE_MM, format->width_mm - EDGE_MM - middle) / fmax((right - left) / 2, 1));
	for (int i = first; i < end; i++) {
		struct scene_plate_cell *cell = &cells[i];
		double centre = cell->x_mm + cell->width_mm / 2 + offset;

		cell->x_mm = middle + (centre - middle) * spacing - cell->width_mm / 2;
	}
}

static void style_cell(const struct qyran_format *format, const struct scene_plate_style *style, uint64_t *random, struct scene_plate_cell *cell)
{
	double x = cell->x_mm + cell->width_mm / 2 + style->jitter_mm * scene_random_between(random, -1, 1);
	double y = cell->y_mm + cell->height_mm / 2 + style->jitter_mm * scene_random_between(random, -1, 1);

	cell->width_mm *= style->glyph_width;
	cell->height_mm = fmin(cell->height_mm * style->glyph_height, format->height_mm - 2 * EDGE_MM);
	cell->x_mm = fmin(fmax(x - cell->width_mm / 2, EDGE_MM), format->width_mm - EDGE_MM - cell->width_mm);
	cell->y_mm = fmin(fmax(y - cell->height_mm / 2, EDGE_MM), format->height_mm - EDGE_MM - cell->height_mm);
}

int scene_plate_place(const struct qyran_format *format, const char *text, const struct scene_plate_style *style,
		      struct scene_plate_cell ret_cells[QYRAN_PLATE_TEXT_MAX])
{
	uint8_t slots[QYRAN_PLATE_TEXT_MAX];
	int count, upper = 0, low = 0;
	uint64_t random = style ? style->seed : 0;

	if (qyran_format_slots(format, text, slots) && (!style || any_slots(format, strlen(text), slots)))
		return -EINVAL;
	for (const char *c = text; *c; c++)
		if (!scene_glyph_known(alphabet_of(format, style), *c))
			return -EINVAL;
	count = (int)strlen(text);
	if (format->rows == 2) {
		while (upper < count && slots[upper] < format->upper)
			upper++;
		place_row(format, text, style, slots, 0, upper, 0, format->upper - 1, ret_cells);
		low = format->upper;
	}
	place_row(format, text, style, slots, upper, count, low, format->count - 1, ret_cells);
	for (int i = 0; style && i < count; i++)
		style_cell(format, style, &random, &ret_cells[i]);
	return count;
}

static void draw_characters(const struct plate_canvas *canvas, const char *text, const struct scene_plate_style *style, uint32_t rgb, double offset)
{
	cairo_t *cairo = canvas->cairo;
	const char *alphabet = alphabet_of(canvas->format, style);

	plate_colour(cairo, rgb);
	for (int i = 0; i < canvas->count; i++) {
		const struct scene_plate_cell *at = &canvas->cells[i];
		double width = at->width_mm / scene_glyph_width(alphabet, text[i]);
		double x = at->x_mm + at->width_mm / 2 - width / 2 + offset, y = at->y_mm + offset;

		if (style && style->lean != 0) {
			cairo_matrix_t lean;

			cairo_matrix_init(&lean, 1, 0, -style->lean, 1, style->lean * (y + at->height_mm / 2), 0);
			cairo_save(cairo);
			cairo_transform(cairo, &lean);
		}
		scene_glyph_draw_pen(cairo, alphabet, style ? &style->pen : NULL, text[i], x, y, width, at->height_mm);
		if (style && style->lean != 0)
			cairo_restore(cairo);
	}
}

static void draw_surface(struct plate_canvas *canvas, const struct scene_plate_style *style)
{
	double width = canvas->format->width_mm, height = canvas->format->height_mm;
	cairo_pattern_t *shade;

	plate_fill_box(canvas->cairo, canvas->background, 0, 0, width, height);
	if (!style || style->shade <= 0)
		return;
	shade = plate_chance(canvas, 0.5) ? cairo_pattern_create_linear(0, 0, plate_between(canvas, -0.3, 0.3) * width, height)
					  : cairo_pattern_create_linear(0, 0, width, plate_between(canvas, -1, 1) * height);
	for (int i = 0; i < 3; i++) {
		double tone = plate_chance(canvas, 0.5);

		cairo_pattern_add_color_stop_rgba(shade, i / 2.0, tone, tone, tone, plate_between(canvas, 0, style->shade));
	}
	cairo_set_source(canvas->cairo, shade);
	cairo_paint(canvas->cairo);
	cairo_pattern_destroy(shade);
}

static void draw_border(const struct plate_canvas *canvas, double line, double emboss)
{
	double edge = line;

	if (line <= 0)
		return;
	for (int i = emboss > 0 ? 0 : 2; i < 3; i++) {
		double offset = i < 2 ? (i ? emboss : -emboss) : 0;

		plate_colour(canvas->cairo, i == 2 ? canvas->foreground : plate_mix(canvas->background, i ? 0 : 0xffffff, 0.4));
		plate_rounded_box(canvas->cairo, edge + offset, edge + offset, canvas->format->width_mm - 2 * edge, canvas->format->height_mm - 2 * edge, 8);
		cairo_set_line_width(canvas->cairo, line);
		cairo_stroke(canvas->cairo);
	}
}

/* Ink is gone where something rubbed. */
static void draw_wear(struct plate_canvas *canvas, double worn)
{
	struct plate_box ink = plate_ink(canvas, -1);

	for (int i = (int)(worn * 14); i > 0; i--) {
		double x = ink.x + plate_between(canvas, 0, 1) * ink.width, y = ink.y + plate_between(canvas, 0, 1) * ink.height;
		uint32_t tone = plate_mix(canvas->background, 0x605040, plate_between(canvas, 0, 0.35));

		cairo_set_source_rgba(canvas->cairo, (double)(tone >> 16 & 255) / 255, (double)(tone >> 8 & 255) / 255, (double)(tone & 255) / 255,
				      plate_between(canvas, 0.3, 1));
		cairo_new_path(canvas->cairo);
		if (plate_chance(canvas, 0.6)) {
			cairo_arc(canvas->cairo, x, y, plate_between(canvas, 0.5, 4.5), 0, 2 * M_PI);
			cairo_fill(canvas->cairo);
		} else {
			cairo_move_to(canvas->cairo, x, y);
			x += plate_between(canvas, -30, 30);
			y += plate_between(canvas, -20, 20);
			cairo_line_to(canvas->cairo, x, y);
			cairo_set_line_width(canvas->cairo, plate_between(canvas, 0.6, 2));
			cairo_stroke(canvas->cairo);
		}
	}
}

int scene_plate_draw_styled(cairo_t *cairo, const struct qyran_format *format, const char *text, const struct scene_plate_style *style)
{
	struct scene_plate_cell cells[QYRAN_PLATE_TEXT_MAX];
	struct plate_canvas canvas = {.cairo = cairo, .format = format, .cells = cells, .styled = style != NULL};

	canvas.count = plate_decoration_known(format->decoration) ? scene_plate_place(format, text, style, cells) : -EINVAL;
	if (canvas.count < 0)
		return canvas.count;
	canvas.background = style ? style->background : format->background;
	canvas.foreground = style ? style->foreground : format->foreground;
	canvas.stroke_mm = 0.13 * cells[0].height_mm;
	canvas.random = style ? style->seed ^ 0x706c617465u : 0;
	cairo_save(cairo);
	plate_rounded_box(cairo, 0, 0, format->width_mm, format->height_mm, 10);
	cairo_clip(cairo);
	draw_surface(&canvas, style);
	draw_border(&canvas, style ? style->border_mm : 4, style ? style->emboss_mm : 0);
	plate_decorate(&canvas);
	if (style && style->emboss_mm > 0) {
		draw_characters(&canvas, text, style, plate_mix(canvas.background, 0xffffff, 0.5), -style->emboss_mm);
		draw_characters(&canvas, text, style, plate_mix(canvas.background, 0, 0.4), style->emboss_mm);
	}
	draw_characters(&canvas, text, style, canvas.foreground, 0);
	if (style)
		draw_wear(&canvas, style->worn);
	plate_decorate_over(&canvas);
	cairo_restore(cairo);
	return 0;
}

int scene_plate_draw(cairo_t *cairo, const struct qyran_format *format, const char *text)
{
	return scene_plate_draw_styled(cairo, format, text, NULL);
}

void scene_plate_text(const struct qyran_format *format, uint64_t *random, char ret_text[QYRAN_PLATE_TEXT_MAX + 1])
{
	int length = 0;

	for (int i = 0; i < format->count; i++) {
		const struct qyran_format_character *at = &format->characters[i];

		if (!at->optional || scene_random(random) >> 63)
			ret_text[length++] = at->allowed[scene_random_below(random, (uint32_t)strlen(at->allowed))];
	}
	ret_text[length] = '\0';
}
