/* SPDX-License-Identifier: Apache-2.0 */
/* The twin of detect_mock.v behind the interface of hw/model/detect.h. */
#include <errno.h>
#include <stdlib.h>

#include "hw/model/detect.h"

struct qyran_detect {
	struct qyran_detect_settings settings;
	uint32_t frame, sum;
	bool plates, movers;
	uint8_t k;
	struct qyran_detect_result result;
};

static uint32_t hash(uint32_t of)
{
	uint32_t x = of ^ of >> 16;

	x *= 0x7feb352du;
	x ^= x >> 15;
	x *= 0x846ca68bu;
	return x ^ x >> 16;
}

struct qyran_detect *qyran_detect_new(void)
{
	return calloc(1, sizeof(struct qyran_detect));
}

void qyran_detect_free(struct qyran_detect *detect)
{
	free(detect);
}

void qyran_detect_reset(struct qyran_detect *detect)
{
	detect->frame = 0;
}

int qyran_detect_set(struct qyran_detect *detect, const struct qyran_detect_settings *settings)
{
	detect->settings = *settings;
	return 0;
}

static void compute(struct qyran_detect *detect)
{
	struct qyran_detect_result *result = &detect->result;
	uint32_t n = detect->frame, h = hash(n * 1024 + 7), found = (h >> 9 & 15) % 17;
	uint32_t width = detect->settings.width, height = detect->settings.height;

	result->movers = !detect->movers ? 0 : (h & 15) == 0 ? 64 : (h >> 4 & 31) % 12;
	result->regions = !detect->plates ? 0 : found < detect->k ? found : detect->k;
	result->drop_movers = (uint16_t)(detect->movers && h >> 16 & 1 ? h >> 17 & 15 : 0);
	result->drop_regions = (uint16_t)(detect->plates && h >> 21 & 1 ? h >> 22 & 7 : 0);
	for (uint32_t i = 0; i < result->movers; i++) {
		uint32_t m[4];

		for (uint32_t k = 0; k < 4; k++)
			m[k] = hash(n * 1024 + 128 + i * 4 + k);
		result->mover[i] = (struct qyran_detect_mover){
			.x = (uint16_t)(m[2] ^ m[3]), .y = (uint16_t)((m[2] ^ m[3]) >> 16),
			.w = (uint16_t)(m[1] ^ m[2]), .h = (uint16_t)((m[1] ^ m[2]) >> 16),
			.cells = m[0] ^ m[1], .cell_px = 4, .index = (uint16_t)i, .cx16 = m[0], .cy16 = m[1], .age = m[2], .flags = m[3],
		};
	}
	for (uint32_t i = 0; i < result->regions; i++) {
		uint32_t r[4], x, y, w_most, h_most;

		for (uint32_t k = 0; k < 4; k++)
			r[k] = hash(n * 1024 + 512 + i * 4 + k);
		x = r[0] % (width - 1);
		y = r[1] % (height - 1);
		w_most = n % 3 == 0 ? width - x : 1 + (width - x) / 8;
		h_most = n % 3 == 0 ? height - y : 1 + (height - y) / 8;
		result->region[i] = (struct qyran_detect_region){
			.x = (uint16_t)x, .y = (uint16_t)y, .w = (uint16_t)(1 + r[2] % w_most), .h = (uint16_t)(1 + r[3] % h_most),
			.score = r[1] ^ detect->sum, .scale = r[0] & 3,
		};
		if (i == 0 && n % 3 == 0) {
			result->region[i].x = result->region[i].y = 0;
			result->region[i].w = (uint16_t)width;
			result->region[i].h = (uint16_t)height;
		}
	}
	detect->frame++;
}

const struct qyran_detect_result *qyran_detect_pixel(struct qyran_detect *detect, uint8_t luma, unsigned flags)
{
	if (flags & QYRAN_DETECT_SOF) {
		detect->sum = 0;
		detect->plates = detect->settings.plates;
		detect->movers = detect->settings.movers;
		detect->k = detect->settings.plate_k;
	} else {
		detect->sum = detect->sum << 1 | detect->sum >> 31;
	}
	detect->sum += luma;
	if (!(flags & QYRAN_DETECT_EOF))
		return NULL;
	compute(detect);
	return &detect->result;
}

void qyran_detect_abort(struct qyran_detect *detect)
{
	(void)detect;
}

void qyran_detect_unfinished(struct qyran_detect *detect)
{
	(void)detect;
}
