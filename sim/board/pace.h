/* SPDX-License-Identifier: Apache-2.0 */
/* When a frame is played, and how fast the simulation goes: waits at pace host, progress on a terminal, one line at the end. */
#ifndef QYRAN_SIM_PACE_H
#define QYRAN_SIM_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct sim_pace;

/** sim_pace_new() - @frames: how many will be played, 0 if that is not known; @progress: say how it goes on standard error. Returns 0 or -ENOMEM. */
int sim_pace_new(bool host, bool progress, uint64_t frames, struct sim_pace **ret);

/** sim_pace_free() - prints the line at the end, if progress was wanted and anything was played. Accepts NULL. */
void sim_pace_free(struct sim_pace *pace);

/** sim_pace_wait() - at pace host, waits until a frame of this presentation time is due; the first is due at once. */
void sim_pace_wait(struct sim_pace *pace, uint64_t time_ns);

/** sim_pace_played() - one frame more has been played; @clocks: of the board so far. */
void sim_pace_played(struct sim_pace *pace, uint64_t clocks);

#endif
