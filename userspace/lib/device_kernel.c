/* SPDX-License-Identifier: Apache-2.0 */
/* kernel:DEVICE, a board through its driver. */
#include "lib/devices.h"
#include "lib/kernel_frames.h"
#include "lib/kernel_records.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <qyran/regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define PAGE_SIZE 0x10000u	/* page 0 of the registers */
#define VERSION_MAJOR 1u
#define LEAD_NS 1000000u	/* a simulated board's clock starts so long before the first frame */
#define REG(name, index) (QYRAN_REG_##name + (index) * QYRAN_##name##_STRIDE)
#define CLOCK_OF(file) ((~(clockid_t)(file) << 3) | 3)	/* FD_TO_CLOCKID of the kernel's Documentation/driver-api/ptp.rst */

struct kernel {
	char *path;
	int file, uio, ptp;
	volatile uint32_t *page;
	struct qyran_device_info info;
	struct qyran_device_options settings;	/* what set_page() takes of them */
	struct qyran_box watches[QYRAN_WATCHES_MAX];
	struct qyran_kernel_records records;
	struct qyran_kernel_frames frames;
	char fault[512];
};

/* Who has the device open: " by process 123 (qyrand)"; nothing when that cannot be seen. */
static void find_owner(const char *path, char *ret, size_t size)
{
	struct stat device, other;
	DIR *processes = opendir("/proc");
	char place[320], name[32] = "";

	*ret = '\0';
	if (stat(path, &device) != 0 || !processes) {
		if (processes)
			closedir(processes);
		return;
	}
	for (struct dirent *process; !*ret && (process = readdir(processes));) {
		long number = strtol(process->d_name, NULL, 10);

		if (number <= 0 || number == (long)getpid())
			continue;
		snprintf(place, sizeof(place), "/proc/%ld/fd", number);

		DIR *files = opendir(place);

		for (struct dirent *file; files && !*ret && (file = readdir(files));) {
			snprintf(place, sizeof(place), "/proc/%ld/fd/%.16s", number, file->d_name);
			if (stat(place, &other) != 0 || !S_ISCHR(other.st_mode) || other.st_rdev != device.st_rdev)
				continue;
			snprintf(place, sizeof(place), "/proc/%ld/comm", number);

			FILE *comm = fopen(place, "re");

			if (comm && fgets(name, sizeof(name), comm))
				name[strcspn(name, "\n")] = '\0';
			if (comm)
				fclose(comm);
			snprintf(ret, size, " by process %ld (%s)", number, name);
		}
		if (files)
			closedir(files);
	}
	closedir(processes);
}

/* Says why a file of the driver does not open, and what to do. Returns @rc. */
static int refuse_open(const char *path, int rc, char *error, size_t error_size)
{
	char owner[96];

	if (rc == -ENOENT || rc == -ENXIO || rc == -ENODEV) {
		snprintf(error, error_size, "%s: there is no such camera: %s; load the module (modprobe qyran) and look for its line in the kernel's log (dmesg)",
			 path, strerror(-rc));
	} else if (rc == -EACCES || rc == -EPERM) {
		snprintf(error, error_size, "%s: may not be opened by this user; install the udev rule and join the group qyran, or run as root", path);
	} else if (rc == -EBUSY) {
		find_owner(path, owner, sizeof(owner));
		snprintf(error, error_size, "%s: is in use%s; one program at a time can read it: end that one first", path, owner);
	} else {
		snprintf(error, error_size, "%s: cannot be opened: %s; look at the kernel's log (dmesg)", path, strerror(-rc));
	}
	return rc;
}

static int open_file(const char *path, int flags, int *ret, char *error, size_t error_size)
{
	int file = open(path, flags | O_CLOEXEC);

	if (file < 0)
		return refuse_open(path, -errno, error, error_size);
	*ret = file;
	return 0;
}

/* Refuses what is no camera, or one that this program does not know. */
static int probe(const char *path, int file, struct qyran_ioc_info *ret, char *error, size_t error_size)
{
	struct qyran_ioc_info about = { 0 };

	if (ioctl(file, QYRAN_IOC_INFO, &about) != 0) {
		int rc = -errno;

		if (rc == -ENOTTY || rc == -EINVAL)
			snprintf(error, error_size, "%s: is no Qyran camera, or its module is of another version; give the device that the module made, /dev/qyran0", path);
		else
			snprintf(error, error_size, "%s: does not answer: %s; look at the kernel's log (dmesg)", path, strerror(-rc));
		return rc;
	}
	if (about.version >> 16 != VERSION_MAJOR) {
		snprintf(error, error_size, "%s: the logic's version is %u.%u, this program knows %u.x; install programs and bitstream of one release", path,
			 about.version >> 16, about.version & 0xffff, VERSION_MAJOR);
		return -ENODEV;
	}
	*ret = about;
	return 0;
}

/* Tells the driver what no sensor's driver tells it. */
static int set_format(struct kernel *kernel, const struct qyran_device_options *options, struct qyran_ioc_info *about, char *error, size_t error_size)
{
	struct qyran_ioc_format format = {
		.width = options->width ? options->width : about->width, .height = options->height ? options->height : about->height,
		.exposure_ns = options->exposure_ns, .line_ns = options->line_ns,
	};

	if (!format.width || !format.height) {
		snprintf(error, error_size, "%s: the size of the video is not known, no sensor's driver tells it; write width= and height= under [sensor]", kernel->path);
		return -EINVAL;
	}
	if (!options->width && !options->height && !options->exposure_ns && !options->line_ns)
		return 0;
	if (ioctl(kernel->file, QYRAN_IOC_FORMAT, &format) != 0) {
		int rc = -errno;

		if (rc == -EINVAL || rc == -ERANGE)
			snprintf(error, error_size, "%s: video of %ux%u is not taken; allowed: a width that is a multiple of 8, an even height, 64x48 to %ux%u",
				 kernel->path, format.width, format.height, about->width_max, about->height_max);
		else
			snprintf(error, error_size, "%s: video of %ux%u cannot be set: %s; look at the kernel's log (dmesg)", kernel->path, format.width, format.height,
				 strerror(-rc));
		return rc;
	}
	about->width = format.width;
	about->height = format.height;
	return 0;
}

static uint32_t get(const struct kernel *kernel, uint32_t offset)
{
	return le32toh(kernel->page[offset / 4]);
}

static void set(const struct kernel *kernel, uint32_t offset, uint32_t value)
{
	kernel->page[offset / 4] = htole32(value);
}

static int map_page(struct kernel *kernel, const struct qyran_ioc_info *about, char *error, size_t error_size)
{
	char path[32];
	void *page;
	int rc;

	if (about->uio < 0) {
		snprintf(error, error_size, "%s: the module made no UIO device for the camera's settings; load it with uio (modprobe uio)", kernel->path);
		return -ENODEV;
	}
	snprintf(path, sizeof(path), "/dev/uio%d", about->uio);
	rc = open_file(path, O_RDWR, &kernel->uio, error, error_size);
	if (rc < 0)
		return rc;
	page = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, kernel->uio, 0);
	if (page == MAP_FAILED) {
		rc = -errno;
		snprintf(error, error_size, "%s: the camera's settings cannot be mapped: %s; look at the kernel's log (dmesg)", path, strerror(-rc));
		return rc;
	}
	kernel->page = page;
	if (get(kernel, QYRAN_REG_ID) != QYRAN_ID_RESET) {
		snprintf(error, error_size, "%s: id 0x%08x is not that of Qyran's logic; is the bitstream loaded? Look at the kernel's log (dmesg)", path,
			 get(kernel, QYRAN_REG_ID));
		return -ENODEV;
	}
	return 0;
}

static uint32_t span(uint32_t from, uint32_t length)
{
	uint32_t end = from + length > 0xffff ? 0xffff : from + length;

	return from | end << 16;
}

/* What a person tuned (thresholds, regions of interest, the test pattern) stays. */
static void set_page(const struct kernel *kernel)
{
	const struct qyran_device_options *options = &kernel->settings;
	uint32_t mono = QYRAN_MODE_MONO_MASK << QYRAN_MODE_MONO_SHIFT;

	set(kernel, QYRAN_REG_MODE, (get(kernel, QYRAN_REG_MODE) & ~mono) | (options->mono ? mono : 0));
	set(kernel, QYRAN_REG_PLATE_COUNT, options->regions ? options->regions : QYRAN_PLATE_COUNT_RESET);
	for (uint32_t i = 0; i < QYRAN_WATCHES_MAX; i++) {
		struct qyran_box box = i < options->watch_count ? options->watches[i] : (struct qyran_box){ 0 };

		set(kernel, REG(WATCH_X, i), span(box.x, box.width));
		set(kernel, REG(WATCH_Y, i), span(box.y, box.height));
	}
	set(kernel, QYRAN_REG_COMMIT, 1);
}

static void keep_settings(struct kernel *kernel, const struct qyran_device_options *options)
{
	size_t count = options->watch_count < QYRAN_WATCHES_MAX ? options->watch_count : QYRAN_WATCHES_MAX;

	for (size_t i = 0; i < count; i++)
		kernel->watches[i] = options->watches[i];
	kernel->settings = (struct qyran_device_options){ .mono = options->mono, .regions = options->regions, .watches = kernel->watches, .watch_count = count };
}

/* The stream has begun anew: held frames are of another count, and logic that was reset has forgotten its settings. */
static void begin_anew(struct kernel *kernel)
{
	qyran_kernel_frames_anew(&kernel->frames);
	if (get(kernel, QYRAN_REG_ID) == QYRAN_ID_RESET)
		set_page(kernel);
}

static int set_masks(const char *path, int file, const struct qyran_box *masks, size_t count, char *error, size_t error_size)
{
	struct qyran_ioc_masks all = { .count = (uint32_t)count };

	for (size_t i = 0; i < count; i++) {
		all.mask[i].x = masks[i].x;
		all.mask[i].y = masks[i].y;
		all.mask[i].width = masks[i].width;
		all.mask[i].height = masks[i].height;
	}
	if (ioctl(file, QYRAN_IOC_MASKS, &all) == 0)
		return 0;

	int rc = -errno;

	if (rc == -EPERM || rc == -EACCES)
		snprintf(error, error_size, "%s: the privacy masks in force are not those of the configuration, and only root (CAP_SYS_ADMIN) may change them; "
			 "run: qyranctl masks CONFIG", path);
	else
		snprintf(error, error_size, "%s: %zu privacy masks cannot be set: %s; they must lie inside the picture", path, count, strerror(-rc));
	return rc;
}

/* Says that the clock follows a reference. */
static int tell_synced(int device)
{
	struct stat about;
	char path[80];
	int file, rc;

	if (fstat(device, &about) != 0)
		return -errno;
	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/clock_synced", major(about.st_rdev), minor(about.st_rdev));
	file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return -errno;
	rc = write(file, "1", 1) == 1 ? 0 : -errno;
	close(file);
	return rc;
}

/* A board has a clock of its own; a simulated one at pace scene begins where the scene does. */
static int open_clock(struct kernel *kernel, const struct qyran_ioc_info *about, const struct qyran_device_options *options, char *error, size_t error_size)
{
	bool begin = (about->flags & QYRAN_IOC_INFO_SIM) && !options->pace_host;
	uint64_t epoch_ns = options->epoch_ns ? options->epoch_ns : QYRAN_EPOCH_NS;
	uint64_t time_ns = epoch_ns > LEAD_NS ? epoch_ns - LEAD_NS : 0;
	struct timespec time = { .tv_sec = (time_t)(time_ns / 1000000000u), .tv_nsec = (long)(time_ns % 1000000000u) };
	char path[32];
	int rc;

	if (about->ptp < 0)
		return 0;
	snprintf(path, sizeof(path), "/dev/ptp%d", about->ptp);
	rc = open_file(path, begin ? O_RDWR : O_RDONLY, &kernel->ptp, error, error_size);
	if (rc < 0 || !begin)
		return rc;
	rc = clock_settime(CLOCK_OF(kernel->ptp), &time) != 0 ? -errno : tell_synced(kernel->file);
	if (rc < 0)
		snprintf(error, error_size, "%s: the simulated camera's clock cannot be set: %s; run as root", path, strerror(-rc));
	return rc;
}

static int start(struct kernel *kernel, char *error, size_t error_size)
{
	if (ioctl(kernel->file, QYRAN_IOC_START) == 0)
		return 0;

	int rc = -errno;

	if (rc == -ENOMEM)
		snprintf(error, error_size, "%s: there is no memory for the frames of %ux%u; reserve more (cma= or reserved-memory)", kernel->path, kernel->info.width,
			 kernel->info.height);
	else
		snprintf(error, error_size, "%s: the stream does not start: %s; look at the kernel's log (dmesg)", kernel->path, strerror(-rc));
	return rc;
}

static void kernel_close(void *self)
{
	struct kernel *kernel = self;

	if (kernel->file >= 0) {
		ioctl(kernel->file, QYRAN_IOC_STOP);
		qyran_kernel_frames_finish(&kernel->frames);
		close(kernel->file);
	}
	if (kernel->page)
		munmap((void *)(uintptr_t)kernel->page, PAGE_SIZE);
	if (kernel->uio >= 0)
		close(kernel->uio);
	if (kernel->ptp >= 0)
		close(kernel->ptp);
	qyran_kernel_records_finish(&kernel->records);
	free(kernel->path);
	free(kernel);
}

static int kernel_open(const char *path, const struct qyran_device_options *options, void **ret_self, char *error, size_t error_size)
{
	struct kernel *kernel = calloc(1, sizeof(*kernel));
	struct qyran_ioc_info about;
	int rc;

	if (kernel)
		kernel->file = kernel->uio = kernel->ptp = -1;
	if (!kernel || !(kernel->path = strdup(path))) {
		free(kernel);
		snprintf(error, error_size, "%s: no memory", path);
		return -ENOMEM;
	}
	rc = open_file(path, O_RDWR | O_NONBLOCK, &kernel->file, error, error_size);
	if (rc == 0) {
		qyran_kernel_frames_init(&kernel->frames, kernel->file);
		rc = probe(path, kernel->file, &about, error, error_size);
	}
	if (rc == 0)
		rc = set_format(kernel, options, &about, error, error_size);
	if (rc == 0)
		rc = map_page(kernel, &about, error, error_size);
	if (rc == 0 && options->mask_count > 0)
		rc = set_masks(path, kernel->file, options->masks, options->mask_count, error, error_size);
	if (rc == 0)
		rc = open_clock(kernel, &about, options, error, error_size);
	if (rc == 0 && (rc = qyran_kernel_records_init(&kernel->records, kernel->file)) < 0)
		snprintf(error, error_size, "%s: no memory", path);
	if (rc == 0) {
		kernel->info = (struct qyran_device_info){
			.width = about.width, .height = about.height, .version = about.version, .pins = about.pins,
			.realtime = !(about.flags & QYRAN_IOC_INFO_SIM), .frames = about.holds > 0,
		};
		keep_settings(kernel, options);
		set_page(kernel);
		rc = start(kernel, error, error_size);
	}
	if (rc < 0) {
		kernel_close(kernel);
		return rc;
	}
	*ret_self = kernel;
	return 0;
}

static void kernel_info(const void *self, struct qyran_device_info *ret)
{
	*ret = ((const struct kernel *)self)->info;
}

static int kernel_next(void *self, const struct qyran_record_header **ret, int timeout_ms)
{
	struct kernel *kernel = self;
	int rc = qyran_kernel_records_next(&kernel->records, ret, timeout_ms);

	if (rc == -ESTRPIPE)
		begin_anew(kernel);
	if (rc == -EBADMSG)
		snprintf(kernel->fault, sizeof(kernel->fault), "%s: damaged records were skipped; going on at the next sound one (the counters in sysfs tell how many)",
			 kernel->path);
	else if (rc == -ESTRPIPE)
		snprintf(kernel->fault, sizeof(kernel->fault), "%s: the stream fell silent or was suspended, and has begun anew", kernel->path);
	else if (rc == -ENODEV)
		snprintf(kernel->fault, sizeof(kernel->fault), "%s: the camera was taken away or its module was unloaded; bring it back, then start again", kernel->path);
	else if (rc < 0 && rc != -EAGAIN && rc != -ENODATA)
		snprintf(kernel->fault, sizeof(kernel->fault), "%s: the camera no longer answers: %s; look at the kernel's log (dmesg)", kernel->path, strerror(-rc));
	return rc;
}

static const char *kernel_fault(const void *self)
{
	return ((const struct kernel *)self)->fault;
}

static int kernel_hold(void *self, uint64_t frame, struct qyran_frame *ret)
{
	return qyran_kernel_frames_hold(&((struct kernel *)self)->frames, frame, ret);
}

static void kernel_release(void *self, const struct qyran_frame *frame)
{
	qyran_kernel_frames_release(&((struct kernel *)self)->frames, frame);
}

static int kernel_clock(void *self, uint64_t *ret_ns)
{
	struct kernel *kernel = self;
	struct timespec now;

	if (kernel->ptp < 0)
		return -EOPNOTSUPP;
	if (clock_gettime(CLOCK_OF(kernel->ptp), &now) != 0)
		return -errno;
	*ret_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	return 0;
}

static int kernel_register(void *self, uint32_t offset, uint32_t *ret_value)
{
	*ret_value = get(self, offset);
	return 0;
}

int qyran_kernel_set_masks(const char *path, const struct qyran_box *masks, size_t count, char *error, size_t error_size)
{
	struct qyran_ioc_info about;
	int file, rc = open_file(path, O_RDWR | O_NONBLOCK, &file, error, error_size);

	if (rc < 0)
		return rc;
	rc = probe(path, file, &about, error, error_size);
	if (rc == 0)
		rc = set_masks(path, file, masks, count, error, error_size);
	close(file);
	return rc;
}

const struct qyran_device_ops qyran_device_kernel = {
	.abi = QYRAN_DEVICE_ABI,
	.scheme = "kernel",
	.open = kernel_open,
	.close = kernel_close,
	.info = kernel_info,
	.next = kernel_next,
	.fault = kernel_fault,
	.hold = kernel_hold,
	.release = kernel_release,
	.clock = kernel_clock,
	.reg = kernel_register,
};
