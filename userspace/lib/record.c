/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <errno.h>
#include <qyran/record.h>
#include <stdbool.h>
#include <string.h>
#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

#define CRC32C_POLYNOMIAL 0x82f63b78u	/* RFC 3720, B.4, bits reversed */
#define STRIDE_MAX ((QYRAN_WIDTH_MAX * 2u + 255u) / 256u * 256u)

/* Eight bytes a step: Kounavis and Berry 2008, "Novel table lookup-based algorithms for high-performance CRC generation". */
static uint32_t crc_table[8][256];

static uint32_t crc32c_table(uint32_t crc, const uint8_t *at, size_t size)
{
	for (; size >= 8; size -= 8, at += 8) {
		uint64_t word;

		memcpy(&word, at, 8);
		word = le64toh(word) ^ crc;
		crc = 0;
		for (unsigned int i = 0; i < 8; i++)
			crc ^= crc_table[7 - i][(word >> (8 * i)) & 0xff];
	}
	while (size--)
		crc = crc >> 8 ^ crc_table[0][(crc ^ *at++) & 0xff];
	return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc32c_sse42(uint32_t crc, const uint8_t *at, size_t size)
{
	uint64_t wide = crc;

	for (; size >= 8; size -= 8, at += 8) {
		uint64_t word;

		memcpy(&word, at, 8);
		wide = _mm_crc32_u64(wide, word);
	}
	crc = (uint32_t)wide;
	while (size--)
		crc = _mm_crc32_u8(crc, *at++);
	return crc;
}
#endif

static uint32_t (*crc32c)(uint32_t crc, const uint8_t *at, size_t size) = crc32c_table;

__attribute__((constructor)) static void crc32c_prepare(void)
{
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t crc = byte;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC32C_POLYNOMIAL : 0);
		crc_table[0][byte] = crc;
	}
	for (uint32_t byte = 0; byte < 256; byte++)
		for (int i = 1; i < 8; i++)
			crc_table[i][byte] = crc_table[i - 1][byte] >> 8 ^ crc_table[0][crc_table[i - 1][byte] & 0xff];
#if defined(__x86_64__)
	if (__builtin_cpu_supports("sse4.2"))
		crc32c = crc32c_sse42;
#endif
}

uint32_t qyran_crc32c(uint32_t crc, const void *bytes, size_t size)
{
	return ~crc32c(~crc, bytes, size);
}

static size_t padded(uint32_t payload)
{
	return ((size_t)payload + QYRAN_RECORD_ALIGN - 1) / QYRAN_RECORD_ALIGN * QYRAN_RECORD_ALIGN;
}

static bool length_sound(uint16_t type, uint32_t length, uint32_t payload)
{
	uint32_t most = sizeof(struct qyran_region) + QYRAN_PIXELS_MAX, least = 0;

	switch (type) {
	case QYRAN_RECORD_MOVER:
		least = most = sizeof(struct qyran_mover);
		break;
	case QYRAN_RECORD_REGION:
	case QYRAN_RECORD_WATCH:
		least = sizeof(struct qyran_region);
		break;
	case QYRAN_RECORD_FRAME:
		least = most = sizeof(struct qyran_frame_info);
		break;
	case QYRAN_RECORD_PIXELS:
		least = sizeof(struct qyran_frame_pixels);
		most = (uint32_t)sizeof(struct qyran_frame_pixels) + QYRAN_HEIGHT_MAX * STRIDE_MAX;
		break;
	default:
		break;
	}
	return payload >= least && payload <= most &&
	       length == sizeof(struct qyran_record_header) + padded(payload) + sizeof(struct qyran_record_trailer);
}

/* The sizes inside a payload agree with its length, so that nobody above reads past it. */
static bool payload_sound(uint16_t type, uint32_t payload, const void *bytes)
{
	if (type == QYRAN_RECORD_REGION || type == QYRAN_RECORD_WATCH) {
		const struct qyran_region *region = bytes;
		uint32_t pixels = le32toh(region->pixels);

		return pixels == payload - sizeof(*region) &&
		       pixels == (uint64_t)le16toh(region->out_w) * le16toh(region->out_h) * 2;
	}
	if (type == QYRAN_RECORD_PIXELS) {
		const struct qyran_frame_pixels *frame = bytes;
		uint32_t stride = le32toh(frame->stride);

		return le16toh(frame->width) * 2u <= stride && stride <= STRIDE_MAX &&
		       (uint64_t)stride * le16toh(frame->height) == payload - sizeof(*frame);
	}
	return true;
}

int64_t qyran_record_check_header(const void *bytes, size_t size)
{
	const struct qyran_record_header *header = bytes;

	if (size < sizeof(*header))
		return 0;
	if (le32toh(header->magic) != QYRAN_RECORD_MAGIC || le16toh(header->version) != QYRAN_RECORD_VERSION ||
	    le32toh(header->header_crc) != qyran_crc32c(0, header, offsetof(struct qyran_record_header, header_crc)) ||
	    !length_sound(le16toh(header->type), le32toh(header->length), le32toh(header->payload)))
		return -EBADMSG;
	return le32toh(header->length);
}

int64_t qyran_record_check(const void *bytes, size_t size)
{
	const struct qyran_record_header *header = bytes;
	static const uint8_t zeros[sizeof(((struct qyran_record_trailer *)0)->reserved)];
	int64_t length = qyran_record_check_header(bytes, size);

	if (length <= 0)
		return length;
	if (size < (size_t)length)
		return 0;

	size_t covered = (size_t)length - sizeof(*header) - sizeof(struct qyran_record_trailer);
	const struct qyran_record_trailer *trailer = (const void *)((const uint8_t *)(header + 1) + covered);

	if (le32toh(trailer->magic) != QYRAN_TRAILER_MAGIC || memcmp(trailer->reserved, zeros, sizeof(zeros)) != 0 ||
	    le32toh(trailer->payload_crc) != qyran_crc32c(0, header + 1, covered) ||
	    !payload_sound(le16toh(header->type), le32toh(header->payload), header + 1))
		return -EBADMSG;
	return length;
}

void qyran_record_seal(struct qyran_record_header *record)
{
	uint32_t payload = le32toh(record->payload);
	size_t covered = padded(payload);
	uint8_t *body = (uint8_t *)(record + 1);
	struct qyran_record_trailer *trailer = (void *)(body + covered);

	record->magic = htole32(QYRAN_RECORD_MAGIC);
	record->version = htole16(QYRAN_RECORD_VERSION);
	record->length = htole32((uint32_t)(sizeof(*record) + covered + sizeof(*trailer)));
	memset(record->reserved, 0, sizeof(record->reserved));
	record->header_crc = htole32(qyran_crc32c(0, record, offsetof(struct qyran_record_header, header_crc)));
	memset(body + payload, 0, covered - payload);
	*trailer = (struct qyran_record_trailer){
		.magic = htole32(QYRAN_TRAILER_MAGIC),
		.payload_crc = htole32(qyran_crc32c(0, body, covered)),
	};
}
