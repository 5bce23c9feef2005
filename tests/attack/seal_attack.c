/* SPDX-License-Identifier: Apache-2.0 */
/* Someone between camera and authority: changes, cuts, swaps, replays, forges, steals. Nothing of it is taken. */
#include "qyrand/chain.h"
#include "qyrand/files.h"
#include "qyrand/heartbeat.h"
#include "qyrand/opened.h"
#include "qyrand/pack.h"
#include "qyrand/receipt.h"
#include "qyrand/seal.h"
#include "tests/unit/cases.h"
#include "tests/unit/sample.h"

#include <errno.h>
#include <qyran/v1/sealed.pb-c.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS 4

struct blob {
	uint8_t *bytes;
	size_t size;
};

static char directory[512];
static struct sample_keys authority;
static struct qyran_secret_key *camera, *other_camera;
static struct qyran_bundle bundle;
static struct blob records[RECORDS];		/* a chain */
static uint8_t hashes[RECORDS][QYRAN_HASH_BYTES];

static struct qyran_secret_key *make_camera(const char *base, const char *id)
{
	struct qyran_secret_key *key = NULL;
	char path[600], error[1024];

	if (qyran_keys_make(directory, base, QYRAN_KEY_CAMERA, id, error, sizeof error) < 0)
		return NULL;
	snprintf(path, sizeof path, "%s/%s.key", directory, base);
	qyran_keys_load(path, QYRAN_KEY_CAMERA, &key, error, sizeof error);
	return key;
}

static struct blob seal(const struct qyran_secret_key *key, uint32_t number, uint64_t epoch, uint64_t sequence, const uint8_t *previous,
			uint8_t ret_hash[QYRAN_HASH_BYTES])
{
	struct qyran_seal_link link = { .epoch = epoch, .sequence = sequence };
	struct qyran_violation violation;
	struct qyran_config config;
	struct blob plain, sealed = { NULL, 0 };

	if (previous)
		memcpy(link.previous_hash, previous, QYRAN_HASH_BYTES);
	sample_config(directory, key->public.name, &config);
	sample_violation(number, 64, &violation);
	if (qyran_pack_violation(&config, &violation, &plain.bytes, &plain.size) == 0) {
		qyran_seal(key, &bundle, &link, plain.bytes, plain.size, &sealed.bytes, &sealed.size, ret_hash);
		free(plain.bytes);
	}
	qyran_violation_clear(&violation);
	return sealed;
}

static bool set_up(void)
{
	char root[600], error[1024];
	struct qyran_public_key root_key;

	sample_directory(directory, "seal-attack");
	sample_authority(directory, &authority);
	snprintf(root, sizeof root, "%s/bundle", directory);
	root_key = authority.root->public;
	if (qyran_bundle_load(root, &root_key, &bundle, error, sizeof error) < 0)
		return false;
	camera = make_camera("camera", "KZ-1");
	other_camera = make_camera("other", "KZ-2");
	for (uint32_t i = 0; i < RECORDS; i++)
		records[i] = seal(camera, i, 7, i + 1, i ? hashes[i - 1] : NULL, hashes[i]);
	return camera && other_camera && records[RECORDS - 1].bytes;
}

static void tear_down(void)
{
	for (size_t i = 0; i < RECORDS; i++)
		free(records[i].bytes);
	qyran_keys_free(camera);
	qyran_keys_free(other_camera);
	sample_authority_free(&authority);
	sample_remove(directory);
}

/* What the inbox does with a file: everything that it would say before it believes. */
static bool accepted(const uint8_t *bytes, size_t size)
{
	struct qyran_sealed sealed;
	bool good;

	if (qyran_sealed_parse(bytes, size, &sealed) < 0)
		return false;
	good = qyran_sealed_verify(&sealed, &camera->public) == 0;
	qyran_sealed_clear(&sealed);
	return good;
}

static void untouched_record_is_accepted_and_opened_by_each_recipient(void)
{
	struct qyran_sealed sealed;

	for (size_t i = 0; i < RECORDS; i++)
		CU_ASSERT(accepted(records[i].bytes, records[i].size));
	CU_ASSERT_FATAL(qyran_sealed_parse(records[0].bytes, records[0].size, &sealed) == 0);
	for (size_t i = 0; i < 2; i++) {
		Qyran__V1__Violation *violation;
		const char *why = "";
		struct blob plain;

		CU_ASSERT_FATAL(qyran_sealed_open(&sealed, authority.recipients[i], &plain.bytes, &plain.size) == 0);
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
	uint8_t *bytes = malloc(records[0].size);
	size_t taken = 0, tried = 0;

	memcpy(bytes, records[0].bytes, records[0].size);
	for (size_t i = 0; i < records[0].size; i++) {
		bytes[i] ^= 0xff;
		taken += accepted(bytes, records[0].size);
		bytes[i] ^= 0xff;
		tried++;
	}
	CU_ASSERT(taken == 0);
	CU_ASSERT(tried == records[0].size && tried > 1000);
	CU_ASSERT(accepted(bytes, records[0].size));
	free(bytes);
}

static void each_bit_of_the_envelope_flipped_none_accepted(void)
{
	uint8_t *bytes = malloc(records[0].size);
	size_t taken = 0, size = records[0].size;

	memcpy(bytes, records[0].bytes, size);
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

	for (size_t size = 0; size < records[0].size; size += size < 800 ? 1 : 37) {
		uint8_t *bytes = malloc(size + 1);	/* of its own size: reading beyond it shows */

		memcpy(bytes, records[0].bytes, size);
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
	uint8_t *bytes = malloc(records[0].size + 4);

	memcpy(bytes, records[0].bytes, records[0].size);
	for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
		memcpy(bytes + records[0].size, tails[i].bytes, tails[i].size);
		CU_ASSERT(!accepted(bytes, records[0].size + tails[i].size));
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
	return qyran__v1__sealed__unpack(NULL, records[number].size, records[number].bytes);
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
	struct blob foreign = seal(other_camera, 0, 7, 1, NULL, hash);
	struct qyran_public_key renamed = other_camera->public;
	struct qyran_sealed sealed;

	CU_ASSERT(!accepted(foreign.bytes, foreign.size));
	CU_ASSERT_FATAL(qyran_sealed_parse(foreign.bytes, foreign.size, &sealed) == 0);
	CU_ASSERT(qyran_sealed_verify(&sealed, &other_camera->public) == 0);
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
	qyran_message_sign(QYRAN_CONTEXT_HEADER, head.bytes, head.size, other_camera->bytes, signature);
	ProtobufCBinaryData kept_header = message->header, kept_signature = message->signature;

	message->header = (ProtobufCBinaryData){ head.size, head.bytes };
	message->signature = (ProtobufCBinaryData){ sizeof signature, signature };
	stolen = repack(message);
	message->header = kept_header;
	message->signature = kept_signature;
	CU_ASSERT_FATAL(qyran_sealed_parse(stolen.bytes, stolen.size, &sealed) == 0);
	CU_ASSERT(qyran_sealed_verify(&sealed, &other_camera->public) == 0);
	CU_ASSERT(qyran_sealed_open(&sealed, authority.recipients[0], &plain.bytes, &plain.size) == -EBADMSG);
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

	qyran_message_sign("qyran.v1.HeartbeatBody", records[0].bytes, 100, camera->bytes, bytes);
	signature = (ProtobufCBinaryData){ sizeof bytes, bytes };
	CU_ASSERT(qyran_message_verify("qyran.v1.HeartbeatBody", records[0].bytes, 100, camera->public.bytes, &signature) == 0);
	CU_ASSERT(qyran_message_verify(QYRAN_CONTEXT_HEADER, records[0].bytes, 100, camera->public.bytes, &signature) == -EBADMSG);
}

/* Chains. */
struct findings {
	size_t count[QYRAN_CHAIN_HEAD + 1];
	uint64_t from, to;	/* of the latest that is not WHOLE */
};

static void on_finding(void *context, enum qyran_chain_finding finding, const char *id, uint64_t epoch, uint64_t from, uint64_t to)
{
	struct findings *findings = context;

	(void)id;
	(void)epoch;
	findings->count[finding]++;
	if (finding != QYRAN_CHAIN_WHOLE) {
		findings->from = from;
		findings->to = to;
	}
}

static void chain_of(const struct blob *blob, struct qyran_chain_record *ret)
{
	struct qyran_sealed sealed;

	CU_ASSERT_FATAL(qyran_sealed_parse(blob->bytes, blob->size, &sealed) == 0);
	memset(ret, 0, sizeof *ret);
	memcpy(ret->camera, sealed.camera, sizeof sealed.camera);
	ret->epoch = sealed.epoch;
	ret->sequence = sealed.sequence;
	memcpy(ret->header_hash, sealed.header_hash, QYRAN_HASH_BYTES);
	memcpy(ret->previous_hash, sealed.previous_hash, QYRAN_HASH_BYTES);
	qyran_sealed_clear(&sealed);
}

static size_t check(const size_t *which, size_t count, const struct blob *extra, uint64_t head, struct findings *findings)
{
	struct qyran_chain_record chain[RECORDS + 2];
	struct qyran_chain_head heads[1] = { { .camera = "KZ-1", .epoch = 7, .sequence = head } };

	memset(findings, 0, sizeof *findings);
	for (size_t i = 0; i < count; i++)
		chain_of(&records[which[i]], &chain[i]);
	if (extra)
		chain_of(extra, &chain[count++]);
	if (head && head <= RECORDS)
		memcpy(heads[0].hash, hashes[head - 1], QYRAN_HASH_BYTES);
	return qyran_chain_check(chain, count, heads, head ? 1 : 0, on_finding, findings);
}

static void record_removed_the_gap_is_named(void)
{
	struct findings found;

	CU_ASSERT(check((size_t[]){ 0, 1, 2, 3 }, 4, NULL, 4, &found) == 0 && found.count[QYRAN_CHAIN_WHOLE] == 1);
	CU_ASSERT(check((size_t[]){ 0, 3 }, 2, NULL, 4, &found) == 1 && found.count[QYRAN_CHAIN_GAP] == 1);
	CU_ASSERT(found.from == 2 && found.to == 3);
	CU_ASSERT(check((size_t[]){ 1, 2, 3 }, 3, NULL, 4, &found) == 1 && found.count[QYRAN_CHAIN_GAP] == 1 && found.from == 1 && found.to == 1);
}

static void tail_removed_the_heartbeat_tells(void)
{
	struct findings found;

	CU_ASSERT(check((size_t[]){ 0, 1 }, 2, NULL, 4, &found) == 1 && found.count[QYRAN_CHAIN_TAIL] == 1);
	CU_ASSERT(found.from == 3 && found.to == 4);
	CU_ASSERT(check(NULL, 0, NULL, 4, &found) == 1 && found.from == 1 && found.to == 4);
	/* A record that came after the heartbeat is no fault. */
	CU_ASSERT(check((size_t[]){ 0, 1, 2, 3 }, 4, NULL, 2, &found) == 0);
}

static void reordered_or_repeated_records_make_no_difference(void)
{
	struct findings found;

	CU_ASSERT(check((size_t[]){ 3, 1, 0, 2, 1 }, 5, NULL, 4, &found) == 0 && found.count[QYRAN_CHAIN_WHOLE] == 1);
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

static void forked_chain_is_noticed(void)
{
	uint8_t hash[QYRAN_HASH_BYTES];
	struct blob fork = seal(camera, 9, 7, 3, hashes[1], hash);
	struct findings found;

	CU_ASSERT(check((size_t[]){ 0, 1, 2, 3 }, 4, &fork, 4, &found) >= 1 && found.count[QYRAN_CHAIN_FORK] == 1);
	/* Only the fork is there: record 4 does not follow from it. */
	CU_ASSERT(check((size_t[]){ 0, 1, 3 }, 3, &fork, 4, &found) >= 1 && found.count[QYRAN_CHAIN_BROKEN] == 1);
	free(fork.bytes);
	/* A last record that was exchanged differs from the heartbeat's head. */
	fork = seal(camera, 9, 7, 4, hashes[2], hash);
	CU_ASSERT(check((size_t[]){ 0, 1, 2 }, 3, &fork, 4, &found) == 1 && found.count[QYRAN_CHAIN_HEAD] == 1 && found.from == 4);
	free(fork.bytes);
}

static void chain_that_does_not_begin_at_its_beginning_is_noticed(void)
{
	uint8_t hash[QYRAN_HASH_BYTES];
	struct blob first = seal(camera, 9, 7, 1, hashes[2], hash);
	struct findings found;

	CU_ASSERT(check(NULL, 0, &first, 0, &found) == 1 && found.count[QYRAN_CHAIN_BROKEN] == 1);
	free(first.bytes);
}

/* Heartbeats and receipts. */
static void forged_heartbeat_is_refused(void)
{
	struct qyran_heartbeat heartbeat = { .epoch = 7, .sequence = 4, .time_ns = 5 }, read;
	struct blob blob;
	size_t taken = 0;

	memcpy(heartbeat.head_hash, hashes[3], QYRAN_HASH_BYTES);
	CU_ASSERT_FATAL(qyran_heartbeat_make(&heartbeat, camera, &blob.bytes, &blob.size) == 0);
	CU_ASSERT(qyran_heartbeat_parse(blob.bytes, blob.size, &camera->public, &read) == 0);
	CU_ASSERT(read.sequence == 4 && strcmp(read.camera, "KZ-1") == 0);
	CU_ASSERT(qyran_heartbeat_parse(blob.bytes, blob.size, &other_camera->public, &read) == -EBADMSG);
	for (size_t i = 0; i < blob.size; i++)
		for (int bit = 0; bit < 8; bit++) {
			blob.bytes[i] ^= (uint8_t)(1 << bit);
			taken += qyran_heartbeat_parse(blob.bytes, blob.size, &camera->public, &read) == 0;
			blob.bytes[i] ^= (uint8_t)(1 << bit);
		}
	CU_ASSERT(taken == 0);
	free(blob.bytes);
}

static void forged_receipt_is_refused(void)
{
	struct qyran_sealed sealed;
	struct qyran_receipt receipt;
	struct qyran_secret_key *forger;
	struct blob blob;
	char path[600], error[1024];
	size_t taken = 0;

	CU_ASSERT_FATAL(qyran_sealed_parse(records[0].bytes, records[0].size, &sealed) == 0);
	CU_ASSERT_FATAL(qyran_receipt_make(&sealed, authority.receipt, &blob.bytes, &blob.size) == 0);
	CU_ASSERT(qyran_receipt_parse(blob.bytes, blob.size, &bundle, &receipt) == 0 && receipt.sequence == 1);
	for (size_t i = 0; i < blob.size; i++)
		for (int bit = 0; bit < 8; bit++) {
			blob.bytes[i] ^= (uint8_t)(1 << bit);
			taken += qyran_receipt_parse(blob.bytes, blob.size, &bundle, &receipt) == 0;
			blob.bytes[i] ^= (uint8_t)(1 << bit);
		}
	CU_ASSERT(taken == 0);
	free(blob.bytes);
	CU_ASSERT_FATAL(qyran_keys_make(directory, "forger", QYRAN_KEY_RECEIPT, "receipt", error, sizeof error) == 0);
	snprintf(path, sizeof path, "%s/forger.key", directory);
	CU_ASSERT_FATAL(qyran_keys_load(path, QYRAN_KEY_RECEIPT, &forger, error, sizeof error) == 0);
	CU_ASSERT_FATAL(qyran_receipt_make(&sealed, forger, &blob.bytes, &blob.size) == 0);
	CU_ASSERT(qyran_receipt_parse(blob.bytes, blob.size, &bundle, &receipt) == -EBADMSG);
	free(blob.bytes);
	/* Nor may the forger borrow the true key's id. */
	memcpy(forger->public.id, authority.receipt->public.id, QYRAN_KEY_ID_BYTES);
	CU_ASSERT_FATAL(qyran_receipt_make(&sealed, forger, &blob.bytes, &blob.size) == 0);
	CU_ASSERT(qyran_receipt_parse(blob.bytes, blob.size, &bundle, &receipt) == -EBADMSG);
	free(blob.bytes);
	qyran_keys_free(forger);
	qyran_sealed_clear(&sealed);
}

static void forged_bundle_is_refused(void)
{
	struct qyran_bundle read;
	struct blob blob;
	size_t taken = 0;

	CU_ASSERT_FATAL(qyran_bundle_make(&bundle, authority.root, &blob.bytes, &blob.size) == 0);
	CU_ASSERT(qyran_bundle_parse(blob.bytes, blob.size, &authority.root->public, &read) == 0);
	for (size_t i = 0; i < blob.size; i++)
		for (int bit = 0; bit < 8; bit++) {
			blob.bytes[i] ^= (uint8_t)(1 << bit);
			taken += qyran_bundle_parse(blob.bytes, blob.size, &authority.root->public, &read) == 0;
			blob.bytes[i] ^= (uint8_t)(1 << bit);
		}
	CU_ASSERT(taken == 0);
	free(blob.bytes);
	CU_ASSERT_FATAL(qyran_bundle_make(&bundle, authority.receipt, &blob.bytes, &blob.size) == 0);
	CU_ASSERT(qyran_bundle_parse(blob.bytes, blob.size, &authority.root->public, &read) == -EBADMSG);
	free(blob.bytes);
}

/* Whoever takes the camera from its pole has its key and the bundle, and opens nothing. */
static void thief_with_all_of_the_cameras_keys_opens_nothing(void)
{
	struct qyran_secret_key thief = *camera;
	struct qyran_sealed sealed;
	struct blob plain;
	size_t opened = 0;

	CU_ASSERT_FATAL(qyran_sealed_parse(records[0].bytes, records[0].size, &sealed) == 0);
	CU_ASSERT(qyran_sealed_open(&sealed, camera, &plain.bytes, &plain.size) == -ENOKEY);
	for (size_t i = 0; i < bundle.recipient_count; i++) {
		/* The recipient's public key with each 32 bytes the camera has as the secret one. */
		thief.public = bundle.recipients[i];
		for (size_t half = 0; half <= 32; half += 32) {
			struct qyran_secret_key guess = thief;

			guess.bytes = thief.bytes + half;
			opened += qyran_sealed_open(&sealed, &guess, &plain.bytes, &plain.size) == 0;
		}
		struct qyran_secret_key guess = thief;
		uint8_t own[32];

		memcpy(own, bundle.recipients[i].bytes, sizeof own);
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
	CU_ASSERT(!contains(records[0].bytes, records[0].size, "000ABC00"));
	CU_ASSERT(!contains(records[0].bytes, records[0].size, "JFIF"));
	CU_ASSERT(contains(records[0].bytes, records[0].size, "KZ-1"));
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
		{ "record_removed_the_gap_is_named", record_removed_the_gap_is_named },
		{ "tail_removed_the_heartbeat_tells", tail_removed_the_heartbeat_tells },
		{ "reordered_or_repeated_records_make_no_difference", reordered_or_repeated_records_make_no_difference },
		{ "replay_under_another_sequence_is_refused", replay_under_another_sequence_is_refused },
		{ "forked_chain_is_noticed", forked_chain_is_noticed },
		{ "chain_that_does_not_begin_at_its_beginning_is_noticed", chain_that_does_not_begin_at_its_beginning_is_noticed },
		{ "forged_heartbeat_is_refused", forged_heartbeat_is_refused },
		{ "forged_receipt_is_refused", forged_receipt_is_refused },
		{ "forged_bundle_is_refused", forged_bundle_is_refused },
		{ "thief_with_all_of_the_cameras_keys_opens_nothing", thief_with_all_of_the_cameras_keys_opens_nothing },
		{ "plate_is_nowhere_in_a_sealed_record", plate_is_nowhere_in_a_sealed_record },
	};
	int status;

	if (!set_up())
		return 2;
	status = test_cases_run("sealing", cases, sizeof cases / sizeof *cases);
	tear_down();
	return status;
}
