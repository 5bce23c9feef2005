// SPDX-License-Identifier: Apache-2.0
// What the logic's AXI masters see of the memory: it takes an address at once while it has room for it, data at one beat a
// clock, and answers after the latency. A burst that the logic has promised not to make gets a bus error.
#ifndef QYRAN_AXI_MEMORY_HPP
#define QYRAN_AXI_MEMORY_HPP

#include "sim/board/board.h"

#include <cstring>

class AxiChannel {
public:
	static constexpr unsigned Beats = 16, Queue = 8;
	static constexpr uint8_t Okay = 0, SlaveError = 2;

	explicit AxiChannel(const qyran_board_memory &memory) : memory_(memory) {}

	bool full() const { return tail_ - head_ == Queue; }
	bool empty() const { return tail_ == head_; }

	// An address that was taken at @clock.
	void address(uint64_t address, uint8_t length, uint8_t size, uint8_t burst)
	{
		Burst &made = queue_[tail_++ % Queue];

		made.address = address;
		made.beats = length + 1u;
		made.done = 0;
		made.refused = size != 3 || burst != 1 || length >= Beats || address % 8 != 0 || (address & 0xfff) + made.beats * 8u > 0x1000;
	}

protected:
	struct Burst {
		uint64_t address, due;
		unsigned beats, done;
		bool refused;
	};

	Burst &first() { return queue_[head_ % Queue]; }
	Burst &at(unsigned index) { return queue_[index % Queue]; }

	const qyran_board_memory &memory_;
	Burst queue_[Queue];
	unsigned head_ = 0, tail_ = 0;
};

class AxiWrites : public AxiChannel {
public:
	using AxiChannel::AxiChannel;

	bool wready() const { return filling_ != tail_; }
	bool bvalid(uint64_t clock) const { return head_ != filling_ && queue_[head_ % Queue].due <= clock; }
	uint8_t bresp() { return first().refused ? SlaveError : Okay; }
	void answered() { head_++; }

	void data(uint64_t clock, uint64_t word, uint8_t strobes, bool last)
	{
		Burst &burst = at(filling_);

		if (burst.done < Beats) {
			words_[burst.done] = word;
			strobes_[burst.done] = strobes;
		}
		burst.done++;
		if (last != (burst.done == burst.beats))
			burst.refused = true;
		if (burst.done < burst.beats)
			return;
		if (!burst.refused)
			burst.refused = !store(burst);
		burst.due = clock + memory_.latency;
		filling_++;
	}

private:
	bool store(const Burst &burst)
	{
		bool whole = true;

		for (unsigned beat = 0; beat < burst.beats; beat++)
			whole &= strobes_[beat] == 0xff;
		if (whole)
			return memory_.write(memory_.context, burst.address, words_, burst.beats * 8) == 0;
		for (unsigned byte = 0; byte < burst.beats * 8; byte++)
			if (strobes_[byte / 8] >> (byte % 8) & 1 &&
			    memory_.write(memory_.context, burst.address + byte, reinterpret_cast<const uint8_t *>(words_) + byte, 1) != 0)
				return false;
		return true;
	}

	unsigned filling_ = 0;
	uint64_t words_[Beats];
	uint8_t strobes_[Beats];
};

class AxiReads : public AxiChannel {
public:
	using AxiChannel::AxiChannel;

	void accepted(uint64_t clock) { at(tail_ - 1).due = clock + memory_.latency; }
	bool rvalid(uint64_t clock) const { return !empty() && queue_[head_ % Queue].due <= clock; }
	uint8_t rresp() const { return queue_[head_ % Queue].refused ? SlaveError : Okay; }
	bool rlast() const { return queue_[head_ % Queue].done + 1 == queue_[head_ % Queue].beats; }

	uint64_t rdata()
	{
		Burst &burst = first();

		if (burst.done == 0 && !loaded_) {
			loaded_ = true;
			memset(words_, 0, sizeof(words_));
			if (!burst.refused)
				burst.refused = memory_.read(memory_.context, burst.address, words_, burst.beats * 8) != 0;
		}
		return words_[burst.done % Beats];
	}

	void taken()
	{
		if (++first().done == first().beats) {
			head_++;
			loaded_ = false;
		}
	}

private:
	uint64_t words_[Beats];
	bool loaded_ = false;
};

#endif
