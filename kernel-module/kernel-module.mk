# SPDX-License-Identifier: Apache-2.0
# qyran.ko. Its sources are copied, with the registers' header, and built in the copy: that is also what DKMS gets.

MODULE_DIR := $(BUILD)/module
MODULE_SOURCES := $(wildcard kernel-module/*.c kernel-module/*.h) kernel-module/Kbuild kernel-module/LICENSE
MODULE_INSTALLED := $(MODULE_DIR)/sources/dkms.conf
MODULE_KO := $(MODULE_DIR)/amd64/qyran.ko
MODULE_VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' kernel-module/dkms.conf)

$(MODULE_INSTALLED): $(MODULE_SOURCES) kernel-module/dkms.conf kernel-module/include/uapi/linux/qyran.h $(BUILD)/gen/qyran/regs.h
	@rm -rf $(@D) && mkdir -p $(@D)/include/uapi/linux $(@D)/include/qyran
	@cp $(MODULE_SOURCES) $(@D)
	@cp kernel-module/include/uapi/linux/qyran.h $(@D)/include/uapi/linux
	@cp $(BUILD)/gen/qyran/regs.h $(@D)/include/qyran
	@cp kernel-module/dkms.conf $@

$(MODULE_KO): $(MODULE_INSTALLED) kernel-module/build
	$(call SAY,KO,$@)kernel-module/build $(MODULE_DIR)/sources amd64 $(@D) >$(MODULE_DIR)/amd64.log 2>&1 || { cat $(MODULE_DIR)/amd64.log; exit 1; }

VM_FILES += $(MODULE_KO)
TEST_NEEDS += $(MODULE_INSTALLED)
TESTS += module_check:tests/system/module_check

.PHONY: module module-check module-install
module: $(MODULE_KO) ## build/module/amd64/qyran.ko, for the headers of linux-headers-amd64 or KDIR=folder

module-check: $(MODULE_INSTALLED) ## the module for three architectures without warnings; sparse, checkpatch; binding and overlays
	@tests/system/module_check

# On a camera: its sources where DKMS finds them, and the rule that names its devices and says who may open them.
module-install: $(MODULE_INSTALLED) ## the module's sources for DKMS into DESTDIR/usr/src, the udev rule into DESTDIR/usr/lib
	$(INSTALL) -d "$(DESTDIR)/usr/src" "$(DESTDIR)/usr/lib/udev/rules.d"
	rm -rf "$(DESTDIR)/usr/src/qyran-$(MODULE_VERSION)"
	cp -r $(MODULE_DIR)/sources "$(DESTDIR)/usr/src/qyran-$(MODULE_VERSION)"
	$(INSTALL) -m 644 kernel-module/60-qyran.rules "$(DESTDIR)/usr/lib/udev/rules.d"
