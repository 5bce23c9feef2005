// SPDX-License-Identifier: Apache-2.0
// What hw/formal/run proves of hw/rtl/records.v, which includes this: FORMAL_WORDS, FORMAL_ROOM and FORMAL_NUMBERS are three proofs.
//
    // A frame's entry and a cut stand still, as frames.v and cutter.v say; software moves the consumer up to the producer and no further.
    reg         f_past = 1'b0;
    (* anyconst *) reg [31:0] f_ring_size;
    reg         f_is_good, f_settled, f_waits, f_moves, f_closes;
    reg  [63:0] f_was_word;
    reg  [31:0] f_was_producer;
    reg  [31:0] f_was_next;
    reg  [6:0]  f_all_movers;
    reg  [4:0]  f_all_regions;
    reg  [15:0] f_lacks_movers, f_lacks_regions;        // dropped by detection
    (* anyseq *) reg [31:0] f_step;                     // that software moves the consumer by
    wire [7:0]  f_reached = {1'b0, index} + {7'd0, state == NEXT};      // MOVERs, REGIONs or WATCHes that have been decided on
    reg  [31:0] f_used;                                 // of the ring
    wire        f_move = state == CLOSE && written && !w_failed && !(cut_failed && with_cut);
    reg  [1:0]  f_since;                                // the producer moved
    reg  [17:0] f_bytes;                                // of the cut
    reg  [15:0] f_made, f_taken;                        // words of this record: made, taken by the ring writer
    reg  [5:0]  f_first;                                // the frame's first number; here and below modulo 64
    wire        f_writing = state == HEADER || state == PAYLOAD || state == PIXELS || state == PAD || state == TRAILER || state == SETTLE;
    wire [17:0] f_padded = with_cut ? (f_bytes + 18'd63) & ~18'd63 : 18'd0;
    wire [15:0] f_pixels_end = 16'd16 + (with_cut ? {1'b0, f_bytes[17:3]} : 16'd0), f_padded_end = 16'd16 + {1'b0, f_padded[17:3]};
    wire [5:0]  f_sequence = sequence_number[5:0] + sequence_step[5:0];
    wire [1:0]  f_phase = state == MOVERS || state == MOVER_LOAD ? 2'd0 : state == SLOT || state == REGIONS || state == REGION_LOAD || state == REGION_BOX ? 2'd1
        : state == WATCHES || state == WATCH_SIZE || state == WATCH_ON || state == FINISH ? 2'd2 : kind == MOVER ? 2'd0 : kind == REGION ? 2'd1 : 2'd2;
    wire [5:0]  f_to_come = !f_is_good ? 6'd0 : (f_phase == 2'd0 ? f_lacks_movers[5:0] : 6'd0) + (f_phase != 2'd2 ? f_lacks_regions[5:0] : 6'd0);
    wire [5:0]  f_counted = movers[5:0] + {1'd0, regions} + {3'd0, watches} + lost_movers[5:0] + lost_regions[5:0] + {3'd0, lost_watches};
    wire [5:0]  f_numbered = f_sequence - f_first, f_told = f_counted - f_to_come + {5'd0, state == NEXT && kind == FRAME};

    always @(posedge clk) begin
        f_past <= 1'b1;
        f_used <= rst ? 32'd0 : f_used - f_step + (f_move ? {14'd0, length} : 32'd0);
        f_since <= rst ? 2'd1 : state == CLOSE ? 2'd0 : f_since + !f_since[1];
        f_waits <= w_valid && !w_ready && !rst;
        f_was_word <= w_word;
        f_moves <= f_move && f_settled && !rst;
        f_closes <= kind == FRAME;
        f_was_producer <= rst ? 32'd0 : ring_producer;
        f_was_next <= ring_producer + {14'd0, length};
        if (state == IDLE) begin
            f_is_good <= f_good;
            f_all_movers <= f_movers;
            f_all_regions <= f_regions;
            f_lacks_movers <= f_drop_movers;
            f_lacks_regions <= f_drop_regions;
            f_first <= f_sequence + f_skip_records[5:0];
        end
        if (state == CUT) f_bytes <= cut_bytes;
        f_settled <= w_settled && !w_valid;
        if (state == ROOM) {f_made, f_taken} <= 32'd0;
        else begin
            if (can && (state == HEADER ? k != 3'd7 || crc_done : state == PIXELS ? c_valid : state == TRAILER ? crc_done || k != 3'd0
                : state == PAYLOAD || state == PAD)) f_made <= f_made + 1'b1;
            if (w_valid && w_ready) f_taken <= f_taken + 1'b1;
        end
    end
    always @* begin
        if (!f_past) assume(rst);
        assume(ring_size == f_ring_size && f_ring_size >= 4096 && f_ring_size <= 32'h4000_0000 && (f_ring_size & (f_ring_size - 1)) == 0);
        assume(f_step <= f_used && ring_consumer == ring_producer - f_used);
        assume(f_movers <= 64 && f_regions <= 16);
        if (state != IDLE) assume(f_good == f_is_good && f_movers == f_all_movers && f_regions == f_all_regions
            && f_drop_movers == f_lacks_movers && f_drop_regions == f_lacks_regions);
        assume(cut_bytes >= 8 && cut_bytes[2:0] == 0 && cut_bytes <= 131072);
        if (with_cut && state >= NEED) assume(cut_bytes == f_bytes);
        if (f_past && !rst) begin
            assert(state != 10 && state <= NEXT);
            if (state == CUT) assert(with_cut);
            if (state >= NEED) assert(kind >= MOVER && kind <= FRAME && (!with_cut || (f_bytes >= 8 && f_bytes[2:0] == 0 && f_bytes <= 131072)));
            if (state == MOVER_LOAD) assert(kind == MOVER);
            if (state == REGION_LOAD || state == REGION_BOX) assert(kind == REGION);
            if (state == WATCH_SIZE || state == WATCH_ON) assert(kind == WATCH);

`ifdef FORMAL_WORDS
            // a record is as long as it says, a multiple of 64 bytes, all of it between its begin and its close
            if (state >= NEED) assert(length == 192 + f_padded && (state == NEXT || payload == 64 + (with_cut ? f_bytes : 18'd0)));
            if (state == MOVER_LOAD) assert(length == 192 && payload == 64);
            assert(f_writing || (!a_valid && !w_valid));
            if (f_writing) begin
                assert(written && f_made == f_taken + w_valid + a_valid && k == f_made[2:0]);
                case (state)
                    HEADER: assert(f_made < 8);
                    PAYLOAD: assert(f_made >= 8 && f_made < 16);
                    PIXELS: assert(with_cut && f_made >= 16 && f_made < f_pixels_end && left == f_pixels_end - f_made);
                    PAD: assert(with_cut && f_made >= f_pixels_end && f_made < f_padded_end);
                    TRAILER: assert(f_made >= f_padded_end && f_made < f_padded_end + 8);
                    default: assert(f_made == f_padded_end + 8);
                endcase
                if (a_valid && !a_pixels) begin
                    if (f_made == 1) assert(a_word == {VERSION, 13'd0, kind, MAGIC});
                    if (f_made == 2) assert(a_word == {14'd0, payload, 14'd0, length});
                    if (f_made == 3) assert(a_word == sequence_number);
                    if (f_made == f_padded_end + 1) assert(a_word[31:0] == TRAILER_MAGIC);
                end
                if (f_made != 0) assert(a_pixels == (f_made > 16 && f_made <= f_pixels_end));
                if (w_valid && f_taken == 0) assert(w_word == {VERSION, 13'd0, kind, MAGIC});
                if (w_valid && f_taken == 1) assert(w_word == {14'd0, payload, 14'd0, length});
                if (w_valid && f_taken == 2) assert(w_word == sequence_number);
                if (w_valid && f_taken == f_padded_end) assert(w_word[31:0] == TRAILER_MAGIC);
                assert(state == HEADER && f_made < 2 || sequence_step == 0);
            end
            if (state == CLOSE && written) assert(f_settled && f_taken == length[17:3] && f_taken[2:0] == 0);

            if (f_waits) assert(w_valid && w_word == f_was_word);
            // the producer moves over whole records, after the memory has answered for all of them
            if (!f_moves) assert(ring_producer == f_was_producer && !event_frame);
            if (f_moves) assert(ring_producer == f_was_next && event_frame == f_closes);

`endif
`ifdef FORMAL_ROOM
            // nothing that software has not yet read is written over, and four FRAMEs always find room
            assert(f_used <= f_ring_size && used <= f_ring_size);
            if (f_since >= 1) assert(used >= f_used);
            if (f_since >= 2) assert(!overfull && room <= f_ring_size - f_used);
            if (state == RESERVE) assert(room_needed == length + (kind == FRAME ? 0 : FRAME_ROOM));
            if (state == COMPARE) assert(room_needed >= length + (kind == FRAME ? 0 : FRAME_ROOM) && room_needed < 32'h1000_0000);
            assert(state == NEXT ? f_since == 0 : state == IDLE || state == MOVERS || state == REGIONS || state == WATCHES ? f_since == 1 || f_since == 2 : f_since == 2);
            if (state == ROOM && enough) assert(f_used + length + (kind == FRAME ? 0 : FRAME_ROOM) <= f_ring_size);
            if (written && (f_writing || state == CLOSE)) assert(f_used + length <= f_ring_size);

`endif
`ifdef FORMAL_NUMBERS
            // each record takes a number, written or lost, and FRAME says how many were lost
            if (state != IDLE) assert(f_numbered == f_told);
            if (state != IDLE && f_phase == 0) assert(movers <= f_reached && {1'b0, index} + (state != MOVERS) <= f_all_movers && regions == 0);
            if (state != IDLE && f_phase != 2) assert(watches == 0 && lost_watches == 0);
            if (state != IDLE && f_phase == 1 && state != SLOT) assert(regions <= f_reached && {1'b0, index} + (state != REGIONS) <= f_all_regions);
            if (state == SLOT) assert(regions == 0);
            if (state == WATCHES) assert(kind == WATCH || (kind == REGION && index == 0 && watches == 0 && lost_watches == 0));
            if (state != IDLE && f_phase == 2 && kind == WATCH)
                assert({1'b0, watches} + {1'b0, lost_watches} <= f_reached && {1'b0, index} + (state != WATCHES && state != FINISH) <= 4);
            if (state != IDLE && !f_is_good) assert({movers, regions, watches, lost_movers, lost_regions, lost_watches} == 0 && (state == FINISH || (state >= NEED && kind == FRAME)));
`endif
        end
    end
    always @(posedge clk) if (f_past && !rst) begin
        cover(f_writing && f_made == 1);
        cover(state == CLOSE && !written);
    end
