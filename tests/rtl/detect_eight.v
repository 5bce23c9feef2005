// SPDX-License-Identifier: Apache-2.0
// Stands in for hw/rtl/detect.v in the bench of latencies: as many movers as `cfg_mover_cells`, eight regions whose cut is 512x128
// pixels, which are 128 KiB, without margins. The result comes as late as detect ever gives one: 8,192 clocks after the last pixel.
`resetall
`timescale 1ns / 1ps
`default_nettype none

`include "tests/rtl/detect_ports.vh"
    localparam [13:0] LATE = 14'd8192;

    reg [13:0]  late;
    reg [127:0] region;
    // 4 pixels of margin all round; no two begin at the same place of a burst, three beside each other
    wire [15:0] index = {12'd0, reg_index};
    wire [15:0] x = 16'd4 + 16'd12 * index + 16'd600 * (index % 16'd3), y = 16'd4 + 16'd350 * (index / 16'd3);

    assign res_unfinished = 1'b0;
    assign mov_data = 256'd0;
    assign reg_data = region;

    always @(posedge clk) begin
        res_valid <= 1'b0;
        res_lost <= 1'b0;
        res_drop_movers <= 16'd0;
        res_drop_regions <= 16'd0;
        region <= {24'd0, 8'd1, 32'd1000, 16'd120, 16'd504, y, x};
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
