/* SPDX-License-Identifier: Apache-2.0 */
/* Finds sealed files and heartbeats, verifies them and walks their chains. */
#include "qyran-inbox.h"

#include "qyrand/files.h"
#include "qyrand/heartbeat.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ERROR_BYTES 4352
#define NOTES_MAX 1000		/* a station that runs for years is sent more than one reads */

static void *must(void *memory)
{
	if (memory)
		return memory;
	fprintf(stderr, "qyran-inbox: no memory\n");
	exit(INBOX_UNUSABLE);
}

/* Names of files and topics are others': what could steer a terminal is shown as a question mark. */
static void note(struct inbox *inbox, char *line, bool print)
{
	for (char *at = line; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	if (print)
		fprintf(stderr, "%s\n", line);
	if (inbox->note_count == NOTES_MAX)
		return;
	inbox->notes = must(realloc(inbox->notes, (inbox->note_count + 1) * sizeof *inbox->notes));
	inbox->notes[inbox->note_count++] = must(strdup(line));
}

void inbox_refuse(struct inbox *inbox, const char *path, const char *format, ...)
{
	char line[PATH_MAX + ERROR_BYTES];
	va_list arguments;
	int used = snprintf(line, sizeof line, "%s: refused: ", path);

	va_start(arguments, format);
	vsnprintf(line + used, sizeof line - (size_t)used, format, arguments);
	va_end(arguments);
	inbox->refused++;
	note(inbox, line, true);
}

static bool camera_key(struct inbox *inbox, const char *path, const char *camera, struct qyran_public_key *ret)
{
	char file[PATH_MAX], error[ERROR_BYTES];
	int code;

	snprintf(file, sizeof file, "%s/cameras/%s.pub", inbox->options->keys, camera);
	code = qyran_keys_load_public(file, QYRAN_KEY_CAMERA, ret, error, sizeof error);
	if (code == -ENOENT)
		inbox_refuse(inbox, path, "camera %s is not enrolled; run qyran-inbox enroll with its camera.pub", camera);
	else if (code)
		inbox_refuse(inbox, path, "%s", error);
	else if (strcmp(ret->name, camera) != 0)
		inbox_refuse(inbox, path, "%s holds the key of another camera", file);
	else
		return true;
	return false;
}

bool inbox_verify_bytes(struct inbox *inbox, const char *path, const uint8_t *bytes, size_t size, struct qyran_sealed *ret)
{
	struct qyran_public_key key;
	int code = qyran_sealed_parse(bytes, size, ret);

	if (code) {
		inbox_refuse(inbox, path, "%s", code == -EBADMSG ? "is damaged or not a sealed record" : strerror(-code));
		return false;
	}
	if (camera_key(inbox, path, ret->camera, &key)) {
		code = qyran_sealed_verify(ret, &key);
		if (code == 0)
			return true;
		inbox_refuse(inbox, path, "%s", code == -EBADMSG ? "the camera did not sign this" : strerror(-code));
	}
	qyran_sealed_clear(ret);
	return false;
}

static bool read_file(struct inbox *inbox, const char *path, size_t limit, uint8_t **ret, size_t *ret_size)
{
	int code = qyran_files_read(path, limit, ret, ret_size);

	if (code == -EFBIG)
		inbox_refuse(inbox, path, "is larger than %zu bytes", limit);
	else if (code == -EINVAL)
		inbox_refuse(inbox, path, "is no file");
	else if (code)
		inbox_refuse(inbox, path, "cannot be read: %s", strerror(-code));
	return code == 0;
}

static void take_sealed(struct inbox *inbox, const char *path, const char *folder)
{
	struct inbox_record *record;
	struct qyran_sealed sealed;
	uint8_t *bytes;
	size_t size;
	bool good;

	inbox->files++;
	if (!read_file(inbox, path, QYRAN_SEALED_MAX, &bytes, &size))
		return;
	good = inbox_verify_bytes(inbox, path, bytes, size, &sealed);
	free(bytes);
	if (!good)
		return;
	if (inbox->count == inbox->room) {
		inbox->room = inbox->room ? 2 * inbox->room : 64;
		inbox->records = must(realloc(inbox->records, inbox->room * sizeof *inbox->records));
	}
	record = &inbox->records[inbox->count++];
	record->path = must(strdup(path));
	record->folder = folder;
	memcpy(record->chain.camera, sealed.camera, sizeof record->chain.camera);
	record->chain.epoch = sealed.epoch;
	record->chain.sequence = sealed.sequence;
	memcpy(record->chain.header_hash, sealed.header_hash, QYRAN_HASH_BYTES);
	memcpy(record->chain.previous_hash, sealed.previous_hash, QYRAN_HASH_BYTES);
	qyran_sealed_clear(&sealed);
}

static void take_heartbeat(struct inbox *inbox, const char *path)
{
	struct qyran_heartbeat heartbeat;
	struct qyran_public_key key;
	struct qyran_chain_head *head;
	uint8_t *bytes;
	size_t size;
	bool good;

	if (!read_file(inbox, path, QYRAN_HEARTBEAT_MAX, &bytes, &size))
		return;
	good = qyran_heartbeat_parse(bytes, size, NULL, &heartbeat) == 0;
	if (!good)
		inbox_refuse(inbox, path, "is damaged or not a heartbeat");
	else if (!camera_key(inbox, path, heartbeat.camera, &key))
		good = false;
	else if (qyran_heartbeat_parse(bytes, size, &key, &heartbeat) < 0) {
		inbox_refuse(inbox, path, "the camera did not sign this");
		good = false;
	}
	free(bytes);
	if (!good)
		return;
	if (inbox->head_count == inbox->head_room) {
		inbox->head_room = inbox->head_room ? 2 * inbox->head_room : 16;
		inbox->heads = must(realloc(inbox->heads, inbox->head_room * sizeof *inbox->heads));
	}
	head = &inbox->heads[inbox->head_count++];
	memcpy(head->camera, heartbeat.camera, sizeof head->camera);
	head->epoch = heartbeat.epoch;
	head->sequence = heartbeat.sequence;
	memcpy(head->hash, heartbeat.head_hash, QYRAN_HASH_BYTES);
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length > end_length && strcmp(text + length - end_length, end) == 0;
}

static int wanted(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && (ends_with(entry->d_name, ".sealed") || ends_with(entry->d_name, ".heartbeat"));
}

static int by_name(const struct dirent **left, const struct dirent **right)
{
	return strcmp((*left)->d_name, (*right)->d_name);
}

/* The last part of a folder's path, also of "." and of one that ends in a slash. */
static const char *folder_name(struct inbox *inbox, const char *path)
{
	char *real = realpath(path, NULL);
	const char *text = real ? real : path;
	const char *slash = strrchr(text, '/');

	inbox->folders = must(realloc(inbox->folders, (inbox->folder_count + 1) * sizeof *inbox->folders));
	inbox->folders[inbox->folder_count] = must(strdup(slash ? slash + 1 : text));
	free(real);
	return inbox->folders[inbox->folder_count++];
}

static bool take_folder(struct inbox *inbox, const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, wanted, by_name);
	const char *name;

	if (count < 0) {
		fprintf(stderr, "qyran-inbox: %s: %s\n", folder, strerror(errno));
		return false;
	}
	name = folder_name(inbox, folder);
	for (int i = 0; i < count; i++) {
		char path[PATH_MAX + NAME_MAX + 2];

		snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		if (ends_with(path, ".heartbeat"))
			take_heartbeat(inbox, path);
		else
			take_sealed(inbox, path, name);
		free(entries[i]);
	}
	free(entries);
	return true;
}

static int compare(const void *left, const void *right)
{
	const struct inbox_record *a = left, *b = right;
	int order = strcmp(a->chain.camera, b->chain.camera);

	if (order)
		return order;
	if (a->chain.epoch != b->chain.epoch)
		return a->chain.epoch < b->chain.epoch ? -1 : 1;
	if (a->chain.sequence != b->chain.sequence)
		return a->chain.sequence < b->chain.sequence ? -1 : 1;
	order = memcmp(a->chain.header_hash, b->chain.header_hash, QYRAN_HASH_BYTES);
	return order ? order : strcmp(a->path, b->path);
}

/* What came twice counts once. */
static void drop_repeats(struct inbox *inbox)
{
	size_t kept = 0;

	for (size_t i = 0; i < inbox->count; i++) {
		struct inbox_record *here = &inbox->records[i];

		if (kept && memcmp(inbox->records[kept - 1].chain.header_hash, here->chain.header_hash, QYRAN_HASH_BYTES) == 0) {
			free(here->path);
			inbox->files--;
		} else {
			inbox->records[kept++] = *here;
		}
	}
	inbox->count = kept;
}

static void on_finding(void *context, enum qyran_chain_finding finding, const char *camera, uint64_t epoch, uint64_t from, uint64_t to)
{
	struct inbox *inbox = context;
	char line[256], range[64];

	if (from == to)
		snprintf(range, sizeof range, "record %" PRIu64, from);
	else
		snprintf(range, sizeof range, "records %" PRIu64 " to %" PRIu64, from, to);
	static const char *const what[] = {
		[QYRAN_CHAIN_WHOLE] = "follow each other",
		[QYRAN_CHAIN_GAP] = "missing: taken away, or still in the camera's outbox",
		[QYRAN_CHAIN_FORK] = "there twice and different: the camera, or its key, was copied",
		[QYRAN_CHAIN_BROKEN] = "does not follow from the one before it",
		[QYRAN_CHAIN_TAIL] = "missing: the heartbeat names them, taken away or still in the camera's outbox",
		[QYRAN_CHAIN_HEAD] = "another one than the heartbeat names",
	};

	snprintf(line, sizeof line, "chain of %s, epoch %016" PRIx64 ": %s: %s", camera, epoch, range, what[finding]);
	note(inbox, line, finding != QYRAN_CHAIN_WHOLE);
	if (finding == QYRAN_CHAIN_WHOLE && !inbox->quiet)
		printf("%s\n", line);
}

static void check_chains(struct inbox *inbox)
{
	struct qyran_chain_record *chain = must(malloc((inbox->count + 1) * sizeof *chain));

	for (size_t i = 0; i < inbox->count; i++)
		chain[i] = inbox->records[i].chain;
	inbox->faults = qyran_chain_check(chain, inbox->count, inbox->heads, inbox->head_count, on_finding, inbox);
	free(chain);
	for (size_t i = 0; i < inbox->count; i++) {
		const struct qyran_chain_record *here = &inbox->records[i].chain;
		bool first = i == 0 || strcmp(inbox->records[i - 1].chain.camera, here->camera) != 0 ||
			     inbox->records[i - 1].chain.epoch != here->epoch;
		bool heard = false;
		char line[256];

		for (size_t j = 0; j < inbox->head_count; j++)
			heard |= strcmp(inbox->heads[j].camera, here->camera) == 0 && inbox->heads[j].epoch == here->epoch;
		if (!first || heard)
			continue;
		snprintf(line, sizeof line, "chain of %s, epoch %016" PRIx64 ": no heartbeat: a missing tail would not show", here->camera,
			 here->epoch);
		note(inbox, line, true);
	}
}

bool inbox_load(struct inbox *inbox)
{
	const struct inbox_options *options = inbox->options;
	bool fine = true;

	for (int i = 0; i < options->argument_count; i++) {
		const char *path = options->arguments[i];
		struct stat status;

		if (stat(path, &status) < 0) {
			fprintf(stderr, "qyran-inbox: %s: %s\n", path, strerror(errno));
			fine = false;
		} else if (S_ISDIR(status.st_mode)) {
			fine &= take_folder(inbox, path);
		} else if (ends_with(path, ".heartbeat")) {
			take_heartbeat(inbox, path);
		} else {
			take_sealed(inbox, path, "-");
		}
	}
	if (inbox->count)
		qsort(inbox->records, inbox->count, sizeof *inbox->records, compare);
	drop_repeats(inbox);
	check_chains(inbox);
	return fine;
}

void inbox_clear(struct inbox *inbox)
{
	for (size_t i = 0; i < inbox->count; i++)
		free(inbox->records[i].path);
	for (size_t i = 0; i < inbox->folder_count; i++)
		free(inbox->folders[i]);
	for (size_t i = 0; i < inbox->note_count; i++)
		free(inbox->notes[i]);
	for (size_t i = 0; i < inbox->recipient_count; i++)
		qyran_keys_free(inbox->recipients[i]);
	free(inbox->records);
	free(inbox->heads);
	free(inbox->folders);
	free(inbox->notes);
}

int inbox_status(const struct inbox *inbox)
{
	return inbox->refused || inbox->faults ? INBOX_FAULTS : INBOX_SOUND;
}

static int is_key(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && ends_with(entry->d_name, ".key");
}

size_t inbox_recipients(struct inbox *inbox)
{
	char folder[PATH_MAX], path[PATH_MAX + NAME_MAX + 2], error[ERROR_BYTES];
	struct dirent **entries;
	int count;

	snprintf(folder, sizeof folder, "%s/recipients", inbox->options->keys);
	count = scandir(folder, &entries, is_key, by_name);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		free(entries[i]);
		if (inbox->recipient_count == QYRAN_RECIPIENTS_MAX)
			continue;
		if (qyran_keys_load(path, QYRAN_KEY_RECIPIENT, &inbox->recipients[inbox->recipient_count], error, sizeof error) == 0)
			inbox->recipient_count++;
		else
			fprintf(stderr, "qyran-inbox: %s\n", error);
	}
	if (count >= 0)
		free(entries);
	return inbox->recipient_count;
}

static int decrypt(struct inbox *inbox, const struct qyran_sealed *sealed, uint8_t **ret, size_t *ret_size)
{
	int code = -ENOKEY;

	for (size_t i = 0; i < inbox->recipient_count && code == -ENOKEY; i++)
		code = qyran_sealed_open(sealed, inbox->recipients[i], ret, ret_size);
	return code;
}

Qyran__V1__Violation *inbox_open(struct inbox *inbox, const struct inbox_record *record, uint8_t **ret_plain, size_t *ret_size)
{
	Qyran__V1__Violation *violation = NULL;
	struct qyran_sealed sealed;
	const char *why = NULL;
	uint8_t *bytes, *plain;
	size_t size, plain_size;
	bool good;
	int code;

	if (!read_file(inbox, record->path, QYRAN_SEALED_MAX, &bytes, &size))
		return NULL;
	good = inbox_verify_bytes(inbox, record->path, bytes, size, &sealed);
	free(bytes);
	if (!good)
		return NULL;
	code = decrypt(inbox, &sealed, &plain, &plain_size);
	if (code) {
		inbox_refuse(inbox, record->path, "%s",
			     code == -ENOKEY ? "no key in recipients/ opens this; it was sealed for others" : "does not open: it is damaged inside");
		qyran_sealed_clear(&sealed);
		return NULL;
	}
	code = qyran_opened_parse(plain, plain_size, sealed.camera, &violation, &why);
	qyran_sealed_clear(&sealed);
	if (code) {
		inbox_refuse(inbox, record->path, "%s", why);
		violation = NULL;
	}
	if (!code && ret_plain) {
		*ret_plain = plain;
		*ret_size = plain_size;
	} else {
		sodium_memzero(plain, plain_size);
		free(plain);
	}
	return violation;
}
