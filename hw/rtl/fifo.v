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

`ifdef FORMAL
    // The writer looks at full, which is a clock late: SPARE covers that. Then no word is lost, none comes twice, and all keep their order.
    reg f_past = 1'b0;
    wire f_room = used < 1 << A;
    always @(posedge clk) f_past <= 1'b1;
    always @* if (!f_past) assume(rst);
`ifdef FORMAL_FIFO
    always @* if (f_past && !rst) assume(!write || f_room);

    // one word, wherever it is: its place in the stream, modulo twice the size
    (* anyconst *) reg [A:0] f_at;
    reg  [A:0]   f_written, f_read;
    reg          f_in;
    reg  [W-1:0] f_word;
    wire [A:0]   f_ahead = f_at - f_read;              // words before it
    wire [A:0]   f_held = f_written - f_read;

    always @(posedge clk) begin
        if (write) f_written <= f_written + 1'b1;
        if (valid && ready) f_read <= f_read + 1'b1;
        if (valid && ready && f_read == f_at) f_in <= 1'b0;
        if (write && f_written == f_at) begin
            f_in <= 1'b1;
            f_word <= in;
        end
        if (rst) begin
            f_written <= 0;
            f_read <= 0;
            f_in <= 1'b0;
        end
    end
    always @* if (f_past && !rst) begin
        assert(used <= 1 << A);
        assert(f_written == tail && used + read_valid + valid == f_held);
        assert(f_in == (f_ahead < used + read_valid + valid));
        if (f_in) begin
            if (valid && f_ahead == 0) assert(out == f_word);
            else if (read_valid && f_ahead == valid) assert(read == f_word);
            else assert(words[f_at[A-1:0]] == f_word);
        end
    end
    always @(posedge clk) if (f_past && !rst && $past(f_past && !rst)) begin
        if ($past(valid && !ready)) assert(valid && $stable(out));
        cover(full && f_in && f_ahead == 2);
        cover(!f_in && $past(f_in) && f_read > 1 << A);
    end
`else
    always @* if (f_past && !rst) assert(!write || f_room);
`endif
`endif // FORMAL
endmodule
`resetall
