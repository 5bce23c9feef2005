/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/kernel_frames.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

void qyran_kernel_frames_init(struct qyran_kernel_frames *frames, int file)
{
	memset(frames, 0, sizeof(*frames));
	frames->file = file;
	pthread_mutex_init(&frames->lock, NULL);
}

/* Between START and END the processor sees what the logic wrote, also where its caches do not follow the port. */
static int sync_buffer(int buffer, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags | DMA_BUF_SYNC_READ };

	while (ioctl(buffer, DMA_BUF_IOCTL_SYNC, &sync) != 0)
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	return 0;
}

static void give_back(struct qyran_kernel_frame *held)
{
	sync_buffer(held->frame.fd, DMA_BUF_SYNC_END);
	munmap(held->pixels, held->size);
	close(held->frame.fd);
	memset(held, 0, sizeof(*held));
}

static int take(int file, uint64_t number, uint32_t place, struct qyran_kernel_frame *ret)
{
	struct qyran_ioc_hold hold = { .frame = number };

	if (ioctl(file, QYRAN_IOC_HOLD, &hold) != 0)
		return -errno;

	struct qyran_kernel_frame held = {
		.frame = { .number = number, .time_ns = hold.time_ns, .width = hold.width, .height = hold.height, .stride = hold.stride, .fd = hold.fd, .slot = place },
		.size = (size_t)hold.stride * hold.height, .holders = 1,
	};
	bool sound = hold.width && hold.width <= QYRAN_WIDTH_MAX && hold.height && hold.height <= QYRAN_HEIGHT_MAX && hold.stride / 2 >= hold.width;
	void *pixels = sound ? mmap(NULL, held.size, PROT_READ, MAP_SHARED, hold.fd, 0) : MAP_FAILED;
	int rc = pixels != MAP_FAILED ? sync_buffer(hold.fd, DMA_BUF_SYNC_START) : sound ? -errno : -EPROTO;

	if (rc < 0) {
		if (pixels != MAP_FAILED)
			munmap(pixels, held.size);
		close(hold.fd);
		return rc;
	}
	held.pixels = pixels;
	held.frame.pixels = pixels;
	*ret = held;
	return 0;
}

int qyran_kernel_frames_hold(struct qyran_kernel_frames *frames, uint64_t number, struct qyran_frame *ret)
{
	struct qyran_kernel_frame *found = NULL, *unused = NULL;
	int rc = 0;

	pthread_mutex_lock(&frames->lock);
	for (size_t i = 0; i < QYRAN_SLOTS && !found; i++) {
		struct qyran_kernel_frame *held = &frames->held[i];

		if (held->holders && !held->past && held->frame.number == number)
			found = held;
		else if (!held->holders && !unused)
			unused = held;
	}
	if (found) {
		found->holders++;
	} else {
		rc = unused ? take(frames->file, number, (uint32_t)(unused - frames->held), unused) : -EBUSY;
		found = unused;
	}
	if (rc == 0)
		*ret = found->frame;
	pthread_mutex_unlock(&frames->lock);
	return rc;
}

void qyran_kernel_frames_anew(struct qyran_kernel_frames *frames)
{
	pthread_mutex_lock(&frames->lock);
	for (size_t i = 0; i < QYRAN_SLOTS; i++)
		frames->held[i].past = frames->held[i].holders > 0;
	pthread_mutex_unlock(&frames->lock);
}

void qyran_kernel_frames_release(struct qyran_kernel_frames *frames, const struct qyran_frame *frame)
{
	pthread_mutex_lock(&frames->lock);
	if (frame->slot < QYRAN_SLOTS) {
		struct qyran_kernel_frame *held = &frames->held[frame->slot];

		if (held->holders && held->frame.number == frame->number && --held->holders == 0)
			give_back(held);
	}
	pthread_mutex_unlock(&frames->lock);
}

void qyran_kernel_frames_finish(struct qyran_kernel_frames *frames)
{
	for (size_t i = 0; i < QYRAN_SLOTS; i++)
		if (frames->held[i].holders)
			give_back(&frames->held[i]);
	pthread_mutex_destroy(&frames->lock);
}
