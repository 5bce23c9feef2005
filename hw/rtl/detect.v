// SPDX-License-Identifier: Apache-2.0
// Detection: one canonical raster a frame in, movers and plate regions out.
//
// pixel ─┬─ mover_cells ── mover_walk ── components ── mover_list ────┬─ results
//        ├─ plate_lane ────────────────────── plate_walk, components ─┐  │
//        └─ lane_halve ─┬─ plate_lane (1/2) ─┐                        ├─ plate_rank
//          lane_halve ──┼─ plate_lane (1/4) ─┼─ plate_walk, components ┘
//          lane_halve ──┴─ plate_lane (1/8) ─┘
// Per pixel only sums, gradients and counts; the rest follows a row of cells behind and ends after the frame: up to 8,192 clocks
// from the last pixel to res_valid (3,072 for 64x48). A frame that begins before that takes the place of the one before, whose
// results are lost (res_lost, and res_unfinished where even their number is not known).
// The model in hw/model/detect.c gives the same results, whatever the pauses between pixels.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module detect #(
    parameter MAX_W = 1920,
    parameter MAX_H = 1080
) (
    input  wire             clk, rst,
    // settings, which change at most four clocks before a start of frame; the size only changes under rst
    input  wire [15:0]      cfg_width, cfg_height,
    input  wire             cfg_plates, cfg_movers,
    input  wire [7:0]       cfg_plate_edge,
    input  wire [4:0]       cfg_plate_k,
    input  wire [15:0]      cfg_plate_score,
    input  wire [7:0]       cfg_mover_level,
    input  wire [15:0]      cfg_mover_cells, cfg_mover_hold,
    input  wire [16*64-1:0] cfg_roi,          // 16 x {y1, y0, x1, x0}; all empty: the whole frame
    // pixels
    input  wire             pix_valid,
    input  wire [7:0]       pix_luma,
    input  wire             pix_sof, pix_eol, pix_eof,
    input  wire             pix_abort,
    // results of one good frame; while res_hold the last ones stay and new ones are lost
    input  wire             res_hold,
    output reg              res_valid, res_lost,
    output reg              res_unfinished,   // with res_lost: a drop of 1 stands for a number that is not known
    output reg  [6:0]       res_movers,
    output reg  [4:0]       res_regions,
    output reg  [15:0]      res_drop_movers, res_drop_regions,
    input  wire [5:0]       mov_index,        // data one clock later: struct qyran_mover before reserved
    output wire [255:0]     mov_data,
    input  wire [3:0]       reg_index,        // {24'b0, scale[7:0], score[31:0], h, w, y, x}
    output wire [127:0]     reg_data
);
    initial if (MAX_W > 1920 || MAX_H > 1080) begin
        $display("detect: the grid and the lanes hold 1920x1080");
        $finish;
    end

    // An abort needs nothing: without a last pixel a frame has no results, and the next one starts everything afresh.
    wire unused = &{1'b0, pix_abort};

    // pixels with their place
    reg        p_valid;
    reg [7:0]  p_luma;
    reg [11:0] p_x, p_y, next_x, next_y;
    wire       first = pix_valid && pix_sof;
    reg [15:0] start_delay, finish_delay;     // what follows a row of cells behind starts and ends when no pixel is under way
    reg        movers_on, plates_on;          // of the pixels
    reg        movers_wanted, plates_wanted;  // of what follows them
    wire       start = start_delay[15] || rst;
    wire       finish = finish_delay[15];
    always @(posedge clk) begin
        p_valid <= pix_valid;
        start_delay <= {start_delay[14:0], first};
        finish_delay <= {finish_delay[14:0], pix_valid && pix_eof};
        if (pix_valid) begin
            p_luma <= pix_luma;
            p_x <= pix_sof ? 12'd0 : next_x;
            p_y <= pix_sof ? 12'd0 : next_y;
            next_x <= pix_eol ? 12'd0 : pix_sof ? 12'd1 : next_x + 12'd1;
            next_y <= pix_sof ? {11'd0, pix_eol} : next_y + {11'd0, pix_eol};
        end
        if (first) begin
            movers_on <= cfg_movers;
            plates_on <= cfg_plates;
        end
        if (start) begin
            movers_wanted <= movers_on;
            plates_wanted <= plates_on;
        end
        if (rst) begin
            p_valid <= 1'b0;
            start_delay <= 16'd0;
            finish_delay <= 16'd0;
        end
    end

    // movers
    wire [2:0]  side_log2;
    wire [7:0]  grid_w, grid_h;
    wire [3:0]  hold_shift;
    wire        w_valid, w_bank, w_front, w_strong, w_last, flood;
    wire [7:0]  w_x;
    wire [11:0] w_count;
    mover_cells mover_cells_ (
        .clk(clk), .rst(rst), .first(first), .start(start), .finish(finish && movers_wanted), .cfg_width(cfg_width), .cfg_height(cfg_height),
        .cfg_level(cfg_mover_level), .cfg_hold(cfg_mover_hold), .p_valid(p_valid && movers_on), .p_luma(p_luma), .p_x(p_x), .p_y(p_y),
        .side_log2(side_log2), .grid_w(grid_w), .grid_h(grid_h), .hold_shift(hold_shift), .w_valid(w_valid), .w_x(w_x), .w_bank(w_bank),
        .w_front(w_front), .w_strong(w_strong), .w_count(w_count), .w_last(w_last), .flood(flood)
    );
    wire        run_valid, run_end, run_full, walk_done;
    wire [8:0]  run_y;
    wire [7:0]  run_x0, run_x1, run_fx0, run_fx1, run_n, run_t;
    wire [14:0] run_sx;
    wire [11:0] run_m;
    mover_walk mover_walk_ (
        .clk(clk), .start(start), .finish(finish && movers_wanted), .grid_w(grid_w), .grid_h(grid_h), .w_valid(w_valid), .w_x(w_x),
        .w_bank(w_bank), .w_front(w_front), .w_strong(w_strong), .w_count(w_count), .w_last(w_last), .run_valid(run_valid), .run_end(run_end), .run_y(run_y),
        .run_x0(run_x0), .run_x1(run_x1), .run_fx0(run_fx0), .run_fx1(run_fx1), .run_n(run_n), .run_t(run_t), .run_sx(run_sx), .run_m(run_m),
        .run_full(run_full), .done(walk_done)
    );
    wire        blob_valid, blobs_idle;
    wire [7:0]  blob_x0, blob_x1;
    wire [8:0]  blob_y0, blob_y1;
    wire [1:0]  blob_context;
    wire [15:0] blob_n, blob_t, blob_drops;
    wire [23:0] blob_sx, blob_sy;
    wire [11:0] blob_m;
    components components_ (
        .clk(clk), .start(start), .in_valid(run_valid), .in_end(run_end), .in_context(2'd0), .in_y(run_y), .in_x0(run_x0), .in_x1(run_x1),
        .in_fx0(run_fx0), .in_fx1(run_fx1), .in_n(run_n), .in_t(run_t), .in_sx(run_sx), .in_m(run_m), .in_full(run_full), .idle(blobs_idle),
        .out_valid(blob_valid), .out_ready(1'b1), .out_context(blob_context), .out_x0(blob_x0), .out_x1(blob_x1), .out_y0(blob_y0), .out_y1(blob_y1), .out_n(blob_n),
        .out_t(blob_t), .out_sx(blob_sx), .out_sy(blob_sy), .out_m(blob_m), .drops(blob_drops)
    );
    // The grid has fewer than 256 rows.
    wire unused_blob = &{1'b0, blob_context, blob_y0[8], blob_y1[8]};

    reg         finished, list_started;
    wire        list_finish = finished && !list_started && (!movers_wanted || (walk_done && blobs_idle));
    wire        list_done, list_published, rank_done, rank_published;
    wire [6:0]  list_movers;
    wire [15:0] list_drops;
    reg         publish;
    mover_list mover_list_ (
        .clk(clk), .rst(rst), .start(start), .finish(list_finish), .enable(movers_wanted && !flood), .stop(first), .forget(owed && !movers_wanted),
        .cfg_cells(cfg_mover_cells),
        .side_log2(side_log2), .hold_shift(hold_shift), .c_valid(blob_valid), .c_x0(blob_x0), .c_x1(blob_x1), .c_y0(blob_y0[7:0]),
        .c_y1(blob_y1[7:0]), .c_n(blob_n), .c_t(blob_t), .c_sx(blob_sx), .c_sy(blob_sy), .c_m(blob_m), .publish(publish), .done(list_done),
        .published(list_published), .movers(list_movers), .drops(list_drops), .index(mov_index), .data(mov_data)
    );

    // plates
    wire        h1_valid, h2_valid, h3_valid;
    wire [7:0]  h1_luma, h2_luma, h3_luma;
    wire [11:0] h1_x, h1_y, h2_x, h2_y, h3_x, h3_y;
    lane_halve #(.MAX_W(MAX_W)) halve1 (
        .clk(clk), .s_valid(p_valid && plates_on), .s_luma(p_luma), .s_x(p_x), .s_y(p_y), .m_valid(h1_valid), .m_luma(h1_luma), .m_x(h1_x), .m_y(h1_y)
    );
    lane_halve #(.MAX_W(MAX_W / 2)) halve2 (
        .clk(clk), .s_valid(h1_valid), .s_luma(h1_luma), .s_x(h1_x), .s_y(h1_y), .m_valid(h2_valid), .m_luma(h2_luma), .m_x(h2_x), .m_y(h2_y)
    );
    lane_halve #(.MAX_W(MAX_W / 4)) halve3 (
        .clk(clk), .s_valid(h2_valid), .s_luma(h2_luma), .s_x(h2_x), .s_y(h2_y), .m_valid(h3_valid), .m_luma(h3_luma), .m_x(h3_x), .m_y(h3_y)
    );
    localparam ROWS_W = 3;                     // of cells that wait: 8
    wire [9:0]        rows0, rows1, rows2, rows3;
    wire              read0;
    wire [2:0]        read123;
    wire [ROWS_W-1:0] read_row0, read_row123;
    wire [8:0]        read_x0;
    wire [7:0]        read_x123;
    wire [3:0]        fresh0, fresh1, fresh2, fresh3;
    plate_lane #(.MAX_W(MAX_W), .ROWS_W(ROWS_W)) lane0 (
        .clk(clk), .start(start), .width(cfg_width[10:0]), .cfg_edge(cfg_plate_edge), .s_valid(p_valid && plates_on), .s_luma(p_luma), .s_x(p_x), .s_y(p_y),
        .rows(rows0), .read(read0), .read_row(read_row0), .read_x(read_x0), .read_q(fresh0)
    );
    plate_lane #(.MAX_W(MAX_W / 2), .ROWS_W(ROWS_W)) lane1 (
        .clk(clk), .start(start), .width({1'b0, cfg_width[10:1]}), .cfg_edge(cfg_plate_edge), .s_valid(h1_valid), .s_luma(h1_luma), .s_x(h1_x), .s_y(h1_y),
        .rows(rows1), .read(read123[0]), .read_row(read_row123), .read_x({1'b0, read_x123}), .read_q(fresh1)
    );
    plate_lane #(.MAX_W(MAX_W / 4), .ROWS_W(ROWS_W)) lane2 (
        .clk(clk), .start(start), .width({2'b0, cfg_width[10:2]}), .cfg_edge(cfg_plate_edge), .s_valid(h2_valid), .s_luma(h2_luma), .s_x(h2_x), .s_y(h2_y),
        .rows(rows2), .read(read123[1]), .read_row(read_row123), .read_x({1'b0, read_x123}), .read_q(fresh2)
    );
    plate_lane #(.MAX_W(MAX_W / 8), .ROWS_W(ROWS_W)) lane3 (
        .clk(clk), .start(start), .width({3'b0, cfg_width[10:3]}), .cfg_edge(cfg_plate_edge), .s_valid(h3_valid), .s_luma(h3_luma), .s_x(h3_x), .s_y(h3_y),
        .rows(rows3), .read(read123[2]), .read_row(read_row123), .read_x({1'b0, read_x123}), .read_q(fresh3)
    );
    // Three levels at full size, for which there is time; five in the smaller scales.
    wire [1:0]  c_valid, c_ready, walks_done;
    wire [1:0]  c_context0;
    wire [3:0]  c_context1;
    wire [8:0]  c_x0_0, c_x1_0;
    wire [7:0]  c_x0_1, c_x1_1;
    wire [9:0]  c_y0_0, c_y1_0;
    wire [8:0]  c_y0_1, c_y1_1;
    wire [23:0] c_n;
    wire [29:0] c_t;
    wire [19:0] c_m;
    wire [31:0] walk_drops;
    wire        walks_finish = finish && plates_wanted;
    plate_walk #(.LANES(1), .LEVELS(3), .LEVEL({8'd0, 8'd0, 8'd11, 8'd22, 8'd31}), .CELL_W(9), .Y_W(10), .ROWS_W(ROWS_W), .CONTEXT_W(2)) walk0 (
        .clk(clk), .start(start), .finish(walks_finish), .cells(cfg_width[10:2]), .cell_rows(cfg_height[10:1]), .rows(rows0), .fresh_read(read0),
        .fresh_row(read_row0), .fresh_x(read_x0), .fresh_q(fresh0), .c_valid(c_valid[0]), .c_ready(c_ready[0]), .c_context(c_context0), .c_x0(c_x0_0),
        .c_x1(c_x1_0), .c_y0(c_y0_0), .c_y1(c_y1_0), .c_n(c_n[11:0]), .c_t(c_t[14:0]), .c_m(c_m[9:0]), .drops(walk_drops[15:0]), .done(walks_done[0])
    );
    plate_walk #(.LANES(3), .LEVELS(5), .LEVEL({8'd11, 8'd15, 8'd22, 8'd31, 8'd40}), .CELL_W(8), .Y_W(9), .ROWS_W(ROWS_W), .CONTEXT_W(4)) walk123 (
        .clk(clk), .start(start), .finish(walks_finish), .cells(cfg_width[10:3]), .cell_rows(cfg_height[10:2]), .rows({rows3[8:0], rows2[8:0], rows1[8:0]}),
        .fresh_read(read123), .fresh_row(read_row123), .fresh_x(read_x123), .fresh_q({fresh3, fresh2, fresh1}), .c_valid(c_valid[1]), .c_ready(c_ready[1]),
        .c_context(c_context1), .c_x0(c_x0_1), .c_x1(c_x1_1), .c_y0(c_y0_1), .c_y1(c_y1_1), .c_n(c_n[23:12]), .c_t(c_t[29:15]), .c_m(c_m[19:10]),
        .drops(walk_drops[31:16]), .done(walks_done[1])
    );
    wire unused_rows = &{1'b0, rows1[9], rows2[9], rows3[9]};
    wire [4:0] rank_regions;
    reg        rank_finish;
    always @(posedge clk)
        rank_finish <= finished && !first && (!plates_wanted || &walks_done);
    plate_rank plate_rank_ (
        .clk(clk), .rst(rst), .start(start), .finish(rank_finish), .cfg_width(cfg_width), .cfg_height(cfg_height), .cfg_k(cfg_plate_k),
        .cfg_score(cfg_plate_score), .cfg_roi(cfg_roi), .c_valid(c_valid), .c_ready(c_ready), .c_context({c_context1, 2'd0, c_context0}),
        .c_x0({1'b0, c_x0_1, c_x0_0}), .c_x1({1'b0, c_x1_1, c_x1_0}), .c_y0({1'b0, c_y0_1, c_y0_0}), .c_y1({1'b0, c_y1_1, c_y1_0}),
        .c_n(c_n), .c_t(c_t), .c_m(c_m), .publish(publish), .done(rank_done), .published(rank_published), .regions(rank_regions),
        .index(reg_index), .data(reg_data)
    );

    // results: when both sides are ready, copied out unless the last ones are held
    reg         owed;                          // a frame has ended whose result is not out
    reg         publishing;
    reg  [1:0]  copied;
    wire [16:0] drops_movers = !movers_wanted || flood ? 17'd0 : {1'b0, blob_drops} + {1'b0, list_drops};
    wire [16:0] drops_regions = !plates_wanted ? 17'd0 : {1'b0, walk_drops[15:0]} + {1'b0, walk_drops[31:16]};
    wire        movers_open = movers_wanted && !list_done, regions_open = plates_wanted && !rank_done;
    wire        ready = finished && list_done && rank_done && !publishing;
    wire        shown = publishing && copied == 2'b11;
    wire        lost = (ready && res_hold) || (first && owed);
    always @(posedge clk) begin
        res_valid <= shown && !first;
        res_lost <= lost;
        publish <= ready && !res_hold;
        if (pix_valid && pix_eof)
            owed <= 1'b1;
        if (finish && owed)
            finished <= 1'b1;
        if (list_finish)
            list_started <= 1'b1;
        if (list_published)
            copied[0] <= 1'b1;
        if (rank_published)
            copied[1] <= 1'b1;
        if (ready) begin
            publishing <= 1'b1;
            copied <= 2'b00;
        end
        if (shown || lost) begin
            res_movers <= list_done ? list_movers : 7'd0;
            res_regions <= rank_done ? rank_regions : 5'd0;
            res_drop_movers <= movers_open ? 16'd1 : drops_movers[16] ? 16'hffff : drops_movers[15:0];
            res_drop_regions <= regions_open ? 16'd1 : drops_regions[16] ? 16'hffff : drops_regions[15:0];
            res_unfinished <= movers_open || regions_open;
        end
        if (shown || lost || first || rst) begin
            owed <= 1'b0;
            finished <= 1'b0;
            list_started <= 1'b0;
            publishing <= 1'b0;
            publish <= 1'b0;
        end
        if (rst) begin
            res_valid <= 1'b0;
            res_lost <= 1'b0;
            res_unfinished <= 1'b0;
            res_movers <= 7'd0;
            res_regions <= 5'd0;
            res_drop_movers <= 16'd0;
            res_drop_regions <= 16'd0;
        end
    end
endmodule
`resetall
