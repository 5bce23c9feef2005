/* SPDX-License-Identifier: Apache-2.0 */
#include "receipt.h"

#include <errno.h>
#include <qyran/v1/receipt.pb-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTEXT "qyran.v1.ReceiptBody"

int qyran_receipt_make(const struct qyran_sealed *sealed, const struct qyran_secret_key *key, uint8_t **ret, size_t *ret_size)
{
	Qyran__V1__ReceiptBody body = QYRAN__V1__RECEIPT_BODY__INIT;
	Qyran__V1__Receipt message = QYRAN__V1__RECEIPT__INIT;

	body.version = 1;
	body.camera_id = (char *)(uintptr_t)sealed->camera;
	body.chain_epoch = sealed->epoch;
	body.sequence = sealed->sequence;
	body.header_hash.data = (uint8_t *)(uintptr_t)sealed->header_hash;
	body.header_hash.len = QYRAN_HASH_BYTES;
	body.key_id.data = (uint8_t *)(uintptr_t)key->public.id;
	body.key_id.len = QYRAN_KEY_ID_BYTES;
	return qyran_message_pack_signed(CONTEXT, &body, key->bytes, &message, &message.body, &message.signature, ret, ret_size);
}

static int check_body(const Qyran__V1__Receipt *message, const struct qyran_bundle *bundle, const Qyran__V1__ReceiptBody *body)
{
	if (body->version != 1 || !qyran_message_name(body->camera_id) || body->chain_epoch == 0 || body->sequence == 0 ||
	    body->header_hash.len != QYRAN_HASH_BYTES || body->key_id.len != QYRAN_KEY_ID_BYTES)
		return -EBADMSG;
	for (size_t i = 0; i < bundle->receipt_count; i++)
		if (memcmp(bundle->receipts[i].id, body->key_id.data, QYRAN_KEY_ID_BYTES) == 0)
			return qyran_message_verify(CONTEXT, message->body.data, message->body.len, bundle->receipts[i].bytes,
						    &message->signature);
	return -EBADMSG;
}

int qyran_receipt_parse(const uint8_t *bytes, size_t size, const struct qyran_bundle *bundle, struct qyran_receipt *ret)
{
	Qyran__V1__ReceiptBody *body;
	Qyran__V1__Receipt *message;
	int code;

	code = qyran_message_unpack(&qyran__v1__receipt__descriptor, bytes, size, QYRAN_RECEIPT_MAX, &message);
	if (code)
		return code;
	code = qyran_message_unpack(&qyran__v1__receipt_body__descriptor, message->body.data, message->body.len, QYRAN_RECEIPT_MAX, &body);
	if (code)
		goto out;
	code = check_body(message, bundle, body);
	if (!code) {
		snprintf(ret->camera, sizeof ret->camera, "%s", body->camera_id);
		ret->epoch = body->chain_epoch;
		ret->sequence = body->sequence;
		memcpy(ret->header_hash, body->header_hash.data, QYRAN_HASH_BYTES);
	}
	qyran_message_free(body);
out:
	qyran_message_free(message);
	return code;
}
