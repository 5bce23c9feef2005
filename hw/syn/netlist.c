// SPDX-License-Identifier: Apache-2.0
#include "hw/syn/netlist.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What synth_xilinx maps to, by the beginning of a cell's name, the longer first; outputs of each, separated by blanks. */
static const struct kind {
	const char *prefix;
	enum cell_kind kind;
	const char *outputs;
} kinds[] = {
	{"LUT6_2", CELL_LUT, "O5 O6"},
	{"LUT", CELL_LUT, "O"},
	{"INV", CELL_LUT, "O"},
	{"BUF", CELL_BUFFER, "O"},
	{"IBUF", CELL_BUFFER, "O"},
	{"OBUF", CELL_BUFFER, "O"},
	{"MUXF", CELL_MUXF, "O"},
	{"CARRY", CELL_CARRY, "O CO"},
	{"FD", CELL_FF, "Q"},
	{"SRL", CELL_SHIFT, "Q Q15 Q31"},
	{"RAMB", CELL_BRAM, "DOADO DOPADOP DOBDO DOPBDOP DOUTADOUT DOUTPADOUTP DOUTBDOUT DOUTPBDOUTP"},
	{"RAM", CELL_LUTRAM, "DOA DOB DOC DOD DOE DOF DOG DOH SPO DPO O"},
	{"DSP48", CELL_DSP, "P PCOUT ACOUT BCOUT CARRYOUT CARRYCASCOUT MULTSIGNOUT OVERFLOW UNDERFLOW PATTERNDETECT PATTERNBDETECT XOROUT"},
};

struct table {			/* of net names */
	int *slots;
	size_t size;
};

static size_t hash(const char *name)
{
	size_t h = 14695981039346656037u;
	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 1099511628211u;
	return h;
}

/* Room for one more in an array that grows by doubling; never returns NULL. */
static void *grow(void *array, size_t n, size_t each)
{
	if (n && (n < 4 || n & (n - 1)))
		return array;
	void *larger = realloc(array, (n ? 2 * n : 4) * each);
	if (!larger) {
		fprintf(stderr, "area: out of memory\n");
		exit(1);
	}
	return larger;
}

static char *copy(const char *text)
{
	char *made = strdup(text);
	if (!made) {
		fprintf(stderr, "area: out of memory\n");
		exit(1);
	}
	return made;
}

static int add_net(struct module *m, const char *name)
{
	m->nets = grow(m->nets, m->n_nets, sizeof *m->nets);
	m->nets[m->n_nets] = (struct net){.name = copy(name), .cell = -1, .pin = -1};
	return (int)m->n_nets++;
}

static int find_net(struct module *m, struct table *t, const char *name)
{
	if (!strcmp(name, "$true") || !strcmp(name, "$false") || !strcmp(name, "$undef"))
		return CONSTANT_NET;
	if (2 * (m->n_nets + 1) > t->size) {
		free(t->slots);
		t->size = t->size ? 2 * t->size : 1024;
		t->slots = malloc(t->size * sizeof *t->slots);
		if (!t->slots) {
			fprintf(stderr, "area: out of memory\n");
			exit(1);
		}
		for (size_t i = 0; i < t->size; i++)
			t->slots[i] = -1;
		for (size_t i = 1; i < m->n_nets; i++) {
			size_t at = hash(m->nets[i].name) & (t->size - 1);
			while (t->slots[at] >= 0)
				at = (at + 1) & (t->size - 1);
			t->slots[at] = (int)i;
		}
	}
	size_t at = hash(name) & (t->size - 1);
	for (; t->slots[at] >= 0; at = (at + 1) & (t->size - 1))
		if (!strcmp(m->nets[t->slots[at]].name, name))
			return t->slots[at];
	return t->slots[at] = add_net(m, name);
}

bool pin_is(const char *pin, const char *port)
{
	size_t n = strlen(port);
	return !strncmp(pin, port, n) && (pin[n] == '[' || !pin[n]);
}

static bool among(const char *pin, const char *ports)
{
	char port[32];
	int used;
	for (; sscanf(ports, "%31s%n", port, &used) == 1; ports += used)
		if (pin_is(pin, port))
			return true;
	return false;
}

static const char *parameter(const struct cell *c, const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < c->n_params; i++)
		if (!strncmp(c->params[i], name, n) && c->params[i][n] == ' ')
			return c->params[i] + n + 1;
	return NULL;
}

unsigned cell_param(const struct cell *c, const char *name, unsigned otherwise)
{
	const char *value = parameter(c, name);
	if (!value || !*value || value[strspn(value, "01")])
		return otherwise;
	return (unsigned)strtoul(value, NULL, 2);
}

bool cell_has(const struct cell *c, const char *name, const char *text)
{
	const char *value = parameter(c, name);
	size_t n = strlen(text);
	return value && value[0] == '"' && !strncmp(value + 1, text, n) && value[n + 1] == '"';
}

const struct module *netlist_find(const struct netlist *netlist, const char *name)
{
	for (size_t i = 0; i < netlist->n_modules; i++)
		if (!strcmp(netlist->modules[i].name, name))
			return &netlist->modules[i];
	return NULL;
}

static void add_cell(struct module *m, struct table *t, char *words)
{
	m->cells = grow(m->cells, m->n_cells, sizeof *m->cells);
	struct cell *c = &m->cells[m->n_cells++];
	char *at, *word = strtok_r(words, " ", &at);
	*c = (struct cell){.type = copy(word), .name = copy("")};
	while ((word = strtok_r(NULL, " ", &at))) {
		char *equals = strchr(word, '=');
		if (!equals || !equals[1])
			continue;		/* a pin that is left open */
		*equals = 0;
		c->pins = grow(c->pins, c->n_pins, sizeof *c->pins);
		c->pins[c->n_pins++] = (struct pin){.name = copy(word), .net = find_net(m, t, equals + 1)};
	}
}

static void add_ports(struct module *m, struct table *t, char *words, int **ports, size_t *n)
{
	char *at = NULL;
	for (char *word = strtok_r(words, " ", &at); word; word = strtok_r(NULL, " ", &at)) {
		*ports = grow(*ports, *n, sizeof **ports);
		(*ports)[(*n)++] = find_net(m, t, word);
	}
}

/* A .names line of one input is a wire; of none, a constant; yosys writes no other here. */
static int add_wire(struct module *m, struct table *t, char *words)
{
	char *at, *from = strtok_r(words, " ", &at), *to = strtok_r(NULL, " ", &at);
	if (!from || (to && strtok_r(NULL, " ", &at)))
		return -EINVAL;
	if (!to)
		return 0;
	m->cells = grow(m->cells, m->n_cells, sizeof *m->cells);
	struct cell *c = &m->cells[m->n_cells++];
	*c = (struct cell){.type = copy("BUF"), .name = copy("")};
	c->pins = grow(NULL, 0, sizeof *c->pins);
	c->pins[0] = (struct pin){.name = copy("I"), .net = find_net(m, t, from)};
	c->pins[1] = (struct pin){.name = copy("O"), .net = find_net(m, t, to)};
	c->n_pins = 2;
	return 0;
}

static int line(struct netlist *n, struct table *t, char *text)
{
	struct module *m = n->n_modules ? &n->modules[n->n_modules - 1] : NULL;
	if (!strncmp(text, ".model ", 7)) {
		n->modules = grow(n->modules, n->n_modules, sizeof *n->modules);
		m = &n->modules[n->n_modules++];
		*m = (struct module){.name = copy(text + 7)};
		add_net(m, "constant");
		free(t->slots);
		*t = (struct table){0};
		return 0;
	}
	if (text[0] != '.')
		return 0;		/* comments, and the tables of wires and constants */
	if (!m)
		return -EINVAL;
	if (!strncmp(text, ".inputs", 7))
		add_ports(m, t, text + 7, &m->inputs, &m->n_inputs);
	else if (!strncmp(text, ".outputs", 8))
		add_ports(m, t, text + 8, &m->outputs, &m->n_outputs);
	else if (!strncmp(text, ".gate ", 6))
		add_cell(m, t, text + 6);
	else if (!strncmp(text, ".subckt ", 8))
		add_cell(m, t, text + 8);
	else if (!strncmp(text, ".names ", 7))
		return add_wire(m, t, text + 7);
	else if (!strncmp(text, ".cname ", 7) && m->n_cells) {
		struct cell *c = &m->cells[m->n_cells - 1];
		free((void *)c->name);
		c->name = copy(text + 7);
	} else if (!strncmp(text, ".param ", 7) && m->n_cells) {
		struct cell *c = &m->cells[m->n_cells - 1];
		c->params = grow(c->params, c->n_params, sizeof *c->params);
		c->params[c->n_params++] = copy(text + 7);
	} else if (strcmp(text, ".end"))
		return -EINVAL;
	return 0;
}

static bool is_output(const struct module *m, const char *pin)
{
	for (size_t i = 0; i < m->n_outputs; i++)
		if (!strcmp(m->nets[m->outputs[i]].name, pin))
			return true;
	return false;
}

static int connect(const struct netlist *n, struct module *m, const char *file)
{
	for (size_t i = 0; i < m->n_cells; i++) {
		struct cell *c = &m->cells[i];
		const struct kind *kind = NULL;
		c->module = netlist_find(n, c->type);
		for (size_t k = 0; !c->module && !kind && k < sizeof kinds / sizeof *kinds; k++)
			if (!strncmp(c->type, kinds[k].prefix, strlen(kinds[k].prefix)))
				kind = &kinds[k];
		if (!c->module && !kind) {
			fprintf(stderr, "area: %s: %s: cell %s is of the unknown type %s; add it to hw/syn/netlist.c\n", file, m->name, c->name, c->type);
			return -EINVAL;
		}
		c->kind = c->module ? CELL_MODULE : kind->kind;
		for (size_t p = 0; p < c->n_pins; p++) {
			struct net *net = &m->nets[c->pins[p].net];
			c->pins[p].output = c->module ? is_output(c->module, c->pins[p].name) : among(c->pins[p].name, kind->outputs);
			if (c->pins[p].output) {
				net->cell = (int)i;
				net->pin = (int)p;
			} else if (c->pins[p].net != CONSTANT_NET) {
				net->loads = grow(net->loads, net->n_loads, 2 * sizeof *net->loads);
				net->loads[2 * net->n_loads] = (int)i;
				net->loads[2 * net->n_loads++ + 1] = (int)p;
			}
		}
	}
	return 0;
}

int netlist_read(const char *file, struct netlist *ret)
{
	struct netlist n = {0};
	struct table t = {0};
	char *text = NULL;
	size_t size = 0, number = 0, have = 0;
	ssize_t length;
	int err = 0;
	FILE *f = fopen(file, "r");
	if (!f) {
		err = -errno;
		fprintf(stderr, "area: %s: %s\n", file, strerror(-err));
		return err;
	}
	while (!err && (length = getline(&text, &size, f)) >= 0) {
		number++;
		have = (size_t)length;
		if (have && text[have - 1] == '\n')
			text[--have] = 0;
		if (have && text[have - 1] == '\\')
			err = -EINVAL;	/* yosys breaks no lines but those of long port lists, with a blank before */
		else
			err = line(&n, &t, text);
		if (err)
			fprintf(stderr, "area: %s:%zu: not as yosys' write_blif -gates -cname -param has it: %.60s\n", file, number, text);
	}
	if (!err && ferror(f)) {
		err = -EIO;
		fprintf(stderr, "area: %s: cannot be read\n", file);
	}
	for (size_t i = 0; !err && i < n.n_modules; i++)
		err = connect(&n, &n.modules[i], file);
	if (!err && !n.n_modules) {
		err = -ENODATA;
		fprintf(stderr, "area: %s: holds no module\n", file);
	}
	fclose(f);
	free(text);
	free(t.slots);
	if (err)
		netlist_free(&n);
	else
		*ret = n;
	return err;
}

void netlist_free(struct netlist *n)
{
	for (size_t i = 0; i < n->n_modules; i++) {
		struct module *m = &n->modules[i];
		for (size_t k = 0; k < m->n_cells; k++) {
			struct cell *c = &m->cells[k];
			for (size_t p = 0; p < c->n_pins; p++)
				free((void *)c->pins[p].name);
			for (size_t p = 0; p < c->n_params; p++)
				free((void *)c->params[p]);
			free((void *)c->type);
			free((void *)c->name);
			free(c->pins);
			free(c->params);
		}
		for (size_t k = 0; k < m->n_nets; k++) {
			free((void *)m->nets[k].name);
			free(m->nets[k].loads);
		}
		free((void *)m->name);
		free(m->cells);
		free(m->nets);
		free(m->inputs);
		free(m->outputs);
	}
	free(n->modules);
	*n = (struct netlist){0};
}
