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
`ifdef FORMAL
    // One mask, any of the sixteen: a pixel is black when it is inside, and only then; and its neighbour of the pair has no chroma. As in the
    // top: the masks' lines come in order, all sixteen before take; take is followed by a start of frame; pixels come in order.
    reg         f_past = 1'b0;
    (* anyconst *) reg [3:0]  f_i;
    (* anyconst *) reg [10:0] f_width;
    reg  [4:0]  f_count;                                // lines of the next masks written
    reg  [21:0] f_next, f_lines, f_was_mask;            // the chosen mask's: next, in force, columns a clock ago
    reg         f_on, f_took, f_taken, f_ordered;                     // pixels may follow; a frame is under way
    reg  [10:0] f_x, f_y;                               // of the next pixel
    reg  [4:0]  f_clocks;                               // since the line's first pixel
    reg  [21:0] f_columns;                              // of the mask, for the frame under way
    reg  [10:0] f_a_x, f_was_x;
    reg         f_a_in_x, f_a_in_y, f_a_begin, f_a_end, f_a_beside, f_was_in_x, f_m_in, f_m_beside, f_m_covered, f_m_pair;
    reg  [15:0] f_was_data, f_m_data;
    reg  [1:0]  f_was_valid;
    wire [21:0] f_mask = mask_x[22*f_i +: 22];
    wire [3:0]  f_next_at = f_i - f_count[3:0], f_scan_at = f_i - f_scanned[3:0];
    wire [4:0]  f_scanned = scan - {4'd0, scanning};
    wire        f_in_y = mask_on[f_i] && s_y[10:0] >= f_lines[10:0] && s_y[10:0] < f_lines[21:11];
    wire        f_a_in = f_a_in_x && f_a_in_y;

    always @(posedge clk) begin
        f_past <= 1'b1;
        f_took <= take;
        f_was_mask <= f_mask;
        f_on <= mask_on[f_i];
        f_was_data <= s_data;
        f_was_valid <= {f_was_valid[0], s_valid && !rst};
        if (y_write) f_count <= f_count[4] ? 5'd1 : f_count + 1'b1;
        if (y_write && y_index == f_i) f_next <= y_word;
        if (take) begin
            f_lines <= f_next;
            f_count <= 5'd0;
            f_taken <= 1'b1;
            f_ordered <= 1'b0;
        end
        if (!(&f_clocks)) f_clocks <= f_clocks + 1'b1;
        if (s_valid) begin
            if (first_of_line) f_clocks <= 5'd0;
            f_ordered <= !take;
            if (s_sof) f_columns <= f_mask;
            f_x <= s_eol ? 11'd0 : s_x[10:0] + 1'b1;
            f_y <= s_y[10:0] + {10'd0, s_eol};
            f_a_x <= s_x[10:0];
            f_a_in_y <= f_in_y;
            f_a_in_x <= s_x[10:0] >= f_mask[10:0] && s_x[10:0] < f_mask[21:11];
            f_a_begin <= s_x[10:0] == f_mask[10:0];
            f_a_end <= s_x[10:0] == f_mask[21:11];
            f_a_beside <= f_in_y && (s_x[10:0] ^ 11'd1) >= f_mask[10:0] && (s_x[10:0] ^ 11'd1) < f_mask[21:11];
        end
        if (a_valid) begin
            f_was_in_x <= f_a_in_x;
            f_was_x <= f_a_x;
            f_m_in <= f_a_in;
            f_m_beside <= f_a_beside;
            f_m_covered <= covered;
            f_m_pair <= pair_covered;
            f_m_data <= a_data;
        end
        if (rst) {f_count, f_taken, f_ordered, f_was_valid} <= 9'd0;
    end
    always @* begin
        if (!f_past) assume(rst);
        assume(f_width >= 11'd24 && f_width <= 11'd2040 && !f_width[0]);   // 64 in the top, QYRAN_WIDTH_MIN
        assume(!y_write || y_index == f_count[3:0]);
        assume(!take || (f_count[4] && !y_write));
        assume(f_taken ? f_took || (f_mask == f_was_mask && mask_on[f_i] == f_on) : mask_on == 16'd0 && f_mask == 22'd0);
        assume(!mask_on[f_i] || f_mask[10:0] < f_mask[21:11]);
        if (s_valid) begin
            assume(s_sof ? s_x == 16'd0 && s_y == 16'd0 : f_ordered && s_x == f_x && s_y == f_y && s_y < 16'd2040 && (s_x != 16'd0 || s_y != 16'd0));
            assume(s_eol == (s_x == f_width - 11'd1));
        end
        if (f_past && !rst) begin
            assert(f_count <= 5'd16);
            if (f_taken) assert(lines[{bank, f_i}] == f_lines && first[f_i] == (f_lines[10:0] == 11'd0 && f_lines[21:11] != 11'd0));
            if (f_count > f_i) assert(lines[{!bank, f_i}] == f_next && next_first[f_next_at] == (f_next[10:0] == 11'd0 && f_next[21:11] != 11'd0));
            assert(scan <= 5'd16);
            if (f_ordered) begin
                assert(f_x < f_width && f_mask == f_columns);
                assert(scan == (f_clocks < 5'd16 ? f_clocks : 5'd16) && scanning == (f_clocks != 5'd0 && f_clocks <= 5'd16));
                assert(&f_clocks || (f_x <= f_clocks + 11'd1 && f_x != 11'd0) || (f_x == 11'd0 && f_width <= f_clocks + 11'd1));
                assert(y == (f_x == 11'd0 ? f_y : f_y + 11'd1));
                if (f_taken && scanning) assert(scan == 5'd0 || scan - 5'd1 != f_i || read == f_lines);
                if (f_taken && f_scanned > f_i) assert(next_line[f_scan_at] == (y >= f_lines[10:0] && y < f_lines[21:11]));
                assert(f_a_x == (f_x == 11'd0 ? f_width - 11'd1 : f_x - 11'd1));
            end
            if (f_ordered) assert(line[f_i] == f_a_in_y && line[f_i] == (mask_on[f_i] && y > f_lines[10:0] && y <= f_lines[21:11]));
            if (a_valid) begin
                assert(a_first == (f_a_x == 11'd0) && a_odd == f_a_x[0] && line[f_i] == f_a_in_y);
                assert(f_a_begin == (f_a_x == f_columns[10:0]) && f_a_end == (f_a_x == f_columns[21:11]));
                assert(f_a_in_x == (f_a_x >= f_columns[10:0] && f_a_x < f_columns[21:11]));
                assert(f_a_beside == (f_a_in_y && (f_a_x ^ 11'd1) >= f_columns[10:0] && (f_a_x ^ 11'd1) < f_columns[21:11]));
                if (line[f_i]) assert(pair_begins[f_i] == (f_a_x[10:1] == f_columns[10:1]));
                if (line[f_i]) assert(begins[f_i] == f_a_begin && ends[f_i] == f_a_end && f_columns[10:0] < f_columns[21:11]);
            end
            if (a_valid ? !a_first : f_ordered && f_x != 11'd0) begin
                assert(f_was_x + 11'd1 == (a_valid ? f_a_x : f_x) && f_was_in_x == (f_was_x >= f_columns[10:0] && f_was_x < f_columns[21:11]));
                assert(!line[f_i] || (covering[f_i] == f_was_in_x && (was_covered || !f_was_in_x)));
            end

            // what the sixteen are for
            if (a_valid) assert((now[f_i] && line[f_i]) == f_a_in);
            assert(a_valid == f_was_valid[0] && m_valid == f_was_valid[1]);   // two clocks late
            if (a_valid) assert(a_data == f_was_data);
            if (m_valid) begin
                assert(!f_m_in || m_data == {NEUTRAL, BLACK});
                assert(!f_m_beside || m_data[15:8] == NEUTRAL);
                assert(m_data[7:0] == (f_m_covered ? BLACK : f_m_data[7:0]) && m_data[15:8] == (f_m_pair ? NEUTRAL : f_m_data[15:8]));
            end
        end
    end
    always @(posedge clk) if (f_past && !rst) begin
        cover(m_valid && f_m_in && m_data[7:0] == BLACK);
        cover(m_valid && f_m_beside && !f_m_in);
    end
`endif // FORMAL
endmodule
`resetall
