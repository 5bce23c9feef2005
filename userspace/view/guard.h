/* SPDX-License-Identifier: Apache-2.0 */
/* Puts the console back whatever happens to the one who draws. */
#ifndef QYRAN_VIEW_GUARD_H
#define QYRAN_VIEW_GUARD_H

/**
 * guard_run() - runs @work in a child process, hands signals on to it, and puts the terminal's mode back when it has ended, however it ended.
 * The kernel gives the display back to its console when the child's device closes.
 * Returns the child's exit status, or 128 + the signal that ended it.
 */
int guard_run(int (*work)(void *context), void *context);

#endif
