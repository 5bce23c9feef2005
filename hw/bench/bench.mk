# SPDX-License-Identifier: Apache-2.0
# Benches of the detection: tables that anyone can repeat, from the bit-exact model on one thread.
BENCH_COMMON := $(addprefix hw/bench/,bench.c draw.c picture.c plate_found.c)
BENCH_LDLIBS := -lavformat -lavcodec -lavutil -lswscale -lcairo -ljpeg -lm

$(eval $(call qyran-lib,qyran-bench,$(BENCH_COMMON)))
$(eval $(call qyran-lib,qyran-bench-plates,$(addprefix hw/bench/,plates_read.c plates_table.c plates_truth.c)))
BENCH_READER_LIBS := qyran-bench-plates qyran-bench qyran_model qyran_detect qyran-plate qyran-reader qyran-plate-reader qyran-format
$(eval $(call qyran-prog,bench-plates,hw/bench/plates.c,$(BENCH_READER_LIBS),$(BENCH_LDLIBS) -linih -pthread))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/hw/bench/draw.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))

BENCH_OPTIONS = $(if $(CSV),--csv '$(CSV)') $(if $(PICTURES),--pictures '$(PICTURES)')

.PHONY: bench-plates
bench-plates: $(BUILD)/plain/bench-plates ## PLATES=DIR: plates found and read on stills with known boxes and texts; CSV=FILE, PICTURES=DIR
	@$(if $(PLATES),$< $(BENCH_OPTIONS) '$(PLATES)',echo 'bench-plates wants PLATES=DIR, a folder of SET/truth.tsv and pictures' >&2; exit 2)

$(eval $(call qyran-prog,bench-motion,hw/bench/motion.c,qyran-bench qyran_model qyran_detect qyran-plate,$(BENCH_LDLIBS)))

# What the movers are compared with: OpenCV, of which nothing else here knows.
$(BUILD)/bench/deps: packages-bench.txt install-packages
	@mkdir -p $(@D)
	./install-packages packages-bench.txt
	@touch $@

$(BUILD)/bench/rivals.so: hw/bench/rivals.cpp hw/bench/rivals.h $(BUILD)/bench/deps
	$(call SAY,CXX,$<)$(CXX) -std=c++17 -Wall -Wextra -Wshadow -Werror -O2 -fPIC -shared -I. -isystem /usr/include/opencv4 -o $@ $< \
		-lopencv_video -lopencv_imgproc -lopencv_core

.PHONY: bench-motion
bench-motion: $(BUILD)/plain/bench-motion $(BUILD)/bench/rivals.so ## MOTION=DIR: movers against masks, beside OpenCV; CSV=FILE, PICTURES=DIR
	@$(if $(MOTION),$< $(BENCH_OPTIONS) --rivals $(BUILD)/bench/rivals.so '$(MOTION)',echo 'bench-motion wants MOTION=DIR, a folder of SEQUENCE/{input,groundtruth,temporalROI.txt}' >&2; exit 2)

# Rendered scenes.
BENCH_SCENE_LIBS := qyran-bench qyran_model qyran_detect qyran-scene qyran-plate qyran-format
$(eval $(call qyran-prog,bench-scenes,$(addprefix hw/bench/,scenes.c road.c views.c),qyran-judge $(BENCH_SCENE_LIBS),$(BENCH_LDLIBS) -linih))
$(foreach v,$(VARIANTS),$(eval $(patsubst %,$(BUILD)/$v/obj/hw/bench/%.o,scenes road views): CPPFLAGS += $$(CAIRO_CPPFLAGS)))

.PHONY: bench-scenes
bench-scenes: $(BUILD)/plain/bench-scenes ## movers and plates on rendered roads with known truth; CSV=FILE, PICTURES=DIR
	@$< --seed $(SEED) $(BENCH_OPTIONS)

# To look at: any clip.
$(eval $(call qyran-prog,bench-clip,hw/bench/clip.c,qyran-bench qyran_model qyran_detect qyran-plate clip qyran,$(BENCH_LDLIBS)))

.PHONY: bench-clip
bench-clip: $(BUILD)/plain/bench-clip ## CLIP=FILE PICTURES=DIR: movers and candidates drawn on a clip, every tenth frame
	@$(if $(CLIP),$< $(BENCH_OPTIONS) '$(CLIP)',echo 'bench-clip wants CLIP=FILE, a video, and PICTURES=DIR to draw on' >&2; exit 2)

$(eval $(call qyran-lib,qyran-judge,hw/bench/judge.c))
$(eval $(call qyran-prog,test-bench,tests/unit/test_bench.c,qyran-judge $(BENCH_READER_LIBS),$(BENCH_LDLIBS) -linih -pthread -lcunit))
TEST_NEEDS += $(T)/test-bench $(addprefix $(T)/bench-,plates motion scenes clip)
TESTS += bench:'$$VALGRIND_RUN $(T)/test-bench' bench-programs:tests/system/bench_test
$(eval $(call qyran-prog,bench-picture,tests/system/bench_picture.c,qyran-plate qyran-format,-lcairo -linih -lm))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/tests/system/bench_picture.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))
TEST_NEEDS += $(BUILD)/plain/bench-picture $(BUILD)/plain/qyran-scene

# A road at dusk: at most 10 movers invented an hour, at least 98 % of the vehicles found. The soak asks for that over an hour; five minutes, which
# one event would make 12 an hour, may have none.
DUSK := $(BUILD)/plain/bench-scenes --only dusk
TEST_NEEDS += $(BUILD)/plain/bench-scenes
TESTS += dusk:'$(DUSK) --seconds 300 --most-invented 10 --least-found .98'
SOAK += dusk-hour:'$(DUSK) --seconds 3600 --most-invented 10 --least-found .98'
