/* SPDX-License-Identifier: Apache-2.0 */
#include <qyran/format.h>

#include <dirent.h>
#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLATE_MM_MAX 1000		/* no plate is wider */
#define GRAMMAR "one of 0-9 A-Z as single characters or ranges (0-9, ABC, A-HJ-Z), with ? at the end when it may be missing"

struct qyran_formats {
	size_t count;
	struct qyran_format formats[QYRAN_FORMATS_MAX];
};

struct parse {
	struct qyran_format *format;
	FILE *file;
	int line;			/* that is being read; 1 is the first */
	bool in_line;			/* its end has not been read */
	int plate_line;			/* of the last key of [plate] */
	int character_lines[QYRAN_PLATE_TEXT_MAX];
	int why_line;
	unsigned int seen;		/* bit per key of [plate] */
	char why[256];			/* empty: no error so far */
};

enum { COUNTRY, WIDTH, HEIGHT, BACKGROUND, FOREGROUND, FONT, DECORATION, WEIGHT, KEYS };
static const char *const key_names[KEYS] = {"country", "width_mm", "height_mm", "background", "foreground", "font", "decoration", "weight"};

__attribute__((format(printf, 3, 4))) static int refuse_at(struct parse *parse, int line, const char *text, ...)
{
	va_list arguments;

	if (!parse->why[0]) {
		parse->why_line = line;
		va_start(arguments, text);
		vsnprintf(parse->why, sizeof(parse->why), text, arguments);
		va_end(arguments);
	}
	return 0;
}

#define refuse(parse, ...) refuse_at(parse, (parse)->line, __VA_ARGS__)

static bool parse_number(const char *value, int base, unsigned long low, unsigned long high, unsigned long *ret)
{
	char *end;
	unsigned long number;

	if (!*value || strspn(value, "0123456789abcdefABCDEF") != strlen(value))
		return false;
	errno = 0;
	number = strtoul(value, &end, base);
	if (errno || *end || number < low || number > high)
		return false;
	*ret = number;
	return true;
}

static bool parse_word(const char *value, const char *letters, char *ret, size_t size)
{
	size_t length = strlen(value);

	if (length >= size || strspn(value, letters) != length)
		return false;
	memcpy(ret, value, length + 1);
	return true;
}

static bool is_plate_character(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

static bool parse_allowed(const char *value, char *ret, size_t size)
{
	size_t count = 0;

	for (const char *at = value; *at; at++) {
		char first = *at, last = *at;

		if (at[1] == '-') {
			last = at[2];
			at += 2;
		}
		if (!is_plate_character(first) || !is_plate_character(last) || first > last || (first <= '9') != (last <= '9'))
			return false;
		for (char c = first; c <= last; c++) {
			if (memchr(ret, c, count) || count + 1 >= size)
				return false;
			ret[count++] = c;
		}
	}
	ret[count] = '\0';
	return count > 0;
}

static int parse_character(struct parse *parse, const char *value)
{
	struct qyran_format *format = parse->format;
	struct qyran_format_character character = {0};
	static const char *const names[4] = {"left", "top", "width", "height"};
	uint16_t *numbers[4] = {&character.x_mm, &character.y_mm, &character.width_mm, &character.height_mm};
	char copy[128], *rest = copy, *field;

	if (format->count == QYRAN_PLATE_TEXT_MAX)
		return refuse(parse, "character: at most %d are allowed", QYRAN_PLATE_TEXT_MAX);
	if (snprintf(copy, sizeof(copy), "%s", value) >= (int)sizeof(copy))
		return refuse(parse, "character: longer than %zu characters", sizeof(copy) - 1);
	field = strsep(&rest, ",");
	field[strcspn(field, " \t")] = '\0';
	if (*field && field[strlen(field) - 1] == '?') {
		character.optional = true;
		field[strlen(field) - 1] = '\0';
	}
	if (!parse_allowed(field, character.allowed, sizeof(character.allowed)))
		return refuse(parse, "character = %s: allowed is " GRAMMAR, field);
	for (int i = 0; i < 4; i++) {
		unsigned long number;

		field = strsep(&rest, ",");
		if (!field)
			return refuse(parse, "character: %s is missing; a line is: allowed, left, top, width, height", names[i]);
		field += strspn(field, " \t");
		if (!parse_number(field, 10, i < 2 ? 0 : 1, PLATE_MM_MAX, &number))
			return refuse(parse, "character: %s = %s: allowed is %d to %d mm", names[i], field, i >= 2, PLATE_MM_MAX);
		*numbers[i] = (uint16_t)number;
	}
	if (rest)
		return refuse(parse, "character: more than allowed, left, top, width, height");
	parse->character_lines[format->count] = parse->line;
	format->characters[format->count++] = character;
	return 1;
}

static int parse_plate(struct parse *parse, const char *name, const char *value)
{
	struct qyran_format *format = parse->format;
	unsigned long number = 0;
	int key = 0;

	while (key < KEYS && strcmp(name, key_names[key]))
		key++;
	if (key == KEYS)
		return refuse(parse, "[plate] %s: unknown; allowed are country, width_mm, height_mm, background, foreground, font, decoration, weight", name);
	if (parse->seen & 1u << key)
		return refuse(parse, "[plate] %s: given twice", name);
	parse->seen |= 1u << key;
	parse->plate_line = parse->line;
	switch (key) {
	case COUNTRY:
		if (strlen(value) != 2 || !parse_word(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", format->country, sizeof(format->country)))
			return refuse(parse, "[plate] country = %s: allowed is a code of two letters (ISO 3166-1)", value);
		return 1;
	case WIDTH:
	case HEIGHT:
		if (!parse_number(value, 10, 1, PLATE_MM_MAX, &number))
			return refuse(parse, "[plate] %s = %s: allowed is 1 to %d", name, value, PLATE_MM_MAX);
		*(key == WIDTH ? &format->width_mm : &format->height_mm) = (uint16_t)number;
		return 1;
	case BACKGROUND:
	case FOREGROUND:
		if (strlen(value) != 6 || !parse_number(value, 16, 0, 0xffffff, &number))
			return refuse(parse, "[plate] %s = %s: allowed is a colour of six hexadecimal digits, rrggbb", name, value);
		*(key == BACKGROUND ? &format->background : &format->foreground) = (uint32_t)number;
		return 1;
	case FONT:
	case DECORATION:
		if (!parse_word(value, "abcdefghijklmnopqrstuvwxyz0123456789-", key == FONT ? format->font : format->decoration,
				key == FONT ? sizeof(format->font) : sizeof(format->decoration)))
			return refuse(parse, "[plate] %s = %s: allowed is a short word of a-z 0-9 -", name, value);
		return 1;
	default:
		if (!parse_number(value, 10, 1, 100, &number))
			return refuse(parse, "[plate] weight = %s: allowed is 1 to 100", value);
		format->weight = (uint8_t)number;
		return 1;
	}
}

static int parse_line(void *user, const char *section, const char *name, const char *value)
{
	struct parse *parse = user;

	if (!strcmp(section, "plate"))
		return parse_plate(parse, name, value);
	if (strcmp(section, "characters"))
		return refuse(parse, "[%s]: unknown; allowed are [plate] and [characters]", section);
	if (strcmp(name, "character"))
		return refuse(parse, "[characters] %s: unknown; allowed is character", name);
	return parse_character(parse, value);
}

/* Every character inside the plate, each to the right of the one before, but for one that begins a lower row. */
static int check_places(struct parse *parse)
{
	struct qyran_format *format = parse->format;

	format->rows = 1;
	format->upper = format->count;
	for (int i = 0; i < format->count; i++) {
		const struct qyran_format_character *character = &format->characters[i], *last = character - (i > 0);

		if (character->x_mm + character->width_mm > format->width_mm || character->y_mm + character->height_mm > format->height_mm)
			return refuse_at(parse, parse->character_lines[i], "character %d: not inside the plate of %d x %d mm", i + 1,
					 format->width_mm, format->height_mm);
		if (!i || character->x_mm >= last->x_mm + last->width_mm)
			continue;
		if (character->y_mm < last->y_mm + last->height_mm || format->rows == 2)
			return refuse_at(parse, parse->character_lines[i],
					 "character %d: allowed is to the right of the one before, or the start of one lower row", i + 1);
		format->rows = 2;
		format->upper = (uint8_t)i;
	}
	return 1;
}

static bool can_be_empty(const struct qyran_format *format, int from, int to)
{
	for (int i = from; i < to; i++)
		if (!format->characters[i].optional)
			return false;
	return true;
}

/* What only the whole file can tell. */
static int check_whole(struct parse *parse)
{
	struct qyran_format *format = parse->format;
	int line = parse->line > 1 ? parse->line : 1;

	for (int key = 0; key < KEYS; key++)
		if (key != DECORATION && !(parse->seen & 1u << key))
			return refuse_at(parse, parse->plate_line ? parse->plate_line : line, "[plate] %s: missing", key_names[key]);
	if (!format->count)
		return refuse_at(parse, line, "[characters] character: missing; a line is: allowed, left, top, width, height");
	if (!check_places(parse))
		return 0;
	if (can_be_empty(format, 0, format->upper) || (format->rows == 2 && can_be_empty(format, format->upper, format->count)))
		return refuse_at(parse, parse->character_lines[can_be_empty(format, 0, format->upper) ? 0 : format->upper],
				 "every character of the row may be missing; allowed is ? at all but one");
	return 1;
}

/* fgets() that counts lines; one longer than @size comes in pieces. */
static char *read_line(char *line, int size, void *stream)
{
	struct parse *parse = stream;

	if (!fgets(line, size, parse->file))
		return NULL;
	parse->line += !parse->in_line;
	parse->in_line = !strchr(line, '\n');
	return line;
}

static int format_read(const char *path, const char *name, struct qyran_format *format, char *error, size_t error_size)
{
	struct parse parse = {.format = format};
	int line, result;

	if (strlen(name) >= sizeof(format->name)) {
		snprintf(error, error_size, "%s: the name is too long; allowed are %zu characters before .ini", path, sizeof(format->name) - 1);
		return -ENAMETOOLONG;
	}
	memcpy(format->name, name, strlen(name) + 1);
	parse.file = fopen(path, "re");
	if (!parse.file) {
		result = -errno;
		snprintf(error, error_size, "%s: cannot be opened: %s", path, strerror(-result));
		return result;
	}
	line = ini_parse_stream(read_line, &parse, parse_line, &parse);
	result = ferror(parse.file) ? -EIO : 0;
	fclose(parse.file);
	if (result || line < 0) {
		snprintf(error, error_size, "%s: cannot be read", path);
		return result ? result : -ENOMEM;
	}
	if (line) {
		snprintf(error, error_size, "%s:%d: %s", path, parse.why[0] ? parse.why_line : line,
			 parse.why[0] ? parse.why : "allowed are [section], key = value, ; comment");
		return -EINVAL;
	}
	if (!check_whole(&parse)) {
		snprintf(error, error_size, "%s:%d: %s", path, parse.why_line, parse.why);
		return -EINVAL;
	}
	return 0;
}

static int is_format_file(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 4 && !strcmp(entry->d_name + length - 4, ".ini");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int qyran_formats_open(const char *directory, struct qyran_formats **ret, char *error, size_t error_size)
{
	struct qyran_formats *formats = NULL;
	struct dirent **entries = NULL;
	int count = scandir(directory, &entries, is_format_file, by_name), result = 0;

	if (count < 0) {
		result = -errno;
		snprintf(error, error_size, "%s: cannot be listed: %s; name the directory of the plate formats", directory, strerror(-result));
		return result;
	}
	if (!count || count > QYRAN_FORMATS_MAX) {
		snprintf(error, error_size, "%s: %d plate formats (*.ini); allowed are 1 to %d", directory, count, QYRAN_FORMATS_MAX);
		result = -ENOENT;
	} else if (!(formats = calloc(1, sizeof(*formats)))) {
		snprintf(error, error_size, "%s: out of memory", directory);
		result = -ENOMEM;
	}
	for (int i = 0; !result && i < count; i++) {
		char path[PATH_MAX], name[NAME_MAX + 1];

		snprintf(name, sizeof(name), "%.*s", (int)strlen(entries[i]->d_name) - 4, entries[i]->d_name);
		if (snprintf(path, sizeof(path), "%s/%s", directory, entries[i]->d_name) >= (int)sizeof(path)) {
			snprintf(error, error_size, "%s: the path is too long", directory);
			result = -ENAMETOOLONG;
		} else {
			result = format_read(path, name, &formats->formats[formats->count++], error, error_size);
		}
	}
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	if (result) {
		free(formats);
		return result;
	}
	*ret = formats;
	return 0;
}

void qyran_formats_close(struct qyran_formats *formats)
{
	free(formats);
}

size_t qyran_formats_count(const struct qyran_formats *formats)
{
	return formats->count;
}

const struct qyran_format *qyran_formats_at(const struct qyran_formats *formats, size_t index)
{
	return index < formats->count ? &formats->formats[index] : NULL;
}

const struct qyran_format *qyran_formats_find(const struct qyran_formats *formats, const char *name)
{
	for (size_t i = 0; i < formats->count; i++)
		if (!strcmp(formats->formats[i].name, name))
			return &formats->formats[i];
	return NULL;
}

int qyran_format_slots(const struct qyran_format *format, const char *text, uint8_t ret_slots[QYRAN_PLATE_TEXT_MAX])
{
	size_t length = strlen(text);
	uint32_t fits[QYRAN_PLATE_TEXT_MAX + 1];	/* bit j: the text from j on fits the format's characters from i on */
	size_t at = 0;

	if (length > format->count)
		return -EINVAL;
	fits[format->count] = 1u << length;
	for (int i = format->count - 1; i >= 0; i--) {
		fits[i] = format->characters[i].optional ? fits[i + 1] : 0;
		for (size_t j = 0; j < length; j++)
			if (fits[i + 1] >> (j + 1) & 1 && strchr(format->characters[i].allowed, text[j]))
				fits[i] |= 1u << j;
	}
	if (!(fits[0] & 1))
		return -EINVAL;
	for (uint8_t i = 0; at < length; i++)
		if (fits[i + 1] >> (at + 1) & 1 && strchr(format->characters[i].allowed, text[at]))
			ret_slots[at++] = i;
	return 0;
}

bool qyran_format_matches(const struct qyran_format *format, const char *text)
{
	uint8_t slots[QYRAN_PLATE_TEXT_MAX];

	return !qyran_format_slots(format, text, slots);
}
