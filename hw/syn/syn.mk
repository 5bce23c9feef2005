# SPDX-License-Identifier: Apache-2.0
# Area of the logic, estimated by yosys.

.PHONY: area
area: $(REGS_MADE) ## LUTs, flip-flops, block RAMs and DSPs of the whole top on a Zynq-7020, estimated by yosys
	@hw/syn/area $(BUILD)/gen hw/rtl $(BUILD)/syn/xc7.log
