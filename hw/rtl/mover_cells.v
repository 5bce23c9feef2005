// SPDX-License-Identifier: Apache-2.0
// Movers, the pixel side: means of cells against a background, as words for mover_walk.
//
// A cell is the smallest power of two that makes the grid at most 240x135. Its word in the background memory holds the background
// (8.4), how far it usually strays (6.2, sigma-delta), whether the cell was darker in the last frame, whether it may be trusted (it matched for 8 frames) and is proven (something
// passed and it came back), and for how many frames the cell has been in front. A background that is not trusted gives way to anything that stays the same for 6 frames; a trusted one
// after cfg_hold frames, or, not proven, when its neighbours vouch for bare ground. Cells are updated one by one as their last pixel comes, 11
// clocks later, whatever becomes of the frame. Numbers in names are clocks since the cell's last pixel was summed; cells are two
// clocks apart at least, so that a stage may hold its values for two.
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
    output reg         w_front,            // and the difference is neither a shadow's
    output reg         w_strong,           // nor what shaking or lamps would make
    output reg  [11:0] w_count,
    output reg         w_last,             // of its row
    output wire        flood               // after finish: nearly all cells differ, movers mean nothing
);
    localparam [3:0]  MATCHES = 4'd8;
    localparam [3:0]  STABLE = 4'd6;
    localparam signed [8:0] SAME = 9'sd8;
    localparam [7:0]  NOISE_MOST = 8'd255;
    localparam [11:0] SHAKE = 12'd16, SETTLED = 12'd24, PROVEN = 12'd8, LASTS = 12'd16;
    localparam [11:0] DIM = 12'd1280;
    localparam signed [12:0] CLIP = 13'sd1023;

    // settings, still during a frame
    reg [11:0] hold;
    reg [7:0]  noise_first;
    reg [11:0] limit_least, limit_dim;
    reg        tick;
    reg [3:0]  hold_shift_next;
    reg [3:0]  mask;                        // pixels of a cell, less one
    reg [3:0]  frame;
    reg        fits2, fits4, fits8;          // a grid of cells of that many pixels; the size stands still since rst
    reg  [2:0] side_of;
    always @(posedge clk) begin
        fits2 <= cfg_width <= 16'd480 && cfg_height <= 16'd270;
        fits4 <= cfg_width <= 16'd960 && cfg_height <= 16'd540;
        fits8 <= cfg_width <= 16'd1920 && cfg_height <= 16'd1080;
        side_of <= fits2 ? 3'd1 : fits4 ? 3'd2 : fits8 ? 3'd3 : 3'd4;
        hold_shift_next <= shift_of(cfg_hold);
        if (first) begin
            side_log2 <= side_of;
            grid_w <= grid_of(cfg_width, side_of);
            grid_h <= grid_of(cfg_height, side_of);
            mask <= (4'd1 << side_of) - 4'd1;
        end
        if (start) begin
            hold_shift <= hold_shift_next;
            hold <= shifted(cfg_hold, hold_shift_next);
            noise_first <= {2'd0, cfg_level} * 10'd4 > {2'd0, NOISE_MOST} ? NOISE_MOST : {cfg_level[5:0], 2'b00};
            limit_least <= {cfg_level, 4'd0};
            limit_dim <= {1'b0, cfg_level, 3'd0} + {3'd0, cfg_level, 1'b0};
            tick <= (frame & {hold_shift_next > 4'd3, hold_shift_next > 4'd2, hold_shift_next > 4'd1, hold_shift_next > 4'd0}) == 4'd0;
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
    reg [15:0] partial_read, partial_q;
    reg [11:0] along;
    reg        s1_there, s1_inside, s1_first, s1_last;
    wire       s1_valid = s1_there && s1_inside;
    reg [11:0] s1_sum;
    reg [7:0]  s1_x;
    reg [7:0]  s1_row;
    wire        x_first = (p_x[3:0] & mask) == 4'd0;
    wire        x_last = (p_x[3:0] & mask) == mask;
    wire [11:0] along_now = (x_first ? 12'd0 : along) + {4'd0, p_luma};
    wire [7:0]  cell_x = grid_of({4'd0, p_x}, side_log2);
    wire [11:0] cell_y = p_y >> side_log2;
    wire [15:0] s1_total = (s1_first ? 16'd0 : partial_q) + {4'd0, s1_sum};

    // the clocks from there: at[k] a cell is updated, load[k] its row is loaded
    reg [9:1]   at;
    reg         load1, load2;
    reg [15:0]  total1;
    reg [7:0]   x1, x2, x4, x6, x8;
    reg         bank1, bank2, bank4, bank6, bank8;
    reg         first_row1, last_row1, first_row2, last_row2;
    reg [14:0]  address, read_address1, address2, address4, address6, address8;
    // the cell's own word, or on its row's first line that and the one below
    wire [14:0] read_address = s1_valid ? address + {7'd0, s1_last ? 8'd0 : s1_x} : read_address1 + {7'd0, grid_w};
    always @(posedge clk) begin
        s1_there <= p_valid && x_last;
        if (p_valid) begin
            along <= along_now;
            if (x_first)
                partial_read <= partial[cell_x];
            s1_sum <= along_now;
            s1_x <= cell_x;
            s1_row <= cell_y[7:0];
            s1_inside <= cell_y < {4'd0, grid_h};
            s1_first <= (p_y[3:0] & mask) == 4'd0;
            s1_last <= (p_y[3:0] & mask) == mask;
            partial_q <= partial_read;
        end
        at <= {at[8:1], s1_valid && s1_last};
        load1 <= s1_valid && s1_first;
        load2 <= load1;
        if (s1_valid) begin
            partial[s1_x] <= s1_total;
            total1 <= s1_total;
            x1 <= s1_x;
            bank1 <= s1_row[0];
            first_row1 <= s1_row == 8'd0;
            last_row1 <= s1_row + 8'd1 == grid_h;
            if (s1_last)
                address <= address + 15'd1;
        end
        read_address1 <= read_address;
        if (p_valid && p_x == 12'd0 && p_y == 12'd0)
            address <= 15'd0;
        if (rst)
            at <= 9'd0;
    end

    // background: {darker, proven, trusted, count[11:0], background[11:0], noise[7:0]}
    // A block of memory a bit, as deep as the grid: no multiplexer between a block and its register.
    reg [34:0] word1, word;
    reg        known;
    reg        write;
    reg [34:0] write_word;
    reg [14:0] write_address;
    genvar     k;
    generate for (k = 0; k < 35; k = k + 1) begin : plane
        reg bits [0:32767];
        always @(posedge clk) begin
            if (s1_valid || load1)
                word1[k] <= bits[read_address];
            if (write)
                bits[write_address] <= write_word[k];
        end
    end endgenerate
    always @(posedge clk)
        if (at[1] || load1 || load2)
            word <= word1;

    function [11:0] clamp(input signed [13:0] value);
        clamp = value < 0 ? 12'd0 : value > 14'sd4095 ? 12'd4095 : value[11:0];
    endfunction
    function [11:0] mean_of(input [15:0] total, input [2:0] log2);
        mean_of = log2 == 3'd1 ? {total[9:0], 2'd0} : log2 == 3'd2 ? total[11:0] : log2 == 3'd3 ? total[13:2] : total[15:4];
    endfunction

    // what the word says, corrected for the light
    reg [11:0] mean2, mean4, mean6, mean8;
    reg        was4, was6, was8, proven4, proven6, proven8, trusted4, trusted6, trusted8, same4, same6, same8;
    reg [11:0] count4, count6, count8;
    reg [7:0]  noise4, noise6, noise8, candidate4, candidate6, candidate8;
    reg [3:0]  bin4, bin6, bin8;
    reg [11:0] background4, background6, background8;
    wire [7:0] candidate = word[7:0];
    wire signed [10:0] step3;
    reg signed [8:0] apart3;

    // how it differs
    reg signed [12:0] difference5, difference6;
    reg [11:0] limit5, limit6, limit8, keeps6;
    reg [12:0] size6, size8;
    reg        front7, front8, noisier7, noisier8, darker8, shadow8, lamp8, restart9, held9, shaking9, shakes9, outside9;
    reg signed [10:0] change7, change8;
    reg signed [10:0] follow7;
    // The bits below are what the division leaves over.
    /* verilator lint_off UNUSEDSIGNAL */
    wire signed [12:0] by16 = difference6 + 13'sd8, by4 = difference6 + 13'sd2;
    /* verilator lint_on UNUSEDSIGNAL */
    reg [11:0] follow8, stayed9;
    reg [7:0]  noise_more8, noise_less8, noise_strays9, noise_quiet9;   // when it strays as shaking would; else
    wire [7:0] up8, down8;
    wire       vouched9, soft9, flat9;
    wire       after;
    reg         dim4;
    wire [11:0] limit_noise4 = {2'd0, noise4, 2'd0};
    wire [11:0] limit_least4 = dim4 ? limit_dim : limit_least;
    wire [11:0] stayed8 = count8 + {11'd0, tick && count8 != 12'd4095};
    wire [7:0]  reach8 = darker8 ? down8 : up8;

    mover_near near (
        .clk(clk), .load2(load2), .update2(at[2]), .x2(x2), .first_row2(first_row2), .last_row2(last_row2), .last2(x2 + 8'd1 == grid_w),
        .word2({word[32] && word[31:20] == 12'd0, word[19:12]}), .difference5(difference5[12:4]), .within6(size6[12:5]), .mean6(mean6[11:4]),
        .up8(up8), .down8(down8), .vouched9(vouched9), .soft9(soft9), .flat9(flat9)
    );
    mover_light light (
        .clk(clk), .rst(rst), .start(start), .finish(finish), .look_bin(word[19:16]), .look_step(step3), .add_valid(at[8] && known), .add_bin(bin8),
        .add_change(change8), .add_front(front8), .flood(flood), .after(after)
    );

    // what becomes of it
    wire        trusted9 = trusted8 && !restart9;
    wire [3:0]  stable9 = !trusted8 && count8[7:4] != 4'd0 && same8 ? count8[7:4] + 4'd1 : 4'd1;
    wire [3:0]  matches9 = count8[3:0] + 4'd1;
    wire        adopt9 = front8 && (trusted9 ? held9 || (vouched9 && !proven8 && count8 >= SETTLED) : stable9 == STABLE);

    always @(posedge clk) begin
        if (at[1]) begin
            mean2 <= mean_of(total1, side_log2);
            address2 <= read_address1;
            bank2 <= bank1;
        end
        apart3 <= $signed({1'b0, mean2[11:4]} - {1'b0, candidate});
        x2 <= x1;
        first_row2 <= first_row1;
        last_row2 <= last_row1;
        if (at[3]) begin
            mean4 <= mean2;
            {x4, bank4, address4} <= {x2, bank2, address2};
            was4 <= word[34];
            proven4 <= word[33];
            dim4 <= word[19:8] < DIM;
            trusted4 <= word[32];
            count4 <= word[31:20];
            bin4 <= word[19:16];
            candidate4 <= candidate;
            noise4 <= !word[32] && word[27:24] != 4'd0 ? noise_first : candidate;
            background4 <= clamp($signed({2'd0, word[19:8]}) + {{3{step3[10]}}, step3});
            same4 <= apart3 >= -SAME && apart3 <= SAME;
        end
        if (at[4]) begin
            difference5 <= $signed({1'b0, mean4}) - $signed({1'b0, background4});
            limit5 <= limit_noise4 > limit_least4 ? limit_noise4 : limit_least4;
        end
        if (at[5]) begin
            {mean6, x6, bank6, address6} <= {mean4, x4, bank4, address4};
            {was6, proven6, trusted6, count6, bin6, candidate6, noise6, background6, same6} <= {was4, proven4, trusted4, count4, bin4, candidate4, noise4, background4, same4};
            difference6 <= difference5;
            size6 <= difference5 < 0 ? -difference5 : difference5;
            limit6 <= limit5;
            keeps6 <= trusted4 && dim4 && count4 >= LASTS ? {1'b0, limit5[11:1]} : limit5;
        end
        if (at[6]) begin
            front7 <= size6 > {1'b0, keeps6};
            noisier7 <= {2'd0, size6} + {1'b0, size6, 1'b0} > {6'd0, noise6, 1'b0};
            change7 <= difference6 > CLIP ? CLIP[10:0] : difference6 < -CLIP ? -CLIP[10:0] : difference6[10:0];
            follow7 <= trusted6 ? {{2{by16[12]}}, by16[12:4]} : by4[12:2];
        end
        if (at[7]) begin
            {mean8, x8, bank8, address8} <= {mean6, x6, bank6, address6};
            {was8, proven8, trusted8, count8, bin8, candidate8, noise8, background8, same8} <= {was6, proven6, trusted6, count6, bin6, candidate6, noise6, background6, same6};
            size8 <= size6;
            limit8 <= limit6;
            front8 <= front7;
            change8 <= change7;
            darker8 <= difference6[12];
            shadow8 <= difference6[12] && {size6, 1'b0} <= {2'd0, background6};
            lamp8 <= !difference6[12] && background6 < DIM;
            follow8 <= clamp($signed({2'd0, background6}) + {{3{follow7[10]}}, follow7});
            noisier8 <= noisier7;
            noise_more8 <= noise6 + {7'd0, noise6 != NOISE_MOST};
            noise_less8 <= noise6 - {7'd0, noise6 != 8'd0};
        end
        if (at[8]) begin
            shakes9 <= size8 <= {1'b0, reach8, 4'd0};
            noise_strays9 <= noisier8 ? noise_more8 : noise_less8;
            noise_quiet9 <= !noisier8 ? noise_less8 : was8 != darker8 ? noise_more8 : noise8;
            outside9 <= {1'b0, size8} > {2'd0, limit8} + {2'd0, reach8, 4'd0};
            stayed9 <= stayed8;
            held9 <= stayed8 >= hold;
            shaking9 <= count8 < SHAKE && noise8 != NOISE_MOST;
            restart9 <= front8 && after && count8 <= 12'd2;
        end
        write <= at[9];
        w_valid <= at[9];
        if (at[9]) begin
            write_address <= address8;
            w_x <= x8;
            w_bank <= bank8;
            w_last <= x8 + 8'd1 == grid_w;
            w_front <= known && front8 && !adopt9 && !(shadow8 && flat9);
            w_strong <= known && outside9 && !(soft9 && (shadow8 || lamp8));
            w_count <= 12'd0;
            if (!known || adopt9) begin
                write_word <= {known && darker8, 2'd0, 12'd0, mean8, noise_first};
            end else if (!front8) begin
                write_word <= {darker8, proven8 || (trusted8 && count8 >= PROVEN), trusted8 || matches9 == MATCHES, trusted8 || matches9 == MATCHES ? 12'd0 : {8'd0, matches9}, follow8, shakes9 ? noise_strays9 : noise_quiet9};
            end else if (trusted9) begin
                write_word <= {darker8, proven8, 1'b1, stayed9, background8, noise8 + {7'd0, shakes9 && shaking9}};
                w_count <= stayed9;
            end else begin
                write_word <= {darker8, proven8, 5'd0, stable9, trusted8 ? 4'd0 : count8[3:0], background8, stable9 == 4'd1 ? mean8[11:4] : candidate8};
                w_count <= {8'd0, stable9};
            end
        end
        if (finish) begin
            known <= 1'b1;
            frame <= frame + 4'd1;
        end
        if (rst) begin
            known <= 1'b0;
            frame <= 4'd0;
        end
    end
endmodule
`resetall
