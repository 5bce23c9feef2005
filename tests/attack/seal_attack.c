/* SPDX-License-Identifier: Apache-2.0 */
/* Someone between camera and authority: changes, cuts, swaps, replays, steals. Nothing of it is taken. */
#include "qyrand/opened.h"
#include "site.h"
#include "tests/unit/cases.h"

#include <errno.h>
#include <qyran/v1/sealed.pb-c.h>
#include <stdlib.h>
#include <string.h>

/* What the inbox does with a file: everything that it would say before it believes. */
static bool accepted(const uint8_t *bytes, size_t size)
{
	struct qyran_sealed sealed;
	bool good;

	if (qyran_sealed_parse(bytes, size, &sealed) < 0)
		return false;
	good = qyran_sealed_verify(&sealed, &site.camera->public) == 0;
	qyran_sealed_clear(&sealed);
	return good;
}

static void untouched_record_is_accepted_and_opened_by_each_recipient(void)
{
	struct qyran_sealed sealed;

	for (size_t i = 0; i < RECORDS; i++)
		CU_ASSERT(accepted(site.records[i].bytes, site.records[i].size));
	CU_ASSERT_FATAL(qyran_sealed_parse(site.records[0].bytes, site.records[0].size, &sealed) == 0);
	for (size_t i = 0; i < 2; i++) {
		Qyran__V1__Violation *violation;
		const char *why = "";
		struct blob plain;

		CU_ASSERT_FATAL(qyran_sealed_open(&sealed, site.authority.recipients[i], &plain.bytes, &plain.size) == 0);
		CU_ASSERT_FATAL(qyran_opened_parse(plain.bytes, plain.size, "KZ-1", &violation, &why) == 0);
		CU_ASSERT_STRING_EQUAL(violation->vehicle->plate->text, "000ABC00");
		CU_ASSERT_STRING_EQUAL(qyran_opened_rule(violation), "speed");
		CU_ASSERT(violation->n_evidence == 3 && violation->n_points == 40);
		qyran_message_free(violation);
		free(plain.bytes);
	}
	qyran_sealed_clear(&sealed);
}

static void each_byte_flipped_one_at_a_time_none_accepted(void)
{
	uint8_t *bytes = malloc(site.records[0].size);
	size_t taken = 0, tried = 0;

	memcpy(bytes, site.records[0].bytes, site.records[0].size);
	for (size_t i = 0; i < site.records[0].size; i++) {
		bytes[i] ^= 0xff;
		taken += accepted(bytes, site.records[0].size);
		bytes[i] ^= 0xff;
		tried++;
	}
	CU_ASSERT(taken == 0);
	CU_ASSERT(tried == site.records[0].size && tried > 1000);
	CU_ASSERT(accepted(bytes, site.records[0].size));
	free(bytes);
}

static void each_bit_of_the_envelope_flipped_none_accepted(void)
{
	uint8_t *bytes = malloc(site.records[0].size);
	size_t taken = 0, size = site.records[0].size;

	memcpy(bytes, site.records[0].bytes, size);
	/* All of header, signature and wrapped keys, and both ends of the ciphertext. */
	for (size_t i = 0; i < size; i++) {
		if (i == 700)
			i = size - 64;
		for (int bit = 0; bit < 8; bit++) {
			bytes[i] ^= (uint8_t)(1 << bit);
			taken += accepted(bytes, size);
			bytes[i] ^= (uint8_t)(1 << bit);
		}
	}
	CU_ASSERT(taken == 0);
	free(bytes);
}

static void cut_short_anywhere_none_accepted(void)
{
	size_t taken = 0;

	for (size_t size = 0; size < site.records[0].size; size += size < 800 ? 1 : 37) {
		uint8_t *bytes = malloc(size + 1);	/* of its own size: reading beyond it shows */

		memcpy(bytes, site.records[0].bytes, size);
		taken += accepted(bytes, size);
		free(bytes);
	}
	CU_ASSERT(taken == 0);
}

static void appended_bytes_none_accepted(void)
{
	/* Zeros; an unknown field; a known field once more; an empty one. */
	static const struct { uint8_t bytes[4]; size_t size; } tails[] = {
		{ { 0 }, 1 }, { { 0x28, 0x01 }, 2 }, { { 0x7a, 0x00 }, 2 }, { { 0x12, 0x00 }, 2 }, { { 0x22, 0x01, 0x41 }, 3 }, { { 0x1a, 0x00 }, 2 },
	};
	uint8_t *bytes = malloc(site.records[0].size + 4);

	memcpy(bytes, site.records[0].bytes, site.records[0].size);
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		memcpy(bytes + site.records[0].size, tails[i].bytes, tails[i].size);
		CU_ASSERT(!accepted(bytes, site.records[0].size + tails[i].size));
	}
	free(bytes);
}

static struct blob repack(Qyran__V1__Sealed *message)
{
	struct blob blob = { NULL, 0 };

	qyran_message_pack(message, &blob.bytes, &blob.size);
	return blob;
}

static Qyran__V1__Sealed *unpack(size_t number)
{
	return qyran__v1__sealed__unpack(NULL, site.records[number].size, site.records[number].bytes);
}

/* @change swaps parts of two messages; the swapped one must be refused. */
static void refuse_swap(void (*change)(Qyran__V1__Sealed *, Qyran__V1__Sealed *))
{
	Qyran__V1__Sealed *one = unpack(0), *two = unpack(1);
	struct blob blob;

	CU_ASSERT_FATAL(one && two);
	change(one, two);
	blob = repack(one);
	CU_ASSERT(!accepted(blob.bytes, blob.size));
	free(blob.bytes);
	change(one, two);
	blob = repack(one);
	CU_ASSERT(accepted(blob.bytes, blob.size));	/* the test itself changes nothing else */
	free(blob.bytes);
	qyran__v1__sealed__free_unpacked(one, NULL);
	qyran__v1__sealed__free_unpacked(two, NULL);
}

static void swap(ProtobufCBinaryData *a, ProtobufCBinaryData *b)
{
	ProtobufCBinaryData kept = *a;

	*a = *b;
	*b = kept;
}

static void swap_ciphertext(Qyran__V1__Sealed *one, Qyran__V1__Sealed *two) { swap(&one->ciphertext, &two->ciphertext); }
static void swap_header(Qyran__V1__Sealed *one, Qyran__V1__Sealed *two) { swap(&one->header, &two->header); }
static void swap_signature(Qyran__V1__Sealed *one, Qyran__V1__Sealed *two) { swap(&one->signature, &two->signature); }
static void swap_key(Qyran__V1__Sealed *one, Qyran__V1__Sealed *two) { swap(&one->wrapped_keys[1], &two->wrapped_keys[1]); }

static void swap_content(Qyran__V1__Sealed *one, Qyran__V1__Sealed *two)
{
	swap_ciphertext(one, two);
	swap(&one->wrapped_keys[0], &two->wrapped_keys[0]);
	swap_key(one, two);
}

static void turn_keys_round(Qyran__V1__Sealed *one, Qyran__V1__Sealed *two)
{
	(void)two;
	swap(&one->wrapped_keys[0], &one->wrapped_keys[1]);
}

static void parts_swapped_between_records_none_accepted(void)
{
	refuse_swap(swap_ciphertext);
	refuse_swap(swap_header);
	refuse_swap(swap_signature);
	refuse_swap(swap_key);
	refuse_swap(swap_content);
	refuse_swap(turn_keys_round);
}

static void a_recipient_removed_is_refused(void)
{
	Qyran__V1__Sealed *message = unpack(0);
	struct blob blob;

	message->n_wrapped_keys = 1;
	blob = repack(message);
	message->n_wrapped_keys = 2;
	CU_ASSERT(!accepted(blob.bytes, blob.size));
	free(blob.bytes);
	qyran__v1__sealed__free_unpacked(message, NULL);
}

static void header_encoded_another_way_is_refused(void)
{
	Qyran__V1__Sealed *message = unpack(0);
	ProtobufCBinaryData header = message->header;
	uint8_t *longer = malloc(header.len + 1);
	struct blob blob;

	/* version = 1 as a varint of two bytes: the same meaning, other bytes; refused before any signature is looked at. */
	CU_ASSERT_FATAL(header.data[0] == 0x08 && header.data[1] == 0x01);
	longer[0] = 0x08;
	longer[1] = 0x81;
	longer[2] = 0x00;
	memcpy(longer + 3, header.data + 2, header.len - 2);
	message->header.data = longer;
	message->header.len = header.len + 1;
	blob = repack(message);

	struct qyran_sealed sealed;

	CU_ASSERT(qyran_sealed_parse(blob.bytes, blob.size, &sealed) == -EBADMSG);
	free(blob.bytes);
	free(longer);
	message->header = header;
	qyran__v1__sealed__free_unpacked(message, NULL);
}

static void record_of_a_foreign_camera_is_refused(void)
{
	uint8_t hash[QYRAN_HASH_BYTES];
	struct blob foreign = attack_site_seal(site.other_camera, 0, 7, 1, NULL, hash);
	struct qyran_public_key renamed = site.other_camera->public;
	struct qyran_sealed sealed;

	CU_ASSERT(!accepted(foreign.bytes, foreign.size));
	CU_ASSERT_FATAL(qyran_sealed_parse(foreign.bytes, foreign.size, &sealed) == 0);
	CU_ASSERT(qyran_sealed_verify(&sealed, &site.other_camera->public) == 0);
	/* A key enrolled under another name serves only that name. */
	strcpy(renamed.name, "KZ-1");
	CU_ASSERT(qyran_sealed_verify(&sealed, &renamed) == -EBADMSG);
	qyran_sealed_clear(&sealed);
	free(foreign.bytes);
}

/* A camera that signs what another one encrypted: the signature is right, the content does not open. */
static void stolen_content_signed_by_another_camera_does_not_open(void)
{
	Qyran__V1__Sealed *message = unpack(0);
	Qyran__V1__SealedHeader *header = qyran__v1__sealed_header__unpack(NULL, message->header.len, message->header.data);
	uint8_t signature[QYRAN_SIGNATURE_BYTES];
	struct qyran_sealed sealed;
	struct blob stolen, head, plain;

	strcpy(header->camera_id, "KZ-2");
	CU_ASSERT_FATAL(qyran_message_pack(header, &head.bytes, &head.size) == 0);
	qyran_message_sign(QYRAN_CONTEXT_HEADER, head.bytes, head.size, site.other_camera->bytes, signature);
	ProtobufCBinaryData kept_header = message->header, kept_signature = message->signature;

	message->header = (ProtobufCBinaryData){ head.size, head.bytes };
	message->signature = (ProtobufCBinaryData){ sizeof signature, signature };
	stolen = repack(message);
	message->header = kept_header;
	message->signature = kept_signature;
	CU_ASSERT_FATAL(qyran_sealed_parse(stolen.bytes, stolen.size, &sealed) == 0);
	CU_ASSERT(qyran_sealed_verify(&sealed, &site.other_camera->public) == 0);
	CU_ASSERT(qyran_sealed_open(&sealed, site.authority.recipients[0], &plain.bytes, &plain.size) == -EBADMSG);
	qyran_sealed_clear(&sealed);
	free(stolen.bytes);
	free(head.bytes);
	qyran__v1__sealed_header__free_unpacked(header, NULL);
	qyran__v1__sealed__free_unpacked(message, NULL);
}

static void signature_of_a_heartbeat_is_none_for_a_record(void)
{
	ProtobufCBinaryData signature;
	uint8_t bytes[QYRAN_SIGNATURE_BYTES];

	qyran_message_sign("qyran.v1.HeartbeatBody", site.records[0].bytes, 100, site.camera->bytes, bytes);
	signature = (ProtobufCBinaryData){ sizeof bytes, bytes };
	CU_ASSERT(qyran_message_verify("qyran.v1.HeartbeatBody", site.records[0].bytes, 100, site.camera->public.bytes, &signature) == 0);
	CU_ASSERT(qyran_message_verify(QYRAN_CONTEXT_HEADER, site.records[0].bytes, 100, site.camera->public.bytes, &signature) == -EBADMSG);
}

static void replay_under_another_sequence_is_refused(void)
{
	/* A record says its own number under the signature: given as another, its header has to change. */
	Qyran__V1__Sealed *message = unpack(0);
	Qyran__V1__SealedHeader *header = qyran__v1__sealed_header__unpack(NULL, message->header.len, message->header.data);
	ProtobufCBinaryData kept = message->header;
	struct blob blob, head;

	header->sequence = 5;
	CU_ASSERT_FATAL(qyran_message_pack(header, &head.bytes, &head.size) == 0);
	message->header = (ProtobufCBinaryData){ head.size, head.bytes };
	blob = repack(message);
	message->header = kept;
	CU_ASSERT(!accepted(blob.bytes, blob.size));
	free(blob.bytes);
	free(head.bytes);
	qyran__v1__sealed_header__free_unpacked(header, NULL);
	qyran__v1__sealed__free_unpacked(message, NULL);
}

/* Whoever takes the camera from its pole has its key and the bundle, and opens nothing. */
static void thief_with_all_of_the_cameras_keys_opens_nothing(void)
{
	struct qyran_secret_key thief = *site.camera;
	struct qyran_sealed sealed;
	struct blob plain;
	size_t opened = 0;

	CU_ASSERT_FATAL(qyran_sealed_parse(site.records[0].bytes, site.records[0].size, &sealed) == 0);
	CU_ASSERT(qyran_sealed_open(&sealed, site.camera, &plain.bytes, &plain.size) == -ENOKEY);
	for (size_t i = 0; i < site.bundle.recipient_count; i++) {
		/* The recipient's public key with each 32 bytes the camera has as the secret one. */
		thief.public = site.bundle.recipients[i];
		for (size_t half = 0; half <= 32; half += 32) {
			struct qyran_secret_key guess = thief;

			guess.bytes = thief.bytes + half;
			opened += qyran_sealed_open(&sealed, &guess, &plain.bytes, &plain.size) == 0;
		}
		struct qyran_secret_key guess = thief;
		uint8_t own[32];

		memcpy(own, site.bundle.recipients[i].bytes, sizeof own);
		guess.bytes = own;
		opened += qyran_sealed_open(&sealed, &guess, &plain.bytes, &plain.size) == 0;
	}
	CU_ASSERT(opened == 0);
	qyran_sealed_clear(&sealed);
}

static bool contains(const uint8_t *bytes, size_t size, const char *text)
{
	return memmem(bytes, size, text, strlen(text)) != NULL;
}

static void plate_is_nowhere_in_a_sealed_record(void)
{
	CU_ASSERT(!contains(site.records[0].bytes, site.records[0].size, "000ABC00"));
	CU_ASSERT(!contains(site.records[0].bytes, site.records[0].size, "JFIF"));
	CU_ASSERT(contains(site.records[0].bytes, site.records[0].size, "KZ-1"));
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "untouched_record_is_accepted_and_opened_by_each_recipient", untouched_record_is_accepted_and_opened_by_each_recipient },
		{ "each_byte_flipped_one_at_a_time_none_accepted", each_byte_flipped_one_at_a_time_none_accepted },
		{ "each_bit_of_the_envelope_flipped_none_accepted", each_bit_of_the_envelope_flipped_none_accepted },
		{ "cut_short_anywhere_none_accepted", cut_short_anywhere_none_accepted },
		{ "appended_bytes_none_accepted", appended_bytes_none_accepted },
		{ "parts_swapped_between_records_none_accepted", parts_swapped_between_records_none_accepted },
		{ "a_recipient_removed_is_refused", a_recipient_removed_is_refused },
		{ "header_encoded_another_way_is_refused", header_encoded_another_way_is_refused },
		{ "record_of_a_foreign_camera_is_refused", record_of_a_foreign_camera_is_refused },
		{ "stolen_content_signed_by_another_camera_does_not_open", stolen_content_signed_by_another_camera_does_not_open },
		{ "signature_of_a_heartbeat_is_none_for_a_record", signature_of_a_heartbeat_is_none_for_a_record },
		{ "replay_under_another_sequence_is_refused", replay_under_another_sequence_is_refused },
		{ "thief_with_all_of_the_cameras_keys_opens_nothing", thief_with_all_of_the_cameras_keys_opens_nothing },
		{ "plate_is_nowhere_in_a_sealed_record", plate_is_nowhere_in_a_sealed_record },
	};
	int status;

	if (!attack_site_open("seal-attack"))
		return 2;
	status = test_cases_run("sealing", cases, sizeof cases / sizeof *cases);
	attack_site_close();
	return status;
}
