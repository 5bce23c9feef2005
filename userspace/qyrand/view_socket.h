/* SPDX-License-Identifier: Apache-2.0 */
/* The service's two sockets for watchers (qyran/view.h). Nothing here ever waits. One thread. */
#ifndef QYRAN_VIEW_SOCKET_H
#define QYRAN_VIEW_SOCKET_H

#include <qyran/view.h>
#include <stdbool.h>

struct qyran_view_sockets;

/**
 * qyran_view_sockets_open() - binds what is named.
 * @states: path of the states' socket, mode 0660; empty: none. @frames: of the pictures' socket, mode 0600, root's; empty: none.
 * A socket that nobody listens on any more is replaced.
 * Returns 0; -EADDRINUSE when somebody listens there; another negative errno; with one line in @error.
 */
int qyran_view_sockets_open(const char *states, const char *frames, struct qyran_view_sockets **ret, char *error, size_t error_size);

/** qyran_view_sockets_close() - also removes the files. Accepts NULL. */
void qyran_view_sockets_close(struct qyran_view_sockets *sockets);

/** qyran_view_sockets_poll() - lets watchers in and out. */
void qyran_view_sockets_poll(struct qyran_view_sockets *sockets);

/** qyran_view_sockets_watched() - somebody reads states. */
bool qyran_view_sockets_watched(const struct qyran_view_sockets *sockets);

/** qyran_view_sockets_state() - sends @state to all who watch. */
void qyran_view_sockets_state(struct qyran_view_sockets *sockets, const struct qyran_view_state *state);

/** qyran_view_sockets_wanted() - somebody waits for a picture. */
bool qyran_view_sockets_wanted(const struct qyran_view_sockets *sockets);

/** qyran_view_sockets_picture() - sends a picture to all who wait for one. @fd stays the caller's. */
void qyran_view_sockets_picture(struct qyran_view_sockets *sockets, const struct qyran_view_picture *picture, int fd);

#endif
