/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the tracks of a device's stream: what the tracker makes of it, without reading, sealing or keeping anything. */
#include "qyrand/batch.h"
#include "qyrand/rules.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: qyran-tracks [CONFIG] SPEC\n"
	"Prints a line for each vehicle in the stream of SPEC (sim:CLIP, record:FILE) and for each violation, without plates.\n"
	"Without CONFIG, or without [road] in it, tracks are counted, but have no speed.\n"
	"\n"
	"Exit status: 0 at the end of the stream; 1 when it could not be opened or broke off, and standard error says why; 2 wrong usage.\n";

static void print_track(const struct qyran_track *track)
{
	size_t count;
	const struct qyran_track_point *points = qyran_track_points(track, &count);
	int32_t cmh, u95_cmh, height_mm, length_mm;
	uint64_t last;
	struct qyran_box box = qyran_track_box(track, &last);

	qyran_track_size(track, &height_mm, &length_mm);
	printf("track %" PRIu64 " frames %" PRIu64 "-%" PRIu64 " points %zu%s lane %d", qyran_track_id(track), qyran_track_first_frame(track), last, count,
	       count && points->plate ? " of the plate" : "", qyran_track_lane(track));
	if (!qyran_track_speed(track, 0, UINT64_MAX, &cmh, &u95_cmh))
		printf(" speed %.2f +- %.2f km/h", cmh / 100.0, u95_cmh / 100.0);
	if (height_mm)
		printf(" height %.2f m", height_mm / 1000.0);
	printf(" last at %u,%u %ux%u requests %" PRIu32 "\n", box.x, box.y, box.width, box.height, qyran_track_request(track));
}

static void on_ended(void *context, struct qyran_track *track)
{
	struct qyran_rules *rules = context;
	struct qyran_violation *found = calloc(QYRAN_RULES, sizeof(*found));
	size_t count = found ? qyran_rules_end(rules, track, found) : 0;

	if (qyran_track_counted(track))
		print_track(track);
	for (size_t i = 0; i < count; i++)
		printf("violation %s track %" PRIu64 " time_ns %" PRIu64 " speed %.2f +- %.2f km/h lane %d\n", qyran_rule_name(found[i].rule),
		       qyran_track_id(track), found[i].time_ns, found[i].speed_cmh / 100.0, found[i].speed_u95_cmh / 100.0, found[i].lane);
	free(found);
}

static int play(struct qyran_device *device, struct qyran_tracker *tracker, struct qyran_rules *rules, struct qyran_batch *batch)
{
	const struct qyran_record_header *record;
	int rc;

	for (;;) {
		rc = qyran_device_next(device, &record, -1);
		if (rc == -EBADMSG)
			continue;
		if (rc < 0)
			break;
		const struct qyran_frame_batch *frame = qyran_batch_add(batch, record);

		if (!frame)
			continue;
		qyran_rules_frame(rules, frame);
		rc = qyran_tracker_frame(tracker, frame);
		if (rc < 0)
			return rc;
		for (size_t i = 0; i < qyran_tracker_count(tracker); i++) {
			bool best;

			qyran_rules_judge(rules, qyran_tracker_at(tracker, i), &best);
		}
	}
	return rc == -ENODATA ? 0 : rc;
}

int main(int argc, char **argv)
{
	struct qyran_config *config = calloc(1, sizeof(*config));
	struct qyran_device *device = NULL;
	struct qyran_road *road = NULL;
	struct qyran_rules *rules = NULL;
	struct qyran_tracker *tracker = NULL;
	struct qyran_batch *batch = qyran_batch_new();
	char error[512] = "no memory";
	bool usage_wrong = false;
	int rc = -ENOMEM;

	if (argc == 2 && !strcmp(argv[1], "--help")) {
		fputs(usage, stdout);
		rc = 0;
		goto out;
	}
	if (argc < 2 || argc > 3 || argv[1][0] == '-') {
		fputs(usage, stderr);
		usage_wrong = true;
		goto out;
	}
	if (!config || !batch)
		goto err;
	if (argc == 3 && (rc = qyran_config_load(argv[1], config, error, sizeof(error))) < 0)
		goto err;
	if (config->road.point_count && (rc = qyran_road_new(config, &road, error, sizeof(error))) < 0)
		goto err;
	const struct qyran_device_options options = { .epoch_ns = config->device.epoch_ns, .exposure_ns = config->sensor.exposure_ns,
						      .line_ns = config->sensor.line_ns, .mono = config->sensor.mono, .masks = config->masks,
						      .mask_count = config->mask_count, .regions = config->device.regions, .progress = true };

	rc = qyran_device_open(argv[argc - 1], &options, &device, error, sizeof(error));
	if (rc < 0)
		goto err;
	rc = qyran_rules_new(config, road, true, &rules);
	if (rc < 0)
		goto err;
	const struct qyran_tracker_events events = { .ended = on_ended, .context = rules };

	rc = qyran_tracker_new(config, road, &events, &tracker);
	if (rc < 0)
		goto err;
	rc = play(device, tracker, rules, batch);
	qyran_tracker_finish(tracker);
	struct qyran_batch_counts counts = qyran_batch_count(batch);

	printf("frames=%" PRIu64 " dropped=%" PRIu64 " tracks=%" PRIu64 " candidates=%" PRIu64 "\n", counts.frames, counts.dropped,
	       qyran_tracker_total(tracker), counts.candidates);
	if (rc == 0)
		goto out;
	snprintf(error, sizeof(error), "%s: the stream broke off after %" PRIu64 " frames: %s", argv[argc - 1], counts.frames, strerror(-rc));
err:
	fprintf(stderr, "qyran-tracks: %s\n", error);
out:
	qyran_tracker_free(tracker);
	qyran_rules_free(rules);
	qyran_device_close(device);
	qyran_road_free(road);
	qyran_batch_free(batch);
	free(config);
	return usage_wrong ? 2 : rc < 0;
}
