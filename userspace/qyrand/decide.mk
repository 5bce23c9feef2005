# SPDX-License-Identifier: Apache-2.0
# Deciding: road geometry, tracker, rules.
$(eval $(call qyran-lib,qyran-decide,$(addprefix userspace/qyrand/,road.c speed.c track.c track_movers.c track_crowd.c track_plates.c track_read.c track_seed.c track_seek.c \
	track_measure.c rules.c rules_check.c violation.c)))

# What the tracker makes of a stream, a line a vehicle.
$(eval $(call qyran-prog,qyran-tracks,userspace/tools/qyran-tracks.c userspace/qyrand/batch.c,qyran-config qyran-decide qyran,-linih -lsodium -lm))
PROGRAMS += $(BUILD)/plain/qyran-tracks

$(foreach t,road track rules,$(eval $(call qyran-prog,test-$t,tests/unit/test_$t.c tests/unit/traffic.c,qyran-decide,-lcunit -lm)))
TEST_NEEDS += $(foreach t,road track rules,$(T)/test-$t)
TESTS += $(foreach t,road track rules,decide-$t:'$$VALGRIND_RUN $(T)/test-$t')
