# SPDX-License-Identifier: Apache-2.0
# The virtual machine rig: a stock kernel in a stock QEMU, the camera's PCI device served by the Verilated logic.

VM_SOURCES := $(addprefix sim/vm/,boardd.c device.c config.c play.c mutate.c bench.c video.c qtest.c link_proxy.c link_ivshmem.c)

define vm-boardd
$(BUILD)/$1/qyran-boardd: $(patsubst %.c,$(BUILD)/$1/obj/%.o,$(VM_SOURCES)) $(BUILD)/$1/libclip.a $(BUILD)/$1/libqyran.a $(BOARD_DIR)/libboard.a
	@mkdir -p $$(@D)
	$$(call SAY,LD,$$@)$$(CC) $$(CFLAGS_$1) $$(LDFLAGS_$1) -o $$@ $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(BOARD_LDLIBS)
OBJECTS += $(patsubst %.c,$(BUILD)/$1/obj/%.o,$(VM_SOURCES))
endef
$(foreach v,$(VARIANTS),$(eval $(call vm-boardd,$v)))
