// SPDX-License-Identifier: Apache-2.0
// Writes frames into their slots, YUYV, line by line. Never stalls the video.
//
// Four pixels make a word. Words and starts of frames go through a queue of QUEUE words; when it is full the frame is
// dropped whole. The other end takes up to 16 words into a buffer, writes them in one burst, and after the last burst's
// response tells that the slot is complete. A frame that is given up leaves what was already queued to be written: the
// slot is still its own, and the next frame comes behind it.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module frame_writer #(
    parameter QUEUE_BITS = 10
) (
    input  wire        clk, rst,       // rst: also at each start of the stream
    input  wire [15:0] width, stride,
    input  wire [63:0] dma_base, dma_limit,

    input  wire        s_valid, s_eof,
    input  wire [15:0] s_data,
    input  wire        s_start, s_abort,
    input  wire [4:0]  slot,           // one clock after s_start
    output wire        dropped,        // now

    output reg  [3:0]  base_slot,
    input  wire [63:0] base,           // of base_slot

    output reg         done, done_fault,
    output reg  [3:0]  done_slot,
    output reg         fault,
    output reg  [63:0] fault_address,
    output wire        idle,

    output wire [63:0] m_awaddr,
    output wire [7:0]  m_awlen,
    output reg         m_awvalid,
    input  wire        m_awready,
    output wire [63:0] m_wdata,
    output wire        m_wlast,
    output reg         m_wvalid,
    input  wire        m_wready,
    input  wire [1:0]  m_bresp,
    input  wire        m_bvalid
);
    // pixels into words
    reg  [47:0] pixels;
    reg  [1:0]  count;
    reg         taking, starting;
    reg         push_word, push_last;
    reg  [63:0] word;
    wire        full;
    wire        other = s_start || s_abort;
    wire        begin_taking = starting && slot[4] && !full && !other;
    wire        whole = s_valid && &count && !s_start;
    wire        push = push_word || begin_taking;

    assign dropped = !other && full && ((starting && slot[4]) || (taking && whole));

    always @(posedge clk) begin
        starting <= s_start;
        push_word <= taking && whole && !dropped;
        if (begin_taking) taking <= 1'b1;
        if (s_valid) begin
            pixels <= {s_data, pixels[47:16]};
            count <= s_start ? 2'd1 : count + 1'b1;
            if (whole) begin
                word <= {s_data, pixels};
                push_last <= s_eof;
            end
        end else if (s_start) count <= 2'd0;
        if (other || dropped) taking <= 1'b0;
        if (rst) begin
            starting <= 1'b0;
            taking <= 1'b0;
            push_word <= 1'b0;
            count <= 2'd0;
        end
    end

    wire        q_valid, q_ready, q_start, q_last;
    wire [63:0] q_word;

    fifo #(.W(66), .A(QUEUE_BITS), .SPARE(4)) queue_i (
        .clk(clk), .rst(rst), .write(push), .in({begin_taking, push_last, word[63:4], begin_taking ? slot[3:0] : word[3:0]}), .full(full),
        .valid(q_valid), .out({q_start, q_last, q_word}), .ready(q_ready));

    // words into bursts
    localparam [2:0] COLLECT = 0, BASE = 1, BOUND = 2, ALLOW = 3, CHECK = 4, WRITE = 5, FINISH = 6;
    reg  [2:0]  state;
    reg  [63:0] buffer [0:15];
    reg  [4:0]  filled, sent;
    reg  [63:0] address, line;
    reg  [64:0] bound;
    reg         above_base, below_limit;
    reg  [15:0] column;                // words of the line so far
    reg         last, in_frame, failed;
    reg  [3:0]  frame_slot;
    reg  [4:0]  outstanding;
    wire [15:0] line_words = {2'd0, width[15:2]};
    wire        end_of_line = column == line_words;
    wire        aw_done = !m_awvalid || m_awready;
    wire        w_last = sent == filled - 1'b1;
    wire        w_done = !m_wvalid || (m_wready && w_last);

    // A width is a multiple of 8, slots are 256-byte aligned, bit 1 of a response tells an error.
    wire        unused = &{width[1:0], base[7:0], m_bresp[0]};

    assign q_ready = state == COLLECT;
    assign idle = !q_valid && state == COLLECT && outstanding == 5'd0 && !push && !starting;
    assign m_awaddr = address;
    assign m_awlen = {3'd0, filled - 1'b1};
    assign m_wdata = buffer[sent[3:0]];
    assign m_wlast = w_last;

    always @(posedge clk) begin
        done <= 1'b0;
        fault <= 1'b0;
        case (state)
            COLLECT: if (q_valid) begin
                if (q_start) begin
                    base_slot <= q_word[3:0];
                    state <= BASE;
                end else if (in_frame) begin
                    buffer[filled[3:0]] <= q_word;
                    filled <= filled + 1'b1;
                    column <= column + 1'b1;
                    last <= q_last;
                    if (filled == 5'd15 || column + 1'b1 == line_words) state <= BOUND;
                end
            end
            BASE: if (outstanding == 5'd0) begin
                frame_slot <= base_slot;
                address <= {base[63:8], 8'd0};
                line <= {base[63:8], 8'd0};
                filled <= 5'd0;
                column <= 16'd0;
                in_frame <= 1'b1;
                failed <= 1'b0;
                state <= COLLECT;
            end
            BOUND: if (outstanding != 5'd16) begin
                bound <= {1'b0, address} + {57'd0, filled, 3'd0};
                above_base <= address >= dma_base;
                sent <= 5'd0;
                state <= ALLOW;
            end
            ALLOW: begin
                below_limit <= bound <= {1'b0, dma_limit};
                state <= CHECK;
            end
            CHECK: begin
                state <= WRITE;
                if (above_base && below_limit) begin
                    m_awvalid <= 1'b1;
                    m_wvalid <= 1'b1;
                end else begin
                    fault <= 1'b1;
                    fault_address <= address;
                    failed <= 1'b1;
                end
            end
            WRITE: begin
                if (m_awready) m_awvalid <= 1'b0;
                if (m_wvalid && m_wready) begin
                    sent <= sent + 1'b1;
                    if (w_last) m_wvalid <= 1'b0;
                end
                if (aw_done && w_done) begin
                    filled <= 5'd0;
                    address <= bound[63:0];
                    if (end_of_line) begin
                        address <= line + {48'd0, stride};
                        line <= line + {48'd0, stride};
                        column <= 16'd0;
                    end
                    state <= last ? FINISH : COLLECT;
                end
            end
            FINISH: if (outstanding == 5'd0) begin
                done <= 1'b1;
                done_slot <= frame_slot;
                done_fault <= failed;
                in_frame <= 1'b0;
                last <= 1'b0;
                state <= COLLECT;
            end
            default: state <= COLLECT;
        endcase

        if (m_awvalid && m_awready && !m_bvalid) outstanding <= outstanding + 1'b1;
        if (!(m_awvalid && m_awready) && m_bvalid) outstanding <= outstanding - 1'b1;
        if (m_bvalid && m_bresp[1]) begin
            failed <= 1'b1;
            fault <= 1'b1;
            fault_address <= address;
        end

        if (rst) begin
            state <= COLLECT;
            in_frame <= 1'b0;
            last <= 1'b0;
            m_awvalid <= 1'b0;
            m_wvalid <= 1'b0;
            outstanding <= 5'd0;
            done <= 1'b0;
            fault <= 1'b0;
        end
    end
endmodule
`resetall
