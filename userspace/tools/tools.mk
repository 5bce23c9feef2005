# SPDX-License-Identifier: Apache-2.0
# Tools of the camera's keeper.
$(eval $(call qyran-prog,qyranctl,$(addprefix userspace/tools/,qyranctl.c qyranctl-clock.c camera_clock.c doctor_camera.c doctor_custody.c doctor_reader.c),qyran-config qyran-evidence \
	qyran-decide qyran-seal qyran-open qyran-reader-xrt qyran-reader qyran-plate-reader qyran-format qyran,-linih -ljpeg $(SEAL_LDLIBS)))
PROGRAMS += $(BUILD)/plain/qyranctl
TEST_NEEDS += $(T)/qyranctl
