/* SPDX-License-Identifier: Apache-2.0 */
/* One composed picture as a file. */
#ifndef QYRAN_VIEW_STILL_H
#define QYRAN_VIEW_STILL_H

#include "compose.h"

/**
 * still_write() - waits for a frame and writes it with what is decided in it as PNG, for its owner alone.
 * Without the pictures' socket the picture is black below what is drawn.
 * @wait_s: the longest wait.
 * Returns 0 or a negative errno with one line in @error; the file is whole or not there.
 */
int still_write(struct watch *watch, struct compose *compose, const char *path, unsigned int wait_s, char *error, size_t error_size);

#endif
