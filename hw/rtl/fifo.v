// SPDX-License-Identifier: Apache-2.0
// A queue in block RAM. A word shows on the output two clocks after it was written; the RAM's output is a register.
//
// Writing when full loses the word: the writer looks at full first.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module fifo #(
    parameter W = 64,
    parameter A = 9,                   // 2^A words, and one in the output register
    parameter SPARE = 0                // words for which there is still room when full shows
) (
    input  wire         clk, rst,
    input  wire         write,
    input  wire [W-1:0] in,
    output wire         full,
    output reg          valid,
    output reg  [W-1:0] out,
    input  wire         ready
);
    reg [W-1:0] words [0:(1<<A)-1];
    reg [A:0]   head, tail;

    localparam [A:0] MOST = (1 << A) - SPARE;
    wire [A:0] used = tail - head;

    assign full = used >= MOST;

    always @(posedge clk) begin
        if (write) words[tail[A-1:0]] <= in;
        if (write) tail <= tail + 1'b1;
        if (!valid || ready) begin
            valid <= head != tail;
            if (head != tail) begin
                out <= words[head[A-1:0]];
                head <= head + 1'b1;
            end
        end
        if (rst) begin
            head <= 0;
            tail <= 0;
            valid <= 1'b0;
        end
    end
endmodule
`resetall
