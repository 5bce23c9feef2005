/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded under hardware emulation: XRT waits for kernels and for its simulator with sleep(), whole seconds for what takes less than one. */
#include <time.h>
#include <unistd.h>

unsigned int sleep(unsigned int seconds)
{
	(void)seconds;
	nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
	return 0;
}
