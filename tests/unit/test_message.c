/* SPDX-License-Identifier: Apache-2.0 */
/* Strict reading: a message that could have been written otherwise is not taken. */
#include "cases.h"
#include "qyrand/limits.h"
#include "qyrand/opened.h"
#include "qyrand/pack.h"
#include "qyrand/message.h"
#include "sample.h"

#include <errno.h>
#include <qyran/v1/heartbeat.pb-c.h>
#include <qyran/v1/sealed.pb-c.h>
#include <qyran/v1/violation.pb-c.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static struct qyran_config config;

static int unpack(const ProtobufCMessageDescriptor *descriptor, const char *bytes, size_t size)
{
	void *message;
	int code = qyran_message_unpack(descriptor, (const uint8_t *)bytes, size, 4096, &message);

	if (code == 0)
		qyran_message_free(message);
	return code;
}

#define UNPACK(name, literal) unpack(&qyran__v1__##name##__descriptor, literal, sizeof literal - 1)

static void each_meaning_has_one_encoding(void)
{
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x01\x12\x02hi") == 0);
	CU_ASSERT(UNPACK(heartbeat_body, "\x12\x02hi\x08\x01") == -EBADMSG);		/* order */
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x81\x00\x12\x02hi") == -EBADMSG);	/* long varint */
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x01\x08\x01\x12\x02hi") == -EBADMSG);	/* twice */
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x00\x12\x02hi") == -EBADMSG);		/* a default that is written */
	CU_ASSERT(UNPACK(heartbeat_body, "\x38\x02") == -EBADMSG);			/* a bool that is 2 */
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x01\x12\x02hi\x78\x01") == -EBADMSG);	/* unknown field */
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x01\x12\x03hi") == -EBADMSG);		/* cut */
	CU_ASSERT(UNPACK(plate, "\x08\x03\x32\x02\x01\x02") == 0);
	CU_ASSERT(UNPACK(plate, "\x08\x03\x30\x01\x30\x02") == -EBADMSG);			/* not packed */
}

static void unknown_fields_are_refused_at_any_depth(void)
{
	CU_ASSERT(UNPACK(violation, "\x08\x01\x10\x01\x32\x04\x0a\x02\x08\x03") == 0);
	CU_ASSERT(UNPACK(violation, "\x08\x01\x10\x01\x32\x07\x0a\x05\x08\x03\x78\x01\x01") == -EBADMSG);
	CU_ASSERT(UNPACK(violation, "\x08\x01\x10\x01\x32\x06\x0a\x04\x08\x03\x78\x01") == -EBADMSG);
	CU_ASSERT(UNPACK(violation, "\x08\x01\x10\x01\x52\x02\x38\x01\x52\x04\x38\x01\x78\x01") == -EBADMSG);
}

static void enums_that_are_not_known_are_refused(void)
{
	CU_ASSERT(UNPACK(violation, "\x08\x01\x10\x06") == 0);
	CU_ASSERT(UNPACK(violation, "\x08\x01\x10\x07") == -EBADMSG);
	CU_ASSERT(UNPACK(violation, "\x08\x01") == -EBADMSG);				/* _UNSPECIFIED */
	CU_ASSERT(UNPACK(violation, "\x08\x01\x10\x01\x32\x04\x0a\x02\x08\x04") == -EBADMSG);
	CU_ASSERT(UNPACK(violation, "\x08\x01\x10\x01\x52\x00") == -EBADMSG);		/* of a point in a list */
}

static void text_that_is_not_clean_utf8_is_refused(void)
{
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x01\x12\x04\xd0\x9f\xd1\x8f") == 0);
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x01\x12\x04\xf0\x9f\x9a\x97") == 0);
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x01\x12\x02\xc0\x80") == -EBADMSG);	/* overlong */
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x01\x12\x03\xed\xa0\x80") == -EBADMSG);	/* surrogate */
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x01\x12\x04\xf4\x90\x80\x80") == -EBADMSG);	/* beyond Unicode */
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x01\x12\x01\xd0") == -EBADMSG);		/* cut */
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x01\x12\x01\x80") == -EBADMSG);
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x01\x12\x03" "a\x00" "b") == -EBADMSG);
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x01\x12\x03" "a\n" "b") == -EBADMSG);
	CU_ASSERT(UNPACK(heartbeat_body, "\x08\x01\x12\x02\x1b[") == -EBADMSG);		/* a terminal's escape */
}

static void sizes_are_checked_before_memory_is_taken(void)
{
	size_t size = QYRAN_SEALED_MAX;
	uint8_t *bytes = malloc(size);
	void *message;

	/* Nothing but empty wrapped keys, and nothing but empty points: hundreds of thousands of objects. */
	for (size_t i = 0; i < size; i += 2) {
		bytes[i] = 0x1a;
		bytes[i + 1] = 0;
	}
	CU_ASSERT(qyran_message_unpack(&qyran__v1__sealed__descriptor, bytes, size, QYRAN_SEALED_MAX - 1, &message) == -EFBIG);
	if (qyran_message_unpack(&qyran__v1__sealed__descriptor, bytes, size, QYRAN_SEALED_MAX, &message) == 0)
		qyran_message_free(message);
	for (size_t i = 0; i < size; i += 2)
		bytes[i] = 0x52;
	CU_ASSERT(qyran_message_unpack(&qyran__v1__violation__descriptor, bytes, size, QYRAN_SEALED_MAX, &message) == -EBADMSG);
	/* A length that promises more than there is. */
	CU_ASSERT(UNPACK(sealed, "\x22\xff\xff\xff\xff\x0f") == -EBADMSG);
	CU_ASSERT(UNPACK(sealed, "\x22\xff\xff\xff\xff\xff\xff\xff\xff\x7f") == -EBADMSG);
	free(bytes);
}

/* Violations that a camera of ours would never write. @change spoils a sound one. */
static const char *opened_after(void (*change)(Qyran__V1__Violation *))
{
	struct qyran_violation violation;
	Qyran__V1__Violation *message, *read;
	const char *why = "taken";
	uint8_t *bytes;
	size_t size;

	sample_violation(0, 64, &violation);
	CU_ASSERT_FATAL(qyran_pack_violation(&config, &violation, &bytes, &size) == 0);
	qyran_violation_clear(&violation);
	message = qyran__v1__violation__unpack(NULL, size, bytes);
	free(bytes);
	change(message);
	CU_ASSERT_FATAL(qyran_message_pack(message, &bytes, &size) == 0);
	qyran__v1__violation__free_unpacked(message, NULL);
	if (qyran_opened_parse(bytes, size, "KZ-1", &read, &why) == 0)
		qyran_message_free(read);
	free(bytes);
	return why;
}

static void nothing(Qyran__V1__Violation *v) { (void)v; }
static void other_camera(Qyran__V1__Violation *v) { v->camera->id[0] = 'X'; }
static void later_version(Qyran__V1__Violation *v) { v->version = 2; }
static void markup(Qyran__V1__Violation *v) { v->vehicle->plate->text[0] = '<'; }
static void small_letter(Qyran__V1__Violation *v) { v->vehicle->plate->text[3] = 'a'; }
static void fewer_confidences(Qyran__V1__Violation *v) { v->vehicle->plate->n_character_confidence_permille--; }
static void too_sure(Qyran__V1__Violation *v) { v->vehicle->plate->confidence_permille = 1001; }
static void other_rule(Qyran__V1__Violation *v) { v->rule = QYRAN__V1__RULE__RULE_RED_LIGHT; }
static void picture_changed(Qyran__V1__Violation *v) { v->evidence[1]->jpeg.data[100] ^= 1; }
static void hash_cut(Qyran__V1__Violation *v) { v->evidence[0]->blake2b.len--; }
static void huge_picture(Qyran__V1__Violation *v) { v->evidence[0]->width_px = 100000; }
static void beyond_the_pole(Qyran__V1__Violation *v) { v->camera->latitude_e7 = 900000001; }
static void no_rules(Qyran__V1__Violation *v) { v->decision->configuration_blake2b.len = 0; }

static void not_a_jpeg(Qyran__V1__Violation *v)
{
	v->evidence[2]->jpeg.data[0] = '<';
	crypto_generichash(v->evidence[2]->blake2b.data, 32, v->evidence[2]->jpeg.data, v->evidence[2]->jpeg.len, NULL, 0);
}

static void part_missing(Qyran__V1__Violation *v)
{
	qyran__v1__speed__free_unpacked(v->speed, NULL);
	v->speed = NULL;
}

static void contradictory_violations_are_refused_with_a_reason(void)
{
	static const struct { void (*change)(Qyran__V1__Violation *); const char *word; } spoiled[] = {
		{ other_camera, "another camera" }, { later_version, "version" }, { markup, "0-9 A-Z" }, { small_letter, "0-9 A-Z" },
		{ fewer_confidences, "confidence" }, { too_sure, "confidence" }, { other_rule, "fit its rule" }, { picture_changed, "hashed" },
		{ hash_cut, "hash" }, { huge_picture, "size" }, { beyond_the_pole, "Earth" }, { no_rules, "rules" }, { not_a_jpeg, "JPEG" },
		{ part_missing, "missing" },
	};

	CU_ASSERT_STRING_EQUAL(opened_after(nothing), "taken");
	for (size_t i = 0; i < sizeof spoiled / sizeof *spoiled; i++) {
		const char *why = opened_after(spoiled[i].change);

		if (!strstr(why, spoiled[i].word))
			printf("# %zu: %s\n", i, why);
		CU_ASSERT(strstr(why, spoiled[i].word) != NULL);
	}
}

static void violation_that_contradicts_itself_is_not_packed(void)
{
	struct qyran_violation violation;
	uint8_t *bytes;
	size_t size;

	sample_violation(0, 64, &violation);
	violation.rule = QYRAN_RULE_NONE;
	CU_ASSERT(qyran_pack_violation(&config, &violation, &bytes, &size) == -EINVAL);
	violation.rule = QYRAN_RULE_SPEED;
	violation.plate.length++;
	CU_ASSERT(qyran_pack_violation(&config, &violation, &bytes, &size) == -EINVAL);
	violation.plate.length--;
	violation.point_count = QYRAN_TRACK_POINTS_MAX + 1;
	CU_ASSERT(qyran_pack_violation(&config, &violation, &bytes, &size) == -EINVAL);
	violation.point_count = 0;
	CU_ASSERT(qyran_pack_violation(&config, &violation, &bytes, &size) == 0);
	free(bytes);
	/* No plate was seen: nothing of a guess is packed. */
	violation.plate.status = QYRAN_READING_NOT_A_PLATE;
	CU_ASSERT_FATAL(qyran_pack_violation(&config, &violation, &bytes, &size) == 0);
	CU_ASSERT(memmem(bytes, size, "000ABC00", 8) == NULL);
	free(bytes);
	qyran_violation_clear(&violation);
}

static void names_fit_files_and_topics(void)
{
	CU_ASSERT(qyran_message_name("KZ-ALA-0001") && qyran_message_name("a") && qyran_message_name("a.b_c"));
	CU_ASSERT(!qyran_message_name("") && !qyran_message_name("a/b") && !qyran_message_name("..") && !qyran_message_name(".a"));
	CU_ASSERT(!qyran_message_name("+") && !qyran_message_name("#") && !qyran_message_name("a b") && !qyran_message_name("\xd0\xb0"));
	CU_ASSERT(!qyran_message_name("0123456789012345678901234567890123456789012345678901234567890123"));
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "each_meaning_has_one_encoding", each_meaning_has_one_encoding },
		{ "unknown_fields_are_refused_at_any_depth", unknown_fields_are_refused_at_any_depth },
		{ "enums_that_are_not_known_are_refused", enums_that_are_not_known_are_refused },
		{ "text_that_is_not_clean_utf8_is_refused", text_that_is_not_clean_utf8_is_refused },
		{ "sizes_are_checked_before_memory_is_taken", sizes_are_checked_before_memory_is_taken },
		{ "contradictory_violations_are_refused_with_a_reason", contradictory_violations_are_refused_with_a_reason },
		{ "violation_that_contradicts_itself_is_not_packed", violation_that_contradicts_itself_is_not_packed },
		{ "names_fit_files_and_topics", names_fit_files_and_topics },
	};

	if (sodium_init() < 0)
		return 2;
	sample_config("nowhere", "KZ-1", &config);
	return test_cases_run("messages", cases, sizeof cases / sizeof *cases);
}
