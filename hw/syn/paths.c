// SPDX-License-Identifier: Apache-2.0
#include "hw/syn/paths.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * A DSP between its registers: Vivado's figures for 7 series, speed grade -1, as yosys' share/xilinx/cells_sim.v has them in the
 * specify block of DSP48E1. What leaves without a register inside is followed by one more wire, as a LUT would be: LEVEL less
 * the 0.12 ns of a LUT6 (same file).
 */
enum {
	DSP_WIRE = PATH_LEVEL - 12,
	DSP_THROUGH_MULTIPLIER = 282, DSP_THROUGH_ADDER = 152,		/* A to P */
	DSP_INTO_M = 142, DSP_INTO_P_MULTIPLIER = 274, DSP_INTO_P_ADDER = 144,
	DSP_OUT_OF_M = 134, DSP_OUT_OF_AB = 262, DSP_OUT_OF_C = 136,	/* less the 0.33 ns out of P, which BASE has */
	DSP_PREADDER = 98,
};

static bool dsp_multiplies(const struct cell *c)
{
	return !cell_has(c, "USE_MULT", "NONE");
}

static int dsp_preadds(const struct cell *c)
{
	return cell_has(c, "USE_DPORT", "TRUE") || cell_has(c, "AMULTSEL", "AD") ? DSP_PREADDER : 0;
}

/* A register of the DSP right behind the pin. */
static bool dsp_registered(const struct cell *c, const char *pin)
{
	if (pin_is(pin, "A"))
		return cell_param(c, "AREG", 1) != 0;
	if (pin_is(pin, "B"))
		return cell_param(c, "BREG", 1) != 0;
	if (pin_is(pin, "C"))
		return cell_param(c, "CREG", 1) != 0;
	if (pin_is(pin, "D"))
		return cell_param(c, "DREG", 1) != 0;
	return !pin_is(pin, "PCIN") && !pin_is(pin, "ACIN") && !pin_is(pin, "BCIN") && !pin_is(pin, "CARRYIN") && !pin_is(pin, "OPMODE") &&
	       !pin_is(pin, "ALUMODE") && !pin_is(pin, "INMODE");
}

static bool dsp_to_multiplier(const struct cell *c, const char *pin)
{
	return dsp_multiplies(c) && (pin_is(pin, "A") || pin_is(pin, "B") || pin_is(pin, "D") || pin_is(pin, "ACIN") || pin_is(pin, "BCIN"));
}

static int dsp_arc(const struct cell *c, const char *in)
{
	bool multiplier = dsp_to_multiplier(c, in);
	if (dsp_registered(c, in) || cell_param(c, "PREG", 1) || (multiplier && cell_param(c, "MREG", 1)))
		return -1;
	return DSP_WIRE + (multiplier ? DSP_THROUGH_MULTIPLIER + (pin_is(in, "B") ? 0 : dsp_preadds(c)) : DSP_THROUGH_ADDER);
}

static int dsp_end(const struct cell *c, const char *in)
{
	if (dsp_registered(c, in))
		return 0;
	if (!dsp_to_multiplier(c, in))
		return cell_param(c, "PREG", 1) ? DSP_INTO_P_ADDER : -1;
	int preadder = pin_is(in, "B") ? 0 : dsp_preadds(c);
	return cell_param(c, "MREG", 1) ? DSP_INTO_M + preadder : cell_param(c, "PREG", 1) ? DSP_INTO_P_MULTIPLIER + preadder : -1;
}

static int dsp_start(const struct cell *c)
{
	if (cell_param(c, "PREG", 1))
		return 0;
	if (dsp_multiplies(c) && cell_param(c, "MREG", 1))
		return DSP_OUT_OF_M;
	if (dsp_multiplies(c) && (cell_param(c, "AREG", 1) || cell_param(c, "BREG", 1)))
		return DSP_OUT_OF_AB + dsp_preadds(c);
	return cell_param(c, "CREG", 1) || cell_param(c, "AREG", 1) ? DSP_OUT_OF_C : -1;
}

static int bit(const char *pin)
{
	const char *bracket = strchr(pin, '[');
	return bracket ? atoi(bracket + 1) : 0;
}

static int carry_arc(const struct cell *c, const char *in, const char *out)
{
	int cost = !strcmp(c->type, "CARRY8") ? 2 * PATH_CARRY : PATH_CARRY;
	if (pin_is(in, "S") && bit(in) > bit(out))
		return -1;
	if (pin_is(in, "DI") && bit(in) > bit(out) - pin_is(out, "O"))
		return -1;
	return cost;
}

/*
 * A MUXF7, F8 or F9 sits beside the LUTs that drive its data inputs, in the same slice and without a wire between, so these are
 * part of the LUT's level. Its select comes over a wire of its own and data from elsewhere passes through a LUT: a level each.
 */
static int muxf_arc(const struct module *m, const struct pin *in)
{
	int from = m->nets[in->net].cell;
	bool beside = from >= 0 && (m->cells[from].kind == CELL_LUT || m->cells[from].kind == CELL_MUXF);
	return !pin_is(in->name, "S") && beside ? 0 : PATH_LEVEL;
}

/* Asynchronous read: each port's address to its output. */
static int lutram_arc(const char *in, const char *out)
{
	if (!strncmp(out, "DO", 2))	/* DOA of ADDRA */
		return !strncmp(in, "ADDR", 4) && in[4] == out[2] ? PATH_LEVEL : -1;
	if (pin_is(out, "DPO"))
		return !strncmp(in, "DPRA", 4) ? PATH_LEVEL : -1;
	return in[0] == 'A' ? PATH_LEVEL : -1;
}

/* What a cell adds between an input and an output; -1: they are not joined but through a register. */
static int arc(const struct module *m, const struct cell *c, const struct pin *in, const struct pin *out)
{
	switch (c->kind) {
	case CELL_LUT: return PATH_LEVEL;
	case CELL_BUFFER: return 0;
	case CELL_MUXF: return muxf_arc(m, in);
	case CELL_CARRY: return carry_arc(c, in->name, out->name);
	case CELL_SHIFT: return in->name[0] == 'A' && pin_is(out->name, "Q") ? PATH_LEVEL : -1;
	case CELL_LUTRAM: return lutram_arc(in->name, out->name);
	case CELL_DSP: return dsp_arc(c, in->name);
	default: return -1;
	}
}

/* Where a path may begin: how much is gone when the output shows what the cell's registers hold; -1: it holds none. */
static int start(const struct cell *c, const struct pin *out)
{
	switch (c->kind) {
	case CELL_FF:
	case CELL_BRAM:
	case CELL_MODULE: return 0;
	case CELL_LUTRAM: return PATH_LEVEL;
	case CELL_SHIFT: return pin_is(out->name, "Q") ? PATH_LEVEL : 0;
	case CELL_DSP: return dsp_start(c);
	default: return -1;
	}
}

static bool is_clock(const struct cell *c, const char *pin)
{
	return (c->kind == CELL_FF && pin_is(pin, "C")) || (c->kind != CELL_MODULE && strstr(pin, "CLK"));
}

static int finish(const struct cell *c, const struct pin *in)
{
	switch (c->kind) {
	case CELL_FF:
	case CELL_BRAM:
	case CELL_LUTRAM:
	case CELL_SHIFT: return is_clock(c, in->name) ? -1 : 0;
	case CELL_DSP: return is_clock(c, in->name) ? -1 : dsp_end(c, in->name);
	case CELL_MODULE: return 0;
	default: return -1;
	}
}

enum { UNKNOWN = -2, OPEN = -3 };

static int arrive(struct paths *p, int net)
{
	const struct module *m = p->module;
	if (p->arrival[net] == OPEN) {
		fprintf(stderr, "area: %s: a loop without a register through %s\n", m->name, m->nets[net].name);
		return -ELOOP;
	}
	if (p->arrival[net] != UNKNOWN)
		return 0;
	if (m->nets[net].cell < 0) {
		p->arrival[net] = 0;	/* an input port, or nothing */
		return 0;
	}
	const struct cell *c = &m->cells[m->nets[net].cell];
	const struct pin *out = &c->pins[m->nets[net].pin];
	int latest = start(c, out), before = -1;
	p->arrival[net] = OPEN;
	for (size_t i = 0; i < c->n_pins; i++) {
		const struct pin *in = &c->pins[i];
		int cost = in->output || in->net == CONSTANT_NET ? -1 : arc(m, c, in, out);
		if (cost < 0)
			continue;
		int err = arrive(p, in->net);
		if (err)
			return err;
		if (p->arrival[in->net] >= 0 && p->arrival[in->net] + cost > latest) {
			latest = p->arrival[in->net] + cost;
			before = in->net;
		}
	}
	p->arrival[net] = latest;
	p->before[net] = before;
	return 0;
}

static int deeper(const void *a, const void *b)
{
	const struct end *x = a, *y = b;
	return x->ns100 != y->ns100 ? (x->ns100 < y->ns100) - (x->ns100 > y->ns100) :
		x->cell != y->cell ? (x->cell > y->cell) - (x->cell < y->cell) : (x->pin > y->pin) - (x->pin < y->pin);
}

int paths_find(const struct module *m, struct paths *ret)
{
	size_t most = m->n_outputs;
	for (size_t i = 0; i < m->n_cells; i++)
		most += m->cells[i].n_pins;
	struct paths p = {.module = m, .arrival = malloc(m->n_nets * sizeof(int)), .before = malloc(m->n_nets * sizeof(int)),
		.ends = calloc(most + 1, sizeof *p.ends)};
	int err = p.arrival && p.before && p.ends ? 0 : -ENOMEM;
	if (err)
		fprintf(stderr, "area: out of memory\n");
	for (size_t i = 0; !err && i < m->n_nets; i++) {
		p.arrival[i] = i == CONSTANT_NET ? -1 : UNKNOWN;
		p.before[i] = -1;
	}
	for (size_t i = 0; !err && i < m->n_nets; i++)
		err = arrive(&p, (int)i);
	for (size_t i = 0; !err && i < m->n_cells; i++)
		for (size_t k = 0; k < m->cells[i].n_pins; k++) {
			const struct pin *pin = &m->cells[i].pins[k];
			int setup = pin->output || p.arrival[pin->net] < 0 ? -1 : finish(&m->cells[i], pin);
			if (setup >= 0)
				p.ends[p.n_ends++] = (struct end){(int)i, (int)k, pin->net, PATH_BASE + p.arrival[pin->net] + setup};
		}
	for (size_t i = 0; !err && i < m->n_outputs; i++)
		if (p.arrival[m->outputs[i]] >= 0)
			p.ends[p.n_ends++] = (struct end){-1, (int)i, m->outputs[i], PATH_BASE + p.arrival[m->outputs[i]]};
	if (err) {
		paths_free(&p);
		return err;
	}
	qsort(p.ends, p.n_ends, sizeof *p.ends, deeper);
	*ret = p;
	return 0;
}

void paths_free(struct paths *p)
{
	free(p->arrival);
	free(p->before);
	free(p->ends);
	*p = (struct paths){0};
}

/* "$flatten\lane1.$mul$hw/rtl/plate_lane.v:107$571" is "lane1.$mul of plate_lane.v:107". */
static void tidy(const char *from, char *to, size_t size)
{
	size_t n = 0;
	if (!strncmp(from, "$flatten", 8))
		from += 8;
	for (; *from && n + 1 < size; from++)
		if (*from == '$' && strchr(from, '/') && !strncmp(from + 1, "hw/", 3)) {
			const char *file = strrchr(from, '/') + 1;
			size_t length = strcspn(file, "$");
			n += (size_t)snprintf(to + n, size - n, " of %.*s", (int)length, file);
			break;
		} else if (*from != '\\')
			to[n++] = *from;
	to[n < size ? n : size - 1] = 0;
}

void cell_title(const struct module *m, const struct cell *c, char *name, size_t size)
{
	const char *out = NULL, *dollar = strstr(c->name, ".$");
	size_t n = 0;
	for (size_t i = 0; c->kind == CELL_FF && i < c->n_pins; i++)
		if (c->pins[i].output)
			out = m->nets[c->pins[i].net].name;
	/* A flip-flop has the name of what it drives, and that may be named by another module: the instance is in the cell's name. */
	if (out && !strncmp(c->name, "$flatten", 8) && dollar && size > 1) {
		char instance[200];
		const char *last = strrchr(out, '.');
		tidy(c->name, instance, sizeof instance);
		n = (size_t)snprintf(name, size, "%.*s", (int)(strstr(instance, ".$") - instance + 1), instance);
		n = n < size ? n : size - 1;
		out = last && !strchr(last, '$') ? last + 1 : out;
	}
	tidy(out ? out : c->name, name + n, size - n);
}

static int first_net(const struct paths *p, int net)
{
	while (p->before[net] >= 0)
		net = p->before[net];
	return net;
}

void paths_name_start(const struct paths *p, const struct end *end, char *name, size_t size)
{
	const struct net *net = &p->module->nets[first_net(p, end->net)];
	if (net->cell < 0)
		snprintf(name, size, "port %s", net->name);
	else
		cell_title(p->module, &p->module->cells[net->cell], name, size);
}

void paths_name_end(const struct paths *p, const struct end *end, char *name, size_t size)
{
	if (end->cell < 0)
		snprintf(name, size, "port %s", p->module->nets[end->net].name);
	else
		cell_title(p->module, &p->module->cells[end->cell], name, size);
}

void paths_print(const struct paths *p, const struct end *end, FILE *to)
{
	const struct module *m = p->module;
	char name[200];
	size_t n = 0;
	for (int net = end->net; net >= 0; net = p->before[net])
		n++;
	int *way = malloc(n * sizeof *way);
	if (!way)
		return;
	size_t at = n;
	for (int net = end->net; net >= 0; net = p->before[net])
		way[--at] = net;
	for (size_t i = 0; i < n; i++) {
		const struct net *net = &m->nets[way[i]];
		const struct cell *c = net->cell < 0 ? NULL : &m->cells[net->cell];
		size_t chain = 1;
		if (c && c->kind == CELL_BUFFER)
			continue;
		while (c && c->kind == CELL_CARRY && i + 1 < n && m->nets[way[i + 1]].cell >= 0 && m->cells[m->nets[way[i + 1]].cell].kind == CELL_CARRY)
			chain++, i++;
		tidy(m->nets[way[i]].name, name, sizeof name);
		bool named = !strstr(m->nets[way[i]].name, "$abc$") && !strstr(m->nets[way[i]].name, "$auto$");
		char type[32];
		snprintf(type, sizeof type, chain > 1 ? "%s x %zu" : "%s", c ? c->type : "port", chain);
		fprintf(to, "    %5.2f  %-12s %s\n", (PATH_BASE + p->arrival[way[i]]) / 100.0, type, named ? name : "");
	}
	free(way);
	paths_name_end(p, end, name, sizeof name);
	fprintf(to, "    %5.2f  %-12s %s %s\n", end->ns100 / 100.0, end->cell < 0 ? "" : m->cells[end->cell].type, name,
		end->cell < 0 ? "" : m->cells[end->cell].pins[end->pin].name);
}
