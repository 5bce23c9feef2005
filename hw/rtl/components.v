// SPDX-License-Identifier: Apache-2.0
// Runs of cells, row by row, become connected components with features (8-connected, one pass, labels joined as they meet).
//
// Independent pictures (contexts) share labels and logic; the runs of a row of one context come together, from left to right with at
// least two cells between them, and end with in_end. A component is emitted at the end of the first row that does
// not continue it; after the last row one more in_end (with in_y one greater) emits the rest. Tables: 64 runs a row and context,
// 2^LABEL_W open components; a run that finds no room is counted in drops.
// Time: about 11 clocks a run, 8 more where components meet. A FIFO of 64 takes the runs that come meanwhile.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module components #(
    parameter LABEL_W = 6,
    parameter X_W     = 8,
    parameter Y_W     = 9,
    parameter N_W     = 16,           // area of a component; what is too large for it wraps
    parameter CONTEXT_W = 2,
    parameter T_W     = 16,           // weight of a component
    parameter S_W     = 24,           // moments of a component; 1 when not MOMENTS
    parameter M_W     = 12,
    parameter RUN_T_W = 8,
    parameter RUN_S_W = 15,
    parameter RUN_M_W = 12,
    parameter SUM_M   = 0,            // m of a component: 1 sum, 0 maximum over its runs
    parameter MOMENTS = 1,
    parameter EMPTY   = 1             // 0: all cells of a run count; in_fx0, in_fx1 and in_n are not looked at
) (
    input  wire               clk,
    input  wire               start,  // empties everything
    input  wire               in_valid, in_end,
    input  wire [CONTEXT_W-1:0] in_context,
    input  wire [Y_W-1:0]     in_y,
    input  wire [X_W-1:0]     in_x0, in_x1,     // what connects
    input  wire [X_W-1:0]     in_fx0, in_fx1,   // what counts for the box; meant when in_n > 0
    input  wire [X_W-1:0]     in_n,
    input  wire [RUN_T_W-1:0] in_t,
    input  wire [RUN_S_W-1:0] in_sx,
    input  wire [RUN_M_W-1:0] in_m,
    output reg                in_full,          // fewer than eight places left
    output wire               idle,
    output reg                out_valid,
    input  wire               out_ready,
    output reg  [CONTEXT_W-1:0] out_context,
    output wire [X_W-1:0]     out_x0, out_x1,
    output wire [Y_W-1:0]     out_y0, out_y1,
    output wire [N_W-1:0]     out_n,
    output wire [T_W-1:0]     out_t,
    output wire [S_W-1:0]     out_sx, out_sy,
    output wire [M_W-1:0]     out_m,
    output reg  [15:0]        drops
);
    localparam QUEUE_W = 1 + CONTEXT_W + Y_W + (EMPTY != 0 ? 5 : 2) * X_W + RUN_T_W + RUN_S_W + RUN_M_W;
    localparam FEATURE_W = 2 * X_W + 2 * Y_W + N_W + T_W + 2 * S_W + M_W;
    localparam RUN_W = 2 * X_W + LABEL_W;
    localparam CONTEXTS = 1 << CONTEXT_W;

    localparam [4:0] IDLE = 0, LOAD = 1, SCAN_COMPARE = 2, SCAN = 3, FIND_READ = 4, FIND = 5, MERGE = 6, MERGE_OTHER = 7, MERGE_READ = 8,
        MERGE_WRITE = 9, ADD_WAIT = 10, ADD = 11, ADD_WRITE = 12, RELABEL = 13, RELABEL_WAIT = 14, RELABEL_READ = 15, RELABEL_FIND = 16,
        RELABEL_WRITE = 17, SWEEP_FIRST = 18, SWEEP_LOAD = 19, SWEEP_READ = 20, SWEEP = 21, EMIT = 22, LOAD_FIRST = 23;

    // queue of runs; its head in registers
    reg [QUEUE_W-1:0] queue [0:63];
    reg [QUEUE_W-1:0] head;
    reg               head_valid;
    reg [6:0]         queue_in, queue_out;
    wire [6:0]        queue_used = queue_in - queue_out;

    wire               h_end;
    wire [CONTEXT_W-1:0] h_context;
    wire [Y_W-1:0]     h_y;
    wire [X_W-1:0]     h_x0, h_x1, h_fx0, h_fx1, h_n;
    wire [RUN_T_W-1:0] h_t;
    wire [RUN_S_W-1:0] h_sx;
    wire [RUN_M_W-1:0] h_m;
    wire [QUEUE_W-1:0] in_run;
    generate
        if (EMPTY != 0) begin : parts
            assign {h_end, h_context, h_y, h_x0, h_x1, h_fx0, h_fx1, h_n, h_t, h_sx, h_m} = head;
            assign in_run = {in_end, in_context, in_y, in_x0, in_x1, in_fx0, in_fx1, in_n, in_t, in_sx, in_m};
        end else begin : whole
            wire unused = &{1'b0, in_fx0, in_fx1, in_n};
            assign {h_end, h_context, h_y, h_x0, h_x1, h_t, h_sx, h_m} = head;
            assign {h_fx0, h_fx1} = {h_x0, h_x1};
            assign h_n = h_x1 - h_x0 + 1'b1;
            assign in_run = {in_end, in_context, in_y, in_x0, in_x1, in_t, in_sx, in_m};
        end
    endgenerate

    // runs of the row before and of this one; labels
    reg [RUN_W-1:0]     runs [0:128 * CONTEXTS - 1];
    reg [RUN_W-1:0]     run_q, run;                      // as it comes from the table; a clock later
    reg [LABEL_W-1:0]   parent [0:(1 << LABEL_W) - 1];
    reg [LABEL_W-1:0]   stack [0:(1 << LABEL_W) - 1];
    reg [1:0]           tag [0:(1 << LABEL_W) - 1];      // {released, row parity of the last touch}
    reg [FEATURE_W-1:0] features [0:(1 << LABEL_W) - 1];
    reg [FEATURE_W-1:0] feature_q, feature, other, emitted;

    reg [4:0]           state;
    reg [6:0]           counts [0:CONTEXTS - 1];         // runs in the row before; of contexts that had one
    reg [CONTEXTS-1:0]  seen;
    reg [6:0]           count_before;
    reg [CONTEXTS-1:0]  side;                            // which half of runs is this row's, a context each
    reg                 side_now;
    integer             c;
    reg [6:0]           count, next, i;
    reg [5:0]           fetch;                           // what run_q holds a clock later: the run after the one at hand
    reg                 loaded;                          // run and run_q are of this row
    reg [LABEL_W-1:0]   label, lookup;
    reg                 have, merged;
    reg [LABEL_W:0]     fresh, stacked;


    wire [X_W-1:0]     r_x0, r_x1;
    wire [LABEL_W-1:0] r_label;
    assign {r_x0, r_x1, r_label} = run;
    // what is known of the run at hand, of its label, and which label is free
    reg                 more, right_of, left_of, longer, known, room, relabelled, swept_all;
    reg [1:0]           tag_q;
    wire                stale = tag_q[1], touched = tag_q[0] == h_y[0];
    reg [LABEL_W-1:0]   parent_q, label_new;
    wire                is_root = parent_q == lookup;
    wire [LABEL_W:0]    stacked_less = stacked - 1'b1;
    // What a clock decides, and the addresses of the tables. Without a head none of it matters, which saves a simulator the work.
    reg                 advance, write_one, write_join, write_run, write_relabel, swept, free_merged, free_emitted, relabelling;
    reg [LABEL_W-1:0]   label_now, feature_i;
    always @* begin
        {advance, write_one, write_join, write_run, write_relabel, swept, free_merged, free_emitted, relabelling} = 9'd0;
        {label_now, feature_i} = {2 * LABEL_W{1'b0}};
        if (head_valid) begin
            advance = (state == SCAN && more && !right_of && (left_of || (known && !longer)))
                || (state == FIND && is_root && !longer && (!have || lookup == label))
                || (state == MERGE_WRITE && !longer);
            relabelling = state >= RELABEL && state <= RELABEL_WRITE;
            feature_i = state >= SWEEP_FIRST ? r_label : state == MERGE ? lookup : label;

            write_one = state == ADD && !have && room;
            write_join = state == MERGE_WRITE || state == ADD_WRITE;
            write_run = write_one || state == ADD_WRITE;
            write_relabel = state == RELABEL_WRITE && is_root;
            free_merged = state == SWEEP && !swept_all && !stale && !is_root;
            free_emitted = state == EMIT && (!out_valid || out_ready);
            swept = (state == SWEEP && (stale || !is_root || touched)) || free_emitted;
            label_now = write_one ? label_new : label;
        end
    end

    wire [S_W-1:0] one_sx, one_sy;
    generate
        if (MOMENTS != 0) begin : moments
            assign one_sx = {{(S_W - RUN_S_W){1'b0}}, h_sx};
            assign one_sy = {{(S_W - RUN_T_W){1'b0}}, h_t} * {{(S_W - Y_W){1'b0}}, h_y};
        end else begin : no_moments
            wire unused = &{1'b0, h_sx};
            assign one_sx = {S_W{1'b0}};
            assign one_sy = {S_W{1'b0}};
        end
    endgenerate
    wire [FEATURE_W-1:0] one = {{{(M_W - RUN_M_W){1'b0}}, h_m}, one_sy, one_sx, {{(T_W - RUN_T_W){1'b0}}, h_t}, {{(N_W - X_W){1'b0}}, h_n}, h_y, h_y, h_fx1, h_fx0};

    function [FEATURE_W-1:0] join_of(input [FEATURE_W-1:0] a, input [FEATURE_W-1:0] b);
        reg [X_W-1:0] a_x0, a_x1, b_x0, b_x1;
        reg [Y_W-1:0] a_y0, a_y1, b_y0, b_y1;
        reg [N_W-1:0] a_n, b_n;
        reg           fresh_box;
        reg [T_W-1:0] a_t, b_t;
        reg [S_W-1:0] a_sx, a_sy, b_sx, b_sy;
        reg [M_W-1:0] a_m, b_m;
        begin
            {a_m, a_sy, a_sx, a_t, a_n, a_y1, a_y0, a_x1, a_x0} = a;
            {b_m, b_sy, b_sx, b_t, b_n, b_y1, b_y0, b_x1, b_x0} = b;
            fresh_box = EMPTY != 0 && a_n == 0;
            if (EMPTY == 0 || b_n != 0) begin
                if (fresh_box || b_x0 < a_x0) a_x0 = b_x0;
                if (fresh_box || b_x1 > a_x1) a_x1 = b_x1;
                if (fresh_box || b_y0 < a_y0) a_y0 = b_y0;
                if (fresh_box || b_y1 > a_y1) a_y1 = b_y1;
            end
            if (SUM_M != 0) a_m = a_m + b_m;
            else if (b_m > a_m) a_m = b_m;
            join_of = {a_m, a_sy + b_sy, a_sx + b_sx, a_t + b_t, a_n + b_n, a_y1, a_y0, a_x1, a_x0};
        end
    endfunction

    assign {out_m, out_sy, out_sx, out_t, out_n, out_y1, out_y0, out_x1, out_x0} = emitted;
    assign idle = state == IDLE && !head_valid && queue_in == queue_out && !in_valid && !out_valid;

    always @(posedge clk) begin
        if (in_valid)
            queue[queue_in[5:0]] <= in_run;
        if (in_valid)
            queue_in <= queue_in + 7'd1;
        in_full <= queue_used > 7'd56;
        if (!head_valid && queue_in != queue_out) begin
            head <= queue[queue_out[5:0]];
            head_valid <= 1'b1;
            queue_out <= queue_out + 7'd1;
        end
        if (out_valid && out_ready)
            out_valid <= 1'b0;

        if (head_valid) begin
            run_q <= runs[{relabelling ? side_now : !side_now, h_context, relabelling ? i[5:0] : fetch}];
            feature_q <= features[feature_i];
            feature <= feature_q;
            more <= next != count_before;
            right_of <= {1'b0, r_x0} > {1'b0, h_x1} + 1'b1;
            left_of <= {1'b0, r_x1} + 1'b1 < {1'b0, h_x0};
            longer <= r_x1 > h_x1;
            known <= have && r_label == label;
            parent_q <= parent[state == FIND_READ || state == RELABEL_FIND ? lookup : r_label];
            tag_q <= tag[r_label];
            room <= stacked != 0 || !fresh[LABEL_W];
            label_new <= stacked != 0 ? stack[stacked_less[LABEL_W-1:0]] : fresh[LABEL_W-1:0];
            if (advance)
                next <= next + 7'd1;
            if (advance || swept)
                fetch <= fetch + 6'd1;
            case (state)
            IDLE: begin
                have <= 1'b0;
                i <= 7'd0;
                side_now <= side[h_context];
                count_before <= seen[h_context] ? counts[h_context] : 7'd0;
                if (h_end) begin
                    fetch <= 6'd0;
                    state <= merged && count != 7'd0 ? RELABEL : SWEEP_FIRST;
                end else if (count[6]) begin
                    drops <= drops + {15'd0, !(&drops)};
                    head_valid <= 1'b0;
                end else begin
                    state <= loaded ? SCAN_COMPARE : LOAD_FIRST;
                end
            end
            LOAD_FIRST: begin
                fetch <= 6'd1;
                state <= LOAD;
            end
            LOAD: begin
                loaded <= 1'b1;
                state <= SCAN_COMPARE;
            end
            SCAN_COMPARE:
                state <= SCAN;
            SCAN:
                if (!more || right_of || (!left_of && known && longer)) begin
                    state <= ADD;
                end else if (!left_of && !known) begin
                    lookup <= r_label;
                    state <= FIND;
                end else begin
                    state <= SCAN_COMPARE;
                end
            FIND_READ:
                state <= FIND;
            FIND:
                if (!is_root) begin
                    lookup <= parent_q;
                    state <= FIND_READ;
                end else if (have && lookup != label) begin
                    state <= MERGE;
                end else begin
                    have <= 1'b1;
                    label <= lookup;
                    state <= longer ? ADD_WAIT : SCAN_COMPARE;
                end
            MERGE:
                state <= MERGE_OTHER;
            MERGE_OTHER:
                state <= MERGE_READ;
            MERGE_READ: begin
                other <= feature;
                state <= MERGE_WRITE;
            end
            MERGE_WRITE: begin
                merged <= 1'b1;
                state <= longer ? ADD_WAIT : SCAN_COMPARE;
            end
            ADD_WAIT:
                state <= ADD;
            ADD:
                if (have) begin
                    other <= one;
                    state <= ADD_WRITE;
                end else begin
                    if (room) begin
                        count <= count + 7'd1;
                        if (stacked != 0) stacked <= stacked_less;
                        else fresh <= fresh + 1'b1;
                    end else begin
                        drops <= drops + {15'd0, !(&drops)};
                    end
                    head_valid <= 1'b0;
                    state <= IDLE;
                end
            ADD_WRITE: begin
                count <= count + 7'd1;
                head_valid <= 1'b0;
                state <= IDLE;
            end
            RELABEL: begin
                relabelled <= i + 7'd1 == count;
                state <= RELABEL_WAIT;
            end
            RELABEL_WAIT:
                state <= RELABEL_READ;
            RELABEL_READ: begin
                lookup <= r_label;
                state <= RELABEL_WRITE;
            end
            RELABEL_WRITE:
                if (!is_root) begin
                    lookup <= parent_q;
                    state <= RELABEL_FIND;
                end else if (relabelled) begin
                    i <= 7'd0;
                    fetch <= 6'd0;
                    state <= SWEEP_FIRST;
                end else begin
                    i <= i + 7'd1;
                    state <= RELABEL;
                end
            RELABEL_FIND:
                state <= RELABEL_WRITE;
            SWEEP_FIRST: begin
                fetch <= 6'd1;
                state <= SWEEP_LOAD;
            end
            SWEEP_LOAD:
                state <= SWEEP_READ;
            SWEEP_READ: begin
                lookup <= r_label;
                swept_all <= i == count_before;
                state <= SWEEP;
            end
            SWEEP:
                if (swept_all) begin
                    counts[h_context] <= count;
                    for (c = 0; c < CONTEXTS; c = c + 1)
                        if ({{(32 - CONTEXT_W){1'b0}}, h_context} == c) begin
                            seen[c] <= 1'b1;
                            side[c] <= !side_now;
                        end
                    count <= 7'd0;
                    next <= 7'd0;
                    fetch <= 6'd0;
                    loaded <= 1'b0;
                    merged <= 1'b0;
                    head_valid <= 1'b0;
                    state <= IDLE;
                end else if (swept) begin
                    if (free_merged)
                        stacked <= stacked + 1'b1;
                    i <= i + 7'd1;
                    state <= SWEEP_READ;
                end else begin
                    state <= EMIT;
                end
            EMIT:
                if (free_emitted) begin
                    emitted <= feature;
                    out_context <= h_context;
                    out_valid <= EMPTY == 0 || feature[2 * X_W + 2 * Y_W +: N_W] != 0;
                    stacked <= stacked + 1'b1;
                    i <= i + 7'd1;
                    state <= SWEEP_READ;
                end
            default:
                state <= IDLE;
            endcase
        end
        if (start) begin
            queue_in <= 7'd0;
            queue_out <= 7'd0;
            head_valid <= 1'b0;
            out_valid <= 1'b0;
            state <= IDLE;
            seen <= {CONTEXTS{1'b0}};
            side <= {CONTEXTS{1'b0}};
            count <= 7'd0;
            next <= 7'd0;
            fetch <= 6'd0;
            loaded <= 1'b0;
            merged <= 1'b0;
            fresh <= 0;
            stacked <= 0;
            drops <= 16'd0;
        end
    end

    wire run_load = head_valid && (advance || swept || relabelling || state == LOAD || state == SWEEP_LOAD);
    always @(posedge clk)
        if (run_load)
            run <= run_q;

    // writes of the tables, one port each
    always @(posedge clk) begin
        if (write_one || write_join)
            features[label_now] <= write_one ? one : join_of(feature, other);
        if (write_run || write_relabel)
            runs[{side_now, h_context, write_run ? count[5:0] : i[5:0]}] <= write_run ? {h_x0, h_x1, label_now} : {r_x0, r_x1, lookup};
        if (write_one || (write_join && state == MERGE_WRITE))
            parent[write_one ? label_new : lookup] <= write_one ? label_new : label;
        if (write_run || free_merged || free_emitted)
            tag[write_run ? label_now : r_label] <= write_run ? {1'b0, h_y[0]} : 2'b10;
        if (free_merged || free_emitted)
            stack[stacked[LABEL_W-1:0]] <= r_label;
    end
endmodule
`resetall
