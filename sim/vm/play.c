/* SPDX-License-Identifier: Apache-2.0 */
/* When which frame is played. */
#include "sim/vm/parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PERIOD_NS 40000000u
#define UNLIMITED 0xffffffffu

void rig_play_reset(struct rig_device *device)
{
	memset(&device->play, 0, sizeof(device->play));
	device->play.epoch_ns = device->epoch_ns;
}

void rig_play_pace(struct rig_device *device, uint32_t value)
{
	device->play.pace = value == BENCH_PACE_HOST ? BENCH_PACE_HOST : BENCH_PACE_SCENE;
	qyran_board_set_pace(device->board, value == BENCH_PACE_HOST ? QYRAN_PACE_HOST : QYRAN_PACE_SCENE);
	device->play.changed = true;
}

void rig_play_command(struct rig_device *device, uint32_t value)
{
	struct rig_play *play = &device->play;

	/* A picture that the board still plays is borrowed from the video: it has to be in first. */
	while (qyran_board_playing(device->board))
		qyran_board_step(device->board, UINT32_MAX);
	play->more = play->ready = play->begun = false;
	play->changed = true;
	if (value != 1 || (play->source != BENCH_SOURCE_CLIP && play->source != BENCH_SOURCE_PATTERN))
		return;
	play->left = play->frames ? play->frames : UNLIMITED;
	play->epoch_of_play = play->epoch_ns;
	play->more = rig_video_start(device->video, play->source == BENCH_SOURCE_CLIP, play->period_ns ? play->period_ns : PERIOD_NS,
				     (uint8_t)play->pins) == 0;
}

/* The size that the logic takes, which it clamps as this does. */
static uint32_t clamp(uint32_t value, uint32_t least, uint32_t most, uint32_t multiple)
{
	value -= value % multiple;
	return value < least ? least : value > most ? most : value;
}

static bool fetch(struct rig_device *device)
{
	struct rig_play *play = &device->play;
	uint32_t caps = qyran_board_read(device->board, QYRAN_REG_CAPS_SIZE);
	uint32_t width = clamp(device->size_taken & 0xffff, 64, caps & 0xffff, 8);
	uint32_t height = clamp(device->size_taken >> 16, 48, caps >> 16, 2);

	if (!play->ready && play->more && play->left > 0)
		play->ready = rig_video_next(device->video, width, height, &play->next) == 0;
	if (!play->ready)
		play->more = false;
	return play->ready;
}

static bool reader_is_back(struct rig_device *device)
{
	return qyran_board_read(device->board, QYRAN_REG_RING_PRODUCER) == qyran_board_read(device->board, QYRAN_REG_RING_CONSUMER) &&
	       qyran_board_read(device->board, QYRAN_REG_SLOT_STATE) != 0;
}

/* Milliseconds until the next frame is due at pace host, 0 when it is. */
static int due(struct rig_play *play)
{
	uint64_t now = rig_now_ns(), at;

	if (!play->begun)
		return 0;
	at = play->begun_ns + play->next.time_ns;
	return at <= now ? 0 : (int)((at - now) / 1000000u) + 1;
}

static void begin(struct rig_device *device)
{
	struct rig_play *play = &device->play;
	int rc;

	if (!play->begun)
		play->begun_ns = rig_now_ns() - play->next.time_ns;
	play->begun = true;
	rc = qyran_board_begin(device->board, play->next.pixels, play->next.width, play->next.height, play->next.width * 2,
			       play->epoch_of_play + play->next.time_ns, play->next.pins);
	play->ready = false;
	if (rc < 0) {
		fprintf(stderr, "boardd: a frame of %ux%u cannot be played\n", play->next.width, play->next.height);
		play->more = false;
		return;
	}
	if (play->left != UNLIMITED)
		play->left--;
	play->under_way = device->busy = true;
}

static void finish(struct rig_device *device)
{
	device->play.under_way = false;
	device->play.changed = true;
	device->counts.frames++;
	/* On a board the line would still be high; here only a message tells of it. */
	if (device->irq_lost && qyran_board_irq(device->board))
		rig_device_level(device, true);
	device->irq_lost = false;
}

int rig_play_work(struct rig_device *device)
{
	struct rig_play *play = &device->play;
	int wait;

	if (device->busy)
		return 0;
	if (play->under_way)
		finish(device);
	if (!play->more || !device->run)
		return -1;
	if (play->pace == BENCH_PACE_SCENE && !play->changed)
		return -1;
	play->changed = false;
	if (play->pace == BENCH_PACE_SCENE && !reader_is_back(device))
		return -1;
	if (!fetch(device))
		return -1;
	wait = play->pace == BENCH_PACE_HOST ? due(play) : 0;
	if (wait > 0)
		return wait;
	begin(device);
	return 0;
}
