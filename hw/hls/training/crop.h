/* SPDX-License-Identifier: Apache-2.0 */
/* Rendered regions as the cutter makes them: what the reader is trained on and measured with. */
#ifndef QYRAN_TRAINING_CROP_H
#define QYRAN_TRAINING_CROP_H

#include <qyran/format.h>
#include <stdbool.h>
#include <stdint.h>

#define CROP_W_MAX 480
#define CROP_H_MAX 320

enum crop_light { CROP_ANY_LIGHT, CROP_DAY, CROP_DUSK };

struct crop_wish {
	const struct qyran_format *format;	/* NULL: no plate, something that may be taken for one */
	const char *text;			/* NULL: random */
	double width_px;			/* of the plate; 0: random */
	enum crop_light light;
};

struct crop {
	char text[QYRAN_PLATE_TEXT_MAX + 1];	/* empty without a plate */
	int upper;				/* characters of the upper row */
	double centres[QYRAN_PLATE_TEXT_MAX];	/* of each character: how far across the crop, 0 to 1 */
	double tops[QYRAN_PLATE_TEXT_MAX];	/* where its ink begins, how far down the crop */
	double bottoms[QYRAN_PLATE_TEXT_MAX];	/* where it ends */
	int width, height;
	uint8_t yuyv[CROP_W_MAX * CROP_H_MAX * 2];
};

/** crop_render() - returns 0, or -ENOMEM, or -EINVAL when the plate cannot be drawn. */
int crop_render(const struct crop_wish *wish, uint64_t *random, struct crop *ret);

/** crop_format() - a random format, as often as its weight says, two rows and rare ones favoured. */
const struct qyran_format *crop_format(const struct qyran_formats *formats, uint64_t *random);

#endif
