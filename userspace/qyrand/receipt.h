/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts: the centre has stored a record durably. */
#ifndef QYRAN_RECEIPT_H
#define QYRAN_RECEIPT_H

#include "bundle.h"
#include "sealed.h"

struct qyran_receipt {
	char camera[QYRAN_KEY_NAME_MAX];
	uint64_t epoch, sequence;
	uint8_t header_hash[QYRAN_HASH_BYTES];
};

/** qyran_receipt_make() - for a record that was verified and stored. @ret is freed by the caller. Returns 0 or -ENOMEM. */
int qyran_receipt_make(const struct qyran_sealed *sealed, const struct qyran_secret_key *key, uint8_t **ret, size_t *ret_size);

/** qyran_receipt_parse() - Returns 0; -EBADMSG when it is not a receipt signed by one of the bundle's receipt keys; -EFBIG; -ENOMEM. */
int qyran_receipt_parse(const uint8_t *bytes, size_t size, const struct qyran_bundle *bundle, struct qyran_receipt *ret);

#endif
