/* SPDX-License-Identifier: Apache-2.0 */
/* Someone between camera and authority: takes records away, forks the chain, forges heartbeats, receipts and bundles. */
#include "qyrand/chain.h"
#include "qyrand/heartbeat.h"
#include "qyrand/receipt.h"
#include "site.h"
#include "tests/unit/cases.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
		chain_of(&site.records[which[i]], &chain[i]);
	if (extra)
		chain_of(extra, &chain[count++]);
	if (head && head <= RECORDS)
		memcpy(heads[0].hash, site.hashes[head - 1], QYRAN_HASH_BYTES);
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

static void forked_chain_is_noticed(void)
{
	uint8_t hash[QYRAN_HASH_BYTES];
	struct blob fork = attack_site_seal(site.camera, 9, 7, 3, site.hashes[1], hash);
	struct findings found;

	CU_ASSERT(check((size_t[]){ 0, 1, 2, 3 }, 4, &fork, 4, &found) >= 1 && found.count[QYRAN_CHAIN_FORK] == 1);
	/* Only the fork is there: record 4 does not follow from it. */
	CU_ASSERT(check((size_t[]){ 0, 1, 3 }, 3, &fork, 4, &found) >= 1 && found.count[QYRAN_CHAIN_BROKEN] == 1);
	free(fork.bytes);
	/* A last record that was exchanged differs from the heartbeat's head. */
	fork = attack_site_seal(site.camera, 9, 7, 4, site.hashes[2], hash);
	CU_ASSERT(check((size_t[]){ 0, 1, 2 }, 3, &fork, 4, &found) == 1 && found.count[QYRAN_CHAIN_HEAD] == 1 && found.from == 4);
	free(fork.bytes);
}

static void chain_that_does_not_begin_at_its_beginning_is_noticed(void)
{
	uint8_t hash[QYRAN_HASH_BYTES];
	struct blob first = attack_site_seal(site.camera, 9, 7, 1, site.hashes[2], hash);
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

	memcpy(heartbeat.head_hash, site.hashes[3], QYRAN_HASH_BYTES);
	CU_ASSERT_FATAL(qyran_heartbeat_make(&heartbeat, site.camera, &blob.bytes, &blob.size) == 0);
	CU_ASSERT(qyran_heartbeat_parse(blob.bytes, blob.size, &site.camera->public, &read) == 0);
	CU_ASSERT(read.sequence == 4 && strcmp(read.camera, "KZ-1") == 0);
	CU_ASSERT(qyran_heartbeat_parse(blob.bytes, blob.size, &site.other_camera->public, &read) == -EBADMSG);
	for (size_t i = 0; i < blob.size; i++)
		for (int bit = 0; bit < 8; bit++) {
			blob.bytes[i] ^= (uint8_t)(1 << bit);
			taken += qyran_heartbeat_parse(blob.bytes, blob.size, &site.camera->public, &read) == 0;
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

	CU_ASSERT_FATAL(qyran_sealed_parse(site.records[0].bytes, site.records[0].size, &sealed) == 0);
	CU_ASSERT_FATAL(qyran_receipt_make(&sealed, site.authority.receipt, &blob.bytes, &blob.size) == 0);
	CU_ASSERT(qyran_receipt_parse(blob.bytes, blob.size, &site.bundle, &receipt) == 0 && receipt.sequence == 1);
	for (size_t i = 0; i < blob.size; i++)
		for (int bit = 0; bit < 8; bit++) {
			blob.bytes[i] ^= (uint8_t)(1 << bit);
			taken += qyran_receipt_parse(blob.bytes, blob.size, &site.bundle, &receipt) == 0;
			blob.bytes[i] ^= (uint8_t)(1 << bit);
		}
	CU_ASSERT(taken == 0);
	free(blob.bytes);
	CU_ASSERT_FATAL(qyran_keys_make(site.directory, "forger", QYRAN_KEY_RECEIPT, "receipt", error, sizeof error) == 0);
	snprintf(path, sizeof path, "%s/forger.key", site.directory);
	CU_ASSERT_FATAL(qyran_keys_load(path, QYRAN_KEY_RECEIPT, &forger, error, sizeof error) == 0);
	CU_ASSERT_FATAL(qyran_receipt_make(&sealed, forger, &blob.bytes, &blob.size) == 0);
	CU_ASSERT(qyran_receipt_parse(blob.bytes, blob.size, &site.bundle, &receipt) == -EBADMSG);
	free(blob.bytes);
	/* Nor may the forger borrow the true key's id. */
	memcpy(forger->public.id, site.authority.receipt->public.id, QYRAN_KEY_ID_BYTES);
	CU_ASSERT_FATAL(qyran_receipt_make(&sealed, forger, &blob.bytes, &blob.size) == 0);
	CU_ASSERT(qyran_receipt_parse(blob.bytes, blob.size, &site.bundle, &receipt) == -EBADMSG);
	free(blob.bytes);
	qyran_keys_free(forger);
	qyran_sealed_clear(&sealed);
}

static void forged_bundle_is_refused(void)
{
	struct qyran_bundle read;
	struct blob blob;
	size_t taken = 0;

	CU_ASSERT_FATAL(qyran_bundle_make(&site.bundle, site.authority.root, &blob.bytes, &blob.size) == 0);
	CU_ASSERT(qyran_bundle_parse(blob.bytes, blob.size, &site.authority.root->public, &read) == 0);
	for (size_t i = 0; i < blob.size; i++)
		for (int bit = 0; bit < 8; bit++) {
			blob.bytes[i] ^= (uint8_t)(1 << bit);
			taken += qyran_bundle_parse(blob.bytes, blob.size, &site.authority.root->public, &read) == 0;
			blob.bytes[i] ^= (uint8_t)(1 << bit);
		}
	CU_ASSERT(taken == 0);
	free(blob.bytes);
	CU_ASSERT_FATAL(qyran_bundle_make(&site.bundle, site.authority.receipt, &blob.bytes, &blob.size) == 0);
	CU_ASSERT(qyran_bundle_parse(blob.bytes, blob.size, &site.authority.root->public, &read) == -EBADMSG);
	free(blob.bytes);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "record_removed_the_gap_is_named", record_removed_the_gap_is_named },
		{ "tail_removed_the_heartbeat_tells", tail_removed_the_heartbeat_tells },
		{ "reordered_or_repeated_records_make_no_difference", reordered_or_repeated_records_make_no_difference },
		{ "forked_chain_is_noticed", forked_chain_is_noticed },
		{ "chain_that_does_not_begin_at_its_beginning_is_noticed", chain_that_does_not_begin_at_its_beginning_is_noticed },
		{ "forged_heartbeat_is_refused", forged_heartbeat_is_refused },
		{ "forged_receipt_is_refused", forged_receipt_is_refused },
		{ "forged_bundle_is_refused", forged_bundle_is_refused },
	};
	int status;

	if (!attack_site_open("chain-attack"))
		return 2;
	status = test_cases_run("chains", cases, sizeof cases / sizeof *cases);
	attack_site_close();
	return status;
}
