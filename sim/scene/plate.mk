# SPDX-License-Identifier: Apache-2.0
# Plate formats and drawn plates.
$(eval $(call qyran-lib,qyran-format,userspace/lib/format.c))
$(eval $(call qyran-lib,qyran-plate,sim/scene/plate.c sim/scene/plate_glyphs.c))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/sim/scene/plate.o $(BUILD)/$v/obj/sim/scene/plate_glyphs.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))
CAIRO_CPPFLAGS = $(shell pkg-config --cflags cairo)
