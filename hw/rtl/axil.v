// SPDX-License-Identifier: Apache-2.0
// AXI-Lite slave: one access at a time is carried to the video domain and answered from there.
//
// An access that the video domain does not answer within TIMEOUT clocks (no video clock) is answered with SLVERR and all
// ones, so that a processor never hangs on it. So is a write of less than a word.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module axil #(
    parameter TIMEOUT = 4095           // clocks; the longest answer takes some 250
) (
    input  wire        clk, rst,

    input  wire [16:0] s_awaddr,
    input  wire        s_awvalid,
    output wire        s_awready,
    input  wire [31:0] s_wdata,
    input  wire [3:0]  s_wstrb,
    input  wire        s_wvalid,
    output wire        s_wready,
    output reg  [1:0]  s_bresp,
    output reg         s_bvalid,
    input  wire        s_bready,
    input  wire [16:0] s_araddr,
    input  wire        s_arvalid,
    output wire        s_arready,
    output reg  [31:0] s_rdata,
    output reg  [1:0]  s_rresp,
    output reg         s_rvalid,
    input  wire        s_rready,

    output reg         request_send,
    output wire [50:0] request,        // {tag, write, address, data}
    input  wire        request_busy,
    input  wire        answer_valid,
    input  wire [32:0] answer          // {tag, data}
);
    localparam [1:0] IDLE = 0, SEND = 1, WAIT = 2, REPLY = 3;
    localparam [1:0] OKAY = 2'b00, SLVERR = 2'b10;

    reg [1:0]  state;
    reg [11:0] waited;
    reg        tag, write;             // a late answer to an access that was given up carries the other tag
    reg [16:0] address;
    reg [31:0] data;

    // After a write a read goes first, so that writes without end do not keep it waiting.
    wire take_write = state == IDLE && s_awvalid && s_wvalid && !(s_arvalid && write);
    wire take_read = state == IDLE && s_arvalid && !take_write;
    wire answered = state == WAIT && answer_valid && answer[32] == tag;
    wire gave_up = waited == TIMEOUT[11:0];

    assign s_awready = take_write;
    assign s_wready = take_write;
    assign s_arready = take_read;
    assign request = {tag, write, address, data};

    always @(posedge clk) begin
        request_send <= 1'b0;
        case (state)
            IDLE: if (take_write || take_read) begin
                write <= take_write;
                address <= take_write ? s_awaddr : s_araddr;
                data <= take_write ? s_wdata : 32'd0;
                tag <= !tag;
                waited <= 12'd0;
                state <= SEND;
                if (take_write && s_wstrb != 4'hf) begin
                    s_bresp <= SLVERR;
                    s_bvalid <= 1'b1;
                    state <= REPLY;
                end
            end
            SEND: begin
                waited <= waited + 1'b1;
                if (!request_busy) begin
                    request_send <= 1'b1;
                    state <= WAIT;
                end
            end
            WAIT: waited <= waited + 1'b1;
            REPLY: if ((s_bvalid && s_bready) || (s_rvalid && s_rready)) begin
                s_bvalid <= 1'b0;
                s_rvalid <= 1'b0;
                state <= IDLE;
            end
        endcase
        if (answered || ((state == SEND || state == WAIT) && gave_up)) begin
            s_bvalid <= write;
            s_rvalid <= !write;
            s_bresp <= answered ? OKAY : SLVERR;
            s_rresp <= answered ? OKAY : SLVERR;
            s_rdata <= answered ? answer[31:0] : 32'hffffffff;
            request_send <= 1'b0;
            state <= REPLY;
        end
        if (rst) begin
            state <= IDLE;
            tag <= 1'b0;
            write <= 1'b0;
            request_send <= 1'b0;
            s_bvalid <= 1'b0;
            s_rvalid <= 1'b0;
        end
    end

`ifdef FORMAL
    // AXI4-Lite (IHI 0022, A3.2 and B1.1), whatever the video domain does: it may never answer, late, or without a request.
    reg f_past = 1'b0;
    reg f_write_owed, f_read_owed;                     // accepted, not answered
    reg [12:0] f_waited;

    always @(posedge clk) begin
        f_past <= 1'b1;
        f_write_owed <= (f_write_owed && !(s_bvalid && s_bready)) || (s_awvalid && s_awready);
        f_read_owed <= (f_read_owed && !(s_rvalid && s_rready)) || (s_arvalid && s_arready);
        f_waited <= state == SEND || state == WAIT ? f_waited + 1'b1 : 13'd0;
        if (rst) begin
            f_write_owed <= 1'b0;
            f_read_owed <= 1'b0;
            f_waited <= 13'd0;
        end
    end

    always @* begin
        assume(rst == !f_past);
        if (f_past) begin
            assert(s_awready == s_wready && !(s_awready && s_arready));
            assert(!s_awready || (s_awvalid && s_wvalid));
            assert(!s_bvalid || f_write_owed);
            assert(!s_rvalid || f_read_owed);
            assert(!(f_write_owed && f_read_owed));
            // answered within TIMEOUT + 1 clocks, and then free for the next
            assert(f_waited <= TIMEOUT + 1);
            assert((f_write_owed || f_read_owed) == (state != IDLE));
            assert((s_bvalid || s_rvalid) == (state == REPLY));
            assert(state != IDLE || !s_arvalid || s_arready || write == 1'b0);
            if (state == SEND || state == WAIT) assert(f_waited == waited && f_write_owed == write);
        end
    end

    always @(posedge clk) if (f_past && $past(f_past)) begin
        if ($past(s_bvalid && !s_bready)) assert(s_bvalid && $stable(s_bresp));
        if ($past(s_rvalid && !s_rready)) assert(s_rvalid && $stable(s_rresp) && $stable(s_rdata));
        if ($past(s_awvalid && s_awready && s_wstrb != 4'hf)) assert(s_bvalid && s_bresp == SLVERR && !request_send);
        if (request_send) assert($past(!request_busy) && (f_write_owed || f_read_owed));
        // a late answer to an access that was given up is not taken for another's
        if ($rose(s_rvalid) && s_rresp == OKAY) assert(s_rdata == $past(answer[31:0]) && $past(answer_valid && answer[32] == tag));
        cover($rose(s_rvalid) && s_rresp == OKAY);
        cover($rose(s_rvalid) && s_rresp == SLVERR);
        cover(s_bvalid && s_bresp == OKAY && $past(s_bvalid, 3));
    end
`endif // FORMAL
endmodule
`resetall
