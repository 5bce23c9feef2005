/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For programs in the guest: the simulated camera's BARs, mapped, without its driver; the names of sim/vm/bench.h and qyran/regs.h.
 * Where there is no PCI link (arm64) the bench registers are behind the programs' mailbox (one program at a time), and BAR0 is the driver's alone.
 */
#ifndef QYRAN_TESTS_RIG_H
#define QYRAN_TESTS_RIG_H

#include "sim/vm/bench.h"
#include "sim/vm/mailbox.h"

#include <fcntl.h>
#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#ifdef __aarch64__
#define RIG_MODULE "qyran-mailbox"
#define RIG_VENDOR 0x1af4
#define RIG_DEVICE 0x1110
#else
#define RIG_MODULE "qyran"
#define RIG_VENDOR 0x1234
#define RIG_DEVICE 0x5159
#endif

/* Folder of the camera's PCI device in sysfs, without a slash at its end; ends the program when there is none. */
static inline const char *rig_pci(void)
{
	static char path[256];
	glob_t found;

	if (path[0])
		return path;
	if (glob("/sys/bus/pci/devices/*", 0, NULL, &found) != 0)
		found.gl_pathc = 0;
	for (size_t i = 0; i < found.gl_pathc && !path[0]; i++) {
		char name[300], ids[16] = "", device[16] = "";
		FILE *file;

		snprintf(name, sizeof(name), "%s/vendor", found.gl_pathv[i]);
		if ((file = fopen(name, "r"))) {
			(void)!fgets(ids, sizeof(ids), file);
			fclose(file);
		}
		snprintf(name, sizeof(name), "%s/device", found.gl_pathv[i]);
		if ((file = fopen(name, "r"))) {
			(void)!fgets(device, sizeof(device), file);
			fclose(file);
		}
		if (strtoul(ids, NULL, 16) == RIG_VENDOR && strtoul(device, NULL, 16) == RIG_DEVICE)
			snprintf(path, sizeof(path), "%s", found.gl_pathv[i]);
	}
	globfree(&found);
	if (!path[0]) {
		fprintf(stderr, "rig: there is no camera on the PCI bus\n");
		exit(1);
	}
	return path;
}

/* A BAR of the camera, mapped; ends the program when it cannot be. */
static inline volatile uint32_t *rig_map(int bar, size_t size)
{
	char name[300];
	void *at;
	int fd;

	snprintf(name, sizeof(name), "%s/resource%d", rig_pci(), bar);
	fd = open(name, O_RDWR | O_SYNC);
	at = fd < 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED) {
		perror(name);
		exit(1);
	}
	close(fd);
	return at;
}

/* Switches the device's memory window on, which a driver does otherwise. */
static inline void rig_enable(void)
{
	char name[300];
	uint16_t command = 0;
	int fd;

	snprintf(name, sizeof(name), "%s/config", rig_pci());
	fd = open(name, O_RDWR);
	if (fd < 0 || pread(fd, &command, sizeof(command), 4) != sizeof(command) ||
	    (!(command & 2) && (command |= 2, pwrite(fd, &command, sizeof(command), 4) != sizeof(command)))) {
		perror(name);
		exit(1);
	}
	close(fd);
}

#ifdef __aarch64__
static inline uint32_t rig_mailbox(uint32_t command, uint32_t offset, uint32_t value)
{
	static volatile uint32_t *doorbell, *page;

	if (!page) {
		rig_enable();
		doorbell = rig_map(0, 0x100);
		page = rig_map(2, MAILBOX_SIZE) + MAILBOX_PAGE / 4;
	}
	page[MAILBOX_ADDRESS / 4] = BENCH_MAILBOX + offset;
	page[MAILBOX_VALUE / 4] = value;
	__sync_synchronize();
	page[MAILBOX_COMMAND / 4] = command;
	__sync_synchronize();
	doorbell[MAILBOX_DOORBELL / 4] = MAILBOX_RING;
	while (page[MAILBOX_COMMAND / 4])
		;
	__sync_synchronize();
	return page[MAILBOX_VALUE / 4];
}

static inline uint32_t rig_get(uint32_t offset)
{
	return rig_mailbox(MAILBOX_READ, offset, 0);
}

static inline void rig_set(uint32_t offset, uint32_t value)
{
	rig_mailbox(MAILBOX_WRITE, offset, value);
}
#else
/* The bench registers. */
static inline volatile uint32_t *rig_bench(void)
{
	static volatile uint32_t *bench;

	if (!bench) {
		rig_enable();
		bench = rig_map(BENCH_BAR, BENCH_SIZE);
	}
	return bench;
}

static inline uint32_t rig_get(uint32_t offset)
{
	return rig_bench()[offset / 4];
}

static inline void rig_set(uint32_t offset, uint32_t value)
{
	rig_bench()[offset / 4] = value;
}
#endif

/* For counts of 64 bits: the offset of their low word. */
static inline uint64_t rig_wide(uint32_t offset)
{
	uint32_t low = rig_get(offset);

	return (uint64_t)rig_get(offset + 4) << 32 | low;
}

/* Plays frames: SOURCE, FRAMES and PACE as sim/vm/bench.h has them. */
static inline void rig_play(uint32_t source, uint32_t frames, uint32_t pace)
{
	rig_set(BENCH_SOURCE, source);
	rig_set(BENCH_FRAMES, frames);
	rig_set(BENCH_PACE, pace);
	rig_set(BENCH_PLAY, 1);
}

static inline uint64_t rig_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
