/* SPDX-License-Identifier: Apache-2.0 */
#include "light.h"

#include <math.h>

struct scene_light scene_light(enum scene_weather weather, bool east)
{
	double side = east ? 1 : -1;
	struct scene_light light = {
		.sky = { .45, .49, .55 }, .sun = { .72, .66, .56 }, .to_sun = { .50 * side, -.33, .80 },
		.noise = 2.2, .plate = 1.0,
	};

	switch (weather) {
	case SCENE_SUNNY:
		break;
	case SCENE_OVERCAST:
		light.sky = (struct scene_colour){ .80, .82, .86 };
		light.sun = (struct scene_colour){ .08, .08, .08 };
		light.noise = 2.6;
		light.plate = .96;
		break;
	case SCENE_RAIN:
		light.sky = (struct scene_colour){ .62, .65, .70 };
		light.sun = (struct scene_colour){ 0, 0, 0 };
		light.lamps = light.rain = true;
		light.noise = 3.0;
		light.plate = .92;
		break;
	case SCENE_DUSK:
		light.sky = (struct scene_colour){ .25, .27, .34 };
		light.sun = (struct scene_colour){ 0, 0, 0 };
		light.lamps = true;
		light.noise = 6.5;
		light.plate = .78;
		break;
	}
	return light;
}

struct scene_colour scene_lit(const struct scene_light *light, struct scene_colour paint, struct scene_point normal)
{
	/* Half of the sky is hidden from an upright surface; what the road throws back makes up for some of it. */
	double sky = .66 + .34 * normal.z;
	double sun = fmax(0, normal.x * light->to_sun.x + normal.y * light->to_sun.y + normal.z * light->to_sun.z);

	return (struct scene_colour){
		fmin(1, paint.r * (light->sky.r * sky + light->sun.r * sun)),
		fmin(1, paint.g * (light->sky.g * sky + light->sun.g * sun)),
		fmin(1, paint.b * (light->sky.b * sky + light->sun.b * sun)),
	};
}
