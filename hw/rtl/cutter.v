// SPDX-License-Identifier: Apache-2.0
// Cuts a rectangle out of a frame in memory: margins, alignment, halving until the pixels fit into a record.
//
// After set the cut shows with known; after go its words follow, exactly `bytes` / 8 of them. Reads run ahead of the
// words as far as the queue has room. A read that is refused or fails gives zeros or what came, and sets failed.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module cutter (
    input  wire        clk, rst,       // rst: also at each start of the stream
    input  wire [15:0] width, height, stride,
    input  wire [63:0] dma_base, dma_limit,

    input  wire        set,
    input  wire [15:0] box_x, box_y, box_w, box_h,
    input  wire [3:0]  margin_x, margin_y,             // sixteenths of the box's height, plus 4 pixels
    input  wire        with_margin,
    output reg         known,
    output reg  [15:0] cut_x, cut_y, cut_w, cut_h, out_w, out_h,
    output reg  [1:0]  halvings,
    output wire [17:0] bytes,

    input  wire        go,
    input  wire [63:0] base,           // of the slot
    output wire        m_valid,
    output wire [63:0] m_word,
    input  wire        m_ready,
    output reg         failed,         // since set
    output reg         fault,
    output reg  [63:0] fault_address,
    output wire        idle,

    output reg  [63:0] m_araddr,
    output wire [7:0]  m_arlen,
    output reg         m_arvalid,
    input  wire        m_arready,
    input  wire [63:0] m_rdata,
    input  wire [1:0]  m_rresp,
    input  wire        m_rvalid
);
    localparam [22:0] BYTES_MOST = 23'd131072;         // QYRAN_PIXELS_MAX
    localparam [1:0]  HALVINGS_MOST = 2'd3;            // enough for 1920x1080
    localparam [9:0]  QUEUE = 10'd512;

    localparam [3:0] IDLE = 0, ALIGN = 1, AREA = 2, FIT = 3, KNOWN = 4, OFFSET = 5, LINE = 6, BURST = 7, BOUND = 8, CHECK = 9, ISSUE = 10;
    reg  [3:0]  state;

    // what to cut
    reg  [15:0] left, right, top, bottom;
    reg  [22:0] size;
    wire [15:0] grow_x = with_margin ? margin(box_h, margin_x) : 16'd0;
    wire [15:0] grow_y = with_margin ? margin(box_h, margin_y) : 16'd0;
    wire [16:0] end_x = {1'b0, box_x} + {1'b0, box_w} + {1'b0, grow_x};
    wire [16:0] end_y = {1'b0, box_y} + {1'b0, box_h} + {1'b0, grow_y};
    wire [15:0] align = (16'd4 << halvings) - 16'd1;
    wire [15:0] x0 = left & ~align;
    wire [15:0] x_up = (right + align) & ~align;
    wire [15:0] x_most = width & ~align;
    wire [15:0] x1 = x_up < x_most ? x_up : x_most;

    function [15:0] margin(input [15:0] h, input [3:0] sixteenths);
        /* verilator lint_off UNUSEDSIGNAL */ // the low bits are cut off
        reg [19:0] product;
        /* verilator lint_on UNUSEDSIGNAL */
        begin
            product = {4'd0, h} * {16'd0, sixteenths};
            margin = product[19:4] + 16'd4;
        end
    endfunction

    assign bytes = size[17:0];

    // reading
    reg  [63:0] line, bound;
    reg  [15:0] lines, words;          // still to read: lines, words of this line
    reg  [31:0] offset;
    reg  [4:0]  burst;
    reg  [9:0]  reserved;              // words of the queue that are taken or asked for
    reg  [9:0]  substitute;            // words in place of refused reads
    wire [4:0]  to_boundary = 5'd16 - {1'b0, m_araddr[6:3]};
    wire        q_valid, q_ready;
    wire [63:0] q_word;
    wire        pop = q_valid && q_ready;
    wire        substituting = !m_rvalid && substitute != 10'd0;
    wire        allowed = m_araddr >= dma_base && bound <= dma_limit && bound > m_araddr;

    // Slots are 256-byte aligned; bit 1 of a response tells an error.
    wire        unused = &{base[7:0], m_rresp[0]};

    assign m_arlen = {3'd0, burst - 1'b1};
    assign idle = reserved == 10'd0 && state != OFFSET && state < LINE;

    always @(posedge clk) begin
        fault <= 1'b0;
        case (state)
            ALIGN: begin
                cut_x <= x0;
                cut_w <= x1 - x0;
                cut_y <= top;
                cut_h <= bottom - top;
                out_w <= (x1 - x0) >> halvings;
                out_h <= (bottom - top) >> halvings;
                state <= AREA;
            end
            AREA: begin
                size <= {out_w[10:0], 1'b0} * {1'b0, out_h[10:0]};
                state <= FIT;
            end
            FIT: if (size > BYTES_MOST && halvings != HALVINGS_MOST) begin
                halvings <= halvings + 1'b1;
                state <= ALIGN;
            end else begin
                known <= 1'b1;
                state <= KNOWN;
            end
            KNOWN: if (go) begin
                offset <= cut_y * stride;
                lines <= out_h << halvings;
                state <= OFFSET;
            end
            OFFSET: begin
                line <= {base[63:8], 8'd0} + {32'd0, offset} + {47'd0, cut_x, 1'b0};
                state <= LINE;
            end
            LINE: begin
                m_araddr <= line;
                line <= line + {48'd0, stride};
                words <= {2'd0, cut_w[15:2]};
                lines <= lines - 1'b1;
                state <= lines == 16'd0 ? KNOWN : BURST;
            end
            BURST: begin
                burst <= words < {11'd0, to_boundary} ? words[4:0] : to_boundary;
                state <= BOUND;
            end
            BOUND: begin
                bound <= m_araddr + {56'd0, burst, 3'd0};
                if (reserved + {5'd0, burst} <= QUEUE) state <= CHECK;
            end
            CHECK: begin
                state <= ISSUE;
                words <= words - {11'd0, burst};
                if (allowed) m_arvalid <= 1'b1;
                else begin
                    fault <= 1'b1;
                    fault_address <= m_araddr;
                    failed <= 1'b1;
                end
            end
            ISSUE: if (!m_arvalid || m_arready) begin
                m_arvalid <= 1'b0;
                m_araddr <= bound;
                state <= words == 16'd0 ? LINE : BURST;
            end
            default: ;
        endcase
        if (set) begin
            left <= box_x > grow_x ? box_x - grow_x : 16'd0;
            right <= end_x < {1'b0, width} ? end_x[15:0] : width;
            top <= box_y > grow_y ? box_y - grow_y : 16'd0;
            bottom <= end_y < {1'b0, height} ? end_y[15:0] : height;
            halvings <= 2'd0;
            known <= 1'b0;
            failed <= 1'b0;
            state <= ALIGN;
        end
        if (m_rvalid && m_rresp[1]) begin
            failed <= 1'b1;
            fault <= 1'b1;
            fault_address <= line;
        end
        if (state == CHECK || pop) reserved <= reserved + (state == CHECK ? {5'd0, burst} : 10'd0) - {9'd0, pop};
        if (state == CHECK && !allowed) substitute <= substitute + {5'd0, burst};
        else if (substituting) substitute <= substitute - 1'b1;
        if (rst) begin
            state <= IDLE;
            known <= 1'b0;
            m_arvalid <= 1'b0;
            reserved <= 10'd0;
            substitute <= 10'd0;
            fault <= 1'b0;
        end
    end

    /* verilator lint_off PINCONNECTEMPTY */ // reads are only asked for when there is room
    fifo #(.W(64), .A(9)) queue_i (
        .clk(clk), .rst(rst), .write(m_rvalid || (substituting && !(state == CHECK && !allowed))), .in(m_rvalid ? m_rdata : 64'd0), .full(),
        .valid(q_valid), .out(q_word), .ready(q_ready));
    /* verilator lint_on PINCONNECTEMPTY */

    // halving
    wire        h1_valid, h1_ready, h2_valid, h2_ready;
    wire [63:0] h1_word, h2_word;

    halve #(.LINE_WORDS(512)) halve_1 (
        .clk(clk), .rst(rst || set), .enable(halvings >= 2'd1), .line_words(cut_w[11:2]),
        .s_valid(q_valid), .s_word(q_word), .s_ready(q_ready), .m_valid(h1_valid), .m_word(h1_word), .m_ready(h1_ready));
    halve #(.LINE_WORDS(512)) halve_2 (
        .clk(clk), .rst(rst || set), .enable(halvings >= 2'd2), .line_words({1'b0, cut_w[11:3]}),
        .s_valid(h1_valid), .s_word(h1_word), .s_ready(h1_ready), .m_valid(h2_valid), .m_word(h2_word), .m_ready(h2_ready));
    halve #(.LINE_WORDS(512)) halve_3 (
        .clk(clk), .rst(rst || set), .enable(halvings == 2'd3), .line_words({2'b00, cut_w[11:4]}),
        .s_valid(h2_valid), .s_word(h2_word), .s_ready(h2_ready), .m_valid(m_valid), .m_word(m_word), .m_ready(m_ready));
endmodule
`resetall
