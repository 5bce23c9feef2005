// SPDX-License-Identifier: Apache-2.0
// Stands in for hw/rtl/detect.v in the bench of latencies: as many movers as `cfg_mover_cells`, eight regions whose cut is 512x128
// pixels, which are 128 KiB, without margins. The result comes as late as detect ever gives one: 8,192 clocks after the last pixel.
`resetall
`timescale 1ns / 1ps
`default_nettype none

/* verilator lint_off UNUSEDSIGNAL */ // what detection needs and this does not
module detect #(
    parameter MAX_W = 1920,
    parameter MAX_H = 1080
) (
    input  wire             clk,
    input  wire             rst,
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
    output wire [15:0]      res_drop_movers, res_drop_regions,
    input  wire [5:0]       mov_index,
    output wire [255:0]     mov_data,
    input  wire [3:0]       reg_index,
    output reg  [127:0]     reg_data
);
    localparam [13:0] LATE = 14'd8192;

    reg [13:0] late;
    // 4 pixels of margin all round; no two begin at the same place of a burst, three beside each other
    wire [15:0] index = {12'd0, reg_index};
    wire [15:0] x = 16'd4 + 16'd12 * index + 16'd600 * (index % 16'd3), y = 16'd4 + 16'd350 * (index / 16'd3);

    assign res_unfinished = 1'b0;
    assign res_drop_movers = 16'd0;
    assign res_drop_regions = 16'd0;
    assign mov_data = 256'd0;

    always @(posedge clk) begin
        res_valid <= 1'b0;
        res_lost <= 1'b0;
        reg_data <= {24'd0, 8'd1, 32'd1000, 16'd120, 16'd504, y, x};
        if (late != 14'd0) late <= late - 1'b1;
        if (late == 14'd1) begin
            res_valid <= !res_hold;
            res_lost <= res_hold;
            res_movers <= cfg_mover_cells[6:0];
            res_regions <= 5'd8;
        end
        if (pix_valid && pix_eof) late <= LATE;
        if (rst) begin
            late <= 14'd0;
            res_valid <= 1'b0;
            res_lost <= 1'b0;
        end
    end
endmodule
`resetall
