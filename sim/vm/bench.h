/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bench registers of the virtual machine rig: BAR2 of the simulated camera, 4 KiB, 32-bit accesses only.
 *
 * No driver touches them. A test in the guest maps /sys/bus/pci/devices/ADDRESS/resource2 and says what video comes, injects faults
 * into the device, and reads what the device has seen. They are kept when the module is loaded again and are 0 after a reset of the
 * device, except where it says otherwise. A register that is not listed reads 0 and ignores writes. On the rig that has a mailbox
 * instead of PCI (arm64) they lie at BENCH_MAILBOX.
 */
#ifndef QYRAN_BENCH_H
#define QYRAN_BENCH_H

#define BENCH_BAR		2
#define BENCH_SIZE		0x1000u
#define BENCH_MAILBOX		0x40000u	/* offset of these registers in the mailbox's address space */

#define BENCH_ID		0x000	/* RO: BENCH_ID_VALUE */
#define BENCH_ID_VALUE		0x5159424eu	/* 'QYBN' */
#define BENCH_VERDICT		0x004	/* WO: 1 + exit status that the device process ends with when the guest powers off; without one it ends with 1 */
#define BENCH_HOST_NS_LO	0x008	/* RO: CLOCK_MONOTONIC of the host; reading LO latches HI */
#define BENCH_HOST_NS_HI	0x00c

/*
 * Video. PLAY takes the settings before it. At pace scene a frame is played when RUN is set, the frame before it is DRAINED, a slot is
 * free and RING_CONSUMER equals RING_PRODUCER (the reader came back for more): nothing is ever lost and every run is the same. A driver
 * gives slots back before it writes RING_CONSUMER. At pace host a frame comes when CLOCK_MONOTONIC says that it is due (never earlier
 * than the frame before it is through), whether anybody reads or not; the logic's clock follows the host's then.
 * While RUN is not set no frame is played; the video goes on with the next frame when it is set again.
 */
#define BENCH_PLAY		0x010	/* WR 1: from the first frame on; 0: no more frames after the one under way. RD: 1 while frames are left or under way */
#define BENCH_SOURCE		0x014	/* RW: BENCH_SOURCE_* */
#define BENCH_SOURCE_NONE	0u
#define BENCH_SOURCE_CLIP	1u	/* the clip of the host's command line, with its signal pins; ends with the clip */
#define BENCH_SOURCE_PATTERN	2u	/* sim/board/pattern.h, of the size in the logic's SIZE; frame n of PLAY is pattern frame n */
#define BENCH_PACE		0x018	/* RW: BENCH_PACE_*; acts at once on the logic's clock */
#define BENCH_PACE_SCENE	0u
#define BENCH_PACE_HOST		1u
#define BENCH_FRAMES		0x01c	/* RW: at most so many frames at PLAY; 0: no limit */
#define BENCH_FRAMES_LEFT	0x020	/* RO: of these; 0xffffffff: no limit */
#define BENCH_PERIOD_NS		0x024	/* RW: from frame to frame of the pattern; 0: 40,000,000 */
#define BENCH_PINS		0x028	/* RW: signal pins while the pattern plays; the clip's come from its signals.tsv */
#define BENCH_CLIP_SIZE		0x02c	/* RO, kept: width | height << 16 of the clip; 0: none was given */
#define BENCH_CLIP_FRAMES	0x030	/* RO, kept: frames that the clip says it has */
#define BENCH_EPOCH_LO		0x034	/* RW: at pace scene, camera time of the first frame of PLAY; the clock is never set back. Reset: the rig's --epoch */
#define BENCH_EPOCH_HI		0x038
#define BENCH_ADVANCE_NS	0x03c	/* WO: the logic's clock jumps ahead by so much at once (time passes without video) */
#define BENCH_PPS		0x040	/* WO: 1: one edge on the pulse-per-second input */

/*
 * Faults in records, made in the bytes that the logic wrote, before the producer index that shows them can be read.
 * Writing RECORD_COUNT arms: the next COUNT records of TYPE, after SKIP of them, are changed. One kind at a time.
 */
#define BENCH_RECORD_KIND	0x100	/* RW: BENCH_RECORD_* */
#define BENCH_RECORD_CORRUPT	1u	/* byte AT (modulo the record's length) ^= VALUE; checksums left as they are */
#define BENCH_RECORD_FORGE	2u	/* the same, then both checksums are made right: a well-formed record that says something wrong */
#define BENCH_RECORD_LENGTH	3u	/* header's length = VALUE, header's checksum made right */
#define BENCH_RECORD_SEQUENCE	4u	/* sequence += VALUE in this record and in all later ones until RUN is set again, checksum made right */
#define BENCH_RECORD_AT		0x104
#define BENCH_RECORD_VALUE	0x108
#define BENCH_RECORD_TYPE	0x10c	/* enum qyran_record_type; 0: any */
#define BENCH_RECORD_SKIP	0x110
#define BENCH_RECORD_COUNT	0x114	/* RD: records still to be changed */
#define BENCH_PRODUCER_ADD	0x118	/* RW: added to what RING_PRODUCER reads */

/* Faults in interrupts. */
#define BENCH_IRQ_SWALLOW	0x120	/* RW: so many interrupts are not sent; 0xffffffff: none is until 0 is written. RD: left */
#define BENCH_IRQ_STORM		0x124	/* RW: so many interrupts without cause, each when the one before has been looked at (IRQ_STATUS read) or 10 ms later. RD: left */
#define BENCH_IRQ_STORM_SEEN	0x128	/* RO: interrupts of storms after which IRQ_STATUS was read */

/* Faults of the whole device; BAR2 goes on answering. */
#define BENCH_DEAD		0x140	/* RW: so many accesses to BAR0 read all ones and write nothing; 0xffffffff: until 0 is written. RD: left */
#define BENCH_DEAD_AFTER	0x144	/* RW: so many accesses to BAR0 before DEAD begins */
#define BENCH_SHOW_ID		0x148	/* RW: what the ID register reads; 0: the truth */
#define BENCH_SHOW_VERSION	0x14c	/* RW: what the VERSION register reads; 0: the truth */
#define BENCH_DMA_ERROR		0x150	/* RW: so many of the logic's memory accesses end with a bus error. RD: left */
#define BENCH_NEVER_IDLE	0x154	/* RW: 1: STATE.IDLE reads 0 */

/* What the device has seen. RO; of 64-bit counts reading LO latches HI. */
#define BENCH_FRAMES_PLAYED	0x200
#define BENCH_READS		0x204	/* of BAR0 */
#define BENCH_WRITES		0x208	/* of BAR0 */
#define BENCH_WRONG_SIZE	0x20c	/* accesses to BAR0 or BAR2 that were not 4 bytes at a multiple of 4: reads gave all ones, writes nothing */
#define BENCH_IRQS_SENT		0x210	/* storms included */
#define BENCH_IRQS_SWALLOWED	0x214
#define BENCH_DMA_REFUSED	0x218	/* memory accesses without bus master, outside the guest's memory or by DMA_ERROR: they got a bus error */
#define BENCH_RECORDS		0x21c	/* records published */
#define BENCH_RECORDS_CHANGED	0x220	/* by the faults above */
#define BENCH_RESETS		0x224	/* of the device; kept */
#define BENCH_DMA_WRITTEN_LO	0x228	/* bytes */
#define BENCH_DMA_WRITTEN_HI	0x22c
#define BENCH_DMA_READ_LO	0x230	/* bytes */
#define BENCH_DMA_READ_HI	0x234
#define BENCH_CLOCKS_LO		0x238	/* video clocks simulated */
#define BENCH_CLOCKS_HI		0x23c

#endif
