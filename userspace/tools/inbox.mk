# SPDX-License-Identifier: Apache-2.0
# The authority's tool.
INBOX_SOURCES := $(addprefix userspace/tools/,qyran-inbox.c qyran-inbox-keys.c qyran-inbox-load.c qyran-inbox-show.c \
	qyran-inbox-report.c qyran-inbox-page.c qyran-inbox-receipts.c)
$(eval $(call qyran-prog,qyran-inbox,$(INBOX_SOURCES),qyran-open qyran-config,$(OPEN_LDLIBS)))
PROGRAMS += $(BUILD)/plain/qyran-inbox
TEST_NEEDS += $(T)/qyran-inbox
TESTS += broker:tests/system/broker_test
$(eval $(call qyran-prog,flip-bytes,tests/system/flip_bytes.c,qyran-open,))
TEST_NEEDS += $(T)/flip-bytes
TESTS += inbox:tests/system/inbox_test
