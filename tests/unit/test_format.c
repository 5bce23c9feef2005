/* SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

#include <errno.h>
#include <qyran/format.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FORMATS "userspace/formats"
#define CHARACTERS "[characters]\ncharacter = 0-9, 10, 10, 40, 76\ncharacter = A-Z, 60, 10, 40, 76\n"
#define PLATE "[plate]\ncountry = KZ\nwidth_mm = 520\nheight_mm = 112\nbackground = ffffff\nforeground = 101010\nfont = kz\nweight = 60\n"

static char error[512];

/* A directory with one file of @text; returns what opening it gives. */
static int open_text(const char *text, struct qyran_formats **ret)
{
	char directory[] = "/tmp/qyran-format-XXXXXX", path[64];
	FILE *file;
	int result;

	error[0] = '\0';
	if (!mkdtemp(directory))
		return 1;
	snprintf(path, sizeof(path), "%s/one.ini", directory);
	file = fopen(path, "w");
	if (!file)
		return 1;
	fputs(text, file);
	fclose(file);
	result = qyran_formats_open(directory, ret, error, sizeof(error));
	unlink(path);
	rmdir(directory);
	return result;
}

static bool refused(const char *text, const char *line, const char *what)
{
	struct qyran_formats *formats = NULL;
	int result = open_text(text, &formats);
	bool good = result == -EINVAL && !formats && strstr(error, line) && strstr(error, what) && !strchr(error, '\n');

	if (!good)
		fprintf(stderr, "got %d: %s\n", result, error);
	if (!result)
		qyran_formats_close(formats);
	return good;
}

static void every_format_of_the_repository_is_read(void)
{
	struct qyran_formats *formats;
	const struct qyran_format *format;
	char files[2][QYRAN_FORMAT_NAME_MAX + 4];

	CU_ASSERT_EQUAL_FATAL(qyran_formats_open(FORMATS, &formats, error, sizeof(error)), 0);
	for (size_t i = 0; i < qyran_formats_count(formats); i++) {
		format = qyran_formats_at(formats, i);
		CU_ASSERT(format->count >= 4 && format->rows >= 1 && format->rows <= 2);
		CU_ASSERT_PTR_EQUAL(qyran_formats_find(formats, format->name), format);
		snprintf(files[i % 2], sizeof(files[0]), "%s.ini", format->name);
		if (i)
			CU_ASSERT(strcmp(files[(i + 1) % 2], files[i % 2]) < 0);
	}
	CU_ASSERT_PTR_NULL(qyran_formats_at(formats, qyran_formats_count(formats)));
	CU_ASSERT_PTR_NULL(qyran_formats_find(formats, "atlantis"));
	format = qyran_formats_find(formats, "kz-2012");
	CU_ASSERT_PTR_NOT_NULL_FATAL(format);
	CU_ASSERT(format->width_mm == 520 && format->height_mm == 112 && format->rows == 1 && !strcmp(format->country, "KZ"));
	format = qyran_formats_find(formats, "kz-2012-2row");
	CU_ASSERT_PTR_NOT_NULL_FATAL(format);
	CU_ASSERT(format->width_mm == 280 && format->height_mm == 202 && format->rows == 2);
	qyran_formats_close(formats);
}

static void whole_texts_match_and_nothing_else(void)
{
	struct qyran_formats *formats;
	const struct qyran_format *format;

	CU_ASSERT_EQUAL_FATAL(qyran_formats_open(FORMATS, &formats, error, sizeof(error)), 0);
	format = qyran_formats_find(formats, "kz-2012");
	CU_ASSERT_TRUE(qyran_format_matches(format, "123ABC02"));
	CU_ASSERT_FALSE(qyran_format_matches(format, "123ABC0"));
	CU_ASSERT_FALSE(qyran_format_matches(format, "123ABC022"));
	CU_ASSERT_FALSE(qyran_format_matches(format, "12OABC02"));
	CU_ASSERT_FALSE(qyran_format_matches(format, "123ABc02"));
	CU_ASSERT_FALSE(qyran_format_matches(format, ""));
	qyran_formats_close(formats);
}

static void a_bad_line_is_named_with_what_is_allowed(void)
{
	CU_ASSERT_TRUE(refused("[plate]\ncountry = KAZ\n", "one.ini:2:", "two letters"));
	CU_ASSERT_TRUE(refused("[plate]\nwidth_mm = 0\n", "one.ini:2:", "1 to 1000"));
	CU_ASSERT_TRUE(refused("[plate]\nwidth_mm = 12x\n", "one.ini:2:", "1 to 1000"));
	CU_ASSERT_TRUE(refused("[plate]\nwidth_mm = -5\n", "one.ini:2:", "1 to 1000"));
	CU_ASSERT_TRUE(refused("[plate]\nwidth_mm = 99999999999999999999\n", "one.ini:2:", "1 to 1000"));
	CU_ASSERT_TRUE(refused("[plate]\nwidth_mm = 520\nwidth_mm = 520\n", "one.ini:3:", "twice"));
	CU_ASSERT_TRUE(refused("[plate]\nbackground = white\n", "one.ini:2:", "rrggbb"));
	CU_ASSERT_TRUE(refused("[plate]\nbackground = 0x1234\n", "one.ini:2:", "rrggbb"));
	CU_ASSERT_TRUE(refused("[plate]\nno key\nweight = 0\n", "one.ini:3:", "1 to 100"));
	CU_ASSERT_TRUE(refused("[plate]\nweight = 101\n", "one.ini:2:", "1 to 100"));
	CU_ASSERT_TRUE(refused("[plate]\nfont = ../../etc\n", "one.ini:2:", "a-z"));
	CU_ASSERT_TRUE(refused("[plate]\ncolour = red\n", "one.ini:2:", "allowed are country"));
	CU_ASSERT_TRUE(refused("[sign]\nx = 1\n", "one.ini:2:", "[plate] and [characters]"));
	CU_ASSERT_TRUE(refused("[plate\n", "one.ini:1:", "[section]"));
	CU_ASSERT_TRUE(refused(PLATE "[characters]\ncharacter = 9-0, 10, 10, 40, 76\n", "one.ini:10:", "ranges"));
	CU_ASSERT_TRUE(refused(PLATE "[characters]\ncharacter = 0-Z, 10, 10, 40, 76\n", "one.ini:10:", "ranges"));
	CU_ASSERT_TRUE(refused(PLATE "[characters]\ncharacter = abc, 10, 10, 40, 76\n", "one.ini:10:", "ranges"));
	CU_ASSERT_TRUE(refused(PLATE "[characters]\ncharacter = A-, 10, 10, 40, 76\n", "one.ini:10:", "ranges"));
	CU_ASSERT_TRUE(refused(PLATE "[characters]\ncharacter = AA, 10, 10, 40, 76\n", "one.ini:10:", "ranges"));
	CU_ASSERT_TRUE(refused(PLATE "[characters]\ncharacter = ?, 10, 10, 40, 76\n", "one.ini:10:", "?"));
	CU_ASSERT_TRUE(refused(PLATE "[characters]\ncharacter = A?B, 10, 10, 40, 76\n", "one.ini:10:", "?"));
	CU_ASSERT_TRUE(refused(PLATE "[characters]\ncharacter = A-Z??, 10, 10, 40, 76\n", "one.ini:10:", "?"));
	CU_ASSERT_TRUE(refused(PLATE "[characters]\ncharacter = 0-9, 10, 10, 40\n", "one.ini:10:", "height is missing"));
	CU_ASSERT_TRUE(refused(PLATE "[characters]\ncharacter = 0-9, 10, 10, 0, 76\n", "one.ini:10:", "width"));
	CU_ASSERT_TRUE(refused(PLATE "[characters]\ncharacter = 0-9, 10, 10, 40, 76, 1\n", "one.ini:10:", "more than"));
}

/* Taken, or refused in one line that names a line of the file. */
static void taken_or_refused(const char *text)
{
	struct qyran_formats *formats = NULL;
	int result = open_text(text, &formats), line = 0;
	const char *place = strstr(error, "one.ini:");

	if (!result) {
		qyran_formats_close(formats);
		return;
	}
	CU_ASSERT_EQUAL(result, -EINVAL);
	CU_ASSERT_PTR_NULL(formats);
	CU_ASSERT(place && sscanf(place, "one.ini:%d: ", &line) == 1 && line >= 1 && !strchr(error, '\n'));
}

/* Files of the repository with each line missing, doubled, cut short, and each character of it changed. */
static void spoilt_files_are_taken_or_refused_with_their_line(void)
{
	static const char *const names[] = {"de", "ie", "kz-2012-2row"};
	static const char changes[] = "?,=[;-A0 \x80";
	char path[64], text[4096], spoilt[8192];

	for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
		FILE *file;
		size_t size;

		snprintf(path, sizeof(path), FORMATS "/%s.ini", names[n]);
		file = fopen(path, "r");
		CU_ASSERT_PTR_NOT_NULL_FATAL(file);
		size = fread(text, 1, sizeof(text) - 1, file);
		fclose(file);
		text[size] = '\0';
		for (char *line = text; *line;) {
			int length = (int)strcspn(line, "\n") + 1, before = (int)(line - text);

			snprintf(spoilt, sizeof(spoilt), "%.*s%s", before, text, line + length);
			taken_or_refused(spoilt);
			snprintf(spoilt, sizeof(spoilt), "%.*s%.*s%s", before, text, length, line, line);
			taken_or_refused(spoilt);
			snprintf(spoilt, sizeof(spoilt), "%.*s%.*s\n%s", before, text, length / 2, line, line + length);
			taken_or_refused(spoilt);
			for (int i = 0; i < length; i += 3) {
				memcpy(spoilt, text, size + 1);
				spoilt[before + i] = changes[(before + i) % (int)(sizeof(changes) - 1)];
				taken_or_refused(spoilt);
			}
			line += length;
		}
	}
}

static void a_file_that_lacks_something_is_refused(void)
{
	char text[2048] = PLATE "[characters]\n";

	CU_ASSERT_TRUE(refused("", "one.ini:1:", "country: missing"));
	CU_ASSERT_TRUE(refused("[plate]\ncountry = KZ\n" CHARACTERS, "one.ini:2:", "width_mm: missing"));
	CU_ASSERT_TRUE(refused(PLATE, "one.ini:8:", "character: missing"));
	CU_ASSERT_TRUE(refused(PLATE "[characters]\ncharacter = 0-9, 500, 10, 40, 76\n", "one.ini:10:", "not inside the plate"));
	CU_ASSERT_TRUE(refused(PLATE CHARACTERS "character = 0-9, 60, 10, 40, 76\n", "one.ini:12:", "to the right"));
	CU_ASSERT_TRUE(refused(PLATE "[characters]\ncharacter = 0-9?, 10, 10, 40, 76\n", "one.ini:10:", "all but one"));
	CU_ASSERT_TRUE(refused(PLATE CHARACTERS "character = 0-9?, 10, 90, 40, 20\n", "one.ini:12:", "all but one"));
	CU_ASSERT_TRUE(refused(PLATE CHARACTERS "character = 0-9, 10, 90, 40, 20\ncharacter = 0-9, 10, 111, 40, 1\n", "one.ini:13:", "one lower row"));
	for (int i = 0; i <= QYRAN_PLATE_TEXT_MAX; i++)
		sprintf(text + strlen(text), "character = 0-9, %d, 10, 20, 76\n", 10 + 30 * i);
	CU_ASSERT_TRUE(refused(text, "one.ini:22:", "at most 12"));
}

static void characters_that_may_be_missing_are_given_their_places(void)
{
	static const char text[] = PLATE "[characters]\ncharacter = A-Z, 10, 10, 30, 76\ncharacter = A-Z?, 50, 10, 30, 76\ncharacter = A-Z, 100, 10, 30, 76\n"
		"character = A-Z?, 140, 10, 30, 76\ncharacter = 1-9, 200, 10, 30, 76\ncharacter = 0-9?, 240, 10, 30, 76\n";
	static const struct {
		const char *text, *slots;
	} good[] = {{"AB1", "024"}, {"ABC1", "0124"}, {"ABCD12", "012345"}, {"AB12", "0245"}};
	static const char *const bad[] = {"A1", "AB", "ABCDE1", "AB01", "AB123", "", "1", "ABCD1234567890"};
	struct qyran_formats *formats = NULL;
	const struct qyran_format *format;
	uint8_t slots[QYRAN_PLATE_TEXT_MAX] = {99};

	CU_ASSERT_EQUAL_FATAL(open_text(text, &formats), 0);
	format = qyran_formats_at(formats, 0);
	CU_ASSERT(format->count == 6 && format->upper == 6 && format->characters[1].optional && !format->characters[2].optional);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_EQUAL(qyran_format_slots(format, bad[i], slots), -EINVAL);
		CU_ASSERT_EQUAL(slots[0], 99);
		CU_ASSERT_FALSE(qyran_format_matches(format, bad[i]));
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CU_ASSERT_TRUE(qyran_format_matches(format, good[i].text));
		CU_ASSERT_EQUAL_FATAL(qyran_format_slots(format, good[i].text, slots), 0);
		for (size_t c = 0; good[i].text[c]; c++)
			CU_ASSERT_EQUAL(slots[c], good[i].slots[c] - '0');
	}
	qyran_formats_close(formats);
}

static void a_good_file_is_taken_and_an_empty_directory_is_not(void)
{
	struct qyran_formats *formats = NULL;
	char directory[] = "/tmp/qyran-format-XXXXXX";

	CU_ASSERT_EQUAL_FATAL(open_text(PLATE CHARACTERS, &formats), 0);
	CU_ASSERT_EQUAL(qyran_formats_count(formats), 1);
	CU_ASSERT_STRING_EQUAL(qyran_formats_at(formats, 0)->name, "one");
	CU_ASSERT_TRUE(qyran_format_matches(qyran_formats_at(formats, 0), "7A"));
	qyran_formats_close(formats);
	formats = NULL;
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
	CU_ASSERT(qyran_formats_open(directory, &formats, error, sizeof(error)) < 0);
	rmdir(directory);
	CU_ASSERT_EQUAL(qyran_formats_open(directory, &formats, error, sizeof(error)), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, directory));
	CU_ASSERT_PTR_NULL(formats);
}

int main(void)
{
	static const struct test_case cases[] = {
		{"every_format_of_the_repository_is_read", every_format_of_the_repository_is_read},
		{"whole_texts_match_and_nothing_else", whole_texts_match_and_nothing_else},
		{"a_bad_line_of_a_format_is_named_with_what_is_allowed", a_bad_line_is_named_with_what_is_allowed},
		{"spoilt_formats_are_taken_or_refused_with_their_line", spoilt_files_are_taken_or_refused_with_their_line},
		{"a_format_that_lacks_something_is_refused", a_file_that_lacks_something_is_refused},
		{"characters_that_may_be_missing_are_given_their_places", characters_that_may_be_missing_are_given_their_places},
		{"a_good_format_is_taken_and_an_empty_directory_is_not", a_good_file_is_taken_and_an_empty_directory_is_not},
	};

	return test_cases_run("format", cases, sizeof(cases) / sizeof(cases[0]));
}
