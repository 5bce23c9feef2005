/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/hand.h"
#include "qyrand/log.h"
#include "qyrand/monotonic.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define TRY_EVERY_NS UINT64_C(1000000000)

void qyran_hand_forget(struct qyran_violation *violation)
{
	if (!violation)
		return;
	qyran_violation_clear(violation);
	sodium_memzero(violation, sizeof(*violation));
	free(violation);
}

/* May the same succeed later? Room on the disk, memory and a lock come back; a violation that cannot be packed does not change. */
static bool may_pass(int rc)
{
	return rc == -ENOSPC || rc == -EDQUOT || rc == -ENOMEM || rc == -EIO || rc == -EBUSY || rc == -EAGAIN || rc == -EROFS ||
	       rc == -EACCES;
}

/* Returns true when the violation is done with. */
static bool decide(struct qyran_hand *hand, struct qyran_violation *violation)
{
	int rc = qyran_outbox_decide(hand->outbox, violation);

	if (rc == 0) {
		hand->decided++;
	} else if (rc == -EEXIST) {
		hand->again++;
	} else if (may_pass(rc)) {
		if (!hand->told)
			qyran_log(QYRAN_LOG_ERROR, "the outbox takes nothing: %s; what was sealed is whole, the violation in hand is tried again; make room on the disk",
				  strerror(-rc));
		hand->told = true;
		return false;
	} else {
		qyran_log(QYRAN_LOG_ERROR, "a violation of rule %s cannot be sealed: %s; it is lost", qyran_rule_name(violation->rule),
			  qyran_outbox_error(hand->outbox));
		hand->lost++;
	}
	if (hand->told && rc == 0) {
		qyran_log(QYRAN_LOG_INFO, "the outbox takes violations again");
		hand->told = false;
	}
	return true;
}

int qyran_hand_take(struct qyran_hand *hand, struct qyran_violation *violation)
{
	if (hand->count > 0)
		qyran_hand_retry(hand, false);
	if (hand->count == 0 && decide(hand, violation)) {
		qyran_hand_forget(violation);
		return 0;
	}
	if (hand->count == 0)
		hand->next_try_ns = qyran_monotonic_ns() + TRY_EVERY_NS;
	if (hand->count == QYRAN_HAND_MAX)
		return -ENOBUFS;
	hand->waiting[hand->count++] = violation;
	return 0;
}

int qyran_hand_retry(struct qyran_hand *hand, bool now)
{
	size_t done = 0;

	if (hand->count == 0)
		return 0;
	if (!now && qyran_monotonic_ns() < hand->next_try_ns)
		return -EAGAIN;
	while (done < hand->count && decide(hand, hand->waiting[done]))
		qyran_hand_forget(hand->waiting[done++]);
	hand->count -= done;
	memmove(hand->waiting, hand->waiting + done, hand->count * sizeof(hand->waiting[0]));
	hand->next_try_ns = qyran_monotonic_ns() + TRY_EVERY_NS;
	return hand->count > 0 ? -EAGAIN : 0;
}

void qyran_hand_drop(struct qyran_hand *hand)
{
	for (size_t i = 0; i < hand->count; i++)
		qyran_hand_forget(hand->waiting[i]);
	hand->lost += hand->count;
	hand->count = 0;
}
