# SPDX-License-Identifier: Apache-2.0
# The whole logic on Icarus between AXI models of cocotbext-axi. The venv is shared with the training of the reader.
COCOTB_LIB := $(BUILD)/cocotb/libqyran_model.so

$(BUILD)/cocotb/top.vvp: hw/cocotb/powered.py $(RTL) $(RTL_DETECT) | $(REGS_MADE)
	@rm -rf $(@D)/rtl && mkdir -p $(@D)/rtl
	/usr/bin/python3 hw/cocotb/powered.py $(@D)/rtl $(RTL) $(RTL_DETECT)
	iverilog -g2005 -I $(BUILD)/gen -y $(@D)/rtl -s qyran_top -o $@ $(@D)/rtl/qyran_top.v

$(COCOTB_LIB): $(BUILD)/plain/libqyran_model.a $(BUILD)/plain/libqyran_detect.a
	@mkdir -p $(@D)
	$(CC) -shared -o $@ -Wl,--whole-archive $^ -Wl,--no-whole-archive -lm

.PHONY: cocotb
cocotb: $(BUILD)/cocotb/top.vvp $(COCOTB_LIB) ## the logic's AXI ports against models of cocotbext-axi, under random back-pressure
	@hw/cocotb/run

TEST_NEEDS += $(BUILD)/cocotb/top.vvp $(COCOTB_LIB)
TESTS += cocotb:hw/cocotb/run
SOAK += $(foreach s,2 3 4 5,cocotb-$s:'SEED=$s hw/cocotb/run')
