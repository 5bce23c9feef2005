// SPDX-License-Identifier: Apache-2.0
// Every register as regs.def says: reset value, what writing changes, what is not there; and a video clock that stands.
#include "tests/rtl/cases.hpp"

#include <qyran/regs.h>

#include <cstring>
#include <map>

namespace {

struct Field {
	const char *reg;
	uint32_t offset, count, stride;
	const char *name;
	uint32_t lsb, width;
	const char *access;
	uint32_t reset;
};

const Field fields[] = {
#define QYRAN_FIELD(reg, offset, field, lsb, width, access, reset, text) { #reg, offset, 1, 0, #field, lsb, width, #access, reset },
#define QYRAN_ARRAY(reg, offset, count, stride, field, lsb, width, access, reset, text) { #reg, offset, count, stride, #field, lsb, width, #access, reset },
#include "hw/regs.def"
#undef QYRAN_FIELD
#undef QYRAN_ARRAY
};

struct Register {
	std::string name;
	uint32_t reset = 0, writable = 0;
	bool moves = false;	// changes by itself, or writing acts
};

std::map<uint32_t, Register> registers()
{
	std::map<uint32_t, Register> all;

	for (const Field &field : fields)
		for (uint32_t i = 0; i < field.count; i++) {
			Register &one = all[field.offset + i * field.stride];
			const uint32_t mask = field.width == 32 ? 0xffffffffu : (1u << field.width) - 1u;

			one.name = field.reg;
			one.reset |= field.reset << field.lsb;
			if (!strcmp(field.access, "RW"))
				one.writable |= mask << field.lsb;
			if (!strcmp(field.reg, "CONTROL"))
				one.moves = true;
		}
	return all;
}

std::string hex(uint32_t value)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%x", value);
	return text;
}

} // namespace

void test_registers()
{
	const std::map<uint32_t, Register> all = registers();
	std::string why;
	Pair pair(test_seed());

	for (const auto &[offset, one] : all)
		if (const uint32_t value = pair.bench.read(offset); value != one.reset && why.empty())
			why = one.name + " at " + hex(offset) + " is " + hex(value) + " after reset, not " + hex(one.reset);
	report("registers_hold_their_reset_values", pair, why);

	why.clear();
	for (uint32_t pattern : { 0xffffffffu, 0x5aa5c33cu, 0u })
		for (const auto &[offset, one] : all) {
			if (one.moves || (!one.writable && one.reset == 0 && one.name.find("CONTROL") != std::string::npos))
				continue;
			pair.bench.write(offset, pattern);
			const uint32_t value = pair.bench.read(offset), want = (pattern & one.writable) | (one.writable ? 0 : one.reset);
			// What is written acts here; tested by name elsewhere.
			const bool acts = one.name == "SLOT_GIVE" || one.name == "SLOT_STATE" || one.name == "COMMIT" || one.name == "COMMIT_STATE" ||
					  one.name == "CLOCK_STATE";

			if (!acts && value != want && why.empty())
				why = one.name + " at " + hex(offset) + " reads " + hex(value) + " after " + hex(pattern) + ", not " + hex(want);
		}
	report("writing_changes_only_what_may_be_written", pair, why);

	why.clear();
	for (uint32_t offset = 0; offset < 0x20000; offset += offset % 0x10000 < 0x400 ? 4 : 0x7f4)
		if (!all.count(offset)) {
			pair.bench.write(offset, 0xffffffffu);
			if (pair.bench.read(offset) && why.empty())
				why = "something at " + hex(offset);
		}
	for (const auto &[offset, one] : all)
		if (one.name == "SIZE" && pair.bench.read(offset) != 0 && why.empty())
			why = "SIZE was changed through an address without a register";
	report("addresses_without_a_register_read_0_and_take_nothing", pair, why);

	pair.bench.video_clock = false;
	why = pair.bench.read_fails(QYRAN_REG_ID) ? "" : "no error";
	pair.bench.video_clock = true;
	pair.bench.idle(100);
	if (pair.bench.read(QYRAN_REG_ID) != QYRAN_ID_RESET)
		why = "ID is wrong when the clock is back";
	report("a_video_clock_that_stands_gives_an_error_and_no_hang", pair, why);
}
