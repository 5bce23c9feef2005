/* SPDX-License-Identifier: Apache-2.0 */
/* Plate formats as data: one .ini file a format, used by the reader's grammar and by the renderer of plates. */
#ifndef QYRAN_FORMAT_H
#define QYRAN_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QYRAN_PLATE_TEXT_MAX 12		/* characters of a plate */
#define QYRAN_FORMAT_NAME_MAX 24
#define QYRAN_FORMATS_MAX 256		/* files of one directory */

/* One character of a format: where it stands and what it may be. */
struct qyran_format_character {
	char allowed[40];		/* of 0-9 A-Z */
	uint16_t x_mm, y_mm;		/* upper left corner of its cell */
	uint16_t width_mm, height_mm;
	bool optional;			/* may be missing; its row holds others that may not */
};

struct qyran_format {
	char name[QYRAN_FORMAT_NAME_MAX];	/* "kz-2012" */
	char country[4];			/* ISO 3166-1 alpha-2, "KZ" */
	uint16_t width_mm, height_mm;		/* of the plate */
	uint8_t rows;				/* 1 or 2 */
	uint8_t count;				/* characters, upper row first; optional ones are counted */
	uint8_t upper;				/* of them in the upper or only row */
	struct qyran_format_character characters[QYRAN_PLATE_TEXT_MAX];
	uint32_t background, foreground;	/* 0xRRGGBB */
	char font[16];				/* alphabet of the renderer */
	char decoration[32];			/* what else the renderer draws: "kz-flag", "eu-band", … or empty */
	uint8_t weight;				/* how often it is seen, 1 to 100: the reader's prior */
};

struct qyran_formats;

/**
 * qyran_formats_open() - reads every *.ini in @directory, in the order of their names.
 * Returns 0, or a negative errno with one line in @error: file, line, key and what is allowed.
 */
int qyran_formats_open(const char *directory, struct qyran_formats **ret, char *error, size_t error_size);

/** qyran_formats_close() - accepts NULL. */
void qyran_formats_close(struct qyran_formats *formats);

size_t qyran_formats_count(const struct qyran_formats *formats);
const struct qyran_format *qyran_formats_at(const struct qyran_formats *formats, size_t index);

/** qyran_formats_find() - by name; NULL when there is none. */
const struct qyran_format *qyran_formats_find(const struct qyran_formats *formats, const char *name);

/** qyran_format_matches() - does the whole @text fit? */
bool qyran_format_matches(const struct qyran_format *format, const char *text);

/**
 * qyran_format_slots() - which character of the format each character of @text takes.
 * @ret_slots: rising; one for each character of the text. Where several ways fit, the earlier characters of the format are taken.
 * Returns 0, or -EINVAL when the text does not fit.
 */
int qyran_format_slots(const struct qyran_format *format, const char *text, uint8_t ret_slots[QYRAN_PLATE_TEXT_MAX]);

#endif
