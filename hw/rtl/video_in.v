// SPDX-License-Identifier: Apache-2.0
// Checks the video against the size: whole lines of whole frames go on, everything else is counted and its frame given up.
//
// Latency 2 clocks, one pixel a clock, never stalls. A frame is good when every line has tlast exactly on its last pixel;
// it ends with that of its last line. A damaged frame ends with as many tlast as it should have lines, or with the next
// start, or when running falls; what it lacks then are its missing lines. Pixels between frames are dropped, and so is
// the excess of a long line. The pixel that shows the damage does not go on; m_abort comes in its place.
// m_abort together with m_start concerns the frame before. A start of frame while the stamp of the one before is still
// under way (some 10 clocks) is no start; it damages that frame.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module video_in (
    input  wire        clk, rst,
    input  wire        running,
    input  wire [15:0] width, height,

    input  wire        test,           // take t_*, not s_*
    input  wire        s_valid, s_user, s_last,
    input  wire [15:0] s_data,
    input  wire        t_valid, t_user, t_last,
    input  wire [15:0] t_data,

    input  wire        stamp_busy,
    output wire        start,          // a frame starts, one clock before m_start

    output reg         m_valid, m_sof, m_eol, m_eof,
    output reg  [15:0] m_data,
    output reg  [15:0] m_x, m_y,
    output reg         m_start, m_abort,
    output reg         m_end, m_end_good,
    output reg  [15:0] m_short, m_long, m_missing,     // with m_end
    output reg         count_short, count_long,
    output reg         open,           // a frame has started and not ended
    output wire        busy            // something is on its way
);
    reg        b_valid, b_user, b_last;
    reg [15:0] b_data;
    reg        bad;
    reg        abort_next;             // the first pixel of a frame showed the damage
    reg [15:0] x, y;
    reg [15:0] n_short, n_long;
    reg [2:0]  settle;                 // after running fell: until what went before has been taken
    reg [15:0] x_before_last, y_last, lines;
    reg        x_is_last, x_is_beyond, y_is_last;
    reg [15:0] lines_left;             // of this frame, this one included

    assign start = b_valid && b_user && !stamp_busy;
    assign busy = b_valid || m_valid || m_start || m_end || m_abort || abort_next;

    wire        late_start = b_valid && b_user && stamp_busy;
    wire [15:0] at_x = start ? 16'd0 : x;
    wire        at_last = x_is_last && !start;
    wire        beyond = x_is_beyond && !start;
    wire        was_bad = bad && !start;
    wire        good = b_last == at_last && !late_start;

    always @(posedge clk) begin
        b_valid <= running && (test ? t_valid : s_valid);
        if (test ? t_valid : s_valid) begin
            b_user <= test ? t_user : s_user;
            b_last <= test ? t_last : s_last;
            b_data <= test ? t_data : s_data;
        end

        if (!running) begin
            x_before_last <= width - 16'd2;    // settled before running rises
            y_last <= height - 1'b1;
            lines <= height;
        end

        m_valid <= 1'b0;
        m_start <= 1'b0;
        m_end <= 1'b0;
        m_abort <= abort_next;
        abort_next <= 1'b0;
        count_short <= 1'b0;
        count_long <= 1'b0;
        if (start) begin
            m_start <= 1'b1;
            open <= 1'b1;
            bad <= 1'b0;
            n_short <= 16'd0;
            n_long <= 16'd0;
            y <= 16'd0;
            lines_left <= lines;
            y_is_last <= 1'b0;
            if (open) begin
                m_end <= 1'b1;
                m_end_good <= 1'b0;
                m_short <= n_short;
                m_long <= n_long;
                m_missing <= lines_left;
                m_abort <= !bad;
            end
        end
        settle <= running ? 3'd7 : settle - {2'd0, |settle};
        if (b_valid && (start || open)) begin
            if (!was_bad) begin
                if (good) begin
                    m_valid <= 1'b1;
                    m_sof <= start;
                    m_eol <= b_last;
                    m_eof <= b_last && y_is_last && !start;
                    m_data <= b_data;
                    m_x <= at_x;
                    m_y <= start ? 16'd0 : y;
                end else begin
                    bad <= 1'b1;
                    if (start) abort_next <= 1'b1;
                    else m_abort <= 1'b1;
                end
            end
            if (b_last && !at_last && !beyond) begin
                count_short <= 1'b1;
                n_short <= (start ? 16'd0 : n_short) + 1'b1;
            end
            if (!b_last && at_last) begin
                count_long <= 1'b1;
                n_long <= n_long + 1'b1;
            end
            if (b_last) x <= 16'd0;
            else if (!beyond) x <= at_x + 1'b1;
            x_is_last <= !b_last && !beyond && at_x == x_before_last;
            x_is_beyond <= !b_last && (at_last || beyond);
            if (b_last) begin
                y <= (start ? 16'd0 : y) + 1'b1;
                lines_left <= start ? y_last : lines_left - 1'b1;
                y_is_last <= !start && lines_left == 16'd2;
                if (y_is_last && !start) begin
                    open <= 1'b0;
                    m_end <= 1'b1;
                    m_end_good <= !was_bad && good;
                    m_short <= n_short + {15'd0, !at_last && !beyond};
                    m_long <= n_long;
                    m_missing <= 16'd0;
                end
            end
        end else if (open && settle == 3'd0) begin
            open <= 1'b0;
            m_end <= 1'b1;
            m_end_good <= 1'b0;
            m_short <= n_short;
            m_long <= n_long;
            m_missing <= lines_left;
            m_abort <= !bad;
        end
        if (rst) begin
            b_valid <= 1'b0;
            settle <= 3'd0;
            open <= 1'b0;
            m_valid <= 1'b0;
            m_start <= 1'b0;
            m_end <= 1'b0;
            m_abort <= 1'b0;
            abort_next <= 1'b0;
            count_short <= 1'b0;
            count_long <= 1'b0;
        end
    end

`ifdef FORMAL
    // As in the top: sizes stand still from before running rises until all is over, and a start is followed by its stamp's flight.
    reg         f_past = 1'b0;
    (* anyconst *) reg [15:0] f_width, f_height;
    reg         f_was_running, f_started, f_known, f_frame, f_aborted, f_have;
    reg  [15:0] f_x, f_y, f_line;                       // the last pixel that went on
    wire [15:0] f_at_x = m_valid ? m_x : f_x, f_at_y = m_valid ? m_y : f_y;
    wire        f_quiet = !open && !busy && settle == 0;

    always @(posedge clk) begin
        f_past <= 1'b1;
        f_was_running <= running;
        f_started <= start;
        if (!running) f_known <= 1'b1;                  // the size is settled
        if (m_valid) begin
            f_x <= m_x;
            f_y <= m_y;
        end
        f_have <= (f_have || m_valid) && !(m_end && !m_start) && !(m_start && !m_valid);
        f_frame <= m_start || (f_frame && !m_end);
        f_aborted <= m_start ? 1'b0 : f_aborted || m_abort;
        if (rst) begin
            f_known <= 1'b0;
            f_frame <= 1'b0;
            f_aborted <= 1'b0;
            f_have <= 1'b0;
        end
    end
    always @* begin
        if (!f_past) assume(rst && !running);
        assume(width == f_width && height == f_height);
        assume(!f_started || stamp_busy);
        assume(width >= 4 && height >= 4 && height < 16'hfff0 && width < 16'hfff0);
        assume(!running || f_known);
        if (f_past && running && !f_was_running) assume(f_quiet);
    end
    always @* if (f_past && !rst) begin
        if (f_known && (running || open || settle != 0)) assert(x_before_last == width - 2 && y_last == height - 1 && lines == height);
        assert(!b_valid || f_known);
        assert(!f_have || (f_x < width && f_y < height));
        assert(!m_valid || (m_x < width && m_y < height));
        assert(open == (m_start || (f_frame && !m_end)));
        if (open) begin
            assert(bad == (abort_next || (!m_start && (f_aborted || m_abort))));
            if (!bad) assert(n_short == 0 && n_long == 0);
            if (!bad) assert((m_valid || f_have) && x == (f_at_x == width - 1 ? 16'd0 : f_at_x + 16'd1) && y == f_at_y + (f_at_x == width - 1));
            assert(f_known && (x_is_last == (x == width - 1)) && x <= width);
            assert(x_is_beyond == (x == width));
            assert(y < height && lines_left == height - y && y_is_last == (y == height - 1));
        end
    end
    always @(posedge clk) if (f_past && !rst && $past(f_past && !rst)) begin
        // a good pixel comes two clocks after it came in, unchanged
        if (m_valid && $past(f_past && !rst, 2))
            assert($past(running && (test ? t_valid : s_valid), 2) && m_data == $past(test ? t_data : s_data, 2));
        if (m_valid) begin
            // pixels are those of one frame, in order, none left out
            assert(m_x < width && m_y < height && m_eol == (m_x == width - 1) && m_sof == (m_x == 0 && m_y == 0));
            assert(m_eof == (m_eol && m_y == height - 1) && m_sof == m_start);
            if (!m_sof) assert(f_have && (f_x == width - 1 ? m_x == 0 && m_y == f_y + 16'd1 : m_x == f_x + 16'd1 && m_y == f_y));
            assert(m_start || (f_frame && !f_aborted && !m_abort));
        end
        // each frame that starts ends once, good with its last pixel or given up
        assert(!m_start || !f_frame || m_end);
        assert(!m_end || f_frame);
        if (m_end && m_end_good) assert(m_valid && m_eof && m_short == 0 && m_long == 0 && m_missing == 0);
        if (m_valid && m_eof) assert(m_end && m_end_good);
        if (m_end && !m_end_good) assert(f_aborted || m_abort);
        if (m_abort) assert(f_frame && !f_aborted);
        cover(m_valid && m_y == 1);
        cover(m_end && !m_end_good && m_start);
        cover(m_end && m_short == 1 && !m_start);
    end
`endif // FORMAL
endmodule
`resetall
