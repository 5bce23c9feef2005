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

    output wire         m_valid,       // the oldest frame
    input  wire         m_done,        // its records are written
    output wire [63:0]  m_time,
    output wire [31:0]  m_steps,
    output wire [15:0]  m_short, m_long, m_missing,
    output wire [7:0]   m_pins,
    output wire [4:0]   m_slot,
    output wire [2:0]   m_flags,
    output wire [79:0]  m_sensor,
    output wire [7:0]   m_margin,
    output wire [255:0] m_watch,
    output wire         m_good, m_lost,                // lost: the detection result, but not its counts
    output wire         m_unfinished,                  // lost, and a count of 1 stands for one that is not known
    output wire [6:0]   m_movers,
    output wire [4:0]   m_regions,
    output wire [15:0]  m_drop_movers, m_drop_regions,
    output wire [31:0]  m_skip_records, m_skip_frames, // lost between the frame before and this one

    output reg          give_back,     // the slot of a frame whose records are lost
    output reg  [3:0]   give_back_slot,
    output reg          drop_valid,
    output reg  [15:0]  drop_movers, drop_regions, drop_watches, drop_frames, drop_records,
    output wire         pending        // frames that have ended are not yet written
);
    localparam BODY = 504;
    localparam [3:0] AWAIT_MOST = 4'd8, AWAIT_DAMAGED = 4'd4;  // frames that wait for a result; places for damaged ones
    localparam [2:0] QUEUE_MOST = 3'd4;                        // frames that wait for the record engine

    // the frame under way
    reg  [7:0]   at_pins, at_margin;
    reg  [2:0]   at_flags;
    reg  [79:0]  at_sensor;
    reg  [255:0] at_watch;
    reg  [95:0]  at_stamp;
    reg          have_stamp, end_waits, was_good;
    reg  [15:0]  was_short, was_long, was_missing;
    reg  [4:0]   was_slot;

    wire         push = (ended || end_waits) && (have_stamp || stopped);
    wire         push_good = ended ? end_good : was_good;
    wire [4:0]   push_slot = ended ? end_slot : was_slot;
    wire [BODY-1:0] push_body = {at_watch, at_margin, at_sensor, at_flags, push_slot, at_pins,
        ended ? {end_missing, end_long, end_short} : {was_missing, was_long, was_short}, at_stamp};

    always @(posedge clk) begin
        if (start) begin
            at_pins <= pins;
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
        if (ended) begin
            was_good <= end_good;
            was_slot <= end_slot;
            {was_missing, was_long, was_short} <= {end_missing, end_long, end_short};
            end_waits <= 1'b1;
        end
        if (push || rst) end_waits <= 1'b0;
        if (rst) begin
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

    function on(input [63:0] box, input [15:0] frame_width, frame_height);
        on = box[15:0] < box[31:16] && box[15:0] < frame_width && box[47:32] < box[63:48] && box[47:32] < frame_height;
    endfunction

    reg  [BODY-1:0] bodies [0:15];
    reg  [15:0]  used;
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
    wire [3:0]   place = lowest(~used);

    wire [15:0]  a_skip;
    wire [2:0]   a_watches;
    wire         a_good;
    wire [4:0]   a_slot;
    wire [3:0]   a_place, q_place;
    wire         resolve = waiting != 4'd0 && (!a_good || result);

    assign {a_skip, a_watches, a_good, a_slot, a_place} = await_entry[await_out[2:0]];
    assign {m_skip_records, m_skip_frames, m_drop_regions, m_drop_movers, m_regions, m_movers, m_unfinished, m_lost, m_good, q_place}
        = queue[queue_out[1:0]];
    assign {m_watch, m_margin, m_sensor, m_flags, m_slot, m_pins, m_missing, m_long, m_short, m_steps, m_time} = bodies[q_place];
    assign m_valid = queued != 3'd0;
    assign pending = ended || end_waits || waiting != 4'd0 || queued != 3'd0 || result;

    always @(posedge clk) begin
        drop_valid <= 1'b0;
        give_back <= 1'b0;

        if (push) begin
            if (waiting < (push_good ? AWAIT_MOST : AWAIT_DAMAGED)) begin
                bodies[place] <= push_body;
                used[place] <= 1'b1;
                await_entry[await_in[2:0]] <= {await_skip,
                    {2'd0, on(at_watch[63:0], width, height)} + {2'd0, on(at_watch[127:64], width, height)} +
                    {2'd0, on(at_watch[191:128], width, height)} + {2'd0, on(at_watch[255:192], width, height)},
                    push_good, push_slot, place};
                await_in <= await_in + 1'b1;
                await_skip <= 16'd0;
            end else begin
                await_skip <= await_skip + 1'b1;
            end
        end

        if (resolve) begin
            await_out <= await_out + 1'b1;
            result <= 1'b0;
            if (queued != QUEUE_MOST) begin
                queue[queue_in[1:0]] <= {lost_records + {16'd0, a_skip}, lost_frames + {16'd0, a_skip},
                    a_good ? {r_drop_regions, r_drop_movers, r_regions, r_movers, r_unfinished, r_lost} : 46'd0, a_good, a_place};
                queue_in <= queue_in + 1'b1;
                lost_records <= 32'd0;
                lost_frames <= 32'd0;
            end else begin
                used[a_place] <= 1'b0;
                give_back <= a_slot[4];
                give_back_slot <= a_slot[3:0];
                lost_frames <= lost_frames + {16'd0, a_skip} + 32'd1;
                lost_records <= lost_records + {16'd0, a_skip} + 32'd1 + (a_good ? {25'd0, r_movers} + {27'd0, r_regions} +
                    {16'd0, r_drop_movers} + {16'd0, r_drop_regions} + {29'd0, a_watches} : 32'd0);
                drop_valid <= 1'b1;
                drop_movers <= a_good ? {9'd0, r_movers} + r_drop_movers : 16'd0;
                drop_regions <= a_good ? {11'd0, r_regions} + r_drop_regions : 16'd0;
                drop_watches <= a_good ? {13'd0, a_watches} : 16'd0;
                drop_frames <= {15'd0, a_good};
                drop_records <= a_skip + 16'd1;
                if (a_good && !r_lost) result_hold <= 1'b0;
            end
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
        if (m_done) begin
            queue_out <= queue_out + 1'b1;
            used[q_place] <= 1'b0;
            if (m_good && !m_lost) result_hold <= 1'b0;
        end

        if (rst) begin
            used <= 16'd0;
            await_in <= 4'd0;
            await_out <= 4'd0;
            await_skip <= 16'd0;
            queue_in <= 3'd0;
            queue_out <= 3'd0;
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
