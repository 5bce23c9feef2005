# SPDX-License-Identifier: Apache-2.0
# The detection core: RTL sources, its model, its tests.

DETECT_RTL := hw/rtl/detect.v
