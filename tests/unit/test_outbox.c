/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox keeps what was decided: once, whole, in its chain, until the centre's receipt comes. */
#include "cases.h"
#include "qyrand/chain.h"
#include "qyrand/files.h"
#include "qyrand/heartbeat.h"
#include "qyrand/opened.h"
#include "qyrand/pack.h"
#include "qyrand/receipt.h"
#include "qyrand/sealed.h"
#include "sample.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char directory[512], error[2048];
static struct sample_keys authority;
static struct qyran_config config;

static void fresh(const char *name)
{
	sample_directory(directory, name);
	sample_authority(directory, &authority);
	sample_config(directory, "KZ-1", &config);
}

static void done(void)
{
	sample_authority_free(&authority);
	sample_remove(directory);
}

static struct qyran_outbox *open_outbox(void)
{
	struct qyran_outbox *outbox = NULL;
	int code = qyran_outbox_open(&config, &outbox, error, sizeof error);

	if (code)
		printf("# %s\n", error);
	CU_ASSERT_FATAL(code == 0);
	return outbox;
}

static int open_fails(void)
{
	struct qyran_outbox *outbox;
	int code;

	error[0] = 0;
	code = qyran_outbox_open(&config, &outbox, error, sizeof error);
	if (code == 0)
		qyran_outbox_close(outbox);
	CU_ASSERT(code == 0 || (error[0] && !strchr(error, '\n')));
	return code;
}

static int decide(struct qyran_outbox *outbox, uint32_t number, uint32_t pixels)
{
	struct qyran_violation violation;
	int code;

	sample_violation(number, pixels, &violation);
	code = qyran_outbox_decide(outbox, &violation);
	qyran_violation_clear(&violation);
	return code;
}

static struct qyran_outbox_counts counts_of(struct qyran_outbox *outbox)
{
	struct qyran_outbox_counts counts = { 0 };

	CU_ASSERT(qyran_outbox_counts(outbox, &counts) == 0);
	return counts;
}

static void on_finding(void *context, enum qyran_chain_finding finding, const char *camera, uint64_t epoch, uint64_t from, uint64_t to)
{
	(void)context;
	(void)camera;
	(void)epoch;
	(void)from;
	(void)to;
	CU_ASSERT(finding == QYRAN_CHAIN_WHOLE);
}

/* Every waiting record verifies, opens, is another violation, and they follow each other up to the heartbeat's head. Returns how many. */
static size_t check_whole(struct qyran_outbox *outbox)
{
	static struct qyran_chain_record chain[512];
	static uint64_t seen[512];
	struct qyran_chain_head head = { .epoch = 0 };
	struct qyran_heartbeat heartbeat;
	struct qyran_public_key camera;
	uint64_t sequence;
	uint8_t *bytes;
	char path[1100];
	size_t size, count = 0;

	snprintf(path, sizeof path, "%s/camera.pub", config.camera.state);
	CU_ASSERT_FATAL(qyran_keys_load_public(path, QYRAN_KEY_CAMERA, &camera, error, sizeof error) == 0);
	for (int64_t after = -1; qyran_outbox_next(outbox, after, &sequence, &bytes, &size) == 0 && count < 512; after = (int64_t)sequence) {
		Qyran__V1__Violation *violation = NULL;
		struct qyran_sealed sealed;
		const char *why = "";
		uint8_t *plain;
		size_t plain_size;

		CU_ASSERT(size <= QYRAN_SEALED_MAX);
		CU_ASSERT_FATAL(qyran_sealed_parse(bytes, size, &sealed) == 0);
		CU_ASSERT_FATAL(qyran_sealed_verify(&sealed, &camera) == 0);
		CU_ASSERT_FATAL(qyran_sealed_open(&sealed, authority.recipients[count % 2], &plain, &plain_size) == 0);
		CU_ASSERT_FATAL(qyran_opened_parse(plain, plain_size, "KZ-1", &violation, &why) == 0);
		seen[count] = violation->track_first_ns;
		for (size_t i = 0; i < count; i++)
			CU_ASSERT(seen[i] != seen[count]);
		memset(&chain[count], 0, sizeof chain[count]);
		strcpy(chain[count].camera, sealed.camera);
		chain[count].epoch = sealed.epoch;
		chain[count].sequence = sealed.sequence;
		CU_ASSERT(sealed.sequence == sequence);
		memcpy(chain[count].header_hash, sealed.header_hash, QYRAN_HASH_BYTES);
		memcpy(chain[count].previous_hash, sealed.previous_hash, QYRAN_HASH_BYTES);
		count++;
		qyran_message_free(violation);
		free(plain);
		qyran_sealed_clear(&sealed);
		free(bytes);
	}
	CU_ASSERT_FATAL(qyran_outbox_heartbeat(outbox, 5, true, &bytes, &size) == 0);
	CU_ASSERT_FATAL(qyran_heartbeat_parse(bytes, size, &camera, &heartbeat) == 0);
	free(bytes);
	CU_ASSERT(heartbeat.waiting == count && heartbeat.time_ns == 5 && heartbeat.time_synced);
	strcpy(head.camera, heartbeat.camera);
	head.epoch = heartbeat.epoch;
	head.sequence = heartbeat.sequence;
	memcpy(head.hash, heartbeat.head_hash, QYRAN_HASH_BYTES);
	CU_ASSERT(qyran_chain_check(chain, count, &head, 1, on_finding, NULL) == 0);
	return count;
}

static void decided_violations_survive_a_restart(void)
{
	struct qyran_outbox *outbox;

	fresh("outbox");
	outbox = open_outbox();
	for (uint32_t i = 0; i < 7; i++)
		CU_ASSERT(decide(outbox, i, 64) == 0);
	CU_ASSERT(check_whole(outbox) == 7);
	qyran_outbox_close(outbox);
	outbox = open_outbox();
	CU_ASSERT(decide(outbox, 7, 64) == 0);
	CU_ASSERT(check_whole(outbox) == 8);
	CU_ASSERT(counts_of(outbox).decided == 8 && counts_of(outbox).sealed == 8 && counts_of(outbox).waiting == 8);
	CU_ASSERT(counts_of(outbox).published == 0 && counts_of(outbox).bytes > 8 * 1000);
	CU_ASSERT(qyran_outbox_published(outbox, 3) == 0 && qyran_outbox_published(outbox, 3) == 0);
	CU_ASSERT(counts_of(outbox).published == 1 && counts_of(outbox).waiting == 8);
	qyran_outbox_close(outbox);
	done();
}

static void same_violation_decided_twice_is_one_record(void)
{
	struct qyran_outbox *outbox;

	fresh("outbox-twice");
	outbox = open_outbox();
	CU_ASSERT(decide(outbox, 1, 64) == 0);
	CU_ASSERT(decide(outbox, 1, 64) == -EEXIST);
	CU_ASSERT(decide(outbox, 2, 64) == 0);
	qyran_outbox_close(outbox);
	outbox = open_outbox();
	CU_ASSERT(decide(outbox, 1, 64) == -EEXIST && decide(outbox, 2, 64) == -EEXIST);
	CU_ASSERT(check_whole(outbox) == 2);
	qyran_outbox_close(outbox);
	done();
}

/* A child decides 40 violations, from the first; killed after @kill_us, or let go on to its end. Returns how long it took, us. */
static long run_child(long kill_us)
{
	struct timespec began, ended;
	pid_t child = fork();

	CU_ASSERT_FATAL(child >= 0);
	if (child == 0) {
		struct qyran_outbox *outbox;

		if (qyran_outbox_open(&config, &outbox, error, sizeof error) < 0)
			_exit(1);
		for (uint32_t i = 0; i < 40; i++)
			decide(outbox, i, 64);
		_exit(0);
	}
	clock_gettime(CLOCK_MONOTONIC, &began);
	if (kill_us >= 0) {
		usleep((useconds_t)kill_us);
		kill(child, SIGKILL);
	}
	waitpid(child, NULL, 0);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	return (ended.tv_sec - began.tv_sec) * 1000000 + (ended.tv_nsec - began.tv_nsec) / 1000;
}

static void killed_at_any_moment_each_violation_is_there_once(void)
{
	const char *seed = getenv("SEED"), *valgrind = getenv("VALGRIND_RUN");
	int rounds = valgrind && *valgrind ? 6 : 30;
	struct qyran_outbox *outbox;
	char state[sizeof config.camera.state];
	long whole_us;

	fresh("outbox-kill");
	srand((unsigned)atoi(seed ? seed : "1"));
	/* How long all of it takes here, in a state of its own. */
	memcpy(state, config.camera.state, sizeof state);
	snprintf(config.camera.state, sizeof config.camera.state, "%s/other", directory);
	whole_us = run_child(-1);
	memcpy(config.camera.state, state, sizeof state);
	for (int round = 0; round < rounds; round++)
		run_child(whole_us / 8 + rand() % (whole_us / 2));
	outbox = open_outbox();
	CU_ASSERT(check_whole(outbox) > 0);
	for (uint32_t i = 0; i < 40; i++) {
		int code = decide(outbox, i, 64);

		CU_ASSERT(code == 0 || code == -EEXIST);
	}
	CU_ASSERT(check_whole(outbox) == 40);
	qyran_outbox_close(outbox);
	done();
}

static int give_receipt(struct qyran_outbox *outbox, uint64_t sequence, const struct qyran_secret_key *key, const struct qyran_sealed *change)
{
	struct qyran_sealed sealed;
	uint64_t found;
	uint8_t *bytes;
	size_t size;
	int code;

	CU_ASSERT_FATAL(qyran_outbox_next(outbox, (int64_t)sequence - 1, &found, &bytes, &size) == 0 && found == sequence);
	CU_ASSERT_FATAL(qyran_sealed_parse(bytes, size, &sealed) == 0);
	free(bytes);
	if (change) {
		sealed.epoch += change->epoch;
		sealed.sequence += change->sequence;
		sealed.header_hash[0] ^= change->header_hash[0];
		if (change->camera[0])
			strcpy(sealed.camera, change->camera);
	}
	CU_ASSERT_FATAL(qyran_receipt_make(&sealed, key, &bytes, &size) == 0);
	qyran_sealed_clear(&sealed);
	code = qyran_outbox_receipt(outbox, bytes, size);
	if (code == 0)
		CU_ASSERT(qyran_outbox_receipt(outbox, bytes, size) == 0);	/* once more does no harm */
	free(bytes);
	return code;
}

static void record_stays_until_its_receipt_and_no_other(void)
{
	const struct qyran_sealed changes[] = {
		{ .epoch = 1 }, { .sequence = 1 }, { .sequence = 100 }, { .header_hash = { 1 } }, { .camera = "KZ-2" },
	};
	struct qyran_outbox *outbox;

	fresh("outbox-receipt");
	outbox = open_outbox();
	for (uint32_t i = 0; i < 3; i++)
		CU_ASSERT(decide(outbox, i, 64) == 0);
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
		CU_ASSERT(give_receipt(outbox, 1, authority.receipt, &changes[i]) == -EBADMSG);
	CU_ASSERT(give_receipt(outbox, 1, authority.root, NULL) == -EBADMSG);
	CU_ASSERT(qyran_outbox_receipt(outbox, (const uint8_t *)"nonsense", 8) == -EBADMSG);
	CU_ASSERT(counts_of(outbox).waiting == 3);
	CU_ASSERT(give_receipt(outbox, 2, authority.receipt, NULL) == 0);
	CU_ASSERT(counts_of(outbox).waiting == 2 && counts_of(outbox).receipted == 1 && counts_of(outbox).sealed == 3);
	CU_ASSERT(decide(outbox, 1, 64) == -EEXIST);	/* forgotten are its pictures, not that it was decided */
	CU_ASSERT(give_receipt(outbox, 1, authority.receipt, NULL) == 0 && give_receipt(outbox, 3, authority.receipt, NULL) == 0);
	CU_ASSERT(counts_of(outbox).waiting == 0 && counts_of(outbox).bytes == 0);
	CU_ASSERT(decide(outbox, 3, 64) == 0);		/* the chain goes on after what was forgotten */

	struct qyran_sealed sealed;
	uint64_t sequence;
	uint8_t *bytes;
	size_t size;

	CU_ASSERT_FATAL(qyran_outbox_next(outbox, -1, &sequence, &bytes, &size) == 0 && sequence == 4);
	CU_ASSERT(qyran_sealed_parse(bytes, size, &sealed) == 0 && sealed.sequence == 4);
	qyran_sealed_clear(&sealed);
	free(bytes);
	qyran_outbox_close(outbox);
	done();
}

static void older_bundle_is_refused(void)
{
	struct sample_keys stranger;
	char other[600];

	fresh("outbox-bundle");
	sample_bundle(directory, &authority, 5);
	CU_ASSERT(open_fails() == 0);
	sample_bundle(directory, &authority, 4);
	CU_ASSERT(open_fails() == -ESTALE && strstr(error, "bundle"));
	sample_bundle(directory, &authority, 5);
	CU_ASSERT(open_fails() == 0);
	/* The same version with other recipients is another bundle. */
	stranger = authority;
	stranger.recipients[0] = authority.recipients[1];
	stranger.recipients[1] = authority.recipients[0];
	sample_bundle(directory, &stranger, 5);
	CU_ASSERT(open_fails() == -ESTALE);
	sample_bundle(directory, &authority, 6);
	CU_ASSERT(open_fails() == 0);
	/* Of another root. */
	snprintf(other, sizeof other, "%s/other", directory);
	CU_ASSERT_FATAL(mkdir(other, 0700) == 0);
	sample_authority(other, &stranger);
	sample_bundle(directory, &stranger, 9);
	CU_ASSERT(open_fails() == -EBADMSG && strstr(error, "root"));
	sample_authority_free(&stranger);
	snprintf(config.seal.bundle, sizeof config.seal.bundle, "%s/none", directory);
	CU_ASSERT(open_fails() == -ENOENT && strstr(error, "none"));
	done();
}

static void overwrite(const char *name, const char *text)
{
	CU_ASSERT_FATAL(qyran_files_replace(config.camera.state, name, (const uint8_t *)text, strlen(text), 0600) == 0);
}

static void broken_state_is_told_in_one_line(void)
{
	struct qyran_outbox *outbox, *second;
	char path[1100];

	fresh("outbox-state");
	outbox = open_outbox();
	CU_ASSERT(decide(outbox, 0, 64) == 0);
	CU_ASSERT(qyran_outbox_open(&config, &second, error, sizeof error) == -EBUSY && strstr(error, "another"));
	qyran_outbox_close(outbox);
	snprintf(path, sizeof path, "%s/camera.pub", config.camera.state);
	unlink(path);
	CU_ASSERT(open_fails() == 0 && access(path, R_OK) == 0);
	strcpy(config.camera.id, "KZ-2");
	CU_ASSERT(open_fails() == -EPERM && strstr(error, "KZ-1"));
	strcpy(config.camera.id, "KZ-1");
	snprintf(path, sizeof path, "%s/camera.key", config.camera.state);
	CU_ASSERT(chmod(path, 0640) == 0);
	CU_ASSERT(open_fails() == -EPERM && strstr(error, "chmod 600"));
	overwrite("camera.key", "qyran-camera-secret KZ-1 00\n");
	CU_ASSERT(open_fails() == -EINVAL && strstr(error, "camera.key"));
	/* A lost key is not replaced while its chain is there. */
	unlink(path);
	CU_ASSERT(open_fails() == -EPERM && strstr(error, "outbox.db") && access(path, F_OK) < 0);
	CU_ASSERT(qyran_keys_make(config.camera.state, "camera", QYRAN_KEY_CAMERA, "KZ-1", error, sizeof error) == 0);
	CU_ASSERT(open_fails() == -EPERM && strstr(error, "outbox.db"));
	overwrite("outbox.db", "this is not a database, but it is long enough to be looked at as if it were one: 0123456789012345678901234567890");
	CU_ASSERT(open_fails() == -EUCLEAN && strstr(error, "outbox.db"));
	done();
}

static void set_file_limit(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes;
	CU_ASSERT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void files_may_not_grow_nothing_sealed_is_lost_and_it_goes_on(void)
{
	struct qyran_outbox *outbox;
	uint32_t stored = 0;
	int code = 0;

	fresh("outbox-limit");
	signal(SIGXFSZ, SIG_IGN);
	outbox = open_outbox();
	set_file_limit(300 * 1024);
	while (stored < 200 && (code = decide(outbox, stored, 160)) == 0)
		stored++;
	if (code != -ENOSPC || stored <= 5)
		printf("# %u stored, then %d: %s\n", stored, code, qyran_outbox_error(outbox));
	CU_ASSERT(code == -ENOSPC && stored > 5 && stored < 200);
	CU_ASSERT(strstr(qyran_outbox_error(outbox), "disk is full") && !strchr(qyran_outbox_error(outbox), '\n'));
	CU_ASSERT(decide(outbox, stored, 160) == -ENOSPC);
	CU_ASSERT(check_whole(outbox) == stored);
	set_file_limit(RLIM_INFINITY);
	CU_ASSERT(decide(outbox, stored, 160) == 0);
	CU_ASSERT(check_whole(outbox) == stored + 1);
	qyran_outbox_close(outbox);
	outbox = open_outbox();
	CU_ASSERT(check_whole(outbox) == stored + 1);
	qyran_outbox_close(outbox);
	done();
}

/* A file system of 6 MiB: needs the right to mount. */
static bool small_disk(void)
{
	if (mkdir(config.camera.state, 0700) < 0)
		return false;
	return mount("qyran-test", config.camera.state, "tmpfs", 0, "size=6m,mode=700") == 0;
}

static void disk_full_receipts_make_room_and_it_goes_on(void)
{
	struct qyran_outbox *outbox;
	uint32_t stored = 0;
	int code = 0;

	fresh("outbox-full");
	CU_ASSERT_FATAL(small_disk());
	outbox = open_outbox();
	while (stored < 400 && (code = decide(outbox, stored, 640)) == 0)
		stored++;
	CU_ASSERT(code == -ENOSPC && stored > 5 && stored < 400);
	CU_ASSERT(check_whole(outbox) == stored);
	qyran_outbox_close(outbox);
	outbox = open_outbox();		/* also a restart on the full disk */
	CU_ASSERT(check_whole(outbox) == stored);
	for (uint64_t i = 1; i <= 3; i++)
		CU_ASSERT(give_receipt(outbox, i, authority.receipt, NULL) == 0);
	CU_ASSERT(decide(outbox, stored, 640) == 0);
	CU_ASSERT(counts_of(outbox).waiting == stored + 1 - 3);
	qyran_outbox_close(outbox);
	umount(config.camera.state);
	done();
}

static void large_pictures_are_made_to_fit(void)
{
	struct qyran_violation violation;
	struct qyran_outbox *outbox;
	size_t before = 0;

	fresh("outbox-large");
	outbox = open_outbox();
	sample_violation(0, 1920, &violation);
	for (size_t i = 0; i < violation.evidence_count; i++)
		before += violation.evidence[i].size;
	CU_ASSERT(before > QYRAN_SEALED_MAX);	/* else this tests nothing */
	CU_ASSERT(qyran_outbox_decide(outbox, &violation) == 0);
	qyran_violation_clear(&violation);
	CU_ASSERT(check_whole(outbox) == 1);
	CU_ASSERT(counts_of(outbox).bytes <= QYRAN_SEALED_MAX && counts_of(outbox).bytes > QYRAN_SEALED_MAX / 8);
	qyran_outbox_close(outbox);
	done();
}

static void equal_violations_give_equal_bytes(void)
{
	uint8_t *one, *two, *three;
	size_t one_size, two_size, three_size;
	struct qyran_violation violation;

	fresh("outbox-equal");
	sample_violation(3, 160, &violation);
	CU_ASSERT_FATAL(qyran_pack_violation(&config, &violation, &one, &one_size) == 0);
	qyran_violation_clear(&violation);
	usleep(1000);
	sample_violation(3, 160, &violation);
	memset(violation.plate.sums, 0x77, sizeof violation.plate.sums);	/* the reader's own, not packed */
	CU_ASSERT_FATAL(qyran_pack_violation(&config, &violation, &two, &two_size) == 0);
	violation.time_ns++;
	CU_ASSERT_FATAL(qyran_pack_violation(&config, &violation, &three, &three_size) == 0);
	CU_ASSERT(one_size == two_size && memcmp(one, two, one_size) == 0);
	CU_ASSERT(one_size != three_size || memcmp(one, three, one_size) != 0);
	qyran_violation_clear(&violation);
	free(one);
	free(two);
	free(three);
	done();
}

static void no_plate_and_no_picture_is_readable_in_the_state_directory(void)
{
	struct qyran_outbox *outbox;
	const struct dirent *entry;
	size_t files = 0, found = 0;
	DIR *state;

	fresh("outbox-grep");
	outbox = open_outbox();
	for (uint32_t i = 0; i < 5; i++)
		CU_ASSERT(decide(outbox, i, 160) == 0);
	state = opendir(config.camera.state);	/* while the log of the database is still there */
	CU_ASSERT_FATAL(state != NULL);
	while ((entry = readdir(state))) {
		char path[2048];
		uint8_t *bytes;
		size_t size;

		snprintf(path, sizeof path, "%s/%s", config.camera.state, entry->d_name);
		if (entry->d_name[0] == '.' || qyran_files_read(path, 64u << 20, &bytes, &size) < 0)
			continue;
		files++;
		found += memmem(bytes, size, "ABC0", 4) != NULL || memmem(bytes, size, "JFIF", 4) != NULL || memmem(bytes, size, "kz-2012", 7) != NULL;
		free(bytes);
	}
	closedir(state);
	CU_ASSERT(files >= 4 && found == 0);
	qyran_outbox_close(outbox);
	done();
}

static bool can_mount(void)
{
	bool can;

	fresh("outbox-probe");
	can = small_disk();
	if (can)
		umount(config.camera.state);
	done();
	return can;
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "decided_violations_survive_a_restart", decided_violations_survive_a_restart },
		{ "same_violation_decided_twice_is_one_record", same_violation_decided_twice_is_one_record },
		{ "killed_at_any_moment_each_violation_is_there_once", killed_at_any_moment_each_violation_is_there_once },
		{ "record_stays_until_its_receipt_and_no_other", record_stays_until_its_receipt_and_no_other },
		{ "older_bundle_is_refused", older_bundle_is_refused },
		{ "broken_state_is_told_in_one_line", broken_state_is_told_in_one_line },
		{ "files_may_not_grow_nothing_sealed_is_lost_and_it_goes_on", files_may_not_grow_nothing_sealed_is_lost_and_it_goes_on },
		{ "large_pictures_are_made_to_fit", large_pictures_are_made_to_fit },
		{ "equal_violations_give_equal_bytes", equal_violations_give_equal_bytes },
		{ "no_plate_and_no_picture_is_readable_in_the_state_directory", no_plate_and_no_picture_is_readable_in_the_state_directory },
		{ "disk_full_receipts_make_room_and_it_goes_on", disk_full_receipts_make_room_and_it_goes_on },
	};
	size_t count = sizeof cases / sizeof *cases;

	if (!can_mount()) {
		count--;
		printf("skipped %s: no right to mount a small file system\n", cases[count].name);
	}
	return test_cases_run("outbox", cases, count);
}
