/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a table of CUnit cases and prints `ok NAME` or `not ok NAME: why` for each. */
#ifndef QYRAN_TESTS_CASES_H
#define QYRAN_TESTS_CASES_H

#include <CUnit/Basic.h>
#include <CUnit/TestRun.h>
#include <stdio.h>

struct test_case {
	const char *name;	/* what happens to the user */
	void (*run)(void);
};

static void test_case_report(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failure)
{
	(void)suite;
	if (!failure)
		printf("ok %s\n", test->pName);
	else
		printf("not ok %s: %s at %s:%u\n", test->pName, failure->strCondition, failure->strFileName, failure->uiLineNumber);
	fflush(stdout);
}

/** test_cases_run() - runs @count cases of @table as one suite. Returns the exit status of main(). */
static inline int test_cases_run(const char *suite_name, const struct test_case *table, size_t count)
{
	CU_pSuite suite;

	if (CU_initialize_registry() != CUE_SUCCESS || !(suite = CU_add_suite(suite_name, NULL, NULL)))
		return 2;
	for (size_t i = 0; i < count; i++)
		if (!CU_add_test(suite, table[i].name, table[i].run))
			return 2;
	CU_set_test_complete_handler(test_case_report);
	CU_run_all_tests();
	unsigned int failed = CU_get_number_of_tests_failed();
	CU_cleanup_registry();
	return failed ? 1 : 0;
}

#endif
