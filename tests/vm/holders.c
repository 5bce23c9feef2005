/* SPDX-License-Identifier: Apache-2.0 */
/* Who holds frames, and what becomes of them: readers that are killed, files closed in any order, a device that is taken away meanwhile. */
#include "sim/board/pattern.h"
#include "tests/vm/drive.h"

#include <linux/dma-buf.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define WIDTH	64u
#define HEIGHT	48u
#define STRIDE	256u
#define FRAME_BYTES (STRIDE * HEIGHT)

/* Pixels of @frame of the pattern that differ from those in the dma-buf; -1: it cannot be mapped. */
static long differing(int held, uint64_t frame)
{
	const uint8_t *at = mmap(NULL, FRAME_BYTES, PROT_READ, MAP_SHARED, held, 0);
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ };
	long wrong = 0;

	if (at == MAP_FAILED || ioctl(held, DMA_BUF_IOCTL_SYNC, &sync) < 0)
		return -1;
	for (uint32_t y = 0; y < HEIGHT; y++)
		for (uint32_t x = 0; x < WIDTH; x++)
			wrong += at[y * STRIDE + x * 2] != clip_luma((unsigned int)frame, x, y);
	munmap((void *)(uintptr_t)at, FRAME_BYTES);
	return wrong;
}

/* Sends a file to, or takes one from, another process. */
static bool pass(int socket, int *fd, bool send)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char byte = 0;
	struct iovec io = { &byte, 1 };
	struct msghdr message = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };

	if (!send) {
		if (recvmsg(socket, &message, 0) != 1 || !CMSG_FIRSTHDR(&message))
			return false;
		memcpy(fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(*fd));
		return true;
	}
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), fd, sizeof(*fd));
	return sendmsg(socket, &message, 0) == 1;
}

static void opened_by_two(void)
{
	int one = drive_open(), two = drive_open(), why = errno, three;

	report(one >= 0 && two < 0 && why == EBUSY, "a_second_reader_finds_the_camera_busy", "%d, %d (%s)", one, two, strerror(why));
	close(one);
	three = drive_open();
	report(three >= 0, "and_has_it_when_the_first_has_closed", "%s", strerror(errno));
	close(three);
	for (unsigned int i = 0; i < 200; i++) {
		one = drive_open();
		if (one < 0)
			break;
		close(one);
	}
	report(one >= 0, "it_is_opened_and_closed_two_hundred_times", "%s", strerror(errno));
}

/* A reader that holds ten frames, has passed one on, and is in the midst of a read. */
static void killed(void)
{
	int64_t home, held_before;
	int pair[2], got = -1, status, again;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		exit(1);
	child = fork();
	if (child == 0) {
		int fd = drive_begin(), held = -1;
		struct tally tally = { 0 };
		static uint8_t buffer[DRIVE_BUFFER];

		drive_play(fd, &tally, 20);
		for (unsigned int i = 0; i < 10; i++)
			held = drive_hold(fd, tally.last - i);
		pass(pair[1], &held, true);
		fcntl(fd, F_SETFL, 0);
		for (;;)
			if (read(fd, buffer, sizeof(buffer)) < 0)
				pause();
	}
	close(pair[1]);
	if (!pass(pair[0], &got, false))
		got = -1;
	drive_pause_ms(100);
	held_before = drive_count("frames_held");
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	report(held_before == 10 && drive_becomes("frames_held", 1), "frames_of_a_killed_reader_go_home_but_what_he_passed_on", "%lld held before, %lld after",
	       (long long)held_before, (long long)drive_count("frames_held"));
	report(got >= 0 && differing(got, 10) == 0, "the_frame_he_passed_on_still_shows_what_it_showed", "%ld pixels differ", differing(got, 10));
	close(got);
	home = drive_count("slots_home");
	report(home == QYRAN_SLOTS && drive_count("frames_held") == 0, "all_slots_are_home_after_a_reader_is_killed", "%lld home, %lld held", (long long)home,
	       (long long)drive_count("frames_held"));
	again = drive_open();
	report(again >= 0, "the_camera_is_free_after_its_reader_is_killed", "%s", strerror(errno));
	close(again);
	close(pair[0]);
}

static void as_many_as_there_are(void)
{
	int fd = drive_begin(), held[QYRAN_SLOTS], one_more, same;
	uint64_t frames[QYRAN_SLOTS], first;
	struct tally tally = { 0 };
	struct qyran_ioc_info info;
	unsigned int count = 0;
	long wrong = 0;

	ioctl(fd, QYRAN_IOC_INFO, &info);
	rig_play(BENCH_SOURCE_PATTERN, 0, BENCH_PACE_SCENE);
	drive_frames(fd, &tally, 3);
	for (unsigned int i = 0; i < 40 && count < info.holds; i++) {
		held[count] = drive_hold(fd, tally.last);
		frames[count] = tally.last;
		count += held[count] >= 0;
		drive_frames(fd, &tally, 1);
	}
	drive_frames(fd, &tally, 1);
	one_more = drive_hold(fd, tally.last);
	same = drive_hold(fd, frames[0]);
	report(count == info.holds && one_more == -EBUSY, "as_many_frames_are_held_as_the_driver_says_and_no_more", "%u of %u, then %d", count, info.holds, one_more);
	report(same >= 0, "a_held_frame_can_be_held_twice", "%s", strerror(-same));
	first = tally.pixels;
	drive_frames(fd, &tally, 30);
	report(tally.pixels - first >= 30 && tally.gaps == 0, "the_stream_goes_on_with_pixels_while_all_are_held", "%llu of 30 frames with pixels, %llu gaps",
	       (unsigned long long)(tally.pixels - first), (unsigned long long)tally.gaps);
	for (unsigned int i = 0; i < count; i++)
		wrong += differing(held[i], frames[i]);
	report(wrong == 0, "held_frames_do_not_change_while_the_stream_goes_on", "%ld pixels differ", wrong);
	rig_set(BENCH_PLAY, 0);
	for (unsigned int i = 0; i < count; i++)
		close(held[i]);
	report(drive_count("frames_held") == 1, "a_frame_held_twice_stays_until_both_are_closed", "%lld held", (long long)drive_count("frames_held"));
	close(same);
	drive_drain(fd, &tally);
	report(drive_count("frames_held") == 0 && drive_count("slots_home") == QYRAN_SLOTS, "all_slots_are_home_when_all_frames_are_closed", "%lld held, %lld home",
	       (long long)drive_count("frames_held"), (long long)drive_count("slots_home"));
	report(drive_hold(fd, 0) == -ESTALE && drive_hold(fd, tally.last + 1) == -ESTALE && drive_hold(fd, UINT64_MAX) == -ESTALE,
	       "frames_that_are_gone_or_not_there_cannot_be_held", "%d, %d, %d", drive_hold(fd, 0), drive_hold(fd, tally.last + 1), drive_hold(fd, UINT64_MAX));
	close(fd);
}

/* The camera's file, a frame's, and a mapping of it are closed in each order; a stop or a start with another size may come between. */
static void closed_in_any_order(void)
{
	static const char orders[][4] = { "cfm", "cmf", "fcm", "fmc", "mcf", "mfc" };
	unsigned int bad = 0;
	char first[80] = "";

	for (unsigned int i = 0; i < 24; i++) {
		int fd = drive_begin(), held;
		struct tally tally = { 0 };
		const uint8_t *at;
		long wrong = 0;
		bool mapped = true;

		drive_play(fd, &tally, 2);
		held = drive_hold(fd, tally.last);
		at = mmap(NULL, FRAME_BYTES, PROT_READ, MAP_SHARED, held, 0);
		if (held < 0 || at == MAP_FAILED)
			exit(1);
		if (i / 6 == 1)
			ioctl(fd, QYRAN_IOC_STOP);
		if (i / 6 == 2 && (ioctl(fd, QYRAN_IOC_STOP) < 0 || drive_start(fd, 128, 64) < 0))
			bad++;
		if (i / 6 == 3) {
			ioctl(fd, QYRAN_IOC_STOP);
			tally = (struct tally){ 0 };
			if (drive_start(fd, 64, 48) < 0 || !drive_play(fd, &tally, 20) || tally.pixels != 20)
				bad++;
		}
		for (const char *step = orders[i % 6]; *step; step++) {
			if (*step == 'c')
				close(fd);
			else if (*step == 'f')
				close(held);
			else
				munmap((void *)(uintptr_t)at, FRAME_BYTES);
			mapped = mapped && *step != 'm';
			for (uint32_t x = 0; mapped && x < WIDTH; x++)
				wrong += at[7 * STRIDE + x * 2] != clip_luma(1, x, 7);
		}
		if (wrong || !drive_becomes("frames_held", 0) || drive_count("slots_home") != QYRAN_SLOTS) {
			snprintf(first, sizeof(first), "order %s, case %u: %ld pixels differ, %lld held", orders[i % 6], i / 6, wrong,
				 (long long)drive_count("frames_held"));
			bad++;
		}
	}
	report(bad == 0, "camera_frame_and_mapping_are_closed_in_any_order", "%u of 24 wrong, the last: %s", bad, first);
}

/* The driver says read only: no way round that. */
static void written_by_the_reader(void)
{
	int fd = drive_begin(), held, memory, other;
	struct tally tally = { 0 };
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE };
	char link[64];
	uint8_t *at;
	uint8_t one = 1;
	ssize_t wrote;

	drive_play(fd, &tally, 2);
	held = drive_hold(fd, tally.last);
	report(mmap(NULL, FRAME_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, held, 0) == MAP_FAILED &&
	       mmap(NULL, FRAME_BYTES, PROT_WRITE, MAP_SHARED, held, 0) == MAP_FAILED, "a_frame_is_not_mapped_for_writing", "it was");
	report(mmap(NULL, FRAME_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE, held, 0) == MAP_FAILED, "nor_privately", "it was");
	report(mmap(NULL, 4 * FRAME_BYTES, PROT_READ, MAP_SHARED, held, 0) == MAP_FAILED &&
	       mmap(NULL, 4096, PROT_READ, MAP_SHARED, held, FRAME_BYTES) == MAP_FAILED &&
	       mmap(NULL, FRAME_BYTES, PROT_READ, MAP_SHARED, held, 4096) == MAP_FAILED &&
	       mmap(NULL, 4096, PROT_READ, MAP_SHARED, held, -4096) == MAP_FAILED, "nor_beyond_its_end", "it was");
	at = mmap(NULL, FRAME_BYTES, PROT_READ, MAP_SHARED, held, 0);
	if (at == MAP_FAILED)
		exit(1);
	report(mprotect(at, FRAME_BYTES, PROT_READ | PROT_WRITE) < 0, "a_mapping_does_not_become_writable", "it did");
	report(mremap(at, FRAME_BYTES, 4 * FRAME_BYTES, MREMAP_MAYMOVE) == MAP_FAILED, "a_mapping_does_not_grow", "it did");
	memory = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	wrote = pwrite(memory, &one, 1, (off_t)(uintptr_t)at);
	report(memory >= 0 && wrote < 0, "nor_is_it_written_as_a_debugger_would", "%zd", wrote);
	close(memory);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", held);
	other = open(link, O_RDWR | O_CLOEXEC);
	report(other < 0 && write(held, &one, 1) < 0, "nor_through_another_file", "it was");
	report(ioctl(held, DMA_BUF_IOCTL_SYNC, &sync) < 0, "nor_is_access_for_writing_granted", "it was");
	report(differing(held, tally.last) == 0, "and_it_shows_what_it_showed", "%ld pixels differ", differing(held, tally.last));
	munmap(at, FRAME_BYTES);
	close(held);
	close(fd);
}

/* unbind: no driver; remove: no device at all, until the bus is scanned again. */
static bool take_away(bool device)
{
	char path[320];

	snprintf(path, sizeof(path), "%s/%s", rig_pci(), device ? "remove" : "driver/unbind");
	return drive_write(path, device ? "1" : strrchr(rig_pci(), '/') + 1);
}

static bool bring_back(bool device)
{
	if (device)
		return drive_write("/sys/bus/pci/rescan", "1");
	return drive_write("/sys/bus/pci/drivers/" RIG_MODULE "/bind", strrchr(rig_pci(), '/') + 1);
}

static pid_t waiting(int fd, bool polls)
{
	static uint8_t buffer[DRIVE_BUFFER];
	pid_t child = fork();
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	if (child != 0)
		return child;
	if (polls)
		_exit(poll(&wait, 1, -1) == 1 ? wait.revents : 0);
	fcntl(fd, F_SETFL, 0);
	_exit(read(fd, buffer, sizeof(buffer)) < 0 ? errno : 0);
}

static int ended(pid_t child)
{
	int status;

	for (unsigned int i = 0; i < DRIVE_PATIENCE * 100; i++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
		drive_pause_ms(10);
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return -1;
}

static void away_while_open(bool device)
{
	const char *how = device ? "removed" : "unbound";
	int fd = drive_begin(), held, status[2], again, refused;
	struct tally tally = { 0 };
	struct qyran_ioc_info info;
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	volatile uint32_t *page0;
	char name[100];
	pid_t reader, poller;
	int uio;

	ioctl(fd, QYRAN_IOC_INFO, &info);
	snprintf(name, sizeof(name), "/dev/uio%d", info.uio);
	uio = open(name, O_RDWR | O_CLOEXEC);
	page0 = mmap(NULL, 0x10000, PROT_READ, MAP_SHARED, uio, 0);
	snprintf(name, sizeof(name), "/dev/ptp%d", info.ptp);
	drive_play(fd, &tally, 5);
	held = drive_hold(fd, tally.last);
	drive_drain(fd, &tally);
	refused = drive_unload();
	report(!refused, device ? "the_module_stays_while_the_camera_is_open_again" : "the_module_stays_while_the_camera_is_open", "it went");
	poller = waiting(fd, true);
	reader = waiting(fd, false);
	drive_pause_ms(300);
	if (!report(take_away(device), device ? "a_device_in_use_is_removed" : "a_device_in_use_is_unbound", "%s", strerror(errno)))
		return;
	status[0] = ended(reader);
	status[1] = ended(poller);
	fcntl(fd, F_SETFL, O_NONBLOCK);	/* the file is one with the reader's */
	snprintf(name, sizeof(name), "a_reader_that_waits_is_told_when_the_device_is_%s", how);
	report(status[0] == ENODEV, name, "it ended with %d", status[0]);
	snprintf(name, sizeof(name), "poll_wakes_when_the_device_is_%s", how);
	report(status[1] >= 0 && (status[1] & (POLLERR | POLLHUP)) == (POLLERR | POLLHUP) && poll(&wait, 1, 0) == 1, name, "0x%x", (unsigned int)status[1]);
	snprintf(name, sizeof(name), "the_open_file_says_that_the_device_is_%s", how);
	drive_read(fd, &tally, 0);
	report(tally.error == -ENODEV && ioctl(fd, QYRAN_IOC_INFO, &info) < 0 && errno == ENODEV && ioctl(fd, QYRAN_IOC_START) < 0 && errno == ENODEV &&
	       drive_hold(fd, tally.last) == -ENODEV, name, "%s, %d", strerror(-tally.error), drive_hold(fd, tally.last));
	snprintf(name, sizeof(name), "a_held_frame_outlives_the_device_that_is_%s", how);
	report(differing(held, tally.last) == 0, name, "%ld pixels differ", differing(held, tally.last));
	if (page0 != MAP_FAILED)
		munmap((void *)(uintptr_t)page0, 0x10000);

	snprintf(name, sizeof(name), "a_device_that_was_%s_is_taken_again_while_the_old_file_is_open", how);
	bring_back(device);
	again = drive_open();
	report(again >= 0, name, "/dev/qyran0: %s", strerror(errno));
	close(again);
	snprintf(name, sizeof(name), "the_old_frame_and_the_old_file_are_closed_at_last_%s", how);
	report(differing(held, tally.last) == 0 && close(held) == 0 && close(fd) == 0 && close(uio) == 0, name, "%s", strerror(errno));
}

/* A frame is all that is left: the module may not go before it, and goes after it. */
static void frame_is_all_that_is_left(void)
{
	int fd = drive_begin(), held;
	struct tally tally = { 0 };
	bool went;

	drive_play(fd, &tally, 3);
	held = drive_hold(fd, tally.last);
	close(fd);
	went = drive_unload();
	report(!went && differing(held, tally.last) == 0, "the_module_stays_while_a_frame_is_held", "%s, %ld pixels differ", went ? "it went" : "it stayed",
	       differing(held, tally.last));
	close(held);
	report(drive_unload(), "and_goes_when_it_is_closed", "modprobe -r failed");
	report(drive_load(), "and_comes_again", "modprobe failed");
}

/* In a child: what maps the bench registers must not see the device go. */
static void apart(void (*test)(void))
{
	int status = 1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		test();
		_exit(drive_failed);
	}
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status))
		report(false, "tests_of_holders", "one was ended by signal %d", WTERMSIG(status));
	drive_failed |= status != 0;
}

static void held_here(void)
{
	opened_by_two();
	killed();
	as_many_as_there_are();
	closed_in_any_order();
	written_by_the_reader();
	frame_is_all_that_is_left();
}

static void unbound(void)
{
	away_while_open(false);
	drive_is_well("after_unbinding_the_camera_is_well");
}

static void removed(void)
{
	away_while_open(true);
}

static void afterwards(void)
{
	drive_is_well("after_removal_the_camera_is_well");
}

int main(void)
{
	if (!report(drive_load(), "module_loads", "modprobe failed"))
		return 1;
	rig_pci();	/* its name is known to the children then, also while it is not there */
	apart(held_here);
	apart(unbound);
	apart(removed);
	apart(afterwards);
	report(drive_unload(), "module_unloads_after_its_holders", "modprobe -r failed");
	return drive_failed;
}
