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
    input  wire [31:0]  f_skip_records, f_skip_frames,

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

    localparam [4:0] IDLE = 0, MOVERS = 1, MOVER_LOAD = 2, SLOT = 3, REGIONS = 4, REGION_LOAD = 5, REGION_BOX = 6, WATCHES = 7, CUT = 8,
        FINISH = 9, ROOM = 10, HEADER = 11, PAYLOAD = 12, PIXELS = 13, PAD = 14, TRAILER = 15, SETTLE = 16, CLOSE = 17, NEXT = 18;
    reg  [4:0]  state;
    reg  [2:0]  kind;
    reg  [63:0] sequence_number, number;
    reg  [4:0]  slot;
    reg  [6:0]  index;                 // of the mover, region or watch box
    reg  [15:0] movers, regions, watches, lost_movers, lost_regions, lost_watches;
    reg  [2:0]  k;                     // word of 64 bytes
    reg  [14:0] left;                  // words of pixels
    reg  [31:0] length, payload, room_needed;
    reg  [63:0] box;
    reg  [31:0] score;
    reg  [7:0]  scale;
    reg         was_half;
    reg         written;               // the record found room

    wire        can = !w_valid || w_ready;
    wire [31:0] used = ring_producer - ring_consumer;
    wire [31:0] room = used > ring_size ? 32'd0 : ring_size - used;
    wire        half = used >= {1'b0, ring_size[31:1]} && ring_size != 32'd0;
    wire [63:0] w_box = f_watch[64*index[1:0] +: 64];
    wire [15:0] w_end_x = w_box[31:16] < width ? w_box[31:16] : width;
    wire [15:0] w_end_y = w_box[63:48] < height ? w_box[63:48] : height;
    wire        w_on = w_box[15:0] < w_end_x && w_box[47:32] < w_end_y;
    wire [17:0] padded = (cut_bytes + 18'd63) & ~18'd63;

    wire        unused = &{region_data[127:104]};              // always 0

    assign record_slot = slot[3:0];
    assign c_ready = state == PIXELS && can;

    // CRC of the words as they leave
    wire [31:0] crc, crc_0000;
    reg         crc_restart;
    reg         crc_word;              // w_word is new and belongs to the CRC
    reg  [1:0]  crc_wait;

    crc32c crc_i (.clk(clk), .restart(crc_restart), .valid(crc_word), .word(w_word), .finished(crc), .finished_0000(crc_0000));

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
        if (w_valid && w_ready) w_valid <= 1'b0;

        case (state)
            IDLE: if (f_valid && !f_done) begin
                drop_records <= 16'd0;
                sequence_number <= sequence_number + {32'd0, f_skip_records};
                number <= number + {32'd0, f_skip_frames};
                slot <= f_slot;
                index <= 7'd0;
                mover <= 6'd0;
                {movers, regions, watches} <= 48'd0;
                {lost_movers, lost_regions, lost_watches} <= 48'd0;
                state <= f_good ? MOVERS : FINISH;
            end
            MOVERS: begin
                kind <= MOVER;
                length <= 32'd192;
                payload <= 32'd64;
                room_needed <= 32'd192 + FRAME_ROOM;
                if (index < f_movers && !f_lost) state <= MOVER_LOAD;
                else begin
                    lost_movers <= lost_movers + f_drop_movers + (f_lost ? {9'd0, f_movers} : 16'd0);
                    sequence_number <= sequence_number + {48'd0, f_drop_movers} + (f_lost ? {57'd0, f_movers} : 64'd0);
                    state <= SLOT;
                end
            end
            MOVER_LOAD: state <= ROOM;
            SLOT: if (!slot[4]) begin
                region <= 4'd0;
                index <= 7'd0;
                state <= REGIONS;
            end else if (slot_complete[slot[3:0]]) begin
                if (slot_faulty[slot[3:0]]) begin
                    give_back <= 1'b1;
                    slot[4] <= 1'b0;
                end else begin
                    region <= 4'd0;
                    index <= 7'd0;
                    state <= REGIONS;
                end
            end
            REGIONS: begin
                kind <= REGION;
                if (f_lost || !slot[4]) begin
                    lost_regions <= lost_regions + f_drop_regions + {11'd0, f_regions} - {9'd0, index};
                    sequence_number <= sequence_number + {48'd0, f_drop_regions} + {59'd0, f_regions} - {57'd0, index};
                    index <= 7'd0;
                    state <= WATCHES;
                end else if (index < {2'd0, f_regions}) state <= REGION_LOAD;
                else begin
                    lost_regions <= lost_regions + f_drop_regions;
                    sequence_number <= sequence_number + {48'd0, f_drop_regions};
                    index <= 7'd0;
                    state <= WATCHES;
                end
            end
            REGION_LOAD: state <= REGION_BOX;
            REGION_BOX: begin
                box <= region_data[63:0];
                score <= region_data[95:64];
                scale <= region_data[103:96];
                cut_box <= region_data[63:0];
                cut_margin <= 1'b1;
                cut_set <= 1'b1;
                state <= CUT;
            end
            WATCHES: begin
                kind <= WATCH;
                if (index == 7'd4) state <= FINISH;
                else if (!w_on) index <= index + 1'b1;
                else if (!slot[4]) begin
                    index <= index + 1'b1;
                    lost_watches <= lost_watches + 1'b1;
                    sequence_number <= sequence_number + 1'b1;
                end else begin
                    box <= {w_box[63:48] - w_box[47:32], w_box[31:16] - w_box[15:0], w_box[47:32], w_box[15:0]};
                    score <= 32'd0;
                    scale <= {1'b0, index};
                    cut_box <= {w_end_y - w_box[47:32], w_end_x - w_box[15:0], w_box[47:32], w_box[15:0]};
                    cut_margin <= 1'b0;
                    cut_set <= 1'b1;
                    state <= CUT;
                end
            end
            CUT: if (cut_known && !cut_set) begin
                length <= 32'd192 + {14'd0, padded};
                payload <= 32'd64 + {14'd0, cut_bytes};
                room_needed <= 32'd192 + {14'd0, padded} + FRAME_ROOM +
                    (kind == REGION ? {4'd0, ring_size[31:4]} : {5'd0, ring_size[31:5]});
                state <= ROOM;
            end
            FINISH: begin
                kind <= FRAME;
                length <= 32'd192;
                payload <= 32'd64;
                room_needed <= 32'd192;
                state <= ROOM;
            end
            ROOM: if (room < room_needed) begin
                written <= 1'b0;
                state <= CLOSE;
            end else begin
                written <= 1'b1;
                begin_record <= 1'b1;
                crc_restart <= 1'b1;
                k <= 3'd0;
                state <= HEADER;
            end
            HEADER: if (can && (k != 3'd7 || (crc_wait == 2'd0 && !crc_word))) begin
                case (k)
                    3'd0: w_word <= {VERSION, 13'd0, kind, MAGIC};
                    3'd1: w_word <= {payload, length};
                    3'd2: w_word <= sequence_number;
                    3'd3: w_word <= number;
                    3'd4: w_word <= f_time;
                    3'd7: w_word <= {crc_0000, 32'd0};
                    default: w_word <= 64'd0;
                endcase
                w_valid <= 1'b1;
                crc_word <= k != 3'd7;
                k <= k + 1'b1;
                if (k == 3'd7) begin
                    crc_restart <= 1'b1;
                    cut_go <= kind == REGION || kind == WATCH;
                    state <= PAYLOAD;
                end
            end
            PAYLOAD: if (can) begin
                case (kind)
                    MOVER: w_word <= k[2] ? 64'd0 : mover_data[64*k[1:0] +: 64];
                    FRAME: case (k)
                        3'd0: w_word <= {16'd0, stride, height, width};
                        3'd1: w_word <= {27'd0, f_unfinished, f_flags, !f_good, slot[4] ? {28'd0, slot[3:0]} : 32'hffffffff};
                        3'd2: w_word <= {16'd0, watches, regions, movers};
                        3'd3: w_word <= {16'd0, lost_watches, lost_regions, lost_movers};
                        3'd4: w_word <= {f_sensor[31:0], 24'd0, f_pins};
                        3'd5: w_word <= {16'd0, f_sensor[79:64], f_sensor[63:32]};
                        3'd6: w_word <= {16'd0, f_short, f_steps};
                        3'd7: w_word <= {16'd0, f_missing, 16'd0, f_long};
                    endcase
                    default: case (k)
                        3'd0: w_word <= box;
                        3'd1: w_word <= {cut_h, cut_w, cut_y, cut_x};
                        3'd2: w_word <= {9'd0, index, scale, 6'd0, halvings, out_h, out_w};
                        3'd3: w_word <= {14'd0, cut_bytes, score};
                        default: w_word <= 64'd0;
                    endcase
                endcase
                w_valid <= 1'b1;
                crc_word <= 1'b1;
                k <= k + 1'b1;
                left <= cut_bytes[17:3];
                if (k == 3'd7) state <= kind == REGION || kind == WATCH ? PIXELS : TRAILER;
            end
            PIXELS: if (can && c_valid) begin
                w_word <= c_word;
                w_valid <= 1'b1;
                crc_word <= 1'b1;
                k <= k + 1'b1;
                left <= left - 1'b1;
                if (left == 15'd1) state <= &k ? TRAILER : PAD;
            end
            PAD: if (can) begin
                w_word <= 64'd0;
                w_valid <= 1'b1;
                crc_word <= 1'b1;
                k <= k + 1'b1;
                if (&k) state <= TRAILER;
            end
            TRAILER: if (can && !crc_word && crc_wait == 2'd0) begin
                w_word <= k == 3'd0 ? {crc, TRAILER_MAGIC} : 64'd0;
                w_valid <= 1'b1;
                k <= k + 1'b1;
                if (k == 3'd7) state <= SETTLE;
            end
            SETTLE: if (!w_valid && w_settled) state <= CLOSE;
            CLOSE: begin
                sequence_number <= sequence_number + 1'b1;
                if (written && !w_failed && !(cut_failed && (kind == REGION || kind == WATCH))) begin
                    ring_producer <= ring_producer + length;
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
                        number <= number + 1'b1;
                        drop_valid <= 1'b1;
                        drop_movers <= lost_movers;
                        drop_regions <= lost_regions;
                        drop_watches <= lost_watches;
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
        was_half <= half;
        event_half <= half && !was_half;

        if (rst) begin
            state <= IDLE;
            sequence_number <= 64'd0;
            number <= 64'd0;
            ring_producer <= 32'd0;
            w_valid <= 1'b0;
            f_done <= 1'b0;
            give_back <= 1'b0;
            crc_word <= 1'b0;
            crc_wait <= 2'd0;
            was_half <= 1'b0;
            event_half <= 1'b0;
            event_frame <= 1'b0;
            count_record <= 1'b0;
            drop_valid <= 1'b0;
        end
    end
endmodule
`resetall
