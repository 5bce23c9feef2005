/* SPDX-License-Identifier: Apache-2.0 */
/* The doctor's check of who computes the plate reader's network. */
#include "qyrand/reader_backend.h"
#include "qyrand/reader_process.h"
#include "qyrand/reader_xrt.h"
#include "tools/doctor.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* A picture of nobody: stripes. */
static void draw(int8_t input[PLATE_INPUT_H * PLATE_INPUT_W])
{
	for (int y = 0; y < PLATE_INPUT_H; y++)
		for (int x = 0; x < PLATE_INPUT_W; x++)
			input[y * PLATE_INPUT_W + x] = (int8_t)((x * 37 + y * 11) % 255 - 127);
}

static int try_once(struct reader_process *process, char *why, size_t why_size)
{
	struct reader_shared *shared = reader_process_shared(process);
	static int16_t sums[PLATE_SUMS];
	struct reader_message message;
	struct reader_backend *cpu;
	int rc;

	rc = reader_process_hear(process, READER_XRT_START_MS, &message, why, why_size);
	if (rc == -ETIMEDOUT)
		snprintf(why, why_size, "its process did not become ready");
	if (rc == 0 && message.type != READER_READY) {
		snprintf(why, why_size, "%s", message.type == READER_REFUSED ? message.text : "its process speaks out of turn");
		rc = -EIO;
	}
	draw(shared->input);
	rc = rc ? rc : reader_process_ask(process, READER_XRT_ANSWER_MS, why, why_size);
	if (rc)
		return rc;
	if (reader_cpu_new(&cpu)) {
		snprintf(why, why_size, "no memory");
		return -ENOMEM;
	}
	reader_backend_run(cpu, shared->input, sums);
	reader_backend_free(cpu);
	if (memcmp(sums, shared->sums, sizeof(sums)) == 0)
		return 0;
	snprintf(why, why_size, "its sums differ from the processor's");
	return -EBADMSG;
}

void doctor_check_reader(struct doctor *doctor)
{
	const struct qyran_config *config = doctor->config;
	char program[PATH_MAX], why[512];
	struct reader_process *process;
	int rc;

	if (!config->reader.xrt) {
		doctor_say(doctor, DOCTOR_OK, "reader", "the processor reads");
		return;
	}
	reader_xrt_program(config->reader.program, program);
	rc = reader_process_begin(program, config->reader.xclbin, config->reader.kernel, &process, why, sizeof(why));
	if (rc == 0) {
		rc = try_once(process, why, sizeof(why));
		reader_process_end(process);
	}
	if (rc)
		doctor_say(doctor, DOCTOR_WARN, "reader", "the accelerator cannot be used: %s - the processor reads, to the same bits; docs/porting.md says what XRT needs", why);
	else
		doctor_say(doctor, DOCTOR_OK, "reader", "the accelerator gives the processor's sums: %s, kernel %s", config->reader.xclbin, config->reader.kernel);
}
