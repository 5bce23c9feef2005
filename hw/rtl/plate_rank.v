// SPDX-License-Identifier: Apache-2.0
// Plate candidates: kept by size, aspect and fill, scored, and ranked in a list of 16 for each lane; joined when the frame ends.
//
// score = 1024 + 2 lg(edges) - 2 lg(w) - 3 lg(h) + lg(cells) + lg(good rows) - aspect, where lg is 16 log2, straight between powers of
// two: density squared x fill x good rows x size. A candidate that shares more than 9/16 of its union with a better one is
// left out; worse ones that share as much with it go. Each lane has a list of its own, so that the order in which lanes come does
// not matter. About 30 clocks a candidate and 6 an entry of the list.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module plate_rank (
    input  wire         clk, rst,
    input  wire         start,
    input  wire         finish,               // level: no more candidates come
    input  wire [15:0]  cfg_width, cfg_height,
    input  wire [4:0]   cfg_k,
    input  wire [15:0]  cfg_score,
    input  wire [16*64-1:0] cfg_roi,
    input  wire [2:0]   c_valid,              // a lane each
    output reg  [2:0]   c_ready,
    input  wire [23:0]  c_x0, c_x1,
    input  wire [26:0]  c_y0, c_y1,
    input  wire [47:0]  c_n,
    input  wire [59:0]  c_t,
    input  wire [47:0]  c_m,
    input  wire         publish,              // pulse when done: copy to the output
    output reg          done, published,
    output reg  [4:0]   regions,
    input  wire [3:0]   index,
    output reg  [127:0] data
);
    localparam [4:0] IDLE = 0, TAKE = 1, CHECK = 2, LG_T = 3, LG_N = 4, LG_W = 5, LG_H = 6, LG_M = 7, ASPECT = 8, SCORE = 9, CLIP = 10,
        ROI = 11, COMPARE_READ = 12, COMPARE = 13, OVERLAP = 14, AREA_BOTH = 15, AREA_ENTRY = 16, JUDGE = 17, MOVE_READ = 18, MOVE = 19,
        JOIN = 20, JOIN_READ = 21, READY = 22, COPY = 23, AREA_SELF = 24, SUM = 25;

    reg [4:0]  state;
    reg [1:0]  lane;                          // of the candidate
    reg [1:0]  list;                          // where it goes
    reg        joining;
    reg [1:0]  from_lane;
    reg [4:0]  from_i;

    // the candidate: component, then box {h, w, y, x}
    reg [7:0]  x0, x1;
    reg [8:0]  y0, y1;
    reg [15:0] n, m;
    reg [19:0] t;
    wire [7:0] cells_w = x1 - x0 + 8'd1;
    wire [8:0] cells_h = y1 - y0 + 9'd1;
    reg [7:0]  w_;
    reg [8:0]  h_;
    wire [14:0] wh = w_[6:0] * {2'd0, h_[5:0]};

    function [8:0] lg(input [19:0] value);
        reg [4:0]  msb;
        // The leading one and the bits below the fourth behind it do not matter.
        /* verilator lint_off UNUSEDSIGNAL */
        reg [19:0] shifted;
        /* verilator lint_on UNUSEDSIGNAL */
        integer    k;
        begin
            msb = 5'd0;
            for (k = 1; k < 20; k = k + 1)
                if (value[k]) msb = k[4:0];
            shifted = value << (5'd19 - msb);
            lg = value == 20'd0 ? 9'd0 : {msb, shifted[18:15]};
        end
    endfunction
    reg [19:0] lg_in;
    reg [8:0]  lg_out;
    reg [8:0]  lg_t, lg_n, lg_w, lg_h;
    wire signed [9:0] aspect = {1'b0, lg_w} - {1'b0, lg_h};
    reg [9:0]  off;
    reg [15:0] score;
    reg [15:0] bx, by, bw, bh;
    wire [15:0] shift = 16'd2 << lane;
    reg [3:0]  roi_i;
    reg        roi_any, roi_in;
    wire [63:0] roi = cfg_roi[{roi_i, 6'd0} +: 64];
    wire        roi_used = roi[31:16] > roi[15:0] && roi[63:48] > roi[47:32];
    wire [15:0] mid_x = bx + {1'b0, bw[15:1]}, mid_y = by + {1'b0, bh[15:1]};

    // lists: {scale, score, h, w, y, x}, two halves of 16 entries a lane
    reg [65:0] entries [0:127];
    reg [65:0] entry;
    reg [2:0]  half;
    reg [4:0]  count0, count1, count2;
    wire [4:0] count = list == 2'd0 ? count0 : list == 2'd1 ? count1 : count2;
    wire [4:0] from_count = from_lane == 2'd1 ? count1 : count2;
    reg [4:0]  i, j;
    wire [3:0] entry_i = i[3:0] - 4'd1;
    reg [15:0] gone;
    reg        placed;
    wire [11:0] e_x = entry[11:0], e_y = entry[23:12], e_w = entry[35:24], e_h = entry[47:36];
    wire [15:0] e_score = entry[63:48];
    wire [65:0] candidate = {lane, score, bh[11:0], bw[11:0], by[11:0], bx[11:0]};

    // overlap with an entry, and areas, one product at a time
    reg [11:0] left, right, top, bottom;
    reg [11:0] factor_a, factor_b;
    reg [23:0] product, area_self, area_both;
    wire [12:0] b_right = {1'b0, bx[11:0]} + {1'b0, bw[11:0]}, b_bottom = {1'b0, by[11:0]} + {1'b0, bh[11:0]};
    wire [12:0] e_right = {1'b0, e_x} + {1'b0, e_w}, e_bottom = {1'b0, e_y} + {1'b0, e_h};
    reg [28:0] both25, sum9;
    wire       disjoint = right <= left || bottom <= top;
    wire       same = both25 > sum9;

    reg [65:0] shown [0:15];
    reg [3:0]  shown_index;
    reg        refresh;
    wire [65:0] seen = shown[index];

    reg        write;
    reg [6:0]  write_at;
    reg [65:0] write_entry;
    reg        copy;
    reg [3:0]  copy_at;

    always @(posedge clk) begin
        write <= 1'b0;
        c_ready <= 3'd0;
        copy <= 1'b0;
        published <= 1'b0;
        if (state != IDLE || c_valid != 3'd0 || finish) begin
            case (state)
            IDLE: begin
                joining <= 1'b0;
                if (c_valid[0]) lane <= 2'd0;
                else if (c_valid[1]) lane <= 2'd1;
                else lane <= 2'd2;
                from_lane <= 2'd1;
                from_i <= 5'd0;
                if (c_valid != 3'd0) begin
                    c_ready <= c_valid[0] ? 3'b001 : c_valid[1] ? 3'b010 : 3'b100;
                    state <= TAKE;
                end else if (!done) begin
                    state <= JOIN;
                end
            end
            TAKE: begin
                x0 <= c_x0[8 * lane +: 8];
                x1 <= c_x1[8 * lane +: 8];
                y0 <= c_y0[9 * lane +: 9];
                y1 <= c_y1[9 * lane +: 9];
                n <= c_n[16 * lane +: 16];
                t <= c_t[20 * lane +: 20];
                m <= c_m[16 * lane +: 16];
                list <= lane;
                state <= CHECK;
            end
            CHECK: begin
                w_ <= cells_w;
                h_ <= cells_h;
                lg_in <= t;
                // cells are 4x2 pixels: the aspect is 2 w / h
                state <= cells_w < 8'd5 || cells_w > 8'd75 || cells_h < 9'd4 || cells_h > 9'd40 || {1'b0, cells_w, 1'b0} < {1'b0, cells_h}
                    || {4'd0, cells_w, 1'b0} > {1'b0, cells_h, 3'd0} + {4'd0, cells_h} ? IDLE : LG_T;
            end
            LG_T: begin
                lg_out <= lg(lg_in);
                lg_in <= {4'd0, n};
                // filled to two fifths
                state <= {3'd0, n} + {1'b0, n, 2'd0} < {3'd0, wh, 1'b0} ? IDLE : LG_N;
            end
            LG_N: begin
                lg_t <= lg_out;
                lg_out <= lg(lg_in);
                lg_in <= {12'd0, w_};
                state <= LG_W;
            end
            LG_W: begin
                lg_n <= lg_out;
                lg_out <= lg(lg_in);
                lg_in <= {11'd0, h_};
                state <= LG_H;
            end
            LG_H: begin
                lg_w <= lg_out;
                lg_out <= lg(lg_in);
                lg_in <= {4'd0, m};
                state <= LG_M;
            end
            LG_M: begin
                lg_h <= lg_out;
                lg_out <= lg(lg_in);
                state <= ASPECT;
            end
            ASPECT: begin
                off <= aspect > 10'sd16 ? aspect - 10'sd16 : aspect < 10'sd4 ? 10'sd4 - aspect : 10'd0;
                score <= 16'd1024 + {6'd0, lg_t, 1'b0} + {7'd0, lg_n} + {7'd0, lg_out};
                bx <= {6'd0, x0, 2'd0} << (lane + 2'd1);
                bw <= {6'd0, x1 + 8'd1, 2'd0} << (lane + 2'd1);
                by <= {6'd0, y0, 1'b0} << (lane + 2'd1);
                bh <= {6'd0, y1 + 9'd1, 1'b0} << (lane + 2'd1);
                state <= SCORE;
            end
            SCORE: begin                      // bw, bh are the far corner until CLIP; the gradient sits one pixel right and below
                score <= score - {6'd0, lg_w, 1'b0} - {6'd0, lg_h, 1'b0} - {7'd0, lg_h} - {6'd0, off};
                bx <= bx > shift ? bx - shift : 16'd0;
                by <= by > shift ? by - shift : 16'd0;
                bw <= bw - shift < cfg_width ? bw - shift : cfg_width;
                bh <= bh - shift < cfg_height ? bh - shift : cfg_height;
                state <= CLIP;
            end
            CLIP: begin
                bw <= bw - bx;
                bh <= bh - by;
                roi_i <= 4'd0;
                roi_any <= 1'b0;
                roi_in <= 1'b0;
                state <= score < cfg_score ? IDLE : ROI;
            end
            ROI: begin
                if (roi_used) begin
                    roi_any <= 1'b1;
                    if (mid_x >= roi[15:0] && mid_x < roi[31:16] && mid_y >= roi[47:32] && mid_y < roi[63:48])
                        roi_in <= 1'b1;
                end
                roi_i <= roi_i + 4'd1;
                if (roi_i == 4'd15)
                    state <= AREA_SELF;
            end
            AREA_SELF: begin
                factor_a <= bw[11:0];
                factor_b <= bh[11:0];
                i <= 5'd0;
                gone <= 16'd0;
                state <= roi_in || !roi_any ? SUM : IDLE;
            end
            SUM: begin
                product <= factor_a * factor_b;
                state <= COMPARE_READ;
            end
            COMPARE_READ: begin
                if (i == 5'd0)
                    area_self <= product;
                entry <= entries[{list, half[list], i[3:0]}];
                j <= 5'd0;
                placed <= 1'b0;
                if (i == count) begin
                    i <= 5'd0;
                    state <= MOVE_READ;
                end else begin
                    state <= COMPARE;
                end
            end
            COMPARE: begin
                left <= e_x > bx[11:0] ? e_x : bx[11:0];
                top <= e_y > by[11:0] ? e_y : by[11:0];
                right <= e_right < b_right ? e_right[11:0] : b_right[11:0];
                bottom <= e_bottom < b_bottom ? e_bottom[11:0] : b_bottom[11:0];
                factor_a <= e_w;
                factor_b <= e_h;
                state <= OVERLAP;
            end
            OVERLAP: begin
                product <= factor_a * factor_b;
                factor_a <= right - left;
                factor_b <= bottom - top;
                i <= i + 5'd1;
                state <= disjoint ? COMPARE_READ : AREA_BOTH;
            end
            AREA_BOTH: begin
                product <= factor_a * factor_b;
                area_both <= product + area_self;      // of the entry and the candidate together
                state <= AREA_ENTRY;
            end
            AREA_ENTRY: begin
                both25 <= {1'b0, product, 4'd0} + {2'd0, product, 3'd0} + {5'd0, product};
                sum9 <= {2'd0, area_both, 3'd0} + {5'd0, area_both};
                state <= JUDGE;
            end
            JUDGE:
                if (same && e_score >= score) begin
                    state <= joining ? JOIN : IDLE;
                end else begin
                    if (same)
                        gone[entry_i] <= 1'b1;
                    state <= COMPARE_READ;
                end
            MOVE_READ: begin                  // the list is copied to its other half, the candidate among it
                entry <= entries[{list, half[list], i[3:0]}];
                state <= MOVE;
            end
            MOVE:
                if (i == count || j[4]) begin
                    if (!placed && !j[4]) begin
                        write <= 1'b1;
                        write_at <= {list, !half[list], j[3:0]};
                        write_entry <= candidate;
                        j <= j + 5'd1;
                        placed <= 1'b1;
                    end else begin
                        if (list == 2'd0) count0 <= j;
                        if (list == 2'd1) count1 <= j;
                        if (list == 2'd2) count2 <= j;
                        half[list] <= !half[list];
                        state <= joining ? JOIN : IDLE;
                    end
                end else if (gone[i[3:0]]) begin
                    i <= i + 5'd1;
                    state <= MOVE_READ;
                end else begin
                    write <= 1'b1;
                    write_at <= {list, !half[list], j[3:0]};
                    j <= j + 5'd1;
                    if (!placed && e_score < score) begin
                        write_entry <= candidate;
                        placed <= 1'b1;
                    end else begin
                        write_entry <= entry;
                        i <= i + 5'd1;
                        state <= MOVE_READ;
                    end
                end
            JOIN: begin                       // lists 1 and 2 into list 0
                joining <= 1'b1;
                list <= 2'd0;
                entry <= entries[{from_lane, half[from_lane], from_i[3:0]}];
                if (from_lane == 2'd3) begin
                    regions <= count0 < cfg_k ? count0 : cfg_k;
                    done <= 1'b1;
                    state <= READY;
                end else if (from_i == from_count) begin
                    from_lane <= from_lane + 2'd1;
                    from_i <= 5'd0;
                end else begin
                    from_i <= from_i + 5'd1;
                    state <= JOIN_READ;
                end
            end
            JOIN_READ: begin
                lane <= entry[65:64];
                score <= e_score;
                bx <= {4'd0, e_x};
                by <= {4'd0, e_y};
                bw <= {4'd0, e_w};
                bh <= {4'd0, e_h};
                roi_in <= 1'b1;
                state <= AREA_SELF;
            end
            READY: begin
                i <= 5'd0;
                if (publish)
                    state <= COPY;
            end
            COPY: begin
                entry <= entries[{2'd0, half[0], i[3:0]}];
                if (i == regions) begin
                    published <= 1'b1;
                    state <= IDLE;
                end else begin
                    copy <= 1'b1;
                    copy_at <= i[3:0];
                    i <= i + 5'd1;
                end
            end
            default:
                state <= IDLE;
            endcase
        end
        if (write)
            entries[write_at] <= write_entry;
        if (copy)
            shown[copy_at] <= entry;
        refresh <= copy || rst;
        if (refresh || index != shown_index) begin
            shown_index <= index;
            data <= {30'd0, seen[65:64] + 2'd1, 16'd0, seen[63:48], 4'd0, seen[47:36], 4'd0, seen[35:24], 4'd0, seen[23:12], 4'd0, seen[11:0]};
        end
        if (start || rst) begin
            state <= IDLE;
            done <= 1'b0;
            count0 <= 5'd0;
            count1 <= 5'd0;
            count2 <= 5'd0;
            half <= 3'd0;
            c_ready <= 3'd0;
        end
        if (rst)
            regions <= 5'd0;
    end
endmodule
`resetall
