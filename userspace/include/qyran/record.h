/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of records, and files of them. The format of a record is in <linux/qyran.h>; a file holds records and nothing else. */
#ifndef QYRAN_RECORD_H
#define QYRAN_RECORD_H

#include <linux/qyran.h>
#include <stddef.h>
#include <stdint.h>

/** qyran_crc32c() - CRC-32C (RFC 3720, B.4) of @size bytes; @crc is 0 or the value so far. */
uint32_t qyran_crc32c(uint32_t crc, const void *bytes, size_t size);

/**
 * qyran_record_check() - is there a whole, sound record at @bytes?
 * @bytes: 8-byte aligned.
 * Returns its length; 0 when @size is too small to tell or to hold it; -EBADMSG when it is damaged.
 * Lengths are checked against the type before anything is read: a PIXELS record may hold QYRAN_HEIGHT_MAX lines, any other QYRAN_PIXELS_MAX.
 */
int64_t qyran_record_check(const void *bytes, size_t size);

/** qyran_record_payload() - the payload after the header. */
static inline const void *qyran_record_payload(const struct qyran_record_header *record)
{
	return record + 1;
}

/** qyran_record_seal() - fills magic, version, length, CRCs and the trailer of a record whose payload lies at @record + 1. */
void qyran_record_seal(struct qyran_record_header *record);

#endif
