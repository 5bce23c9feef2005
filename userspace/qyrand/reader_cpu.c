/* SPDX-License-Identifier: Apache-2.0 */
#include "reader_backend.h"

#include <errno.h>
#include <stdlib.h>

struct cpu {
	struct reader_backend backend;
	struct plate_memory *memory;
};

static void cpu_run(struct reader_backend *backend, const int8_t *input, int16_t *ret_sums)
{
	plate_reader_run(((struct cpu *)backend)->memory, qyran_plate_weights, input, ret_sums);
}

static void cpu_free(struct reader_backend *backend)
{
	plate_memory_free(((struct cpu *)backend)->memory);
	free(backend);
}

int reader_cpu_new(struct reader_backend **ret)
{
	static const struct reader_backend_ops ops = { cpu_run, cpu_free };
	struct cpu *cpu = calloc(1, sizeof(*cpu));

	if (!cpu)
		return -ENOMEM;
	cpu->backend.ops = &ops;
	cpu->memory = plate_memory_new();
	if (!cpu->memory) {
		free(cpu);
		return -ENOMEM;
	}
	*ret = &cpu->backend;
	return 0;
}
