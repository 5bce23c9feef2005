# SPDX-License-Identifier: Apache-2.0
# The one entry. `make run` and `make test` install what they lack, build and do their job; `make help` lists the rest.
#
# For the fragments (*.mk) included below:
#   $(eval $(call qyran-lib,NAME,SOURCES))             build/{plain,asan}/libNAME.a
#   $(eval $(call qyran-prog,NAME,SOURCES,LIBS,LDLIBS)) build/{plain,asan}/NAME from SOURCES, our LIBS (names, in link order) and LDLIBS
#   GENERATED += FILE    made before any object is compiled (headers under build/gen)
#   PROGRAMS  += FILE    made by `make all`
#   TESTS     += NAME:'COMMAND'   run by `make test`; a C program is run as '$$VALGRIND_RUN $(T)/NAME'
#   SOAK      += NAME:'COMMAND'   run by `make soak`
#   TEST_NEEDS += FILE   made before the tests run
#   $(T) is the variant whose programs the tests run: build/asan, or build/plain with VALGRIND=1 (then $(VALGRIND_RUN) is valgrind)

.DEFAULT_GOAL := help
SHELL := /bin/bash
MAKEFLAGS += --no-builtin-rules
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
BUILD := build
# V=1 shows the commands.
SAY = $(if $(V),,@printf '  %-4s %s\n' $1 $2;)
VARIANTS := plain asan

CC := gcc
CXX := g++
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Werror
CPPFLAGS := -D_GNU_SOURCE -I. -Iuserspace -Iuserspace/include -Ikernel-module/include/uapi -I$(BUILD)/gen
CFLAGS := -std=c11 $(WARNINGS) -g -fPIC -fstack-protector-strong
CFLAGS_plain := -O2 -D_FORTIFY_SOURCE=2
CFLAGS_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS_plain := -Wl,-z,relro,-z,now
LDFLAGS_asan := -fsanitize=address,undefined

SEED ?= 1
T := $(BUILD)/asan
VALGRIND_RUN :=
ifdef VALGRIND
T := $(BUILD)/plain
VALGRIND_RUN := valgrind --quiet --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --error-exitcode=9 \
	--suppressions=$(CURDIR)/tests/valgrind.supp
endif
export VALGRIND_RUN SEED
export QYRAN_BUILD := $(abspath $(T))

define qyran-lib
$(foreach v,$(VARIANTS),
$(BUILD)/$v/lib$1.a: $(patsubst %.c,$(BUILD)/$v/obj/%.o,$2)
OBJECTS += $(patsubst %.c,$(BUILD)/$v/obj/%.o,$2))
endef

define qyran-prog
$(foreach v,$(VARIANTS),
$(BUILD)/$v/$1: $(patsubst %.c,$(BUILD)/$v/obj/%.o,$2) $(patsubst %,$(BUILD)/$v/lib%.a,$3)
$(BUILD)/$v/$1: LDLIBS := $4
OBJECTS += $(patsubst %.c,$(BUILD)/$v/obj/%.o,$2)
LINKED_$v += $(BUILD)/$v/$1)
endef

ifeq ($(filter help clean,$(or $(MAKECMDGOALS),help)),)
include $(BUILD)/deps.mk
endif

FRAGMENTS := hw/stream.mk hw/detect.mk hw/bench/bench.mk hw/hls/hls.mk hw/syn/syn.mk \
	sim/board/board.mk sim/scene/plate.mk sim/scene/scene.mk \
	userspace/lib/lib.mk proto/proto.mk userspace/qyrand/decide.mk userspace/qyrand/seal.mk userspace/qyrand/reader.mk userspace/qyrand/xrt.mk hw/hls/cross.mk userspace/qyrand/service.mk \
	userspace/qyrand/view.mk userspace/tools/tools.mk userspace/tools/inbox.mk userspace/tools/view.mk userspace/deploy/deploy.mk \
	kernel-module/kernel-module.mk hw/formal/formal.mk hw/cocotb/cocotb.mk \
	sim/vm/service.mk sim/vm/view.mk sim/vm/vm.mk tests/tests.mk
include $(wildcard $(FRAGMENTS))

define variant-rules
$(BUILD)/$1/obj/%.o: %.c | $(GENERATED)
	@mkdir -p $$(@D)
	$$(call SAY,CC,$$<)$$(CC) $$(CPPFLAGS) $$(CFLAGS) $$(CFLAGS_$1) -MMD -MP -c $$< -o $$@
$(BUILD)/$1/obj/build/%.o: build/%.c | $(GENERATED)
	@mkdir -p $$(@D)
	$$(call SAY,CC,$$<)$$(CC) $$(CPPFLAGS) $$(CFLAGS) $$(CFLAGS_$1) -MMD -MP -c $$< -o $$@
$(BUILD)/$1/lib%.a:
	@mkdir -p $$(@D); rm -f $$@
	$$(call SAY,AR,$$@)ar rcs $$@ $$^
$$(LINKED_$1):
	@mkdir -p $$(@D)
	$$(call SAY,LD,$$@)$$(CC) $$(CFLAGS_$1) $$(LDFLAGS_$1) -o $$@ $$(filter %.o,$$^) -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(LDLIBS)
endef
$(foreach v,$(VARIANTS),$(eval $(call variant-rules,$v)))
-include $(OBJECTS:.o=.d)

.PHONY: help all deps run test soak clean
help: ## this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BUILD)/deps.mk: packages.txt install-packages
	@mkdir -p $(@D)
	./install-packages packages.txt
	@touch $@

all: $(PROGRAMS) ## build everything that a camera, a desk and the authority run

ifneq ($(filter-out vm,$(DEVICE)),)
RUN_REFUSED := DEVICE=$(DEVICE): allowed: vm; without it the simulated board plays in the service itself
else ifneq ($(and $(DEVICE),$(CLIP)),)
RUN_REFUSED := DEVICE=vm plays its own small scene; leave CLIP out
endif
run: $(if $(RUN_REFUSED),,$(PROGRAMS) $(if $(DEVICE),$(VM_NEEDS) $(SERVICE_HOST))) ## play the scenes of SEED, or CLIP=file [CONFIG=file], through the whole camera; DEVICE=vm: driver and service in a guest
ifdef RUN_REFUSED
	@echo 'run: $(RUN_REFUSED)' >&2; exit 1
else ifdef DEVICE
	@sim/run-vm
else ifdef CLIP
	@sim/run "$(CLIP)" $(if $(CONFIG),"$(CONFIG)")
else
	@$(MAKE) --no-print-directory scenes
	@sim/run
endif

test: $(TEST_NEEDS) ## all tests; VALGRIND=1: the C ones under valgrind
	@tests/run $(TESTS)

soak: $(TEST_NEEDS) ## the long forms of the tests
	@tests/run $(SOAK)

clean: ## remove all that was built
	rm -rf $(BUILD)
