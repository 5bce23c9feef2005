// SPDX-License-Identifier: Apache-2.0
// What is known of each frame, from its first pixel to the writing of its records.
//
// A frame that has ended gets a place, waits for its stamp and, when good, for its detection result, and then queues for
// the record engine. No room in that queue: all its records are lost, and the next frame's entry says how many. Damaged
// frames that come so fast that the places run out lose theirs in the same way; good frames cannot come so fast.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module frames (
    input  wire         clk, rst,      // rst: also at each start of the stream
    input  wire [15:0]  width, height,

    input  wire         start,         // as it comes out of the masks
    input  wire         ended, end_good,
    input  wire [15:0]  end_short, end_long, end_missing,
    input  wire [4:0]   end_slot,
    input  wire [7:0]   pins,          // with start: those of the first pixel
    input  wire         stamp_valid,
    input  wire [95:0]  stamp,         // {steps, time}
    input  wire         stopped,       // no longer wait for a stamp
    input  wire [2:0]   flags,         // {unsynced, test, mono}
    input  wire [79:0]  sensor,        // {gain, line, exposure}
    input  wire [7:0]   margin,
    input  wire [255:0] watch,

    input  wire         result_valid, result_lost, result_unfinished,
    input  wire [6:0]   result_movers,
    input  wire [4:0]   result_regions,
    input  wire [15:0]  result_drop_movers, result_drop_regions,
    output reg          result_hold,

    output reg          m_valid,       // the oldest frame
    input  wire         m_done,        // its records are written
    output reg  [63:0]  m_time,
    output reg  [31:0]  m_steps,
    output reg  [15:0]  m_short, m_long, m_missing,
    output reg  [7:0]   m_pins,
    output reg  [4:0]   m_slot,
    output reg  [2:0]   m_flags,
    output reg  [79:0]  m_sensor,
    output reg  [7:0]   m_margin,
    output reg  [255:0] m_watch,
    output reg          m_good, m_lost,                // lost: the detection result, but not its counts
    output reg          m_unfinished,                  // lost, and a count of 1 stands for one that is not known
    output reg  [6:0]   m_movers,
    output reg  [4:0]   m_regions,
    output reg  [15:0]  m_drop_movers, m_drop_regions,
    output reg  [31:0]  m_skip_records, m_skip_frames, // lost between the frame before and this one

    output reg          give_back,     // the slot of a frame whose records are lost
    output reg  [3:0]   give_back_slot,
    output reg          drop_valid,
    output reg  [15:0]  drop_movers, drop_regions, drop_watches, drop_frames, drop_records,
    output wire         pending        // frames that have ended are not yet written
);
    localparam BODY = 504;
    localparam [3:0] AWAIT_MOST = 4'd8, AWAIT_DAMAGED = 4'd4;  // frames that wait for a result; places for damaged ones
    localparam [2:0] QUEUE_MOST = 3'd4;                        // frames that wait for the record engine

    // the frame under way; a clock behind start, so that a frame that ends when the next one starts is still there
    reg          started;
    reg  [7:0]   start_pins;
    reg  [7:0]   at_pins, at_margin;
    reg  [2:0]   at_flags;
    reg  [79:0]  at_sensor;
    reg  [255:0] at_watch;
    reg  [95:0]  at_stamp;
    reg          have_stamp, end_waits, was_good;
    reg  [15:0]  was_short, was_long, was_missing;
    reg  [4:0]   was_slot;

    wire         push = end_waits && (have_stamp || stopped);
    wire [BODY-1:0] push_body = {at_watch, at_margin, at_sensor, at_flags, was_slot, at_pins, was_missing, was_long, was_short, at_stamp};

    always @(posedge clk) begin
        started <= start;
        start_pins <= pins;
        if (started) begin
            at_pins <= start_pins;
            at_flags <= flags;
            at_sensor <= sensor;
            at_margin <= margin;
            at_watch <= watch;
            have_stamp <= 1'b0;
        end
        if (stamp_valid) begin
            at_stamp <= stamp;
            have_stamp <= 1'b1;
        end
        if (push) end_waits <= 1'b0;
        if (ended) begin
            was_good <= end_good;
            was_slot <= end_slot;
            {was_missing, was_long, was_short} <= {end_missing, end_long, end_short};
            end_waits <= 1'b1;
        end
        if (rst) begin
            started <= 1'b0;
            end_waits <= 1'b0;
            have_stamp <= 1'b0;
            at_stamp <= 96'd0;
        end
    end

    // places
    function [3:0] lowest(input [15:0] bits);
        integer i;
        begin
            lowest = 4'd0;
            for (i = 15; i >= 0; i = i - 1)
                if (bits[i]) lowest = i[3:0];
        end
    endfunction

    function [15:0] bit_of(input [3:0] number);
        integer i;
        for (i = 0; i < 16; i = i + 1)
            bit_of[i] = number == i[3:0];
    endfunction

    reg  [BODY-1:0] bodies [0:15];
    reg  [15:0]  used;
    reg  [3:0]   place;                // free, a clock behind used
    reg  [28:0]  await_entry [0:7];    // {skip, watches, good, slot, place}
    reg  [3:0]   await_in, await_out;
    reg  [114:0] queue [0:3];          // {skip_records, skip_frames, drop_regions, drop_movers, regions, movers, unfinished, lost, good, place}
    reg  [2:0]   queue_in, queue_out;
    reg  [15:0]  await_skip;           // damaged frames for which there was no place
    reg  [31:0]  lost_records, lost_frames;
    reg          result, r_lost, r_unfinished;
    reg  [6:0]   r_movers;
    reg  [4:0]   r_regions;
    reg  [15:0]  r_drop_movers, r_drop_regions;
    wire [3:0]   waiting = await_in - await_out;
    wire [2:0]   queued = queue_in - queue_out;

    // watch boxes that will have a record
    reg  [3:0]   some_x, some_y, in_x, in_y, on;
    reg  [2:0]   watches;
    integer      i;

    reg  [2:0]   counting;             // they follow the start of a frame; its stamp takes longer
    always @(posedge clk) begin
        counting <= {counting[1:0], started};
        if (counting[0]) for (i = 0; i < 4; i = i + 1) begin
            some_x[i] <= at_watch[64*i +: 16] < at_watch[64*i + 16 +: 16];
            some_y[i] <= at_watch[64*i + 32 +: 16] < at_watch[64*i + 48 +: 16];
            in_x[i] <= at_watch[64*i +: 16] < width;
            in_y[i] <= at_watch[64*i + 32 +: 16] < height;
        end
        if (counting[1]) on <= some_x & some_y & in_x & in_y;
        if (counting[2]) watches <= {2'd0, on[0]} + {2'd0, on[1]} + {2'd0, on[2]} + {2'd0, on[3]};
        if (place_moves) place <= lowest(~used);
    end

    // the oldest that waits: loaded, its losses summed in two steps, then passed on or lost
    localparam [1:0] LOAD = 0, READY = 1, SUM = 2, RESOLVE = 3;
    reg  [1:0]   step;
    reg  [15:0]  a_skip;
    reg  [2:0]   a_watches;
    reg          a_good;
    reg  [4:0]   a_slot;
    reg  [3:0]   a_place;
    reg  [15:0]  all_movers, all_regions;
    reg  [17:0]  all;

    // the oldest for the record engine: its entry, its body, then valid
    reg          q_valid, b_valid;
    reg  [3:0]   q_place;
    reg          place_moves;
    wire         place_push = push && waiting < (was_good ? AWAIT_MOST : AWAIT_DAMAGED);
    wire         place_lost = step == RESOLVE && queued == QUEUE_MOST;

    // What is read follows its index by a clock; the index stands still while that matters. (With an enable yosys doubles the RAMs.)
    always @(posedge clk) begin
        if (place_push) bodies[place] <= push_body;
        {m_watch, m_margin, m_sensor, m_flags, m_slot, m_pins, m_missing, m_long, m_short, m_steps, m_time} <= bodies[q_place];
    end

    always @(posedge clk) begin
        if (place_push) await_entry[await_in[2:0]] <= {await_skip, watches, was_good, was_slot, place};
        {a_skip, a_watches, a_good, a_slot, a_place} <= await_entry[await_out[2:0]];
    end

    always @(posedge clk) begin
        if (step == RESOLVE) queue[queue_in[1:0]] <= {lost_records, lost_frames,
            a_good ? {r_drop_regions, r_drop_movers, r_regions, r_movers, r_unfinished, r_lost} : 46'd0, a_good, a_place};
        {m_skip_records, m_skip_frames, m_drop_regions, m_drop_movers, m_regions, m_movers, m_unfinished, m_lost, m_good, q_place}
            <= queue[queue_out[1:0]];
    end

    assign pending = ended || end_waits || waiting != 4'd0 || queued != 3'd0 || result;

    always @(posedge clk) begin
        drop_valid <= 1'b0;
        give_back <= 1'b0;

        if (push) begin
            if (place_push) begin
                await_in <= await_in + 1'b1;
                await_skip <= 16'd0;
            end else begin
                await_skip <= await_skip + 1'b1;
            end
        end

        case (step)
            LOAD: if (waiting != 4'd0) step <= READY;
            READY: begin
                all_movers <= a_good ? {9'd0, r_movers} + r_drop_movers : 16'd0;
                all_regions <= a_good ? {11'd0, r_regions} + r_drop_regions : 16'd0;
                if (!a_good || result) step <= SUM;
            end
            SUM: begin
                all <= {2'd0, all_movers} + {2'd0, all_regions} + {15'd0, a_good ? a_watches : 3'd0} + 18'd1;
                step <= RESOLVE;
            end
            RESOLVE: begin
                await_out <= await_out + 1'b1;
                result <= 1'b0;
                if (!place_lost) queue_in <= queue_in + 1'b1;
                else begin
                    give_back <= a_slot[4];
                    give_back_slot <= a_slot[3:0];
                    drop_valid <= 1'b1;
                    if (a_good && !r_lost) result_hold <= 1'b0;
                end
                step <= LOAD;
            end
        endcase
        drop_movers <= all_movers;
        drop_regions <= all_regions;
        drop_watches <= a_good ? {13'd0, a_watches} : 16'd0;
        drop_frames <= {15'd0, a_good};
        drop_records <= a_skip + 16'd1;
        if (step == SUM || place_lost) begin
            lost_records <= lost_records + (step == SUM ? {16'd0, a_skip} : {14'd0, all});
            lost_frames <= lost_frames + (step == SUM ? {16'd0, a_skip} : 32'd1);
        end else if (step == RESOLVE) begin
            lost_records <= 32'd0;
            lost_frames <= 32'd0;
        end

        if (result_valid || result_lost) begin
            result <= 1'b1;
            r_lost <= result_lost;
            r_unfinished <= result_lost && result_unfinished;
            r_movers <= result_movers;
            r_regions <= result_regions;
            r_drop_movers <= result_drop_movers;
            r_drop_regions <= result_drop_regions;
            if (result_valid) result_hold <= 1'b1;
        end
        q_valid <= queued != 3'd0 && !m_done;
        b_valid <= q_valid && !m_done;
        m_valid <= b_valid && !m_done;
        place_moves <= place_push || place_lost || m_done || rst;
        if (place_push || place_lost || m_done) used <= (used | (place_push ? bit_of(place) : 16'd0)) & ~(place_lost ? bit_of(a_place) : 16'd0) & ~(m_done ? bit_of(q_place) : 16'd0);
        if (m_done) begin
            queue_out <= queue_out + 1'b1;
            if (m_good && !m_lost) result_hold <= 1'b0;
        end

        if (rst) begin
            used <= 16'd0;
            await_in <= 4'd0;
            await_out <= 4'd0;
            await_skip <= 16'd0;
            step <= LOAD;
            queue_in <= 3'd0;
            queue_out <= 3'd0;
            q_valid <= 1'b0;
            b_valid <= 1'b0;
            m_valid <= 1'b0;
            lost_records <= 32'd0;
            lost_frames <= 32'd0;
            result <= 1'b0;
            result_hold <= 1'b0;
            drop_valid <= 1'b0;
            give_back <= 1'b0;
        end
    end
endmodule
`resetall
