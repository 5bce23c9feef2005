/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/bench/bench.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
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

FILE *bench_open(const char *path, const char *header)
{
	FILE *file = fopen(path, "w");

	if (file)
		fprintf(file, "%s\n", header);
	else
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	return file;
}

static int is_seen(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

void *bench_folders(const char *dir, const char *wants, const char *holds, size_t name_max, size_t size,
		    void (*measure)(void *owner, const char *name, void *record), void *owner, size_t *ret_count)
{
	struct dirent **names;
	char *records;
	size_t count = 0;
	int n = scandir(dir, &names, is_seen, alphasort);

	if (n < 0) {
		bench_complain("%s: %s; name %s", dir, strerror(errno), wants);
		return NULL;
	}
	records = calloc((size_t)n + 1, size);
	for (int i = 0; i < n; i++) {
		char path[PATH_MAX];
		struct stat about;

		snprintf(path, sizeof path, "%s/%s", dir, names[i]->d_name);
		if (records && !stat(path, &about) && S_ISDIR(about.st_mode) && strlen(names[i]->d_name) < name_max)
			measure(owner, names[i]->d_name, records + size * count++);
		free(names[i]);
	}
	free(names);
	if (records && count) {
		*ret_count = count;
		return records;
	}
	bench_complain(records ? "%s: holds no %s" : "%s: no memory for any %s", dir, holds);
	free(records);
	return NULL;
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
