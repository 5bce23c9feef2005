# SPDX-License-Identifier: Apache-2.0
# The live picture.
VIEW_SOURCES := $(addprefix userspace/view/,watch.c pixels.c overlay.c overlay_road.c compose.c still.c display.c display_pick.c display_buffer.c live.c guard.c)
VIEW_LDLIBS := -ldrm -lcairo -lswscale -lavutil -linih -lsodium -lm
DRM_CPPFLAGS = $(shell pkg-config --cflags libdrm)
$(eval $(call qyran-lib,qyran-view,$(VIEW_SOURCES)))
$(eval $(call qyran-prog,qyran-view,userspace/tools/qyran-view.c userspace/view/asan.c,qyran-view qyran-decide qyran-config qyran-format qyran,$(VIEW_LDLIBS)))
$(foreach v,$(VARIANTS),$(eval $(patsubst %.c,$(BUILD)/$v/obj/%.o,$(VIEW_SOURCES) userspace/tools/qyran-view.c): CPPFLAGS += $$(CAIRO_CPPFLAGS) $$(DRM_CPPFLAGS)))
PROGRAMS += $(BUILD)/plain/qyran-view
TEST_NEEDS += $(T)/qyran-view

$(eval $(call qyran-prog,test-view,tests/unit/test_view.c userspace/view/asan.c $(addprefix userspace/qyrand/,view_socket.c view_picture.c),\
	qyran-view qyran-decide qyran-config qyran-format qyran,$(VIEW_LDLIBS) -lcunit))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/tests/unit/test_view.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))
TEST_NEEDS += $(T)/test-view
TESTS += view:'$$VALGRIND_RUN $(T)/test-view'
TESTS += view-without-a-display:tests/system/view_test

$(eval $(call qyran-prog,view-bench,userspace/view/bench.c,qyran-view qyran-decide qyran-config qyran-format qyran,$(VIEW_LDLIBS)))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/userspace/view/bench.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))
.PHONY: bench-view
bench-view: $(BUILD)/plain/view-bench ## ms for a composed 1080p picture of qyran-view, beside a plain copy
	@$<
