// SPDX-License-Identifier: Apache-2.0
// Privacy masks: pixels inside any of sixteen rectangles become black before anything else sees them.
//
// Latency 2 clocks, one pixel a clock, never stalls. Which masks a line meets is found at its first pixel.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module masks (
    input  wire        clk, rst,
    input  wire [1023:0] mask,         // 16 x {y1, y0, x1, x0}; changes only before a start of frame

    input  wire        s_valid, s_sof, s_eol, s_eof,
    input  wire [15:0] s_data,
    input  wire [15:0] s_x, s_y,
    input  wire        s_start, s_abort, s_end,

    output reg         m_valid, m_sof, m_eol, m_eof,
    output reg  [15:0] m_data,
    output reg         m_start, m_abort, m_end,
    output wire        busy
);
    localparam [15:0] BLACK = {8'd128, 8'd16};

    reg        a_valid, a_sof, a_eol, a_eof, a_start, a_abort, a_end;
    reg [15:0] a_data, a_x;
    reg [15:0] line;                   // masks that the line meets
    reg        any;
    reg        covered;
    reg [15:0] meets;
    integer    i;

    assign busy = a_valid || m_valid || a_start || a_abort || a_end;

    always @* begin
        meets = 16'd0;
        if (s_valid && s_x == 16'd0)
            for (i = 0; i < 16; i = i + 1)
                meets[i] = s_y >= mask[64*i+32 +: 16] && s_y < mask[64*i+48 +: 16] && mask[64*i +: 16] < mask[64*i+16 +: 16];
    end

    always @* begin
        covered = 1'b0;
        if (any && a_valid)
            for (i = 0; i < 16; i = i + 1)
                if (line[i] && a_x >= mask[64*i +: 16] && a_x < mask[64*i+16 +: 16]) covered = 1'b1;
    end

    always @(posedge clk) begin
        a_valid <= s_valid;
        a_start <= s_start;
        a_abort <= s_abort;
        a_end <= s_end;
        if (s_valid) begin
            a_sof <= s_sof;
            a_eol <= s_eol;
            a_eof <= s_eof;
            a_data <= s_data;
            a_x <= s_x;
            if (s_x == 16'd0) begin
                line <= meets;
                any <= |meets;
            end
        end
        m_valid <= a_valid;
        m_start <= a_start;
        m_abort <= a_abort;
        m_end <= a_end;
        if (a_valid) begin
            m_sof <= a_sof;
            m_eol <= a_eol;
            m_eof <= a_eof;
            m_data <= covered ? BLACK : a_data;
        end
        if (rst) begin
            {a_valid, a_start, a_abort, a_end} <= 4'd0;
            {m_valid, m_start, m_abort, m_end} <= 4'd0;
        end
    end
endmodule
`resetall
