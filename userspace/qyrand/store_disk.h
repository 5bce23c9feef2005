/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox's disk: the lock on its directory, room kept for the day the disk is full, SQLite's errors as errno. */
#ifndef QYRAN_STORE_DISK_H
#define QYRAN_STORE_DISK_H

#include <sqlite3.h>

/** qyran_disk_lock() - @ret: a descriptor; closing it unlocks. Returns 0; -EBUSY when another process holds it. */
int qyran_disk_lock(const char *directory, int *ret);

/** qyran_disk_reserve() - keeps 2 MiB in @directory/reserve while there is room. It is no error when there is none. */
void qyran_disk_reserve(const char *directory);

/** qyran_disk_use_reserve() - gives the reserve back to the file system: what is receipted can be dropped though the disk is full. */
void qyran_disk_use_reserve(const char *directory);

/** qyran_disk_errno() - the latest error of @db as a negative errno. */
int qyran_disk_errno(sqlite3 *db);

#endif
