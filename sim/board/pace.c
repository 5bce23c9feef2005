/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/board/pace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SHOW_EVERY_NS 250000000u

struct sim_pace {
	bool host, progress, terminal;
	uint64_t frames, played, clocks;
	uint64_t begun_ns, shown_ns;
	uint64_t host_start_ns;
};

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int sim_pace_new(bool host, bool progress, uint64_t frames, struct sim_pace **ret)
{
	struct sim_pace *pace = calloc(1, sizeof(*pace));

	if (!pace)
		return -ENOMEM;
	pace->host = host;
	pace->progress = progress;
	pace->terminal = progress && isatty(STDERR_FILENO);
	pace->frames = frames;
	*ret = pace;
	return 0;
}

static void show(const struct sim_pace *pace, uint64_t now_ns)
{
	double seconds = (double)(now_ns - pace->begun_ns) / 1e9;

	fprintf(stderr, "\rframe %llu", (unsigned long long)pace->played);
	if (pace->frames)
		fprintf(stderr, " of %llu", (unsigned long long)pace->frames);
	fprintf(stderr, ", %.1f frames/s \033[K", seconds > 0 ? (double)pace->played / seconds : 0);
	fflush(stderr);
}

void sim_pace_free(struct sim_pace *pace)
{
	if (!pace)
		return;
	if (pace->progress && pace->played) {
		double seconds = (double)(monotonic_ns() - pace->begun_ns) / 1e9;

		fprintf(stderr, "%ssimulated %llu frames, %.1f million clocks in %.1f s: %.2f frames/s, %.2f million clocks/s\n",
			pace->terminal ? "\r\033[K" : "", (unsigned long long)pace->played, (double)pace->clocks / 1e6, seconds,
			(double)pace->played / seconds, (double)pace->clocks / 1e6 / seconds);
	}
	free(pace);
}

void sim_pace_wait(struct sim_pace *pace, uint64_t time_ns)
{
	uint64_t now_ns = monotonic_ns();

	if (!pace->begun_ns)
		pace->begun_ns = now_ns;
	if (!pace->host)
		return;
	if (!pace->host_start_ns)
		pace->host_start_ns = now_ns - time_ns;

	uint64_t due_ns = pace->host_start_ns + time_ns;
	struct timespec due = { .tv_sec = (time_t)(due_ns / 1000000000u), .tv_nsec = (long)(due_ns % 1000000000u) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
		;
}

void sim_pace_played(struct sim_pace *pace, uint64_t clocks)
{
	uint64_t now_ns = monotonic_ns();

	pace->played++;
	pace->clocks = clocks;
	if (pace->terminal && now_ns - pace->shown_ns >= SHOW_EVERY_NS) {
		pace->shown_ns = now_ns;
		show(pace, now_ns);
	}
}
