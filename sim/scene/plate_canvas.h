/* SPDX-License-Identifier: Apache-2.0 */
/* What the plates' decorations are drawn with: internal to plate*.c. */
#ifndef QYRAN_SCENE_PLATE_CANVAS_H
#define QYRAN_SCENE_PLATE_CANVAS_H

#include "plate.h"

struct plate_canvas {
	cairo_t *cairo;
	const struct qyran_format *format;
	const struct scene_plate_cell *cells;	/* of the text's characters */
	int count;
	uint32_t background, foreground;
	double stroke_mm;			/* about what the characters are stroked with */
	uint64_t random;			/* state of scene_random() */
	bool styled;				/* false: every plate of the format looks the same */
};

struct plate_box {
	double x, y, width, height;
};

/** plate_ink() - around all characters of @row; -1: of both. */
struct plate_box plate_ink(const struct plate_canvas *canvas, int row);

/** plate_gap() - the widest space between two characters of @row, as high as they are; its width is 0 when none is wider than the others. */
struct plate_box plate_gap(const struct plate_canvas *canvas, int row);

double plate_between(struct plate_canvas *canvas, double low, double high);
bool plate_chance(struct plate_canvas *canvas, double probability);
uint32_t plate_mix(uint32_t a, uint32_t b, double share_of_b);

void plate_colour(cairo_t *cairo, uint32_t rgb);
void plate_fill_box(cairo_t *cairo, uint32_t rgb, double x, double y, double width, double height);
void plate_disc(cairo_t *cairo, uint32_t rgb, double x, double y, double radius);
void plate_rounded_box(cairo_t *cairo, double x, double y, double width, double height, double radius);	/* a path */

/** plate_lettering() - @word in the middle of @box, as high as it, narrowed to fit. */
void plate_lettering(struct plate_canvas *canvas, const char *alphabet, const char *word, uint32_t rgb, struct plate_box box);

/** plate_word() - something that can be said, of @length letters at most 15. */
void plate_word(struct plate_canvas *canvas, int length, char ret_word[16]);

/** plate_script() - what looks like handwriting in @box. */
void plate_script(struct plate_canvas *canvas, uint32_t rgb, struct plate_box box);

void plate_shield(struct plate_canvas *canvas, struct plate_box box);
void plate_seal(struct plate_canvas *canvas, double x, double y, double radius);
void plate_sticker(struct plate_canvas *canvas, struct plate_box box);

/** plate_blob() - an outline such as a state, a fruit or an animal has. */
void plate_blob(struct plate_canvas *canvas, uint32_t rgb, struct plate_box box);

void plate_screw(struct plate_canvas *canvas, double x, double y, double radius);

/** plate_decoration_known(), plate_decorate(), plate_decorate_over() - by the name in the format: before the characters, and upon them. */
bool plate_decoration_known(const char *name);
void plate_decorate(struct plate_canvas *canvas);
void plate_decorate_over(struct plate_canvas *canvas);

/* One decoration each. */
void plate_plain(struct plate_canvas *canvas);
void plate_kz_flag(struct plate_canvas *canvas);
void plate_kz_mark(struct plate_canvas *canvas);
void plate_ru_region(struct plate_canvas *canvas);
void plate_ua_band(struct plate_canvas *canvas);
void plate_by_flag(struct plate_canvas *canvas);
void plate_uz_flag(struct plate_canvas *canvas);
void plate_kg_flag(struct plate_canvas *canvas);
void plate_ae_emirate(struct plate_canvas *canvas);
void plate_eu_band(struct plate_canvas *canvas);
void plate_it_band(struct plate_canvas *canvas);
void plate_uk_band(struct plate_canvas *canvas);
void plate_tr_band(struct plate_canvas *canvas);
void plate_br_tag(struct plate_canvas *canvas);
void plate_br_mercosul(struct plate_canvas *canvas);
void plate_us_state(struct plate_canvas *canvas);
void plate_br_screws(struct plate_canvas *canvas);
void plate_us_frame(struct plate_canvas *canvas);
void plate_edge_screws(struct plate_canvas *canvas);

#endif
