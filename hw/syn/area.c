// SPDX-License-Identifier: Apache-2.0
// Area and deepest paths of what yosys made of the logic: area PART TOP HIERARCHY.blif FLAT.blif [paths=N] [LIMIT=VALUE…]
//
// HIERARCHY.blif: one model a module; FLAT.blif: the same without hierarchy. LIMIT: lut, ramb36, dsp (to stay below), path_ns (at most).
// Exit status 1: a limit is not kept; 2: wrong use, or a file cannot be read.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw/syn/netlist.h"
#include "hw/syn/paths.h"

struct area {
	unsigned long lut, ff, ramb18, dsp;
};

struct row {			/* all modules of one name, whatever their parameters */
	char name[64];
	unsigned long instances;
	struct area area;
	int ns100;
};

/* LUTs of a LUTRAM: UG474 table 2-3 (7 series), UG574 table 2-3 (UltraScale), by name. */
static unsigned long lutram_luts(const char *type)
{
	static const struct {
		const char *type;
		unsigned long luts;
	} table[] = {
		{"RAM32X1S", 1}, {"RAM32X1D", 2}, {"RAM32M16", 8}, {"RAM32M", 4}, {"RAM32X16DR8", 8}, {"RAM64X1S", 1}, {"RAM64X1D", 2}, {"RAM64M8", 8}, {"RAM64M", 4},
		{"RAM64X8SW", 8}, {"RAM128X1S", 2}, {"RAM128X1D", 4}, {"RAM256X1S", 4}, {"RAM256X1D", 8}, {"RAM512X1S", 8},
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (!strcmp(type, table[i].type))
			return table[i].luts;
	fprintf(stderr, "area: %s is not in the table of LUTRAMs in hw/syn/area.c\n", type);
	exit(2);
}

static struct area cells_area(const struct module *m)
{
	struct area a = {0};
	for (size_t i = 0; i < m->n_cells; i++) {
		const struct cell *c = &m->cells[i];
		switch (c->kind) {
		case CELL_LUT:
		case CELL_SHIFT: a.lut++; break;
		case CELL_LUTRAM: a.lut += lutram_luts(c->type); break;
		case CELL_FF: a.ff++; break;
		case CELL_BRAM: a.ramb18 += !strncmp(c->type, "RAMB36", 6) ? 2 : 1; break;
		case CELL_DSP: a.dsp++; break;
		default: break;
		}
	}
	return a;
}

static void print_area(const char *part, const char *module, const struct area *a, int ns100, const char *more)
{
	printf("area %s %s%slut=%lu ff=%lu ramb36=%lu%s dsp=%lu path_ns=%.2f%s\n", part, module, *module ? " " : "", a->lut, a->ff, a->ramb18 / 2,
	       a->ramb18 % 2 ? ".5" : ".0", a->dsp, ns100 / 100.0, more);
}

/* "$paramod$5f…\regs" and "$paramod\cdc_bus\W?s32'…" are modules with parameters. */
static void base_name(const char *name, char *base, size_t size)
{
	if (!strncmp(name, "$paramod", 8) && strchr(name, '\\'))
		name = strchr(name, '\\') + 1;
	snprintf(base, size, "%.*s", (int)strcspn(name, "\\"), name);
}

static unsigned long instances(const struct netlist *n, const struct module *of, const struct module *in)
{
	unsigned long count = in == of;
	for (size_t i = 0; i < in->n_cells; i++)
		if (in->cells[i].module)
			count += instances(n, of, in->cells[i].module);
	return count;
}

static int larger(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	return x->area.lut != y->area.lut ? (x->area.lut < y->area.lut) - (x->area.lut > y->area.lut) : strcmp(x->name, y->name);
}

/* A row for each module, its children left out, so that the rows add up to the top. */
static int print_modules(const char *part, const struct netlist *n, const struct module *top)
{
	struct row *rows = calloc(n->n_modules, sizeof *rows);
	size_t n_rows = 0;
	if (!rows)
		return -1;
	for (size_t i = 0; i < n->n_modules; i++) {
		const struct module *m = &n->modules[i];
		struct area a = cells_area(m);
		struct paths paths;
		unsigned long times = instances(n, m, top);
		char name[sizeof rows->name];
		size_t r = 0;
		if (!times)
			continue;
		if (paths_find(m, &paths)) {
			free(rows);
			return -1;
		}
		base_name(m->name, name, sizeof name);
		while (r < n_rows && strcmp(rows[r].name, name))
			r++;
		if (r == n_rows)
			memcpy(rows[n_rows++].name, name, sizeof name);
		rows[r].instances += times;
		rows[r].area.lut += times * a.lut;
		rows[r].area.ff += times * a.ff;
		rows[r].area.ramb18 += times * a.ramb18;
		rows[r].area.dsp += times * a.dsp;
		if (paths.n_ends && paths.ends[0].ns100 > rows[r].ns100)
			rows[r].ns100 = paths.ends[0].ns100;
		paths_free(&paths);
	}
	qsort(rows, n_rows, sizeof *rows, larger);
	for (size_t r = 0; r < n_rows; r++) {
		char name[sizeof rows->name + 8], more[40];
		snprintf(name, sizeof name, "%-13s", rows[r].name);
		snprintf(more, sizeof more, " instances=%lu", rows[r].instances);
		print_area(part, name, &rows[r].area, rows[r].ns100, more);
	}
	free(rows);
	return 0;
}

static const struct cell *unregistered(const struct module *m, const struct cell *c)
{
	for (size_t p = 0; p < c->n_pins; p++) {
		const struct net *net = &m->nets[c->pins[p].net];
		const char *pin = c->pins[p].name;
		bool second = !strncmp(pin, "DOB", 3) || !strncmp(pin, "DOPB", 4) || !strncmp(pin, "DOUTB", 5) || !strncmp(pin, "DOUTPB", 6);
		if (!c->pins[p].output || cell_param(c, second ? "DOB_REG" : "DOA_REG", 0))
			continue;
		for (size_t k = 0; k < net->n_loads; k++) {
			const struct cell *to = &m->cells[net->loads[2 * k]];
			if (to->kind != CELL_FF || strcmp(to->pins[net->loads[2 * k + 1]].name, "D"))
				return to;
		}
	}
	return NULL;
}

/*
 * The output of a block RAM goes into a register: its own, or flip-flops and nothing else. Returns the number of memories where
 * it does not; yosys calls block 12 of a memory "memory.0.12".
 */
static unsigned long print_rams(const char *part, const struct module *m)
{
	unsigned long bad = 0, blocks = 0;
	char name[200], last[200] = "";
	const struct cell *load, *last_load = NULL;
	for (size_t i = 0; i <= m->n_cells; i++) {
		if (i < m->n_cells) {
			if (m->cells[i].kind != CELL_BRAM || !(load = unregistered(m, &m->cells[i])))
				continue;
			cell_title(m, &m->cells[i], name, sizeof name);
			for (int k = 0; k < 2; k++) {
				char *dot = strrchr(name, '.');
				if (dot && dot[1] && !dot[1 + strspn(dot + 1, "0123456789")])
					*dot = 0;
			}
			if (!strcmp(name, last)) {
				blocks++;
				continue;
			}
		}
		if (blocks)
			printf("ram %s %s: no register between its output and a %s (%lu block%s)\n", part, last, last_load->type, blocks, blocks == 1 ? "" : "s");
		if (i < m->n_cells) {
			bad++;
			blocks = 1;
			last_load = load;
			memcpy(last, name, sizeof last);
		}
	}
	return bad;
}

/* The deepest path into each instance, of those that are deeper than a limit. */
static void print_deep(const char *part, const struct paths *paths, int limit)
{
	char from[200], to[200], *seen[64];
	size_t n_seen = 0;
	for (size_t i = 0; i < paths->n_ends && paths->ends[i].ns100 > limit && n_seen < sizeof seen / sizeof *seen; i++) {
		paths_name_end(paths, &paths->ends[i], to, sizeof to);
		char *dot = strrchr(to, '.');
		size_t length = dot ? (size_t)(dot - to) : 0, s = 0;
		while (s < n_seen && !(strlen(seen[s]) == length && !strncmp(seen[s], to, length)))
			s++;
		if (s < n_seen || !(seen[n_seen] = strndup(to, length)))
			continue;
		n_seen++;
		paths_name_start(paths, &paths->ends[i], from, sizeof from);
		printf("deep %s %.2f ns: %s -> %s\n", part, paths->ends[i].ns100 / 100.0, from, to);
	}
	while (n_seen)
		free(seen[--n_seen]);
}

static int check(const char *what, double have, double most, bool below)
{
	if (below ? have < most : have <= most)
		return 0;
	printf("not ok %s is %g, but must be %s %g\n", what, have, below ? "below" : "at most", most);
	return 1;
}

int main(int argc, char **argv)
{
	struct netlist hierarchy, flat;
	struct paths paths;
	double lut = 0, ramb36 = 0, dsp = 0, path_ns = 0;
	unsigned shown = 1;
	if (argc < 5) {
		fprintf(stderr, "usage: area PART TOP HIERARCHY.blif FLAT.blif [paths=N] [lut=N] [ramb36=N] [dsp=N] [path_ns=N]\n");
		return 2;
	}
	for (int i = 5; i < argc; i++)
		if (sscanf(argv[i], "lut=%lf", &lut) != 1 && sscanf(argv[i], "ramb36=%lf", &ramb36) != 1 && sscanf(argv[i], "dsp=%lf", &dsp) != 1 &&
		    sscanf(argv[i], "path_ns=%lf", &path_ns) != 1 && sscanf(argv[i], "paths=%u", &shown) != 1) {
			fprintf(stderr, "area: what is '%s'? lut=, ramb36=, dsp=, path_ns=, paths= are known\n", argv[i]);
			return 2;
		}
	const char *part = argv[1];
	if (netlist_read(argv[3], &hierarchy))
		return 2;
	if (netlist_read(argv[4], &flat)) {
		netlist_free(&hierarchy);
		return 2;
	}
	const struct module *top = netlist_find(&hierarchy, argv[2]), *whole = netlist_find(&flat, argv[2]);
	if (!top || !whole || print_modules(part, &hierarchy, top) || paths_find(whole, &paths)) {
		if (!top || !whole)
			fprintf(stderr, "area: no module %s in %s\n", argv[2], top ? argv[4] : argv[3]);
		netlist_free(&hierarchy);
		netlist_free(&flat);
		return 2;
	}
	struct area a = cells_area(whole);
	int deepest = paths.n_ends ? paths.ends[0].ns100 : 0;
	unsigned long bad_rams = print_rams(part, whole);
	print_deep(part, &paths, path_ns > 0 ? (int)(path_ns * 100 + 0.5) : 650);
	for (unsigned i = 0; i < shown && i < paths.n_ends; i++) {
		char from[200], to[200];
		paths_name_start(&paths, &paths.ends[i], from, sizeof from);
		paths_name_end(&paths, &paths.ends[i], to, sizeof to);
		printf("path %s %.2f ns: %s -> %s\n", part, paths.ends[i].ns100 / 100.0, from, to);
		paths_print(&paths, &paths.ends[i], stdout);
	}
	print_area(part, "", &a, deepest, "");
	int failed = lut > 0 && check("lut", (double)a.lut, lut, true);
	failed |= ramb36 > 0 && check("ramb36", (double)a.ramb18 / 2, ramb36, true);
	failed |= dsp > 0 && check("dsp", (double)a.dsp, dsp, true);
	failed |= path_ns > 0 && check("path_ns", deepest / 100.0, path_ns, false);
	failed |= path_ns > 0 && check("memories without an output register", (double)bad_rams, 0, false);
	paths_free(&paths);
	netlist_free(&hierarchy);
	netlist_free(&flat);
	return failed;
}
