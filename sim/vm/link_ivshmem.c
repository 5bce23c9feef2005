/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/vm/link.h"

#include <errno.h>

int rig_ivshmem_new(const char *socket, const char *ram, uint64_t base, struct rig_link *ret, struct rig_host *ret_host)
{
	(void)socket; (void)ram; (void)base; (void)ret; (void)ret_host;
	return -ENOSYS;
}
