/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of records, and files of them. The format of a record is in <linux/qyran.h>; a file holds records and nothing else. */
#ifndef QYRAN_RECORD_H
#define QYRAN_RECORD_H

#include <linux/qyran.h>
#include <stddef.h>
#include <stdint.h>

/* The longest record of a file: PIXELS of a whole frame. */
#define QYRAN_FILE_RECORD_MAX (64u + 64u + QYRAN_HEIGHT_MAX * QYRAN_WIDTH_MAX * 2u + 64u)

/** qyran_crc32c() - CRC-32C (RFC 3720, B.4) of @size bytes; @crc is 0 or the value so far. */
uint32_t qyran_crc32c(uint32_t crc, const void *bytes, size_t size);

/**
 * qyran_record_check() - is there a whole, sound record at @bytes?
 * @bytes: 8-byte aligned.
 * Returns its length; 0 when @size is too small to tell or to hold it; -EBADMSG when it is damaged.
 * Lengths are checked against the type before anything is read: a PIXELS record may hold QYRAN_HEIGHT_MAX lines, any other QYRAN_PIXELS_MAX.
 * The sizes inside REGION, WATCH and PIXELS agree with the length of a sound record. Types that are not known pass.
 */
int64_t qyran_record_check(const void *bytes, size_t size);

/**
 * qyran_record_check_header() - the same for the header alone: is it worth reading the rest?
 * Returns the length of the whole record, never more than QYRAN_FILE_RECORD_MAX; 0 when @size is less than a header; -EBADMSG.
 */
int64_t qyran_record_check_header(const void *bytes, size_t size);

/** qyran_record_payload() - the payload after the header. */
static inline const void *qyran_record_payload(const struct qyran_record_header *record)
{
	return record + 1;
}

/**
 * qyran_record_seal() - fills magic, version, length, CRCs, padding and the trailer of a record.
 * @record: 8-byte aligned, with type, payload, sequence, frame and time_ns set and the payload behind it; the memory
 * reaches to the trailer's end (header + payload padded to 64 + trailer).
 */
void qyran_record_seal(struct qyran_record_header *record);

#endif
