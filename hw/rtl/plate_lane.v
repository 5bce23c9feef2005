// SPDX-License-Identifier: Apache-2.0
// Plate candidates, the pixel side of one scale: counts of strong edges of alternating sign.
//
// Sobel-x; an edge is strong from cfg_edge and from 1.5 times the mean gradient of the 16x8 blocks of 8x8 px around (the block rows as a
// fading sum; it counts from the row after the next one on, so that no line waits for it); it counts when the one before it in the
// line had the other sign and lies at most 12 px to the left. Counts are of cells of 4x2 px; the last 2^ROWS_W rows of cells are kept.
// One pixel a clock, lines at once behind one another.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module plate_lane #(
    parameter MAX_W = 1920,
    parameter ROWS_W = 2
) (
    input  wire        clk,
    input  wire        start,             // of a frame; some clocks behind the pixels
    input  wire [10:0] width,             // of this scale
    input  wire [7:0]  cfg_edge,
    input  wire        s_valid,
    input  wire [7:0]  s_luma,
    input  wire [11:0] s_x, s_y,
    output reg  [9:0]  rows,              // of cells, that are there
    input  wire        read,
    input  wire [ROWS_W-1:0] read_row,
    // The smaller scales have fewer cells.
    /* verilator lint_off UNUSEDSIGNAL */
    input  wire [8:0]  read_x,
    /* verilator lint_on UNUSEDSIGNAL */
    output reg  [3:0]  read_q             // two clocks later
);
    localparam ADDRESS_W = $clog2(MAX_W);
    localparam BLOCK_W = ADDRESS_W - 3;
    localparam CELL_W = ADDRESS_W - 2;

    // gradient; what a table gives waits for a clock before it is used
    reg [15:0]          lines [0:(1 << ADDRESS_W) - 1];   // {two lines before, one line before}
    reg [15:0]          above_q, above;
    reg                 a_valid, a_inner, a_last;
    reg [7:0]           a_luma;
    reg [ADDRESS_W-1:0] a_x;
    reg [4:0]           a_y;                        // {16 or more, its last four bits}
    reg                 g0_valid, g0_inner, g0_last;
    reg [7:0]           g0_luma;
    reg [ADDRESS_W-1:0] g0_x;
    reg [4:0]           g0_y;
    reg                 g1_valid, g1_inner, g1_last;
    reg [ADDRESS_W-1:0] g1_x;
    reg [4:0]           g1_y;
    reg [9:0]           column, column1, column2;
    reg                 g2_valid, g2_last;
    reg [ADDRESS_W-1:0] g2_x;
    reg [4:0]           g2_y;
    reg signed [10:0]   gradient;

    // strong edges that alternate
    reg [10:0]          limits [0:(2 << BLOCK_W) - 1];    // of odd and even rows of blocks
    reg [10:0]          limit_q, limit;
    reg                 g3_valid, g3_negative, g3_last;
    reg [9:0]           g3_size;
    reg [ADDRESS_W-1:0] g3_x;
    reg [4:0]           g3_y;
    wire [10:0]         limit_now = g3_y[4] ? limit : {3'd0, cfg_edge};
    reg                 g4_valid, g4_strong, g4_negative, g4_first, g4_last, g4_odd;
    reg [CELL_W+1:0]    g4_x;
    reg                 any, sign;
    reg [3:0]           distance;
    wire [3:0]          distance_now = g4_first ? 4'd1 : distance + {3'd0, !(&distance)};
    reg                 g5_valid, g5_counts, g5_last, g5_odd;
    reg [CELL_W+1:0]    g5_x;

    // blocks and cells
    reg [15:0]          blocks [0:(1 << BLOCK_W) - 1];
    reg [15:0]          block_q, block_before, block;
    wire [15:0]         block_now = (g3_x[2:0] == 3'd0 ? (g3_y[2:0] == 3'd0 ? 16'd0 : block_before) : block) + {6'd0, g3_size};
    wire                block_end = g3_x[2:0] == 3'd7 || g3_last;
    reg [2:0]           evens [0:(1 << CELL_W) - 1];
    reg [2:0]           even_q, even, in_cell;
    wire [2:0]          in_cell_now = (g5_x[1:0] == 2'd0 ? 3'd0 : in_cell) + {2'd0, g5_counts};
    reg [3:0]           fresh [0:(1 << (ROWS_W + CELL_W)) - 1];

    reg                 reading;
    reg [3:0]           read_table;

    // sums of blocks over rows, and the limits from them
    localparam [2:0] M_IDLE = 0, M_FIRST = 1, M_AHEAD = 2, M_BEHIND = 3, M_MORE = 4, M_LESS = 5;
    reg [18:0]          means [0:(1 << BLOCK_W) - 1];
    reg [18:0]          mean_q, mean;
    reg                 fade, fade_first, fade_last;
    reg [BLOCK_W-1:0]   fade_at;
    reg [15:0]          fade_block;
    reg [18:0]          fade_mean;
    reg                 fade_bank;
    wire [18:0]         faded = fade_first ? {fade_block, 3'd0} : fade_mean - {3'd0, fade_mean[18:3]} + {3'd0, fade_block};
    reg [2:0]           m_state;
    reg                 m_bank;
    reg [BLOCK_W:0]     m_b;
    reg [22:0]          m_sum;
    // In the smaller scales the upper bits of a width are 0; a read index never needs its guard bit.
    /* verilator lint_off UNUSEDSIGNAL */
    wire [10:0]         m_last_of = (width - 11'd1) >> 3;
    reg [BLOCK_W:0]     m_last;
    reg [BLOCK_W:0]     m_ahead, m_behind, m_head;
    /* verilator lint_on UNUSEDSIGNAL */
    reg [10:0]          m_limit;
    wire [10:0]         m_edge = {3'd0, cfg_edge};

    always @(posedge clk) begin
        a_valid <= s_valid;
        if (s_valid) begin
            above_q <= lines[s_x[ADDRESS_W-1:0]];
            a_luma <= s_luma;
            a_x <= s_x[ADDRESS_W-1:0];
            a_y <= {|s_y[11:4], s_y[3:0]};
            a_inner <= s_x >= 12'd2 && s_y >= 12'd2;
            a_last <= s_x + 12'd1 == {1'b0, width};
        end
        g0_valid <= a_valid;
        if (a_valid) begin
            above <= above_q;
            g0_luma <= a_luma;
            g0_x <= a_x;
            g0_y <= a_y;
            g0_inner <= a_inner;
            g0_last <= a_last;
        end
        g1_valid <= g0_valid;
        if (g0_valid) begin
            lines[g0_x] <= {above[7:0], g0_luma};
            column <= {2'd0, above[15:8]} + {1'b0, above[7:0], 1'b0} + {2'd0, g0_luma};
            column1 <= column;
            column2 <= column1;
            g1_x <= g0_x;
            g1_y <= g0_y;
            g1_inner <= g0_inner;
            g1_last <= g0_last;
        end
        g2_valid <= g1_valid;
        if (g1_valid) begin
            gradient <= g1_inner ? $signed({1'b0, column}) - $signed({1'b0, column2}) : 11'sd0;
            g2_x <= g1_x;
            g2_y <= g1_y;
            g2_last <= g1_last;
            limit_q <= limits[{g1_y[3], g1_x[ADDRESS_W-1:3]}];
            block_q <= blocks[g1_x[ADDRESS_W-1:3]];
        end
        g3_valid <= g2_valid;
        if (g2_valid) begin
            g3_negative <= gradient[10];
            g3_size <= gradient[10] ? -gradient[9:0] : gradient[9:0];
            g3_x <= g2_x;
            g3_y <= g2_y;
            g3_last <= g2_last;
            limit <= limit_q;
            block_before <= block_q;
        end
        g4_valid <= g3_valid;
        fade <= 1'b0;
        if (g3_valid) begin
            g4_strong <= {1'b0, g3_size} >= limit_now;
            g4_negative <= g3_negative;
            g4_first <= g3_x == 0;
            g4_x <= g3_x[CELL_W+1:0];
            g4_odd <= g3_y[0];
            g4_last <= g3_last;
            even_q <= evens[g3_x[ADDRESS_W-1:2]];
            block <= block_now;
            if (block_end)
                blocks[g3_x[ADDRESS_W-1:3]] <= block_now;
            fade <= block_end && g3_y[2:0] == 3'd7;
            fade_first <= !g3_y[4] && !g3_y[3];
            fade_last <= g3_last;
            fade_at <= g3_x[ADDRESS_W-1:3];
            fade_block <= block_now;
            fade_mean <= mean;
            fade_bank <= g3_y[3];
        end
        g5_valid <= g4_valid;
        if (g4_valid) begin
            g5_counts <= g4_strong && any && !g4_first && g4_negative != sign && distance_now <= 4'd12;
            distance <= g4_strong ? 4'd0 : distance_now;
            if (g4_strong) begin
                any <= 1'b1;
                sign <= g4_negative;
            end else if (g4_first) begin
                any <= 1'b0;
            end
            even <= even_q;
            g5_x <= g4_x;
            g5_odd <= g4_odd;
            g5_last <= g4_last;
        end
        if (g5_valid) begin
            in_cell <= in_cell_now;
            if (g5_x[1:0] == 2'd3 && !g5_odd)
                evens[g5_x[CELL_W+1:2]] <= in_cell_now;
            if (g5_x[1:0] == 2'd3 && g5_odd)
                fresh[{rows[ROWS_W-1:0], g5_x[CELL_W+1:2]}] <= {1'b0, even} + {1'b0, in_cell_now};
            if (g5_last && g5_odd)
                rows <= rows + 10'd1;
        end
        if (start)
            rows <= 10'd0;
        reading <= read;
        if (read)
            read_table <= fresh[{read_row, read_x[CELL_W-1:0]}];
        if (reading)
            read_q <= read_table;
    end

    // limits for the row of blocks after the next one: eight times the first block and the eight from there on, then a step a block
    wire m_open = m_state != M_IDLE;
    reg  m_read;
    reg  [BLOCK_W-1:0] m_read_at;
    always @* begin
        m_read = m_open;
        case (m_state)
        M_FIRST: m_read_at = m_head[BLOCK_W-1:0];
        M_AHEAD: m_read_at = m_ahead[BLOCK_W-1:0];
        default: m_read_at = m_behind[BLOCK_W-1:0];
        endcase
        if (!m_open) begin
            m_read = g1_valid;
            m_read_at = g1_x[ADDRESS_W-1:3];
        end
    end
    always @(posedge clk) begin
        if (fade)
            means[fade_at] <= faded;
        if (m_read)
            mean_q <= means[m_read_at];
        if (m_open || g2_valid)
            mean <= mean_q;
        if (fade && fade_last) begin
            m_state <= M_FIRST;
            m_bank <= fade_bank;
            m_b <= 0;
            m_head <= 0;
            m_last <= m_last_of[BLOCK_W:0];
            m_sum <= 23'd0;
        end else if (m_open) begin
            case (m_state)
            M_FIRST: begin
                if (m_b >= 2)
                    m_sum <= m_sum + (m_b == 2 ? {1'b0, mean, 3'd0} : 23'd0) + {4'd0, mean};
                m_b <= m_b + 1'b1;
                m_head <= m_head == m_last ? m_last : m_head + 1'b1;
                if (m_b == 9) begin
                    m_b <= 0;
                    m_ahead <= m_last < 8 ? m_last : 8;
                    m_behind <= 0;
                    m_state <= M_AHEAD;
                end
            end
            M_AHEAD: begin
                m_limit <= {1'b0, m_sum[22:13]} + {2'd0, m_sum[22:14]};
                m_state <= M_BEHIND;
            end
            M_BEHIND: begin
                m_limit <= m_limit > m_edge ? m_limit : m_edge;
                m_state <= M_MORE;
            end
            M_MORE: begin
                m_sum <= m_sum + {4'd0, mean};
                m_state <= M_LESS;
            end
            M_LESS: begin
                m_sum <= m_sum - {4'd0, mean};
                limits[{m_bank, m_b[BLOCK_W-1:0]}] <= m_limit;
                m_b <= m_b + 1'b1;
                m_ahead <= m_ahead == m_last ? m_last : m_ahead + 1'b1;
                m_behind <= m_b < 8 ? 0 : m_behind + 1'b1;
                m_state <= m_b == m_last ? M_IDLE : M_AHEAD;
            end
            default:
                m_state <= M_IDLE;
            endcase
        end
        if (start)
            m_state <= M_IDLE;
    end
endmodule
`resetall
