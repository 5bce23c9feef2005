/* SPDX-License-Identifier: Apache-2.0 */
/* The devices inside libqyran; the others are plug-ins. */
#ifndef QYRAN_DEVICES_H
#define QYRAN_DEVICES_H

#include <qyran/device.h>

/* record:FILE, a recording made by qyran-record. */
extern const struct qyran_device_ops qyran_device_record;

#endif
