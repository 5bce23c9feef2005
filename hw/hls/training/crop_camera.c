/* SPDX-License-Identifier: Apache-2.0 */
#include "crop_camera.h"

#include "crop_jpeg.h"
#include "crop_random.h"

#include <math.h>
#include <string.h>

#define REACH 24
#define GRID 96				/* cells of the texture, each way */

void crop_tilt_see(const struct crop_tilt *tilt, double *x, double *y)
{
	double at_x = *x - 0.5, at_y = *y - 0.5, d = 1 / (1 - tilt->tilt_x * at_x - tilt->tilt_y * at_y);

	*x = at_x * d / tilt->zoom + 0.5;
	*y = at_y * d / tilt->zoom + 0.5;
}

/* Half of a symmetric kernel: a Gaussian that has been moved along @motion. */
static int kernel_make(float *half, double sigma, double motion)
{
	double total = 0, s = fmax(sigma, 0.3) * M_SQRT2, h = motion / 2 + 0.5;
	int reach = (int)ceil(motion / 2 + 2.6 * sigma);

	reach = reach > REACH ? REACH : reach < 1 ? 1 : reach;
	for (int i = 0; i <= reach; i++) {
		half[i] = (float)(erf((i + h) / s) - erf((i - h) / s));
		total += (i ? 2 : 1) * (double)half[i];
	}
	for (int i = 0; i <= reach; i++)
		half[i] = (float)(half[i] / total);
	return reach;
}

static void blur_across(float *restrict line, int width, const float *half, int reach)
{
	static _Thread_local float wide[CROP_CANVAS_MAX / 8 + 2 * REACH];

	for (int i = 0; i < reach; i++) {
		wide[i] = line[0];
		wide[reach + width + i] = line[width - 1];
	}
	memcpy(&wide[reach], line, sizeof(*line) * (size_t)width);
	for (int i = 0; i < width; i++)
		line[i] = half[0] * wide[reach + i];
	for (int k = 1; k <= reach; k++)
		for (int i = 0; i < width; i++)
			line[i] += half[k] * (wide[reach + i - k] + wide[reach + i + k]);
}

static void blur_down(const float *restrict from, float *restrict to, int width, int height, const float *half, int reach)
{
	for (int y = 0; y < height; y++) {
		float *out = &to[y * width];
		const float *here = &from[y * width];

		for (int x = 0; x < width; x++)
			out[x] = half[0] * here[x];
		for (int k = 1; k <= reach; k++) {
			const float *above = &from[(y < k ? 0 : y - k) * width], *below_it = &from[(y + k >= height ? height - 1 : y + k) * width];

			for (int x = 0; x < width; x++)
				out[x] += half[k] * (above[x] + below_it[x]);
		}
	}
}

/* Smooth random spots, multiplied in. */
static void add_grain(float *grey, int width, int height, double cell, double amplitude, uint64_t *random)
{
	static _Thread_local float grid[(GRID + 1) * (GRID + 1)];

	cell = fmax(cell, fmax(width, height) / (double)GRID + 0.01);
	for (int i = 0; i < (GRID + 1) * (GRID + 1); i++)
		grid[i] = (float)((double)(scene_random(random) >> 40) * 0x1p-23 - 1);
	for (int y = 0; y < height; y++) {
		float at_y = (float)(y / cell), down = at_y - (float)(int)at_y;
		const float *line = &grid[(int)at_y * (GRID + 1)];

		for (int x = 0; x < width; x++) {
			float at_x = (float)x * (float)(1 / cell), right = at_x - (float)(int)at_x;
			const float *four = &line[(int)at_x];
			float top = four[0] + right * (four[1] - four[0]), bottom = four[GRID + 1] + right * (four[GRID + 2] - four[GRID + 1]);

			grey[y * width + x] *= 1 + (float)amplitude * (top + down * (bottom - top));
		}
	}
}

static void add_relief(float *grey, int width, int height, float amount)
{
	for (int y = 0; y < height - 1; y++)
		for (int x = 0; x < width - 1; x++)
			grey[y * width + x] += amount * (grey[(y + 1) * width + x + 1] - grey[y * width + x]);
}

static float sample(const float *grey, int width, int height, float x, float y)
{
	int left, top;
	const float *at;
	float right, down;

	x = x < 0 ? 0 : x > (float)width - 1.01f ? (float)width - 1.01f : x;
	y = y < 0 ? 0 : y > (float)height - 1.01f ? (float)height - 1.01f : y;
	left = (int)x;
	top = (int)y;
	right = x - (float)left;
	down = y - (float)top;
	at = &grey[top * width + left];
	return (1 - down) * (at[0] + right * (at[1] - at[0])) + down * (at[width] + right * (at[width + 1] - at[width]));
}

static void project(const struct crop_tilt *tilt, const float *grey, int width, int height, float *to, int to_w, int to_h)
{
	for (int y = 0; y < to_h; y++)
		for (int x = 0; x < to_w; x++) {
			double seen_x = ((x + 0.5) / to_w - 0.5) * tilt->zoom, seen_y = ((y + 0.5) / to_h - 0.5) * tilt->zoom;
			double d = 1 / (1 + tilt->tilt_x * seen_x + tilt->tilt_y * seen_y);

			to[y * to_w + x] = sample(grey, width, height, (float)((seen_x * d + 0.5) * width - 0.5), (float)((seen_y * d + 0.5) * height - 0.5));
		}
}

static void resize(const float *from, int width, int height, float *to, int to_w, int to_h)
{
	for (int y = 0; y < to_h; y++)
		for (int x = 0; x < to_w; x++)
			to[y * to_w + x] = sample(from, width, height, ((float)x + .5f) * (float)width / (float)to_w - .5f,
						  ((float)y + .5f) * (float)height / (float)to_h - .5f);
}

/* Light to grey levels. */
static void expose(const struct crop_camera *camera, float *grey, int width, int height)
{
	float curve[1025], sum = 0, gain = (float)camera->gain, offset = (float)camera->offset;

	for (int i = 0; i <= 1024; i++)
		curve[i] = (float)pow(i / 1024.0 * 1.6, camera->gamma);
	for (int y = 0; y < height; y++) {
		float down = 1 + (float)camera->slope_y * ((float)y / (float)height - .5f);

		for (int x = 0; x < width; x++) {
			float light = grey[y * width + x] * (down + (float)camera->slope_x * ((float)x / (float)width - .5f)) * (1024 / 1.6f);

			grey[y * width + x] = curve[light < 0 ? 0 : light > 1024 ? 1024 : (int)light];
			sum += grey[y * width + x];
		}
	}
	if (camera->mean > 0)
		gain = fmaxf((float)camera->mean - offset, 1) / fmaxf(sum / (float)(width * height), 0.02f);
	for (int i = 0; i < width * height; i++) {
		float value = offset + gain * grey[i];

		grey[i] = value > 255 ? 255 : value;
	}
}

static void add_noise(const struct crop_camera *camera, float *grey, int count, uint64_t *random)
{
	float dark = (float)camera->noise_dark, more = (float)(camera->noise - camera->noise_dark) / 255;

	for (int i = 0; i < count; i++)
		grey[i] += (dark + more * (grey[i] < 0 ? 0 : grey[i])) * (float)normal(random);
}

/* 3x3 means: @sharpen adds what they take away, @smooth goes towards them. */
static void sharpen(const struct crop_camera *camera, float *grey, float *spare, int width, int height)
{
	const float half[2] = {.5f, .25f};

	for (int pass = 0; pass < 2; pass++) {
		float amount = pass ? (float)camera->sharpen : -(float)camera->smooth;

		if (amount == 0)
			continue;
		memcpy(spare, grey, sizeof(*grey) * (size_t)(width * height));
		for (int y = 0; y < height; y++)
			blur_across(&spare[y * width], width, half, 1);
		for (int y = 0; y < height; y++) {
			const float *above = &spare[(y ? y - 1 : 0) * width], *here = &spare[y * width];
			const float *under = &spare[(y < height - 1 ? y + 1 : y) * width];

			for (int x = 0; x < width; x++)
				grey[y * width + x] += amount * (grey[y * width + x] - half[0] * here[x] - half[1] * (above[x] + under[x]));
		}
	}
}

static void interlace(float *grey, int width, int height, int by)
{
	for (int y = 1; y < height; y += 2)
		memmove(&grey[y * width + by], &grey[y * width], sizeof(*grey) * (size_t)(width - by));
}

void crop_camera_take(const struct crop_camera *camera, const unsigned char *canvas, int width, int height, int stride, uint64_t *random,
		      struct crop *crop)
{
	static _Thread_local float fine[CROP_CANVAS_MAX], spare[CROP_CANVAS_MAX], sensor[CROP_AREA_MAX], large[CROP_AREA_MAX];
	int w = (int)lround(crop->width / camera->shrink), h = (int)lround(crop->height / camera->shrink);
	double scale = (double)width / crop->width, pixel = 0.29 * scale * camera->shrink;
	float half[REACH + 1], *taken = sensor;
	int reach;

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++) {
			const unsigned char *bgr = &canvas[y * stride + 4 * x];

			fine[y * width + x] = ((float)camera->weights[0] * (float)bgr[0] + (float)camera->weights[1] * (float)bgr[1] +
					       (float)camera->weights[2] * (float)bgr[2]) / 255;
		}
	if (camera->relief != 0)
		add_relief(fine, width, height, (float)camera->relief);
	if (camera->grain > 0) {
		add_grain(fine, width, height, camera->grain_cell * scale, camera->grain, random);
		add_grain(fine, width, height, camera->grain_cell * scale / 4, camera->grain / 2, random);
	}
	reach = kernel_make(half, hypot(camera->blur * scale, pixel), camera->motion_x * scale);
	for (int y = 0; y < height; y++)
		blur_across(&fine[y * width], width, half, reach);
	reach = kernel_make(half, hypot(camera->blur * scale, pixel), camera->motion_y * scale);
	blur_down(fine, spare, width, height, half, reach);
	project(&camera->tilt, spare, width, height, sensor, w, h);
	expose(camera, sensor, w, h);
	add_noise(camera, sensor, w * h, random);
	if (camera->sharpen > 0 || camera->smooth > 0)
		sharpen(camera, sensor, spare, w, h);
	if (camera->interlace && camera->interlace < w)
		interlace(sensor, w, h, camera->interlace);
	if (camera->quality)
		crop_jpeg(sensor, w, h, camera->quality, below(random, 8), below(random, 8));
	if (w != crop->width || h != crop->height) {
		resize(sensor, w, h, large, crop->width, crop->height);
		taken = large;
	}
	for (int i = 0; i < crop->width * crop->height; i++) {
		crop->yuyv[2 * i] = (uint8_t)(taken[i] < 0 ? 0 : taken[i] > 254.4f ? 255 : taken[i] + .5f);
		crop->yuyv[2 * i + 1] = 128;
	}
}

static void weights_make(struct crop_camera *camera, uint64_t *random)
{
	static const double luma[3] = {0.114, 0.587, 0.299};
	bool infrared = chance(random, 0.06);
	double sum = 0;

	for (int i = 0; i < 3; i++) { /* a colour cast; infrared and odd sensors weigh colours in their own way */
		camera->weights[i] = infrared ? between(random, 0, 1) + 0.05 : luma[i] * between(random, 0.85, 1.2);
		sum += camera->weights[i];
	}
	for (int i = 0; i < 3; i++)
		camera->weights[i] /= sum;
}

/* The project's own camera hands over pixels as the sensor gives them: no JPEG, no halo. */
static void own_light(struct crop_camera *camera, enum crop_light light, uint64_t *random)
{
	camera->blur = between(random, 0.3, 0.8);
	camera->noise = camera->noise_dark = between(random, 0.5, 4);
	if (light == CROP_DUSK) {
		camera->mean = between(random, 42, 58);
		camera->offset = between(random, 12, 18);
		camera->noise = camera->noise_dark = between(random, 8.6, 10);
	} else if (light == CROP_RAIN) {
		camera->blur = between(random, 1.52, 1.75);
		camera->offset = between(random, 10, 50);
		camera->gain = between(random, 90, 160);
	} else {
		camera->gain = between(random, 130, 230);
		camera->offset = between(random, 0, 30);
	}
}

/* Less of what together would leave nothing to read; @width_px: of a plate of 520 mm, whose strokes are a fortieth as wide. */
static void legible(struct crop_camera *camera, double width_px)
{
	double most = fmax(0.4, 0.0128 * width_px), x = hypot(hypot(camera->blur, camera->motion_x / 3.5), 0.29 * (camera->shrink - 1));
	double y = hypot(hypot(camera->blur, camera->motion_y / 3.5), 0.29 * (camera->shrink - 1)), too_much = fmax(x, y / 1.25) / most;

	if (too_much > 1) {
		camera->blur /= too_much;
		camera->motion_x /= too_much;
		camera->motion_y /= too_much;
		camera->shrink = 1 + (camera->shrink - 1) / too_much;
	}
	if (camera->mean > 0)
		camera->noise = camera->noise_dark = fmin(camera->noise, camera->mean / 5);
	else
		camera->noise = fmin(camera->noise, camera->gain * 0.07);
	camera->noise_dark = fmin(camera->noise_dark, camera->noise);
}

static void any_light(struct crop_camera *camera, double width_px, uint64_t *random)
{
	double reach = fmin(width_px, 260) / 100, steady = fmin(1, fmax(0.5, width_px / 100));

	/* Half as it comes from a good lens; the rest as far as letters can just be read. */
	camera->blur = chance(random, 0.5) ? between(random, 0.15, 0.6) : fmax(0.4, reach * mostly_low(random, 0.3, 1.7));
	if (chance(random, 0.2))
		camera->motion_x = reach * mostly_low(random, 0, 4);
	if (chance(random, 0.25))
		camera->motion_y = reach * mostly_low(random, 0, 3.5);
	if (chance(random, 0.25)) {
		camera->mean = between(random, 18, 75);
		camera->offset = between(random, 0, 22);
		camera->noise_dark = camera->noise = mostly_low(random, 1, 12) * fmin(1, camera->mean / 35) * steady;
	} else {
		camera->gain = between(random, 90, 240) * (chance(random, 0.12) ? between(random, 1, 1.6) : 1);
		camera->offset = between(random, -12, 50);
		camera->noise = mostly_low(random, 0, 12) * steady;
		camera->noise_dark = camera->noise * between(random, 0.2, 1);
	}
	camera->gamma = exp(normal_within(random, 0.25, 0.6));
	camera->slope_x = normal_within(random, 0.15, 0.6);
	camera->slope_y = normal_within(random, 0.15, 0.6);
	if (chance(random, 0.2))
		camera->smooth = between(random, 0.2, 1);
	if (chance(random, 0.45)) {
		camera->sharpen = mostly_low(random, 0.3, 3.5);
		camera->noise /= 1 + camera->sharpen / 2;
		camera->noise_dark /= 1 + camera->sharpen / 2;
	}
	if (chance(random, 0.65))
		camera->quality = 97 - (int)mostly_low(random, 0, width_px < 75 ? 50 : 70);
	if (width_px > 70 && chance(random, 0.15))
		camera->shrink = between(random, 1.1, fmin(3, width_px / 50));
	legible(camera, width_px);
	if (chance(random, 0.01))
		camera->interlace = 1 + below(random, 2);
	if (chance(random, 0.2))
		camera->relief = normal_within(random, 0.3, 0.6);
}

void crop_camera_make(struct crop_camera *camera, enum crop_light light, double width_px, uint64_t *random)
{
	*camera = (struct crop_camera){.gamma = 1, .shrink = 1, .tilt.zoom = 1};
	weights_make(camera, random);
	if (chance(random, 0.5)) {
		camera->grain = mostly_low(random, 0.02, 0.18);
		camera->grain_cell = between(random, 0.7, 8);
	}
	if (light != CROP_ANY_LIGHT)
		camera->grain /= 3;
	if (light == CROP_ANY_LIGHT)
		any_light(camera, width_px, random);
	else
		own_light(camera, light, random);
}
