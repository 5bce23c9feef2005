/* SPDX-License-Identifier: Apache-2.0 */
/* The devices inside libqyran; the others are plug-ins. */
#ifndef QYRAN_DEVICES_H
#define QYRAN_DEVICES_H

#include <qyran/device.h>

/* record:FILE, a recording made by qyran-record. */
extern const struct qyran_device_ops qyran_device_record;

/* kernel:DEVICE, a board through its driver. */
extern const struct qyran_device_ops qyran_device_kernel;

/** qyran_kernel_set_masks() - qyran_device_mask() of kernel:PATH. */
int qyran_kernel_set_masks(const char *path, const struct qyran_box *masks, size_t count, char *error, size_t error_size);

#endif
