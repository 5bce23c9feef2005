/* SPDX-License-Identifier: Apache-2.0 */
/* The deepest paths between registers of a mapped netlist, and what they are estimated to take. */
#ifndef QYRAN_SYN_PATHS_H
#define QYRAN_SYN_PATHS_H

#include <stdio.h>

#include "hw/syn/netlist.h"

/*
 * All figures in 10 ps. A path takes BASE (out of a register, to the next cell, into a register) and for each LUT or LUTRAM read
 * on its way LEVEL (the LUT and the wire to it), for each CARRY4 CARRY, for a CARRY8 twice that. (Issue "the eye".)
 */
enum { PATH_BASE = 150, PATH_LEVEL = 100, PATH_CARRY = 10 };

struct end {
	int cell, pin;			/* where the path ends; cell -1: pin is the number of an output port */
	int net;			/* the last one on the path */
	int ns100;			/* with BASE */
};

/**
 * struct paths - of one module.
 * @arrival: of each net, 10 ps, without BASE; -1: constant.
 * @before: the net before it on its deepest path, or -1 at a start.
 * @ends: the deepest first.
 */
struct paths {
	const struct module *module;
	int *arrival, *before;
	struct end *ends;
	size_t n_ends;
};

/**
 * paths_find() - ports of the module and instances of other modules count as registers.
 * Returns 0 and what the caller frees with paths_free(), or -ELOOP after a line on stderr that names a net of the loop.
 */
int paths_find(const struct module *module, struct paths *ret);
void paths_free(struct paths *paths);

/** paths_name_start(), paths_name_end() - the register at an end of a path, in words; @size is cut to. */
void paths_name_start(const struct paths *paths, const struct end *end, char *name, size_t size);
void paths_name_end(const struct paths *paths, const struct end *end, char *name, size_t size);

/** paths_print() - a path, one line a cell. */
void paths_print(const struct paths *paths, const struct end *end, FILE *to);

/** cell_title() - what a cell is called, without yosys' own additions. */
void cell_title(const struct module *module, const struct cell *cell, char *name, size_t size);

#endif
