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
`ifdef FORMAL
    // As records.v does it: a record begins when all before it is settled, and is a multiple of 8 words; settings stand still. The
    // memory answers a burst once, after its address and its data.
    reg         f_past = 1'b0;
    (* anyconst *) reg [63:0] f_ring_base, f_dma_base, f_dma_limit;
    (* anyconst *) reg [31:0] f_ring_size;
    (* anyconst *) reg [5:0] f_at, f_bit;               // one bit of one word, anywhere: its place in the stream, modulo 64
    reg  [4:0]  f_addressed, f_written, f_answered;     // bursts
    reg  [31:0] f_position;                             // of the next burst to be decided
    reg         f_stored, f_bad, f_begun, f_aw_waits, f_w_waits, f_was_wlast;
    reg  [63:0] f_was_awaddr, f_was_wdata;
    wire        f_aw = m_awvalid && m_awready, f_w = m_wvalid && m_wready;
    wire [4:0]  f_under_way = f_addressed - f_answered, f_to_answer = f_written - f_answered, f_to_write = f_addressed + {4'd0, m_awvalid} - f_written;
    wire [2:0]  f_first = sent[5:3], f_pending = decided - f_first, f_complete = filled[5:3] - decided;
    wire [2:0]  f_passed = {2'd0, f_pending > 0 && allowed[f_first[1:0]]} + {2'd0, f_pending > 1 && allowed[f_first[1:0] + 2'd1]}
        + {2'd0, f_pending > 2 && allowed[f_first[1:0] + 2'd2]} + {2'd0, f_pending > 3 && allowed[f_first[1:0] + 2'd3]};
    wire        f_in = f_at - sent < used;
    wire [63:0] f_place = f_ring_base + {32'd0, f_position & (f_ring_size - 1)};

    always @(posedge clk) begin
        f_past <= 1'b1;
        f_aw_waits <= m_awvalid && !m_awready && !rst;
        f_w_waits <= m_wvalid && !m_wready && !rst;
        {f_was_awaddr, f_was_wdata, f_was_wlast} <= {m_awaddr, m_wdata, m_wlast};
        if (f_aw) f_addressed <= f_addressed + 1'b1;
        if (f_w && m_wlast) f_written <= f_written + 1'b1;
        if (m_bvalid) f_answered <= f_answered + 1'b1;
        if (s_valid && s_ready && filled == f_at) f_stored <= s_word[f_bit];
        if (decide) f_position <= f_position + 32'd64;
        if (decide && !(above_base && below_limit)) f_bad <= 1'b1;
        if (m_bvalid && m_bresp[1]) f_bad <= 1'b1;
        if (begin_record) begin
            f_position <= position;
            f_bad <= 1'b0;
            f_begun <= 1'b1;
        end
        if (rst) begin
            {f_addressed, f_written, f_answered} <= 15'd0;
            f_begun <= 1'b0;
        end
    end
    always @* begin
        if (!f_past) assume(rst);
        assume(ring_base == f_ring_base && ring_size == f_ring_size && dma_base == f_dma_base && dma_limit == f_dma_limit);
        assume(f_ring_size >= 4096 && (f_ring_size & (f_ring_size - 1)) == 0 && f_ring_base[11:0] == 0 && f_dma_limit[5:0] == 0);
        assume({1'b0, f_ring_base} + {33'd0, f_ring_size} < 65'h1_0000_0000_0000_0000);
        assume(!begin_record || (settled && !s_valid && filled[2:0] == 0 && position[5:0] == 0));
        assume(!s_valid || f_begun);
        assume(!m_bvalid || (f_under_way != 0 && f_to_answer != 0));
        if (f_past && !rst) begin
            // what holds the counters together
            assert(used <= 32 && f_pending <= 4 && f_pending + f_complete == filled[5:3] - f_first && f_pending + f_complete <= 4);
            assert(!s_ready || used <= 29);
            assert(f_under_way == outstanding && outstanding <= 16 && f_to_answer <= 16 && f_to_write == {2'd0, f_passed});
            assert(outstanding + m_awvalid <= 16);
            assert(sent[2:0] == 0 || m_wvalid);
            assert(f_begun || (filled == sent && outstanding == 0 && !m_awvalid));
            if (f_begun) assert(next == f_position && next[5:0] == 0 && failed == f_bad && settling <= 5);
            if (f_begun && settling <= 4) assert(mask == f_ring_size - 1);
            if (f_begun && settling <= 2) assert(offset == (next & mask));
            if (f_begun && settling <= 1) assert(address == f_place);
            // the address, once for each 64 bytes, inside the ring and the window; 64-byte aligned: no burst of 8 crosses 4 KiB
            if (f_begun && settling == 0) assert(address == f_place && (above_base == (f_place >= f_dma_base)) && (below_limit == (f_place < f_dma_limit)));
            assert(m_awaddr[5:0] == 0 || !m_awvalid);
            if (m_awvalid) assert(m_awaddr >= f_ring_base && m_awaddr - f_ring_base <= f_ring_size - 64 && m_awaddr >= f_dma_base
                && {1'b0, m_awaddr} + 65'd64 <= {1'b0, f_dma_limit});
            // data: none before its address is given out, the last of 8 marked, each word its own
            assert(!m_wvalid || f_to_write != 0);
            assert(m_wlast == (sent[2:0] == 7));
            if (f_in) assert(buffer[f_at[4:0]][f_bit] == f_stored);
            if (m_wvalid && sent == f_at) assert(m_wdata[f_bit] == f_stored);
            // what is offered stays until it is taken
            if (f_aw_waits) assert(m_awvalid && m_awaddr == f_was_awaddr);
            if (f_w_waits) assert(m_wvalid && m_wdata == f_was_wdata && m_wlast == f_was_wlast);
            assert(!settled || (f_under_way == 0 && f_to_answer == 0 && f_to_write == 0));
        end
    end
    always @(posedge clk) if (f_past && !rst) begin
        cover(m_wvalid && !m_awvalid);
        cover(failed);
    end
`endif // FORMAL
endmodule
`resetall
