// SPDX-License-Identifier: Apache-2.0
// Settings that are taken together: what software wrote, the copy that waits for a frame, and the copy in force.
//
// COMMIT copies everything, clamped, into the waiting copy (busy for some 130 clocks); the next start of frame puts it in
// force. What software wrote of the boxes lives in a RAM, the two copies in shift registers, a word each clock.
`resetall
`timescale 1ns / 1ps
`default_nettype none

`include "qyran_regs.vh"

module settings (
    input  wire        clk, rst,

    input  wire        access,         // an address is there: value follows
    input  wire        write,          // not while busy
    input  wire [16:0] address,        // stands still from the request to its answer
    input  wire [31:0] data,
    output reg  [31:0] value,          // of the register at address, three clocks later; 0 when it is not one of these
    output reg         busy,

    input  wire        take,           // a frame starts: what waits is in force from the next clock on
    output wire        pending,
    output reg         clamped,
    output reg         want_test,      // TEST_PATTERN as committed

    output reg         test, mono, plates, movers,
    output reg  [7:0]  plate_edge,
    output reg  [4:0]  plate_k,
    output reg  [15:0] plate_score,
    output reg  [7:0]  plate_margin,
    output reg  [7:0]  mover_level,
    output reg  [15:0] mover_cells, mover_hold,
    output reg  [1023:0] roi,          // 16 x {y1, y0, x1, x0}
    output reg  [255:0] watch,         // 4 x the same
    // privacy masks, as masks.v wants them; beyond the largest picture is 2047
    output wire        y_write,
    output wire [3:0]  y_index,
    output wire [21:0] y_word,
    output wire        mask_take,
    output reg  [351:0] mask_x,        // 16 x {x1, x0}
    output reg  [15:0] mask_on         // x0 < x1
);
    localparam [31:0] MODE_RESET = `QYRAN_MODE_RESET, EDGE_RESET = `QYRAN_PLATE_EDGE_RESET, COUNT_RESET = `QYRAN_PLATE_COUNT_RESET,
        SCORE_RESET = `QYRAN_PLATE_SCORE_RESET, MARGIN_RESET = `QYRAN_PLATE_MARGIN_RESET, LEVEL_RESET = `QYRAN_MOVER_LEVEL_RESET,
        CELLS_RESET = `QYRAN_MOVER_CELLS_RESET, HOLD_RESET = `QYRAN_MOVER_HOLD_RESET;
    localparam [80:0] SCALARS_RESET = {MODE_RESET[3:0], EDGE_RESET[7:0], COUNT_RESET[4:0], SCORE_RESET[15:0], MARGIN_RESET[7:0],
        LEVEL_RESET[7:0], CELLS_RESET[15:0], HOLD_RESET[15:0]};
    localparam [4:0] K_MOST = 5'd16;
    localparam [16:0] WATCH_MOST = 17'd64;

    // boxes: 0 to 31 regions of interest, 32 to 39 watch, 64 to 95 slots (only kept for reading), 96 to 127 masks
    wire [16:0] block = address >> 7;
    wire        in_roi = block == `QYRAN_REG_ROI_X >> 7;
    wire        in_watch = block == `QYRAN_REG_WATCH_X >> 7 && address[6:5] == 2'd0;
    wire        in_slot = block == `QYRAN_REG_SLOT_BASE_LO >> 7;
    wire        in_mask = block == `QYRAN_REG_MASK_X >> 7;
    wire        in_box = in_roi || in_watch || in_slot || in_mask;
    wire [6:0]  index = {in_slot || in_mask, in_watch || in_mask, address[6:2]};

    reg  [31:0] boxes [0:127];
    reg  [31:0] box_read, box_value, copy_read, copy_value;    // behind each read register one more
    reg  [6:0]  copy_index;
    reg         clearing;              // after reset: all boxes empty
    reg         was_box, accessed;

    reg         s_test, s_mono, s_plates, s_movers;
    reg  [7:0]  s_edge;
    reg  [4:0]  s_k;
    reg  [15:0] s_score;
    reg  [7:0]  s_margin, s_level;
    reg  [15:0] s_cells, s_hold;

    reg         waiting, copied;       // a commit waits; its copy is complete
    reg  [80:0] w_scalars;
    reg  [1023:0] w_roi;
    reg  [351:0] w_mask_x;
    reg  [15:0] w_mask_on;
    reg  [255:0] w_watch;
    reg  [31:0] scalar_value;
    reg  [1:0]  copy_valid;
    reg  [6:0]  read_index, copied_index;

    wire        commit = write && address == `QYRAN_REG_COMMIT && data[`QYRAN_COMMIT_COMMIT];

    assign pending = waiting;

    // A watch box: columns multiples of 4, at most 64 x 64.
    wire        is_x = !copied_index[0];
    wire [15:0] low = is_x ? {copy_value[15:2], 2'b00} : copy_value[15:0];
    wire [15:0] high = is_x ? {copy_value[31:18], 2'b00} : copy_value[31:16];
    wire [16:0] most = {1'b0, low} + WATCH_MOST;
    reg  [31:0] watch_word;
    reg         watch_valid, watch_differs;

    // A box of masks: nothing lies beyond 2047.
    wire [21:0] box = {copy_value[31:27] == 5'd0 ? copy_value[26:16] : 11'd2047, copy_value[15:11] == 5'd0 ? copy_value[10:0] : 11'd2047};

    assign y_write = copy_valid[1] && copied_index[6:5] == 2'd3 && copied_index[0];
    assign y_index = copied_index[4:1];
    assign y_word = box;
    assign mask_take = take && copied;

    always @(posedge clk) begin
        if (clearing) boxes[copy_index] <= 32'd0;
        else if (write && in_box) boxes[index] <= data;
        if (access) box_read <= boxes[index];
        if (accessed) box_value <= box_read;
        if (busy) copy_read <= boxes[copy_index];
        if (copy_valid[0]) copy_value <= copy_read;
    end

    always @(posedge clk) begin
        accessed <= access;
        if (access) was_box <= in_box;
        value <= was_box ? box_value : scalar_value;
        if (access) case (address)
            `QYRAN_REG_MODE:         scalar_value <= {28'd0, s_movers, s_plates, s_mono, s_test};
            `QYRAN_REG_PLATE_EDGE:   scalar_value <= {24'd0, s_edge};
            `QYRAN_REG_PLATE_COUNT:  scalar_value <= {27'd0, s_k};
            `QYRAN_REG_PLATE_SCORE:  scalar_value <= {16'd0, s_score};
            `QYRAN_REG_PLATE_MARGIN: scalar_value <= {24'd0, s_margin};
            `QYRAN_REG_MOVER_LEVEL:  scalar_value <= {24'd0, s_level};
            `QYRAN_REG_MOVER_CELLS:  scalar_value <= {16'd0, s_cells};
            `QYRAN_REG_MOVER_HOLD:   scalar_value <= {16'd0, s_hold};
            default:                 scalar_value <= 32'd0;
        endcase

        if (write) case (address)
            `QYRAN_REG_MODE:         {s_movers, s_plates, s_mono, s_test} <= data[3:0];
            `QYRAN_REG_PLATE_EDGE:   s_edge <= data[`QYRAN_PLATE_EDGE_MIN];
            `QYRAN_REG_PLATE_COUNT:  s_k <= data[`QYRAN_PLATE_COUNT_K];
            `QYRAN_REG_PLATE_SCORE:  s_score <= data[`QYRAN_PLATE_SCORE_MIN];
            `QYRAN_REG_PLATE_MARGIN: s_margin <= data[7:0];
            `QYRAN_REG_MOVER_LEVEL:  s_level <= data[`QYRAN_MOVER_LEVEL_MIN];
            `QYRAN_REG_MOVER_CELLS:  s_cells <= data[`QYRAN_MOVER_CELLS_MIN];
            `QYRAN_REG_MOVER_HOLD:   s_hold <= data[`QYRAN_MOVER_HOLD_FRAMES];
            default: ;
        endcase

        copy_valid <= {copy_valid[0], busy && !clearing};
        read_index <= copy_index;
        copied_index <= read_index;
        if (busy) begin
            copy_index <= copy_index + 1'b1;
            if (&copy_index) begin
                busy <= 1'b0;
                clearing <= 1'b0;
            end
        end
        if (copy_valid[1]) begin
            watch_word <= {{1'b0, high} > most ? most[15:0] : high, low};
            watch_differs <= {1'b0, high} > most || {high, low} != copy_value;
        end
        watch_valid <= copy_valid[1] && copied_index[6:3] == 4'd4;
        if (watch_valid) begin
            w_watch <= {watch_word, w_watch[255:32]};
            if (watch_differs) clamped <= 1'b1;
        end
        if (copy_valid[1]) begin
            if (copied_index[6:5] == 2'd0) w_roi <= {copy_value, w_roi[1023:32]};
            if (copied_index[6:5] == 2'd3 && !copied_index[0]) begin
                w_mask_x <= {box, w_mask_x[351:22]};
                w_mask_on <= {box[10:0] < box[21:11], w_mask_on[15:1]};
            end
            if (&copied_index) begin
                copied <= 1'b1;
                want_test <= s_test;
            end
        end

        if (take && copied) begin
            waiting <= 1'b0;
            copied <= 1'b0;
            {movers, plates, mono, test, plate_edge, plate_k, plate_score, plate_margin, mover_level, mover_cells, mover_hold} <= w_scalars;
            roi <= w_roi;
            watch <= w_watch;
            mask_x <= w_mask_x;
            mask_on <= w_mask_on;
        end
        if (commit) begin
            busy <= 1'b1;
            waiting <= 1'b1;
            copied <= 1'b0;
            clamped <= s_k > K_MOST;
            w_scalars <= {s_movers, s_plates, s_mono, s_test, s_edge, s_k > K_MOST ? K_MOST : s_k, s_score, s_margin, s_level, s_cells, s_hold};
        end

        if (rst) begin
            {s_movers, s_plates, s_mono, s_test, s_edge, s_k, s_score, s_margin, s_level, s_cells, s_hold} <= SCALARS_RESET;
            {movers, plates, mono, test, plate_edge, plate_k, plate_score, plate_margin, mover_level, mover_cells, mover_hold}
                <= SCALARS_RESET;
            roi <= 1024'd0;
            watch <= 256'd0;
            mask_x <= 352'd0;
            mask_on <= 16'd0;
            want_test <= 1'b0;
            waiting <= 1'b0;
            copied <= 1'b0;
            clamped <= 1'b0;
            copy_valid <= 2'd0;
            watch_valid <= 1'b0;
            copy_index <= 7'd0;
            clearing <= 1'b1;
            busy <= 1'b1;
        end
    end
endmodule
`resetall
