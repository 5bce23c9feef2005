/* SPDX-License-Identifier: Apache-2.0 */
#include "heartbeat.h"

#include <errno.h>
#include <qyran/v1/heartbeat.pb-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTEXT "qyran.v1.HeartbeatBody"

int qyran_heartbeat_make(const struct qyran_heartbeat *heartbeat, const struct qyran_secret_key *camera, uint8_t **ret, size_t *ret_size)
{
	Qyran__V1__HeartbeatBody body = QYRAN__V1__HEARTBEAT_BODY__INIT;
	Qyran__V1__Heartbeat message = QYRAN__V1__HEARTBEAT__INIT;

	body.version = 1;
	body.camera_id = (char *)(uintptr_t)camera->public.name;
	body.chain_epoch = heartbeat->epoch;
	body.sequence = heartbeat->sequence;
	body.head_hash.data = (uint8_t *)(uintptr_t)heartbeat->head_hash;
	body.head_hash.len = QYRAN_HASH_BYTES;
	body.tai_ns = heartbeat->time_ns;
	body.time_synced = heartbeat->time_synced;
	body.waiting = heartbeat->waiting;
	return qyran_message_pack_signed(CONTEXT, &body, camera->bytes, &message, &message.body, &message.signature, ret, ret_size);
}

static int check_body(const Qyran__V1__Heartbeat *message, const Qyran__V1__HeartbeatBody *body, const struct qyran_public_key *camera)
{
	if (body->version != 1 || !qyran_message_name(body->camera_id) || body->chain_epoch == 0 ||
	    body->head_hash.len != QYRAN_HASH_BYTES || message->signature.len != QYRAN_SIGNATURE_BYTES)
		return -EBADMSG;
	if (!camera)
		return 0;
	if (strcmp(camera->name, body->camera_id) != 0)
		return -EBADMSG;
	return qyran_message_verify(CONTEXT, message->body.data, message->body.len, camera->bytes, &message->signature);
}

int qyran_heartbeat_parse(const uint8_t *bytes, size_t size, const struct qyran_public_key *camera, struct qyran_heartbeat *ret)
{
	Qyran__V1__HeartbeatBody *body;
	Qyran__V1__Heartbeat *message;
	int code;

	code = qyran_message_unpack(&qyran__v1__heartbeat__descriptor, bytes, size, QYRAN_HEARTBEAT_MAX, &message);
	if (code)
		return code;
	code = qyran_message_unpack(&qyran__v1__heartbeat_body__descriptor, message->body.data, message->body.len, QYRAN_HEARTBEAT_MAX,
				    &body);
	if (code)
		goto out;
	code = check_body(message, body, camera);
	if (!code) {
		snprintf(ret->camera, sizeof ret->camera, "%s", body->camera_id);
		ret->epoch = body->chain_epoch;
		ret->sequence = body->sequence;
		memcpy(ret->head_hash, body->head_hash.data, QYRAN_HASH_BYTES);
		ret->time_ns = body->tai_ns;
		ret->time_synced = body->time_synced;
		ret->waiting = body->waiting;
	}
	qyran_message_free(body);
out:
	qyran_message_free(message);
	return code;
}
