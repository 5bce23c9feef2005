# SPDX-License-Identifier: Apache-2.0
# The data-moving part and the top of the logic, its C model, what is made from regs.def, and their tests.

REGS_MADE := $(BUILD)/gen/qyran/regs.h $(BUILD)/gen/qyran_regs.vh $(BUILD)/gen/registers.md
GENERATED += $(REGS_MADE)

$(BUILD)/regs-gen: hw/regs-gen.c hw/regs.def
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $<

$(BUILD)/gen/qyran/regs.h: $(BUILD)/regs-gen
	@mkdir -p $(@D)
	$< header >$@.part && mv $@.part $@

$(BUILD)/gen/qyran_regs.vh: $(BUILD)/regs-gen
	@mkdir -p $(@D)
	$< verilog >$@.part && mv $@.part $@

$(BUILD)/gen/registers.md: $(BUILD)/regs-gen
	@mkdir -p $(@D)
	$< manual >$@.part && mv $@.part $@

# The top is hw/rtl/qyran_top.v; whoever Verilates it takes $(RTL) $(RTL_DETECT) and -I$(BUILD)/gen, after $(REGS_MADE).
RTL := $(addprefix hw/rtl/,qyran_top.v axil.v cdc.v cdc_bus.v cdc_bit.v clock.v regs.v settings.v test_pattern.v video_in.v masks.v slots.v \
	frame_writer.v fifo.v frames.v records.v crc32c.v cutter.v halve.v ring_writer.v)
RTL_DETECT = $(DETECT_RTL)

$(eval $(call qyran-lib,qyran_model,hw/model/model.c hw/model/cut.c hw/model/crc32c.c))
