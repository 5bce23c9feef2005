# SPDX-License-Identifier: Apache-2.0
# The detection core: RTL sources, its model (libqyran_detect.a), its tests.

DETECT_RTL := $(addprefix hw/rtl/,detect.v mover_cells.v mover_near.v mover_light.v mover_walk.v mover_list.v components.v lane_halve.v plate_lane.v plate_walk.v plate_rank.v)
DETECT_MODEL := $(addprefix hw/model/,components.c mover_cells.c mover_light.c mover_list.c mover_mask.c mover_walk.c plate_lane.c plate_walk.c plate_rank.c detect.c)

$(eval $(call qyran-lib,qyran_detect,$(DETECT_MODEL)))

$(BUILD)/plate-weights-gen: hw/plate-weights-gen.c hw/plate_weights.def
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $<

$(BUILD)/gen/plate_weights.vh: $(BUILD)/plate-weights-gen
	@mkdir -p $(@D)
	$< >$@.part && mv $@.part $@

# Other weights are other logic.
$(BUILD)/rtl/detect_equal $(BUILD)/rtl/real/Vqyran_top.mk $(BUILD)/board/Vqyran_top.mk: $(BUILD)/gen/plate_weights.vh

# The RTL is compiled once, without sanitizers: it is generated code, and slow enough.
$(BUILD)/rtl/detect_equal: tests/rtl/detect_equal.cpp tests/rtl/pictures.hpp $(DETECT_RTL) $(BUILD)/plain/libqyran_detect.a hw/detect.mk | $(REGS_MADE)
	@mkdir -p $(@D)
	+verilator --cc --exe --build -O3 -I$(BUILD)/gen --x-assign fast --x-initial fast --noassert -CFLAGS "-I$(abspath .) -I$(abspath kernel-module/include/uapi)" -MAKEFLAGS "OPT_FAST=\"-O2 -fno-tree-vectorize\" OPT_SLOW=-O1" --Mdir $(@D)/detect --top-module detect \
		-o $(abspath $@) $(abspath tests/rtl/detect_equal.cpp) $(DETECT_RTL) $(abspath $(BUILD)/plain/libqyran_detect.a) >$(@D)/detect.log

$(BUILD)/rtl/detect.lint: $(DETECT_RTL) | $(REGS_MADE)
	@mkdir -p $(@D)
	verilator --lint-only -Wall -I$(BUILD)/gen --top-module detect $(DETECT_RTL) && touch $@

TEST_NEEDS += $(BUILD)/rtl/detect_equal $(BUILD)/rtl/detect.lint
TESTS += detect-equal:$(BUILD)/rtl/detect_equal

# What the ranker of plate candidates learns from: rendered pictures, before photos without plates from a Debian package.
$(eval $(call qyran-prog,plate-candidates,hw/training/candidates.c hw/training/picture.c,qyran_detect qyran-plate qyran-format,-lcairo -linih -ljpeg -lm))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/hw/training/picture.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))

TRAINING_PHOTOS := /usr/share/backgrounds/mate/nature

.PHONY: train-plates
train-plates: $(BUILD)/plain/plate-candidates $(BUILD)/venv/.training ## train the choice of plate candidates on rendered pictures (some 10 minutes); SEED=n
	./install-packages packages-training.txt
	$(BUILD)/venv/bin/python hw/training/train.py --candidates $< --formats userspace/formats --photos $(TRAINING_PHOTOS)/*.jpg --seed $(SEED) --weights hw/plate_weights.def
