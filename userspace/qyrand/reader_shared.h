/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the service and the process that drives the accelerator: pictures and sums in shared memory, a message for each turn.
 *
 * The process is started with a SOCK_SEQPACKET socket and the memory; it says READY, or REFUSED with the reason, and from then on only
 * answers: RUN, DONE, RUN, DONE. Words are taken from it only before it has seen a picture, so that no plate comes into a log.
 */
#ifndef QYRAN_READER_SHARED_H
#define QYRAN_READER_SHARED_H

#include <hw/hls/plate_reader.h>

#define READER_SOCKET_FD 3
#define READER_MEMORY_FD 4

enum reader_message_type {
	READER_READY = 1,
	READER_REFUSED,
	READER_RUN,
	READER_DONE,
};

struct reader_message {
	uint32_t type;
	uint32_t serial;	/* of RUN, repeated by DONE */
	char text[248];		/* of REFUSED */
};

struct reader_shared {
	int8_t weights[PLATE_WEIGHT_BYTES];
	_Alignas(64) int8_t input[PLATE_INPUT_H * PLATE_INPUT_W];
	_Alignas(64) int16_t sums[PLATE_SUMS];
};

#endif
