# SPDX-License-Identifier: Apache-2.0
# libqyran: devices and records.
$(eval $(call qyran-lib,qyran,userspace/lib/device.c userspace/lib/device_record.c userspace/lib/record.c userspace/lib/slots.c))
