// SPDX-License-Identifier: Apache-2.0
// Halves a YUYV picture by 2x2 means, rounded; chroma: means of the pairs.
//
// Two lines of 2 n words become one of n. Latency 3 clocks, one word a clock in. Nothing waits here: whoever sends words knows
// that there is room for what comes out.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module halve #(
    parameter LINE_WORDS = 480         // most words of an incoming line
) (
    input  wire        clk, rst,       // rst: also before each picture
    input  wire [9:0]  line_words,     // of the incoming picture, even

    input  wire        s_valid,
    input  wire [63:0] s_word,
    output reg         m_valid,
    output reg  [63:0] m_word
);
    reg  [35:0] line [0:LINE_WORDS-1]; // {V, Y1, U, Y0}, sums of two
    reg  [35:0] read, above, a_sums, sums;
    reg  [9:0]  column, last_column;
    reg  [8:0]  a_column;
    reg         odd, a_odd, b_odd, a_valid, b_valid;   // second line of the two
    reg         second;                // right half of the outgoing word
    reg  [31:0] left;

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

    // the RAM, and a register behind its own
    always @(posedge clk) begin
        if (a_valid && !a_odd) line[a_column] <= a_sums;
        if (s_valid) read <= line[column[8:0]];
        if (a_valid) above <= read;
    end

    always @(posedge clk) begin
        a_valid <= s_valid;
        b_valid <= a_valid;
        last_column <= line_words - 1'b1;
        if (s_valid) begin
            // bytes Y0 U Y1 V Y2 U Y3 V
            a_sums <= {plus(s_word[31:24], s_word[63:56]), plus(s_word[39:32], s_word[55:48]), plus(s_word[15:8], s_word[47:40]),
                plus(s_word[7:0], s_word[23:16])};
            a_column <= column[8:0];
            a_odd <= odd;
            column <= column + 1'b1;
            if (column == last_column) begin
                column <= 10'd0;
                odd <= !odd;
            end
        end
        if (a_valid) begin
            sums <= a_sums;
            b_odd <= a_odd;
        end
        m_valid <= b_valid && b_odd && second;
        if (b_valid && b_odd) begin
            left <= means;
            second <= !second;
            m_word <= {means, left};
        end
        if (rst) begin
            a_valid <= 1'b0;
            b_valid <= 1'b0;
            m_valid <= 1'b0;
            column <= 10'd0;
            odd <= 1'b0;
            second <= 1'b0;
        end
    end
endmodule
`resetall
