/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The outbox: what was decided stays here, sealed, until the centre's signed receipt comes.
 *
 * SQLite, WAL, synchronous=FULL. A decision is packed, sealed, linked to the chain and stored in one transaction, unique by camera, rule
 * and the track's first stamp; only then is it decided. Nothing in it can be opened by the camera.
 */
#ifndef QYRAN_OUTBOX_H
#define QYRAN_OUTBOX_H

#include "violation.h"

struct qyran_outbox;

struct qyran_outbox_counts {
	uint64_t decided;	/* since the outbox was made */
	uint64_t sealed;	/* the same number when all is well */
	uint64_t published;	/* handed to the publisher at least once */
	uint64_t receipted;
	uint64_t waiting;	/* without a receipt */
	uint64_t bytes;		/* of what waits */
};

/**
 * qyran_outbox_open() - opens or makes the outbox and the camera's keys in the configuration's state directory, and loads the bundle.
 * An older bundle than the one last seen is refused.
 * Returns 0, or a negative errno with one line in @error.
 */
int qyran_outbox_open(const struct qyran_config *config, struct qyran_outbox **ret, char *error, size_t error_size);

/**
 * qyran_outbox_make_key() - makes the camera's key before the first start; qyran_outbox_open() does it by itself.
 * Returns 0; -EEXIST when it is there; -EPERM when it is lost but its chain is there: a chain is not continued with another key.
 * One line in @error.
 */
int qyran_outbox_make_key(const struct qyran_config *config, char *error, size_t error_size);

/** qyran_outbox_close() - what waits stays. Accepts NULL. */
void qyran_outbox_close(struct qyran_outbox *outbox);

/**
 * qyran_outbox_decide() - packs, seals and stores a violation. Pictures that do not fit are made smaller in @violation itself.
 * After -ENOSPC the same violation may be given again when there is room.
 * Returns 0; -EEXIST when this camera, rule and track was decided before (nothing is changed); -ENOSPC and others, after which
 * nothing of it is stored and what was stored before is whole.
 */
int qyran_outbox_decide(struct qyran_outbox *outbox, struct qyran_violation *violation);

/**
 * qyran_outbox_next() - the oldest record after @sequence that waits for a receipt.
 * @after: -1 for the oldest of all. @ret_bytes: the Sealed message, to be freed by the caller.
 * Returns 0 or -ENODATA.
 */
int qyran_outbox_next(struct qyran_outbox *outbox, int64_t after, uint64_t *ret_sequence, uint8_t **ret_bytes, size_t *ret_size);

/** qyran_outbox_published() - the publisher has taken this record. */
int qyran_outbox_published(struct qyran_outbox *outbox, uint64_t sequence);

/** qyran_outbox_receipt() - takes a Receipt message. Returns 0; -EBADMSG when it is not a receipt of the centre for a record of this camera. */
int qyran_outbox_receipt(struct qyran_outbox *outbox, const uint8_t *bytes, size_t size);

/** qyran_outbox_heartbeat() - a signed Heartbeat with the chain's head; @time_ns: the logic's clock. The caller frees @ret_bytes. */
int qyran_outbox_heartbeat(struct qyran_outbox *outbox, uint64_t time_ns, bool time_synced, uint8_t **ret_bytes, size_t *ret_size);

/** qyran_outbox_counts() - Returns 0 or a negative errno. */
int qyran_outbox_counts(struct qyran_outbox *outbox, struct qyran_outbox_counts *ret);

/** qyran_outbox_error() - one line about the latest failure of a call with this outbox; empty when there was none. */
const char *qyran_outbox_error(const struct qyran_outbox *outbox);

#endif
