/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A road with traffic, for hours: luma frames rendered one by one, fast, with nothing stored.
 *
 * The still part is painted twice, for the lightest and the darkest moment, and blended; vehicles with their lamps are drawn anew over the
 * part of the picture that they reach, with motion blur. Noise is fresh in each frame: photon and read noise of the linear camera model
 * (EMVA 1288: variance = read variance + gain x signal), about as strong at the road's level as that of the stored scenes in
 * that weather.
 */
#ifndef QYRAN_SCENE_LIVE_H
#define QYRAN_SCENE_LIVE_H

#include "traffic.h"

struct scene_live;

struct scene_live_settings {
	int width, height;		/* pixels, 16:9; even */
	double rate;			/* frames a second */
	double gap_s;			/* see scene_traffic_begin() */
	enum scene_weather weather;
	bool glare;			/* a low sun shines into the lens */
	int shake_px;			/* the mast shakes by so many pixels, two seconds of ten */
	bool wind;			/* what grows beside the road sways */
	const struct scene_place *place;
	const struct qyran_formats *formats;
};

/** scene_live_new() - what the settings point to is borrowed. Returns 0 or a negative errno. */
int scene_live_new(const struct scene_live_settings *settings, uint64_t seed, struct scene_live **ret);

/** scene_live_free() - accepts NULL. */
void scene_live_free(struct scene_live *live);

/** scene_live_next() - the next frame: width x height bytes, limited range. Returns 0 or a negative errno. */
int scene_live_next(struct scene_live *live, uint8_t *luma);

/* About the last frame. */
const struct scene_traffic *scene_live_traffic(const struct scene_live *live);
const struct scene_camera *scene_live_camera(const struct scene_live *live);
double scene_live_time_s(const struct scene_live *live);

#endif
