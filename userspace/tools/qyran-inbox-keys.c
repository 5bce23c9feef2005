/* SPDX-License-Identifier: Apache-2.0 */
/* keygen, bundle, enroll. */
#include "qyran-inbox.h"

#include "qyrand/bundle.h"
#include "qyrand/files.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ERROR_BYTES 4352

static bool make_directory(const char *path)
{
	int code = qyran_files_make_directory(path, 0700);

	if (code)
		fprintf(stderr, "qyran-inbox: %s: cannot make the directory: %s\n", path, strerror(-code));
	return code == 0;
}

static bool make_key(const char *directory, const char *base, enum qyran_key_kind kind, const char *name)
{
	char error[ERROR_BYTES];
	int code = qyran_keys_make(directory, base, kind, name, error, sizeof error);

	if (code == 0)
		printf("made %s/%s.key\n", directory, base);
	else if (code == -EEXIST)
		printf("kept %s/%s.key\n", directory, base);
	else
		fprintf(stderr, "qyran-inbox: %s\n", error);
	return code == 0 || code == -EEXIST;
}

int inbox_keygen(const struct inbox_options *options)
{
	const char *directory = options->arguments[0];
	const char *recipient = options->recipient ? options->recipient : "authority";
	char recipients[PATH_MAX], cameras[PATH_MAX];

	if (!qyran_message_name(recipient)) {
		fprintf(stderr, "qyran-inbox: --recipient %s: 1 to 63 of A-Z a-z 0-9 - _ . are allowed\n", recipient);
		return INBOX_UNUSABLE;
	}
	snprintf(recipients, sizeof recipients, "%s/recipients", directory);
	snprintf(cameras, sizeof cameras, "%s/cameras", directory);
	if (!make_directory(directory) || !make_directory(recipients) || !make_directory(cameras) ||
	    !make_key(directory, "root", QYRAN_KEY_ROOT, "root") || !make_key(directory, "receipt", QYRAN_KEY_RECEIPT, "receipt") ||
	    !make_key(recipients, recipient, QYRAN_KEY_RECIPIENT, recipient))
		return INBOX_UNUSABLE;
	return INBOX_SOUND;
}

static int by_name(const struct dirent **left, const struct dirent **right)
{
	return strcmp((*left)->d_name, (*right)->d_name);
}

static int is_public(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 4 && strcmp(entry->d_name + length - 4, ".pub") == 0;
}

static bool take_recipients(const char *directory, struct qyran_bundle *bundle)
{
	char folder[PATH_MAX], path[PATH_MAX], error[ERROR_BYTES];
	struct dirent **entries;
	bool fine = true;
	int count;

	snprintf(folder, sizeof folder, "%s/recipients", directory);
	count = scandir(folder, &entries, is_public, by_name);
	if (count < 0) {
		fprintf(stderr, "qyran-inbox: %s: %s; run qyran-inbox keygen first\n", folder, strerror(errno));
		return false;
	}
	if (count == 0 || count > (int)QYRAN_RECIPIENTS_MAX) {
		fprintf(stderr, "qyran-inbox: %s: holds %d public keys, 1 to %u are allowed\n", folder, count, QYRAN_RECIPIENTS_MAX);
		fine = false;
	}
	for (int i = 0; i < count; i++) {
		if (fine && snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name) < (int)sizeof path &&
		    qyran_keys_load_public(path, QYRAN_KEY_RECIPIENT, &bundle->recipients[i], error, sizeof error) < 0) {
			fprintf(stderr, "qyran-inbox: %s\n", error);
			fine = false;
		}
		free(entries[i]);
	}
	free(entries);
	bundle->recipient_count = fine ? (size_t)count : 0;
	return fine;
}

/* The latest version is kept beside the keys, so that bundles rise by themselves. */
static uint64_t next_version(const char *directory)
{
	char path[PATH_MAX];
	uint8_t *text;
	size_t size;
	uint64_t last = 0;

	snprintf(path, sizeof path, "%s/bundle-version", directory);
	if (qyran_files_read(path, 32, &text, &size) == 0) {
		last = strtoull((char *)text, NULL, 10);
		free(text);
	}
	return last + 1;
}

static int write_bundle(const char *directory, const char *out, const struct qyran_bundle *bundle, const uint8_t *bytes, size_t size)
{
	char where[PATH_MAX], name[PATH_MAX], version[32];
	int code, length = snprintf(version, sizeof version, "%" PRIu64 "\n", bundle->version);

	snprintf(where, sizeof where, "%s", out);
	snprintf(name, sizeof name, "%s", out);
	code = qyran_files_replace(directory, "bundle-version", (const uint8_t *)version, (size_t)length, 0644);
	if (!code)
		code = qyran_files_replace(dirname(where), basename(name), bytes, size, 0644);
	if (code)
		fprintf(stderr, "qyran-inbox: %s: cannot write the bundle: %s\n", out, code == -EINVAL ? "it is there and is no file" : strerror(-code));
	return code;
}

int inbox_bundle(const struct inbox_options *options)
{
	const char *directory = options->arguments[0], *out = options->arguments[1];
	struct qyran_bundle bundle = { .receipt_count = 1 };
	struct qyran_secret_key *root = NULL;
	char path[PATH_MAX], error[ERROR_BYTES] = "";
	uint8_t *bytes = NULL;
	size_t size;
	int code;

	bundle.version = options->version ? options->version : next_version(directory);
	if (!take_recipients(directory, &bundle))
		return INBOX_UNUSABLE;
	snprintf(path, sizeof path, "%s/receipt.pub", directory);
	code = qyran_keys_load_public(path, QYRAN_KEY_RECEIPT, &bundle.receipts[0], error, sizeof error);
	snprintf(path, sizeof path, "%s/root.key", directory);
	if (!code)
		code = qyran_keys_load(path, QYRAN_KEY_ROOT, &root, error, sizeof error);
	if (code) {
		fprintf(stderr, "qyran-inbox: %s\n", error);
		return INBOX_UNUSABLE;
	}
	code = qyran_bundle_make(&bundle, root, &bytes, &size);
	qyran_keys_free(root);
	if (code) {
		fprintf(stderr, "qyran-inbox: cannot sign the bundle: %s\n", strerror(-code));
		return INBOX_UNUSABLE;
	}
	code = write_bundle(directory, out, &bundle, bytes, size);
	free(bytes);
	if (code)
		return INBOX_UNUSABLE;
	printf("bundle version %" PRIu64 ", %zu recipients, in %s\n", bundle.version, bundle.recipient_count, out);
	return INBOX_SOUND;
}

int inbox_enroll(const struct inbox_options *options)
{
	const char *directory = options->arguments[0];
	struct qyran_public_key key, old;
	char cameras[PATH_MAX], path[PATH_MAX], file[QYRAN_KEY_NAME_MAX + 8], error[ERROR_BYTES];
	int code = qyran_keys_load_public(options->arguments[1], QYRAN_KEY_CAMERA, &key, error, sizeof error);

	if (code) {
		fprintf(stderr, "qyran-inbox: %s\n", error);
		return INBOX_UNUSABLE;
	}
	if (snprintf(cameras, sizeof cameras, "%s/cameras", directory) >= (int)(sizeof cameras - sizeof file) || !make_directory(cameras))
		return INBOX_UNUSABLE;
	snprintf(file, sizeof file, "%s.pub", key.name);
	snprintf(path, sizeof path, "%s/cameras/%s", directory, file);
	if (qyran_keys_load_public(path, QYRAN_KEY_CAMERA, &old, error, sizeof error) == 0) {
		if (memcmp(old.bytes, key.bytes, sizeof key.bytes) == 0) {
			printf("camera %s is enrolled\n", key.name);
			return INBOX_SOUND;
		}
		if (!options->replace) {
			fprintf(stderr, "qyran-inbox: %s: camera %s is enrolled with another key; if it was renewed, say --replace\n", path,
				key.name);
			return INBOX_FAULTS;
		}
	}
	if (qyran_keys_save_public(cameras, file, QYRAN_KEY_CAMERA, &key, error, sizeof error) < 0) {
		fprintf(stderr, "qyran-inbox: %s\n", error);
		return INBOX_UNUSABLE;
	}
	printf("camera %s is enrolled\n", key.name);
	return INBOX_SOUND;
}
