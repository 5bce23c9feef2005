// SPDX-License-Identifier: Apache-2.0
// Halves a YUYV picture by 2x2 means, rounded; chroma: means of the pairs. Off: lets the words through.
//
// Two lines of 2 n words become one of n. Latency 2 clocks, one word a clock in.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module halve #(
    parameter LINE_WORDS = 480         // most words of an incoming line
) (
    input  wire        clk, rst,       // rst: also before each picture
    input  wire        enable,
    input  wire [9:0]  line_words,     // of the incoming picture, even

    input  wire        s_valid,
    input  wire [63:0] s_word,
    output wire        s_ready,
    output wire        m_valid,
    output wire [63:0] m_word,
    input  wire        m_ready
);
    reg  [35:0] line [0:LINE_WORDS-1]; // {V, Y1, U, Y0}, sums of two
    reg  [35:0] above, sums;
    reg  [9:0]  column;
    reg  [8:0]  a_column;
    reg         odd, a_odd, a_valid;   // second line of the two
    reg         second;                // right half of the outgoing word
    reg  [31:0] left;
    reg         valid;
    reg  [63:0] word;

    wire        step = !valid || m_ready;

    assign s_ready = enable ? step : m_ready;
    assign m_valid = enable ? valid : s_valid;
    assign m_word = enable ? word : s_word;

    function [8:0] plus(input [7:0] a, b);
        plus = {1'b0, a} + {1'b0, b};
    endfunction

    function [7:0] mean(input [8:0] a, b);
        /* verilator lint_off UNUSEDSIGNAL */ // the low bits are cut off
        reg [9:0] sum;
        /* verilator lint_on UNUSEDSIGNAL */
        begin
            sum = {1'b0, a} + {1'b0, b} + 10'd2;
            mean = sum[9:2];
        end
    endfunction

    wire [31:0] means = {mean(sums[35:27], above[35:27]), mean(sums[26:18], above[26:18]), mean(sums[17:9], above[17:9]),
        mean(sums[8:0], above[8:0])};

    always @(posedge clk) begin
        if (enable && step && (s_valid || a_valid || valid)) begin
            a_valid <= s_valid;
            if (s_valid) begin
                // bytes Y0 U Y1 V Y2 U Y3 V
                sums <= {plus(s_word[31:24], s_word[63:56]), plus(s_word[39:32], s_word[55:48]), plus(s_word[15:8], s_word[47:40]),
                    plus(s_word[7:0], s_word[23:16])};
                above <= line[column[8:0]];
                a_column <= column[8:0];
                a_odd <= odd;
                column <= column + 1'b1;
                if (column + 1'b1 == line_words) begin
                    column <= 10'd0;
                    odd <= !odd;
                end
            end
            valid <= 1'b0;
            if (a_valid && !a_odd) line[a_column] <= sums;
            if (a_valid && a_odd) begin
                left <= means;
                second <= !second;
                if (second) begin
                    word <= {means, left};
                    valid <= 1'b1;
                end
            end
        end
        if (rst) begin
            a_valid <= 1'b0;
            valid <= 1'b0;
            column <= 10'd0;
            odd <= 1'b0;
            second <= 1'b0;
        end
    end
endmodule
`resetall
