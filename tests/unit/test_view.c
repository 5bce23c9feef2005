/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/view_picture.h"
#include "qyrand/view_socket.h"
#include "tests/unit/cases.h"
#include "view/compose.h"
#include "view/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64], states[96], frames[96], error[512];

static struct qyran_view_sockets *sockets_new(void)
{
	struct qyran_view_sockets *sockets = NULL;

	CU_ASSERT_EQUAL_FATAL(qyran_view_sockets_open(states, frames, &sockets, error, sizeof(error)), 0);
	return sockets;
}

static struct qyran_view_state state_of(uint64_t number)
{
	struct qyran_view_state state = { .magic = QYRAN_VIEW_MAGIC, .version = QYRAN_VIEW_VERSION, .number = number, .width = 64, .height = 48,
					  .temperature_mc = QYRAN_VIEW_UNKNOWN };

	state.size = (uint32_t)offsetof(struct qyran_view_state, tracks);
	return state;
}

static struct qyran_frame_batch *frame_of(uint64_t number)
{
	struct qyran_frame_batch *seen = calloc(1, sizeof(*seen));

	CU_ASSERT_PTR_NOT_NULL_FATAL(seen);
	seen->number = number;
	seen->info.width = 64;
	seen->info.height = 48;
	return seen;
}

/* A picture with one bright region at 16,8 of 8x4 pixels. */
static int picture_of(uint64_t number, struct qyran_view_picture *ret)
{
	static uint8_t pixels[8 * 4 * 2];
	struct qyran_frame_batch *seen = frame_of(number);
	int fd;

	memset(pixels, 200, sizeof(pixels));
	seen->region_count = 1;
	seen->regions[0] = (struct qyran_region){ .cut_x = 16, .cut_y = 8, .cut_w = 8, .cut_h = 4, .out_w = 8, .out_h = 4 };
	seen->region_pixels[0] = pixels;
	*ret = (struct qyran_view_picture){ .magic = QYRAN_VIEW_MAGIC, .version = QYRAN_VIEW_VERSION, .number = number, .width = 64, .height = 48 };
	fd = qyran_view_picture_regions(seen, ret);
	free(seen);
	CU_ASSERT_FATAL(fd >= 0);
	return fd;
}

static int knock(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	strcpy(address.sun_path, path);
	CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static bool is_cut_off(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET;
}

static void watchers_see_state_and_picture_of_one_frame(void)
{
	struct qyran_view_sockets *sockets = sockets_new();
	struct watch *watch = watch_new(states, frames);
	struct qyran_view_state state;
	struct qyran_view_picture about;
	struct watch_picture picture;
	int fd;

	watch_poll(watch);
	qyran_view_sockets_poll(sockets);
	CU_ASSERT_TRUE(qyran_view_sockets_watched(sockets));
	CU_ASSERT_TRUE(qyran_view_sockets_wanted(sockets));
	for (uint64_t number = 5; number < 8; number++) { /* the picture is of the second of three */
		state = state_of(number);
		qyran_view_sockets_state(sockets, &state);
		if (number == 6) {
			fd = picture_of(number, &about);
			qyran_view_sockets_picture(sockets, &about, fd);
			close(fd);
		}
	}
	CU_ASSERT_FALSE(qyran_view_sockets_wanted(sockets));
	CU_ASSERT_TRUE(watch_poll(watch));
	CU_ASSERT_EQUAL(watch_state(watch)->number, 6);
	CU_ASSERT_TRUE_FATAL(watch_take(watch, &picture));
	CU_ASSERT_EQUAL(picture.about.number, 6);
	CU_ASSERT_EQUAL_FATAL(watch_picture_map(&picture), 0);
	CU_ASSERT_EQUAL(picture.pixels[8 * 128 + 16 * 2], 200);
	CU_ASSERT_EQUAL(picture.pixels[12 * 128 + 16 * 2], 16);
	watch_picture_close(&picture);
	CU_ASSERT_TRUE(watch_poll(watch));
	CU_ASSERT_EQUAL(watch_state(watch)->number, 7);
	watch_free(watch);
	qyran_view_sockets_close(sockets);
}

static void nobody_changes_a_picture_that_others_look_at(void)
{
	struct qyran_view_picture about;
	int fd = picture_of(1, &about);

	CU_ASSERT_TRUE(write(fd, "x", 1) < 0 && errno == EPERM);
	CU_ASSERT_PTR_EQUAL(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
	close(fd);
}

static void who_watches_cannot_talk(void)
{
	struct qyran_view_sockets *sockets = sockets_new();
	int fd = knock(states);

	qyran_view_sockets_poll(sockets);
	CU_ASSERT_TRUE(qyran_view_sockets_watched(sockets));
	CU_ASSERT_EQUAL(send(fd, "decide otherwise", 16, MSG_NOSIGNAL), 16);
	qyran_view_sockets_poll(sockets);
	CU_ASSERT_FALSE(qyran_view_sockets_watched(sockets));
	CU_ASSERT_TRUE(is_cut_off(fd));
	close(fd);
	qyran_view_sockets_close(sockets);
}

static void who_asks_for_too_much_or_nonsense_gets_no_picture(void)
{
	struct qyran_view_sockets *sockets = sockets_new();
	struct qyran_view_want want = { QYRAN_VIEW_MAGIC, QYRAN_VIEW_VERSION };
	int greedy = knock(frames), garbled = knock(frames);

	for (unsigned int i = 0; i <= QYRAN_VIEW_WANTS; i++)
		send(greedy, &want, sizeof(want), MSG_NOSIGNAL);
	want.magic++;
	send(garbled, &want, sizeof(want), MSG_NOSIGNAL);
	qyran_view_sockets_poll(sockets);
	CU_ASSERT_FALSE(qyran_view_sockets_wanted(sockets));
	CU_ASSERT_TRUE(is_cut_off(greedy));
	CU_ASSERT_TRUE(is_cut_off(garbled));
	close(greedy);
	close(garbled);
	qyran_view_sockets_close(sockets);
}

/* Somebody else, who must neither get pictures nor, for states, be let in by the file's mode: 0, or what he could do. */
static int stranger(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct qyran_view_want want = { QYRAN_VIEW_MAGIC, QYRAN_VIEW_VERSION };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0), closed = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	if (setgid(65534) < 0 || setuid(65534) < 0)
		return 3;
	strcpy(address.sun_path, states);
	if (connect(closed, (struct sockaddr *)&address, sizeof(address)) == 0)
		return 4;
	strcpy(address.sun_path, frames);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return 5;
	return send(fd, &want, sizeof(want), MSG_NOSIGNAL) == sizeof(want) ? 0 : 6;
}

static void pictures_are_for_root_alone_and_states_for_the_group(void)
{
	struct qyran_view_sockets *sockets = sockets_new();
	struct stat about;
	pid_t pid;
	int status;

	CU_ASSERT_EQUAL_FATAL(stat(frames, &about), 0);
	CU_ASSERT_EQUAL(about.st_mode & 0777, 0600);
	CU_ASSERT_EQUAL_FATAL(stat(states, &about), 0);
	CU_ASSERT_EQUAL(about.st_mode & 0777, 0660);
	if (geteuid() != 0) {
		qyran_view_sockets_close(sockets);
		return;
	}
	chmod(frames, 0666); /* even then */
	chmod(folder, 0755);
	pid = fork();
	if (pid == 0) {
		status = stranger();
		qyran_view_sockets_close(sockets);
		_exit(status);
	}
	waitpid(pid, &status, 0);
	CU_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	qyran_view_sockets_poll(sockets);
	CU_ASSERT_FALSE(qyran_view_sockets_wanted(sockets));
	qyran_view_sockets_close(sockets);
}

static void who_does_not_read_holds_up_nobody(void)
{
	struct qyran_view_sockets *sockets = sockets_new();
	struct watch *watch = watch_new(states, "");
	int asleep = knock(states);
	uint64_t number;

	watch_poll(watch);
	qyran_view_sockets_poll(sockets);
	for (number = 0; number < 2000; number++) {
		struct qyran_view_state state = state_of(number);

		qyran_view_sockets_state(sockets, &state);
		watch_poll(watch);
		if (watch_state(watch)->number != number)
			break;
	}
	CU_ASSERT_EQUAL(number, 2000);
	close(asleep);
	watch_free(watch);
	qyran_view_sockets_close(sockets);
}

static void a_socket_left_over_is_replaced_and_one_in_use_is_not(void)
{
	struct qyran_view_sockets *sockets, *second = NULL;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	strcpy(address.sun_path, states);
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	sockets = sockets_new();
	CU_ASSERT_EQUAL(qyran_view_sockets_open(states, "", &second, error, sizeof(error)), -EADDRINUSE);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, states));
	qyran_view_sockets_close(sockets);
	CU_ASSERT_EQUAL(access(states, F_OK), -1);

	fd = open(states, O_CREAT | O_WRONLY, 0600); /* somebody's file */
	close(fd);
	CU_ASSERT_EQUAL(qyran_view_sockets_open(states, "", &second, error, sizeof(error)), -EADDRINUSE);
	CU_ASSERT_EQUAL(access(states, F_OK), 0);
	unlink(states);
}

/* A service that lies about what it sends. */
static void liar(void (*lie)(struct qyran_view_state *state))
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), fd;
	struct watch *watch = watch_new(states, "");
	struct qyran_view_state state = state_of(1);

	strcpy(address.sun_path, states);
	CU_ASSERT_EQUAL_FATAL(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	CU_ASSERT_EQUAL_FATAL(listen(listener, 1), 0);
	watch_poll(watch);
	fd = accept(listener, NULL, NULL);
	lie(&state);
	send(fd, &state, state.size < sizeof(state) ? state.size : sizeof(state), MSG_NOSIGNAL);
	watch_poll(watch);
	CU_ASSERT_PTR_NULL(watch_state(watch));
	CU_ASSERT_FALSE(watch_connected(watch));
	CU_ASSERT_PTR_NOT_NULL(strstr(watch_fault(watch), "not understood"));
	close(fd);
	close(listener);
	unlink(states);
	watch_free(watch);
}

static void too_many_movers(struct qyran_view_state *state) { state->mover_count = QYRAN_MOVERS_MAX + 1; }
static void too_many_regions(struct qyran_view_state *state) { state->region_count = UINT32_MAX; }
static void more_tracks_than_sent(struct qyran_view_state *state) { state->track_count = 3; }
static void another_version(struct qyran_view_state *state) { state->version++; }
static void a_size_too_small(struct qyran_view_state *state) { state->size = 16; }
static void endless_publisher(struct qyran_view_state *state) { memset(state->publisher, 'x', sizeof(state->publisher)); }
static void endless_text(struct qyran_view_state *state)
{
	state->track_count = 1;
	state->size += (uint32_t)sizeof(state->tracks[0]);
	memset(state->tracks[0].text, 'A', sizeof(state->tracks[0].text));
}
static void endless_trail(struct qyran_view_state *state)
{
	state->track_count = 1;
	state->size += (uint32_t)sizeof(state->tracks[0]);
	state->tracks[0].trail_count = 255;
}

static void what_is_not_sound_is_not_shown(void)
{
	liar(too_many_movers);
	liar(too_many_regions);
	liar(more_tracks_than_sent);
	liar(another_version);
	liar(a_size_too_small);
	liar(endless_publisher);
	liar(endless_text);
	liar(endless_trail);
}

static void a_picture_smaller_than_it_says_is_not_mapped(void)
{
	struct qyran_view_sockets *sockets = sockets_new();
	struct watch *watch = watch_new(states, frames);
	struct qyran_view_picture about;
	struct watch_picture picture;
	int fd = picture_of(1, &about);

	about.height = 1080;
	watch_poll(watch);
	qyran_view_sockets_poll(sockets);
	qyran_view_sockets_picture(sockets, &about, fd);
	watch_poll(watch);
	CU_ASSERT_FALSE(watch_take(watch, &picture));
	CU_ASSERT_FALSE(watch_pictures(watch));
	close(fd);
	watch_free(watch);
	qyran_view_sockets_close(sockets);
}

/* White, black and the three primaries of BT.601 as limited-range YUYV (ITU-R BT.601-7, table 3 and 4). */
static void colours_are_those_of_the_standard(void)
{
	static const struct { uint8_t y, u, v, r, g, b; } colours[] = {
		{ 235, 128, 128, 255, 255, 255 }, { 16, 128, 128, 0, 0, 0 }, { 81, 90, 240, 255, 0, 0 }, { 145, 54, 34, 0, 255, 0 }, { 41, 240, 110, 0, 0, 255 },
	};
	struct pixels *pixels = pixels_new();
	struct pixels_place place = pixels_fit(64, 48, 64, 48);
	uint8_t *from = malloc(64 * 48 * 2), *to = malloc(64 * 48 * 4);

	for (size_t c = 0; c < sizeof(colours) / sizeof(colours[0]); c++) {
		const uint8_t *at = to + (24 * 64 + 32) * 4;

		for (size_t i = 0; i < 64 * 48 * 2; i += 4)
			memcpy(from + i, (uint8_t[]){ colours[c].y, colours[c].u, colours[c].y, colours[c].v }, 4);
		CU_ASSERT_EQUAL(pixels_convert(pixels, from, 64, 48, 128, to, 256, &place), 0);
		CU_ASSERT_TRUE(abs(at[2] - colours[c].r) <= 3 && abs(at[1] - colours[c].g) <= 3 && abs(at[0] - colours[c].b) <= 3);
	}
	free(from);
	free(to);
	pixels_free(pixels);
}

static void pictures_keep_their_shape_on_any_display(void)
{
	struct pixels_place place = pixels_fit(1920, 1080, 1024, 768);

	CU_ASSERT_TRUE(place.x == 0 && place.width == 1024 && place.height == 576 && place.y == 96);
	place = pixels_fit(640, 480, 1920, 1080);
	CU_ASSERT_TRUE(place.y == 0 && place.height == 1080 && place.width == 1440 && place.x == 240);
	place = pixels_fit(0, 0, 640, 480);
	CU_ASSERT_TRUE(place.width == 640 && place.height == 480);
}

/* What is drawn is there: a decided track's box is red, a suspicious one's amber, at their places. */
static void boxes_are_drawn_where_they_are(void)
{
	struct compose *compose = compose_new(NULL);
	struct overlay_status status = { .fault = "", .source = "" };
	struct qyran_view_state state = state_of(1);
	uint8_t *to = calloc(640 * 480, 4), *at = to + (200 * 640 + 100) * 4;

	state.width = 640;
	state.height = 480;
	state.track_count = 1;
	state.tracks[0] = (struct qyran_view_track){ .box = { 100, 150, 200, 100 }, .flags = QYRAN_VIEW_TRACK_DECIDED };
	CU_ASSERT_EQUAL(compose_draw(compose, to, 640 * 4, 640, 480, NULL, &state, &status), 0);
	CU_ASSERT_TRUE(at[2] > 200 && at[1] < 100);
	state.tracks[0].flags = QYRAN_VIEW_TRACK_SUSPICIOUS;
	CU_ASSERT_EQUAL(compose_draw(compose, to, 640 * 4, 640, 480, NULL, &state, &status), 0);
	CU_ASSERT_TRUE(at[2] > 200 && at[1] > 120 && at[0] < 80);
	CU_ASSERT_EQUAL(to[(200 * 640 + 200) * 4 + 2], 0);
	free(to);
	compose_free(compose);
}

static const struct test_case cases[] = {
	{ "watchers_see_state_and_picture_of_one_frame", watchers_see_state_and_picture_of_one_frame },
	{ "nobody_changes_a_picture_that_others_look_at", nobody_changes_a_picture_that_others_look_at },
	{ "who_watches_cannot_talk", who_watches_cannot_talk },
	{ "who_asks_for_too_much_or_nonsense_gets_no_picture", who_asks_for_too_much_or_nonsense_gets_no_picture },
	{ "pictures_are_for_root_alone_and_states_for_the_group", pictures_are_for_root_alone_and_states_for_the_group },
	{ "who_does_not_read_holds_up_nobody", who_does_not_read_holds_up_nobody },
	{ "a_socket_left_over_is_replaced_and_one_in_use_is_not", a_socket_left_over_is_replaced_and_one_in_use_is_not },
	{ "what_is_not_sound_is_not_shown", what_is_not_sound_is_not_shown },
	{ "a_picture_smaller_than_it_says_is_not_mapped", a_picture_smaller_than_it_says_is_not_mapped },
	{ "colours_are_those_of_the_standard", colours_are_those_of_the_standard },
	{ "pictures_keep_their_shape_on_any_display", pictures_keep_their_shape_on_any_display },
	{ "boxes_are_drawn_where_they_are", boxes_are_drawn_where_they_are },
};

int main(void)
{
	int status;

	strcpy(folder, "/tmp/qyran-view-XXXXXX");
	if (!mkdtemp(folder))
		return 2;
	snprintf(states, sizeof(states), "%s/view", folder);
	snprintf(frames, sizeof(frames), "%s/frames", folder);
	status = test_cases_run("view", cases, sizeof(cases) / sizeof(cases[0]));
	rmdir(folder);
	return status;
}
