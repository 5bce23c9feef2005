# SPDX-License-Identifier: Apache-2.0
# The data-moving part and the top of the logic, its C model, what is made from regs.def, and their tests.

REGS_MADE := $(BUILD)/gen/qyran/regs.h $(BUILD)/gen/qyran_regs.vh $(BUILD)/gen/registers.md $(BUILD)/gen/plate_weights.vh
GENERATED += $(REGS_MADE)

$(BUILD)/regs-gen: hw/regs-gen.c hw/regs.def
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $<

$(BUILD)/gen/qyran/regs.h: $(BUILD)/regs-gen
	@mkdir -p $(@D)
	$< header >$@.part && mv $@.part $@

$(BUILD)/gen/qyran_regs.vh: $(BUILD)/regs-gen
	@mkdir -p $(@D)
	$< verilog >$@.part && mv $@.part $@

$(BUILD)/gen/registers.md: $(BUILD)/regs-gen
	@mkdir -p $(@D)
	$< manual >$@.part && mv $@.part $@

# The top is hw/rtl/qyran_top.v; whoever Verilates it takes $(RTL) $(RTL_DETECT) and -I$(BUILD)/gen, after $(REGS_MADE).
RTL := $(addprefix hw/rtl/,qyran_top.v axil.v cdc.v cdc_bus.v cdc_bit.v clock.v regs.v settings.v test_pattern.v video_in.v masks.v slots.v \
	frame_writer.v fifo.v frames.v records.v crc32c.v cutter.v halve.v ring_writer.v)
RTL_DETECT = $(DETECT_RTL)

$(eval $(call qyran-lib,qyran_model,hw/model/model.c hw/model/cut.c hw/model/crc32c.c))

# The benches: the top with its own detection, and with one whose results reach every corner of what follows.
RTL_CXXFLAGS := -std=c++17 -Wall -Wextra -Wshadow -Werror -O2 -I. -Ikernel-module/include/uapi -I$(BUILD)/gen

# $(call rtl-bench,NAME,SOURCES): Verilator finds the other modules by name.
define rtl-bench
$(BUILD)/rtl/$1/Vqyran_top.mk: $2 $(wildcard hw/rtl/*.v tests/rtl/*.vh) | $(REGS_MADE)
	@mkdir -p $$(@D)
	verilator --cc -O3 --x-assign fast --x-initial fast --noassert --no-timing --top-module qyran_top --Mdir $$(@D) -I. -Ihw/rtl -I$(BUILD)/gen $2

$(BUILD)/rtl/$1/built: $(BUILD)/rtl/$1/Vqyran_top.mk
	+$$(MAKE) --no-print-directory -C $$(@D) -f Vqyran_top.mk OPT_FAST=-O3 OPT_SLOW=-O1 OPT_GLOBAL=-O2 Vqyran_top__ALL.a verilated.o verilated_threads.o
	@touch $$@

$(BUILD)/rtl/$1/%.o: tests/rtl/%.cpp $(wildcard tests/rtl/*.hpp) hw/model/model.h $(BUILD)/rtl/$1/built
	root=$$$$(verilator --getenv VERILATOR_ROOT) && $$(CXX) $$(RTL_CXXFLAGS) -I$$(@D) -isystem $$$$root/include -isystem $$$$root/include/vltstd -c $$< -o $$@

.PRECIOUS: $(BUILD)/rtl/$1/%.o
RTL_BENCH_$1 := $(addprefix $(BUILD)/rtl/$1/,bench.o pair.o cases.o)
RTL_VERILATED_$1 := $(addprefix $(BUILD)/rtl/$1/,Vqyran_top__ALL.a verilated.o verilated_threads.o)
endef

$(eval $(call rtl-bench,mock,hw/rtl/qyran_top.v tests/rtl/detect_mock.v))
$(eval $(call rtl-bench,real,hw/rtl/qyran_top.v))

$(BUILD)/rtl/model_equal_mock: $(RTL_BENCH_mock) $(BUILD)/rtl/mock/model_equal.o $(BUILD)/plain/libqyran_model.a $(BUILD)/plain/obj/tests/rtl/detect_mock.o
	$(CXX) -o $@ $^ $(RTL_VERILATED_mock) -pthread

$(BUILD)/rtl/model_equal: $(RTL_BENCH_real) $(BUILD)/rtl/real/model_equal.o $(BUILD)/plain/libqyran_model.a $(BUILD)/plain/libqyran_detect.a
	$(CXX) -o $@ $^ $(RTL_VERILATED_real) -pthread

TEST_NEEDS += $(BUILD)/rtl/model_equal_mock $(BUILD)/rtl/model_equal
TESTS += model-equal:$(BUILD)/rtl/model_equal
SOAK += model-equal-sizes:'$(BUILD)/rtl/model_equal sizes 200'
TESTS += model-equal-any-result:'$(BUILD)/rtl/model_equal_mock 0'

# Real pictures, where they are kept beside the project.
$(BUILD)/rtl/photos_equal: $(RTL_BENCH_real) $(BUILD)/rtl/real/photos_equal.o $(patsubst %,$(BUILD)/plain/lib%.a,qyran_model qyran_detect qyran-bench clip)
	$(CXX) -o $@ $^ $(RTL_VERILATED_real) $(BENCH_LDLIBS) -pthread

TEST_NEEDS += $(BUILD)/rtl/photos_equal
TESTS += model-equal-photos:'$(BUILD)/rtl/photos_equal --each 40 --frames 8 --most 480x360 ../shared/data'
SOAK += model-equal-all-photos:'$(BUILD)/rtl/photos_equal ../shared/data'

$(BUILD)/rtl/stream_test: $(RTL_BENCH_mock) $(BUILD)/rtl/mock/stream_test.o $(BUILD)/rtl/mock/registers_test.o $(BUILD)/plain/libqyran_model.a \
		$(BUILD)/plain/obj/tests/rtl/detect_mock.o
	$(CXX) -o $@ $^ $(RTL_VERILATED_mock) -pthread

TEST_NEEDS += $(BUILD)/rtl/stream_test
TESTS += stream:$(BUILD)/rtl/stream_test

$(BUILD)/rtl/corners_test: $(RTL_BENCH_mock) $(BUILD)/rtl/mock/corners_test.o $(BUILD)/plain/libqyran_model.a $(BUILD)/plain/obj/tests/rtl/detect_mock.o
	$(CXX) -o $@ $^ $(RTL_VERILATED_mock) -pthread

TEST_NEEDS += $(BUILD)/rtl/corners_test
TESTS += corners:$(BUILD)/rtl/corners_test

# How fast it is, in its own clocks and on this machine.
$(eval $(call rtl-bench,eight,hw/rtl/qyran_top.v tests/rtl/detect_eight.v))

$(BUILD)/rtl/bench_tail: $(BUILD)/rtl/eight/bench.o $(BUILD)/rtl/eight/bench_tail.o
	$(CXX) -o $@ $^ $(RTL_VERILATED_eight) -pthread

$(BUILD)/rtl/bench_raster: $(RTL_BENCH_real) $(BUILD)/rtl/real/bench_raster.o $(BUILD)/plain/libqyran_model.a $(BUILD)/plain/libqyran_detect.a
	$(CXX) -o $@ $^ $(RTL_VERILATED_real) -pthread

.PHONY: bench-rtl
bench-rtl: $(BUILD)/rtl/bench_tail $(BUILD)/rtl/bench_raster ## clocks beyond the raster, latency of the records, simulated frames a second
	@set -o pipefail; $(BUILD)/rtl/bench_tail | tee $(BUILD)/rtl/tail | sed '$$d' && $(BUILD)/rtl/bench_raster $$(tail -1 $(BUILD)/rtl/tail)

SOAK += bench-rtl:'$(MAKE) --no-print-directory bench-rtl'

.PHONY: lint
lint: $(REGS_MADE) ## the logic through verilator -Wall
	@verilator --lint-only -Wall -Ihw/rtl -I$(BUILD)/gen --top-module qyran_top hw/rtl/qyran_top.v && echo "ok the_logic_has_no_lint"

TESTS += lint:'$(MAKE) --no-print-directory lint'
