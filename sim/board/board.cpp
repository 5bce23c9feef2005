// SPDX-License-Identifier: Apache-2.0
#include "sim/board/axi_memory.hpp"

#include "Vqyran_top.h"
#include "Vqyran_top___024root.h"

#include <cerrno>
#include <ctime>
#include <new>

namespace {

constexpr uint32_t DefaultLatency = 40;
constexpr unsigned ResetClocks = 32;	// hw/rtl/qyran_top.v asks for 16 periods
constexpr unsigned SettleClocks = 64;	// longer than any crossing and any gap between two accesses of one frame's end
constexpr unsigned PinClocks = 8;	// the pins' synchroniser
constexpr unsigned LineGap = 8;		// clocks between two lines; sensors give hundreds
constexpr unsigned AccessClocks = 10000;
constexpr uint64_t ClocksPerMillisecond = 150000;

uint64_t monotonic_ns()
{
	timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return static_cast<uint64_t>(now.tv_sec) * 1000000000u + static_cast<uint64_t>(now.tv_nsec);
}

// The model sees a rising edge where its last value of a clock was 0. Writing that value saves an evaluation of the falling edge, at which nothing
// happens; possible since no output but the registers' ready follows an input without a clock (AXI forbids it). The name is that of Verilator 5.006.
template <class Root> auto lower_clocks(Root &root, int) -> decltype(root.__Vtrigrprev__TOP__clk, root.__Vtrigrprev__TOP__time_clk, bool())
{
	root.__Vtrigrprev__TOP__clk = root.__Vtrigrprev__TOP__time_clk = 0;
	return true;
}

template <class Root> bool lower_clocks(Root &, long)
{
	return false;
}

} // namespace

struct qyran_board {
	qyran_board(const qyran_board_memory &given, qyran_board_pace board_pace)
		: memory(given), top(&context), frames(memory), records(memory), regions(memory), pace(board_pace)
	{
		if (memory.latency == 0)
			memory.latency = DefaultLatency;
	}

	qyran_board_memory memory;
	VerilatedContext context;
	Vqyran_top top;
	AxiWrites frames, records;
	AxiReads regions;
	qyran_board_pace pace;
	uint64_t clocks = 0, skipped = 0;
	uint64_t started_ns = monotonic_ns();
	unsigned still = 0;	// clocks since anything was under way, of step()
	struct {
		const uint8_t *line;
		uint32_t width, stride, x, lines;	// lines: that are not in
		unsigned gap;				// clocks to the next line
		uint64_t time_ns;			// of the first pixel, at pace scene; 0: it is in
	} frame = {};
	bool registers_awake = true;	// their clock stands while nobody accesses them
	struct {
		bool address_write, data, done, address_read, given;
		uint32_t value;
	} axil = {};	// what the last clock moved

	void tick();
	void idle(unsigned count);
	void follow_host();
	uint64_t play(uint64_t most);
	bool busy() const { return !top.drained || !frames.empty() || !records.empty() || !regions.empty(); }
	QData &now() { return top.rootp->qyran_top__DOT__clock_i__DOT__now; }
};

// One clock of all domains that are awake.
void qyran_board::tick()
{
	top.m_frame_awready = !frames.full();
	top.m_frame_wready = frames.wready();
	top.m_frame_bvalid = frames.bvalid(clocks);
	if (top.m_frame_bvalid)
		top.m_frame_bresp = frames.bresp();
	top.m_record_awready = !records.full();
	top.m_record_wready = records.wready();
	top.m_record_bvalid = records.bvalid(clocks);
	if (top.m_record_bvalid)
		top.m_record_bresp = records.bresp();
	top.m_record_arready = !regions.full();
	top.m_record_rvalid = regions.rvalid(clocks);
	if (top.m_record_rvalid) {
		top.m_record_rdata = regions.rdata();
		top.m_record_rlast = regions.rlast();
		top.m_record_rresp = regions.rresp();
	}
	if (registers_awake || !lower_clocks(*top.rootp, 0)) {
		top.clk = 0;
		top.time_clk = 0;
		if (registers_awake)
			top.axil_clk = 0;
		top.eval();
	}

	if (top.m_frame_wvalid && top.m_frame_wready)
		frames.data(clocks, top.m_frame_wdata, top.m_frame_wstrb, top.m_frame_wlast);
	if (top.m_frame_bvalid && top.m_frame_bready)
		frames.answered();
	if (top.m_frame_awvalid && top.m_frame_awready)
		frames.address(top.m_frame_awaddr, top.m_frame_awlen, top.m_frame_awsize, top.m_frame_awburst);
	if (top.m_record_wvalid && top.m_record_wready)
		records.data(clocks, top.m_record_wdata, top.m_record_wstrb, top.m_record_wlast);
	if (top.m_record_bvalid && top.m_record_bready)
		records.answered();
	if (top.m_record_awvalid && top.m_record_awready)
		records.address(top.m_record_awaddr, top.m_record_awlen, top.m_record_awsize, top.m_record_awburst);
	if (top.m_record_rvalid && top.m_record_rready)
		regions.taken();
	if (top.m_record_arvalid && top.m_record_arready) {
		regions.address(top.m_record_araddr, top.m_record_arlen, top.m_record_arsize, top.m_record_arburst);
		regions.accepted(clocks);
	}

	top.clk = 1;
	top.time_clk = 1;
	if (registers_awake) {
		axil = { top.s_axil_awvalid && top.s_axil_awready, top.s_axil_wvalid && top.s_axil_wready, top.s_axil_bvalid != 0,
			 top.s_axil_arvalid && top.s_axil_arready, top.s_axil_rvalid != 0, top.s_axil_rdata };
		top.axil_clk = 1;
	}
	top.eval();
	clocks++;
}

void qyran_board::idle(unsigned count)
{
	while (count--)
		tick();
}

// At pace host: clocks that the host's time has gone through and nobody has simulated count on, at the clock's own rate.
void qyran_board::follow_host()
{
	if (pace != QYRAN_PACE_HOST)
		return;

	const uint64_t gone_ns = monotonic_ns() - started_ns;
	const uint64_t due = static_cast<uint64_t>(static_cast<unsigned __int128>(gone_ns) * ClocksPerMillisecond / 1000000u);

	if (due <= clocks + skipped)
		return;

	const uint64_t skip = due - clocks - skipped;
	const uint64_t rate = top.rootp->qyran_top__DOT__clock_i__DOT__rate;	// 8.56 fixed point

	now() += static_cast<uint64_t>((static_cast<unsigned __int128>(skip) * rate) >> 56);
	skipped += skip;
}

int qyran_board_new(const qyran_board_memory *memory, qyran_board_pace pace, qyran_board **ret)
{
	qyran_board *board = new (std::nothrow) qyran_board(*memory, pace);

	if (!board)
		return -ENOMEM;

	Vqyran_top &top = board->top;

	top.rst = top.axil_rst = top.time_rst = 1;
	top.s_axil_bready = top.s_axil_rready = 1;
	top.s_axil_wstrb = 0xf;
	board->idle(ResetClocks);
	top.rst = top.axil_rst = top.time_rst = 0;
	board->idle(ResetClocks);
	board->registers_awake = false;
	*ret = board;
	return 0;
}

void qyran_board_free(qyran_board *board)
{
	if (!board)
		return;
	board->top.final();
	delete board;
}

uint32_t qyran_board_read(qyran_board *board, uint32_t offset)
{
	Vqyran_top &top = board->top;
	uint32_t value = 0xffffffff;	// what a dead bus gives

	board->follow_host();
	board->still = 0;
	board->registers_awake = true;
	top.s_axil_araddr = offset;
	top.s_axil_arvalid = 1;
	for (unsigned i = 0; i < AccessClocks; i++) {
		board->tick();
		if (board->axil.address_read)
			top.s_axil_arvalid = 0;
		if (board->axil.given) {
			value = board->axil.value;
			break;
		}
	}
	top.s_axil_arvalid = 0;
	board->registers_awake = false;
	return value;
}

void qyran_board_write(qyran_board *board, uint32_t offset, uint32_t value)
{
	Vqyran_top &top = board->top;

	board->follow_host();
	board->still = 0;
	board->registers_awake = true;
	top.s_axil_awaddr = offset;
	top.s_axil_wdata = value;
	top.s_axil_awvalid = top.s_axil_wvalid = 1;
	board->axil.done = false;
	for (unsigned i = 0; i < AccessClocks && !board->axil.done; i++) {
		board->tick();
		if (board->axil.address_write)
			top.s_axil_awvalid = 0;
		if (board->axil.data)
			top.s_axil_wvalid = 0;
	}
	top.s_axil_awvalid = top.s_axil_wvalid = 0;
	board->registers_awake = false;
}

bool qyran_board_irq(const qyran_board *board)
{
	return board->top.irq;
}

uint64_t qyran_board_run(qyran_board *board, uint64_t clocks)
{
	uint64_t ran = 0;

	board->follow_host();
	for (unsigned still = 0; ran < clocks && !board->top.irq && still < SettleClocks; ran++) {
		board->tick();
		still = board->busy() ? 0 : still + 1;
	}
	return ran;
}

// Plays at most so many clocks of the frame that was begun; the video pauses when they are over. Returns the clocks that it ran.
uint64_t qyran_board::play(uint64_t most)
{
	const uint64_t before = clocks;

	while (frame.lines > 0 && clocks - before < most) {
		const uint64_t left = most - (clocks - before);

		if (frame.gap > 0) {
			const unsigned now_idle = left < frame.gap ? static_cast<unsigned>(left) : frame.gap;

			idle(now_idle);
			frame.gap -= now_idle;
			if (frame.gap == 0)
				frame.lines--;
			continue;
		}

		const uint8_t *line = frame.line;
		const uint32_t end = left < frame.width - frame.x ? frame.x + static_cast<uint32_t>(left) : frame.width;

		if (frame.time_ns > now())
			now() = frame.time_ns;
		frame.time_ns = 0;
		top.s_axis_tvalid = 1;
		for (uint32_t x = frame.x; x < end; x++) {
			top.s_axis_tdata = static_cast<uint16_t>(line[2 * x] | line[2 * x + 1] << 8);
			top.s_axis_tlast = x + 1 == frame.width;
			tick();
			top.s_axis_tuser = 0;
		}
		top.s_axis_tvalid = 0;
		frame.x = end;
		if (end == frame.width) {
			frame.line += frame.stride;
			frame.x = 0;
			frame.gap = LineGap;
		}
	}
	return clocks - before;
}

int qyran_board_begin(qyran_board *board, const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride, uint64_t time_ns, uint8_t pins)
{
	if (width == 0 || width % 2 || height == 0 || stride / 2 < width)
		return -EINVAL;
	if (board->frame.lines > 0)
		return -EBUSY;
	board->top.pins = pins;
	board->follow_host();
	board->idle(PinClocks);
	board->frame = { yuyv, width, stride, 0, height, 0, board->pace == QYRAN_PACE_SCENE ? time_ns : 0 };
	board->top.s_axis_tuser = 1;
	return 0;
}

bool qyran_board_playing(const qyran_board *board)
{
	return board->frame.lines > 0;
}

int qyran_board_frame(qyran_board *board, const uint8_t *yuyv, uint32_t width, uint32_t height, uint32_t stride, uint64_t time_ns, uint8_t pins)
{
	int rc = qyran_board_begin(board, yuyv, width, height, stride, time_ns, pins);

	if (rc == 0)
		board->play(UINT64_MAX);
	return rc;
}

bool qyran_board_step(qyran_board *board, uint64_t clocks)
{
	uint64_t ran = 0;

	if (board->frame.lines > 0) {
		ran = board->play(clocks);
		board->still = 0;
	} else {
		board->follow_host();
	}
	for (; ran < clocks && board->still < SettleClocks; ran++) {
		board->tick();
		board->still = board->busy() ? 0 : board->still + 1;
	}
	return board->frame.lines > 0 || board->still < SettleClocks;
}

void qyran_board_set_pace(qyran_board *board, qyran_board_pace pace)
{
	if (pace == board->pace)
		return;
	board->pace = pace;
	board->skipped = 0;
	board->started_ns = monotonic_ns() -
		static_cast<uint64_t>(static_cast<unsigned __int128>(board->clocks) * 1000000u / ClocksPerMillisecond);
}

void qyran_board_advance(qyran_board *board, uint64_t ns)
{
	board->now() += ns;
}

void qyran_board_pps(qyran_board *board)
{
	board->follow_host();
	board->top.pps = 1;
	board->idle(SettleClocks);
	board->top.pps = 0;
	board->idle(SettleClocks);
}

uint64_t qyran_board_clocks(const qyran_board *board)
{
	return board->clocks;
}
