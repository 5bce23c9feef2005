/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the C header, the Verilog include and the manual page from regs.def: regs-gen header|verilog|manual >FILE */
#include <stdio.h>
#include <string.h>

struct field {
	const char *reg;
	unsigned int offset, count, stride;
	const char *name;
	unsigned int lsb, width;
	const char *access;
	unsigned int reset;
	const char *text;
};

static const struct field fields[] = {
#define QYRAN_FIELD(reg, offset, field, lsb, width, access, reset, text) \
	{ #reg, offset, 1, 0, #field, lsb, width, #access, reset, text },
#define QYRAN_ARRAY(reg, offset, count, stride, field, lsb, width, access, reset, text) \
	{ #reg, offset, count, stride, #field, lsb, width, #access, reset, text },
#include "regs.def"
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static unsigned int mask(const struct field *f)
{
	return f->width == 32 ? 0xffffffffu : (1u << f->width) - 1u;
}

static int first_of_register(size_t i)
{
	return i == 0 || strcmp(fields[i].reg, fields[i - 1].reg) != 0;
}

static unsigned int register_reset(size_t i)
{
	unsigned int value = 0;

	for (size_t k = i; k < FIELDS && !strcmp(fields[k].reg, fields[i].reg); k++)
		value |= fields[k].reset << fields[k].lsb;
	return value;
}

/* A row that contradicts its neighbours must stop the build, not reach a board. */
static int check(void)
{
	for (size_t i = 0; i < FIELDS; i++) {
		const struct field *f = &fields[i];

		if (f->width < 1 || f->lsb + f->width > 32 || f->reset & ~mask(f) || f->offset % 4 || f->offset >= 0x20000) {
			fprintf(stderr, "regs.def: %s.%s: position, width, reset value or offset does not fit\n", f->reg, f->name);
			return -1;
		}
		for (size_t k = 0; k < i; k++) {
			const struct field *g = &fields[k];
			int same = !strcmp(f->reg, g->reg);

			if (same && f->offset != g->offset) {
				fprintf(stderr, "regs.def: %s has two offsets\n", f->reg);
				return -1;
			}
			for (unsigned int a = 0; a < f->count; a++)
				for (unsigned int b = 0; b < g->count; b++)
					if (f->offset + a * f->stride == g->offset + b * g->stride &&
					    (!same || (a == b && mask(f) << f->lsb & mask(g) << g->lsb))) {
						fprintf(stderr, "regs.def: %s.%s overlaps %s.%s\n", f->reg, f->name, g->reg, g->name);
						return -1;
					}
		}
	}
	return 0;
}

static void header(void)
{
	printf("/* Made from hw/regs.def by hw/regs-gen.c; edit that. */\n#ifndef QYRAN_REGS_H\n#define QYRAN_REGS_H\n");
	for (size_t i = 0; i < FIELDS; i++) {
		const struct field *f = &fields[i];

		if (first_of_register(i)) {
			printf("\n#define QYRAN_REG_%s 0x%05xu\n#define QYRAN_%s_RESET 0x%08xu\n", f->reg, f->offset, f->reg, register_reset(i));
			if (f->count > 1)
				printf("#define QYRAN_%s_COUNT %uu\n#define QYRAN_%s_STRIDE %uu\n", f->reg, f->count, f->reg, f->stride);
		}
		if (f->text[0])
			printf("/* %s */\n", f->text);
		printf("#define QYRAN_%s_%s_SHIFT %u\n", f->reg, f->name, f->lsb);
		printf("#define QYRAN_%s_%s_MASK 0x%xu\n", f->reg, f->name, mask(f));
	}
	printf("\n#endif\n");
}

static void verilog(void)
{
	printf("// Made from hw/regs.def by hw/regs-gen.c; edit that.\n");
	for (size_t i = 0; i < FIELDS; i++) {
		const struct field *f = &fields[i];

		if (first_of_register(i)) {
			printf("`define QYRAN_REG_%s 17'h%05x\n`define QYRAN_%s_RESET 32'h%08x\n", f->reg, f->offset, f->reg, register_reset(i));
			if (f->count > 1)
				printf("`define QYRAN_%s_COUNT %u\n`define QYRAN_%s_STRIDE %u\n", f->reg, f->count, f->reg, f->stride);
		}
		printf("`define QYRAN_%s_%s %u +: %u\n", f->reg, f->name, f->lsb, f->width);
	}
}

static void manual(void)
{
	printf("# Registers\n\nMade from `hw/regs.def`. Page 0 (below 0x10000) may be mapped into user space; page 1 is the kernel's alone. Accesses are "
	       "32 bit.\nRO read only, RW read and write, WO reads 0, W1C write one to clear. `[n]`: an array.\n\n"
	       "| offset | register | bits | field | access | reset | what it is |\n|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < FIELDS; i++) {
		const struct field *f = &fields[i];

		printf("| ");
		if (first_of_register(i) && f->count > 1)
			printf("0x%05x + %u n | %s[%u]", f->offset, f->stride, f->reg, f->count);
		else if (first_of_register(i))
			printf("0x%05x | %s", f->offset, f->reg);
		else
			printf("| ");
		printf(" | %u:%u | %s | %s | 0x%x | %s |\n", f->lsb + f->width - 1, f->lsb, f->name, f->access, f->reset, f->text);
	}
}

int main(int argc, char **argv)
{
	if (check())
		return 1;
	if (argc == 2 && !strcmp(argv[1], "header"))
		header();
	else if (argc == 2 && !strcmp(argv[1], "verilog"))
		verilog();
	else if (argc == 2 && !strcmp(argv[1], "manual"))
		manual();
	else {
		fprintf(stderr, "usage: regs-gen header|verilog|manual >FILE\n");
		return 2;
	}
	return fflush(stdout) ? 1 : 0;
}
