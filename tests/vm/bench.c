/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bench registers from a script in the guest:
 *
 *   bench get NAME          prints a register, decimal (NAME as in sim/vm/bench.h without BENCH_; NAME_LO gives all 64 bits)
 *   bench set NAME VALUE [NAME VALUE]…
 *   bench play clip|pattern|none [FRAMES [scene|host]]
 *   bench bar0 OFFSET [VALUE]   one access to BAR0
 */
#include "tests/vm/rig.h"

static const struct name {
	const char *name;
	uint32_t offset;
} names[] = {
#define NAME(name) { #name, BENCH_##name }
	NAME(ID), NAME(VERDICT), NAME(HOST_NS_LO), NAME(PLAY), NAME(SOURCE), NAME(PACE), NAME(FRAMES), NAME(FRAMES_LEFT), NAME(PERIOD_NS),
	NAME(PINS), NAME(CLIP_SIZE), NAME(CLIP_FRAMES), NAME(EPOCH_LO), NAME(EPOCH_HI), NAME(ADVANCE_NS), NAME(PPS), NAME(RECORD_KIND),
	NAME(RECORD_AT), NAME(RECORD_VALUE), NAME(RECORD_TYPE), NAME(RECORD_SKIP), NAME(RECORD_COUNT), NAME(PRODUCER_ADD), NAME(IRQ_SWALLOW),
	NAME(IRQ_STORM), NAME(IRQ_STORM_SEEN), NAME(DEAD), NAME(DEAD_AFTER), NAME(SHOW_ID), NAME(SHOW_VERSION), NAME(DMA_ERROR),
	NAME(NEVER_IDLE), NAME(FRAMES_PLAYED), NAME(READS), NAME(WRITES), NAME(WRONG_SIZE), NAME(IRQS_SENT), NAME(IRQS_SWALLOWED),
	NAME(DMA_REFUSED), NAME(RECORDS), NAME(RECORDS_CHANGED), NAME(RESETS), NAME(DMA_WRITTEN_LO), NAME(DMA_READ_LO), NAME(CLOCKS_LO),
#undef NAME
};

static int usage(void)
{
	fprintf(stderr, "usage: bench get NAME | set NAME VALUE… | play clip|pattern|none [FRAMES [scene|host]] | bar0 OFFSET [VALUE]\n");
	return 2;
}

static uint32_t find(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].offset;
	fprintf(stderr, "bench: no register %s; sim/vm/bench.h has them\n", name);
	exit(2);
}

static int get(const char *name)
{
	size_t length = strlen(name);
	uint32_t offset = find(name);
	int wide = length > 3 && strcmp(name + length - 3, "_LO") == 0 && offset != BENCH_EPOCH_LO;

	printf("%llu\n", wide ? (unsigned long long)rig_wide(offset) : rig_get(offset));
	return 0;
}

static int play(int argc, char **argv)
{
	uint32_t source = strcmp(argv[0], "clip") == 0 ? BENCH_SOURCE_CLIP : strcmp(argv[0], "pattern") == 0 ? BENCH_SOURCE_PATTERN :
			  strcmp(argv[0], "none") == 0 ? BENCH_SOURCE_NONE : ~0u;

	if (source == ~0u)
		return usage();
	rig_play(source, argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : 0,
		 argc > 2 && strcmp(argv[2], "host") == 0 ? BENCH_PACE_HOST : BENCH_PACE_SCENE);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "get") == 0)
		return get(argv[2]);
	if (argc >= 4 && argc % 2 == 0 && strcmp(argv[1], "set") == 0) {
		for (int i = 2; i < argc; i += 2)
			rig_set(find(argv[i]), (uint32_t)strtoul(argv[i + 1], NULL, 0));
		return 0;
	}
	if (argc >= 3 && strcmp(argv[1], "play") == 0)
		return play(argc - 2, argv + 2);
	if ((argc == 3 || argc == 4) && strcmp(argv[1], "bar0") == 0) {
		volatile uint32_t *bar;
		uint32_t offset = (uint32_t)strtoul(argv[2], NULL, 0) / 4;

		rig_enable();
		bar = rig_map(0, 0x20000);
		if (offset >= 0x8000)
			return usage();
		if (argc == 4)
			bar[offset] = (uint32_t)strtoul(argv[3], NULL, 0);
		else
			printf("0x%08x\n", bar[offset]);
		return 0;
	}
	return usage();
}
