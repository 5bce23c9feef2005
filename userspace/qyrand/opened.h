/* SPDX-License-Identifier: Apache-2.0 */
/* A Violation as the authority reads it, checked. */
#ifndef QYRAN_OPENED_H
#define QYRAN_OPENED_H

#include <qyran/v1/violation.pb-c.h>
#include <stddef.h>
#include <stdint.h>

/**
 * qyran_opened_parse() - reads packed Violation bytes strictly: all parts are there, counts and texts are within limits, a plate holds
 * 0-9 A-Z alone, every picture is a JPEG that fits its hash.
 * @camera: id in the sealed header, which must be the same inside.
 * @ret: freed with qyran_message_free(). @ret_why: on failure what is wrong, for a message.
 * Returns 0; -EBADMSG; -EFBIG; -ENOMEM.
 */
int qyran_opened_parse(const uint8_t *bytes, size_t size, const char *camera, Qyran__V1__Violation **ret, const char **ret_why);

/** qyran_opened_rule() - "speed", "red_light", … */
const char *qyran_opened_rule(const Qyran__V1__Violation *violation);

#endif
