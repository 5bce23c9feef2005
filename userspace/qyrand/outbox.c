/* SPDX-License-Identifier: Apache-2.0 */
#include "outbox.h"

#include "bundle.h"
#include "evidence.h"
#include "files.h"
#include "heartbeat.h"
#include "pack.h"
#include "receipt.h"
#include "seal.h"
#include "store.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct qyran_outbox {
	struct qyran_config config;
	struct qyran_secret_key *key;
	struct qyran_bundle bundle;
	struct qyran_store *store;
	char error[QYRAN_PATH_MAX + 512];
};

int qyran_outbox_make_key(const struct qyran_config *config, char *error, size_t error_size)
{
	const char *state = config->camera.state;
	char path[QYRAN_PATH_MAX + 16];
	int code = qyran_files_make_directory(state, 0700);

	if (code) {
		snprintf(error, error_size, "%s: cannot make the state directory: %s; make it writable for this user", state, strerror(-code));
		return code;
	}
	snprintf(path, sizeof path, "%s/camera.key", state);
	if (access(path, F_OK) == 0) {
		snprintf(error, error_size, "%s: is there already; a key is never replaced", path);
		return -EEXIST;
	}
	snprintf(path, sizeof path, "%s/outbox.db", state);
	if (access(path, F_OK) == 0) {
		snprintf(error, error_size, "%s/camera.key: is lost, and outbox.db was written with it; put it back, or move outbox.db away to begin a new chain",
			 state);
		return -EPERM;
	}
	return qyran_keys_make(state, "camera", QYRAN_KEY_CAMERA, config->camera.id, error, error_size);
}

/* Made on the first start; the public half is written again when it is lost. */
static int load_key(struct qyran_outbox *outbox, char *error, size_t error_size)
{
	const char *state = outbox->config.camera.state, *id = outbox->config.camera.id;
	struct qyran_public_key public;
	char path[QYRAN_PATH_MAX + 16];
	int code;

	snprintf(path, sizeof path, "%s/camera.key", state);
	code = qyran_keys_load(path, QYRAN_KEY_CAMERA, &outbox->key, error, error_size);
	if (code == -ENOENT) {
		code = qyran_outbox_make_key(&outbox->config, error, error_size);
		if (!code)
			code = qyran_keys_load(path, QYRAN_KEY_CAMERA, &outbox->key, error, error_size);
	}
	if (code)
		return code;
	if (strcmp(outbox->key->public.name, id) != 0) {
		snprintf(error, error_size, "%s: is the key of camera %s, the configuration names %s; give each camera a state directory",
			 path, outbox->key->public.name, id);
		return -EPERM;
	}
	snprintf(path, sizeof path, "%s/camera.pub", state);
	code = qyran_keys_load_public(path, QYRAN_KEY_CAMERA, &public, error, error_size);
	if (!code && memcmp(public.bytes, outbox->key->public.bytes, sizeof public.bytes) == 0)
		return 0;
	return qyran_keys_save_public(state, "camera.pub", QYRAN_KEY_CAMERA, &outbox->key->public, error, error_size);
}

static int load_bundle(struct qyran_outbox *outbox, char *error, size_t error_size)
{
	const char *path = outbox->config.seal.bundle;
	struct qyran_public_key root;
	int code = qyran_keys_load_public(outbox->config.seal.root, QYRAN_KEY_ROOT, &root, error, error_size);

	if (!code)
		code = qyran_bundle_load(path, &root, &outbox->bundle, error, error_size);
	if (code)
		return code;
	code = qyran_store_bundle(outbox->store, outbox->bundle.version, outbox->bundle.hash);
	if (code == -ESTALE)
		snprintf(error, error_size, "%s: bundle version %" PRIu64 " is older than, or differs from, the one this camera has seen; get the newest from the authority",
			 path, outbox->bundle.version);
	else if (code)
		snprintf(error, error_size, "%s: cannot remember the bundle: %s", path, strerror(-code));
	return code;
}

int qyran_outbox_open(const struct qyran_config *config, struct qyran_outbox **ret, char *error, size_t error_size)
{
	struct qyran_outbox *outbox;
	int code;

	if (sodium_init() < 0) {
		snprintf(error, error_size, "libsodium does not start");
		return -EIO;
	}
	outbox = calloc(1, sizeof *outbox);
	if (!outbox) {
		snprintf(error, error_size, "no memory for the outbox");
		return -ENOMEM;
	}
	outbox->config = *config;
	code = qyran_files_make_directory(config->camera.state, 0700);
	if (code)
		snprintf(error, error_size, "%s: cannot make the state directory: %s", config->camera.state, strerror(-code));
	if (!code)
		code = load_key(outbox, error, error_size);
	if (!code)
		code = qyran_store_open(config->camera.state, config->camera.id, outbox->key->public.id, &outbox->store, error, error_size);
	if (!code)
		code = load_bundle(outbox, error, error_size);
	if (code) {
		qyran_outbox_close(outbox);
		return code;
	}
	*ret = outbox;
	return 0;
}

void qyran_outbox_close(struct qyran_outbox *outbox)
{
	if (!outbox)
		return;
	qyran_store_close(outbox->store);
	qyran_keys_free(outbox->key);
	free(outbox);
}

static int failed(struct qyran_outbox *outbox, int code, const char *what)
{
	const char *detail = qyran_store_error(outbox->store);

	if (code == -ENOSPC)
		snprintf(outbox->error, sizeof outbox->error,
			 "%s: the disk is full, %s; what was sealed before is kept; make room or bring the broker back", outbox->config.camera.state,
			 what);
	else
		snprintf(outbox->error, sizeof outbox->error, "%s: %s: %s%s%s", outbox->config.camera.state, what, strerror(-code),
			 *detail ? ": " : "", detail);
	return code;
}

static int pack(struct qyran_outbox *outbox, struct qyran_violation *violation, uint8_t **ret, size_t *ret_size)
{
	int code = qyran_pack_violation(&outbox->config, violation, ret, ret_size);
	size_t room;

	if (code != -EFBIG)
		return code;
	room = qyran_pack_room(&outbox->config, violation);
	code = room ? qyran_evidence_shrink(violation, room) : -EFBIG;
	return code ? code : qyran_pack_violation(&outbox->config, violation, ret, ret_size);
}

static int seal_and_append(struct qyran_outbox *outbox, const struct qyran_violation *violation, const uint8_t *plain, size_t plain_size)
{
	struct qyran_store_chain chain;
	struct qyran_seal_link link;
	uint8_t header_hash[QYRAN_HASH_BYTES];
	uint8_t *sealed;
	size_t sealed_size;
	int code = qyran_store_known(outbox->store, (int)violation->rule, violation->track_first_ns);

	if (!code)
		code = qyran_store_chain(outbox->store, &chain);
	if (code)
		return code;
	link.epoch = chain.epoch;
	link.sequence = chain.sequence + 1;
	memcpy(link.previous_hash, chain.head, sizeof link.previous_hash);
	code = qyran_seal(outbox->key, &outbox->bundle, &link, plain, plain_size, &sealed, &sealed_size, header_hash);
	if (code)
		return code;
	code = qyran_store_append(outbox->store, (int)violation->rule, violation->track_first_ns, link.sequence, header_hash, sealed,
				  sealed_size);
	free(sealed);
	return code;
}

int qyran_outbox_decide(struct qyran_outbox *outbox, struct qyran_violation *violation)
{
	uint8_t *plain;
	size_t plain_size;
	int code = qyran_store_known(outbox->store, (int)violation->rule, violation->track_first_ns);

	if (code == -EEXIST)
		return code;
	if (!code)
		code = pack(outbox, violation, &plain, &plain_size);
	if (code)
		return failed(outbox, code, "a violation could not be packed");
	code = qyran_store_begin(outbox->store);
	if (!code) {
		code = seal_and_append(outbox, violation, plain, plain_size);
		if (code)
			qyran_store_rollback(outbox->store);
		else
			code = qyran_store_commit(outbox->store);
	}
	sodium_memzero(plain, plain_size);
	free(plain);
	return code && code != -EEXIST ? failed(outbox, code, "a violation could not be stored") : code;
}

int qyran_outbox_next(struct qyran_outbox *outbox, int64_t after, uint64_t *ret_sequence, uint8_t **ret_bytes, size_t *ret_size)
{
	return qyran_store_next(outbox->store, after, ret_sequence, ret_bytes, ret_size);
}

int qyran_outbox_published(struct qyran_outbox *outbox, uint64_t sequence)
{
	int code = qyran_store_published(outbox->store, sequence);

	return code ? failed(outbox, code, "cannot note that a record was published") : 0;
}

int qyran_outbox_receipt(struct qyran_outbox *outbox, const uint8_t *bytes, size_t size)
{
	struct qyran_store_chain chain;
	struct qyran_receipt receipt;
	int code = qyran_receipt_parse(bytes, size, &outbox->bundle, &receipt);

	if (code)
		return code == -ENOMEM ? code : -EBADMSG;
	code = qyran_store_chain(outbox->store, &chain);
	if (!code && (strcmp(receipt.camera, outbox->config.camera.id) != 0 || receipt.epoch != chain.epoch))
		return -EBADMSG;
	if (!code)
		code = qyran_store_receipted(outbox->store, receipt.sequence, receipt.header_hash);
	if (code == -ENOENT)
		return -EBADMSG;
	return code ? failed(outbox, code, "a receipt could not be stored") : 0;
}

int qyran_outbox_heartbeat(struct qyran_outbox *outbox, uint64_t time_ns, bool time_synced, uint8_t **ret_bytes, size_t *ret_size)
{
	struct qyran_heartbeat heartbeat = { .time_ns = time_ns, .time_synced = time_synced };
	struct qyran_outbox_counts counts;
	struct qyran_store_chain chain;
	int code = qyran_store_chain(outbox->store, &chain);

	if (!code)
		code = qyran_store_counts(outbox->store, &counts);
	if (code)
		return failed(outbox, code, "cannot read the chain's head");
	heartbeat.epoch = chain.epoch;
	heartbeat.sequence = chain.sequence;
	memcpy(heartbeat.head_hash, chain.head, sizeof heartbeat.head_hash);
	heartbeat.waiting = counts.waiting;
	return qyran_heartbeat_make(&heartbeat, outbox->key, ret_bytes, ret_size);
}

int qyran_outbox_counts(struct qyran_outbox *outbox, struct qyran_outbox_counts *ret)
{
	return qyran_store_counts(outbox->store, ret);
}

const char *qyran_outbox_error(const struct qyran_outbox *outbox)
{
	return outbox->error;
}
