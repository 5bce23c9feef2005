/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the rules: what a check sees and says. */
#ifndef QYRAN_RULES_STATE_H
#define QYRAN_RULES_STATE_H

#include "rules.h"
#include "track_state.h"

#define SIGNAL_CHANGES 64
#define SIGNAL_PINS 8
#define REMEMBERED 32
#define TEXTS_MAX 6

struct signal_change {
	uint64_t frame, time_ns;
	uint32_t pins;
};

/* A violation that was told, so that it is not told again of a track that broke in two. */
struct remembered {
	enum qyran_rule rule;
	char texts[TEXTS_MAX][QYRAN_PLATE_TEXT_MAX + 1];
	size_t text_count;
	uint64_t from_run_ns, to_run_ns;
	struct qyran_track_point last;
	double vx, vy;		/* mm/s */
};

struct qyran_rules {
	struct qyran_config config;
	const struct qyran_road *road;
	bool pins;
	char off[256];
	struct signal_change changes[SIGNAL_CHANGES];
	size_t change_count;
	uint64_t frame;
	bool unsynced;
	uint32_t exposure_ns;
	struct remembered remembered[REMEMBERED];
	size_t remembered_count, remembered_next;
};

/* One track as the checks see it. */
struct sight {
	const struct qyran_track *track;
	struct qyran_track_point path[PATH_MAX_POINTS];
	size_t count;
	int lane;			/* 1 …; 0 none */
	int32_t height_mm, length_mm;
	bool has_speed;
	struct qyran_motion motion;
	struct qyran_track_point measured[QYRAN_TRACK_POINTS_MAX];
	size_t measured_count;
	int32_t cmh, u95_cmh;
};

struct finding {
	bool decided, near;
	uint64_t time_ns;
	uint64_t signal_since_ns, standing_ms;
};

/* rules_check.c: each looks for one kind. */
void check_speed(const struct qyran_rules *rules, const struct sight *sight, struct finding *ret);
void check_red_light(const struct qyran_rules *rules, const struct sight *sight, struct finding *ret);
void check_stop_line(const struct qyran_rules *rules, const struct sight *sight, struct finding *ret);
void check_wrong_way(const struct qyran_rules *rules, const struct sight *sight, struct finding *ret);
void check_standing(const struct qyran_rules *rules, const struct sight *sight, struct finding *ret);
void check_bus_lane(const struct qyran_rules *rules, const struct sight *sight, struct finding *ret);

/* Was the pin high in the frames round @frame? @ret_since_ns: stamp of the frame that first showed it high. */
bool signal_high(const struct qyran_rules *rules, uint32_t pin, uint64_t frame, uint64_t *ret_since_ns);

#endif
