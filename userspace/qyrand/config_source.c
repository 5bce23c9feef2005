/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/config_source.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (256 * 1024)
#define ENTRIES_MAX 512

struct reader {
	struct qyran_config_source *source;
	const char *at, *end;
	unsigned int line;
	int rc;
	char section[50];
};

int qyran_config_refuse(struct qyran_config_source *source, unsigned int line, const char *section, const char *key, const char *format, ...)
{
	char place[16] = "", what[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	if (line)
		snprintf(place, sizeof(place), "%u:", line);
	snprintf(source->error, source->error_size, "%s:%s%s%s%s%s%s%s %s", source->path, place, section ? " [" : "", section ? section : "",
		 section ? "]" : "", key ? " " : "", key ? key : "", section || key ? ":" : "", what);
	return -EINVAL;
}

const struct qyran_config_entry *qyran_config_find(const struct qyran_config_source *source, const char *section, const char *key)
{
	for (size_t i = 0; i < source->count; i++)
		if (strcmp(source->entries[i].section, section) == 0 && strcmp(source->entries[i].key, key) == 0)
			return &source->entries[i];
	return NULL;
}

static int keep(struct reader *reader, const char *key, const char *value)
{
	struct qyran_config_source *source = reader->source;
	const struct qyran_config_entry *before = qyran_config_find(source, reader->section, key);

	if (before)
		return qyran_config_refuse(source, reader->line, reader->section, *key ? key : NULL, "stands twice, first in line %u; keep one",
					   before->line);
	if (source->count == ENTRIES_MAX)
		return qyran_config_refuse(source, reader->line, NULL, NULL, "more than %d lines with keys", ENTRIES_MAX);
	if (source->count == source->room) {
		size_t room = source->room ? 2 * source->room : 64;
		void *more = realloc(source->entries, room * sizeof(*source->entries));

		if (!more)
			return -ENOMEM;
		source->entries = more;
		source->room = room;
	}

	struct qyran_config_entry *entry = &source->entries[source->count];

	*entry = (struct qyran_config_entry){ .value = strdup(value), .line = reader->line };
	if (!entry->value)
		return -ENOMEM;
	snprintf(entry->section, sizeof(entry->section), "%s", reader->section);
	snprintf(entry->key, sizeof(entry->key), "%s", key);
	source->count++;
	return 0;
}

/* A `[section]` line; inih itself does not tell of sections without keys. */
static void open_section(struct reader *reader, const char *line)
{
	size_t length = strcspn(line + 1, "]");

	if (!line[1 + length])
		return;
	if (length == 0 || length >= sizeof(reader->section)) {
		reader->rc = qyran_config_refuse(reader->source, reader->line, NULL, NULL, "no section has such a name");
		return;
	}
	memcpy(reader->section, line + 1, length);
	reader->section[length] = '\0';
	reader->rc = keep(reader, "", "");
}

/* One line for inih, without leading blanks: a line of its own whatever its indent. */
static char *next_line(char *line, int room, void *stream)
{
	struct reader *reader = stream;

	if (reader->rc < 0 || reader->at == reader->end)
		return NULL;

	const char *stop = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
	const char *begin = reader->at, *end = stop ? stop : reader->end;

	reader->at = stop ? stop + 1 : reader->end;
	reader->line++;
	if (reader->line == 1 && end - begin >= 3 && memcmp(begin, "\xef\xbb\xbf", 3) == 0)
		begin += 3;
	while (begin < end && (*begin == ' ' || *begin == '\t'))
		begin++;
	if (end - begin > room - 2) {
		reader->rc = qyran_config_refuse(reader->source, reader->line, NULL, NULL, "longer than %d bytes; use a path relative to this file", room - 2);
		return NULL;
	}
	memcpy(line, begin, (size_t)(end - begin));
	line[end - begin] = '\0';
	if (line[0] == '[')
		open_section(reader, line);
	if (reader->rc < 0)
		return NULL;
	return line;
}

static int take_key(void *user, const char *section, const char *key, const char *value)
{
	struct reader *reader = user;

	if (reader->rc == 0 && !*section)
		reader->rc = qyran_config_refuse(reader->source, reader->line, NULL, key, "stands before the first [section]");
	else if (reader->rc == 0 && !*key)
		reader->rc = qyran_config_refuse(reader->source, reader->line, section, NULL, "a line without a key; allowed: key=value");
	else if (reader->rc == 0)
		reader->rc = keep(reader, key, value);
	return 1;
}

static int read_file(struct qyran_config_source *source, char **ret, size_t *ret_size)
{
	int file = open(source->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat about;
	char *bytes = NULL;
	int rc = 0;

	if (file < 0 || fstat(file, &about) != 0) {
		rc = -errno;
		qyran_config_refuse(source, 0, NULL, NULL, "cannot be opened: %s; give a configuration file", strerror(-rc));
	} else if (!S_ISREG(about.st_mode) || about.st_size > FILE_MAX) {
		rc = qyran_config_refuse(source, 0, NULL, NULL, "not a file of at most %d KiB; give a configuration file", FILE_MAX / 1024);
	} else if (!(bytes = malloc((size_t)about.st_size + 1))) {
		rc = -ENOMEM;
	} else {
		ssize_t got = read(file, bytes, (size_t)about.st_size);

		if (got < 0)
			rc = -errno;
		else
			*ret_size = (size_t)got;
		if (rc < 0)
			qyran_config_refuse(source, 0, NULL, NULL, "cannot be read: %s", strerror(-rc));
	}
	if (file >= 0)
		close(file);
	if (rc < 0)
		free(bytes);
	else
		*ret = bytes;
	return rc;
}

int qyran_config_read(struct qyran_config_source *source)
{
	struct reader reader = { .source = source };
	char *bytes;
	size_t size = 0;
	int rc = read_file(source, &bytes, &size);

	if (rc < 0)
		return rc;
	crypto_generichash(source->hash, sizeof(source->hash), (const unsigned char *)bytes, size, NULL, 0);
	if (memchr(bytes, '\0', size)) {
		free(bytes);
		return qyran_config_refuse(source, 0, NULL, NULL, "holds zero bytes; give a configuration file, which is text");
	}
	reader.at = bytes;
	reader.end = bytes + size;

	int wrong = ini_parse_stream(next_line, &reader, take_key, &reader);

	free(bytes);
	if (reader.rc < 0 && (wrong <= 0 || reader.line <= (unsigned int)wrong))
		return reader.rc;
	if (wrong > 0)
		return qyran_config_refuse(source, (unsigned int)wrong, NULL, NULL, "not understood; allowed: [section], key=value, ; comment");
	return wrong < 0 ? -ENOMEM : 0;
}

void qyran_config_forget(struct qyran_config_source *source)
{
	for (size_t i = 0; i < source->count; i++)
		free(source->entries[i].value);
	free(source->entries);
	source->entries = NULL;
	source->count = source->room = 0;
}
