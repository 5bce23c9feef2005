// SPDX-License-Identifier: Apache-2.0
// Brings lines that change at any time into a clock domain; lines that must agree with each other need cdc_bus.
//
// Latency 2 clocks.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module cdc_bit #(
    parameter W = 1
) (
    input  wire         clk,
    input  wire [W-1:0] d,
`ifdef FORMAL
    output wire [W-1:0] f_first,
`endif
    output wire [W-1:0] q
);
    (* ASYNC_REG = "TRUE" *) reg [W-1:0] first, second;

    assign q = second;
`ifdef FORMAL
    assign f_first = first;
`endif

    always @(posedge clk) begin
        first <= d;
        second <= first;
    end
endmodule
`resetall
