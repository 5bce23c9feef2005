// SPDX-License-Identifier: Apache-2.0
// Plate candidates: kept by size, aspect and fill, scored by learned weights, and ranked in a list of 16 for each source; joined at the end.
//
// score = sum over seven features of a table entry (plate_weights.def): aspect, height, edges in the box, how much of it is dense, rows that
// are dense throughout, edges where it is dense, lane and level; all but the last are sums of 16 log2, straight between powers of two.
// A candidate that shares more than 11/16 of its union with a better one is left out; worse ones that share as much with it go. Each
// source (the frame's own scale; the smaller ones) has a list of its own, so that the order in which they come does not matter. About 30
// clocks a candidate and 5 to 10 an entry of the list that it is compared with; what is worse than a full list is not compared.
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
    input  wire [1:0]   c_valid,              // a source each: the frame's own scale; the three smaller ones
    output reg  [1:0]   c_ready,
    input  wire [7:0]   c_context,            // of three levels; lane * 5 + level
    input  wire [17:0]  c_x0, c_x1,
    input  wire [19:0]  c_y0, c_y1,
    input  wire [23:0]  c_n,
    input  wire [29:0]  c_t,
    input  wire [19:0]  c_m,
    input  wire         publish,              // pulse when done: copy to the output
    output reg          done, published,
    output reg  [4:0]   regions,
    input  wire [3:0]   index,
    output reg  [127:0] data
);
    localparam [4:0] SETUP = 0, IDLE = 1, TAKE = 2, SIZE = 3, CHECK = 4, AREA = 5, FILL = 6, SCORE = 7, JUDGE_SCORE = 8, ROI = 9, AREA_SELF = 10,
        SUM = 11, COMPARE_READ = 12, COMPARE = 13, OVERLAP = 14, AREA_BOTH = 15, AREA_ENTRY = 16, AREA_LESS = 17, JUDGE = 18, JUDGED = 19,
        MOVE_READ = 20, MOVE = 21, JOIN = 22, JOIN_READ = 23, READY = 24, COPY = 25, FIT = 26, FITTED = 27, CONTEND = 28;
    // Tables of 16 bins a feature; a trim a level.
    `include "plate_weights.vh"

    reg [4:0]  state;
    reg        joining;
    reg [4:0]  from_i;

    // the candidate: component
    reg        list;                          // whence it comes, where it goes
    reg [3:0]  context_now;
    reg [1:0]  lane;
    reg [2:0]  level;
    reg [8:0]  x0, x1, w;
    reg [9:0]  y0, y1, h;
    reg [11:0] n;
    reg [14:0] t;
    reg [9:0]  m;
    reg        misfit, flat;
    reg [13:0] h9;
    reg [14:0] n5, fill_less;

    // 16 log2: in, place of the leading one, out
    reg [4:0]  step;
    reg [14:0] lg_in, lg_value;
    reg [3:0]  msb, lg_msb;
    reg [7:0]  lg_out, lg_t, lg_n, lg_w, lg_h, lg_m;
    // The leading one and the bits below the fourth behind it do not matter.
    /* verilator lint_off UNUSEDSIGNAL */
    wire [14:0] lg_shifted = lg_value << (4'd14 - lg_msb);
    /* verilator lint_on UNUSEDSIGNAL */
    integer    k;
    always @* begin
        msb = 4'd0;
        for (k = 1; k < 15; k = k + 1)
            if (lg_in[k]) msb = k[3:0];
    end

    // a feature a clock: difference, lifted to its first bin, bin, worth
    reg [3:0]  on;                            // which stages are under way
    reg [2:0]  f1_i, f2_i;
    // Bins are of 2 and more.
    /* verilator lint_off UNUSEDSIGNAL */
    reg signed [9:0] f1, f2;
    /* verilator lint_on UNUSEDSIGNAL */
    reg [7:0]  f1_less;
    reg signed [9:0] f1_lift;
    reg [6:0]  f3_bin;
    reg [7:0]  worth;
    wire [2:0] f0_i = step[2:0];              // features start at step 8
    reg [7:0]  f0_plus, f0_less;
    always @* begin
        case (f0_i)
        3'd0: f0_plus = lg_w;
        3'd1: f0_plus = lg_h;
        3'd2, 3'd5: f0_plus = lg_t;
        3'd3: f0_plus = lg_n;
        default: f0_plus = lg_m;
        endcase
        case (f0_i)
        3'd1: f0_less = 8'd32;
        3'd2, 3'd3: f0_less = lg_w;
        3'd5: f0_less = lg_n;
        default: f0_less = lg_h;
        endcase
    end
    wire       f2_over = f2_i == 3'd3 ? |f2[8:5] : |f2[8:6];
    wire [3:0] f2_bin = f2_i == 3'd3 ? f2[4:1] : f2[5:2];
    reg [15:0] score;

    // its box: edges in pixels of the lane, then of the frame
    wire [12:0] trim = plate_trim(level);
    reg [12:0] trim_q;
    reg signed [13:0] left, right, top, bottom;
    reg [5:0]  tall;
    // Eighths of a pixel go.
    /* verilator lint_off UNUSEDSIGNAL */
    wire [8:0] tall_now = h[5:0] * trim_q[2:0];
    /* verilator lint_on UNUSEDSIGNAL */
    reg [15:0] bx, by, far_x, far_y, bw, bh, mid_x, mid_y;

    reg [3:0]  roi_i;
    reg        roi_any, roi_in, roi_go, roi_last;
    reg [63:0] roi;
    wire       roi_used = roi[31:16] > roi[15:0] && roi[63:48] > roi[47:32];

    // lists: {lane, score, h, w, y, x}, two halves of 16 entries each
    reg [65:0] entries [0:63];
    reg [65:0] entry;
    reg [1:0]  half, full;
    reg [4:0]  count0, count1;
    wire [4:0] count = list ? count1 : count0;
    reg [15:0] worst0, worst1, last_score;    // of full lists
    wire [15:0] worst = list ? worst1 : worst0;
    reg [4:0]  i, j;
    reg [3:0]  entry_i;
    reg [15:0] gone;
    reg        placed, hopeless;
    wire [11:0] e_x = entry[11:0], e_y = entry[23:12], e_w = entry[35:24], e_h = entry[47:36];
    wire [15:0] e_score = entry[63:48];
    wire [65:0] candidate = {lane, score, bh[11:0], bw[11:0], by[11:0], bx[11:0]};

    // overlap with an entry, and areas, one product at a time
    reg [11:0] o_left, o_right, o_top, o_bottom;
    reg [11:0] factor_a, factor_b;
    reg [23:0] product, area_self, area_both;
    wire [12:0] b_right = {1'b0, bx[11:0]} + {1'b0, bw[11:0]}, b_bottom = {1'b0, by[11:0]} + {1'b0, bh[11:0]};
    wire [12:0] e_right = {1'b0, e_x} + {1'b0, e_w}, e_bottom = {1'b0, e_y} + {1'b0, e_h};
    reg [28:0] both27, sum11;
    reg        apart, same, better;

    reg [65:0] shown [0:15];
    reg [3:0]  shown_index;
    reg        refresh;
    wire [65:0] seen = shown[index];

    reg        write;
    reg [5:0]  write_at;
    reg [65:0] write_entry;
    reg        copy;
    reg [3:0]  copy_at;

    always @(posedge clk) begin
        write <= 1'b0;
        c_ready <= 2'd0;
        copy <= 1'b0;
        published <= 1'b0;
        if (state != IDLE || c_valid != 2'd0 || finish) begin
            case (state)
            SETUP: begin                      // are there regions of interest?
                roi <= cfg_roi[{roi_i, 6'd0} +: 64];
                roi_i <= roi_i + 4'd1;
                roi_go <= 1'b1;
                roi_last <= &roi_i;
                if (roi_go && roi_used)
                    roi_any <= 1'b1;
                if (roi_last)
                    state <= IDLE;
            end
            IDLE: begin
                joining <= 1'b0;
                list <= !c_valid[0];
                from_i <= 5'd0;
                if (c_valid != 2'd0) begin
                    c_ready <= c_valid[0] ? 2'b01 : 2'b10;
                    state <= TAKE;
                end else if (!done) begin
                    state <= JOIN;
                end
            end
            TAKE: begin
                context_now <= list ? c_context[7:4] : c_context[3:0];
                x0 <= list ? c_x0[17:9] : c_x0[8:0];
                x1 <= list ? c_x1[17:9] : c_x1[8:0];
                y0 <= list ? c_y0[19:10] : c_y0[9:0];
                y1 <= list ? c_y1[19:10] : c_y1[9:0];
                n <= list ? c_n[23:12] : c_n[11:0];
                t <= list ? c_t[29:15] : c_t[14:0];
                m <= list ? c_m[19:10] : c_m[9:0];
                state <= SIZE;
            end
            SIZE: begin
                w <= x1 - x0 + 9'd1;
                h <= y1 - y0 + 10'd1;
                if (!list) begin
                    lane <= 2'd0;
                    level <= context_now == 4'd0 ? 3'd1 : context_now == 4'd1 ? 3'd2 : 3'd4;
                end else begin
                    lane <= context_now < 4'd5 ? 2'd1 : context_now < 4'd10 ? 2'd2 : 2'd3;
                    level <= context_now < 4'd5 ? context_now[2:0] : context_now < 4'd10 ? context_now[2:0] - 3'd5 : context_now[2:0] - 3'd2;
                end
                state <= CHECK;
            end
            CHECK: begin                      // cells are 4x2 pixels: the aspect is 2 w / h
                misfit <= w < 9'd5 || w > 9'd75 || h < 10'd4 || h > 10'd40 || {1'b0, w, 1'b0} < {1'b0, h};
                h9 <= {1'b0, h, 3'd0} + {4'd0, h};
                n5 <= {1'b0, n, 2'd0} + {3'd0, n};
                factor_a <= {3'd0, w};
                factor_b <= {2'd0, h};
                state <= AREA;
            end
            AREA: begin
                product <= factor_a * factor_b;
                flat <= {4'd0, w, 1'b0} > h9;
                state <= misfit ? IDLE : FILL;
            end
            FILL: begin
                fill_less <= {product[13:0], 1'b0};
                state <= flat ? IDLE : FIT;
            end
            FIT: begin                        // filled to two fifths
                misfit <= n5 < fill_less;
                state <= FITTED;
            end
            FITTED: begin
                step <= 5'd0;
                on <= 4'd0;
                score <= 16'd0;
                state <= misfit ? IDLE : SCORE;
            end
            SCORE: begin
                step <= step + 5'd1;
                // logarithms: steps 0 to 7
                case (step[2:0])
                3'd0: lg_in <= t;
                3'd1: lg_in <= {3'd0, n};
                3'd2: lg_in <= {6'd0, w};
                3'd3: lg_in <= {5'd0, h};
                default: lg_in <= {5'd0, m};
                endcase
                lg_value <= lg_in;
                lg_msb <= msb;
                lg_out <= lg_value == 15'd0 ? 8'd0 : {lg_msb, lg_shifted[13:10]};
                case (step)
                5'd3: lg_t <= lg_out;
                5'd4: lg_n <= lg_out;
                5'd5: lg_w <= lg_out;
                5'd6: lg_h <= lg_out;
                5'd7: lg_m <= lg_out;
                default: ;
                endcase
                // features: from step 8
                on <= {on[2:0], step[4:3] == 2'b01 && step[2:0] != 3'd7};
                f1 <= {2'd0, f0_plus} - {2'd0, f0_less};
                f1_less <= f0_i == 3'd2 || f0_i == 3'd3 ? lg_h : 8'd0;
                case (f0_i)
                3'd0, 3'd2: f1_lift <= 10'sd16;
                3'd1: f1_lift <= 10'sd0;
                3'd3: f1_lift <= 10'sd24;
                3'd4: f1_lift <= 10'sd48;
                default: f1_lift <= 10'sd8;
                endcase
                f1_i <= f0_i;
                f2 <= f1 - $signed({2'd0, f1_less}) + f1_lift;
                f2_i <= f1_i;
                f3_bin <= f2_i == 3'd6 ? {2'b11, lane, level} : {f2_i, f2[9] ? 4'd0 : f2_over ? 4'd15 : f2_bin};
                worth <= plate_weight(f3_bin);
                if (on[3])
                    score <= score + {8'd0, worth};
                // box: steps 0 to 7
                case (step)
                5'd0:
                    trim_q <= trim;
                5'd1: begin
                    left <= $signed({3'd0, x0, 2'd0}) + $signed({{9{trim_q[12]}}, trim_q[12:8]});
                    right <= $signed({3'd0, x1, 2'd0}) + $signed({{9{trim_q[7]}}, trim_q[7:3]});
                    tall <= tall_now[8:3];
                end
                5'd2: begin
                    top <= $signed({3'd0, y0, 1'b0}) - 14'sd1 - $signed({8'd0, tall});
                    bottom <= $signed({3'd0, y1, 1'b0}) + 14'sd1 + $signed({8'd0, tall});
                end
                5'd3: begin
                    bx <= left[13] ? 16'd0 : {2'd0, left};
                    by <= top[13] ? 16'd0 : {2'd0, top};
                    far_x <= {2'd0, right};
                    far_y <= {2'd0, bottom};
                end
                5'd4: begin
                    bx <= bx << lane;
                    by <= by << lane;
                    far_x <= far_x << lane;
                    far_y <= far_y << lane;
                end
                5'd5: begin
                    far_x <= far_x < cfg_width ? far_x : cfg_width;
                    far_y <= far_y < cfg_height ? far_y : cfg_height;
                end
                5'd6: begin
                    bw <= far_x - bx;
                    bh <= far_y - by;
                end
                5'd7: begin
                    mid_x <= bx + {1'b0, bw[15:1]};
                    mid_y <= by + {1'b0, bh[15:1]};
                end
                default: ;
                endcase
                roi_i <= 4'd0;
                roi_go <= 1'b0;
                roi_last <= 1'b0;
                roi_in <= !roi_any;
                if (step == 5'd19)
                    state <= JUDGE_SCORE;
            end
            JUDGE_SCORE:
                state <= score < cfg_score ? IDLE : roi_any ? ROI : AREA_SELF;
            ROI: begin
                roi <= cfg_roi[{roi_i, 6'd0} +: 64];
                roi_i <= roi_i + 4'd1;
                roi_go <= 1'b1;
                roi_last <= &roi_i;
                if (roi_go && roi_used && mid_x >= roi[15:0] && mid_x < roi[31:16] && mid_y >= roi[47:32] && mid_y < roi[63:48])
                    roi_in <= 1'b1;
                if (roi_last)
                    state <= AREA_SELF;
            end
            AREA_SELF: begin
                factor_a <= bw[11:0];
                factor_b <= bh[11:0];
                i <= 5'd0;
                gone <= 16'd0;
                hopeless <= (list ? full[1] : full[0]) && score <= worst;
                state <= CONTEND;
            end
            CONTEND:                          // a list that is full of better ones has no use for it
                state <= hopeless || !roi_in ? (joining ? JOIN : IDLE) : SUM;
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
                o_left <= e_x > bx[11:0] ? e_x : bx[11:0];
                o_top <= e_y > by[11:0] ? e_y : by[11:0];
                o_right <= e_right < b_right ? e_right[11:0] : b_right[11:0];
                o_bottom <= e_bottom < b_bottom ? e_bottom[11:0] : b_bottom[11:0];
                factor_a <= e_w;
                factor_b <= e_h;
                state <= OVERLAP;
            end
            OVERLAP: begin
                product <= factor_a * factor_b;
                factor_a <= o_right - o_left;
                factor_b <= o_bottom - o_top;
                i <= i + 5'd1;
                entry_i <= i[3:0];
                apart <= o_right <= o_left || o_bottom <= o_top;
                state <= AREA_BOTH;
            end
            AREA_BOTH: begin
                product <= factor_a * factor_b;
                area_both <= product + area_self;      // of the entry and the candidate together
                state <= apart ? COMPARE_READ : AREA_ENTRY;
            end
            AREA_ENTRY: begin
                both27 <= {product, 5'd0} - {3'd0, product, 2'd0};
                sum11 <= {2'd0, area_both, 3'd0} + {5'd0, area_both};
                state <= AREA_LESS;
            end
            AREA_LESS: begin
                both27 <= both27 - {5'd0, product};
                sum11 <= sum11 + {4'd0, area_both, 1'b0};
                state <= JUDGE;
            end
            JUDGE: begin
                same <= both27 > sum11;
                better <= e_score >= score;
                state <= JUDGED;
            end
            JUDGED:
                if (same && better) begin
                    state <= joining ? JOIN : IDLE;
                end else begin
                    if (same)
                        for (k = 0; k < 16; k = k + 1)
                            if (entry_i == k[3:0])
                                gone[k] <= 1'b1;
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
                        last_score <= score;
                        j <= j + 5'd1;
                        placed <= 1'b1;
                    end else begin
                        if (list) begin
                            count1 <= j;
                            full[1] <= j[4];
                            worst1 <= last_score;
                        end else begin
                            count0 <= j;
                            full[0] <= j[4];
                            worst0 <= last_score;
                        end
                        half <= list ? {!half[1], half[0]} : {half[1], !half[0]};
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
                        last_score <= score;
                        placed <= 1'b1;
                    end else begin
                        write_entry <= entry;
                        last_score <= e_score;
                        i <= i + 5'd1;
                        state <= MOVE_READ;
                    end
                end
            JOIN: begin                       // list 1 into list 0
                joining <= 1'b1;
                list <= 1'b0;
                entry <= entries[{1'b1, half[1], from_i[3:0]}];
                if (from_i == count1) begin
                    regions <= count0 < cfg_k ? count0 : cfg_k;
                    done <= 1'b1;
                    state <= READY;
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
                entry <= entries[{1'b0, half[0], i[3:0]}];
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
            data <= {30'd0, seen[65:64], 16'd0, seen[63:48], 4'd0, seen[47:36], 4'd0, seen[35:24], 4'd0, seen[23:12], 4'd0, seen[11:0]};
        end
        if (start || rst) begin
            state <= SETUP;
            roi_i <= 4'd0;
            roi_go <= 1'b0;
            roi_last <= 1'b0;
            roi_any <= 1'b0;
            done <= 1'b0;
            count0 <= 5'd0;
            count1 <= 5'd0;
            half <= 2'd0;
            full <= 2'd0;
            c_ready <= 2'd0;
        end
        if (rst)
            regions <= 5'd0;
    end
endmodule
`resetall
