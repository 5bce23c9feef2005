/* SPDX-License-Identifier: Apache-2.0 */
/* A process that computes sums for the reader, and is believed nothing: started, asked within a time, ended with its process group. */
#ifndef QYRAN_READER_PROCESS_H
#define QYRAN_READER_PROCESS_H

#include "reader_shared.h"

#include <stddef.h>
#include <sys/types.h>

struct reader_process;

/**
 * reader_process_begin() - starts `program xclbin kernel` in a session of its own, with a socket and fresh shared memory that holds the
 * network's weights.
 * Returns 0, or a negative errno with the reason in @error.
 */
int reader_process_begin(const char *program, const char *xclbin, const char *kernel, struct reader_process **ret, char *error, size_t error_size);

/**
 * reader_process_end() - kills it and its process group. Accepts NULL.
 * Returns 0, or its number when the kernel did not let it go yet: see reader_process_gone().
 */
pid_t reader_process_end(struct reader_process *process);

/** reader_process_gone() - has a process that was killed ended by now? */
int reader_process_gone(pid_t id);

struct reader_shared *reader_process_shared(const struct reader_process *process);
pid_t reader_process_id(const struct reader_process *process);

/**
 * reader_process_hear() - what it says, within @timeout_ms.
 * Returns 0; -ETIMEDOUT; -EPIPE or -EBADMSG with the reason in @why.
 */
int reader_process_hear(struct reader_process *process, int timeout_ms, struct reader_message *ret, char *why, size_t why_size);

/** reader_process_ask() - lets it turn the shared input into the shared sums. Returns 0 or a negative errno with the reason in @why. */
int reader_process_ask(struct reader_process *process, int timeout_ms, char *why, size_t why_size);

#endif
