// SPDX-License-Identifier: Apache-2.0
// What the data path promises beside its records: masks, limits of the DMA, faults, interrupts, slots, clock.
#include "tests/rtl/cases.hpp"

#include <qyran/regs.h>

#include <cstring>

namespace {

void play_noise(Pair &pair)
{
	pair.play(frame_beats(noise(pair.bench.random, pair.width, pair.height), pair.width, pair.height));
}

uint64_t latched(Pair &pair)
{
	pair.bench.write(QYRAN_REG_CLOCK_CONTROL, 1u << QYRAN_CLOCK_CONTROL_LATCH_SHIFT);
	while (pair.bench.read(QYRAN_REG_CLOCK_STATE))
		;
	return pair.bench.read(QYRAN_REG_CLOCK_LO) | static_cast<uint64_t>(pair.bench.read(QYRAN_REG_CLOCK_HI)) << 32;
}

void command(Pair &pair, uint32_t shift, uint64_t value)
{
	pair.bench.write(QYRAN_REG_CLOCK_VALUE_LO, static_cast<uint32_t>(value));
	pair.bench.write(QYRAN_REG_CLOCK_VALUE_HI, static_cast<uint32_t>(value >> 32));
	pair.bench.write(QYRAN_REG_CLOCK_CONTROL, 1u << shift);
	while (pair.bench.read(QYRAN_REG_CLOCK_STATE))
		;
}

void masks()
{
	Pair pair(test_seed());
	const qyran_model_box box = { 21, 60, 10, 41 };
	std::string why;
	unsigned black = 0;

	pair.start(80, 48, 256);
	pair.settings.mask[7] = box;
	pair.settings.watch[0] = { 16, 64, 4, 48 };
	pair.settings.plates = false;
	pair.commit();
	play_noise(pair);
	pair.bench.drain();
	// Looked at in memory, not through the model.
	for (uint32_t y = box.y0; y < box.y1; y++)
		for (uint32_t x = box.x0; x < box.x1; x++)
			black += pair.bench.memory[y * 256 + x * 2] == 16 && pair.bench.memory[y * 256 + x * 2 + 1] == 128;
	if (black != 39u * 31u)
		why = "only " + std::to_string(black) + " pixels of the slot are black";
	const uint32_t producer = pair.bench.read(QYRAN_REG_RING_PRODUCER);
	unsigned watched = 0, watch_black = 0;

	for (uint32_t at = 0; at < producer;) {
		const uint8_t *record = &pair.bench.memory[Pair::RingBase - Bench::MemoryBase + at];
		qyran_record_header header;
		qyran_region region;

		memcpy(&header, record, sizeof(header));
		memcpy(&region, record + 64, sizeof(region));
		for (uint32_t i = 0; header.type == QYRAN_RECORD_WATCH && i < region.pixels; i += 2) {
			const uint32_t x = region.cut_x + i / 2 % region.out_w, y = region.cut_y + i / 2 / region.out_w;

			if (x < box.x0 || x >= box.x1 || y < box.y0 || y >= box.y1)
				continue;
			watched++;
			watch_black += record[128 + i] == 16 && record[128 + i + 1] == 128;
		}
		at += header.length;
	}
	if (watched == 0 || watch_black != watched)
		why = std::to_string(watch_black) + " of " + std::to_string(watched) + " masked pixels of a watch box are black";
	pair.harvest();
	report("masked_pixels_are_black_in_frames_and_cuts", pair, why);
}

// The limits end inside slot 2 and before the ring.
void limits()
{
	Pair pair(test_seed());
	const uint64_t base = Bench::MemoryBase + Pair::SlotSpacing, limit = Bench::MemoryBase + 2 * Pair::SlotSpacing + 8192;
	std::string why;

	pair.lossy = true;
	pair.bench.write(QYRAN_REG_DMA_BASE_LO, static_cast<uint32_t>(base));
	pair.bench.write(QYRAN_REG_DMA_BASE_HI, static_cast<uint32_t>(base >> 32));
	pair.bench.write(QYRAN_REG_DMA_LIMIT_LO, static_cast<uint32_t>(limit));
	pair.bench.write(QYRAN_REG_DMA_LIMIT_HI, static_cast<uint32_t>(limit >> 32));
	pair.bench.write(QYRAN_REG_IRQ_ENABLE, 1u << QYRAN_IRQ_STATUS_FAULT_SHIFT);
	std::vector<uint8_t> before = pair.bench.memory;

	for (unsigned n = 0; n < 3; n++) {	// before, inside, and across the limit
		pair.slots = static_cast<uint16_t>(1u << n);
		pair.start(104, 60, 256);
		play_noise(pair);
		pair.bench.drain();
		const uint64_t first = pair.bench.read(QYRAN_REG_FAULT_LO) | static_cast<uint64_t>(pair.bench.read(QYRAN_REG_FAULT_HI)) << 32;

		// of slot 1 only the ring is refused
		if (n == 0 && first != Bench::MemoryBase)
			why = "FAULT does not hold the first refused address";
		if (n == 2 && first != limit)
			why = "FAULT does not hold the first address beyond the limit";
		if (pair.bench.read(QYRAN_REG_RING_PRODUCER) != 0)
			why = "the producer moved past records that were never written";
		if (pair.bench.read(QYRAN_REG_SLOT_STATE) != pair.slots)
			why = "the slot of a lost FRAME did not come back";
		pair.stop();
	}
	for (uint64_t i = 0; i < before.size(); i++)
		if ((i < base - Bench::MemoryBase || i >= limit - Bench::MemoryBase) && before[i] != pair.bench.memory[i]) {
			why = "memory outside the limits was written, at offset " + std::to_string(i);
			break;
		}
	if (memcmp(&before[Pair::SlotSpacing], &pair.bench.memory[Pair::SlotSpacing], 4096) == 0)
		why = "memory inside the limits was not written";
	if (pair.bench.read(QYRAN_REG_COUNT_FAULTS) == 0 || !pair.bench.irq())
		why = "a refused access was not counted and signalled";
	if (pair.bench.read(QYRAN_REG_COUNT_DROP_RECORDS) != 3)
		why = "lost FRAME records are not counted";
	report("dma_outside_its_limits_is_never_issued", pair, why);
}

// The ring is inside, one slot is not: its frames have no pixels, the records go on.
void slot_outside()
{
	Pair pair(test_seed());
	const uint64_t base = Bench::MemoryBase + Pair::SlotSpacing;
	std::string why;

	pair.lossy = true;
	pair.bench.write(QYRAN_REG_DMA_BASE_LO, static_cast<uint32_t>(base));
	pair.bench.write(QYRAN_REG_DMA_BASE_HI, static_cast<uint32_t>(base >> 32));
	pair.slots = 0x0001;
	pair.start(104, 60, 256);
	pair.settings.watch[1] = { 0, 8, 0, 8 };
	pair.commit();
	for (unsigned n = 0; n < 2; n++) {
		play_noise(pair);
		pair.settle();
	}
	if (pair.frames.size() != 2 || pair.frames[0].slot != QYRAN_SLOT_NONE || pair.frames[1].slot != QYRAN_SLOT_NONE || pair.frames[0].drop_watches != 1)
		why = "a frame outside the limits was handed over";
	if (pair.bench.read(QYRAN_REG_COUNT_DROP_FRAMES) != 2)
		why = "frames that were not kept are not counted";
	pair.stop();
	report("a_slot_outside_the_limits_loses_only_pixels", pair, why);
}

void bus_errors(const char *name, uint32_t frame_error, uint32_t read_error)
{
	Pair pair(test_seed());
	unsigned lost = 0, kept = 0;

	pair.lossy = true;
	pair.bench.behave.frame_error = frame_error;
	pair.bench.behave.read_error = read_error;
	pair.start(104, 60, 256);
	pair.settings.watch[0] = { 0, 64, 0, 48 };
	pair.commit();
	for (unsigned n = 0; n < 12; n++) {
		play_noise(pair);
		pair.settle();
	}
	pair.stop();
	for (const qyran_frame_info &info : pair.frames) {
		lost += info.drop_watches;
		kept += info.watches;
	}
	report(name, pair, !lost || !kept ? "not both of lost and kept" : pair.bench.read(QYRAN_REG_COUNT_FAULTS) == 0 ? "no fault was counted" : "");
}

// Nobody takes records.
void ring_fills()
{
	Pair pair(test_seed());
	std::string why;
	unsigned frames = 0;

	pair.lossy = true;
	pair.take = false;
	pair.ring_size = 32768;
	pair.start(104, 60, 256);
	pair.bench.write(QYRAN_REG_IRQ_ENABLE, 1u << QYRAN_IRQ_STATUS_HALF_SHIFT);
	uint32_t first_region = 0, first_mover = 0, half = 0;

	for (unsigned n = 1; n <= 160; n++) {
		const uint32_t regions = pair.bench.read(QYRAN_REG_COUNT_DROP_REGIONS), movers = pair.bench.read(QYRAN_REG_COUNT_DROP_MOVERS);

		play_noise(pair);
		pair.bench.drain();
		pair.harvest();
		const qyran_model_counts m = qyran_model_count(pair.model);

		if (!first_region && pair.bench.read(QYRAN_REG_COUNT_DROP_REGIONS) - m.drop_regions > 0 && regions < pair.bench.read(QYRAN_REG_COUNT_DROP_REGIONS))
			first_region = n;
		if (!first_mover && pair.bench.read(QYRAN_REG_COUNT_DROP_MOVERS) > m.drop_movers && movers < pair.bench.read(QYRAN_REG_COUNT_DROP_MOVERS))
			first_mover = n;
		if (!half && pair.bench.irq())
			half = n;
		if (pair.bench.read(QYRAN_REG_COUNT_DROP_RECORDS)) {
			frames = n;
			break;
		}
	}
	if (!half || !first_region || !first_mover || !frames)
		why = "half full, REGIONs, MOVERs, FRAMEs dropped at frames " + std::to_string(half) + ", " + std::to_string(first_region) + ", " +
		      std::to_string(first_mover) + ", " + std::to_string(frames);
	else if (first_region > first_mover || first_mover >= frames)
		why = "not REGIONs first, then MOVERs, FRAMEs last";
	if (pair.bench.read(QYRAN_REG_RING_PRODUCER) > pair.ring_size)
		why = "the ring holds more than it can";
	pair.take = true;
	pair.harvest();
	play_noise(pair);
	pair.settle();
	if (pair.frames.empty() || pair.logic.size())
		why = "no records after room was made";
	pair.stop();
	report("a_ring_nobody_empties_drops_regions_then_movers_then_frames", pair, why);
}

void interrupts()
{
	Pair pair(test_seed());
	std::string why;

	pair.start(64, 48, 256);
	play_noise(pair);
	pair.settle();
	if (pair.bench.irq() || !(pair.bench.read(QYRAN_REG_IRQ_STATUS) & 1))
		why = "without IRQ_ENABLE the line must stay low and the status show";
	pair.bench.write(QYRAN_REG_IRQ_STATUS, 0xf);
	pair.bench.write(QYRAN_REG_IRQ_ENABLE, 1);
	for (unsigned n = 1; n <= 3; n++) {
		play_noise(pair);
		pair.bench.drain();
		pair.bench.idle(4);
		if (!pair.bench.irq())
			why = "no interrupt after a FRAME";
		// the record is in memory by then
		pair.harvest();
		if (pair.frames.size() != n + 1)
			why = "the interrupt came before its record";
		pair.bench.write(QYRAN_REG_IRQ_STATUS, 1);
		pair.bench.idle(4);
		if (pair.bench.irq())
			why = "the line stays high";
	}
	if (pair.bench.read(QYRAN_REG_COUNT_EVENTS) != 3)
		why = "COUNT_EVENTS is not one a frame";
	pair.stop();
	report("one_interrupt_a_frame_after_its_record_is_in_memory", pair, why);
}

void commit_waits()
{
	Pair pair(test_seed());
	std::string why;
	std::vector<Beat> beats;

	pair.start(64, 48, 256);
	pair.settings.plates = pair.settings.movers = false;
	pair.commit();
	beats = frame_beats(noise(pair.bench.random, 64, 48), 64, 48);
	for (size_t i = 0; i < beats.size(); i++) {
		if (i == 1500) {	// in the middle of a frame
			pair.settings.mask[0] = { 0, 64, 0, 48 };
			pair.commit();
		}
		pair.beat(beats[i]);
	}
	pair.settle();
	if (!(pair.bench.read(QYRAN_REG_COMMIT_STATE) & 1))
		why = "taken inside a frame";
	play_noise(pair);
	pair.settle();
	if (pair.bench.read(QYRAN_REG_COMMIT_STATE) & 1)
		why = "not taken at the next frame";
	if (pair.bench.memory[Pair::SlotSpacing * 0 + 100] != 16 && pair.bench.memory[Pair::SlotSpacing + 100] != 16)
		why = "the mask has no effect";
	pair.stop();
	report("settings_are_taken_together_at_the_next_frame", pair, why);
}

void test_picture()
{
	Pair pair(test_seed());
	std::string why;
	unsigned n = 0;

	pair.settings.test_pattern = true;
	pair.settings.watch[2] = { 8, 40, 4, 40 };
	pair.lossy = true;	// the stamps are compared one by one below
	pair.commit();
	pair.start(72, 48, 256);
	for (unsigned i = 0; i < 120000; i++)
		pair.bench.tick();
	pair.bench.write(QYRAN_REG_CONTROL, 0);
	pair.bench.drain();
	const uint32_t producer = pair.bench.read(QYRAN_REG_RING_PRODUCER);

	// The model with the stamps that the logic gave.
	for (uint32_t at = 0; at < producer;) {
		qyran_record_header header;

		memcpy(&header, &pair.bench.memory[Pair::RingBase - Bench::MemoryBase + at], sizeof(header));
		at += header.length;
		if (header.type != QYRAN_RECORD_FRAME || header.frame != n)
			continue;
		const qyran_model_moment moment = { header.time_ns, 0, 0, false, 0, 0, 0 };

		if (at == producer)
			break;	// cut by the stop
		qyran_model_test_frame(pair.model, n++, &moment);
	}
	pair.lossy = false;
	while (pair.logic.size())
		pair.logic.pop_front();
	pair.take = false;
	pair.harvest();
	if (n < 3 || pair.compared < 3)
		why = "only " + std::to_string(n) + " frames";
	if (pair.wrong == "the logic has records that the model has not")
		pair.wrong.clear();	// those of the frame that the stop cut
	report("the_test_pattern_runs_without_a_sensor_and_equals_the_model", pair, why);
}

void clock_commands()
{
	Pair pair(test_seed());
	std::string why;
	const uint64_t epoch = 1767225637000000000u;

	command(pair, QYRAN_CLOCK_CONTROL_SET_SHIFT, epoch);
	uint64_t a = latched(pair);

	if (a < epoch || a > epoch + 10000)
		why = "SET does not set";
	a = pair.bench.now();
	command(pair, QYRAN_CLOCK_CONTROL_ADJUST_SHIFT, static_cast<uint64_t>(-5000000));
	if (pair.bench.now() > a - 5000000 + 10000 || pair.bench.now() < a - 5000000)
		why = "ADJUST does not adjust";
	if (pair.bench.read(QYRAN_REG_CLOCK_STEPS) != 2)
		why = "CLOCK_STEPS is not 2";

	// 30,000 clocks of 150 MHz are 200 us, of the rate 5.5 are 165 us
	a = pair.bench.now();
	pair.bench.idle(30000);
	if (pair.bench.now() - a != 200000)
		why = "30,000 clocks are " + std::to_string(pair.bench.now() - a) + " ns";
	pair.bench.write(QYRAN_REG_CLOCK_RATE_FRACTION, 0);
	pair.bench.write(QYRAN_REG_CLOCK_RATE, 0x05800000);
	while (pair.bench.read(QYRAN_REG_CLOCK_STATE))
		;
	a = pair.bench.now();
	pair.bench.idle(30000);
	if (pair.bench.now() - a != 165000)
		why = "at another rate 30,000 clocks are " + std::to_string(pair.bench.now() - a) + " ns";
	if (pair.bench.read(QYRAN_REG_CLOCK_STEPS) != 2)
		why = "a change of rate counts as a step";
	report("the_clock_is_set_adjusted_and_tuned", pair, why);
}

void stamps()
{
	Pair pair(test_seed());
	std::string why;
	const uint64_t t = 1767225637123456789u;

	pair.start(64, 48, 256);
	play_noise(pair);
	pair.settle();
	// as the simulated board does: the counter is put to a frame's time just before its first pixel
	std::vector<Beat> beats = frame_beats(noise(pair.bench.random, 64, 48), 64, 48);

	pair.bench.idle(100);
	pair.bench.set_now(t);
	pair.play(beats);
	pair.bench.drain();
	const uint32_t producer = pair.bench.read(QYRAN_REG_RING_PRODUCER);
	qyran_record_header header;

	memcpy(&header, &pair.bench.memory[Pair::RingBase - Bench::MemoryBase + producer - 192], sizeof(header));
	if (header.time_ns != t)
		why = "stamped " + std::to_string(header.time_ns);
	pair.harvest();
	command(pair, QYRAN_CLOCK_CONTROL_ADJUST_SHIFT, 1);
	pair.bench.write(QYRAN_REG_CLOCK_FLAGS, 1);
	pair.bench.write(QYRAN_REG_SENSOR_EXPOSURE, 1234567);
	pair.bench.write(QYRAN_REG_SENSOR_LINE, 4321);
	pair.bench.write(QYRAN_REG_SENSOR_GAIN, 777);
	pair.lossy = false;
	for (size_t i = 0; i < beats.size(); i++)
		pair.bench.beat(beats[i]);
	pair.bench.drain();
	qyran_frame_info info;

	memcpy(&info, &pair.bench.memory[Pair::RingBase - Bench::MemoryBase + pair.bench.read(QYRAN_REG_RING_PRODUCER) - 128], sizeof(info));
	if (info.clock_steps != 1 || info.flags & QYRAN_FRAME_UNSYNCED || info.exposure_ns != 1234567 || info.line_ns != 4321 || info.gain_mb != 777)
		why = "FRAME does not tell of clock and sensor";
	report("a_frame_is_stamped_with_the_time_of_its_first_pixel", pair, why);
}

void clock_ratios()
{
	std::string why;
	Pair pair(test_seed());

	for (unsigned ratio = 1; ratio <= 5; ratio++) {
		pair.bench.axil_every = 6 - ratio;
		pair.bench.time_every = ratio;
		pair.bench.idle(100);
		pair.start(64, 48, 256);
		for (unsigned n = 0; n < 2; n++) {
			pair.bench.idle(200);
			const uint64_t before = pair.bench.now();

			pair.play(frame_beats(noise(pair.bench.random, 64, 48), 64, 48));
			pair.bench.drain();
			qyran_record_header header;

			memcpy(&header, &pair.bench.memory[Pair::RingBase - Bench::MemoryBase + pair.bench.read(QYRAN_REG_RING_PRODUCER) - 192], sizeof(header));
			// two clocks of 6.67 ns either way
			if (header.type != QYRAN_RECORD_FRAME || header.frame != n || header.time_ns + 14 < before || header.time_ns > before + 14)
				why = "with " + std::to_string(ratio) + " video clocks to one of time, stamped " + std::to_string(header.time_ns) + " at " +
				      std::to_string(before);
			pair.logic.clear();
			pair.expected.clear();
		}
		pair.bench.write(QYRAN_REG_CONTROL, 0);
		qyran_model_stop(pair.model);
		pair.bench.idle(2000);
		if (!(pair.bench.read(QYRAN_REG_STATE) & 1))
			why = "never idle";
	}
	report("clocks_of_any_ratio_work_and_stamps_stay_within_two_clocks", pair, why);
}

void pps()
{
	Pair pair(test_seed());
	std::string why;

	pair.bench.write(QYRAN_REG_IRQ_ENABLE, 1u << QYRAN_IRQ_STATUS_PPS_SHIFT);
	pair.bench.idle(1000);
	const uint64_t edge = pair.bench.now();

	pair.bench.pps(true);
	pair.bench.idle(200);
	pair.bench.pps(false);
	pair.bench.idle(200);
	const uint64_t time = pair.bench.read(QYRAN_REG_PPS_LO) | static_cast<uint64_t>(pair.bench.read(QYRAN_REG_PPS_HI)) << 32;

	if (time != edge)
		why = "edge at " + std::to_string(edge) + ", latched " + std::to_string(time);
	if (!pair.bench.irq())
		why = "no interrupt";
	report("a_pps_edge_is_latched", pair, why);
}

void restart_while_video_runs()
{
	Pair pair(test_seed());
	std::string why;

	pair.start(64, 48, 256);
	for (unsigned n = 0; n < 20; n++) {
		play_noise(pair);
		pair.stop();
		if (pair.frames.size() != 1)
			why = "STOP did not drain the frame";
		pair.start(64, 48, 256);
		if (pair.bench.read(QYRAN_REG_RING_PRODUCER) != 0)
			why = "RUN does not empty the ring";
	}
	pair.stop();
	report("stop_drains_then_idles_then_runs_again", pair, why);
}

} // namespace

int main()
{
	test_registers();
	masks();
	limits();
	slot_outside();
	bus_errors("a_bus_error_on_a_frame_loses_its_pixels", 6, 0);
	bus_errors("a_bus_error_on_a_cut_loses_that_record", 0, 14);
	ring_fills();
	interrupts();
	commit_waits();
	test_picture();
	clock_commands();
	stamps();
	clock_ratios();
	pps();
	restart_while_video_runs();
	return test_status();
}
