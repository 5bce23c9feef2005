/* SPDX-License-Identifier: Apache-2.0 */
/* An authority, a camera's configuration and violations to seal, for tests. */
#ifndef QYRAN_TESTS_SAMPLE_H
#define QYRAN_TESTS_SAMPLE_H

#include "qyrand/bundle.h"
#include "qyrand/outbox.h"

struct sample_keys {
	struct qyran_secret_key *root, *receipt, *recipients[2];
};

/** sample_directory() - a fresh directory below build/tests; ends the program when it cannot be made. */
void sample_directory(char path[512], const char *name);
void sample_remove(const char *path);

/** sample_authority() - makes root, receipt and two recipients in @directory/keys, and @directory/bundle, version 1. */
void sample_authority(const char *directory, struct sample_keys *ret);
void sample_authority_free(struct sample_keys *keys);

/** sample_bundle() - writes @directory/bundle again with another version. */
void sample_bundle(const char *directory, const struct sample_keys *keys, uint64_t version);

/** sample_config() - of camera @id: state in @directory/state-@id, publisher a folder, @directory/out. */
void sample_config(const char *directory, const char *id, struct qyran_config *ret);

/**
 * sample_violation() - the @number-th violation: all six kinds in turn, two frames and a plate's crop; the same number gives the same.
 * @pixels: width of the frames; larger ones give larger JPEGs. To be cleared.
 */
void sample_violation(uint32_t number, uint32_t pixels, struct qyran_violation *ret);

#endif
