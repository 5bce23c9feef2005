# SPDX-License-Identifier: Apache-2.0
# The simulated board: the Verilated logic and the plug-in that plays clips into it, libqyran-sim.so.
#
# The logic is compiled once, without sanitizers; the C round it comes in both variants.

BOARD_DIR := $(BUILD)/board
BOARD_RTL := $(sort $(RTL) $(RTL_DETECT))
BOARD_RUNTIME := verilated.o verilated_dpi.o verilated_threads.o
# Measured: -O3 and vectors cost 5 % (stores of bytes that are read back as words).
BOARD_OPT ?= -O2 -fno-plt -fno-tree-vectorize
BOARD_LDLIBS := -lavformat -lavcodec -lavutil -lswscale -lstdc++ -lm -pthread

$(BOARD_DIR)/Vqyran_top.mk: $(BOARD_RTL) $(wildcard hw/rtl/*.v) sim/board/board.vlt sim/board/board.mk | $(REGS_MADE)
	@rm -rf $(@D); mkdir -p $(@D)
	verilator --cc -O3 --x-assign fast --x-initial fast --noassert --no-timing --top-module qyran_top --Mdir $(@D) \
		-Ihw/rtl -I$(BUILD)/gen sim/board/board.vlt $(BOARD_RTL)

# The model is compiled twice: once to learn on a small clip which ways it goes, then for good. That makes it a quarter faster (make bench-sim);
# BOARD_TRAIN= leaves it out.
BOARD_TRAIN ?= 1
BOARD_MAKE = $(MAKE) --no-print-directory -C $(BOARD_DIR) -f Vqyran_top.mk CXX=$(CXX) OPT_SLOW=-O1 USER_CPPFLAGS=-fPIC
BOARD_CXX = $(CXX) -std=c++17 -Wall -Wextra -Wshadow -Werror $(BOARD_OPT) -fPIC -I. -I$(BOARD_DIR) -isystem $$(verilator --getenv VERILATOR_ROOT)/include \
	-isystem $$(verilator --getenv VERILATOR_ROOT)/include/vltstd -c sim/board/board.cpp

$(BUILD)/pattern: sim/board/pattern.c sim/board/pattern.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(CFLAGS_plain) -o $@ $<

BOARD_TRAINER := $(BUILD)/plain/libsim.a $(BUILD)/plain/libclip.a $(BUILD)/plain/libqyran.a $(BUILD)/plain/qyran-record $(BUILD)/pattern

$(BOARD_DIR)/built: $(BOARD_DIR)/Vqyran_top.mk | $(if $(BOARD_TRAIN),$(BOARD_TRAINER))
ifneq ($(BOARD_TRAIN),)
	+$(BOARD_MAKE) OPT_FAST="$(BOARD_OPT) -fprofile-generate" OPT_GLOBAL="$(BOARD_OPT)" Vqyran_top__ALL.a $(BOARD_RUNTIME)
	$(BOARD_CXX) -o $(BOARD_DIR)/board.o
	$(CC) -shared -fprofile-generate -Wl,-Bsymbolic -o $(BOARD_DIR)/libqyran-sim.so -Wl,--start-group -Wl,--whole-archive $(BUILD)/plain/libsim.a \
		-Wl,--no-whole-archive $(BUILD)/plain/libclip.a $(BUILD)/plain/libqyran.a $(addprefix $(BOARD_DIR)/,board.o $(BOARD_RUNTIME) Vqyran_top__ALL.a) \
		-Wl,--end-group $(BOARD_LDLIBS)
	$(BUILD)/pattern $(BOARD_DIR)/pattern.y4m
	QYRAN_PLUGIN_DIR=$(BOARD_DIR) $(BUILD)/plain/qyran-record --quiet --no-frames sim:$(BOARD_DIR)/pattern.y4m $(BOARD_DIR)/pattern.qyr
	@cd $(BOARD_DIR) && rm -f *.o *.a *.so pattern.y4m pattern.qyr
endif
	+$(BOARD_MAKE) OPT_FAST="$(BOARD_OPT) $(if $(BOARD_TRAIN),-fprofile-use -fprofile-partial-training -Wno-missing-profile)" \
		OPT_GLOBAL="$(BOARD_OPT)" Vqyran_top__ALL.a $(BOARD_RUNTIME)
	@touch $@

$(BOARD_DIR)/board.o: sim/board/board.cpp sim/board/axi_memory.hpp sim/board/board.h $(BOARD_DIR)/built
	$(BOARD_CXX) -o $@

$(BOARD_DIR)/libboard.a: $(BOARD_DIR)/board.o
	cd $(@D) && printf '%s\n' 'create $(@F)' 'addlib Vqyran_top__ALL.a' $(patsubst %,'addmod %',board.o $(BOARD_RUNTIME)) save end | ar -M

$(eval $(call qyran-lib,clip,sim/board/clip.c sim/board/signals.c))
$(eval $(call qyran-lib,sim,sim/board/device_sim.c sim/board/pace.c))

define board-plugin
$(BUILD)/$1/libqyran-sim.so: $(BUILD)/$1/libsim.a $(BUILD)/$1/libclip.a $(BUILD)/$1/libqyran.a $(BOARD_DIR)/libboard.a sim/board/plugin.map
	$$(CC) -shared $$(CFLAGS_$1) $$(LDFLAGS_$1) -Wl,-Bsymbolic -Wl,--version-script=sim/board/plugin.map -o $$@ \
		-Wl,--whole-archive $(BUILD)/$1/libsim.a -Wl,--no-whole-archive $(BUILD)/$1/libclip.a $(BUILD)/$1/libqyran.a $(BOARD_DIR)/libboard.a $(BOARD_LDLIBS)
endef
$(foreach v,$(VARIANTS),$(eval $(call board-plugin,$v)))

PROGRAMS += $(BUILD)/plain/libqyran-sim.so
TEST_NEEDS += $(T)/libqyran-sim.so

$(eval $(call qyran-prog,test_board,tests/system/test_board.c,qyran,-lcunit -ljpeg))
TEST_NEEDS += $(T)/test_board
TESTS += board:'$$VALGRIND_RUN $(T)/test_board'

.PHONY: bench-sim
bench-sim: $(BUILD)/plain/libqyran-sim.so $(BUILD)/plain/qyran-record $(if $(CLIP),,$(BUILD)/scenes/$(SEED)/speeding/.rendered) ## how fast the simulation is; CLIP=file for a clip of your own
	@sim/board/bench $(BUILD)/plain $(or $(CLIP),$(BUILD)/scenes/$(SEED)/speeding/clip.mkv)
