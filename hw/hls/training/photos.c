/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes real plates, cut by their true boxes and a margin, to standard output as records of the form of pictures.c: what a network
 * reads of them is watched while it is trained on others. Pictures without a box are left out.
 */
#include <hw/bench/picture.h>
#include <hw/hls/plate_reader.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 12

struct record {
	uint8_t plate, rows[2][TEXT_MAX], steps[TEXT_MAX], tops[TEXT_MAX], bottoms[TEXT_MAX];
	int8_t input[PLATE_INPUT_H * PLATE_INPUT_W];
};

static uint8_t yuyv[2 * PLATE_CROP_MAX_W * PLATE_CROP_MAX_H];

/* The box and its margin, as far as they lie in the picture. */
static int cut(const struct bench_picture *picture, const double box[4], double margin, struct record *record)
{
	double left = fmax(0, box[0] - margin * box[2]), right = fmin(picture->width, box[0] + (1 + margin) * box[2]);
	double top = fmax(0, box[1] - margin * box[3]), bottom = fmin(picture->height, box[1] + (1 + margin) * box[3]);
	int width = (int)(right - left), height = (int)(bottom - top);

	if (width < PLATE_CROP_MIN || height < PLATE_CROP_MIN || width > PLATE_CROP_MAX_W || height > PLATE_CROP_MAX_H)
		return -1;
	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			yuyv[2 * (y * width + x)] = picture->luma[(size_t)((int)top + y) * picture->width + (size_t)((int)left + x)];
	plate_prepare(yuyv, (uint32_t)width, (uint32_t)height, 2 * (uint32_t)width, record->input);
	return 0;
}

int main(int argc, char **argv)
{
	char path[4096], line[512], name[256], text[64], error[256];
	struct bench_picture picture;
	static struct record record;
	double box[4], margin;
	FILE *truth;

	if (argc != 3) {
		fprintf(stderr, "usage: %s FOLDER MARGIN (per cent of the box, each side)\n", argv[0]);
		return 2;
	}
	margin = atof(argv[2]) / 100;
	snprintf(path, sizeof(path), "%s/truth.tsv", argv[1]);
	truth = fopen(path, "r");
	if (!truth) {
		perror(path);
		return 1;
	}
	while (fgets(line, sizeof(line), truth)) {
		if (sscanf(line, "%255[^\t]\t%lf\t%lf\t%lf\t%lf\t%63s", name, &box[0], &box[1], &box[2], &box[3], text) != 6 || strlen(text) > TEXT_MAX)
			continue;
		snprintf(path, sizeof(path), "%s/%s", argv[1], name);
		if (bench_picture_read(path, false, &picture, error, sizeof(error))) {
			fprintf(stderr, "%s: %s\n", path, error);
			return 1;
		}
		memset(&record, 0, sizeof(record));
		record.plate = 1;
		memcpy(record.rows[0], text, strlen(text));
		if (!cut(&picture, box, margin, &record))
			fwrite(&record, sizeof(record), 1, stdout);
		bench_picture_free(&picture);
	}
	fclose(truth);
	return ferror(stdout) ? 1 : 0;
}
