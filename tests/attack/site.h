/* SPDX-License-Identifier: Apache-2.0 */
/* What the attacks on sealing work on: an authority, two cameras, and a chain of records of the first. */
#ifndef QYRAN_TESTS_ATTACK_SITE_H
#define QYRAN_TESTS_ATTACK_SITE_H

#include "qyrand/seal.h"
#include "tests/unit/sample.h"

#define RECORDS 4

struct blob {
	uint8_t *bytes;
	size_t size;
};

struct attack_site {
	char directory[512];
	struct sample_keys authority;
	struct qyran_secret_key *camera, *other_camera;		/* KZ-1, KZ-2 */
	struct qyran_bundle bundle;
	struct blob records[RECORDS];				/* of camera, epoch 7 */
	uint8_t hashes[RECORDS][QYRAN_HASH_BYTES];		/* of their headers */
};

extern struct attack_site site;

/** attack_site_open() - Returns false when it cannot be made. */
bool attack_site_open(const char *name);
void attack_site_close(void);

/** attack_site_seal() - the @number-th sample violation, sealed with @key. @previous: NULL for the first of a chain. */
struct blob attack_site_seal(const struct qyran_secret_key *key, uint32_t number, uint64_t epoch, uint64_t sequence, const uint8_t *previous,
			     uint8_t ret_hash[QYRAN_HASH_BYTES]);

#endif
