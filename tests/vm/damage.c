/* SPDX-License-Identifier: Apache-2.0 */
/* The device writes what it should not: damaged records, lengths, numbers, indices; and more than its reader takes. */
#include "tests/vm/drive.h"

#define FRAME_SLOT	(sizeof(struct qyran_record_header) + offsetof(struct qyran_frame_info, slot))
#define REGION_PIXELS	(sizeof(struct qyran_record_header) + offsetof(struct qyran_region, pixels))
#define REGION_OUT_W	(sizeof(struct qyran_record_header) + offsetof(struct qyran_region, out_w))
#define FRAME_TRAILER	(sizeof(struct qyran_record_header) + sizeof(struct qyran_frame_info))
#define AT(field)	offsetof(struct qyran_record_header, field)

struct fault {
	const char *name;
	uint32_t kind, at, value, type, count;
	unsigned int damaged;	/* -EBADMSG that the reader gets */
	unsigned int missing;	/* records that he does not get */
};

static const struct fault faults[] = {
	{ "a_frame_with_a_damaged_payload_is_left_out_and_told_once", BENCH_RECORD_CORRUPT, FRAME_SLOT, 1, QYRAN_RECORD_FRAME, 1, 1, 1 },
	{ "a_frame_with_a_damaged_header_is_left_out_and_told_once", BENCH_RECORD_CORRUPT, AT(sequence), 1, QYRAN_RECORD_FRAME, 1, 1, 1 },
	{ "a_frame_without_its_magic_is_left_out_and_told_once", BENCH_RECORD_CORRUPT, 0, 0xff, QYRAN_RECORD_FRAME, 1, 1, 1 },
	{ "a_frame_with_a_damaged_trailer_is_left_out_and_told_once", BENCH_RECORD_CORRUPT, FRAME_TRAILER, 0x80, QYRAN_RECORD_FRAME, 1, 1, 1 },
	{ "a_frame_with_a_damaged_checksum_is_left_out_and_told_once", BENCH_RECORD_CORRUPT, FRAME_TRAILER + 4, 1, QYRAN_RECORD_FRAME, 1, 1, 1 },
	{ "a_mover_that_is_damaged_is_left_out_and_told_once", BENCH_RECORD_CORRUPT, 70, 0x10, QYRAN_RECORD_MOVER, 1, 1, 1 },
	{ "a_plate_with_damaged_pixels_is_left_out_and_told_once", BENCH_RECORD_CORRUPT, 200, 0x10, QYRAN_RECORD_REGION, 1, 1, 1 },
	{ "a_length_past_the_ring_is_not_followed", BENCH_RECORD_LENGTH, 0, 0x7fffffc0, QYRAN_RECORD_FRAME, 1, 1, 1 },
	{ "a_length_of_all_there_is_is_not_followed", BENCH_RECORD_LENGTH, 0, 0xffffffff, QYRAN_RECORD_FRAME, 1, 1, 1 },
	{ "a_length_of_nothing_does_not_stop_the_reader", BENCH_RECORD_LENGTH, 0, 0, QYRAN_RECORD_FRAME, 1, 1, 1 },
	{ "a_length_that_is_too_short_is_not_followed", BENCH_RECORD_LENGTH, 0, 64, QYRAN_RECORD_FRAME, 1, 1, 1 },
	{ "a_length_over_the_next_record_is_not_followed", BENCH_RECORD_LENGTH, 0, 512, QYRAN_RECORD_FRAME, 1, 1, 1 },
	{ "a_plate_that_claims_more_pixels_than_it_has_is_left_out", BENCH_RECORD_FORGE, REGION_PIXELS + 2, 0x7f, QYRAN_RECORD_REGION, 1, 1, 1 },
	{ "a_plate_that_claims_another_width_is_left_out", BENCH_RECORD_FORGE, REGION_OUT_W, 0x04, QYRAN_RECORD_REGION, 1, 1, 1 },
	{ "a_record_of_another_version_is_left_out", BENCH_RECORD_FORGE, AT(version), 0x02, QYRAN_RECORD_FRAME, 1, 1, 1 },
	{ "a_payload_longer_than_its_record_is_not_followed", BENCH_RECORD_FORGE, AT(payload) + 3, 0x7f, QYRAN_RECORD_FRAME, 1, 1, 1 },
	{ "five_damaged_frames_are_told_one_by_one", BENCH_RECORD_CORRUPT, FRAME_SLOT, 1, QYRAN_RECORD_FRAME, 5, 5, 5 },
	{ "a_record_of_an_unknown_type_reaches_the_reader", BENCH_RECORD_FORGE, AT(type), 0x60, QYRAN_RECORD_FRAME, 1, 0, 0 },
	{ "a_frame_that_names_a_slot_beyond_all_is_counted", BENCH_RECORD_FORGE, FRAME_SLOT, 0x40, QYRAN_RECORD_FRAME, 1, 0, 0 },
	{ "a_frame_that_names_anothers_slot_does_no_harm", BENCH_RECORD_FORGE, FRAME_SLOT, 0x01, QYRAN_RECORD_FRAME, 1, 0, 0 },
	{ "a_frame_of_another_number_does_no_harm", BENCH_RECORD_FORGE, AT(frame) + 7, 0x80, QYRAN_RECORD_FRAME, 1, 0, 0 },
	{ "numbers_that_jump_ahead_are_counted", BENCH_RECORD_SEQUENCE, 0, 1000, QYRAN_RECORD_FRAME, 1, 0, 1000 },
};

#define BEFORE	4u
#define AFTER	8u
#define RING	(4u << 20)	/* the driver's, where the device tree names none */

static void arm(const struct fault *fault)
{
	rig_set(BENCH_RECORD_KIND, fault->kind);
	rig_set(BENCH_RECORD_AT, fault->at);
	rig_set(BENCH_RECORD_VALUE, fault->value);
	rig_set(BENCH_RECORD_TYPE, fault->type);
	rig_set(BENCH_RECORD_SKIP, BEFORE);
	rig_set(BENCH_RECORD_COUNT, fault->count);
}

/* Some frames before, the fault, and frames after: the sequence of what arrives shows what was left out. */
static void one_fault(const struct fault *fault)
{
	int64_t corrupt = drive_count("corrupt"), missed = drive_count("records_missed"), bad = drive_count("bad_slots");
	bool frame_lost = fault->type == QYRAN_RECORD_FRAME && (fault->damaged || fault->at == AT(type)), slot_forged;
	int fd = drive_begin();
	struct tally tally = { 0 };
	bool home;

	slot_forged = fault->kind == BENCH_RECORD_FORGE && fault->at == FRAME_SLOT;
	arm(fault);
	rig_play(BENCH_SOURCE_PATTERN, BEFORE + AFTER, BENCH_PACE_SCENE);
	for (unsigned int i = 0; i < DRIVE_PATIENCE * 4 && rig_get(BENCH_PLAY); i++)
		drive_read(fd, &tally, 250);
	drive_drain(fd, &tally);
	corrupt = drive_count("corrupt") - corrupt;
	missed = drive_count("records_missed") - missed;
	bad = drive_count("bad_slots") - bad;
	home = drive_becomes("slots_home", QYRAN_SLOTS);	/* one that a false record left with nobody is found by a tick */
	report(rig_get(BENCH_RECORD_COUNT) == 0 && tally.error == 0 && tally.unsound == 0 && tally.damaged == fault->damaged && corrupt == fault->damaged &&
	       tally.missing == fault->missing && missed == fault->missing && tally.frames == BEFORE + AFTER - (frame_lost ? fault->count : 0) &&
	       home && (slot_forged ? bad > 0 : bad == 0), fault->name,
	       "%u left to make, error %s, %llu unsound given, %u times -EBADMSG, %lld counted, %llu records missing, %lld counted, %llu frames, %lld slots home, %lld bad",
	       rig_get(BENCH_RECORD_COUNT), strerror(-tally.error), (unsigned long long)tally.unsound, tally.damaged, (long long)corrupt,
	       (unsigned long long)tally.missing, (long long)missed, (unsigned long long)tally.frames, (long long)drive_count("slots_home"), (long long)bad);
	rig_set(BENCH_RECORD_COUNT, 0);
	close(fd);
}

/* Everything damaged, so that not one sound record is left to go on with. */
static void nothing_but_damage(void)
{
	static const struct fault all = { .kind = BENCH_RECORD_CORRUPT, .at = 8, .value = 0x40, .count = 0xffffffff };
	int64_t corrupt = drive_count("corrupt");
	int fd = drive_begin();
	struct tally tally = { 0 };

	arm(&all);
	rig_set(BENCH_RECORD_SKIP, 0);
	rig_play(BENCH_SOURCE_PATTERN, 40, BENCH_PACE_SCENE);
	for (unsigned int i = 0; i < 400 && rig_get(BENCH_PLAY); i++)
		drive_read(fd, &tally, 300);
	drive_drain(fd, &tally);
	rig_set(BENCH_RECORD_COUNT, 0);
	corrupt = drive_count("corrupt") - corrupt;
	report(rig_get(BENCH_PLAY) == 0 && tally.records == 0 && tally.damaged > 0 && corrupt == tally.damaged && tally.error == 0,
	       "a_device_that_writes_nothing_but_damage_starves_nobody", "%u frames not played, %llu records given, %u times -EBADMSG, %lld counted, error %s",
	       rig_get(BENCH_FRAMES_LEFT), (unsigned long long)tally.records, tally.damaged, (long long)corrupt, strerror(-tally.error));
	report(drive_play(fd, &tally, 20) && tally.frames == 20 && tally.unsound == 0, "and_frames_come_again_when_the_damage_ends", "%llu of 20 frames: %s",
	       (unsigned long long)tally.frames, strerror(-tally.error));
	close(fd);
}

static void index_that_cannot_be(void)
{
	static const uint32_t lies[] = { 1, 63, 0x80000000u, 0xffffffc0u, 0x00500000u };

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		int fd = drive_begin();
		struct tally tally = { 0 };
		char name[80];
		bool before = drive_play(fd, &tally, 3), after;
		unsigned int told;

		rig_set(BENCH_PRODUCER_ADD, lies[i]);
		for (unsigned int turn = 0; turn < 40 && tally.damaged == 0 && tally.restarted == 0; turn++) {
			drive_read(fd, &tally, 100);
			drive_read(fd, &tally, 0);
		}
		told = tally.damaged + tally.restarted;
		rig_set(BENCH_PRODUCER_ADD, 0);
		drive_drain(fd, &tally);
		tally.next = 0;
		tally.frames = 0;
		after = drive_play(fd, &tally, 10);
		snprintf(name, sizeof(name), "an_index_that_is_wrong_by_0x%x_is_told_and_passes", lies[i]);
		report(before && told > 0 && after && tally.unsound == 0, name, "frames before %d, told %u times, %llu of 10 frames after: %s, %llu unsound", before,
		       told, (unsigned long long)tally.frames, strerror(-tally.error), (unsigned long long)tally.unsound);
		close(fd);
	}
}

/* Watch boxes over the whole picture, and movers of a cell each, fill the ring faster. */
static void many_records(bool on)
{
	struct qyran_ioc_info info;
	volatile uint32_t *page0;
	char name[32];
	int fd = drive_open(), uio;

	if (fd < 0 || ioctl(fd, QYRAN_IOC_INFO, &info) < 0)
		exit(1);
	close(fd);
	snprintf(name, sizeof(name), "/dev/uio%d", info.uio);
	uio = open(name, O_RDWR | O_CLOEXEC);
	page0 = mmap(NULL, 0x10000, PROT_READ | PROT_WRITE, MAP_SHARED, uio, 0);
	if (page0 == MAP_FAILED)
		exit(1);
	for (unsigned int i = 0; i < QYRAN_WATCHES_MAX; i++) {
		page0[(QYRAN_REG_WATCH_X + i * QYRAN_WATCH_X_STRIDE) / 4] = on ? 64u << 16 : 0;
		page0[(QYRAN_REG_WATCH_Y + i * QYRAN_WATCH_X_STRIDE) / 4] = on ? 48u << 16 : 0;
	}
	page0[QYRAN_REG_MOVER_CELLS / 4] = on ? 1 : QYRAN_MOVER_CELLS_RESET;
	page0[QYRAN_REG_COMMIT / 4] = 1;
	munmap((void *)(uintptr_t)page0, 0x10000);
	close(uio);
}

static int64_t dropped(void)
{
	return drive_count("logic_drop_records") + drive_count("logic_drop_regions") + drive_count("logic_drop_movers") + drive_count("logic_drop_watches");
}

/* The reader sleeps until the ring is full, and beyond; then he reads on. */
static void reader_that_sleeps(void)
{
	int64_t lost = dropped(), full = drive_count("logic_drop_records"), bare = drive_count("logic_drop_frames"), missed = drive_count("records_missed");
	struct tally tally = { 0 };
	unsigned int frames;
	uint64_t bytes;
	int fd;

	many_records(true);
	fd = drive_begin();
	rig_set(BENCH_PERIOD_NS, 1000000);
	rig_play(BENCH_SOURCE_PATTERN, 0, BENCH_PACE_HOST);
	/* a frame without a slot has no pixels to cut: some 4,000 of them fill the ring */
	for (unsigned int i = 0; i < 4 * DRIVE_PATIENCE * 10 && drive_count("logic_drop_records") - full < 10; i++)
		drive_pause_ms(100);
	rig_set(BENCH_PLAY, 0);
	rig_set(BENCH_PERIOD_NS, 0);
	drive_drain(fd, &tally);
	frames = (unsigned int)tally.frames;
	bytes = tally.bytes;
	/* drops at the end are seen by the number of the next record */
	drive_play(fd, &tally, 20);
	drive_drain(fd, &tally);
	lost = dropped() - lost;
	bare = drive_count("logic_drop_frames") - bare;
	missed = drive_count("records_missed") - missed;
	report(bytes > RING - 2 * QYRAN_RECORD_MAX && lost >= 10 && missed == lost && tally.missing == (uint64_t)lost && tally.unsound == 0 && tally.damaged == 0,
	       "a_reader_that_sleeps_too_long_loses_records_and_each_is_counted",
	       "the ring held %llu bytes, the logic dropped %lld, %lld counted, %llu seen missing, %llu unsound, %u damaged", (unsigned long long)bytes, (long long)lost,
	       (long long)missed, (unsigned long long)tally.missing, (unsigned long long)tally.unsound, tally.damaged);
	printf("note the full ring held %u frames of 64x48 in %llu bytes; %lld records lost, %lld frames without pixels\n", frames, (unsigned long long)bytes,
	       (long long)lost, (long long)bare);
	report(tally.frames == frames + 20 && drive_becomes("slots_home", QYRAN_SLOTS), "and_all_is_right_when_he_reads_on",
	       "%llu of 20 frames, %lld slots home", (unsigned long long)tally.frames - frames, (long long)drive_count("slots_home"));
	close(fd);
	many_records(false);
}

static void memory_that_refuses(void)
{
	int64_t told = drive_count("memory_faults"), counted = drive_count("logic_faults");
	struct tally tally = { 0 };
	int fd = drive_begin(), log = drive_log();
	unsigned int lines;

	drive_play(fd, &tally, 3);
	rig_set(BENCH_DMA_ERROR, 5);
	rig_play(BENCH_SOURCE_PATTERN, 20, BENCH_PACE_HOST);
	for (unsigned int i = 0; i < 200 && rig_get(BENCH_PLAY); i++)
		drive_read(fd, &tally, 100);
	drive_drain(fd, &tally);
	rig_set(BENCH_DMA_ERROR, 0);
	told = drive_count("memory_faults") - told;
	counted = drive_count("logic_faults") - counted;
	lines = drive_log_lines(log, "refused");
	report(told > 0 && counted >= 5 && lines == 1 && tally.unsound == 0 && tally.frames >= 20, "memory_that_refuses_is_told_in_one_line_and_the_stream_goes_on",
	       "%lld told, %lld counted, %u lines, %llu frames, %llu unsound", (long long)told, (long long)counted, lines, (unsigned long long)tally.frames,
	       (unsigned long long)tally.unsound);
	close(log);
	close(fd);
}

int main(void)
{
	if (!report(drive_load(), "module_loads", "modprobe failed"))
		return 1;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		one_fault(&faults[i]);
	nothing_but_damage();
	index_that_cannot_be();
	reader_that_sleeps();
	memory_that_refuses();
	drive_is_well("after_all_damage_the_camera_is_well");
	report(drive_unload(), "module_unloads_after_damage", "modprobe -r failed");
	return drive_failed;
}
