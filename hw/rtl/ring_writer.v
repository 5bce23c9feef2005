// SPDX-License-Identifier: Apache-2.0
// Writes a record, a word at a time, into the ring: bursts of 64 bytes, which neither the ring's end nor 4 KiB can cut.
//
// begin_record sets the place; then a multiple of 8 words follows. settled: all of them are written and answered. Addresses run
// ahead of the data as far as the buffer has whole bursts, so that a word a clock passes whatever the memory's latency; the data
// of a burst never come before its address.
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
    output reg         s_ready,
    output wire        settled,
    output reg         failed,         // since begin_record: refused, by DMA_BASE/LIMIT or by the bus
    output reg         fault,
    output reg  [63:0] fault_address,

    output reg  [63:0] m_awaddr,
    output reg         m_awvalid,
    input  wire        m_awready,
    output wire [63:0] m_wdata,
    output wire        m_wlast,
    output wire        m_wvalid,
    input  wire        m_wready,
    input  wire [1:0]  m_bresp,
    input  wire        m_bvalid
);
    localparam [4:0] OUTSTANDING_MOST = 5'd16;
    localparam [5:0] READY_BELOW = 6'd29;              // of 32: s_ready is a clock behind

    reg  [63:0] buffer [0:31];
    reg  [5:0]  filled, sent;          // words, modulo 64
    reg  [2:0]  decided;               // bursts whose address went out, or was refused, modulo 8
    reg  [3:0]  allowed;               // which of them
    reg  [31:0] next, mask;            // position of the next burst
    reg  [31:0] offset;
    reg  [63:0] address;
    reg         above_base, below_limit;
    reg  [2:0]  settling;              // clocks until address and what is known of it follow next
    reg  [4:0]  outstanding;

    wire        decide = filled[5:3] != decided && settling == 3'd0 && (!m_awvalid || m_awready) && outstanding < OUTSTANDING_MOST - 5'd1;
    wire [5:0]  used = filled - sent;
    wire        behind = sent[5:3] != decided;
    wire        pass = allowed[sent[4:3]];

    // The ring is 4 KiB aligned, a burst 64 bytes; bit 1 of a response tells an error.
    wire        unused = &{ring_base[11:0], dma_limit[5:0], m_bresp[0]};

    assign m_wdata = buffer[sent[4:0]];
    assign m_wlast = &sent[2:0];
    assign m_wvalid = behind && pass;
    assign settled = filled == sent && !m_awvalid && outstanding == 5'd0;

    always @(posedge clk) if (s_valid && s_ready) buffer[filled[4:0]] <= s_word;

    always @(posedge clk) begin
        fault <= 1'b0;
        s_ready <= used < READY_BELOW;
        if (s_valid && s_ready) filled <= filled + 1'b1;

        // the next address and whether it is allowed
        if (settling != 3'd0) begin
            settling <= settling - 1'b1;
            mask <= ring_size - 1'b1;
            offset <= next & mask;
            address <= {ring_base[63:12], 12'd0} + {32'd0, offset};
            above_base <= address >= dma_base;
            below_limit <= address[63:6] < dma_limit[63:6];
        end

        if (m_awready) m_awvalid <= 1'b0;
        if (decide) begin
            decided <= decided + 1'b1;
            allowed[decided[1:0]] <= above_base && below_limit;
            next <= next + 32'd64;
            settling <= 3'd3;
            m_awaddr <= address;
            if (above_base && below_limit) m_awvalid <= 1'b1;
            else begin
                failed <= 1'b1;
                fault <= 1'b1;
                fault_address <= address;
            end
        end
        if (behind && !pass) sent <= sent + 6'd8;
        else if (m_wvalid && m_wready) sent <= sent + 1'b1;

        if (m_awvalid && m_awready && !m_bvalid) outstanding <= outstanding + 1'b1;
        if (!(m_awvalid && m_awready) && m_bvalid) outstanding <= outstanding - 1'b1;
        if (begin_record) begin
            next <= position;
            settling <= 3'd5;
            failed <= 1'b0;
        end
        if (m_bvalid && m_bresp[1]) begin
            failed <= 1'b1;
            fault <= 1'b1;
            fault_address <= m_awaddr;
        end

        if (rst) begin
            s_ready <= 1'b0;
            filled <= 6'd0;
            sent <= 6'd0;
            decided <= 3'd0;
            settling <= 3'd0;
            m_awvalid <= 1'b0;
            outstanding <= 5'd0;
            fault <= 1'b0;
        end
    end
endmodule
`resetall
