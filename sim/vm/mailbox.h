/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Registers behind a mailbox, for machines whose QEMU has no link for a device process (arm64): two pages of memory that an
 * ivshmem-doorbell device shares with the device process. The guest writes address and value, then the command, rings, and waits for the
 * command to be 0. The driver has the first page, programs of the guest the second.
 */
#ifndef QYRAN_MAILBOX_H
#define QYRAN_MAILBOX_H

#define MAILBOX_SIZE		0x2000u
#define MAILBOX_PAGE		0x1000u		/* from the driver's mailbox to the programs' */
#define MAILBOX_COMMAND		0x0		/* 0: none */
#define MAILBOX_READ		1u
#define MAILBOX_WRITE		2u
#define MAILBOX_ADDRESS		0x4		/* hw/regs.def, or from BENCH_MAILBOX on sim/vm/bench.h */
#define MAILBOX_VALUE		0x8

/* ivshmem's own registers (docs/specs/ivshmem-spec.txt of QEMU), BAR 0; its memory is BAR 2. */
#define MAILBOX_DOORBELL	0xc
#define MAILBOX_RING		(1u << 16)	/* peer 1, vector 0 */

#endif
