# SPDX-License-Identifier: Apache-2.0
# The virtual machine rig: a stock kernel in a stock QEMU, the camera's PCI device served by the Verilated logic.
#
#   VM_PROGRAMS += NAME    tests/vm/NAME.c becomes /tests/NAME in the guest (linked with libqyran)
#   VM_FILES += FILE or FILE=PATH   goes into the guest: a program to /bin, with its libraries; a module
#   Set in fragments that come before this one in FRAGMENTS.
#   tests/vm/NAME, a script without a suffix, is /tests/NAME; tests/vm/boots says which tests a boot runs

VM_SOURCES := $(addprefix sim/vm/,boardd.c device.c config.c play.c mutate.c bench.c video.c qtest.c link_proxy.c link_ivshmem.c)
VM_PROGRAMS += bench rig stream damage interrupts dead holders arguments cycles asleep races

define vm-boardd
$(BUILD)/$1/qyran-boardd: $(patsubst %.c,$(BUILD)/$1/obj/%.o,$(VM_SOURCES)) $(BUILD)/$1/libclip.a $(BUILD)/$1/libqyran.a $(BOARD_DIR)/libboard.a
	@mkdir -p $$(@D)
	$$(call SAY,LD,$$@)$$(CC) $$(CFLAGS_$1) $$(LDFLAGS_$1) -o $$@ $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(BOARD_LDLIBS)
OBJECTS += $(patsubst %.c,$(BUILD)/$1/obj/%.o,$(VM_SOURCES))
endef
$(foreach v,$(VARIANTS),$(eval $(call vm-boardd,$v)))

# The guest has no sanitizers' room: its programs are the plain variant.
VM_TESTS_DIR := $(BUILD)/vm/tests
VM_SCRIPTS := $(shell find tests/vm -maxdepth 1 -type f -perm -u+x ! -name '*.*')
$(VM_TESTS_DIR)/%: $(BUILD)/plain/obj/tests/vm/%.o $(BUILD)/plain/libqyran.a
	@mkdir -p $(@D)
	$(call SAY,LD,$@)$(CC) $(CFLAGS_plain) $(LDFLAGS_plain) -o $@ $^ $(VM_LDLIBS_$*)
VM_OBJECTS := $(patsubst %,$(BUILD)/plain/obj/tests/vm/%.o,$(VM_PROGRAMS))
OBJECTS += $(VM_OBJECTS)
.SECONDARY: $(VM_OBJECTS)

VM_IN_GUEST = sim/vm/camera $(foreach p,$(VM_PROGRAMS),$(VM_TESTS_DIR)/$p=/tests/$p) $(foreach s,$(VM_SCRIPTS),$s=/tests/$(notdir $s)) $(VM_TESTS_DIR)/bench $(sort $(BUILD)/plain/qyran-record $(VM_FILES))
VM_NEEDS = $(T)/qyran-boardd $(addprefix $(VM_TESTS_DIR)/,$(VM_PROGRAMS)) $(foreach f,$(sort $(BUILD)/plain/qyran-record $(VM_FILES)),$(firstword $(subst =, ,$f)))
export VM_FILES_IN_GUEST = $(VM_IN_GUEST)
export VM_BIN = $(T)

# A clip for the records of a guest to be compared with those of sim:.
VM_CLIP := $(BUILD)/vm/pattern.y4m
$(VM_CLIP): $(BUILD)/pattern
	@mkdir -p $(@D)
	$< $@
VM_NEEDS += $(VM_CLIP) $(T)/qyran-record $(T)/libqyran-sim.so

TEST_NEEDS += $(VM_NEEDS)
# Among the slowest, so among the first.
TESTS := vm:'VM_JOBS=2 sim/vm/run test' $(TESTS)
SOAK += vm-broken-guests:tests/system/vm_tells_of_broken_guests vm-soak:'VM_BOOTS=tests/vm/boots.soak sim/vm/run test'

.PHONY: vm vm-test
vm-test: $(VM_NEEDS) ## boot guests on the simulated camera and test the driver in them; BOOT=NAME for one of tests/vm/boots
	@VM_JOBS=$${VM_JOBS:-2} sim/vm/run test $(BOOT)

vm: $(VM_NEEDS) ## a shell in a guest, the camera running; CLIP=file for what it sees
	@sim/vm/run shell $(CLIP)

# The same driver built for arm64, in an arm64 guest. What only this needs is installed by its target.
.PHONY: vm-test-arm64
vm-test-arm64: $(T)/qyran-boardd $(MODULE_INSTALLED) ## the arm64 build of the driver in an arm64 guest, against the same logic
	@./install-packages packages-arm64.txt
	@sim/vm/arm64 "$(MODULE_DIR)" "$(BUILD)/vm/arm64-programs"
