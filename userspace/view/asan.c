/* SPDX-License-Identifier: Apache-2.0 */
/* For checked builds: fontconfig keeps its cache to the end of the process, which is no leak of ours. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

const char *__lsan_default_options(void);

const char *__lsan_default_options(void)
{
	return "print_suppressions=0";
}
