/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutated messages through every parser, under the sanitizers: nothing is read or written where it should not be, and nothing mutated
 * is believed. SEED=n chooses the mutations, MUTATIONS=n how many a message.
 */
#include "qyrand/heartbeat.h"
#include "qyrand/opened.h"
#include "qyrand/pack.h"
#include "qyrand/receipt.h"
#include "qyrand/seal.h"
#include "tests/unit/cases.h"
#include "tests/unit/sample.h"

#include <stdlib.h>
#include <string.h>

static char directory[512];
static struct sample_keys authority;
static struct qyran_secret_key *camera;
static struct qyran_bundle bundle;
static uint64_t state;
static long mutations = 10000;

static uint32_t any(uint32_t below)
{
	/* splitmix64 */
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ z >> 31) % below);
}

/* A few of: flip a bit, set a byte, put in, take out, repeat a stretch, cut. The result is never the original. */
static uint8_t *mutate(const uint8_t *from, size_t size, size_t *ret_size)
{
	uint8_t *bytes = malloc(2 * size + 64);

	memcpy(bytes, from, size);
	do {
		size_t at = size ? any((uint32_t)size) : 0, length = size ? 1 + any(8) : 0;

		if (at + length > size)
			length = size - at;
		switch (any(6)) {
		case 0:
			if (size)
				bytes[at] ^= (uint8_t)(1u << any(8));
			break;
		case 1:
			if (size)
				bytes[at] = (uint8_t[]){ 0, 0xff, 0x7f, 0x80, 1 }[any(5)];
			break;
		case 2:
			memmove(bytes + at + 1, bytes + at, size - at);
			bytes[at] = (uint8_t)any(256);
			size++;
			break;
		case 3:
			memmove(bytes + at, bytes + at + length, size - at - length);
			size -= length;
			break;
		case 4:
			memmove(bytes + at + length, bytes + at, size - at);
			size += length;
			break;
		default:
			if (any(8) == 0)
				size = at;
		}
	} while (any(3));
	*ret_size = size;
	return bytes;
}

typedef bool (*believes)(const uint8_t *bytes, size_t size);

static bool believes_sealed(const uint8_t *bytes, size_t size)
{
	struct qyran_sealed sealed;
	bool good;

	if (qyran_sealed_parse(bytes, size, &sealed) < 0)
		return false;
	good = qyran_sealed_verify(&sealed, &camera->public) == 0;
	/* Also what was not verified must not break the opener. */
	uint8_t *plain;
	size_t plain_size;

	if (qyran_sealed_open(&sealed, authority.recipients[0], &plain, &plain_size) == 0)
		free(plain);
	qyran_sealed_clear(&sealed);
	return good;
}

static bool believes_heartbeat(const uint8_t *bytes, size_t size)
{
	struct qyran_heartbeat heartbeat;

	qyran_heartbeat_parse(bytes, size, NULL, &heartbeat);
	return qyran_heartbeat_parse(bytes, size, &camera->public, &heartbeat) == 0;
}

static bool believes_receipt(const uint8_t *bytes, size_t size)
{
	struct qyran_receipt receipt;

	return qyran_receipt_parse(bytes, size, &bundle, &receipt) == 0;
}

static bool believes_bundle(const uint8_t *bytes, size_t size)
{
	struct qyran_bundle read;

	return qyran_bundle_parse(bytes, size, &authority.root->public, &read) == 0;
}

static bool parses_violation(const uint8_t *bytes, size_t size)
{
	Qyran__V1__Violation *violation;
	const char *why;

	if (qyran_opened_parse(bytes, size, "KZ-1", &violation, &why) < 0)
		return false;
	qyran_message_free(violation);
	return true;
}

static size_t run(const uint8_t *bytes, size_t size, believes believe)
{
	size_t believed = 0;

	CU_ASSERT(believe(bytes, size));
	for (long i = 0; i < mutations; i++) {
		size_t mutated_size;
		uint8_t *mutated = mutate(bytes, size, &mutated_size);
		uint8_t *fitted = malloc(mutated_size + !mutated_size);	/* of its own size: reading beyond it shows */

		memcpy(fitted, mutated, mutated_size);
		if (mutated_size != size || memcmp(fitted, bytes, size) != 0)
			believed += believe(fitted, mutated_size);
		free(fitted);
		free(mutated);
	}
	return believed;
}

static void pack_sample(uint8_t **ret, size_t *ret_size)
{
	struct qyran_violation violation;
	struct qyran_config config;

	sample_config(directory, "KZ-1", &config);
	sample_violation(1, 64, &violation);
	CU_ASSERT_FATAL(qyran_pack_violation(&config, &violation, ret, ret_size) == 0);
	qyran_violation_clear(&violation);
}

static void mutated_sealed_record_is_never_believed(void)
{
	struct qyran_seal_link link = { .epoch = 7, .sequence = 1 };
	uint8_t hash[QYRAN_HASH_BYTES], *plain, *sealed;
	size_t plain_size, size;

	pack_sample(&plain, &plain_size);
	CU_ASSERT_FATAL(qyran_seal(camera, &bundle, &link, plain, plain_size, &sealed, &size, hash) == 0);
	CU_ASSERT(run(sealed, size, believes_sealed) == 0);
	free(sealed);
	/* Nearly nothing but envelope: mutations hit it. */
	CU_ASSERT_FATAL(qyran_seal(camera, &bundle, &link, plain, 8, &sealed, &size, hash) == 0);
	CU_ASSERT(run(sealed, size, believes_sealed) == 0);
	free(sealed);
	free(plain);
}

static void mutated_heartbeat_is_never_believed(void)
{
	struct qyran_heartbeat heartbeat = { .epoch = 7, .sequence = 4, .time_ns = 5, .time_synced = true, .waiting = 3 };
	uint8_t *bytes;
	size_t size;

	CU_ASSERT_FATAL(qyran_heartbeat_make(&heartbeat, camera, &bytes, &size) == 0);
	CU_ASSERT(run(bytes, size, believes_heartbeat) == 0);
	free(bytes);
}

static void mutated_receipt_is_never_believed(void)
{
	struct qyran_sealed sealed = { .camera = "KZ-1", .epoch = 7, .sequence = 1 };
	uint8_t *bytes;
	size_t size;

	CU_ASSERT_FATAL(qyran_receipt_make(&sealed, authority.receipt, &bytes, &size) == 0);
	CU_ASSERT(run(bytes, size, believes_receipt) == 0);
	free(bytes);
}

static void mutated_bundle_is_never_believed(void)
{
	uint8_t *bytes;
	size_t size;

	CU_ASSERT_FATAL(qyran_bundle_make(&bundle, authority.root, &bytes, &size) == 0);
	CU_ASSERT(run(bytes, size, believes_bundle) == 0);
	free(bytes);
}

static void mutated_violation_breaks_nothing(void)
{
	uint8_t *bytes;
	size_t size;

	/* A camera of ours that went mad may sign anything: it is parsed, shown or refused, and no more. */
	pack_sample(&bytes, &size);
	run(bytes, size, parses_violation);
	free(bytes);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "mutated_sealed_record_is_never_believed", mutated_sealed_record_is_never_believed },
		{ "mutated_heartbeat_is_never_believed", mutated_heartbeat_is_never_believed },
		{ "mutated_receipt_is_never_believed", mutated_receipt_is_never_believed },
		{ "mutated_bundle_is_never_believed", mutated_bundle_is_never_believed },
		{ "mutated_violation_breaks_nothing", mutated_violation_breaks_nothing },
	};
	const char *seed = getenv("SEED"), *count = getenv("MUTATIONS"), *valgrind = getenv("VALGRIND_RUN");
	char path[600], error[1024];
	int status;

	state = seed ? strtoull(seed, NULL, 10) : 1;
	if (valgrind && *valgrind)
		mutations = 300;	/* some 50 times slower */
	if (count && atol(count) > 0)
		mutations = atol(count);
	sample_directory(directory, "mutation");
	sample_authority(directory, &authority);
	snprintf(path, sizeof path, "%s/bundle", directory);
	if (qyran_bundle_load(path, &authority.root->public, &bundle, error, sizeof error) < 0 ||
	    qyran_keys_make(directory, "camera", QYRAN_KEY_CAMERA, "KZ-1", error, sizeof error) < 0)
		return 2;
	snprintf(path, sizeof path, "%s/camera.key", directory);
	if (qyran_keys_load(path, QYRAN_KEY_CAMERA, &camera, error, sizeof error) < 0)
		return 2;
	status = test_cases_run("mutation", cases, sizeof cases / sizeof *cases);
	qyran_keys_free(camera);
	sample_authority_free(&authority);
	sample_remove(directory);
	return status;
}
