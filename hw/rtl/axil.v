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

    wire take_write = state == IDLE && s_awvalid && s_wvalid;
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
            request_send <= 1'b0;
            s_bvalid <= 1'b0;
            s_rvalid <= 1'b0;
        end
    end
endmodule
`resetall
