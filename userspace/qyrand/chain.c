/* SPDX-License-Identifier: Apache-2.0 */
#include "chain.h"

#include <stdlib.h>
#include <string.h>

struct walk {
	qyran_chain_report report;
	void *context;
	size_t faults;
};

static int compare(const void *left, const void *right)
{
	const struct qyran_chain_record *a = left, *b = right;
	int order = strcmp(a->camera, b->camera);

	if (order)
		return order;
	if (a->epoch != b->epoch)
		return a->epoch < b->epoch ? -1 : 1;
	if (a->sequence != b->sequence)
		return a->sequence < b->sequence ? -1 : 1;
	return memcmp(a->header_hash, b->header_hash, QYRAN_HASH_BYTES);
}

static void tell(struct walk *walk, enum qyran_chain_finding finding, const char *camera, uint64_t epoch, uint64_t from, uint64_t to)
{
	if (finding != QYRAN_CHAIN_WHOLE)
		walk->faults++;
	walk->report(walk->context, finding, camera, epoch, from, to);
}

static void check_heads(struct walk *walk, const struct qyran_chain_record *records, size_t count, const struct qyran_chain_head *heads,
			size_t head_count)
{
	for (size_t i = 0; i < head_count; i++) {
		const struct qyran_chain_head *head = &heads[i];
		uint64_t last = 0;
		bool there = false, same = false;

		for (size_t j = 0; j < count; j++) {
			const struct qyran_chain_record *record = &records[j];

			if (strcmp(record->camera, head->camera) != 0 || record->epoch != head->epoch)
				continue;
			if (record->sequence > last)
				last = record->sequence;
			if (record->sequence == head->sequence) {
				there = true;
				same |= memcmp(record->header_hash, head->hash, QYRAN_HASH_BYTES) == 0;
			}
		}
		if (head->sequence > last)
			tell(walk, QYRAN_CHAIN_TAIL, head->camera, head->epoch, last + 1, head->sequence);
		else if (there && !same)
			tell(walk, QYRAN_CHAIN_HEAD, head->camera, head->epoch, head->sequence, head->sequence);
	}
}

/* One camera and epoch: records[0..count). */
static void check_run(struct walk *walk, const struct qyran_chain_record *records, size_t count)
{
	static const uint8_t zeros[QYRAN_HASH_BYTES];
	const char *camera = records[0].camera;
	uint64_t epoch = records[0].epoch, from = records[0].sequence;

	if (from > 1)
		tell(walk, QYRAN_CHAIN_GAP, camera, epoch, 1, from - 1);
	else if (memcmp(records[0].previous_hash, zeros, sizeof zeros) != 0)
		tell(walk, QYRAN_CHAIN_BROKEN, camera, epoch, 1, 1);
	for (size_t i = 1; i < count; i++) {
		const struct qyran_chain_record *before = &records[i - 1], *here = &records[i];

		if (here->sequence == before->sequence) {
			if (memcmp(here->header_hash, before->header_hash, QYRAN_HASH_BYTES) != 0)
				tell(walk, QYRAN_CHAIN_FORK, camera, epoch, here->sequence, here->sequence);
			continue;
		}
		if (here->sequence == before->sequence + 1 && memcmp(here->previous_hash, before->header_hash, QYRAN_HASH_BYTES) == 0)
			continue;
		tell(walk, QYRAN_CHAIN_WHOLE, camera, epoch, from, before->sequence);
		if (here->sequence > before->sequence + 1)
			tell(walk, QYRAN_CHAIN_GAP, camera, epoch, before->sequence + 1, here->sequence - 1);
		else
			tell(walk, QYRAN_CHAIN_BROKEN, camera, epoch, here->sequence, here->sequence);
		from = here->sequence;
	}
	tell(walk, QYRAN_CHAIN_WHOLE, camera, epoch, from, records[count - 1].sequence);
}

size_t qyran_chain_check(struct qyran_chain_record *records, size_t count, const struct qyran_chain_head *heads, size_t head_count,
			 qyran_chain_report report, void *context)
{
	struct walk walk = { report, context, 0 };

	if (count)
		qsort(records, count, sizeof *records, compare);
	for (size_t begin = 0, end; begin < count; begin = end) {
		for (end = begin + 1; end < count && strcmp(records[end].camera, records[begin].camera) == 0 &&
				      records[end].epoch == records[begin].epoch; end++)
			;
		check_run(&walk, records + begin, end - begin);
	}
	check_heads(&walk, records, count, heads, head_count);
	return walk.faults;
}
