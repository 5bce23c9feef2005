# SPDX-License-Identifier: Apache-2.0
# Tests of the whole camera; each part's own tests are listed in its fragment. The slowest begin first.
RUN_SEEDS_SOAK := 2 3 4 5 6 7 8 9

TEST_NEEDS += $(PROGRAMS) $(BUILD)/pattern $(SCENE_STAMPS)
.PHONY: soak-scenes
soak-scenes: $(PROGRAMS)
	@for seed in $(RUN_SEEDS_SOAK); do $(MAKE) --no-print-directory scenes SEED=$$seed || exit; done
soak: soak-scenes

TESTS := run:'tests/system/run_equals_truth $(SEED)' \
	clip-dual-carriageway:'tests/system/clip_runs_to_the_end dual-carriageway.mp4 18 30' \
	run-bad-input:tests/system/run_bad_input $(TESTS)
SOAK += clip-toll-lane:'tests/system/clip_runs_to_the_end toll-lane.mp4 5 30' \
	$(foreach s,$(RUN_SEEDS_SOAK),run-$s:'tests/system/run_equals_truth $s')

# Many seeds in little time: the bit-exact model stands in for the logic, all else is as in `make run`.
$(eval $(call qyran-prog,model-record,tests/system/model_record.c,clip qyran_model qyran_detect qyran,$(BOARD_LDLIBS)))
