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
`ifdef FORMAL
`ifdef FORMAL_HALVE
    // Any word of a line, and with it all of them: it comes three clocks after the last of the four that it is made of, and is their means.
    reg         f_past = 1'b0;
    (* anyconst *) reg [9:0] f_words;
    (* anyconst *) reg [8:0] f_at;                      // the first of the two words of each line, even
    reg  [9:0]  f_column;
    reg         f_odd;
    reg  [63:0] f_first, f_second, f_third, f_fourth;   // two of the upper line, two of the lower one
    reg  [63:0] f_1, f_2;                               // the upper two, while they are on their way with the lower ones
    reg  [2:0]  f_comes, f_due;
    reg  [1:0]  f_age;                                  // of f_third
    wire        f_at_first = s_valid && f_column == f_at, f_at_second = s_valid && f_column == f_at + 1;
    wire        f_above = f_odd || f_column > f_at;     // f_first holds this pair of lines' word
    wire        f_above_both = f_odd || f_column > f_at + 1;

    function [7:0] f_mean(input [7:0] a, b, c, d);
        reg [9:0] sum;
        begin
            sum = {1'b0, plus(a, b)} + {1'b0, plus(c, d)} + 10'd2;
            f_mean = sum[9:2];
        end
    endfunction

    function [31:0] f_half(input [63:0] a, b);          // bytes Y0 U Y1 V of two words Y0 U Y1 V Y2 U Y3 V
        f_half = {f_mean(a[31:24], a[63:56], b[31:24], b[63:56]), f_mean(a[39:32], a[55:48], b[39:32], b[55:48]),
            f_mean(a[15:8], a[47:40], b[15:8], b[47:40]), f_mean(a[7:0], a[23:16], b[7:0], b[23:16])};
    endfunction

    function [35:0] f_sums(input [63:0] a);
        f_sums = {plus(a[31:24], a[63:56]), plus(a[39:32], a[55:48]), plus(a[15:8], a[47:40]), plus(a[7:0], a[23:16])};
    endfunction

    always @(posedge clk) begin
        f_past <= 1'b1;
        f_comes <= {f_comes[1:0], s_valid && f_odd && f_column[0]};
        f_due <= {f_due[1:0], f_at_second && f_odd};
        if (s_valid) begin
            f_column <= f_column == f_words - 1 ? 10'd0 : f_column + 1'b1;
            f_odd <= f_odd ^ (f_column == f_words - 1);
        end
        if (f_at_first && !f_odd) f_first <= s_word;
        if (f_at_second && !f_odd) f_second <= s_word;
        f_age <= f_at_first ? 2'd0 : f_age + !f_age[1];
        if (f_at_first && f_odd) f_third <= s_word;
        if (f_at_second && f_odd) f_fourth <= s_word;
        if (f_at_first && f_odd) f_1 <= f_first;
        if (f_at_second && f_odd) f_2 <= f_second;
        if (rst) begin
            {f_comes, f_due} <= 6'd0;
            {f_odd, f_column} <= 11'd0;
        end
    end
    always @* begin
        if (!f_past) assume(rst);
        assume(line_words == f_words && f_words >= 2 && f_words <= LINE_WORDS && !f_words[0]);
        assume(!f_at[0] && f_at < f_words);
        if (f_past && !rst) begin
            assert(column == f_column && odd == f_odd && column < f_words && last_column == f_words - 1);
            if (a_valid) assert(f_column == 0 ? a_column == f_words - 1 && a_odd != f_odd : a_column == f_column - 1 && a_odd == f_odd);
            assert(second == ((f_odd && f_column[0]) ^ (a_valid && a_odd) ^ (b_valid && b_odd)));
            if (f_above && !(a_valid && !a_odd && a_column == f_at)) assert(line[f_at] == f_sums(f_first));
            if (f_above_both && !(a_valid && !a_odd && a_column == f_at + 1)) assert(line[f_at + 9'd1] == f_sums(f_second));
            if (f_above && a_valid && !a_odd && a_column == f_at) assert(a_sums == f_sums(f_first));
            if (f_above_both && a_valid && !a_odd && a_column == f_at + 1) assert(a_sums == f_sums(f_second));
            assert(m_valid == f_comes[2] && f_comes[1] == (b_valid && b_odd && second) && f_comes[0] == (a_valid && a_odd && a_column[0]));
            if (f_due[0]) assert(f_at + 2 < f_words ? f_odd && f_column == f_at + 2 : !f_odd && f_column == 0);
            if (f_due[1]) assert(f_at + 2 < f_words ? f_odd && (f_column == f_at + 2 || f_column == f_at + 3) : !f_odd && f_column < 2);
            // the third and the fourth on their way
            if (f_odd && f_column == f_at + 1)
                case (f_age)
                    0: assert(a_valid && a_odd && a_sums == f_sums(f_third) && read == f_sums(f_1));
                    1: assert(!a_valid && b_valid && b_odd && sums == f_sums(f_third) && above == f_sums(f_1));
                    default: assert(!a_valid && !b_valid && left == f_half(f_1, f_third));
                endcase
            if (f_due[0]) assert(a_valid && a_odd && a_sums == f_sums(f_fourth) && read == f_sums(f_2) && second == !(b_valid && b_odd));
            if (f_due[0] && !second) assert(sums == f_sums(f_third) && above == f_sums(f_1));
            if (f_due[0] && second) assert(left == f_half(f_1, f_third));
            if (f_due[1]) assert(b_valid && b_odd && second && sums == f_sums(f_fourth) && above == f_sums(f_2) && left == f_half(f_1, f_third));
            // and together
            if (f_due[2]) assert(m_word == {f_half(f_2, f_fourth), f_half(f_1, f_third)});
        end
    end
    always @(posedge clk) cover(f_past && !rst && f_due[2] && f_words == LINE_WORDS);
`endif
`endif // FORMAL
endmodule
`resetall
