/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plate-bits COUNT - hashes of what the reader computes from COUNT random regions: prepared input, network's sums, logarithms. Built for each
 * processor that a camera may have; the last line is the same for all. Before that the sums that the training computed are demanded.
 */
#include <hw/hls/plate_reader.h>
#include <qyrand/reader_decode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED UINT64_C(0x71797261)
#define SIDE_MAX 200

static int8_t input[PLATE_INPUT_H * PLATE_INPUT_W];
static int16_t sums[PLATE_SUMS], wanted[PLATE_SUMS], logs[LOG_SUMS];
static uint8_t pixels[SIDE_MAX * SIDE_MAX * 2];
static struct log_tables tables;
static uint64_t state = SEED;

/* Marsaglia 2003, "Xorshift RNGs": 13, 7, 17. */
static uint32_t below(uint32_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % limit;
}

/* FNV-1a, values little-endian whatever the processor is. */
static uint64_t hash(uint64_t value, const void *from, size_t count, size_t size)
{
	for (size_t i = 0; i < count; i++) {
		uint16_t word = size == 1 ? ((const uint8_t *)from)[i] : ((const uint16_t *)from)[i];

		for (size_t b = 0; b < size; b++)
			value = (value ^ (uint8_t)(word >> 8 * b)) * UINT64_C(0x100000001b3);
	}
	return value;
}

static int compare_vectors(struct plate_memory *memory, const char *path)
{
	FILE *file = fopen(path, "rb");
	int count = 0, wrong = 0;

	while (file && fread(input, sizeof(input), 1, file) == 1 && fread(wanted, sizeof(wanted), 1, file) == 1) {
		plate_reader_run(memory, qyran_plate_weights, input, sums);
		wrong += memcmp(sums, wanted, sizeof(sums)) != 0;
		count++;
	}
	if (file)
		fclose(file);
	if (count == 0 || wrong)
		printf("%s: %d of %d have other sums\n", path, wrong, count);
	return count == 0 || wrong ? 1 : 0;
}

/* A gradient, blocks of contrast, noise: what drives all layers from end to end. */
static void draw(uint32_t width, uint32_t height)
{
	uint32_t block = 2 + below(12), noise = 1 + below(64);

	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++) {
			uint8_t *pixel = &pixels[2 * (y * width + x)];

			pixel[0] = (uint8_t)((x * 60 / width + (x / block * 7 + y / block * 3) % 5 * 30 + below(noise)) & 0xff);
			pixel[1] = 128;
		}
}

static const char *variant(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("avx512vnni") ? "x86-64, AVX-512 VNNI" : __builtin_cpu_supports("avx2") ? "x86-64, AVX2" : "x86-64, SSE2";
#elif defined(__aarch64__)
	return "aarch64";
#elif defined(__arm__)
	return "armhf";
#else
	return "another processor";
#endif
}

int main(int argc, char **argv)
{
	struct plate_memory *memory = plate_memory_new();
	uint64_t prepared = SEED, network = SEED, logarithms = SEED;
	int count = argc > 1 ? atoi(argv[1]) : 0;

	if (argc != 3 || count < 1 || !memory) {
		fprintf(stderr, "usage: plate-bits COUNT VECTORS\n");
		return 2;
	}
	if (compare_vectors(memory, argv[2]))
		return 1;
	log_tables_make(&tables);
	for (int i = 0; i < count; i++) {
		uint32_t width = PLATE_CROP_MIN + below(SIDE_MAX - PLATE_CROP_MIN + 1), height = PLATE_CROP_MIN + below(SIDE_MAX - PLATE_CROP_MIN + 1);

		draw(width, height);
		plate_prepare(pixels, width, height, 2 * width, input);
		for (size_t j = 0; i % 4 == 3 && j < sizeof(input); j++)
			input[j] = (int8_t)((int)below(255) - 127);
		plate_reader_run(memory, qyran_plate_weights, input, sums);
		decode_logs(&tables, sums, logs);
		prepared = hash(prepared, input, sizeof(input), 1);
		network = hash(network, sums, PLATE_SUMS, 2);
		logarithms = hash(logarithms, logs, LOG_SUMS, 2);
	}
	plate_memory_free(memory);
	printf("# %s\n", variant());
	printf("%d regions: prepared %016llx, sums %016llx, logarithms %016llx\n", count, (unsigned long long)prepared, (unsigned long long)network,
	       (unsigned long long)logarithms);
	return 0;
}
