/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test-reader-xrt           the process that drives the accelerator does what it likes; no XRT is needed, for this program plays it
 * test-reader-xrt emulated  the same with Debian's libxrt and the emulated device
 */
#include "cases.h"
#include "fake_accelerator.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <hw/hls/plate_kernel.h>
#include <hw/hls/training/crop.h>
#include <qyrand/monotonic.h>
#include <qyrand/reader.h>
#include <qyrand/reader_process.h>
#include <qyrand/reader_xrt.h>
#include <signal.h>
#include <sim/scene/random.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SEED 0x787274u
#define RANDOM_INPUTS 200
#define RENDERED_INPUTS 100
#define LIES 100
#define EMULATOR "sim/xrt/emulate"

static char xclbin_path[4096];
#define XCLBIN xclbin_path
static struct reader_backend *cpu, *xrt;
static uint64_t state = SEED, longest;
static int log_fd = -1, stderr_fd = -1;
static int8_t input[PLATE_INPUT_H * PLATE_INPUT_W];
static int16_t sums[PLATE_SUMS], wanted[PLATE_SUMS];

static void moment(long ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static void random_input(void)
{
	for (size_t i = 0; i < sizeof(input); i++)
		input[i] = (int8_t)(scene_random_below(&state, 255) - 127);
}

/* Lines of the log since begin(). */
static int count_lines(const char *holding)
{
	static char text[65536];
	ssize_t size = pread(log_fd, text, sizeof(text) - 1, 0);
	int count = 0;

	text[size > 0 ? size : 0] = '\0';
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		count += strstr(line, holding) != NULL;
	return count;
}

static const char *log_text(void)
{
	static char text[1024];
	ssize_t size = pread(log_fd, text, sizeof(text) - 1, 0);

	text[size > 0 ? size : 0] = '\0';
	return text;
}

static void take_log(void)
{
	fflush(stderr);
	stderr_fd = dup(2);
	log_fd = fileno(tmpfile());
	dup2(log_fd, 2);
}

static void give_log(void)
{
	dup2(stderr_fd, 2);
	close(stderr_fd);
}

static void begin(const char *program, const char *xclbin, const char *kernel, const char *fault, uint32_t retry_ms)
{
	struct reader_xrt_options options = { .program = program, .xclbin = xclbin, .kernel = kernel, .start_ms = 20000, .retry_ms = retry_ms };

	take_log();
	setenv("QYRAN_DEVICE_FAULT", fault, 1);
	CU_ASSERT_EQUAL_FATAL(reader_xrt_new(&options, &xrt), 0);
}

/* Reads once; the sums are the processor's, and it takes at most a second, whoever computes. */
static void read_once(void)
{
	uint64_t began, took;

	random_input();
	reader_backend_run(cpu, input, wanted);
	memset(sums, 0x55, sizeof(sums));
	began = qyran_monotonic_ns();
	reader_backend_run(xrt, input, sums);
	took = qyran_monotonic_ns() - began;
	CU_ASSERT(took <= UINT64_C(1000000000));
	longest = took > longest ? took : longest;
	CU_ASSERT_EQUAL(memcmp(sums, wanted, sizeof(sums)), 0);
}

/* Reads until the accelerator does it, or until it failed. */
static void read_until_settled(uint64_t failures)
{
	for (int i = 0; i < 2000 && !reader_xrt_count(xrt).working && reader_xrt_count(xrt).failures == failures; i++) {
		read_once();
		moment(5);
	}
}

static bool group_is_gone(pid_t id)
{
	for (int i = 0; i < 200; i++) {
		waitpid(-id, NULL, WNOHANG);
		if (kill(-id, 0) != 0 && kill(id, 0) != 0)
			return true;
		moment(5);
	}
	return false;
}

/* Whoever came of this process, in whatever group, and was left to it. */
static int count_children(void)
{
	int count = 0;

	for (int i = 0; i < 100; i++) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
		count = waitpid(-1, NULL, WNOHANG | __WALL) == 0;
		if (!count)
			break;
		moment(5);
	}
	return count;
}

static void end(pid_t process)
{
	reader_backend_free(xrt);
	xrt = NULL;
	give_log();
	CU_ASSERT(!process || group_is_gone(process));
	CU_ASSERT_EQUAL(count_children(), 0);
}

/* After what has just happened: one line, one failure, the processor reads and goes on doing so. */
static void expect_one_failure(const char *line)
{
	struct reader_xrt_counts before = reader_xrt_count(xrt), after;

	for (int i = 0; i < 3; i++)
		read_once();
	after = reader_xrt_count(xrt);
	CU_ASSERT_EQUAL(after.failures, 1);
	CU_ASSERT_FALSE(after.working);
	CU_ASSERT_EQUAL(after.process, 0);
	CU_ASSERT_EQUAL(after.accelerator, before.accelerator);
	CU_ASSERT_EQUAL(after.processor, before.processor + 3);
	CU_ASSERT_EQUAL(count_lines("the accelerator is not used"), 1);
	CU_ASSERT_EQUAL(count_lines(line), 1);
	if (count_lines(line) != 1)
		printf("# the log says %s, not %s\n", log_text(), line);
}

static void fake_fails(const char *kind, const char *line)
{
	begin("/proc/self/exe", "fake", kind, "sound", 60000);
	read_until_settled(0);
	read_once();
	expect_one_failure(line);
	end(0);
}

static void missing_program(void)
{
	begin("/nowhere/qyran-reader-xrt", XCLBIN, PLATE_KERNEL_NAME, "sound", 60000);
	expect_one_failure("/nowhere/qyran-reader-xrt cannot be started: No such file");
	end(0);
}

static void process_that_ends_at_once(void)
{
	fake_fails("ends", "ended with status 3");
}

static void process_that_aborts(void)
{
	fake_fails("aborts", "ended with signal 6");
}

static void process_that_signals_its_group(void)
{
	fake_fails("signals", "ended with signal 15");
}

static void process_that_never_answers(void)
{
	fake_fails("silent", "no answer within");
}

static void process_that_speaks_out_of_turn(void)
{
	fake_fails("chatters", "speaks out of turn");
	fake_fails("stammers", "speaks out of turn");
}

static void process_that_lies(void)
{
	fake_fails("lies", "differ from the processor's");
}

static void process_that_lies_later(void)
{
	begin("/proc/self/exe", "fake", "lies-later", "sound", 60000);
	read_until_settled(0);
	for (int i = 0; i <= READER_XRT_CHECK_EVERY; i++) {
		random_input();
		reader_backend_run(xrt, input, sums);
	}
	CU_ASSERT_EQUAL(reader_xrt_count(xrt).differed, 1);
	expect_one_failure("differ from the processor's");
	end(0);
}

static void process_that_shrinks_the_memory(void)
{
	fake_fails("shrinks", "ended with status 4");
}

static void words_after_a_picture(void)
{
	fake_fails("tells", "its kernel failed");
	CU_ASSERT_EQUAL(count_lines("482KLM07"), 0);
}

static void random_sums(struct reader_backend *backend, const int8_t *from, int16_t *ret_sums)
{
	uint32_t kind = scene_random_below(&state, 4);

	(void)backend;
	(void)from;
	for (int i = 0; i < PLATE_SUMS; i++) {
		int value = (int)scene_random_below(&state, 65536) - 32768;

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
		uint32_t width = PLATE_CROP_MIN + scene_random_below(&state, 193), height = PLATE_CROP_MIN + scene_random_below(&state, 53);

		for (size_t j = 0; j < sizeof(pixels); j++)
			pixels[j] = (uint8_t)scene_random_below(&state, 256);
		CU_ASSERT_EQUAL(qyran_reader_read(reader, pixels, width, height, 2 * width, &readings[i % 4]), 0);
		CU_ASSERT(readings[i % 4].length <= QYRAN_PLATE_TEXT_MAX && strlen(readings[i % 4].text) == readings[i % 4].length);
		CU_ASSERT(readings[i % 4].confidence <= 1000);
		if (i % 4 == 3)
			qyran_reader_fuse(reader, all, 4, &fused);
	}
	qyran_reader_free(reader);
	qyran_formats_close(formats);
}

static void process_that_leaves_others(void)
{
	begin("/proc/self/exe", "fake", "forks", "sound", 60000);
	read_until_settled(0);
	pid_t process = reader_xrt_count(xrt).process;

	CU_ASSERT_FATAL(process > 0);
	end(process);
}

static void tried_again_ever_later(void)
{
	uint64_t began = qyran_monotonic_ns(), failures;

	begin("/proc/self/exe", "fake", "ends", "sound", 40);
	while (qyran_monotonic_ns() - began < UINT64_C(700000000)) {
		read_once();
		moment(1);
	}
	failures = reader_xrt_count(xrt).failures;
	/* At 0, 40, 120, 280, 600 ms and some for each start. */
	CU_ASSERT(failures >= 3 && failures <= 5);
	CU_ASSERT_EQUAL(count_lines("the accelerator is not used"), (int)failures);
	CU_ASSERT_EQUAL(count_lines("tried again in 0.16 s"), 1);
	end(0);
}

/* The service is killed; @stopped: its accelerator's process had been stopped before. */
static void service_dies(const char *program, const char *xclbin, const char *kernel, bool stopped)
{
	int tell[2];
	pid_t service, process = 0;

	CU_ASSERT_EQUAL_FATAL(pipe(tell), 0);
	service = fork();
	if (service == 0) {
		begin(program, xclbin, kernel, "sound", 60000);
		read_until_settled(0);
		process = reader_xrt_count(xrt).process;
		if (write(tell[1], &process, sizeof(process)) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	CU_ASSERT_EQUAL_FATAL(read(tell[0], &process, sizeof(process)), (ssize_t)sizeof(process));
	CU_ASSERT_FATAL(process > 0);
	if (stopped)
		kill(process, SIGSTOP);
	kill(service, SIGKILL);
	waitpid(service, NULL, 0);
	for (int i = 0; i < 100 && waitpid(process, NULL, WNOHANG) == 0; i++)
		moment(5);
	CU_ASSERT(group_is_gone(process));
	close(tell[0]);
	close(tell[1]);
	kill(-process, SIGKILL);
	CU_ASSERT_EQUAL(count_children(), 0);
}

static void service_dies_before_a_fake(void)
{
	service_dies("/proc/self/exe", "fake", "honest", false);
}

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

	setenv("QYRAN_DEVICE_FAULT", fault, 1);
	CU_ASSERT_EQUAL_FATAL(qyran_formats_open("userspace/formats", &formats, why, sizeof(why)), 0);
	CU_ASSERT_EQUAL_FATAL(reader_process_begin(EMULATOR, XCLBIN, PLATE_KERNEL_NAME, &process, why, sizeof(why)), 0);
	shared = reader_process_shared(process);
	memcpy(shared->weights, qyran_plate_weights, sizeof(shared->weights));
	rc = reader_process_hear(process, 20000, &message, why, sizeof(why));
	for (int i = 0; i < RANDOM_INPUTS + RENDERED_INPUTS && rc == 0 && message.type == READER_READY; i++) {
		random_input();
		if (i >= RANDOM_INPUTS) {
			CU_ASSERT_EQUAL_FATAL(crop_render(&(struct crop_wish){ .format = crop_format(formats, &state), .light = CROP_DAY }, &state, &crop), 0);
			plate_prepare(crop.yuyv, (uint32_t)crop.width, (uint32_t)crop.height, (uint32_t)crop.width * 2, input);
		}
		reader_backend_run(cpu, input, wanted);
		memcpy(shared->input, input, sizeof(input));
		memset(shared->sums, 0x55, sizeof(shared->sums));
		rc = reader_process_ask(process, 5000, why, sizeof(why));
		differing += memcmp(shared->sums, wanted, sizeof(wanted)) != 0;
	}
	if (rc || message.type != READER_READY)
		printf("# %s%s\n", why, rc ? "" : message.text);
	CU_ASSERT_EQUAL(reader_process_end(process), 0);
	qyran_formats_close(formats);
	return rc || message.type != READER_READY ? -1 : differing;
}

static void emulated_gives_the_processors_bits(void)
{
	CU_ASSERT_EQUAL(count_differing("sound"), 0);
}

static void emulated_with_one_weight_changed(void)
{
	CU_ASSERT_EQUAL(count_differing("weight"), RANDOM_INPUTS + RENDERED_INPUTS);
	begin(EMULATOR, XCLBIN, PLATE_KERNEL_NAME, "weight", 60000);
	read_until_settled(0);
	read_once();
	CU_ASSERT_EQUAL(reader_xrt_count(xrt).differed, 1);
	expect_one_failure("differ from the processor's");
	end(0);
}

static pid_t emulated_begin(const char *fault, uint32_t retry_ms)
{
	begin(EMULATOR, XCLBIN, PLATE_KERNEL_NAME, fault, retry_ms);
	read_until_settled(0);
	CU_ASSERT_FATAL(reader_xrt_count(xrt).working);
	return reader_xrt_count(xrt).process;
}

static void emulated_reads_all(void)
{
	pid_t process = emulated_begin("sound", 60000);
	struct reader_xrt_counts counts;
	uint64_t took = 0;

	for (int i = 0; i < 100; i++) {
		uint64_t began = qyran_monotonic_ns();

		reader_backend_run(xrt, input, sums);
		took += qyran_monotonic_ns() - began;
		reader_backend_run(cpu, input, wanted);
		CU_ASSERT_EQUAL(memcmp(sums, wanted, sizeof(sums)), 0);
		random_input();
	}
	printf("# %.2f ms a read\n", (double)took / 1e8);
	counts = reader_xrt_count(xrt);
	CU_ASSERT_EQUAL(counts.accelerator, 101);	/* with the one that found it ready */
	CU_ASSERT_EQUAL(counts.failures, 0);
	CU_ASSERT_EQUAL(count_lines("the accelerator reads"), 1);
	CU_ASSERT_EQUAL(count_lines(""), 1);
	end(process);
}

static void emulated_is_sent(int signal, const char *line)
{
	pid_t process = emulated_begin("sound", 60000);

	read_once();
	CU_ASSERT_EQUAL(reader_xrt_count(xrt).accelerator, 2);
	kill(process, signal);
	expect_one_failure(line);
	CU_ASSERT(group_is_gone(process));
	end(process);
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
	begin(EMULATOR, XCLBIN, PLATE_KERNEL_NAME, "dies", 60000);
	read_until_settled(0);
	expect_one_failure("the accelerator is not used");
	end(0);
}

static void emulated_device_hangs(void)
{
	begin(EMULATOR, XCLBIN, PLATE_KERNEL_NAME, "hangs", 60000);
	read_until_settled(0);
	expect_one_failure("no answer within");
	end(0);
}

static void emulated_works_again(void)
{
	pid_t process = emulated_begin("sound", 50);

	kill(process, SIGKILL);
	read_once();
	CU_ASSERT_EQUAL(reader_xrt_count(xrt).failures, 1);
	moment(60);
	read_until_settled(1);
	read_once();
	CU_ASSERT_EQUAL(reader_xrt_count(xrt).failures, 1);
	CU_ASSERT_EQUAL(reader_xrt_count(xrt).accelerator, 3);
	CU_ASSERT_EQUAL(count_lines("the accelerator reads"), 2);
	end(reader_xrt_count(xrt).process);
}

static void emulated_is_refused(const char *xclbin, const char *kernel, const char *line)
{
	begin(EMULATOR, xclbin, kernel, "sound", 60000);
	read_until_settled(0);
	expect_one_failure(line);
	end(0);
}

static void emulated_with_wrong_files(void)
{
	emulated_is_refused("/nowhere.xclbin", PLATE_KERNEL_NAME, "/nowhere.xclbin: No such file");
	emulated_is_refused("/proc/self/exe", PLATE_KERNEL_NAME, "XRT does not load it");
	emulated_is_refused(XCLBIN, "other", "no kernel other in it");
}

static void without_a_device(void)
{
	begin("build/plain/qyran-reader-xrt", XCLBIN, PLATE_KERNEL_NAME, "sound", 60000);
	read_until_settled(0);
	expect_one_failure("XRT finds no device");
	end(0);
	setenv("XILINX_XRT", "/nowhere", 1);
	begin("build/plain/qyran-reader-xrt", XCLBIN, PLATE_KERNEL_NAME, "sound", 60000);
	read_until_settled(0);
	expect_one_failure("XILINX_XRT=/nowhere is not where XRT is");
	end(0);
	unsetenv("XILINX_XRT");
}

static void service_dies_before_the_emulated(void)
{
	service_dies(EMULATOR, XCLBIN, PLATE_KERNEL_NAME, false);
	service_dies(EMULATOR, XCLBIN, PLATE_KERNEL_NAME, true);
}

int main(int argc, char **argv)
{
	static const struct test_case plain[] = {
		{ "accelerators_program_missing_the_processor_reads", missing_program },
		{ "accelerators_process_ends_at_once_the_processor_reads", process_that_ends_at_once },
		{ "accelerators_process_aborts_the_processor_reads", process_that_aborts },
		{ "accelerators_process_signals_its_group_the_service_stays", process_that_signals_its_group },
		{ "accelerators_process_never_answers_the_processor_reads_within_a_second", process_that_never_answers },
		{ "accelerators_process_speaks_out_of_turn_and_is_ended", process_that_speaks_out_of_turn },
		{ "accelerator_that_computes_otherwise_is_not_believed", process_that_lies },
		{ "accelerator_that_computes_otherwise_later_is_found_out", process_that_lies_later },
		{ "accelerators_process_cannot_shrink_the_services_memory", process_that_shrinks_the_memory },
		{ "accelerators_sums_of_any_kind_do_no_harm", sums_of_any_kind },
		{ "accelerators_words_after_a_picture_are_not_logged", words_after_a_picture },
		{ "accelerators_process_leaves_no_process_behind", process_that_leaves_others },
		{ "failing_accelerator_is_tried_again_ever_later", tried_again_ever_later },
		{ "accelerators_process_ends_with_the_service", service_dies_before_a_fake },
	};
	static const struct test_case emulated[] = {
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
	bool emulate = argc > 1 && strcmp(argv[1], "emulated") == 0;
	int result;

	if (argc == 3 && strcmp(argv[1], "fake") == 0)
		return fake_accelerator(argv[2]);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (!realpath("build/xrt/emulation.xclbin", xclbin_path) && emulate)
		return 1;
	if (reader_cpu_new(&cpu))
		return 1;
	result = emulate ? test_cases_run("xrt", emulated, sizeof(emulated) / sizeof(emulated[0]))
			 : test_cases_run("accelerator", plain, sizeof(plain) / sizeof(plain[0]));
	reader_backend_free(cpu);
	printf("# the longest read took %.0f ms\n", (double)longest / 1e6);
	return result;
}
