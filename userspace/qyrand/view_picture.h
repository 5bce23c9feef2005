/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures for watchers where the camera's memory itself cannot be shown. */
#ifndef QYRAN_VIEW_PICTURE_H
#define QYRAN_VIEW_PICTURE_H

#include "track.h"

#include <qyran/view.h>

/** qyran_view_picture_copy() - a sealed memfd with a copy of @frame; @ret: stride and kind are filled. Returns the descriptor or a negative errno. */
int qyran_view_picture_copy(const struct qyran_frame *frame, struct qyran_view_picture *ret);

/** qyran_view_picture_regions() - a sealed memfd of the frame's size, black but for its plate regions; otherwise as above. */
int qyran_view_picture_regions(const struct qyran_frame_batch *seen, struct qyran_view_picture *ret);

#endif
