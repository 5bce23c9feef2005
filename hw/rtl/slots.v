// SPDX-License-Identifier: Apache-2.0
// Who has which frame slot: the logic takes the lowest free one for each frame and hands it over with the FRAME record.
//
// A slot of a frame that came to nothing is free again at once: the frame writer, its only user, writes in order.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module slots (
    input  wire        clk, rst,       // rst: also at each start of the stream
    input  wire        base_write, base_high,
    input  wire [3:0]  base_index,
    input  wire [31:0] base_data,
    input  wire [3:0]  frame_slot, record_slot,
    output wire [63:0] frame_base, record_base,
    input  wire [15:0] give,           // from software
    output reg  [15:0] free,

    input  wire        start, abort,   // of frames; both at once: the one before is aborted
    input  wire        dropped,        // the frame writer cannot keep up: this frame's pixels are not kept
    output reg  [4:0]  slot,           // {valid, number} of the frame under way, one clock after start

    input  wire        done,           // a slot holds its whole frame, or failed to
    input  wire [3:0]  done_slot,
    input  wire        done_fault,
    output reg  [15:0] complete, faulty,

    input  wire        give_back_0, give_back_1,       // a frame's records are lost: its slot is free when it is complete
    input  wire [3:0]  back_slot_0, back_slot_1
);
    reg  [31:0] bases_low [0:15], bases_high [0:15];
    reg  [15:0] returning;             // free as soon as complete

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

    assign frame_base = {bases_high[frame_slot], bases_low[frame_slot]};
    assign record_base = {bases_high[record_slot], bases_low[record_slot]};

    always @(posedge clk) begin
        if (base_write && !base_high) bases_low[base_index] <= base_data;
        if (base_write && base_high) bases_high[base_index] <= base_data;
    end

    // The lowest free one, a clock behind free, which is a clock behind what was given up: that is looked at apart.
    reg  [4:0]  candidate;
    reg  [1:0]  was_gone;
    reg  [3:0]  gone_slot;
    reg         moved;                 // free
    wire        gone = (abort || dropped) && slot[4];
    wire        again = (abort && slot[4]) || |was_gone;       // a start finds the slot of the frame before free
    wire [3:0]  back = abort && slot[4] ? slot[3:0] : gone_slot;
    wire [3:0]  choice = again && (back < candidate[3:0] || !candidate[4]) ? back : candidate[3:0];
    wire        chosen = start && (again || candidate[4]);
    wire [15:0] now_free = free | give | (returning & complete) | (was_gone[0] ? bit_of(gone_slot) : 16'd0);

    always @(posedge clk) begin
        was_gone <= {was_gone[0], gone && !(chosen && choice == slot[3:0])};
        if (gone) gone_slot <= slot[3:0];
        moved <= chosen || was_gone[0] || |give || |(returning & complete) || rst;
        if (moved) candidate <= {|free, lowest(free)};
        if (chosen || was_gone[0] || |give || |(returning & complete)) free <= now_free & ~(chosen ? bit_of(choice) : 16'd0);
        returning <= (returning & ~complete) | (give_back_0 ? bit_of(back_slot_0) : 16'd0) | (give_back_1 ? bit_of(back_slot_1) : 16'd0);
        if (gone) slot[4] <= 1'b0;
        if (start) slot <= {chosen, choice};
        if (done) faulty <= (faulty & ~bit_of(done_slot)) | (done_fault ? bit_of(done_slot) : 16'd0);
        complete <= (complete | (done ? bit_of(done_slot) : 16'd0)) & ~(chosen ? bit_of(choice) : 16'd0);
        if (rst) begin
            free <= 16'd0;
            returning <= 16'd0;
            complete <= 16'd0;
            faulty <= 16'd0;
            slot <= 5'd0;
            candidate <= 5'd0;
            was_gone <= 2'd0;
        end
    end

`ifdef FORMAL
    // One slot, any of the sixteen, and who has it. Software gives back only what it got; the record engine hands over or gives back
    // only whole frames that it was told of; starts are four clocks apart (a stamp apart, some ten, in the whole).
    localparam [1:0] SOFTWARE = 0, FREE = 1, FRAME = 2, RETURNING = 3;
    (* anyconst *) reg [3:0] f_slot;
    (* anyseq *) reg f_hand_over;                      // its FRAME record is in memory
    reg       f_past = 1'b0, f_under_way, f_writing;
    reg [1:0] f_owner;
    reg [1:0] f_since;                                 // the last start
    wire      f_given = give[f_slot];
    wire      f_back = (give_back_0 && back_slot_0 == f_slot) || (give_back_1 && back_slot_1 == f_slot);
    wire      f_chosen = chosen && choice == f_slot;
    wire      f_its = slot == {1'b1, f_slot};
    wire      f_gone = gone && f_its;
    wire      f_done = done && done_slot == f_slot;

    always @(posedge clk) begin
        f_past <= 1'b1;
        f_since <= start ? 2'd0 : f_since + !(&f_since);
        if (start) f_under_way <= 1'b1;
        else if (abort || dropped) f_under_way <= 1'b0;
        f_writing <= f_chosen || (f_writing && !f_gone && !f_done);
        if (f_given) f_owner <= FREE;
        if (f_hand_over) f_owner <= SOFTWARE;
        if (f_back) f_owner <= RETURNING;
        if (f_owner == RETURNING && complete[f_slot]) f_owner <= FREE;
        if (f_gone) f_owner <= FREE;
        if (f_chosen) f_owner <= FRAME;
        if (rst) begin
            f_since <= 2'd3;
            f_under_way <= 1'b0;
            f_writing <= 1'b0;
            f_owner <= SOFTWARE;
        end
    end
    always @* begin
        if (!f_past) assume(rst);
        assume(!start || f_since == 2'd3);
        assume(!abort || f_under_way);
        assume(!dropped || (f_under_way && !start && !abort && f_since != 2'd0));
        assume(!f_given || f_owner == SOFTWARE);
        assume(!f_done || (f_writing && !f_gone));
        assume(!(give_back_0 && give_back_1 && back_slot_0 == back_slot_1));
        assume(!f_back || (f_owner == FRAME && !(f_its && f_under_way)));
        assume(!f_hand_over || (f_owner == FRAME && complete[f_slot] && !f_back));
        // a frame that is over cannot be given up any more
        assume(!f_its || f_owner == FRAME || !(abort || dropped));
        if (f_past && !rst) begin
            assert(!f_chosen || f_owner == FREE || f_gone);            // never given to two
            assert(!free[f_slot] || f_owner == FREE);
            assert(f_owner != FREE || free[f_slot] || (was_gone[0] && gone_slot == f_slot));      // and never lost
            assert(candidate != {1'b1, f_slot} || f_owner == FREE || f_since == 2'd0);
            assert(returning[f_slot] == (f_owner == RETURNING));
            assert(!f_writing || (f_owner[1] && !complete[f_slot]));
            assert(!f_owner[1] || f_writing || complete[f_slot]);
            assert(!(was_gone[0] && gone_slot == f_slot) || f_owner == FREE || f_since == 2'd0);
            assert(!(was_gone[1] && gone_slot == f_slot) || f_owner == FREE || f_since < 2'd2);
        end
    end
    always @(posedge clk) if (f_past && !rst) begin
        cover(f_owner == FREE && $past(f_owner) == RETURNING);
        cover(f_gone);
        cover(f_chosen);
    end
`endif // FORMAL
endmodule
`resetall
