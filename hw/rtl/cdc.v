// SPDX-License-Identifier: Apache-2.0
// Every crossing between the clock domains of qyran_top and from the outside.
//
// Five words (register request and answer, clock command and answer, stamp request and answer, PPS) and the pins.
`resetall
`timescale 1ns / 1ps
`default_nettype none

module cdc (
    input  wire        clk, rst,
    input  wire        axil_clk, axil_rst,
    input  wire        time_clk, time_rst,

    // register access: {tag, write, address, data} and {tag, data}
    input  wire        a_request_send,
    input  wire [50:0] a_request,
    output wire        a_request_busy,
    output wire        v_request_valid,
    output wire [50:0] v_request,
    input  wire        v_answer_send,
    input  wire [32:0] v_answer,
    output wire        a_answer_valid,
    output wire [32:0] a_answer,

    // clock: {set, adjust, latch, rate, value} and the answer {steps, latched time}
    input  wire        v_clock_send,
    input  wire [131:0] v_clock,
    output wire        v_clock_busy,
    output wire        t_clock_valid,
    output wire [131:0] t_clock,
    input  wire        t_latched_send,
    input  wire [95:0] t_latched,
    output wire        v_latched_valid,
    output wire [95:0] v_latched,

    // stamp of a first pixel: {steps, time}
    input  wire        v_stamp_request,
    output wire        t_stamp_request,
    input  wire        t_stamp_send,
    input  wire [95:0] t_stamp,
    output wire        v_stamp_valid,
    output wire [95:0] v_stamp,

    input  wire        t_pps_send,
    input  wire [63:0] t_pps,
    output wire        v_pps_valid,
    output wire [63:0] v_pps,

    input  wire [7:0]  pins,
    output wire [7:0]  v_pins,
    input  wire        pps,
    output wire        t_pps_level
);
    // Whoever sends these waits for the answer before the next, or sends once a second: never busy.
    /* verilator lint_off PINCONNECTEMPTY */
    cdc_bus #(.W(51)) request_i (
        .src_clk(axil_clk), .src_rst(axil_rst), .src_send(a_request_send), .src_data(a_request), .src_busy(a_request_busy),
        .dst_clk(clk), .dst_rst(rst), .dst_valid(v_request_valid), .dst_data(v_request));
    cdc_bus #(.W(33)) answer_i (
        .src_clk(clk), .src_rst(rst), .src_send(v_answer_send), .src_data(v_answer), .src_busy(),
        .dst_clk(axil_clk), .dst_rst(axil_rst), .dst_valid(a_answer_valid), .dst_data(a_answer));
    cdc_bus #(.W(132)) clock_i (
        .src_clk(clk), .src_rst(rst), .src_send(v_clock_send), .src_data(v_clock), .src_busy(v_clock_busy),
        .dst_clk(time_clk), .dst_rst(time_rst), .dst_valid(t_clock_valid), .dst_data(t_clock));
    cdc_bus #(.W(96)) latched_i (
        .src_clk(time_clk), .src_rst(time_rst), .src_send(t_latched_send), .src_data(t_latched), .src_busy(),
        .dst_clk(clk), .dst_rst(rst), .dst_valid(v_latched_valid), .dst_data(v_latched));
    cdc_bus #(.W(1)) stamp_request_i (
        .src_clk(clk), .src_rst(rst), .src_send(v_stamp_request), .src_data(1'b0), .src_busy(),
        .dst_clk(time_clk), .dst_rst(time_rst), .dst_valid(t_stamp_request), .dst_data());
    cdc_bus #(.W(96)) stamp_i (
        .src_clk(time_clk), .src_rst(time_rst), .src_send(t_stamp_send), .src_data(t_stamp), .src_busy(),
        .dst_clk(clk), .dst_rst(rst), .dst_valid(v_stamp_valid), .dst_data(v_stamp));
    cdc_bus #(.W(64)) pps_i (
        .src_clk(time_clk), .src_rst(time_rst), .src_send(t_pps_send), .src_data(t_pps), .src_busy(),
        .dst_clk(clk), .dst_rst(rst), .dst_valid(v_pps_valid), .dst_data(v_pps));
    /* verilator lint_on PINCONNECTEMPTY */

    cdc_bit #(.W(8)) pins_i (.clk(clk), .d(pins), .q(v_pins));
    cdc_bit pps_level_i (.clk(time_clk), .d(pps), .q(t_pps_level));
endmodule
`resetall
