# SPDX-License-Identifier: Apache-2.0
# Plate formats and drawn plates.
$(eval $(call qyran-lib,qyran-format,userspace/lib/format.c))
PLATE_SOURCES := $(addprefix sim/scene/,plate.c plate_style.c plate_canvas.c plate_decoration.c plate_decoration_east.c plate_decoration_europe.c plate_decoration_america.c plate_glyphs.c plate_alphabets_base.c plate_alphabets_europe.c plate_alphabets_america.c plate_alphabets_east.c)
$(eval $(call qyran-lib,qyran-plate,$(PLATE_SOURCES)))
$(foreach v,$(VARIANTS),$(eval $(patsubst %.c,$(BUILD)/$v/obj/%.o,$(PLATE_SOURCES)): CPPFLAGS += $$(CAIRO_CPPFLAGS)))
CAIRO_CPPFLAGS = $(shell pkg-config --cflags cairo)

$(eval $(call qyran-prog,test-format,tests/unit/test_format.c,qyran-format,-linih -lcunit))
$(eval $(call qyran-prog,test-plate,tests/unit/test_plate.c,qyran-plate qyran-format,-lcairo -linih -lm -lcunit))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/tests/unit/test_plate.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))
TEST_NEEDS += $(T)/test-format $(T)/test-plate
TESTS += format:'$$VALGRIND_RUN $(T)/test-format' plate:'$$VALGRIND_RUN $(T)/test-plate'
