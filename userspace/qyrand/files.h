/* SPDX-License-Identifier: Apache-2.0 */
/* Small files, whole or not at all. */
#ifndef QYRAN_FILES_H
#define QYRAN_FILES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * qyran_files_read() - reads a regular file of at most @limit bytes.
 * @ret: freed by the caller; one 0 follows the bytes.
 * Returns 0; -EFBIG when it is larger; -EINVAL when it is no regular file; what the system gave otherwise.
 */
int qyran_files_read(const char *path, size_t limit, uint8_t **ret, size_t *ret_size);

/**
 * qyran_files_replace() - writes @directory/@name durably: a temporary name, fsync, rename, fsync of the directory.
 * Whoever looks sees the old file or the whole new one. Returns 0 or a negative errno; then the old one is still there. What is no
 * file is not replaced: -EISDIR, -EINVAL (a device, a pipe).
 */
int qyran_files_replace(const char *directory, const char *name, const uint8_t *bytes, size_t size, mode_t mode);

/** qyran_files_create() - the same, but -EEXIST when the file is there, also when another process makes it at the same time. */
int qyran_files_create(const char *directory, const char *name, const uint8_t *bytes, size_t size, mode_t mode);

/** qyran_files_make_directory() - with its parents. Returns 0 or a negative errno. */
int qyran_files_make_directory(const char *path, mode_t mode);

#endif
