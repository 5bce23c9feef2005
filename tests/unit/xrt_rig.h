/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the reader's accelerator share: reads that are timed and compared, the log, the processes that come and go. */
#ifndef QYRAN_TESTS_XRT_RIG_H
#define QYRAN_TESTS_XRT_RIG_H

#include "cases.h"

#include <qyrand/reader_xrt.h>
#include <stdbool.h>
#include <sys/types.h>

struct xrt_rig {
	struct reader_backend *cpu, *xrt;
	uint64_t random;
	int8_t input[PLATE_INPUT_H * PLATE_INPUT_W];
	int16_t sums[PLATE_SUMS], wanted[PLATE_SUMS];
};
extern struct xrt_rig rig;

/** rig_run() - the cases, with the processor ready in rig.cpu. Returns the exit status of main(). */
int rig_run(const char *suite, const struct test_case *cases, size_t count);

#define RIG_PATIENT 60000		/* ms; nothing but a fault takes so long */
#define RIG_TRIES 5			/* what a busy machine may spoil */
#define RIG_PROMPT 0			/* as the service waits for answers */

/** rig_begin() - rig.xrt by that program; the log is taken from here on. @fault: of the emulated device. @answer_ms: what a read may take. */
void rig_begin(const char *program, const char *xclbin, const char *kernel, const char *fault, uint32_t answer_ms, uint32_t retry_ms);

/** rig_end() - ends rig.xrt; nothing of it may be left. @process: its process, whose group is looked for, or 0. */
void rig_end(pid_t process);

/** rig_random_input() - into rig.input. */
void rig_random_input(void);

/** rig_read_once() - the sums are the processor's, whoever computes. */
void rig_read_once(void);

/**
 * rig_late() - did a read since rig_begin() take more than a second? A busy machine lets one wait, so that the caller begins again; RIG_TRIES
 * times in a row is the accelerator's fault, and fails the case.
 */
bool rig_late(void);

/** rig_read_until_settled() - until the accelerator reads, or has failed more often than @failures. */
void rig_read_until_settled(uint64_t failures);

/** rig_expect_one_failure() - of what has just happened: one line, which holds @line, one failure, and the processor reads on. */
void rig_expect_one_failure(const char *line);

/** rig_count_lines() - of the log since the latest rig_begin(), those that hold this. */
int rig_count_lines(const char *holding);

/** rig_service_dies() - a process that has begun so is killed: its accelerator's ends too, also when it is @stopped. */
void rig_service_dies(const char *program, const char *xclbin, const char *kernel, bool stopped);

/** rig_group_is_gone() - within ten seconds. */
bool rig_group_is_gone(pid_t id);

void rig_moment(long ms);

#endif
