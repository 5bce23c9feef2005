/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/config_number.h"

#include <errno.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

int qyran_config_number(const char **text, int64_t scale, int64_t *ret)
{
	const int64_t most = INT64_MAX / 10 - 10;
	const char *at = *text;
	bool negative = *at == '-';
	int64_t value = 0;

	at += *at == '-' || *at == '+';
	if (!is_digit(*at))
		return -EINVAL;
	for (; is_digit(*at); at++) {
		if (value > most)
			return -ERANGE;
		value = value * 10 + (*at - '0');
	}
	if (*at == '.' && scale == 1)
		return -EINVAL;
	if (*at == '.' && !is_digit(*++at))
		return -EINVAL;
	for (int64_t left = scale; left > 1; left /= 10) {
		if (value > most)
			return -ERANGE;
		value *= 10;
		if (is_digit(*at))
			value += *at++ - '0';
	}
	if (is_digit(*at) && *at >= '5')
		value++;
	while (is_digit(*at))
		at++;
	if (*at && !is_blank(*at))
		return -EINVAL;
	while (is_blank(*at))
		at++;
	*ret = negative ? -value : value;
	*text = at;
	return 0;
}

int qyran_config_numbers(const char *text, size_t count, int64_t scale, int64_t min, int64_t max, int64_t *ret)
{
	int64_t values[8];

	if (count > sizeof(values) / sizeof(values[0]))
		return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		int rc = qyran_config_number(&text, scale, &values[i]);

		if (rc < 0)
			return rc;
		if (values[i] < min * scale || values[i] > max * scale)
			return -ERANGE;
	}
	if (*text)
		return -EINVAL;
	memcpy(ret, values, count * sizeof(values[0]));
	return 0;
}

bool qyran_config_utf8(const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
		unsigned int more = *at < 0x80 ? 0 : *at >= 0xc2 && *at < 0xe0 ? 1 : (*at & 0xf0) == 0xe0 ? 2 : *at >= 0xf0 && *at < 0xf5 ? 3 : 4;
		unsigned char lead = *at;

		if (more > 3 || lead < 0x20 || lead == 0x7f)
			return false;
		for (unsigned int i = 0; i < more; i++)
			if ((*++at & 0xc0) != 0x80)
				return false;
		if ((lead == 0xe0 && at[-1] < 0xa0) || (lead == 0xed && at[-1] > 0x9f) || (lead == 0xf0 && at[-2] < 0x90) ||
		    (lead == 0xf4 && at[-2] > 0x8f) || (lead == 0xc2 && *at < 0xa0))
			return false;
	}
	return true;
}

bool qyran_config_name(const char *text)
{
	size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

	return length > 0 && !text[length] && text[0] != '.';
}
