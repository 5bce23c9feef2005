// SPDX-License-Identifier: Apache-2.0
// Movers: what the light does to the whole picture, in sixteen steps of the background's brightness.
//
// Each step sums what its cells that stayed differ by; after finish the mean of each step, where three quarters agree on its sign, is
// what the next frame's backgrounds are corrected by (ready 24 clocks later). When half of all cells, or of the brightest ones in one direction, leave their background from
// one frame to the next, that is a flood: the next frame sums all cells, and the one after it is corrected.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module mover_light (
    input  wire        clk, rst,
    input  wire        start, finish,       // of a frame, when no cell is under way
    // the correction of a background: one clock
    input  wire [3:0]  look_bin,
    output reg  signed [10:0] look_step,    // 1/16 level
    // a cell; two clocks between cells at least
    input  wire        add_valid,
    input  wire [3:0]  add_bin,
    input  wire signed [10:0] add_change,   // its difference, 64 levels at most
    input  wire        add_front,
    output reg         flood,               // after finish: movers mean nothing
    output reg         after                // the first frame after a corrected flood
);
    localparam signed [12:0] STEP_MOST = 13'sd1023;
    localparam [14:0] FEW = 15'd32;

    // counts of the frame
    reg [15:0] cells, front, bright_cells, front_before;
    reg signed [16:0] lean;
    reg [3:0]  bright;                      // bins from here on are the brightest quarter to half of the picture
    reg        flooded;
    // settled when finish comes
    reg [16:0] lean_size;
    reg        half, leaning, enough, sudden, too_many, too_few;
    wire       flood_now = (half || (enough && leaning)) && (flooded || sudden);
    always @(posedge clk) begin
        lean_size <= lean < 0 ? -lean : lean;
        half <= {front, 1'b0} > {1'b0, cells};
        enough <= {bright_cells, 3'd0} > {3'd0, cells};
        leaning <= {lean_size, 1'b0} > {2'd0, bright_cells};
        sudden <= {1'b0, front} > {1'b0, front_before} + {3'd0, cells[15:2]};
        too_many <= {bright_cells, 1'b0} > {1'b0, cells};
        too_few <= {bright_cells, 2'd0} < {2'd0, cells};
        if (add_valid) begin
            cells <= cells + 16'd1;
            front <= front + {15'd0, add_front};
            if (add_bin >= bright) begin
                bright_cells <= bright_cells + 16'd1;
                if (add_front)
                    lean <= add_change > 0 ? lean + 17'sd1 : lean - 17'sd1;
            end
        end
        if (finish) begin
            flood <= flood_now;
            after <= flooded && flood_now;
            flooded <= flood_now && !flooded;
            front_before <= front;
            if (too_many && bright != 4'd15)
                bright <= bright + 4'd1;
            else if (!too_many && too_few && bright != 4'd0)
                bright <= bright - 4'd1;
        end
        if (start || rst) begin
            cells <= 16'd0;
            front <= 16'd0;
            bright_cells <= 16'd0;
            lean <= 17'sd0;
        end
        if (rst) begin
            flood <= 1'b0;
            after <= 1'b0;
            flooded <= 1'b0;
            front_before <= 16'd0;
            bright <= 4'd0;
        end
    end

    // sums: {brighter less darker ones, count, sum} a bin, read, and written a clock later
    reg [56:0] sums [0:15];
    reg        sum_valid;
    reg [3:0]  sum_bin;
    reg [56:0] sum_word;
    reg        sweep, sweep_means, sweep_all;          // all bins, one a clock: their means become the steps, or there are none
    reg        ended;                       // the last frame was finished
    reg [3:0]  sweep_bin;
    wire [3:0]  sums_at = sweep ? sweep_bin : add_bin;
    wire [56:0] sums_q = sums[sums_at];
    wire [15:0] side = add_change < 0 ? 16'hffff : {15'd0, add_change != 0};

    // a bin on its way: {count, sum}, the count's first bits, the reciprocal, the product, the step
    reg        a_valid, b_valid, c_valid, d_valid;
    reg [3:0]  a_bin, b_bin, c_bin, d_bin;
    reg [14:0] a_count;
    reg signed [15:0] a_side;
    wire signed [16:0] a_twice = {a_side, 1'b0}, a_all = $signed({2'd0, a_count});
    reg signed [24:0] a_sum, b_sum, c_sum;
    reg [3:0]  b_shift;
    reg [2:0]  b_below;
    reg        b_few, b_agreed;
    reg [13:0] c_reciprocal;
    // A mean is no larger than what was added, so that the upper bits repeat its sign.
    /* verilator lint_off UNUSEDSIGNAL */
    reg signed [39:0] d_product;
    /* verilator lint_on UNUSEDSIGNAL */
    wire signed [12:0] d_step = $signed(d_product[29:17]) + $signed({12'd0, d_product[16]});

    // 1 / count: four bits of 16 * 8 / (8.5 + the three bits below the count's first one), then in their place
    function [6:0] first_of(input [14:0] count);
        reg [3:0]  shift;
        // Above them stands the count's first one.
        /* verilator lint_off UNUSEDSIGNAL */
        reg [14:0] top;
        /* verilator lint_on UNUSEDSIGNAL */
        integer    k;
        begin
            shift = 4'd0;
            for (k = 5; k < 15; k = k + 1)
                if (count[k])
                    shift = 4'd14 - k[3:0];
            top = count << shift;
            first_of = {shift, top[13:11]};
        end
    endfunction
    function [3:0] inverse(input [2:0] below);
        case (below)
        3'd0: inverse = 4'd15;
        3'd1: inverse = 4'd13;
        3'd2: inverse = 4'd12;
        3'd3: inverse = 4'd11;
        3'd4: inverse = 4'd10;
        3'd5, 3'd6: inverse = 4'd9;
        default: inverse = 4'd8;
        endcase
    endfunction

    reg signed [10:0] steps [0:15];
    always @(posedge clk) begin
        look_step <= steps[look_bin];

        sum_valid <= add_valid && (!add_front || flooded);
        sum_bin <= add_bin;
        sum_word <= {sums_q[56:41] + side, sums_q[40:26] + 15'd1, sums_q[25:0] + {{15{add_change[10]}}, add_change}};
        if (sum_valid || sweep)
            sums[sweep ? sweep_bin : sum_bin] <= sweep ? 57'd0 : sum_word;

        a_valid <= sweep;
        a_bin <= sweep_bin;
        a_count <= sweep_means ? sums_q[40:26] : 15'd0;
        a_sum <= sums_q[25:1];
        a_side <= sums_q[56:41];
        b_valid <= a_valid;
        b_bin <= a_bin;
        b_sum <= a_sum;
        {b_shift, b_below} <= first_of(a_count);
        b_few <= a_count < FEW;
        b_agreed <= sweep_all || a_twice > a_all || a_twice + a_all < 0;
        c_valid <= b_valid;
        c_bin <= b_bin;
        c_sum <= b_sum;
        c_reciprocal <= b_few || !b_agreed ? 14'd0 : {10'd0, inverse(b_below)} << b_shift;
        d_valid <= c_valid;
        d_bin <= c_bin;
        d_product <= c_sum * $signed({1'b0, c_reciprocal});
        if (d_valid)
            steps[d_bin] <= d_step > STEP_MOST ? STEP_MOST[10:0] : d_step < -STEP_MOST ? -STEP_MOST[10:0] : d_step[10:0];

        if (sweep) begin
            sweep_bin <= sweep_bin + 4'd1;
            sweep <= sweep_bin != 4'd15;
        end
        if (finish) begin
            ended <= 1'b1;
            sweep <= 1'b1;
            sweep_bin <= 4'd0;
            sweep_means <= flooded == flood_now;
            sweep_all <= flood_now;
        end
        if (start) begin
            ended <= 1'b0;
            if (!ended) begin
                sweep <= 1'b1;
                sweep_bin <= 4'd0;
                sweep_means <= 1'b0;
            end
        end
        if (rst) begin
            ended <= 1'b0;
            sum_valid <= 1'b0;
        end
    end
endmodule
`resetall
