/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing: encrypt for the recipients, then sign. What is sealed the camera itself cannot open. */
#ifndef QYRAN_SEAL_H
#define QYRAN_SEAL_H

#include "bundle.h"
#include "sealed.h"

/* Where in the chain a record stands. */
struct qyran_seal_link {
	uint64_t epoch, sequence;
	uint8_t previous_hash[QYRAN_HASH_BYTES];
};

/**
 * qyran_seal() - seals @plain, which stays the caller's to wipe.
 * @ret: a Sealed message, freed by the caller. @ret_header_hash: the chain's new head.
 * Returns 0; -EFBIG when it would be over QYRAN_SEALED_MAX; -EINVAL; -ENOMEM.
 */
int qyran_seal(const struct qyran_secret_key *camera, const struct qyran_bundle *bundle, const struct qyran_seal_link *link,
	       const uint8_t *plain, size_t plain_size, uint8_t **ret, size_t *ret_size, uint8_t ret_header_hash[QYRAN_HASH_BYTES]);

#endif
