// SPDX-License-Identifier: Apache-2.0
// What an AXI read master of this design promises, and what it may expect of its memory. Simulated nowhere: for proofs only.
//
// Promises: arvalid stays, and what comes with it, until arready; INCR bursts of at most 16 beats of 8 bytes, 8-byte aligned, never
// across 4 KiB, all of it from dma_base up to dma_limit. Expected: as many beats as were asked for, none before.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module axi_read_rules (
    input  wire        clk, rst,
    input  wire [63:0] dma_base, dma_limit,
    input  wire [63:0] araddr,
    input  wire [7:0]  arlen,
    input  wire        arvalid, arready,
    input  wire        rvalid,
    output reg  [10:0] owed            // beats that were asked for and did not come
);
`ifdef FORMAL
    reg         f_past = 1'b0;
    wire [64:0] after = {1'b0, araddr} + {54'd0, {1'b0, arlen} + 9'd1, 3'd0};

    always @(posedge clk) begin
        f_past <= 1'b1;
        owed <= owed + (arvalid && arready ? {3'd0, arlen} + 11'd1 : 11'd0) - rvalid;
        if (rst) owed <= 11'd0;
    end

    always @* if (f_past) begin
        assume(!rvalid || owed != 0);
        if (arvalid) begin
            assert(!rst && arlen <= 15 && araddr[2:0] == 0);
            assert(araddr >= dma_base && after <= {1'b0, dma_limit});
            assert({1'b0, araddr[11:3]} + arlen < 512);
        end
    end
    always @(posedge clk) if (f_past && $past(f_past && arvalid && !arready)) assert(arvalid && $stable(araddr) && $stable(arlen));
`endif
endmodule
`resetall
