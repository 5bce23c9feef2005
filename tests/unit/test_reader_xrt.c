/* SPDX-License-Identifier: Apache-2.0 */
/* The reader through Debian's libxrt, on the emulated device; run by tests/system/xrt_test. */
#include "xrt_rig.h"

#include <hw/hls/plate_kernel.h>
#include <hw/hls/training/crop.h>
#include <limits.h>
#include <qyrand/monotonic.h>
#include <qyrand/reader_process.h>
#include <signal.h>
#include <sim/scene/random.h>
#include <stdlib.h>
#include <string.h>

#define RANDOM_INPUTS 200
#define RENDERED_INPUTS 100
#define EMULATOR "sim/xrt/emulate"

static char xclbin[PATH_MAX];

/* How many inputs give other sums than the processor's, with nobody to put them right; negative: the process failed. */
static int count_differing(const char *fault)
{
	static struct crop crop;
	struct reader_process *process;
	struct reader_message message;
	struct reader_shared *shared;
	struct qyran_formats *formats;
	char why[512] = "";
	int differing = 0, rc;
	pid_t id;

	setenv("QYRAN_DEVICE_FAULT", fault, 1);
	CU_ASSERT_EQUAL_FATAL(qyran_formats_open("userspace/formats", &formats, why, sizeof(why)), 0);
	CU_ASSERT_EQUAL_FATAL(reader_process_begin(EMULATOR, xclbin, PLATE_KERNEL_NAME, &process, why, sizeof(why)), 0);
	shared = reader_process_shared(process);
	rc = reader_process_hear(process, RIG_PATIENT, &message, why, sizeof(why));
	for (int i = 0; i < RANDOM_INPUTS + RENDERED_INPUTS && rc == 0 && message.type == READER_READY; i++) {
		rig_random_input();
		if (i >= RANDOM_INPUTS) {
			CU_ASSERT_EQUAL_FATAL(crop_render(&(struct crop_wish){ .format = crop_format(formats, &rig.random), .light = CROP_DAY }, &rig.random, &crop), 0);
			plate_prepare(crop.yuyv, (uint32_t)crop.width, (uint32_t)crop.height, (uint32_t)crop.width * 2, rig.input);
		}
		reader_backend_run(rig.cpu, rig.input, rig.wanted);
		memcpy(shared->input, rig.input, sizeof(rig.input));
		memset(shared->sums, 0x55, sizeof(shared->sums));
		rc = reader_process_ask(process, RIG_PATIENT, why, sizeof(why));
		differing += memcmp(shared->sums, rig.wanted, sizeof(rig.wanted)) != 0;
	}
	if (rc || message.type != READER_READY)
		printf("# %s%s\n", why, rc ? "" : message.text);
	id = reader_process_end(process);
	CU_ASSERT(!id || rig_group_is_gone(id));
	qyran_formats_close(formats);
	return rc || message.type != READER_READY ? -1 : differing;
}

static void emulated_gives_the_processors_bits(void)
{
	CU_ASSERT_EQUAL(count_differing("sound"), 0);
}

static void emulated_with_one_weight_changed(void)
{
	CU_ASSERT(count_differing("weight") > 0);
	rig_begin(EMULATOR, xclbin, PLATE_KERNEL_NAME, "weight", RIG_PATIENT, 60000);
	rig_read_until_settled(0);
	rig_read_once();
	CU_ASSERT_EQUAL(reader_xrt_count(rig.xrt).differed, 1);
	rig_expect_one_failure("differ from the processor's");
	rig_end(0);
}

static pid_t emulated_begin(uint32_t answer_ms, uint32_t retry_ms)
{
	for (int tries = answer_ms == RIG_PROMPT ? RIG_TRIES : 1;; tries--) {
		rig_begin(EMULATOR, xclbin, PLATE_KERNEL_NAME, "sound", answer_ms, retry_ms);
		rig_read_until_settled(0);
		if (reader_xrt_count(rig.xrt).working || tries == 1)
			break;
		rig_end(0);
	}
	CU_ASSERT_FATAL(reader_xrt_count(rig.xrt).working);
	return reader_xrt_count(rig.xrt).process;
}

static void emulated_reads_all(void)
{
	pid_t process = emulated_begin(RIG_PATIENT, 60000);
	struct reader_xrt_counts counts;
	uint64_t took = 0;

	for (int i = 0; i < 100; i++) {
		uint64_t began = qyran_monotonic_ns();

		reader_backend_run(rig.xrt, rig.input, rig.sums);
		took += qyran_monotonic_ns() - began;
		reader_backend_run(rig.cpu, rig.input, rig.wanted);
		CU_ASSERT_EQUAL(memcmp(rig.sums, rig.wanted, sizeof(rig.sums)), 0);
		rig_random_input();
	}
	printf("# %.2f ms a read\n", (double)took / 1e8);
	counts = reader_xrt_count(rig.xrt);
	CU_ASSERT_EQUAL(counts.accelerator, 101);	/* with the one that found it ready */
	CU_ASSERT_EQUAL(counts.failures, 0);
	CU_ASSERT_EQUAL(rig_count_lines("the accelerator reads"), 1);
	CU_ASSERT_EQUAL(rig_count_lines(""), 1);
	rig_end(process);
}

static void emulated_is_sent(int signal, const char *line)
{
	do {
		pid_t process = emulated_begin(RIG_PROMPT, 60000);

		kill(process, signal);
		rig_expect_one_failure(line);
		CU_ASSERT(rig_group_is_gone(process));
		rig_end(process);
	} while (rig_late());
}

static void emulated_is_killed(void)
{
	emulated_is_sent(SIGKILL, "ended with signal 9");
}

static void emulated_is_stopped(void)
{
	emulated_is_sent(SIGSTOP, "no answer within");
}

static void emulated_aborts(void)
{
	emulated_is_sent(SIGABRT, "the accelerator is not used");
}

static void emulated_device_dies(void)
{
	do {
		rig_begin(EMULATOR, xclbin, PLATE_KERNEL_NAME, "dies", RIG_PROMPT, 60000);
		rig_read_until_settled(0);
		rig_expect_one_failure("the accelerator is not used");
		rig_end(0);
	} while (rig_late());
}

static void emulated_device_hangs(void)
{
	do {
		rig_begin(EMULATOR, xclbin, PLATE_KERNEL_NAME, "hangs", RIG_PROMPT, 60000);
		rig_read_until_settled(0);
		rig_expect_one_failure("no answer within");
		rig_end(0);
	} while (rig_late());
}

static void emulated_works_again(void)
{
	pid_t process = emulated_begin(RIG_PATIENT, 50);

	kill(process, SIGKILL);
	rig_read_once();
	CU_ASSERT_EQUAL(reader_xrt_count(rig.xrt).failures, 1);
	rig_moment(60);
	rig_read_until_settled(1);
	rig_read_once();
	CU_ASSERT_EQUAL(reader_xrt_count(rig.xrt).failures, 1);
	CU_ASSERT_EQUAL(reader_xrt_count(rig.xrt).accelerator, 3);
	CU_ASSERT_EQUAL(rig_count_lines("the accelerator reads"), 2);
	rig_end(reader_xrt_count(rig.xrt).process);
}

static void emulated_is_refused(const char *file, const char *kernel, const char *line)
{
	rig_begin(EMULATOR, file, kernel, "sound", RIG_PATIENT, 60000);
	rig_read_until_settled(0);
	rig_expect_one_failure(line);
	rig_end(0);
}

static void emulated_with_wrong_files(void)
{
	emulated_is_refused("/nowhere.xclbin", PLATE_KERNEL_NAME, "/nowhere.xclbin: No such file");
	emulated_is_refused("/proc/self/exe", PLATE_KERNEL_NAME, "XRT does not load it");
	emulated_is_refused(xclbin, "other", "no kernel other in it");
}

static void without_a_device(void)
{
	rig_begin("build/plain/qyran-reader-xrt", xclbin, PLATE_KERNEL_NAME, "sound", RIG_PATIENT, 60000);
	rig_read_until_settled(0);
	rig_expect_one_failure("XRT finds no device");
	rig_end(0);
	setenv("XILINX_XRT", "/nowhere", 1);
	rig_begin("build/plain/qyran-reader-xrt", xclbin, PLATE_KERNEL_NAME, "sound", RIG_PATIENT, 60000);
	rig_read_until_settled(0);
	rig_expect_one_failure("XILINX_XRT=/nowhere is not where XRT is");
	rig_end(0);
	unsetenv("XILINX_XRT");
}

static void service_dies_before_the_emulated(void)
{
	rig_service_dies(EMULATOR, xclbin, PLATE_KERNEL_NAME, false);
	rig_service_dies(EMULATOR, xclbin, PLATE_KERNEL_NAME, true);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "xrt_gives_the_processors_bits", emulated_gives_the_processors_bits },
		{ "xrt_kernel_with_one_weight_changed_is_found_out", emulated_with_one_weight_changed },
		{ "xrt_reads_all_once_it_is_ready", emulated_reads_all },
		{ "xrt_process_killed_the_processor_reads", emulated_is_killed },
		{ "xrt_process_stopped_the_processor_reads_within_a_second", emulated_is_stopped },
		{ "xrt_process_aborts_the_processor_reads", emulated_aborts },
		{ "xrt_device_dies_the_processor_reads", emulated_device_dies },
		{ "xrt_device_hangs_the_processor_reads_within_a_second", emulated_device_hangs },
		{ "xrt_process_is_started_again_and_reads", emulated_works_again },
		{ "xrt_with_wrong_files_says_so_in_one_line", emulated_with_wrong_files },
		{ "xrt_without_a_device_the_processor_reads", without_a_device },
		{ "xrt_process_and_device_end_with_the_service", service_dies_before_the_emulated },
	};

	if (!realpath("build/xrt/emulation.xclbin", xclbin)) {
		printf("not ok xrt: build/xrt/emulation.xclbin is not there\n");
		return 1;
	}
	return rig_run("xrt", cases, sizeof(cases) / sizeof(cases[0]));
}
