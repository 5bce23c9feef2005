/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the clip on which the compiler learns how the logic runs. */
#include "sim/board/pattern.h"

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	clip_write(argv[1], 640, 360, 4, "25:1");
	return 0;
}
