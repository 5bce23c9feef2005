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

/** still_png() - writes XRGB8888 pixels, without gaps, as PNG for its owner alone; the file is whole or not there. Returns 0 or a negative errno. */
int still_png(const char *path, uint8_t *pixels, uint32_t width, uint32_t height);

#endif
