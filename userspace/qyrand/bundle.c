/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle.h"

#include "files.h"

#include <errno.h>
#include <qyran/v1/bundle.pb-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTEXT "qyran.v1.BundleBody"

static int take_body(const Qyran__V1__BundleBody *body, struct qyran_bundle *ret)
{
	if (body->version != 1 || body->bundle_version == 0 || body->n_recipients < 1 || body->n_recipients > QYRAN_RECIPIENTS_MAX ||
	    body->n_receipt_keys < 1 || body->n_receipt_keys > QYRAN_RECEIPT_KEYS_MAX)
		return -EBADMSG;
	ret->version = body->bundle_version;
	for (size_t i = 0; i < body->n_recipients; i++) {
		const Qyran__V1__BundleRecipient *recipient = body->recipients[i];
		struct qyran_public_key *key = &ret->recipients[i];

		if (!qyran_message_name(recipient->name) || recipient->public_key.len != 32)
			return -EBADMSG;
		snprintf(key->name, sizeof key->name, "%s", recipient->name);
		memcpy(key->bytes, recipient->public_key.data, 32);
		qyran_message_key_id(key->bytes, key->id);
		for (size_t j = 0; j < i; j++)
			if (memcmp(ret->recipients[j].bytes, key->bytes, 32) == 0)
				return -EBADMSG;
	}
	ret->recipient_count = body->n_recipients;
	for (size_t i = 0; i < body->n_receipt_keys; i++) {
		struct qyran_public_key *key = &ret->receipts[i];

		if (body->receipt_keys[i].len != 32)
			return -EBADMSG;
		snprintf(key->name, sizeof key->name, "receipt");
		memcpy(key->bytes, body->receipt_keys[i].data, 32);
		qyran_message_key_id(key->bytes, key->id);
	}
	ret->receipt_count = body->n_receipt_keys;
	return 0;
}

int qyran_bundle_parse(const uint8_t *bytes, size_t size, const struct qyran_public_key *root, struct qyran_bundle *ret)
{
	struct qyran_bundle bundle = { .version = 0 };
	Qyran__V1__BundleBody *body;
	Qyran__V1__Bundle *message;
	int code;

	code = qyran_message_unpack(&qyran__v1__bundle__descriptor, bytes, size, QYRAN_BUNDLE_MAX, &message);
	if (code)
		return code;
	code = qyran_message_verify(CONTEXT, message->body.data, message->body.len, root->bytes, &message->signature);
	if (code)
		goto out;
	code = qyran_message_unpack(&qyran__v1__bundle_body__descriptor, message->body.data, message->body.len, QYRAN_BUNDLE_MAX, &body);
	if (code)
		goto out;
	code = take_body(body, &bundle);
	if (!code) {
		qyran_message_hash(CONTEXT, message->body.data, message->body.len, bundle.hash);
		*ret = bundle;
	}
	qyran_message_free(body);
out:
	qyran_message_free(message);
	return code;
}

int qyran_bundle_load(const char *path, const struct qyran_public_key *root, struct qyran_bundle *ret, char *error, size_t error_size)
{
	uint8_t *bytes;
	size_t size;
	int code = qyran_files_read(path, QYRAN_BUNDLE_MAX, &bytes, &size);

	if (code) {
		snprintf(error, error_size, "%s: cannot read the bundle: %s; get one from the authority (qyran-inbox bundle)", path,
			 strerror(-code));
		return code;
	}
	code = qyran_bundle_parse(bytes, size, root, ret);
	free(bytes);
	if (code)
		snprintf(error, error_size, "%s: is not a bundle signed by the root `%s`; check the root's public key or get the bundle again",
			 path, root->name);
	return code;
}

int qyran_bundle_make(const struct qyran_bundle *bundle, const struct qyran_secret_key *root, uint8_t **ret, size_t *ret_size)
{
	Qyran__V1__BundleRecipient recipients[QYRAN_RECIPIENTS_MAX];
	Qyran__V1__BundleRecipient *recipient_list[QYRAN_RECIPIENTS_MAX];
	ProtobufCBinaryData receipts[QYRAN_RECEIPT_KEYS_MAX];
	Qyran__V1__BundleBody body = QYRAN__V1__BUNDLE_BODY__INIT;
	Qyran__V1__Bundle message = QYRAN__V1__BUNDLE__INIT;

	if (bundle->recipient_count < 1 || bundle->recipient_count > QYRAN_RECIPIENTS_MAX || bundle->receipt_count < 1 ||
	    bundle->receipt_count > QYRAN_RECEIPT_KEYS_MAX || bundle->version == 0)
		return -EINVAL;
	for (size_t i = 0; i < bundle->recipient_count; i++) {
		qyran__v1__bundle_recipient__init(&recipients[i]);
		recipients[i].name = (char *)(uintptr_t)bundle->recipients[i].name;
		recipients[i].public_key.data = (uint8_t *)(uintptr_t)bundle->recipients[i].bytes;
		recipients[i].public_key.len = 32;
		recipient_list[i] = &recipients[i];
	}
	for (size_t i = 0; i < bundle->receipt_count; i++) {
		receipts[i].data = (uint8_t *)(uintptr_t)bundle->receipts[i].bytes;
		receipts[i].len = 32;
	}
	body.version = 1;
	body.bundle_version = bundle->version;
	body.recipients = recipient_list;
	body.n_recipients = bundle->recipient_count;
	body.receipt_keys = receipts;
	body.n_receipt_keys = bundle->receipt_count;
	return qyran_message_pack_signed(CONTEXT, &body, root->bytes, &message, &message.body, &message.signature, ret, ret_size);
}
