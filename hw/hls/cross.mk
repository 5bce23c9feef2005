# SPDX-License-Identifier: Apache-2.0
# The reader's arithmetic for every processor that a camera may have, run under qemu-user: the bits are the same.
BITS_SOURCES := tests/unit/plate_bits.c hw/hls/plate_reader.c hw/hls/plate_prepare.c hw/hls/weights/plate_weights.c userspace/qyrand/reader_logs.c
$(eval $(call qyran-prog,plate-bits,tests/unit/plate_bits.c userspace/qyrand/reader_logs.c,qyran-plate-reader,))
# Cortex-A53 (Zynq UltraScale+) and Cortex-A9 (Zynq-7000).
BITS_aarch64 := aarch64-linux-gnu-gcc -mcpu=cortex-a53
BITS_arm := arm-linux-gnueabihf-gcc -mcpu=cortex-a9 -mfpu=neon
define bits-cross
$(BUILD)/bits/plate-bits-$1: $(BITS_SOURCES) hw/hls/plate_reader.h userspace/qyrand/reader_decode.h
	@mkdir -p $$(@D)
	$$(call SAY,CC,$$@)$(BITS_$1) $$(CPPFLAGS) -std=c11 $$(WARNINGS) -Wno-unknown-pragmas -O3 -static -o $$@ $(BITS_SOURCES)
TEST_NEEDS += $(BUILD)/bits/plate-bits-$1
endef
$(foreach p,aarch64 arm,$(if $(shell command -v $(firstword $(BITS_$p))),$(eval $(call bits-cross,$p))))
TEST_NEEDS += $(BUILD)/plain/plate-bits
TESTS += reader-bits:'tests/system/bits_test 16'
SOAK += reader-bits-more:'tests/system/bits_test 400'
