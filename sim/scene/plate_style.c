/* SPDX-License-Identifier: Apache-2.0 */
#include "plate.h"

#include "plate_canvas.h"
#include "random.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define CONTRAST_MIN 70.0		/* of luma, 0 to 255: less is not a plate that a person reads */

struct paint {
	uint32_t background, foreground;
};

/* Taxis, trade, old, diplomatic, electric. */
static const struct paint elsewhere[] = {
	{0xf0c020, 0x101010}, {0xf0c020, 0x101010}, {0x101010, 0xe8e0d0}, {0x101418, 0xf0f0f0}, {0xb01820, 0xf4f4f4}, {0x1c3f94, 0xf4f4f4},
	{0x1c6f3a, 0xf4f4f4}, {0xf4f4f4, 0x1c6f3a}, {0xf4f4f4, 0xb01820}, {0xf4f4f4, 0x203a80},
};
static const struct paint states[] = {
	{0xf4f4f0, 0x182858}, {0xf4f4f0, 0x101010}, {0xf0f0f4, 0xa01828}, {0xe8c850, 0x182858}, {0xf0d890, 0x203020}, {0xf8f4e0, 0x1c5030},
	{0xb8d4f0, 0x182858}, {0x182858, 0xf4f4f4}, {0x101418, 0xe8c040}, {0x1c5030, 0xf4f4f4}, {0xd8e8d0, 0x202020}, {0xf0c8b8, 0x302050},
	{0xd0dcec, 0x101830}, {0xf4f4f0, 0x2a4a9a}, {0xe8e8f8, 0x50205a}, {0xe0c8a0, 0x402010},
};

static double between(uint64_t *random, double low, double high)
{
	return scene_random_between(random, low, high);
}

static bool chance(uint64_t *random, double probability)
{
	return between(random, 0, 1) < probability;
}

static double luma(uint32_t rgb)
{
	return 0.299 * (double)(rgb >> 16 & 255) + 0.587 * (double)(rgb >> 8 & 255) + 0.114 * (double)(rgb & 255);
}

static void style_paint(struct scene_plate_style *style, const struct qyran_format *format, uint64_t *random)
{
	struct paint paint = {format->background, format->foreground};
	bool american = !strcmp(format->country, "US");
	uint32_t dirt;

	if (american && chance(random, 0.6))
		paint = states[scene_random_below(random, sizeof(states) / sizeof(states[0]))];
	else if (!american && chance(random, strcmp(format->country, "BR") ? 0.1 : 0.25))
		paint = elsewhere[scene_random_below(random, sizeof(elsewhere) / sizeof(elsewhere[0]))];
	dirt = chance(random, 0.7) ? 0x808080 : 0x807050;
	paint.background = plate_mix(paint.background, dirt, between(random, 0, 0.3));
	paint.foreground = plate_mix(paint.foreground, 0x404850, between(random, 0, 0.4));
	style->foreground = plate_mix(paint.foreground, paint.background, between(random, 0, chance(random, 0.15) ? 0.55 : 0.2));
	if (fabs(luma(style->foreground) - luma(paint.background)) < CONTRAST_MIN)
		style->foreground = luma(paint.background) > 110 ? 0x181818 : 0xf0f0f0;
	style->background = paint.background;
}

static void style_alphabet(struct scene_plate_style *style, const struct qyran_format *format, uint64_t *random)
{
	static const char *const american[] = {"us-a", "us-b", "us-c", "us-d"};
	static const char *const any[] = {"din", "din-wide", "din-wide", "fe", "sk", "fr", "it", "es", "nl", "uk", "us-a", "us-b", "us-c", "gost-plate", "kz-plate", "ua", "ae"};
	const char *name = "";

	if (!strcmp(format->font, "kz") && chance(random, 0.7))
		name = chance(random, 0.6) ? "kz-plate" : "kz-flat";
	else if (!strcmp(format->font, "gost") && chance(random, 0.8))
		name = "gost-plate";
	else if (!strncmp(format->font, "us-", 3) && chance(random, 0.6))
		name = american[scene_random_below(random, 4)];
	else if (chance(random, strcmp(format->font, "din") ? 0.06 : 0.15))
		name = any[scene_random_below(random, sizeof(any) / sizeof(any[0]))];
	snprintf(style->alphabet, sizeof(style->alphabet), "%s", name);
}

void scene_plate_style_random(struct scene_plate_style *ret, const struct qyran_format *format, uint64_t *random)
{
	struct scene_plate_style style = {.seed = scene_random(random)};

	style_alphabet(&style, format, random);
	style_paint(&style, format, random);
	style.pen.thickness = between(random, 0.8, 1.22);
	style.pen.roundness = chance(random, 0.08) ? between(random, 0.6, 0.85) : between(random, 0.85, 1.2);
	style.pen.soft = chance(random, 0.25);
	style.glyph_width = between(random, 0.88, 1.07);
	style.glyph_height = between(random, 0.93, 1.06);
	style.spacing = between(random, 0.95, 1.04);
	style.aside = !strcmp(format->country, "US") && chance(random, 0.3) ? between(random, -1, 1) : 0;
	style.proportional = chance(random, 0.25);
	style.jitter_mm = chance(random, 0.5) ? between(random, 0, 1.6) : 0;
	style.lean = chance(random, 0.3) ? between(random, -0.08, 0.08) : 0;
	style.emboss_mm = chance(random, 0.35) ? between(random, 0.4, 1.8) : 0;
	style.worn = chance(random, 0.3) ? between(random, 0, 1) : 0;
	style.shade = chance(random, 0.5) ? between(random, 0, 0.35) : 0;
	style.border_mm = chance(random, 0.55) ? between(random, 1.5, 4.5) : 0;
	*ret = style;
}
