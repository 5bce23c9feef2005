/* SPDX-License-Identifier: Apache-2.0 */
#include "light.h"

#include <errno.h>
#include <math.h>
#include <string.h>

int scene_weather_find(const char *name, enum scene_weather *ret)
{
	static const char *const names[] = {
		[SCENE_SUNNY] = "sunny", [SCENE_OVERCAST] = "overcast", [SCENE_RAIN] = "rain", [SCENE_DUSK] = "dusk",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (!strcmp(names[i], name)) {
			*ret = (enum scene_weather)i;
			return 0;
		}
	return -ENOENT;
}

struct scene_light scene_light(enum scene_weather weather, bool east)
{
	double side = east ? 1 : -1;
	struct scene_light light = {
		.sky = { .56, .61, .68 }, .sun = { .92, .85, .72 }, .to_sun = { .40 * side, -.30, .866 },
		.noise = 2.2, .plate = 1.0,
	};

	switch (weather) {
	case SCENE_SUNNY:
		break;
	case SCENE_OVERCAST:
		light.sky = (struct scene_colour){ 1.08, 1.11, 1.16 };
		light.sun = (struct scene_colour){ .08, .08, .08 };
		light.noise = 2.6;
		light.plate = .96;
		break;
	case SCENE_RAIN:
		light.sky = (struct scene_colour){ .92, .96, 1.02 };
		light.sun = (struct scene_colour){ 0, 0, 0 };
		light.lamps = light.rain = true;
		light.noise = 3.0;
		light.plate = .92;
		break;
	case SCENE_DUSK:
		light.sky = (struct scene_colour){ .42, .45, .54 };
		light.sun = (struct scene_colour){ 0, 0, 0 };
		light.lamps = true;
		light.noise = 6.5;
		light.plate = .78;
		break;
	}
	return light;
}

/* A sensor's highlights roll off instead of clipping. */
static double shoulder(double level)
{
	return level < .7 ? level : .7 + .28 * tanh((level - .7) / .28);
}

struct scene_colour scene_lit(const struct scene_light *light, struct scene_colour paint, struct scene_point normal)
{
	/* Half of the sky is hidden from an upright surface; what the road throws back makes up for some of it. */
	double sky = .66 + .34 * normal.z;
	double sun = fmax(0, normal.x * light->to_sun.x + normal.y * light->to_sun.y + normal.z * light->to_sun.z);

	return (struct scene_colour){
		shoulder(paint.r * (light->sky.r * sky + light->sun.r * sun)),
		shoulder(paint.g * (light->sky.g * sky + light->sun.g * sun)),
		shoulder(paint.b * (light->sky.b * sky + light->sun.b * sun)),
	};
}
