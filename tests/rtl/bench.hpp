// SPDX-License-Identifier: Apache-2.0
// The Verilated top on a bench: AXI memories with any latency and back-pressure, every burst checked, video and registers.
#ifndef QYRAN_TESTS_RTL_BENCH_HPP
#define QYRAN_TESTS_RTL_BENCH_HPP

#include <Vqyran_top.h>
#include <verilated.h>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

struct Beat {
	uint16_t data;
	bool user, last;
};

// xorshift64*: the same numbers on every machine.
class Random {
public:
	explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 0x1234567u) {}

	uint32_t next()
	{
		state_ ^= state_ >> 12;
		state_ ^= state_ << 25;
		state_ ^= state_ >> 27;
		return static_cast<uint32_t>((state_ * 0x2545f4914f6cdd1du) >> 32);
	}

	uint32_t below(uint32_t limit) { return next() % limit; }
	bool chance(uint32_t per_mille) { return below(1000) < per_mille; }

private:
	uint64_t state_;
};

class Bench {
public:
	static constexpr uint64_t MemoryBase = 0x140000000u;
	static constexpr uint64_t MemorySize = 64u << 20;
	static constexpr unsigned Slots = 16;

	explicit Bench(uint64_t seed);

	// What the memory does. Stalls are per mille of the clocks; latencies in clocks.
	struct {
		uint32_t stall = 0, latency = 20, jitter = 0;
		bool shared = false;				// both masters write through one port: frames first
		uint32_t frame_error = 0, read_error = 0;	// per mille of the bursts that end in SLVERR
	} behave;

	std::vector<uint8_t> memory;
	uint64_t clocks = 0;
	Random random;
	std::vector<std::string> faults;	// broken promises of the masters
	uint64_t bursts = 0;
	bool video_clock = true;
	bool movers_unfinished = false;		// the detection gave up a frame's movers; for the user to clear
	unsigned axil_every = 1, time_every = 1;	// video clocks to a clock of theirs

	void tick();
	void idle(unsigned count);
	void write(uint32_t address, uint32_t value);
	uint32_t read(uint32_t address, bool *ret_failed = nullptr);
	bool read_fails(uint32_t address);
	void beat(const Beat &beat);		// one clock

	uint64_t now() const;
	void set_now(uint64_t ns);
	void pins(uint8_t value) { top_.pins = value; }
	void pps(bool level) { top_.pps = level; }
	bool irq() const { return top_.irq; }
	bool drained() const { return top_.drained; }
	bool frame_event() const;		// a FRAME record is in memory: the clock after its response
	bool quiet() const { return frame_writes_.empty() && record_writes_.empty() && reads_.empty(); }
	void drain();				// until all records are in memory

private:
	struct Burst {
		uint64_t address, due;
		unsigned beats, done;
		uint8_t response;
		bool complete;
	};

	void check(const char *who, uint64_t address, uint8_t length, uint8_t size, uint8_t burst);
	bool answered();
	void axil_tick();
	static bool awaits_data(const std::deque<Burst> &bursts_of);

	VerilatedContext context_;
	Vqyran_top top_;
	std::deque<Burst> frame_writes_, record_writes_, reads_;
};

#endif
