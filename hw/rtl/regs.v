// SPDX-License-Identifier: Apache-2.0
// The registers other than the settings of a frame: control of the stream, DMA, ring, slots, interrupts, clock, counters.
//
// A request is answered four clocks after it came, later while settings.v copies.
`resetall
`timescale 1ns / 1ps
`default_nettype none

`include "qyran_regs.vh"

module regs #(
    parameter MAX_W = 1920,
    parameter MAX_H = 1080
) (
    input  wire        clk, rst,

    input  wire        request_valid,
    input  wire [50:0] request,        // {tag, write, address, data}, stands still until the answer
    output reg         answer_send,
    output reg  [32:0] answer,

    output wire        settings_access, settings_write,
    output wire [16:0] address,
    output wire [31:0] data,
    input  wire [31:0] settings_value,
    input  wire        settings_busy, settings_pending, settings_clamped,

    output reg         start,          // RUN was set: one clock, all state of the stream begins anew
    output reg         running,
    input  wire        idle, drained,  // taken a clock later
    output reg  [15:0] width, height, stride,
    output reg  [63:0] ring_base,
    output reg  [31:0] ring_size,
    input  wire [31:0] ring_producer,
    output reg  [31:0] ring_consumer,
    output reg  [63:0] dma_base, dma_limit,

    output wire        slot_base_write,
    output wire [3:0]  slot_base_index,
    output wire        slot_base_high,
    output reg  [15:0] slot_give,
    input  wire [15:0] slot_free,

    input  wire        event_frame, event_half,
    input  wire        fault_frame, fault_record,
    input  wire [63:0] fault_frame_address, fault_record_address,
    output reg         irq,

    output reg         clock_send,
    output wire [131:0] clock_command,
    input  wire        clock_busy,
    input  wire        latched_valid,
    input  wire [95:0] latched,
    input  wire        pps_valid,
    input  wire [63:0] pps,
    output reg         clock_synced,

    output reg  [31:0] exposure_ns, line_ns,
    output reg  [15:0] gain_mb,

    input  wire        count_frame, count_damaged, count_short, count_long,
    input  wire        count_missing_valid,
    input  wire [15:0] count_missing,
    input  wire        count_record,
    input  wire        count_drop_valid,
    input  wire [15:0] count_drop_movers, count_drop_regions, count_drop_watches, count_drop_frames, count_drop_records
);
    localparam [15:0] W_LEAST = 16'd64, H_LEAST = 16'd48;
    localparam [15:0] W_MOST = MAX_W, H_MOST = MAX_H;
    localparam [31:0] SIZE_RESET = `QYRAN_SIZE_RESET, STRIDE_RESET = `QYRAN_STRIDE_RESET;

    reg         waiting;               // a request waits for settings.v
    reg  [2:0]  reading;
    reg  [31:0] value, value_1;
    wire        act = waiting && !settings_busy;
    wire        write = act && request[49];
    assign address = request[48:32];
    assign data = request[31:0];
    assign settings_access = act;
    assign settings_write = write;
    assign slot_base_write = write && address >> 7 == `QYRAN_REG_SLOT_BASE_LO >> 7;
    assign slot_base_index = address[6:3];
    assign slot_base_high = address[2];

    reg         run;
    reg         was_idle, was_drained;
    reg  [1:0]  begin_wait;            // from start to the first pixel
    reg         run_clamped;
    reg  [31:0] size;
    reg  [15:0] stride_set;
    reg  [31:0] size_ring;
    reg  [3:0]  irq_status, irq_enable;
    reg         irq_before;
    reg  [63:0] fault_address;
    reg         faulted;
    reg  [63:0] clock_value, clock_latched, pps_time;
    reg  [31:0] clock_rate, clock_fraction, fraction_taken, clock_steps;
    reg  [3:0]  clock_todo, clock_todo_sent;           // {rate, latch, adjust, set}
    reg         clock_under_way;
    reg  [31:0] n_frames, n_damaged, n_short, n_long, n_missing, n_records, n_drop_frames, n_drop_regions, n_drop_movers,
        n_drop_watches, n_drop_records, n_events, n_faults;

    assign clock_command = {clock_todo_sent, clock_rate, fraction_taken, clock_value};

    // SIZE, STRIDE and RING_SIZE as they would be taken, worked out while RUN is on its way
    wire [15:0] w_ask = size[`QYRAN_SIZE_WIDTH], h_ask = size[`QYRAN_SIZE_HEIGHT];
    reg         w_small, w_large, h_small, h_large, stride_small, ring_odd;
    reg  [15:0] w_ok, h_ok, stride_least, stride_ok;
    reg  [31:0] ring_power, ring_ok;
    reg  [3:0]  differs;
    reg  [15:0] slot_odd;              // slots whose base is not aligned
    reg         some_odd;
    integer     i;

    always @(posedge clk) begin
        if (!running) begin
            w_small <= w_ask < W_LEAST;
            w_large <= w_ask > W_MOST;
            h_small <= h_ask < H_LEAST;
            h_large <= h_ask > H_MOST;
            w_ok <= w_small ? W_LEAST : w_large ? W_MOST : {w_ask[15:3], 3'd0};
            h_ok <= h_small ? H_LEAST : h_large ? H_MOST : {h_ask[15:1], 1'b0};
            stride_least <= {w_ok[14:7] + {7'd0, |w_ok[6:0]}, 8'd0};
            stride_small <= stride_set < stride_least;
            stride_ok <= stride_small ? stride_least : {stride_set[15:8], 8'd0};
            ring_power <= size_ring & (~size_ring + 1'b1);
            ring_odd <= ring_power[31] || ring_power[11:0] != 12'd0;
            ring_ok <= ring_odd ? 32'd0 : ring_power;
            differs <= {ring_base[11:0] != 12'd0, ring_ok != size_ring, stride_ok != stride_set, w_ok != w_ask || h_ok != h_ask};
        end
        for (i = 0; i < 16; i = i + 1)
            if (slot_base_write && !slot_base_high && slot_base_index == i[3:0]) slot_odd[i] <= data[7:0] != 8'd0;
        some_odd <= |slot_odd;
        if (rst) slot_odd <= 16'd0;
    end

    reg         run_asked;             // run, later: by then the above follow what was written before it
    reg  [2:0]  run_wait;
    wire        begin_now = run_asked && run && !running && begin_wait == 2'd0 && was_idle && !start;

    always @(posedge clk) begin
        reading <= {reading[1:0], act};
        value_1 <= value;
        if (request_valid) waiting <= 1'b1;
        if (act) begin
            waiting <= 1'b0;
            case (address)
                `QYRAN_REG_ID:               value <= `QYRAN_ID_RESET;
                `QYRAN_REG_VERSION:          value <= `QYRAN_VERSION_RESET;
                `QYRAN_REG_CAPS_SIZE:        value <= {H_MOST, W_MOST};
                `QYRAN_REG_CAPS_COUNTS:      value <= `QYRAN_CAPS_COUNTS_RESET;
                `QYRAN_REG_CAPS_BOXES:       value <= `QYRAN_CAPS_BOXES_RESET;
                `QYRAN_REG_COMMIT_STATE:     value <= {30'd0, settings_clamped, settings_pending};
                `QYRAN_REG_COUNT_FRAMES:     value <= n_frames;
                `QYRAN_REG_COUNT_DAMAGED:    value <= n_damaged;
                `QYRAN_REG_COUNT_LINES_SHORT: value <= n_short;
                `QYRAN_REG_COUNT_LINES_LONG: value <= n_long;
                `QYRAN_REG_COUNT_LINES_MISSING: value <= n_missing;
                `QYRAN_REG_COUNT_RECORDS:    value <= n_records;
                `QYRAN_REG_COUNT_DROP_FRAMES: value <= n_drop_frames;
                `QYRAN_REG_COUNT_DROP_REGIONS: value <= n_drop_regions;
                `QYRAN_REG_COUNT_DROP_MOVERS: value <= n_drop_movers;
                `QYRAN_REG_COUNT_DROP_WATCHES: value <= n_drop_watches;
                `QYRAN_REG_COUNT_DROP_RECORDS: value <= n_drop_records;
                `QYRAN_REG_COUNT_EVENTS:     value <= n_events;
                `QYRAN_REG_COUNT_FAULTS:     value <= n_faults;
                `QYRAN_REG_CONTROL:          value <= {31'd0, run};
                `QYRAN_REG_STATE:            value <= {29'd0, run_clamped, was_drained, was_idle && !running};
                `QYRAN_REG_SIZE:             value <= size;
                `QYRAN_REG_STRIDE:           value <= {16'd0, stride_set};
                `QYRAN_REG_RING_BASE_LO:     value <= ring_base[31:0];
                `QYRAN_REG_RING_BASE_HI:     value <= ring_base[63:32];
                `QYRAN_REG_RING_SIZE:        value <= size_ring;
                `QYRAN_REG_RING_PRODUCER:    value <= ring_producer;
                `QYRAN_REG_RING_CONSUMER:    value <= ring_consumer;
                `QYRAN_REG_DMA_BASE_LO:      value <= dma_base[31:0];
                `QYRAN_REG_DMA_BASE_HI:      value <= dma_base[63:32];
                `QYRAN_REG_DMA_LIMIT_LO:     value <= dma_limit[31:0];
                `QYRAN_REG_DMA_LIMIT_HI:     value <= dma_limit[63:32];
                `QYRAN_REG_IRQ_STATUS:       value <= {28'd0, irq_status};
                `QYRAN_REG_IRQ_ENABLE:       value <= {28'd0, irq_enable};
                `QYRAN_REG_FAULT_LO:         value <= fault_address[31:0];
                `QYRAN_REG_FAULT_HI:         value <= fault_address[63:32];
                `QYRAN_REG_SLOT_STATE:       value <= {16'd0, slot_free};
                `QYRAN_REG_CLOCK_STATE:      value <= {31'd0, clock_under_way || |clock_todo};
                `QYRAN_REG_CLOCK_LO:         value <= clock_latched[31:0];
                `QYRAN_REG_CLOCK_HI:         value <= clock_latched[63:32];
                `QYRAN_REG_CLOCK_VALUE_LO:   value <= clock_value[31:0];
                `QYRAN_REG_CLOCK_VALUE_HI:   value <= clock_value[63:32];
                `QYRAN_REG_CLOCK_RATE:       value <= clock_rate;
                `QYRAN_REG_CLOCK_RATE_FRACTION: value <= clock_fraction;
                `QYRAN_REG_CLOCK_FLAGS:      value <= {31'd0, clock_synced};
                `QYRAN_REG_CLOCK_STEPS:      value <= clock_steps;
                `QYRAN_REG_PPS_LO:           value <= pps_time[31:0];
                `QYRAN_REG_PPS_HI:           value <= pps_time[63:32];
                `QYRAN_REG_SENSOR_EXPOSURE:  value <= exposure_ns;
                `QYRAN_REG_SENSOR_LINE:      value <= line_ns;
                `QYRAN_REG_SENSOR_GAIN:      value <= {16'd0, gain_mb};
                default:                     value <= 32'd0;
            endcase
        end
        answer_send <= reading[2];
        if (reading[2]) answer <= {request[50], value_1 | settings_value};

        slot_give <= 16'd0;
        if (write) case (address)
            `QYRAN_REG_CONTROL:        run <= data[`QYRAN_CONTROL_RUN];
            `QYRAN_REG_SIZE:           size <= data;
            `QYRAN_REG_STRIDE:         stride_set <= data[`QYRAN_STRIDE_BYTES];
            `QYRAN_REG_RING_BASE_LO:   ring_base[31:0] <= data;
            `QYRAN_REG_RING_BASE_HI:   ring_base[63:32] <= data;
            `QYRAN_REG_RING_SIZE:      size_ring <= data;
            `QYRAN_REG_RING_CONSUMER:  ring_consumer <= data;
            `QYRAN_REG_DMA_BASE_LO:    dma_base[31:0] <= data;
            `QYRAN_REG_DMA_BASE_HI:    dma_base[63:32] <= data;
            `QYRAN_REG_DMA_LIMIT_LO:   dma_limit[31:0] <= data;
            `QYRAN_REG_DMA_LIMIT_HI:   dma_limit[63:32] <= data;
            `QYRAN_REG_IRQ_ENABLE:     irq_enable <= data[`QYRAN_IRQ_ENABLE_MASK];
            `QYRAN_REG_SLOT_GIVE:      slot_give <= data[`QYRAN_SLOT_GIVE_SLOTS];
            `QYRAN_REG_CLOCK_VALUE_LO: clock_value[31:0] <= data;
            `QYRAN_REG_CLOCK_VALUE_HI: clock_value[63:32] <= data;
            `QYRAN_REG_CLOCK_RATE: begin
                clock_rate <= data;
                fraction_taken <= clock_fraction;
            end
            `QYRAN_REG_CLOCK_RATE_FRACTION: clock_fraction <= data;
            `QYRAN_REG_CLOCK_FLAGS:    clock_synced <= data[`QYRAN_CLOCK_FLAGS_SYNCED];
            `QYRAN_REG_SENSOR_EXPOSURE: exposure_ns <= data;
            `QYRAN_REG_SENSOR_LINE:    line_ns <= data;
            `QYRAN_REG_SENSOR_GAIN:    gain_mb <= data[`QYRAN_SENSOR_GAIN_MILLIBEL];
            default: ;
        endcase

        // clock commands go together as soon as the one before is done
        clock_send <= 1'b0;
        if (latched_valid) begin
            clock_under_way <= 1'b0;
            clock_latched <= latched[63:0];
            clock_steps <= latched[95:64];
        end
        if (|clock_todo && !clock_under_way && !clock_busy) begin
            clock_under_way <= 1'b1;
            clock_send <= 1'b1;
            clock_todo_sent <= clock_todo;
            clock_todo <= 4'd0;
        end
        if (write && address == `QYRAN_REG_CLOCK_RATE) clock_todo[3] <= 1'b1;
        if (write && address == `QYRAN_REG_CLOCK_CONTROL) begin
            if (data[`QYRAN_CLOCK_CONTROL_LATCH]) clock_todo[2] <= 1'b1;
            if (data[`QYRAN_CLOCK_CONTROL_ADJUST]) clock_todo[1] <= 1'b1;
            if (data[`QYRAN_CLOCK_CONTROL_SET]) clock_todo[0] <= 1'b1;
        end
        if (pps_valid) pps_time <= pps;

        // start and stop
        was_idle <= idle;
        was_drained <= drained;
        run_wait <= !run ? 3'd7 : run_wait - {2'd0, |run_wait};
        run_asked <= run && run_wait == 3'd0;
        start <= begin_now;
        if (begin_now) begin
            width <= w_ok;
            height <= h_ok;
            stride <= stride_ok;
            ring_size <= ring_ok;
            run_clamped <= |differs || some_odd;
            begin_wait <= 2'd3;
            ring_consumer <= 32'd0;
            faulted <= 1'b0;
            fault_address <= 64'd0;
        end
        if (begin_wait != 2'd0) begin
            begin_wait <= begin_wait - 1'b1;
            if (begin_wait == 2'd1) running <= 1'b1;
        end
        if (!run) running <= 1'b0;
        if (running && some_odd) run_clamped <= 1'b1;

        // interrupts
        if (write && address == `QYRAN_REG_IRQ_STATUS) irq_status <= irq_status & ~data[3:0];
        if (event_frame) irq_status[0] <= 1'b1;
        if (event_half) irq_status[1] <= 1'b1;
        if (fault_frame || fault_record) irq_status[2] <= 1'b1;
        if (pps_valid) irq_status[3] <= 1'b1;
        irq <= |(irq_status & irq_enable);
        irq_before <= irq;
        if ((fault_frame || fault_record) && !faulted) begin
            faulted <= 1'b1;
            fault_address <= fault_frame ? fault_frame_address : fault_record_address;
        end

        if (count_frame) n_frames <= n_frames + 1'b1;
        if (count_damaged) n_damaged <= n_damaged + 1'b1;
        if (count_short) n_short <= n_short + 1'b1;
        if (count_long) n_long <= n_long + 1'b1;
        if (count_missing_valid) n_missing <= n_missing + {16'd0, count_missing};
        if (count_record) n_records <= n_records + 1'b1;
        if (count_drop_valid) begin
            n_drop_frames <= n_drop_frames + {16'd0, count_drop_frames};
            n_drop_movers <= n_drop_movers + {16'd0, count_drop_movers};
            n_drop_regions <= n_drop_regions + {16'd0, count_drop_regions};
            n_drop_watches <= n_drop_watches + {16'd0, count_drop_watches};
            n_drop_records <= n_drop_records + {16'd0, count_drop_records};
        end
        if (irq && !irq_before) n_events <= n_events + 1'b1;
        if (fault_frame || fault_record) n_faults <= n_faults + {31'd0, fault_frame} + {31'd0, fault_record};

        if (rst) begin
            waiting <= 1'b0;
            reading <= 3'd0;
            run <= 1'b0;
            running <= 1'b0;
            start <= 1'b0;
            run_asked <= 1'b0;
            run_wait <= 3'd7;
            begin_wait <= 2'd0;
            run_clamped <= 1'b0;
            size <= SIZE_RESET;
            width <= SIZE_RESET[`QYRAN_SIZE_WIDTH];
            height <= SIZE_RESET[`QYRAN_SIZE_HEIGHT];
            stride <= STRIDE_RESET[`QYRAN_STRIDE_BYTES];
            stride_set <= STRIDE_RESET[`QYRAN_STRIDE_BYTES];
            ring_base <= 64'd0;
            size_ring <= 32'd0;
            ring_size <= 32'd0;
            ring_consumer <= 32'd0;
            dma_base <= 64'd0;
            dma_limit <= {`QYRAN_DMA_LIMIT_HI_RESET, `QYRAN_DMA_LIMIT_LO_RESET};
            irq_status <= 4'd0;
            irq_enable <= 4'd0;
            irq <= 1'b0;
            irq_before <= 1'b0;
            faulted <= 1'b0;
            fault_address <= 64'd0;
            clock_todo <= 4'd0;
            clock_under_way <= 1'b0;
            clock_value <= 64'd0;
            clock_latched <= 64'd0;
            clock_rate <= `QYRAN_CLOCK_RATE_RESET;
            clock_fraction <= `QYRAN_CLOCK_RATE_FRACTION_RESET;
            fraction_taken <= `QYRAN_CLOCK_RATE_FRACTION_RESET;
            clock_steps <= 32'd0;
            clock_synced <= 1'b0;
            pps_time <= 64'd0;
            exposure_ns <= 32'd0;
            line_ns <= 32'd0;
            gain_mb <= 16'd0;
            {n_frames, n_damaged, n_short, n_long, n_missing, n_records, n_drop_frames} <= {7{32'd0}};
            {n_drop_regions, n_drop_movers, n_drop_watches, n_drop_records, n_events, n_faults} <= {6{32'd0}};
        end
    end
endmodule
`resetall
