// SPDX-License-Identifier: GPL-2.0
/* Counters and settings under /sys/class/misc/qyranN/; sysfs-abi says what each is. */
#include "qyran.h"

#include <linux/bitops.h>
#include <linux/kstrtox.h>
#include <linux/sysfs.h>

static struct qyran *from(struct device *dev)
{
	return container_of(dev_get_drvdata(dev), struct qyran, misc);
}

/* What the driver has counted. */
#define COUNTED(name, expression) \
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *to) \
{ \
	struct qyran *q = from(dev); \
	unsigned long long value; \
\
	mutex_lock(&q->lock);	/* a processor of 32 bits reads half of a number at a time */ \
	value = expression; \
	mutex_unlock(&q->lock); \
	return sysfs_emit(to, "%llu\n", value); \
} \
static DEVICE_ATTR_RO(name)

COUNTED(records, q->count.records);
COUNTED(bytes, q->count.bytes);
COUNTED(frames, q->count.frames);
COUNTED(corrupt, q->count.corrupt);
COUNTED(corrupt_bytes, q->count.corrupt_bytes);
COUNTED(sequence_gaps, q->count.gaps);
COUNTED(records_missed, q->count.missed);
COUNTED(bad_slots, q->count.bad_slots);
COUNTED(lost_slots, q->count.lost_slots);
COUNTED(restarts, q->count.restarts);
COUNTED(interrupts, (u32)atomic_read(&q->count.interrupts));
COUNTED(interrupts_without_cause, (u32)atomic_read(&q->count.causeless));
COUNTED(interrupts_missing, (u32)atomic_read(&q->count.unannounced));
COUNTED(memory_faults, (u32)atomic_read(&q->count.faults));
COUNTED(frames_held, q->held);

/* What the logic has counted. */
static ssize_t show_register(struct device *dev, u32 offset, char *to)
{
	struct qyran *q = from(dev);
	ssize_t rc = -ENODEV;

	mutex_lock(&q->lock);
	if (!q->gone)
		rc = qyran_alive(q) ? sysfs_emit(to, "%u\n", qyran_get(q, offset)) : -EIO;
	mutex_unlock(&q->lock);
	return rc;
}

#define COUNTED_THERE(name, register) \
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *to) \
{ \
	return show_register(dev, QYRAN_REG_##register, to); \
} \
static DEVICE_ATTR_RO(name)

COUNTED_THERE(logic_frames, COUNT_FRAMES);
COUNTED_THERE(logic_damaged, COUNT_DAMAGED);
COUNTED_THERE(logic_lines_short, COUNT_LINES_SHORT);
COUNTED_THERE(logic_lines_long, COUNT_LINES_LONG);
COUNTED_THERE(logic_lines_missing, COUNT_LINES_MISSING);
COUNTED_THERE(logic_records, COUNT_RECORDS);
COUNTED_THERE(logic_drop_frames, COUNT_DROP_FRAMES);
COUNTED_THERE(logic_drop_regions, COUNT_DROP_REGIONS);
COUNTED_THERE(logic_drop_movers, COUNT_DROP_MOVERS);
COUNTED_THERE(logic_drop_watches, COUNT_DROP_WATCHES);
COUNTED_THERE(logic_drop_records, COUNT_DROP_RECORDS);
COUNTED_THERE(logic_events, COUNT_EVENTS);
COUNTED_THERE(logic_faults, COUNT_FAULTS);
COUNTED_THERE(clock_steps, CLOCK_STEPS);

static ssize_t slots_home_show(struct device *dev, struct device_attribute *attr, char *to)
{
	struct qyran *q = from(dev);
	unsigned int i, home = 0;
	ssize_t rc = -ENODEV;
	u32 free;

	mutex_lock(&q->lock);
	if (q->gone)
		goto out;
	free = q->state == QYRAN_RUNNING ? qyran_get(q, QYRAN_REG_SLOT_STATE) : 0;
	rc = -EIO;
	if (free >> QYRAN_SLOTS)
		goto out;
	spin_lock(&q->slot_lock);
	for (i = 0; i < q->slot_count; i++) {
		const struct qyran_slot *slot = &q->slots[i];

		if (slot->block && slot->block->holders)
			continue;
		home += q->state != QYRAN_RUNNING || slot->here || (free | q->giving) & BIT(i);
	}
	spin_unlock(&q->slot_lock);
	rc = sysfs_emit(to, "%u\n", home);
out:
	mutex_unlock(&q->lock);
	return rc;
}
static DEVICE_ATTR_RO(slots_home);

static ssize_t watchdog_s_show(struct device *dev, struct device_attribute *attr, char *to)
{
	return sysfs_emit(to, "%u\n", from(dev)->watchdog_s);
}

static ssize_t watchdog_s_store(struct device *dev, struct device_attribute *attr, const char *text, size_t size)
{
	struct qyran *q = from(dev);
	unsigned int seconds;
	int rc = kstrtouint(text, 0, &seconds);

	if (rc)
		return rc;
	mutex_lock(&q->lock);
	q->watchdog_s = seconds;
	q->watched_ns = 0;
	mutex_unlock(&q->lock);
	return size;
}
static DEVICE_ATTR_RW(watchdog_s);

static ssize_t clock_synced_show(struct device *dev, struct device_attribute *attr, char *to)
{
	return show_register(dev, QYRAN_REG_CLOCK_FLAGS, to);
}

static ssize_t clock_synced_store(struct device *dev, struct device_attribute *attr, const char *text, size_t size)
{
	struct qyran *q = from(dev);
	bool synced;
	int rc = kstrtobool(text, &synced);

	if (rc)
		return rc;
	mutex_lock(&q->lock);
	rc = -ENODEV;
	if (!q->gone)
		rc = qyran_alive(q) ? 0 : -EIO;
	if (!rc)
		qyran_set(q, QYRAN_REG_CLOCK_FLAGS, synced ? QYRAN_BIT(CLOCK_FLAGS, SYNCED) : 0);
	mutex_unlock(&q->lock);
	return rc ? rc : size;
}
static DEVICE_ATTR_RW(clock_synced);

static struct attribute *attributes[] = {
	&dev_attr_records.attr,
	&dev_attr_bytes.attr,
	&dev_attr_frames.attr,
	&dev_attr_corrupt.attr,
	&dev_attr_corrupt_bytes.attr,
	&dev_attr_sequence_gaps.attr,
	&dev_attr_records_missed.attr,
	&dev_attr_bad_slots.attr,
	&dev_attr_lost_slots.attr,
	&dev_attr_restarts.attr,
	&dev_attr_interrupts.attr,
	&dev_attr_interrupts_without_cause.attr,
	&dev_attr_interrupts_missing.attr,
	&dev_attr_memory_faults.attr,
	&dev_attr_frames_held.attr,
	&dev_attr_slots_home.attr,
	&dev_attr_watchdog_s.attr,
	&dev_attr_clock_synced.attr,
	NULL
};

static struct attribute *logic_attributes[] = {
	&dev_attr_logic_frames.attr,
	&dev_attr_logic_damaged.attr,
	&dev_attr_logic_lines_short.attr,
	&dev_attr_logic_lines_long.attr,
	&dev_attr_logic_lines_missing.attr,
	&dev_attr_logic_records.attr,
	&dev_attr_logic_drop_frames.attr,
	&dev_attr_logic_drop_regions.attr,
	&dev_attr_logic_drop_movers.attr,
	&dev_attr_logic_drop_watches.attr,
	&dev_attr_logic_drop_records.attr,
	&dev_attr_logic_events.attr,
	&dev_attr_logic_faults.attr,
	&dev_attr_clock_steps.attr,
	NULL
};

static const struct attribute_group group = {
	.attrs = attributes,
};

static const struct attribute_group logic_group = {
	.attrs = logic_attributes,
};

const struct attribute_group *qyran_groups[] = { &group, &logic_group, NULL };
