/* SPDX-License-Identifier: Apache-2.0 */
#include "rules_state.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AGAIN_NS 60000000000u		/* a plate told so long ago may offend again */
#define REJOIN_NS 3000000000u
#define REJOIN_ACROSS_MM 1200.0
#define REJOIN_ALONG_MM 2500.0

typedef void (*check_function)(const struct qyran_rules *, const struct sight *, struct finding *);

static const check_function checks[QYRAN_RULES] = {
	[QYRAN_RULE_SPEED] = check_speed,	  [QYRAN_RULE_RED_LIGHT] = check_red_light, [QYRAN_RULE_STOP_LINE] = check_stop_line,
	[QYRAN_RULE_WRONG_WAY] = check_wrong_way, [QYRAN_RULE_STANDING] = check_standing,   [QYRAN_RULE_BUS_LANE] = check_bus_lane,
};

int qyran_rules_new(const struct qyran_config *config, const struct qyran_road *road, bool pins, struct qyran_rules **ret)
{
	struct qyran_rules *rules = calloc(1, sizeof(*rules));
	bool any = false, light;

	if (!rules)
		return -ENOMEM;
	rules->config = *config;
	rules->road = road;
	rules->pins = pins;
	bool *on = rules->config.rules.on;

	light = on[QYRAN_RULE_RED_LIGHT] || on[QYRAN_RULE_STOP_LINE];
	for (int r = 0; r < QYRAN_RULES; r++)
		any |= on[r];
	if (any && !road) {
		snprintf(rules->off, sizeof(rules->off), "all rules are off: the configuration has no surveyed [road]");
		memset(on, 0, sizeof(rules->config.rules.on));
	} else if (light && !pins) {
		snprintf(rules->off, sizeof(rules->off), "rules %s%s%s are off: the device has no signal pins (simulated: no signals.tsv beside the clip)",
			 on[QYRAN_RULE_RED_LIGHT] ? "red_light" : "", on[QYRAN_RULE_RED_LIGHT] && on[QYRAN_RULE_STOP_LINE] ? " and " : "",
			 on[QYRAN_RULE_STOP_LINE] ? "stop_line" : "");
		on[QYRAN_RULE_RED_LIGHT] = on[QYRAN_RULE_STOP_LINE] = false;
	}
	*ret = rules;
	return 0;
}

void qyran_rules_free(struct qyran_rules *rules)
{
	free(rules);
}

const char *qyran_rules_off(const struct qyran_rules *rules)
{
	return rules->off[0] ? rules->off : NULL;
}

void qyran_rules_frame(struct qyran_rules *rules, const struct qyran_frame_batch *batch)
{
	rules->frame = batch->number;
	rules->unsynced = batch->info.flags & QYRAN_FRAME_UNSYNCED;
	rules->exposure_ns = batch->info.exposure_ns;
	if (rules->change_count && rules->changes[rules->change_count - 1].pins == batch->info.pins)
		return;
	if (rules->change_count == SIGNAL_CHANGES)
		memmove(rules->changes, rules->changes + 1, --rules->change_count * sizeof(*rules->changes));
	rules->changes[rules->change_count++] = (struct signal_change){ batch->number, batch->time_ns, batch->info.pins };
}

bool signal_high(const struct qyran_rules *rules, uint32_t pin, uint64_t frame, uint64_t *ret_since_ns)
{
	size_t now = rules->change_count;

	if (pin >= SIGNAL_PINS)
		return false;
	while (now && rules->changes[now - 1].frame > frame)
		now--;
	if (!now || !(rules->changes[now - 1].pins >> pin & 1))
		return false;
	/* High before and after what happened between this frame and the next. */
	if (now < rules->change_count && rules->changes[now].frame == frame + 1 && !(rules->changes[now].pins >> pin & 1))
		return false;
	while (now > 1 && rules->changes[now - 2].pins >> pin & 1)
		now--;
	*ret_since_ns = rules->changes[now - 1].time_ns;
	return true;
}

static void look(const struct qyran_rules *rules, const struct qyran_track *track, struct sight *ret)
{
	bool plate;

	ret->track = track;
	ret->count = track_path(track, ret->path);
	ret->lane = qyran_track_lane(track);
	qyran_track_size(track, &ret->height_mm, &ret->length_mm);
	ret->measured_count = track_measured(track, 0, UINT64_MAX, ret->measured, &plate);
	ret->has_speed = !track_motion(track, ret->measured, ret->measured_count, plate, &ret->motion, &ret->cmh, &ret->u95_cmh);
	if (!ret->has_speed)
		ret->cmh = ret->u95_cmh = 0;
	(void)rules;
}

enum qyran_suspicion qyran_rules_judge(struct qyran_rules *rules, struct qyran_track *track, bool *ret_best)
{
	struct sight sight;
	enum qyran_suspicion suspicion = QYRAN_LAWFUL;
	bool any = false;

	*ret_best = false;
	for (int r = 0; r < QYRAN_RULES; r++)
		any |= rules->config.rules.on[r];
	if (!any)
		return QYRAN_LAWFUL;
	if (!track->misses && !track->dead)
		look(rules, track, &sight);
	for (int r = 0; r < QYRAN_RULES; r++) {
		struct finding finding = { .decided = false };

		if (!rules->config.rules.on[r])
			continue;
		if (!track->misses && !track->dead && !track->verdict.decided[r]) {
			checks[r](rules, &sight, &finding);
			track->verdict.near[r] = finding.near;
			if (finding.decided && track->counted) {
				track->verdict.decided[r] = true;
				*ret_best = true;
			}
		}
		if (track->verdict.decided[r])
			suspicion = QYRAN_DECIDED;
		else if (track->verdict.near[r] && suspicion == QYRAN_LAWFUL)
			suspicion = QYRAN_SUSPICIOUS;
	}
	return suspicion;
}

static void remember_texts(const struct qyran_track *track, struct remembered *ret)
{
	for (size_t i = 0; i < track->reading_count && ret->text_count < TEXTS_MAX; i++) {
		const struct qyran_reading *reading = track->readings[i];
		bool known = reading->status != QYRAN_READING_READ;

		for (size_t t = 0; t < ret->text_count && !known; t++)
			known = !strcmp(ret->texts[t], reading->text);
		if (!known)
			memcpy(ret->texts[ret->text_count++], reading->text, sizeof(ret->texts[0]));
	}
}

static void describe(const struct qyran_track *track, const struct sight *sight, enum qyran_rule rule, struct remembered *ret)
{
	*ret = (struct remembered){ .rule = rule, .from_run_ns = track->first_run_ns, .to_run_ns = track->last_run_ns };
	remember_texts(track, ret);
	if (!sight->count)
		return;
	ret->last = sight->path[sight->count - 1];
	/* The motion at the end: a vehicle that stopped stands. */
	size_t tail = sight->count > 8 ? sight->count - 8 : 0;
	struct qyran_motion motion;

	if (!qyran_motion_fit(track->tracker->road, sight->path + tail, sight->count - tail, track->tracker->plate_z_mm, 3, &motion)) {
		ret->vx = motion.vx;
		ret->vy = motion.vy;
	}
}

static bool same_vehicle(const struct remembered *old, const struct remembered *new, const struct sight *sight)
{
	for (size_t i = 0; i < old->text_count; i++)
		for (size_t j = 0; j < new->text_count; j++)
			if (!strcmp(old->texts[i], new->texts[j]))
				return true;
	if (old->text_count && new->text_count)
		return false;
	/* Where the old track would have been at the first point of the new one after it, or where both were at once. */
	for (size_t i = 0; i < sight->count; i++) {
		const struct qyran_track_point *p = &sight->path[i];
		double t = (double)(int64_t)(p->run_ns - old->last.run_ns) * 1e-9;

		if (t < 0 && i + 1 < sight->count)
			continue;
		return t < REJOIN_NS * 1e-9 && fabs(p->x_mm - old->last.x_mm - old->vx * t) < REJOIN_ACROSS_MM &&
		       fabs(p->y_mm - old->last.y_mm - old->vy * t) < REJOIN_ALONG_MM;
	}
	return false;
}

static bool told_already(const struct qyran_rules *rules, const struct remembered *this, const struct sight *sight)
{
	for (size_t i = 0; i < rules->remembered_count; i++) {
		const struct remembered *old = &rules->remembered[i];

		if (old->rule == this->rule && this->from_run_ns < old->to_run_ns + AGAIN_NS && same_vehicle(old, this, sight))
			return true;
	}
	return false;
}

static void fill(const struct qyran_rules *rules, const struct sight *sight, enum qyran_rule rule, const struct finding *finding,
		 struct qyran_violation *ret)
{
	bool still = rule == QYRAN_RULE_STANDING || rule == QYRAN_RULE_STOP_LINE;

	memset(ret, 0, sizeof(*ret));
	ret->rule = rule;
	ret->track_first_ns = sight->track->first_ns;
	ret->time_ns = finding->time_ns;
	ret->time_uncertainty_ns = rules->exposure_ns / 2;
	ret->time_synced = !rules->unsynced;
	ret->lane = sight->lane;
	if (!still) {
		ret->speed_cmh = abs(sight->cmh);
		ret->speed_u95_cmh = sight->u95_cmh;
	}
	if (rule == QYRAN_RULE_SPEED) {
		ret->limit_kmh = rules->config.rules.speed.limit_kmh;
		ret->tolerance_kmh = rules->config.rules.speed.tolerance_kmh;
	}
	ret->height_mm = sight->height_mm;
	ret->length_mm = sight->length_mm;
	if (rule == QYRAN_RULE_RED_LIGHT || rule == QYRAN_RULE_STOP_LINE) {
		ret->pin = rule == QYRAN_RULE_RED_LIGHT ? rules->config.rules.red_light.pin : rules->config.rules.stop_line.pin;
		ret->signal_since_ns = finding->signal_since_ns;
	}
	ret->standing_ms = finding->standing_ms;
	/* Speed rests on the measured points, the other rules on the way. */
	const struct qyran_track_point *points = rule == QYRAN_RULE_SPEED ? sight->measured : sight->path;

	ret->point_count = rule == QYRAN_RULE_SPEED ? sight->measured_count : sight->count;
	memcpy(ret->points, points, ret->point_count * sizeof(*points));
}

size_t qyran_rules_end(struct qyran_rules *rules, struct qyran_track *track, struct qyran_violation *ret)
{
	struct sight sight;
	size_t count = 0;

	if (!track->counted || !rules->road)
		return 0;
	look(rules, track, &sight);
	for (int r = 0; r < QYRAN_RULES; r++) {
		struct finding finding = { .decided = false };
		struct remembered this;

		if (!rules->config.rules.on[r])
			continue;
		checks[r](rules, &sight, &finding);
		if (!finding.decided)
			continue;
		describe(track, &sight, (enum qyran_rule)r, &this);
		if (told_already(rules, &this, &sight))
			continue;
		rules->remembered[rules->remembered_next] = this;
		rules->remembered_next = (rules->remembered_next + 1) % REMEMBERED;
		if (rules->remembered_count < REMEMBERED)
			rules->remembered_count++;
		fill(rules, &sight, (enum qyran_rule)r, &finding, &ret[count++]);
	}
	return count;
}
