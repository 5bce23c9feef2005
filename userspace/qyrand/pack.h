/* SPDX-License-Identifier: Apache-2.0 */
/* Packing: a decided violation becomes the bytes of a Violation message, always the same for the same input. */
#ifndef QYRAN_PACK_H
#define QYRAN_PACK_H

#include "violation.h"

/**
 * qyran_pack_violation() - a pure function of its arguments.
 * @ret: to be wiped and freed by the caller (it holds a plate).
 * Returns 0; -EFBIG when it is over QYRAN_PLAIN_MAX (shrink the evidence); -EINVAL when the violation contradicts itself; -ENOMEM.
 */
int qyran_pack_violation(const struct qyran_config *config, const struct qyran_violation *violation, uint8_t **ret, size_t *ret_size);

/** qyran_pack_room() - how many bytes the pictures of @violation may have in all. 0 when not even the rest fits. */
size_t qyran_pack_room(const struct qyran_config *config, const struct qyran_violation *violation);

#endif
