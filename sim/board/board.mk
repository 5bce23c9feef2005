# SPDX-License-Identifier: Apache-2.0
# The simulated board: the Verilated logic and the plug-in that plays clips into it, libqyran-sim.so.
#
# The logic is compiled once, without sanitizers; the C round it comes in both variants.

BOARD_DIR := $(BUILD)/board
BOARD_RTL := $(sort $(RTL) $(RTL_DETECT))
BOARD_RUNTIME := verilated.o verilated_dpi.o verilated_threads.o
BOARD_CXX ?= $(CXX)
# Measured: -O3 and vectors cost 5 % (stores of bytes that are read back as words).
BOARD_OPT ?= -O2 -fno-plt -fno-tree-vectorize
BOARD_LDLIBS := -lavformat -lavcodec -lavutil -lswscale -lstdc++ -lm -pthread

$(BOARD_DIR)/Vqyran_top.mk: $(BOARD_RTL) $(wildcard hw/rtl/*.v) sim/board/board.vlt sim/board/board.mk | $(REGS_MADE)
	@rm -rf $(@D); mkdir -p $(@D)
	verilator --cc -O3 --x-assign fast --x-initial fast --noassert --no-timing --top-module qyran_top --Mdir $(@D) \
		-Ihw/rtl -I$(BUILD)/gen sim/board/board.vlt $(BOARD_RTL)

# Made anew only when Verilator's output changes; its own makefile knows the parts.
$(BOARD_DIR)/built: $(BOARD_DIR)/Vqyran_top.mk
	+$(MAKE) --no-print-directory -C $(@D) -f Vqyran_top.mk CXX=$(BOARD_CXX) OPT_FAST="$(BOARD_OPT)" OPT_SLOW="-O1" OPT_GLOBAL="$(BOARD_OPT)" \
		USER_CPPFLAGS=-fPIC Vqyran_top__ALL.a $(BOARD_RUNTIME)
	@touch $@

$(BOARD_DIR)/board.o: sim/board/board.cpp sim/board/axi_memory.hpp sim/board/board.h $(BOARD_DIR)/built
	root=$$(verilator --getenv VERILATOR_ROOT) && $(BOARD_CXX) -std=c++17 -Wall -Wextra -Wshadow -Werror $(BOARD_OPT) -fPIC -I. -I$(BOARD_DIR) \
		-isystem $$root/include -isystem $$root/include/vltstd -c $< -o $@

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
