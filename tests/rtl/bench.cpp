// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/bench.hpp"

#include <Vqyran_top___024root.h>

#include <cinttypes>
#include <cstdio>
#include <cstring>

Bench::Bench(uint64_t seed) : memory(MemorySize), random(seed), top_(&context_)
{
	top_.rst = top_.axil_rst = top_.time_rst = 1;
	idle(20);
	top_.rst = top_.axil_rst = top_.time_rst = 0;
	top_.s_axil_bready = 1;
	top_.s_axil_rready = 1;
	idle(4);
}

void Bench::check(const char *who, uint64_t address, uint8_t length, uint8_t size, uint8_t burst)
{
	const unsigned beats = length + 1u;
	char text[160];

	bursts++;
	if (size == 3 && burst == 1 && beats <= 16 && address % 8 == 0 && address / 4096 == (address + beats * 8 - 1) / 4096 &&
	    address >= MemoryBase && address + beats * 8 <= MemoryBase + MemorySize)
		return;
	snprintf(text, sizeof(text), "%s: burst of %u beats, size %u, kind %u at 0x%" PRIx64, who, beats, size, burst, address);
	faults.push_back(text);
}

bool Bench::awaits_data(const std::deque<Burst> &bursts_of)
{
	return !bursts_of.empty() && !bursts_of.back().complete;
}

void Bench::tick()
{
	const bool stall = behave.stall != 0;
	auto ready = [&] { return !stall || !random.chance(behave.stall); };
	auto due = [&] { return clocks + behave.latency + (behave.jitter ? random.below(behave.jitter) : 0); };

	// what the memory shows
	top_.m_frame_awready = ready() && frame_writes_.size() < 8;
	top_.m_record_awready = ready() && record_writes_.size() < 8;
	top_.m_record_arready = ready() && reads_.size() < 8;
	top_.m_frame_wready = ready() && (awaits_data(frame_writes_) || (top_.m_frame_awvalid && top_.m_frame_awready));
	top_.m_record_wready = ready() && (awaits_data(record_writes_) || (top_.m_record_awvalid && top_.m_record_awready));
	if (behave.shared && top_.m_frame_wvalid && top_.m_frame_wready)
		top_.m_record_wready = 0;
	top_.m_frame_bvalid = !frame_writes_.empty() && frame_writes_.front().complete && frame_writes_.front().due <= clocks;
	top_.m_frame_bresp = top_.m_frame_bvalid ? frame_writes_.front().response : 0;
	top_.m_record_bvalid = !record_writes_.empty() && record_writes_.front().complete && record_writes_.front().due <= clocks;
	top_.m_record_bresp = top_.m_record_bvalid ? record_writes_.front().response : 0;
	top_.m_record_rvalid = !reads_.empty() && reads_.front().due <= clocks && ready();
	if (top_.m_record_rvalid) {
		const Burst &burst = reads_.front();
		const uint64_t offset = burst.address + burst.done * 8 - MemoryBase;
		uint64_t word = 0;

		if (offset + 8 <= MemorySize)
			memcpy(&word, &memory[offset], 8);
		top_.m_record_rdata = word;
		top_.m_record_rlast = burst.done + 1 == burst.beats;
		top_.m_record_rresp = burst.response;
	}
	top_.clk = 0;
	top_.axil_clk = 0;
	top_.time_clk = 0;
	top_.eval();

	// what passes at the edge; this memory takes data only behind its address
	auto write = [&](std::deque<Burst> &bursts_of, bool aw, uint64_t address, uint8_t length, bool w, uint64_t word, bool last, const char *who,
			 uint32_t error) {
		if (aw)
			bursts_of.push_back({ address, 0, length + 1u, 0, static_cast<uint8_t>(random.chance(error) ? 2 : 0), false });
		if (!w)
			return;
		for (Burst &burst : bursts_of) {
			if (burst.complete)
				continue;
			const uint64_t offset = burst.address + burst.done * 8 - MemoryBase;

			if (offset + 8 <= MemorySize)
				memcpy(&memory[offset], &word, 8);
			burst.done++;
			if (last != (burst.done == burst.beats))
				faults.push_back(std::string(who) + ": wlast is not on the last beat");
			if (burst.done == burst.beats) {
				burst.complete = true;
				burst.due = due();
			}
			return;
		}
		faults.push_back(std::string(who) + ": data without an address");
	};

	const bool frame_aw = top_.m_frame_awvalid && top_.m_frame_awready, record_aw = top_.m_record_awvalid && top_.m_record_awready;

	if (top_.m_frame_bvalid)
		frame_writes_.pop_front();
	if (top_.m_record_bvalid)
		record_writes_.pop_front();
	if (frame_aw)
		check("frame write", top_.m_frame_awaddr, top_.m_frame_awlen, top_.m_frame_awsize, top_.m_frame_awburst);
	if (record_aw)
		check("record write", top_.m_record_awaddr, top_.m_record_awlen, top_.m_record_awsize, top_.m_record_awburst);
	write(frame_writes_, frame_aw, top_.m_frame_awaddr, top_.m_frame_awlen, top_.m_frame_wvalid && top_.m_frame_wready, top_.m_frame_wdata,
	      top_.m_frame_wlast, "frame write", behave.frame_error);
	write(record_writes_, record_aw, top_.m_record_awaddr, top_.m_record_awlen, top_.m_record_wvalid && top_.m_record_wready, top_.m_record_wdata,
	      top_.m_record_wlast, "record write", 0);
	if (top_.m_record_rvalid && ++reads_.front().done == reads_.front().beats)
		reads_.pop_front();
	if (top_.m_record_arvalid && top_.m_record_arready) {
		check("record read", top_.m_record_araddr, top_.m_record_arlen, top_.m_record_arsize, top_.m_record_arburst);
		reads_.push_back({ top_.m_record_araddr, due(), top_.m_record_arlen + 1u, 0,
				   static_cast<uint8_t>(random.chance(behave.read_error) ? 2 : 0), false });
	}

	if (video_clock)
		top_.clk = 1;
	clocks++;
	top_.axil_clk = clocks % axil_every == 0;
	top_.time_clk = clocks % time_every == 0;
	top_.eval();

	const Vqyran_top___024root &root = *top_.rootp;
	if (root.qyran_top__DOT__result_lost && root.qyran_top__DOT__result_unfinished && root.qyran_top__DOT__result_movers == 0 &&
	    root.qyran_top__DOT__result_drop_movers == 1)
		movers_unfinished = true;
}

// To the next rising edge of the registers' clock.
void Bench::axil_tick()
{
	do
		tick();
	while (clocks % axil_every);
}

void Bench::idle(unsigned count)
{
	while (count--)
		tick();
}

bool Bench::answered()
{
	for (unsigned i = 0; i < 10000; i++) {
		const bool done = top_.s_axil_bvalid || top_.s_axil_rvalid;

		axil_tick();
		if (done)
			return true;
	}
	faults.push_back("a register access was never answered");
	return false;
}

void Bench::write(uint32_t address, uint32_t value)
{
	top_.s_axil_awaddr = address;
	top_.s_axil_awvalid = 1;
	top_.s_axil_wdata = value;
	top_.s_axil_wstrb = 15;
	top_.s_axil_wvalid = 1;
	top_.eval();
	while (!top_.s_axil_awready)
		axil_tick();
	axil_tick();
	top_.s_axil_awvalid = 0;
	top_.s_axil_wvalid = 0;
	answered();
}

uint32_t Bench::read(uint32_t address, bool *ret_failed)
{
	top_.s_axil_araddr = address;
	top_.s_axil_arvalid = 1;
	top_.eval();
	while (!top_.s_axil_arready)
		axil_tick();
	axil_tick();
	top_.s_axil_arvalid = 0;
	while (!top_.s_axil_rvalid)
		axil_tick();
	const uint32_t value = top_.s_axil_rdata;

	if (ret_failed)
		*ret_failed = top_.s_axil_rresp == 2;
	axil_tick();
	return value;
}

bool Bench::read_fails(uint32_t address)
{
	bool failed;

	return read(address, &failed) == 0xffffffffu && failed;
}

void Bench::beat(const Beat &beat)
{
	top_.s_axis_tdata = beat.data;
	top_.s_axis_tuser = beat.user;
	top_.s_axis_tlast = beat.last;
	top_.s_axis_tvalid = 1;
	if (!top_.s_axis_tready)
		faults.push_back("tready is low");
	tick();
	top_.s_axis_tvalid = 0;
}

uint64_t Bench::now() const
{
	return top_.rootp->qyran_top__DOT__clock_i__DOT__now;
}

void Bench::set_now(uint64_t ns)
{
	top_.rootp->qyran_top__DOT__clock_i__DOT__now = ns;
}

bool Bench::frame_event() const
{
	return top_.rootp->qyran_top__DOT__regs_i__DOT__irq_status & 1;
}

void Bench::drain()
{
	idle(16);
	for (unsigned i = 0; i < 20000000 && !(drained() && quiet()); i++)
		tick();
	if (!drained())
		faults.push_back("never drained");
}
