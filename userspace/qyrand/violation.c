/* SPDX-License-Identifier: Apache-2.0 */
#include "violation.h"

#include <stdlib.h>

void qyran_violation_clear(struct qyran_violation *violation)
{
	for (size_t i = 0; i < violation->evidence_count && i < QYRAN_EVIDENCE_MAX; i++) {
		free(violation->evidence[i].jpeg);
		violation->evidence[i].jpeg = NULL;
	}
	violation->evidence_count = 0;
}
