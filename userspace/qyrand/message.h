/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict reading of protobuf messages: every byte counts.
 *
 * A message is taken only when it has no unknown fields at any depth, its strings are UTF-8 without control characters, its enums are
 * known and not _UNSPECIFIED, and it encodes back to exactly the bytes that came. Memory is bounded by the size of the input.
 */
#ifndef QYRAN_MESSAGE_H
#define QYRAN_MESSAGE_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QYRAN_HASH_BYTES 32u
#define QYRAN_KEY_ID_BYTES 16u
#define QYRAN_SIGNATURE_BYTES 64u

/**
 * qyran_message_unpack() - @limit: the most bytes this message may have.
 * @ret: to be freed with qyran_message_free().
 * Returns 0; -EFBIG over the limit; -EBADMSG when it is not strictly such a message; -ENOMEM.
 */
int qyran_message_unpack(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t size, size_t limit, void *ret);

/** qyran_message_free() - wipes byte fields and strings, then frees. Accepts NULL. */
void qyran_message_free(void *message);

/** qyran_message_pack() - Returns 0 or -ENOMEM; @ret is freed by the caller. */
int qyran_message_pack(const void *message, uint8_t **ret, size_t *ret_size);

/** qyran_message_name() - is @text a name: 1 to 63 of A-Z a-z 0-9 - _ . and not starting with a dot? Fit for files and topics. */
bool qyran_message_name(const char *text);

/** qyran_message_hash() - BLAKE2b-256 of @context, its terminating 0 and @bytes. */
void qyran_message_hash(const char *context, const uint8_t *bytes, size_t size, uint8_t ret[QYRAN_HASH_BYTES]);

/** qyran_message_key_id() - BLAKE2b-128 of a public key. */
void qyran_message_key_id(const uint8_t public_key[32], uint8_t ret[QYRAN_KEY_ID_BYTES]);

/** qyran_message_sign() - Ed25519 over @context, its terminating 0 and @bytes: a signature for one kind of message is none for another. Returns 0 or -ENOMEM. */
int qyran_message_sign(const char *context, const uint8_t *bytes, size_t size, const uint8_t secret_key[64], uint8_t ret[QYRAN_SIGNATURE_BYTES]);

/**
 * qyran_message_pack_signed() - packs @body, signs its bytes as qyran_message_sign() does, and packs @message around both.
 * @message: a message of a body and a signature; @ret_body, @ret_signature: these two fields of it, empty again afterwards.
 * Returns 0 or -ENOMEM; @ret is freed by the caller.
 */
int qyran_message_pack_signed(const char *context, const void *body, const uint8_t secret_key[64], const void *message,
			      ProtobufCBinaryData *ret_body, ProtobufCBinaryData *ret_signature, uint8_t **ret, size_t *ret_size);

/** qyran_message_verify() - Returns 0; -EBADMSG when the signature is not right; -ENOMEM. */
int qyran_message_verify(const char *context, const uint8_t *bytes, size_t size, const uint8_t public_key[32],
			 const ProtobufCBinaryData *signature);

#endif
