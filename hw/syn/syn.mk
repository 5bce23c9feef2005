# SPDX-License-Identifier: Apache-2.0
# Area and paths of the logic, estimated by yosys.

$(eval $(call qyran-prog,area,hw/syn/area.c hw/syn/netlist.c hw/syn/paths.c))

MODULE ?= qyran_top
PART ?= xc7z020 xczu5ev
PATHS ?= 1
AREA_LIMITS := lut=25000 ramb36=80 dsp=120 path_ns=6.5
AREA = hw/syn/area $(BUILD)/plain/area $(BUILD)/gen hw/rtl $(BUILD)/syn

.PHONY: area
area: $(BUILD)/plain/area $(REGS_MADE) ## LUTs, flip-flops, block RAMs, DSPs, deepest paths, estimated by yosys; MODULE=name: of one, in seconds; PART=xc7z020; PATHS=5
	@err=0; for part in $(PART); do $(AREA) $$part $(MODULE) paths=$(PATHS) || err=1; done; exit $$err

# What must hold on the smallest Zynq that is aimed at. The test has the programs' own netlist with known paths, the soak the whole.
.PHONY: area-limits
area-limits: $(BUILD)/plain/area $(REGS_MADE)
	@$(AREA) xc7z020 qyran_top $(AREA_LIMITS) && echo "ok the_logic_keeps_its_limits_on_a_zynq_7020" || { echo "not ok the_logic_keeps_its_limits_on_a_zynq_7020"; exit 1; }
	@$(AREA) xczu5ev qyran_top

TEST_NEEDS += $(BUILD)/plain/area $(BUILD)/asan/area
TESTS += area:'tests/syn/area_test $(T)/area'
SOAK += area-limits:'$(MAKE) --no-print-directory area-limits'
