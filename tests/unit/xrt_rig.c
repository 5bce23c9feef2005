/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/xrt_rig.h"

#include <fcntl.h>
#include <qyrand/monotonic.h>
#include <signal.h>
#include <sim/scene/random.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SEED 0x787274u

struct xrt_rig rig = { .random = SEED };
static int log_fd = -1, stderr_fd = -1;
static uint64_t longest, slowest;	/* reads, ever and since rig_begin() */

void rig_moment(long ms)
{
	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

void rig_random_input(void)
{
	for (size_t i = 0; i < sizeof(rig.input); i++)
		rig.input[i] = (int8_t)(scene_random_below(&rig.random, 255) - 127);
}

int rig_count_lines(const char *holding)
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
	if (log_fd >= 0)
		close(log_fd);
	log_fd = memfd_create("log", MFD_CLOEXEC);
	dup2(log_fd, 2);
}

static void give_log(void)
{
	dup2(stderr_fd, 2);
	close(stderr_fd);
}

void rig_begin(const char *program, const char *xclbin, const char *kernel, const char *fault, uint32_t answer_ms, uint32_t retry_ms)
{
	struct reader_xrt_options options = { .program = program, .xclbin = xclbin, .kernel = kernel, .start_ms = RIG_PATIENT,
					      .answer_ms = answer_ms, .retry_ms = retry_ms };

	slowest = 0;
	take_log();
	setenv("QYRAN_DEVICE_FAULT", fault, 1);
	CU_ASSERT_EQUAL_FATAL(reader_xrt_new(&options, &rig.xrt), 0);
}

void rig_read_once(void)
{
	uint64_t began, took;

	rig_random_input();
	reader_backend_run(rig.cpu, rig.input, rig.wanted);
	memset(rig.sums, 0x55, sizeof(rig.sums));
	began = qyran_monotonic_ns();
	reader_backend_run(rig.xrt, rig.input, rig.sums);
	took = qyran_monotonic_ns() - began;
	slowest = took > slowest ? took : slowest;
	longest = took > longest ? took : longest;
	CU_ASSERT_EQUAL(memcmp(rig.sums, rig.wanted, sizeof(rig.sums)), 0);
}

bool rig_late(void)
{
	static int in_a_row;

	in_a_row = slowest > UINT64_C(1000000000) ? in_a_row + 1 : 0;
	if (in_a_row == RIG_TRIES) {
		in_a_row = 0;
		CU_FAIL("a read took more than a second, time and again");
	}
	return in_a_row > 0;
}

void rig_read_until_settled(uint64_t failures)
{
	while (!reader_xrt_count(rig.xrt).working && reader_xrt_count(rig.xrt).failures == failures) {
		rig_read_once();
		rig_moment(5);
	}
}

bool rig_group_is_gone(pid_t id)
{
	for (int i = 0; i < 2000; i++) {
		waitpid(-id, NULL, WNOHANG);
		if (kill(-id, 0) != 0 && kill(id, 0) != 0)
			return true;
		rig_moment(5);
	}
	return false;
}

/* Whoever came of this process, in whatever group, and was left to it. */
static int count_children(void)
{
	int count = 0;

	for (int i = 0; i < 2000; i++) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			continue;
		count = waitpid(-1, NULL, WNOHANG | __WALL) == 0;
		if (!count)
			break;
		rig_moment(5);
	}
	return count;
}

void rig_end(pid_t process)
{
	reader_backend_free(rig.xrt);
	rig.xrt = NULL;
	give_log();
	CU_ASSERT(!process || rig_group_is_gone(process));
	CU_ASSERT_EQUAL(count_children(), 0);
}

void rig_expect_one_failure(const char *line)
{
	struct reader_xrt_counts before = reader_xrt_count(rig.xrt), after;

	for (int i = 0; i < 3; i++)
		rig_read_once();
	after = reader_xrt_count(rig.xrt);
	CU_ASSERT_EQUAL(after.failures, 1);
	CU_ASSERT_FALSE(after.working);
	CU_ASSERT_EQUAL(after.process, 0);
	CU_ASSERT_EQUAL(after.accelerator, before.accelerator);
	CU_ASSERT_EQUAL(after.processor, before.processor + 3);
	CU_ASSERT_EQUAL(rig_count_lines("the accelerator is not used"), 1);
	CU_ASSERT_EQUAL(rig_count_lines(line), 1);
	if (rig_count_lines(line) != 1)
		printf("# the log says %s, not %s\n", log_text(), line);
}

void rig_service_dies(const char *program, const char *xclbin, const char *kernel, bool stopped)
{
	int tell[2];
	pid_t service, process = 0;
	bool gone;

	CU_ASSERT_EQUAL_FATAL(pipe(tell), 0);
	service = fork();
	if (service == 0) {
		rig_begin(program, xclbin, kernel, "sound", RIG_PATIENT, 60000);
		rig_read_until_settled(0);
		process = reader_xrt_count(rig.xrt).process;
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
	for (int i = 0; i < 2000 && waitpid(process, NULL, WNOHANG) == 0; i++)
		rig_moment(5);
	gone = rig_group_is_gone(process);
	CU_ASSERT(gone);
	if (!gone)
		kill(-process, SIGKILL);
	close(tell[0]);
	close(tell[1]);
	CU_ASSERT_EQUAL(count_children(), 0);
}

int rig_run(const char *suite, const struct test_case *cases, size_t count)
{
	int result;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (reader_cpu_new(&rig.cpu))
		return 1;
	result = test_cases_run(suite, cases, count);
	reader_backend_free(rig.cpu);
	printf("# the longest read took %.0f ms\n", (double)longest / 1e6);
	return result;
}
