/* SPDX-License-Identifier: Apache-2.0 */
#include "view/watch.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define TRY_EVERY_NS 100000000

struct line {
	const char *path;
	int fd;				/* -1: not connected */
	int fault;			/* errno of the latest try */
};

struct watch {
	struct line states, frames;
	uint64_t tried_ns;
	bool known, fresh, wanted;	/* a state is known; a picture waits to be taken; one is on its way */
	struct qyran_view_state state, coming;
	struct watch_picture picture;
	char fault[sizeof(((struct sockaddr_un *)0)->sun_path) + 128];
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

struct watch *watch_new(const char *states, const char *frames)
{
	struct watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return NULL;
	watch->states = (struct line){ .path = states, .fd = -1 };
	watch->frames = (struct line){ .path = frames, .fd = -1 };
	watch->picture.fd = -1;
	return watch;
}

static void hang_up(struct line *line)
{
	if (line->fd >= 0)
		close(line->fd);
	line->fd = -1;
}

void watch_free(struct watch *watch)
{
	if (!watch)
		return;
	hang_up(&watch->states);
	hang_up(&watch->frames);
	watch_picture_close(&watch->picture);
	explicit_bzero(watch, sizeof(*watch));
	free(watch);
}

void watch_fds(const struct watch *watch, int ret_fds[2])
{
	ret_fds[0] = watch->states.fd;
	ret_fds[1] = watch->frames.fd;
}

/* Returns true when it is connected anew. */
static bool line_connect(struct line *line)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (!*line->path || line->fd >= 0)
		return false;
	if (strlen(line->path) >= sizeof(address.sun_path)) {
		line->fault = ENAMETOOLONG;
		return false;
	}
	strcpy(address.sun_path, line->path);
	line->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	line->fault = line->fd >= 0 && connect(line->fd, (struct sockaddr *)&address, sizeof(address)) == 0 ? 0 : errno;
	if (line->fault)
		hang_up(line);
	return !line->fault;
}

static bool state_is_sound(const struct qyran_view_state *state, size_t got)
{
	size_t head = offsetof(struct qyran_view_state, tracks);

	if (got < head || state->magic != QYRAN_VIEW_MAGIC || state->version != QYRAN_VIEW_VERSION || state->size != got)
		return false;
	if (state->mover_count > QYRAN_MOVERS_MAX || state->region_count > QYRAN_REGIONS_MAX || state->track_count > QYRAN_VIEW_TRACKS ||
	    state->size != head + state->track_count * sizeof(state->tracks[0]) || state->width > QYRAN_WIDTH_MAX ||
	    state->height > QYRAN_HEIGHT_MAX || !memchr(state->publisher, 0, sizeof(state->publisher)))
		return false;
	for (size_t i = 0; i < state->track_count; i++)
		if (state->tracks[i].trail_count > QYRAN_VIEW_TRAIL || !memchr(state->tracks[i].text, 0, sizeof(state->tracks[i].text)))
			return false;
	return true;
}

/* The state of a picture that waits goes with it: later ones are left for later. Returns true when a state came. */
static bool hear_states(struct watch *watch)
{
	bool came = false;

	while (watch->states.fd >= 0 && !(watch->fresh && watch->known && watch->state.number >= watch->picture.about.number)) {
		ssize_t got = recv(watch->states.fd, &watch->coming, sizeof(watch->coming), MSG_DONTWAIT | MSG_TRUNC);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (got <= 0 || !state_is_sound(&watch->coming, (size_t)got)) {
			watch->states.fault = got <= 0 ? ECONNRESET : EPROTO;
			hang_up(&watch->states);
			watch->known = false;
			return true;
		}
		memcpy(&watch->state, &watch->coming, (size_t)got);
		watch->known = came = true;
	}
	return came;
}

static bool picture_is_sound(const struct watch_picture *picture)
{
	const struct qyran_view_picture *about = &picture->about;
	struct stat stat;
	off_t size;

	if (about->magic != QYRAN_VIEW_MAGIC || about->version != QYRAN_VIEW_VERSION || picture->fd < 0)
		return false;
	if (about->width < 2 || about->width > QYRAN_WIDTH_MAX || about->width % 2 || about->height == 0 || about->height > QYRAN_HEIGHT_MAX ||
	    about->stride < about->width * 2 || about->stride > 65536)
		return false;
	size = about->kind == QYRAN_VIEW_DMABUF ? lseek(picture->fd, 0, SEEK_END) : fstat(picture->fd, &stat) == 0 ? stat.st_size : 0;
	return size >= (off_t)about->stride * about->height;
}

/* One picture off the socket. Returns 1; 0 when none is there; -1 when the line is no good. */
static int picture_receive(int from, struct watch_picture *ret)
{
	union {
		char bytes[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec part = { .iov_base = &ret->about, .iov_len = sizeof(ret->about) };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes) };
	ssize_t got = recvmsg(from, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	int fds[4], count = 0;

	*ret = (struct watch_picture){ .about = ret->about, .fd = -1 };
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0)
		return -1;
	for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head))
		if (head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
			for (size_t i = 0; i < (head->cmsg_len - CMSG_LEN(0)) / sizeof(int) && count < 4; i++)
				memcpy(&fds[count++], CMSG_DATA(head) + i * sizeof(int), sizeof(int));
	for (int i = 1; i < count; i++)
		close(fds[i]);
	ret->fd = count > 0 ? fds[0] : -1;
	if (got == sizeof(ret->about) && count == 1 && picture_is_sound(ret))
		return 1;
	watch_picture_close(ret);
	return -1;
}

static bool hear_frames(struct watch *watch)
{
	struct watch_picture picture;
	bool came = false;

	while (watch->frames.fd >= 0 && !watch->fresh) {
		int rc = picture_receive(watch->frames.fd, &picture);

		if (rc == 0)
			break;
		if (rc < 0) {
			watch->frames.fault = ECONNRESET;
			hang_up(&watch->frames);
			break;
		}
		watch->picture = picture;
		watch->fresh = came = true;
		watch->wanted = false;
	}
	return came;
}

bool watch_poll(struct watch *watch)
{
	uint64_t now = now_ns();
	bool fresh = hear_frames(watch);

	fresh |= hear_states(watch);
	if ((watch->states.fd >= 0 && (!*watch->frames.path || watch->frames.fd >= 0)) || (watch->tried_ns && now - watch->tried_ns < TRY_EVERY_NS))
		return fresh;
	watch->tried_ns = now;
	line_connect(&watch->states);
	if (line_connect(&watch->frames)) {
		watch->wanted = false;
		watch_want(watch);
	}
	return fresh;
}

const struct qyran_view_state *watch_state(const struct watch *watch)
{
	return watch->known ? &watch->state : NULL;
}

bool watch_take(struct watch *watch, struct watch_picture *ret)
{
	if (!watch->fresh)
		return false;
	*ret = watch->picture;
	watch->picture.fd = -1;
	watch->fresh = false;
	return true;
}

void watch_want(struct watch *watch)
{
	struct qyran_view_want want = { .magic = QYRAN_VIEW_MAGIC, .version = QYRAN_VIEW_VERSION };

	if (watch->frames.fd < 0 || watch->wanted)
		return;
	if (send(watch->frames.fd, &want, sizeof(want), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
		watch->wanted = true;
	} else if (errno != EAGAIN && errno != EINTR) {
		watch->frames.fault = errno;
		hang_up(&watch->frames);
	}
}

bool watch_connected(const struct watch *watch)
{
	return watch->states.fd >= 0;
}

bool watch_pictures(const struct watch *watch)
{
	return watch->frames.fd >= 0;
}

bool watch_hopes(const struct watch *watch)
{
	return *watch->frames.path != '\0';
}

const char *watch_fault(const struct watch *watch)
{
	const struct line *line = watch->states.fault ? &watch->states : &watch->frames;
	char *text = ((struct watch *)watch)->fault;
	const char *what;

	if (!line->fault)
		return "";
	switch (line->fault) {
	case ENOENT:
	case ECONNREFUSED:
		what = "nobody is there; start qyrand with this socket in its [view]";
		break;
	case EACCES:
		what = line == &watch->states ? "not allowed; become a member of qyrand's group" : "not allowed; pictures are for root";
		break;
	case EPROTO:
		what = "what comes is not understood; qyrand and qyran-view must be of one version";
		break;
	case ECONNRESET:
		what = "qyrand has gone, or turned the watcher away";
		break;
	default:
		what = strerror(line->fault);
		break;
	}
	snprintf(text, sizeof(watch->fault), "%s: %s", line->path, what);
	return text;
}

static void tell_access(struct watch_picture *picture, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags | DMA_BUF_SYNC_READ };

	if (picture->about.kind == QYRAN_VIEW_DMABUF)
		ioctl(picture->fd, DMA_BUF_IOCTL_SYNC, &sync);
}

int watch_picture_map(struct watch_picture *picture)
{
	void *made;

	if (picture->pixels)
		return 0;
	made = mmap(NULL, (size_t)picture->about.stride * picture->about.height, PROT_READ, MAP_SHARED, picture->fd, 0);
	if (made == MAP_FAILED)
		return -errno;
	picture->pixels = made;
	tell_access(picture, DMA_BUF_SYNC_START);
	return 0;
}

void watch_picture_close(struct watch_picture *picture)
{
	if (picture->pixels) {
		tell_access(picture, DMA_BUF_SYNC_END);
		munmap((void *)(uintptr_t)picture->pixels, (size_t)picture->about.stride * picture->about.height);
	}
	if (picture->fd >= 0)
		close(picture->fd);
	*picture = (struct watch_picture){ .fd = -1 };
}
