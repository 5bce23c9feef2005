/* SPDX-License-Identifier: Apache-2.0 */
#include "hw/bench/plates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool number(const char *text, double *ret)
{
	char *end;

	*ret = strtod(text, &end);
	return end != text && *end == '\0' && isfinite(*ret);
}

/* A line of truth.tsv: @file and the plate on it. */
static bool parse(char *line, const char **ret_file, struct plate *ret)
{
	char *fields[6] = {0}, *rest = line;
	double v[4];

	line[strcspn(line, "\r\n")] = '\0';
	for (int i = 0; i < 6 && rest; i++)
		fields[i] = strsep(&rest, "\t");
	if (!fields[4] || !*fields[0] || rest)
		return false;
	*ret = (struct plate){.boxed = false};
	snprintf(ret->text, sizeof ret->text, "%s", fields[5] ? fields[5] : "");
	*ret_file = fields[0];
	if (!*fields[1] && !*fields[2] && !*fields[3] && !*fields[4])
		return true;
	for (int i = 0; i < 4; i++)
		if (!number(fields[i + 1], &v[i]))
			return false;
	ret->boxed = true;
	ret->box = (struct bench_box){v[0], v[1], v[0] + v[2], v[1] + v[3]};
	return v[2] > 0 && v[3] > 0;
}

static struct still *find(struct still *stills, size_t count_, const char *file)
{
	for (size_t i = count_; i-- > 0;)
		if (!strcmp(stills[i].file, file))
			return &stills[i];
	return NULL;
}

struct still *plates_truth_read(const char *path, FILE *file, size_t *ret_count)
{
	struct still *stills = NULL;
	size_t n = 0;
	char line[1024];

	for (unsigned int at = 1; fgets(line, sizeof line, file); at++) {
		struct still *still, *more;
		struct plate plate;
		const char *name;

		if (!line[strspn(line, " \t\r\n")])
			continue;
		if (!parse(line, &name, &plate) || strlen(name) >= sizeof still->file) {
			bench_complain("%s: line %u: wants file, x, y, w, h and text with tabs between, w and h above 0; left out", path, at);
			continue;
		}
		still = find(stills, n, name);
		if (!still) {
			more = realloc(stills, (n + 1) * sizeof *stills);
			if (!more) {
				bench_complain("%s: line %u: no memory; the rest is left out", path, at);
				break;
			}
			stills = more;
			still = &stills[n++];
			*still = (struct still){.line = at};
			strcpy(still->file, name);
		}
		if (still->count == PLATES_MAX)
			bench_complain("%s: line %u: more than %d plates on %s; left out", path, at, PLATES_MAX, name);
		else
			still->plates[still->count++] = plate;
	}
	*ret_count = n;
	return stills;
}

