/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the Verilog include from plate_weights.def: plate-weights-gen >FILE */
#include <stdio.h>

static const int trims[][4] = {
#define QYRAN_PLATE_TRIM(level, left, right, tall) { level, left, right, tall },
#define QYRAN_PLATE_WEIGHTS(name, ...)
#include "plate_weights.def"
#undef QYRAN_PLATE_TRIM
#undef QYRAN_PLATE_WEIGHTS
};

static const struct {
	const char *name;
	int worth[16];
} weights[] = {
#define QYRAN_PLATE_TRIM(level, left, right, tall)
#define QYRAN_PLATE_WEIGHTS(name, ...) { #name, { __VA_ARGS__ } },
#include "plate_weights.def"
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int main(void)
{
	if (COUNT(trims) != 5 || COUNT(weights) != 8) {
		fprintf(stderr, "plate_weights.def: five rows of trims and eight of weights\n");
		return 1;
	}
	for (unsigned int i = 0; i < COUNT(trims); i++)
		if (trims[i][0] != (int)i || trims[i][1] < -2 || trims[i][1] > 8 || trims[i][2] < -2 || trims[i][2] > 8 || trims[i][3] < 0 || trims[i][3] > 7) {
			fprintf(stderr, "plate_weights.def: trim %u: levels in order, -2 to 8 px, 0 to 7 sixteenths\n", i);
			return 1;
		}
	printf("// Made from hw/plate_weights.def by plate-weights-gen.\n");
	printf("// {px off the left - 1, 3 - px off the right, sixteenths of the height on}\n");
	printf("function [12:0] plate_trim(input [2:0] level);\n\tcase (level)\n");
	for (unsigned int i = 0; i < COUNT(trims); i++)
		printf("\t%s: plate_trim = {5'h%02x, 5'h%02x, 3'd%d};\n", i + 1 < COUNT(trims) ? (const char[]){ '3', '\'', 'd', (char)('0' + i), 0 } : "default",
			(unsigned int)(trims[i][1] - 1) & 31, (unsigned int)(3 - trims[i][2]) & 31, trims[i][3]);
	printf("\tendcase\nendfunction\n");
	printf("// {feature, bin}\nfunction [7:0] plate_weight(input [6:0] bin);\n\tcase (bin)\n");
	for (unsigned int i = 0; i < COUNT(weights); i++)
		for (unsigned int k = 0; k < 16; k++) {
			if (weights[i].worth[k] < 0 || weights[i].worth[k] > 255) {
				fprintf(stderr, "plate_weights.def: %s: 0 to 255\n", weights[i].name);
				return 1;
			}
			printf("\t7'd%u: plate_weight = 8'd%d;\n", 16 * i + k, weights[i].worth[k]);
		}
	printf("\tendcase\nendfunction\n");
	return 0;
}
