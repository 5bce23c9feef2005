// SPDX-License-Identifier: Apache-2.0
// Halves a picture for the lane of the next scale: rounded means of 2x2 pixels. An odd last line or column is left off. Latency 3 clocks.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module lane_halve #(
    parameter MAX_W = 1920             // of the picture that comes in
) (
    input  wire        clk,
    input  wire        s_valid,
    input  wire [7:0]  s_luma,
    input  wire [11:0] s_x, s_y,
    output reg         m_valid,
    output reg  [7:0]  m_luma,
    output reg  [11:0] m_x, m_y
);
    localparam ADDRESS_W = $clog2(MAX_W / 2);

    reg [8:0]  pairs [0:(1 << ADDRESS_W) - 1];     // of the even line
    reg [8:0]  pair_q, pair;
    reg [7:0]  left;
    reg        read_valid, odd_valid;
    reg [8:0]  read_pair, odd_pair;
    reg [10:0] read_x, read_y, odd_x, odd_y;
    wire [8:0] now = {1'b0, left} + {1'b0, s_luma};
    // Means: the fraction goes.
    /* verilator lint_off UNUSEDSIGNAL */
    wire [9:0] sum = {1'b0, pair} + {1'b0, odd_pair} + 10'd2;
    /* verilator lint_on UNUSEDSIGNAL */

    always @(posedge clk) begin
        read_valid <= 1'b0;
        m_valid <= 1'b0;
        if (s_valid) begin
            left <= s_luma;
            if (s_x[0]) begin
                if (!s_y[0])
                    pairs[s_x[ADDRESS_W:1]] <= now;
                pair_q <= pairs[s_x[ADDRESS_W:1]];
                read_valid <= s_y[0];
                read_pair <= now;
                read_x <= s_x[11:1];
                read_y <= s_y[11:1];
            end
        end
        odd_valid <= read_valid;
        if (read_valid) begin
            pair <= pair_q;
            odd_pair <= read_pair;
            odd_x <= read_x;
            odd_y <= read_y;
        end
        if (odd_valid) begin
            m_valid <= 1'b1;
            m_luma <= sum[9:2];
            m_x <= {1'b0, odd_x};
            m_y <= {1'b0, odd_y};
        end
    end
endmodule
`resetall
