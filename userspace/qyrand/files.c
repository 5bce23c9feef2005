/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int qyran_files_read(const char *path, size_t limit, uint8_t **ret, size_t *ret_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	uint8_t *bytes = NULL;
	size_t size, have = 0;
	int error = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &status) < 0)
		error = -errno;
	else if (!S_ISREG(status.st_mode))
		error = -EINVAL;
	else if (status.st_size < 0 || (uint64_t)status.st_size > limit)
		error = -EFBIG;
	if (error)
		goto err_close;
	size = (size_t)status.st_size;
	bytes = malloc(size + 1);
	if (!bytes) {
		error = -ENOMEM;
		goto err_close;
	}
	while (have < size) {
		ssize_t got = read(fd, bytes + have, size - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			error = -errno;
			goto err_free;
		}
		if (got == 0)
			break;
		have += (size_t)got;
	}
	close(fd);
	bytes[have] = 0;
	*ret = bytes;
	*ret_size = have;
	return 0;

err_free:
	free(bytes);
err_close:
	close(fd);
	return error;
}

static int write_all(int fd, const uint8_t *bytes, size_t size)
{
	while (size) {
		ssize_t put = write(fd, bytes, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		bytes += put;
		size -= (size_t)put;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int sync_directory(int directory)
{
	return fsync(directory) < 0 && errno != EINVAL ? -errno : 0;
}

static int write_file(const char *directory, const char *name, const uint8_t *bytes, size_t size, mode_t mode, bool exclusive)
{
	char temporary[NAME_MAX + 1];
	struct stat status;
	int at, fd, error;

	if (snprintf(temporary, sizeof temporary, ".%s.%ld.part", name, (long)getpid()) >= (int)sizeof temporary)
		return -ENAMETOOLONG;
	at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return -errno;
	if (fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode)) {
		error = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
		goto out_directory;
	}
	/* A leftover of a process that died with our number holds nothing of use. */
	unlinkat(at, temporary, 0);
	fd = openat(at, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0) {
		error = -errno;
		goto out_directory;
	}
	error = write_all(fd, bytes, size);
	if (close(fd) < 0 && !error)
		error = -errno;
	if (!error && exclusive && linkat(at, temporary, at, name, 0) < 0)
		error = -errno;
	else if (!error && !exclusive && renameat(at, temporary, at, name) < 0)
		error = -errno;
	if (error || exclusive)
		unlinkat(at, temporary, 0);
	if (!error)
		error = sync_directory(at);
out_directory:
	close(at);
	return error;
}

int qyran_files_replace(const char *directory, const char *name, const uint8_t *bytes, size_t size, mode_t mode)
{
	return write_file(directory, name, bytes, size, mode, false);
}

int qyran_files_create(const char *directory, const char *name, const uint8_t *bytes, size_t size, mode_t mode)
{
	return write_file(directory, name, bytes, size, mode, true);
}

int qyran_files_make_directory(const char *path, mode_t mode)
{
	char part[PATH_MAX];
	struct stat status;

	if (!*path || strlen(path) >= sizeof part)
		return *path ? -ENAMETOOLONG : -EINVAL;
	strcpy(part, path);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(part, mode) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	if (mkdir(part, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (stat(part, &status) < 0)
		return -errno;
	return S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
}
