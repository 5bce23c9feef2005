/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/bench/bench.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static unsigned int complaints;

double bench_area(struct bench_box box)
{
	return box.x1 > box.x0 && box.y1 > box.y0 ? (box.x1 - box.x0) * (box.y1 - box.y0) : 0;
}

double bench_common(struct bench_box a, struct bench_box b)
{
	return bench_area((struct bench_box){fmax(a.x0, b.x0), fmax(a.y0, b.y0), fmin(a.x1, b.x1), fmin(a.y1, b.y1)});
}

double bench_iou(struct bench_box a, struct bench_box b)
{
	double common = bench_common(a, b), all = bench_area(a) + bench_area(b) - common;

	return all > 0 ? common / all : 0;
}

void bench_complain(const char *format, ...)
{
	va_list arguments;

	bench_progress("%s", "");
	complaints++;
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

unsigned int bench_complaints(void)
{
	return complaints;
}

void bench_progress(const char *format, ...)
{
	va_list arguments;

	if (!isatty(STDERR_FILENO))
		return;
	fputs("\r\033[K", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fflush(stderr);
}

void bench_field(FILE *file, const char *text, char after)
{
	bool quote = strpbrk(text, ",\"\r\n") != NULL;

	if (!file)
		return;
	if (quote)
		fputc('"', file);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', file);
		fputc(*text, file);
	}
	if (quote)
		fputc('"', file);
	fputc(after, file);
}

void bench_close(FILE *file, const char *path)
{
	if (!file)
		return;
	bool failed = ferror(file);
	if (fclose(file) || failed)
		bench_complain("%s: cannot be written whole: is the disk full?", path);
}

const char *bench_share(unsigned long part, unsigned long whole)
{
	static char texts[8][16];
	static unsigned int next;
	char *text = texts[next++ % 8];

	if (whole)
		snprintf(text, sizeof texts[0], "%.3f", (double)part / (double)whole);
	else
		strcpy(text, "-");
	return text;
}

double bench_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int bench_make_folder(const char *dir, const char *name)
{
	char path[PATH_MAX];

	for (int deeper = 0; deeper <= (name != NULL); deeper++) {
		int length = snprintf(path, sizeof path, "%s%s%s", dir, deeper ? "/" : "", deeper ? name : "");

		if (length >= (int)sizeof path || (mkdir(path, 0777) && errno != EEXIST)) {
			int result = length >= (int)sizeof path ? -ENAMETOOLONG : -errno;

			bench_complain("%s: cannot be made: %s; name a folder that can be written", path, strerror(-result));
			return result;
		}
	}
	return 0;
}
