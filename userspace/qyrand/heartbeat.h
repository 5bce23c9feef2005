/* SPDX-License-Identifier: Apache-2.0 */
/* Heartbeats: where a camera's chain ends, signed, also when nothing happens. */
#ifndef QYRAN_HEARTBEAT_H
#define QYRAN_HEARTBEAT_H

#include "keys.h"
#include "limits.h"

struct qyran_heartbeat {
	char camera[QYRAN_KEY_NAME_MAX];
	uint64_t epoch, sequence;	/* of the latest record; 0: none yet */
	uint8_t head_hash[QYRAN_HASH_BYTES];
	uint64_t time_ns;		/* the logic's clock, TAI */
	bool time_synced;
	uint64_t waiting;		/* records without a receipt */
};

/** qyran_heartbeat_make() - @heartbeat's camera is not looked at: it is the key's. @ret is freed by the caller. Returns 0 or -ENOMEM. */
int qyran_heartbeat_make(const struct qyran_heartbeat *heartbeat, const struct qyran_secret_key *camera, uint8_t **ret, size_t *ret_size);

/**
 * qyran_heartbeat_parse() - reads a heartbeat strictly.
 * @camera: whose signature it must carry; NULL: not verified, only a claim.
 * Returns 0; -EBADMSG; -EFBIG; -ENOMEM.
 */
int qyran_heartbeat_parse(const uint8_t *bytes, size_t size, const struct qyran_public_key *camera, struct qyran_heartbeat *ret);

#endif
