/* SPDX-License-Identifier: Apache-2.0 */
/* The folder publisher and the delivery: whole files, sent again until a receipt comes. */
#include "cases.h"
#include "qyrand/delivery.h"
#include "qyrand/files.h"
#include "qyrand/heartbeat.h"
#include "qyrand/receipt.h"
#include "qyrand/sealed.h"
#include "sample.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[512], error[2048];
static struct sample_keys authority;
static struct qyran_config config;
static struct qyran_outbox *outbox;
static struct qyran_delivery *delivery;

static void fresh(const char *name, uint32_t violations)
{
	sample_directory(directory, name);
	sample_authority(directory, &authority);
	sample_config(directory, "KZ-1", &config);
	CU_ASSERT_FATAL(qyran_outbox_open(&config, &outbox, error, sizeof error) == 0);
	for (uint32_t i = 0; i < violations; i++) {
		struct qyran_violation violation;

		sample_violation(i, 64, &violation);
		CU_ASSERT(qyran_outbox_decide(outbox, &violation) == 0);
		qyran_violation_clear(&violation);
	}
	CU_ASSERT_FATAL(qyran_delivery_open(&config, outbox, &delivery, error, sizeof error) == 0);
}

static void done(void)
{
	qyran_delivery_close(delivery);
	qyran_outbox_close(outbox);
	sample_authority_free(&authority);
	sample_remove(directory);
}

/* Files in the folder that end so; the last one's path. */
static size_t files(const char *end, char path[2048])
{
	DIR *folder = opendir(config.publisher.path);
	const struct dirent *entry;
	size_t count = 0;

	while (folder && (entry = readdir(folder))) {
		size_t length = strlen(entry->d_name);

		if (length < strlen(end) || strcmp(entry->d_name + length - strlen(end), end) != 0)
			continue;
		count++;
		if (path)
			snprintf(path, 2048, "%s/%s", config.publisher.path, entry->d_name);
	}
	if (folder)
		closedir(folder);
	return count;
}

static struct qyran_outbox_counts counts(void)
{
	struct qyran_outbox_counts ret = { 0 };

	CU_ASSERT(qyran_outbox_counts(outbox, &ret) == 0);
	return ret;
}

static void every_record_lies_whole_in_the_folder(void)
{
	uint8_t *sent, *kept;
	size_t sent_size, kept_size;
	uint64_t sequence;
	char path[2048];
	struct qyran_sealed sealed;

	fresh("folder", 40);	/* more than go out in one turn */
	CU_ASSERT(qyran_delivery_drain(delivery, 5000) == 0);
	CU_ASSERT(files(".sealed", path) == 40 && files(".part", NULL) == 0);
	CU_ASSERT(counts().published == 40 && counts().waiting == 40);
	CU_ASSERT_FATAL(qyran_files_read(path, QYRAN_SEALED_MAX, &sent, &sent_size) == 0);
	CU_ASSERT_FATAL(qyran_sealed_parse(sent, sent_size, &sealed) == 0);
	CU_ASSERT_FATAL(qyran_outbox_next(outbox, (int64_t)sealed.sequence - 1, &sequence, &kept, &kept_size) == 0);
	CU_ASSERT(sequence == sealed.sequence && sent_size == kept_size && memcmp(sent, kept, kept_size) == 0);
	qyran_sealed_clear(&sealed);
	free(sent);
	free(kept);
	CU_ASSERT_STRING_EQUAL(qyran_delivery_state(delivery), "connected");
	done();
}

static void heartbeat_and_health_are_one_file_each(void)
{
	struct qyran_heartbeat heartbeat = { .sequence = 0 };
	char path[2048];
	uint8_t *bytes;
	size_t size;

	fresh("folder-beat", 2);
	CU_ASSERT(qyran_delivery_heartbeat(delivery, 5, true) == 0 && qyran_delivery_heartbeat(delivery, 6, true) == 0);
	CU_ASSERT(qyran_delivery_health(delivery, "well\n") == 0 && qyran_delivery_health(delivery, "better\n") == 0);
	CU_ASSERT(files(".heartbeat", path) == 1 && files(".health", NULL) == 1);
	CU_ASSERT_FATAL(qyran_files_read(path, QYRAN_HEARTBEAT_MAX, &bytes, &size) == 0);
	CU_ASSERT(qyran_heartbeat_parse(bytes, size, NULL, &heartbeat) == 0 && heartbeat.time_ns == 6 && heartbeat.sequence == 2);
	free(bytes);
	done();
}

static void folder_that_is_away_is_waited_for(void)
{
	char away[2048];

	fresh("folder-away", 3);
	snprintf(away, sizeof away, "%s.away", config.publisher.path);
	CU_ASSERT_FATAL(rename(config.publisher.path, away) == 0);
	CU_ASSERT(qyran_delivery_drain(delivery, 100) == -ETIMEDOUT);
	CU_ASSERT_STRING_EQUAL(qyran_delivery_state(delivery), "failing");
	CU_ASSERT(counts().published == 0 && counts().waiting == 3);
	CU_ASSERT_FATAL(rename(away, config.publisher.path) == 0);
	CU_ASSERT(qyran_delivery_drain(delivery, 5000) == 0 && files(".sealed", NULL) == 3);
	done();
}

static void lost_record_is_sent_again(void)
{
	char path[2048];

	fresh("folder-again", 3);
	CU_ASSERT(qyran_delivery_drain(delivery, 5000) == 0 && files(".sealed", path) == 3);
	CU_ASSERT_FATAL(unlink(path) == 0);
	for (int i = 0; i < 5; i++)
		CU_ASSERT(qyran_delivery_poll(delivery, 10) == 0);
	CU_ASSERT(files(".sealed", NULL) == 2);		/* not before its time */
	qyran_delivery_again(delivery, 50);
	for (int i = 0; i < 20; i++)
		CU_ASSERT(qyran_delivery_poll(delivery, 10) == 0);
	CU_ASSERT(files(".sealed", NULL) == 3);
	/* And by a camera that was started again, at once. */
	files(".sealed", path);
	CU_ASSERT_FATAL(unlink(path) == 0);
	qyran_delivery_close(delivery);
	CU_ASSERT_FATAL(qyran_delivery_open(&config, outbox, &delivery, error, sizeof error) == 0);
	CU_ASSERT(qyran_delivery_poll(delivery, 0) == 0 && files(".sealed", NULL) == 3);
	done();
}

static void put_receipt(const char *name, const struct qyran_secret_key *key, uint64_t sequence)
{
	struct qyran_sealed sealed;
	char receipts[2048];
	uint64_t found;
	uint8_t *bytes;
	size_t size;

	CU_ASSERT_FATAL(qyran_outbox_next(outbox, (int64_t)sequence - 1, &found, &bytes, &size) == 0 && found == sequence);
	CU_ASSERT_FATAL(qyran_sealed_parse(bytes, size, &sealed) == 0);
	free(bytes);
	CU_ASSERT_FATAL(qyran_receipt_make(&sealed, key, &bytes, &size) == 0);
	qyran_sealed_clear(&sealed);
	snprintf(receipts, sizeof receipts, "%s/receipts", config.publisher.path);
	CU_ASSERT_FATAL(qyran_files_replace(receipts, name, bytes, size, 0644) == 0);
	free(bytes);
}

static void only_the_centres_receipts_empty_the_outbox(void)
{
	char receipts[2048];
	uint8_t junk[4096] = { 1 };

	fresh("folder-receipts", 3);
	CU_ASSERT(qyran_delivery_drain(delivery, 5000) == 0);
	put_receipt("forged.receipt", authority.root, 1);
	snprintf(receipts, sizeof receipts, "%s/receipts", config.publisher.path);
	CU_ASSERT(qyran_files_replace(receipts, "huge.receipt", junk, sizeof junk, 0644) == 0);
	CU_ASSERT(qyran_files_replace(receipts, "empty.receipt", junk, 0, 0644) == 0);
	CU_ASSERT(qyran_delivery_poll(delivery, 0) == 0 && counts().waiting == 3);
	put_receipt("two.receipt", authority.receipt, 2);
	CU_ASSERT(qyran_delivery_poll(delivery, 0) == 0 && counts().waiting == 2 && counts().receipted == 1);
	qyran_delivery_again(delivery, 0);
	CU_ASSERT(qyran_delivery_poll(delivery, 0) == 0 && counts().waiting == 2);
	done();
}

static void leftovers_of_a_killed_camera_are_removed(void)
{
	char path[2048];

	fresh("folder-part", 1);
	CU_ASSERT(qyran_delivery_drain(delivery, 5000) == 0);
	snprintf(path, sizeof path, "%s/.KZ-1-0000000000000001-0000000001.sealed.12345.part", config.publisher.path);
	CU_ASSERT_FATAL(mkdir(config.publisher.path, 0755) < 0 && fclose(fopen(path, "w")) == 0);
	snprintf(path, sizeof path, "%s/.KZ-10-0000000000000001-0000000001.sealed.12345.part", config.publisher.path);
	CU_ASSERT_FATAL(fclose(fopen(path, "w")) == 0);
	qyran_delivery_close(delivery);
	CU_ASSERT_FATAL(qyran_delivery_open(&config, outbox, &delivery, error, sizeof error) == 0);
	CU_ASSERT(files(".part", path) == 1 && strstr(path, "KZ-10"));	/* another camera's may be at work */
	CU_ASSERT(files(".sealed", NULL) == 1);
	done();
}

static void folder_that_cannot_be_made_is_told(void)
{
	struct qyran_delivery *second;

	fresh("folder-none", 0);
	snprintf(config.publisher.path, sizeof config.publisher.path, "%s/bundle/out", directory);
	CU_ASSERT(qyran_delivery_open(&config, outbox, &second, error, sizeof error) == -ENOTDIR);
	CU_ASSERT(strstr(error, "bundle/out") && !strchr(error, '\n'));
	config.publisher.mqtt = true;
	snprintf(config.publisher.ca, sizeof config.publisher.ca, "%s/no-ca.crt", directory);
	CU_ASSERT(qyran_delivery_open(&config, outbox, &second, error, sizeof error) == -ENOENT && strstr(error, "no-ca.crt"));
	done();
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "every_record_lies_whole_in_the_folder", every_record_lies_whole_in_the_folder },
		{ "heartbeat_and_health_are_one_file_each", heartbeat_and_health_are_one_file_each },
		{ "folder_that_is_away_is_waited_for", folder_that_is_away_is_waited_for },
		{ "lost_record_is_sent_again", lost_record_is_sent_again },
		{ "only_the_centres_receipts_empty_the_outbox", only_the_centres_receipts_empty_the_outbox },
		{ "leftovers_of_a_killed_camera_are_removed", leftovers_of_a_killed_camera_are_removed },
		{ "folder_that_cannot_be_made_is_told", folder_that_cannot_be_made_is_told },
	};

	return test_cases_run("publisher", cases, sizeof cases / sizeof *cases);
}
