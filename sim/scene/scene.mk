# SPDX-License-Identifier: Apache-2.0
# Rendered scenes: `make scenes` renders all of them for SEED into build/scenes/SEED/NAME.
SCENE_SOURCES := $(addprefix sim/scene/,camera.c light.c draw.c ground.c markings.c clutter.c vehicle.c cast.c scene.c scenes.c film.c sensor.c papers.c traffic.c live.c)
SCENE_LDLIBS := -lcairo -lavformat -lavcodec -lavutil -linih -lm
SCENE_NAMES := speeding red-light stop-line wrong-way standing bus-lane empty-dusk lawful
SCENE_SMALL_NAMES := small
SCENE_DIR := $(BUILD)/scenes/$(SEED)
SCENE_SMALL_DIR := $(BUILD)/scenes-vm/$(SEED)
SCENE_SMALL_STAMPS := $(patsubst %,$(SCENE_SMALL_DIR)/%/.rendered,$(SCENE_SMALL_NAMES))
SCENE_STAMPS := $(patsubst %,$(SCENE_DIR)/%/.rendered,$(SCENE_NAMES))

$(eval $(call qyran-lib,qyran-scene,$(SCENE_SOURCES) sim/scene/clip.c))
$(eval $(call qyran-prog,qyran-scene,sim/scene/main.c,qyran-scene qyran-plate qyran-format,$(SCENE_LDLIBS)))
$(foreach v,$(VARIANTS),$(eval $(patsubst %.c,$(BUILD)/$v/obj/%.o,$(SCENE_SOURCES) sim/scene/main.c): CPPFLAGS += $$(CAIRO_CPPFLAGS)))
PROGRAMS += $(BUILD)/plain/qyran-scene

# Pixels are work for the processor; -O3 halves the time of the ground's noise.
$(patsubst %.c,$(BUILD)/plain/obj/%.o,$(SCENE_SOURCES)): CFLAGS_plain += -O3

.PHONY: scenes scenes-vm
.SECONDARY: $(SCENE_STAMPS) $(SCENE_SMALL_STAMPS)
scenes: $(SCENE_STAMPS) ## render all scenes for SEED into build/scenes/SEED/NAME

scenes-vm: $(SCENE_SMALL_STAMPS) ## render the scene for the guest into build/scenes-vm/SEED/NAME

define scene-rendered
$1/%/.rendered: $(BUILD)/plain/qyran-scene $(wildcard userspace/formats/*.ini)
	@mkdir -p $1; rm -f $$@
	@$(BUILD)/plain/qyran-scene --seed $(SEED) $$* $$(@D)
	@touch $$@; echo "rendered $$(@D)"
endef
$(foreach d,$(SCENE_DIR) $(SCENE_SMALL_DIR),$(eval $(call scene-rendered,$d)))

$(eval $(call qyran-prog,scene-test,tests/unit/scene_test.c,qyran-scene qyran-plate qyran-format,$(SCENE_LDLIBS) -lcunit))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/tests/unit/scene_test.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))
TESTS += scene:'$$VALGRIND_RUN $(T)/scene-test'
TESTS += scene-files:tests/system/scene_test
SOAK += scene-files-full:'tests/system/scene_test full'
TEST_NEEDS += $(T)/scene-test $(BUILD)/plain/qyran-scene $(T)/qyran-scene

$(eval $(call qyran-prog,live-test,tests/unit/live_test.c,qyran-scene qyran-plate qyran-format,$(SCENE_LDLIBS) -lcunit))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/tests/unit/live_test.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))
TESTS += scene-live:'$$VALGRIND_RUN $(T)/live-test'
TEST_NEEDS += $(T)/live-test
