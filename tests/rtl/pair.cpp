// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/pair.hpp"

extern "C" {
#include "hw/model/crc32c.h"
}
#include <qyran/regs.h>

#include <cstdio>
#include <cstring>

namespace {

void keep(void *context, const void *record, size_t length)
{
	const uint8_t *bytes = static_cast<const uint8_t *>(record);

	static_cast<std::deque<Bytes> *>(context)->emplace_back(bytes, bytes + length);
}

const qyran_record_header &header_of(const Bytes &record)
{
	return *reinterpret_cast<const qyran_record_header *>(record.data());
}

qyran_frame_info info_of(const Bytes &record)
{
	qyran_frame_info info;

	memcpy(&info, record.data() + sizeof(qyran_record_header), sizeof(info));
	return info;
}

uint32_t records_of(const qyran_frame_info &info)
{
	return 0u + info.movers + info.drop_movers + info.regions + info.drop_regions + info.watches + info.drop_watches;
}

// A count that the logic states for one of the model's.
bool stated(uint32_t have, uint32_t want, bool unfinished)
{
	return have == want || (unfinished && have == 1);
}

template<typename T> T &part(Bytes &record, size_t at)
{
	return *reinterpret_cast<T *>(record.data() + at);
}

void seal(Bytes &record)
{
	part<qyran_record_header>(record, 0).header_crc = qyran_model_crc32c(record.data(), 60);
	part<qyran_record_trailer>(record, record.size() - 64).payload_crc = qyran_model_crc32c(record.data() + 64, record.size() - 128);
}

uint32_t box_x(const qyran_model_box &box)
{
	return box.x0 | static_cast<uint32_t>(box.x1) << 16;
}

uint32_t box_y(const qyran_model_box &box)
{
	return box.y0 | static_cast<uint32_t>(box.y1) << 16;
}

} // namespace

Pair::Pair(uint64_t seed, uint64_t slot_spacing)
	: bench(seed), spacing(slot_spacing), model(qyran_model_new(keep, &expected)), model_slots_(Bench::Slots, Bytes(slot_spacing))
{
	for (unsigned i = 0; i < Bench::Slots; i++)
		qyran_model_slot(model, i, model_slots_[i].data());
}

Pair::~Pair()
{
	qyran_model_free(model);
}

void Pair::fail(const std::string &what)
{
	if (wrong.empty())
		wrong = what;
}

void Pair::commit()
{
	const qyran_model_settings &s = settings;

	bench.write(QYRAN_REG_MODE, s.test_pattern << QYRAN_MODE_TEST_PATTERN_SHIFT | s.mono << QYRAN_MODE_MONO_SHIFT | s.plates << QYRAN_MODE_PLATES_SHIFT |
				    s.movers << QYRAN_MODE_MOVERS_SHIFT);
	bench.write(QYRAN_REG_PLATE_EDGE, s.plate_edge);
	bench.write(QYRAN_REG_PLATE_COUNT, s.plate_k);
	bench.write(QYRAN_REG_PLATE_SCORE, s.plate_score);
	bench.write(QYRAN_REG_PLATE_MARGIN, s.plate_margin_x << QYRAN_PLATE_MARGIN_X_SHIFT | s.plate_margin_y << QYRAN_PLATE_MARGIN_Y_SHIFT);
	bench.write(QYRAN_REG_MOVER_LEVEL, s.mover_level);
	bench.write(QYRAN_REG_MOVER_CELLS, s.mover_cells);
	bench.write(QYRAN_REG_MOVER_HOLD, s.mover_hold);
	for (uint32_t i = 0; i < 16; i++) {
		bench.write(QYRAN_REG_ROI_X + i * QYRAN_ROI_X_STRIDE, box_x(s.roi[i]));
		bench.write(QYRAN_REG_ROI_Y + i * QYRAN_ROI_Y_STRIDE, box_y(s.roi[i]));
		bench.write(QYRAN_REG_MASK_X + i * QYRAN_MASK_X_STRIDE, box_x(s.mask[i]));
		bench.write(QYRAN_REG_MASK_Y + i * QYRAN_MASK_Y_STRIDE, box_y(s.mask[i]));
	}
	for (uint32_t i = 0; i < 4; i++) {
		bench.write(QYRAN_REG_WATCH_X + i * QYRAN_WATCH_X_STRIDE, box_x(s.watch[i]));
		bench.write(QYRAN_REG_WATCH_Y + i * QYRAN_WATCH_Y_STRIDE, box_y(s.watch[i]));
	}
	bench.write(QYRAN_REG_COMMIT, 1);
	const bool clamped = qyran_model_commit(model, &settings);
	const uint32_t state = bench.read(QYRAN_REG_COMMIT_STATE);	// answered when the copy is complete

	if ((state >> QYRAN_COMMIT_STATE_CLAMPED_SHIFT & 1) != clamped)
		fail("CLAMPED after COMMIT differs");
	if (!(state >> QYRAN_COMMIT_STATE_PENDING_SHIFT & 1))
		fail("a commit is not pending");
}

void Pair::start(uint16_t w, uint16_t h, uint16_t bytes)
{
	for (uint32_t i = 0; i < Bench::Slots; i++) {
		const uint64_t address = Bench::MemoryBase + i * spacing;

		bench.write(QYRAN_REG_SLOT_BASE_LO + i * QYRAN_SLOT_BASE_LO_STRIDE, static_cast<uint32_t>(address));
		bench.write(QYRAN_REG_SLOT_BASE_HI + i * QYRAN_SLOT_BASE_HI_STRIDE, static_cast<uint32_t>(address >> 32));
	}
	bench.write(QYRAN_REG_RING_BASE_LO, static_cast<uint32_t>(RingBase));
	bench.write(QYRAN_REG_RING_BASE_HI, static_cast<uint32_t>(RingBase >> 32));
	bench.write(QYRAN_REG_RING_SIZE, ring_size);
	bench.write(QYRAN_REG_SIZE, w | static_cast<uint32_t>(h) << 16);
	bench.write(QYRAN_REG_STRIDE, bytes);
	bench.write(QYRAN_REG_CONTROL, 1);
	const bool clamped = qyran_model_start(model, w, h, bytes, &width, &height, &stride);

	if ((bench.read(QYRAN_REG_STATE) >> QYRAN_STATE_CLAMPED_SHIFT & 1) != clamped)
		fail("CLAMPED after RUN differs");
	bench.write(QYRAN_REG_SLOT_GIVE, slots);
	qyran_model_give(model, lossy ? 0xffff : slots);	// what the logic then has not is a loss to be counted
	consumer_ = 0;
	back_logic_ = back_model_ = 0;
	frames.clear();
	dropped = 0;
	unfinished = frames_lost = 0;
	ahead_ = ahead_next_ = 0;
	frame_ = UINT64_MAX;
	adrift_ = unfinished_now_ = false;
}

void Pair::stop()
{
	bench.idle(50);
	bench.write(QYRAN_REG_CONTROL, 0);
	qyran_model_stop(model);
	for (unsigned i = 0; i < 200000 && !(bench.read(QYRAN_REG_STATE) >> QYRAN_STATE_IDLE_SHIFT & 1); i++)
		;
	if (!(bench.read(QYRAN_REG_STATE) >> QYRAN_STATE_IDLE_SHIFT & 1))
		fail("never idle");
	if (!bench.quiet())
		fail("idle with bursts under way");
	harvest();
}

void Pair::beat(const Beat &beat)
{
	while (pause && bench.random.chance(pause))
		bench.tick();
	if (++since_pins_ == 1000) {
		pins_ = static_cast<uint8_t>(bench.random.next());
		bench.pins(pins_);
		bench.idle(4);
		since_pins_ = 0;
	}
	const qyran_model_moment moment = { bench.now(), clock_steps_, pins_, false, 0, 0, 0 };

	bench.beat(beat);
	if (bench.movers_unfinished)
		qyran_model_unfinished(model);
	bench.movers_unfinished = false;
	if (qyran_model_beat(model, beat.data, beat.user, beat.last, &moment))
		fail("the model has no memory");
}

void Pair::play(const std::vector<Beat> &beats)
{
	for (const Beat &one : beats)
		beat(one);
}

void Pair::check(const Bytes &record)
{
	const qyran_record_header &header = header_of(record);
	const qyran_record_trailer &trailer = *reinterpret_cast<const qyran_record_trailer *>(record.data() + record.size() - 64);

	if (header.magic != QYRAN_RECORD_MAGIC || header.version != QYRAN_RECORD_VERSION || trailer.magic != QYRAN_TRAILER_MAGIC)
		fail("a record without its magic numbers");
	if (header.header_crc != qyran_model_crc32c(&header, 60))
		fail("a header with a wrong CRC");
	if (trailer.payload_crc != qyran_model_crc32c(record.data() + 64, record.size() - 128))
		fail("a payload with a wrong CRC");
	for (uint8_t byte : trailer.reserved)
		if (byte)
			fail("a trailer whose reserved bytes are not 0");
}

void Pair::harvest()
{
	const uint32_t producer = bench.read(QYRAN_REG_RING_PRODUCER);
	auto byte = [&](uint32_t position) { return bench.memory[RingBase - Bench::MemoryBase + (position & (ring_size - 1))]; };

	if (producer - consumer_ > ring_size) {
		fail("the ring holds more than it can");
		return;
	}
	while (consumer_ != producer) {
		uint32_t length = 0;

		for (unsigned i = 0; i < 4; i++)
			length |= static_cast<uint32_t>(byte(consumer_ + 8 + i)) << 8 * i;
		if (length < 192 || length % 64 || length > producer - consumer_) {
			fail("a record of impossible length " + std::to_string(length));
			return;
		}
		Bytes record(length);

		for (uint32_t i = 0; i < length; i++)
			record[i] = byte(consumer_ + i);
		consumer_ += length;
		check(record);
		logic.push_back(record);
	}
	if (take)
		bench.write(QYRAN_REG_RING_CONSUMER, consumer_);
	compare();
}

void Pair::compare_pixels(const qyran_frame_info &logic_info, const qyran_frame_info &model_info)
{
	const uint8_t *a = &bench.memory[logic_info.slot * spacing], *b = model_slots_[model_info.slot].data();

	for (uint32_t y = 0; y < height; y++)
		if (memcmp(a + y * stride, b + y * stride, width * 2u)) {
			fail("pixels of slot " + std::to_string(logic_info.slot) + " differ in line " + std::to_string(y));
			return;
		}
	pixels_compared += static_cast<uint64_t>(width) * height;
}

// Finds how far the logic's sequence numbers of a frame are from the model's.
void Pair::align(uint64_t frame)
{
	const Bytes *a = nullptr, *b = nullptr;

	ahead_ = ahead_next_;
	unfinished_now_ = false;
	for (const Bytes &record : logic)
		if (header_of(record).type == QYRAN_RECORD_FRAME && header_of(record).frame == frame)
			a = &record;
	for (const Bytes &record : expected)
		if (header_of(record).type == QYRAN_RECORD_FRAME && header_of(record).frame == frame)
			b = &record;
	if (!b)
		fail("a frame of the model that does not end");
	if (!a || !b) {
		adrift_ = true;
		frames_lost++;
		return;
	}
	const uint32_t have = records_of(info_of(*a)), want = records_of(info_of(*b));
	const int64_t ahead_end = static_cast<int64_t>(header_of(*b).sequence - header_of(*a).sequence);

	ahead_ = ahead_end - (static_cast<int64_t>(want) - have);
	if (ahead_ != ahead_next_ && !adrift_)
		fail("sequence numbers and losses of frame " + std::to_string(frame) + " do not add up");
	ahead_next_ = ahead_end;
	adrift_ = false;
	unfinished_now_ = info_of(*a).flags & QYRAN_FRAME_UNFINISHED;
	unfinished += unfinished_now_;
}

// Apart from what was dropped whole.
bool Pair::same_frame(const Bytes &logic_record, const Bytes &model_record)
{
	qyran_frame_info a = info_of(logic_record), b = info_of(model_record);

	if (!stated(0u + a.movers + a.drop_movers, 0u + b.movers + b.drop_movers, unfinished_now_) ||
	    !stated(0u + a.regions + a.drop_regions, 0u + b.regions + b.drop_regions, unfinished_now_) ||
	    a.watches + a.drop_watches != b.watches + b.drop_watches)
		return false;
	if (unfinished_now_)
		a.flags &= ~QYRAN_FRAME_UNFINISHED;
	a.movers = a.regions = a.watches = a.drop_movers = a.drop_regions = a.drop_watches = 0;
	b.movers = b.regions = b.watches = b.drop_movers = b.drop_regions = b.drop_watches = 0;
	a.slot = b.slot = 0;
	return memcmp(&a, &b, sizeof(a)) == 0 && memcmp(logic_record.data(), model_record.data(), sizeof(qyran_record_header)) == 0;
}

void Pair::compare()
{
	while (!expected.empty()) {
		Bytes &want = expected.front();
		const uint16_t type = header_of(want).type;

		if (hurried) {
			const uint64_t frame = header_of(want).frame;

			if (frame != frame_)
				align(frame);
			frame_ = frame;
			part<qyran_record_header>(want, 0).sequence -= static_cast<uint64_t>(type < QYRAN_RECORD_WATCH ? ahead_ : ahead_next_);
			seal(want);
		}
		const bool missing = logic.empty() || (unfinished_now_ && type < QYRAN_RECORD_WATCH) ||
				     header_of(logic.front()).sequence != header_of(want).sequence;
		const std::string name = "record " + std::to_string(header_of(want).sequence) + " of type " + std::to_string(type);

		if (type == QYRAN_RECORD_FRAME && info_of(want).slot != QYRAN_SLOT_NONE)
			back_model_ |= static_cast<uint16_t>(1u << info_of(want).slot);
		if (missing && !lossy) {
			fail(logic.empty() ? name + " is missing" : name + " is not next");
			break;
		}
		if (missing) {
			dropped++;
			expected.pop_front();
			continue;
		}
		const Bytes &have = logic.front();

		if (type == QYRAN_RECORD_FRAME) {
			const qyran_frame_info a = info_of(have), b = info_of(want);

			if (lossy ? !same_frame(have, want) : have != want)
				fail(name + " differs");
			if (a.slot != QYRAN_SLOT_NONE) {
				back_logic_ |= static_cast<uint16_t>(1u << a.slot);
				if (b.slot != QYRAN_SLOT_NONE)
					compare_pixels(a, b);
			}
			frames.push_back(a);
		} else if (have != want) {
			size_t at = 0;

			while (at < have.size() && at < want.size() && have[at] == want[at])
				at++;
			fail(name + " differs at byte " + std::to_string(at) + " of " + std::to_string(want.size()));
		}
		compared++;
		logic.pop_front();
		expected.pop_front();
	}
	if (!logic.empty())
		fail("the logic has records that the model has not");
	if (take) {
		bench.write(QYRAN_REG_SLOT_GIVE, back_logic_);
		qyran_model_give(model, back_model_);
		back_logic_ = back_model_ = 0;
	}
}

Counts Pair::counts()
{
	return { bench.read(QYRAN_REG_COUNT_FRAMES), bench.read(QYRAN_REG_COUNT_DAMAGED), bench.read(QYRAN_REG_COUNT_LINES_SHORT),
		 bench.read(QYRAN_REG_COUNT_LINES_LONG), bench.read(QYRAN_REG_COUNT_LINES_MISSING), bench.read(QYRAN_REG_COUNT_RECORDS),
		 bench.read(QYRAN_REG_COUNT_DROP_FRAMES), bench.read(QYRAN_REG_COUNT_DROP_REGIONS), bench.read(QYRAN_REG_COUNT_DROP_MOVERS),
		 bench.read(QYRAN_REG_COUNT_DROP_WATCHES), bench.read(QYRAN_REG_COUNT_DROP_RECORDS) };
}

bool Pair::good()
{
	if (!bench.faults.empty())
		fail(bench.faults.front());
	return wrong.empty();
}

std::vector<Beat> frame_beats(const Bytes &yuyv, uint16_t width, uint16_t height)
{
	std::vector<Beat> beats;

	for (uint32_t i = 0; i < static_cast<uint32_t>(width) * height; i++)
		beats.push_back({ static_cast<uint16_t>(yuyv[2 * i] | yuyv[2 * i + 1] << 8), i == 0, i % width == width - 1u });
	return beats;
}

Bytes noise(Random &random, uint16_t width, uint16_t height)
{
	Bytes picture(2u * width * height);

	for (uint8_t &byte : picture)
		byte = static_cast<uint8_t>(random.next());
	return picture;
}

Bytes road(Random &random, uint16_t width, uint16_t height, unsigned n, unsigned cars)
{
	Bytes picture(2u * width * height);
	auto set = [&](uint32_t x, uint32_t y, uint32_t luma, uint32_t chroma) {
		if (x >= width || y >= height)
			return;
		picture[2 * (y * width + x)] = static_cast<uint8_t>(luma);
		picture[2 * (y * width + x) + 1] = static_cast<uint8_t>(chroma);
	};

	for (uint32_t y = 0; y < height; y++)
		for (uint32_t x = 0; x < width; x++)
			set(x, y, 90 + y * 40 / height + random.below(6), 128);
	for (unsigned car = 0; car < cars; car++) {
		const uint32_t w = width / 4, h = height / 4, x0 = (car * 2 + 1) * width / (2 * cars + 2), y0 = (n * 6 + car * height / 3) % height;
		const uint32_t plate_w = w / 2, plate_h = plate_w / 4, px = x0 + w / 4, py = y0 + h / 2;

		for (uint32_t y = 0; y < h; y++)
			for (uint32_t x = 0; x < w; x++)
				set(x0 + x, y0 + y, 30 + car * 40, 100 + 30 * (x % 2));
		for (uint32_t y = 0; y < plate_h; y++)
			for (uint32_t x = 0; x < plate_w; x++) {
				const bool stroke = y > 1 && y + 2 < plate_h && x > 1 && x + 2 < plate_w && (x / 3 + car) % 2;

				set(px + x, py + y, stroke ? 20 : 230, 128);
			}
	}
	return picture;
}
