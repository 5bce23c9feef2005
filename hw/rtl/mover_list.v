// SPDX-License-Identifier: Apache-2.0
// A frame's movers: centroids, and what became of the movers of the frame before.
//
// Components come in while the frame lasts (64 are kept, the rest counted); their centroids are divided out meanwhile. After finish each
// mover's origin is sought: the nearest mover of the frame before whose box holds its centroid; and each of those gets an heir the same
// way. Two with one heir have merged, two of one origin were split. At most n * (m + 11) + 3 m + 200 clocks, n movers now, m before.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module mover_list (
    input  wire        clk, rst,
    input  wire        start,
    input  wire        finish,              // pulse: no more components come; enable is right
    input  wire        enable,              // 0: the frame has no movers
    input  wire        stop, forget,        // pulse: the next frame comes, what is not done now will not be told; with it: none were wanted
    input  wire [15:0] cfg_cells,
    input  wire [2:0]  side_log2,
    input  wire [3:0]  hold_shift,
    input  wire        c_valid,
    input  wire [7:0]  c_x0, c_x1,
    input  wire [7:0]  c_y0, c_y1,
    input  wire [15:0] c_n, c_t,            // area; strong cells, which the moments count
    input  wire [23:0] c_sx, c_sy,
    input  wire [11:0] c_m,
    input  wire        publish,             // pulse when done: copy to the output
    output reg         done, published,
    output reg  [6:0]  movers,
    output reg  [15:0] drops,
    input  wire [5:0]  index,
    output reg  [255:0] data
);
    localparam [4:0]  STILL_FRAMES = 5'd25;
    localparam [15:0] FEW = 16'd4, STRONG = 16'd24;    // strong cells: a quarter of all is enough, most when there are fewer than FEW; or STRONG
    localparam [2:0]  SEEN = 3'd7;           // frames after which a mover is shown
    localparam [15:0] BIG = 16'd32, MANY = 16'd128;    // one of BIG cells, a sixteenth or MANY strong: at once, or a frame later when it comes off another

    localparam [3:0] IDLE = 0, NEXT = 1, LOAD = 2, LOADED = 3, PAIRS = 4, PAIRS_END = 5, HEIRS_FIRST = 6, HEIRS = 7, MARK_READ = 8,
        MARK_ORIGIN = 9, MARK = 10, MARK_WRITE = 11, READY = 12, COPY = 13, STAND = 14, STANDS = 15;

    reg [3:0] state;

    // components of this frame, and their centroids (divided, 16 steps each)
    reg [123:0] raw [0:63];                 // {t, m, sy, sx, n, y1, y0, x1, x0}
    reg [123:0] raw_q;
    reg [29:0]  centre [0:63];              // {cy16, cx16}
    reg [29:0]  centre_q;
    reg [6:0]   count, divided;
    reg [1:0]   divide;                     // 0 idle, 1 read, 2 loaded, 3 steps
    reg [4:0]   steps;
    reg [15:0]  divisor, rest_x, rest_y;
    reg [15:0]  low_x, low_y;               // dividend's bits to come, then the quotient
    // What the divider and the search compute; while they rest it does not matter, which saves a simulator the work.
    reg [31:0]  dividend_x, dividend_y;
    reg [16:0]  ahead_x, ahead_y, less_x, less_y;
    always @* begin
        {dividend_x, dividend_y} = 64'd0;
        {ahead_x, ahead_y, less_x, less_y} = 68'd0;
        if (divide != 2'd0) begin
            dividend_x = ({7'd0, raw_q[71:48], 1'b0} + {16'd0, raw_q[123:108]}) << (side_log2 + 3'd3);
            dividend_y = ({7'd0, raw_q[95:72], 1'b0} + {16'd0, raw_q[123:108]}) << (side_log2 + 3'd3);
            ahead_x = {rest_x, low_x[15]};
            ahead_y = {rest_y, low_y[15]};
            less_x = ahead_x - {1'b0, divisor};
            less_y = ahead_y - {1'b0, divisor};
        end
    end
    wire        over = count == 7'd64;
    reg         taken_valid, taken_large, taken_strong, taken_quarter, taken_most;
    wire        take = taken_valid && taken_large && (taken_strong || (taken_quarter && taken_most));
    reg         finish_q, drops_full;
    reg [123:0] taken;

    // movers of the frame before and of this one; halves change with each good frame
    reg [99:0]  past [0:127];             // {seen, still, anchor y, anchor x, cy16, cx16, y1, y0, x1, x0}
    reg [99:0]  past_q;
    reg         half;                       // which one is the frame before
    reg [6:0]   count_before;
    reg [22:0]  heir [0:63];                // {heir exists, its index, distance}
    reg [22:0]  heir_q;
    reg [1:0]   origins [0:63];             // how many of the frame before have this heir, at most 2
    reg [1:0]   heirs [0:63];               // how many of this frame have this origin, at most 2
    reg [6:0]   origin [0:63];              // {exists, index}
    reg [6:0]   origin_q;
    reg         merged;

    reg [6:0]   c, p;
    reg [7:0]   x0, x1, y0, y1;
    reg [14:0]  cx, cy;
    reg         origin_have;
    reg [5:0]   origin_index;
    reg [15:0]  origin_far;
    reg         b_valid, f_valid;           // stages of a pair: differences, distance (g), which is nearest
    reg [5:0]   b_p, f_p;
    reg [14:0]  f_dx, f_dy;
    reg         f_origin, f_heir, f_heir_have;
    reg [15:0]  f_heir_far, g_heir_far, g_far;
    reg         g_valid, g_origin, g_heir, g_heir_have;
    reg [5:0]   g_p;
    reg [14:0]  cell_x, cell_y, t_cell_x, t_cell_y, t_cx, t_cy, t_ax, t_ay;
    reg [7:0]   t_x0, t_x1, t_y0, t_y1;
    reg [4:0]   t_still, still;
    reg         stands, split, linked, big;
    reg [2:0]   t_seen, seen;
    reg [6:0]   shown_count;
    reg         heirs_clear, heirs_write, origins_clear, origins_write;
    reg [5:0]   heir_index, heirs_at, origins_at;
    reg [1:0]   heirs_next, origins_next;

    function [14:0] apart(input [14:0] a, input [14:0] b);
        apart = a > b ? a - b : b - a;
    endfunction
    function [1:0] more(input [1:0] n);
        more = n[1] ? n : n + 2'd1;
    endfunction

    wire [5:0]  heir_at = state == MARK_ORIGIN ? origin_q[5:0] : p[5:0];
    wire [14:0] reach = 15'd8 << side_log2;      // half a cell
    always @* begin
        {t_seen, t_still, t_ay, t_ax, t_cy, t_cx, t_y1, t_y0, t_x1, t_x0} = 100'd0;
        {cell_x, cell_y, t_cell_x, t_cell_y} = 60'd0;
        still = 5'd0;
        seen = 3'd0;
        {heirs_clear, heirs_write, origins_clear, origins_write} = 4'd0;
        {heir_index, heirs_at, origins_at, heirs_next, origins_next} = 22'd0;
        if (state != IDLE) begin
            {t_seen, t_still, t_ay, t_ax, t_cy, t_cx, t_y1, t_y0, t_x1, t_x0} = past_q;
            cell_x = cx >> (side_log2 + 3'd4);
            cell_y = cy >> (side_log2 + 3'd4);
            t_cell_x = t_cx >> (side_log2 + 3'd4);
            t_cell_y = t_cy >> (side_log2 + 3'd4);
            still = !stands ? 5'd0 : &t_still ? t_still : t_still + 5'd1;
            seen = big ? (linked || !origin_q[6] ? SEEN : SEEN - 3'd1) : !linked ? 3'd1 : t_seen == SEEN ? SEEN : t_seen + 3'd1;
            // the counters up to two, one write a clock
            heir_index = heir_q[21:16];
            heirs_clear = state == PAIRS && p != count_before && c == 7'd0;
            heirs_write = heirs_clear || (state == PAIRS_END && origin_have);
            heirs_at = heirs_clear ? p[5:0] : origin_index;
            heirs_next = heirs_clear ? 2'd0 : more(heirs[origin_index]);
            origins_clear = state == LOADED;
            origins_write = origins_clear || (state == HEIRS && heir_q[22]);
            origins_at = origins_clear ? c[5:0] : heir_index;
            origins_next = origins_clear ? 2'd0 : more(origins[heir_index]);
        end
    end

    // {flags, age, cy16, cx16, n, y1, y0, x1, x0}, in cells
    reg [96:0] marked [0:63];
    reg [96:0] marked_q;
    reg [96:0] shown [0:63];                // with {h, y0, w, x0}
    reg         refresh;
    reg [5:0]   shown_index;
    reg         copy_valid;
    reg [5:0]   copy_c;
    function [255:0] record_of(input [96:0] mover, input [5:0] number, input [2:0] log2);
        reg [15:0] s_x0, s_y0, s_w, s_h;
        begin
            s_x0 = {8'd0, mover[7:0]};
            s_w = {8'd0, mover[15:8]};
            s_y0 = {8'd0, mover[23:16]};
            s_h = {8'd0, mover[31:24]};
            record_of = {29'd0, mover[96:94], 16'd0, mover[93:78], 17'd0, mover[77:63], 17'd0, mover[62:48], 10'd0, number, 16'd1 << log2,
                16'd0, mover[47:32], s_h << log2, s_w << log2, s_y0 << log2, s_x0 << log2};
        end
    endfunction

    wire [15:0] age = {4'd0, raw_q[107:96]} << hold_shift;

    always @(posedge clk) begin
        // components in
        taken_valid <= c_valid && !start && !rst && c_t != 16'd0;
        taken_large <= c_n >= cfg_cells;
        taken_strong <= c_t >= STRONG;
        taken_quarter <= {c_t, 2'd0} >= {2'd0, c_n};
        taken_most <= c_t >= FEW || {c_t, 1'b0} > {1'b0, c_n};
        taken <= {c_t, c_m, c_sy, c_sx, c_n, c_y1, c_y0, c_x1, c_x0};
        if (take && !over) begin
            raw[count[5:0]] <= taken;
            count <= count + 7'd1;
        end
        drops_full <= &drops;
        if (take && over && !drops_full)
            drops <= drops + 16'd1;

        // centroids
        if (divide != 2'd0 || divided != count) begin
            case (divide)
            2'd0: divide <= 2'd1;
            2'd1: divide <= 2'd2;
            2'd2: begin
                divisor <= raw_q[123:108];
                rest_x <= dividend_x[31:16];
                rest_y <= dividend_y[31:16];
                low_x <= dividend_x[15:0];
                low_y <= dividend_y[15:0];
                steps <= 5'd0;
                divide <= 2'd3;
            end
            2'd3:
                if (steps == 5'd16) begin
                    centre[divided[5:0]] <= {low_y[14:0], low_x[14:0]};
                    divided <= divided + 7'd1;
                    divide <= 2'd0;
                end else begin
                    steps <= steps + 5'd1;
                    rest_x <= less_x[16] ? ahead_x[15:0] : less_x[15:0];
                    rest_y <= less_y[16] ? ahead_y[15:0] : less_y[15:0];
                    low_x <= {low_x[14:0], !less_x[16]};
                    low_y <= {low_y[14:0], !less_y[16]};
                end
            endcase
        end
        if (divide == 2'd1)
            raw_q <= raw[divided[5:0]];

        // origins and heirs
        finish_q <= finish && !start && !rst;
        if (finish_q)
            state <= NEXT;
        b_valid <= 1'b0;
        f_valid <= 1'b0;
        g_valid <= 1'b0;
        copy_valid <= 1'b0;
        published <= 1'b0;
        if (state != IDLE) begin
            case (state)
            NEXT: begin
                c <= 7'd0;
                p <= 7'd0;
                shown_count <= 7'd0;
                if (!enable) begin
                    count <= 7'd0;
                    divided <= 7'd0;
                    divide <= 2'd0;
                    drops <= 16'd0;
                    state <= MARK_READ;
                end else if (divided == count) begin
                    state <= count == 7'd0 ? MARK_READ : LOAD;
                end
            end
            LOAD: begin
                raw_q <= raw[c[5:0]];
                centre_q <= centre[c[5:0]];
                state <= LOADED;
            end
            LOADED: begin
                {y1, y0, x1, x0} <= raw_q[31:0];
                {cy, cx} <= centre_q;
                origin_have <= 1'b0;
                origin_far <= 16'd0;
                origin_index <= 6'd0;
                p <= 7'd0;
                state <= PAIRS;
            end
            PAIRS:
                if (p == count_before) begin
                    if (!b_valid && !f_valid && !g_valid)
                        state <= PAIRS_END;
                end else begin
                    past_q <= past[{half, p[5:0]}];
                    heir_q <= c == 7'd0 ? 23'd0 : heir[heir_at];
                    b_p <= p[5:0];
                    b_valid <= 1'b1;
                    p <= p + 7'd1;
                end
            PAIRS_END: begin
                origin[c[5:0]] <= {origin_have, origin_index};
                c <= c + 7'd1;
                p <= 7'd0;
                state <= c + 7'd1 != count ? LOAD : HEIRS_FIRST;
            end
            HEIRS_FIRST:
                if (p == count_before) begin
                    c <= 7'd0;
                    state <= MARK_READ;
                end else begin
                    heir_q <= heir[heir_at];
                    state <= HEIRS;
                end
            HEIRS: begin
                p <= p + 7'd1;
                state <= HEIRS_FIRST;
            end
            MARK_READ:
                if (c == count) begin
                    half <= !half;
                    count_before <= count;
                    movers <= shown_count;
                    done <= 1'b1;
                    state <= READY;
                end else begin
                    raw_q <= raw[c[5:0]];
                    centre_q <= centre[c[5:0]];
                    origin_q <= origin[c[5:0]];
                    merged <= origins[c[5:0]] == 2'd2;
                    state <= MARK_ORIGIN;
                end
            MARK_ORIGIN: begin
                past_q <= past[{half, origin_q[5:0]}];
                heir_q <= heir[heir_at];
                big <= raw_q[47:32] >= BIG && (raw_q[123:108] >= MANY || {raw_q[123:108], 4'd0} >= {4'd0, raw_q[47:32]});
                {cy, cx} <= centre_q;
                state <= STAND;
            end
            STAND: begin
                f_dx <= apart(cx, past_q[76:62]);
                f_dy <= apart(cy, past_q[91:77]);
                linked <= origin_q[6] && (!heir_q[22] || heir_q[21:16] == c[5:0]);
                split <= origin_q[6] && heirs[origin_q[5:0]] == 2'd2;
                state <= STANDS;
            end
            STANDS: begin
                stands <= origin_q[6] && f_dx <= reach && f_dy <= reach;
                state <= MARK;
            end
            MARK: begin
                past[{!half, c[5:0]}] <= {seen, still, stands ? t_ay : cy, stands ? t_ax : cx, cy, cx, raw_q[31:0]};
                marked[shown_count[5:0]] <= {still >= STILL_FRAMES, split, merged, age, cy, cx, raw_q[47:0]};
                shown_count <= shown_count + {6'd0, seen == SEEN};
                state <= MARK_WRITE;
            end
            MARK_WRITE: begin
                c <= c + 7'd1;
                state <= MARK_READ;
            end
            READY: begin
                c <= 7'd0;
                if (publish)
                    state <= COPY;
            end
            COPY:
                if (c == movers) begin
                    if (!copy_valid) begin
                        published <= 1'b1;
                        state <= IDLE;
                    end
                end else begin
                    marked_q <= marked[c[5:0]];
                    copy_c <= c[5:0];
                    copy_valid <= 1'b1;
                    c <= c + 7'd1;
                end
            default: ;
            endcase
        end
        if (b_valid) begin
            f_valid <= 1'b1;
            f_p <= b_p;
            f_dx <= apart(cx, t_cx);
            f_dy <= apart(cy, t_cy);
            f_origin <= cell_x >= {7'd0, t_x0} && cell_x <= {7'd0, t_x1} && cell_y >= {7'd0, t_y0} && cell_y <= {7'd0, t_y1};
            f_heir <= t_cell_x >= {7'd0, x0} && t_cell_x <= {7'd0, x1} && t_cell_y >= {7'd0, y0} && t_cell_y <= {7'd0, y1};
            f_heir_have <= heir_q[22];
            f_heir_far <= heir_q[15:0];
        end
        if (f_valid) begin
            g_valid <= 1'b1;
            g_p <= f_p;
            g_far <= {1'b0, f_dx} + {1'b0, f_dy};
            {g_origin, g_heir, g_heir_have, g_heir_far} <= {f_origin, f_heir, f_heir_have, f_heir_far};
        end
        if (g_valid) begin
            if (g_origin && (!origin_have || g_far < origin_far)) begin
                origin_have <= 1'b1;
                origin_index <= g_p;
                origin_far <= g_far;
            end
            if (c == 7'd0 || (g_heir && (!g_heir_have || g_far < g_heir_far)))
                heir[g_p] <= g_heir ? {1'b1, c[5:0], g_far} : 23'd0;
        end
        if (heirs_write)
            heirs[heirs_at] <= heirs_next;
        if (origins_write)
            origins[origins_at] <= origins_next;
        if (copy_valid)
            shown[copy_c] <= {marked_q[96:32], marked_q[31:24] - marked_q[23:16] + 8'd1, marked_q[23:16],
                marked_q[15:8] - marked_q[7:0] + 8'd1, marked_q[7:0]};
        refresh <= copy_valid;
        if (refresh || index != shown_index) begin
            shown_index <= index;
            data <= record_of(shown[index], index, side_log2);
        end

        if (rst)
            refresh <= 1'b1;
        if (stop && !done) begin            // then the next frame's movers compare with those of the frame before
            state <= IDLE;
            done <= 1'b0;
            half <= half;
            count_before <= forget ? 7'd0 : count_before;
        end
        if (start || rst) begin
            state <= IDLE;
            done <= 1'b0;
            count <= 7'd0;
            divided <= 7'd0;
            divide <= 2'd0;
            drops <= 16'd0;
        end
        if (rst) begin
            count_before <= 7'd0;
            half <= 1'b0;
            movers <= 7'd0;
        end
    end
endmodule
`resetall
