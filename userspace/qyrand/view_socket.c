/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/view_socket.h"
#include "qyrand/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define WATCHERS 8

struct watcher {
	int fd;			/* -1: none */
	unsigned int wants;	/* pictures asked for and not sent yet */
};

struct gate {
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	int fd;			/* -1: not open */
	struct watcher watchers[WATCHERS];
};

struct qyran_view_sockets {
	struct gate states, frames;
};

static void turn_away(struct watcher *watcher)
{
	close(watcher->fd);
	*watcher = (struct watcher){ .fd = -1 };
}

/* Is there a socket at the address that nobody listens on? */
static bool is_left_over(const struct sockaddr_un *address)
{
	struct stat stat;
	int fd, rc;

	if (lstat(address->sun_path, &stat) < 0 || !S_ISSOCK(stat.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	rc = connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ? errno : 0;
	close(fd);
	return rc == ECONNREFUSED;
}

static int gate_open(struct gate *gate, const char *path, mode_t mode, char *error, size_t error_size)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t old;
	int rc = 0;

	if (!*path)
		return 0;
	if (strlen(path) >= sizeof(address.sun_path)) {
		snprintf(error, error_size, "%s: too long for a socket; at most %zu characters", path, sizeof(address.sun_path) - 1);
		return -ENAMETOOLONG;
	}
	strcpy(address.sun_path, path);
	gate->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (gate->fd < 0) {
		rc = -errno;
		snprintf(error, error_size, "%s: no socket can be made: %s", path, strerror(-rc));
		return rc;
	}
	if (is_left_over(&address))
		unlink(path);
	old = umask(~mode & 0777);
	if (bind(gate->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		rc = -errno;
	umask(old);
	if (rc == 0) {
		strcpy(gate->path, path);
		if (listen(gate->fd, WATCHERS) < 0)
			rc = -errno;
	}
	if (rc < 0)
		snprintf(error, error_size, "%s: watchers cannot be let in here: %s; name another path in [view], or leave it out", path, strerror(-rc));
	return rc;
}

static void gate_close(struct gate *gate)
{
	for (size_t i = 0; i < WATCHERS; i++)
		if (gate->watchers[i].fd >= 0)
			turn_away(&gate->watchers[i]);
	if (gate->fd >= 0)
		close(gate->fd);
	if (*gate->path)
		unlink(gate->path);
}

int qyran_view_sockets_open(const char *states, const char *frames, struct qyran_view_sockets **ret, char *error, size_t error_size)
{
	struct qyran_view_sockets *sockets = calloc(1, sizeof(*sockets));
	int rc;

	if (!sockets) {
		snprintf(error, error_size, "watchers: no memory");
		return -ENOMEM;
	}
	sockets->states.fd = sockets->frames.fd = -1;
	for (size_t i = 0; i < WATCHERS; i++)
		sockets->states.watchers[i].fd = sockets->frames.watchers[i].fd = -1;
	rc = gate_open(&sockets->states, states, 0660, error, error_size);
	if (rc == 0)
		rc = gate_open(&sockets->frames, frames, 0600, error, error_size);
	if (rc < 0) {
		qyran_view_sockets_close(sockets);
		return rc;
	}
	*ret = sockets;
	return 0;
}

void qyran_view_sockets_close(struct qyran_view_sockets *sockets)
{
	if (!sockets)
		return;
	gate_close(&sockets->states);
	gate_close(&sockets->frames);
	free(sockets);
}

static bool is_root(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == 0;
}

static void let_in(struct gate *gate, bool root_only)
{
	int fd;

	while (gate->fd >= 0 && (fd = accept4(gate->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
		size_t i = 0;

		while (i < WATCHERS && gate->watchers[i].fd >= 0)
			i++;
		if (i == WATCHERS || (root_only && !is_root(fd))) {
			qyran_log(QYRAN_LOG_WARNING, "%s: a watcher is turned away: %s", gate->path, i == WATCHERS ? "too many already" : "it is not root");
			close(fd);
			continue;
		}
		gate->watchers[i].fd = fd;
	}
}

/* A watcher of states has nothing to say. */
static void hear_states(struct watcher *watcher)
{
	char byte;
	ssize_t got = recv(watcher->fd, &byte, sizeof(byte), MSG_DONTWAIT);

	if (got >= 0 || (errno != EAGAIN && errno != EINTR))
		turn_away(watcher);
}

static void hear_wants(struct watcher *watcher)
{
	struct qyran_view_want want;

	for (;;) {
		ssize_t got = recv(watcher->fd, &want, sizeof(want), MSG_DONTWAIT | MSG_TRUNC);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (got != sizeof(want) || want.magic != QYRAN_VIEW_MAGIC || want.version != QYRAN_VIEW_VERSION || watcher->wants == QYRAN_VIEW_WANTS) {
			turn_away(watcher);
			return;
		}
		watcher->wants++;
	}
}

void qyran_view_sockets_poll(struct qyran_view_sockets *sockets)
{
	if (!sockets)
		return;
	let_in(&sockets->states, false);
	let_in(&sockets->frames, true);
	for (size_t i = 0; i < WATCHERS; i++) {
		if (sockets->states.watchers[i].fd >= 0)
			hear_states(&sockets->states.watchers[i]);
		if (sockets->frames.watchers[i].fd >= 0)
			hear_wants(&sockets->frames.watchers[i]);
	}
}

bool qyran_view_sockets_watched(const struct qyran_view_sockets *sockets)
{
	for (size_t i = 0; sockets && i < WATCHERS; i++)
		if (sockets->states.watchers[i].fd >= 0)
			return true;
	return false;
}

void qyran_view_sockets_state(struct qyran_view_sockets *sockets, const struct qyran_view_state *state)
{
	for (size_t i = 0; i < WATCHERS; i++) {
		struct watcher *watcher = &sockets->states.watchers[i];

		if (watcher->fd >= 0 && send(watcher->fd, state, state->size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno != EAGAIN && errno != EINTR &&
		    errno != ENOBUFS)
			turn_away(watcher);
	}
}

bool qyran_view_sockets_wanted(const struct qyran_view_sockets *sockets)
{
	for (size_t i = 0; sockets && i < WATCHERS; i++)
		if (sockets->frames.watchers[i].fd >= 0 && sockets->frames.watchers[i].wants > 0)
			return true;
	return false;
}

static ssize_t send_picture(int to, const struct qyran_view_picture *picture, int fd)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { .bytes = { 0 } };
	struct qyran_view_picture copy = *picture;
	struct iovec part = { .iov_base = &copy, .iov_len = sizeof(copy) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	return sendmsg(to, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void qyran_view_sockets_picture(struct qyran_view_sockets *sockets, const struct qyran_view_picture *picture, int fd)
{
	for (size_t i = 0; i < WATCHERS; i++) {
		struct watcher *watcher = &sockets->frames.watchers[i];

		if (watcher->fd < 0 || watcher->wants == 0)
			continue;
		if (send_picture(watcher->fd, picture, fd) >= 0)
			watcher->wants--;
		else if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
			turn_away(watcher);
	}
}
