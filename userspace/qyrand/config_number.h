/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers and words of a configuration, read strictly: no exponents, no hexadecimal, nothing left over. */
#ifndef QYRAN_CONFIG_NUMBER_H
#define QYRAN_CONFIG_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * qyran_config_number() - the next number of @text, times @scale (a power of ten), rounded to the nearest.
 * @text: moves behind the number and the blanks after it. With @scale 1 there are no decimals.
 * Returns 0; -EINVAL when there is no such number; -ERANGE when it does not fit.
 */
int qyran_config_number(const char **text, int64_t scale, int64_t *ret);

/** qyran_config_numbers() - exactly @count numbers within [@min, @max] (before scaling), parted by blanks. */
int qyran_config_numbers(const char *text, size_t count, int64_t scale, int64_t min, int64_t max, int64_t *ret);

/** qyran_config_utf8() - sound UTF-8 without control characters? */
bool qyran_config_utf8(const char *text);

/** qyran_config_name() - letters, digits, `-`, `_` and `.` only, at least one, and no leading `.`? */
bool qyran_config_name(const char *text);

#endif
