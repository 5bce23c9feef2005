/* SPDX-License-Identifier: Apache-2.0 */
#include "keys.h"

#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_BYTES 256u

static const char *const kind_names[] = { "camera", "root", "receipt", "recipient" };

static int fail(int code, char *error, size_t error_size, const char *path, const char *what)
{
	snprintf(error, error_size, "%s: %s", path, what);
	return code;
}

static int format_line(enum qyran_key_kind kind, const char *half, const char *name, const uint8_t key[32], char line[LINE_MAX_BYTES])
{
	char hex[65];
	int length;

	sodium_bin2hex(hex, sizeof hex, key, 32);
	length = snprintf(line, LINE_MAX_BYTES, "qyran-%s-%s %s %s\n", kind_names[kind], half, name, hex);
	sodium_memzero(hex, sizeof hex);
	return length;
}

static int parse_line(char *line, enum qyran_key_kind kind, const char *half, char ret_name[QYRAN_KEY_NAME_MAX], uint8_t ret_key[32],
		      const char **ret_why)
{
	char want[48];
	char *name, *hex, *rest;
	size_t length;

	snprintf(want, sizeof want, "qyran-%s-%s ", kind_names[kind], half);
	*ret_why = "is not a key of the kind that is needed here";
	if (strncmp(line, want, strlen(want)) != 0)
		return -EINVAL;
	name = line + strlen(want);
	hex = strchr(name, ' ');
	*ret_why = "is damaged: one line `qyran-KIND-HALF NAME HEX` is expected";
	if (!hex)
		return -EINVAL;
	*hex++ = 0;
	rest = hex + strcspn(hex, "\n");
	if (strcmp(rest, "\n") != 0 || !qyran_message_name(name))
		return -EINVAL;
	if (sodium_hex2bin(ret_key, 32, hex, (size_t)(rest - hex), NULL, &length, NULL) != 0 || length != 32 || rest - hex != 64)
		return -EINVAL;
	snprintf(ret_name, QYRAN_KEY_NAME_MAX, "%s", name);
	return 0;
}

static void derive(enum qyran_key_kind kind, const uint8_t seed[32], uint8_t public_key[32], uint8_t *secret)
{
	if (kind == QYRAN_KEY_RECIPIENT)
		crypto_box_seed_keypair(public_key, secret, seed);
	else
		crypto_sign_seed_keypair(public_key, secret, seed);
}

static size_t secret_size(enum qyran_key_kind kind)
{
	return kind == QYRAN_KEY_RECIPIENT ? crypto_box_SECRETKEYBYTES : crypto_sign_SECRETKEYBYTES;
}

int qyran_keys_make(const char *directory, const char *base, enum qyran_key_kind kind, const char *name, char *error, size_t error_size)
{
	struct qyran_public_key public = { .name = "" };
	char path[4096], file[QYRAN_KEY_NAME_MAX + 8];
	uint8_t *seed, *secret;
	char *line;
	int code, length;

	snprintf(path, sizeof path, "%s/%s.key", directory, base);
	if (!qyran_message_name(name))
		return fail(-EINVAL, error, error_size, path, "the key's name may have 1 to 63 of A-Z a-z 0-9 - _ .");
	if (sodium_init() < 0)
		return fail(-EIO, error, error_size, path, "libsodium does not start");
	seed = sodium_malloc(32);
	secret = sodium_malloc(secret_size(kind));
	line = sodium_malloc(LINE_MAX_BYTES);
	if (!seed || !secret || !line) {
		code = fail(-ENOMEM, error, error_size, path, "no memory for a key");
		goto out;
	}
	randombytes_buf(seed, 32);
	derive(kind, seed, public.bytes, secret);
	length = format_line(kind, "secret", name, seed, line);
	snprintf(file, sizeof file, "%s.key", base);
	code = qyran_files_create(directory, file, (const uint8_t *)line, (size_t)length, 0600);
	if (code) {
		fail(code, error, error_size, path, code == -EEXIST ? "is there already; a key is never replaced" : strerror(-code));
		goto out;
	}
	snprintf(public.name, sizeof public.name, "%s", name);
	snprintf(file, sizeof file, "%s.pub", base);
	code = qyran_keys_save_public(directory, file, kind, &public, error, error_size);
out:
	sodium_free(seed);
	sodium_free(secret);
	sodium_free(line);
	return code;
}

static int read_secret_line(const char *path, char *line, char *error, size_t error_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	ssize_t got;
	int code = 0;

	if (fd < 0) {
		code = -errno;
		snprintf(error, error_size, "%s: the secret key cannot be opened: %s", path, strerror(-code));
		return code;
	}
	if (fstat(fd, &status) < 0) {
		code = fail(-errno, error, error_size, path, strerror(errno));
	} else if (!S_ISREG(status.st_mode)) {
		code = fail(-EINVAL, error, error_size, path, "is no regular file");
	} else if (status.st_mode & 077) {
		code = fail(-EPERM, error, error_size, path, "others may read this secret; run chmod 600 on it");
	} else {
		got = read(fd, line, LINE_MAX_BYTES - 1);
		if (got < 0)
			code = fail(-errno, error, error_size, path, strerror(errno));
		else
			line[got] = 0;
	}
	close(fd);
	return code;
}

int qyran_keys_load(const char *path, enum qyran_key_kind kind, struct qyran_secret_key **ret, char *error, size_t error_size)
{
	struct qyran_secret_key *key = NULL;
	uint8_t *seed = NULL;
	const char *why;
	char *line = NULL;
	int code;

	if (sodium_init() < 0)
		return fail(-EIO, error, error_size, path, "libsodium does not start");
	key = calloc(1, sizeof *key);
	line = sodium_malloc(LINE_MAX_BYTES);
	seed = sodium_malloc(32);
	if (key)
		key->bytes = sodium_malloc(secret_size(kind));
	if (!key || !key->bytes || !line || !seed) {
		code = fail(-ENOMEM, error, error_size, path, "no memory for a key");
		goto out;
	}
	code = read_secret_line(path, line, error, error_size);
	if (code)
		goto out;
	code = parse_line(line, kind, "secret", key->public.name, seed, &why);
	if (code) {
		fail(code, error, error_size, path, why);
		goto out;
	}
	key->kind = kind;
	derive(kind, seed, key->public.bytes, key->bytes);
	qyran_message_key_id(key->public.bytes, key->public.id);
	*ret = key;
	key = NULL;
out:
	sodium_free(seed);
	sodium_free(line);
	qyran_keys_free(key);
	return code;
}

void qyran_keys_free(struct qyran_secret_key *key)
{
	if (!key)
		return;
	sodium_free(key->bytes);
	free(key);
}

int qyran_keys_load_public(const char *path, enum qyran_key_kind kind, struct qyran_public_key *ret, char *error, size_t error_size)
{
	struct qyran_public_key key;
	const char *why;
	uint8_t *line;
	size_t size;
	int code;

	code = qyran_files_read(path, LINE_MAX_BYTES, &line, &size);
	if (code == -EFBIG || code == -EINVAL)
		return fail(code, error, error_size, path, "is no key: a file of one line `qyran-KIND-public NAME HEX` is expected");
	if (code) {
		snprintf(error, error_size, "%s: the %s's public key cannot be read: %s", path, kind_names[kind], strerror(-code));
		return code;
	}
	code = strlen((char *)line) == size ? 0 : -EINVAL;
	why = "is damaged: it holds a 0 byte";
	if (!code)
		code = parse_line((char *)line, kind, "public", key.name, key.bytes, &why);
	free(line);
	if (code)
		return fail(code, error, error_size, path, why);
	qyran_message_key_id(key.bytes, key.id);
	*ret = key;
	return 0;
}

int qyran_keys_save_public(const char *directory, const char *file, enum qyran_key_kind kind, const struct qyran_public_key *key,
			   char *error, size_t error_size)
{
	char line[LINE_MAX_BYTES];
	int length = format_line(kind, "public", key->name, key->bytes, line);
	int code = qyran_files_replace(directory, file, (const uint8_t *)line, (size_t)length, 0644);

	if (code)
		snprintf(error, error_size, "%s/%s: %s", directory, file, strerror(-code));
	return code;
}
