// SPDX-License-Identifier: Apache-2.0
// Cuts a rectangle out of a frame in memory: margins, alignment, halving until the pixels fit into a record.
//
// After set the cut shows with known; after go its words follow, exactly `bytes` / 8 of them. Reads run ahead of the
// words as far as the queue has room, as many bursts as that holds. A read that is refused or fails gives any words, as many, and
// sets failed.
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
    output wire [17:0] bytes,          // all of these some 12 clocks after set, 6 more for each halving

    input  wire        go,
    input  wire [63:0] base,           // of the slot
    output reg         m_valid,
    output reg  [63:0] m_word,
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

    localparam [4:0] IDLE = 0, GROW = 1, ENDS = 2, MARGINS = 3, CLIP = 4, ALIGN = 5, LEAST = 6, CUT = 7, OUT = 8, AREA = 9, FIT = 10, KNOWN = 11,
        OFFSET = 12, BASE = 13, FIRST = 14, LINE = 15, BURST = 16, BOUND = 17, ALLOW = 18, CHECK = 19, ISSUE = 20;
    reg  [4:0]  state;

    // what to cut
    /* verilator lint_off UNUSEDSIGNAL */ // the low bits are cut off
    reg  [19:0] product_x, product_y;  // margins, in sixteenths
    /* verilator lint_on UNUSEDSIGNAL */
    reg  [15:0] grow_x, grow_y;
    reg  [16:0] end_x, end_y, start_x, start_y;        // the highest bit of a start: it lies before the frame
    reg  [15:0] left, right, top, bottom, x0, x1, x_most, align;
    reg  [22:0] size;

    assign bytes = size[17:0];

    // reading
    reg  [63:0] line;
    reg  [64:0] bound;
    reg         above_base, below_limit;
    reg  [15:0] lines, words;          // still to read: lines, words of this line
    reg  [31:0] offset;
    reg  [4:0]  burst;
    reg  [9:0]  reserved;              // words of the queue that are taken or asked for
    reg  [9:0]  substitute;            // words in place of refused reads
    wire [31:0] above = cut_y * stride;                // bytes of the slot above the cut
    wire [4:0]  to_boundary = 5'd16 - {1'b0, m_araddr[6:3]};
    wire        q_valid;
    wire [63:0] q_word;
    reg         q_ready;
    wire        pop = q_valid && q_ready;
    wire        refused = state == CHECK && !(above_base && below_limit);
    wire        substituting = !m_rvalid && substitute != 10'd0 && state != CHECK;

    // Slots are 256-byte aligned; bit 1 of a response tells an error.
    wire        unused = &{base[7:0], m_rresp[0]};

    assign m_arlen = {3'd0, burst - 1'b1};
    assign idle = reserved == 10'd0 && state <= KNOWN;

    always @(posedge clk) begin
        fault <= 1'b0;
        case (state)
            GROW: begin
                product_x <= {4'd0, box_h} * {16'd0, margin_x};
                product_y <= {4'd0, box_h} * {16'd0, margin_y};
                end_x <= {1'b0, box_x} + {1'b0, box_w};
                end_y <= {1'b0, box_y} + {1'b0, box_h};
                state <= ENDS;
            end
            ENDS: begin
                grow_x <= with_margin ? product_x[19:4] + 16'd4 : 16'd0;
                grow_y <= with_margin ? product_y[19:4] + 16'd4 : 16'd0;
                state <= MARGINS;
            end
            MARGINS: begin
                start_x <= {1'b0, box_x} - {1'b0, grow_x};
                start_y <= {1'b0, box_y} - {1'b0, grow_y};
                end_x <= end_x + {1'b0, grow_x};
                end_y <= end_y + {1'b0, grow_y};
                state <= CLIP;
            end
            CLIP: begin
                left <= start_x[16] ? 16'd0 : start_x[15:0];
                right <= end_x < {1'b0, width} ? end_x[15:0] : width;
                top <= start_y[16] ? 16'd0 : start_y[15:0];
                bottom <= end_y < {1'b0, height} ? end_y[15:0] : height;
                align <= 16'd3;
                state <= ALIGN;
            end
            ALIGN: begin
                x0 <= left & ~align;
                x1 <= (right + align) & ~align;
                x_most <= width & ~align;
                state <= LEAST;
            end
            LEAST: begin
                if (x_most < x1) x1 <= x_most;
                state <= CUT;
            end
            CUT: begin
                cut_x <= x0;
                cut_w <= x1 - x0;
                cut_y <= top;
                cut_h <= bottom - top;
                state <= OUT;
            end
            OUT: begin
                out_w <= cut_w >> halvings;
                out_h <= cut_h >> halvings;
                state <= AREA;
            end
            AREA: begin
                size <= {out_w[10:0], 1'b0} * {1'b0, out_h[10:0]};
                state <= FIT;
            end
            FIT: if (size > BYTES_MOST && halvings != HALVINGS_MOST) begin
                halvings <= halvings + 1'b1;
                align <= {align[14:0], 1'b1};
                state <= ALIGN;
            end else begin
                known <= 1'b1;
                state <= KNOWN;
            end
            KNOWN: if (go) begin
                offset <= above;
                lines <= out_h << halvings;
                state <= OFFSET;
            end
            OFFSET: begin
                offset <= offset + {15'd0, cut_x, 1'b0};
                state <= BASE;
            end
            BASE: state <= FIRST;
            FIRST: state <= LINE;
            LINE: begin
                m_araddr <= line;
                words <= {2'd0, cut_w[15:2]};
                lines <= lines - 1'b1;
                state <= lines == 16'd0 ? KNOWN : BURST;
            end
            BURST: begin
                burst <= words < {11'd0, to_boundary} ? words[4:0] : to_boundary;
                state <= BOUND;
            end
            BOUND: begin
                bound <= {1'b0, m_araddr} + {57'd0, burst, 3'd0};
                above_base <= m_araddr >= dma_base;
                if (reserved + {5'd0, burst} <= QUEUE) state <= ALLOW;
            end
            ALLOW: begin
                below_limit <= bound <= {1'b0, dma_limit};
                words <= words - {11'd0, burst};
                state <= CHECK;
            end
            CHECK: begin
                state <= ISSUE;
                if (!refused) m_arvalid <= 1'b1;
                else begin
                    fault <= 1'b1;
                    fault_address <= m_araddr;
                    failed <= 1'b1;
                end
            end
            ISSUE: if (!m_arvalid || m_arready) begin
                m_arvalid <= 1'b0;
                m_araddr <= bound[63:0];
                state <= words == 16'd0 ? LINE : BURST;
            end
            default: ;
        endcase
        if (state == KNOWN) line <= 64'd0;
        else if (state == BASE || state == FIRST || state == LINE)
            line <= line + (state == BASE ? {base[63:8], 8'd0} : state == FIRST ? {32'd0, offset} : {48'd0, stride});
        if (set) begin
            halvings <= 2'd0;
            known <= 1'b0;
            failed <= 1'b0;
            state <= GROW;
        end
        if (m_rvalid && m_rresp[1]) begin
            failed <= 1'b1;
            fault <= 1'b1;
            fault_address <= m_araddr;
        end
        if (state == CHECK || pop) reserved <= reserved + (state == CHECK ? {5'd0, burst} : 10'd0) - {9'd0, pop};
        if (refused) substitute <= substitute + {5'd0, burst};
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
        .clk(clk), .rst(rst), .write(m_rvalid || substituting), .in(m_rdata), .full(),
        .valid(q_valid), .out(q_word), .ready(q_ready));
    /* verilator lint_on PINCONNECTEMPTY */

    // halving: words leave the queue when there is room behind for all that are on their way
    localparam [5:0] TAIL_READY = 6'd15;               // of 32: three halvings hold 9, one leaves while q_ready falls
    wire        h1_valid, h2_valid, h3_valid;
    wire [63:0] h1_word, h2_word, h3_word;
    reg  [63:0] tail [0:31];
    reg  [5:0]  tail_in, tail_out;
    wire [5:0]  tail_used = tail_in - tail_out;
    wire        tail_write = halvings == 2'd0 ? pop : halvings == 2'd1 ? h1_valid : halvings == 2'd2 ? h2_valid : h3_valid;
    wire [63:0] tail_word = halvings == 2'd0 ? q_word : halvings == 2'd1 ? h1_word : halvings == 2'd2 ? h2_word : h3_word;

    halve #(.LINE_WORDS(512)) halve_1 (
        .clk(clk), .rst(rst || set), .line_words(cut_w[11:2]), .s_valid(pop && halvings != 2'd0), .s_word(q_word), .m_valid(h1_valid),
        .m_word(h1_word));
    halve #(.LINE_WORDS(512)) halve_2 (
        .clk(clk), .rst(rst || set), .line_words({1'b0, cut_w[11:3]}), .s_valid(h1_valid && halvings[1]), .s_word(h1_word),
        .m_valid(h2_valid), .m_word(h2_word));
    halve #(.LINE_WORDS(512)) halve_3 (
        .clk(clk), .rst(rst || set), .line_words({2'b00, cut_w[11:4]}), .s_valid(h2_valid && halvings == 2'd3), .s_word(h2_word),
        .m_valid(h3_valid), .m_word(h3_word));

    always @(posedge clk) if (tail_write) tail[tail_in[4:0]] <= tail_word;

    always @(posedge clk) begin
        q_ready <= tail_used <= TAIL_READY;
        if (tail_write) tail_in <= tail_in + 1'b1;
        if (!m_valid || m_ready) begin
            m_valid <= tail_in != tail_out;
            m_word <= tail[tail_out[4:0]];
            if (tail_in != tail_out) tail_out <= tail_out + 1'b1;
        end
        if (rst) begin
            q_ready <= 1'b0;
            tail_in <= 6'd0;
            tail_out <= 6'd0;
            m_valid <= 1'b0;
        end
    end
`ifdef FORMAL
    // As records.v does it: a cut begins when all of the one before is read and taken. A box begins inside the frame; settings, box and slot
    // stand still. The memory answers only what was asked. What comes out of a halving went in three clocks before (halve.v proves it).
    reg         f_past = 1'b0;
    (* anyconst *) reg [15:0] f_width, f_height, f_stride;
    (* anyconst *) reg [63:0] f_dma_base, f_dma_limit;
    reg  [15:0] f_x, f_y, f_w, f_h;                     // the box
    reg  [63:0] f_base;
    reg  [31:0] f_above;
    reg         f_set, f_gone;                          // since reset; go since set
    reg         f_ar_waits, f_m_waits, f_error;
    reg  [63:0] f_was_araddr, f_was_word;
    reg  [7:0]  f_was_arlen;
    reg  [9:0]  f_asked, f_queued;                      // words that the memory still owes, that are in the queue
    reg  [63:0] f_line, f_next;                         // of the line that is read: where it begins, where its next burst does
    reg  [15:0] f_lines, f_words;                       // lines begun, words of the line asked for
    reg  [2:0]  f_1, f_2, f_3;                          // words that went into the halvings, the last three clocks
    wire        f_reading = state == BURST || state == BOUND || state == ALLOW || state == CHECK || state == ISSUE;
    wire [9:0]  f_asking = m_arvalid ? {5'd0, burst} : 10'd0;
    wire [16:0] f_end_x = {1'b0, f_x} + {1'b0, f_w}, f_end_y = {1'b0, f_y} + {1'b0, f_h};
    wire [15:0] f_right = f_end_x < {1'b0, f_width} ? f_end_x[15:0] : f_width, f_bottom = f_end_y < {1'b0, f_height} ? f_end_y[15:0] : f_height;
    wire [63:0] f_start = {f_base[63:8], 8'd0} + {32'd0, f_above + {15'd0, cut_x, 1'b0}};
    wire [5:0]  f_under_way = halvings == 0 ? 6'd0 : {5'd0, f_1[0]} + {5'd0, f_1[1]} + {5'd0, f_1[2]}
        + (halvings < 2 ? 6'd0 : {5'd0, f_2[0]} + {5'd0, f_2[1]} + {5'd0, f_2[2]}) + (halvings < 3 ? 6'd0 : {5'd0, f_3[0]} + {5'd0, f_3[1]} + {5'd0, f_3[2]});

    always @(posedge clk) begin
        f_past <= 1'b1;
        f_ar_waits <= m_arvalid && !m_arready && !rst;
        f_m_waits <= m_valid && !m_ready && !rst;
        {f_was_araddr, f_was_arlen, f_was_word} <= {m_araddr, m_arlen, m_word};
        f_error <= (refused || (m_rvalid && m_rresp[1])) && !set && !rst;
        f_1 <= {f_1[1:0], pop && halvings != 2'd0};
        f_2 <= {f_2[1:0], h1_valid && halvings[1]};
        f_3 <= {f_3[1:0], h2_valid && halvings == 2'd3};
        f_asked <= f_asked + (m_arvalid && m_arready ? {5'd0, burst} : 10'd0) - {9'd0, m_rvalid};
        f_queued <= f_queued + {9'd0, m_rvalid || substituting} - {9'd0, pop};
        if (set) {f_x, f_y, f_w, f_h, f_set, f_gone} <= {box_x, box_y, box_w, box_h, 2'b10};
        if (go && state == KNOWN) begin
            f_gone <= 1'b1;
            f_base <= base;
            f_above <= above;
            f_lines <= 16'd0;
        end
        if (state == LINE) begin
            f_line <= line;
            f_next <= line;
            f_words <= 16'd0;
            f_lines <= f_lines + (lines != 16'd0);
        end
        if (state == CHECK) f_words <= f_words + {11'd0, burst};
        if (state == ISSUE && (!m_arvalid || m_arready)) f_next <= f_next + {56'd0, burst, 3'd0};
        if (rst) begin
            {f_1, f_2, f_3} <= 9'd0;
            {f_set, f_gone, f_asked, f_queued} <= 22'd0;
        end
    end
    always @* begin
        if (!f_past) assume(rst);
        assume(width == f_width && height == f_height && stride == f_stride && dma_base == f_dma_base && dma_limit == f_dma_limit);
        assume(f_width >= 64 && f_width <= 2040 && f_width[2:0] == 0 && f_height >= 48 && f_height <= 2040 && f_stride[7:0] == 0 && f_stride >= 2 * f_width);
        if (f_set && !set) assume(box_x == f_x && box_y == f_y && box_w == f_w && box_h == f_h);
        if (set) assume(!go && idle && tail_in == tail_out && !m_valid && !(|{f_1, f_2, f_3}));
        if (set) assume(box_x < f_width && box_y < f_height && box_w > 0 && box_w <= 2040 && box_h > 0 && box_h <= 2040);
        assume(above[7:0] == 8'd0);                     // a multiple of the stride
        if (go) assume(!f_gone && !set);
        if (f_gone) assume(base == f_base);
        // 2 * 32 * 2040 is less than BYTES_MOST: what has to be halved is wider than 32 and higher than 32
        assume(state != FIT || size <= BYTES_MOST || (out_w > 32 && out_h > 32));
        assume(!q_valid || f_queued != 0);
        assume(!m_rvalid || f_asked != 0);
        assume((!h1_valid || f_1[2]) && (!h2_valid || f_2[2]) && (!h3_valid || f_3[2]));
        if (f_past && !rst) begin
            assert(state <= ISSUE && (f_set || state == IDLE) && (!f_gone || state >= KNOWN) && (state <= KNOWN || f_gone));
            // the cut: the box with its margins, inside the frame
            if (f_set) assert(f_x < f_width && f_y < f_height && f_w > 0 && f_w <= 2040 && f_h > 0 && f_h <= 2040);
            if (state >= GROW && state <= CLIP) assert(halvings == 0);
            if (state == ENDS) assert(product_x <= 30600 && product_y <= 30600);
            if (state == MARGINS) assert(grow_x <= 2000 && grow_y <= 2000);
            if (state == ENDS || state == MARGINS) assert(end_x == f_end_x && end_y == f_end_y);
            if (state == CLIP) assert((start_x[16] || start_x[15:0] <= f_x) && (start_y[16] || start_y[15:0] <= f_y) && end_x >= f_end_x && end_y >= f_end_y);
            if (state >= ALIGN) begin
                assert(left <= f_x && top <= f_y && right >= f_right && right <= f_width && bottom >= f_bottom && bottom <= f_height);
                assert(align == (16'd4 << halvings) - 1 && right > left && bottom > top);
                if (halvings != 0) assert(right - left >= (16'd25 << (halvings - 2'd1)) && bottom - top >= (16'd33 << (halvings - 2'd1)));
            end
            if (state == LEAST || state == CUT) assert(x0 == (left & ~align) && x_most == (f_width & ~align) && x0 <= x_most && x0 <= x1);
            if (state == LEAST) assert(x1 == ((right + align) & ~align));
            if (state == CUT) assert(x1 > x0 && x1 - x0 <= right - left + 2 * align && x1 <= x_most && (x1 >= f_right || x1 == x_most) && (x1 & align) == 0);
            if (state >= OUT) begin
                assert(cut_x <= f_x && cut_y <= f_y && cut_x + cut_w <= f_width && cut_y + cut_h <= f_height && (cut_x & 3) == 0 && (cut_w & 3) == 0);
                assert(cut_y + cut_h >= f_bottom && (cut_x + cut_w >= f_right || cut_x + cut_w == (f_width & ~((16'd4 << halvings) - 16'd1))));
                assert(cut_w != 0 && cut_h != 0 && (halvings == 0 || cut_h >= (16'd33 << (halvings - 2'd1))));
                assert(cut_w <= right - left + 2 * align && cut_h == bottom - top);
                if (state != OUT) assert(out_h == cut_h >> halvings && out_w == cut_w >> halvings);
            end

            // the queue: what is reserved is asked for, or comes instead, or is in it
            assert(reserved <= QUEUE && f_asked <= QUEUE && substitute <= QUEUE);
            assert({1'b0, reserved} == {1'b0, f_asked} + {1'b0, f_asking} + {1'b0, substitute} + {1'b0, f_queued});
            assert(!(m_rvalid || substituting) || f_queued < QUEUE);   // there is room in the queue, which fifo.v wants to be sure of
            assert(tail_used + f_under_way <= 26);
            assert(!q_ready || tail_used <= 16);
            assert(f_gone || (reserved == 0 && tail_in == tail_out && !m_valid && !(|{f_1, f_2, f_3})));

            // what is offered stays until it is taken
            if (f_ar_waits) assert(m_arvalid && m_araddr == f_was_araddr && m_arlen == f_was_arlen);
            if (f_m_waits) assert(m_valid && m_word == f_was_word);
            assert(!f_error || (failed && fault));

            // reading: all of the cut's lines, each from its first word to its last
            assert(!m_arvalid || (state == ISSUE && above_base && below_limit && bound <= {1'b0, f_dma_limit}));
            if (state == BASE) assert(line == 0 && offset == f_above + {15'd0, cut_x, 1'b0});
            if (state == FIRST) assert(line == {f_base[63:8], 8'd0} && offset == f_above + {15'd0, cut_x, 1'b0});
            if (state == OFFSET) assert(offset == f_above && line == 0);
            if (state >= OFFSET && state <= FIRST) assert(f_lines == 0 && offset[2:0] == 0);
            if (state == LINE || f_reading) assert(line[2:0] == 0 && (state == LINE || f_line[2:0] == 0));
            if (state == LINE) assert(f_lines != 0 || line == f_start);
            if (f_gone) assert(f_lines <= (out_h << halvings) && (state == KNOWN ? f_lines == out_h << halvings : lines == (out_h << halvings) - f_lines));
            if (f_reading) begin
                assert(line == f_line + {48'd0, stride} && m_araddr == f_next && f_next == f_line + {45'd0, f_words - (state == ISSUE ? {11'd0, burst} : 16'd0), 3'd0});
                assert(f_words + words + (state == CHECK ? {11'd0, burst} : 16'd0) == {2'd0, cut_w[15:2]} && f_words <= 510 && words <= 510 && f_lines != 0);
                if (state == BURST || state == BOUND || state == ALLOW) assert(words != 0);
                if (state == BOUND || state == ALLOW) assert(burst <= words);
                if (state == ALLOW || state == CHECK || state == ISSUE)
                    assert(bound == {1'b0, m_araddr} + {57'd0, burst, 3'd0} && above_base == (m_araddr >= f_dma_base));
                if (state == CHECK) assert(below_limit == (bound <= {1'b0, f_dma_limit}));
                if (state == ALLOW || state == CHECK) assert(reserved + {5'd0, burst} <= QUEUE);
                if (state == ISSUE) assert(f_words >= burst);
                if (state != BURST) assert(burst != 0 && burst <= 16 && m_araddr[6:3] + {1'b0, burst} <= 5'd16);
            end
            if (m_arvalid) begin
                assert({1'b0, m_araddr[11:0]} + {2'd0, m_arlen, 3'd0} + 13'd8 <= 13'h1000 && m_arlen < 16);
                assert(m_araddr >= f_dma_base && {1'b0, m_araddr} + {54'd0, m_arlen, 3'd0} + 65'd8 <= {1'b0, f_dma_limit});
                assert(m_araddr - f_line + {53'd0, m_arlen, 3'd0} + 64'd8 <= {47'd0, cut_w, 1'b0});
            end
        end
    end
    always @(posedge clk) if (f_past && !rst) begin
        cover(known);
    end
`endif // FORMAL
endmodule
`resetall
