// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl/cases.hpp"

#include <cstdio>
#include <cstdlib>

static int failures;

uint64_t test_seed()
{
	const char *text = getenv("SEED");

	return text ? strtoull(text, nullptr, 10) : 1;
}

void report(const char *name, Pair &pair, const std::string &why)
{
	if (pair.good() && why.empty()) {
		printf("ok %s\n", name);
	} else {
		printf("not ok %s: %s\n", name, pair.wrong.empty() ? why.c_str() : pair.wrong.c_str());
		failures++;
	}
	fflush(stdout);
}

int test_status()
{
	return failures ? 1 : 0;
}
