/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cases.h"
#include "tests/unit/recording.h"

#include <errno.h>
#include <qyran/device.h>
#include <sys/stat.h>
#include <unistd.h>

/* A frame's MOVER, REGION and FRAME, bytes. */
#define BEFORE_PIXELS (192 + 704 + 192)

static char path[64];

static FILE *new_file(void)
{
	strcpy(path, "/tmp/qyran-recording-XXXXXX");

	int file = mkstemp(path);

	if (file < 0)
		abort();
	return fdopen(file, "w");
}

static int open_path(struct qyran_device **ret, char *error, size_t size)
{
	char spec[80];

	snprintf(spec, sizeof(spec), "record:%s", path);
	return qyran_device_open(spec, NULL, ret, error, size);
}

static struct qyran_device *open_file(FILE *file)
{
	struct qyran_device *device = NULL;
	char error[256] = "";

	fclose(file);
	if (open_path(&device, error, sizeof(error)) != 0)
		CU_FAIL(error);
	return device;
}

struct counts {
	unsigned int records, frames, bad, held;
	int last;
	uint64_t last_sequence;
};

/* Reads on to the end, or to the end of frame @until. */
static struct counts read_until(struct qyran_device *device, uint64_t until)
{
	struct counts counts = { 0 };
	const struct qyran_record_header *record;

	for (;;) {
		int rc = qyran_device_next(device, &record, 0);

		if (rc == -EBADMSG) {
			counts.bad++;
			continue;
		}
		counts.last = rc;
		if (rc < 0)
			return counts;
		CU_ASSERT_EQUAL((uintptr_t)record % 8, 0);
		counts.records++;
		counts.last_sequence = le64toh(record->sequence);
		if (le16toh(record->type) != QYRAN_RECORD_FRAME)
			continue;
		counts.frames++;
		if (le64toh(record->frame) == until)
			return counts;
	}
}

static void check_pixels(const struct qyran_frame *frame)
{
	CU_ASSERT_EQUAL(frame->width, RECORDING_WIDTH);
	CU_ASSERT_EQUAL(frame->height, RECORDING_HEIGHT);
	CU_ASSERT_EQUAL(frame->stride, RECORDING_STRIDE);
	for (size_t i = 0; i < RECORDING_STRIDE * RECORDING_HEIGHT; i++)
		if (frame->pixels[i] != recording_pixel(frame->number, i)) {
			CU_FAIL("a held frame holds other pixels");
			break;
		}
}

static void recording_plays_to_its_end(void)
{
	FILE *file = new_file();

	recording_frames(file, 0, 30, true);

	struct qyran_device *device = open_file(file);
	struct qyran_device_info info;

	qyran_device_info(device, &info);
	CU_ASSERT_EQUAL(info.width, RECORDING_WIDTH);
	CU_ASSERT_EQUAL(info.height, RECORDING_HEIGHT);
	CU_ASSERT_TRUE(info.frames);
	CU_ASSERT_FALSE(info.realtime);

	struct counts counts = read_until(device, UINT64_MAX);
	uint64_t clock;
	uint32_t value;

	CU_ASSERT_EQUAL(counts.records, 90);
	CU_ASSERT_EQUAL(counts.frames, 30);
	CU_ASSERT_EQUAL(counts.bad, 0);
	CU_ASSERT_EQUAL(counts.last, -ENODATA);
	CU_ASSERT_EQUAL(counts.last_sequence, 89);
	CU_ASSERT_EQUAL(qyran_device_clock(device, &clock), 0);
	CU_ASSERT_EQUAL(clock, 1000 + 29u * 40000000u);
	CU_ASSERT_EQUAL(qyran_device_register(device, 0, &value), -ENOTSUP);
	qyran_device_close(device);
	unlink(path);
}

static void latest_frames_can_be_held_and_older_ones_are_stale(void)
{
	FILE *file = new_file();

	recording_frames(file, 0, 40, true);

	struct qyran_device *device = open_file(file);
	struct qyran_frame frame, kept;

	read_until(device, 4);
	CU_ASSERT_EQUAL(qyran_device_hold(device, 3, &kept), 0);
	CU_ASSERT_EQUAL(qyran_device_hold(device, 5, &frame), -ESTALE);
	read_until(device, 30);
	CU_ASSERT_EQUAL(qyran_device_hold(device, 4, &frame), -ESTALE);
	for (uint64_t number = 30; number > 30 - 12; number--) {
		CU_ASSERT_EQUAL(qyran_device_hold(device, number, &frame), 0);
		CU_ASSERT_EQUAL(frame.time_ns, 1000 + number * 40000000u);
		check_pixels(&frame);
		qyran_device_release(device, &frame);
	}
	check_pixels(&kept);
	CU_ASSERT_EQUAL(qyran_device_hold(device, 3, &frame), 0);
	qyran_device_release(device, &frame);
	qyran_device_release(device, &kept);
	read_until(device, 31);
	CU_ASSERT_EQUAL(qyran_device_hold(device, 3, &frame), -ESTALE);
	qyran_device_close(device);
	unlink(path);
}

static void who_holds_all_frames_is_told_so_and_nothing_breaks(void)
{
	FILE *file = new_file();

	recording_frames(file, 0, 40, true);

	struct qyran_device *device = open_file(file);
	struct qyran_frame frames[QYRAN_SLOTS], more;
	unsigned int held = 0;

	for (uint64_t number = 0; number < 20; number++) {
		read_until(device, number);

		int rc = qyran_device_hold(device, number, &frames[held]);

		CU_ASSERT_EQUAL(rc, held < QYRAN_SLOTS - 3 ? 0 : -EBUSY);
		held += rc == 0;
	}
	CU_ASSERT_EQUAL(held, QYRAN_SLOTS - 3);
	for (unsigned int i = 0; i < held; i++)
		check_pixels(&frames[i]);
	qyran_device_release(device, &frames[0]);
	read_until(device, 20);
	CU_ASSERT_EQUAL(qyran_device_hold(device, 20, &more), 0);
	check_pixels(&more);
	qyran_device_close(device);
	unlink(path);
}

static void recording_without_frames_says_so(void)
{
	FILE *file = new_file();

	recording_frames(file, 0, 3, false);

	struct qyran_device *device = open_file(file);
	struct qyran_device_info info;
	struct qyran_frame frame;

	qyran_device_info(device, &info);
	CU_ASSERT_FALSE(info.frames);
	read_until(device, 1);
	CU_ASSERT_EQUAL(qyran_device_hold(device, 1, &frame), -ENODATA);
	CU_ASSERT_EQUAL(qyran_device_hold(device, 0, &frame), -ENODATA);
	qyran_device_close(device);
	unlink(path);
}

static void frame_that_came_without_pixels_is_no_data(void)
{
	FILE *file = new_file();

	recording_frames(file, 0, 2, true);
	recording_frames(file, 2, 3, false);
	recording_frames(file, 3, 5, true);

	struct qyran_device *device = open_file(file);
	struct qyran_frame frame;

	read_until(device, 4);
	CU_ASSERT_EQUAL(qyran_device_hold(device, 2, &frame), -ENODATA);
	CU_ASSERT_EQUAL(qyran_device_hold(device, 1, &frame), 0);
	check_pixels(&frame);
	qyran_device_close(device);
	unlink(path);
}

/* Garbage of lengths that leave the records unaligned, with a header's magic in it. */
static void garbage_between_records_costs_one_error_and_no_record(void)
{
	static const size_t sizes[] = { 1, 3, 63, 64, 200, 100001 };

	for (unsigned int s = 0; s < 6; s++) {
		FILE *file = new_file();

		recording_frames(file, 0, 4, true);
		for (size_t i = 0; i < sizes[s]; i++)
			fputc("QYRR"[i % 5 % 4] ^ (i % 7 == 6), file);
		recording_frames(file, 4, 8, true);

		struct qyran_device *device = open_file(file);
		struct counts counts = read_until(device, UINT64_MAX);
		struct qyran_frame frame;

		CU_ASSERT_EQUAL(counts.bad, 1);
		CU_ASSERT_EQUAL(counts.records, 24);
		CU_ASSERT_EQUAL(counts.last, -ENODATA);
		CU_ASSERT_PTR_NOT_NULL(strstr(qyran_device_fault(device), path));
		CU_ASSERT_EQUAL(qyran_device_hold(device, 7, &frame), 0);
		check_pixels(&frame);
		qyran_device_close(device);
		unlink(path);
	}
}

static long file_size(void)
{
	struct stat about;

	return stat(path, &about) == 0 ? (long)about.st_size : -1;
}

static void file_cut_at_any_place_gives_what_is_whole(void)
{
	FILE *file = new_file();

	recording_frames(file, 0, 2, true);
	fclose(file);

	long whole = file_size();
	unsigned int before = 6;

	for (long size = whole - 1; size > 0; size -= size > whole - 200 || size % 64 < 2 ? 1 : 62) {
		struct qyran_device *device;

		if (truncate(path, size) != 0)
			abort();
		if (open_path(&device, NULL, 0) != 0) {
			CU_ASSERT(size < BEFORE_PIXELS);
			continue;
		}

		struct counts counts = read_until(device, UINT64_MAX);

		CU_ASSERT(counts.bad <= 1);
		CU_ASSERT(counts.bad == 1 || size % 64 == 0);
		CU_ASSERT(counts.records <= before && counts.records >= 3);
		CU_ASSERT_EQUAL(counts.last, -ENODATA);
		before = counts.records;
		qyran_device_close(device);
	}
	unlink(path);
}

/* Each byte of the middle frame's records wrong once: never more than that record is lost, and it is said once. */
static void any_wrong_byte_costs_its_record_and_one_error(void)
{
	FILE *file = new_file();
	long from, until;

	recording_frames(file, 0, 1, true);
	from = ftell(file);
	recording_frames(file, 1, 2, true);
	until = ftell(file);
	recording_frames(file, 2, 3, true);
	fclose(file);
	file = fopen(path, "r+");
	setvbuf(file, NULL, _IONBF, 0);
	for (long at = from; at < until; at += at < from + 1300 ? 1 : 97) {
		int was, lost_pixels = at >= from + BEFORE_PIXELS;

		fseek(file, at, SEEK_SET);
		was = fgetc(file);
		fseek(file, at, SEEK_SET);
		fputc(was ^ 0xff, file);

		struct qyran_device *device;

		CU_ASSERT_EQUAL_FATAL(open_path(&device, NULL, 0), 0);

		struct counts counts = read_until(device, UINT64_MAX);

		CU_ASSERT_EQUAL(counts.bad, 1);
		CU_ASSERT_EQUAL(counts.records + (lost_pixels ? 0u : 1u), 9);
		CU_ASSERT_EQUAL(counts.last_sequence, 8);
		qyran_device_close(device);
		fseek(file, at, SEEK_SET);
		fputc(was, file);
	}
	fclose(file);
	unlink(path);
}

static void file_that_shrinks_or_vanishes_ends_the_stream(void)
{
	FILE *file = new_file();

	recording_frames(file, 0, 200, true);

	struct qyran_device *device = open_file(file);
	struct counts counts;

	read_until(device, 2);
	if (truncate(path, file_size() / 2 + 13) != 0)
		abort();
	unlink(path);
	counts = read_until(device, UINT64_MAX);
	CU_ASSERT(counts.frames > 80 && counts.frames < 110);
	CU_ASSERT_EQUAL(counts.bad, 1);
	CU_ASSERT_EQUAL(counts.last, -ENODATA);
	qyran_device_close(device);
}

static void what_is_no_recording_gets_one_line(void)
{
	static const char *const wrong[] = { "record:/nonexistent/recording", "record:/tmp", "record:/dev/null", "record:", "recording", "tape:/x", "sim" };

	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct qyran_device *device = (void *)&device;
		char error[256] = "";

		CU_ASSERT(qyran_device_open(wrong[i], NULL, &device, error, sizeof(error)) < 0);
		CU_ASSERT(strlen(error) > 20 && !strchr(error, '\n'));
		CU_ASSERT_PTR_EQUAL(device, (void *)&device);
		CU_ASSERT(qyran_device_open(wrong[i], NULL, &device, NULL, 0) < 0);
	}
}

static void missing_plugin_gets_one_line(void)
{
	struct qyran_device *device;
	char error[512] = "";

	setenv("QYRAN_PLUGIN_DIR", "/nonexistent", 1);
	CU_ASSERT_EQUAL(qyran_device_open("sim:clip.mp4", NULL, &device, error, sizeof(error)), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "QYRAN_PLUGIN_DIR"));
	CU_ASSERT_PTR_NULL(strchr(error, '\n'));
	unsetenv("QYRAN_PLUGIN_DIR");
}

static void settings_beyond_the_logic_get_one_line(void)
{
	struct qyran_box box = { .x = 2, .width = 64, .height = 64 };
	struct qyran_device_options wrong[] = {
		{ .masks = &box, .mask_count = QYRAN_MASKS_MAX + 1 }, { .watches = &box, .watch_count = QYRAN_WATCHES_MAX + 1 },
		{ .watches = &box, .watch_count = 1 }, { .regions = QYRAN_REGIONS_MAX + 1 },
	};

	for (unsigned int i = 0; i < 4; i++) {
		struct qyran_device *device;
		char error[256] = "";

		CU_ASSERT_EQUAL(qyran_device_open("sim:clip.mp4", &wrong[i], &device, error, sizeof(error)), -EINVAL);
		CU_ASSERT(strlen(error) > 20);
	}
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "recording_plays_to_its_end", recording_plays_to_its_end },
		{ "latest_frames_can_be_held_and_older_ones_are_stale", latest_frames_can_be_held_and_older_ones_are_stale },
		{ "who_holds_all_frames_is_told_so_and_nothing_breaks", who_holds_all_frames_is_told_so_and_nothing_breaks },
		{ "recording_without_frames_says_so", recording_without_frames_says_so },
		{ "frame_that_came_without_pixels_is_no_data", frame_that_came_without_pixels_is_no_data },
		{ "garbage_between_records_costs_one_error_and_no_record", garbage_between_records_costs_one_error_and_no_record },
		{ "file_cut_at_any_place_gives_what_is_whole", file_cut_at_any_place_gives_what_is_whole },
		{ "any_wrong_byte_costs_its_record_and_one_error", any_wrong_byte_costs_its_record_and_one_error },
		{ "file_that_shrinks_or_vanishes_ends_the_stream", file_that_shrinks_or_vanishes_ends_the_stream },
		{ "what_is_no_recording_gets_one_line", what_is_no_recording_gets_one_line },
		{ "missing_plugin_gets_one_line", missing_plugin_gets_one_line },
		{ "settings_beyond_the_logic_get_one_line", settings_beyond_the_logic_get_one_line },
	};

	return test_cases_run("device_record", cases, sizeof(cases) / sizeof(*cases));
}
