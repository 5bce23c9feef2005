# SPDX-License-Identifier: Apache-2.0
# Deciding: road geometry, tracker, rules.
$(eval $(call qyran-lib,qyran-decide,$(addprefix userspace/qyrand/,road.c speed.c track.c track_movers.c track_plates.c track_seek.c track_measure.c \
	rules.c rules_check.c violation.c)))
