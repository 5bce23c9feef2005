// SPDX-License-Identifier: Apache-2.0
// Carries a word from one clock domain to another: a toggle crosses, the word stands still meanwhile.
//
// A word sent with src_busy low arrives once; dst_valid is high at the third rising edge of dst_clk after the edge that
// took src_send, when both clocks are one. dst_data stays until the next word is sent.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module cdc_bus #(
    parameter W = 1
) (
    input  wire         src_clk, src_rst,
    input  wire         src_send,
    input  wire [W-1:0] src_data,
    output wire         src_busy,

    input  wire         dst_clk, dst_rst,
    output wire         dst_valid,     // one clock
    output wire [W-1:0] dst_data
);
    reg         request;
    reg [W-1:0] held;
    reg         seen;
    wire        request_dst, seen_src;

    cdc_bit request_i (.clk(dst_clk), .d(request), .q(request_dst));
    cdc_bit seen_i (.clk(src_clk), .d(seen), .q(seen_src));

    assign src_busy = request != seen_src;
    assign dst_valid = request_dst != seen;
    assign dst_data = held;

    always @(posedge src_clk) begin
        if (src_send && !src_busy) begin
            held <= src_data;
            request <= !request;
        end
        if (src_rst) request <= 1'b0;
    end

    always @(posedge dst_clk) begin
        if (dst_valid) seen <= request_dst;
        if (dst_rst) seen <= 1'b0;
    end
endmodule
`resetall
