# SPDX-License-Identifier: Apache-2.0
# The service and the clock in the guest: what goes into it, and what the host needs beside it.
VM_SCENE := $(BUILD)/vm/scene
VM_FILES += $(addprefix $(BUILD)/plain/,qyrand qyranctl qyran-record)
VM_PROGRAMS += clock
VM_LDLIBS_clock := -lm
VM_FILES += /usr/sbin/phc2sys
SERVICE_HOST := $(VM_SCENE)/.seed-$(SEED) $(addprefix $(BUILD)/plain/,qyran-inbox qyran-scene qyrand libqyran-sim.so)

# One place, whatever the seed: tests/vm/boots names it.
$(VM_SCENE)/.seed-$(SEED): $(SCENE_SMALL_DIR)/small/.rendered
	@rm -rf $(@D) && mkdir -p $(@D) && cp $(<D)/* $(@D) && touch $@

vm-test: $(SERVICE_HOST)
TEST_NEEDS += $(SERVICE_HOST)
