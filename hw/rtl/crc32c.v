// SPDX-License-Identifier: Apache-2.0
// CRC-32C (Castagnoli, RFC 3720 appendix B.4), 64 bits a clock, lowest bit first.
//
// Latency 1 clock. finished_0000 is the finished CRC after four more bytes of 0, which the last field of a record header needs.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module crc32c (
    input  wire        clk,
    input  wire        restart,
    input  wire        valid,
    input  wire [63:0] word,
    output wire [31:0] finished,
    output reg  [31:0] finished_0000   // two clocks after the last word; then stable
);
    localparam [31:0] POLYNOMIAL = 32'h82f63b78;

    // Row i of the table: which of the 64 bits (the state already added to the low 32) reach bit i of the new state.
    function [2047:0] table64(input integer bits);
        integer from, step, i;
        reg [31:0] state;
        begin
            table64 = 2048'd0;
            for (from = 0; from < bits; from = from + 1) begin
                // a 1 at bit `from` enters after `from` steps and goes through the rest
                state = 32'd1;
                for (step = from; step < bits; step = step + 1)
                    state = state[0] ? (state >> 1) ^ POLYNOMIAL : state >> 1;
                for (i = 0; i < 32; i = i + 1)
                    table64[64*i + from] = state[i];
            end
        end
    endfunction

    localparam [2047:0] WORD = table64(64), HALF = table64(32);

    function [31:0] times(input [2047:0] rows, input [63:0] bits);
        integer i;
        for (i = 0; i < 32; i = i + 1)
            times[i] = ^(rows[64*i +: 64] & bits);
    endfunction

    reg [31:0] state;
    reg        fresh;

    assign finished = ~state;

    always @(posedge clk) begin
        fresh <= valid;
        if (valid) state <= times(WORD, word ^ {32'd0, state});
        if (fresh) finished_0000 <= ~times(HALF, {32'd0, state});
        if (restart) state <= 32'hffffffff;
    end
endmodule
`resetall
