// SPDX-License-Identifier: Apache-2.0
// The record engine: of each frame writes MOVERs, REGIONs, WATCHes and FRAME into the ring, as uapi/linux/qyran.h says.
//
// The producer index moves when all of a record has been answered. When the ring fills, REGIONs are dropped first, then
// WATCHes, then MOVERs; room for four FRAMEs is kept. Every dropped record still takes a sequence number.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module records (
    input  wire         clk, rst,      // rst: also at each start of the stream
    input  wire [15:0]  width, height, stride,
    input  wire [31:0]  ring_size, ring_consumer,
    output reg  [31:0]  ring_producer,

    input  wire         f_valid,       // the oldest frame, as frames.v says
    output reg          f_done,
    input  wire [63:0]  f_time,
    input  wire [31:0]  f_steps,
    input  wire [15:0]  f_short, f_long, f_missing,
    input  wire [7:0]   f_pins,
    input  wire [4:0]   f_slot,
    input  wire [2:0]   f_flags,
    input  wire [79:0]  f_sensor,
    input  wire [255:0] f_watch,
    input  wire         f_good, f_lost, f_unfinished,
    input  wire [6:0]   f_movers,
    input  wire [4:0]   f_regions,
    input  wire [15:0]  f_drop_movers, f_drop_regions,
    input  wire [31:0]  f_skip_records, f_skip_frames, // f_*: stand still while f_valid

    output reg  [5:0]   mover,         // asked of detect, answered one clock later
    input  wire [255:0] mover_data,
    output reg  [3:0]   region,
    input  wire [127:0] region_data,

    input  wire [15:0]  slot_complete, slot_faulty,
    output reg          give_back,
    output wire [3:0]   record_slot,

    output reg          cut_set,
    output reg  [63:0]  cut_box,       // {h, w, y, x}
    output reg          cut_margin,
    input  wire         cut_known,
    input  wire [15:0]  cut_x, cut_y, cut_w, cut_h, out_w, out_h,
    input  wire [1:0]   halvings,
    input  wire [17:0]  cut_bytes,
    output reg          cut_go,
    input  wire         c_valid,
    input  wire [63:0]  c_word,
    output wire         c_ready,
    input  wire         cut_failed,

    output reg          begin_record,
    output reg          w_valid,
    output reg  [63:0]  w_word,
    input  wire         w_ready,
    input  wire         w_settled, w_failed,

    output reg          event_frame, event_half,
    output reg          count_record,
    output reg          drop_valid,
    output reg  [15:0]  drop_movers, drop_regions, drop_watches, drop_frames, drop_records
);
    localparam [31:0] MAGIC = 32'h52525951, TRAILER_MAGIC = 32'h54525951;      // uapi/linux/qyran.h
    localparam [15:0] VERSION = 16'd1;
    localparam [2:0]  MOVER = 1, REGION = 2, WATCH = 3, FRAME = 4;             // enum qyran_record_type
    localparam [31:0] FRAME_ROOM = 32'd768;                                    // four FRAME records

    localparam [4:0] IDLE = 0, MOVERS = 1, MOVER_LOAD = 2, SLOT = 3, REGIONS = 4, REGION_LOAD = 5, REGION_BOX = 6, WATCHES = 7, WATCH_SIZE = 8,
        WATCH_ON = 9, CUT = 11, FINISH = 12, NEED = 13, RESERVE = 14, COMPARE = 15, ROOM = 16, HEADER = 17, PAYLOAD = 18,
        PIXELS = 19, PAD = 20, TRAILER = 21, SETTLE = 22, CLOSE = 23, NEXT = 24;
    reg  [4:0]  state;
    reg  [2:0]  kind;
    reg  [63:0] sequence_number, number;
    reg  [31:0] sequence_step, number_step;    // added a clock later
    reg  [4:0]  slot;
    reg  [6:0]  index;                 // of the mover, region or watch box
    reg  [6:0]  movers;
    reg  [4:0]  regions;
    reg  [2:0]  watches, lost_watches;
    reg  [15:0] lost_movers, lost_regions;
    reg  [2:0]  k;                     // word of 64 bytes
    reg  [14:0] left;                  // words of pixels
    reg  [17:0] length, payload;
    reg  [31:0] room_needed;
    reg  [31:0] used, room;            // of the ring; two clocks behind its indices
    reg         overfull, enough;
    reg  [31:0] score;
    reg  [7:0]  scale;
    reg  [63:0] w_box;                 // the watch box that is looked at, {y1, y0, x1, x0}
    reg  [16:0] w_width, w_height;     // the highest bit: negative
    reg         w_inside;              // it begins inside the frame
    reg         is_half, was_half;
    reg         written;               // the record found room
    reg         slot_ready, slot_bad;  // of the frame's slot, a clock behind

    // words on their way: what makes them, then what goes out
    reg         a_valid, a_crc, a_pixels;
    reg  [63:0] a_word, a_pixel_word;
    wire        can = !w_valid || w_ready;
    wire        w_on = w_inside && !w_width[16] && |w_width[15:0] && !w_height[16] && |w_height[15:0];
    wire [17:0] padded = (cut_bytes + 18'd63) & ~18'd63;
    wire        with_cut = kind == REGION || kind == WATCH;

    wire        unused = &{region_data[127:104], ring_size[3:0]};      // always 0; the ring is at least 4 KiB

    assign record_slot = slot[3:0];
    assign c_ready = state == PIXELS && can;

    // CRC of the words as they leave
    wire [31:0] crc, crc_0000;
    reg         crc_restart;
    reg         crc_word;              // w_word is new and belongs to the CRC
    reg  [1:0]  crc_wait;
    wire        crc_done = !a_valid && !crc_word && crc_wait == 2'd0;

    crc32c crc_i (.clk(clk), .restart(crc_restart), .valid(crc_word), .word(w_word), .finished(crc), .finished_0000(crc_0000));

    // what a header or a payload holds, without its CRC
    reg  [63:0] next_word;
    always @* begin
        next_word = 64'd0;
        if (state == HEADER)
            case (k)
                3'd0: next_word = {VERSION, 13'd0, kind, MAGIC};
                3'd1: next_word = {14'd0, payload, 14'd0, length};
                3'd2: next_word = sequence_number;
                3'd3: next_word = number;
                3'd4: next_word = f_time;
                default: ;
            endcase
        else
            case (kind)
                MOVER: if (!k[2]) next_word = mover_data[64*k[1:0] +: 64];
                FRAME: case (k)
                    3'd0: next_word = {16'd0, stride, height, width};
                    3'd1: next_word = {27'd0, f_unfinished, f_flags, !f_good, slot[4] ? {28'd0, slot[3:0]} : 32'hffffffff};
                    3'd2: next_word = {16'd0, 13'd0, watches, 11'd0, regions, 9'd0, movers};
                    3'd3: next_word = {16'd0, 13'd0, lost_watches, lost_regions, lost_movers};
                    3'd4: next_word = {f_sensor[31:0], 24'd0, f_pins};
                    3'd5: next_word = {16'd0, f_sensor[79:64], f_sensor[63:32]};
                    3'd6: next_word = {16'd0, f_short, f_steps};
                    3'd7: next_word = {16'd0, f_missing, 16'd0, f_long};
                endcase
                default: case (k)
                    3'd0: next_word = cut_box;
                    3'd1: next_word = {cut_h, cut_w, cut_y, cut_x};
                    3'd2: next_word = {9'd0, index, scale, 6'd0, halvings, out_h, out_w};
                    3'd3: next_word = {14'd0, cut_bytes, score};
                    default: ;
                endcase
            endcase
    end

    always @(posedge clk) begin
        f_done <= 1'b0;
        give_back <= 1'b0;
        cut_set <= 1'b0;
        cut_go <= 1'b0;
        begin_record <= 1'b0;
        event_frame <= 1'b0;
        count_record <= 1'b0;
        drop_valid <= 1'b0;
        crc_restart <= 1'b0;
        crc_word <= 1'b0;
        sequence_step <= 32'd0;
        number_step <= 32'd0;

        sequence_number <= sequence_number + {32'd0, sequence_step};
        number <= number + {32'd0, number_step};
        used <= ring_producer - ring_consumer;
        {overfull, room} <= {1'b0, ring_size} - {1'b0, used};
        slot_ready <= slot_complete[slot[3:0]];
        slot_bad <= slot_faulty[slot[3:0]];

        if (can) begin
            w_valid <= a_valid;
            if (a_valid) w_word <= a_pixels ? a_pixel_word : a_word;
            crc_word <= a_valid && a_crc;
            a_valid <= 1'b0;
            a_pixel_word <= c_word;
        end

        case (state)
            IDLE: if (f_valid && !f_done) begin
                drop_records <= 16'd0;
                sequence_step <= f_skip_records;
                number_step <= f_skip_frames;
                slot <= f_slot;
                index <= 7'd0;
                mover <= 6'd0;
                {movers, regions, watches} <= 15'd0;
                lost_movers <= f_good ? f_drop_movers : 16'd0;
                lost_regions <= f_good ? f_drop_regions : 16'd0;
                lost_watches <= 3'd0;
                state <= f_good ? MOVERS : FINISH;
            end
            MOVERS: begin
                kind <= MOVER;
                length <= 18'd192;
                payload <= 18'd64;
                if (index == f_movers) begin
                    sequence_step <= {16'd0, f_drop_movers};
                    state <= SLOT;
                end else if (f_lost) begin
                    index <= index + 1'b1;
                    lost_movers <= lost_movers + 1'b1;
                    sequence_step <= 32'd1;
                end else state <= MOVER_LOAD;
            end
            MOVER_LOAD: state <= NEED;
            SLOT: begin
                region <= 4'd0;
                index <= 7'd0;
                if (!slot[4] || slot_ready) state <= REGIONS;
                if (slot[4] && slot_ready && slot_bad) begin
                    give_back <= 1'b1;
                    slot[4] <= 1'b0;
                end
            end
            REGIONS: begin
                kind <= REGION;
                if (index == {2'd0, f_regions}) begin
                    sequence_step <= {16'd0, f_drop_regions};
                    index <= 7'd0;
                    state <= WATCHES;
                end else if (f_lost || !slot[4]) begin
                    index <= index + 1'b1;
                    lost_regions <= lost_regions + 1'b1;
                    sequence_step <= 32'd1;
                end else state <= REGION_LOAD;
            end
            REGION_LOAD: state <= REGION_BOX;
            REGION_BOX: begin
                score <= region_data[95:64];
                scale <= region_data[103:96];
                cut_box <= region_data[63:0];
                cut_margin <= 1'b1;
                cut_set <= 1'b1;
                state <= CUT;
            end
            WATCHES: begin
                kind <= WATCH;
                w_box <= f_watch[64*index[1:0] +: 64];
                state <= index == 7'd4 ? FINISH : WATCH_SIZE;
            end
            WATCH_SIZE: begin
                w_width <= {1'b0, w_box[31:16]} - {1'b0, w_box[15:0]};
                w_height <= {1'b0, w_box[63:48]} - {1'b0, w_box[47:32]};
                w_inside <= w_box[15:0] < width && w_box[47:32] < height;
                state <= WATCH_ON;
            end
            WATCH_ON: begin
                score <= 32'd0;
                scale <= {1'b0, index};
                cut_box <= {w_height[15:0], w_width[15:0], w_box[47:32], w_box[15:0]};
                cut_margin <= 1'b0;
                if (w_on && slot[4]) begin
                    cut_set <= 1'b1;
                    state <= CUT;
                end else begin
                    index <= index + 1'b1;
                    if (w_on) begin
                        lost_watches <= lost_watches + 1'b1;
                        sequence_step <= 32'd1;
                    end
                    state <= WATCHES;
                end
            end
            CUT: if (cut_known && !cut_set) begin
                length <= 18'd192 + padded;
                payload <= 18'd64 + cut_bytes;
                state <= NEED;
            end
            FINISH: begin
                kind <= FRAME;
                length <= 18'd192;
                payload <= 18'd64;
                state <= NEED;
            end
            NEED: begin
                room_needed <= {14'd0, length} + (kind == FRAME ? 32'd0 : FRAME_ROOM);
                state <= RESERVE;
            end
            RESERVE: begin
                if (with_cut) room_needed <= room_needed + (kind == REGION ? {4'd0, ring_size[31:4]} : {5'd0, ring_size[31:5]});
                state <= COMPARE;
            end
            COMPARE: begin
                enough <= room >= room_needed && !overfull;
                state <= ROOM;
            end
            ROOM: begin
                written <= enough;
                begin_record <= enough;
                crc_restart <= 1'b1;
                k <= 3'd0;
                state <= enough ? HEADER : CLOSE;
            end
            HEADER: if (can && (k != 3'd7 || crc_done)) begin
                a_word <= k == 3'd7 ? {crc_0000, 32'd0} : next_word;
                a_valid <= 1'b1;
                a_crc <= k != 3'd7;
                a_pixels <= 1'b0;
                k <= k + 1'b1;
                if (k == 3'd7) begin
                    crc_restart <= 1'b1;
                    cut_go <= with_cut;
                    state <= PAYLOAD;
                end
            end
            PAYLOAD: if (can) begin
                a_word <= next_word;
                a_valid <= 1'b1;
                a_crc <= 1'b1;
                k <= k + 1'b1;
                left <= cut_bytes[17:3];
                if (k == 3'd7) state <= with_cut ? PIXELS : TRAILER;
            end
            PIXELS: if (can && c_valid) begin
                a_valid <= 1'b1;
                a_pixels <= 1'b1;
                k <= k + 1'b1;
                left <= left - 1'b1;
                if (left == 15'd1) state <= &k ? TRAILER : PAD;
            end
            PAD: if (can) begin
                a_word <= 64'd0;
                a_valid <= 1'b1;
                a_pixels <= 1'b0;
                k <= k + 1'b1;
                if (&k) state <= TRAILER;
            end
            TRAILER: if (can && (crc_done || k != 3'd0)) begin
                a_word <= k == 3'd0 ? {crc, TRAILER_MAGIC} : 64'd0;
                a_valid <= 1'b1;
                a_crc <= 1'b0;
                a_pixels <= 1'b0;
                k <= k + 1'b1;
                if (k == 3'd7) state <= SETTLE;
            end
            SETTLE: if (!a_valid && !w_valid && w_settled) state <= CLOSE;
            CLOSE: begin
                sequence_step <= 32'd1;
                if (written && !w_failed && !(cut_failed && with_cut)) begin
                    ring_producer <= ring_producer + {14'd0, length};
                    count_record <= 1'b1;
                    event_frame <= kind == FRAME;
                    case (kind)
                        MOVER: movers <= movers + 1'b1;
                        REGION: regions <= regions + 1'b1;
                        WATCH: watches <= watches + 1'b1;
                        default: ;
                    endcase
                end else begin
                    case (kind)
                        MOVER: lost_movers <= lost_movers + 1'b1;
                        REGION: lost_regions <= lost_regions + 1'b1;
                        WATCH: lost_watches <= lost_watches + 1'b1;
                        default: begin
                            give_back <= slot[4];
                            drop_records <= 16'd1;
                        end
                    endcase
                end
                state <= NEXT;
            end
            NEXT: begin
                index <= index + 1'b1;
                mover <= index[5:0] + 1'b1;
                region <= index[3:0] + 1'b1;
                case (kind)
                    MOVER: state <= MOVERS;
                    REGION: state <= REGIONS;
                    WATCH: state <= WATCHES;
                    default: begin
                        number_step <= 32'd1;
                        drop_valid <= 1'b1;
                        drop_movers <= lost_movers;
                        drop_regions <= lost_regions;
                        drop_watches <= {13'd0, lost_watches};
                        drop_frames <= {15'd0, f_good && !slot[4]};
                        f_done <= 1'b1;
                        state <= IDLE;
                    end
                endcase
            end
            default: state <= IDLE;
        endcase

        // the CRC is two clocks behind the words
        crc_wait <= crc_word ? 2'd2 : crc_wait - {1'b0, |crc_wait};
        is_half <= used >= {1'b0, ring_size[31:1]} && ring_size != 32'd0;
        was_half <= is_half;
        event_half <= is_half && !was_half;

        if (rst) begin
            state <= IDLE;
            sequence_number <= 64'd0;
            number <= 64'd0;
            sequence_step <= 32'd0;
            number_step <= 32'd0;
            ring_producer <= 32'd0;
            used <= 32'd0;
            a_valid <= 1'b0;
            w_valid <= 1'b0;
            f_done <= 1'b0;
            give_back <= 1'b0;
            crc_word <= 1'b0;
            crc_wait <= 2'd0;
            is_half <= 1'b0;
            was_half <= 1'b0;
            event_half <= 1'b0;
            event_frame <= 1'b0;
            count_record <= 1'b0;
            drop_valid <= 1'b0;
        end
    end
`ifdef FORMAL
`include "records.vh"
`endif // FORMAL
endmodule
`resetall
