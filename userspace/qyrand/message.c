/* SPDX-License-Identifier: Apache-2.0 */
#include "message.h"

#include "limits.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* What unpacking may take: the longest runs of empty sub-messages cost some 60 bytes for two of input. */
struct budget {
	size_t left;
	bool refused;
};

static void *budget_alloc(void *context, size_t size)
{
	struct budget *budget = context;

	if (size > budget->left) {
		budget->refused = true;
		return NULL;
	}
	budget->left -= size;
	return malloc(size ? size : 1);
}

static void budget_free(void *context, void *memory)
{
	(void)context;
	free(memory);
}

/* RFC 3629, without C0 controls and DEL. */
static bool text_ok(const char *text)
{
	const uint8_t *p = (const uint8_t *)text;

	while (*p) {
		uint32_t code;
		int more;

		if (*p < 0x20 || *p == 0x7f)
			return false;
		if (*p < 0x80) {
			p++;
			continue;
		}
		if (*p >= 0xc2 && *p <= 0xdf) {
			code = *p & 0x1fu;
			more = 1;
		} else if ((*p & 0xf0) == 0xe0) {
			code = *p & 0x0fu;
			more = 2;
		} else if (*p >= 0xf0 && *p <= 0xf4) {
			code = *p & 0x07u;
			more = 3;
		} else {
			return false;
		}
		p++;
		for (int i = 0; i < more; i++, p++) {
			if ((*p & 0xc0) != 0x80)
				return false;
			code = code << 6 | (*p & 0x3fu);
		}
		if ((more == 2 && code < 0x800) || (more == 3 && (code < 0x10000 || code > 0x10ffff)) ||
		    (code >= 0xd800 && code <= 0xdfff))
			return false;
	}
	return true;
}

static bool message_ok(const ProtobufCMessage *message);

static bool element_ok(const ProtobufCFieldDescriptor *field, const void *at)
{
	const ProtobufCMessage *sub;
	const char *text;

	switch (field->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
		sub = *(ProtobufCMessage *const *)at;
		return !sub || message_ok(sub);
	case PROTOBUF_C_TYPE_STRING:
		text = *(char *const *)at;
		return !text || text_ok(text);
	case PROTOBUF_C_TYPE_ENUM:
		return *(const int *)at != 0 && protobuf_c_enum_descriptor_get_value(field->descriptor, *(const int *)at);
	default:
		return true;
	}
}

static size_t element_size(const ProtobufCFieldDescriptor *field)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_MESSAGE:
	case PROTOBUF_C_TYPE_STRING:
		return sizeof(void *);
	case PROTOBUF_C_TYPE_BYTES:
		return sizeof(ProtobufCBinaryData);
	default:
		return 0;	/* numbers: nothing to look at */
	}
}

static bool message_ok(const ProtobufCMessage *message)
{
	if (message->n_unknown_fields)
		return false;
	for (unsigned int i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		const uint8_t *at = (const uint8_t *)message + field->offset;

		if (field->label != PROTOBUF_C_LABEL_REPEATED) {
			if (!element_ok(field, at))
				return false;
			continue;
		}
		size_t count = *(const size_t *)(const void *)((const uint8_t *)message + field->quantifier_offset);
		size_t stride = element_size(field);
		const uint8_t *array = *(uint8_t *const *)(const void *)at;

		for (size_t j = 0; stride && j < count; j++)
			if (!element_ok(field, array + j * stride))
				return false;
	}
	return true;
}

int qyran_message_unpack(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t size, size_t limit, void *ret)
{
	struct budget budget = { .left = 16 * 1024 + 48 * size };
	ProtobufCAllocator allocator = { budget_alloc, budget_free, &budget };
	ProtobufCMessage *message;
	uint8_t *again;

	if (size > limit)
		return -EFBIG;
	message = protobuf_c_message_unpack(descriptor, &allocator, size, bytes);
	if (!message)
		return -EBADMSG;
	if (!message_ok(message) || protobuf_c_message_get_packed_size(message) != size) {
		qyran_message_free(message);
		return -EBADMSG;
	}
	again = malloc(size ? size : 1);
	if (!again) {
		qyran_message_free(message);
		return -ENOMEM;
	}
	protobuf_c_message_pack(message, again);
	int differs = size ? memcmp(again, bytes, size) : 0;
	sodium_memzero(again, size);
	free(again);
	if (differs) {
		qyran_message_free(message);
		return -EBADMSG;
	}
	*(ProtobufCMessage **)ret = message;
	return 0;
}

static void message_wipe(ProtobufCMessage *message);

static void element_wipe(const ProtobufCFieldDescriptor *field, void *at)
{
	if (field->type == PROTOBUF_C_TYPE_MESSAGE && *(ProtobufCMessage **)at) {
		message_wipe(*(ProtobufCMessage **)at);
	} else if (field->type == PROTOBUF_C_TYPE_STRING && *(char **)at && **(char **)at) {
		sodium_memzero(*(char **)at, strlen(*(char **)at));
	} else if (field->type == PROTOBUF_C_TYPE_BYTES) {
		ProtobufCBinaryData *data = at;

		if (data->data && data->len)
			sodium_memzero(data->data, data->len);
	}
}

static void message_wipe(ProtobufCMessage *message)
{
	for (unsigned int i = 0; i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		void *at = (uint8_t *)message + field->offset;

		if (field->label != PROTOBUF_C_LABEL_REPEATED) {
			element_wipe(field, at);
			continue;
		}
		size_t count = *(const size_t *)(const void *)((const uint8_t *)message + field->quantifier_offset);
		size_t stride = element_size(field);

		for (size_t j = 0; stride && j < count; j++)
			element_wipe(field, *(uint8_t **)at + j * stride);
	}
}

void qyran_message_free(void *message)
{
	if (!message)
		return;
	message_wipe(message);
	protobuf_c_message_free_unpacked(message, NULL);
}

int qyran_message_pack(const void *message, uint8_t **ret, size_t *ret_size)
{
	size_t size = protobuf_c_message_get_packed_size(message);
	uint8_t *bytes = malloc(size ? size : 1);

	if (!bytes)
		return -ENOMEM;
	protobuf_c_message_pack(message, bytes);
	*ret = bytes;
	*ret_size = size;
	return 0;
}

bool qyran_message_name(const char *text)
{
	size_t length = strlen(text);

	return length >= 1 && length <= QYRAN_NAME_BYTES_MAX && text[0] != '.' &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == length;
}

void qyran_message_hash(const char *context, const uint8_t *bytes, size_t size, uint8_t ret[QYRAN_HASH_BYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, QYRAN_HASH_BYTES);
	crypto_generichash_update(&state, (const uint8_t *)context, strlen(context) + 1);
	crypto_generichash_update(&state, bytes, size);
	crypto_generichash_final(&state, ret, QYRAN_HASH_BYTES);
}

void qyran_message_key_id(const uint8_t public_key[32], uint8_t ret[QYRAN_KEY_ID_BYTES])
{
	crypto_generichash(ret, QYRAN_KEY_ID_BYTES, public_key, 32, NULL, 0);
}

static uint8_t *with_context(const char *context, const uint8_t *bytes, size_t size, size_t *ret_size)
{
	size_t length = strlen(context) + 1;
	uint8_t *whole = malloc(length + size);

	if (!whole)
		return NULL;
	memcpy(whole, context, length);
	memcpy(whole + length, bytes, size);
	*ret_size = length + size;
	return whole;
}

int qyran_message_sign(const char *context, const uint8_t *bytes, size_t size, const uint8_t secret_key[64], uint8_t ret[QYRAN_SIGNATURE_BYTES])
{
	size_t whole_size;
	uint8_t *whole = with_context(context, bytes, size, &whole_size);

	if (!whole)
		return -ENOMEM;
	crypto_sign_detached(ret, NULL, whole, whole_size, secret_key);
	free(whole);
	return 0;
}

int qyran_message_pack_signed(const char *context, const void *body, const uint8_t secret_key[64], const void *message,
			      ProtobufCBinaryData *ret_body, ProtobufCBinaryData *ret_signature, uint8_t **ret, size_t *ret_size)
{
	uint8_t signature[QYRAN_SIGNATURE_BYTES];
	uint8_t *bytes;
	size_t size;
	int code = qyran_message_pack(body, &bytes, &size);

	if (code)
		return code;
	code = qyran_message_sign(context, bytes, size, secret_key, signature);
	if (!code) {
		*ret_body = (ProtobufCBinaryData){ .len = size, .data = bytes };
		*ret_signature = (ProtobufCBinaryData){ .len = sizeof signature, .data = signature };
		code = qyran_message_pack(message, ret, ret_size);
		*ret_body = *ret_signature = (ProtobufCBinaryData){ 0 };
	}
	free(bytes);
	return code;
}

int qyran_message_verify(const char *context, const uint8_t *bytes, size_t size, const uint8_t public_key[32],
			 const ProtobufCBinaryData *signature)
{
	size_t whole_size;
	uint8_t *whole;
	int refused;

	if (signature->len != QYRAN_SIGNATURE_BYTES)
		return -EBADMSG;
	whole = with_context(context, bytes, size, &whole_size);
	if (!whole)
		return -ENOMEM;
	refused = crypto_sign_verify_detached(signature->data, whole, whole_size, public_key);
	free(whole);
	return refused ? -EBADMSG : 0;
}
