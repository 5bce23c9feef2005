# SPDX-License-Identifier: Apache-2.0
# The service: configuration, evidence, qyrand.
CONFIG_SOURCES := $(addprefix userspace/qyrand/,config.c config_source.c config_check.c config_number.c log.c)
EVIDENCE_SOURCES := $(addprefix userspace/qyrand/,evidence.c witness.c)
SERVICE_SOURCES := $(addprefix userspace/qyrand/,main.c service.c service_open.c service_frame.c batch.c desk.c hand.c)
$(eval $(call qyran-lib,qyran-config,$(CONFIG_SOURCES)))
$(eval $(call qyran-lib,qyran-evidence,$(EVIDENCE_SOURCES)))

$(eval $(call qyran-prog,test-config,tests/unit/test_config.c,qyran-config,-linih -lsodium -lcunit))
TEST_NEEDS += $(T)/test-config
TESTS += config:'$$VALGRIND_RUN $(T)/test-config'
