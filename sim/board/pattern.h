/* SPDX-License-Identifier: Apache-2.0 */
/* Clips made at run time, for tests and for training the compiler: raw YUV 4:2:2 in YUV4MPEG2, whose pixels reach the logic unchanged. */
#ifndef QYRAN_SIM_PATTERN_H
#define QYRAN_SIM_PATTERN_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* A picture that moves: a bright block over a slanted texture. Luma 16 to 235, as video has it. */
static inline uint8_t clip_luma(unsigned int frame, unsigned int x, unsigned int y)
{
	unsigned int left = (frame * 3) % 48;

	if (x >= left && x < left + 16 && y >= 16 && y < 32)
		return (x - left) % 4 < 2 ? 230 : 40;
	return (uint8_t)(40 + (x * 5 + y * 3 + frame) % 64);
}

static inline uint8_t clip_chroma(unsigned int frame, unsigned int x, unsigned int y, unsigned int plane)
{
	return (uint8_t)(64 + (x / 2 * 7 + y * 11 + frame * 13 + plane * 40) % 128);
}

static inline void clip_write_frame(FILE *to, unsigned int frame, unsigned int width, unsigned int height)
{
	fputs("FRAME\n", to);
	for (unsigned int y = 0; y < height; y++)
		for (unsigned int x = 0; x < width; x++)
			fputc(clip_luma(frame, x, y), to);
	for (unsigned int plane = 0; plane < 2; plane++)
		for (unsigned int y = 0; y < height; y++)
			for (unsigned int x = 0; x < (width + 1) / 2; x++)
				fputc(clip_chroma(frame, x * 2, y, plane), to);
}

/* Writes a clip of @frames frames; @rate as YUV4MPEG2 has it, "25:1". */
static inline void clip_write(const char *path, unsigned int width, unsigned int height, unsigned int frames, const char *rate)
{
	FILE *to = fopen(path, "w");

	if (!to)
		abort();
	fprintf(to, "YUV4MPEG2 W%u H%u F%s Ip A1:1 C422\n", width, height, rate);
	for (unsigned int frame = 0; frame < frames; frame++)
		clip_write_frame(to, frame, width, height);
	if (fclose(to) != 0)
		abort();
}

#endif
