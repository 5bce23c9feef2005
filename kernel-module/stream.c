// SPDX-License-Identifier: GPL-2.0
/* The stream: set up, start, stop, interrupt, and the watch over it while it runs. */
#include "qyran.h"

#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/iopoll.h>

#define DRAIN_US	5000000		/* a frame takes 1/60 s on a board; a simulated one some seconds at most */
#define BEGIN_US	1000000
#define POLL_US		100
#define TICK		msecs_to_jiffies(250)
#define SOON		msecs_to_jiffies(20)	/* far longer than an interrupt takes */
#define IRQ_TURNS	8
#define NONSENSE	4		/* ticks */
#define STORM_LEAST	20000		/* interrupts without cause in STORM_SPAN: then the line rests for CALM */
#define STORM_SPAN	HZ
#define CALM		msecs_to_jiffies(100)
#define STATE_ALL	(QYRAN_BIT(STATE, IDLE) | QYRAN_BIT(STATE, DRAINED) | QYRAN_BIT(STATE, CLAMPED))
#define IRQ_ALL		(QYRAN_BIT(IRQ_STATUS, FRAME) | QYRAN_BIT(IRQ_STATUS, HALF) | \
			 QYRAN_BIT(IRQ_STATUS, FAULT) | QYRAN_BIT(IRQ_STATUS, PPS))

int qyran_format(struct qyran *q, struct qyran_ioc_format *format)
{
	if (q->state == QYRAN_RUNNING)
		return -EBUSY;
	if (format->width < 64 || format->height < 48 || format->width > q->width_max ||
	    format->height > q->height_max || format->width % 8 || format->height % 2 || format->gain_mb > 0xffff)
		return -EINVAL;
	format->stride = ALIGN(format->width * 2, 256);
	q->format = *format;
	return 0;
}

/* The size that FORMAT set, else the sensor's. */
static int format_known(struct qyran *q)
{
	struct qyran_ioc_format format = { };
	int rc;

	if (q->format.width)
		return 0;
	rc = qyran_sensor_size(q, &format.width, &format.height);
	return rc ? -ENODATA : qyran_format(q, &format);
}

static void mask_write(struct qyran *q, unsigned int i, u32 x, u32 y)
{
	qyran_set(q, QYRAN_AT(MASK_X, i), x);
	qyran_set(q, QYRAN_AT(MASK_Y, i), y);
}

static u32 span(u16 from, u16 length)
{
	return from | min_t(u32, from + length, 0xffff) << 16;
}

/*
 * Mask 0 covers everything until the others are written: whoever COMMITs through page 0 meanwhile gets more masked, never less.
 */
void qyran_masks_apply(struct qyran *q)
{
	unsigned int i;

	mask_write(q, 0, 0xffffu << 16, 0xffffu << 16);
	for (i = q->mask_count; i-- > 0;) {
		u32 x = 0, y = 0;

		if (i < q->masks.count) {
			x = span(q->masks.mask[i].x, q->masks.mask[i].width);
			y = span(q->masks.mask[i].y, q->masks.mask[i].height);
		}
		mask_write(q, i, x, y);
	}
	qyran_set(q, QYRAN_REG_COMMIT, 1);
}

void qyran_wake(struct qyran *q)
{
	atomic_inc(&q->events);
	wake_up_interruptible(&q->wait);
}

void qyran_irq_enable(struct qyran *q)
{
	u32 enable = 0;

	if (q->state == QYRAN_RUNNING)
		enable = QYRAN_BIT(IRQ_STATUS, FRAME) | QYRAN_BIT(IRQ_STATUS, HALF) | QYRAN_BIT(IRQ_STATUS, FAULT);
	if (q->extts)
		enable |= QYRAN_BIT(IRQ_STATUS, PPS);
	WRITE_ONCE(q->irq_enabled, enable);
	qyran_set(q, QYRAN_REG_IRQ_ENABLE, enable);
}

/* No video, no memory access: afterwards memory may go. Returns 0, -EIO (does not answer) or -ETIMEDOUT. */
int qyran_drain(struct qyran *q)
{
	const u32 quiet = QYRAN_BIT(STATE, IDLE) | QYRAN_BIT(STATE, DRAINED);
	u32 state;
	int rc;

	qyran_set(q, QYRAN_REG_CONTROL, 0);
	rc = read_poll_timeout(qyran_get, state, state & ~STATE_ALL || (state & quiet) == quiet, POLL_US, DRAIN_US,
			       false, q, QYRAN_REG_STATE);
	if (!rc && state & ~STATE_ALL) {
		qyran_alive(q);
		rc = -EIO;
	}
	q->stuck = rc;
	return rc;
}

static void slot_bases_write(struct qyran *q, u64 *least, u64 *most)
{
	unsigned int i;

	for (i = 0; i < q->slot_count; i++) {
		struct qyran_block *block = q->slots[i].block;

		qyran_set_wide(q, QYRAN_AT(SLOT_BASE_LO, i), block->dma);
		*least = min_t(u64, *least, block->dma);
		*most = max_t(u64, *most, block->dma + block->size);
	}
}

static int run(struct qyran *q)
{
	u64 least = q->ring->dma, most = q->ring->dma + q->ring->size;
	u32 state;
	int rc;

	qyran_set(q, QYRAN_REG_SIZE, q->format.width << QYRAN_SIZE_WIDTH_SHIFT |
				     q->format.height << QYRAN_SIZE_HEIGHT_SHIFT);
	qyran_set(q, QYRAN_REG_STRIDE, q->format.stride);
	qyran_set(q, QYRAN_REG_SENSOR_EXPOSURE, q->format.exposure_ns);
	qyran_set(q, QYRAN_REG_SENSOR_LINE, q->format.line_ns);
	qyran_set(q, QYRAN_REG_SENSOR_GAIN, q->format.gain_mb);
	qyran_set_wide(q, QYRAN_REG_RING_BASE_LO, q->ring->dma);
	qyran_set(q, QYRAN_REG_RING_SIZE, q->ring_size);
	slot_bases_write(q, &least, &most);
	qyran_set_wide(q, QYRAN_REG_DMA_BASE_LO, least);
	qyran_set_wide(q, QYRAN_REG_DMA_LIMIT_LO, most);
	dma_sync_single_for_device(q->dev, q->ring->dma, q->ring->size, DMA_BIDIRECTIONAL);

	qyran_masks_apply(q);

	q->running = q->format;
	q->producer = 0;
	q->consumer = 0;
	q->told = 0;
	q->sequence = 0;
	q->next_frame = 0;
	q->nonsense = false;
	q->nonsense_ticks = 0;
	q->fault_said = false;
	q->frames_before = qyran_get(q, QYRAN_REG_COUNT_FRAMES);
	q->run++;
	qyran_set(q, QYRAN_REG_IRQ_STATUS, IRQ_ALL);
	qyran_set(q, QYRAN_REG_CONTROL, QYRAN_BIT(CONTROL, RUN));
	/* RUN takes the slots away; they are given when it has taken effect. */
	rc = read_poll_timeout(qyran_get, state, state & ~STATE_ALL || !(state & QYRAN_BIT(STATE, IDLE)), POLL_US,
			       BEGIN_US, false, q, QYRAN_REG_STATE);
	if (rc || state & ~STATE_ALL) {
		dev_err_ratelimited(q->dev, "the logic does not start: STATE reads 0x%08x; check the video clock\n",
				    state);
		qyran_drain(q);
		return rc ? rc : -EIO;
	}
	if (state & QYRAN_BIT(STATE, CLAMPED))
		dev_warn(q->dev, "the logic has changed the size %ux%u that it was given\n", q->format.width,
			 q->format.height);
	q->state = QYRAN_RUNNING;
	qyran_slots_begin(q);
	qyran_slots_return(q);
	qyran_irq_enable(q);
	return 0;
}

void qyran_watch(struct qyran *q)
{
	q->watched_ns = 0;
	q->still = 0;
	q->ticked_interrupts = atomic_read(&q->count.interrupts);
	q->ticked_waits = false;
	mod_delayed_work(system_wq, &q->tick, TICK);
}

int qyran_start(struct qyran *q)
{
	int rc;

	if (q->state == QYRAN_RUNNING)
		return -EBUSY;
	rc = format_known(q);
	if (rc)
		return rc;
	if (!qyran_alive(q))
		return -EIO;
	if (q->stuck || !(qyran_get(q, QYRAN_REG_STATE) & QYRAN_BIT(STATE, IDLE))) {
		rc = qyran_drain(q);
		if (rc)
			return rc;
	}
	rc = qyran_slots_alloc(q);
	if (rc)
		return rc;
	q->pending = 0;
	rc = run(q);
	if (rc)
		return rc;
	rc = qyran_sensor_stream(q, true);
	if (rc) {
		qyran_stop(q);
		return rc;
	}
	qyran_watch(q);
	return 0;
}

int qyran_stop(struct qyran *q)
{
	u32 producer;
	int rc;

	if (q->state != QYRAN_RUNNING)
		return 0;
	qyran_sensor_stream(q, false);
	rc = qyran_drain(q);
	if (rc == -ETIMEDOUT)
		dev_err_ratelimited(q->dev, "the logic does not become idle; its memory stays allocated\n");
	q->state = QYRAN_STOPPED;
	qyran_irq_enable(q);
	producer = qyran_get(q, QYRAN_REG_RING_PRODUCER);
	if (!rc && producer % QYRAN_RECORD_ALIGN == 0 && producer - q->told <= q->ring_size) {
		dma_sync_single_for_cpu(q->dev, q->ring->dma, q->ring->size, DMA_BIDIRECTIONAL);
		q->producer = producer;
	}
	qyran_wake(q);
	return rc;
}

/* The same once more, for a stream that has fallen silent: the reader is told, its frames stay held. */
static void restart(struct qyran *q)
{
	int rc;

	qyran_sensor_stream(q, false);
	rc = qyran_drain(q);
	if (!rc)
		rc = run(q);
	if (!rc) {
		rc = qyran_sensor_stream(q, true);
		if (rc)
			qyran_drain(q);
	}
	if (rc) {
		dev_err(q->dev, "the stream has stopped and could not be started again\n");
		q->state = QYRAN_STOPPED;
		qyran_irq_enable(q);
	}
	q->count.restarts++;
	q->pending = rc ? -EIO : -ESTRPIPE;	/* an end of file would look like a STOP */
	qyran_wake(q);
}

/* Watchdog, in the time of the logic's own clock: where that stands still, no frame is missing. */
static void watch(struct qyran *q)
{
	u32 frames, steps;
	u64 now_ns;

	if (!q->watchdog_s || qyran_clock_read(q, &now_ns, NULL))
		return;
	frames = qyran_get(q, QYRAN_REG_COUNT_FRAMES);
	steps = qyran_get(q, QYRAN_REG_CLOCK_STEPS);
	if (!q->watched_ns || frames != q->watched_frames || steps != q->watched_steps || now_ns < q->watched_ns) {
		q->watched_frames = frames;
		q->watched_steps = steps;
		q->watched_ns = now_ns;
		return;
	}
	if (now_ns - q->watched_ns < (u64)q->watchdog_s * NSEC_PER_SEC || q->consumer != q->producer)
		return;
	dev_warn_ratelimited(q->dev, "no frame in %u s of the camera's clock; starting the stream again\n",
			     q->watchdog_s);
	restart(q);
	q->watched_ns = 0;
}

/* Whatever the logic has to tell. It is asked again until it has nothing more. Returns how often it had something. */
static unsigned int serve(struct qyran *q)
{
	unsigned int turn;
	bool wake = false;

	for (turn = 0; turn < IRQ_TURNS; turn++) {
		u32 status = qyran_get(q, QYRAN_REG_IRQ_STATUS);

		if (status & ~IRQ_ALL)
			status = 0;	/* does not answer: tick finds out */
		status &= READ_ONCE(q->irq_enabled);
		if (!status)
			break;
		qyran_set(q, QYRAN_REG_IRQ_STATUS, status);
		if (status & QYRAN_BIT(IRQ_STATUS, FAULT)) {
			atomic_inc(&q->count.faults);
			if (!q->fault_said)
				dev_err(q->dev, "an access of the logic to memory was refused\n");
			q->fault_said = true;
		}
		if (status & QYRAN_BIT(IRQ_STATUS, PPS))
			qyran_ptp_pps(q);
		wake |= status & ~QYRAN_BIT(IRQ_STATUS, PPS);
	}
	if (wake) {
		qyran_uio_event(q);
		qyran_wake(q);
	}
	return turn;
}

/* The logic still has what it was told: a device that was away for a moment took no writes and may have been reset. */
static void compare(struct qyran *q)
{
	u32 frames;

	q->nonsense_ticks = q->nonsense ? q->nonsense_ticks + 1 : 0;
	if (!(qyran_get(q, QYRAN_REG_CONTROL) & QYRAN_BIT(CONTROL, RUN)) || q->nonsense_ticks >= NONSENSE) {
		dev_warn_ratelimited(q->dev, "the logic was reset or has lost its place in the ring; starting the stream again\n");
		qyran_clock_rate_apply(q);
		restart(q);
		return;
	}
	if (qyran_get(q, QYRAN_REG_IRQ_ENABLE) != q->irq_enabled)
		qyran_irq_enable(q);
	if (qyran_get(q, QYRAN_REG_RING_CONSUMER) != q->told)
		qyran_set(q, QYRAN_REG_RING_CONSUMER, q->told);
	frames = qyran_get(q, QYRAN_REG_COUNT_FRAMES);
	q->still = frames == q->still_frames ? q->still + 1 : 0;
	q->still_frames = frames;
	/* A reader that waits gets slots back that went astray. */
	if (q->told == q->consumer && q->consumer == q->producer) {
		q->doubtful = true;
		qyran_slots_doubt(q);
		qyran_slots_return(q);
	}
}

/* What waits to be served for two looks, and no interrupt between, waits for an interrupt that was lost. Returns whether to look again soon. */
static bool listen(struct qyran *q)
{
	u32 status = qyran_get(q, QYRAN_REG_IRQ_STATUS);
	unsigned int interrupts = atomic_read(&q->count.interrupts);
	bool waits = !(status & ~IRQ_ALL) && status & q->irq_enabled;

	if (waits && q->ticked_waits && interrupts == q->ticked_interrupts) {
		atomic_inc(&q->count.unannounced);
		serve(q);
		waits = false;
	}
	q->ticked_waits = waits;
	q->ticked_interrupts = interrupts;
	return waits;
}

void qyran_tick(struct work_struct *work)
{
	struct qyran *q = container_of(to_delayed_work(work), struct qyran, tick);
	bool soon = false;

	mutex_lock(&q->lock);
	if (q->gone || q->suspended || (q->state != QYRAN_RUNNING && !q->extts))
		goto out;
	if (q->state != QYRAN_RUNNING) {
		soon = listen(q);
	} else if (qyran_alive(q)) {
		compare(q);
		soon = listen(q);
		watch(q);
	} else {
		qyran_wake(q);
	}
	if (q->state == QYRAN_RUNNING || q->extts)
		mod_delayed_work(system_wq, &q->tick, soon ? SOON : TICK);
out:
	mutex_unlock(&q->lock);
}

/* An interrupt line that has gone mad rests a while instead of taking the processor. */
static void causeless(struct qyran *q, int irq)
{
	atomic_inc(&q->count.causeless);
	if (time_after(jiffies, q->storm_began + STORM_SPAN)) {
		q->storm_began = jiffies;
		q->storm = 0;
	}
	if (++q->storm < STORM_LEAST)
		return;
	q->storm = 0;
	disable_irq_nosync(irq);
	mod_delayed_work(system_wq, &q->calm, CALM);
}

void qyran_calm(struct work_struct *work)
{
	struct qyran *q = container_of(to_delayed_work(work), struct qyran, calm);

	enable_irq(q->front.irq);
	qyran_wake(q);
}

/*
 * The line is level, a message-signalled interrupt is its edge: all must be served, or no other one comes. An interrupt without
 * cause is counted and called handled, since the kernel would shut the line for good and say so with a stack trace.
 */
irqreturn_t qyran_irq(int irq, void *context)
{
	struct qyran *q = context;

	if (serve(q))
		atomic_inc(&q->count.interrupts);
	else
		causeless(q, irq);
	return IRQ_HANDLED;
}
