// SPDX-License-Identifier: Apache-2.0
// Plates, the cell side of a lane: rows of edge counts become runs at three density levels, and those components.
//
// A row is walked when its last cell is there, once a level; the window of 5x3 cells then centres on the row before. A run has at least
// 3 cells (opening 1x3), gaps of up to 2 are closed. After the last row one more walk and one more end of row empty the components.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module plate_walk #(
    parameter CELL_W = 8
) (
    input  wire              clk,
    input  wire              start, finish,
    input  wire [7:0]        cells,          // in a row
    input  wire [8:0]        cell_rows,
    input  wire [8:0]        rows,           // that are there
    output wire              fresh_read,
    output wire [CELL_W:0]   fresh_at,       // {parity of the row, cell}
    input  wire [3:0]        fresh_q,
    output wire              c_valid,
    input  wire              c_ready,
    output wire [7:0]        c_x0, c_x1,
    output wire [8:0]        c_y0, c_y1,
    output wire [15:0]       c_n,
    output wire [19:0]       c_t,
    output wire [15:0]       c_m,
    output wire [15:0]       drops,
    output wire              done
);
    localparam [2:0] IDLE = 0, WALK = 1, DRAIN = 2, FLUSH = 3, ROW_END = 4, FRAME_END = 5;
    localparam [1:0] LEVEL_LAST = 2'd2;
    localparam [7:0] RUN_LEAST = 8'd3;
    localparam [7:0] GAP_MOST = 8'd2;

    reg [2:0] state;
    reg [1:0] level;
    reg [8:0] row;
    reg       finishing, walked;
    reg [7:0] x;
    reg       b_valid;
    reg [7:0] b_x;
    reg [7:0] history [0:(1 << CELL_W) - 1];       // {one row before, two rows before}
    reg [7:0] history_q;

    // edges in a window of 5x3 cells, of at most 120; chosen with detect-measure on renderings and pictures
    wire [6:0] level_of = level == 2'd0 ? 7'd28 : level == 2'd1 ? 7'd18 : 7'd11;

    reg [24:0] columns;                            // the five before
    reg [6:0]  window;
    reg [3:0]  middle0, middle1;
    reg        dense_before;
    reg [10:0] edges;

    reg [7:0]  from;                               // dense since
    reg [10:0] from_edges;
    reg        have;                               // a run that waits for its end
    reg [7:0]  x0, x1;
    reg [10:0] first_edges, t;
    // What a step computes; without one it does not matter, which saves a simulator the work.
    reg        in_row, dense, closes, apart, fresh_run;
    reg [3:0]  now, one, two;
    reg [4:0]  column;
    reg [6:0]  window_now;
    reg [7:0]  centre;
    always @* begin
        {in_row, dense, closes, apart, fresh_run} = 5'd0;
        {now, one, two, column, window_now, centre} = 32'd0;
        if (b_valid) begin
            in_row = b_x < cells;
            now = in_row && row != cell_rows ? fresh_q : 4'd0;
            one = in_row ? history_q[7:4] : 4'd0;
            two = in_row && row > 9'd1 ? history_q[3:0] : 4'd0;
            column = {1'b0, now} + {1'b0, one} + {1'b0, two};
            window_now = window + {2'd0, column} - {2'd0, columns[24:20]};
            centre = b_x - 8'd2;
            dense = b_x >= 8'd2 && centre < cells && window_now >= level_of;
            closes = !dense && dense_before && centre - from >= RUN_LEAST;
            apart = from - x1 > GAP_MOST + 8'd1;
            fresh_run = !have || apart;
        end
    end

    reg        run_valid, run_end;
    reg [1:0]  run_context;
    reg [8:0]  run_y;
    reg [7:0]  run_x0, run_x1, run_n;
    reg [10:0] run_t;
    wire [7:0] n = x1 - x0 + 8'd1;
    wire       run_full;

    assign fresh_read = state == WALK && !run_full;
    assign fresh_at = {row[0], x[CELL_W-1:0]};

    always @(posedge clk) begin
        if (finish)
            finishing <= 1'b1;
        run_valid <= 1'b0;
        run_end <= 1'b0;
        if (state != IDLE) begin
            b_valid <= fresh_read;
            if (fresh_read) begin
                history_q <= history[x[CELL_W-1:0]];
                b_x <= x;
                x <= x + 8'd1;
                if (x == cells + 8'd2)
                    state <= DRAIN;
            end
            if (b_valid) begin
                if (in_row && level == LEVEL_LAST)
                    history[b_x[CELL_W-1:0]] <= {fresh_q, history_q[7:4]};
                columns <= {columns[19:0], column};
                window <= window_now;
                middle0 <= one;
                middle1 <= middle0;
                edges <= edges + {7'd0, middle1};
                dense_before <= dense;
                if (dense && !dense_before) begin
                    from <= centre;
                    from_edges <= edges;
                end
                if (closes) begin
                    have <= 1'b1;
                    x1 <= centre - 8'd1;
                    if (fresh_run) begin
                        x0 <= from;
                        first_edges <= from_edges;
                    end
                    t <= edges - (fresh_run ? from_edges : first_edges);
                end
            end
            if (row != 9'd0 && have && ((closes && apart) || state == FLUSH)) begin
                run_valid <= 1'b1;
                run_context <= level;
                run_y <= row - 9'd1;
                run_x0 <= x0;
                run_x1 <= x1;
                run_n <= n;
                run_t <= t;
            end
        end
        case (state)
        IDLE:
            if (row != rows || (finishing && !walked && row == cell_rows)) begin
                level <= row == 9'd0 ? LEVEL_LAST : 2'd0;
                x <= 8'd0;
                state <= WALK;
            end
        DRAIN:
            state <= FLUSH;
        FLUSH:
            state <= ROW_END;
        ROW_END:
            if (!run_full) begin
                run_valid <= row != 9'd0;
                run_end <= 1'b1;
                run_context <= level;
                run_y <= row - 9'd1;
                x <= 8'd0;
                if (level != LEVEL_LAST) begin
                    level <= level + 2'd1;
                    state <= WALK;
                end else if (row == cell_rows) begin
                    level <= 2'd0;
                    state <= FRAME_END;
                end else begin
                    row <= row + 9'd1;
                    state <= IDLE;
                end
            end
        FRAME_END:
            if (!run_full) begin
                run_valid <= 1'b1;
                run_end <= 1'b1;
                run_context <= level;
                run_y <= row;
                level <= level + 2'd1;
                if (level == LEVEL_LAST) begin
                    walked <= 1'b1;
                    state <= IDLE;
                end
            end
        default: ;
        endcase
        if (state == IDLE || state == ROW_END) begin
            b_valid <= 1'b0;
            columns <= 25'd0;
            window <= 7'd0;
            middle0 <= 4'd0;
            middle1 <= 4'd0;
            edges <= 11'd0;
            dense_before <= 1'b0;
            have <= 1'b0;
        end
        if (start) begin
            row <= 9'd0;
            finishing <= 1'b0;
            walked <= 1'b0;
            run_valid <= 1'b0;
            run_end <= 1'b0;
            state <= IDLE;
        end
    end

    wire idle;
    wire unused_sx, unused_sy;
    components #(
        .LABEL_W(7), .T_W(20), .S_W(1), .M_W(16), .RUN_T_W(11), .RUN_S_W(1), .RUN_M_W(1), .SUM_M(1), .MOMENTS(0)
    ) components_ (
        .clk(clk), .start(start),
        .in_valid(run_valid), .in_end(run_end), .in_context(run_context), .in_y(run_y), .in_x0(run_x0), .in_x1(run_x1),
        .in_fx0(run_x0), .in_fx1(run_x1), .in_n(run_n), .in_t(run_t), .in_sx(1'b0), .in_m(run_t >= {2'd0, run_n, 1'b0}),
        .in_full(run_full), .idle(idle),
        .out_valid(c_valid), .out_ready(c_ready), .out_x0(c_x0), .out_x1(c_x1), .out_y0(c_y0), .out_y1(c_y1), .out_n(c_n),
        .out_t(c_t), .out_sx(unused_sx), .out_sy(unused_sy), .out_m(c_m), .drops(drops)
    );
    wire unused = &{1'b0, unused_sx, unused_sy};
    assign done = walked && idle;
endmodule
`resetall
