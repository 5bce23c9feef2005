/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures for training the choice of plate candidates: vehicles' ends with plates, before much that looks like plates. */
#ifndef QYRAN_TRAINING_PICTURE_H
#define QYRAN_TRAINING_PICTURE_H

#include <qyran/format.h>
#include <stdint.h>

#define TRAINING_PLATES 4
#define TRAINING_PHOTOS 64

struct training_plate {
	double x0, y0, x1, y1;       /* upright box around the plate */
	double angle;                /* degrees */
	bool dark, two_rows;
};

struct training_photo {
	unsigned width, height;
	uint8_t *luma;
};

struct training_picture {
	unsigned width, height;      /* a multiple of 8, even */
	uint8_t *luma;               /* room for 1920x1080 */
	unsigned plates;
	struct training_plate plate[TRAINING_PLATES];
};

/**
 * training_picture_render() - the next picture.
 * @formats: drawn beside formats that are made up (other countries' proportions).
 * @photos: backgrounds without plates; @photo_count may be 0.
 * @random: state of scene_random(); the same state gives the same picture.
 * Returns 0, or -ENOMEM.
 */
int training_picture_render(const struct qyran_formats *formats, const struct training_photo *photos, unsigned photo_count, uint64_t *random,
	struct training_picture *picture);

#endif
