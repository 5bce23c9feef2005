/* SPDX-License-Identifier: Apache-2.0 */
/* The watcher's end of qyrand's two sockets (qyran/view.h): connects, waits for qyrand to come back, checks what comes. One thread. */
#ifndef QYRAN_VIEW_WATCH_H
#define QYRAN_VIEW_WATCH_H

#include <qyran/view.h>
#include <stdbool.h>

struct watch;

/* A picture and where it is mapped. */
struct watch_picture {
	struct qyran_view_picture about;
	int fd;
	const uint8_t *pixels;		/* NULL until watch_picture_map() */
};

/**
 * watch_new() - does not connect yet.
 * @states: path of the socket; @frames: of the pictures' one; empty: none.
 * Returns NULL with errno ENOMEM.
 */
struct watch *watch_new(const char *states, const char *frames);

/** watch_free() - accepts NULL. */
void watch_free(struct watch *watch);

/** watch_fds() - descriptors to poll for reading, -1 where there is none now; beside them watch_poll() wants to be called each second. */
void watch_fds(const struct watch *watch, int ret_fds[2]);

/**
 * watch_poll() - takes what came and connects again what broke off, at most ten times a second.
 * Returns true when there is something new.
 */
bool watch_poll(struct watch *watch);

/** watch_state() - the latest state; NULL before one came and after qyrand has gone. Borrowed until the next watch_poll(). */
const struct qyran_view_state *watch_state(const struct watch *watch);

/** watch_take() - the latest picture, for the caller to close with watch_picture_close(). Returns false when none is new. */
bool watch_take(struct watch *watch, struct watch_picture *ret);

/** watch_want() - asks for another picture, unless one is on its way; QYRAN_VIEW_WANTS less one may be taken and not closed. */
void watch_want(struct watch *watch);

/** watch_connected() - is qyrand there? */
bool watch_connected(const struct watch *watch);

/** watch_pictures() - are pictures to be had? */
bool watch_pictures(const struct watch *watch);

/** watch_hopes() - is there a socket of pictures to be connected to, now or later? */
bool watch_hopes(const struct watch *watch);

/** watch_fault() - one line about why a socket is not connected; "" when all is well. */
const char *watch_fault(const struct watch *watch);

/** watch_picture_map() - maps the pixels for reading. Returns 0 or a negative errno. */
int watch_picture_map(struct watch_picture *picture);

/** watch_picture_close() - gives the picture back; fd -1 is nothing. */
void watch_picture_close(struct watch_picture *picture);

#endif
