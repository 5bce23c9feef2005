/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The camera of a virtual machine: starts QEMU and is its PCI device.
 *
 *   qyran-boardd [--clip FILE] [--epoch NS] [--silent SECONDS] [--watch FILE]… --qtest SOCKET -- qemu-system-x86_64 ARGUMENTS
 *   qyran-boardd […] --ivshmem SOCKET --ram FILE --ram-base ADDRESS -- qemu-system-aarch64 ARGUMENTS
 *
 * @FD@ in QEMU's arguments becomes the number of the link's file, @TSC@ what a Linux guest has to be told of the time stamp counter, which
 * under TCG is the host's: on a busy host it would be measured wrong by a factor of three. Ends with the exit status that the guest wrote to BENCH_VERDICT; 1 when
 * the guest went without one, 124 when nothing was heard of it for so many seconds (no access, no frame, no watched file that grew).
 */
#include "sim/vm/device.h"
#include "sim/vm/link.h"

#include <errno.h>
#include <getopt.h>
#include <qyran/device.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WATCHES_MAX 4u
#define SILENT_STATUS 124

struct options {
	const char *clip, *qtest, *ivshmem, *ram;
	const char *watch[WATCHES_MAX];
	unsigned int watches;
	uint64_t epoch_ns, ram_base;
	unsigned long silent;	/* seconds; 0: for ever */
};

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
	stopped = signal_number;
}

static int usage(void)
{
	fputs("usage: qyran-boardd [--clip FILE] [--epoch NS] [--silent SECONDS] [--watch FILE]\n"
	      "                    (--qtest SOCKET | --ivshmem SOCKET --ram FILE --ram-base ADDRESS) -- QEMU ARGUMENTS\n",
	      stderr);
	return 2;
}

static bool number(const char *text, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 0);
	return errno == 0 && end != text && *end == '\0' && *text != '-';
}

static int parse(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
		{ "clip", required_argument, NULL, 'c' },    { "epoch", required_argument, NULL, 'e' }, { "silent", required_argument, NULL, 's' },
		{ "watch", required_argument, NULL, 'w' },   { "qtest", required_argument, NULL, 'q' }, { "ivshmem", required_argument, NULL, 'i' },
		{ "ram", required_argument, NULL, 'r' },     { "ram-base", required_argument, NULL, 'b' }, { 0 },
	};
	int option;
	uint64_t value = 0;

	while ((option = getopt_long(argc, argv, "+", known, NULL)) != -1) {
		if ((option == 'e' || option == 's' || option == 'b') && !number(optarg, &value))
			return usage();
		switch (option) {
		case 'c': options->clip = optarg; break;
		case 'e': options->epoch_ns = value; break;
		case 's': options->silent = value; break;
		case 'b': options->ram_base = value; break;
		case 'q': options->qtest = optarg; break;
		case 'i': options->ivshmem = optarg; break;
		case 'r': options->ram = optarg; break;
		case 'w':
			if (options->watches == WATCHES_MAX)
				return usage();
			options->watch[options->watches++] = optarg;
			break;
		default: return usage();
		}
	}
	return optind < argc && !options->qtest == !!options->ivshmem && !options->ivshmem == !options->ram ? 0 : usage();
}

/* Puts a text into the arguments where a name stands; the strings are never freed: they are QEMU's. */
static int put(char **arguments, const char *name, const char *text)
{
	for (; *arguments; arguments++) {
		char *at = strstr(*arguments, name), *made;

		if (!at)
			continue;
		if (asprintf(&made, "%.*s%s%s", (int)(at - *arguments), *arguments, text, at + strlen(name)) < 0)
			return -ENOMEM;
		*arguments = made;
	}
	return 0;
}

#if defined(__x86_64__)
static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Both clocks at an instant: of several tries the one that nothing came between. */
static void both_clocks(uint64_t *ret_ns, uint64_t *ret_ticks)
{
	uint64_t narrowest = UINT64_MAX;

	for (unsigned int i = 0; i < 100; i++) {
		uint64_t before = now_ns(), ticks = __builtin_ia32_rdtsc(), after = now_ns();

		if (after - before < narrowest) {
			narrowest = after - before;
			*ret_ns = before + narrowest / 2;
			*ret_ticks = ticks;
		}
	}
}

static void tell_tsc(char *text, size_t size)
{
	uint64_t ns[2], ticks[2];

	both_clocks(&ns[0], &ticks[0]);
	nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	both_clocks(&ns[1], &ticks[1]);
	snprintf(text, size, "tsc_early_khz=%llu tsc=reliable", (unsigned long long)((ticks[1] - ticks[0]) * 1000000u / (ns[1] - ns[0])));
}
#else
static void tell_tsc(char *text, size_t size)
{
	snprintf(text, size, "tsc=reliable");
}
#endif

static int put_all(char **arguments, int fd)
{
	char number_of_fd[16], tsc[64];
	int rc;

	snprintf(number_of_fd, sizeof(number_of_fd), "%d", fd);
	tell_tsc(tsc, sizeof(tsc));
	rc = put(arguments, "@FD@", number_of_fd);
	return rc < 0 ? rc : put(arguments, "@TSC@", tsc);
}

static pid_t start(const struct rig_link *link, char **arguments)
{
	pid_t parent = getpid(), child = fork();

	if (child != 0) {
		if (child > 0 && link->ops->started)
			link->ops->started(link->self);
		return child;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	signal(SIGPIPE, SIG_DFL);
	if (link->ops->inherit)
		link->ops->inherit(link->self);
	execvp(arguments[0], arguments);
	fprintf(stderr, "boardd: %s: %s; install qemu-system-x86 (arm64: qemu-system-arm)\n", arguments[0], strerror(errno));
	_exit(127);
}

/* A number that changes while anything happens. */
static uint64_t activity(const struct options *options, const struct rig_device *device)
{
	uint64_t sum = rig_device_activity(device);
	struct stat file;

	for (unsigned int i = 0; i < options->watches; i++)
		if (stat(options->watch[i], &file) == 0)
			sum += (uint64_t)file.st_size;
	return sum;
}

/* Returns 0 when QEMU ended, SILENT_STATUS when nothing was heard of the guest, 130 after a signal, 1 when the link broke. */
static int serve(const struct options *options, const struct rig_link *link, struct rig_device *device)
{
	struct timespec now, heard;
	uint64_t last = 0, sum;
	int rc;

	clock_gettime(CLOCK_MONOTONIC, &heard);
	while (!stopped) {
		struct pollfd fds[RIG_LINK_FDS];
		int wait = rig_device_work(device);
		nfds_t count = link->ops->wait(link->self, fds);
		int ready = poll(fds, count, wait < 0 || wait > 1000 ? 1000 : wait);

		if (ready > 0) {
			rc = link->ops->serve(link->self, device, fds);
			if (rc < 0)
				return rc == -ENOTCONN ? 0 : 1;
		} else if (options->silent > 0) {
			clock_gettime(CLOCK_MONOTONIC, &now);
			if (wait == 0 && now.tv_sec == heard.tv_sec)
				continue;
			sum = activity(options, device);
			if (sum != last)
				heard = now;
			last = sum;
			if (now.tv_sec - heard.tv_sec > (time_t)options->silent)
				return SILENT_STATUS;
		}
	}
	return 130;
}

static int end(const struct options *options, const struct rig_device *device, pid_t child, int how)
{
	char line[256];
	int status = 0;

	if (how != 0)
		kill(child, SIGKILL);
	waitpid(child, &status, 0);
	rig_device_summary(device, line, sizeof(line));
	fprintf(stderr, "boardd: %s\n", line);
	if (how == SILENT_STATUS)
		fprintf(stderr, "boardd: nothing was heard of the guest for %lu s; it was ended\n", options->silent);
	if (how != 0)
		return how;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "boardd: QEMU ended with %s %d\n", WIFEXITED(status) ? "status" : "signal",
			WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
		return 1;
	}
	return rig_device_verdict(device);
}

int main(int argc, char **argv)
{
	struct options options = { .epoch_ns = QYRAN_EPOCH_NS };
	struct sigaction action = { .sa_handler = stop };
	struct rig_link link;
	struct rig_host host;
	struct rig_video *video;
	struct rig_device *device;
	char error[512] = "";
	int rc = parse(argc, argv, &options), fd = -1;

	if (rc != 0)
		return rc;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	rc = rig_video_new(options.clip, &video, error, sizeof(error));
	if (rc < 0) {
		fprintf(stderr, "%s\n", error[0] ? error : strerror(-rc));
		return 1;
	}
	rc = options.qtest ? rig_proxy_new(options.qtest, &link, &fd, &host) :
			     rig_ivshmem_new(options.ivshmem, options.ram, options.ram_base, &link, &host);
	if (rc == 0)
		rc = rig_device_new(&host, video, options.epoch_ns, !options.qtest, &device);
	if (rc == 0)
		rc = put_all(argv + optind, fd);
	if (rc < 0) {
		fprintf(stderr, "boardd: cannot set up the device: %s\n", strerror(-rc));
		return 1;
	}

	pid_t child = start(&link, argv + optind);

	if (child < 0) {
		perror("boardd: fork");
		return 1;
	}
	rc = end(&options, device, child, serve(&options, &link, device));
	link.ops->close(link.self);
	rig_device_free(device);
	rig_video_free(video);
	return rc;
}
