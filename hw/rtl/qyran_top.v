// SPDX-License-Identifier: Apache-2.0
// The whole programmable logic of a Qyran camera.
//
// Three clocks, unrelated: clk (video, detection, DMA), axil_clk (registers), time_clk (the camera's clock). Resets are
// synchronous to their clock, high for at least 16 periods of the slowest. All crossings are in cdc.v.
// Bursts are INCR, 64 bit wide, at most 16 beats, never across 4 KiB; neither master reorders or uses IDs.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module qyran_top #(
    parameter MAX_W = 1920,            // longest line, pixels, a multiple of 8
    parameter MAX_H = 1080             // most lines, even
) (
    input  wire        clk, rst,
    input  wire        axil_clk, axil_rst,
    input  wire        time_clk, time_rst,

    // video, UG934: YUV 4:2:2, Y in [7:0], U and V in turn in [15:8]; tuser: first pixel, tlast: last of a line
    input  wire [15:0] s_axis_tdata,
    input  wire        s_axis_tvalid, s_axis_tuser, s_axis_tlast,
    output wire        s_axis_tready,  // always 1

    // registers
    input  wire [16:0] s_axil_awaddr,
    input  wire        s_axil_awvalid,
    output wire        s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0]  s_axil_wstrb,   // only whole words are written
    input  wire        s_axil_wvalid,
    output wire        s_axil_wready,
    output wire [1:0]  s_axil_bresp,
    output wire        s_axil_bvalid,
    input  wire        s_axil_bready,
    input  wire [16:0] s_axil_araddr,
    input  wire        s_axil_arvalid,
    output wire        s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0]  s_axil_rresp,
    output wire        s_axil_rvalid,
    input  wire        s_axil_rready,

    // frames into their slots
    output wire [63:0] m_frame_awaddr,
    output wire [7:0]  m_frame_awlen,
    output wire [2:0]  m_frame_awsize,
    output wire [1:0]  m_frame_awburst,
    output wire [3:0]  m_frame_awcache,
    output wire [2:0]  m_frame_awprot,
    output wire        m_frame_awvalid,
    input  wire        m_frame_awready,
    output wire [63:0] m_frame_wdata,
    output wire [7:0]  m_frame_wstrb,
    output wire        m_frame_wlast,
    output wire        m_frame_wvalid,
    input  wire        m_frame_wready,
    input  wire [1:0]  m_frame_bresp,
    input  wire        m_frame_bvalid,
    output wire        m_frame_bready,

    // records into the ring
    output wire [63:0] m_record_awaddr,
    output wire [7:0]  m_record_awlen,
    output wire [2:0]  m_record_awsize,
    output wire [1:0]  m_record_awburst,
    output wire [3:0]  m_record_awcache,
    output wire [2:0]  m_record_awprot,
    output wire        m_record_awvalid,
    input  wire        m_record_awready,
    output wire [63:0] m_record_wdata,
    output wire [7:0]  m_record_wstrb,
    output wire        m_record_wlast,
    output wire        m_record_wvalid,
    input  wire        m_record_wready,
    input  wire [1:0]  m_record_bresp,
    input  wire        m_record_bvalid,
    output wire        m_record_bready,

    // regions out of a slot
    output wire [63:0] m_record_araddr,
    output wire [7:0]  m_record_arlen,
    output wire [2:0]  m_record_arsize,
    output wire [1:0]  m_record_arburst,
    output wire [3:0]  m_record_arcache,
    output wire [2:0]  m_record_arprot,
    output wire        m_record_arvalid,
    input  wire        m_record_arready,
    input  wire [63:0] m_record_rdata,
    input  wire [1:0]  m_record_rresp,
    input  wire        m_record_rlast,
    input  wire        m_record_rvalid,
    output wire        m_record_rready,

    input  wire [7:0]  pins,           // signal pins, any timing
    input  wire        pps,            // rising edge each second, any timing
    output wire        irq,            // level, clk domain
    output wire        drained         // clk domain: all records of the frames that have ended are in memory, as STATE.DRAINED
);
    // The time counter, for the simulated board, is clock_i.now (see clock.v): set it to t before the rising edge that takes a
    // frame's first pixel and that frame is stamped t.
endmodule
`resetall
