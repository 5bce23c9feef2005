// SPDX-License-Identifier: Apache-2.0
// Movers, the pixel side: means of cells against a background, as words for mover_walk.
//
// A cell is the smallest power of two that makes the grid at most 240x135. Its word in the background memory holds the background
// (8.4), how far it usually strays (6.2, sigma-delta), whether it may be trusted (it matched for 8 frames), and for how many frames
// the cell has been in front. A background that is not trusted gives way to anything that stays the same for 6 frames; a trusted one
// only after cfg_mover_hold frames. Cells are updated one by one as their last pixel comes, 5 clocks later, whatever becomes of the frame.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module mover_cells (
    input  wire        clk, rst,
    input  wire        first,              // the clock before the frame's first pixel
    input  wire        start, finish,      // of a frame; some clocks behind the pixels, so that no cell is under way
    input  wire [15:0] cfg_width, cfg_height,
    input  wire [7:0]  cfg_level,
    input  wire [15:0] cfg_hold,
    input  wire        p_valid,
    input  wire [7:0]  p_luma,
    input  wire [11:0] p_x, p_y,
    output reg  [2:0]  side_log2,          // of a cell
    output reg  [7:0]  grid_w, grid_h,
    output reg  [3:0]  hold_shift,         // counts are in units of 2^hold_shift frames
    output reg         w_valid,            // a cell
    output reg  [7:0]  w_x,
    output reg         w_bank,             // parity of its row
    output reg         w_front,
    output reg  [11:0] w_count,
    output reg         w_last,             // of its row
    output reg         flood               // after finish: nearly all cells differ, movers mean nothing
);
    localparam [3:0]  MATCHES = 4'd8;
    localparam [3:0]  STABLE = 4'd6;
    localparam [8:0]  SAME = 9'd8;
    localparam [7:0]  NOISE_MOST = 8'd160;
    localparam signed [12:0] CLIP = 13'sd1023;

    // settings, still during a frame
    reg [11:0] hold;
    reg [7:0]  noise_first;
    reg [11:0] limit_least;
    reg        tick;
    reg [3:0]  frame;
    wire [2:0] side_of = cfg_width <= 16'd480 && cfg_height <= 16'd270 ? 3'd1 : cfg_width <= 16'd960 && cfg_height <= 16'd540 ? 3'd2
        : cfg_width <= 16'd1920 && cfg_height <= 16'd1080 ? 3'd3 : 3'd4;
    always @(posedge clk) begin
        if (first) begin
            side_log2 <= side_of;
            grid_w <= grid_of(cfg_width, side_of);
            grid_h <= grid_of(cfg_height, side_of);
        end
        if (start) begin
            hold_shift <= shift_of(cfg_hold);
            hold <= shifted(cfg_hold, shift_of(cfg_hold));
            noise_first <= {2'd0, cfg_level} * 10'd4 > {2'd0, NOISE_MOST} ? NOISE_MOST : {cfg_level[5:0], 2'b00};
            limit_least <= {cfg_level, 4'd0};
            tick <= (frame & ((4'd1 << shift_of(cfg_hold)) - 4'd1)) == 4'd0;
        end
    end

    // Bits that the ranges of the settings make 0, or that a function looks away from, stay unused.
    /* verilator lint_off UNUSEDSIGNAL */
    function [7:0] grid_of(input [15:0] size, input [2:0] shift);
        reg [15:0] cells;
        begin
            cells = size >> shift;
            grid_of = cells[7:0];
        end
    endfunction
    function [3:0] shift_of(input [15:0] value);
        shift_of = value[15] ? 4'd4 : value[14] ? 4'd3 : value[13] ? 4'd2 : value[12] ? 4'd1 : 4'd0;
    endfunction
    function [11:0] shifted(input [15:0] value, input [3:0] shift);
        reg [15:0] result;
        begin
            result = value >> shift;
            shifted = result[11:0];
        end
    endfunction
    /* verilator lint_on UNUSEDSIGNAL */

    // sums over the pixels of a cell: along the line, then with the lines before
    reg [15:0] partial [0:255];
    reg [15:0] partial_q;
    reg [11:0] along;
    reg        s1_valid, s1_first, s1_last;
    reg [11:0] s1_sum;
    reg [7:0]  s1_x;
    reg        s1_bank;
    wire [3:0]  mask = (4'd1 << side_log2) - 4'd1;
    wire        x_first = (p_x[3:0] & mask) == 4'd0;
    wire        x_last = (p_x[3:0] & mask) == mask;
    wire [11:0] along_now = (x_first ? 12'd0 : along) + {4'd0, p_luma};
    wire [11:0] cell_x = p_x >> side_log2, cell_y = p_y >> side_log2;
    wire [15:0] s1_total = (s1_first ? 16'd0 : partial_q) + {4'd0, s1_sum};

    reg         s2_valid;
    reg [15:0]  s2_total;
    reg [7:0]   s2_x;
    reg         s2_bank;
    reg [14:0]  address, s2_address;
    always @(posedge clk) begin
        s1_valid <= 1'b0;
        if (p_valid) begin
            along <= along_now;
            if (x_last && cell_x < {4'd0, grid_w} && cell_y < {4'd0, grid_h}) begin
                s1_valid <= 1'b1;
                s1_sum <= along_now;
                s1_x <= cell_x[7:0];
                s1_bank <= cell_y[0];
                s1_first <= (p_y[3:0] & mask) == 4'd0;
                s1_last <= (p_y[3:0] & mask) == mask;
                partial_q <= partial[cell_x[7:0]];
            end
        end
        s2_valid <= s1_valid && s1_last;
        if (s1_valid) begin
            partial[s1_x] <= s1_total;
            s2_total <= s1_total;
            s2_x <= s1_x;
            s2_bank <= s1_bank;
            s2_address <= address;
            if (s1_last)
                address <= address + 15'd1;
        end
        if (p_valid && p_x == 12'd0 && p_y == 12'd0)
            address <= 15'd0;
    end

    // background: read, compare, write
    // word: {trusted, count[11:0], background[11:0], noise[7:0]}
    reg [32:0] memory [0:32767];
    reg [32:0] word;
    reg        known;
    reg signed [10:0] shift;

    reg        s3_valid;
    reg [11:0] s3_mean;
    reg [7:0]  s3_x;
    reg        s3_bank;
    reg [14:0] s3_address;
    wire        trusted = word[32];
    wire [11:0] count = word[31:20];
    wire [11:0] background = word[19:8];
    wire [7:0]  candidate = word[7:0];
    wire [3:0]  stable = count[7:4];

    function [11:0] clamp(input signed [13:0] value);
        clamp = value < 0 ? 12'd0 : value > 14'sd4095 ? 12'd4095 : value[11:0];
    endfunction
    function [11:0] mean_of(input [15:0] total, input [2:0] log2);
        mean_of = log2 == 3'd1 ? {total[9:0], 2'd0} : log2 == 3'd2 ? total[11:0] : log2 == 3'd3 ? total[13:2] : total[15:4];
    endfunction

    reg        s4_valid, s4_trusted, s4_same;
    reg [11:0] s4_mean, s4_count, s4_background;
    reg [7:0]  s4_x, s4_noise, s4_candidate;
    reg        s4_bank;
    reg [14:0] s4_address;

    reg        s5_valid, s5_trusted, s5_same, s5_front, s5_noisier;
    reg signed [12:0] s5_difference;
    reg [11:0] s5_mean, s5_count, s5_background;
    reg [7:0]  s5_x, s5_noise, s5_candidate;
    reg        s5_bank;
    reg [14:0] s5_address;

    wire signed [12:0] difference = {1'b0, s4_mean} - {1'b0, s4_background};
    wire [12:0] size = difference < 0 ? -difference : difference;
    wire [11:0] limit_noise = {2'd0, s4_noise, 2'd0};
    wire [11:0] limit = limit_noise > limit_least ? limit_noise : limit_least;
    wire [8:0]  apart = {1'b0, s3_mean[11:4]} - {1'b0, candidate};
    wire [3:0]  stable_next = s5_count[7:4] != 4'd0 && s5_same ? s5_count[7:4] + 4'd1 : 4'd1;
    wire [3:0]  matches_next = s5_count[3:0] + 4'd1;
    wire [11:0] held = s5_count + {11'd0, tick && s5_count != 12'd4095};
    wire signed [13:0] wide_difference = {s5_difference[12], s5_difference};
    wire signed [13:0] follow = s5_trusted ? (wide_difference + 14'sd8) >>> 4 : (wide_difference + 14'sd2) >>> 2;
    wire signed [12:0] clipped = s5_difference > CLIP ? CLIP : s5_difference < -CLIP ? -CLIP : s5_difference;

    reg        write;
    reg [14:0] write_address;
    reg [32:0] write_word;
    reg [15:0] front_count, cell_count;
    reg signed [27:0] sum;

    always @(posedge clk) begin
        s3_valid <= s2_valid;
        if (s2_valid) begin
            word <= memory[s2_address];
            s3_mean <= mean_of(s2_total, side_log2);
            s3_x <= s2_x;
            s3_bank <= s2_bank;
            s3_address <= s2_address;
        end
        s4_valid <= s3_valid;
        if (s3_valid) begin
            s4_mean <= s3_mean;
            s4_x <= s3_x;
            s4_bank <= s3_bank;
            s4_address <= s3_address;
            s4_trusted <= trusted;
            s4_count <= count;
            s4_candidate <= candidate;
            s4_noise <= !trusted && stable != 4'd0 ? noise_first : candidate;
            s4_background <= clamp($signed({2'd0, background}) + {{3{shift[10]}}, shift});
            s4_same <= (apart[8] ? -apart : apart) <= SAME;
        end
        s5_valid <= s4_valid;
        if (s4_valid) begin
            s5_mean <= s4_mean;
            s5_x <= s4_x;
            s5_bank <= s4_bank;
            s5_address <= s4_address;
            s5_trusted <= s4_trusted;
            s5_count <= s4_count;
            s5_candidate <= s4_candidate;
            s5_noise <= s4_noise;
            s5_background <= s4_background;
            s5_same <= s4_same;
            s5_difference <= difference;
            s5_front <= size > {1'b0, limit};
            s5_noisier <= {3'd0, size} * 16'd6 > {6'd0, s4_noise, 2'd0};
        end
        write <= s5_valid;
        w_valid <= s5_valid;
        if (s5_valid) begin
            write_address <= s5_address;
            w_x <= s5_x;
            w_bank <= s5_bank;
            w_last <= s5_x + 8'd1 == grid_w;
            w_front <= s5_front;
            w_count <= 12'd0;
            cell_count <= cell_count + 16'd1;
            write_word <= {s5_trusted, s5_count, s5_background, s5_noise};
            if (!known) begin
                write_word <= {1'b0, 12'd0, s5_mean, noise_first};
                w_front <= 1'b0;
            end else begin
                if (s5_front) begin
                    front_count <= front_count + 16'd1;
                    sum <= sum + {{15{clipped[12]}}, clipped};
                end else begin
                    write_word[19:8] <= clamp({2'd0, s5_background} + follow);
                    write_word[7:0] <= s5_noisier ? s5_noise + {7'd0, s5_noise < NOISE_MOST} : s5_noise - {7'd0, s5_noise != 8'd0};
                end
                if (s5_trusted && !s5_front) begin
                    write_word[31:20] <= 12'd0;
                end else if (s5_trusted) begin
                    if (held >= hold) begin
                        write_word <= {1'b0, 12'd0, s5_mean, noise_first};
                        w_front <= 1'b0;
                    end else begin
                        write_word[31:20] <= held;
                        w_count <= held;
                    end
                end else if (!s5_front) begin
                    write_word[32] <= matches_next == MATCHES;
                    write_word[31:20] <= matches_next == MATCHES ? 12'd0 : {8'd0, matches_next};
                end else if (stable_next == STABLE) begin
                    write_word <= {1'b0, 12'd0, s5_mean, noise_first};
                    w_front <= 1'b0;
                end else begin
                    write_word[31:20] <= {4'd0, stable_next, s5_count[3:0]};
                    write_word[7:0] <= stable_next == 4'd1 ? s5_mean[11:4] : s5_candidate;
                    w_count <= {8'd0, stable_next};
                end
            end
        end
        if (write)
            memory[write_address] <= write_word;

        // the whole picture became brighter or darker
        if (finish) begin
            known <= 1'b1;
            frame <= frame + 4'd1;
            flood <= known && {front_count, 2'd0} > {1'b0, cell_count, 1'b0} + {2'd0, cell_count};
            shift <= known && {front_count, 2'd0} > {1'b0, cell_count, 1'b0} + {2'd0, cell_count} ? mean_shift(sum, cell_count) : 11'sd0;
        end
        if (start || rst) begin
            front_count <= 16'd0;
            cell_count <= 16'd0;
            sum <= 28'sd0;
        end
        if (rst) begin
            known <= 1'b0;
            frame <= 4'd0;
            shift <= 11'sd0;
            flood <= 1'b0;
        end
    end

    // divided by the power of two that is not less than the number of cells
    // The quotient's upper bits only repeat its sign: each summand was clipped.
    /* verilator lint_off UNUSEDSIGNAL */
    function signed [10:0] mean_shift(input signed [27:0] total, input [15:0] cells);
        reg signed [27:0] result;
        reg [15:0] less;
        integer k;
        begin
            less = cells - 16'd1;
            result = total;
            for (k = 0; k < 16; k = k + 1)
                if (less >> k != 16'd0)
                    result = result >>> 1;
            mean_shift = result[10:0];
        end
    endfunction
    /* verilator lint_on UNUSEDSIGNAL */
endmodule
`resetall
