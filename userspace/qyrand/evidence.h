/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence: JPEG pictures of frames and plates, hashed. */
#ifndef QYRAN_EVIDENCE_H
#define QYRAN_EVIDENCE_H

#include "violation.h"

#include <qyran/device.h>

/**
 * qyran_evidence_encode() - encodes YUYV pixels (libjpeg-turbo, 4:2:2) and hashes the result.
 * Returns 0; -EINVAL for a size out of range; -ENOMEM. The caller frees @ret->jpeg (qyran_violation_clear()).
 */
int qyran_evidence_encode(const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride, int quality,
			  struct qyran_evidence *ret);

/** qyran_evidence_shrink() - lowers quality, then size, of the frames in @violation until their sum is at most @limit bytes. Returns 0 or -EFBIG. */
int qyran_evidence_shrink(struct qyran_violation *violation, size_t limit);

#endif
