/* SPDX-License-Identifier: Apache-2.0 */
/* Drawn plates: for scenes, and for the pictures that the reader is trained on. */
#ifndef QYRAN_SCENE_PLATE_H
#define QYRAN_SCENE_PLATE_H

#include <cairo.h>
#include <qyran/format.h>

/**
 * scene_plate_draw() - draws a plate; user space is millimetres, the plate's upper left corner at 0, 0.
 * The caller sets the transformation; nothing is drawn outside the plate's rectangle.
 * Returns 0, or -EINVAL when @text does not fit @format or its alphabet lacks a character.
 */
int scene_plate_draw(cairo_t *cairo, const struct qyran_format *format, const char *text);

/** scene_plate_text() - a random text of @format; @random is the state of scene_random(), see random.h. */
void scene_plate_text(const struct qyran_format *format, uint64_t *random, char ret_text[QYRAN_PLATE_TEXT_MAX + 1]);

#endif
