/* SPDX-License-Identifier: Apache-2.0 */
#include "seal.h"

#include <errno.h>
#include <qyran/v1/sealed.pb-c.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define KEY_BYTES crypto_secretstream_xchacha20poly1305_KEYBYTES
#define WRAPPED_BYTES (crypto_box_SEALBYTES + KEY_BYTES)
#define STREAM_HEADER crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define STREAM_OVERHEAD (STREAM_HEADER + crypto_secretstream_xchacha20poly1305_ABYTES)

struct envelope {
	uint8_t wrapped[QYRAN_RECIPIENTS_MAX][WRAPPED_BYTES];
	uint8_t content_hash[QYRAN_HASH_BYTES];
	uint8_t signature[QYRAN_SIGNATURE_BYTES];
	ProtobufCBinaryData wrapped_list[QYRAN_RECIPIENTS_MAX];
	ProtobufCBinaryData id_list[QYRAN_RECIPIENTS_MAX];
	ProtobufCBinaryData ciphertext;
};

static ProtobufCBinaryData data(const void *bytes, size_t size)
{
	return (ProtobufCBinaryData){ .len = size, .data = (uint8_t *)(uintptr_t)bytes };
}

static int encrypt(const char *camera, const struct qyran_bundle *bundle, const struct qyran_seal_link *link, const uint8_t *plain,
		   size_t plain_size, struct envelope *envelope)
{
	crypto_secretstream_xchacha20poly1305_state state;
	uint8_t binding[QYRAN_KEY_NAME_MAX + 16];
	size_t binding_size = qyran_sealed_binding(camera, link->epoch, link->sequence, binding);
	uint8_t key[KEY_BYTES];
	uint8_t *stream = malloc(STREAM_OVERHEAD + plain_size);
	int code = 0;

	if (!stream)
		return -ENOMEM;
	crypto_secretstream_xchacha20poly1305_keygen(key);
	crypto_secretstream_xchacha20poly1305_init_push(&state, stream, key);
	crypto_secretstream_xchacha20poly1305_push(&state, stream + STREAM_HEADER, NULL, plain, plain_size, binding, binding_size,
						   crypto_secretstream_xchacha20poly1305_TAG_FINAL);
	for (size_t i = 0; i < bundle->recipient_count && !code; i++) {
		if (crypto_box_seal(envelope->wrapped[i], key, KEY_BYTES, bundle->recipients[i].bytes) != 0)
			code = -EINVAL;
		envelope->wrapped_list[i] = data(envelope->wrapped[i], WRAPPED_BYTES);
		envelope->id_list[i] = data(bundle->recipients[i].id, QYRAN_KEY_ID_BYTES);
	}
	sodium_memzero(&state, sizeof state);
	sodium_memzero(key, sizeof key);
	if (code) {
		free(stream);
		return code;
	}
	envelope->ciphertext = data(stream, STREAM_OVERHEAD + plain_size);
	qyran_sealed_content_hash(envelope->wrapped_list, bundle->recipient_count, &envelope->ciphertext, envelope->content_hash);
	return 0;
}

int qyran_seal(const struct qyran_secret_key *camera, const struct qyran_bundle *bundle, const struct qyran_seal_link *link,
	       const uint8_t *plain, size_t plain_size, uint8_t **ret, size_t *ret_size, uint8_t ret_header_hash[QYRAN_HASH_BYTES])
{
	Qyran__V1__SealedHeader header = QYRAN__V1__SEALED_HEADER__INIT;
	Qyran__V1__Sealed message = QYRAN__V1__SEALED__INIT;
	struct envelope envelope;
	uint8_t *header_bytes;
	size_t header_size;
	int code;

	if (plain_size > QYRAN_PLAIN_MAX)
		return -EFBIG;
	code = encrypt(camera->public.name, bundle, link, plain, plain_size, &envelope);
	if (code)
		return code;
	header.version = 1;
	header.suite = QYRAN__V1__SUITE__SUITE_SODIUM_1;
	header.camera_id = (char *)(uintptr_t)camera->public.name;
	header.chain_epoch = link->epoch;
	header.sequence = link->sequence;
	header.previous_hash = data(link->previous_hash, QYRAN_HASH_BYTES);
	header.recipient_ids = envelope.id_list;
	header.n_recipient_ids = bundle->recipient_count;
	header.content_hash = data(envelope.content_hash, QYRAN_HASH_BYTES);
	code = qyran_message_pack(&header, &header_bytes, &header_size);
	if (code)
		goto out_stream;
	code = qyran_message_sign(QYRAN_CONTEXT_HEADER, header_bytes, header_size, camera->bytes, envelope.signature);
	if (code)
		goto out_header;
	message.header = data(header_bytes, header_size);
	message.signature = data(envelope.signature, QYRAN_SIGNATURE_BYTES);
	message.wrapped_keys = envelope.wrapped_list;
	message.n_wrapped_keys = bundle->recipient_count;
	message.ciphertext = envelope.ciphertext;
	code = qyran_message_pack(&message, ret, ret_size);
	if (!code)
		qyran_message_hash(QYRAN_CONTEXT_HEADER, header_bytes, header_size, ret_header_hash);
out_header:
	free(header_bytes);
out_stream:
	free(envelope.ciphertext.data);
	return code;
}
