/* SPDX-License-Identifier: Apache-2.0 */
/* flip-bytes FILE DIR: as many copies of FILE in DIR as it has bytes, each with another byte inverted. */
#include "qyrand/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	uint8_t *bytes;
	size_t size;

	if (argc != 3 || qyran_files_read(argv[1], 1u << 20, &bytes, &size) < 0)
		return 2;
	for (size_t i = 0; i < size; i++) {
		char path[4096];
		int fd;

		snprintf(path, sizeof path, "%s/%07zu.sealed", argv[2], i);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
		bytes[i] ^= 0xff;
		if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || close(fd) < 0)
			return 2;
		bytes[i] ^= 0xff;
	}
	printf("%zu\n", size);
	free(bytes);
	return 0;
}
