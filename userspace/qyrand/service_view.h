/* SPDX-License-Identifier: Apache-2.0 */
/* What watchers are told of each frame: the service's side of qyran/view.h. Decides nothing and keeps nothing. */
#ifndef QYRAN_SERVICE_VIEW_H
#define QYRAN_SERVICE_VIEW_H

#include "config.h"
#include "rules.h"

struct qyran_service;
struct qyran_view;

/** qyran_view_open() - opens the sockets that [view] names; systemd's $RUNTIME_DIRECTORY holds the states' one where none is named. Returns 0 or a negative errno with one line in @error. */
int qyran_view_open(const struct qyran_config *config, struct qyran_view **ret, char *error, size_t error_size);

/** qyran_view_close() - accepts NULL. */
void qyran_view_close(struct qyran_view *view);

/** qyran_view_track() - what the rules make of a live track of the frame under way. */
void qyran_view_track(struct qyran_view *view, const struct qyran_service *service, struct qyran_track *track, enum qyran_suspicion suspicion);

/** qyran_view_frame() - the frame is done: its state and, where one is wanted, its picture go out. */
void qyran_view_frame(struct qyran_view *view, struct qyran_service *service);

#endif
