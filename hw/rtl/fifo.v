// SPDX-License-Identifier: Apache-2.0
// A queue in block RAM. A word shows on the output three clocks after it was written; behind the RAM's read register is one more.
//
// Writing when full loses the word: the writer looks at full first, which shows one clock after the write that filled it up.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module fifo #(
    parameter W = 64,
    parameter A = 9,                   // 2^A words, and two on the way out
    parameter SPARE = 0                // words for which there is still room when full shows
) (
    input  wire         clk, rst,
    input  wire         write,
    input  wire [W-1:0] in,
    output reg          full,
    output reg          valid,
    output reg  [W-1:0] out,
    input  wire         ready
);
    reg [W-1:0] words [0:(1<<A)-1];
    reg [A:0]   head, tail;
    reg [W-1:0] read;
    reg         read_valid;

    localparam [A:0] MOST = (1 << A) - SPARE - 1;
    wire [A:0]  used = tail - head;
    wire        step = !valid || ready;
    wire        fetch = !read_valid || step;

    always @(posedge clk) begin
        if (write) words[tail[A-1:0]] <= in;
        if (fetch) read <= words[head[A-1:0]];
        if (step) out <= read;
    end

    always @(posedge clk) begin
        full <= used >= MOST;
        if (write) tail <= tail + 1'b1;
        if (fetch) begin
            read_valid <= head != tail;
            if (head != tail) head <= head + 1'b1;
        end
        if (step) valid <= read_valid;
        if (rst) begin
            head <= 0;
            tail <= 0;
            full <= 1'b0;
            read_valid <= 1'b0;
            valid <= 1'b0;
        end
    end
endmodule
`resetall
