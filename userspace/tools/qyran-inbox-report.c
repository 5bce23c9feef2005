/* SPDX-License-Identifier: Apache-2.0 */
/* report: one HTML page with everything inside, readable on a phone. Nothing in it is loaded from elsewhere. */
#include "qyran-inbox.h"
#include "qyran-inbox-page.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A summary row and, behind all rows, a section for each violation: two passes, so that pictures are in memory one record at a time. */
static size_t write_rows(FILE *page, struct inbox *inbox)
{
	size_t shown = 0;

	fputs("<div class=wide><table><tr><th>#<th>kind<th>plate<th>km/h<th>time (UTC)<th>camera</tr>\n", page);
	for (size_t i = 0; i < inbox->count; i++) {
		Qyran__V1__Violation *violation = inbox_open(inbox, &inbox->records[i], NULL, NULL);

		if (!violation) {
			inbox->records[i].chain.sequence = 0;	/* told once; not opened again */
			continue;
		}
		inbox_page_row(page, ++shown, violation);
		qyran_message_free(violation);
	}
	fputs("</table></div>\n", page);
	return shown;
}

static void write_sections(FILE *page, struct inbox *inbox)
{
	size_t shown = 0;

	for (size_t i = 0; i < inbox->count; i++) {
		Qyran__V1__Violation *violation;

		if (inbox->records[i].chain.sequence == 0)
			continue;
		violation = inbox_open(inbox, &inbox->records[i], NULL, NULL);
		if (!violation)
			continue;
		inbox_page_section(page, ++shown, &inbox->records[i], violation);
		qyran_message_free(violation);
	}
}

static void write_page(FILE *page, struct inbox *inbox)
{
	size_t shown;

	inbox_page_begin(page);
	fprintf(page, "<p class=%s>%zu of %zu records verified, %zu files refused, %zu faults in chains.</p>\n",
		inbox_status(inbox) == INBOX_SOUND ? "good" : "bad", inbox->count, inbox->files, inbox->refused, inbox->faults);
	shown = write_rows(page, inbox);
	if (shown == 0)
		fputs("<p>No violation.</p>\n", page);
	fputs("<h2>Chains</h2>\n<ul>\n", page);
	for (size_t i = 0; i < inbox->note_count; i++) {
		fputs("<li>", page);
		inbox_page_text(page, inbox->notes[i]);
		fputc('\n', page);
	}
	fputs("</ul>\n", page);
	write_sections(page, inbox);
	inbox_page_end(page);
}

static int save(const char *out, struct inbox *inbox)
{
	char part[4096];
	struct stat status;
	int fd, code = 0;
	FILE *page;

	if (snprintf(part, sizeof part, "%s.part", out) >= (int)sizeof part)
		return -ENAMETOOLONG;
	if (stat(out, &status) == 0 && !S_ISREG(status.st_mode))
		return S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
	unlink(part);
	/* Plates are in it: for its owner alone. */
	fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	page = fdopen(fd, "w");
	if (!page) {
		code = -errno;
		close(fd);
		unlink(part);
		return code;
	}
	write_page(page, inbox);
	if (fflush(page) != 0 || ferror(page) || fsync(fd) < 0)
		code = errno ? -errno : -EIO;
	if (fclose(page) != 0 && !code)
		code = -errno;
	if (!code && rename(part, out) < 0)
		code = -errno;
	if (code)
		unlink(part);
	return code;
}

int inbox_report(const struct inbox_options *options)
{
	struct inbox inbox = { .options = options, .quiet = true };
	int status = INBOX_UNUSABLE, code;

	if (inbox_recipients(&inbox) == 0) {
		fprintf(stderr, "qyran-inbox: %s/recipients: holds no usable key; name the authority's keys with --keys\n", options->keys);
		goto out;
	}
	if (!inbox_load(&inbox))
		goto out;
	code = save(options->out, &inbox);
	if (code) {
		fprintf(stderr, "qyran-inbox: %s: cannot write the report: %s\n", options->out, code == -EINVAL ? "it is there and is no file" : strerror(-code));
		goto out;
	}
	printf("report: %s\n", options->out);
	status = inbox_status(&inbox);
out:
	inbox_clear(&inbox);
	return status;
}
