/* SPDX-License-Identifier: Apache-2.0 */
/* The process that drives the accelerator does what it likes. No XRT is needed: this program plays it, as `test-reader-process fake KIND`. */
#include "fake_accelerator.h"
#include "xrt_rig.h"

#include <fcntl.h>
#include <hw/hls/plate_kernel.h>
#include <qyrand/monotonic.h>
#include <qyrand/reader.h>
#include <sim/scene/random.h>
#include <string.h>
#include <unistd.h>

#define LIES 100

static void fake_fails(const char *kind, uint32_t answer_ms, const char *line)
{
	do {
		rig_begin("/proc/self/exe", "fake", kind, "sound", answer_ms, 60000);
		rig_read_until_settled(0);
		rig_read_once();
		rig_expect_one_failure(line);
		rig_end(0);
	} while (rig_late());
}

static void missing_program(void)
{
	rig_begin("/nowhere/qyran-reader-xrt", "reader.xclbin", PLATE_KERNEL_NAME, "sound", RIG_PATIENT, 60000);
	rig_expect_one_failure("/nowhere/qyran-reader-xrt cannot be started: No such file");
	rig_end(0);
}

static void process_that_ends_at_once(void)
{
	fake_fails("ends", RIG_PATIENT, "ended with status 3");
}

static void process_that_aborts(void)
{
	fake_fails("aborts", RIG_PATIENT, "ended with signal 6");
}

static void process_that_signals_its_group(void)
{
	fake_fails("signals", RIG_PATIENT, "ended with signal 15");
}

static void process_that_never_answers(void)
{
	fake_fails("silent", RIG_PROMPT, "no answer within");
}

static void process_that_speaks_out_of_turn(void)
{
	fake_fails("chatters", RIG_PATIENT, "speaks out of turn");
	fake_fails("stammers", RIG_PATIENT, "speaks out of turn");
}

static void process_that_lies(void)
{
	fake_fails("lies", RIG_PATIENT, "differ from the processor's");
}

static void process_that_lies_later(void)
{
	rig_begin("/proc/self/exe", "fake", "lies-later", "sound", RIG_PATIENT, 60000);
	rig_read_until_settled(0);
	for (int i = 0; i <= READER_XRT_CHECK_EVERY; i++) {
		rig_random_input();
		reader_backend_run(rig.xrt, rig.input, rig.sums);
	}
	CU_ASSERT_EQUAL(reader_xrt_count(rig.xrt).differed, 1);
	rig_expect_one_failure("differ from the processor's");
	rig_end(0);
}

static void process_that_shrinks_the_memory(void)
{
	fake_fails("shrinks", RIG_PATIENT, "ended with status 4");
}

static void words_after_a_picture(void)
{
	fake_fails("tells", RIG_PATIENT, "its kernel failed");
	CU_ASSERT_EQUAL(rig_count_lines("482KLM07"), 0);
}

static void random_sums(struct reader_backend *backend, const int8_t *from, int16_t *ret_sums)
{
	uint32_t kind = scene_random_below(&rig.random, 4);

	(void)backend;
	(void)from;
	for (int i = 0; i < PLATE_SUMS; i++) {
		int value = (int)scene_random_below(&rig.random, 65536) - 32768;

		ret_sums[i] = (int16_t)(kind == 0 ? value : kind == 1 ? (value < 0 ? INT16_MIN : INT16_MAX) : kind == 2 ? value / 128 : INT16_MIN);
	}
}

static void leave(struct reader_backend *backend)
{
	(void)backend;
}

/* What comes of sums that no network computes: some text or none, and no harm. */
static void sums_of_any_kind(void)
{
	static const struct reader_backend_ops ops = { random_sums, leave };
	static struct qyran_reading readings[4], fused;
	static uint8_t pixels[200 * 60 * 2];
	const struct qyran_reading *all[4] = { &readings[0], &readings[1], &readings[2], &readings[3] };
	struct reader_backend liar = { &ops };
	struct qyran_formats *formats;
	struct qyran_reader *reader;
	char error[512];

	CU_ASSERT_EQUAL_FATAL(qyran_formats_open("userspace/formats", &formats, error, sizeof(error)), 0);
	CU_ASSERT_EQUAL_FATAL(qyran_reader_new(formats, &reader), 0);
	qyran_reader_use(reader, &liar);
	for (int i = 0; i < LIES; i++) {
		uint32_t width = PLATE_CROP_MIN + scene_random_below(&rig.random, 193), height = PLATE_CROP_MIN + scene_random_below(&rig.random, 53);

		for (size_t j = 0; j < sizeof(pixels); j++)
			pixels[j] = (uint8_t)scene_random_below(&rig.random, 256);
		CU_ASSERT_EQUAL(qyran_reader_read(reader, pixels, width, height, 2 * width, &readings[i % 4]), 0);
		CU_ASSERT(readings[i % 4].length <= QYRAN_PLATE_TEXT_MAX && strlen(readings[i % 4].text) == readings[i % 4].length);
		CU_ASSERT(readings[i % 4].confidence <= 1000);
		if (i % 4 == 3)
			qyran_reader_fuse(reader, all, 4, &fused);
	}
	qyran_reader_free(reader);
	qyran_formats_close(formats);
}

static void process_is_handed_nothing_else(void)
{
	int secret = fcntl(1, F_DUPFD, READER_MEMORY_FD + 1);

	CU_ASSERT_FATAL(secret > READER_MEMORY_FD);
	rig_begin("/proc/self/exe", "fake", "looks-round", "sound", RIG_PATIENT, 60000);
	rig_read_until_settled(0);
	CU_ASSERT(reader_xrt_count(rig.xrt).working);
	rig_end(reader_xrt_count(rig.xrt).process);
	close(secret);
}

static void process_that_leaves_others(void)
{
	rig_begin("/proc/self/exe", "fake", "forks", "sound", RIG_PATIENT, 60000);
	rig_read_until_settled(0);
	pid_t process = reader_xrt_count(rig.xrt).process;

	CU_ASSERT_FATAL(process > 0);
	rig_end(process);
}

static void tried_again_ever_later(void)
{
	static const char *const rests[] = { "in 0.04 s", "in 0.08 s", "in 0.16 s", "in 0.32 s" };
	uint64_t began = qyran_monotonic_ns();

	rig_begin("/proc/self/exe", "fake", "ends", "sound", RIG_PATIENT, 40);
	while (reader_xrt_count(rig.xrt).failures < 4) {
		rig_read_once();
		rig_moment(1);
	}
	CU_ASSERT(qyran_monotonic_ns() - began >= UINT64_C(280000000));
	CU_ASSERT_EQUAL(rig_count_lines("the accelerator is not used"), 4);
	for (int i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(rig_count_lines(rests[i]), 1);
	rig_end(0);
}

static void service_dies_before_a_fake(void)
{
	rig_service_dies("/proc/self/exe", "fake", "honest", false);
}

int main(int argc, char **argv)
{
	static const struct test_case cases[] = {
		{ "accelerators_program_missing_the_processor_reads", missing_program },
		{ "accelerators_process_ends_at_once_the_processor_reads", process_that_ends_at_once },
		{ "accelerators_process_aborts_the_processor_reads", process_that_aborts },
		{ "accelerators_process_signals_its_group_the_service_stays", process_that_signals_its_group },
		{ "accelerators_process_never_answers_the_processor_reads_within_a_second", process_that_never_answers },
		{ "accelerators_process_speaks_out_of_turn_and_is_ended", process_that_speaks_out_of_turn },
		{ "accelerator_that_computes_otherwise_is_not_believed", process_that_lies },
		{ "accelerator_that_computes_otherwise_later_is_found_out", process_that_lies_later },
		{ "accelerators_process_cannot_shrink_the_services_memory", process_that_shrinks_the_memory },
		{ "accelerators_process_is_handed_no_file_of_the_service", process_is_handed_nothing_else },
		{ "accelerators_sums_of_any_kind_do_no_harm", sums_of_any_kind },
		{ "accelerators_words_after_a_picture_are_not_logged", words_after_a_picture },
		{ "accelerators_process_leaves_no_process_behind", process_that_leaves_others },
		{ "failing_accelerator_is_tried_again_ever_later", tried_again_ever_later },
		{ "accelerators_process_ends_with_the_service", service_dies_before_a_fake },
	};

	if (argc == 3 && strcmp(argv[1], "fake") == 0)
		return fake_accelerator(argv[2]);
	return rig_run("accelerator", cases, sizeof(cases) / sizeof(cases[0]));
}
