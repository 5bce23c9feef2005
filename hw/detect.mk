# SPDX-License-Identifier: Apache-2.0
# The detection core: RTL sources, its model (libqyran_detect.a), its tests.

DETECT_RTL := hw/rtl/detect.v
DETECT_MODEL := $(addprefix hw/model/,components.c mover_cells.c mover_list.c plate_lane.c plate_rank.c detect.c)

$(eval $(call qyran-lib,qyran_detect,$(DETECT_MODEL)))
$(eval $(call qyran-prog,detect-measure,hw/model/measure.c,qyran_detect,-ljpeg))
