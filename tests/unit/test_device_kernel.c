/* SPDX-License-Identifier: Apache-2.0 */
/* kernel: against a driver made of wrapped calls: a FIFO gives its records, memory files stand for page 0 and for frames. */
#include "lib/kernel_records.h"
#include "tests/unit/cases.h"
#include "tests/unit/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <pthread.h>
#include <qyran/device.h>
#include <qyran/regs.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 0x10000u

static struct fake {
	char path[64];
	int records;			/* the FIFO's end that the driver writes */
	int page, open_error, start_error, masks_error, gone;
	uint32_t *registers;
	struct qyran_ioc_info info;
	struct qyran_ioc_format format;
	struct qyran_ioc_masks masks;
	unsigned int formats, starts, stops, holds, syncs_begun, syncs_ended;
	uint64_t stale_until;
} fake;

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap___open_2(const char *path, int flags);
int __real_ioctl(int file, unsigned long request, void *argument);
int __wrap_ioctl(int file, unsigned long request, ...);
ssize_t __real_read(int file, void *bytes, size_t size);
ssize_t __wrap_read(int file, void *bytes, size_t size);

int __wrap_open(const char *path, int flags, ...)
{
	if (strcmp(path, "/dev/uio7") == 0)
		return dup(fake.page);
	if (fake.open_error && strncmp(path, "/dev/", 5) == 0) {
		errno = fake.open_error;
		return -1;
	}
	return __real_open(path, flags, 0600);
}

/* What open() is where it is compiled with _FORTIFY_SOURCE. */
int __wrap___open_2(const char *path, int flags)
{
	return __wrap_open(path, flags);
}

ssize_t __wrap_read(int file, void *bytes, size_t size)
{
	if (fake.gone && size > 4096) {
		errno = fake.gone;
		return -1;
	}
	return __real_read(file, bytes, size);
}

static int fake_hold(struct qyran_ioc_hold *hold)
{
	size_t size = RECORDING_STRIDE * RECORDING_HEIGHT;
	uint8_t *pixels;

	if (hold->frame < fake.stale_until) {
		errno = ESTALE;
		return -1;
	}
	fake.holds++;
	hold->fd = memfd_create("frame", MFD_CLOEXEC);
	if (hold->fd < 0 || ftruncate(hold->fd, (off_t)size) != 0)
		abort();
	pixels = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, hold->fd, 0);
	for (size_t i = 0; i < size; i++)
		pixels[i] = recording_pixel(hold->frame, i);
	munmap(pixels, size);
	hold->time_ns = 1000 + hold->frame * 40000000;
	hold->width = RECORDING_WIDTH;
	hold->height = RECORDING_HEIGHT;
	hold->stride = RECORDING_STRIDE;
	return 0;
}

static int fails(int error)
{
	errno = error;
	return error ? -1 : 0;
}

int __wrap_ioctl(int file, unsigned long request, ...)
{
	va_list arguments;

	va_start(arguments, request);
	void *argument = va_arg(arguments, void *);
	va_end(arguments);
	switch (request) {
	case QYRAN_IOC_INFO:
		if (!fake.path[0])
			break;
		*(struct qyran_ioc_info *)argument = fake.info;
		return 0;
	case QYRAN_IOC_FORMAT:
		fake.format = *(struct qyran_ioc_format *)argument;
		fake.formats++;
		return fails(fake.format.width % 8 ? EINVAL : 0);
	case QYRAN_IOC_MASKS:
		fake.masks = *(struct qyran_ioc_masks *)argument;
		return fails(fake.masks_error);
	case QYRAN_IOC_HOLD:
		return fake_hold(argument);
	case QYRAN_IOC_START:
		fake.starts++;
		return fails(fake.start_error);
	case QYRAN_IOC_STOP:
		fake.stops++;
		return 0;
	case DMA_BUF_IOCTL_SYNC:
		if (((struct dma_buf_sync *)argument)->flags & DMA_BUF_SYNC_END)
			fake.syncs_ended++;
		else
			fake.syncs_begun++;
		return 0;
	default:
		break;
	}
	return __real_ioctl(file, request, argument);
}

static void plug_in(void)
{
	memset(&fake, 0, sizeof(fake));
	strcpy(fake.path, "/tmp/qyran-camera-XXXXXX");
	if (!mkdtemp(fake.path))
		abort();
	strcat(fake.path, "/qyran0");
	fake.page = memfd_create("page0", MFD_CLOEXEC);
	if (mkfifo(fake.path, 0600) != 0 || fake.page < 0 || ftruncate(fake.page, PAGE) != 0)
		abort();
	fake.records = __real_open(fake.path, O_RDWR | O_CLOEXEC);
	fake.registers = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fake.page, 0);
	if (fake.records < 0 || fake.registers == MAP_FAILED)
		abort();
	fcntl(fake.records, F_SETPIPE_SZ, 1 << 20);
	fake.registers[QYRAN_REG_ID / 4] = htole32(QYRAN_ID_RESET);
	fake.registers[QYRAN_REG_MODE / 4] = htole32(QYRAN_MODE_RESET | 1);
	fake.info = (struct qyran_ioc_info){
		.version = QYRAN_VERSION_RESET, .width_max = 1920, .height_max = 1080, .slots = 16, .pins = 8, .holds = 13,
		.width = RECORDING_WIDTH, .height = RECORDING_HEIGHT, .ptp = -1, .uio = 7,
	};
}

static void unplug(void)
{
	munmap(fake.registers, PAGE);
	close(fake.page);
	close(fake.records);
	unlink(fake.path);
	*strrchr(fake.path, '/') = '\0';
	rmdir(fake.path);
	memset(&fake, 0, sizeof(fake));
}

static int try_open(const struct qyran_device_options *options, struct qyran_device **ret, char *error, size_t size)
{
	char spec[96];

	snprintf(spec, sizeof(spec), "kernel:%s", fake.path);
	*error = '\0';
	return qyran_device_open(spec, options, ret, error, size);
}

static struct qyran_device *open_camera(void)
{
	struct qyran_device *device = NULL;
	char error[256];

	if (try_open(NULL, &device, error, sizeof(error)) != 0)
		CU_FAIL(error);
	return device;
}

static void give(struct qyran_record_header *record)
{
	if (write(fake.records, record, le32toh(record->length)) != (ssize_t)le32toh(record->length))
		abort();
	free(record);
}

static void records_and_frames_reach_the_service(void)
{
	const struct qyran_record_header *record;
	struct qyran_device_info info;
	struct qyran_frame frame, again;
	uint32_t value = 0;

	plug_in();

	struct qyran_device *device = open_camera();

	qyran_device_info(device, &info);
	CU_ASSERT(info.width == RECORDING_WIDTH && info.height == RECORDING_HEIGHT && info.pins == 8 && info.realtime && info.frames);
	CU_ASSERT(fake.starts == 1 && fake.formats == 0);
	CU_ASSERT_EQUAL(qyran_device_next(device, &record, 20), -EAGAIN);
	for (uint64_t n = 0; n < 5; n++) {
		give(recording_mover(2 * n, n));
		give(recording_frame(2 * n + 1, n));
	}
	for (uint64_t n = 0; n < 10; n++) {
		CU_ASSERT_EQUAL_FATAL(qyran_device_next(device, &record, 1000), 0);
		CU_ASSERT_EQUAL(le64toh(record->sequence), n);
	}
	CU_ASSERT_EQUAL(qyran_device_next(device, &record, 0), -EAGAIN);
	CU_ASSERT_EQUAL_FATAL(qyran_device_hold(device, 3, &frame), 0);
	CU_ASSERT_EQUAL_FATAL(qyran_device_hold(device, 3, &again), 0);
	CU_ASSERT(fake.holds == 1 && frame.pixels == again.pixels && frame.number == 3 && frame.fd >= 0 && frame.fd == again.fd && frame.time_ns == 120001000);
	for (size_t i = 0; i < RECORDING_STRIDE * RECORDING_HEIGHT; i++)
		if (frame.pixels[i] != recording_pixel(3, i))
			CU_FAIL("another frame's pixels");
	qyran_device_release(device, &frame);
	CU_ASSERT(fake.syncs_begun == 1 && fake.syncs_ended == 0);
	qyran_device_release(device, &again);
	qyran_device_release(device, &again);
	CU_ASSERT(fake.syncs_ended == 1);
	fake.stale_until = 2;
	CU_ASSERT_EQUAL(qyran_device_hold(device, 1, &frame), -ESTALE);
	CU_ASSERT_EQUAL_FATAL(qyran_device_hold(device, 4, &frame), 0);
	CU_ASSERT(qyran_device_register(device, QYRAN_REG_ID, &value) == 0 && value == QYRAN_ID_RESET);
	CU_ASSERT_EQUAL(qyran_device_register(device, PAGE, &value), -ERANGE);
	qyran_device_close(device);
	CU_ASSERT(fake.syncs_ended == 2 && fake.stops == 1);
	unplug();
}

static void what_the_configuration_says_reaches_the_camera(void)
{
	struct qyran_box watch = { .x = 8, .y = 3, .width = 16, .height = 20 }, mask = { .x = 1, .y = 2, .width = 3, .height = 4 };
	struct qyran_device_options options = {
		.width = 320, .height = 200, .exposure_ns = 5000, .line_ns = 7, .mono = true, .regions = 5,
		.watches = &watch, .watch_count = 1, .masks = &mask, .mask_count = 1,
	};
	struct qyran_device_info info;
	struct qyran_device *device;
	char error[256];

	plug_in();
	fake.info.flags = QYRAN_IOC_INFO_SIM;
	fake.info.width = fake.info.height = 0;
	fake.registers[(QYRAN_REG_WATCH_X + 2 * QYRAN_WATCH_X_STRIDE) / 4] = 0x00400000;
	CU_ASSERT_EQUAL_FATAL(try_open(&options, &device, error, sizeof(error)), 0);
	qyran_device_info(device, &info);
	CU_ASSERT(info.width == 320 && info.height == 200 && !info.realtime);
	CU_ASSERT(fake.format.width == 320 && fake.format.height == 200 && fake.format.exposure_ns == 5000 && fake.format.line_ns == 7);
	CU_ASSERT(fake.masks.count == 1 && fake.masks.mask[0].x == 1 && fake.masks.mask[0].height == 4);
	/* MONO is set, PLATES and MOVERS and a tuner's TEST_PATTERN stay. */
	CU_ASSERT_EQUAL(le32toh(fake.registers[QYRAN_REG_MODE / 4]), 0xf);
	CU_ASSERT_EQUAL(le32toh(fake.registers[QYRAN_REG_PLATE_COUNT / 4]), 5);
	CU_ASSERT_EQUAL(le32toh(fake.registers[QYRAN_REG_WATCH_X / 4]), 8 | 24 << 16);
	CU_ASSERT_EQUAL(le32toh(fake.registers[QYRAN_REG_WATCH_Y / 4]), 3 | 23 << 16);
	CU_ASSERT_EQUAL(le32toh(fake.registers[(QYRAN_REG_WATCH_X + 2 * QYRAN_WATCH_X_STRIDE) / 4]), 0);
	CU_ASSERT_EQUAL(le32toh(fake.registers[QYRAN_REG_COMMIT / 4]), 1);
	qyran_device_close(device);
	unplug();
}

static void damage_costs_its_records_and_one_error(void)
{
	const struct qyran_record_header *record;
	struct qyran_record_header *bad = recording_mover(1, 0);

	plug_in();

	struct qyran_device *device = open_camera();

	((uint8_t *)bad)[70] ^= 1;
	give(recording_mover(0, 0));
	give(bad);
	bad = recording_mover(2, 0);
	((uint8_t *)bad)[100] ^= 0x80;
	give(bad);
	give(recording_frame(3, 0));
	CU_ASSERT_EQUAL(qyran_device_next(device, &record, 0), 0);
	CU_ASSERT_EQUAL(qyran_device_next(device, &record, 0), -EBADMSG);
	CU_ASSERT(strstr(qyran_device_fault(device), "damaged") != NULL);
	CU_ASSERT_EQUAL_FATAL(qyran_device_next(device, &record, 0), 0);
	CU_ASSERT_EQUAL(le64toh(record->sequence), 3);
	/* A header that cannot be believed takes the rest of what came with it. */
	bad = recording_mover(4, 1);
	((uint8_t *)bad)[20] ^= 1;
	give(bad);
	give(recording_mover(5, 1));
	CU_ASSERT_EQUAL(qyran_device_next(device, &record, 0), -EBADMSG);
	CU_ASSERT_EQUAL(qyran_device_next(device, &record, 0), -EAGAIN);
	give(recording_frame(6, 1));
	CU_ASSERT_EQUAL_FATAL(qyran_device_next(device, &record, 0), 0);
	CU_ASSERT_EQUAL(le64toh(record->sequence), 6);
	qyran_device_close(device);
	unplug();
}

static void camera_that_goes_away_gets_one_line(void)
{
	static const struct { int error; const char *says; } ways[] = { { ENODEV, "taken away" }, { EIO, "no longer answers" } };
	const struct qyran_record_header *record;

	for (size_t i = 0; i < 2; i++) {
		plug_in();

		struct qyran_device *device = open_camera();

		fake.gone = ways[i].error;
		CU_ASSERT_EQUAL(qyran_device_next(device, &record, -1), -ways[i].error);
		CU_ASSERT(strstr(qyran_device_fault(device), ways[i].says) != NULL);
		CU_ASSERT_PTR_NULL(strchr(qyran_device_fault(device), '\n'));
		qyran_device_close(device);
		unplug();
	}
}

static void refused(const struct qyran_device_options *options, int want, const char *says)
{
	struct qyran_device *device = NULL;
	char error[512];
	int rc = try_open(options, &device, error, sizeof(error));

	if (rc != want || !strstr(error, says) || strchr(error, '\n'))
		fprintf(stderr, "%d instead of %d: %s\n", rc, want, error);
	CU_ASSERT(rc == want && strstr(error, says) && !strchr(error, '\n') && strstr(error, fake.path));
}

static void stream_that_begins_anew_is_told_once_and_goes_on(void)
{
	const struct qyran_box box = { .x = 8, .y = 4, .width = 16, .height = 8 };
	const struct qyran_device_options options = { .watches = &box, .watch_count = 1 };
	const struct qyran_record_header *record;
	struct qyran_device *device = NULL;
	struct qyran_frame before, after, again;
	char error[256];

	plug_in();
	CU_ASSERT_EQUAL_FATAL(try_open(&options, &device, error, sizeof(error)), 0);
	give(recording_mover(40, 9));
	CU_ASSERT_EQUAL(qyran_device_next(device, &record, 0), 0);
	CU_ASSERT_EQUAL_FATAL(qyran_device_hold(device, 9, &before), 0);
	fake.registers[QYRAN_REG_WATCH_X / 4] = 0;	/* as logic that was reset */
	fake.gone = ESTRPIPE;
	CU_ASSERT_EQUAL(qyran_device_next(device, &record, 0), -ESTRPIPE);
	CU_ASSERT(strstr(qyran_device_fault(device), "begun anew") != NULL);
	CU_ASSERT_EQUAL(le32toh(fake.registers[QYRAN_REG_WATCH_X / 4]), 8 | 24 << 16);
	/* another frame has that number now */
	CU_ASSERT_EQUAL_FATAL(qyran_device_hold(device, 9, &after), 0);
	CU_ASSERT_EQUAL_FATAL(qyran_device_hold(device, 9, &again), 0);
	CU_ASSERT(fake.holds == 2 && after.pixels != before.pixels && again.pixels == after.pixels);
	qyran_device_release(device, &before);
	CU_ASSERT_EQUAL(fake.syncs_ended, 1);
	qyran_device_release(device, &after);
	qyran_device_release(device, &again);
	CU_ASSERT_EQUAL(fake.syncs_ended, 2);
	fake.gone = 0;
	give(recording_mover(0, 0));
	CU_ASSERT_EQUAL_FATAL(qyran_device_next(device, &record, 0), 0);
	CU_ASSERT_EQUAL(le64toh(record->sequence), 0);
	qyran_device_close(device);
	unplug();
}

static void what_does_not_open_says_why_and_what_to_do(void)
{
	struct qyran_box mask = { .width = 8, .height = 8 };
	const struct qyran_device_options wide = { .width = 65, .height = 64 }, half = { .width = 64 }, masked = { .masks = &mask, .mask_count = 1 };
	struct qyran_device *device;
	char error[512];

	plug_in();
	fake.info.version = 2 << 16;
	refused(NULL, -ENODEV, "version is 2.0");
	fake.info.version = QYRAN_VERSION_RESET;
	refused(&wide, -EINVAL, "65x64");
	CU_ASSERT_EQUAL(try_open(&half, &device, error, sizeof(error)), -EINVAL);
	fake.masks_error = EPERM;
	refused(&masked, -EPERM, "qyranctl masks");
	fake.start_error = ENOMEM;
	refused(NULL, -ENOMEM, "memory");
	fake.info.width = 0;
	refused(NULL, -EINVAL, "[sensor]");
	fake.info.width = RECORDING_WIDTH;
	fake.info.uio = -1;
	refused(NULL, -ENODEV, "uio");
	fake.info.uio = 7;
	fake.registers[QYRAN_REG_ID / 4] = 0xffffffff;
	CU_ASSERT_EQUAL(try_open(NULL, &device, error, sizeof(error)), -ENODEV);
	CU_ASSERT(strstr(error, "0xffffffff") != NULL);
	CU_ASSERT_EQUAL(fake.starts, 1);
	unplug();
	CU_ASSERT_EQUAL(qyran_device_open("kernel:/dev/null", NULL, &device, error, sizeof(error)), -ENOTTY);
	CU_ASSERT(strstr(error, "is no Qyran camera") != NULL);
	CU_ASSERT_EQUAL(qyran_device_open("kernel:/nowhere/qyran0", NULL, &device, error, sizeof(error)), -ENOENT);
	CU_ASSERT(strstr(error, "modprobe qyran") != NULL);
	fake.open_error = EACCES;
	CU_ASSERT_EQUAL(qyran_device_open("kernel:/dev/full", NULL, &device, error, sizeof(error)), -EACCES);
	CU_ASSERT(strstr(error, "group qyran") != NULL);
	fake.open_error = 0;
}

static void who_has_the_camera_is_named(void)
{
	struct qyran_device *device;
	char error[512], wanted[64];
	int ready[2];
	char byte;

	if (pipe(ready) != 0)
		abort();

	pid_t child = fork();

	if (child == 0) {
		if (__real_open("/dev/full", O_RDWR) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	CU_ASSERT_EQUAL(read(ready[0], &byte, 1), 1);
	fake.open_error = EBUSY;
	CU_ASSERT_EQUAL(qyran_device_open("kernel:/dev/full", NULL, &device, error, sizeof(error)), -EBUSY);
	snprintf(wanted, sizeof(wanted), "in use by process %d (", (int)child);
	CU_ASSERT(strstr(error, wanted) != NULL);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(ready[0]);
	close(ready[1]);
	fake.open_error = 0;
}

static void *release_in_another_thread(void *argument)
{
	void **both = argument;

	qyran_device_release(both[0], both[1]);
	return NULL;
}

static void frames_can_be_released_from_any_thread(void)
{
	struct qyran_frame frames[4];
	pthread_t threads[4];
	void *both[4][2];

	plug_in();

	struct qyran_device *device = open_camera();

	for (size_t round = 0; round < 20; round++) {
		for (size_t i = 0; i < 4; i++) {
			CU_ASSERT_EQUAL_FATAL(qyran_device_hold(device, 10 + i / 2, &frames[i]), 0);
			both[i][0] = device;
			both[i][1] = &frames[i];
			pthread_create(&threads[i], NULL, release_in_another_thread, both[i]);
		}
		for (size_t i = 0; i < 4; i++)
			pthread_join(threads[i], NULL);
		CU_ASSERT_EQUAL(fake.syncs_begun, fake.syncs_ended);
	}
	qyran_device_close(device);
	unplug();
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "records_and_frames_reach_the_service", records_and_frames_reach_the_service },
		{ "what_the_configuration_says_reaches_the_camera", what_the_configuration_says_reaches_the_camera },
		{ "damage_costs_its_records_and_one_error", damage_costs_its_records_and_one_error },
		{ "camera_that_goes_away_gets_one_line", camera_that_goes_away_gets_one_line },
		{ "stream_that_begins_anew_is_told_once_and_goes_on", stream_that_begins_anew_is_told_once_and_goes_on },
		{ "what_does_not_open_says_why_and_what_to_do", what_does_not_open_says_why_and_what_to_do },
		{ "who_has_the_camera_is_named", who_has_the_camera_is_named },
		{ "frames_can_be_released_from_any_thread", frames_can_be_released_from_any_thread },
	};

	return test_cases_run("device_kernel", cases, sizeof(cases) / sizeof(*cases));
}
