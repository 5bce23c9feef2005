/* SPDX-License-Identifier: Apache-2.0 */
#include "reader_xrt.h"

#include "log.h"
#include "monotonic.h"
#include "reader_process.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REST_MAX_MS 3600000u
#define MS_NS UINT64_C(1000000)

struct xrt {
	struct reader_backend backend;
	struct reader_backend *cpu;
	struct reader_process *process;		/* NULL: rests */
	bool working;				/* has said that it is ready */
	char program[PATH_MAX], *xclbin, *kernel;
	uint32_t start_ms, answer_ms, retry_ms;
	uint32_t rest_ms;			/* the latest rest; 0: none yet */
	uint64_t since_ns;			/* when it was started, when it became ready, or when it may be started again */
	uint64_t answers;			/* of this process */
	pid_t dying;				/* killed, but stuck in the kernel */
	int16_t check[PLATE_SUMS];
	_Atomic uint64_t accelerator, processor, failures, differed;
	_Atomic bool told_working;
	_Atomic pid_t told_process;
};

void reader_xrt_program(const char *wish, char ret[PATH_MAX])
{
	char own[PATH_MAX] = "";
	ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1);
	char *slash = length > 0 ? strrchr(own, '/') : NULL;

	if (wish && *wish) {
		snprintf(ret, PATH_MAX, "%s", wish);
		return;
	}
	if (slash)
		*slash = '\0';
	snprintf(ret, PATH_MAX, "%.3000s/../libexec/qyran/" READER_XRT_PROGRAM, own);
	if (access(ret, F_OK) != 0)
		snprintf(ret, PATH_MAX, "%.3000s/" READER_XRT_PROGRAM, own);
}

static void put_away(struct xrt *xrt)
{
	xrt->dying = reader_process_end(xrt->process);
	xrt->process = NULL;
	xrt->working = false;
	atomic_store(&xrt->told_working, false);
	atomic_store(&xrt->told_process, 0);
}

static void fail(struct xrt *xrt, const char *why)
{
	uint64_t now = qyran_monotonic_ns();

	if (xrt->working && now - xrt->since_ns > REST_MAX_MS * MS_NS)
		xrt->rest_ms = 0;
	xrt->rest_ms = !xrt->rest_ms ? xrt->retry_ms : xrt->rest_ms > REST_MAX_MS / 2 ? REST_MAX_MS : 2 * xrt->rest_ms;
	xrt->since_ns = now + xrt->rest_ms * MS_NS;
	put_away(xrt);
	atomic_fetch_add(&xrt->failures, 1);
	qyran_log(QYRAN_LOG_WARNING, "the accelerator is not used: %s; the processor reads, to the same bits; tried again in %g s", why,
		  xrt->rest_ms / 1e3);
}

static void begin(struct xrt *xrt)
{
	char error[PATH_MAX + 128];

	if (xrt->dying && !reader_process_gone(xrt->dying))
		return;
	xrt->dying = 0;
	if (reader_process_begin(xrt->program, xrt->xclbin, xrt->kernel, &xrt->process, error, sizeof(error))) {
		fail(xrt, error);
		return;
	}
	xrt->since_ns = qyran_monotonic_ns();
	xrt->answers = 0;
	atomic_store(&xrt->told_process, reader_process_id(xrt->process));
}

static void await_ready(struct xrt *xrt)
{
	struct reader_message message;
	char why[256];
	int rc = reader_process_hear(xrt->process, 0, &message, why, sizeof(why));

	if (rc == -ETIMEDOUT) {
		if (qyran_monotonic_ns() - xrt->since_ns > xrt->start_ms * MS_NS)
			fail(xrt, "its process did not become ready");
	} else if (rc) {
		fail(xrt, why);
	} else if (message.type == READER_REFUSED) {
		fail(xrt, message.text);
	} else if (message.type != READER_READY) {
		fail(xrt, "its process speaks out of turn");
	} else {
		qyran_log(QYRAN_LOG_INFO, "the accelerator reads: %s, kernel %s", xrt->xclbin, xrt->kernel);
		xrt->since_ns = qyran_monotonic_ns();
		xrt->working = true;
		atomic_store(&xrt->told_working, true);
	}
}

/* Did the accelerator give the sums, and were they right where that was looked at? */
static bool ask(struct xrt *xrt, const int8_t *input, int16_t *ret_sums)
{
	struct reader_shared *shared = reader_process_shared(xrt->process);
	char why[256];
	int rc;

	memcpy(shared->input, input, sizeof(shared->input));
	rc = reader_process_ask(xrt->process, (int)xrt->answer_ms, why, sizeof(why));
	if (rc == 0)
		memcpy(ret_sums, shared->sums, sizeof(shared->sums));
	explicit_bzero(shared->input, sizeof(shared->input));
	explicit_bzero(shared->sums, sizeof(shared->sums));
	if (rc) {
		fail(xrt, why);
		return false;
	}
	if (xrt->answers++ % READER_XRT_CHECK_EVERY == 0) {
		reader_backend_run(xrt->cpu, input, xrt->check);
		if (memcmp(xrt->check, ret_sums, sizeof(xrt->check)) != 0) {
			atomic_fetch_add(&xrt->differed, 1);
			fail(xrt, "its sums differ from the processor's; is the kernel of another version?");
			return false;
		}
	}
	return true;
}

static void xrt_run(struct reader_backend *backend, const int8_t *input, int16_t *ret_sums)
{
	struct xrt *xrt = (struct xrt *)backend;

	if (!xrt->process && qyran_monotonic_ns() >= xrt->since_ns)
		begin(xrt);
	if (xrt->process && !xrt->working)
		await_ready(xrt);
	if (xrt->working && ask(xrt, input, ret_sums)) {
		atomic_fetch_add(&xrt->accelerator, 1);
		return;
	}
	reader_backend_run(xrt->cpu, input, ret_sums);
	atomic_fetch_add(&xrt->processor, 1);
}

static void xrt_free(struct reader_backend *backend)
{
	struct xrt *xrt = (struct xrt *)backend;

	put_away(xrt);
	reader_backend_free(xrt->cpu);
	free(xrt->xclbin);
	free(xrt->kernel);
	free(xrt);
}

int reader_xrt_new(const struct reader_xrt_options *options, struct reader_backend **ret)
{
	static const struct reader_backend_ops ops = { xrt_run, xrt_free };
	struct xrt *xrt = calloc(1, sizeof(*xrt));

	if (!xrt)
		return -ENOMEM;
	xrt->backend.ops = &ops;
	xrt->xclbin = strdup(options->xclbin);
	xrt->kernel = strdup(options->kernel);
	if (!xrt->xclbin || !xrt->kernel || reader_cpu_new(&xrt->cpu)) {
		xrt_free(&xrt->backend);
		return -ENOMEM;
	}
	reader_xrt_program(options->program, xrt->program);
	xrt->start_ms = options->start_ms ? options->start_ms : READER_XRT_START_MS;
	xrt->answer_ms = options->answer_ms ? options->answer_ms : READER_XRT_ANSWER_MS;
	xrt->retry_ms = options->retry_ms ? options->retry_ms : READER_XRT_RETRY_MS;
	begin(xrt);
	*ret = &xrt->backend;
	return 0;
}

struct reader_xrt_counts reader_xrt_count(const struct reader_backend *backend)
{
	const struct xrt *xrt = (const struct xrt *)backend;

	return (struct reader_xrt_counts){ atomic_load(&xrt->told_working), atomic_load(&xrt->told_process), atomic_load(&xrt->accelerator),
					   atomic_load(&xrt->processor), atomic_load(&xrt->failures), atomic_load(&xrt->differed) };
}
