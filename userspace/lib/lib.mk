# SPDX-License-Identifier: Apache-2.0
# libqyran: devices and records.
$(eval $(call qyran-lib,qyran,userspace/lib/device.c userspace/lib/device_record.c userspace/lib/record.c userspace/lib/slots.c))
$(eval $(call qyran-prog,qyran-record,userspace/tools/qyran-record.c,qyran))
PROGRAMS += $(BUILD)/plain/qyran-record
TEST_NEEDS += $(T)/qyran-record

$(eval $(call qyran-prog,test_record,tests/unit/test_record.c,qyran,-lcunit))
$(eval $(call qyran-prog,test_device_record,tests/unit/test_device_record.c,qyran,-lcunit))
TEST_NEEDS += $(T)/test_record $(T)/test_device_record
TESTS += record:'$$VALGRIND_RUN $(T)/test_record' device-record:'$$VALGRIND_RUN $(T)/test_device_record'
