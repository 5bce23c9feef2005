/* SPDX-License-Identifier: Apache-2.0 */
/* Light and weather of a scene, and the colour that a surface has in it. */
#ifndef QYRAN_SCENE_LIGHT_H
#define QYRAN_SCENE_LIGHT_H

#include "camera.h"

struct scene_colour {
	double r, g, b;		/* 0 to 1 */
};

struct scene_light {
	struct scene_colour sky, sun;	/* what a level surface gets from each */
	struct scene_point to_sun;	/* unit vector */
	bool lamps;			/* vehicles' and street lamps are on */
	bool rain;
	bool glare;			/* set by the scene, not by the weather */
	double noise;			/* standard deviation of the luma noise, of 255 */
	double plate;			/* gain of a plate: it reflects the camera's own flash */
};

enum scene_weather {
	SCENE_SUNNY,
	SCENE_OVERCAST,
	SCENE_RAIN,
	SCENE_DUSK,
};

/** scene_weather_find() - sunny, overcast, rain or dusk; -ENOENT for another name. */
int scene_weather_find(const char *name, enum scene_weather *ret);

/** scene_light() - @east: the sun stands to the right, else to the left. */
struct scene_light scene_light(enum scene_weather weather, bool east);

/** scene_lit() - colour of a surface of @paint whose unit normal is @normal. */
struct scene_colour scene_lit(const struct scene_light *light, struct scene_colour paint, struct scene_point normal);

#endif
