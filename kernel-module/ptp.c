// SPDX-License-Identifier: GPL-2.0
/* The camera's clock as a PTP hardware clock, /dev/ptpN: TAI, with the pulse-per-second input as external time stamps. */
#include "qyran.h"

#include <linux/clk.h>
#include <linux/interrupt.h>
#include <linux/math64.h>
#include <linux/time64.h>

#define POLLS		1000	/* a command takes a few clocks of both domains */
#define PPB_MOST	10000000	/* a crystal strays by 0.01 %; the rest lets a servo catch up */

/* Sends a command and waits for its end. Returns 0, -EIO (does not answer) or -ETIMEDOUT (no time clock). */
static int command(struct qyran *q, u32 bit, struct ptp_system_timestamp *sts)
{
	unsigned int i;
	u32 state;

	ptp_read_system_prets(sts);
	qyran_set(q, QYRAN_REG_CLOCK_CONTROL, bit);
	for (i = 0; i < POLLS; i++) {
		state = qyran_get(q, QYRAN_REG_CLOCK_STATE);
		/* a write may be on its way yet when it seems done; not so when a read has come back */
		if (!i)
			ptp_read_system_postts(sts);
		if (state & ~QYRAN_BIT(CLOCK_STATE, BUSY))
			return -EIO;
		if (!state)
			return 0;
	}
	return -ETIMEDOUT;
}

int qyran_clock_read(struct qyran *q, u64 *ret_ns, struct ptp_system_timestamp *sts)
{
	u32 low, high;
	int rc;

	mutex_lock(&q->clock_lock);
	rc = command(q, QYRAN_BIT(CLOCK_CONTROL, LATCH), sts);
	low = qyran_get(q, QYRAN_REG_CLOCK_LO);
	high = qyran_get(q, QYRAN_REG_CLOCK_HI);
	mutex_unlock(&q->clock_lock);
	if (rc)
		return rc;
	if (high == ~0u && low == ~0u)
		return -EIO;
	*ret_ns = (u64)high << 32 | low;
	return 0;
}

static int move(struct qyran *q, u64 value, u32 bit)
{
	int rc;

	mutex_lock(&q->clock_lock);
	qyran_set_wide(q, QYRAN_REG_CLOCK_VALUE_LO, value);
	rc = command(q, bit, NULL);
	mutex_unlock(&q->clock_lock);
	return rc;
}

int qyran_clock_set(struct qyran *q, u64 ns)
{
	return move(q, ns, QYRAN_BIT(CLOCK_CONTROL, SET));
}

void qyran_clock_rate_apply(struct qyran *q)
{
	/* The logic takes both when the upper word is written. */
	qyran_set(q, QYRAN_REG_CLOCK_RATE_FRACTION, lower_32_bits(q->clock_rate_now));
	qyran_set(q, QYRAN_REG_CLOCK_RATE, upper_32_bits(q->clock_rate_now));
}

static int clock_gettimex64(struct ptp_clock_info *info, struct timespec64 *ts, struct ptp_system_timestamp *sts)
{
	struct qyran *q = container_of(info, struct qyran, ptp_info);
	u64 ns;
	int rc = qyran_clock_read(q, &ns, sts);

	if (rc)
		return rc;
	*ts = ns_to_timespec64(ns);
	return 0;
}

static int clock_settime64(struct ptp_clock_info *info, const struct timespec64 *ts)
{
	return qyran_clock_set(container_of(info, struct qyran, ptp_info), timespec64_to_ns(ts));
}

static int clock_adjtime(struct ptp_clock_info *info, s64 delta)
{
	return move(container_of(info, struct qyran, ptp_info), delta, QYRAN_BIT(CLOCK_CONTROL, ADJUST));
}

static int clock_adjfine(struct ptp_clock_info *info, long scaled_ppm)
{
	struct qyran *q = container_of(info, struct qyran, ptp_info);
	/* scaled_ppm: parts per million with 16 bits of fraction */
	u64 change = mul_u64_u64_div_u64(q->clock_rate, abs(scaled_ppm), 1000000ull << 16);

	mutex_lock(&q->clock_lock);
	q->clock_rate_now = scaled_ppm < 0 ? q->clock_rate - change : q->clock_rate + change;
	qyran_clock_rate_apply(q);
	mutex_unlock(&q->clock_lock);
	return 0;
}

static int clock_enable(struct ptp_clock_info *info, struct ptp_clock_request *request, int on)
{
	struct qyran *q = container_of(info, struct qyran, ptp_info);

	if (request->type != PTP_CLK_REQ_EXTTS)
		return -EOPNOTSUPP;
	if (request->extts.index != 0)
		return -EINVAL;
	/* the logic latches rising edges */
	if (request->extts.flags & ~(PTP_ENABLE_FEATURE | PTP_RISING_EDGE | PTP_STRICT_FLAGS) ||
	    ((request->extts.flags & PTP_STRICT_FLAGS) && on && !(request->extts.flags & PTP_RISING_EDGE)))
		return -EOPNOTSUPP;
	mutex_lock(&q->lock);
	if (q->gone) {
		mutex_unlock(&q->lock);
		return -ENODEV;
	}
	if (on && !q->extts)
		qyran_set(q, QYRAN_REG_IRQ_STATUS, QYRAN_BIT(IRQ_STATUS, PPS));
	q->extts = on;
	qyran_irq_enable(q);
	if (on)
		qyran_watch(q);
	mutex_unlock(&q->lock);
	return 0;
}

/* In the interrupt. The words are two: the upper is read again, should an edge have come between. */
void qyran_ptp_pps(struct qyran *q)
{
	struct ptp_clock_event event = { .type = PTP_CLOCK_EXTTS };
	u32 low, high, again = qyran_get(q, QYRAN_REG_PPS_HI);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		high = again;
		low = qyran_get(q, QYRAN_REG_PPS_LO);
		again = qyran_get(q, QYRAN_REG_PPS_HI);
		if (again == high)
			break;
	}
	event.timestamp = (u64)high << 32 | low;
	if (READ_ONCE(q->ptp))	/* not so in the moment of its making */
		ptp_clock_event(q->ptp, &event);
}

/* The nominal rate: of the clock that the device tree names "time", else of the logic's default. */
static int rate_find(struct qyran *q)
{
	struct clk *clock = devm_clk_get_optional(q->dev, "time");
	unsigned long hz;

	if (IS_ERR(clock))
		return dev_err_probe(q->dev, PTR_ERR(clock), "the clock \"time\" cannot be had\n");
	q->clock_rate = (u64)QYRAN_CLOCK_RATE_RESET << 32 | QYRAN_CLOCK_RATE_FRACTION_RESET;
	hz = clk_get_rate(clock);
	if (clock && hz < NSEC_PER_SEC / 256 + 1)	/* a step has 8 bits of nanoseconds */
		return dev_err_probe(q->dev, -EINVAL, "the clock \"time\" has %lu Hz, too few\n", hz);
	if (clock)
		q->clock_rate = mul_u64_u64_div_u64(NSEC_PER_SEC, 1ull << 56, hz);
	q->clock_rate_now = q->clock_rate;
	return 0;
}

int qyran_ptp_probe(struct qyran *q)
{
	int rc = rate_find(q);

	if (rc)
		return rc;
	qyran_clock_rate_apply(q);
	q->ptp_info = (struct ptp_clock_info){
		.owner = THIS_MODULE,
		.max_adj = PPB_MOST,
		.n_ext_ts = 1,
		.gettimex64 = clock_gettimex64,
		.settime64 = clock_settime64,
		.adjtime = clock_adjtime,
		.adjfine = clock_adjfine,
		.enable = clock_enable,
	};
	strscpy(q->ptp_info.name, q->name, sizeof(q->ptp_info.name));
	q->ptp = ptp_clock_register(&q->ptp_info, q->dev);
	if (IS_ERR(q->ptp)) {
		rc = PTR_ERR(q->ptp);
		q->ptp = NULL;
		return dev_err_probe(q->dev, rc, "its PTP clock cannot be made\n");
	}
	return 0;	/* NULL: a kernel without PTP; the camera works */
}

void qyran_ptp_remove(struct qyran *q)
{
	struct ptp_clock *ptp = q->ptp;

	if (!ptp)
		return;
	mutex_lock(&q->lock);
	q->extts = false;
	qyran_irq_enable(q);
	mutex_unlock(&q->lock);
	synchronize_irq(q->front.irq);
	ptp_clock_unregister(ptp);
	q->ptp = NULL;
}
