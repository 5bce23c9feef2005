# SPDX-License-Identifier: Apache-2.0
# The reader: network, decoding, fusing, queue. Programs link qyran-reader qyran-plate-reader qyran-format, -linih -pthread.
$(eval $(call qyran-lib,qyran-reader,userspace/qyrand/reader.c userspace/qyrand/reader_logs.c userspace/qyrand/reader_decode.c userspace/qyrand/reader_fuse.c userspace/qyrand/reader_queue.c))

READER_LIBS := qyran-reader qyran-plate-reader qyran-crop qyran-plate qyran-format
READER_LDLIBS := -lcairo -linih -lm -pthread
$(eval $(call qyran-prog,bench-reader,tests/unit/bench_reader.c,$(READER_LIBS),$(READER_LDLIBS)))

.PHONY: bench-reader
bench-reader: $(BUILD)/plain/bench-reader ## the reader's speed, and how many rendered plates it reads, by width and light
	@$< userspace/formats $(SEED)
$(foreach v,$(VARIANTS),$(eval $(BUILD)/$v/obj/tests/unit/bench_reader.o: CPPFLAGS += $$(CAIRO_CPPFLAGS)))
