# SPDX-License-Identifier: Apache-2.0
# What goes onto a camera, a desk, or into a package: make install DESTDIR=… PREFIX=…
PREFIX ?= /usr/local
INSTALL ?= install
INSTALLED := $(addprefix $(BUILD)/plain/,qyrand qyranctl qyran-inbox qyran-record qyran-tracks qyran-view)
ifneq ($(HAVE_XRT),)
INSTALLED += $(BUILD)/plain/qyran-xclbin
endif
AT = $(DESTDIR)$(PREFIX)

.PHONY: install
install: $(PROGRAMS) $(BUILD)/plain/libqyran.a $(BUILD)/gen/qyran/regs.h ## programs, plug-in, formats, headers, units and the udev rule into DESTDIR/PREFIX (/usr/local)
	$(INSTALL) -d $(addprefix "$(AT)"/,bin lib/qyran lib/systemd/system lib/sysusers.d lib/udev/rules.d include/qyran include/linux \
		share/qyran/formats share/qyran/proto/qyran/v1 share/doc/qyran/docs)
	$(INSTALL) -m 755 $(INSTALLED) "$(AT)/bin"
ifneq ($(HAVE_XRT),)
	$(INSTALL) -d "$(AT)/libexec/qyran/xrt"
	$(INSTALL) -m 755 $(BUILD)/plain/qyran-reader-xrt "$(AT)/libexec/qyran"
	ln -sfn "$$(readlink $(BUILD)/plain/xrt/lib)" "$(AT)/libexec/qyran/xrt/lib"
endif
	$(INSTALL) -m 755 $(BUILD)/plain/libqyran-sim.so "$(AT)/lib/qyran"
	$(INSTALL) -m 644 $(BUILD)/plain/libqyran.a "$(AT)/lib"
	$(INSTALL) -m 644 userspace/include/qyran/*.h $(BUILD)/gen/qyran/regs.h "$(AT)/include/qyran"
	$(INSTALL) -m 644 kernel-module/include/uapi/linux/qyran.h "$(AT)/include/linux"
	$(INSTALL) -m 644 userspace/formats/*.ini "$(AT)/share/qyran/formats"
	$(INSTALL) -m 644 proto/qyran/v1/*.proto "$(AT)/share/qyran/proto/qyran/v1"
	$(INSTALL) -m 644 README.md LICENSE "$(AT)/share/doc/qyran"
	$(INSTALL) -m 644 docs/*.md "$(AT)/share/doc/qyran/docs"
	sed 's|@PREFIX@|$(PREFIX)|g' userspace/deploy/qyrand.ini.in >"$(AT)/share/doc/qyran/qyrand.ini"
	for unit in qyrand qyran-clock; do sed 's|@PREFIX@|$(PREFIX)|g' userspace/deploy/$$unit.service.in >"$(AT)/lib/systemd/system/$$unit.service" || exit; done
	chmod 644 "$(AT)/share/doc/qyran/qyrand.ini" "$(AT)"/lib/systemd/system/*.service
	$(INSTALL) -m 644 userspace/deploy/sysusers.conf "$(AT)/lib/sysusers.d/qyran.conf"
	$(INSTALL) -m 644 kernel-module/60-qyran.rules "$(AT)/lib/udev/rules.d"

TESTS += install:tests/system/install_test
