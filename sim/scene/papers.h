/* SPDX-License-Identifier: Apache-2.0 */
/* What lies beside a clip: the camera's survey and rules, the signal's states, and the truth. */
#ifndef QYRAN_SCENE_PAPERS_H
#define QYRAN_SCENE_PAPERS_H

#include "cast.h"

#include <stdio.h>

/**
 * scene_survey_write() - qyrand.ini: what a surveyor and the authority know of the place. It depends on the scene's place alone,
 * never on the seed.
 */
void scene_survey_write(const struct scene *scene, FILE *file);

/** scene_signals_write() - signals.tsv: lines `ns<TAB>pins`, presentation time. Only for a scene that has a signal. */
void scene_signals_write(const struct scene_cast *cast, FILE *file);

/**
 * scene_truth_write() - truth.tsv: a line of names, then a line a vehicle:
 *
 *   kind plate format lane speed_kmh enter_ns leave_ns time_ns
 *
 * kind: of its violation, or none. lane: as numbered in qyrand.ini. speed_kmh: 0 for a vehicle that stops. enter_ns, leave_ns: first
 * and last frame with its whole plate in the picture. time_ns: the essential moment of the violation (speed, wrong_way, bus_lane: the
 * middle of the passage; red_light, stop_line: its plate crosses the line; standing: the limit is exceeded), 0 when lawful.
 * All times are presentation times; a board adds its epoch.
 */
void scene_truth_write(const struct scene *scene, const struct scene_cast *cast, uint32_t frames, FILE *file);

struct scene_box {
	double x0, y0, x1, y1;		/* pixels */
};

/** scene_vehicle_bounds(), scene_plate_bounds() - where a vehicle's body and its plate are seen; may reach beyond the picture. */
struct scene_box scene_vehicle_bounds(const struct scene_vehicle *vehicle, const struct scene_camera *camera, double plate_y);
struct scene_box scene_plate_bounds(const struct scene_vehicle *vehicle, const struct scene_camera *camera, double plate_y);

/**
 * scene_boxes_write() - boxes.tsv: a line of names, then a line a frame and vehicle of which a part is in the picture:
 *
 *   frame vehicle x y w h plate_x plate_y plate_w plate_h
 *
 * frame: from 0 on. vehicle: its line in truth.tsv, from 1 on. Pixels; a vehicle's box may reach beyond the picture; the plate's fields are
 * empty while the plate is not wholly in it. What hides what is not considered.
 */
void scene_boxes_write(const struct scene *scene, const struct scene_cast *cast, uint32_t frames, FILE *file);

/** scene_actor_seen() - is its whole plate in the picture at a time? */
bool scene_actor_seen(const struct scene_actor *actor, const struct scene_camera *camera, double time_s);

#endif
