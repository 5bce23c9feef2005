/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cases.h"
#include "tests/unit/recording.h"

#include <errno.h>

static uint64_t random_state = 88172645463325252u;

/* xorshift64, Marsaglia 2003 */
static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* RFC 3720, B.4 and the check value of the CRC catalogue. */
static void crc_agrees_with_the_standard(void)
{
	uint8_t bytes[48] = { 0 };

	CU_ASSERT_EQUAL(qyran_crc32c(0, "123456789", 9), 0xe3069283u);
	CU_ASSERT_EQUAL(qyran_crc32c(0, bytes, 32), 0x8a9136aau);
	memset(bytes, 0xff, 32);
	CU_ASSERT_EQUAL(qyran_crc32c(0, bytes, 32), 0x62a8ab43u);
	for (unsigned int i = 0; i < 32; i++)
		bytes[i] = (uint8_t)i;
	CU_ASSERT_EQUAL(qyran_crc32c(0, bytes, 32), 0x46dd794eu);
	for (unsigned int cut = 0; cut <= 32; cut++)
		CU_ASSERT_EQUAL(qyran_crc32c(qyran_crc32c(0, bytes, cut), bytes + cut, 32 - cut), 0x46dd794eu);
}

static void each_flipped_bit_is_noticed(void)
{
	struct qyran_record_header *records[] = { recording_mover(0, 0), recording_region(1, 0), recording_frame(2, 0) };

	for (unsigned int i = 0; i < 3; i++) {
		size_t length = le32toh(records[i]->length);
		uint8_t *bytes = (uint8_t *)records[i];

		CU_ASSERT_EQUAL(qyran_record_check(bytes, length), (int64_t)length);
		for (size_t bit = 0; bit < length * 8; bit++) {
			bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (qyran_record_check(bytes, length) != -EBADMSG)
				CU_FAIL("a flipped bit was not noticed");
			bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		free(records[i]);
	}
}

static void each_flipped_byte_of_whole_frame_is_noticed(void)
{
	struct qyran_record_header *record = recording_pixels(0, 0);
	size_t length = le32toh(record->length);
	uint8_t *bytes = (uint8_t *)record;

	for (size_t i = 0; i < length; i += 1 + i / 64) {
		bytes[i] ^= 0x40;
		if (qyran_record_check(bytes, length) != -EBADMSG)
			CU_FAIL("a flipped byte was not noticed");
		bytes[i] ^= 0x40;
	}
	CU_ASSERT_EQUAL(qyran_record_check(bytes, length), (int64_t)length);
	free(record);
}

static void part_of_a_record_is_no_record(void)
{
	struct qyran_record_header *record = recording_region(0, 0);
	size_t length = le32toh(record->length);

	for (size_t size = 0; size < length; size++) {
		/* its own memory, so that reading past it is seen */
		void *part = malloc(size ? size : 1);

		memcpy(part, record, size);
		CU_ASSERT_EQUAL(qyran_record_check(part, size), 0);
		free(part);
	}
	free(record);
}

static void reseal(struct qyran_record_header *record)
{
	record->header_crc = htole32(qyran_crc32c(0, record, offsetof(struct qyran_record_header, header_crc)));
}

/* A length that passes the CRC must still fit its type, before anyone takes memory for it. */
static void sizes_that_lie_are_refused(void)
{
	static const uint16_t types[] = { QYRAN_RECORD_MOVER, QYRAN_RECORD_REGION, QYRAN_RECORD_FRAME, QYRAN_RECORD_PIXELS, 0x7777 };
	static const uint32_t lengths[] = { 0, 64, 128, 4096, QYRAN_RECORD_MAX + 64, 1u << 24, 0x7fffffc0u, 0xffffffc0u };

	for (unsigned int t = 0; t < 5; t++)
		for (unsigned int l = 0; l < 8; l++) {
			struct qyran_record_header header = { .magic = htole32(QYRAN_RECORD_MAGIC), .type = htole16(types[t]), .version = htole16(1) };
			int64_t found;

			header.length = htole32(lengths[l]);
			header.payload = htole32(lengths[l] - 128);
			reseal(&header);
			found = qyran_record_check_header(&header, sizeof(header));
			if (lengths[l] > QYRAN_RECORD_MAX || lengths[l] == 0 || lengths[l] == 64)
				CU_ASSERT(found == -EBADMSG || (types[t] == QYRAN_RECORD_PIXELS && found <= (int64_t)QYRAN_FILE_RECORD_MAX && found > 0));
			CU_ASSERT(found <= (int64_t)QYRAN_FILE_RECORD_MAX);
		}

	struct qyran_record_header *region = recording_region(0, 0);
	struct qyran_region *about = (void *)(region + 1);

	about->out_w = htole16(400);
	qyran_record_seal(region);
	CU_ASSERT_EQUAL(qyran_record_check(region, le32toh(region->length)), -EBADMSG);
	about->out_w = htole16(24);
	qyran_record_seal(region);
	CU_ASSERT(qyran_record_check(region, le32toh(region->length)) > 0);
	free(region);

	struct qyran_record_header *pixels = recording_pixels(0, 0);
	struct qyran_frame_pixels *frame = (void *)(pixels + 1);

	frame->height = htole16(1080);
	qyran_record_seal(pixels);
	CU_ASSERT_EQUAL(qyran_record_check(pixels, le32toh(pixels->length)), -EBADMSG);
	free(pixels);
}

static void types_of_tomorrow_pass(void)
{
	uint8_t payload[100];

	memset(payload, 3, sizeof(payload));
	struct qyran_record_header *record = recording_record(0x55, 1, 2, payload, sizeof(payload));

	CU_ASSERT_EQUAL(qyran_record_check(record, le32toh(record->length)), (int64_t)le32toh(record->length));
	free(record);
}

/* Noise, and sound records with several bytes changed and the header resealed: no crash, no read past the end. */
static void noise_does_no_harm(void)
{
	for (unsigned int round = 0; round < 20000; round++) {
		size_t size = 64 * (1 + random_next() % 12);
		uint64_t *bytes = malloc(size);
		struct qyran_record_header *header = (void *)bytes;

		for (size_t i = 0; i < size / 8; i++)
			bytes[i] = random_next();
		if (round % 4) {
			header->magic = htole32(QYRAN_RECORD_MAGIC);
			header->version = htole16(1);
			header->type = htole16((uint16_t)(round % 6 == 5 ? QYRAN_RECORD_PIXELS : round % 6));
			header->payload = htole32((uint32_t)(random_next() % (round % 3 ? size * 2 : UINT32_MAX)));
			header->length = htole32(128 + (le32toh(header->payload) + 63) / 64 * 64);
			reseal(header);
		}

		int64_t found = qyran_record_check(bytes, size);

		CU_ASSERT(found == -EBADMSG || found == 0);
		free(bytes);
	}
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "crc_agrees_with_the_standard", crc_agrees_with_the_standard },
		{ "each_flipped_bit_is_noticed", each_flipped_bit_is_noticed },
		{ "each_flipped_byte_of_whole_frame_is_noticed", each_flipped_byte_of_whole_frame_is_noticed },
		{ "part_of_a_record_is_no_record", part_of_a_record_is_no_record },
		{ "sizes_that_lie_are_refused", sizes_that_lie_are_refused },
		{ "types_of_tomorrow_pass", types_of_tomorrow_pass },
		{ "noise_does_no_harm", noise_does_no_harm },
	};

	return test_cases_run("record", cases, sizeof(cases) / sizeof(*cases));
}
