/* SPDX-License-Identifier: Apache-2.0 */
#include "crop_draw.h"
#include "crop_random.h"

#include <sim/scene/plate_glyphs.h>
#include <string.h>

/*
 * Small letters, our own drawing: points of the centre lines, x and y as one digit each, ';' between lines; y: 0 the top, 3 the top of an x,
 * 9 the base line, c the lowest.
 */
static const char *const small_letters[26] = {
	"5359;54331406183958", "0009;0423435658392908", "54331406183958", "5059;54331406183958", "065654331406183958", "40302129;0343",
	"535b4c1c;54331406183958", "0009;0423435459", "0309;0101", "232b1c0c;2121", "0009;5306;2559", "0009", "0309;0413233439;3443536469",
	"0309;0423435459", "33140618394958564433", "030c;0423435658392908", "535c;54331406183958", "0309;05143343", "54331304154556483908",
	"10182949;0343", "0307183948;5359", "032953", "0319345963", "0359;5309", "0329;530c", "03530959",
};

static const char *const fonts[] = {"gost", "kz", "din", "fe", "uk", "us-a", "us-b", "br-mandatory"};

void crop_random_word(uint64_t *random, char *word, size_t size)
{
	static const char vowels[] = "AEIOU", consonants[] = "BCDFGHKLMNPRSTVXZ", digits[] = "0123456789";
	int count = 3 + below(random, 9), kind = below(random, 8);
	int at = 0;

	for (; at < count && (size_t)at < size - 1; at++) {
		if (kind == 0) /* telephone number */
			word[at] = digits[below(random, 10)];
		else if (kind == 1 && at > 2)
			word[at] = digits[below(random, 10)];
		else
			word[at] = (at + kind) % 2 ? vowels[below(random, 5)] : consonants[below(random, 17)];
		if (kind > 4 && (at > 0 || kind == 7))
			word[at] = (char)(word[at] + 'a' - 'A');
	}
	word[at] = '\0';
}

static int grid(char c)
{
	return c >= 'a' ? c - 'a' + 10 : c - '0';
}

static void draw_small(cairo_t *cairo, char c, double x, double w, double h)
{
	const char *at = small_letters[c - 'a'];
	bool begin = true;

	cairo_new_path(cairo);
	for (; *at; at += *at == ';' ? 1 : 2) {
		if (*at == ';')
			begin = true;
		else if (begin)
			cairo_move_to(cairo, x + w * grid(at[0]) / 6, h * grid(at[1]) / 9);
		else
			cairo_line_to(cairo, x + w * grid(at[0]) / 6, h * grid(at[1]) / 9);
		begin = *at == ';';
	}
	cairo_stroke(cairo);
}

double crop_draw_word(cairo_t *cairo, uint64_t *random, const char *word, double x, double y, double height)
{
	const char *font = fonts[below(random, (int)(sizeof(fonts) / sizeof(fonts[0])))];
	double w = height * between(random, 0.4, 0.95), gap = w * between(random, 0.15, 0.5), slant = chance(random, 0.3) ? between(random, -0.35, 0) : 0;
	cairo_matrix_t italic;

	cairo_save(cairo);
	cairo_translate(cairo, x, y);
	cairo_matrix_init(&italic, 1, 0, slant, 1, -slant * height, 0);
	cairo_transform(cairo, &italic);
	cairo_set_line_width(cairo, height * between(random, 0.07, 0.2));
	cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
	for (x = 0; *word; word++) {
		bool small = *word >= 'a' && *word <= 'z', narrow = *word && strchr("Iiljf", *word);

		if (small)
			draw_small(cairo, *word, x, w * 0.8, height);
		else if (scene_glyph_known(font, *word))
			scene_glyph_draw(cairo, font, *word, x, 0, narrow ? w * 0.3 : w, height);
		x += w * (narrow ? 0.3 : small ? 0.75 : 1) + gap;
	}
	cairo_restore(cairo);
	return x;
}
