/* SPDX-License-Identifier: Apache-2.0 */
/* The bundle: for whom a camera seals and whose receipts it believes, signed by the authority's root. */
#ifndef QYRAN_BUNDLE_H
#define QYRAN_BUNDLE_H

#include "keys.h"
#include "limits.h"

struct qyran_bundle {
	uint64_t version;
	uint8_t hash[QYRAN_HASH_BYTES];		/* of the signed body */
	struct qyran_public_key recipients[QYRAN_RECIPIENTS_MAX];
	size_t recipient_count;
	struct qyran_public_key receipts[QYRAN_RECEIPT_KEYS_MAX];
	size_t receipt_count;
};

/** qyran_bundle_parse() - Returns 0; -EBADMSG when it is not a bundle that this root signed; -EFBIG; -ENOMEM. */
int qyran_bundle_parse(const uint8_t *bytes, size_t size, const struct qyran_public_key *root, struct qyran_bundle *ret);

/** qyran_bundle_load() - from a file; one line in @error. */
int qyran_bundle_load(const char *path, const struct qyran_public_key *root, struct qyran_bundle *ret, char *error, size_t error_size);

/** qyran_bundle_make() - signs @bundle (its hash is not looked at). @ret is freed by the caller. Returns 0, -EINVAL or -ENOMEM. */
int qyran_bundle_make(const struct qyran_bundle *bundle, const struct qyran_secret_key *root, uint8_t **ret, size_t *ret_size);

#endif
