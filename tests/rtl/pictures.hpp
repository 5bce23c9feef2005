// SPDX-License-Identifier: Apache-2.0
// Grey pictures for detect: streets, noise, and what fills its tables.
#ifndef QYRAN_TESTS_RTL_PICTURES_HPP
#define QYRAN_TESTS_RTL_PICTURES_HPP

#include <cstdint>
#include <vector>

static uint32_t seed = 1;
static unsigned draw(unsigned n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

typedef std::vector<uint8_t> Picture;

struct Size {
	unsigned w, h;
};

// A street with vehicles that carry plates; enough structure for both detectors.
static Picture street(Size s, unsigned t, unsigned noise)
{
	Picture p(s.w * s.h);
	for (unsigned y = 0; y < s.h; y++)
		for (unsigned x = 0; x < s.w; x++)
			p[y * s.w + x] = (uint8_t)(70 + 60 * y / s.h + (x / 7 + y / 5) % 3 * 3);
	for (unsigned car = 0; car < 6; car++) {
		unsigned w = s.w / (3 + car % 4), h = w * 3 / 5;
		unsigned x0 = (car * s.w / 5 + t * (2 + car)) % s.w, y0 = (car * s.h / 6 + (car & 1 ? t * 2 : 0)) % s.h;
		for (unsigned y = y0; y < y0 + h && y < s.h; y++)
			for (unsigned x = x0; x < x0 + w && x < s.w; x++)
				p[y * s.w + x] = (uint8_t)(car & 1 ? 200 : 35);
		unsigned pw = w / 2 > 16 ? w / 2 : 16, ph = car % 3 == 2 ? pw / 2 : pw / 4, bar = pw / 22 + 1;
		for (unsigned y = y0 + h / 2; y < y0 + h / 2 + ph && y < s.h; y++)
			for (unsigned x = x0 + w / 4; x < x0 + w / 4 + pw && x < s.w; x++)
				p[y * s.w + x] = (x - x0 - w / 4) / bar % 2 == (car % 2) && y > y0 + h / 2 + 1 ? 20 : 230;
	}
	if (noise)
		for (auto &v : p) {
			int n = v + (int)draw(2 * noise + 1) - (int)noise;
			v = (uint8_t)(n < 0 ? 0 : n > 255 ? 255 : n);
		}
	return p;
}

static Picture chaos(Size s)
{
	Picture p(s.w * s.h);
	for (auto &v : p)
		v = (uint8_t)draw(256);
	return p;
}

// Squares that come and go: components of all shapes, joined and parted.
static Picture grains(Size s, unsigned side)
{
	Picture p(s.w * s.h, 100);
	for (unsigned y0 = 0; y0 < s.h; y0 += side)
		for (unsigned x0 = 0; x0 < s.w; x0 += side)
			if (draw(3) == 0)
				for (unsigned y = y0; y < y0 + side && y < s.h; y++)
					for (unsigned x = x0; x < x0 + side && x < s.w; x++)
						p[y * s.w + x] = (uint8_t)(180 + draw(70));
	return p;
}

// Rows of small plates, close together and all alike but for their contrast: more candidates at once than any list holds.
static Picture crowd(Size s, unsigned t)
{
	Picture p(s.w * s.h, 60);
	for (unsigned y = 0; y < s.h; y++)
		for (unsigned x = 0; x < s.w; x++) {
			unsigned row = (y + t) / 20, left = (x + 7 * row) / 44;
			if ((y + t) % 20 < 12 && (x + 7 * row) % 44 < 28 && ((x + 7 * row) % 44 / 3) % 2)
				p[y * s.w + x] = (uint8_t)(110 + (left * 13 + row * 29) % 140);
		}
	return p;
}

// As many runs and components as the grid can hold, moving from frame to frame.
static Picture stripes(Size s, unsigned t, unsigned cell)
{
	Picture p(s.w * s.h);
	for (unsigned y = 0; y < s.h; y++)
		for (unsigned x = 0; x < s.w; x++)
			p[y * s.w + x] = t > 0 && (x / cell + t) % 4 < 2 && (y / cell / (t % 3 + 1)) % 4 < 2 ? 220 : 40;
	return p;
}

#endif
