# SPDX-License-Identifier: Apache-2.0
# cd hw/hls && PART=xck26-sfvc784-2LV-c vitis_hls -f plate_kernel.tcl
# The kernel as a block for Vivado's catalog, in plate_kernel/ip. Not tried: no vendor tool has seen it.
open_project -reset plate_kernel
set_top plate_kernel
add_files plate_kernel.c -cflags "-I../.."
open_solution -reset ip -flow_target vivado
set_part $::env(PART)
create_clock -period 5
config_interface -m_axi_addr64
csynth_design
export_design -format ip_catalog
