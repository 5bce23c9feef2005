/* SPDX-License-Identifier: Apache-2.0 */
#include "sealed.h"

#include <errno.h>
#include <qyran/v1/sealed.pb-c.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRAPPED_BYTES (crypto_box_SEALBYTES + crypto_secretstream_xchacha20poly1305_KEYBYTES)
#define STREAM_OVERHEAD (crypto_secretstream_xchacha20poly1305_HEADERBYTES + crypto_secretstream_xchacha20poly1305_ABYTES)

static void hash_u64(crypto_generichash_state *state, uint64_t value)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	crypto_generichash_update(state, bytes, sizeof bytes);
}

void qyran_sealed_content_hash(const ProtobufCBinaryData *keys, size_t key_count, const ProtobufCBinaryData *ciphertext,
			       uint8_t ret[QYRAN_HASH_BYTES])
{
	static const char context[] = "qyran.v1.Content";
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, QYRAN_HASH_BYTES);
	crypto_generichash_update(&state, (const uint8_t *)context, sizeof context);
	hash_u64(&state, key_count);
	for (size_t i = 0; i < key_count; i++) {
		hash_u64(&state, keys[i].len);
		crypto_generichash_update(&state, keys[i].data, keys[i].len);
	}
	hash_u64(&state, ciphertext->len);
	crypto_generichash_update(&state, ciphertext->data, ciphertext->len);
	crypto_generichash_final(&state, ret, QYRAN_HASH_BYTES);
}

size_t qyran_sealed_binding(const char *camera, uint64_t epoch, uint64_t sequence, uint8_t ret[QYRAN_KEY_NAME_MAX + 16])
{
	size_t length = strlen(camera) + 1;

	memcpy(ret, camera, length);
	for (int i = 0; i < 8; i++) {
		ret[length + (size_t)i] = (uint8_t)(epoch >> 8 * i);
		ret[length + 8 + (size_t)i] = (uint8_t)(sequence >> 8 * i);
	}
	return length + 16;
}

static bool shape_ok(const Qyran__V1__Sealed *message, const Qyran__V1__SealedHeader *header)
{
	if (header->version != 1 || header->suite != QYRAN__V1__SUITE__SUITE_SODIUM_1 || !qyran_message_name(header->camera_id) ||
	    header->chain_epoch == 0 || header->sequence == 0 || header->previous_hash.len != QYRAN_HASH_BYTES ||
	    header->content_hash.len != QYRAN_HASH_BYTES)
		return false;
	if (header->n_recipient_ids < 1 || header->n_recipient_ids > QYRAN_RECIPIENTS_MAX ||
	    message->n_wrapped_keys != header->n_recipient_ids)
		return false;
	for (size_t i = 0; i < header->n_recipient_ids; i++)
		if (header->recipient_ids[i].len != QYRAN_KEY_ID_BYTES || message->wrapped_keys[i].len != WRAPPED_BYTES)
			return false;
	return message->signature.len == QYRAN_SIGNATURE_BYTES && message->ciphertext.len >= STREAM_OVERHEAD;
}

int qyran_sealed_parse(const uint8_t *bytes, size_t size, struct qyran_sealed *ret)
{
	Qyran__V1__SealedHeader *header;
	Qyran__V1__Sealed *message;
	int code;

	code = qyran_message_unpack(&qyran__v1__sealed__descriptor, bytes, size, QYRAN_SEALED_MAX, &message);
	if (code)
		return code;
	code = qyran_message_unpack(&qyran__v1__sealed_header__descriptor, message->header.data, message->header.len, QYRAN_HEADER_MAX,
				    &header);
	if (code)
		goto err_message;
	if (!shape_ok(message, header)) {
		code = -EBADMSG;
		goto err_header;
	}
	snprintf(ret->camera, sizeof ret->camera, "%s", header->camera_id);
	ret->epoch = header->chain_epoch;
	ret->sequence = header->sequence;
	memcpy(ret->previous_hash, header->previous_hash.data, QYRAN_HASH_BYTES);
	qyran_message_hash(QYRAN_CONTEXT_HEADER, message->header.data, message->header.len, ret->header_hash);
	ret->message = message;
	ret->header = header;
	return 0;

err_header:
	qyran_message_free(header);
err_message:
	qyran_message_free(message);
	return code;
}

void qyran_sealed_clear(struct qyran_sealed *sealed)
{
	qyran_message_free(sealed->header);
	qyran_message_free(sealed->message);
	memset(sealed, 0, sizeof *sealed);
}

int qyran_sealed_verify(const struct qyran_sealed *sealed, const struct qyran_public_key *camera)
{
	const Qyran__V1__SealedHeader *header = sealed->header;
	const Qyran__V1__Sealed *message = sealed->message;
	uint8_t hash[QYRAN_HASH_BYTES];
	int code;

	if (strcmp(sealed->camera, camera->name) != 0)
		return -EBADMSG;
	code = qyran_message_verify(QYRAN_CONTEXT_HEADER, message->header.data, message->header.len, camera->bytes, &message->signature);
	if (code)
		return code;
	qyran_sealed_content_hash(message->wrapped_keys, message->n_wrapped_keys, &message->ciphertext, hash);
	return sodium_memcmp(hash, header->content_hash.data, sizeof hash) == 0 ? 0 : -EBADMSG;
}

static int decrypt(const struct qyran_sealed *sealed, const uint8_t *key, uint8_t **ret, size_t *ret_size)
{
	const Qyran__V1__Sealed *message = sealed->message;
	const uint8_t *stream = message->ciphertext.data;
	uint8_t binding[QYRAN_KEY_NAME_MAX + 16];
	size_t binding_size = qyran_sealed_binding(sealed->camera, sealed->epoch, sealed->sequence, binding);
	crypto_secretstream_xchacha20poly1305_state state;
	unsigned long long plain_size;
	unsigned char tag;
	size_t room = message->ciphertext.len - STREAM_OVERHEAD;
	uint8_t *plain = malloc(room + 1);
	int code = 0;

	if (!plain)
		return -ENOMEM;
	if (crypto_secretstream_xchacha20poly1305_init_pull(&state, stream, key) != 0 ||
	    crypto_secretstream_xchacha20poly1305_pull(&state, plain, &plain_size, &tag,
						       stream + crypto_secretstream_xchacha20poly1305_HEADERBYTES,
						       message->ciphertext.len - crypto_secretstream_xchacha20poly1305_HEADERBYTES,
						       binding, binding_size) != 0 ||
	    tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL)
		code = -EBADMSG;
	sodium_memzero(&state, sizeof state);
	if (code) {
		sodium_memzero(plain, room);
		free(plain);
		return code;
	}
	*ret = plain;
	*ret_size = (size_t)plain_size;
	return 0;
}

int qyran_sealed_open(const struct qyran_sealed *sealed, const struct qyran_secret_key *recipient, uint8_t **ret, size_t *ret_size)
{
	const Qyran__V1__SealedHeader *header = sealed->header;
	const Qyran__V1__Sealed *message = sealed->message;
	uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	int code = -ENOKEY;

	for (size_t i = 0; i < header->n_recipient_ids && code == -ENOKEY; i++) {
		if (memcmp(header->recipient_ids[i].data, recipient->public.id, QYRAN_KEY_ID_BYTES) != 0)
			continue;
		if (crypto_box_seal_open(key, message->wrapped_keys[i].data, WRAPPED_BYTES, recipient->public.bytes,
					 recipient->bytes) != 0)
			code = -EBADMSG;
		else
			code = decrypt(sealed, key, ret, ret_size);
	}
	sodium_memzero(key, sizeof key);
	return code;
}
