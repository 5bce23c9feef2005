/* SPDX-License-Identifier: Apache-2.0 */
/* The device goes dead, for a moment or for good; or is not what it says. */
#include "tests/vm/drive.h"

#include <signal.h>
#include <sys/wait.h>

#define FOR_EVER 0xffffffffu
#define SILENT_WORDS "does not answer"

/* A child that reads with waiting; ends with the errno that ended its reading, 200 when it was the end of the stream. */
static pid_t waiting_reader(int fd)
{
	static uint8_t buffer[DRIVE_BUFFER];
	pid_t child = fork();
	ssize_t got;

	if (child != 0)
		return child;
	fcntl(fd, F_SETFL, 0);
	do
		got = read(fd, buffer, sizeof(buffer));
	while (got > 0);
	_exit(got < 0 ? errno : 200);
}

/* How the child ended; -1: it still waits. */
static int ended(pid_t child, unsigned int seconds)
{
	int status;

	for (unsigned int i = 0; i < seconds * 100; i++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
		drive_pause_ms(10);
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return -1;
}

static void while_it_streams(void)
{
	int fd = drive_begin(), log = drive_log(), status, polled;
	struct tally tally = { 0 };
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	struct qyran_ioc_info info;
	unsigned int lines;
	pid_t child;
	int64_t home;

	drive_play(fd, &tally, 5);
	drive_drain(fd, &tally);
	child = waiting_reader(fd);
	drive_pause_ms(300);
	rig_set(BENCH_DEAD, FOR_EVER);
	status = ended(child, DRIVE_PATIENCE);
	fcntl(fd, F_SETFL, O_NONBLOCK);	/* the file is one with the child's */
	report(status == EIO, "a_reader_that_waits_is_told_when_the_device_dies", "it ended with %d (%s)", status, status > 0 ? strerror(status) : "it still waits");
	polled = poll(&wait, 1, DRIVE_PATIENCE * 1000);
	report(polled == 1 && wait.revents & POLLERR, "poll_wakes_when_the_device_is_dead", "%d, 0x%x", polled, (unsigned int)wait.revents);
	drive_read(fd, &tally, 0);
	report(tally.error == -EIO, "read_of_a_dead_device_is_an_error", "%s", strerror(-tally.error));
	report(ioctl(fd, QYRAN_IOC_INFO, &info) == 0 && info.slots == QYRAN_SLOTS, "what_the_driver_knows_it_tells_of_a_dead_device", "%s, %u slots",
	       strerror(errno), info.slots);
	report(drive_count("logic_frames") == -1 && drive_count("records") > 0, "counters_of_a_dead_device_are_errors_and_not_nonsense", "%lld, %lld",
	       (long long)drive_count("logic_frames"), (long long)drive_count("records"));
	drive_pause_ms(2000);
	lines = drive_log_lines(log, SILENT_WORDS);
	report(lines == 1, "a_dead_device_is_told_in_one_line", "%u lines", lines);

	rig_set(BENCH_DEAD, 0);
	tally.error = 0;
	status = (int)drive_play(fd, &tally, 20);
	drive_drain(fd, &tally);
	home = drive_count("slots_home");
	report(status && tally.unsound == 0 && home == QYRAN_SLOTS, "the_stream_goes_on_when_the_device_is_back", "%llu frames, %llu unsound, %s, %lld slots home",
	       (unsigned long long)tally.frames, (unsigned long long)tally.unsound, strerror(-tally.error), (long long)home);
	close(log);
	close(fd);
}

static void and_is_closed(void)
{
	int fd = drive_begin(), rc;
	struct tally tally = { 0 };
	uint64_t begun, took;

	drive_play(fd, &tally, 5);
	rig_set(BENCH_DEAD, FOR_EVER);
	begun = rig_now_ns();
	rc = ioctl(fd, QYRAN_IOC_STOP) < 0 ? -errno : 0;
	close(fd);
	took = rig_now_ns() - begun;
	report(rc == -EIO && took < 10000000000ull, "stop_of_a_dead_device_is_an_error_and_soon_over", "%s after %.1f s", strerror(-rc), (double)took / 1e9);
	fd = drive_open();
	rc = fd < 0 ? -errno : drive_start(fd, 64, 48);
	report(rc == -EIO, "start_of_a_dead_device_is_an_error", "%s", strerror(-rc));
	if (fd >= 0)
		close(fd);
	begun = rig_now_ns();
	rc = drive_unload();
	took = rig_now_ns() - begun;
	report(rc && took < 20000000000ull, "the_module_goes_though_the_device_is_dead", "%s after %.1f s", rc ? "gone" : "not gone", (double)took / 1e9);
	rc = drive_load() && access("/dev/qyran0", F_OK) == 0;
	report(!rc, "a_dead_device_is_refused", "it was taken");
	drive_unload();
	rig_set(BENCH_DEAD, 0);
	report(drive_load() && access("/dev/qyran0", F_OK) == 0, "and_taken_when_it_is_back", "there is no /dev/qyran0");
	drive_is_well("after_its_death_the_camera_is_well");
}

/* Some accesses fail, from each access of a stream's life on: nothing hangs, and afterwards all is well. */
static void for_a_moment(void)
{
	static const unsigned int lengths[] = { 1, 2, 7 };
	unsigned int bad = 0, moments = 0;
	char first[120] = "";

	for (unsigned int after = 0; after < 200; after += 1 + after / 8) {
		uint32_t length = lengths[moments++ % 3];
		struct tally tally = { 0 };
		int fd = drive_open(), rc;
		bool well;

		rig_set(BENCH_DEAD_AFTER, after);
		rig_set(BENCH_DEAD, length);
		rc = drive_start(fd, 64, 48);
		rig_play(BENCH_SOURCE_PATTERN, 3, BENCH_PACE_SCENE);
		for (unsigned int i = 0; rc == 0 && i < 4; i++)
			drive_read(fd, &tally, 20);
		rig_set(BENCH_PLAY, 0);
		close(fd);
		rig_set(BENCH_DEAD, 0);
		rig_set(BENCH_DEAD_AFTER, 0);
		fd = drive_open();
		tally = (struct tally){ 0 };
		rc = drive_start(fd, 64, 48);
		well = rc == 0 && drive_play(fd, &tally, 2) && tally.pixels == 2 && tally.gaps == 0 && tally.unsound == 0;
		if (!well && !bad++)
			snprintf(first, sizeof(first), "%u accesses after %u: start %s, %llu of 2 frames, %llu gaps", length, after, strerror(-rc),
				 (unsigned long long)tally.frames, (unsigned long long)tally.gaps);
		close(fd);
	}
	report(bad == 0, "a_device_that_is_away_for_a_moment_is_well_at_the_next_start", "%u of %u moments are not; first %s", bad, moments, first);
	printf("note %u moments at which the device was away\n", moments);
}

/* While the stream runs, and it goes on by itself: the tick finds what the logic was not told. */
static void in_the_stream(void)
{
	int fd = drive_begin();
	struct tally tally = { 0 };
	unsigned int lost = 0;
	int64_t home = -1;

	drive_play(fd, &tally, 2);
	for (unsigned int i = 0; i < 12; i++) {
		rig_set(BENCH_DEAD_AFTER, i);
		rig_set(BENCH_DEAD, 1 + i % 3);
		tally.error = 0;
		rig_play(BENCH_SOURCE_PATTERN, 3, BENCH_PACE_SCENE);
		for (unsigned int turn = 0; turn < DRIVE_PATIENCE * 10 && rig_get(BENCH_PLAY); turn++)
			drive_read(fd, &tally, 100);
		lost += rig_get(BENCH_PLAY);
		rig_set(BENCH_PLAY, 0);
	}
	rig_set(BENCH_DEAD, 0);
	rig_set(BENCH_DEAD_AFTER, 0);
	tally.error = 0;
	tally.frames = 0;
	drive_drain(fd, &tally);
	drive_play(fd, &tally, 20);
	drive_drain(fd, &tally);
	home = drive_count("slots_home");
	report(lost == 0 && tally.frames >= 20 && tally.unsound == 0 && home == QYRAN_SLOTS, "a_device_that_is_away_for_a_moment_goes_on_by_itself",
	       "%u of 12 times it did not, %llu frames, %llu unsound, %lld slots home", lost, (unsigned long long)tally.frames,
	       (unsigned long long)tally.unsound, (long long)home);
	close(fd);
}

static bool refused(const char *words)
{
	int log = drive_log();
	bool taken = drive_load() && access("/dev/qyran0", F_OK) == 0;
	unsigned int lines = drive_log_lines(log, words);

	close(log);
	drive_unload();
	return !taken && lines == 1;
}

static void not_what_it_says(void)
{
	drive_unload();
	rig_set(BENCH_SHOW_ID, 0x12345678);
	report(refused("id reads 0x12345678"), "another_device_is_refused_by_its_id", "it was taken, or nothing was said");
	rig_set(BENCH_SHOW_ID, 0);
	rig_set(BENCH_SHOW_VERSION, 0x00070000);
	report(refused("logic version 7.0"), "another_logic_is_refused_by_its_version", "it was taken, or nothing was said");
	rig_set(BENCH_SHOW_VERSION, 0);
	rig_set(BENCH_NEVER_IDLE, 1);
	report(refused("does not become idle"), "a_logic_that_is_not_idle_is_refused", "it was taken, or nothing was said");
	rig_set(BENCH_NEVER_IDLE, 0);
	report(drive_load() && access("/dev/qyran0", F_OK) == 0, "the_right_one_is_taken", "there is no /dev/qyran0");
}

/* Memory that it may still write to is not given to others. */
static void never_idle(void)
{
	int fd = drive_begin(), log = drive_log(), rc;
	struct tally tally = { 0 };

	drive_play(fd, &tally, 3);
	rig_set(BENCH_NEVER_IDLE, 1);
	rc = ioctl(fd, QYRAN_IOC_STOP) < 0 ? -errno : 0;
	close(fd);
	report(rc == -ETIMEDOUT, "stop_of_a_logic_that_does_not_end_is_told", "%s", strerror(-rc));
	rc = drive_unload();
	report(rc && drive_log_lines(log, "cut off from memory") == 1, "it_is_cut_off_from_memory_before_that_goes", "%s", rc ? "nothing was said" : "not unloaded");
	rig_set(BENCH_NEVER_IDLE, 0);
	report(drive_load(), "and_serves_again_when_idle", "modprobe failed");
	close(log);
}

int main(void)
{
	if (!report(drive_load(), "module_loads", "modprobe failed"))
		return 1;
	while_it_streams();
	and_is_closed();
	for_a_moment();
	in_the_stream();
	not_what_it_says();
	never_idle();
	drive_is_well("after_all_deaths_the_camera_is_well");
	report(drive_unload(), "module_unloads_after_death", "modprobe -r failed");
	return drive_failed;
}
