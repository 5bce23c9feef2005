/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys, one a file, one line of text: `qyran-KIND-secret NAME HEX` or `qyran-KIND-public NAME HEX`.
 *
 * The kind is checked on loading, so that a root key is never taken for a receipt key. Secrets are in files of mode 0600, made
 * whole or not at all, and in memory from sodium_malloc() (locked, guarded, wiped when freed). A process that loads secrets should
 * call prctl(PR_SET_DUMPABLE, 0) first, so that no core dump holds them.
 */
#ifndef QYRAN_KEYS_H
#define QYRAN_KEYS_H

#include "message.h"

#define QYRAN_KEY_NAME_MAX 64

enum qyran_key_kind {
	QYRAN_KEY_CAMERA,	/* Ed25519: signs headers and heartbeats */
	QYRAN_KEY_ROOT,		/* Ed25519: the authority's root, signs bundles */
	QYRAN_KEY_RECEIPT,	/* Ed25519: signs receipts */
	QYRAN_KEY_RECIPIENT,	/* X25519: opens */
};

struct qyran_public_key {
	char name[QYRAN_KEY_NAME_MAX];
	uint8_t bytes[32];
	uint8_t id[QYRAN_KEY_ID_BYTES];
};

struct qyran_secret_key {
	struct qyran_public_key public;
	enum qyran_key_kind kind;
	uint8_t *bytes;		/* sodium_malloc(): 64 of Ed25519, 32 of X25519 */
};

/**
 * qyran_keys_make() - makes @directory/@base.key and @directory/@base.pub.
 * @name: written into both: a camera's id, a recipient's name.
 * Returns 0; -EEXIST when the secret is there (nothing is changed); another negative errno. One line in @error.
 */
int qyran_keys_make(const char *directory, const char *base, enum qyran_key_kind kind, const char *name, char *error, size_t error_size);

/**
 * qyran_keys_load() - loads a secret. A file that others may read is refused.
 * @ret: freed with qyran_keys_free(). Returns 0 or a negative errno with one line in @error.
 */
int qyran_keys_load(const char *path, enum qyran_key_kind kind, struct qyran_secret_key **ret, char *error, size_t error_size);

/** qyran_keys_free() - wipes. Accepts NULL. */
void qyran_keys_free(struct qyran_secret_key *key);

/** qyran_keys_load_public() - Returns 0 or a negative errno with one line in @error. */
int qyran_keys_load_public(const char *path, enum qyran_key_kind kind, struct qyran_public_key *ret, char *error, size_t error_size);

/** qyran_keys_save_public() - writes or replaces @directory/@file. */
int qyran_keys_save_public(const char *directory, const char *file, enum qyran_key_kind kind, const struct qyran_public_key *key,
			   char *error, size_t error_size);

#endif
