/* SPDX-License-Identifier: Apache-2.0 */
/* Frames that the driver keeps for us: each a dma-buf, mapped once however often it is held. Calls may come from any thread. */
#ifndef QYRAN_KERNEL_FRAMES_H
#define QYRAN_KERNEL_FRAMES_H

#include <pthread.h>
#include <qyran/device.h>

struct qyran_kernel_frames {
	pthread_mutex_t lock;
	int file;		/* /dev/qyranN, borrowed */
	struct qyran_kernel_frame {
		struct qyran_frame frame;
		uint8_t *pixels;
		size_t size;
		unsigned int holders;
		bool past;	/* of before the stream began anew: another frame may have its number now */
	} held[QYRAN_SLOTS];
};

void qyran_kernel_frames_init(struct qyran_kernel_frames *frames, int file);

/** qyran_kernel_frames_finish() - gives everything back that is still held. */
void qyran_kernel_frames_finish(struct qyran_kernel_frames *frames);

/** qyran_kernel_frames_hold() - as qyran_device_hold(). */
int qyran_kernel_frames_hold(struct qyran_kernel_frames *frames, uint64_t number, struct qyran_frame *ret);

/** qyran_kernel_frames_anew() - frame numbers begin anew; what is held stays until it is released. */
void qyran_kernel_frames_anew(struct qyran_kernel_frames *frames);

/** qyran_kernel_frames_release() - what is not held is ignored. */
void qyran_kernel_frames_release(struct qyran_kernel_frames *frames, const struct qyran_frame *frame);

#endif
