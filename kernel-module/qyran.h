/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Inside qyran.ko.
 *
 * A front-end (platform.c, pci.c) finds registers, an interrupt and a device for DMA, and hands them to qyran_probe().
 * Everything else is the same for all: core.c (life of a device), file.c (/dev/qyranN), stream.c (start, stop, interrupt,
 * watchdog), ring.c (records), slots.c (frames), dmabuf.c (held frames), memory.c, ptp.c, uio.c, sysfs.c, sensor.c.
 *
 * Locks, outermost first:
 *   read_lock   one read() at a time; the record that it is about to copy out
 *   lock        state of the stream, its registers, the memory that the logic writes, gone
 *   clock_lock  a command to the clock and its answer
 *   slot_lock   who has which frame; taken where a dma-buf's last file is closed, so it is a spinlock
 *
 * struct qyran lives until its driver is gone and the last file and the last held frame are closed. Registers are touched
 * only under lock with gone not set, or by what qyran_remove() ends before it returns (interrupt, PTP, UIO, works).
 */
#ifndef QYRAN_H
#define QYRAN_H

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/pm.h>
#include <linux/ptp_clock_kernel.h>
#include <linux/qyran.h>
#include <linux/regmap.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uio_driver.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <qyran/regs.h>

#define QYRAN_REGS_SIZE		0x20000	/* both pages */
#define QYRAN_PAGE0_SIZE	0x10000
#define QYRAN_VERSION_MAJOR	1
#define QYRAN_SLOTS_SPARE	3	/* the logic needs them: one being written, one for the next frame, one with the cutter */
#define QYRAN_SLOTS_LEAST	4

/* The field FIELD of register REG in its value; offset of a register of an array. */
#define QYRAN_GET(value, reg, field) \
	(((value) >> QYRAN_##reg##_##field##_SHIFT) & QYRAN_##reg##_##field##_MASK)
#define QYRAN_BIT(reg, field)	(1u << QYRAN_##reg##_##field##_SHIFT)
#define QYRAN_AT(reg, i)	(QYRAN_REG_##reg + (i) * QYRAN_##reg##_STRIDE)

/**
 * struct qyran_front - what a front-end knows of its device
 * @regs: registers, 32 bit, usable in an interrupt handler; any bus that regmap can be told of
 * @irq: number for request_irq(), @irq_flags with it
 * @page0: physical address of page 0 of the registers; 0: it cannot be mapped, so there is no UIO device
 * @simulated: records are lost to nobody, a frame waits for its reader
 * @connect: lets the device reach memory, once its logic is known to be idle. NULL: it always can
 * @cut_off: the contrary; 0 when it is certain that nothing more will be written. NULL: not possible
 */
struct qyran_front {
	struct regmap *regs;
	int irq;
	unsigned long irq_flags;
	phys_addr_t page0;
	bool simulated;
	void (*connect)(struct device *dev);
	int (*cut_off)(struct device *dev);
};

/* Memory that the logic writes. Mapped for DMA exactly while the stream owns it; a holder of its frame may keep it longer. */
struct qyran_block {
	struct kref ref;
	struct device *memory;	/* it came from there */
	struct page *page;
	size_t size;
	dma_addr_t handle, dma;	/* as allocated; as mapped for the logic */
	unsigned int holders;	/* under slot_lock */
	bool cpu;		/* the processor has read it since the logic got it last */
};

struct qyran_slot {
	struct qyran_block *block;
	u64 frame, time_ns, order;
	bool here;		/* its FRAME record has been read and it has not been given back */
	bool stale;		/* from before the last start: waits for its holders only */
};

enum qyran_state { QYRAN_NEW, QYRAN_RUNNING, QYRAN_STOPPED };

struct qyran {
	struct kref ref;
	struct device *dev;
	struct qyran_front front;
	struct miscdevice misc;
	char name[16];
	int id;
	unsigned long opened;	/* bit 0 */

	struct mutex lock;	/* of the stream, as above */
	bool gone, suspended;
	bool dead;		/* reads give all ones; said once */
	bool stuck;		/* has not become idle: its memory must stay */
	enum qyran_state state;
	u32 version, width_max, height_max, slot_count, mask_count, pins;
	struct qyran_ioc_format format, running;	/* as set; as taken at the last start */
	struct qyran_ioc_masks masks;

	struct device *memory;
	struct qyran_block *ring;
	u32 ring_size, producer, consumer, told;	/* told: consumer as the logic knows it */
	u64 sequence;		/* of the next record */
	u64 next_frame;		/* one more than the last one read */
	u32 frames_before;	/* COUNT_FRAMES when the run began */
	unsigned int run;	/* counts starts */
	int pending;		/* what the next read() gives, once */
	bool nonsense;		/* RING_PRODUCER reads what cannot be */
	unsigned int nonsense_ticks;
	struct mutex read_lock;	/* of record */
	u8 *record;

	spinlock_t slot_lock;	/* of what follows, and of a block's holders */
	struct qyran_slot slots[QYRAN_SLOTS];
	u64 order;
	u64 bare[QYRAN_SLOTS];	/* the latest frames without pixels */
	unsigned int bare_count;
	unsigned int held;	/* blocks with holders, of this run or of one before */
	u32 given, giving;	/* slots, a bit each: with the logic; to be given when the reader comes back */
	bool doubtful;		/* a FRAME record may have been lost, and a slot with it */

	wait_queue_head_t wait;
	atomic_t events;	/* reasons to look again */
	u32 irq_enabled;
	bool fault_said;	/* a refused access of this run */
	unsigned long storm_began;
	unsigned int storm;
	struct delayed_work tick, calm;
	unsigned int ticked_interrupts;
	bool ticked_waits;
	unsigned int watchdog_s;
	u32 watched_frames, watched_steps;
	u32 still_frames;
	unsigned int still;	/* ticks without a frame having begun */
	u64 watched_ns;

	struct mutex clock_lock;	/* a command and its answer */
	struct ptp_clock_info ptp_info;
	struct ptp_clock *ptp;
	u64 clock_rate;		/* nominal, ns a time clock, 8.56 fixed point */
	u64 clock_rate_now;
	bool extts;

	struct uio_info uio_info;
	bool uio;

	struct qyran_sensor *sensor;

	struct {
		u64 records, frames, bytes, corrupt, corrupt_bytes, gaps, missed, bad_slots, lost_slots, restarts;
		atomic_t interrupts, causeless, unannounced, faults;
	} count;

	struct {
		u32 page0[0x200 / 4];
		u64 clock_ns, boot_ns;
		u32 synced;
		bool running, ptp;
	} saved;
};

static inline u32 qyran_get(struct qyran *q, unsigned int offset)
{
	unsigned int value;

	return regmap_read(q->front.regs, offset, &value) ? ~0u : value;
}

static inline void qyran_set(struct qyran *q, unsigned int offset, u32 value)
{
	regmap_write(q->front.regs, offset, value);
}

static inline void qyran_set_wide(struct qyran *q, unsigned int offset_lo, u64 value)
{
	qyran_set(q, offset_lo, lower_32_bits(value));
	qyran_set(q, offset_lo + 4, upper_32_bits(value));
}

/* core.c; a front-end may be a module of its own: these are exported for it */
int qyran_probe(struct device *dev, const struct qyran_front *front);
void qyran_remove(struct device *dev);
/* The machine goes down or into another kernel, whose memory the logic must not write. */
void qyran_shutdown(struct device *dev);
extern const struct dev_pm_ops qyran_pm_ops;
extern const struct regmap_config qyran_regmap_config;
struct qyran *qyran_ref(struct qyran *q);
void qyran_unref(struct qyran *q);
/* Whether the logic answers; says once when it does not, and once when it does again. */
bool qyran_alive(struct qyran *q);

/* file.c */
extern const struct file_operations qyran_fops;

/* stream.c; all but the irq handler and qyran_wake() with lock held */
int qyran_format(struct qyran *q, struct qyran_ioc_format *format);
void qyran_masks_apply(struct qyran *q);
int qyran_start(struct qyran *q);
int qyran_stop(struct qyran *q);
int qyran_drain(struct qyran *q);
void qyran_irq_enable(struct qyran *q);
void qyran_watch(struct qyran *q);	/* begins to tick: for the stream, for lost interrupts */
irqreturn_t qyran_irq(int irq, void *context);
void qyran_tick(struct work_struct *work);
void qyran_calm(struct work_struct *work);
void qyran_wake(struct qyran *q);

/* ring.c */
ssize_t qyran_read(struct qyran *q, char __user *to, size_t size, bool wait);
__poll_t qyran_ready(struct qyran *q);	/* with lock held */

/* slots.c */
int qyran_slots_alloc(struct qyran *q);
void qyran_slots_begin(struct qyran *q);
void qyran_slots_put(struct qyran *q, u32 slot, u64 frame, u64 time_ns);
void qyran_slots_return(struct qyran *q);
void qyran_slots_doubt(struct qyran *q);
void qyran_slots_free(struct qyran *q);
/* A frame's block with one holder and one reference more, or an ERR_PTR: see QYRAN_IOC_HOLD. */
struct qyran_block *qyran_slots_hold(struct qyran *q, u64 frame, u64 *ret_time_ns);
void qyran_slots_release(struct qyran *q, struct qyran_block *block);

/* dmabuf.c; qyran_hold() with lock held. Returns the dma-buf, or an ERR_PTR. */
struct dma_buf *qyran_hold(struct qyran *q, struct qyran_ioc_hold *hold);

/* memory.c */
struct device *qyran_memory_new(struct device *dev);
struct qyran_block *qyran_block_new(struct qyran *q, size_t size);
/* The stream gives it up: it is no longer mapped for DMA. Accepts NULL. */
void qyran_block_drop(struct qyran *q, struct qyran_block *block);
void qyran_block_put(struct qyran_block *block);

/* ptp.c */
int qyran_ptp_probe(struct qyran *q);
void qyran_ptp_remove(struct qyran *q);
void qyran_ptp_pps(struct qyran *q);
int qyran_clock_read(struct qyran *q, u64 *ret_ns, struct ptp_system_timestamp *sts);
int qyran_clock_set(struct qyran *q, u64 ns);
void qyran_clock_rate_apply(struct qyran *q);

/* uio.c */
int qyran_uio_probe(struct qyran *q);
void qyran_uio_remove(struct qyran *q);
void qyran_uio_event(struct qyran *q);
int qyran_uio_number(const struct qyran *q);

/* sysfs.c */
extern const struct attribute_group *qyran_groups[];

/* sensor.c */
#if IS_ENABLED(CONFIG_OF) && IS_REACHABLE(CONFIG_V4L2_FWNODE) && !defined(QYRAN_NO_SENSOR)
int qyran_sensor_probe(struct qyran *q);
void qyran_sensor_remove(struct qyran *q);
int qyran_sensor_stream(struct qyran *q, bool on);
int qyran_sensor_size(struct qyran *q, u32 *ret_width, u32 *ret_height);
#else
static inline int qyran_sensor_probe(struct qyran *q) { return 0; }
static inline void qyran_sensor_remove(struct qyran *q) { }
static inline int qyran_sensor_stream(struct qyran *q, bool on) { return 0; }
static inline int qyran_sensor_size(struct qyran *q, u32 *ret_width, u32 *ret_height) { return -ENODATA; }
#endif

/* pci.c, platform.c */
int qyran_pci_register(void);
void qyran_pci_unregister(void);
int qyran_platform_register(void);
void qyran_platform_unregister(void);

#endif
