/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of records: whoever takes one out, puts one in or turns two round is noticed. */
#ifndef QYRAN_CHAIN_H
#define QYRAN_CHAIN_H

#include "message.h"

struct qyran_chain_record {
	char camera[64];
	uint64_t epoch, sequence;
	uint8_t header_hash[QYRAN_HASH_BYTES], previous_hash[QYRAN_HASH_BYTES];
};

struct qyran_chain_head {
	char camera[64];
	uint64_t epoch, sequence;
	uint8_t hash[QYRAN_HASH_BYTES];
};

enum qyran_chain_finding {
	QYRAN_CHAIN_WHOLE,	/* from..to follow each other; one for each unbroken run */
	QYRAN_CHAIN_GAP,	/* from..to are missing */
	QYRAN_CHAIN_FORK,	/* two different records have the number `from` */
	QYRAN_CHAIN_BROKEN,	/* `from` does not follow from the record before it */
	QYRAN_CHAIN_TAIL,	/* from..to are missing: the heartbeat's head is ahead of the records */
	QYRAN_CHAIN_HEAD,	/* the heartbeat names another record `from` than the one that is there */
};

typedef void (*qyran_chain_report)(void *context, enum qyran_chain_finding finding, const char *camera, uint64_t epoch, uint64_t from,
				   uint64_t to);

/**
 * qyran_chain_check() - looks through verified records of any cameras and epochs.
 * @records: sorted in place; the same record twice is no fault.
 * @heads: of verified heartbeats.
 * Returns how many findings were not WHOLE.
 */
size_t qyran_chain_check(struct qyran_chain_record *records, size_t count, const struct qyran_chain_head *heads, size_t head_count,
			 qyran_chain_report report, void *context);

#endif
