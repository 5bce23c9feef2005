// SPDX-License-Identifier: Apache-2.0
// The head of hw/rtl/detect.v, for what stands in for it.
/* verilator lint_off UNUSEDSIGNAL */ // what detection needs and a stand-in does not
module detect #(
    parameter MAX_W = 1920,
    parameter MAX_H = 1080
) (
    input  wire             clk, rst,
    input  wire [15:0]      cfg_width, cfg_height,
    input  wire             cfg_plates, cfg_movers,
    input  wire [7:0]       cfg_plate_edge,
    input  wire [4:0]       cfg_plate_k,
    input  wire [15:0]      cfg_plate_score,
    input  wire [7:0]       cfg_mover_level,
    input  wire [15:0]      cfg_mover_cells, cfg_mover_hold,
    input  wire [16*64-1:0] cfg_roi,
    input  wire             pix_valid,
    input  wire [7:0]       pix_luma,
    input  wire             pix_sof, pix_eol, pix_eof,
    input  wire             pix_abort,
    input  wire             res_hold,
    output reg              res_valid, res_lost,
    output wire             res_unfinished,
    output reg  [6:0]       res_movers,
    output reg  [4:0]       res_regions,
    output reg  [15:0]      res_drop_movers, res_drop_regions,
    input  wire [5:0]       mov_index,
    output wire [255:0]     mov_data,
    input  wire [3:0]       reg_index,
    output wire [127:0]     reg_data
);
