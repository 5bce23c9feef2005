/* SPDX-License-Identifier: Apache-2.0 */
/* Everything at once, for as long as it is told: `races [SECONDS]`. What each gets does not matter; that the camera is well afterwards does. */
#include "tests/vm/drive.h"

#include <linux/dma-buf.h>
#include <signal.h>
#include <sys/wait.h>

#define CLOCK_OF(fd) ((~(clockid_t)(fd) << 3) | 3)

static uint32_t random_state;

static uint32_t chance(uint32_t below)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % below;
}

/* Takes the file when it can, and gives it up now and then; what it opened, its children share. */
static void reads(int fd)
{
	static uint8_t buffer[DRIVE_BUFFER];
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	(void)!read(fd, buffer, chance(2) ? sizeof(buffer) : chance(QYRAN_RECORD_MAX));
	poll(&wait, 1, (int)chance(5));
}

static void starts(int fd)
{
	drive_start(fd, chance(8) ? 64 : 128, 48);
	drive_pause_ms(chance(60));
	if (chance(2))
		ioctl(fd, QYRAN_IOC_STOP);
}

static void holds(int fd)
{
	int held[4];
	void *at;

	for (unsigned int i = 0; i < 4; i++)
		held[i] = drive_hold(fd, chance(20));
	for (unsigned int i = 0; i < 4; i++) {
		struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ };
		uint32_t sum = 0;

		if (held[i] < 0)
			continue;
		at = mmap(NULL, 256 * 48, PROT_READ, MAP_SHARED, held[i], 0);
		ioctl(held[i], DMA_BUF_IOCTL_SYNC, &sync);
		if (chance(2))
			close(held[i]);
		else
			held[i] |= 1 << 30;
		if (at == MAP_FAILED)
			continue;
		for (unsigned int k = 0; k < 256 * 48; k += 64)
			sum += ((volatile uint8_t *)at)[k];
		(void)sum;
		munmap(at, 256 * 48);
		if (held[i] & 1 << 30)
			close(held[i] & ~(1 << 30));
	}
}

static void looks(int fd)
{
	static const char *const names[] = { "records", "slots_home", "logic_frames", "frames_held", "watchdog_s", "clock_synced" };
	struct qyran_ioc_info info;
	struct qyran_ioc_masks masks = { .count = chance(3) };
	struct timespec now;
	char name[32];
	int file;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		drive_count(names[i]);
	if (ioctl(fd, QYRAN_IOC_INFO, &info) < 0)
		info = (struct qyran_ioc_info){ 0 };
	ioctl(fd, QYRAN_IOC_MASKS, &masks);
	snprintf(name, sizeof(name), "/dev/ptp%d", info.ptp);
	file = open(name, O_RDWR | O_CLOEXEC);
	if (file >= 0) {
		clock_gettime(CLOCK_OF(file), &now);
		close(file);
	}
	snprintf(name, sizeof(name), "/dev/uio%d", info.uio);
	file = open(name, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (file >= 0) {
		uint32_t events;

		(void)!read(file, &events, sizeof(events));
		close(file);
	}
}

static void (*const deeds[])(int fd) = { reads, starts, holds, looks, reads };

static pid_t doer(unsigned int who, int fd)
{
	pid_t child = fork();

	if (child != 0)
		return child;
	random_state = 77 + who * 1000;
	for (;;)
		deeds[who](fd);
}

static void unbind(bool there)
{
	char path[320];

	if (there)
		snprintf(path, sizeof(path), "%s/driver/unbind", rig_pci());
	else
		snprintf(path, sizeof(path), "/sys/bus/pci/drivers/" RIG_MODULE "/bind");
	drive_write(path, strrchr(rig_pci(), '/') + 1);
}

/* A file shared by five, their sudden death, faults in between; and every other time the device goes from under them. */
static void round_of(unsigned int number)
{
	pid_t children[sizeof(deeds) / sizeof(deeds[0])];
	int fd = drive_open();

	random_state = number;
	if (fd < 0)
		return;
	drive_start(fd, 64, 48);
	for (unsigned int i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++)
		children[i] = doer(i, fd);
	rig_play(BENCH_SOURCE_PATTERN, 0, BENCH_PACE_SCENE);
	drive_pause_ms(300 + chance(400));
	switch (chance(4)) {
	case 0:
		rig_set(BENCH_IRQ_STORM, 500);
		break;
	case 1:
		rig_set(BENCH_DEAD_AFTER, chance(100));
		rig_set(BENCH_DEAD, 1 + chance(40));
		break;
	case 2:
		rig_set(BENCH_RECORD_KIND, BENCH_RECORD_CORRUPT);
		rig_set(BENCH_RECORD_AT, chance(1000));
		rig_set(BENCH_RECORD_VALUE, 0x11);
		rig_set(BENCH_RECORD_TYPE, 0);
		rig_set(BENCH_RECORD_COUNT, 20);
		break;
	default:
		rig_set(BENCH_IRQ_SWALLOW, 3);
	}
	drive_pause_ms(200 + chance(300));
	if (number % 2)
		unbind(true);
	close(fd);
	for (unsigned int i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++)
		kill(children[i], SIGKILL);
	for (unsigned int i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++)
		waitpid(children[i], NULL, 0);
	rig_set(BENCH_PLAY, 0);
	rig_set(BENCH_DEAD, 0);
	rig_set(BENCH_DEAD_AFTER, 0);
	rig_set(BENCH_RECORD_COUNT, 0);
	rig_set(BENCH_IRQ_SWALLOW, 0);
	if (number % 2)
		unbind(false);
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 1 ? (unsigned int)strtoul(argv[1], NULL, 10) : 15, rounds = 0;
	uint64_t until = rig_now_ns() + seconds * 1000000000ull;

	if (!report(drive_load(), "module_loads", "modprobe failed"))
		return 1;
	rig_get(BENCH_ID);
	while (rig_now_ns() < until && access("/dev/qyran0", F_OK) == 0)
		round_of(rounds++);
	/* QEMU's link loses an access that a second processor makes while the first waits for one: what counts from here on is made by one. */
	drive_write("/sys/devices/system/cpu/cpu1/online", "0");
	report(access("/dev/qyran0", F_OK) == 0, "the_camera_is_there_after_all_at_once", "there is no /dev/qyran0 after %u rounds", rounds);
	report(drive_becomes("frames_held", 0), "no_frame_is_held_by_the_dead", "%lld", (long long)drive_count("frames_held"));
	drive_is_well("after_all_at_once_the_camera_is_well");
	printf("note %u rounds in which five did everything at once and were killed, half of them with the device taken away\n", rounds);
	report(drive_unload(), "module_unloads_after_all_at_once", "modprobe -r failed");
	return drive_failed;
}
