/* SPDX-License-Identifier: Apache-2.0 */
/* verify, open, table. */
#include "qyran-inbox.h"

#include "qyrand/files.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* TAI - UTC since 2017-01-01; no leap second has been announced since (IERS Bulletin C). */
#define TAI_MINUS_UTC_S 37

void inbox_time(uint64_t tai_ns, char *text, size_t size)
{
	time_t seconds = (time_t)(tai_ns / 1000000000u) - TAI_MINUS_UTC_S;
	char day[32];
	struct tm utc;

	if (!gmtime_r(&seconds, &utc) || strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S", &utc) == 0)
		snprintf(day, sizeof day, "?");
	snprintf(text, size, "%s.%03u", day, (unsigned)(tai_ns % 1000000000u / 1000000u));
}

const char *inbox_plate(const Qyran__V1__Violation *violation)
{
	const Qyran__V1__Plate *plate = violation->vehicle->plate;

	return plate->status == QYRAN__V1__PLATE_STATUS__PLATE_STATUS_READ ? plate->text : "-";
}

uint64_t inbox_speed_dkmh(const Qyran__V1__Violation *violation)
{
	int64_t speed = violation->speed->measured_cmh;

	if (violation->rule == QYRAN__V1__RULE__RULE_STANDING || violation->rule == QYRAN__V1__RULE__RULE_STOP_LINE)
		return 0;
	return (uint64_t)((speed < 0 ? -speed : speed) + 5) / 10;
}

int inbox_verify(const struct inbox_options *options)
{
	struct inbox inbox = { .options = options };
	bool readable = inbox_load(&inbox);
	int status = readable ? inbox_status(&inbox) : INBOX_UNUSABLE;

	printf("verified %zu of %zu records, %zu files refused, %zu faults in chains\n", inbox.count, inbox.files, inbox.refused, inbox.faults);
	inbox_clear(&inbox);
	return status;
}

static bool begin(struct inbox *inbox)
{
	inbox->quiet = true;
	if (inbox_recipients(inbox) == 0) {
		fprintf(stderr, "qyran-inbox: %s/recipients: holds no usable key; name the authority's keys with --keys\n", inbox->options->keys);
		return false;
	}
	return inbox_load(inbox);
}

static bool write_one(struct inbox *inbox, const struct inbox_record *record, const char *name, const uint8_t *bytes, size_t size)
{
	int code = qyran_files_replace(inbox->options->plain, name, bytes, size, 0600);

	if (code)
		inbox_refuse(inbox, record->path, "cannot write %s/%s: %s", inbox->options->plain, name, strerror(-code));
	return code == 0;
}

static void write_plain(struct inbox *inbox, const struct inbox_record *record, const Qyran__V1__Violation *violation, const uint8_t *plain,
			size_t size)
{
	char base[160], name[192];

	/* From the violation's identity alone: equal violations have equal names. */
	snprintf(base, sizeof base, "%s-%s-%" PRIu64, violation->camera->id, qyran_opened_rule(violation), violation->track_first_ns);
	snprintf(name, sizeof name, "%s.violation", base);
	if (!write_one(inbox, record, name, plain, size))
		return;
	for (size_t i = 0; i < violation->n_evidence; i++) {
		snprintf(name, sizeof name, "%s-%zu.jpg", base, i + 1);
		if (!write_one(inbox, record, name, violation->evidence[i]->jpeg.data, violation->evidence[i]->jpeg.len))
			return;
	}
}

int inbox_open_all(const struct inbox_options *options)
{
	struct inbox inbox = { .options = options };
	size_t opened = 0;
	int status = INBOX_UNUSABLE;
	int code = options->plain ? qyran_files_make_directory(options->plain, 0700) : 0;

	if (code)
		fprintf(stderr, "qyran-inbox: %s: cannot make the directory: %s\n", options->plain, strerror(-code));
	if (code || !begin(&inbox))
		goto out;
	for (size_t i = 0; i < inbox.count; i++) {
		uint8_t *plain;
		size_t size;
		Qyran__V1__Violation *violation = inbox_open(&inbox, &inbox.records[i], &plain, &size);

		if (!violation)
			continue;
		opened++;
		if (options->plain)
			write_plain(&inbox, &inbox.records[i], violation, plain, size);
		sodium_memzero(plain, size);
		free(plain);
		qyran_message_free(violation);
	}
	printf("opened %zu of %zu records\n", opened, inbox.files);
	status = inbox_status(&inbox);
out:
	inbox_clear(&inbox);
	return status;
}

static void print_row(const struct inbox_options *options, const struct inbox_record *record, const Qyran__V1__Violation *violation)
{
	uint64_t speed = inbox_speed_dkmh(violation);
	char when[64], speed_text[32] = "0", uncertainty[32] = "";

	if (speed)
		snprintf(speed_text, sizeof speed_text, "%" PRIu64 ".%" PRIu64, speed / 10, speed % 10);
	if (options->tsv) {
		printf("%s\t%s\t%s\t%s\t%" PRIu64 "\n", record->folder, qyran_opened_rule(violation), inbox_plate(violation), speed_text,
		       violation->time->tai_ns);
		return;
	}
	inbox_time(violation->time->tai_ns, when, sizeof when);
	if (speed)
		snprintf(uncertainty, sizeof uncertainty, "+-%u.%u", violation->speed->u95_cmh / 100, violation->speed->u95_cmh % 100 / 10);
	printf("%-20s %-10s %-12s %5u.%u%% %7s %-7s %-24s %" PRIu64 "\n", record->chain.camera, qyran_opened_rule(violation),
	       inbox_plate(violation), violation->vehicle->plate->confidence_permille / 10,
	       violation->vehicle->plate->confidence_permille % 10, speed_text, uncertainty, when, violation->time->tai_ns);
}

int inbox_table(const struct inbox_options *options)
{
	struct inbox inbox = { .options = options };
	int status = INBOX_UNUSABLE;

	if (!begin(&inbox))
		goto out;
	if (!options->tsv)
		printf("%-20s %-10s %-12s %7s %7s %-7s %-24s %s\n", "camera", "kind", "plate", "sure", "km/h", "", "time (UTC)", "time_ns (TAI)");
	for (size_t i = 0; i < inbox.count; i++) {
		Qyran__V1__Violation *violation = inbox_open(&inbox, &inbox.records[i], NULL, NULL);

		if (!violation)
			continue;
		print_row(options, &inbox.records[i], violation);
		qyran_message_free(violation);
	}
	status = inbox_status(&inbox);
out:
	inbox_clear(&inbox);
	return status;
}
