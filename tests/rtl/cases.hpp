// SPDX-License-Identifier: Apache-2.0
// One line a case, as tests/run wants it.
#ifndef QYRAN_TESTS_RTL_CASES_HPP
#define QYRAN_TESTS_RTL_CASES_HPP

#include "tests/rtl/pair.hpp"

#include <cstdint>
#include <string>

uint64_t test_seed();

// @why: what is wrong, empty when nothing is; what @pair found wrong comes first.
void report(const char *name, Pair &pair, const std::string &why = "");

int test_status();

// Cases of registers_test.cpp.
void test_registers();

#endif
