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
`ifdef FORMAL
    // Pixels come as video_in proves it: those of one frame in order, a start or an abort ends the frame before. The queue gives what it
    // took, in order (fifo.v proves it; here its words are anything that was asserted of those going in). The memory answers a burst
    // once, after its address and its data. Settings stand still.
    reg         f_past = 1'b0;
    (* anyconst *) reg [15:0] f_width, f_height, f_stride;
    (* anyconst *) reg [63:0] f_dma_base, f_dma_limit;
    (* anyconst *) reg [5:0]  f_bit;                    // one bit of one word of the frame
    (* anyconst *) reg [15:0] f_word_row, f_word_column;
    reg  [15:0] f_x, f_y;                               // of the next pixel
    reg         f_open;
    reg  [63:0] f_pixels;                               // the last four
    reg         f_in, f_out;                            // words of a frame go in, come out; the place of the next one:
    reg  [15:0] f_in_row, f_in_column, f_out_row, f_out_column;
    reg  [63:0] f_line;                                 // address of that row
    reg         f_was_last, f_aw_waits, f_w_waits, f_q_waits, f_error, f_was_wlast;
    reg  [63:0] f_was_awaddr, f_was_wdata, f_pixels_in;
    reg  [7:0]  f_was_awlen;
    reg  [6:0]  f_was_q;
    reg  [4:0]  f_addressed, f_written, f_answered;     // bursts
    reg  [QUEUE_BITS:0] f_queued, f_was_queued;         // two of them may already be on the way out, where full does not count them
    localparam [QUEUE_BITS:0] F_ROOM = 1 << QUEUE_BITS;
    reg         f_held, f_held_bit;                     // the chosen word is in the buffer
    reg  [63:0] f_held_address;
    reg  [4:0]  f_held_at;
    wire [63:0] f_next_pixels = {s_data, f_pixels[63:16]};
    wire        f_pop = q_valid && q_ready;
    wire        f_end_of_line = f_out_column == line_words - 1'b1;
    wire        f_chosen = f_pop && !q_start && f_out_row == f_word_row && f_out_column == f_word_column;
    wire [4:0]  f_under_way = f_addressed - f_answered, f_to_answer = f_written - f_answered;
    wire [15:0] f_burst_column = column - {11'd0, filled};
    wire        f_burst = state == BOUND || state == ALLOW || state == CHECK || state == WRITE;

    always @(posedge clk) begin
        f_past <= 1'b1;
        f_aw_waits <= m_awvalid && !m_awready && !rst;
        f_w_waits <= m_wvalid && !m_wready && !rst;
        {f_was_awaddr, f_was_awlen, f_was_wdata, f_was_wlast} <= {m_awaddr, m_awlen, m_wdata, m_wlast};
        f_error <= m_bvalid && m_bresp[1] && !rst;
        f_pixels_in <= f_next_pixels;
        f_queued <= f_queued + push - f_pop;
        f_was_queued <= f_queued;
        f_q_waits <= q_valid && !q_ready && !rst;
        f_was_q <= {q_start, q_last, q_word[3:0], q_word[f_bit]};
        if (s_valid) begin
            f_pixels <= f_next_pixels;
            f_x <= s_start ? 16'd1 : f_x == f_width - 1 ? 16'd0 : f_x + 1'b1;
            f_y <= s_start ? 16'd0 : f_x == f_width - 1 ? f_y + 1'b1 : f_y;
        end else if (s_start) {f_x, f_y} <= 32'd0;
        f_open <= s_start || (f_open && !s_abort && !(s_valid && s_eof));
        if (begin_taking) begin
            f_in <= 1'b1;
            {f_in_row, f_in_column} <= 32'd0;
        end else if (taking && whole && !dropped) begin
            f_was_last <= f_in_row == f_height - 1 && f_in_column == line_words - 1;
            f_in_column <= f_in_column == line_words - 1 ? 16'd0 : f_in_column + 1'b1;
            if (f_in_column == line_words - 1) f_in_row <= f_in_row + 1'b1;
        end
        if (f_pop) begin
            f_out <= q_start || !q_last;
            f_out_column <= q_start || f_end_of_line ? 16'd0 : f_out_column + 1'b1;
            f_out_row <= q_start ? 16'd0 : f_out_row + {15'd0, f_end_of_line};
            if (f_end_of_line) f_line <= f_line + {48'd0, stride};
        end
        if (state == BASE && outstanding == 5'd0) f_line <= {base[63:8], 8'd0};
        if (f_chosen) begin
            f_held <= 1'b1;
            f_held_bit <= q_word[f_bit];
            f_held_at <= filled;
            f_held_address <= f_line + {45'd0, f_out_column, 3'd0};
        end else if ((f_pop && q_start) || (state == WRITE && aw_done && w_done)) f_held <= 1'b0;
        if (m_awvalid && m_awready) f_addressed <= f_addressed + 1'b1;
        if (m_wvalid && m_wready && m_wlast) f_written <= f_written + 1'b1;
        if (m_bvalid) f_answered <= f_answered + 1'b1;
        if (rst) begin
            {f_open, f_in, f_out, f_held} <= 4'd0;
            {f_addressed, f_written, f_answered} <= 15'd0;
            f_queued <= 0;
            f_was_queued <= 0;
        end
    end
    always @* begin
        if (!f_past) assume(rst);
        assume(width == f_width && stride == f_stride && dma_base == f_dma_base && dma_limit == f_dma_limit);
        assume(f_width >= 8 && f_width < 16'h1000 && f_width[2:0] == 0 && f_stride[7:0] == 0 && f_stride >= {f_width[14:0], 1'b0});
        assume(f_height > 1);
        assume(!s_valid || s_start || (f_open && !s_abort));
        assume(!s_start || !f_open || s_abort);
        assume(!s_abort || f_open);
        assume(s_eof == (s_valid && !s_start && f_x == f_width - 1 && f_y == f_height - 1));
        assume(!m_bvalid || (f_under_way != 0 && f_to_answer != 0));
        assume(full || f_was_queued < F_ROOM - 3);
        assume(!q_valid || f_queued != 0);
        if (f_q_waits) assume(q_valid && {q_start, q_last, q_word[3:0], q_word[f_bit]} == f_was_q);
        if (q_valid && !q_start) assume(f_out && q_last == (f_end_of_line && f_out_row == f_height - 1));
        if (f_past && !rst) begin
            // into the queue: a start, then the frame's words in order, none left out, the last one marked
            assert(!push || f_queued < F_ROOM);                        // there is room, which fifo.v wants to be sure of
            assert(f_queued <= F_ROOM && (f_queued <= f_was_queued || f_queued - f_was_queued == 1) && (!push_word || f_queued <= F_ROOM - 2));
            assert(!push_word || f_in);
            if (push_word) assert(word == f_pixels_in && push_last == f_was_last && (!taking || f_in_column != 0 || f_in_row != 0));
            assert(!taking || f_in);
            assert(!taking || !f_open || (f_x >> 2 == f_in_column && f_y == f_in_row));
            assert(!starting || (f_x < 2 && f_y == 0));
            assert(!f_open || (count == f_x[1:0] && f_x < f_width && f_y < f_height));
            assert(!(taking && starting));
            assert(!f_open || count < 1 || pixels[47:32] == f_pixels[63:48]);
            assert(!f_open || count < 2 || pixels[31:16] == f_pixels[47:32]);
            assert(!f_open || count < 3 || pixels[15:0] == f_pixels[31:16]);

            // out of it: where the buffer stands
            assert(state <= FINISH && (!in_frame || (filled <= 16 && column <= line_words && line[7:0] == 0)));
            if (state == COLLECT) assert(in_frame == f_out && !last);
            if (state == COLLECT && in_frame) assert(filled == column[3:0] && column == f_out_column && column < line_words && line == f_line);
            if (f_out) assert(f_out_row < f_height && f_out_column < line_words);
            if (in_frame && (state == COLLECT || f_burst)) assert(address == line + {45'd0, f_burst_column, 3'd0} && f_burst_column[3:0] == 0);
            if (state == BASE) assert(!last && f_out && f_out_column == 0 && f_out_row == 0);
            if (f_burst) begin
                assert(in_frame && filled != 0 && filled <= column && last == !f_out);
                assert(filled == 16 || end_of_line);
                if (f_out && !end_of_line) assert(f_out_column == column && f_line == line);
                if (f_out && end_of_line) assert(f_out_column == 0 && f_line == line + {48'd0, stride});
                assert(!last || end_of_line);
            end
            if (state == ALLOW || state == CHECK || state == WRITE)
                assert(bound == {1'b0, address} + {57'd0, filled, 3'd0} && above_base == (address >= f_dma_base));
            if (state == CHECK) assert(below_limit == (bound <= {1'b0, f_dma_limit}));
            if (state == ALLOW || state == CHECK) assert(sent == 0);
            if (state == FINISH) assert(in_frame && last && !f_out);
            assert(state == WRITE || (!m_awvalid && !m_wvalid && f_addressed == f_written));
            assert(f_under_way == outstanding && outstanding <= 16 && f_to_answer <= 17);
            assert((state != ALLOW && state != CHECK && !m_awvalid) || outstanding <= 15);
            if (state == WRITE) assert(f_addressed + m_awvalid == f_written + m_wvalid);
            assert(!m_wvalid || sent < filled);
            if (f_held) assert((f_held_at < filled) && buffer[f_held_at[3:0]][f_bit] == f_held_bit && f_held_address == address + {56'd0, f_held_at, 3'd0});
            if (f_held) assert((state == COLLECT || f_burst) && in_frame);

            // bursts: of at most 16, inside 128 bytes and so inside 4 KiB, inside the line and the window, the last beat marked
            if (m_awvalid) begin
                assert(m_awlen < 16 && {1'b0, m_awaddr[11:0]} + {2'd0, m_awlen, 3'd0} + 13'd8 <= 13'h1000);
                assert(m_awaddr >= f_dma_base && {1'b0, m_awaddr} + {54'd0, m_awlen, 3'd0} + 65'd8 <= {1'b0, f_dma_limit});
                assert(m_awaddr - line + {53'd0, m_awlen, 3'd0} + 64'd8 <= {47'd0, f_width, 1'b0});
            end
            if (m_wvalid) assert(m_wlast == (sent == m_awlen[4:0]));
            // each word to its place
            if (m_wvalid && f_held && sent == f_held_at) assert(m_awaddr + {56'd0, sent, 3'd0} == f_held_address && m_wdata[f_bit] == f_held_bit);
            // what is offered stays until it is taken
            if (f_aw_waits) assert(m_awvalid && m_awaddr == f_was_awaddr && m_awlen == f_was_awlen);
            if (f_w_waits) assert(m_wvalid && m_wdata == f_was_wdata && m_wlast == f_was_wlast);
            // complete: all is answered
            if (done) assert(f_under_way == 0 && f_to_answer == 0 && done_slot == frame_slot);
            assert(!f_error || (failed && fault));
            assert(!idle || (f_under_way == 0 && !m_awvalid && !m_wvalid));
        end
    end
    always @(posedge clk) if (f_past && !rst) begin
        cover(m_awvalid);
        cover(dropped);
    end
`endif // FORMAL
endmodule
`resetall
