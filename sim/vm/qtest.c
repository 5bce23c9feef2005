/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/vm/qtest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define IN_FLIGHT 64u	/* commands without an answer; far below what a socket holds */

struct rig_qtest {
	const char *path;
	int fd;
	unsigned int in_flight;
};

int rig_qtest_new(const char *path, struct rig_qtest **ret)
{
	struct rig_qtest *qtest = calloc(1, sizeof(*qtest));

	if (!qtest)
		return -ENOMEM;
	qtest->path = path;
	qtest->fd = -1;
	*ret = qtest;
	return 0;
}

void rig_qtest_free(struct rig_qtest *qtest)
{
	if (!qtest)
		return;
	if (qtest->fd >= 0)
		close(qtest->fd);
	free(qtest);
}

static int attach(struct rig_qtest *qtest)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, rc;

	if (strlen(qtest->path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, qtest->path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		rc = -errno;
		close(fd);
		return rc;
	}
	qtest->fd = fd;
	return 0;
}

int rig_qtest_write(struct rig_qtest *qtest, uint64_t address, uint32_t value)
{
	char command[64];
	int length, rc;

	if (qtest->fd < 0) {
		rc = attach(qtest);
		if (rc < 0)
			return rc;
	}
	if (qtest->in_flight >= IN_FLIGHT)
		return -EAGAIN;
	length = snprintf(command, sizeof(command), "writel 0x%llx 0x%x\n", (unsigned long long)address, value);
	if (send(qtest->fd, command, (size_t)length, MSG_NOSIGNAL) != length)
		return errno == EPIPE || errno == ECONNRESET ? 0 : -errno;	/* QEMU goes: nobody to interrupt */
	qtest->in_flight++;
	return 0;
}

int rig_qtest_fd(const struct rig_qtest *qtest)
{
	return qtest->fd;
}

void rig_qtest_drain(struct rig_qtest *qtest)
{
	char answers[512];
	ssize_t got = recv(qtest->fd, answers, sizeof(answers), MSG_DONTWAIT);

	if (got == 0) {
		close(qtest->fd);
		qtest->fd = -1;
		qtest->in_flight = 0;
	}
	for (ssize_t i = 0; i < got; i++)
		if (answers[i] == '\n' && qtest->in_flight > 0)
			qtest->in_flight--;
}
