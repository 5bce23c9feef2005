# SPDX-License-Identifier: Apache-2.0
# The service: configuration, evidence, qyrand.
CONFIG_SOURCES := $(addprefix userspace/qyrand/,config.c config_source.c config_check.c config_number.c log.c)
EVIDENCE_SOURCES := $(addprefix userspace/qyrand/,evidence.c witness.c)
SERVICE_SOURCES := $(addprefix userspace/qyrand/,main.c service.c service_open.c service_frame.c batch.c desk.c hand.c)
$(eval $(call qyran-lib,qyran-config,$(CONFIG_SOURCES)))
$(eval $(call qyran-lib,qyran-evidence,$(EVIDENCE_SOURCES)))

$(eval $(call qyran-prog,test-config,tests/unit/test_config.c,qyran-config,-linih -lsodium -lcunit))
$(eval $(call qyran-prog,test-evidence,tests/unit/test_evidence.c userspace/qyrand/violation.c,qyran-evidence,-ljpeg -lsodium -lcunit))
TEST_NEEDS += $(T)/test-config $(T)/test-evidence
TESTS += config:'$$VALGRIND_RUN $(T)/test-config' evidence:'$$VALGRIND_RUN $(T)/test-evidence'

SERVICE_LIBS := qyran-config qyran-evidence qyran-decide qyran-seal qyran-open qyran-reader qyran-plate-reader qyran-format qyran
SERVICE_LDLIBS := -linih -ljpeg -lsystemd $(SEAL_LDLIBS) -pthread
$(eval $(call qyran-prog,qyrand,$(SERVICE_SOURCES),$(SERVICE_LIBS),$(SERVICE_LDLIBS)))
PROGRAMS += $(BUILD)/plain/qyrand
