/* SPDX-License-Identifier: Apache-2.0 */
#include "camera.h"

#include <math.h>

static double dot(struct scene_point a, struct scene_point b)
{
	return a.x * b.x + a.y * b.y + a.z * b.z;
}

void scene_camera_aim(struct scene_camera *camera, double near_y, double yaw)
{
	double lower_edge = atan2(camera->at.z, near_y - camera->at.y);
	double pitch = lower_edge - atan2(camera->height / 2.0, camera->focal_px);
	double c = cos(pitch), s = sin(pitch);

	camera->forward = (struct scene_point){ sin(yaw) * c, cos(yaw) * c, -s };
	camera->right = (struct scene_point){ cos(yaw), -sin(yaw), 0 };
	camera->down = (struct scene_point){ -sin(yaw) * s, -cos(yaw) * s, -c };
}

void scene_camera_roll(struct scene_camera *camera, double roll)
{
	const struct scene_point right = camera->right, down = camera->down;
	double c = cos(roll), s = sin(roll);

	if (roll == 0)
		return;
	camera->right = (struct scene_point){ c * right.x + s * down.x, c * right.y + s * down.y, c * right.z + s * down.z };
	camera->down = (struct scene_point){ c * down.x - s * right.x, c * down.y - s * right.y, c * down.z - s * right.z };
}

double scene_camera_project(const struct scene_camera *camera, struct scene_point point, double *ret_u, double *ret_v)
{
	struct scene_point ray = { point.x - camera->at.x, point.y - camera->at.y, point.z - camera->at.z };
	double depth = dot(ray, camera->forward);
	double scale = camera->focal_px / fmax(depth, 0.1);

	*ret_u = camera->width / 2.0 + scale * dot(ray, camera->right);
	*ret_v = camera->height / 2.0 + scale * dot(ray, camera->down);
	return depth;
}

bool scene_camera_ground(const struct scene_camera *camera, double u, double v, double z, struct scene_point *ret)
{
	double a = (u - camera->width / 2.0) / camera->focal_px, b = (v - camera->height / 2.0) / camera->focal_px;
	struct scene_point ray = {
		camera->forward.x + a * camera->right.x + b * camera->down.x,
		camera->forward.y + a * camera->right.y + b * camera->down.y,
		camera->forward.z + a * camera->right.z + b * camera->down.z,
	};

	if (ray.z > -1e-6)
		return false;
	double far = (z - camera->at.z) / ray.z;
	*ret = (struct scene_point){ camera->at.x + far * ray.x, camera->at.y + far * ray.y, z };
	return true;
}
