/* SPDX-License-Identifier: Apache-2.0 */
/* sim:CLIP, the simulated board driven as the kernel's driver drives a real one: registers, memory, interrupt. */
#include "lib/slots.h"
#include "sim/board/board.h"
#include "sim/board/pace.h"

#include <endian.h>
#include <errno.h>
#include <qyran/device.h>
#include <qyran/record.h>
#include <qyran/regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEMORY_BASE 0x100000000u	/* above 4 GiB, so that the upper address words are in use */
#define RING_SIZE (4u << 20)		/* the records of one frame take at most 2.2 MB */
#define VERSION_MAJOR 1u
#define LEAD_NS 1000000u		/* the clock starts so long before the first frame */
#define DRAIN_CLOCKS 20000000u		/* no frame takes a tenth of it */
#define CLOCK_POLLS 1000u
#define REG(name, index) (QYRAN_REG_##name + (index) * QYRAN_##name##_STRIDE)

struct sim {
	struct qyran_board *board;
	struct qyran_clip *clip;
	struct qyran_signals *signals;
	struct sim_pace *pace;
	struct qyran_slots slots;
	uint8_t *memory;
	size_t memory_size;
	uint32_t width, height, stride;
	size_t slot_size;
	uint32_t producer, consumer, given_back;
	uint64_t epoch_ns;
	uint8_t *record;
	bool ended;
	char fault[512];
};

static uint8_t *memory_at(const struct sim *sim, uint64_t address, size_t size)
{
	if (address < MEMORY_BASE || address - MEMORY_BASE > sim->memory_size || size > sim->memory_size - (address - MEMORY_BASE))
		return NULL;
	return sim->memory + (address - MEMORY_BASE);
}

static int memory_read(void *context, uint64_t address, void *bytes, size_t size)
{
	const uint8_t *at = memory_at(context, address, size);

	if (!at)
		return -EFAULT;
	memcpy(bytes, at, size);
	return 0;
}

static int memory_write(void *context, uint64_t address, const void *bytes, size_t size)
{
	uint8_t *at = memory_at(context, address, size);

	if (!at)
		return -EFAULT;
	memcpy(at, bytes, size);
	return 0;
}

static uint32_t get(struct sim *sim, uint32_t offset)
{
	return qyran_board_read(sim->board, offset);
}

static void set(struct sim *sim, uint32_t offset, uint32_t value)
{
	qyran_board_write(sim->board, offset, value);
}

static void set_wide(struct sim *sim, uint32_t offset_lo, uint64_t value)
{
	set(sim, offset_lo, (uint32_t)value);
	set(sim, offset_lo + 4, (uint32_t)(value >> 32));
}

static int clock_command(struct sim *sim, uint32_t command)
{
	set(sim, QYRAN_REG_CLOCK_CONTROL, 1u << command);
	for (unsigned int i = 0; i < CLOCK_POLLS; i++)
		if (!(get(sim, QYRAN_REG_CLOCK_STATE) & QYRAN_CLOCK_STATE_BUSY_MASK))
			return 0;
	return -ETIMEDOUT;
}

static uint32_t span(uint32_t from, uint32_t length)
{
	uint32_t end = from + length > 0xffff ? 0xffff : from + length;

	return from | end << 16;
}

/* Refuses logic that this program does not know, before anything else is touched. */
static int probe(struct sim *sim, char *error, size_t error_size)
{
	uint32_t id = get(sim, QYRAN_REG_ID), version = get(sim, QYRAN_REG_VERSION), size = get(sim, QYRAN_REG_CAPS_SIZE);
	uint32_t most_width = size >> QYRAN_CAPS_SIZE_WIDTH_SHIFT & QYRAN_CAPS_SIZE_WIDTH_MASK;
	uint32_t most_height = size >> QYRAN_CAPS_SIZE_HEIGHT_SHIFT & QYRAN_CAPS_SIZE_HEIGHT_MASK;
	uint32_t slots = get(sim, QYRAN_REG_CAPS_COUNTS) >> QYRAN_CAPS_COUNTS_SLOTS_SHIFT & QYRAN_CAPS_COUNTS_SLOTS_MASK;

	if (id != QYRAN_ID_RESET) {
		snprintf(error, error_size, "simulated board: id 0x%08x is not that of Qyran's logic; build the plug-in again", id);
		return -ENODEV;
	}
	if (version >> QYRAN_VERSION_MAJOR_SHIFT != VERSION_MAJOR || slots < QYRAN_SLOTS) {
		snprintf(error, error_size, "simulated board: logic version %u.%u with %u slots is not known here; build plug-in and program from one source",
			 version >> QYRAN_VERSION_MAJOR_SHIFT, version & QYRAN_VERSION_MINOR_MASK, slots);
		return -ENODEV;
	}
	if (sim->width > most_width || sim->height > most_height) {
		snprintf(error, error_size, "simulated board: the clip's %ux%u is more than the logic's %ux%u; scale the clip", sim->width, sim->height,
			 most_width, most_height);
		return -EFBIG;
	}
	return 0;
}

static int start(struct sim *sim, const struct qyran_device_options *options)
{
	uint64_t slots_at = MEMORY_BASE + RING_SIZE;
	uint32_t mode = QYRAN_MODE_RESET | (options->mono ? QYRAN_MODE_MONO_MASK << QYRAN_MODE_MONO_SHIFT : 0);
	int rc;

	set(sim, QYRAN_REG_SIZE, sim->width << QYRAN_SIZE_WIDTH_SHIFT | sim->height << QYRAN_SIZE_HEIGHT_SHIFT);
	set(sim, QYRAN_REG_STRIDE, sim->stride);
	set_wide(sim, QYRAN_REG_DMA_BASE_LO, MEMORY_BASE);
	set_wide(sim, QYRAN_REG_DMA_LIMIT_LO, MEMORY_BASE + sim->memory_size);
	set_wide(sim, QYRAN_REG_RING_BASE_LO, MEMORY_BASE);
	set(sim, QYRAN_REG_RING_SIZE, RING_SIZE);
	for (uint32_t i = 0; i < QYRAN_SLOTS; i++)
		set_wide(sim, REG(SLOT_BASE_LO, i), slots_at + i * sim->slot_size);

	for (uint32_t i = 0; i < QYRAN_MASKS_MAX; i++) {
		struct qyran_box box = i < options->mask_count ? options->masks[i] : (struct qyran_box){ 0 };

		set(sim, REG(MASK_X, i), span(box.x, box.width));
		set(sim, REG(MASK_Y, i), span(box.y, box.height));
	}
	for (uint32_t i = 0; i < QYRAN_WATCHES_MAX; i++) {
		struct qyran_box box = i < options->watch_count ? options->watches[i] : (struct qyran_box){ 0 };

		set(sim, REG(WATCH_X, i), span(box.x, box.width));
		set(sim, REG(WATCH_Y, i), span(box.y, box.height));
	}
	set(sim, QYRAN_REG_MODE, mode);
	if (options->regions)
		set(sim, QYRAN_REG_PLATE_COUNT, options->regions);
	set(sim, QYRAN_REG_SENSOR_EXPOSURE, options->exposure_ns);
	set(sim, QYRAN_REG_SENSOR_LINE, options->line_ns);
	set(sim, QYRAN_REG_COMMIT, 1);

	set_wide(sim, QYRAN_REG_CLOCK_VALUE_LO, sim->epoch_ns > LEAD_NS ? sim->epoch_ns - LEAD_NS : 0);
	rc = clock_command(sim, QYRAN_CLOCK_CONTROL_SET_SHIFT);
	if (rc < 0)
		return rc;
	set(sim, QYRAN_REG_CLOCK_FLAGS, options->pace_host ? 0 : QYRAN_CLOCK_FLAGS_SYNCED_MASK);

	set(sim, QYRAN_REG_IRQ_ENABLE,
	    1u << QYRAN_IRQ_STATUS_FRAME_SHIFT | 1u << QYRAN_IRQ_STATUS_HALF_SHIFT | 1u << QYRAN_IRQ_STATUS_FAULT_SHIFT);
	set(sim, QYRAN_REG_CONTROL, QYRAN_CONTROL_RUN_MASK);
	set(sim, QYRAN_REG_SLOT_GIVE, (1u << QYRAN_SLOTS) - 1);
	return 0;
}

/* Runs the logic until the records of the last frame are in memory. */
static int drain(struct sim *sim)
{
	uint32_t status = 0;

	for (uint64_t ran = 0; ran < DRAIN_CLOCKS;) {
		uint64_t before = qyran_board_clocks(sim->board);

		qyran_board_run(sim->board, DRAIN_CLOCKS - ran);
		status = get(sim, QYRAN_REG_IRQ_STATUS);
		set(sim, QYRAN_REG_IRQ_STATUS, status);
		if (status & 1u << QYRAN_IRQ_STATUS_FAULT_SHIFT) {
			uint64_t address = (uint64_t)get(sim, QYRAN_REG_FAULT_HI) << 32 | get(sim, QYRAN_REG_FAULT_LO);

			snprintf(sim->fault, sizeof(sim->fault), "simulated board: the logic's access to memory at 0x%llx was refused; this is a fault of the logic",
				 (unsigned long long)address);
			return -EFAULT;
		}
		if (get(sim, QYRAN_REG_STATE) >> QYRAN_STATE_DRAINED_SHIFT & 1) {
			sim->producer = get(sim, QYRAN_REG_RING_PRODUCER);
			return 0;
		}
		ran += qyran_board_clocks(sim->board) - before;
	}
	snprintf(sim->fault, sizeof(sim->fault), "simulated board: the logic has not finished a frame in %u clocks; this is a fault of the logic", DRAIN_CLOCKS);
	return -ETIMEDOUT;
}

/* Plays the next frame of the clip. Returns 0, -ENODATA at its end or another negative errno. */
static int play(struct sim *sim)
{
	const uint8_t *pixels;
	uint64_t time_ns;
	int rc = sim->ended ? -ENODATA : qyran_clip_next(sim->clip, &pixels, &time_ns);

	if (rc < 0) {
		sim->ended = true;
		if (rc != -ENODATA)
			snprintf(sim->fault, sizeof(sim->fault), "%s", qyran_clip_fault(sim->clip));
		return rc;
	}
	sim_pace_wait(sim->pace, time_ns);
	rc = qyran_board_frame(sim->board, pixels, sim->width, sim->height, sim->width * 2, sim->epoch_ns + time_ns,
			       sim->signals ? qyran_signals_at(sim->signals, time_ns) : 0);
	if (rc == 0)
		rc = drain(sim);
	if (rc < 0)
		sim->ended = true;
	sim_pace_played(sim->pace, qyran_board_clocks(sim->board));
	return rc;
}

static void from_ring(const struct sim *sim, uint32_t index, void *to, size_t size)
{
	size_t at = index % RING_SIZE;
	size_t first = size < RING_SIZE - at ? size : RING_SIZE - at;

	memcpy(to, sim->memory + at, first);
	memcpy((uint8_t *)to + first, sim->memory, size - first);
}

/* Copies the next record out of the ring, then checks the copy. Returns its length or -EBADMSG. */
static int64_t take_record(struct sim *sim)
{
	uint32_t available = sim->producer - sim->consumer;
	int64_t length;

	if (available < sizeof(struct qyran_record_header) || available > RING_SIZE)
		return -EBADMSG;
	from_ring(sim, sim->consumer, sim->record, sizeof(struct qyran_record_header));
	length = qyran_record_check_header(sim->record, sizeof(struct qyran_record_header));
	if (length < 0 || length > available || length > QYRAN_RECORD_MAX)
		return -EBADMSG;
	from_ring(sim, sim->consumer, sim->record, (size_t)length);
	length = qyran_record_check(sim->record, (size_t)length);
	return length > 0 ? length : -EBADMSG;
}

static void take_slot(struct sim *sim, const struct qyran_record_header *record)
{
	const struct qyran_frame_info *frame = qyran_record_payload(record);

	if (qyran_slots_put(&sim->slots, le32toh(frame->slot), le64toh(record->frame), le64toh(record->time_ns)) != 0)
		qyran_slots_bare(&sim->slots, le64toh(record->frame));
	sim->given_back |= qyran_slots_recycle(&sim->slots);
}

static int sim_next(void *self, const struct qyran_record_header **ret, int timeout_ms)
{
	struct sim *sim = self;
	(void)timeout_ms;

	while (sim->producer == sim->consumer) {
		set(sim, QYRAN_REG_RING_CONSUMER, sim->consumer);
		sim->given_back |= qyran_slots_recycle(&sim->slots);
		if (sim->given_back)
			set(sim, QYRAN_REG_SLOT_GIVE, sim->given_back);
		sim->given_back = 0;

		int rc = play(sim);

		if (rc < 0)
			return rc;
	}

	int64_t length = take_record(sim);

	if (length < 0) {
		snprintf(sim->fault, sizeof(sim->fault), "simulated board: a damaged record in the ring at byte %u; this is a fault of the logic", sim->consumer);
		sim->consumer = sim->producer;
		return -EBADMSG;
	}
	sim->consumer += (uint32_t)length;
	*ret = (const void *)sim->record;
	if (le16toh((*ret)->type) == QYRAN_RECORD_FRAME)
		take_slot(sim, *ret);
	return 0;
}

static void sim_close(void *self)
{
	struct sim *sim = self;

	if (sim->board) {
		set(sim, QYRAN_REG_CONTROL, 0);
		qyran_board_run(sim->board, DRAIN_CLOCKS);
	}
	sim_pace_free(sim->pace);
	qyran_board_free(sim->board);
	qyran_clip_close(sim->clip);
	qyran_signals_close(sim->signals);
	qyran_slots_finish(&sim->slots);
	if (sim->memory)
		munmap(sim->memory, sim->memory_size);
	free(sim->record);
	free(sim);
}

/* The file of signal pins: the one given, else signals.tsv beside the clip if there is one. */
static int open_signals(struct sim *sim, const char *clip, const char *given, char *error, size_t error_size)
{
	static const char name[] = "signals.tsv";
	const char *slash = strrchr(clip, '/');
	size_t folder = slash ? (size_t)(slash + 1 - clip) : 0;
	char *beside;
	int rc = 0;

	if (given)
		return qyran_signals_open(given, &sim->signals, error, error_size);
	beside = malloc(folder + sizeof(name));
	if (!beside) {
		snprintf(error, error_size, "%s: no memory", clip);
		return -ENOMEM;
	}
	memcpy(beside, clip, folder);
	memcpy(beside + folder, name, sizeof(name));
	if (access(beside, F_OK) == 0)
		rc = qyran_signals_open(beside, &sim->signals, error, error_size);
	free(beside);
	return rc;
}

static int power_up(struct sim *sim, bool pace_host)
{
	struct qyran_board_memory memory = { .read = memory_read, .write = memory_write, .context = sim };
	void *made;

	sim->stride = (sim->width * 2 + 255) / 256 * 256;
	sim->slot_size = ((size_t)sim->stride * sim->height + 4095) / 4096 * 4096;
	sim->memory_size = RING_SIZE + QYRAN_SLOTS * sim->slot_size;
	sim->record = aligned_alloc(QYRAN_RECORD_ALIGN, QYRAN_RECORD_MAX);
	made = mmap(NULL, sim->memory_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!sim->record || made == MAP_FAILED)
		return -ENOMEM;
	sim->memory = made;
	return qyran_board_new(&memory, pace_host ? QYRAN_PACE_HOST : QYRAN_PACE_SCENE, &sim->board);
}

static int sim_open(const char *path, const struct qyran_device_options *options, void **ret_self, char *error, size_t error_size)
{
	struct sim *sim = calloc(1, sizeof(*sim));
	int rc;

	if (!sim) {
		snprintf(error, error_size, "%s: no memory", path);
		return -ENOMEM;
	}
	qyran_slots_init(&sim->slots);
	sim->epoch_ns = options->epoch_ns ? options->epoch_ns : QYRAN_EPOCH_NS;
	rc = qyran_clip_open(path, &sim->clip, error, error_size);
	if (rc == 0)
		rc = open_signals(sim, path, options->signals, error, error_size);
	if (rc < 0)
		goto err;
	qyran_clip_size(sim->clip, &sim->width, &sim->height);
	rc = sim_pace_new(options->pace_host, options->progress, qyran_clip_frames(sim->clip), &sim->pace);
	if (rc == 0)
		rc = power_up(sim, options->pace_host);
	if (rc < 0) {
		snprintf(error, error_size, "simulated board: cannot be made for %ux%u: %s", sim->width, sim->height, strerror(-rc));
		goto err;
	}
	rc = probe(sim, error, error_size);
	if (rc < 0)
		goto err;
	rc = start(sim, options);
	if (rc < 0) {
		snprintf(error, error_size, "simulated board: the logic's clock does not answer; build the plug-in again");
		goto err;
	}
	*ret_self = sim;
	return 0;

err:
	sim_close(sim);
	return rc;
}

static void sim_info(const void *self, struct qyran_device_info *ret)
{
	const struct sim *sim = self;

	*ret = (struct qyran_device_info){ .width = sim->width, .height = sim->height, .version = QYRAN_VERSION_RESET,
					    .pins = sim->signals ? QYRAN_PINS : 0, .frames = true };
}

static const char *sim_fault(const void *self)
{
	return ((const struct sim *)self)->fault;
}

static int sim_hold(void *self, uint64_t frame, struct qyran_frame *ret)
{
	struct sim *sim = self;
	uint64_t time_ns;
	uint32_t slot;
	int rc = qyran_slots_hold(&sim->slots, frame, &slot, &time_ns);

	if (rc < 0)
		return rc;
	*ret = (struct qyran_frame){
		.number = frame, .time_ns = time_ns, .pixels = sim->memory + RING_SIZE + slot * sim->slot_size,
		.width = sim->width, .height = sim->height, .stride = sim->stride, .fd = -1, .slot = slot,
	};
	return 0;
}

static void sim_release(void *self, const struct qyran_frame *frame)
{
	qyran_slots_release(&((struct sim *)self)->slots, frame->slot, frame->number);
}

static int sim_clock(void *self, uint64_t *ret_ns)
{
	struct sim *sim = self;
	int rc = clock_command(sim, QYRAN_CLOCK_CONTROL_LATCH_SHIFT);

	if (rc < 0)
		return rc;

	uint32_t low = get(sim, QYRAN_REG_CLOCK_LO);

	*ret_ns = (uint64_t)get(sim, QYRAN_REG_CLOCK_HI) << 32 | low;
	return 0;
}

static int sim_register(void *self, uint32_t offset, uint32_t *ret_value)
{
	*ret_value = get(self, offset);
	return 0;
}

const struct qyran_device_ops qyran_device_plugin = {
	.abi = QYRAN_DEVICE_ABI,
	.scheme = "sim",
	.open = sim_open,
	.close = sim_close,
	.info = sim_info,
	.next = sim_next,
	.fault = sim_fault,
	.hold = sim_hold,
	.release = sim_release,
	.clock = sim_clock,
	.reg = sim_register,
};
