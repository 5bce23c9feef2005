// SPDX-License-Identifier: Apache-2.0
// Stands in for hw/rtl/detect.v: results that have nothing to do with the picture but reach every corner of what follows.
//
// Frame n since rst, of W x H, has movers and regions of any size, as detect_mock.c computes them too, after some hundred
// to some thousand clocks. Only for simulation.
`resetall
`timescale 1ns / 1ps
`default_nettype none

/* verilator lint_off WIDTH */ // arithmetic in 32 bits, as in C
/* verilator lint_off UNUSEDSIGNAL */ // the upper bits of hashes do not matter to it
`include "tests/rtl/detect_ports.vh"
    function [31:0] hash(input [31:0] of);
        reg [31:0] x;
        begin
            x = of ^ (of >> 16);
            x = x * 32'h7feb352d;
            x = x ^ (x >> 15);
            x = x * 32'h846ca68b;
            hash = x ^ (x >> 16);
        end
    endfunction

    reg [31:0] frame, sum, end_sum, shown_sum;
    reg [31:0] shown;
    reg [12:0] wait_for;
    reg        waiting;
    reg        plates, movers;
    reg [4:0]  k;
    reg [31:0] m0, m1, m2, m3, r0, r1, r2, r3;
    reg [5:0]  mi;
    reg        whole;                  // region 0 of every third frame is the whole frame

    wire [31:0] h = hash(frame * 1024 + 7);
    wire [31:0] x = whole ? 0 : r0 % (cfg_width - 1), y = whole ? 0 : r1 % (cfg_height - 1);
    wire [31:0] w_most = shown % 3 == 0 ? cfg_width - x : 1 + (cfg_width - x) / 8;
    wire [31:0] h_most = shown % 3 == 0 ? cfg_height - y : 1 + (cfg_height - y) / 8;
    wire [31:0] w = whole ? cfg_width : 1 + r2 % w_most, hh = whole ? cfg_height : 1 + r3 % h_most;

    assign res_unfinished = 1'b0;
    assign mov_data = {m3, m2, m1, m0, 10'd0, mi, 16'd4, m0 ^ m1, m1 ^ m2, m2 ^ m3};
    assign reg_data = {24'd0, 6'd0, r0[1:0], r1 ^ shown_sum, hh[15:0], w[15:0], y[15:0], x[15:0]};

    always @(posedge clk) begin
        res_valid <= 1'b0;
        res_lost <= 1'b0;
        if (pix_valid) begin
            sum <= (pix_sof ? 32'd0 : {sum[30:0], sum[31]}) + pix_luma;
            if (pix_sof) begin
                plates <= cfg_plates;
                movers <= cfg_movers;
                k <= cfg_plate_k;
            end
            if (pix_eof) begin
                end_sum <= {sum[30:0], sum[31]} + pix_luma;
                waiting <= 1'b1;
                wait_for <= 13'd100 + (h % 2800);
            end
        end
        if (waiting) begin
            wait_for <= wait_for - 1'b1;
            if (wait_for == 13'd1) begin
                waiting <= 1'b0;
                frame <= frame + 1'b1;
                res_valid <= !res_hold;
                res_lost <= res_hold;
                res_movers <= movers ? (h[3:0] == 4'd0 ? 7'd64 : h[8:4] % 12) : 7'd0;
                res_regions <= plates ? (h[12:9] % 17 < k ? h[12:9] % 17 : k) : 5'd0;
                res_drop_movers <= movers && h[16] ? h[20:17] : 16'd0;
                res_drop_regions <= plates && h[21] ? h[24:22] : 16'd0;
                if (!res_hold) begin
                    shown <= frame;
                    shown_sum <= end_sum;
                end
            end
        end
        m0 <= hash(shown * 1024 + 128 + mov_index * 4);
        m1 <= hash(shown * 1024 + 129 + mov_index * 4);
        m2 <= hash(shown * 1024 + 130 + mov_index * 4);
        m3 <= hash(shown * 1024 + 131 + mov_index * 4);
        mi <= mov_index;
        whole <= reg_index == 4'd0 && shown % 3 == 0;
        r0 <= hash(shown * 1024 + 512 + reg_index * 4);
        r1 <= hash(shown * 1024 + 513 + reg_index * 4);
        r2 <= hash(shown * 1024 + 514 + reg_index * 4);
        r3 <= hash(shown * 1024 + 515 + reg_index * 4);
        if (rst) begin
            frame <= 32'd0;
            shown <= 32'd0;
            waiting <= 1'b0;
        end
    end
endmodule
`resetall
