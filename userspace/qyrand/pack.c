/* SPDX-License-Identifier: Apache-2.0 */
#include "pack.h"

#include "limits.h"
#include "message.h"

#include <errno.h>
#include <math.h>
#include <qyran/v1/violation.pb-c.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(QYRAN_POINTS_PACKED_MAX >= QYRAN_TRACK_POINTS_MAX, "all points of a track are packed");
_Static_assert(QYRAN_EVIDENCE_PACKED_MAX >= QYRAN_EVIDENCE_MAX, "all evidence is packed");
_Static_assert(QYRAN_SURVEY_PACKED_MAX >= QYRAN_ROAD_POINTS_MAX, "all surveyed points are packed");

/* Everything a message points to, in one piece of memory. */
struct packing {
	Qyran__V1__Violation message;
	Qyran__V1__Camera camera;
	Qyran__V1__Time time;
	Qyran__V1__Plate plate;
	Qyran__V1__Vehicle vehicle;
	Qyran__V1__Speed speed;
	Qyran__V1__Signal signal;
	Qyran__V1__Standing standing;
	Qyran__V1__Metrology metrology;
	Qyran__V1__Decision decision;
	Qyran__V1__TrackPoint points[QYRAN_TRACK_POINTS_MAX];
	Qyran__V1__TrackPoint *point_list[QYRAN_TRACK_POINTS_MAX];
	Qyran__V1__Evidence evidence[QYRAN_EVIDENCE_MAX];
	Qyran__V1__Evidence *evidence_list[QYRAN_EVIDENCE_MAX];
	Qyran__V1__SurveyPoint survey[QYRAN_ROAD_POINTS_MAX];
	Qyran__V1__SurveyPoint *survey_list[QYRAN_ROAD_POINTS_MAX];
	uint32_t characters[QYRAN_PLATE_TEXT_MAX];
};

static const Qyran__V1__Rule rules[QYRAN_RULES] = {
	[QYRAN_RULE_SPEED] = QYRAN__V1__RULE__RULE_SPEED,
	[QYRAN_RULE_RED_LIGHT] = QYRAN__V1__RULE__RULE_RED_LIGHT,
	[QYRAN_RULE_STOP_LINE] = QYRAN__V1__RULE__RULE_STOP_LINE,
	[QYRAN_RULE_WRONG_WAY] = QYRAN__V1__RULE__RULE_WRONG_WAY,
	[QYRAN_RULE_STANDING] = QYRAN__V1__RULE__RULE_STANDING,
	[QYRAN_RULE_BUS_LANE] = QYRAN__V1__RULE__RULE_BUS_LANE,
};

static char *text(const char *constant)
{
	return (char *)(uintptr_t)constant;
}

static uint32_t not_negative(int32_t value)
{
	return value > 0 ? (uint32_t)value : 0;
}

static void pack_plate(struct packing *p, const struct qyran_reading *reading)
{
	static const Qyran__V1__PlateStatus status[] = {
		[QYRAN_READING_NOT_A_PLATE] = QYRAN__V1__PLATE_STATUS__PLATE_STATUS_NONE,
		[QYRAN_READING_UNREAD] = QYRAN__V1__PLATE_STATUS__PLATE_STATUS_UNREAD,
		[QYRAN_READING_READ] = QYRAN__V1__PLATE_STATUS__PLATE_STATUS_READ,
	};

	qyran__v1__plate__init(&p->plate);
	p->plate.status = status[reading->status];
	if (reading->status == QYRAN_READING_NOT_A_PLATE)
		return;
	p->plate.text = text(reading->text);
	p->plate.format = text(reading->format);
	p->plate.rows = reading->rows;
	p->plate.confidence_permille = reading->confidence;
	for (size_t i = 0; i < reading->length; i++)
		p->characters[i] = reading->character_confidence[i];
	p->plate.character_confidence_permille = p->characters;
	p->plate.n_character_confidence_permille = reading->length;
}

static void pack_vehicle(struct packing *p, const struct qyran_violation *v)
{
	pack_plate(p, &v->plate);
	qyran__v1__vehicle__init(&p->vehicle);
	p->vehicle.plate = &p->plate;
	p->vehicle.lane = not_negative(v->lane);
	p->vehicle.height_mm = not_negative(v->height_mm);
	p->vehicle.length_mm = not_negative(v->length_mm);
	p->message.vehicle = &p->vehicle;

	qyran__v1__speed__init(&p->speed);
	p->speed.measured_cmh = v->speed_cmh;
	p->speed.u95_cmh = not_negative(v->speed_u95_cmh);
	p->speed.limit_kmh = v->limit_kmh;
	p->speed.tolerance_kmh = v->tolerance_kmh;
	p->message.speed = &p->speed;

	if (v->rule == QYRAN_RULE_RED_LIGHT || v->rule == QYRAN_RULE_STOP_LINE) {
		qyran__v1__signal__init(&p->signal);
		p->signal.pin = v->pin;
		p->signal.high_since_ns = v->signal_since_ns;
		p->message.signal = &p->signal;
	}
	if (v->rule == QYRAN_RULE_STANDING) {
		qyran__v1__standing__init(&p->standing);
		p->standing.standing_ms = v->standing_ms;
		p->message.standing = &p->standing;
	}
}

static void pack_points(struct packing *p, const struct qyran_violation *v)
{
	for (size_t i = 0; i < v->point_count; i++) {
		const struct qyran_track_point *from = &v->points[i];
		Qyran__V1__TrackPoint *to = &p->points[i];

		qyran__v1__track_point__init(to);
		to->tai_ns = from->time_ns;
		to->frame = from->frame;
		to->u_px16 = from->u16;
		to->v_px16 = from->v16;
		to->x_mm = from->x_mm;
		to->y_mm = from->y_mm;
		to->source = from->plate ? QYRAN__V1__POINT_SOURCE__POINT_SOURCE_PLATE : QYRAN__V1__POINT_SOURCE__POINT_SOURCE_FOOT;
		p->point_list[i] = to;
	}
	p->message.points = p->point_list;
	p->message.n_points = v->point_count;
}

static void pack_evidence(struct packing *p, const struct qyran_violation *v)
{
	for (size_t i = 0; i < v->evidence_count; i++) {
		const struct qyran_evidence *from = &v->evidence[i];
		Qyran__V1__Evidence *to = &p->evidence[i];

		qyran__v1__evidence__init(to);
		to->kind = from->kind == QYRAN_EVIDENCE_FRAME ? QYRAN__V1__EVIDENCE_KIND__EVIDENCE_KIND_FRAME :
								QYRAN__V1__EVIDENCE_KIND__EVIDENCE_KIND_PLATE;
		to->tai_ns = from->time_ns;
		to->frame = from->frame;
		to->width_px = from->width;
		to->height_px = from->height;
		to->blake2b.data = (uint8_t *)(uintptr_t)from->hash;
		to->blake2b.len = sizeof from->hash;
		to->jpeg.data = from->jpeg;
		to->jpeg.len = from->size;
		p->evidence_list[i] = to;
	}
	p->message.evidence = p->evidence_list;
	p->message.n_evidence = v->evidence_count;
}

static void pack_metrology(struct packing *p, const struct qyran_config *config)
{
	qyran__v1__metrology__init(&p->metrology);
	for (size_t i = 0; i < config->road.point_count; i++) {
		const struct qyran_road_point *from = &config->road.points[i];
		Qyran__V1__SurveyPoint *to = &p->survey[i];

		qyran__v1__survey_point__init(to);
		to->u_mpx = (int32_t)lround(from->u_px * 1000);
		to->v_mpx = (int32_t)lround(from->v_px * 1000);
		to->x_mm = from->x_mm;
		to->y_mm = from->y_mm;
		p->survey_list[i] = to;
	}
	p->metrology.survey = p->survey_list;
	p->metrology.n_survey = config->road.point_count;
	p->metrology.camera_x_mm = config->road.camera_x_mm;
	p->metrology.camera_y_mm = config->road.camera_y_mm;
	p->metrology.camera_height_mm = config->road.camera_height_mm;
	p->metrology.plate_height_mm = config->road.plate_height_mm;
	p->metrology.exposure_ns = config->sensor.exposure_ns;
	p->metrology.line_ns = config->sensor.line_ns;
	p->message.metrology = &p->metrology;
}

static void pack_all(struct packing *p, const struct qyran_config *config, const struct qyran_violation *v)
{
	qyran__v1__violation__init(&p->message);
	p->message.version = 1;
	p->message.rule = rules[v->rule];
	qyran__v1__camera__init(&p->camera);
	p->camera.id = text(config->camera.id);
	p->camera.region = text(config->camera.region);
	p->camera.place = text(config->camera.place);
	p->camera.latitude_e7 = config->camera.latitude_e7;
	p->camera.longitude_e7 = config->camera.longitude_e7;
	p->message.camera = &p->camera;
	p->message.track_first_ns = v->track_first_ns;
	qyran__v1__time__init(&p->time);
	p->time.tai_ns = v->time_ns;
	p->time.uncertainty_ns = v->time_uncertainty_ns;
	p->time.source = v->time_synced ? QYRAN__V1__TIME_SOURCE__TIME_SOURCE_REFERENCE :
					  QYRAN__V1__TIME_SOURCE__TIME_SOURCE_FREE_RUNNING;
	p->message.time = &p->time;
	pack_vehicle(p, v);
	pack_points(p, v);
	pack_evidence(p, v);
	pack_metrology(p, config);
	qyran__v1__decision__init(&p->decision);
	p->decision.configuration_blake2b.data = (uint8_t *)(uintptr_t)config->hash;
	p->decision.configuration_blake2b.len = sizeof config->hash;
	p->decision.logic_version = v->logic_version;
	p->message.decision = &p->decision;
}

static bool consistent(const struct qyran_config *config, const struct qyran_violation *v)
{
	if (v->rule <= QYRAN_RULE_NONE || v->rule >= QYRAN_RULES || v->point_count > QYRAN_TRACK_POINTS_MAX ||
	    v->evidence_count > QYRAN_EVIDENCE_MAX || config->road.point_count > QYRAN_ROAD_POINTS_MAX)
		return false;
	if (v->plate.status > QYRAN_READING_READ || v->plate.length > QYRAN_PLATE_TEXT_MAX ||
	    strlen(v->plate.text) != v->plate.length)
		return false;
	for (size_t i = 0; i < v->evidence_count; i++)
		if (!v->evidence[i].jpeg || !v->evidence[i].size)
			return false;
	return true;
}

int qyran_pack_violation(const struct qyran_config *config, const struct qyran_violation *violation, uint8_t **ret, size_t *ret_size)
{
	struct packing *packing;
	int code;

	if (!consistent(config, violation))
		return -EINVAL;
	packing = calloc(1, sizeof *packing);
	if (!packing)
		return -ENOMEM;
	pack_all(packing, config, violation);
	code = protobuf_c_message_get_packed_size(&packing->message.base) > QYRAN_PLAIN_MAX ? -EFBIG : 0;
	if (!code)
		code = qyran_message_pack(&packing->message, ret, ret_size);
	sodium_memzero(packing, sizeof *packing);
	free(packing);
	return code;
}

size_t qyran_pack_room(const struct qyran_config *config, const struct qyran_violation *violation)
{
	struct packing *packing;
	size_t rest;

	if (!consistent(config, violation))
		return 0;
	packing = calloc(1, sizeof *packing);
	if (!packing)
		return 0;
	pack_all(packing, config, violation);
	/* Lengths of pictures take up to four bytes; without the pictures one. */
	for (size_t i = 0; i < violation->evidence_count; i++)
		packing->evidence[i].jpeg.len = 0;
	rest = protobuf_c_message_get_packed_size(&packing->message.base) + 16 * violation->evidence_count;
	sodium_memzero(packing, sizeof *packing);
	free(packing);
	return rest < QYRAN_PLAIN_MAX ? QYRAN_PLAIN_MAX - rest : 0;
}
