/* SPDX-License-Identifier: Apache-2.0 */
/* A mapped netlist as yosys writes it (write_blif -gates -cname -param), and the deepest paths through it. */
#ifndef QYRAN_SYN_NETLIST_H
#define QYRAN_SYN_NETLIST_H

#include <stdbool.h>
#include <stddef.h>

enum { CONSTANT_NET = 0 };

enum cell_kind { CELL_LUT, CELL_BUFFER, CELL_MUXF, CELL_CARRY, CELL_FF, CELL_SHIFT, CELL_LUTRAM, CELL_BRAM, CELL_DSP, CELL_MODULE };

struct pin {
	const char *name;		/* as in the cell: "I0", "ADDRARDADDR[3]" */
	int net;
	bool output;
};

struct cell {
	const char *type, *name;
	enum cell_kind kind;
	const struct module *module;	/* CELL_MODULE: what it is an instance of */
	struct pin *pins;
	size_t n_pins;
	const char **params;		/* "DOA_REG 1": name, blank, value as yosys writes it */
	size_t n_params;
};

struct net {
	const char *name;
	int cell, pin;			/* what drives it, -1: a port of the module or nothing */
	int *loads;			/* pairs of cell and pin */
	size_t n_loads;
};

struct module {
	const char *name;
	struct cell *cells;
	size_t n_cells;
	struct net *nets;		/* nets[CONSTANT_NET] stands for all constants */
	size_t n_nets;
	int *inputs, *outputs;		/* ports, as nets */
	size_t n_inputs, n_outputs;
};

struct netlist {
	struct module *modules;
	size_t n_modules;
};

/**
 * netlist_read() - reads all modules of a file.
 * @ret: what the caller frees with netlist_free(). Untouched on failure, which is said on stderr in one line.
 * Returns 0 or a negative errno.
 */
int netlist_read(const char *file, struct netlist *ret);
void netlist_free(struct netlist *netlist);

/** netlist_find() - the module of that name, or NULL. */
const struct module *netlist_find(const struct netlist *netlist, const char *name);

/** cell_param() - a parameter's value: binary numbers as numbers, anything else, or none: @otherwise. */
unsigned cell_param(const struct cell *cell, const char *name, unsigned otherwise);

/** cell_has() - whether a parameter is that text. */
bool cell_has(const struct cell *cell, const char *name, const char *text);

/** pin_is() - whether a pin belongs to a port: "ADDRA[3]" and "ADDRA" to "ADDRA". */
bool pin_is(const char *pin, const char *port);

#endif
