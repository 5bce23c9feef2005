/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts that do not come, or come without cause: `interrupts [CAUSELESS]`. */
#include "tests/vm/drive.h"


#define NEVER 0xffffffffu

static void none_comes(void)
{
	int64_t missing = drive_count("interrupts_missing"), came = drive_count("interrupts");
	int fd = drive_begin();
	struct tally tally = { 0 };
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	uint64_t begun, took[2];
	int polled;
	ssize_t got;
	static uint8_t buffer[DRIVE_BUFFER];

	rig_set(BENCH_IRQ_SWALLOW, NEVER);
	drive_read(fd, &tally, 0);
	rig_play(BENCH_SOURCE_PATTERN, 1, BENCH_PACE_HOST);
	begun = rig_now_ns();
	polled = poll(&wait, 1, DRIVE_PATIENCE * 1000);
	took[0] = rig_now_ns() - begun;
	report(polled == 1 && wait.revents & POLLIN, "poll_returns_though_no_interrupt_comes", "%d, 0x%x after %.1f s", polled, (unsigned int)wait.revents,
	       (double)took[0] / 1e9);
	drive_drain(fd, &tally);

	fcntl(fd, F_SETFL, 0);
	alarm(2 * DRIVE_PATIENCE);
	rig_play(BENCH_SOURCE_PATTERN, 1, BENCH_PACE_HOST);
	begun = rig_now_ns();
	got = read(fd, buffer, sizeof(buffer));
	took[1] = rig_now_ns() - begun;
	alarm(0);
	if (got > 0)
		drive_look(&tally, buffer, (size_t)got);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	report(got > 0, "read_returns_though_no_interrupt_comes", "%s", got < 0 ? strerror(errno) : "end of file");
	drive_drain(fd, &tally);
	printf("note records were found without an interrupt after %.2f s (poll) and %.2f s (read)\n", (double)took[0] / 1e9, (double)took[1] / 1e9);

	tally = (struct tally){ .next = tally.next };
	report(drive_play(fd, &tally, 12) && tally.gaps == 0 && tally.pixels == 12, "a_stream_without_interrupts_loses_nothing", "%llu of 12 frames, %llu gaps",
	       (unsigned long long)tally.frames, (unsigned long long)tally.gaps);
	missing = drive_count("interrupts_missing") - missing;
	came = drive_count("interrupts") - came;
	report(missing > 0 && came == 0 && drive_count("restarts") == 0, "interrupts_that_do_not_come_are_counted", "%lld counted, %lld came, %lld restarts",
	       (long long)missing, (long long)came, (long long)drive_count("restarts"));
	rig_set(BENCH_IRQ_SWALLOW, 0);
	came = drive_count("interrupts");
	report(drive_play(fd, &tally, 12) && drive_count("interrupts") > came, "interrupts_are_taken_again_when_they_come", "%lld came",
	       (long long)(drive_count("interrupts") - came));
	close(fd);
}

/* Every other one is lost: a message is an edge, and what is asserted meanwhile tells of nothing more. */
static void some_come(void)
{
	int fd = drive_begin();
	struct tally tally = { 0 };

	for (unsigned int i = 0; i < 10; i++) {
		rig_set(BENCH_IRQ_SWALLOW, 1);
		drive_play(fd, &tally, 2);
	}
	rig_set(BENCH_IRQ_SWALLOW, 0);
	report(tally.frames == 20 && tally.pixels == 20 && tally.gaps == 0, "interrupts_lost_now_and_then_lose_nothing", "%llu of 20 frames, %llu gaps",
	       (unsigned long long)tally.frames, (unsigned long long)tally.gaps);
	close(fd);
}

static void without_cause(uint32_t count)
{
	int64_t counted = drive_count("interrupts_without_cause");
	uint32_t seen = rig_get(BENCH_IRQ_STORM_SEEN);
	int fd = drive_begin();
	struct tally tally = { 0 };
	uint64_t begun = rig_now_ns(), took;

	rig_play(BENCH_SOURCE_PATTERN, 0, BENCH_PACE_SCENE);
	rig_set(BENCH_IRQ_STORM, count);
	while (tally.error == 0 && rig_get(BENCH_IRQ_STORM) && rig_now_ns() - begun < 1000000000ull * (DRIVE_PATIENCE + count / 200))
		drive_frames(fd, &tally, 1);
	took = rig_now_ns() - begun;
	rig_set(BENCH_PLAY, 0);
	drive_drain(fd, &tally);
	counted = drive_count("interrupts_without_cause") - counted;
	seen = rig_get(BENCH_IRQ_STORM_SEEN) - seen;
	/* two that come at once are one to the processor */
	report(rig_get(BENCH_IRQ_STORM) == 0 && tally.frames > 0 && tally.pixels == tally.frames && tally.gaps == 0 && tally.unsound == 0 && tally.error == 0 &&
	       counted > 0 && counted <= count, "interrupts_without_cause_do_not_disturb_the_stream",
	       "%u left, %llu frames, %llu with pixels, %llu gaps, %lld counted, error %s", rig_get(BENCH_IRQ_STORM), (unsigned long long)tally.frames,
	       (unsigned long long)tally.pixels, (unsigned long long)tally.gaps, (long long)counted, strerror(-tally.error));
	printf("note %u interrupts without cause in %.1f s: %u looked at, %lld counted; %llu frames meanwhile\n", count, (double)took / 1e9, seen,
	       (long long)counted, (unsigned long long)tally.frames);
	close(fd);
}

/* No file is open: the driver listens to nothing then, and still nobody is harmed. */
static void without_cause_nor_reader(void)
{
	uint32_t left = 0;

	rig_set(BENCH_IRQ_STORM, 200);
	for (unsigned int i = 0; i < DRIVE_PATIENCE * 100 && (left = rig_get(BENCH_IRQ_STORM)); i++)
		drive_pause_ms(10);
	report(left == 0, "interrupts_without_cause_nor_reader_do_no_harm", "%u left", left);
	rig_set(BENCH_IRQ_STORM, 200);
	report(drive_unload(), "the_module_goes_in_the_midst_of_them", "modprobe -r failed");
	rig_set(BENCH_IRQ_STORM, 0);
	report(drive_load(), "and_comes_again", "modprobe failed");
}

int main(int argc, char **argv)
{
	uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;

	if (!report(drive_load(), "module_loads", "modprobe failed"))
		return 1;
	none_comes();
	some_come();
	without_cause(count);
	without_cause_nor_reader();
	drive_is_well("after_all_interrupts_the_camera_is_well");
	report(drive_unload(), "module_unloads_after_interrupts", "modprobe -r failed");
	return drive_failed;
}
