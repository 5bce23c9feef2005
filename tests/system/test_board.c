/* SPDX-License-Identifier: Apache-2.0 */
/* sim: and record: through the real logic, on clips made here. */
#include "sim/board/pattern.h"
#include "tests/unit/cases.h"

#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <qyran/device.h>
#include <qyran/record.h>
#include <qyran/regs.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <jpeglib.h>

#define EPOCH 1800000000123456789u
#define WIDTH 64u
#define HEIGHT 48u

static char folder[] = "/tmp/qyran-board-XXXXXX";

static const char *in_folder(const char *name)
{
	static char paths[4][PATH_MAX];
	static unsigned int turn;
	char *path = paths[turn++ % 4];

	snprintf(path, PATH_MAX, "%s/%s", folder, name);
	return path;
}

static const char *spec_of(const char *kind, const char *name)
{
	static char specs[4][PATH_MAX];
	static unsigned int turn;
	char *spec = specs[turn++ % 4];

	snprintf(spec, PATH_MAX, "%s:%s", kind, in_folder(name));
	return spec;
}

static struct qyran_device *open_sim(const char *name, const struct qyran_device_options *options)
{
	struct qyran_device *device = NULL;
	char error[512] = "";

	if (qyran_device_open(spec_of("sim", name), options, &device, error, sizeof(error)) != 0) {
		printf("# %s\n", error);
		CU_FAIL_FATAL("the simulated board does not open");
	}
	return device;
}

/* The next FRAME record, or NULL with @ret_rc. */
static const struct qyran_record_header *next_frame(struct qyran_device *device, int *ret_rc)
{
	const struct qyran_record_header *record;

	do
		*ret_rc = qyran_device_next(device, &record, 0);
	while (*ret_rc == 0 && le16toh(record->type) != QYRAN_RECORD_FRAME);
	return *ret_rc == 0 ? record : NULL;
}

static void write_text(const char *path, const char *text)
{
	FILE *to = fopen(path, "w");

	if (!to)
		abort();
	fputs(text, to);
	fclose(to);
}

static void stamps_are_epoch_plus_presentation_time(void)
{
	struct qyran_device_options options = { .epoch_ns = EPOCH, .exposure_ns = 2000000, .line_ns = 14815, .mono = true };
	static const struct {
		const char *rate;
		uint64_t num, den;
	} rates[] = { { "25:1", 25, 1 }, { "30000:1001", 30000, 1001 } };

	for (unsigned int r = 0; r < 2; r++) {
		int rc;

		clip_write(in_folder("stamps.y4m"), WIDTH, HEIGHT, 30, rates[r].rate);

		struct qyran_device *device = open_sim("stamps.y4m", &options);
		const struct qyran_record_header *record;
		uint64_t frame = 0;

		for (; (record = next_frame(device, &rc)); frame++) {
			const struct qyran_frame_info *info = qyran_record_payload(record);
			uint64_t exact = (frame * 1000000000u * rates[r].den + rates[r].num / 2) / rates[r].num, clock;

			CU_ASSERT_EQUAL(le64toh(record->frame), frame);
			CU_ASSERT_EQUAL(le64toh(record->time_ns), EPOCH + exact);
			CU_ASSERT_EQUAL(le32toh(info->exposure_ns), 2000000);
			CU_ASSERT_EQUAL(le32toh(info->line_ns), 14815);
			CU_ASSERT_EQUAL(le32toh(info->flags), QYRAN_FRAME_MONO);
			CU_ASSERT_EQUAL(le32toh(info->clock_steps), 1);
			CU_ASSERT_EQUAL(qyran_device_clock(device, &clock), 0);
			CU_ASSERT(clock > EPOCH + exact && clock < EPOCH + exact + 1000000);
		}
		CU_ASSERT_EQUAL(rc, -ENODATA);
		CU_ASSERT_EQUAL(frame, 30);
		qyran_device_close(device);
	}
}

static void pins_are_those_of_the_first_pixel(void)
{
	struct qyran_device_options options = { .epoch_ns = EPOCH };
	const struct qyran_record_header *record;
	unsigned int frame = 0;
	int rc;

	clip_write(in_folder("pins.y4m"), WIDTH, HEIGHT, 6, "25:1");
	write_text(in_folder("signals.tsv"), "ns\tpins\n40000000\t1\n80000001\t0x82\n160000000\t255\n");

	struct qyran_device *device = open_sim("pins.y4m", &options);
	static const uint32_t expected[] = { 0, 1, 1, 0x82, 255, 255 };

	for (; (record = next_frame(device, &rc)) && frame < 6; frame++)
		CU_ASSERT_EQUAL(le32toh(((const struct qyran_frame_info *)qyran_record_payload(record))->pins), expected[frame]);
	CU_ASSERT_EQUAL(frame, 6);
	qyran_device_close(device);
	unlink(in_folder("signals.tsv"));
}

static void wrong_signals_name_their_line(void)
{
	static const char *const wrong[] = { "0\t1\n0\t2\n", "0\t1\n5 2\n", "0\t1\n5\t256\n", "0\t1\n5\t2 x\n", "0\t1\n-5\t2\n", "0\t1\n\n" };

	clip_write(in_folder("pins.y4m"), WIDTH, HEIGHT, 1, "25:1");
	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		const char *signals = in_folder("wrong.tsv");
		struct qyran_device_options options = { .signals = signals };
		struct qyran_device *device;
		char error[512] = "";

		write_text(signals, wrong[i]);
		CU_ASSERT_EQUAL(qyran_device_open(spec_of("sim", "pins.y4m"), &options, &device, error, sizeof(error)), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(error, "wrong.tsv:2:"));
	}
}

static bool masked(const struct qyran_box *masks, size_t count, unsigned int x, unsigned int y)
{
	for (size_t i = 0; i < count; i++)
		if (x >= masks[i].x && x < (unsigned int)masks[i].x + masks[i].width && y >= masks[i].y && y < (unsigned int)masks[i].y + masks[i].height)
			return true;
	return false;
}

static void held_frames_are_the_pixels_sent_and_masks_are_black(void)
{
	const struct qyran_box masks[] = { { 8, 8, 20, 10 }, { 60, 40, 100, 100 } };
	struct qyran_device_options options = { .masks = masks, .mask_count = 2 };
	const unsigned int width = 136, height = 50;
	const struct qyran_record_header *record;
	unsigned int frames = 0, wrong = 0;
	int rc;

	clip_write(in_folder("held.y4m"), width, height, 8, "25:1");

	struct qyran_device *device = open_sim("held.y4m", &options);

	for (; (record = next_frame(device, &rc)); frames++) {
		struct qyran_frame frame;
		unsigned int number = (unsigned int)le64toh(record->frame);

		CU_ASSERT_EQUAL_FATAL(qyran_device_hold(device, number, &frame), 0);
		CU_ASSERT_EQUAL(frame.width, width);
		CU_ASSERT_EQUAL(frame.height, height);
		CU_ASSERT_EQUAL(frame.stride % 256, 0);
		CU_ASSERT_EQUAL(frame.time_ns, le64toh(record->time_ns));
		for (unsigned int y = 0; y < height; y++)
			for (unsigned int x = 0; x < width; x++) {
				const uint8_t *pixel = frame.pixels + (size_t)y * frame.stride + x * 2;
				bool black = masked(masks, 2, x, y);

				wrong += pixel[0] != (black ? 16 : clip_luma(number, x, y));
				wrong += pixel[1] != (black ? 128 : clip_chroma(number, x & ~1u, y, x & 1));
			}
		qyran_device_release(device, &frame);
	}
	CU_ASSERT_EQUAL(frames, 8);
	CU_ASSERT_EQUAL(wrong, 0);
	qyran_device_close(device);
}

static void slots_all_come_home_after_200_frames_with_holds(void)
{
	const struct qyran_record_header *record;
	struct qyran_frame held[8], stale;
	unsigned int frames = 0, without = 0;
	uint32_t dropped = 1, id = 0;
	int rc;

	clip_write(in_folder("long.y4m"), WIDTH, HEIGHT, 200, "25:1");

	struct qyran_device *device = open_sim("long.y4m", NULL);

	for (; (record = next_frame(device, &rc)); frames++) {
		unsigned int place = frames % 8;

		without += le32toh(((const struct qyran_frame_info *)qyran_record_payload(record))->slot) == QYRAN_SLOT_NONE;
		if (frames >= 8)
			qyran_device_release(device, &held[place]);
		CU_ASSERT_EQUAL_FATAL(qyran_device_hold(device, le64toh(record->frame), &held[place]), 0);
		if (frames >= 20)
			CU_ASSERT_EQUAL(qyran_device_hold(device, frames - 19, &stale), -ESTALE);
	}
	CU_ASSERT_EQUAL(rc, -ENODATA);
	CU_ASSERT_EQUAL(frames, 200);
	CU_ASSERT_EQUAL(without, 0);
	for (unsigned int i = 0; i < 8; i++) {
		CU_ASSERT_EQUAL(held[i].pixels[0], clip_luma((unsigned int)held[i].number, 0, 0));
		qyran_device_release(device, &held[i]);
	}
	CU_ASSERT_EQUAL(qyran_device_register(device, QYRAN_REG_COUNT_DROP_FRAMES, &dropped), 0);
	CU_ASSERT_EQUAL(dropped, 0);
	CU_ASSERT_EQUAL(qyran_device_register(device, QYRAN_REG_ID, &id), 0);
	CU_ASSERT_EQUAL(id, QYRAN_ID_RESET);
	CU_ASSERT_EQUAL(qyran_device_register(device, QYRAN_REG_CONTROL, &id), -ERANGE);
	qyran_device_close(device);
}

/* Who holds the most that may be held still gets all records, pixels of every frame included. */
static void holding_all_that_may_be_held_drops_no_frame(void)
{
	const struct qyran_record_header *record;
	struct qyran_frame held[QYRAN_SLOTS];
	unsigned int frames = 0, count = 0, without = 0;
	int rc;

	clip_write(in_folder("all.y4m"), WIDTH, HEIGHT, 40, "25:1");

	struct qyran_device *device = open_sim("all.y4m", NULL);

	for (; (record = next_frame(device, &rc)); frames++) {
		without += le32toh(((const struct qyran_frame_info *)qyran_record_payload(record))->slot) == QYRAN_SLOT_NONE;
		rc = qyran_device_hold(device, le64toh(record->frame), &held[count]);
		CU_ASSERT_EQUAL(rc, count < QYRAN_SLOTS - 3 ? 0 : -EBUSY);
		count += rc == 0;
	}
	CU_ASSERT_EQUAL(frames, 40);
	CU_ASSERT_EQUAL(without, 0);
	for (unsigned int i = 0; i < count; i++)
		CU_ASSERT_EQUAL(held[i].pixels[2 * 20 + 17 * held[i].stride], clip_luma(i, 20, 17));
	qyran_device_close(device);
}

static int run_record(char *const arguments[])
{
	char program[PATH_MAX];
	const char *build = getenv("QYRAN_BUILD");
	int status = -1;
	pid_t child;

	snprintf(program, sizeof(program), "%s/qyran-record", build ? build : "build/asan");
	fflush(stdout);
	child = fork();
	if (child == 0) {
		if (!freopen(in_folder("stderr"), "w", stderr))
			_exit(126);
		execv(program, arguments);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static void recording_gives_the_same_records_and_frames(void)
{
	const struct qyran_box watch = { 16, 8, 32, 16 };
	struct qyran_device_options options = { .epoch_ns = EPOCH, .watches = &watch, .watch_count = 1 };
	char epoch[32], clip[PATH_MAX], file[PATH_MAX];
	unsigned int records = 0, frames = 0;
	int rc_sim, rc_file;

	clip_write(in_folder("same.y4m"), 200, 120, 12, "25:1");
	snprintf(epoch, sizeof(epoch), "%llu", (unsigned long long)EPOCH);
	strcpy(clip, spec_of("sim", "same.y4m"));
	strcpy(file, in_folder("same.qyr"));

	char *arguments[] = { "qyran-record", "--epoch-ns", epoch, "--watch", "16,8,32,16", clip, file, NULL };

	CU_ASSERT_EQUAL_FATAL(run_record(arguments), 0);

	struct qyran_device *sim = open_sim("same.y4m", &options), *recording = NULL;
	const struct qyran_record_header *from_sim, *from_file;

	CU_ASSERT_EQUAL_FATAL(qyran_device_open(spec_of("record", "same.qyr"), NULL, &recording, NULL, 0), 0);
	for (;;) {
		rc_sim = qyran_device_next(sim, &from_sim, 0);
		rc_file = qyran_device_next(recording, &from_file, 0);
		if (rc_sim != 0 || rc_file != 0)
			break;
		records++;
		CU_ASSERT_EQUAL_FATAL(from_sim->length, from_file->length);
		CU_ASSERT_EQUAL(memcmp(from_sim, from_file, le32toh(from_sim->length)), 0);
		CU_ASSERT_EQUAL(le64toh(from_sim->sequence), records - 1);
		if (le16toh(from_sim->type) != QYRAN_RECORD_FRAME)
			continue;

		struct qyran_frame a, b;
		uint64_t number = le64toh(from_sim->frame);

		frames++;
		CU_ASSERT_EQUAL_FATAL(qyran_device_hold(sim, number, &a), 0);
		CU_ASSERT_EQUAL_FATAL(qyran_device_hold(recording, number, &b), 0);
		CU_ASSERT(a.width == b.width && a.height == b.height && a.stride == b.stride && a.time_ns == b.time_ns);
		for (unsigned int y = 0; y < a.height; y++)
			CU_ASSERT_EQUAL(memcmp(a.pixels + y * a.stride, b.pixels + y * b.stride, a.width * 2), 0);
		qyran_device_release(sim, &a);
		qyran_device_release(recording, &b);
	}
	CU_ASSERT_EQUAL(rc_sim, -ENODATA);
	CU_ASSERT_EQUAL(rc_file, -ENODATA);
	CU_ASSERT_EQUAL(frames, 12);
	CU_ASSERT(records >= frames * 2);
	qyran_device_close(sim);
	qyran_device_close(recording);
}

static void full_disk_leaves_no_half_recording(void)
{
	char clip[PATH_MAX], text[512] = "";

	strcpy(clip, spec_of("sim", "same.y4m"));
	if (access("/dev/full", W_OK) != 0 || symlink("/dev/full", in_folder("full.qyr.part")) != 0)
		CU_FAIL_FATAL("no /dev/full");

	char file[PATH_MAX];

	strcpy(file, in_folder("full.qyr"));

	char *arguments[] = { "qyran-record", clip, file, NULL };

	CU_ASSERT_EQUAL(run_record(arguments), 1);
	CU_ASSERT_NOT_EQUAL(access(file, F_OK), 0);

	FILE *said = fopen(in_folder("stderr"), "r");
	size_t got = said ? fread(text, 1, sizeof(text) - 1, said) : 0;

	text[got] = '\0';
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "No space left"));
	if (said)
		fclose(said);
}

/* What a clip gives: frames until the end, the code at the end, what is said. */
static void expect_clip(const char *name, unsigned int expected_frames, int expected_rc, const char *said)
{
	struct qyran_device *device = open_sim(name, NULL);
	unsigned int frames = 0;
	int rc;

	while (next_frame(device, &rc))
		frames++;
	CU_ASSERT_EQUAL(frames, expected_frames);
	CU_ASSERT_EQUAL(rc, expected_rc);
	CU_ASSERT_PTR_NOT_NULL(strstr(qyran_device_fault(device), said));
	CU_ASSERT_PTR_NULL(strchr(qyran_device_fault(device), '\n'));
	CU_ASSERT_PTR_NULL(next_frame(device, &rc));
	CU_ASSERT_EQUAL(rc, -ENODATA);
	qyran_device_close(device);
}

static void clip_cut_short_plays_to_the_cut_and_says_so(void)
{
	clip_write(in_folder("cut.y4m"), WIDTH, HEIGHT, 5, "25:1");
	if (truncate(in_folder("cut.y4m"), 100 + 3 * (WIDTH * HEIGHT * 2 + 6)) != 0)
		abort();
	expect_clip("cut.y4m", 3, -EIO, "cut short after 3 frames");
}

static void add_jpeg(FILE *to, unsigned int width, unsigned int height)
{
	struct jpeg_error_mgr errors;
	struct jpeg_compress_struct jpeg = { .err = jpeg_std_error(&errors) };
	uint8_t *line = calloc(width, 1);
	JSAMPROW row = line;

	jpeg_create_compress(&jpeg);
	jpeg_stdio_dest(&jpeg, to);
	jpeg.image_width = width;
	jpeg.image_height = height;
	jpeg.input_components = 1;
	jpeg.in_color_space = JCS_GRAYSCALE;
	jpeg_set_defaults(&jpeg);
	jpeg_start_compress(&jpeg, TRUE);
	while (jpeg.next_scanline < height)
		jpeg_write_scanlines(&jpeg, &row, 1);
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	free(line);
}

static void clip_that_changes_its_size_plays_to_the_change_and_says_so(void)
{
	FILE *to = fopen(in_folder("change.mjpeg"), "w");

	if (!to)
		abort();
	for (unsigned int i = 0; i < 4; i++)
		add_jpeg(to, WIDTH, HEIGHT);
	add_jpeg(to, WIDTH + 16, HEIGHT);
	fclose(to);
	expect_clip("change.mjpeg", 4, -EIO, "changes its size from 64x48 to 80x48 after 4 frames");
}

static void clip_of_odd_size_is_cropped(void)
{
	struct qyran_device_info info;

	clip_write(in_folder("odd.y4m"), 77, 51, 2, "25:1");

	struct qyran_device *device = open_sim("odd.y4m", NULL);

	qyran_device_info(device, &info);
	CU_ASSERT_EQUAL(info.width, 72);
	CU_ASSERT_EQUAL(info.height, 50);
	qyran_device_close(device);
	expect_clip("odd.y4m", 2, -ENODATA, "");
}

static void clip_that_cannot_be_played_gets_one_line(void)
{
	static const struct {
		const char *name, *content;
		int rc;
	} wrong[] = {
		{ "absent.y4m", NULL, -ENOENT },
		{ "huge.y4m", "YUV4MPEG2 W12000 H9000 F25:1 C422\nFRAME\n", -EFBIG },
		{ "wide.y4m", "YUV4MPEG2 W1928 H1080 F25:1 C422\nFRAME\n", -EFBIG },
		{ "tiny.y4m", "YUV4MPEG2 W63 H48 F25:1 C422\nFRAME\n", -EINVAL },
		{ "text.mp4", "this is no video\n", -EINVAL },
		{ "empty.mp4", "", -EINVAL },
	};

	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct qyran_device *device;
		char error[512] = "";
		int rc;

		if (wrong[i].content)
			write_text(in_folder(wrong[i].name), wrong[i].content);
		rc = qyran_device_open(spec_of("sim", wrong[i].name), NULL, &device, error, sizeof(error));
		CU_ASSERT_EQUAL(rc, wrong[i].rc);
		CU_ASSERT_PTR_NOT_NULL(strstr(error, wrong[i].name));
		CU_ASSERT(strlen(error) < 300 && !strchr(error, '\n'));
	}
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void at_pace_host_the_clock_follows_the_host(void)
{
	struct qyran_device_options options = { .pace_host = true };
	const struct qyran_record_header *record;
	uint64_t first_stamp = 0, first_ns = 0, stamp = 0, now_ns = 0, clock;
	unsigned int frames = 0;
	int rc;

	clip_write(in_folder("host.y4m"), WIDTH, HEIGHT, 5, "10:1");

	struct qyran_device *device = open_sim("host.y4m", &options);

	for (; (record = next_frame(device, &rc)); frames++) {
		CU_ASSERT(le64toh(record->time_ns) > stamp);
		stamp = le64toh(record->time_ns);
		now_ns = monotonic_ns();
		CU_ASSERT_EQUAL(qyran_device_clock(device, &clock), 0);
		if (frames == 0) {
			first_stamp = clock;
			first_ns = now_ns;
		}
	}
	CU_ASSERT_EQUAL(frames, 5);
	CU_ASSERT(now_ns - first_ns >= 350000000u);

	int64_t off = (int64_t)(clock - first_stamp) - (int64_t)(now_ns - first_ns);

	CU_ASSERT(off > -50000000 && off < 50000000);
	qyran_device_close(device);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "stamps_are_epoch_plus_presentation_time", stamps_are_epoch_plus_presentation_time },
		{ "pins_are_those_of_the_first_pixel", pins_are_those_of_the_first_pixel },
		{ "wrong_signals_name_their_line", wrong_signals_name_their_line },
		{ "held_frames_are_the_pixels_sent_and_masks_are_black", held_frames_are_the_pixels_sent_and_masks_are_black },
		{ "slots_all_come_home_after_200_frames_with_holds", slots_all_come_home_after_200_frames_with_holds },
		{ "holding_all_that_may_be_held_drops_no_frame", holding_all_that_may_be_held_drops_no_frame },
		{ "recording_gives_the_same_records_and_frames", recording_gives_the_same_records_and_frames },
		{ "full_disk_leaves_no_half_recording", full_disk_leaves_no_half_recording },
		{ "clip_cut_short_plays_to_the_cut_and_says_so", clip_cut_short_plays_to_the_cut_and_says_so },
		{ "clip_that_changes_its_size_plays_to_the_change_and_says_so", clip_that_changes_its_size_plays_to_the_change_and_says_so },
		{ "clip_of_odd_size_is_cropped", clip_of_odd_size_is_cropped },
		{ "clip_that_cannot_be_played_gets_one_line", clip_that_cannot_be_played_gets_one_line },
		{ "at_pace_host_the_clock_follows_the_host", at_pace_host_the_clock_follows_the_host },
	};
	char command[64];
	int status;

	if (!mkdtemp(folder))
		return 2;
	status = test_cases_run("board", cases, sizeof(cases) / sizeof(*cases));
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command) == 0 ? status : 2;
}
