/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

#include "qyrand/evidence.h"
#include "qyrand/files.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EPOCH_NS 1767225637000000000u

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "sample: %s\n", what);
	exit(2);
}

void sample_directory(char path[512], const char *name)
{
	snprintf(path, 512, "build/tests/%s.%ld", name, (long)getpid());
	sample_remove(path);
	must(qyran_files_make_directory(path, 0700) == 0, path);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

void sample_remove(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct qyran_secret_key *make_key(const char *directory, const char *base, enum qyran_key_kind kind)
{
	struct qyran_secret_key *key = NULL;
	char path[600], error[1024] = "";

	must(qyran_keys_make(directory, base, kind, base, error, sizeof error) == 0, error);
	snprintf(path, sizeof path, "%s/%s.key", directory, base);
	must(qyran_keys_load(path, kind, &key, error, sizeof error) == 0, error);
	return key;
}

void sample_bundle(const char *directory, const struct sample_keys *keys, uint64_t version)
{
	struct qyran_bundle bundle = { .version = version, .recipient_count = 2, .receipt_count = 1 };
	uint8_t *bytes;
	size_t size;

	bundle.recipients[0] = keys->recipients[0]->public;
	bundle.recipients[1] = keys->recipients[1]->public;
	bundle.receipts[0] = keys->receipt->public;
	must(qyran_bundle_make(&bundle, keys->root, &bytes, &size) == 0, "bundle");
	must(qyran_files_replace(directory, "bundle", bytes, size, 0644) == 0, "bundle file");
	free(bytes);
}

void sample_authority(const char *directory, struct sample_keys *ret)
{
	char keys[560];

	snprintf(keys, sizeof keys, "%s/keys", directory);
	must(qyran_files_make_directory(keys, 0700) == 0, keys);
	ret->root = make_key(keys, "root", QYRAN_KEY_ROOT);
	ret->receipt = make_key(keys, "receipt", QYRAN_KEY_RECEIPT);
	ret->recipients[0] = make_key(keys, "police", QYRAN_KEY_RECIPIENT);
	ret->recipients[1] = make_key(keys, "court", QYRAN_KEY_RECIPIENT);
	sample_bundle(directory, ret, 1);
}

void sample_authority_free(struct sample_keys *keys)
{
	qyran_keys_free(keys->root);
	qyran_keys_free(keys->receipt);
	qyran_keys_free(keys->recipients[0]);
	qyran_keys_free(keys->recipients[1]);
}

void sample_config(const char *directory, const char *id, struct qyran_config *ret)
{
	static const struct qyran_road_point survey[] = {
		{ 100.5, 500, -5000, 8000 }, { 860.25, 500, 5000, 8000 }, { 300, 200, -5000, 30000 }, { 660, 200, 5000, 30000 },
	};

	memset(ret, 0, sizeof *ret);
	snprintf(ret->camera.id, sizeof ret->camera.id, "%s", id);
	snprintf(ret->camera.region, sizeof ret->camera.region, "almaty");
	snprintf(ret->camera.namespace, sizeof ret->camera.namespace, "qyran");
	snprintf(ret->camera.place, sizeof ret->camera.place, "Abai & Dostyk <crossing>");
	ret->camera.latitude_e7 = 432380000;
	ret->camera.longitude_e7 = 768890000;
	snprintf(ret->camera.state, sizeof ret->camera.state, "%s/state-%s", directory, id);
	memcpy(ret->road.points, survey, sizeof survey);
	ret->road.point_count = sizeof survey / sizeof *survey;
	ret->road.camera_y_mm = -2000;
	ret->road.camera_height_mm = 6000;
	ret->road.plate_height_mm = 550;
	snprintf(ret->seal.bundle, sizeof ret->seal.bundle, "%s/bundle", directory);
	snprintf(ret->seal.root, sizeof ret->seal.root, "%s/keys/root.pub", directory);
	snprintf(ret->publisher.path, sizeof ret->publisher.path, "%s/out", directory);
	memset(ret->hash, 0x5a, sizeof ret->hash);
}

static void add_picture(struct qyran_violation *v, enum qyran_evidence_kind kind, uint32_t width, uint32_t height, uint32_t seed)
{
	struct qyran_evidence *evidence = &v->evidence[v->evidence_count];
	uint8_t *pixels = malloc((size_t)width * height * 2);
	uint32_t noise = seed * 2654435761u + 1;

	must(pixels != NULL, "memory");
	for (size_t i = 0; i < (size_t)width * height; i++) {
		noise = noise * 1664525u + 1013904223u;
		pixels[2 * i] = (uint8_t)(16 + (i % width) * 100 / width + (noise >> 25));
		pixels[2 * i + 1] = 128;
	}
	must(qyran_evidence_encode(pixels, width, height, width * 2, 85, evidence) == 0, "JPEG");
	free(pixels);
	evidence->kind = kind;
	evidence->frame = 100 + v->evidence_count;
	evidence->time_ns = v->time_ns + v->evidence_count;
	v->evidence_count++;
}

void sample_violation(uint32_t number, uint32_t pixels, struct qyran_violation *ret)
{
	memset(ret, 0, sizeof *ret);
	ret->rule = (enum qyran_rule)(QYRAN_RULE_SPEED + number % (QYRAN_RULES - QYRAN_RULE_SPEED));
	ret->track_first_ns = EPOCH_NS + number * 1000000000ull;
	ret->time_ns = ret->track_first_ns + 400000000;
	ret->time_uncertainty_ns = 20000;
	ret->time_synced = number % 2;
	ret->lane = 1 + (int)(number % 3);
	ret->logic_version = 0x10000;
	ret->plate.status = QYRAN_READING_READ;
	ret->plate.length = (uint8_t)snprintf(ret->plate.text, sizeof ret->plate.text, "%03uABC%02u", number % 1000, number % 18);
	ret->plate.rows = 1;
	ret->plate.confidence = 987;
	for (size_t i = 0; i < ret->plate.length; i++)
		ret->plate.character_confidence[i] = (uint16_t)(990 + i);
	snprintf(ret->plate.format, sizeof ret->plate.format, "kz-2012");
	ret->speed_cmh = ret->rule == QYRAN_RULE_STANDING ? 0 : (int32_t)(7000 + 100 * number);
	ret->speed_u95_cmh = 120;
	if (ret->rule == QYRAN_RULE_SPEED) {
		ret->limit_kmh = 60;
		ret->tolerance_kmh = 5;
	}
	ret->signal_since_ns = ret->time_ns - 1500000000;
	ret->standing_ms = 2500;
	ret->point_count = 40;
	for (size_t i = 0; i < ret->point_count; i++) {
		struct qyran_track_point *point = &ret->points[i];

		point->time_ns = ret->track_first_ns + 40000000 * i;
		point->frame = 90 + i;
		point->u16 = (int32_t)(8000 + 10 * i);
		point->v16 = (int32_t)(2000 + 100 * i);
		point->x_mm = -1500 + (int32_t)i;
		point->y_mm = 30000 - (int32_t)(700 * i);
		point->plate = i % 3 != 0;
	}
	add_picture(ret, QYRAN_EVIDENCE_FRAME, pixels, pixels / 16 * 9, number);
	add_picture(ret, QYRAN_EVIDENCE_FRAME, pixels, pixels / 16 * 9, number + 1000);
	add_picture(ret, QYRAN_EVIDENCE_PLATE, 96, 32, number);
}
