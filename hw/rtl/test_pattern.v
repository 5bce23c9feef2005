// SPDX-License-Identifier: Apache-2.0
// Video of its own making, so that everything behind it can be tried without a sensor.
//
// Frame n, pixel (x, y): Y = x + y + 4 n, but 235 in the 64 x 32 box at (8 n mod 512, 8); U = x / 4, V = y / 4; all modulo
// 256. 16 clocks between lines, PAUSE between frames. It stops only after a whole frame.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module test_pattern #(
    parameter PAUSE = 12288
) (
    input  wire        clk, rst,
    input  wire        enable,
    output reg         active,         // video comes from here
    input  wire [15:0] width, height,
    output reg         m_valid, m_user, m_last,
    output reg  [15:0] m_data
);
    localparam [13:0] FRAME_PAUSE = PAUSE, LINE_PAUSE = 16;

    reg [15:0] x, y;
    reg [7:0]  n;
    reg [13:0] pause;

    wire [15:0] box = {7'd0, n[5:0], 3'd0};
    wire        in_box = x >= box && x < box + 16'd64 && y >= 16'd8 && y < 16'd40;
    wire [7:0]  luma = in_box ? 8'd235 : x[7:0] + y[7:0] + {n[5:0], 2'b00};
    wire [7:0]  chroma = x[0] ? y[9:2] : x[9:2];

    always @(posedge clk) begin
        m_valid <= 1'b0;
        if (!active) begin
            if (enable) begin
                active <= 1'b1;
                pause <= FRAME_PAUSE;
                n <= 8'd0;
                x <= 16'd0;
                y <= 16'd0;
            end
        end else if (pause != 14'd0) begin
            pause <= pause - 1'b1;
            if (!enable && x == 16'd0 && y == 16'd0) active <= 1'b0;
        end else begin
            m_valid <= 1'b1;
            m_user <= x == 16'd0 && y == 16'd0;
            m_last <= x == width - 1'b1;
            m_data <= {chroma, luma};
            x <= x + 1'b1;
            if (x == width - 1'b1) begin
                x <= 16'd0;
                y <= y + 1'b1;
                pause <= LINE_PAUSE;
                if (y == height - 1'b1) begin
                    y <= 16'd0;
                    n <= n + 1'b1;
                    pause <= FRAME_PAUSE;
                end
            end
        end
        if (rst) begin
            active <= 1'b0;
            m_valid <= 1'b0;
        end
    end
endmodule
`resetall
