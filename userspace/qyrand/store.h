/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox's table on disk: SQLite, WAL, synchronous=FULL. One process at a time. */
#ifndef QYRAN_STORE_H
#define QYRAN_STORE_H

#include "message.h"
#include "outbox.h"

struct qyran_store;

struct qyran_store_chain {
	uint64_t epoch;
	uint64_t sequence;			/* of the latest record; 0: none */
	uint8_t head[QYRAN_HASH_BYTES];		/* its header's hash; zeros: none */
};

/**
 * qyran_store_open() - opens or makes @directory/outbox.db and locks the directory.
 * @camera, @key_id: whose chain it is; another's is refused.
 * Returns 0; -EBUSY when another process has it; another negative errno. One line in @error.
 */
int qyran_store_open(const char *directory, const char *camera, const uint8_t key_id[QYRAN_KEY_ID_BYTES], struct qyran_store **ret,
		     char *error, size_t error_size);
void qyran_store_close(struct qyran_store *store);

/** qyran_store_bundle() - remembers the newest bundle. Returns 0; -ESTALE when a newer one, or another of the same version, was seen before. */
int qyran_store_bundle(struct qyran_store *store, uint64_t version, const uint8_t hash[QYRAN_HASH_BYTES]);

/* A transaction; commit ends it also when it fails. */
int qyran_store_begin(struct qyran_store *store);
int qyran_store_commit(struct qyran_store *store);
void qyran_store_rollback(struct qyran_store *store);

/** qyran_store_chain() - Returns 0 or a negative errno. */
int qyran_store_chain(struct qyran_store *store, struct qyran_store_chain *ret);

/** qyran_store_known() - Returns 0 when nothing was decided for this rule and track, -EEXIST when it was. */
int qyran_store_known(struct qyran_store *store, int rule, uint64_t track_first_ns);

/** qyran_store_append() - inside a transaction: the record, and the chain's new head. */
int qyran_store_append(struct qyran_store *store, int rule, uint64_t track_first_ns, uint64_t sequence,
		       const uint8_t header_hash[QYRAN_HASH_BYTES], const uint8_t *bytes, size_t size);

/** qyran_store_next() - see qyran_outbox_next(). */
int qyran_store_next(struct qyran_store *store, int64_t after, uint64_t *ret_sequence, uint8_t **ret_bytes, size_t *ret_size);

int qyran_store_published(struct qyran_store *store, uint64_t sequence);

/** qyran_store_receipted() - drops the sealed bytes. Returns 0, also when it was done before; -ENOENT when there is no such record. */
int qyran_store_receipted(struct qyran_store *store, uint64_t sequence, const uint8_t header_hash[QYRAN_HASH_BYTES]);

int qyran_store_counts(struct qyran_store *store, struct qyran_outbox_counts *ret);

/** qyran_store_error() - what SQLite said last. */
const char *qyran_store_error(const struct qyran_store *store);

#endif
