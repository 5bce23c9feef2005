// SPDX-License-Identifier: Apache-2.0
// Movers, the cell side: a row of cells that differ from the background becomes runs for components.
//
// A cell is core when at least 4 of the 3x3 cells around it differ. Core cells and those below a core cell connect, over gaps of one
// cell; box and area count core cells only, weight and moment the strong ones of those. A row is walked when its last cell is there, the core row being the one before;
// after the last row one more walk and one more end of row empty the components.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module mover_walk (
    input  wire        clk,
    input  wire        start, finish,
    input  wire [7:0]  grid_w, grid_h,
    input  wire        w_valid,
    input  wire [7:0]  w_x,
    input  wire        w_bank,
    input  wire        w_front, w_strong,
    input  wire [11:0] w_count,
    input  wire        w_last,
    output reg         run_valid, run_end,
    output reg  [8:0]  run_y,
    output reg  [7:0]  run_x0, run_x1, run_fx0, run_fx1, run_n, run_t,
    output reg  [14:0] run_sx,
    output reg  [11:0] run_m,
    input  wire        run_full,
    output reg         done                // since start: the frame's last row went out
);
    localparam [2:0] IDLE = 0, WALK = 1, DRAIN = 2, FLUSH = 3, ROW_END = 4, FRAME_END = 5;

    // the row that comes in, two banks by parity; the two rows before: raw, count, core
    reg [13:0] fresh [0:511];        // {strong, front, count}
    reg [14:0] history [0:255];      // {strong and count of the row before, front one and two rows before}
    reg        core_row [0:255];
    reg [13:0] fresh_a, fresh_q;
    reg [14:0] history_a, history_q;
    reg        core_a, core_q;

    reg [2:0] state;
    reg [7:0] rows, row;             // rows that are there, row under way
    reg       finishing;
    reg [7:0] x;
    reg       a_valid, b_valid, c_valid;    // what was read for x; is there; and the column's ones are counted
    reg [7:0] a_x, b_x, at;                 // at: the cell left of the one that came
    reg       in_row, c_first;
    reg       row_here, row1_here, row2_here;

    wire raw  = in_row && row_here && fresh_q[12];
    wire raw1 = in_row && row1_here && history_q[1];
    wire raw2 = in_row && row2_here && history_q[0];
    reg  [1:0] ones, ones1;              // in front, of a column of three: this one, the one before
    reg  [2:0] pair;                     // the two before this one
    reg  [11:0] count0, count1;
    reg  above0, above1, solid0, solid1;
    wire [3:0] around = {2'd0, ones} + {1'b0, pair};
    wire core = around >= 4'd4;

    // the run under way
    reg        have, gap;
    reg [7:0]  x0, x1, fx0, fx1, n, t;
    reg [14:0] sx;
    reg [11:0] m;

    always @(posedge clk) begin
        if (w_valid) begin
            fresh[{w_bank, w_x}] <= {w_strong, w_front, w_count};
            if (w_last)
                rows <= rows + 8'd1;
        end
        if (finish)
            finishing <= 1'b1;
        run_valid <= 1'b0;
        run_end <= 1'b0;
        if (state != IDLE) begin
            a_valid <= state == WALK && !run_full;
            if (state == WALK && !run_full) begin
                fresh_a <= fresh[{row[0], x}];
                history_a <= history[x];
                core_a <= core_row[x];
                a_x <= x;
                x <= x + 8'd1;
                if (x == grid_w)
                    state <= DRAIN;
            end
            b_valid <= a_valid;
            b_x <= a_x;
            in_row <= a_x != grid_w;
            {fresh_q, history_q, core_q} <= {fresh_a, history_a, core_a};
            c_valid <= b_valid;
            if (b_valid) begin
                at <= b_x - 8'd1;
                c_first <= b_x == 8'd0;
                ones <= {1'b0, raw} + {1'b0, raw1} + {1'b0, raw2};
                count0 <= in_row && row1_here ? history_q[13:2] : 12'd0;
                solid0 <= in_row && row1_here && history_q[14];
                above0 <= in_row && row2_here && core_q;
                if (in_row)
                    history[b_x] <= {fresh_q[13], fresh_q[11:0], fresh_q[12], history_q[1]};
            end
            if (c_valid) begin
                ones1 <= ones;
                pair <= {1'b0, ones} + {1'b0, ones1};
                count1 <= count0;
                above1 <= above0;
                solid1 <= solid0;
                if (!c_first) begin
                    core_row[at] <= core;
                    if (row1_here) begin
                        if (core || above1) begin
                            have <= 1'b1;
                            gap <= 1'b0;
                            x1 <= at;
                            if (!have) begin
                                x0 <= at;
                                n <= {7'd0, core};
                                t <= {7'd0, core && solid1};
                                sx <= core && solid1 ? {7'd0, at} : 15'd0;
                                m <= core ? count1 : 12'd0;
                                fx0 <= at;
                                fx1 <= at;
                            end else if (core) begin
                                if (n == 8'd0)
                                    fx0 <= at;
                                fx1 <= at;
                                n <= n + 8'd1;
                                if (solid1) begin
                                    t <= t + 8'd1;
                                    sx <= sx + {7'd0, at};
                                end
                                if (count1 > m)
                                    m <= count1;
                            end
                        end else if (have) begin
                            gap <= 1'b1;
                            if (gap)
                                have <= 1'b0;
                        end
                    end
                end
            end
            // the record of a run that a gap or the end of the row has closed
            if ((c_valid && have && gap && !core && !above1) || (state == FLUSH && have)) begin
                run_valid <= 1'b1;
                run_y <= {1'b0, row} - 9'd1;
                run_x0 <= x0;
                run_x1 <= x1;
                run_fx0 <= fx0;
                run_fx1 <= fx1;
                run_n <= n;
                run_t <= t;
                run_sx <= sx;
                run_m <= m;
            end
        end
        case (state)
        IDLE:
            if (row != rows || (finishing && !done && row == grid_h)) begin
                x <= 8'd0;
                ones1 <= 2'd0;
                pair <= 3'd0;
                above1 <= 1'b0;
                solid1 <= 1'b0;
                count1 <= 12'd0;
                have <= 1'b0;
                gap <= 1'b0;
                a_valid <= 1'b0;
                b_valid <= 1'b0;
                c_valid <= 1'b0;
                row_here <= row != grid_h;
                row1_here <= row != 8'd0;
                row2_here <= row > 8'd1;
                state <= WALK;
            end
        DRAIN:
            if (!a_valid && !b_valid)
                state <= FLUSH;
        FLUSH: begin
            have <= 1'b0;
            state <= ROW_END;
        end
        ROW_END:
            if (!run_full) begin
                run_valid <= row != 8'd0;
                run_end <= 1'b1;
                run_y <= {1'b0, row} - 9'd1;
                if (row == grid_h) begin
                    state <= FRAME_END;
                end else begin
                    row <= row + 8'd1;
                    state <= IDLE;
                end
            end
        FRAME_END:
            if (!run_full) begin
                run_valid <= 1'b1;
                run_end <= 1'b1;
                run_y <= {1'b0, row};
                done <= 1'b1;
                state <= IDLE;
            end
        default: ;
        endcase
        if (start) begin
            rows <= 8'd0;
            row <= 8'd0;
            finishing <= 1'b0;
            done <= 1'b0;
            run_valid <= 1'b0;
            run_end <= 1'b0;
            state <= IDLE;
        end
    end
endmodule
`resetall
