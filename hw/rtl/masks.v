// SPDX-License-Identifier: Apache-2.0
// Privacy masks: pixels inside any of sixteen rectangles become black before anything else sees them.
//
// In 4:2:2 two pixels share their chroma: where a mask covers one of the two, both have none (128), so that neither keeps the
// other's colour. Latency 2 clocks, one pixel a clock, never stalls. Which masks a line meets is found during the line before,
// one a clock; for the first line, when the masks come in.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module masks (
    input  wire        clk, rst,
    // lines of the next masks, one after the other, any time before take
    input  wire        y_write,
    input  wire [3:0]  y_index,
    input  wire [21:0] y_word,         // {y1, y0}
    input  wire        take,           // they are in force from the next pixel on
    input  wire [351:0] mask_x,        // 16 x {x1, x0}, in force
    input  wire [15:0] mask_on,        // x0 < x1, in force

    input  wire        s_valid, s_sof, s_eol, s_eof,
    input  wire [15:0] s_data,
    input  wire [15:0] s_x, s_y,
    input  wire        s_start, s_abort, s_end,

    output reg         m_valid, m_sof, m_eol, m_eof,
    output reg  [15:0] m_data,
    output reg         m_start, m_abort, m_end,
    output wire        busy
);
    localparam [7:0] BLACK = 8'd16, NEUTRAL = 8'd128;

    // lines: two banks of limits, the one in force and the next
    reg  [21:0] lines [0:31];
    reg         bank;
    reg  [15:0] next_first, first;     // masks that the first line meets
    reg  [15:0] line, next_line;       // masks that this line and the next one meet
    reg  [10:0] y;                     // the next line
    reg  [4:0]  scan;
    reg         scanning;              // a clock behind: read holds a mask
    reg  [21:0] read;

    always @(posedge clk) if (y_write) lines[{!bank, y_index}] <= y_word;
    always @(posedge clk) read <= lines[{bank, scan[3:0]}];

    wire        first_of_line = s_valid && s_x == 16'd0;

    always @(posedge clk) begin
        if (y_write) next_first <= {y_word[10:0] == 11'd0 && y_word[21:11] != 11'd0, next_first[15:1]};
        if (take) begin
            bank <= !bank;
            first <= next_first;
        end
        scanning <= !scan[4];
        if (!scan[4]) scan <= scan + 1'b1;
        if (scanning) next_line <= {y >= read[10:0] && y < read[21:11], next_line[15:1]};
        if (first_of_line) begin
            line <= mask_on & (s_sof ? first : next_line);
            y <= s_y[10:0] + 1'b1;
            scan <= 5'd0;
            scanning <= 1'b0;
        end
        if (rst) begin
            bank <= 1'b0;
            first <= 16'd0;
            next_first <= 16'd0;
            scan <= 5'd16;
            scanning <= 1'b0;
        end
    end

    // pixels
    reg         a_valid, a_sof, a_eol, a_eof, a_start, a_abort, a_end, a_first, a_odd;
    reg  [15:0] a_data;
    reg  [15:0] begins, pair_begins, ends;             // masks whose first column, or whose pair, this is; or that have ended
    reg  [15:0] covering;                                // before this pixel
    reg         was_covered;                           // the pixel before
    wire [15:0] now = begins | (covering & ~ends & ~{16{a_first}});
    wire        covered = |(now & line);
    wire        pair_covered = covered || (a_odd ? was_covered : |(pair_begins & line));
    integer     i;

    assign busy = a_valid || m_valid || a_start || a_abort || a_end;

    always @(posedge clk) begin
        a_valid <= s_valid;
        a_start <= s_start;
        a_abort <= s_abort;
        a_end <= s_end;
        if (s_valid) begin
            a_sof <= s_sof;
            a_eol <= s_eol;
            a_eof <= s_eof;
            a_data <= s_data;
            a_first <= s_x == 16'd0;
            a_odd <= s_x[0];
            if (|mask_on) for (i = 0; i < 16; i = i + 1) begin
                begins[i] <= s_x[10:0] == mask_x[22*i +: 11];
                pair_begins[i] <= s_x[10:1] == mask_x[22*i + 1 +: 10];
                ends[i] <= s_x[10:0] == mask_x[22*i + 11 +: 11];
            end
        end
        m_valid <= a_valid;
        m_start <= a_start;
        m_abort <= a_abort;
        m_end <= a_end;
        if (a_valid) begin
            m_sof <= a_sof;
            m_eol <= a_eol;
            m_eof <= a_eof;
            m_data <= {pair_covered ? NEUTRAL : a_data[15:8], covered ? BLACK : a_data[7:0]};
            if (|line) covering <= now;
            was_covered <= covered;
        end
        if (rst) begin
            {a_valid, a_start, a_abort, a_end} <= 4'd0;
            {m_valid, m_start, m_abort, m_end} <= 4'd0;
        end
    end

    wire unused = &{s_x[15:11], s_y[15:11]};           // at most 2040
endmodule
`resetall
