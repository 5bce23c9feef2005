/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a configuration before they mean anything: section, key, value, and where each was written. */
#ifndef QYRAN_CONFIG_SOURCE_H
#define QYRAN_CONFIG_SOURCE_H

#include <stddef.h>
#include <stdint.h>

struct qyran_config_entry {
	char section[50], key[50];	/* no key: the section's own line */
	char *value;
	unsigned int line;
};

struct qyran_config_source {
	const char *path;
	char *error;
	size_t error_size;
	struct qyran_config_entry *entries;
	size_t count, room;
	uint8_t hash[32];		/* BLAKE2b of the bytes */
};

/**
 * qyran_config_read() - reads the lines of @source->path; sections and keys that stand twice are refused.
 * The caller sets path, error and error_size, the rest zero, and calls qyran_config_forget() in any case.
 * Returns 0, or a negative errno with one line in the error.
 */
int qyran_config_read(struct qyran_config_source *source);
void qyran_config_forget(struct qyran_config_source *source);

/** qyran_config_find() - an entry; @key "": the section itself. NULL when it is not there. */
const struct qyran_config_entry *qyran_config_find(const struct qyran_config_source *source, const char *section, const char *key);

/** qyran_config_refuse() - writes `FILE:LINE: [section] key: …`; @section or @key may be NULL. Returns -EINVAL. */
__attribute__((format(printf, 5, 6)))
int qyran_config_refuse(struct qyran_config_source *source, unsigned int line, const char *section, const char *key, const char *format, ...);

struct qyran_config;

/** qyran_config_check() - finds contradictions between keys that are each allowed. Returns 0 or -EINVAL with the error. */
int qyran_config_check(struct qyran_config_source *source, const struct qyran_config *config);

#endif
