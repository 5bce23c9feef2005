/* SPDX-License-Identifier: Apache-2.0 */
#include "store_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define RESERVE_BYTES (2 * 1024 * 1024)
#define PATH_BYTES 1100

int qyran_disk_lock(const char *directory, int *ret)
{
	char path[PATH_BYTES];
	int fd;

	snprintf(path, sizeof path, "%s/lock", directory);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int code = errno == EWOULDBLOCK ? -EBUSY : -errno;

		close(fd);
		return code;
	}
	*ret = fd;
	return 0;
}

void qyran_disk_reserve(const char *directory)
{
	char path[PATH_BYTES];
	struct stat status;
	int fd;

	snprintf(path, sizeof path, "%s/reserve", directory);
	if (stat(path, &status) == 0 && status.st_size == RESERVE_BYTES)
		return;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	if (posix_fallocate(fd, 0, RESERVE_BYTES) != 0)
		unlink(path);
	close(fd);
}

void qyran_disk_use_reserve(const char *directory)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof path, "%s/reserve", directory);
	unlink(path);
}

/* What the system said last about the table's file or its log; SQLite keeps it a file. */
static bool out_of_room(sqlite3 *db)
{
	static const int pointers[] = { SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER };

	for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
		sqlite3_file *file = NULL;
		int last = 0;

		if (sqlite3_file_control(db, "main", pointers[i], &file) != SQLITE_OK || !file || !file->pMethods)
			continue;
		if (file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &last) == SQLITE_OK &&
		    (last == ENOSPC || last == EDQUOT || last == EFBIG))
			return true;
	}
	return false;
}

int qyran_disk_errno(sqlite3 *db)
{
	int system = sqlite3_system_errno(db);

	switch (sqlite3_errcode(db) & 0xff) {
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_IOERR:
		return out_of_room(db) ? -ENOSPC : system ? -system : -EIO;
	case SQLITE_CANTOPEN:
		return system ? -system : -ENOENT;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return -EACCES;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	default:
		return -EIO;
	}
}
