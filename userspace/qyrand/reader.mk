# SPDX-License-Identifier: Apache-2.0
# The reader: network, decoding, fusing, queue. Programs link qyran-reader qyran-plate-reader qyran-format, -linih -pthread.
$(eval $(call qyran-lib,qyran-reader,userspace/qyrand/reader.c userspace/qyrand/reader_cpu.c userspace/qyrand/reader_logs.c userspace/qyrand/reader_decode.c userspace/qyrand/reader_grammar.c userspace/qyrand/reader_result.c userspace/qyrand/reader_look.c userspace/qyrand/reader_fuse.c userspace/qyrand/reader_queue.c))
# All formats side by side, a character of a text at a time.
$(BUILD)/plain/obj/userspace/qyrand/reader_grammar.o: CFLAGS_plain += -O3

# -O3 for the vector units.
$(BUILD)/plain/obj/userspace/qyrand/reader_grammar.o: CFLAGS_plain += -O3

READER_LIBS := qyran-reader qyran-plate-reader qyran-crop qyran-plate qyran-format
READER_LDLIBS := -lcairo -linih -lm -pthread
$(eval $(call qyran-prog,bench-reader,tests/unit/bench_reader.c,$(READER_LIBS),$(READER_LDLIBS)))

.PHONY: bench-reader
bench-reader: $(BUILD)/plain/bench-reader ## the reader's speed, and how many rendered plates it reads, by width and light; fails below the floors
	@if command -v valgrind >/dev/null; then \
		valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect=plate_reader_run $< speed 1 2>&1 | \
			sed -n 's/.*Collected : \([0-9]*\).*/network: \1 instructions a region (callgrind, which knows no AVX-512)/p'; \
	else echo 'network: instructions a region are not counted, valgrind is not installed'; fi
	@$< userspace/formats $(SEED)
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/tests/unit/bench_reader.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))

$(eval $(call qyran-prog,test-reader,tests/unit/test_reader.c,$(READER_LIBS),$(READER_LDLIBS) -lcunit))
$(eval $(call qyran-prog,test-grammar,tests/unit/test_grammar.c,qyran-reader qyran-format,-linih -lcunit))
$(eval $(call qyran-prog,test-formats-read,tests/unit/test_formats_read.c,$(READER_LIBS),$(READER_LDLIBS) -lcunit))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/tests/unit/test_formats_read.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))
$(eval $(call qyran-prog,test-reader-queue,tests/unit/test_reader_queue.c,qyran-reader qyran-plate-reader qyran-format,-linih -pthread -lcunit))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/tests/unit/test_reader.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))
$(eval $(call qyran-prog,test-plate-reader,tests/unit/test_plate_reader.c hw/hls/plate_prepare.c hw/hls/weights/plate_weights.c,,-lcunit))
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/tests/unit/test_plate_reader.o: CFLAGS += -Wno-unknown-pragmas))
TEST_NEEDS += $(T)/test-plate-reader
TESTS += plate-reader:'$$VALGRIND_RUN $(T)/test-plate-reader'
TEST_NEEDS += $(T)/test-reader $(T)/test-reader-queue
TESTS += reader:'$$VALGRIND_RUN $(T)/test-reader' reader-queue:'$$VALGRIND_RUN $(T)/test-reader-queue'
TEST_NEEDS += $(T)/test-grammar $(T)/test-formats-read
TESTS += grammar:'$$VALGRIND_RUN $(T)/test-grammar' formats-read:'$$VALGRIND_RUN $(T)/test-formats-read read'
$(eval $(call qyran-prog,test-look,tests/unit/test_look.c,qyran-reader qyran-format,-linih -lcunit))
TEST_NEEDS += $(T)/test-look
TESTS += look:'$$VALGRIND_RUN $(T)/test-look'
