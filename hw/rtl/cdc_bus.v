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

`ifdef FORMAL
    wire        f_request_first, f_seen_first;
    cdc_bit request_i (.clk(dst_clk), .d(request), .q(request_dst), .f_first(f_request_first));
    cdc_bit seen_i (.clk(src_clk), .d(seen), .q(seen_src), .f_first(f_seen_first));
`else
    cdc_bit request_i (.clk(dst_clk), .d(request), .q(request_dst));
    cdc_bit seen_i (.clk(src_clk), .d(seen), .q(seen_src));
`endif

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

`ifdef FORMAL
    // Two clocks of any phase and rate; resets are high at first, on both sides, and then never. A flip-flop that samples a changing
    // line is taken to see the old or the new value; what it does beyond that (metastability) no proof of this kind shows.
    (* gclk *) reg f_clk;
    reg         f_past = 1'b0;
    reg [1:0]   f_src_edges = 2'd0, f_dst_edges = 2'd0;
    wire        f_reset = f_src_edges != 2'd3 || f_dst_edges != 2'd3;
    reg [3:0]   f_sent, f_got;
    reg [W-1:0] f_word;                // the last one taken
    wire [5:0]  f_ring = {request, f_request_first, request_dst, seen, f_seen_first, seen_src};
    wire [4:0]  f_edges = f_ring[5:1] ^ f_ring[4:0];

    always @(posedge src_clk) begin
        if (f_src_edges != 2'd3 && (f_src_edges == 2'd0 || f_dst_edges != 2'd0)) f_src_edges <= f_src_edges + 1'b1;
        if (src_send && !src_busy) begin
            f_sent <= f_sent + 1'b1;
            f_word <= src_data;
        end
        if (src_rst) f_sent <= 4'd0;
    end
    always @(posedge dst_clk) begin
        if (f_dst_edges != 2'd3 && f_src_edges != 2'd0) f_dst_edges <= f_dst_edges + 1'b1;
        if (dst_valid) f_got <= f_got + 1'b1;
        if (dst_rst) f_got <= 4'd0;
    end

    always @* begin
        assume(src_rst == f_reset && dst_rst == f_reset);
        if (f_src_edges != 2'd0 && f_reset) assert(!request && f_sent == 4'd0);
        if (f_src_edges > 2'd1 && f_reset) assert(!f_seen_first && (f_src_edges == 2'd2 || !seen_src));
        if (f_dst_edges != 2'd0 && f_reset) assert(!seen && !f_request_first && f_got == 4'd0 && (f_dst_edges == 2'd1 || !request_dst));
        assert((f_src_edges < 2'd2 || f_dst_edges != 2'd0) && (f_src_edges != 2'd0 || f_dst_edges == 2'd0));
        if (!f_reset) begin
            assert((f_edges & (f_edges - 1'b1)) == 0);             // at most one change of the toggle is on its way round
            assert(src_busy == (f_edges != 0));
            assert(f_sent == f_got + (request != seen));           // each word comes once
            assert(!dst_valid || f_sent == f_got + 4'd1);
            if (request != seen) assert(dst_data == f_word);       // as it was taken, and standing still
        end
    end
    always @(posedge f_clk) begin
        f_past <= 1'b1;
        if (f_past && !$rose(src_clk)) assume($stable(src_send) && $stable(src_data));
        if (f_past && !f_reset && $past(!f_reset && src_busy)) assert($stable(held));
        cover(!f_reset && f_got == 1 && $rose(dst_valid));
    end
`endif // FORMAL
endmodule
`resetall
