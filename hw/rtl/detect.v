// SPDX-License-Identifier: Apache-2.0
// Detection: one canonical raster a frame in, movers and plate regions out.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module detect #(
    parameter MAX_W = 1920,
    parameter MAX_H = 1080
) (
    input  wire             clk,
    input  wire             rst,
    // settings, stable from one start of frame to the next; size only changes under rst
    input  wire [15:0]      cfg_width, cfg_height,
    input  wire             cfg_plates, cfg_movers,
    input  wire [7:0]       cfg_plate_edge,
    input  wire [4:0]       cfg_plate_k,
    input  wire [15:0]      cfg_plate_score,
    input  wire [7:0]       cfg_mover_level,
    input  wire [15:0]      cfg_mover_cells, cfg_mover_hold,
    input  wire [16*64-1:0] cfg_roi,
    // pixels
    input  wire             pix_valid,
    input  wire [7:0]       pix_luma,
    input  wire             pix_sof, pix_eol, pix_eof,
    input  wire             pix_abort,
    // results of one good frame
    input  wire             res_hold,
    output reg              res_valid, res_lost,
    output reg  [6:0]       res_movers,
    output reg  [4:0]       res_regions,
    output reg  [15:0]      res_drop_movers, res_drop_regions,
    input  wire [5:0]       mov_index,
    output wire [255:0]     mov_data,
    input  wire [3:0]       reg_index,
    output wire [127:0]     reg_data
);
    // Interface only for the moment: every good frame has an empty result.
    assign mov_data = 256'd0;
    assign reg_data = 128'd0;
    wire unused = &{cfg_width, cfg_height, cfg_plates, cfg_movers, cfg_plate_edge, cfg_plate_k, cfg_plate_score, cfg_mover_level,
        cfg_mover_cells, cfg_mover_hold, cfg_roi, pix_luma, pix_sof, pix_eol, pix_abort, mov_index, reg_index, MAX_W[0], MAX_H[0]};
    always @(posedge clk) begin
        res_valid <= pix_valid && pix_eof && !res_hold;
        res_lost  <= pix_valid && pix_eof && res_hold;
        if (rst) begin
            res_valid <= 1'b0;
            res_lost  <= 1'b0;
            res_movers <= 7'd0;
            res_regions <= 5'd0;
            res_drop_movers <= 16'd0;
            res_drop_regions <= 16'd0;
        end
    end
endmodule
`resetall
