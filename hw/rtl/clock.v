// SPDX-License-Identifier: Apache-2.0
// The camera's clock: TAI nanoseconds with adjustable rate, stamps of first pixels, PPS latch.
//
// A stamp is the value that the counter had just before the edge that took the first pixel, as long as clk and time_clk
// are one clock; otherwise it is that within two clocks of time_clk. From that edge to stamp_request it is four time clocks
// (one in video_in, three in cdc_bus), which is made good by looking as far back; a PPS edge, two clocks in its synchroniser,
// likewise.
`resetall
`timescale 1ns / 1ps
`default_nettype none

`include "qyran_regs.vh"

module clock (
    input  wire        clk, rst,

    input  wire        command_valid,
    input  wire [131:0] command,       // {rate, latch, adjust, set}, {increment, fraction}, value
    output reg         latched_send,   // the command is done
    output wire [95:0] latched,        // {steps, time}

    input  wire        stamp_request,
    output reg         stamp_send,
    output reg  [95:0] stamp,          // {steps, time}

    input  wire        pps,
    output reg         pps_send,
    output reg  [63:0] pps_time
);
    // The simulated board writes this when it skips idle clocks; nothing else may depend on its increments.
    reg [63:0] now /* verilator public_flat_rw */;
    reg [63:0] now_1, now_2, now_3, now_4;
    reg [63:0] rate;                           // 8.56 fixed point
    reg [55:0] fraction;
    reg [7:0]  step;                           // whole nanoseconds of the next clock
    reg [31:0] steps;
    reg        pps_before;
    reg [63:0] latched_time;

    assign latched = {steps, latched_time};

    wire [3:0]  do_what = command[131:128];
    wire [63:0] value = command[63:0];

    always @(posedge clk) begin
        {step, fraction} <= {8'd0, fraction} + rate;
        now <= now + {56'd0, step};
        now_1 <= now;
        now_2 <= now_1;
        now_3 <= now_2;
        now_4 <= now_3;

        latched_send <= command_valid;
        if (command_valid) begin
            if (do_what[3]) rate <= command[127:64];
            if (do_what[2]) latched_time <= now;
            if (do_what[1]) now <= now + value + {56'd0, step};
            if (do_what[0]) now <= value;
            if (|do_what[1:0]) steps <= steps + 1'b1;
        end

        stamp_send <= stamp_request;
        if (stamp_request) stamp <= {steps, now_4};

        pps_before <= pps;
        pps_send <= pps && !pps_before;
        if (pps && !pps_before) pps_time <= now_2;

        if (rst) begin
            now <= 64'd0;
            rate <= {`QYRAN_CLOCK_RATE_RESET, `QYRAN_CLOCK_RATE_FRACTION_RESET};
            fraction <= 56'd0;
            step <= 8'd0;
            steps <= 32'd0;
            latched_send <= 1'b0;
            stamp_send <= 1'b0;
            pps_send <= 1'b0;
            pps_before <= 1'b1;
        end
    end
endmodule
`resetall
