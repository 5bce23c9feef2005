/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void qyran_log(enum qyran_log_level level, const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int used = getenv("JOURNAL_STREAM") ? snprintf(line, sizeof(line), "<%d>", (int)level)
					    : snprintf(line, sizeof(line), "%s: ", program_invocation_short_name);

	va_start(arguments, format);
	vsnprintf(line + used, sizeof(line) - (size_t)used - 1, format, arguments);
	va_end(arguments);
	for (char *at = line; *at; at++)
		if ((unsigned char)*at < ' ')
			*at = ' ';
	fprintf(stderr, "%s\n", line);
}
