/* SPDX-License-Identifier: Apache-2.0 */
/* The same again and again: `cycles [LOADS [STARTS [FRAMES]]]`. Nothing may be left behind: no memory, no slot, no frame. */
#include "tests/vm/drive.h"

#define SETTLED		20	/* from this cycle on memory stays as it is: caches of the kernel have what they want */
#define STRAY_KB	1024

/* Free memory, kB, without what the kernel keeps only because there is room. */
static int64_t memory_free(void)
{
	char line[128];
	long long free_kb = -1;
	FILE *file;

	sync();
	drive_write("/proc/sys/vm/drop_caches", "3");
	drive_pause_ms(50);
	file = fopen("/proc/meminfo", "r");
	while (file && free_kb < 0 && fgets(line, sizeof(line), file))
		if (sscanf(line, "MemFree: %lld kB", &free_kb) != 1)
			free_kb = -1;
	if (file)
		fclose(file);
	return free_kb;
}

static void verdict(const char *name, unsigned int wanted, unsigned int good, int64_t before_kb, uint64_t begun)
{
	int64_t after_kb = memory_free(), less = before_kb - after_kb;
	double seconds = (double)(rig_now_ns() - begun) / 1e9;
	char full[80];

	snprintf(full, sizeof(full), "%u_%s", wanted, name);
	report(good == wanted && before_kb > 0 && after_kb > 0 && less <= STRAY_KB && less >= -STRAY_KB, full,
	       "%u of %u are well; free memory was %lld kB, is %lld kB", good, wanted, (long long)before_kb, (long long)after_kb);
	printf("note %u %s: %.1f s, %.1f/s; free memory %+lld kB since the first\n", wanted, name, seconds, wanted / seconds, (long long)-less);
	fflush(stdout);
}

static void loads(unsigned int count)
{
	uint64_t begun = rig_now_ns();
	unsigned int good = 0;
	int64_t free_kb = 0;

	for (unsigned int i = 0; i < count; i++) {
		struct tally tally = { 0 };
		int fd, held;

		if (i == SETTLED)
			free_kb = memory_free();
		if (!drive_load())
			break;
		fd = drive_begin();
		if (drive_play(fd, &tally, 1) && tally.pixels == 1) {
			held = drive_hold(fd, tally.last);
			close(fd);
			good += held >= 0 && drive_count("frames_held") == 1;
			if (held >= 0)
				close(held);
		} else {
			close(fd);
		}
		if (!drive_unload())
			break;
	}
	verdict("loads_with_a_frame_each_leave_nothing_behind", count, good, free_kb, begun);
}

static void starts(unsigned int count)
{
	uint64_t begun = rig_now_ns();
	unsigned int good = 0;
	int64_t free_kb = 0;
	int fd = drive_open();

	for (unsigned int i = 0; i < count; i++) {
		struct tally tally = { 0 };
		/* another size now and then: other memory */
		bool larger = i % 50 == 49;
		bool well;

		if (i == SETTLED)
			free_kb = memory_free();
		if (drive_start(fd, larger ? 128 : 64, 48) < 0)
			break;
		well = i % 4 || (drive_play(fd, &tally, 1) && tally.pixels == 1 && tally.gaps == 0);
		if (ioctl(fd, QYRAN_IOC_STOP) < 0)
			break;
		good += well;
	}
	verdict("starts_and_stops_leave_nothing_behind", count, good, free_kb, begun);
	report(drive_count("slots_home") == QYRAN_SLOTS, "all_slots_are_home_after_them", "%lld", (long long)drive_count("slots_home"));
	close(fd);
}

/* Frames, each fourth held a while, with the logic's counts beside the reader's. */
static void frames(unsigned int count)
{
	uint64_t begun = rig_now_ns();
	int64_t free_kb = 0, bare = drive_count("logic_drop_frames");
	struct tally tally = { 0 };
	int fd = drive_begin(), held[4] = { -1, -1, -1, -1 };
	unsigned int holds = 0, refused = 0;

	rig_play(BENCH_SOURCE_PATTERN, count, BENCH_PACE_SCENE);
	while (tally.frames < count && drive_frames(fd, &tally, 1)) {
		unsigned int at = holds % 4;

		if (tally.frames == SETTLED * 10)
			free_kb = memory_free();
		if (tally.frames % 4)
			continue;
		if (held[at] >= 0)
			close(held[at]);
		held[at] = drive_hold(fd, tally.last);
		refused += held[at] < 0;
		holds++;
	}
	for (unsigned int i = 0; i < 4; i++)
		if (held[i] >= 0)
			close(held[i]);
	drive_drain(fd, &tally);
	verdict("frames_arrive_and_leave_nothing_behind", count, (unsigned int)tally.frames, free_kb, begun);
	report(tally.gaps == 0 && tally.unsound == 0 && tally.damaged == 0 && tally.restarted == 0 && tally.pixels == count && refused == 0 &&
	       drive_count("logic_drop_frames") == bare, "not_one_of_them_is_lost_or_without_pixels",
	       "%llu gaps, %llu unsound, %u damaged, %u restarts, %llu with pixels, %u of %u not held", (unsigned long long)tally.gaps, (unsigned long long)tally.unsound,
	       tally.damaged, tally.restarted, (unsigned long long)tally.pixels, refused, holds);
	report(drive_count("slots_home") == QYRAN_SLOTS && drive_count("frames_held") == 0, "all_slots_are_home_after_all_frames", "%lld home, %lld held",
	       (long long)drive_count("slots_home"), (long long)drive_count("frames_held"));
	printf("note %llu records, %.2f MB of them, in frames of 64x48\n", (unsigned long long)tally.records, (double)tally.bytes / 1e6);
	close(fd);
}

static unsigned int number(int argc, char **argv, int i, unsigned int otherwise)
{
	return argc > i ? (unsigned int)strtoul(argv[i], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
	loads(number(argc, argv, 1, 100));
	if (!report(drive_load(), "module_loads_once_more", "modprobe failed"))
		return 1;
	starts(number(argc, argv, 2, 500));
	frames(number(argc, argv, 3, 5000));
	report(rig_get(BENCH_WRONG_SIZE) == 0 && rig_get(BENCH_DMA_REFUSED) == 0, "all_accesses_were_as_they_should_be", "%u of a wrong size, %u refused",
	       rig_get(BENCH_WRONG_SIZE), rig_get(BENCH_DMA_REFUSED));
	report(drive_unload(), "module_unloads_after_all_cycles", "modprobe -r failed");
	return drive_failed;
}
