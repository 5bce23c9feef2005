/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/service_view.h"
#include "qyrand/health.h"
#include "qyrand/monotonic.h"
#include "qyrand/service_parts.h"
#include "qyrand/view_picture.h"
#include "qyrand/view_socket.h"

#include <endian.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRAIL_NS UINT64_C(1000000000)
#define SPEED_NS UINT64_C(2000000000)	/* a speed to look at: of the last two seconds */
#define LOOK_NS UINT64_C(1000000000)	/* temperature and outbox are looked at so often */
#define RATE_FRAMES 32u

/* A track's texts are fused anew only when there is another reading. */
struct known {
	uint64_t id, seen;
	size_t readings;
	uint16_t confidence;
	bool sure;
	char text[QYRAN_PLATE_TEXT_MAX + 1];
};

struct qyran_view {
	struct qyran_view_sockets *sockets;
	struct qyran_view_state state;
	struct known known[QYRAN_VIEW_TRACKS];
	struct qyran_reading fused;
	uint64_t stamps[RATE_FRAMES], frames;	/* of the latest frames */
	uint64_t looked_ns, dropped;
	bool watched;				/* since before this frame: who comes during one begins with the next, whole */
};

int qyran_view_open(const struct qyran_config *config, struct qyran_view **ret, char *error, size_t error_size)
{
	const char *runtime = getenv("RUNTIME_DIRECTORY");
	char states[QYRAN_PATH_MAX + 8];
	struct qyran_view *view = calloc(1, sizeof(*view));
	int rc;

	if (!view) {
		snprintf(error, error_size, "watchers: no memory");
		return -ENOMEM;
	}
	snprintf(states, sizeof(states), "%s", config->view.socket);
	if (!*states && runtime && strlen(runtime) < QYRAN_PATH_MAX)
		snprintf(states, sizeof(states), "%s/view", runtime);
	rc = qyran_view_sockets_open(states, config->view.frames, &view->sockets, error, error_size);
	if (rc < 0) {
		free(view);
		return rc;
	}
	*ret = view;
	return 0;
}

void qyran_view_close(struct qyran_view *view)
{
	if (!view)
		return;
	qyran_view_sockets_close(view->sockets);
	sodium_memzero(view, sizeof(*view));
	free(view);
}

/* The entry of a track; a new one takes the place of the one seen longest ago. */
static struct known *known_of(struct qyran_view *view, uint64_t id)
{
	struct known *found = &view->known[0];

	for (size_t i = 0; i < QYRAN_VIEW_TRACKS; i++) {
		if (view->known[i].id == id && view->known[i].seen)
			return &view->known[i];
		if (view->known[i].seen < found->seen)
			found = &view->known[i];
	}
	*found = (struct known){ .id = id };
	return found;
}

static void tell_text(struct qyran_view *view, const struct qyran_service *service, struct qyran_track *track, struct qyran_view_track *ret)
{
	struct known *known = known_of(view, ret->id);
	size_t count;
	const struct qyran_reading *const *readings = qyran_track_readings(track, &count);

	known->seen = view->frames;
	if (count != known->readings) {
		known->readings = count;
		qyran_reader_fuse(service->reader, readings, count, &view->fused);
		known->confidence = view->fused.status == QYRAN_READING_NOT_A_PLATE ? 0 : view->fused.confidence;
		known->sure = view->fused.status == QYRAN_READING_READ && view->fused.confidence >= service->config->plates.confidence;
		memcpy(known->text, view->fused.text, sizeof(known->text));
		if (known->confidence == 0)
			memset(known->text, 0, sizeof(known->text));
	}
	ret->confidence = known->confidence;
	memcpy(ret->text, known->text, sizeof(ret->text));
	if (known->sure)
		ret->flags |= QYRAN_VIEW_TRACK_SURE;
}

static void tell_trail(const struct qyran_service *service, const struct qyran_track *track, struct qyran_view_track *ret)
{
	size_t count, from;
	const struct qyran_track_point *points = qyran_track_points(track, &count);
	size_t step;

	for (from = count; from > 0 && points[from - 1].time_ns + TRAIL_NS >= service->time_ns; from--)
		;
	step = (count - from + QYRAN_VIEW_TRAIL - 1) / QYRAN_VIEW_TRAIL;
	for (size_t i = from; i < count && ret->trail_count < QYRAN_VIEW_TRAIL; i += step) {
		ret->trail[ret->trail_count].x = (int16_t)(points[i].u16 / 16);
		ret->trail[ret->trail_count++].y = (int16_t)(points[i].v16 / 16);
	}
}

void qyran_view_track(struct qyran_view *view, const struct qyran_service *service, struct qyran_track *track, enum qyran_suspicion suspicion)
{
	struct qyran_view_state *state = &view->state;
	struct qyran_view_track *ret = &state->tracks[state->track_count];
	uint64_t seen, since = service->time_ns > SPEED_NS ? service->time_ns - SPEED_NS : 0;
	struct qyran_box box = qyran_track_box(track, &seen);

	if (!view->watched || state->track_count == QYRAN_VIEW_TRACKS || seen != service->frame)
		return;
	*ret = (struct qyran_view_track){ .id = qyran_track_id(track), .box = box, .lane = qyran_track_lane(track) };
	if (qyran_track_counted(track))
		ret->flags |= QYRAN_VIEW_TRACK_VEHICLE;
	if (suspicion >= QYRAN_SUSPICIOUS)
		ret->flags |= QYRAN_VIEW_TRACK_SUSPICIOUS;
	if (suspicion >= QYRAN_DECIDED)
		ret->flags |= QYRAN_VIEW_TRACK_DECIDED;
	if (service->road && qyran_track_speed(track, since, service->time_ns, &ret->speed_cmh, &ret->speed_u95_cmh) == 0)
		ret->flags |= QYRAN_VIEW_TRACK_SPEED;
	tell_text(view, service, track, ret);
	tell_trail(service, track, ret);
	state->track_count++;
}

static void look_around(struct qyran_view *view, struct qyran_service *service)
{
	struct qyran_outbox_counts outbox = { 0 };
	uint64_t now = qyran_monotonic_ns();

	if (view->looked_ns && now - view->looked_ns < LOOK_NS)
		return;
	view->looked_ns = now;
	if (qyran_health_temperature(&view->state.temperature_mc) < 0)
		view->state.temperature_mc = QYRAN_VIEW_UNKNOWN;
	qyran_outbox_counts(service->outbox, &outbox);
	view->state.waiting = outbox.waiting;
	view->state.sealed = outbox.sealed;
	snprintf(view->state.publisher, sizeof(view->state.publisher), "%s", qyran_delivery_state(service->delivery));
}

/* Frames in 1000 s of the logic's clock, of the latest frames. */
static uint32_t rate_of(const struct qyran_view *view)
{
	uint64_t count = view->frames < RATE_FRAMES ? view->frames : RATE_FRAMES;
	uint64_t last, first;

	if (count < 2)
		return 0;
	last = view->stamps[(view->frames - 1) % RATE_FRAMES];
	first = view->stamps[(view->frames - count) % RATE_FRAMES];
	return last > first ? (uint32_t)((count - 1) * UINT64_C(1000000000000) / (last - first)) : 0;
}

static void tell_frame(struct qyran_view *view, struct qyran_service *service)
{
	const struct qyran_frame_batch *seen = service->seen;
	struct qyran_view_state *state = &view->state;

	look_around(view, service);
	state->magic = QYRAN_VIEW_MAGIC;
	state->version = QYRAN_VIEW_VERSION;
	state->size = (uint32_t)(offsetof(struct qyran_view_state, tracks) + state->track_count * sizeof(state->tracks[0]));
	state->number = seen->number;
	state->time_ns = seen->time_ns;
	state->width = le16toh(seen->info.width);
	state->height = le16toh(seen->info.height);
	state->frame_flags = le32toh(seen->info.flags);
	state->pins = le32toh(seen->info.pins);
	state->pin_count = service->info.pins;
	state->clock_steps = le32toh(seen->info.clock_steps);
	state->rate_mhz = rate_of(view);
	state->dropped = view->dropped;
	state->skipped = qyran_desk_skipped(service->desk);
	state->mover_count = (uint32_t)seen->mover_count;
	for (size_t i = 0; i < seen->mover_count; i++) {
		const struct qyran_mover *mover = &seen->movers[i];

		state->movers[i] = (struct qyran_view_mover){
			.box = { le16toh(mover->x), le16toh(mover->y), le16toh(mover->w), le16toh(mover->h) }, .flags = le32toh(mover->flags),
		};
	}
	state->region_count = (uint32_t)seen->region_count;
	for (size_t i = 0; i < seen->region_count; i++) {
		const struct qyran_region *region = &seen->regions[i];

		state->regions[i] = (struct qyran_view_region){
			.box = { le16toh(region->box_x), le16toh(region->box_y), le16toh(region->box_w), le16toh(region->box_h) },
			.score = le32toh(region->score),
		};
	}
	qyran_view_sockets_state(view->sockets, state);
}

/* The frame's picture as its owner has it, or what can be made of it. */
static void show_picture(struct qyran_view *view, struct qyran_service *service)
{
	const struct qyran_frame_batch *seen = service->seen;
	struct qyran_view_picture picture = {
		.magic = QYRAN_VIEW_MAGIC, .version = QYRAN_VIEW_VERSION, .number = seen->number, .time_ns = seen->time_ns,
		.width = le16toh(seen->info.width), .height = le16toh(seen->info.height),
	};
	struct qyran_frame frame;
	int fd = -1, rc = qyran_device_hold(service->device, seen->number, &frame);

	if (rc == 0 && frame.fd >= 0) {
		picture.stride = frame.stride;
		picture.kind = QYRAN_VIEW_DMABUF;
		qyran_view_sockets_picture(view->sockets, &picture, frame.fd);
	} else if (rc == 0) {
		fd = qyran_view_picture_copy(&frame, &picture);
	} else {
		fd = qyran_view_picture_regions(seen, &picture);
	}
	if (fd >= 0) {
		qyran_view_sockets_picture(view->sockets, &picture, fd);
		close(fd);
	}
	if (rc == 0)
		qyran_device_release(service->device, &frame);
}

void qyran_view_frame(struct qyran_view *view, struct qyran_service *service)
{
	const struct qyran_frame_info *info = &service->seen->info;

	view->stamps[view->frames++ % RATE_FRAMES] = service->time_ns;
	view->dropped += (uint64_t)le16toh(info->drop_movers) + le16toh(info->drop_regions) + (le32toh(info->slot) == QYRAN_SLOT_NONE);
	if (view->watched)
		tell_frame(view, service);
	if (qyran_view_sockets_wanted(view->sockets))
		show_picture(view, service);
	sodium_memzero(view->state.tracks, view->state.track_count * sizeof(view->state.tracks[0]));
	view->state.track_count = 0;
	qyran_view_sockets_poll(view->sockets);
	view->watched = qyran_view_sockets_watched(view->sockets);
}
