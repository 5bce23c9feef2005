/* SPDX-License-Identifier: Apache-2.0 */
/* What user space may ask and may not: ioctls, reads and mappings with bad arguments, sizes and pointers; page 1 through every door. */
#include "tests/vm/drive.h"

#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/ptp_clock.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>

#define PAGE		4096u
#define PAGE0_SIZE	0x10000u
#define NOBODY		65534
#define CLOCK_OF(fd)	((~(clockid_t)(fd) << 3) | 3)

/* Two pages, the second of which is not there. */
static uint8_t *edge(void)
{
	uint8_t *at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		exit(1);
	munmap(at + PAGE, PAGE);
	return at + PAGE;
}

static int ask(int fd, unsigned long command, void *argument)
{
	return ioctl(fd, command, argument) < 0 ? -errno : 0;
}

/* In another user's name. Returns the child's verdict. */
static int as_nobody(int (*task)(int fd), int fd)
{
	int status = 1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 || setresuid(NOBODY, NOBODY, NOBODY) < 0)
			_exit(255);
		_exit(-task(fd));
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : 1;
}

/* All numbers, directions and some sizes: only what is in the header is known. */
static void unknown_commands(int fd)
{
	static const unsigned int sizes[] = { 0, 1, 4, 8, 63, 64, 128, 144, 4096, 16383 };
	uint8_t *argument = calloc(1, 16384);
	unsigned int taken = 0, tried = 0;

	for (unsigned int number = 0; number < 256; number++)
		for (unsigned int direction = 0; direction < 4; direction++)
			for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
				unsigned int command = _IOC(direction, 'q', number, sizes[i]);

				if (command == QYRAN_IOC_INFO || command == QYRAN_IOC_FORMAT || command == QYRAN_IOC_MASKS || command == QYRAN_IOC_HOLD ||
				    command == QYRAN_IOC_START || command == QYRAN_IOC_STOP)
					continue;
				tried++;
				taken += ask(fd, command, argument) != -ENOTTY;
			}
	report(taken == 0, "commands_that_are_not_known_are_refused", "%u of %u were not", taken, tried);
	free(argument);
}

static void bad_pointers(int fd)
{
	static const unsigned long commands[] = { QYRAN_IOC_INFO, QYRAN_IOC_FORMAT, QYRAN_IOC_MASKS, QYRAN_IOC_HOLD };
	void *pointers[] = { NULL, (void *)1, (void *)(uintptr_t)0xffff888000000000u, (void *)(uintptr_t)-64, edge() - 8, (void *)(uintptr_t)0x800000000000u };
	unsigned int taken = 0;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		for (size_t k = 0; k < sizeof(pointers) / sizeof(pointers[0]); k++)
			taken += ask(fd, commands[i], pointers[k]) != -EFAULT;
	report(taken == 0, "pointers_to_nowhere_are_refused", "%u were not", taken);
}

static void pointers_off_alignment(int fd)
{
	uint8_t bytes[256];
	struct qyran_ioc_info info;
	struct qyran_ioc_format format = { .width = 64, .height = 48 };
	int rc[2];

	rc[0] = ask(fd, QYRAN_IOC_INFO, bytes + 1);
	memcpy(&info, bytes + 1, sizeof(info));
	memcpy(bytes + 3, &format, sizeof(format));
	rc[1] = ask(fd, QYRAN_IOC_FORMAT, bytes + 3);
	report(rc[0] == 0 && info.slots == QYRAN_SLOTS && rc[1] == 0, "pointers_at_odd_addresses_are_served", "%d, %u slots, %d", rc[0], info.slots, rc[1]);
}

/* Each word that has to be 0, and each value out of range; what is in force stays. */
static void bad_formats(int fd)
{
	static const uint32_t sizes[][2] = { { 0, 48 }, { 64, 0 }, { 63, 48 }, { 68, 48 }, { 56, 48 }, { 64, 46 }, { 64, 49 }, { 1928, 48 }, { 64, 1082 },
					     { 0xfffffff8, 48 }, { 64, 0xfffffffe }, { 0x80000000, 0x80000000 }, { 0x10040, 48 }, { 64, 0x10030 } };
	struct qyran_ioc_format good = { .width = 128, .height = 64 }, format;
	struct qyran_ioc_info info;
	unsigned int taken = 0;

	if (ask(fd, QYRAN_IOC_FORMAT, &good) < 0)
		taken += 100;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		format = (struct qyran_ioc_format){ .width = sizes[i][0], .height = sizes[i][1] };
		taken += ask(fd, QYRAN_IOC_FORMAT, &format) != -EINVAL;
	}
	for (size_t i = 0; i < sizeof(format.reserved) / sizeof(format.reserved[0]); i++) {
		format = (struct qyran_ioc_format){ .width = 64, .height = 48 };
		format.reserved[i] = 1u << i;
		taken += ask(fd, QYRAN_IOC_FORMAT, &format) != -EINVAL;
	}
	format = (struct qyran_ioc_format){ .width = 64, .height = 48, .gain_mb = 0x10000 };
	taken += ask(fd, QYRAN_IOC_FORMAT, &format) != -EINVAL;
	taken += ask(fd, QYRAN_IOC_INFO, &info) != 0 || info.width != 128 || info.height != 64 || info.stride != good.stride;
	report(taken == 0, "formats_that_cannot_be_are_refused_and_change_nothing", "%u were not", taken);
}

static void bad_masks(int fd)
{
	static const uint32_t counts[] = { QYRAN_MASKS_MAX + 1, 0x80000000, 0xffffffff };
	struct qyran_ioc_masks masks;
	unsigned int taken = 0;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		memset(&masks, 0xff, sizeof(masks));
		memset(masks.reserved, 0, sizeof(masks.reserved));
		masks.count = counts[i];
		taken += ask(fd, QYRAN_IOC_MASKS, &masks) != -EINVAL;
	}
	for (size_t i = 0; i < 3; i++) {
		masks = (struct qyran_ioc_masks){ 0 };
		masks.reserved[i] = 1;
		taken += ask(fd, QYRAN_IOC_MASKS, &masks) != -EINVAL;
	}
	/* far beyond the picture: taken, and it is the logic that cuts */
	memset(&masks, 0xff, sizeof(masks));
	memset(masks.reserved, 0, sizeof(masks.reserved));
	masks.count = QYRAN_MASKS_MAX;
	taken += ask(fd, QYRAN_IOC_MASKS, &masks) != 0;
	masks = (struct qyran_ioc_masks){ 0 };
	taken += ask(fd, QYRAN_IOC_MASKS, &masks) != 0;
	report(taken == 0, "masks_that_cannot_be_are_refused", "%u were not", taken);
}

static int sets_masks(int fd)
{
	struct qyran_ioc_masks masks = { .count = 1, .mask = { { 8, 8, 8, 8 } } };

	return ask(fd, QYRAN_IOC_MASKS, &masks);
}

static int opens(int fd)
{
	close(fd);
	return open("/dev/qyran0", O_RDONLY) < 0 ? -errno : 0;
}

static int opens_uio(int fd)
{
	char name[32];

	snprintf(name, sizeof(name), "/dev/uio%d", fd);
	return open(name, O_RDWR) < 0 ? -errno : 0;
}

static void without_rights(int fd)
{
	struct qyran_ioc_info info;
	int rc = as_nobody(sets_masks, fd);

	report(rc == -EPERM, "masks_are_not_changed_by_who_has_no_rights", "%s", strerror(-rc));
	rc = as_nobody(opens, fd);
	report(rc == -EACCES, "the_camera_is_not_opened_by_who_has_no_rights", "%s", strerror(-rc));
	ask(fd, QYRAN_IOC_INFO, &info);
	rc = as_nobody(opens_uio, info.uio);
	report(rc == -EACCES, "nor_are_its_registers", "%s", strerror(-rc));
}

/* A frame that cannot be told of is not held. */
static void bad_holds(int fd, const struct tally *tally)
{
	struct qyran_ioc_hold hold = { .frame = tally->last }, *read_only;
	struct rlimit limit, few;
	unsigned int taken = 0;
	int rc[2];

	for (size_t i = 0; i < sizeof(hold.reserved) / sizeof(hold.reserved[0]); i++) {
		hold = (struct qyran_ioc_hold){ .frame = tally->last };
		hold.reserved[i] = 0x80000000u >> i;
		taken += ask(fd, QYRAN_IOC_HOLD, &hold) != -EINVAL;
	}
	report(taken == 0, "holds_with_reserved_words_are_refused", "%u were not", taken);
	read_only = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*read_only = (struct qyran_ioc_hold){ .frame = tally->last };
	mprotect(read_only, PAGE, PROT_READ);
	rc[0] = ask(fd, QYRAN_IOC_HOLD, read_only);
	getrlimit(RLIMIT_NOFILE, &limit);
	few = limit;
	few.rlim_cur = 0;
	setrlimit(RLIMIT_NOFILE, &few);
	hold = (struct qyran_ioc_hold){ .frame = tally->last };
	rc[1] = ask(fd, QYRAN_IOC_HOLD, &hold);
	setrlimit(RLIMIT_NOFILE, &limit);
	report(rc[0] == -EFAULT && rc[1] == -EMFILE && drive_count("frames_held") == 0, "a_frame_whose_holder_cannot_be_told_is_not_held", "%d, %d, %lld held",
	       rc[0], rc[1], (long long)drive_count("frames_held"));
}

static void out_of_turn(void)
{
	int fd = drive_open(), rc[6];
	uint8_t bytes[64];
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	struct qyran_ioc_format format = { .width = 64, .height = 48 };
	struct tally tally = { 0 };

	rc[0] = read(fd, bytes, sizeof(bytes)) < 0 ? -errno : 0;
	rc[1] = poll(&wait, 1, 0) == 1 ? wait.revents : 0;
	rc[2] = ask(fd, QYRAN_IOC_START, NULL);
	rc[3] = drive_hold(fd, 0);
	rc[4] = ask(fd, QYRAN_IOC_STOP, NULL);
	report(rc[0] == -EPIPE && rc[1] & POLLERR && rc[2] == -ENODATA && rc[3] == -ESTALE && rc[4] == 0, "what_comes_before_the_start_is_refused",
	       "read %d, poll 0x%x, start %d, hold %d, stop %d", rc[0], (unsigned int)rc[1], rc[2], rc[3], rc[4]);
	drive_start(fd, 64, 48);
	rc[0] = ask(fd, QYRAN_IOC_START, NULL);
	rc[1] = ask(fd, QYRAN_IOC_FORMAT, &format);
	drive_play(fd, &tally, 3);
	drive_drain(fd, &tally);
	rig_play(BENCH_SOURCE_PATTERN, 1, BENCH_PACE_SCENE);
	while (rig_get(BENCH_PLAY))
		drive_pause_ms(10);
	rc[2] = ask(fd, QYRAN_IOC_STOP, NULL);
	rc[3] = ask(fd, QYRAN_IOC_STOP, NULL);
	while ((rc[4] = (int)drive_read(fd, &tally, 0)) > 0)
		;
	rc[5] = poll(&wait, 1, 0) == 1 ? wait.revents : 0;
	report(rc[0] == -EBUSY && rc[1] == -EBUSY && rc[2] == 0 && rc[3] == 0 && tally.frames == 4 && rc[4] == 0 && rc[5] & POLLHUP,
	       "after_the_stop_comes_what_is_left_and_then_the_end", "start %d, format %d, stop %d %d, %llu of 4 frames, then %d, poll 0x%x", rc[0], rc[1], rc[2],
	       rc[3], (unsigned long long)tally.frames, rc[4], (unsigned int)rc[5]);
	close(fd);
}

/* Nothing of the stream is lost to a reader who asks wrongly. */
static void bad_reads(void)
{
	int fd = drive_begin(), rc[8];
	static uint8_t bytes[DRIVE_BUFFER + 8];
	struct tally tally = { 0 };
	uint8_t *end = edge(), *wide = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int tiny = 0;
	ssize_t got;

	drive_play(fd, &tally, 2);
	drive_drain(fd, &tally);
	rig_play(BENCH_SOURCE_PATTERN, 1, BENCH_PACE_SCENE);
	while (rig_get(BENCH_PLAY))
		drive_pause_ms(10);
	rc[0] = (int)read(fd, bytes, 0);
	for (size_t size = 1; size < 192; size += 5)
		tiny += read(fd, bytes, size) < 0 && errno == EMSGSIZE;
	report(rc[0] == 0 && tiny == 39, "a_buffer_too_small_for_a_record_is_told_so", "%d, %u of 39", rc[0], tiny);
	rc[0] = syscall(SYS_read, fd, NULL, DRIVE_BUFFER) < 0 ? -errno : 0;
	rc[1] = syscall(SYS_read, fd, (void *)(uintptr_t)0xffff888000000000u, DRIVE_BUFFER) < 0 ? -errno : 0;
	rc[2] = syscall(SYS_read, fd, end - 8, DRIVE_BUFFER) < 0 ? -errno : 0;
	rc[3] = syscall(SYS_read, fd, (void *)(uintptr_t)0x10, SIZE_MAX / 2) < 0 ? -errno : 0;
	report(rc[0] == -EFAULT && rc[1] == -EFAULT && rc[2] == -EFAULT && rc[3] == -EFAULT, "a_buffer_that_is_nowhere_is_told_so", "%d %d %d %d", rc[0], rc[1],
	       rc[2], rc[3]);
	rc[0] = pread(fd, bytes, sizeof(bytes), 0) < 0 ? -errno : 0;
	rc[1] = lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;
	rc[2] = write(fd, bytes, 64) < 0 ? -errno : 0;
	rc[3] = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? -errno : 0;
	rc[4] = ftruncate(fd, 0) < 0 ? -errno : 0;
	report(rc[0] == -ESPIPE && rc[1] == -ESPIPE && rc[2] == -EINVAL && rc[3] == -ENODEV && rc[4] < 0, "it_is_no_file_to_seek_write_or_map", "%d %d %d %d %d", rc[0],
	       rc[1], rc[2], rc[3], rc[4]);
	/* the second page is taken away: what fits before it comes, or nothing does */
	munmap(wide + PAGE, PAGE);
	while ((got = read(fd, wide, 64 * PAGE)) > 0)
		drive_look(&tally, wide, (size_t)got);
	rc[0] = got < 0 ? -errno : 0;
	got = read(fd, bytes + 3, DRIVE_BUFFER);	/* at an odd address */
	if (got > 0) {
		memmove(bytes, bytes + 3, (size_t)got);
		drive_look(&tally, bytes, (size_t)got);
	}
	drive_drain(fd, &tally);
	report((rc[0] == -EFAULT || rc[0] == -EAGAIN) && tally.frames == 3 && tally.gaps == 0 && tally.unsound == 0, "nothing_is_lost_to_who_reads_wrongly",
	       "%d, %llu of 3 frames, %llu gaps, %llu unsound", rc[0], (unsigned long long)tally.frames, (unsigned long long)tally.gaps, (unsigned long long)tally.unsound);
	close(fd);
}

static void registers(volatile uint32_t **ret_page0, int *ret_uio)
{
	struct qyran_ioc_info info = { 0 };
	char name[32];
	int fd = drive_open();

	ask(fd, QYRAN_IOC_INFO, &info);
	close(fd);
	snprintf(name, sizeof(name), "/dev/uio%d", info.uio);
	*ret_uio = open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	*ret_page0 = mmap(NULL, PAGE0_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, *ret_uio, 0);
}

/* Page 1 holds the addresses of memory: who writes there writes anywhere. */
static void doors_to_page_1(void)
{
	volatile uint32_t *page0;
	int uio, memory, rc[6];
	char path[320];
	uint64_t start = 0;
	uint32_t word[16] = { 0 };
	FILE *file;
	void *at;

	registers(&page0, &uio);
	if (!report(uio >= 0 && page0 != MAP_FAILED && page0[0] == QYRAN_ID_RESET, "page_0_is_mapped", "%s", strerror(errno)))
		return;
	report(mmap(NULL, 2 * PAGE0_SIZE, PROT_READ, MAP_SHARED, uio, 0) == MAP_FAILED && mmap(NULL, PAGE0_SIZE + 1, PROT_READ, MAP_SHARED, uio, 0) == MAP_FAILED,
	       "no_more_than_page_0_is_mapped", "it was");
	rc[0] = 0;
	for (off_t map = 1; map < 40; map++) {
		at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, uio, map * PAGE);
		rc[0] += at != MAP_FAILED;
	}
	at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, uio, -(off_t)PAGE);
	report(rc[0] == 0 && at == MAP_FAILED, "no_other_map_is_there", "%d were", rc[0]);
	at = mmap(NULL, PAGE0_SIZE, PROT_READ, MAP_SHARED, uio, 0);
	report(mremap(at, PAGE0_SIZE, 2 * PAGE0_SIZE, MREMAP_MAYMOVE) == MAP_FAILED, "the_mapping_of_page_0_does_not_grow", "it did");
	munmap(at, PAGE0_SIZE);
	rc[0] = pread(uio, word, 4, 0x10000) < 0 ? -errno : 0;
	rc[1] = read(uio, word, 3) < 0 ? -errno : 0;
	rc[2] = read(uio, word, 4) < 0 ? -errno : 0;
	rc[3] = pwrite(uio, word, 4, 0x10004) < 0 ? -errno : 0;
	rc[4] = write(uio, word, 64) < 0 ? -errno : 0;
	rc[5] = ioctl(uio, QYRAN_IOC_START) < 0 ? -errno : 0;
	report(rc[0] < 0 && rc[1] == -EINVAL && rc[2] == -EAGAIN && rc[3] < 0 && rc[4] < 0 && rc[5] < 0, "reads_and_writes_of_the_uio_file_reach_no_register",
	       "%d %d %d %d %d %d", rc[0], rc[1], rc[2], rc[3], rc[4], rc[5]);

	/* doors of the kernel's own, which need root; the driver's claim on its registers shuts them */
	snprintf(path, sizeof(path), "%s/resource", rig_pci());
	file = fopen(path, "r");
	if (!file || fscanf(file, "%" SCNx64, &start) != 1)
		start = 0;
	if (file)
		fclose(file);
	snprintf(path, sizeof(path), "%s/resource0", rig_pci());
	memory = open(path, O_RDWR | O_SYNC | O_CLOEXEC);
	at = memory < 0 ? MAP_FAILED : mmap(NULL, 2 * PAGE0_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	report(at == MAP_FAILED, "root_does_not_map_page_1_through_the_bus", "it was mapped");
	if (memory >= 0)
		close(memory);
	memory = open("/dev/mem", O_RDWR | O_SYNC | O_CLOEXEC);
	at = memory < 0 ? MAP_FAILED : mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, (off_t)(start + 0x10000));
	report(start != 0 && at == MAP_FAILED, "nor_through_dev_mem", "0x%llx was mapped", (unsigned long long)start);
	if (memory >= 0)
		close(memory);
	/* wild writes over all of page 0, with the stream running: it may see less, and nothing else happens */
	{
		int fd = drive_begin();
		struct tally tally = { 0 };
		uint32_t random = 1, kept[0x200 / 4];
		uint32_t refused = rig_get(BENCH_DMA_REFUSED);

		for (unsigned int i = 0; i < 0x200 / 4; i++)
			kept[i] = page0[i];
		for (unsigned int i = 0; i < 6; i++) {
			for (unsigned int offset = 0; offset < 0x240; offset += 4) {
				random = random * 1664525 + 1013904223;
				/* the test pattern needs no video: none of the rig's */
				page0[offset / 4] = offset == QYRAN_REG_MODE ? random & ~1u : random;
			}
			drive_play(fd, &tally, 2);
		}
		report(tally.frames == 12 && tally.unsound == 0 && rig_get(BENCH_DMA_REFUSED) == refused, "wild_settings_in_page_0_harm_nobody",
		       "%llu of 12 frames, %llu unsound, %u accesses refused: %s", (unsigned long long)tally.frames, (unsigned long long)tally.unsound,
		       rig_get(BENCH_DMA_REFUSED) - refused, strerror(-tally.error));
		for (unsigned int i = QYRAN_REG_MODE / 4; i < 0x200 / 4; i++)
			page0[i] = kept[i];
		page0[QYRAN_REG_COMMIT / 4] = 1;
		close(fd);
	}
	munmap((void *)(uintptr_t)page0, PAGE0_SIZE);
	close(uio);
}

static void bad_times(void)
{
	struct qyran_ioc_info info = { 0 };
	struct ptp_extts_request pulses = { .index = 7, .flags = PTP_ENABLE_FEATURE };
	struct ptp_perout_request output = { .index = 0, .period = { .sec = 1 } };
	struct ptp_pin_desc pin = { .index = 3 };
	struct timespec before, after, bad[] = { { -1, 0 }, { INT64_MIN, 0 }, { 0, -1 }, { 0, 1000000000 } };
	struct timex change;
	unsigned int taken = 0;
	char name[32];
	int fd = drive_open(), ptp, rc[4];

	ask(fd, QYRAN_IOC_INFO, &info);
	close(fd);
	snprintf(name, sizeof(name), "/dev/ptp%d", info.ptp);
	ptp = open(name, O_RDWR | O_CLOEXEC);
	clock_gettime(CLOCK_OF(ptp), &before);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		taken += clock_settime(CLOCK_OF(ptp), &bad[i]) == 0;
	change = (struct timex){ .modes = ADJ_FREQUENCY, .freq = 1000000000l << 16 };
	taken += clock_adjtime(CLOCK_OF(ptp), &change) >= 0;
	change = (struct timex){ .modes = ADJ_FREQUENCY, .freq = LONG_MIN };
	taken += clock_adjtime(CLOCK_OF(ptp), &change) >= 0;
	change = (struct timex){ .modes = ADJ_SETOFFSET | ADJ_NANO, .time = { .tv_sec = 0, .tv_usec = 1000000000 } };
	taken += clock_adjtime(CLOCK_OF(ptp), &change) >= 0;
	rc[0] = ask(ptp, PTP_EXTTS_REQUEST, &pulses);
	pulses = (struct ptp_extts_request){ .flags = PTP_ENABLE_FEATURE | PTP_FALLING_EDGE | PTP_STRICT_FLAGS };
	rc[1] = ask(ptp, PTP_EXTTS_REQUEST2, &pulses);
	rc[2] = ask(ptp, PTP_PEROUT_REQUEST, &output);
	rc[3] = ask(ptp, PTP_PIN_SETFUNC, &pin);
	clock_gettime(CLOCK_OF(ptp), &after);
	report(ptp >= 0 && taken == 0 && rc[0] == -EINVAL && rc[1] < 0 && rc[2] < 0 && rc[3] < 0, "times_that_cannot_be_are_refused", "%u taken, %d %d %d %d", taken,
	       rc[0], rc[1], rc[2], rc[3]);
	report(after.tv_sec - before.tv_sec >= 0 && after.tv_sec - before.tv_sec < 60, "and_the_clock_goes_on", "from %lld to %lld s", (long long)before.tv_sec,
	       (long long)after.tv_sec);
	close(ptp);
}

int main(void)
{
	struct tally tally = { 0 };
	int fd;

	if (!report(drive_load(), "module_loads", "modprobe failed"))
		return 1;
	fd = drive_open();
	unknown_commands(fd);
	bad_pointers(fd);
	pointers_off_alignment(fd);
	bad_formats(fd);
	bad_masks(fd);
	without_rights(fd);
	close(fd);
	fd = drive_begin();
	drive_play(fd, &tally, 3);
	unknown_commands(fd);
	bad_pointers(fd);
	bad_masks(fd);
	bad_holds(fd, &tally);
	close(fd);
	out_of_turn();
	bad_reads();
	bad_times();
	doors_to_page_1();
	drive_is_well("after_all_bad_arguments_the_camera_is_well");
	report(drive_unload(), "module_unloads_after_bad_arguments", "modprobe -r failed");
	return drive_failed;
}
