/* SPDX-License-Identifier: Apache-2.0 */
/* A Sealed message as the authority sees it: parse, verify, open. */
#ifndef QYRAN_SEALED_H
#define QYRAN_SEALED_H

#include "keys.h"
#include "limits.h"

#define QYRAN_CONTEXT_HEADER "qyran.v1.SealedHeader"

struct qyran_sealed {
	char camera[QYRAN_KEY_NAME_MAX];
	uint64_t epoch, sequence;
	uint8_t previous_hash[QYRAN_HASH_BYTES];
	uint8_t header_hash[QYRAN_HASH_BYTES];
	void *message, *header;		/* private */
};

/**
 * qyran_sealed_parse() - reads a message strictly. What it says is only a claim until qyran_sealed_verify().
 * @ret: cleared with qyran_sealed_clear(). Returns 0; -EFBIG; -EBADMSG; -ENOMEM.
 */
int qyran_sealed_parse(const uint8_t *bytes, size_t size, struct qyran_sealed *ret);
void qyran_sealed_clear(struct qyran_sealed *sealed);

/** qyran_sealed_verify() - the signature over the header, and the header's hash over keys and ciphertext. Returns 0 or -EBADMSG, -ENOMEM. */
int qyran_sealed_verify(const struct qyran_sealed *sealed, const struct qyran_public_key *camera);

/**
 * qyran_sealed_open() - decrypts; verify first.
 * @ret: a packed Violation; to be wiped and freed by the caller.
 * Returns 0; -ENOKEY when it was not sealed for this recipient; -EBADMSG; -ENOMEM.
 */
int qyran_sealed_open(const struct qyran_sealed *sealed, const struct qyran_secret_key *recipient, uint8_t **ret, size_t *ret_size);

/** qyran_sealed_content_hash() - over all wrapped keys and the ciphertext, each with its length. */
void qyran_sealed_content_hash(const ProtobufCBinaryData *keys, size_t key_count, const ProtobufCBinaryData *ciphertext,
			       uint8_t ret[QYRAN_HASH_BYTES]);

/** qyran_sealed_binding() - what the ciphertext is bound to: another camera or place in a chain cannot claim it. Returns its length. */
size_t qyran_sealed_binding(const char *camera, uint64_t epoch, uint64_t sequence, uint8_t ret[QYRAN_KEY_NAME_MAX + 16]);

#endif
