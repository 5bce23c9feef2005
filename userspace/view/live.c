/* SPDX-License-Identifier: Apache-2.0 */
#include "view/live.h"
#include "view/still.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 100		/* nothing has come: qyrand and the connector are looked after */
#define LOOK_MS 1000
#define RATE_FLIPS 32u

struct live {
	struct watch *watch;
	struct compose *compose;
	struct display *display;
	const struct live_wish *wish;
	struct watch_picture picture;		/* to be shown next; fd -1: none */
	bool lit, dirty, frozen, last, away_told, dark_told;	/* last: no more pictures after the flip that is under way */
	int way_told;
	uint64_t looked_ms, flip_ms[RATE_FLIPS], flips;
	uint32_t width, height;			/* of the pictures */
};

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The kernel's messages on devices that come and go; -1 where there are none: the connector is looked at each second anyway. */
static int uevents_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Returns true when one of them is about displays. */
static bool uevents_read(int fd)
{
	char text[4096];
	bool drm = false;
	ssize_t got;

	while (fd >= 0 && (got = recv(fd, text, sizeof(text), MSG_DONTWAIT)) > 0)
		drm |= memmem(text, (size_t)got, "SUBSYSTEM=drm", 13) != NULL;
	return drm;
}

static void tell_way(struct live *live, bool pictured)
{
	static const char *const words[] = {
		[DISPLAY_COMPOSED] = "converted and drawn into one buffer", [DISPLAY_OVERLAY] = "converted onto the primary plane, drawn on an overlay plane",
		[DISPLAY_PLANES] = "the camera's memory itself on a plane, drawn on an overlay plane",
	};
	enum display_way way = display_way(live->display);
	const char *refusal = display_refusal(live->display);

	if (live->way_told == (int)way)
		return;
	if (!pictured && watch_hopes(live->watch) && (!watch_state(live->watch) || watch_pictures(live->watch))) /* the first picture will tell */
		return;
	live->way_told = (int)way;
	fprintf(stderr, "qyran-view: %s: %s%s%s%s\n", display_about(live->display), words[way], *refusal ? " (not the camera's memory itself: " : "", refusal,
		*refusal ? ")" : "");
}

static void go_dark(struct live *live)
{
	if (live->lit)
		display_stop(live->display);
	live->lit = false;
	watch_picture_close(&live->picture);
}

/* Lights the display when there is one. Returns 0; a negative errno only where waiting for another one has no point. */
static int light(struct live *live, char *error, size_t error_size)
{
	bool asked = live->wish->display.connector || live->wish->display.mode;
	int rc = display_start(live->display, live->width, live->height, error, error_size);

	if (rc < 0) {
		if (rc != -ENOENT || (asked && !live->dark_told))
			return rc;
		if (!live->dark_told)
			fprintf(stderr, "qyran-view: %s; waiting for one\n", error);
		live->dark_told = true;
		return 0;
	}
	live->lit = live->dirty = live->dark_told = true;
	live->way_told = -1;
	return 0;
}

static int look_at_connector(struct live *live, bool now, char *error, size_t error_size)
{
	uint64_t time = now_ms();

	if (!now && time - live->looked_ms < LOOK_MS)
		return 0;
	live->looked_ms = time;
	if (live->lit && !display_check(live->display)) {
		fprintf(stderr, "qyran-view: %s has gone; waiting for a display\n", display_about(live->display));
		go_dark(live);
		live->dark_told = true;
	}
	return live->lit ? 0 : light(live, error, error_size);
}

static uint32_t shown_rate(const struct live *live)
{
	uint64_t count = live->flips < RATE_FLIPS ? live->flips : RATE_FLIPS, last, first;

	if (count < 2)
		return 0;
	last = live->flip_ms[(live->flips - 1) % RATE_FLIPS];
	first = live->flip_ms[(live->flips - count) % RATE_FLIPS];
	return last > first ? (uint32_t)((count - 1) * 1000000 / (last - first)) : 0;
}

static void draw_over(struct live *live, const struct display_canvas *canvas, const struct pixels_place *place, const struct qyran_view_state *state,
		      const struct overlay_status *status)
{
	cairo_surface_t *surface = cairo_image_surface_create_for_data(canvas->pixels, CAIRO_FORMAT_ARGB32, (int)canvas->width, (int)canvas->height,
								       (int)canvas->stride);
	cairo_t *cairo = cairo_create(surface);

	memset(canvas->pixels, 0, (size_t)canvas->stride * canvas->height);
	overlay_draw(compose_overlay(live->compose), cairo, canvas->width, canvas->height, place, state, status);
	cairo_surface_flush(surface);
	cairo_destroy(cairo);
	cairo_surface_destroy(surface);
}

/* Draws the next picture in the best way that the planes can do, and flips to it. */
static int show(struct live *live, const struct qyran_view_state *state, const struct overlay_status *status)
{
	struct watch_picture *picture = live->picture.fd >= 0 ? &live->picture : NULL;
	uint32_t width = picture ? picture->about.width : state ? state->width : 0, height = picture ? picture->about.height : state ? state->height : 0;
	struct display_canvas canvas;
	struct pixels_place place;
	int rc = 0;

	if (picture && display_import(live->display, picture) == 0) {
		canvas = display_overlay(live->display);
		place = pixels_fit(width, height, canvas.width, canvas.height);
		draw_over(live, &canvas, &place, state, status);
		return display_show(live->display, picture);
	}
	canvas = display_picture(live->display);
	if (display_way(live->display) == DISPLAY_COMPOSED) {
		rc = compose_draw(live->compose, canvas.pixels, canvas.stride, canvas.width, canvas.height, picture, state, status);
	} else {
		struct display_canvas over = display_overlay(live->display);

		place = pixels_fit(width, height, canvas.width, canvas.height);
		rc = compose_frame(live->compose, canvas.pixels, canvas.stride, canvas.width, canvas.height, picture);
		if (rc == 0)
			draw_over(live, &over, &place, state, status);
	}
	return rc < 0 ? rc : display_show(live->display, NULL);
}

/* The last picture stays, and a copy of it is written for who wants to compare. */
static int freeze(struct live *live, const struct qyran_view_state *state, const struct overlay_status *status, char *error, size_t error_size)
{
	uint32_t width, height;
	uint8_t *pixels;
	int rc;

	display_size(live->display, &width, &height);
	pixels = malloc((size_t)width * height * 4);
	rc = pixels ? compose_draw(live->compose, pixels, width * 4, width, height, live->picture.fd >= 0 ? &live->picture : NULL, state, status) : -ENOMEM;
	if (rc == 0)
		rc = still_png(live->wish->freeze, pixels, width, height);
	if (rc < 0)
		snprintf(error, error_size, "%s: cannot be written: %s", live->wish->freeze, strerror(-rc));
	free(pixels);
	live->frozen = true;
	return rc;
}

/* Shows what is new. Returns 0; 1 when all that was wished for has been shown; a negative errno. */
static int refresh(struct live *live, char *error, size_t error_size)
{
	const struct qyran_view_state *state = watch_state(live->watch);
	struct overlay_status status = { .fault = state ? "" : watch_fault(live->watch), .shown_mhz = shown_rate(live) };
	bool last = live->wish->flips && live->flips + 1 >= live->wish->flips;
	struct watch_picture next;
	bool pictured;
	int rc;

	if (live->last && (!live->lit || display_ready(live->display)))
		return 1;
	if (!live->lit || live->frozen || live->last || !live->dirty || !display_ready(live->display))
		return 0;
	if (watch_take(live->watch, &next)) {
		watch_picture_close(&live->picture);
		live->picture = next;
	}
	status.source = compose_source(live->picture.fd >= 0 ? &live->picture : NULL);
	if (last && live->wish->freeze && (rc = freeze(live, state, &status, error, error_size)) < 0)
		return rc;
	pictured = live->picture.fd >= 0;
	rc = show(live, state, &status);
	if (rc == -EBUSY)
		return 0;
	if (rc < 0) { /* what was lit may just have gone */
		if (live->lit && display_check(live->display)) {
			snprintf(error, error_size, "%s: cannot be drawn on: %s", display_about(live->display), strerror(-rc));
			return rc;
		}
		return 0;
	}
	tell_way(live, pictured);
	live->dirty = false;
	live->flip_ms[live->flips++ % RATE_FLIPS] = now_ms();
	watch_picture_close(&live->picture);
	watch_want(live->watch);
	live->last = last && !live->frozen;
	return 0;
}

static void follow(struct live *live)
{
	const struct qyran_view_state *state;

	if (watch_poll(live->watch))
		live->dirty = true;
	state = watch_state(live->watch);
	if (state && live->lit && state->width && (state->width != live->width || state->height != live->height) && live->width)
		fprintf(stderr, "qyran-view: pictures are %ux%u now\n", state->width, state->height);
	if (state && state->width) {
		live->width = state->width;
		live->height = state->height;
	}
	if (!state && !live->away_told && *watch_fault(live->watch)) {
		fprintf(stderr, "qyran-view: %s; waiting\n", watch_fault(live->watch));
		live->dirty = live->away_told = true;
	}
	if (state)
		live->away_told = false;
}

static int loop(struct live *live, int signals, int uevents, char *error, size_t error_size)
{
	int rc = look_at_connector(live, true, error, error_size);

	while (rc == 0) {
		struct pollfd polls[5] = { { .fd = signals }, { .fd = display_fd(live->display) }, { .fd = uevents } };
		int fds[2];

		watch_fds(live->watch, fds);
		polls[3].fd = live->dirty && live->lit ? -1 : fds[0]; /* what waits stays there until it can be shown */
		polls[4].fd = live->dirty && live->lit ? -1 : fds[1];
		for (int i = 0; i < 5; i++)
			polls[i].events = POLLIN;
		if (poll(polls, 5, TICK_MS) < 0 && errno != EINTR)
			return -errno;
		if (polls[0].revents)
			return 0;
		if (polls[1].revents && display_events(live->display) < 0)
			return -EIO;
		follow(live);
		rc = look_at_connector(live, polls[2].revents && uevents_read(uevents), error, error_size);
		if (rc == 0)
			rc = refresh(live, error, error_size);
	}
	return rc < 0 ? rc : 0;
}

int live_run(struct watch *watch, struct compose *compose, const struct live_wish *wish, char *error, size_t error_size)
{
	struct live live = { .watch = watch, .compose = compose, .wish = wish, .picture = { .fd = -1 }, .way_told = -1 };
	struct display_counts counts;
	sigset_t mask;
	int signals, uevents, rc = display_open(&wish->display, &live.display, error, error_size);

	if (rc < 0)
		return rc;
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGQUIT);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	uevents = uevents_open();
	rc = loop(&live, signals, uevents, error, error_size);
	if (rc < 0 && !*error)
		snprintf(error, error_size, "%s: broke off: %s", display_about(live.display), strerror(-rc));
	go_dark(&live);
	counts = display_count(live.display);
	if (counts.flips)
		fprintf(stderr, "qyran-view: shown %" PRIu64 " (planes %" PRIu64 ", overlay %" PRIu64 ", composed %" PRIu64 "), import refused %" PRIu64 "\n", counts.flips,
			counts.shown[DISPLAY_PLANES], counts.shown[DISPLAY_OVERLAY], counts.shown[DISPLAY_COMPOSED], counts.refused);
	display_close(live.display);
	if (uevents >= 0)
		close(uevents);
	close(signals);
	return rc;
}
