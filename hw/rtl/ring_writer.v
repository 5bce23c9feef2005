// SPDX-License-Identifier: Apache-2.0
// Writes a record, a word at a time, into the ring: bursts of 64 bytes, which neither the ring's end nor 4 KiB can cut.
//
// begin_record sets the place; then a multiple of 8 words follows. settled: all of them are written and answered.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module ring_writer (
    input  wire        clk, rst,       // rst: also at each start of the stream
    input  wire [63:0] ring_base,
    input  wire [31:0] ring_size,
    input  wire [63:0] dma_base, dma_limit,

    input  wire        begin_record,
    input  wire [31:0] position,       // bytes since RUN
    input  wire        s_valid,
    input  wire [63:0] s_word,
    output wire        s_ready,
    output wire        settled,
    output reg         failed,         // since begin_record: refused, by DMA_BASE/LIMIT or by the bus
    output reg         fault,
    output reg  [63:0] fault_address,

    output wire [63:0] m_awaddr,
    output reg         m_awvalid,
    input  wire        m_awready,
    output wire [63:0] m_wdata,
    output wire        m_wlast,
    output reg         m_wvalid,
    input  wire        m_wready,
    input  wire [1:0]  m_bresp,
    input  wire        m_bvalid
);
    localparam [4:0] OUTSTANDING_MOST = 5'd16;

    reg  [63:0] buffer [0:15];
    reg  [4:0]  filled;                // words taken, modulo 32
    reg  [4:0]  sent;
    reg  [31:0] next;                  // position of the next burst
    reg  [63:0] address, next_address;
    reg         next_allowed;
    reg  [1:0]  settling;              // clocks until next_* follow next
    reg         writing;
    reg  [4:0]  outstanding;

    wire        whole = filled[4:3] != sent[4:3];
    wire        aw_done = !m_awvalid || m_awready;
    wire        w_done = !m_wvalid || (m_wready && m_wlast);

    // The ring is 4 KiB aligned, a burst 64 bytes; bit 1 of a response tells an error.
    wire        unused = &{ring_base[11:0], dma_limit[5:0], m_bresp[0]};

    assign s_ready = filled[4] == sent[4] || filled[3] != sent[3];
    assign m_awaddr = address;
    assign m_wdata = buffer[sent[3:0]];
    assign m_wlast = &sent[2:0];
    assign settled = filled == sent && !writing && outstanding == 5'd0;

    always @(posedge clk) begin
        fault <= 1'b0;
        if (s_valid && s_ready) begin
            buffer[filled[3:0]] <= s_word;
            filled <= filled + 1'b1;
        end

        if (settling != 2'd0) begin
            settling <= settling - 1'b1;
            next_address <= {ring_base[63:12], 12'd0} + {32'd0, next & (ring_size - 1'b1)};
            next_allowed <= next_address >= dma_base && next_address[63:6] < dma_limit[63:6];
        end
        if (whole && !writing && settling == 2'd0 && outstanding != OUTSTANDING_MOST) begin
            address <= next_address;
            next <= next + 32'd64;
            settling <= 2'd2;
            if (next_allowed) begin
                writing <= 1'b1;
                m_awvalid <= 1'b1;
                m_wvalid <= 1'b1;
            end else begin
                sent <= sent + 5'd8;
                failed <= 1'b1;
                fault <= 1'b1;
                fault_address <= next_address;
            end
        end
        if (writing) begin
            if (m_awready) m_awvalid <= 1'b0;
            if (m_wvalid && m_wready) begin
                sent <= sent + 1'b1;
                if (m_wlast) m_wvalid <= 1'b0;
            end
            if (aw_done && w_done) writing <= 1'b0;
        end

        if (m_awvalid && m_awready && !m_bvalid) outstanding <= outstanding + 1'b1;
        if (!(m_awvalid && m_awready) && m_bvalid) outstanding <= outstanding - 1'b1;
        if (begin_record) begin
            next <= position;
            settling <= 2'd2;
            failed <= 1'b0;
        end
        if (m_bvalid && m_bresp[1]) begin
            failed <= 1'b1;
            fault <= 1'b1;
            fault_address <= address;
        end

        if (rst) begin
            filled <= 5'd0;
            sent <= 5'd0;
            writing <= 1'b0;
            settling <= 2'd0;
            m_awvalid <= 1'b0;
            m_wvalid <= 1'b0;
            outstanding <= 5'd0;
            fault <= 1'b0;
        end
    end
endmodule
`resetall
