/* SPDX-License-Identifier: Apache-2.0 */
#include "road.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RESIDUAL_MAX_MM 250.0
#define PIXEL_FLOOR 0.5		/* a surveyor picks a point to half a pixel at best */

struct road_map {
	double m[9];
};

struct qyran_road {
	struct road_map to_ground, to_image;
	struct road_map moved[2 * QYRAN_ROAD_POINTS_MAX];	/* to_ground with one point moved by @sigma_px */
	size_t moved_count;
	double camera_x, camera_y, height;
	struct qyran_lane lanes[QYRAN_LANES_MAX];
	size_t lane_count;
};

struct point_pair {
	double u, v, x, y;
};

static bool map_apply(const struct road_map *map, double a, double b, double *ret_a, double *ret_b)
{
	const double *m = map->m;
	double w = m[6] * a + m[7] * b + m[8];

	if (!(w > 1e-9))
		return false;
	*ret_a = (m[0] * a + m[1] * b + m[2]) / w;
	*ret_b = (m[3] * a + m[4] * b + m[5]) / w;
	return isfinite(*ret_a) && isfinite(*ret_b);
}

static void map_multiply(const double a[9], const double b[9], double ret[9])
{
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			ret[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
}

static bool map_invert(const double a[9], double ret[9])
{
	double c0 = a[4] * a[8] - a[5] * a[7], c1 = a[5] * a[6] - a[3] * a[8], c2 = a[3] * a[7] - a[4] * a[6];
	double det = a[0] * c0 + a[1] * c1 + a[2] * c2;

	if (!isfinite(det) || fabs(det) < 1e-300)
		return false;
	const double adjoint[9] = { c0, a[2] * a[7] - a[1] * a[8], a[1] * a[5] - a[2] * a[4],
				    c1, a[0] * a[8] - a[2] * a[6], a[2] * a[3] - a[0] * a[5],
				    c2, a[1] * a[6] - a[0] * a[7], a[0] * a[4] - a[1] * a[3] };
	for (int i = 0; i < 9; i++)
		ret[i] = adjoint[i] / det;
	return true;
}

/* Jacobi's method: @a becomes diagonal, the columns of @vectors the eigenvectors. */
static void eigen_symmetric(double a[9][9], double vectors[9][9])
{
	for (int i = 0; i < 9; i++)
		for (int j = 0; j < 9; j++)
			vectors[i][j] = i == j;
	for (int sweep = 0; sweep < 60; sweep++) {
		double off = 0;

		for (int p = 0; p < 9; p++)
			for (int q = p + 1; q < 9; q++) {
				off += a[p][q] * a[p][q];
				if (fabs(a[p][q]) < 1e-300)
					continue;
				double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
				double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
				double c = 1 / sqrt(t * t + 1), s = t * c;

				for (int k = 0; k < 9; k++) {
					double kp = a[k][p], kq = a[k][q];

					a[k][p] = c * kp - s * kq;
					a[k][q] = s * kp + c * kq;
				}
				for (int k = 0; k < 9; k++) {
					double pk = a[p][k], qk = a[q][k], vp = vectors[k][p], vq = vectors[k][q];

					a[p][k] = c * pk - s * qk;
					a[q][k] = s * pk + c * qk;
					vectors[k][p] = c * vp - s * vq;
					vectors[k][q] = s * vp + c * vq;
				}
			}
		if (off < 1e-28)
			return;
	}
}

/* Centre at the origin, mean distance sqrt(2) (Hartley and Zisserman 2004, algorithm 4.2). */
static bool normalise(const double *a, const double *b, size_t stride, size_t count, double ret[9])
{
	double mean_a = 0, mean_b = 0, distance = 0;

	for (size_t i = 0; i < count; i++) {
		mean_a += a[i * stride] / (double)count;
		mean_b += b[i * stride] / (double)count;
	}
	for (size_t i = 0; i < count; i++)
		distance += hypot(a[i * stride] - mean_a, b[i * stride] - mean_b) / (double)count;
	if (!(distance > 1e-6))
		return false;
	double s = sqrt(2) / distance;
	const double t[9] = { s, 0, -s * mean_a, 0, s, -s * mean_b, 0, 0, 1 };

	for (int i = 0; i < 9; i++)
		ret[i] = t[i];
	return true;
}

static bool fit(const struct point_pair *pairs, size_t count, struct road_map *ret)
{
	double image[9], ground[9], inverse[9], h[9], product[9];
	double square[9][9] = { { 0 } }, vectors[9][9];

	if (!normalise(&pairs->u, &pairs->v, sizeof(*pairs) / sizeof(double), count, image) ||
	    !normalise(&pairs->x, &pairs->y, sizeof(*pairs) / sizeof(double), count, ground))
		return false;
	for (size_t i = 0; i < count; i++) {
		double u = image[0] * pairs[i].u + image[2], v = image[4] * pairs[i].v + image[5];
		double x = ground[0] * pairs[i].x + ground[2], y = ground[4] * pairs[i].y + ground[5];
		const double rows[2][9] = { { 0, 0, 0, -u, -v, -1, y * u, y * v, y }, { u, v, 1, 0, 0, 0, -x * u, -x * v, -x } };

		for (int r = 0; r < 2; r++)
			for (int j = 0; j < 9; j++)
				for (int k = 0; k < 9; k++)
					square[j][k] += rows[r][j] * rows[r][k];
	}
	eigen_symmetric(square, vectors);
	int least = 0, next = -1;
	double largest = square[0][0];

	for (int i = 1; i < 9; i++) {
		if (square[i][i] < square[least][least])
			least = i;
		largest = fmax(largest, square[i][i]);
	}
	for (int i = 0; i < 9; i++)
		if (i != least && (next < 0 || square[i][i] < square[next][next]))
			next = i;
	if (!(square[next][next] > 1e-9 * largest))
		return false;
	for (int i = 0; i < 9; i++)
		h[i] = vectors[i][least];
	if (!map_invert(ground, inverse))
		return false;
	map_multiply(inverse, h, product);
	map_multiply(product, image, ret->m);

	/* Points in front of the camera have a positive third coordinate. */
	double sign = 0, norm = 0;
	for (size_t i = 0; i < count; i++) {
		double w = ret->m[6] * pairs[i].u + ret->m[7] * pairs[i].v + ret->m[8];

		if (sign == 0)
			sign = w < 0 ? -1 : 1;
		if (!(sign * w > 0))
			return false;
		norm += fabs(w) / (double)count;
	}
	for (int i = 0; i < 9; i++)
		ret->m[i] *= sign / norm;
	return true;
}

int qyran_road_new(const struct qyran_config *config, struct qyran_road **ret, char *error, size_t error_size)
{
	struct point_pair pairs[QYRAN_ROAD_POINTS_MAX];
	size_t count = config->road.point_count, worst = 0;
	double sum_px = 0, worst_mm = 0;

	if (count < 4 || count > QYRAN_ROAD_POINTS_MAX) {
		snprintf(error, error_size, "[road] has %zu points; give 4 to %d that do not lie on one line", count, QYRAN_ROAD_POINTS_MAX);
		return -EDOM;
	}
	if (config->road.camera_height_mm <= config->road.plate_height_mm || config->road.camera_height_mm < 1000) {
		snprintf(error, error_size, "[road] camera: a height of %.2f m cannot look down on plates; give the measured height, 1 m or more",
			 config->road.camera_height_mm / 1000.0);
		return -EDOM;
	}
	struct qyran_road *road = calloc(1, sizeof(*road));

	if (!road)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		pairs[i] = (struct point_pair){ config->road.points[i].u_px, config->road.points[i].v_px, config->road.points[i].x_mm,
						config->road.points[i].y_mm };
	if (!fit(pairs, count, &road->to_ground) || !map_invert(road->to_ground.m, road->to_image.m)) {
		snprintf(error, error_size, "[road] the points do not span a plane; survey points that do not lie on one line, none twice");
		goto err;
	}
	for (size_t i = 0; i < count; i++) {
		double x = 0, y = 0, u = 0, v = 0;

		if (!map_apply(&road->to_ground, pairs[i].u, pairs[i].v, &x, &y) || !map_apply(&road->to_image, pairs[i].x, pairs[i].y, &u, &v)) {
			snprintf(error, error_size, "[road] point.%zu lies beyond the horizon of the others; check it", i + 1);
			goto err;
		}
		double mm = hypot(x - pairs[i].x, y - pairs[i].y);

		sum_px += (u - pairs[i].u) * (u - pairs[i].u) + (v - pairs[i].v) * (v - pairs[i].v);
		if (mm > worst_mm) {
			worst_mm = mm;
			worst = i;
		}
	}
	if (worst_mm > RESIDUAL_MAX_MM) {
		snprintf(error, error_size, "[road] point.%zu is %.2f m off the plane of the others (0.25 m is allowed); check it and its neighbours",
			 worst + 1, worst_mm / 1000);
		goto err;
	}
	/* Eight numbers are fitted to two coordinates a point. */
	double sigma_px = PIXEL_FLOOR;
	if (count > 4)
		sigma_px = fmax(sigma_px, sqrt(sum_px / (2.0 * (double)count - 8)));
	for (size_t i = 0; i < 2 * count; i++) {
		struct point_pair moved[QYRAN_ROAD_POINTS_MAX];

		for (size_t j = 0; j < count; j++)
			moved[j] = pairs[j];
		*(i % 2 ? &moved[i / 2].v : &moved[i / 2].u) += sigma_px;
		if (!fit(moved, count, &road->moved[i])) {
			snprintf(error, error_size, "[road] the points hardly span a plane: half a pixel at point.%zu upsets it; survey points further apart",
				 i / 2 + 1);
			goto err;
		}
	}
	road->moved_count = 2 * count;
	road->camera_x = config->road.camera_x_mm;
	road->camera_y = config->road.camera_y_mm;
	road->height = config->road.camera_height_mm;
	road->lane_count = config->lane_count;
	for (size_t i = 0; i < config->lane_count && i < QYRAN_LANES_MAX; i++)
		road->lanes[i] = config->lanes[i];
	*ret = road;
	return 0;
err:
	free(road);
	return -EDOM;
}

void qyran_road_free(struct qyran_road *road)
{
	free(road);
}

static bool place(const struct qyran_road *road, const struct road_map *map, double u, double v, double z, double *ret_x, double *ret_y)
{
	double x, y, shrink = 1 - z / road->height;

	if (!map_apply(map, u, v, &x, &y))
		return false;
	*ret_x = road->camera_x + (x - road->camera_x) * shrink;
	*ret_y = road->camera_y + (y - road->camera_y) * shrink;
	return fabs(*ret_x) < 1e9 && fabs(*ret_y) < 1e9;
}

int qyran_road_from_image(const struct qyran_road *road, int32_t u16, int32_t v16, int32_t z_mm, struct qyran_road_position *ret)
{
	double x, y;

	if (!place(road, &road->to_ground, u16 / 16.0, v16 / 16.0, z_mm, &x, &y))
		return -EDOM;
	*ret = (struct qyran_road_position){ (int32_t)lround(x), (int32_t)lround(y) };
	return 0;
}

int qyran_road_to_image(const struct qyran_road *road, struct qyran_road_position position, int32_t z_mm, int32_t *ret_u16, int32_t *ret_v16)
{
	double shrink = 1 - z_mm / road->height, u, v;

	if (!(shrink > 0) ||
	    !map_apply(&road->to_image, road->camera_x + (position.x_mm - road->camera_x) / shrink,
		       road->camera_y + (position.y_mm - road->camera_y) / shrink, &u, &v) ||
	    fabs(u) > 1e7 || fabs(v) > 1e7)
		return -EDOM;
	*ret_u16 = (int32_t)lround(u * 16);
	*ret_v16 = (int32_t)lround(v * 16);
	return 0;
}

int qyran_road_distance(const struct qyran_road *road, const int32_t from16[2], const int32_t to16[2], int32_t z_mm, double *ret_mm,
			double *ret_u_mm)
{
	double ax, ay, bx, by, sum = 0;

	if (!place(road, &road->to_ground, from16[0] / 16.0, from16[1] / 16.0, z_mm, &ax, &ay) ||
	    !place(road, &road->to_ground, to16[0] / 16.0, to16[1] / 16.0, z_mm, &bx, &by))
		return -EDOM;
	double distance = hypot(bx - ax, by - ay);

	for (size_t i = 0; i < road->moved_count; i++) {
		if (!place(road, &road->moved[i], from16[0] / 16.0, from16[1] / 16.0, z_mm, &ax, &ay) ||
		    !place(road, &road->moved[i], to16[0] / 16.0, to16[1] / 16.0, z_mm, &bx, &by))
			return -EDOM;
		double change = hypot(bx - ax, by - ay) - distance;

		sum += change * change;
	}
	*ret_mm = distance;
	*ret_u_mm = sqrt(sum);
	return 0;
}

double qyran_road_pixel(const struct qyran_road *road, int32_t u16, int32_t v16, int32_t z_mm)
{
	double ax, ay, bx, by;

	if (!place(road, &road->to_ground, u16 / 16.0, v16 / 16.0 - 0.5, z_mm, &ax, &ay) ||
	    !place(road, &road->to_ground, u16 / 16.0, v16 / 16.0 + 0.5, z_mm, &bx, &by))
		return 0;
	return hypot(bx - ax, by - ay);
}

struct qyran_road_position qyran_road_camera(const struct qyran_road *road, int32_t *ret_height_mm)
{
	*ret_height_mm = (int32_t)road->height;
	return (struct qyran_road_position){ (int32_t)road->camera_x, (int32_t)road->camera_y };
}

int qyran_road_lane(const struct qyran_road *road, int32_t x_mm)
{
	for (size_t i = 0; i < road->lane_count; i++)
		if (x_mm >= road->lanes[i].left_mm && x_mm < road->lanes[i].right_mm)
			return (int)i;
	return -1;
}
