// SPDX-License-Identifier: GPL-2.0
/* Life of a device: probe, remove, suspend, resume. */
#include "qyran.h"

#include <linux/dma-mapping.h>
#include <linux/idr.h>
#include <linux/interrupt.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pm.h>
#include <linux/property.h>
#include <linux/slab.h>

#define RING_SIZE_LEAST	(4u << 20)	/* the records of one frame take at most 2.2 MB */

static unsigned int watchdog = 10;
module_param(watchdog, uint, 0444);
MODULE_PARM_DESC(watchdog, "seconds of the camera's clock without a frame after which the stream is started again; 0: never (default 10)");

static DEFINE_IDA(ids);

static const struct regmap_range registers[] = {
	regmap_reg_range(0, 0x23c),
	regmap_reg_range(0x10000, 0x1037c),
};

static const struct regmap_access_table register_table = {
	.yes_ranges = registers,
	.n_yes_ranges = ARRAY_SIZE(registers),
};

const struct regmap_config qyran_regmap_config = {
	.reg_bits = 32,
	.reg_stride = 4,
	.val_bits = 32,
	.max_register = QYRAN_REGS_SIZE - 4,
	.rd_table = &register_table,
	.wr_table = &register_table,
	.fast_io = true,	/* the interrupt handler reads its status */
};
EXPORT_SYMBOL_GPL(qyran_regmap_config);

struct qyran *qyran_ref(struct qyran *q)
{
	kref_get(&q->ref);
	return q;
}

static void release(struct kref *ref)
{
	struct qyran *q = container_of(ref, struct qyran, ref);

	if (!IS_ERR_OR_NULL(q->memory))
		put_device(q->memory);
	put_device(q->dev);
	mutex_destroy(&q->lock);
	mutex_destroy(&q->read_lock);
	mutex_destroy(&q->clock_lock);
	kvfree(q->record);
	kfree(q);
}

void qyran_unref(struct qyran *q)
{
	kref_put(&q->ref, release);
}

bool qyran_alive(struct qyran *q)
{
	u32 id = qyran_get(q, QYRAN_REG_ID);

	if (id == QYRAN_ID_RESET) {
		if (q->dead)
			dev_info(q->dev, "the logic answers again\n");
		q->dead = false;
		return true;
	}
	if (!q->dead)
		dev_err(q->dev, "the logic does not answer: its id reads 0x%08x\n", id);
	q->dead = true;
	q->doubtful = true;
	return false;
}

/* Before anything else is touched. */
static int identify(struct qyran *q)
{
	u32 id = qyran_get(q, QYRAN_REG_ID), version = qyran_get(q, QYRAN_REG_VERSION);
	u32 size = qyran_get(q, QYRAN_REG_CAPS_SIZE), counts = qyran_get(q, QYRAN_REG_CAPS_COUNTS);
	u32 boxes = qyran_get(q, QYRAN_REG_CAPS_BOXES);

	if (id != QYRAN_ID_RESET)
		return dev_err_probe(q->dev, -ENODEV,
				     "id reads 0x%08x, not 0x%08x: not Qyran's logic, or it is not loaded, clocked or out of reset\n",
				     id, QYRAN_ID_RESET);
	if (QYRAN_GET(version, VERSION, MAJOR) != QYRAN_VERSION_MAJOR)
		return dev_err_probe(q->dev, -ENODEV,
				     "logic version %u.%u, this driver knows %u: use a driver and logic of one release\n",
				     QYRAN_GET(version, VERSION, MAJOR), QYRAN_GET(version, VERSION, MINOR),
				     QYRAN_VERSION_MAJOR);
	q->version = version;
	q->width_max = min_t(u32, QYRAN_GET(size, CAPS_SIZE, WIDTH), QYRAN_WIDTH_MAX);
	q->height_max = min_t(u32, QYRAN_GET(size, CAPS_SIZE, HEIGHT), QYRAN_HEIGHT_MAX);
	q->slot_count = min_t(u32, QYRAN_GET(counts, CAPS_COUNTS, SLOTS), QYRAN_SLOTS);
	q->mask_count = min_t(u32, QYRAN_GET(boxes, CAPS_BOXES, MASKS), QYRAN_MASKS_MAX);
	q->pins = QYRAN_GET(boxes, CAPS_BOXES, PINS);
	if (q->slot_count < QYRAN_SLOTS_LEAST || !q->width_max || !q->height_max)
		return dev_err_probe(q->dev, -ENODEV, "the logic has %u slots for %ux%u: at least %u slots are needed\n",
				     q->slot_count, q->width_max, q->height_max, QYRAN_SLOTS_LEAST);
	return 0;
}

static int ring_alloc(struct qyran *q)
{
	u32 size = RING_SIZE_LEAST;

	device_property_read_u32(q->dev, "qyran,ring-bytes", &size);
	if (size < RING_SIZE_LEAST || size > SZ_1G || !is_power_of_2(size))
		return dev_err_probe(q->dev, -EINVAL, "qyran,ring-bytes is %u: a power of two from %u on is needed\n", size,
				     RING_SIZE_LEAST);
	q->ring = qyran_block_new(q, size);
	if (!q->ring)
		return dev_err_probe(q->dev, -ENOMEM, "no %u bytes of memory in one piece for the ring of records\n", size);
	q->ring_size = size;
	return 0;
}

/* A kernel before this one may have left it running. */
static int silence(struct qyran *q)
{
	int rc;

	qyran_set(q, QYRAN_REG_IRQ_ENABLE, 0);
	rc = qyran_drain(q);
	if (rc)
		return dev_err_probe(q->dev, rc, "the logic does not become idle; reset it\n");
	return 0;
}

static struct qyran *device_new(struct device *dev, const struct qyran_front *front)
{
	struct qyran *q = kzalloc(sizeof(*q), GFP_KERNEL);

	if (!q)
		return NULL;
	kref_init(&q->ref);
	q->dev = get_device(dev);
	q->front = *front;
	q->watchdog_s = watchdog;
	mutex_init(&q->lock);
	mutex_init(&q->read_lock);
	mutex_init(&q->clock_lock);
	spin_lock_init(&q->slot_lock);
	init_waitqueue_head(&q->wait);
	INIT_DELAYED_WORK(&q->tick, qyran_tick);
	INIT_DELAYED_WORK(&q->calm, qyran_calm);
	q->record = kvmalloc(QYRAN_RECORD_MAX, GFP_KERNEL);
	q->id = q->record ? ida_alloc(&ids, GFP_KERNEL) : -ENOMEM;
	if (q->id < 0) {
		qyran_unref(q);
		return NULL;
	}
	snprintf(q->name, sizeof(q->name), "qyran%d", q->id);
	return q;
}

/* The memory goes when it is certain that nothing more will be written to it. */
static void memory_free(struct qyran *q)
{
	if (q->stuck && qyran_drain(q)) {
		/* What it can still be told: no address is yours. */
		qyran_set_wide(q, QYRAN_REG_DMA_LIMIT_LO, 0);
		if (!q->front.cut_off || q->front.cut_off(q->dev)) {
			dev_err(q->dev, "the logic does not become idle: its memory is leaked, for it may still write there\n");
			return;
		}
		dev_warn(q->dev, "the logic does not become idle: it is cut off from memory\n");
	}
	qyran_slots_free(q);
	qyran_block_drop(q, q->ring);
	q->ring = NULL;
}

/* A rest of the line that has begun ends before the line goes. */
static void irq_end(struct qyran *q)
{
	disable_irq(q->front.irq);
	flush_delayed_work(&q->calm);
	free_irq(q->front.irq, q);
}

int qyran_probe(struct device *dev, const struct qyran_front *front)
{
	struct qyran *q = device_new(dev, front);
	int rc;

	if (!q)
		return -ENOMEM;
	rc = identify(q);
	if (rc)
		goto err_unref;
	rc = silence(q);
	if (rc)
		goto err_unref;
	if (front->connect)
		front->connect(dev);
	q->memory = qyran_memory_new(dev);
	if (IS_ERR(q->memory)) {
		rc = dev_err_probe(dev, PTR_ERR(q->memory), "the memory-region of the device tree cannot be used\n");
		goto err_unref;
	}
	rc = ring_alloc(q);
	if (rc)
		goto err_unref;
	rc = request_irq(front->irq, qyran_irq, front->irq_flags, q->name, q);
	if (rc) {
		dev_err_probe(dev, rc, "interrupt %d cannot be had\n", front->irq);
		goto err_memory;
	}
	rc = qyran_ptp_probe(q);
	if (rc)
		goto err_irq;
	rc = qyran_uio_probe(q);
	if (rc)
		goto err_ptp;
	dev_set_drvdata(dev, q);	/* before V4L2 puts its own there */
	rc = qyran_sensor_probe(q);
	if (rc)
		goto err_uio;
	q->misc.minor = MISC_DYNAMIC_MINOR;
	q->misc.name = q->name;
	q->misc.fops = &qyran_fops;
	q->misc.parent = dev;
	q->misc.groups = qyran_groups;
	rc = misc_register(&q->misc);
	if (rc) {
		dev_err_probe(dev, rc, "/dev/%s cannot be made\n", q->name);
		goto err_sensor;
	}
	dev_info(dev, "/dev/%s: logic %u.%u, up to %ux%u, %u slots\n", q->name, QYRAN_GET(q->version, VERSION, MAJOR),
		 QYRAN_GET(q->version, VERSION, MINOR), q->width_max, q->height_max, q->slot_count);
	return 0;

err_sensor:
	qyran_sensor_remove(q);
err_uio:
	qyran_uio_remove(q);
err_ptp:
	mutex_lock(&q->lock);
	q->gone = true;	/* its PTP clock may have been found and asked for the pulses already */
	mutex_unlock(&q->lock);
	cancel_delayed_work_sync(&q->tick);
	qyran_ptp_remove(q);
err_irq:
	irq_end(q);
err_memory:
	memory_free(q);
err_unref:
	ida_free(&ids, q->id);
	qyran_unref(q);
	return rc;
}
EXPORT_SYMBOL_GPL(qyran_probe);

void qyran_remove(struct device *dev)
{
	struct qyran *q = dev_get_drvdata(dev);

	misc_deregister(&q->misc);
	mutex_lock(&q->lock);
	qyran_stop(q);
	q->gone = true;
	mutex_unlock(&q->lock);
	qyran_wake(q);
	cancel_delayed_work_sync(&q->tick);
	qyran_sensor_remove(q);
	qyran_ptp_remove(q);
	qyran_set(q, QYRAN_REG_IRQ_ENABLE, 0);
	irq_end(q);
	qyran_uio_remove(q);
	mutex_lock(&q->lock);
	memory_free(q);
	mutex_unlock(&q->lock);
	dev_set_drvdata(dev, NULL);
	ida_free(&ids, q->id);	/* its name is free again, whoever still has a file of it */
	qyran_unref(q);
}
EXPORT_SYMBOL_GPL(qyran_remove);

void qyran_shutdown(struct device *dev)
{
	struct qyran *q = dev_get_drvdata(dev);

	mutex_lock(&q->lock);
	qyran_stop(q);
	q->gone = true;
	qyran_set(q, QYRAN_REG_IRQ_ENABLE, 0);
	mutex_unlock(&q->lock);
	qyran_wake(q);
}
EXPORT_SYMBOL_GPL(qyran_shutdown);

static int __init qyran_init(void)
{
	int rc = qyran_platform_register();

	if (rc)
		return rc;
	rc = qyran_pci_register();
	if (rc)
		qyran_platform_unregister();
	return rc;
}

static void __exit qyran_exit(void)
{
	qyran_pci_unregister();
	qyran_platform_unregister();
	ida_destroy(&ids);
}

module_init(qyran_init);
module_exit(qyran_exit);
MODULE_DESCRIPTION("Qyran traffic camera");
MODULE_LICENSE("GPL");
