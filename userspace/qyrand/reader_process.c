/* SPDX-License-Identifier: Apache-2.0 */
#include "reader_process.h"

#include "monotonic.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define END_MS 100		/* what a killed process may take to go */
#define FD_LOW 16		/* away from the numbers that the process knows */

struct reader_process {
	pid_t id;
	int socket;
	uint32_t serial;
	struct reader_shared *shared;
};

/* Sealed in size: a process that shrank it could kill who reads it. */
static int make_memory(struct reader_shared **ret)
{
	int made = memfd_create("qyran-reader", MFD_CLOEXEC | MFD_ALLOW_SEALING), fd = -1;
	void *shared = MAP_FAILED;

	if (made >= 0 && ftruncate(made, sizeof(**ret)) == 0 && fcntl(made, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		fd = fcntl(made, F_DUPFD_CLOEXEC, FD_LOW);
	if (fd >= 0)
		shared = mmap(NULL, sizeof(**ret), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED) {
		int code = errno;

		if (fd >= 0)
			close(fd);
		if (made >= 0)
			close(made);
		return -code;
	}
	close(made);
	*ret = shared;
	return fd;
}

static int make_sockets(int ret[2])
{
	int made[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, made) != 0)
		return -errno;
	ret[1] = fcntl(made[1], F_DUPFD_CLOEXEC, FD_LOW);
	close(made[1]);
	if (ret[1] < 0) {
		close(made[0]);
		return -EMFILE;
	}
	ret[0] = made[0];
	return 0;
}

static int spawn(const char *program, const char *xclbin, const char *kernel, int socket, int memory, pid_t *ret)
{
	char *arguments[] = { (char *)(uintptr_t)program, (char *)(uintptr_t)xclbin, (char *)(uintptr_t)kernel, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	int code;

	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&how);
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setsigdefault(&how, &all);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	code = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDWR, 0);
	code = code ? code : posix_spawn_file_actions_adddup2(&files, 0, 1);
	code = code ? code : posix_spawn_file_actions_adddup2(&files, 0, 2);
	code = code ? code : posix_spawn_file_actions_adddup2(&files, socket, READER_SOCKET_FD);
	code = code ? code : posix_spawn_file_actions_adddup2(&files, memory, READER_MEMORY_FD);
	code = code ? code : posix_spawn_file_actions_addclosefrom_np(&files, READER_MEMORY_FD + 1);
	code = code ? code : posix_spawn(ret, program, &files, &how, arguments, environ);
	posix_spawnattr_destroy(&how);
	posix_spawn_file_actions_destroy(&files);
	return -code;
}

int reader_process_begin(const char *program, const char *xclbin, const char *kernel, struct reader_process **ret, char *error, size_t error_size)
{
	struct reader_process *process = calloc(1, sizeof(*process));
	int sockets[2] = { -1, -1 }, memory = -1, rc = process ? make_sockets(sockets) : -ENOMEM;

	if (rc == 0)
		memory = rc = make_memory(&process->shared);
	if (rc >= 0) {
		memcpy(process->shared->weights, qyran_plate_weights, PLATE_WEIGHT_BYTES);
		rc = spawn(program, xclbin, kernel, sockets[1], memory, &process->id);
	}
	if (memory >= 0)
		close(memory);
	if (sockets[1] >= 0)
		close(sockets[1]);
	if (rc) {
		snprintf(error, error_size, "%s cannot be started: %s%s", program, strerror(-rc),
			 rc == -ENOENT ? " (it is built where libxrt-dev is)" : "");
		if (sockets[0] >= 0)
			close(sockets[0]);
		if (process && process->shared)
			munmap(process->shared, sizeof(*process->shared));
		free(process);
		return rc;
	}
	process->socket = sockets[0];
	*ret = process;
	return 0;
}

int reader_process_gone(pid_t id)
{
	return waitpid(id, NULL, WNOHANG) != 0;
}

static void moment(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

pid_t reader_process_end(struct reader_process *process)
{
	pid_t id;
	int gone;

	if (!process)
		return 0;
	id = process->id;
	/* The group first: until it is waited for, its number is nobody else's. */
	kill(-id, SIGKILL);
	kill(id, SIGKILL);
	close(process->socket);
	munmap(process->shared, sizeof(*process->shared));
	free(process);
	gone = reader_process_gone(id);
	for (int i = 0; i < END_MS && !gone; i++) {
		moment();
		gone = reader_process_gone(id);
	}
	return gone ? 0 : id;
}

struct reader_shared *reader_process_shared(const struct reader_process *process)
{
	return process->shared;
}

pid_t reader_process_id(const struct reader_process *process)
{
	return process->id;
}

/* How it ended, when it does so now; it stays to be waited for. */
static int say_end(const struct reader_process *process, char *why, size_t why_size)
{
	siginfo_t info = { 0 };

	for (int i = 0; i < END_MS && !info.si_pid; i++) {
		if (i)
			moment();
		waitid(P_PID, (id_t)process->id, &info, WEXITED | WNOHANG | WNOWAIT);
	}
	if (!info.si_pid)
		snprintf(why, why_size, "its process hung up");
	else
		snprintf(why, why_size, "its process ended with %s %d%s", info.si_code == CLD_EXITED ? "status" : "signal", info.si_status,
			 info.si_code == CLD_EXITED && info.si_status == 127 ? " (a library that it needs is missing: is libxrt installed?)" : "");
	return -EPIPE;
}

int reader_process_hear(struct reader_process *process, int timeout_ms, struct reader_message *ret, char *why, size_t why_size)
{
	uint64_t until = qyran_monotonic_ns() + (uint64_t)timeout_ms * 1000000;
	struct pollfd wait = { .fd = process->socket, .events = POLLIN };
	struct reader_message message;
	ssize_t size;
	int ready;

	for (;;) {
		uint64_t now = qyran_monotonic_ns();

		ready = poll(&wait, 1, now < until ? (int)((until - now + 999999) / 1000000) : 0);
		if (ready >= 0 || errno != EINTR)
			break;
	}
	if (ready <= 0)
		return -ETIMEDOUT;
	size = recv(process->socket, &message, sizeof(message), MSG_DONTWAIT | MSG_TRUNC);
	if (size <= 0)
		return say_end(process, why, why_size);
	if ((size_t)size != sizeof(message)) {
		snprintf(why, why_size, "its process speaks out of turn");
		return -EBADMSG;
	}
	message.text[sizeof(message.text) - 1] = '\0';
	for (char *at = message.text; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	*ret = message;
	return 0;
}

int reader_process_ask(struct reader_process *process, int timeout_ms, char *why, size_t why_size)
{
	struct reader_message message = { .type = READER_RUN, .serial = ++process->serial };
	int rc;

	if (send(process->socket, &message, sizeof(message), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return say_end(process, why, why_size);
	rc = reader_process_hear(process, timeout_ms, &message, why, why_size);
	if (rc == -ETIMEDOUT)
		snprintf(why, why_size, "no answer within %d ms", timeout_ms);
	if (rc)
		return rc;
	if (message.type == READER_DONE && message.serial == process->serial)
		return 0;
	snprintf(why, why_size, message.type == READER_REFUSED ? "its kernel failed" : "its process speaks out of turn");
	return -EBADMSG;
}
