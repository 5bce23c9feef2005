// SPDX-License-Identifier: Apache-2.0
// Plates, the cell side of one to three lanes: rows of edge counts become runs at each density level, and those components.
//
// A row is walked when its last cell is there, once a level; the window of 5x3 cells then centres on the row before. A run has at least
// 3 cells (opening 1x3), gaps of up to 2 are closed. After the last row one more walk and one more end of row empty the components.
// Each lane is half as wide and high as the one before; a row of a smaller lane comes right after the one that completes it.
// The context of a component is lane * LEVELS + level.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module plate_walk #(
    parameter LANES     = 1,
    parameter LEVELS    = 3,
    parameter [39:0] LEVEL = {8'd0, 8'd0, 8'd11, 8'd22, 8'd31},   // least edges in 5x3 cells, of 120, the first level in the low byte
    parameter CELL_W    = 9,
    parameter Y_W       = 10,
    parameter ROWS_W    = 2,
    parameter CONTEXT_W = 2
) (
    input  wire                 clk,
    input  wire                 start, finish,
    input  wire [CELL_W-1:0]    cells,          // in a row of the first lane
    input  wire [Y_W-1:0]       cell_rows,      // of the first lane
    input  wire [LANES*Y_W-1:0] rows,           // that are there
    output reg  [LANES-1:0]     fresh_read,
    output wire [ROWS_W-1:0]    fresh_row,
    output wire [CELL_W-1:0]    fresh_x,
    input  wire [LANES*4-1:0]   fresh_q,        // two clocks later
    output wire                 c_valid,
    input  wire                 c_ready,
    output wire [CONTEXT_W-1:0] c_context,
    output wire [CELL_W-1:0]    c_x0, c_x1,
    output wire [Y_W-1:0]       c_y0, c_y1,
    output wire [11:0]          c_n,
    output wire [14:0]          c_t,
    output wire [9:0]           c_m,
    output wire [15:0]          drops,
    output reg                  done            // since start: the frame's last component went out
);
    localparam HISTORY_W = CELL_W + (LANES > 1 ? 2 : 0);
    localparam [3:0] SETTLE = 0, IDLE = 1, LOAD = 2, PREPARE = 3, BEGIN = 4, WALK = 5, DRAIN = 6, FLUSH = 7, ROW_END = 8, FRAME_END = 9;
    localparam [2:0] LEVEL_LAST = LEVELS - 1;
    localparam [1:0] LANE_LAST = LANES - 1;

    reg  [3:0]        state;
    reg  [1:0]        lane;
    reg  [2:0]        level;
    reg  [CONTEXT_W-1:0] context_now, context_base;
    reg  [6:0]        level_of;
    reg  [Y_W-1:0]    row, row0, row1, row2;
    reg               finishing, ending, walked;
    reg               row_first, row_old;              // the frame's first; there is one two before
    reg  [CELL_W-1:0] cells_here;
    reg  [CELL_W:0]   x, x_last;

    // which lanes have a row to be walked
    reg  [2:0]        there;
    reg               due1, due2, all;
    wire [Y_W-1:0]    rows1, rows2;
    wire [3:0]        fresh_now;
    generate
        if (LANES > 1) begin : several
            assign rows1 = rows[2*Y_W-1:Y_W];
            assign rows2 = rows[3*Y_W-1:2*Y_W];
            assign fresh_now = lane == 2'd0 ? fresh_q[3:0] : lane == 2'd1 ? fresh_q[7:4] : fresh_q[11:8];
        end else begin : alone
            assign rows1 = {Y_W{1'b0}};
            assign rows2 = {Y_W{1'b0}};
            assign fresh_now = fresh_q;
        end
    endgenerate
    wire [1:0]        lane_next = due2 ? 2'd2 : due1 ? 2'd1 : 2'd0;

    // a cell on its way: a read, b there, c its column, d in the window, e dense or not
    reg  [7:0]        history [0:(1 << HISTORY_W) - 1];   // {one row before, two rows before}
    reg  [7:0]        history_q, earlier;
    reg               a_go, a_inside, a_centre, a_reach, b_go, b_inside, b_centre, b_reach, c_go, c_centre, c_reach, d_go, d_centre, d_reach, e_go, dense;
    reg  [HISTORY_W-1:0] a_at, b_at;
    reg  [4:0]        column;
    reg  [24:0]       columns;                            // the five before
    reg  [6:0]        window;
    reg  [3:0]        c_one, one0, one1, one2, e_one;
    reg  [CELL_W-1:0] e_at;
    wire [3:0]        now = b_inside && !ending ? fresh_now : 4'd0;
    wire [3:0]        one = b_inside ? earlier[7:4] : 4'd0;
    wire [3:0]        two = b_inside && row_old ? earlier[3:0] : 4'd0;

    reg               dense_before;
    reg  [1:0]        length;                             // of what is dense, at most 3
    reg               far;                                // from the run that waits
    reg  [CELL_W-1:0] from;
    reg  [11:0]       edges, from_edges;
    reg               have;                               // a run that waits for its end
    reg  [CELL_W-1:0] x0, x1;
    reg  [11:0]       first_edges, t;
    wire              closes = e_go && !dense && dense_before && length == 2'd3;
    wire              fresh_run = !have || far;

    // a run, or the end of a row, on its way
    reg               r_valid, r_end, run_valid, run_end, run_m;
    reg  [CONTEXT_W-1:0] run_context;
    reg  [Y_W-1:0]    run_y;
    reg  [CELL_W-1:0] r_x0, r_x1, run_x0, run_x1;
    reg  [CELL_W-1:0] r_n;
    reg  [11:0]       r_t, run_t;
    reg               r_frame_end;
    reg  [CONTEXT_W-1:0] r_context;
    wire              run_full;
    wire              step = state == WALK && !run_full;
    wire              row_ends = state == ROW_END && !run_full;
    wire              frame_ends = state == FRAME_END && !run_full;

    integer k;
    always @* begin
        fresh_read = {LANES{1'b0}};
        for (k = 0; k < LANES; k = k + 1)
            fresh_read[k] = step && {30'd0, lane} == k;
    end
    assign fresh_row = row[ROWS_W-1:0];
    assign fresh_x = x[CELL_W-1:0];

    wire [HISTORY_W-1:0] at;
    generate
        if (LANES > 1) begin : history_lanes
            assign at = {lane, x[CELL_W-1:0]};
        end else begin : history_lane
            assign at = x[CELL_W-1:0];
        end
    endgenerate

    always @(posedge clk) begin
        if (finish)
            finishing <= 1'b1;
        there <= {rows2 != row2, rows1 != row1, rows[Y_W-1:0] != row0};
        due1 <= LANES > 1 && row1 != {1'b0, row0[Y_W-1:1]};
        due2 <= LANES > 1 && row2 != {1'b0, row1[Y_W-1:1]};
        all <= finishing && row0 == cell_rows;
        case (state)
        SETTLE:
            state <= IDLE;
        IDLE:
            if (there[lane_next]) begin
                lane <= lane_next;
                ending <= 1'b0;
                state <= LOAD;
            end else if (all && !due1 && !due2 && !walked) begin
                lane <= 2'd0;
                ending <= 1'b1;
                state <= LOAD;
            end
        LOAD: begin
            row <= lane == 2'd0 ? row0 : lane == 2'd1 ? row1 : row2;
            cells_here <= cells >> lane;
            context_base <= lane == 2'd0 ? 0 : lane == 2'd1 ? LEVELS : 2 * LEVELS;
            state <= PREPARE;
        end
        PREPARE: begin
            row_first <= row == 0;
            row_old <= row > 1;
            level <= row == 0 ? LEVEL_LAST : 3'd0;
            context_now <= context_base;
            x_last <= {1'b0, cells_here} + {{(CELL_W - 1){1'b0}}, 2'd2};
            state <= BEGIN;
        end
        BEGIN: begin
            level_of <= LEVEL[{level, 3'd0} +: 7];
            x <= 0;
            columns <= 25'd0;
            window <= 7'd0;
            one0 <= 4'd0;
            one1 <= 4'd0;
            edges <= 12'd0;
            dense_before <= 1'b0;
            have <= 1'b0;
            state <= WALK;
        end
        WALK:
            if (step) begin
                x <= x + 1'b1;
                if (x == x_last)
                    state <= DRAIN;
            end
        DRAIN:
            if (!a_go && !b_go && !c_go && !d_go)
                state <= FLUSH;
        FLUSH:
            state <= ROW_END;
        ROW_END:
            if (!run_full) begin
                level <= level + 3'd1;
                context_now <= context_now + 1'b1;
                state <= BEGIN;
                if (level == LEVEL_LAST) begin
                    level <= 3'd0;
                    context_now <= context_base;
                    state <= FRAME_END;
                    if (!ending) begin
                        if (lane == 2'd0) row0 <= row0 + 1'b1;
                        if (lane == 2'd1) row1 <= row1 + 1'b1;
                        if (lane == 2'd2) row2 <= row2 + 1'b1;
                        state <= SETTLE;
                    end
                end
            end
        FRAME_END:
            if (!run_full) begin
                level <= level + 3'd1;
                context_now <= context_now + 1'b1;
                if (level == LEVEL_LAST) begin
                    lane <= lane + 2'd1;
                    walked <= lane == LANE_LAST;
                    state <= lane == LANE_LAST ? SETTLE : LOAD;
                end
            end
        default:
            state <= IDLE;
        endcase

        a_go <= step;
        if (step) begin
            history_q <= history[at];
            a_at <= at;
            a_inside <= x < {1'b0, cells_here};
            a_centre <= x > 1;
            a_reach <= x != x_last;
        end
        b_go <= a_go;
        if (a_go) begin
            earlier <= history_q;
            b_at <= a_at;
            b_inside <= a_inside;
            b_centre <= a_centre;
            b_reach <= a_reach;
        end
        c_go <= b_go;
        if (b_go) begin
            if (b_inside && level == LEVEL_LAST)
                history[b_at] <= {fresh_now, earlier[7:4]};
            column <= {1'b0, now} + {1'b0, one} + {1'b0, two};
            c_one <= one;
            c_centre <= b_centre;
            c_reach <= b_reach;
        end
        d_go <= c_go;
        if (c_go) begin
            columns <= {columns[19:0], column};
            window <= window + {2'd0, column} - {2'd0, columns[24:20]};
            one0 <= c_one;
            one1 <= one0;
            one2 <= one1;
            d_centre <= c_centre;
            d_reach <= c_reach;
        end
        e_go <= d_go && d_centre;
        if (d_go) begin
            dense <= d_reach && window >= level_of;
            e_one <= one2;
            e_at <= d_centre ? e_at + 1'b1 : {CELL_W{1'b1}};
        end
        if (e_go) begin
            edges <= edges + {8'd0, e_one};
            dense_before <= dense;
            if (dense && !dense_before) begin
                length <= 2'd1;
                from <= e_at;
                from_edges <= edges;
                far <= e_at - x1 > 3;
            end else if (dense && length != 2'd3) begin
                length <= length + 2'd1;
            end
        end
        if (closes) begin
            have <= 1'b1;
            x1 <= e_at - 1'b1;
            if (fresh_run) begin
                x0 <= from;
                first_edges <= from_edges;
            end
            t <= edges - (fresh_run ? from_edges : first_edges);
        end

        r_valid <= 1'b0;
        r_end <= 1'b0;
        if (!row_first && ((closes && have && far) || (state == FLUSH && have))) begin
            r_valid <= 1'b1;
            r_x0 <= x0;
            r_x1 <= x1;
            r_n <= x1 - x0 + 1'b1;
            r_t <= t;
        end
        if ((row_ends && !row_first) || frame_ends) begin
            r_valid <= 1'b1;
            r_end <= 1'b1;
        end
        r_context <= context_now;
        r_frame_end <= frame_ends;
        run_valid <= r_valid;
        run_end <= r_end;
        if (r_valid) begin
            run_context <= r_context;
            run_y <= r_frame_end ? row : row - 1'b1;
            run_x0 <= r_x0;
            run_x1 <= r_x1;
            run_t <= r_t;
            run_m <= r_t >= {{(11 - CELL_W){1'b0}}, r_n, 1'b0};
        end
        if (start) begin
            state <= SETTLE;
            row0 <= 0;
            row1 <= 0;
            row2 <= 0;
            there <= 3'd0;
            finishing <= 1'b0;
            all <= 1'b0;
            walked <= 1'b0;
            a_go <= 1'b0;
            b_go <= 1'b0;
            c_go <= 1'b0;
            d_go <= 1'b0;
            e_go <= 1'b0;
            r_valid <= 1'b0;
            run_valid <= 1'b0;
        end
    end

    wire idle;
    wire unused_sx, unused_sy;
    components #(
        .LABEL_W(7), .X_W(CELL_W), .Y_W(Y_W), .N_W(12), .CONTEXT_W(CONTEXT_W), .T_W(15), .S_W(1), .M_W(10), .RUN_T_W(12), .RUN_S_W(1), .RUN_M_W(1),
        .SUM_M(1), .MOMENTS(0), .EMPTY(0)
    ) components_ (
        .clk(clk), .start(start),
        .in_valid(run_valid), .in_end(run_end), .in_context(run_context), .in_y(run_y), .in_x0(run_x0), .in_x1(run_x1),
        .in_fx0(run_x0), .in_fx1(run_x1), .in_n({CELL_W{1'b0}}), .in_t(run_t), .in_sx(1'b0), .in_m(run_m),
        .in_full(run_full), .idle(idle),
        .out_valid(c_valid), .out_ready(c_ready), .out_context(c_context), .out_x0(c_x0), .out_x1(c_x1), .out_y0(c_y0), .out_y1(c_y1), .out_n(c_n),
        .out_t(c_t), .out_sx(unused_sx), .out_sy(unused_sy), .out_m(c_m), .drops(drops)
    );
    wire unused = &{1'b0, unused_sx, unused_sy};
    always @(posedge clk)
        done <= walked && !r_valid && idle && !start;
endmodule
`resetall
