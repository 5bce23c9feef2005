// SPDX-License-Identifier: Apache-2.0
// What an AXI write master of this design promises, and what it may expect of its memory. Simulated nowhere: for proofs only.
//
// Promises: a valid stays, and what comes with it, until ready; INCR bursts of at most 16 beats of 8 bytes, 8-byte aligned, never
// across 4 KiB, all of it from dma_base up to dma_limit; wlast on the last beat and on no other; one burst at a time, its data not
// before its address is shown. Expected: as many responses as bursts, none before its burst's last beat.
// (IHI 0022, A3.2.1 and A3.4.1.)
`resetall
`timescale 1ns / 1ps
`default_nettype none

module axi_write_rules (
    input  wire        clk, rst,
    input  wire [63:0] dma_base, dma_limit,
    input  wire [63:0] awaddr,
    input  wire [7:0]  awlen,
    input  wire        awvalid, awready,
    input  wire [63:0] wdata,
    input  wire        wlast, wvalid, wready,
    input  wire        bvalid,
    output reg  [5:0]  complete,       // bursts written and not answered
    output reg         address_went, data_went,        // of the burst under way
    output reg  [4:0]  beats,          // of it that went
    output reg  [7:0]  length          // its awlen, once its address went
);
`ifdef FORMAL
    reg        f_past = 1'b0;
    wire [7:0] now_length = awvalid ? awlen : length;
    wire       address_goes = awvalid && awready;
    wire       data_goes = wvalid && wready && wlast;
    wire       whole = (address_went || address_goes) && (data_went || data_goes);
    wire [64:0] after = {1'b0, awaddr} + {54'd0, {1'b0, awlen} + 9'd1, 3'd0};

    always @(posedge clk) begin
        f_past <= 1'b1;
        if (address_goes) length <= awlen;
        address_went <= (address_went || address_goes) && !whole;
        data_went <= (data_went || data_goes) && !whole;
        if (wvalid && wready) beats <= wlast ? 5'd0 : beats + 1'b1;
        complete <= complete + whole - bvalid;
        if (rst) begin
            address_went <= 1'b0;
            data_went <= 1'b0;
            beats <= 5'd0;
            complete <= 6'd0;
        end
    end

    always @* if (f_past) begin
        assume(!bvalid || complete != 0);
        assert(complete <= 16);
        if (data_went) assert(beats == 0);
        if (awvalid) begin
            assert(!address_went && !rst);
            assert(awlen <= 15 && awaddr[2:0] == 0);
            assert(awaddr >= dma_base && after <= {1'b0, dma_limit});
            assert({1'b0, awaddr[11:3]} + awlen < 512);
        end
        if (wvalid) begin
            assert(!data_went && !rst && (awvalid || address_went));
            assert(wlast == (beats == now_length));
        end
    end
    always @(posedge clk) if (f_past) begin
        if ($past(f_past && awvalid && !awready)) assert(awvalid && $stable(awaddr) && $stable(awlen));
        if ($past(f_past && wvalid && !wready)) assert(wvalid && $stable(wdata) && $stable(wlast));
        cover(data_went);
        cover(complete == 1 && bvalid);
    end
`endif
endmodule
`resetall
