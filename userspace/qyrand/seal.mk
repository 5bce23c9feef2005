# SPDX-License-Identifier: Apache-2.0
# Sealing, outbox and publishing. qyran-open is what the authority's side needs; qyran-seal is the camera's and needs qyran-open.
OPEN_SOURCES := $(addprefix userspace/qyrand/,files.c message.c keys.c bundle.c sealed.c receipt.c heartbeat.c chain.c opened.c mqtt.c)
SEAL_SOURCES := $(addprefix userspace/qyrand/,pack.c seal.c store.c store_disk.c outbox.c publisher.c publisher_folder.c \
	publisher_mqtt.c delivery.c)
SEAL_LDLIBS := -lprotobuf-c -lsodium -lsqlite3 -lmosquitto -lm
OPEN_LDLIBS := -lprotobuf-c -lsodium -lmosquitto

$(eval $(call qyran-lib,qyran-open,$(PROTO_SOURCES) $(OPEN_SOURCES)))
$(eval $(call qyran-lib,qyran-seal,$(SEAL_SOURCES)))

SEAL_TEST_LIBS := qyran-seal qyran-open qyran-evidence qyran-config
SEAL_TEST_LDLIBS := $(SEAL_LDLIBS) -ljpeg -lcunit
SEAL_TEST_SHARED := tests/unit/sample.c userspace/qyrand/violation.c
$(eval $(call qyran-prog,sample-camera,tests/system/sample_camera.c $(SEAL_TEST_SHARED),$(SEAL_TEST_LIBS),$(SEAL_TEST_LDLIBS)))
TEST_NEEDS += $(T)/sample-camera

define seal-test
$(eval $(call qyran-prog,$1,$2 $(SEAL_TEST_SHARED),$(SEAL_TEST_LIBS),$(SEAL_TEST_LDLIBS)))
TEST_NEEDS += $(T)/$1
TESTS += $1:'$$$$VALGRIND_RUN $(T)/$1'
endef
$(eval $(call seal-test,test-seal-attack,tests/attack/seal_attack.c tests/attack/site.c))
$(eval $(call seal-test,test-chain-attack,tests/attack/chain_attack.c tests/attack/site.c))
$(eval $(call seal-test,test-parser-mutation,tests/attack/parser_mutation.c))
$(eval $(call seal-test,test-outbox,tests/unit/test_outbox.c))
$(eval $(call seal-test,test-message,tests/unit/test_message.c))
$(eval $(call seal-test,test-publisher,tests/unit/test_publisher.c))
