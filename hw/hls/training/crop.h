/* SPDX-License-Identifier: Apache-2.0 */
/* Rendered regions as the cutter makes them, and as the second look cuts again: what the reader is trained on and measured with. */
#ifndef QYRAN_TRAINING_CROP_H
#define QYRAN_TRAINING_CROP_H

#include <qyran/format.h>
#include <stdbool.h>
#include <stdint.h>

#define CROP_W_MAX 1024
#define CROP_AREA_MAX 65536		/* pixels of a region: the cutter halves larger ones */

/*
 * Any: what cameras and telephones do, JPEG and halos with it, plates worn, dirty and askew. The others are the project's own camera on a
 * road, plates in order, with at most 6 degrees of turn:
 * day; dusk: the mean luma at most 60, noise of sigma 8 and more; rain: streaks, and a blur of sigma 1.5 pixels and more.
 */
enum crop_light { CROP_ANY_LIGHT, CROP_DAY, CROP_DUSK, CROP_RAIN };

enum crop_cut {
	CROP_ANY_CUT,
	CROP_CANDIDATE,			/* a detected box with its errors, and the cutter's margins */
	CROP_TIGHT,			/* round the plate or its text */
};

struct crop_wish {
	const struct qyran_format *format;	/* NULL: no plate, something that may be taken for one */
	const char *text;			/* NULL: random */
	double width_px;			/* of the plate; 0: random */
	enum crop_light light;
	enum crop_cut cut;
	bool plain;				/* as the format's file draws it, nothing worn or dirty */
};

struct crop {
	char text[QYRAN_PLATE_TEXT_MAX + 1];	/* empty without a plate */
	int upper;				/* characters of the upper row */
	double centres[QYRAN_PLATE_TEXT_MAX];	/* of each character: how far across the crop, 0 to 1 */
	double tops[QYRAN_PLATE_TEXT_MAX];	/* where its ink begins, how far down the crop */
	double bottoms[QYRAN_PLATE_TEXT_MAX];	/* where it ends */
	int width, height;
	uint8_t yuyv[CROP_AREA_MAX * 2];
};

/** crop_render() - returns 0, or -ENOMEM, or -EINVAL when the plate cannot be drawn. */
int crop_render(const struct crop_wish *wish, uint64_t *random, struct crop *ret);

/** crop_train() - the next picture to learn from: any format or none, sometimes with a text that fits no format. @wish tells what it is. */
int crop_train(const struct qyran_formats *formats, uint64_t *random, struct crop *ret);

/** crop_format() - a random format, by the root of its weight, so that rare ones are favoured. */
const struct qyran_format *crop_format(const struct qyran_formats *formats, uint64_t *random);

#endif
