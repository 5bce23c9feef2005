# SPDX-License-Identifier: Apache-2.0
# The live picture in the guest: displays, a font, and what the host compares screens with.
VM_VKMS := $(BUILD)/vm/vkms
VM_FONT := /usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf
VM_FILES += $(BUILD)/plain/qyran-view sim/vm/fonts.conf=/etc/fonts/fonts.conf $(VM_FONT)=$(VM_FONT) $(VM_VKMS)=/vkms tests/vm/view.sh=/tests/view.sh
export VM_MODULES := bochs vgem drm_shmem_helper
$(VM_VKMS): sim/vm/vkms
	@sim/vm/vkms $@ && touch $@

VM_PROGRAMS += planes
VM_LDLIBS_planes := -ldrm -lcairo
$(BUILD)/vm/tests/planes: $(BUILD)/plain/libqyran-view.a
$(BUILD)/plain/obj/tests/vm/planes.o: CPPFLAGS += $(DRM_CPPFLAGS) $(CAIRO_CPPFLAGS)
$(eval $(call qyran-prog,screen,tests/vm/screen.c,,-lcairo))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/tests/vm/screen.o: CPPFLAGS += $(CAIRO_CPPFLAGS)))
VIEW_HOST := $(addprefix $(BUILD)/plain/,screen qyran-inbox qyranctl)

vm-test: $(VIEW_HOST)
TEST_NEEDS += $(VIEW_HOST)
