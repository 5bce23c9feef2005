# SPDX-License-Identifier: Apache-2.0
# The reader through XRT. Only the process that drives the accelerator is linked with libxrt; where libxrt-dev is not (armhf has none) it is not
# built, and a configuration that asks for it is told so and reads on the processor.
$(eval $(call qyran-lib,qyran-reader-xrt,userspace/qyrand/reader_xrt.c userspace/qyrand/reader_process.c))
$(eval $(call qyran-prog,test-reader-process,tests/unit/test_reader_process.c tests/unit/xrt_rig.c,qyran-reader-xrt qyran-config $(READER_LIBS),$(READER_LDLIBS) -lsodium -lcunit))
$(eval $(call qyran-prog,test-reader-xrt,tests/unit/test_reader_xrt.c tests/unit/xrt_rig.c,qyran-reader-xrt qyran-config $(READER_LIBS),$(READER_LDLIBS) -lsodium -lcunit))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/tests/unit/test_reader_xrt.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))
TEST_NEEDS += $(T)/test-reader-process $(T)/test-reader-xrt
TESTS += xrt:tests/system/xrt_test

XRT_INCLUDE := /usr/include/xrt
HAVE_XRT := $(wildcard $(XRT_INCLUDE)/xrt/xrt_kernel.h)
ifneq ($(HAVE_XRT),)
# Not -lxrt_core, with which no emulated device opens, and not XRT's pkg-config file, whose paths are wrong in Debian 12.
$(eval $(call qyran-prog,qyran-reader-xrt,userspace/tools/qyran-reader-xrt.c,,-lxrt_coreutil -pthread))
$(eval $(call qyran-prog,qyran-xclbin,userspace/tools/qyran-xclbin.c,,-lsodium))
$(eval $(call qyran-prog,qyran-xrt-device,sim/xrt/qyran-xrt-device.c sim/xrt/device.c hw/hls/plate_kernel.c,,))
$(foreach v,$(VARIANTS),$(foreach o,userspace/tools/qyran-reader-xrt userspace/tools/qyran-xclbin sim/xrt/qyran-xrt-device,$(eval \
	$(BUILD)/$v/obj/$o.o: CPPFLAGS += -isystem $$(XRT_INCLUDE))) \
	$(eval $(BUILD)/$v/obj/hw/hls/plate_kernel.o: CFLAGS += -Wno-unknown-pragmas))
$(BUILD)/plain/obj/hw/hls/plate_kernel.o: CFLAGS_plain += -O3
$(BUILD)/plain/libshort-sleep.so: sim/xrt/short_sleep.c
	@mkdir -p $(@D)
	$(call SAY,LD,$@)$(CC) $(CPPFLAGS) $(CFLAGS) $(CFLAGS_plain) -shared -o $@ $<
# XRT wants its parts in XILINX_XRT/lib; Debian has them in a folder by architecture.
$(BUILD)/plain/xrt/lib:
	@mkdir -p $(@D)
	ln -sfn "$$(dirname "$$(realpath -s "$$($(CC) -print-file-name=libxrt_coreutil.so)")")" $@
$(BUILD)/plain/qyran-reader-xrt: | $(BUILD)/plain/xrt/lib
$(BUILD)/xrt/emulation.xclbin: $(BUILD)/plain/qyran-xclbin
	@mkdir -p $(@D)
	$< --emulation $@
PROGRAMS += $(addprefix $(BUILD)/plain/,qyran-reader-xrt qyran-xclbin)
TEST_NEEDS += $(addprefix $(BUILD)/plain/,qyran-reader-xrt qyran-xrt-device libshort-sleep.so) $(BUILD)/xrt/emulation.xclbin $(T)/qyran-xclbin
endif
