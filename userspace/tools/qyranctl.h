/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of qyranctl that have a file of their own. Each returns the exit status. */
#ifndef QYRAN_QYRANCTL_H
#define QYRAN_QYRANCTL_H

#include <stdbool.h>

/** qyranctl_clock() - once, or with @watch every second until a signal; nobody vouches for the clock afterwards. */
int qyranctl_clock(const char *spec, bool watch);

#endif
