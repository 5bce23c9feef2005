/* SPDX-License-Identifier: Apache-2.0 */
/* Rules: which tracks break which rule. One violation of a kind a vehicle. */
#ifndef QYRAN_RULES_H
#define QYRAN_RULES_H

#include "track.h"

struct qyran_rules;

/**
 * qyran_rules_new() - the rules that the configuration switches on.
 * @pins: the device has signal pins; without, the light rules are off (qyran_rules_off() says which and why).
 */
int qyran_rules_new(const struct qyran_config *config, const struct qyran_road *road, bool pins, struct qyran_rules **ret);
void qyran_rules_free(struct qyran_rules *rules);

/** qyran_rules_off() - one line about rules that are configured but off, or NULL. */
const char *qyran_rules_off(const struct qyran_rules *rules);

/** qyran_rules_frame() - tells the rules the time and the signal pins of a frame, before its tracks are judged. */
void qyran_rules_frame(struct qyran_rules *rules, const struct qyran_frame_batch *batch);

/* How near a track is to a violation: evidence is kept from SUSPICIOUS on. */
enum qyran_suspicion {
	QYRAN_LAWFUL,
	QYRAN_SUSPICIOUS,	/* a frame of it should be kept */
	QYRAN_DECIDED,		/* at least one violation waits for the track's end */
};

/** qyran_rules_judge() - looks at a live track after each frame; remembers what it decided in the track's own state. @ret_best: this frame shows the essential moment and should be kept as evidence. */
enum qyran_suspicion qyran_rules_judge(struct qyran_rules *rules, struct qyran_track *track, bool *ret_best);

/**
 * qyran_rules_end() - the violations of an ended track.
 * @ret: room for QYRAN_RULES violations; everything but plate and evidence is filled.
 * Returns how many.
 */
size_t qyran_rules_end(struct qyran_rules *rules, struct qyran_track *track, struct qyran_violation *ret);

#endif
