/* SPDX-License-Identifier: Apache-2.0 */
#include "site.h"

#include "qyrand/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct attack_site site;

static struct qyran_secret_key *make_camera(const char *base, const char *id)
{
	struct qyran_secret_key *key = NULL;
	char path[600], error[1024];

	if (qyran_keys_make(site.directory, base, QYRAN_KEY_CAMERA, id, error, sizeof error) < 0)
		return NULL;
	snprintf(path, sizeof path, "%s/%s.key", site.directory, base);
	qyran_keys_load(path, QYRAN_KEY_CAMERA, &key, error, sizeof error);
	return key;
}

struct blob attack_site_seal(const struct qyran_secret_key *key, uint32_t number, uint64_t epoch, uint64_t sequence, const uint8_t *previous,
			     uint8_t ret_hash[QYRAN_HASH_BYTES])
{
	struct qyran_seal_link link = { .epoch = epoch, .sequence = sequence };
	struct qyran_violation violation;
	struct qyran_config config;
	struct blob plain, sealed = { NULL, 0 };

	if (previous)
		memcpy(link.previous_hash, previous, QYRAN_HASH_BYTES);
	sample_config(site.directory, key->public.name, &config);
	sample_violation(number, 64, &violation);
	if (qyran_pack_violation(&config, &violation, &plain.bytes, &plain.size) == 0) {
		qyran_seal(key, &site.bundle, &link, plain.bytes, plain.size, &sealed.bytes, &sealed.size, ret_hash);
		free(plain.bytes);
	}
	qyran_violation_clear(&violation);
	return sealed;
}

bool attack_site_open(const char *name)
{
	char root[600], error[1024];
	struct qyran_public_key root_key;

	sample_directory(site.directory, name);
	sample_authority(site.directory, &site.authority);
	snprintf(root, sizeof root, "%s/bundle", site.directory);
	root_key = site.authority.root->public;
	if (qyran_bundle_load(root, &root_key, &site.bundle, error, sizeof error) < 0)
		return false;
	site.camera = make_camera("camera", "KZ-1");
	site.other_camera = make_camera("other", "KZ-2");
	for (uint32_t i = 0; i < RECORDS; i++)
		site.records[i] = attack_site_seal(site.camera, i, 7, i + 1, i ? site.hashes[i - 1] : NULL, site.hashes[i]);
	return site.camera && site.other_camera && site.records[RECORDS - 1].bytes;
}

void attack_site_close(void)
{
	for (size_t i = 0; i < RECORDS; i++)
		free(site.records[i].bytes);
	qyran_keys_free(site.camera);
	qyran_keys_free(site.other_camera);
	sample_authority_free(&site.authority);
	sample_remove(site.directory);
}
