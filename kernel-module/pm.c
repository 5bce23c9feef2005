// SPDX-License-Identifier: GPL-2.0
/* Suspend and resume. The logic may lose its power meanwhile: what user space has set in page 0 and the time are put back. */
#include "qyran.h"

#include <linux/interrupt.h>
#include <linux/ktime.h>

/* Settings of page 0, taken at COMMIT. */
static const struct { u32 from, to; } settings[] = {
	{ QYRAN_REG_MODE, QYRAN_REG_MOVER_HOLD },
	{ QYRAN_REG_ROI_X, QYRAN_REG_ROI_X + QYRAN_ROI_X_COUNT * QYRAN_ROI_X_STRIDE - 4 },
	{ QYRAN_REG_WATCH_X, QYRAN_REG_WATCH_X + QYRAN_WATCH_X_COUNT * QYRAN_WATCH_X_STRIDE - 4 },
};

static void settings_save(struct qyran *q)
{
	unsigned int i, at;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		for (at = settings[i].from; at <= settings[i].to; at += 4)
			q->saved.page0[at / 4] = qyran_get(q, at);
}

static void settings_restore(struct qyran *q)
{
	unsigned int i, at;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		for (at = settings[i].from; at <= settings[i].to; at += 4)
			qyran_set(q, at, q->saved.page0[at / 4]);
}

/* A clock that has lost its power begins at 0; it goes on from where it would be, as a step and without claiming a reference. */
static void clock_restore(struct qyran *q)
{
	u64 now_ns;

	qyran_clock_rate_apply(q);
	if (qyran_clock_read(q, &now_ns, NULL))
		return;
	if (now_ns >= q->saved.clock_ns)
		return;
	qyran_clock_set(q, q->saved.clock_ns + (ktime_get_boottime_ns() - q->saved.boot_ns));
	qyran_set(q, QYRAN_REG_CLOCK_FLAGS, 0);
}

static int suspend(struct device *dev)
{
	struct qyran *q = dev_get_drvdata(dev);

	mutex_lock(&q->lock);
	q->saved.running = q->state == QYRAN_RUNNING;
	if (qyran_stop(q)) {
		q->pending = -EIO;
		mutex_unlock(&q->lock);
		return -EBUSY;	/* it may still write to memory */
	}
	settings_save(q);
	q->saved.boot_ns = ktime_get_boottime_ns();
	if (qyran_clock_read(q, &q->saved.clock_ns, NULL))
		q->saved.clock_ns = 0;
	q->suspended = true;
	qyran_set(q, QYRAN_REG_IRQ_ENABLE, 0);
	mutex_unlock(&q->lock);
	cancel_delayed_work_sync(&q->tick);
	flush_delayed_work(&q->calm);
	disable_irq(q->front.irq);
	return 0;
}

static int resume(struct device *dev)
{
	struct qyran *q = dev_get_drvdata(dev);
	int rc = 0;

	enable_irq(q->front.irq);
	mutex_lock(&q->lock);
	q->suspended = false;
	if (!qyran_alive(q)) {
		rc = -EIO;
		goto out;
	}
	settings_restore(q);
	clock_restore(q);
	qyran_masks_apply(q);
	qyran_irq_enable(q);
	if (q->extts)
		qyran_watch(q);
	if (q->saved.running) {
		rc = qyran_start(q);
		q->pending = -ESTRPIPE;
	}
out:
	if (rc && q->saved.running)
		q->pending = -EIO;
	mutex_unlock(&q->lock);
	qyran_wake(q);
	return rc;
}

DEFINE_SIMPLE_DEV_PM_OPS(qyran_pm_ops, suspend, resume);
