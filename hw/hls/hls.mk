# SPDX-License-Identifier: Apache-2.0
# The reader's network, its weights, and the pictures it is trained on.
$(eval $(call qyran-lib,qyran-plate-reader,hw/hls/plate_reader.c hw/hls/plate_prepare.c hw/hls/weights/plate_weights.c))
$(eval $(call qyran-lib,qyran-crop,hw/hls/training/crop.c))
$(eval $(call qyran-prog,plate-pictures,hw/hls/training/pictures.c hw/hls/plate_prepare.c,qyran-crop qyran-plate qyran-format,-lcairo -linih -lm))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/hw/hls/training/crop.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))
# The pragmas are for high-level synthesis; -O3 for the vector units.
$(BUILD)/plain/obj/hw/hls/plate_reader.o: CFLAGS += -O3 -Wno-unknown-pragmas
$(BUILD)/asan/obj/hw/hls/plate_reader.o: CFLAGS += -Wno-unknown-pragmas
