// SPDX-License-Identifier: Apache-2.0
// Plate candidates in one scale of the picture: areas where strong edges of alternating sign are dense.
//
// Sobel-x; an edge is strong from cfg_edge and from 1.5 times the mean gradient of the 16x8 blocks of 8x8 px around (of the block rows
// that are finished, as a fading sum); it counts when the one before it in the line had the other sign and lies at most 12 px to the
// left. Counts of cells of 4x2 px; windows of 5x3 cells; three density levels; runs opened and closed by 1x3; components.
// Per pixel only the gradient, the comparison and the count; all else happens a cell at a time while the next lines come.
// The lane's line may be followed at once by a line of the scale above, but not by one of its own (a halved picture has such gaps).
`resetall
`timescale 1ns / 1ps
`default_nettype none

module plate_lane #(
    parameter MAX_W = 960
) (
    input  wire        clk,
    input  wire        start, finish,     // of a frame; some clocks behind the pixels
    input  wire [9:0]  width,             // of this scale
    input  wire [8:0]  cell_rows,         // half its height
    input  wire [7:0]  cfg_edge,
    input  wire        s_valid,
    input  wire [7:0]  s_luma,
    input  wire [11:0] s_x, s_y,
    output wire        c_valid,           // components
    input  wire        c_ready,
    output wire [7:0]  c_x0, c_x1,
    output wire [8:0]  c_y0, c_y1,
    output wire [15:0] c_n,
    output wire [19:0] c_t,
    output wire [15:0] c_m,
    output wire [15:0] drops,
    output wire        done               // since start: the frame's last component went out
);
    localparam ADDRESS_W = $clog2(MAX_W);
    localparam BLOCK_W = ADDRESS_W - 3;
    localparam CELL_W = ADDRESS_W - 2;

    // gradient
    reg [15:0]         lines [0:(1 << ADDRESS_W) - 1];   // {two lines before, one line before}
    reg [15:0]         above;
    reg                g0_valid;
    reg [7:0]          g0_luma;
    reg [ADDRESS_W-1:0] g0_x;
    reg [2:0]          g0_y;
    reg                g0_inner, g0_early, g0_last;
    reg [9:0]          column1, column2;
    wire [9:0]         column = {2'd0, above[15:8]} + {1'b0, above[7:0], 1'b0} + {2'd0, g0_luma};
    wire signed [10:0] gradient = g0_inner ? $signed({1'b0, column}) - $signed({1'b0, column2}) : 11'sd0;

    // strong edges that alternate
    reg [10:0]         limits [0:(1 << BLOCK_W) - 1];
    reg [10:0]         limit_q;
    reg                g1_valid, g1_negative, g1_early, g1_last;
    reg [9:0]          g1_size;
    reg [ADDRESS_W-1:0] g1_x;
    reg [2:0]          g1_y;
    wire [10:0]        limit = g1_early ? {3'd0, cfg_edge} : limit_q;
    wire               is_strong = {1'b0, g1_size} >= limit;
    reg                any, sign;
    reg [3:0]          distance;
    wire               line_first = g1_x == 0;
    wire [3:0]         distance_now = line_first ? 4'd1 : distance + {3'd0, !(&distance)};
    wire               counts = is_strong && any && !line_first && g1_negative != sign && distance_now <= 4'd12;

    // blocks and cells
    reg [15:0]         blocks [0:(1 << BLOCK_W) - 1];
    reg [15:0]         block_q, block;
    wire [15:0]        block_now = (g1_x[2:0] == 3'd0 ? (g1_y == 3'd0 ? 16'd0 : block_q) : block) + {6'd0, g1_size};
    reg [2:0]          evens [0:(1 << CELL_W) - 1];
    reg [2:0]          even_q, in_cell;
    wire [2:0]         in_cell_now = (g1_x[1:0] == 2'd0 ? 3'd0 : in_cell) + {2'd0, counts};
    reg [3:0]          fresh [0:(2 << CELL_W) - 1];      // two rows of cells
    reg [8:0]          rows;                             // finished
    reg                mean_start;

    always @(posedge clk) begin
        g0_valid <= s_valid;
        if (s_valid) begin
            above <= lines[s_x[ADDRESS_W-1:0]];
            g0_luma <= s_luma;
            g0_x <= s_x[ADDRESS_W-1:0];
            g0_y <= s_y[2:0];
            g0_inner <= s_x >= 12'd2 && s_y >= 12'd2;
            g0_early <= s_y < 12'd8;
            g0_last <= s_x + 12'd1 == {2'd0, width};
        end
        g1_valid <= g0_valid;
        if (g0_valid) begin
            lines[g0_x] <= {above[7:0], g0_luma};
            column1 <= column;
            column2 <= column1;
            g1_negative <= gradient < 0;
            g1_size <= gradient < 0 ? -gradient[9:0] : gradient[9:0];
            g1_x <= g0_x;
            g1_y <= g0_y;
            g1_early <= g0_early;
            g1_last <= g0_last;
            limit_q <= limits[g0_x[ADDRESS_W-1:3]];
            block_q <= blocks[g0_x[ADDRESS_W-1:3]];
            even_q <= evens[g0_x[ADDRESS_W-1:2]];
        end
        mean_start <= 1'b0;
        if (g1_valid) begin
            distance <= is_strong ? 4'd0 : distance_now;
            if (is_strong) begin
                any <= 1'b1;
                sign <= g1_negative;
            end else if (line_first) begin
                any <= 1'b0;
            end
            block <= block_now;
            if (g1_x[2:0] == 3'd7 || g1_last)
                blocks[g1_x[ADDRESS_W-1:3]] <= block_now;
            in_cell <= in_cell_now;
            if (g1_x[1:0] == 2'd3 && !g1_y[0])
                evens[g1_x[ADDRESS_W-1:2]] <= in_cell_now;
            if (g1_x[1:0] == 2'd3 && g1_y[0])
                fresh[{rows[0], g1_x[ADDRESS_W-1:2]}] <= {1'b0, even_q} + {1'b0, in_cell_now};
            if (g1_last && g1_y[0])
                rows <= rows + 9'd1;
            mean_start <= g1_last && g1_y == 3'd7;
        end
        if (start)
            rows <= 9'd0;
    end

    // thresholds of the next block row, while the scale above has a line of its own
    localparam [2:0] M_IDLE = 0, M_FADE = 1, M_FIRST = 2, M_AHEAD = 3, M_BEHIND = 4, M_WAIT = 5;
    reg [18:0]        means [0:(1 << BLOCK_W) - 1];
    reg [18:0]        mean_q;
    reg [15:0]        mean_block_q;
    reg [2:0]         m_state;
    reg               m_early;                     // the first block row of the frame
    reg [BLOCK_W:0]   m_b;
    reg               m_valid;
    reg [BLOCK_W-1:0] m_at;
    reg [22:0]        m_sum;
    // In the smaller scales the upper bits of a width are 0; a read index never needs its guard bit.
    /* verilator lint_off UNUSEDSIGNAL */
    wire [9:0]        m_last_of = (width - 10'd1) >> 3;
    wire [BLOCK_W:0]  m_last = m_last_of[BLOCK_W:0];
    wire [BLOCK_W:0]  m_ahead = m_b + 8 > m_last ? m_last : m_b + 8;
    wire [BLOCK_W:0]  m_behind = m_b < 8 ? 0 : m_b - 8;
    wire [BLOCK_W:0]  m_head = m_b > m_last ? m_last : m_b;
    wire [BLOCK_W:0]  m_read = m_state == M_FADE ? m_b : m_state == M_FIRST ? m_head : m_state == M_AHEAD ? m_ahead : m_behind;
    /* verilator lint_on UNUSEDSIGNAL */
    wire [10:0]       m_limit = {1'b0, m_sum[22:13]} + {2'd0, m_sum[22:14]};
    wire [18:0]       faded = m_early ? {mean_block_q, 3'd0} : mean_q - {3'd0, mean_q[18:3]} + {3'd0, mean_block_q};
    wire              m_fade_write = m_state == M_FADE && m_valid;
    always @(posedge clk) begin
        if (mean_start) begin
            m_state <= M_FADE;
            m_b <= 0;
            m_valid <= 1'b0;
        end else if (m_state != M_IDLE) begin
            mean_q <= means[m_read[BLOCK_W-1:0]];
            case (m_state)
            M_FADE: begin
                mean_block_q <= blocks[m_b[BLOCK_W-1:0]];
                m_valid <= m_b <= m_last;
                m_at <= m_b[BLOCK_W-1:0];
                m_b <= m_b + 1'b1;
                if (m_b > m_last) begin
                    m_b <= 0;
                    m_sum <= 23'd0;
                    m_early <= 1'b0;
                    m_valid <= 1'b0;
                    m_state <= M_FIRST;
                end
            end
            M_FIRST: begin                         // eight times the first block, then the eight from there on
                if (m_valid)
                    m_sum <= m_sum + (m_b == 1 ? {1'b0, mean_q, 3'd0} + {4'd0, mean_q} : {4'd0, mean_q});
                m_valid <= m_b < 8;
                m_b <= m_b + 1'b1;
                if (m_b == 8) begin
                    m_b <= 0;
                    m_valid <= 1'b0;
                    m_state <= M_AHEAD;
                end
            end
            M_AHEAD:
                m_state <= M_BEHIND;
            M_BEHIND: begin
                m_sum <= m_sum + {4'd0, mean_q};
                m_state <= M_WAIT;
            end
            M_WAIT: begin
                m_sum <= m_sum - {4'd0, mean_q};
                m_b <= m_b + 1'b1;
                m_state <= m_b == m_last ? M_IDLE : M_AHEAD;
            end
            default:
                m_state <= M_IDLE;
            endcase
        end
        if (m_fade_write)
            means[m_at] <= faded;
        if (m_state == M_AHEAD)
            limits[m_b[BLOCK_W-1:0]] <= m_limit > {3'd0, cfg_edge} ? m_limit : {3'd0, cfg_edge};
        if (start) begin
            m_state <= M_IDLE;
            m_early <= 1'b1;
        end
    end

    wire [CELL_W:0]   fresh_at;
    wire              fresh_read;
    reg  [3:0]        fresh_q;
    plate_walk #(.CELL_W(CELL_W)) walk_ (
        .clk(clk), .start(start), .finish(finish),
        .cells(width[9:2]), .cell_rows(cell_rows), .rows(rows),
        .fresh_at(fresh_at), .fresh_q(fresh_q), .fresh_read(fresh_read),
        .c_valid(c_valid), .c_ready(c_ready), .c_x0(c_x0), .c_x1(c_x1), .c_y0(c_y0), .c_y1(c_y1), .c_n(c_n), .c_t(c_t), .c_m(c_m),
        .drops(drops), .done(done)
    );
    always @(posedge clk)
        if (fresh_read)
            fresh_q <= fresh[fresh_at];
endmodule
`resetall
