/* SPDX-License-Identifier: Apache-2.0 */
/* Writes into the guest's address space while it runs: QEMU's qtest protocol. Nothing is waited for, since the guest may be waiting for us. */
#ifndef QYRAN_VM_QTEST_H
#define QYRAN_VM_QTEST_H

#include <stdint.h>

struct rig_qtest;

/** rig_qtest_new() - @path: borrowed; connected to at the first write. Returns 0 or -ENOMEM. */
int rig_qtest_new(const char *path, struct rig_qtest **ret);
void rig_qtest_free(struct rig_qtest *qtest);

/** rig_qtest_write() - writes 32 bits. Returns 0, -EAGAIN when the socket is full, or another negative errno. */
int rig_qtest_write(struct rig_qtest *qtest, uint64_t address, uint32_t value);

/** rig_qtest_fd() - to be watched for answers; -1 before the first write. */
int rig_qtest_fd(const struct rig_qtest *qtest);

/** rig_qtest_drain() - takes answers. */
void rig_qtest_drain(struct rig_qtest *qtest);

#endif
