/* SPDX-License-Identifier: Apache-2.0 */
/* The live picture on a display. */
#ifndef QYRAN_VIEW_LIVE_H
#define QYRAN_VIEW_LIVE_H

#include "compose.h"
#include "display.h"

struct live_wish {
	struct display_wish display;
	uint64_t flips;		/* leave after so many pictures; 0: stay */
	const char *freeze;	/* with flips: stay with the last picture instead, and write it here as PNG; NULL: leave */
};

/**
 * live_run() - shows what comes until a signal, through qyrand's restarts and displays that are unplugged.
 * Returns 0, or a negative errno with one line in @error.
 */
int live_run(struct watch *watch, struct compose *compose, const struct live_wish *wish, char *error, size_t error_size);

#endif
