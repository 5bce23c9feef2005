# SPDX-License-Identifier: Apache-2.0
# libqyran: devices and records.
COMMA := ,
$(eval $(call qyran-lib,qyran,$(addprefix userspace/lib/,device.c device_record.c device_kernel.c kernel_records.c kernel_frames.c record.c slots.c)))
$(eval $(call qyran-prog,qyran-record,userspace/tools/qyran-record.c,qyran))
PROGRAMS += $(BUILD)/plain/qyran-record
TEST_NEEDS += $(T)/qyran-record

$(eval $(call qyran-prog,test_record,tests/unit/test_record.c,qyran,-lcunit))
$(eval $(call qyran-prog,test_device_record,tests/unit/test_device_record.c,qyran,-lcunit))
$(eval $(call qyran-prog,test_device_kernel,tests/unit/test_device_kernel.c,qyran,-Wl$(COMMA)--wrap=open -Wl$(COMMA)--wrap=__open_2 -Wl$(COMMA)--wrap=ioctl -Wl$(COMMA)--wrap=read -lcunit -pthread))
TEST_NEEDS += $(T)/test_record $(T)/test_device_record $(T)/test_device_kernel
TESTS += record:'$$VALGRIND_RUN $(T)/test_record' device-record:'$$VALGRIND_RUN $(T)/test_device_record' \
	device-kernel:'$$VALGRIND_RUN $(T)/test_device_kernel'
