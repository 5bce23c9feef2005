/* SPDX-License-Identifier: Apache-2.0 */
#include "opened.h"

#include "limits.h"
#include "message.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#define PLATE_CHARACTERS_MAX 12u
#define LATITUDE_MAX_E7 900000000
#define LONGITUDE_MAX_E7 1800000000

static const char *check_plate(const Qyran__V1__Plate *plate)
{
	size_t length;

	if (!plate)
		return "the plate is missing";
	length = strlen(plate->text);
	if (length > PLATE_CHARACTERS_MAX || strspn(plate->text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != length)
		return "the plate's text is not of 0-9 A-Z";
	if (plate->status == QYRAN__V1__PLATE_STATUS__PLATE_STATUS_READ && length == 0)
		return "the plate is called read but has no text";
	if (strlen(plate->format) > QYRAN_NAME_BYTES_MAX || plate->rows > 2 || plate->confidence_permille > 1000)
		return "the plate's format, rows or confidence is out of range";
	if (plate->n_character_confidence_permille != length)
		return "the plate has not one confidence a character";
	for (size_t i = 0; i < length; i++)
		if (plate->character_confidence_permille[i] > 1000)
			return "a character's confidence is over 1000";
	return NULL;
}

static const char *check_evidence(const Qyran__V1__Evidence *evidence)
{
	uint8_t hash[QYRAN_HASH_BYTES];

	if (evidence->blake2b.len != QYRAN_HASH_BYTES)
		return "a picture has no hash";
	if (evidence->jpeg.len < 4 || evidence->jpeg.data[0] != 0xff || evidence->jpeg.data[1] != 0xd8)
		return "a picture is no JPEG";
	if (evidence->width_px < 1 || evidence->width_px > QYRAN_PICTURE_SIDE_MAX || evidence->height_px < 1 ||
	    evidence->height_px > QYRAN_PICTURE_SIDE_MAX)
		return "a picture's size is out of range";
	crypto_generichash(hash, sizeof hash, evidence->jpeg.data, evidence->jpeg.len, NULL, 0);
	return memcmp(hash, evidence->blake2b.data, sizeof hash) == 0 ? NULL : "a picture is not the one that was hashed";
}

static const char *check_parts(const Qyran__V1__Violation *v)
{
	bool light = v->rule == QYRAN__V1__RULE__RULE_RED_LIGHT || v->rule == QYRAN__V1__RULE__RULE_STOP_LINE;

	if (v->version != 1)
		return "its version is not known; a newer qyran-inbox is needed";
	if (!v->camera || !v->time || !v->vehicle || !v->speed || !v->metrology || !v->decision)
		return "a part is missing";
	if (light != (v->signal != NULL) || (v->rule == QYRAN__V1__RULE__RULE_STANDING) != (v->standing != NULL))
		return "its parts do not fit its rule";
	if (strlen(v->camera->region) > QYRAN_NAME_BYTES_MAX || strlen(v->camera->place) > QYRAN_PLACE_BYTES_MAX)
		return "a text is too long";
	if (v->camera->latitude_e7 < -LATITUDE_MAX_E7 || v->camera->latitude_e7 > LATITUDE_MAX_E7 ||
	    v->camera->longitude_e7 < -LONGITUDE_MAX_E7 || v->camera->longitude_e7 > LONGITUDE_MAX_E7)
		return "its place is not on Earth";
	if (v->n_points > QYRAN_POINTS_PACKED_MAX || v->n_evidence > QYRAN_EVIDENCE_PACKED_MAX ||
	    v->metrology->n_survey > QYRAN_SURVEY_PACKED_MAX)
		return "it has too many points or pictures";
	if (v->decision->configuration_blake2b.len != QYRAN_HASH_BYTES)
		return "the version of its rules is missing";
	return NULL;
}

int qyran_opened_parse(const uint8_t *bytes, size_t size, const char *camera, Qyran__V1__Violation **ret, const char **ret_why)
{
	Qyran__V1__Violation *violation;
	const char *why;
	int code;

	code = qyran_message_unpack(&qyran__v1__violation__descriptor, bytes, size, QYRAN_PLAIN_MAX, &violation);
	if (code) {
		*ret_why = "what was sealed is not a Violation";
		return code;
	}
	why = check_parts(violation);
	if (!why && strcmp(violation->camera->id, camera) != 0)
		why = "it names another camera inside than outside";
	if (!why)
		why = check_plate(violation->vehicle->plate);
	for (size_t i = 0; i < violation->n_evidence && !why; i++)
		why = check_evidence(violation->evidence[i]);
	if (why) {
		qyran_message_free(violation);
		*ret_why = why;
		return -EBADMSG;
	}
	*ret = violation;
	return 0;
}

const char *qyran_opened_rule(const Qyran__V1__Violation *violation)
{
	static const char *const names[] = { "?", "speed", "red_light", "stop_line", "wrong_way", "standing", "bus_lane" };

	return names[(size_t)violation->rule < sizeof names / sizeof *names ? (size_t)violation->rule : 0];
}
