# SPDX-License-Identifier: Apache-2.0
# The service: configuration, evidence, qyrand.
CONFIG_SOURCES := $(addprefix userspace/qyrand/,config.c config_source.c config_check.c config_number.c log.c health.c)
EVIDENCE_SOURCES := $(addprefix userspace/qyrand/,evidence.c witness.c veil.c)
SERVICE_SOURCES := $(addprefix userspace/qyrand/,main.c service.c service_open.c service_frame.c batch.c desk.c hand.c service_view.c view_picture.c view_socket.c)
$(eval $(call qyran-lib,qyran-config,$(CONFIG_SOURCES)))
$(eval $(call qyran-lib,qyran-evidence,$(EVIDENCE_SOURCES)))

$(eval $(call qyran-prog,test-config,tests/unit/test_config.c,qyran-config,-linih -lsodium -lcunit))
$(eval $(call qyran-prog,test-evidence,tests/unit/test_evidence.c userspace/qyrand/violation.c,qyran-evidence,-ljpeg -lsodium -lcunit))
$(eval $(call qyran-prog,test-batch,tests/unit/test_batch.c userspace/qyrand/batch.c,qyran,-lsodium -lcunit))
TEST_NEEDS += $(T)/test-config $(T)/test-evidence $(T)/test-batch
TESTS += config:'$$VALGRIND_RUN $(T)/test-config' evidence:'$$VALGRIND_RUN $(T)/test-evidence' batch:'$$VALGRIND_RUN $(T)/test-batch'

SERVICE_LIBS := qyran-config qyran-evidence qyran-decide qyran-seal qyran-open qyran-reader qyran-reader-xrt qyran-plate-reader qyran-format qyran
SERVICE_LDLIBS := -linih -ljpeg -lsystemd $(SEAL_LDLIBS) -pthread
$(eval $(call qyran-prog,qyrand,$(SERVICE_SOURCES),$(SERVICE_LIBS),$(SERVICE_LDLIBS)))
PROGRAMS += $(BUILD)/plain/qyrand

# Recordings for the tests, made once from the simulated logic playing rendered scenes.
SERVICE_SCENES := $(BUILD)/service/$(SEED)
SERVICE_RECORDINGS := $(patsubst %,$(SERVICE_SCENES)/%/recording.qyr,speeding lawful)
$(SERVICE_SCENES)/%/recording.qyr: $(SCENE_DIR)/%/.rendered $(BUILD)/plain/qyran-record $(BUILD)/plain/libqyran-sim.so
	@mkdir -p $(@D)
	@cp $(SCENE_DIR)/$*/qyrand.ini $(SCENE_DIR)/$*/truth.tsv $(@D)
	@$(BUILD)/plain/qyran-record --quiet --epoch-ns 1767225637000000000 --regions 8 \
		--exposure-ns $$(sed -n 's/^exposure_ns *= *//p' $(@D)/qyrand.ini) sim:$(SCENE_DIR)/$*/clip.mkv $@.part
	@test -s $@.part && mv $@.part $@ && echo "recorded $@"
.SECONDARY: $(SERVICE_RECORDINGS)

TEST_NEEDS += $(T)/qyrand $(T)/qyranctl $(T)/qyran-inbox $(T)/qyran-record $(SERVICE_RECORDINGS)
TESTS += service-runs:tests/system/service_runs service-bad-input:tests/system/service_bad_input service-doctor:tests/system/service_doctor \
	service-killed:'tests/attack/service_killed 200' truth:tests/attack/truth_is_not_there
SOAK += service-killed-more:'tests/attack/service_killed 1000'
