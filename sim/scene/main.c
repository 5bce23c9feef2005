/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qyran-scene: renders a road scene with known truth.
 *
 *   qyran-scene [--seed N] [--frames N] [--formats DIRECTORY] [--weather NAME] [--glare] [--aside M] [--roll DEG] [--zoom F] NAME DIRECTORY
 *   qyran-scene --list
 *
 * Writes into DIRECTORY (made when it is not there):
 *   clip.mkv      the frames, lossless (FFV1)
 *   signals.tsv   the signal's pins over time; only when the scene has a signal; the board plays them
 *   qyrand.ini    the camera's survey, lanes and rules; nothing about vehicles
 *   boxes.tsv     where the vehicles and their plates are in each frame, see papers.h
 *   truth.tsv     which vehicles came and what they did, see papers.h; its times are presentation times, without an epoch
 *
 * The same name and seed give the same bytes.
 */
#include "clip.h"
#include "film.h"
#include "papers.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIGHT_Y 5.5	/* metres: the middle of the view */

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "qyran-scene: %s: %s\n", what, why);
	return EXIT_FAILURE;
}

static const char usage[] =
	"usage: qyran-scene [OPTIONS] NAME DIRECTORY\n"
	"       qyran-scene --list\n"
	"Renders the scene NAME into DIRECTORY: clip.mkv, qyrand.ini (survey and rules), signals.tsv, truth.tsv and boxes.tsv.\n"
	"\n"
	"  --seed N             other plates, speeds, order and lanes (default 1)\n"
	"  --frames N           only the first N frames\n"
	"  --formats DIRECTORY  plate formats (default userspace/formats)\n"
	"  --weather NAME       sunny, overcast, rain or dusk, whatever the seed says\n"
	"  --glare              a low sun shines into the lens\n"
	"  --aside M            the camera hangs M metres farther right (-20 to 20) and looks at the same place of the road\n"
	"  --roll DEG           the camera is turned about its axis (-30 to 30)\n"
	"  --zoom F             a lens with F times the focal length (0.8 to 10)\n"
	"  --list               the scenes, one a line: name, what happens, frames\n";

static bool number(const char *text, uint64_t limit, uint64_t *ret)
{
	char *end;

	errno = 0;
	unsigned long long value = strtoull(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || value > limit)
		return false;
	*ret = value;
	return true;
}

static bool measure(const char *text, double low, double high, double *ret)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= low && value <= high))
		return false;
	*ret = value;
	return true;
}

struct job {
	struct scene_place place;
	struct scene scene;
	struct scene_cast cast;
	uint32_t frames;
	const char *directory;
};

enum paper { SURVEY, SIGNALS, TRUTH, BOXES };

static int write_paper(const struct job *job, enum paper paper)
{
	static const char *const names[] = { "qyrand.ini", "signals.tsv", "truth.tsv", "boxes.tsv" };
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", job->directory, names[paper]);
	if (paper == SIGNALS && job->cast.red_s < 0) {
		/* One left by another scene in the same directory would be played. */
		return unlink(path) && errno != ENOENT ? fail(path, strerror(errno)) : 0;
	}
	FILE *file = fopen(path, "w");
	if (!file)
		return fail(path, strerror(errno));
	if (paper == SURVEY)
		scene_survey_write(&job->scene, file);
	else if (paper == SIGNALS)
		scene_signals_write(&job->cast, file);
	else if (paper == BOXES)
		scene_boxes_write(&job->scene, &job->cast, job->frames, file);
	else
		scene_truth_write(&job->scene, &job->cast, job->frames, file);
	bool failed = ferror(file);
	if (fclose(file) || failed)
		return fail(path, "cannot be written: is the disk full?");
	return 0;
}

static int write_clip(const struct job *job, uint64_t seed)
{
	char path[PATH_MAX], part[PATH_MAX], error[256];
	struct scene_film *film = NULL;
	struct scene_clip *clip = NULL;
	int result, status;

	/* Under another name until it is whole: a camera may be playing an older one. */
	snprintf(path, sizeof path, "%s/clip.mkv", job->directory);
	snprintf(part, sizeof part, "%s/clip.part", job->directory);
	result = scene_film_new(&job->scene, &job->cast, seed, &film);
	if (result)
		return fail(job->scene.name, strerror(-result));
	const struct scene_camera *camera = scene_film_camera(film);
	result = scene_clip_new(part, camera->width, camera->height, job->scene.rate_num, job->scene.rate_den, &clip, error, sizeof error);
	if (result) {
		scene_film_free(film);
		return fail("clip", error);
	}
	for (uint32_t frame = 0; !result && frame < job->frames; frame++) {
		uint8_t *const *planes;
		const int *strides;

		result = scene_clip_frame(clip, &planes, &strides);
		if (!result)
			result = scene_film_frame(film, frame, planes, strides);
		if (!result)
			result = scene_clip_write(clip);
	}
	status = scene_clip_close(clip);
	scene_film_free(film);
	if (!result && !status && rename(part, path))
		status = -errno;
	if (result || status) {
		unlink(part);
		return fail(path, strerror(-(result ? result : status)));
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' }, { "frames", required_argument, NULL, 'n' },
		{ "formats", required_argument, NULL, 'f' }, { "list", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' }, { "weather", required_argument, NULL, 'w' },
		{ "glare", no_argument, NULL, 'g' }, { "aside", required_argument, NULL, 'a' },
		{ "roll", required_argument, NULL, 'r' }, { "zoom", required_argument, NULL, 'z' }, { NULL, 0, NULL, 0 },
	};
	const char *directory = "userspace/formats";
	uint64_t seed = 1, frames = 0;
	double aside = 0, roll = 0, zoom = 1;
	struct qyran_formats *formats;
	enum scene_weather weather;
	const struct scene *scene;
	uint32_t weathers = 0;
	bool glare = false;
	struct job job;
	char error[256] = "";
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's':
			if (!number(optarg, UINT64_MAX, &seed))
				return fail(optarg, "--seed wants a number from 0 on");
			break;
		case 'n':
			if (!number(optarg, 100000, &frames) || !frames)
				return fail(optarg, "--frames wants a number from 1 to 100000");
			break;
		case 'f':
			directory = optarg;
			break;
		case 'l':
			for (size_t i = 0; i < scene_count; i++)
				printf("%s\t%s\t%" PRIu32 "\n", scene_table[i].name, scene_table[i].about, scene_table[i].frames);
			return 0;
		case 'w':
			if (scene_weather_find(optarg, &weather))
				return fail(optarg, "--weather wants sunny, overcast, rain or dusk");
			weathers = 1u << weather;
			break;
		case 'g':
			glare = true;
			break;
		case 'a':
			if (!measure(optarg, -20, 20, &aside))
				return fail(optarg, "--aside wants metres from -20 to 20");
			break;
		case 'r':
			if (!measure(optarg, -30, 30, &roll))
				return fail(optarg, "--roll wants degrees from -30 to 30");
			break;
		case 'z':
			if (!measure(optarg, .8, 10, &zoom))
				return fail(optarg, "--zoom wants a factor from 0.8 to 10");
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return 2;
		}
	}
	if (argc - optind != 2) {
		fputs(usage, stderr);
		return 2;
	}
	scene = scene_find(argv[optind]);
	if (!scene)
		return fail(argv[optind], "no such scene; see qyran-scene --list");
	job.scene = *scene;
	job.place = *scene->place;
	job.scene.place = &job.place;
	job.scene.glare = glare;
	if (weathers)
		job.scene.weathers = weathers;
	job.place.camera_x += aside;
	job.place.yaw -= atan2(aside, SIGHT_Y - scene_camera(scene->place).at.y);
	job.place.roll = roll * M_PI / 180;
	job.place.zoom = zoom == 1 ? 0 : zoom;
	job.directory = argv[optind + 1];
	job.frames = frames && frames < job.scene.frames ? (uint32_t)frames : job.scene.frames;
	if (strlen(job.directory) > PATH_MAX - 32)
		return fail("the directory's name", "too long");
	int result = qyran_formats_open(directory, &formats, error, sizeof error);
	if (result) {
		fprintf(stderr, "qyran-scene: %s\n", error);
		return EXIT_FAILURE;
	}
	result = scene_cast(&job.scene, seed, formats, &job.cast);
	if (result)
		result = fail(directory, "holds no plate format of Kazakhstan (country = KZ); name another directory with --formats");
	else if (mkdir(job.directory, 0777) && errno != EEXIST)
		result = fail(job.directory, strerror(errno));
	else if (!(result = write_paper(&job, SURVEY)) && !(result = write_paper(&job, SIGNALS)) && !(result = write_paper(&job, TRUTH)) &&
		 !(result = write_paper(&job, BOXES)))
		result = write_clip(&job, seed);
	qyran_formats_close(formats);
	return result;
}
