# SPDX-License-Identifier: Apache-2.0
# The reader's network, its weights, and the pictures it is trained on.
$(eval $(call qyran-lib,qyran-plate-reader,hw/hls/plate_reader.c hw/hls/plate_prepare.c hw/hls/weights/plate_weights.c))
CROP_SOURCES := $(patsubst %,hw/hls/training/%.c,crop crop_view crop_camera crop_jpeg crop_scenery crop_lettering crop_fittings)
$(eval $(call qyran-lib,qyran-crop,$(CROP_SOURCES)))
$(eval $(call qyran-prog,plate-pictures,hw/hls/training/pictures.c hw/hls/plate_prepare.c,qyran-crop qyran-plate qyran-format,-lcairo -linih -lm))
$(foreach v,$(VARIANTS),$(eval $(patsubst %.c,$(BUILD)/$v/obj/%.o,$(CROP_SOURCES) hw/hls/training/pictures.c): CPPFLAGS += $$(CAIRO_CPPFLAGS)))
# Pixels by the million.
$(patsubst %,$(BUILD)/plain/obj/hw/hls/training/%.o,crop_camera crop_jpeg): CFLAGS_plain += -O3
$(eval $(call qyran-prog,test-crop,tests/unit/test_crop.c,qyran-crop qyran-plate qyran-format,-lcairo -linih -ljpeg -lm -lcunit))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/tests/unit/test_crop.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))
TEST_NEEDS += $(T)/test-crop
TESTS += crop:'$$VALGRIND_RUN $(T)/test-crop'
$(eval $(call qyran-prog,plate-photos,hw/hls/training/photos.c hw/hls/plate_prepare.c hw/bench/picture.c,,-lavformat -lavcodec -lavutil -lswscale -lm))
# The pragmas are for high-level synthesis; -O3 for the vector units.
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/hw/hls/plate_reader.o: CFLAGS += -Wno-unknown-pragmas))
$(foreach f,plate_reader plate_prepare,$(eval $(BUILD)/plain/obj/hw/hls/$f.o: CFLAGS_plain += -O3))
# Checked builds have the network unchecked too, which is 50 times faster; test-plate-reader compiles it with all checks.
$(BUILD)/asan/obj/hw/hls/plate_reader.o: CFLAGS_asan := -O3

# The venv is shared: what is there stays, what training needs is added.
$(BUILD)/venv/.training: hw/hls/training/requirements.txt
	test -x $(BUILD)/venv/bin/pip || /usr/bin/python3 -m venv $(BUILD)/venv
	$(BUILD)/venv/bin/pip install --quiet --require-hashes -r $<
	@touch $@

.PHONY: train
train: $(BUILD)/plain/plate-pictures $(BUILD)/plain/plate-photos $(BUILD)/venv/.training ## train the plate reader on rendered pictures (an hour on two free cores); THREADS=n, PLATES=DIR: how it reads the real ones there, meanwhile
	$(BUILD)/venv/bin/python hw/hls/training/train.py --pictures $(BUILD)/plain/plate-pictures --formats userspace/formats --seed $(SEED) \
		--threads $(or $(THREADS),1) $(if $(PLATES),--photos-program $(BUILD)/plain/plate-photos --photos $(patsubst %/truth.tsv,%,$(wildcard $(PLATES)/*/truth.tsv))) \
		--state $(BUILD)/plate-reader.pt --weights hw/hls/weights/plate_weights.c --vectors tests/unit/plate_reader_vectors.bin
