/* SPDX-License-Identifier: Apache-2.0 */
/* Stands for qyran-reader-xrt and does what it should not. */
#ifndef QYRAN_TESTS_FAKE_ACCELERATOR_H
#define QYRAN_TESTS_FAKE_ACCELERATOR_H

#include <fcntl.h>
#include <hw/hls/plate_reader.h>
#include <qyrand/reader_shared.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define FILES 1024		/* open ones that are looked for */

static void fake_say(uint32_t type, uint32_t serial, const char *text)
{
	struct reader_message message = { .type = type, .serial = serial };

	snprintf(message.text, sizeof(message.text), "%s", text);
	send(READER_SOCKET_FD, &message, sizeof(message), MSG_NOSIGNAL);
}

/* The answers, and what @kind does in their place. */
static void fake_answer(const char *kind, const struct reader_message *asked, int turn, struct reader_shared *shared, struct plate_memory *memory)
{
	if (strcmp(kind, "aborts") == 0)
		abort();
	if (strcmp(kind, "signals") == 0)
		kill(0, SIGTERM);
	if (strcmp(kind, "shrinks") == 0)
		_exit(ftruncate(READER_MEMORY_FD, 0) != 0 ? 4 : 5);
	if (strcmp(kind, "silent") == 0)
		return;
	if (strcmp(kind, "tells") == 0)
		fake_say(READER_REFUSED, 0, "it was 482KLM07");
	if (strcmp(kind, "stammers") == 0)
		send(READER_SOCKET_FD, "?", 1, MSG_NOSIGNAL);
	for (int i = 0; strcmp(kind, "chatters") == 0 && i < 100; i++)
		fake_say(READER_DONE, asked->serial + 7, "");
	plate_reader_run(memory, shared->weights, shared->input, shared->sums);
	if (strcmp(kind, "lies") == 0 || (strcmp(kind, "lies-later") == 0 && turn >= 20))
		shared->sums[PLATE_SUMS / 2]++;
	fake_say(READER_DONE, asked->serial, "");
}

/** fake_accelerator() - what qyran-reader-xrt's main() does, in the way of @kind; "honest" does nothing wrong. */
static inline int fake_accelerator(const char *kind)
{
	struct plate_memory *memory = plate_memory_new();
	struct reader_message message;
	struct reader_shared *shared;

	if (strcmp(kind, "ends") == 0)
		_exit(3);
	for (int fd = READER_MEMORY_FD + 1; strcmp(kind, "looks-round") == 0 && fd < FILES; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			_exit(7);
	if (strcmp(kind, "forks") == 0 && fork() == 0)
		for (;;)
			pause();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, READER_MEMORY_FD, 0);
	if (shared == MAP_FAILED || !memory)
		_exit(6);
	fake_say(READER_READY, 0, "");
	for (int turn = 0; recv(READER_SOCKET_FD, &message, sizeof(message), 0) == (ssize_t)sizeof(message); turn++)
		fake_answer(kind, &message, turn, shared, memory);
	plate_memory_free(memory);
	return 0;
}

#endif
