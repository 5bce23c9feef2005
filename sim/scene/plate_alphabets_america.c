/* SPDX-License-Identifier: Apache-2.0 */
/* Alphabets of the embossing dies of the Americas, where they differ from the base. */
#include "plate_alphabets.h"

#include <stddef.h>

#define HOOKED_6 "M97 16R97 0R0 0R0 100R100 100R100 44R0 44L0 60"
#define HOOKED_9 "M3 84R3 100R100 100R100 0R0 0R0 56R100 56L100 40"
#define FULL_4 "M76 100L76 0L0 73L100 73"
#define BARRED_I "M0 0L100 0M50 0L50 100M0 100L100 100"

/* Narrow and round. */
static const struct scene_glyph us_a[] = {
	{'0', 100, "M50 0R100 0R100 100R0 100R0 0Z"},
	{'1', 44, "M0 21L100 0L100 100"},
	{'4', 100, FULL_4},
	{'6', 98, HOOKED_6},
	{'9', 98, HOOKED_9},
	{'A', 100, "M0 100L47 0L53 0L100 100M17 72L83 72"},
	{'I', 60, BARRED_I},
	{'M', 100, "M0 100L0 0L4 0L46 56L54 56L96 0L100 0L100 100"},
	{'Q', 100, "M50 0R100 0R100 100R0 100R0 0ZM50 66L102 106"},
	{'S', 98, "M97 22R97 0R2 0R2 46R100 49R100 100R0 100L0 78"},
	{'W', 100, "M0 0L14 100L22 100L50 42L78 100L86 100L100 0"},
	{'Y', 98, "M0 0L50 47L100 0M50 47L50 100"},
	{0, 0, NULL},
};

/* The same with feet, and tails that lean. */
static const struct scene_glyph us_d[] = {
	{'1', 60, "M8 22L52 0L52 100M0 100L100 100"},
	{'4', 100, "M72 100L72 0L0 68L100 68"},
	{'6', 98, "M74 0C36 22 0 44 0 70M0 68R0 40R100 40R100 100R0 100L0 68"},
	{'9', 98, "M26 100C64 78 100 56 100 30M100 32R100 60R0 60R0 0R100 0L100 32"},
	{'I', 40, "M50 0L50 100"},
	{'M', 100, "M0 100L0 0L4 0L46 66L54 66L96 0L100 0L100 100"},
	{'W', 100, "M0 0L18 100L26 100L50 32L74 100L82 100L100 0"},
	{0, 0, NULL},
};

/* Square shoulders. */
static const struct scene_glyph us_b[] = {
	{'0', 100, "M50 0R100 0R100 100R0 100R0 0Z"},
	{'1', 64, "M10 20L52 0L52 100M0 100L100 100"},
	{'3', 98, "M2 20R2 0R98 0R98 47L40 47M40 47R100 47R100 100R0 100L0 80"},
	{'4', 100, "M78 100L78 0L0 70L100 70"},
	{'6', 98, HOOKED_6},
	{'7', 98, "M0 0L100 0M98 2L40 100"},
	{'9', 98, HOOKED_9},
	{'I', 56, BARRED_I},
	{'J', 92, "M100 0R100 100R0 100L0 72"},
	{'M', 100, "M0 100L0 0L4 0L46 48L54 48L96 0L100 0L100 100"},
	{'Q', 100, "M50 0R100 0R100 100R0 100R0 0ZM64 70L64 80L100 106"},
	{'V', 98, "M0 0L0 40L46 100L54 100L100 40L100 0"},
	{'W', 100, "M0 0L10 100L18 100L50 48L82 100L90 100L100 0"},
	{'Y', 98, "M0 0L0 16L50 56L100 16L100 0M50 56L50 100"},
	{0, 0, NULL},
};

/* Wide and plain. */
static const struct scene_glyph us_c[] = {
	{'0', 96, "M50 0R100 0R100 100R0 100R0 0Z"},
	{'1', 50, "M0 27L100 0L100 100"},
	{'3', 96, "M4 0L96 0L46 40R100 40R100 100R0 100L0 79"},
	{'I', 34, "M50 0L50 100"},
	{'M', 100, "M0 100L0 0L4 0L46 74L54 74L96 0L100 0L100 100"},
	{'W', 100, "M0 0L20 100L28 100L50 28L72 100L80 100L100 0"},
	{0, 0, NULL},
};

/* Brazil until 2018: heavy, nearly rectangular; B and D reach over the stem to the left, 1 and I are bars. */
static const struct scene_glyph brazil[] = {
	{'0', 92, "M50 0R100 0R100 100R0 100R0 0Z"},
	{'1', 28, "M50 0L50 100"},
	{'2', 96, "M1 19R1 0R98 0R98 42L0 100M0 100L100 100"},
	{'3', 94, "M2 15R2 0R96 0R96 47L42 47M42 47R100 47R100 100R0 100L0 85"},
	{'4', 100, "M74 100L74 0L0 75L100 75"},
	{'5', 94, "M94 0L8 0L6 46R6 38R100 38R100 100R0 100L0 85"},
	{'6', 92, "M97 11R97 0R0 0R0 100R100 100R100 48R0 48L0 60"},
	{'7', 94, "M0 0L100 0M98 2L38 100"},
	{'8', 92, "M50 46R3 46R3 0R97 0R97 46ZM50 46R0 46R0 100R100 100R100 46Z"},
	{'9', 92, "M3 89R3 100R100 100R100 0R0 0R0 52R100 52L100 40"},
	{'A', 100, "M0 100L44 0L56 0L100 100M20 74L80 74"},
	{'B', 100, "M0 0R95 0R95 47L14 47M14 47R100 47R100 100L0 100M14 0L14 100"},
	{'C', 94, "M100 20R100 0R0 0R0 100R100 100L100 80"},
	{'D', 100, "M0 0R100 0R100 100L0 100M16 0L16 100"},
	{'G', 98, "M100 19R100 0R0 0R0 100R100 100L100 55L60 55"},
	{'I', 28, "M50 0L50 100"},
	{'J', 84, "M100 0R100 100R8 100L0 100"},
	{'M', 100, "M0 100L0 0L4 0L46 62L54 62L96 0L100 0L100 100"},
	{'N', 100, "M0 100L0 0L5 0L95 100L100 100L100 0"},
	{'O', 98, "M50 0R100 0R100 100R0 100R0 0Z"},
	{'Q', 98, "M50 0R100 0R100 100R0 100R0 0ZM60 66L60 78L78 100"},
	{'S', 96, "M98 16R98 0R3 0R3 47R100 47R100 100R0 100L0 84"},
	{'W', 100, "M0 0L20 100L28 100L50 34L72 100L80 100L100 0"},
	{0, 0, NULL},
};

#define US_A {"us-a", 0.115, 1, 1, true, us_a, &scene_alphabet_base}

static const struct scene_alphabet narrow = US_A;

const struct scene_alphabet scene_alphabets_america[] = {
	US_A,
	{"us-d", 0.115, 1, 1.1, true, us_d, &narrow},
	{"us-b", 0.12, 0.5, 0.5, true, us_b, &scene_alphabet_base},
	{"us-c", 0.13, 0.9, 0.9, false, us_c, &scene_alphabet_base},
	{"br-mandatory", 0.155, 0.5, 0.5, false, brazil, &scene_alphabet_base},
	{NULL, 0, 0, 0, false, NULL, NULL},
};
