/* SPDX-License-Identifier: Apache-2.0 */
/* For programs in the guest: the camera through its driver, /dev/qyran0, and what driver and kernel say of it. */
#ifndef QYRAN_TESTS_DRIVE_H
#define QYRAN_TESTS_DRIVE_H

#include "tests/vm/rig.h"

#include <errno.h>
#include <linux/qyran.h>
#include <poll.h>
#include <qyran/record.h>
#include <qyran/regs.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>

#define DRIVE_BUFFER	(1u << 20)
#define DRIVE_COUNTERS	"/sys/class/misc/qyran0/"
#define DRIVE_PATIENCE	60	/* seconds of the guest's time: a busy host is slow, a hang is for ever */

static int drive_failed;

__attribute__((format(printf, 3, 4))) static inline bool report(bool good, const char *name, const char *format, ...)
{
	va_list arguments;

	printf(good ? "ok %s" : "not ok %s: ", name);
	if (!good) {
		va_start(arguments, format);
		vprintf(format, arguments);
		va_end(arguments);
	}
	putchar('\n');
	fflush(stdout);
	drive_failed |= !good;
	return good;
}

static inline void drive_pause_ms(unsigned int ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 }, NULL);
}

static inline bool drive_load(void)
{
	return system("modprobe " RIG_MODULE) == 0;
}

static inline bool drive_unload(void)
{
	return system("modprobe -r " RIG_MODULE " 2>/dev/null") == 0;
}

/* A number in a file; -1 where it cannot be read. */
static inline int64_t drive_number(const char *path)
{
	FILE *file = fopen(path, "r");
	long long number = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%lld", &number) != 1)
		number = -1;
	fclose(file);
	return number;
}

/* What the driver counts, kernel-module/sysfs-abi. */
static inline int64_t drive_count(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), DRIVE_COUNTERS "%s", name);
	return drive_number(path);
}

/* Waits until a counter reads @value. */
static inline bool drive_becomes(const char *name, int64_t value)
{
	for (unsigned int i = 0; i < DRIVE_PATIENCE * 100; i++) {
		if (drive_count(name) == value)
			return true;
		drive_pause_ms(10);
	}
	return false;
}

static inline bool drive_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return done;
}

/* Lines of the kernel's log that hold @text, from where @log (drive_log()) stood; it stands at the end then. */
static inline int drive_log(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	lseek(fd, 0, SEEK_END);
	return fd;
}

static inline unsigned int drive_log_lines(int log, const char *text)
{
	char line[8192];
	unsigned int lines = 0;
	ssize_t got;

	while ((got = read(log, line, sizeof(line) - 1)) > 0 || (got < 0 && errno == EPIPE)) {
		if (got < 0)
			continue;
		line[got] = '\0';
		lines += strstr(line, text) != NULL;
	}
	return lines;
}

static inline int drive_open(void)
{
	return open("/dev/qyran0", O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

static inline int drive_start(int fd, unsigned int width, unsigned int height)
{
	struct qyran_ioc_format format = { .width = width, .height = height };

	return ioctl(fd, QYRAN_IOC_FORMAT, &format) < 0 || ioctl(fd, QYRAN_IOC_START) < 0 ? -errno : 0;
}

/* /dev/qyran0 with 64x48 started; says so and ends the program when that cannot be. */
static inline int drive_begin(void)
{
	int fd = drive_open(), rc = fd < 0 ? -errno : drive_start(fd, 64, 48);

	if (rc == 0)
		return fd;
	report(false, "the_stream_starts", "%s", strerror(-rc));
	exit(1);
}

/* What a reader has seen. */
struct tally {
	uint64_t records, bytes, frames, pixels;	/* pixels: frames that came with them */
	uint64_t unsound, gaps, missing;	/* missing: numbers left out */
	unsigned int damaged, restarted;	/* -EBADMSG, -ESTRPIPE */
	int error;				/* any other, which ended it */
	uint64_t next, last, stamp;		/* sequence; the last frame, and its time */
};

static inline void drive_look(struct tally *tally, const uint8_t *bytes, size_t size)
{
	while (size > 0) {
		const struct qyran_record_header *header = (const void *)bytes;
		int64_t length = qyran_record_check(bytes, size);

		if (length <= 0) {
			tally->unsound++;
			return;
		}
		tally->gaps += header->sequence != tally->next;
		tally->missing += header->sequence - tally->next;
		tally->next = header->sequence + 1;
		tally->records++;
		tally->bytes += (uint64_t)length;
		if (header->type == QYRAN_RECORD_FRAME) {
			const struct qyran_frame_info *frame = qyran_record_payload(header);

			tally->frames++;
			tally->pixels += frame->slot != QYRAN_SLOT_NONE;
			tally->last = header->frame;
			tally->stamp = header->time_ns;
		}
		bytes += length;
		size -= (size_t)length;
	}
}

/* Reads once. Returns what poll() or read() gave: bytes, 0 at the end or when nothing came in @ms, or a negative errno. */
static inline ssize_t drive_read(int fd, struct tally *tally, int ms)
{
	static uint8_t buffer[DRIVE_BUFFER] __attribute__((aligned(64)));
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	ssize_t got;

	if (ms && poll(&wait, 1, ms) == 0)
		return 0;
	got = read(fd, buffer, sizeof(buffer));
	if (got >= 0) {
		drive_look(tally, buffer, (size_t)got);
		return got;
	}
	if (errno == EBADMSG)
		tally->damaged++;
	else if (errno == ESTRPIPE) {
		tally->restarted++;
		tally->next = 0;
	} else if (errno != EAGAIN)
		tally->error = -errno;
	return -errno;
}

/* Reads until @frames more frames have come; false when an error ended it, or they do not come. */
static inline bool drive_frames(int fd, struct tally *tally, uint64_t frames)
{
	uint64_t until = rig_now_ns() + DRIVE_PATIENCE * 1000000000ull, goal = tally->frames + frames;

	tally->error = 0;
	while (tally->frames < goal && tally->error == 0 && rig_now_ns() < until)
		drive_read(fd, tally, 1000);
	return tally->frames >= goal;
}

/* Reads what is there and comes back for more until the video is over and nothing comes, so that all is taken. */
static inline void drive_drain(int fd, struct tally *tally)
{
	uint64_t until = rig_now_ns() + DRIVE_PATIENCE * 1000000000ull;
	bool over;
	ssize_t rc;

	tally->error = 0;
	do {
		over = rig_get(BENCH_PLAY) == 0;
		rc = drive_read(fd, tally, over ? 0 : 300);
	} while (tally->error == 0 && !(over && (rc == 0 || rc == -EAGAIN)) && rig_now_ns() < until);
}

/* @frames of the pattern at pace scene, all read. */
static inline bool drive_play(int fd, struct tally *tally, uint32_t frames)
{
	rig_play(BENCH_SOURCE_PATTERN, frames, BENCH_PACE_SCENE);
	return drive_frames(fd, tally, frames);
}

/* A dma-buf of a frame, or a negative errno. */
static inline int drive_hold(int fd, uint64_t frame)
{
	struct qyran_ioc_hold hold = { .frame = frame };

	return ioctl(fd, QYRAN_IOC_HOLD, &hold) < 0 ? -errno : hold.fd;
}

/* Everything is as it should be after a fault: the stream runs anew, frames come whole with pixels, all slots are home, and the driver goes. */
static inline void drive_is_well(const char *name)
{
	struct tally tally = { 0 };
	int fd = drive_open(), rc = fd < 0 ? -errno : drive_start(fd, 64, 48), held;
	int64_t home;

	if (rc < 0 || !drive_play(fd, &tally, 20)) {
		report(false, name, "start: %s; %llu of 20 frames: %s", strerror(-rc), (unsigned long long)tally.frames, strerror(-tally.error));
		if (fd >= 0)
			close(fd);
		return;
	}
	held = drive_hold(fd, tally.last);
	if (held >= 0)
		close(held);
	drive_drain(fd, &tally);
	home = drive_count("slots_home");
	report(held >= 0 && tally.pixels == 20 && tally.gaps == 0 && tally.unsound == 0 && tally.damaged == 0 && home == QYRAN_SLOTS &&
	       drive_count("frames_held") == 0, name, "hold: %s, %llu frames with pixels, %llu gaps, %llu unsound, %u damaged, %lld slots home",
	       held < 0 ? strerror(-held) : "done", (unsigned long long)tally.pixels, (unsigned long long)tally.gaps, (unsigned long long)tally.unsound,
	       tally.damaged, (long long)home);
	close(fd);
}

#endif
