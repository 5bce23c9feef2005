/* SPDX-License-Identifier: Apache-2.0 */
/* Records and frames through the driver: every record is checked, held pixels are those that were played, and it is told how fast they come. */
#include "sim/board/pattern.h"
#include "tests/vm/rig.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <linux/qyran.h>
#include <qyran/record.h>
#include <stdbool.h>
#include <sys/ioctl.h>

#define BUFFER (1u << 20)

static int failed;

static void report(bool good, const char *name, const char *why)
{
	if (good)
		printf("ok %s\n", name);
	else
		printf("not ok %s: %s\n", name, why);
	failed |= !good;
	fflush(stdout);
}

struct seen {
	uint64_t records, frames, bytes, bad, gaps, bare, next, last;
};

static void look(struct seen *seen, const uint8_t *bytes, size_t size)
{
	while (size > 0) {
		const struct qyran_record_header *header = (const void *)bytes;
		int64_t length = qyran_record_check(bytes, size);

		if (length <= 0) {
			seen->bad++;
			return;
		}
		seen->gaps += header->sequence != seen->next;
		seen->next = header->sequence + 1;
		seen->records++;
		if (header->type == QYRAN_RECORD_FRAME) {
			seen->frames++;
			seen->last = header->frame;
			seen->bare += ((const struct qyran_frame_info *)qyran_record_payload(header))->slot == QYRAN_SLOT_NONE;
		}
		seen->bytes += (uint64_t)length;
		bytes += length;
		size -= (size_t)length;
	}
}

/* Pixels of a frame that differ from those that were played; -1: it cannot be had. */
static long differing(int fd, uint64_t frame)
{
	struct qyran_ioc_hold hold = { .frame = frame };
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ };
	const uint8_t *at;
	long wrong = 0;

	if (ioctl(fd, QYRAN_IOC_HOLD, &hold) < 0)
		return -1;
	at = mmap(NULL, (size_t)hold.height * hold.stride, PROT_READ, MAP_SHARED, hold.fd, 0);
	if (at == MAP_FAILED || ioctl(hold.fd, DMA_BUF_IOCTL_SYNC, &sync) < 0)
		return -1;
	for (uint32_t y = 0; y < hold.height; y++)
		for (uint32_t x = 0; x < hold.width; x++) {
			const uint8_t *pixel = at + (size_t)y * hold.stride + (size_t)x * 2;

			wrong += pixel[0] != clip_luma((unsigned int)frame, x, y) || pixel[1] != clip_chroma((unsigned int)frame, x & ~1u, y, x & 1);
		}
	sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ;
	if (ioctl(hold.fd, DMA_BUF_IOCTL_SYNC, &sync) < 0)
		wrong = -1;
	munmap((void *)(uintptr_t)at, (size_t)hold.height * hold.stride);
	close(hold.fd);
	return wrong;
}

static void stream(unsigned int width, unsigned int height, unsigned int frames)
{
	static uint8_t buffer[BUFFER] __attribute__((aligned(64)));
	struct qyran_ioc_format format = { .width = width, .height = height };
	struct seen seen = { 0 };
	char name[64], why[160];
	uint64_t begun, took;
	ssize_t got = 0;
	int fd = open("/dev/qyran0", O_RDONLY | O_CLOEXEC);

	snprintf(name, sizeof(name), "all_frames_of_%ux%u_arrive_whole", width, height);
	if (fd < 0 || ioctl(fd, QYRAN_IOC_FORMAT, &format) < 0 || ioctl(fd, QYRAN_IOC_START) < 0) {
		snprintf(why, sizeof(why), "/dev/qyran0: %s", strerror(errno));
		report(false, name, why);
		if (fd >= 0)
			close(fd);
		return;
	}
	begun = rig_now_ns();
	rig_play(BENCH_SOURCE_PATTERN, frames, BENCH_PACE_SCENE);
	while (seen.frames < frames && seen.bad == 0 && (got = read(fd, buffer, sizeof(buffer))) > 0)
		look(&seen, buffer, (size_t)got);
	took = rig_now_ns() - begun;
	snprintf(why, sizeof(why), "read gave %zd (%s): %llu frames, %llu records, %llu bad, %llu gaps, %llu without pixels", got, got < 0 ? strerror(errno) : "",
		 (unsigned long long)seen.frames, (unsigned long long)seen.records, (unsigned long long)seen.bad, (unsigned long long)seen.gaps,
		 (unsigned long long)seen.bare);
	report(seen.frames == frames && seen.bad == 0 && seen.gaps == 0 && seen.bare == 0, name, why);
	printf("note %ux%u through the driver: %.0f frames/s, %.0f records/s, %.2f MB/s of records\n", width, height,
	       (double)seen.frames * 1e9 / (double)took, (double)seen.records * 1e9 / (double)took, (double)seen.bytes * 1e3 / (double)took);
	if (seen.frames > 0) {
		long wrong = differing(fd, seen.last);

		snprintf(name, sizeof(name), "held_frame_of_%ux%u_shows_what_was_played", width, height);
		snprintf(why, sizeof(why), "%ld pixels differ (-1: %s)", wrong, strerror(errno));
		report(wrong == 0, name, why);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	unsigned int frames = argc > 1 ? (unsigned int)strtoul(argv[1], NULL, 10) : 300;

	if (system("modprobe " RIG_MODULE) != 0) {
		report(false, "module_loads", "modprobe failed");
		return 1;
	}
	stream(64, 48, frames);
	stream(640, 360, frames / 30);
	report(rig_get(BENCH_WRONG_SIZE) == 0, "driver_makes_word_accesses_only", "the device has seen others");
	report(system("modprobe -r " RIG_MODULE) == 0, "module_unloads", "rmmod failed");
	return failed;
}
