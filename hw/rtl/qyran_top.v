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
    // The time counter, for the simulated board, is clock_i.now (see clock.v). With one clock on all three inputs, a frame
    // whose first pixel is taken at a rising edge is stamped with what the counter holds just before that edge.

    // registers
    wire        a_request_send, a_request_busy, a_answer_valid, v_request_valid, v_answer_send;
    wire [50:0] a_request, v_request;
    wire [32:0] a_answer, v_answer;
    wire        clock_send, clock_busy, t_command_valid, t_latched_send, latched_valid;
    wire [131:0] clock_command, t_command;
    wire [95:0] t_latched, latched;
    wire        t_stamp_request, t_stamp_send, stamp_valid;
    wire [95:0] t_stamp, stamp;
    wire        t_pps, t_pps_send, pps_valid;
    wire [63:0] t_pps_time, pps_time;
    wire [7:0]  v_pins;
    wire        frame_start;

    axil axil_i (
        .clk(axil_clk), .rst(axil_rst),
        .s_awaddr(s_axil_awaddr), .s_awvalid(s_axil_awvalid), .s_awready(s_axil_awready), .s_wdata(s_axil_wdata),
        .s_wstrb(s_axil_wstrb), .s_wvalid(s_axil_wvalid), .s_wready(s_axil_wready), .s_bresp(s_axil_bresp),
        .s_bvalid(s_axil_bvalid), .s_bready(s_axil_bready), .s_araddr(s_axil_araddr), .s_arvalid(s_axil_arvalid),
        .s_arready(s_axil_arready), .s_rdata(s_axil_rdata), .s_rresp(s_axil_rresp), .s_rvalid(s_axil_rvalid),
        .s_rready(s_axil_rready),
        .request_send(a_request_send), .request(a_request), .request_busy(a_request_busy),
        .answer_valid(a_answer_valid), .answer(a_answer));

    cdc cdc_i (
        .clk(clk), .rst(rst), .axil_clk(axil_clk), .axil_rst(axil_rst), .time_clk(time_clk), .time_rst(time_rst),
        .a_request_send(a_request_send), .a_request(a_request), .a_request_busy(a_request_busy),
        .v_request_valid(v_request_valid), .v_request(v_request), .v_answer_send(v_answer_send), .v_answer(v_answer),
        .a_answer_valid(a_answer_valid), .a_answer(a_answer),
        .v_clock_send(clock_send), .v_clock(clock_command), .v_clock_busy(clock_busy), .t_clock_valid(t_command_valid),
        .t_clock(t_command), .t_latched_send(t_latched_send), .t_latched(t_latched), .v_latched_valid(latched_valid),
        .v_latched(latched),
        .v_stamp_request(frame_start), .t_stamp_request(t_stamp_request), .t_stamp_send(t_stamp_send), .t_stamp(t_stamp),
        .v_stamp_valid(stamp_valid), .v_stamp(stamp),
        .t_pps_send(t_pps_send), .t_pps(t_pps_time), .v_pps_valid(pps_valid), .v_pps(pps_time),
        .pins(pins), .v_pins(v_pins), .pps(pps), .t_pps_level(t_pps));

    clock clock_i (
        .clk(time_clk), .rst(time_rst), .command_valid(t_command_valid), .command(t_command), .latched_send(t_latched_send),
        .latched(t_latched), .stamp_request(t_stamp_request), .stamp_send(t_stamp_send), .stamp(t_stamp),
        .pps(t_pps), .pps_send(t_pps_send), .pps_time(t_pps_time));

    wire        settings_access, settings_write, settings_busy, settings_pending, settings_clamped, want_test;
    wire [16:0] address;
    wire [31:0] data, settings_value;
    wire        begin_run, running, idle;
    reg         restart;               // of all that a stream begins with; a register, for it goes far
    wire [15:0] width, height, stride;
    wire [63:0] ring_base, dma_base, dma_limit;
    wire [31:0] ring_size, ring_producer, ring_consumer;
    wire        slot_base_write, slot_base_high;
    wire [3:0]  slot_base_index;
    wire [15:0] slot_give, slot_free;
    wire        event_frame, event_half, frame_fault, cut_fault, ring_fault;
    wire [63:0] frame_fault_address, cut_fault_address, ring_fault_address;
    wire        clock_synced;
    wire [31:0] exposure_ns, line_ns;
    wire [15:0] gain_mb;
    wire        line_short, line_long, frame_ended, frame_good;
    wire [15:0] frame_missing;
    wire        count_record, f_drop, r_drop;
    wire [15:0] f_drop_movers, f_drop_regions, f_drop_watches, f_drop_frames, f_drop_records;
    wire [15:0] r_drop_movers, r_drop_regions, r_drop_watches, r_drop_frames, r_drop_records;

    regs #(.MAX_W(MAX_W), .MAX_H(MAX_H)) regs_i (
        .clk(clk), .rst(rst), .request_valid(v_request_valid), .request(v_request), .answer_send(v_answer_send), .answer(v_answer),
        .settings_access(settings_access), .settings_write(settings_write), .address(address), .data(data),
        .settings_value(settings_value), .settings_busy(settings_busy), .settings_pending(settings_pending),
        .settings_clamped(settings_clamped),
        .start(begin_run), .running(running), .idle(idle), .drained(drained), .width(width), .height(height), .stride(stride),
        .ring_base(ring_base), .ring_size(ring_size), .ring_producer(ring_producer), .ring_consumer(ring_consumer),
        .dma_base(dma_base), .dma_limit(dma_limit),
        .slot_base_write(slot_base_write), .slot_base_index(slot_base_index), .slot_base_high(slot_base_high),
        .slot_give(slot_give), .slot_free(slot_free),
        .event_frame(event_frame), .event_half(event_half), .fault_frame(frame_fault), .fault_record(cut_fault || ring_fault),
        .fault_frame_address(frame_fault_address), .fault_record_address(ring_fault ? ring_fault_address : cut_fault_address),
        .irq(irq),
        .clock_send(clock_send), .clock_command(clock_command), .clock_busy(clock_busy), .latched_valid(latched_valid),
        .latched(latched), .pps_valid(pps_valid), .pps(pps_time), .clock_synced(clock_synced),
        .exposure_ns(exposure_ns), .line_ns(line_ns), .gain_mb(gain_mb),
        .count_frame(frame_start), .count_damaged(frame_ended && !frame_good), .count_short(line_short), .count_long(line_long),
        .count_missing_valid(frame_ended), .count_missing(frame_missing), .count_record(count_record),
        .count_drop_valid(f_drop || r_drop),
        .count_drop_movers((f_drop ? f_drop_movers : 16'd0) + (r_drop ? r_drop_movers : 16'd0)),
        .count_drop_regions((f_drop ? f_drop_regions : 16'd0) + (r_drop ? r_drop_regions : 16'd0)),
        .count_drop_watches((f_drop ? f_drop_watches : 16'd0) + (r_drop ? r_drop_watches : 16'd0)),
        .count_drop_frames((f_drop ? f_drop_frames : 16'd0) + (r_drop ? r_drop_frames : 16'd0)),
        .count_drop_records((f_drop ? f_drop_records : 16'd0) + (r_drop ? r_drop_records : 16'd0)));

    wire        set_test, set_mono, set_plates, set_movers;
    wire [7:0]  plate_edge, plate_margin, mover_level;
    wire [4:0]  plate_k;
    wire [15:0] plate_score, mover_cells, mover_hold;
    wire [1023:0] roi;
    wire        y_write, mask_take;
    wire [3:0]  y_index;
    wire [21:0] y_word;
    wire [351:0] mask_x;
    wire [15:0] mask_on;
    wire [255:0] watch;

    settings settings_i (
        .clk(clk), .rst(rst), .access(settings_access), .write(settings_write), .address(address), .data(data),
        .value(settings_value), .busy(settings_busy), .take(frame_start), .pending(settings_pending), .clamped(settings_clamped),
        .want_test(want_test), .test(set_test), .mono(set_mono), .plates(set_plates), .movers(set_movers),
        .plate_edge(plate_edge), .plate_k(plate_k), .plate_score(plate_score), .plate_margin(plate_margin),
        .mover_level(mover_level), .mover_cells(mover_cells), .mover_hold(mover_hold), .roi(roi), .watch(watch),
        .y_write(y_write), .y_index(y_index), .y_word(y_word), .mask_take(mask_take), .mask_x(mask_x), .mask_on(mask_on));

    // video
    wire        t_active, t_valid, t_user, t_last;
    wire [15:0] t_data;
    wire        i_valid, i_sof, i_eol, i_eof, i_start, i_abort, i_end, i_end_good, video_open, video_busy;
    wire [15:0] i_data, i_x, i_y, i_short, i_long, i_missing;
    reg         stamp_busy;
    reg  [7:0]  pins_1, pins_2;        // a first pixel takes four clocks to p_start, the pins two to v_pins

    assign s_axis_tready = 1'b1;
    assign frame_ended = i_end;
    assign frame_good = i_end_good;
    assign frame_missing = i_missing;

    always @(posedge clk) begin
        if (stamp_valid) stamp_busy <= 1'b0;
        if (frame_start) stamp_busy <= 1'b1;
        pins_1 <= v_pins;
        pins_2 <= pins_1;
        restart <= rst || begin_run;
        if (restart) stamp_busy <= 1'b0;
    end

    test_pattern test_pattern_i (
        .clk(clk), .rst(restart), .enable(running && want_test), .active(t_active), .width(width), .height(height),
        .m_valid(t_valid), .m_user(t_user), .m_last(t_last), .m_data(t_data));

    video_in video_in_i (
        .clk(clk), .rst(rst), .running(running), .width(width), .height(height), .test(t_active),
        .s_valid(s_axis_tvalid), .s_user(s_axis_tuser), .s_last(s_axis_tlast), .s_data(s_axis_tdata),
        .t_valid(t_valid), .t_user(t_user), .t_last(t_last), .t_data(t_data),
        .stamp_busy(stamp_busy), .start(frame_start),
        .m_valid(i_valid), .m_sof(i_sof), .m_eol(i_eol), .m_eof(i_eof), .m_data(i_data), .m_x(i_x), .m_y(i_y),
        .m_start(i_start), .m_abort(i_abort), .m_end(i_end), .m_end_good(i_end_good), .m_short(i_short), .m_long(i_long),
        .m_missing(i_missing), .count_short(line_short), .count_long(line_long), .open(video_open), .busy(video_busy));

    wire        p_valid, p_sof, p_eol, p_eof, p_start, p_abort, p_end, mask_busy;
    wire [15:0] p_data;

    masks masks_i (
        .clk(clk), .rst(rst), .y_write(y_write), .y_index(y_index), .y_word(y_word), .take(mask_take), .mask_x(mask_x), .mask_on(mask_on),
        .s_valid(i_valid), .s_sof(i_sof), .s_eol(i_eol), .s_eof(i_eof), .s_data(i_data),
        .s_x(i_x), .s_y(i_y), .s_start(i_start), .s_abort(i_abort), .s_end(i_end),
        .m_valid(p_valid), .m_sof(p_sof), .m_eol(p_eol), .m_eof(p_eof), .m_data(p_data), .m_start(p_start), .m_abort(p_abort),
        .m_end(p_end), .busy(mask_busy));

    // detection
    wire        result_hold, result_valid;
    wire        result_lost /* verilator public_flat_rd */, result_unfinished /* verilator public_flat_rd */;
    wire [6:0]  result_movers /* verilator public_flat_rd */;
    wire [4:0]  result_regions;
    wire [15:0] result_drop_movers /* verilator public_flat_rd */, result_drop_regions;
    wire [5:0]  mover_index;
    wire [255:0] mover_data;
    wire [3:0]  region_index;
    wire [127:0] region_data;

    detect #(.MAX_W(MAX_W), .MAX_H(MAX_H)) detect_i (
        .clk(clk), .rst(restart), .cfg_width(width), .cfg_height(height), .cfg_plates(set_plates), .cfg_movers(set_movers),
        .cfg_plate_edge(plate_edge), .cfg_plate_k(plate_k), .cfg_plate_score(plate_score), .cfg_mover_level(mover_level),
        .cfg_mover_cells(mover_cells), .cfg_mover_hold(mover_hold), .cfg_roi(roi),
        .pix_valid(p_valid), .pix_luma(p_data[7:0]), .pix_sof(p_sof), .pix_eol(p_eol), .pix_eof(p_eof), .pix_abort(p_abort),
        .res_hold(result_hold), .res_valid(result_valid), .res_lost(result_lost), .res_unfinished(result_unfinished),
        .res_movers(result_movers),
        .res_regions(result_regions), .res_drop_movers(result_drop_movers), .res_drop_regions(result_drop_regions),
        .mov_index(mover_index), .mov_data(mover_data), .reg_index(region_index), .reg_data(region_data));

    // frames into memory
    wire [4:0]  slot;
    wire        slot_dropped, slot_done, slot_done_fault, frames_idle;
    wire [3:0]  slot_done_number, writer_slot, record_slot, lost_slot;
    wire [63:0] writer_base, record_base;
    wire [15:0] slot_complete, slot_faulty;
    wire        f_give_back, r_give_back;

    slots slots_i (
        .clk(clk), .rst(restart), .base_write(slot_base_write), .base_high(slot_base_high), .base_index(slot_base_index),
        .base_data(data), .frame_slot(writer_slot), .record_slot(record_slot), .frame_base(writer_base), .record_base(record_base),
        .give(slot_give), .free(slot_free), .start(p_start), .abort(p_abort), .dropped(slot_dropped), .slot(slot),
        .done(slot_done), .done_slot(slot_done_number), .done_fault(slot_done_fault), .complete(slot_complete),
        .faulty(slot_faulty), .give_back_0(f_give_back), .give_back_1(r_give_back), .back_slot_0(lost_slot),
        .back_slot_1(record_slot));

    frame_writer frame_writer_i (
        .clk(clk), .rst(restart), .width(width), .stride(stride), .dma_base(dma_base), .dma_limit(dma_limit),
        .s_valid(p_valid), .s_eof(p_eof), .s_data(p_data), .s_start(p_start), .s_abort(p_abort), .slot(slot),
        .dropped(slot_dropped), .base_slot(writer_slot), .base(writer_base), .done(slot_done), .done_fault(slot_done_fault),
        .done_slot(slot_done_number), .fault(frame_fault), .fault_address(frame_fault_address), .idle(frames_idle),
        .m_awaddr(m_frame_awaddr), .m_awlen(m_frame_awlen), .m_awvalid(m_frame_awvalid), .m_awready(m_frame_awready),
        .m_wdata(m_frame_wdata), .m_wlast(m_frame_wlast), .m_wvalid(m_frame_wvalid), .m_wready(m_frame_wready),
        .m_bresp(m_frame_bresp), .m_bvalid(m_frame_bvalid));

    // records
    wire        f_valid, f_done, f_good, f_lost, f_unfinished, frames_pending;
    wire [63:0] f_time;
    wire [31:0] f_steps, f_skip_records, f_skip_frames;
    wire [15:0] f_short, f_long, f_missing, f_missed_movers, f_missed_regions;
    wire [7:0]  f_pins, f_margin;
    wire [4:0]  f_slot, f_regions;
    wire [2:0]  f_flags;
    wire [79:0] f_sensor;
    wire [255:0] f_watch;
    wire [6:0]  f_movers;

    frames frames_i (
        .clk(clk), .rst(restart), .width(width), .height(height), .start(p_start), .ended(p_end), .end_good(i_end_good),
        .end_short(i_short), .end_long(i_long), .end_missing(i_missing), .end_slot(slot_dropped || p_abort ? 5'd0 : slot),
        .pins(pins_2), .stamp_valid(stamp_valid), .stamp(stamp), .stopped(!running),
        .flags({!clock_synced, set_test, set_mono}), .sensor({gain_mb, line_ns, exposure_ns}), .margin(plate_margin), .watch(watch),
        .result_valid(result_valid), .result_lost(result_lost), .result_unfinished(result_unfinished),
        .result_movers(result_movers), .result_regions(result_regions),
        .result_drop_movers(result_drop_movers), .result_drop_regions(result_drop_regions), .result_hold(result_hold),
        .m_valid(f_valid), .m_done(f_done), .m_time(f_time), .m_steps(f_steps), .m_short(f_short), .m_long(f_long),
        .m_missing(f_missing), .m_pins(f_pins), .m_slot(f_slot), .m_flags(f_flags), .m_sensor(f_sensor), .m_margin(f_margin),
        .m_watch(f_watch), .m_good(f_good), .m_lost(f_lost), .m_unfinished(f_unfinished), .m_movers(f_movers), .m_regions(f_regions),
        .m_drop_movers(f_missed_movers), .m_drop_regions(f_missed_regions), .m_skip_records(f_skip_records),
        .m_skip_frames(f_skip_frames), .give_back(f_give_back), .give_back_slot(lost_slot), .drop_valid(f_drop),
        .drop_movers(f_drop_movers), .drop_regions(f_drop_regions), .drop_watches(f_drop_watches), .drop_frames(f_drop_frames),
        .drop_records(f_drop_records), .pending(frames_pending));

    wire        cut_set, cut_margin, cut_known, cut_go, c_valid, c_ready, cut_failed, cut_idle;
    wire [63:0] cut_box, c_word;
    wire [15:0] cut_x, cut_y, cut_w, cut_h, out_w, out_h;
    wire [1:0]  halvings;
    wire [17:0] cut_bytes;
    wire        begin_record, w_valid, w_ready, w_settled, w_failed;
    wire [63:0] w_word;

    records records_i (
        .clk(clk), .rst(restart), .width(width), .height(height), .stride(stride), .ring_size(ring_size),
        .ring_consumer(ring_consumer), .ring_producer(ring_producer),
        .f_valid(f_valid), .f_done(f_done), .f_time(f_time), .f_steps(f_steps), .f_short(f_short), .f_long(f_long),
        .f_missing(f_missing), .f_pins(f_pins), .f_slot(f_slot), .f_flags(f_flags), .f_sensor(f_sensor), .f_watch(f_watch),
        .f_good(f_good), .f_lost(f_lost), .f_unfinished(f_unfinished), .f_movers(f_movers), .f_regions(f_regions), .f_drop_movers(f_missed_movers),
        .f_drop_regions(f_missed_regions), .f_skip_records(f_skip_records), .f_skip_frames(f_skip_frames),
        .mover(mover_index), .mover_data(mover_data), .region(region_index), .region_data(region_data),
        .slot_complete(slot_complete), .slot_faulty(slot_faulty), .give_back(r_give_back), .record_slot(record_slot),
        .cut_set(cut_set), .cut_box(cut_box), .cut_margin(cut_margin), .cut_known(cut_known), .cut_x(cut_x), .cut_y(cut_y),
        .cut_w(cut_w), .cut_h(cut_h), .out_w(out_w), .out_h(out_h), .halvings(halvings), .cut_bytes(cut_bytes), .cut_go(cut_go),
        .c_valid(c_valid), .c_word(c_word), .c_ready(c_ready), .cut_failed(cut_failed),
        .begin_record(begin_record), .w_valid(w_valid), .w_word(w_word), .w_ready(w_ready), .w_settled(w_settled),
        .w_failed(w_failed), .event_frame(event_frame), .event_half(event_half), .count_record(count_record),
        .drop_valid(r_drop), .drop_movers(r_drop_movers), .drop_regions(r_drop_regions), .drop_watches(r_drop_watches),
        .drop_frames(r_drop_frames), .drop_records(r_drop_records));

    cutter cutter_i (
        .clk(clk), .rst(restart), .width(width), .height(height), .stride(stride), .dma_base(dma_base),
        .dma_limit(dma_limit), .set(cut_set), .box_x(cut_box[15:0]), .box_y(cut_box[31:16]), .box_w(cut_box[47:32]),
        .box_h(cut_box[63:48]), .margin_x(f_margin[3:0]), .margin_y(f_margin[7:4]), .with_margin(cut_margin),
        .known(cut_known), .cut_x(cut_x), .cut_y(cut_y), .cut_w(cut_w), .cut_h(cut_h), .out_w(out_w), .out_h(out_h),
        .halvings(halvings), .bytes(cut_bytes), .go(cut_go), .base(record_base), .m_valid(c_valid), .m_word(c_word),
        .m_ready(c_ready), .failed(cut_failed), .fault(cut_fault), .fault_address(cut_fault_address), .idle(cut_idle),
        .m_araddr(m_record_araddr), .m_arlen(m_record_arlen), .m_arvalid(m_record_arvalid), .m_arready(m_record_arready),
        .m_rdata(m_record_rdata), .m_rresp(m_record_rresp), .m_rvalid(m_record_rvalid));

    ring_writer ring_writer_i (
        .clk(clk), .rst(restart), .ring_base(ring_base), .ring_size(ring_size), .dma_base(dma_base), .dma_limit(dma_limit),
        .begin_record(begin_record), .position(ring_producer), .s_valid(w_valid), .s_word(w_word), .s_ready(w_ready),
        .settled(w_settled), .failed(w_failed), .fault(ring_fault), .fault_address(ring_fault_address),
        .m_awaddr(m_record_awaddr), .m_awvalid(m_record_awvalid), .m_awready(m_record_awready), .m_wdata(m_record_wdata),
        .m_wlast(m_record_wlast), .m_wvalid(m_record_wvalid), .m_wready(m_record_wready), .m_bresp(m_record_bresp),
        .m_bvalid(m_record_bvalid));

    assign drained = !frames_pending && !video_busy && !mask_busy;
    assign idle = drained && !running && !video_open && frames_idle && cut_idle && w_settled;

    // what never changes: 8-byte INCR beats, normal memory, cacheable by whoever wires it so
    assign m_record_awlen = 8'd7;
    assign {m_frame_awsize, m_record_awsize, m_record_arsize} = {3{3'd3}};
    assign {m_frame_awburst, m_record_awburst, m_record_arburst} = {3{2'b01}};
    assign {m_frame_awcache, m_record_awcache, m_record_arcache} = {3{4'b0011}};
    assign {m_frame_awprot, m_record_awprot, m_record_arprot} = {3{3'b010}};
    assign {m_frame_wstrb, m_record_wstrb} = {2{8'hff}};
    assign {m_frame_bready, m_record_bready, m_record_rready} = 3'b111;

    wire unused = &{m_record_rlast};   // reads are counted, not delimited

    initial begin
        if (MAX_W % 8 != 0 || MAX_H % 2 != 0 || MAX_W > 2040 || MAX_W * MAX_H > 64 * 65536) begin
            $display("qyran_top: MAX_W=%0d MAX_H=%0d: a width that is a multiple of 8 up to 2040 and an even height are needed", MAX_W, MAX_H);
            $finish;
        end
    end
endmodule
`resetall
