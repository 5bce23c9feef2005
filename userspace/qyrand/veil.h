/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A veil over what a picture of evidence need not show: other vehicles. Whoever breaks no rule and happens to be in the picture
 * stays unknown: their movers become a mosaic too coarse for a plate. What stands still from the start (a parked car, the signal's
 * lamps) is no mover and stays.
 */
#ifndef QYRAN_VEIL_H
#define QYRAN_VEIL_H

#include "track.h"

#include <qyran/device.h>

#define QYRAN_VEIL_PX 32	/* side of a mosaic's tile: a plate of 90 px is three tiles wide */

/**
 * qyran_veil_new() - a copy of a held frame with the veil on.
 * @seen: movers and regions of the frame; NULL: everything but @own is veiled.
 * @own: the vehicle that the picture is of; it stays as it is, with some pixels round it.
 * @current: @own was measured in this frame. If not, of movers that touch it only the plate candidates beside it are veiled, lest the
 * veil covers the vehicle itself.
 * @ret: number, time and shape of @frame; its pixels are freed with qyran_veil_free().
 * Returns 0 or -ENOMEM.
 */
int qyran_veil_new(const struct qyran_frame *frame, const struct qyran_frame_batch *seen, const struct qyran_box *own, bool current,
		   struct qyran_frame *ret);

/** qyran_veil_free() - wipes and frees the pixels. */
void qyran_veil_free(struct qyran_frame *veiled);

#endif
