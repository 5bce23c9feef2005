/* SPDX-License-Identifier: Apache-2.0 */
/* Faults in records. They are made before the index that shows the record can be read, so that no reader sees the bytes change. */
#include "sim/vm/parts.h"

#include <endian.h>
#include <linux/qyran.h>
#include <qyran/record.h>
#include <string.h>

static bool ring(struct rig_device *device, uint32_t index, void *bytes, size_t size, bool to_ring)
{
	uint8_t *at = bytes;

	while (size > 0) {
		uint32_t offset = index & (device->ring_size_taken - 1);
		size_t part = device->ring_size_taken - offset < size ? device->ring_size_taken - offset : size;
		uint8_t *memory = device->host.memory(device->host.context, device->ring_base + offset, part);

		if (!memory)
			return false;
		memcpy(to_ring ? memory : at, to_ring ? at : memory, part);
		at += part;
		index += (uint32_t)part;
		size -= part;
	}
	return true;
}

static void seal_header(struct qyran_record_header *header)
{
	header->header_crc = htole32(qyran_crc32c(0, header, offsetof(struct qyran_record_header, header_crc)));
}

static void seal_payload(uint8_t *record, size_t length)
{
	struct qyran_record_trailer *trailer = (void *)(record + length - sizeof(*trailer));
	size_t payload = length - sizeof(struct qyran_record_header) - sizeof(*trailer);

	trailer->payload_crc = htole32(qyran_crc32c(0, record + sizeof(struct qyran_record_header), payload));
}

/* Changes one record, which has passed no check yet: the logic wrote it. */
static void change(struct rig_faults *faults, uint8_t *record, size_t length)
{
	struct qyran_record_header *header = (void *)record;

	switch (faults->record_kind) {
	case BENCH_RECORD_CORRUPT:
		record[faults->record_at % length] ^= (uint8_t)faults->record_value;
		break;
	case BENCH_RECORD_FORGE:
		record[faults->record_at % length] ^= (uint8_t)faults->record_value;
		seal_payload(record, length);
		seal_header(header);
		break;
	case BENCH_RECORD_LENGTH:
		header->length = htole32(faults->record_value);
		seal_header(header);
		break;
	case BENCH_RECORD_SEQUENCE:
		faults->sequence_add += faults->record_value;
		break;
	}
}

static bool hit(struct rig_faults *faults, uint32_t type)
{
	if (faults->record_count == 0 || (faults->record_type != 0 && faults->record_type != type))
		return false;
	if (faults->record_skip > 0) {
		faults->record_skip--;
		return false;
	}
	faults->record_count--;
	return true;
}

static bool publish_one(struct rig_device *device, uint32_t available, uint32_t *ret_length)
{
	static _Alignas(QYRAN_RECORD_ALIGN) uint8_t record[QYRAN_RECORD_MAX];
	struct rig_faults *faults = &device->faults;
	struct qyran_record_header *header = (void *)record;
	uint32_t length;
	bool changed;

	if (available < sizeof(*header) || !ring(device, device->published, record, sizeof(*header), false))
		return false;
	length = le32toh(header->length);
	if (le32toh(header->magic) != QYRAN_RECORD_MAGIC || length > available || length > sizeof(record) || length < 2 * sizeof(*header))
		return false;
	changed = hit(faults, le16toh(header->type));
	if (changed || faults->sequence_add) {
		if (!ring(device, device->published, record, length, false))
			return false;
		if (changed)
			change(faults, record, length);
		if (faults->sequence_add) {
			header->sequence = htole64(le64toh(header->sequence) + faults->sequence_add);
			seal_header(header);
		}
		ring(device, device->published, record, length, true);
		device->counts.records_changed++;
	}
	*ret_length = length;
	return true;
}

uint32_t rig_publish(struct rig_device *device)
{
	uint32_t producer = qyran_board_read(device->board, QYRAN_REG_RING_PRODUCER), length;

	while (device->published != producer) {
		if (device->ring_size_taken == 0 || !publish_one(device, producer - device->published, &length)) {
			device->published = producer;	/* memory that the guest has taken away or written over */
			break;
		}
		device->published += length;
		device->counts.records++;
	}
	return producer;
}
