// SPDX-License-Identifier: Apache-2.0
// Movers: what a cell's surroundings say of it.
//
// The backgrounds of a row, the one above and the one below, as they were before this frame, are loaded while the row's first line of
// pixels comes: for each cell its word, and one clock later that of the cell below. When the cell is updated, on the row's last line:
//   up, down   how much brighter, darker a background there is among the eight around: what shaking could bring here
//   vouched    two of the four around were quiet in the last frame and have the background that this cell shows now: bare ground
//   soft, flat its share of the background is that of the cells to the left and above, within 1/8, 1/32: light, not a thing
// Cells are two clocks apart at least. Numbers in names are clocks since the cell's last pixel was summed.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module mover_near (
    input  wire        clk,
    input  wire        load2, update2,      // a cell is loaded, is updated
    input  wire [7:0]  x2,
    input  wire        first_row2, last_row2, last2,
    input  wire [8:0]  word2,               // {quiet, background}; load: and the cell below in the next clock
    input  wire signed [8:0] difference5,   // from the background
    input  wire [7:0]  within6,             // half of that, without its sign
    input  wire [7:0]  mean6,
    output reg  [7:0]  up8, down8,
    output reg         vouched9, soft9, flat9
);
    // {above, here, below} of each column
    reg [26:0] columns [0:255];
    reg [26:0] column_read, column;
    reg [7:0]  means [0:255];                // the row above, what it showed in this frame; this row, as far as it is updated
    reg [7:0]  mean_above;

    reg        load3, load4, update3, update4, update5, update6, update7, update8;
    reg [7:0]  x3, x4, x5, x6, beside3;
    reg        first_row3, first_row4, first_row5, first_row6, first_row7, last_row3, last_row4, last3, last4, last5, last6;
    reg        first5, first6, first7, first8, first_row8;
    reg [8:0]  here3, below4;
    reg [8:0]  here4;
    wire       first4 = x4 == 8'd0;

    // the four around, and the extremes of three columns
    reg [8:0]  above5, below5, left5, right6;
    reg [7:0]  here5, here7;
    reg [8:0]  above7, below7, left7;
    reg        quiet5;
    reg [15:0] span, span_here, span_left;   // {most, least} of a column
    reg [7:0]  most7, least7;
    reg signed [10:0] shows6, low7, high7;
    reg [7:0]  mean_left;
    reg [15:0] p0, p1, q0, q1;
    reg [12:0] p0_8, p1_8;                   // eighths
    reg signed [16:0] d0, d1;
    reg [3:0]  votes8;

    function [7:0] more(input [7:0] a, input [7:0] b);
        more = a > b ? a : b;
    endfunction
    function [7:0] less(input [7:0] a, input [7:0] b);
        less = a < b ? a : b;
    endfunction
    function [15:0] span_of(input [7:0] a, input [7:0] b, input [7:0] c);
        span_of = {more(more(a, b), c), less(less(a, b), c)};
    endfunction
    function votes(input [8:0] there, input signed [10:0] low, input signed [10:0] high);
        votes = there[8] && $signed({3'd0, there[7:0]}) >= low && $signed({3'd0, there[7:0]}) <= high;
    endfunction
    function alike(input signed [16:0] difference, input [12:0] most);
        alike = $signed({difference[16], difference}) <= $signed({5'd0, most}) && $signed({difference[16], difference}) >= -$signed({5'd0, most});
    endfunction

    always @(posedge clk) begin
        load3 <= load2;
        load4 <= load3;
        update3 <= update2;
        update4 <= update3;
        update5 <= update4;
        update6 <= update5;
        update7 <= update6;
        update8 <= update7;
        x3 <= x2;
        x4 <= x3;
        x5 <= x4;
        x6 <= x5;
        {first_row3, last_row3, last3} <= {first_row2, last_row2, last2};
        {first_row4, last_row4, last4} <= {first_row3, last_row3, last3};
        {first_row5, last5, first5} <= {first_row4, last4, first4};
        {first_row6, last6, first6} <= {first_row5, last5, first5};
        {first_row7, first7} <= {first_row6, first6};
        {first_row8, first8} <= {first_row7, first7};

        // loading
        here3 <= word2;
        here4 <= here3;
        below4 <= word2;
        beside3 <= x2 + 8'd1;
        column_read <= columns[update3 ? beside3 : x2];
        column <= column_read;
        if (load4)
            columns[x4] <= {first_row4 ? {1'b0, here4[7:0]} : column[17:9], here4, last_row4 ? {1'b0, here4[7:0]} : below4};

        // beyond the picture everything looks like the cell itself, but vouches for nothing
        span <= span_of(column[25:18], column[16:9], column[7:0]);
        if (update4) begin
            {above5, quiet5, here5, below5} <= column;
            left5 <= first4 ? {1'b0, column[16:9]} : {quiet5, here5};
            mean_above <= means[x4];
        end
        if (update5) begin
            right6 <= last5 ? {1'b0, here5} : column[17:9];
            span_here <= span;
            span_left <= first5 ? span : span_here;
            shows6 <= $signed({3'd0, here5}) + {{2{difference5[8]}}, difference5};
        end
        if (update6) begin
            most7 <= more(more(span_left[15:8], span_here[15:8]), last6 ? 8'd0 : span[15:8]);
            least7 <= less(less(span_left[7:0], span_here[7:0]), last6 ? 8'd255 : span[7:0]);
            low7 <= shows6 - $signed({3'd0, within6});
            high7 <= shows6 + $signed({3'd0, within6});
            {above7, below7, left7, here7} <= {above5, below5, left5, here5};
            p0 <= mean6 * left5[7:0];
            q0 <= mean_left * here5;
            p1 <= mean6 * above5[7:0];
            q1 <= mean_above * here5;
            mean_left <= mean6;
            means[x6] <= mean6;
        end
        if (update7) begin
            up8 <= most7 - here7;
            down8 <= here7 - least7;
            votes8 <= {votes(above7, low7, high7), votes(below7, low7, high7), votes(left7, low7, high7), votes(right6, low7, high7)};
            d0 <= $signed({1'b0, p0}) - $signed({1'b0, q0});
            d1 <= $signed({1'b0, p1}) - $signed({1'b0, q1});
            p0_8 <= p0[15:3];
            p1_8 <= p1[15:3];
        end
        if (update8) begin
            vouched9 <= (votes8[3] && |votes8[2:0]) || (votes8[2] && |votes8[1:0]) || (&votes8[1:0]);
            soft9 <= (first8 || alike(d0, p0_8)) && (first_row8 || alike(d1, p1_8));
            flat9 <= (first8 || alike(d0, {2'd0, p0_8[12:2]})) && (first_row8 || alike(d1, {2'd0, p1_8[12:2]}));
        end
    end
endmodule
`resetall
