/* SPDX-License-Identifier: Apache-2.0 */
/* Records what a device gives into a file that record:FILE plays again. */
#include <endian.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <qyran/device.h>
#include <qyran/record.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER (1u << 20)
#define WAIT_MS 200

static const char usage[] =
	"usage: qyran-record [options] SPEC FILE\n"
	"Records the stream of a device (kernel:DEVICE, sim:CLIP, record:FILE) into FILE, with each frame's pixels, for its owner alone.\n"
	"\n"
	"  --no-frames        leave the pixels of whole frames out: frames of the recording cannot be held\n"
	"  --epoch-ns N       stamp of the clip's first frame, TAI nanoseconds\n"
	"  --signals FILE     signal pins over time; default: signals.tsv beside the clip, if there\n"
	"  --exposure-ns N    what the sensor's driver would tell\n"
	"  --line-ns N        time from line to line; 0: global shutter\n"
	"  --mono             the sensor is mono or infrared\n"
	"  --mask X,Y,W,H     privacy mask, pixels; at most 16\n"
	"  --watch X,Y,W,H    watch box, pixels; at most 4\n"
	"  --regions N        plate regions a frame\n"
	"  --pace-host        the clock follows the host's instead of the clip\n"
	"  --size WxH         of a board's video, where no sensor's driver tells it\n"
	"  --count N          end after N frames; a board's stream ends with SIGINT or SIGTERM as well\n"
	"  --quiet            no progress, no line at the end\n"
	"\n"
	"Exit status: 0 when the whole stream is in FILE; 1 when not, and standard error says why; what was sound is in FILE then.\n";

struct settings {
	struct qyran_device_options options;
	struct qyran_box masks[QYRAN_MASKS_MAX], watches[QYRAN_WATCHES_MAX];
	bool frames;
	uint64_t count;
};

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
	(void)number;
	stopping = 1;
}

static int number(const char *option, const char *text, uint64_t most, uint64_t *ret)
{
	char *end;

	errno = 0;
	unsigned long long value = strtoull(text, &end, 10);

	if (errno || *end || end == text || *text == '-' || value > most) {
		fprintf(stderr, "qyran-record: --%s %s: not a number from 0 to %" PRIu64 "\n", option, text, most);
		return -EINVAL;
	}
	*ret = value;
	return 0;
}

static int add_box(const char *option, const char *text, struct qyran_box *boxes, size_t most, size_t *count)
{
	unsigned int x, y, width, height;
	char more;

	if (*count == most) {
		fprintf(stderr, "qyran-record: --%s %s: more than %zu\n", option, text, most);
		return -E2BIG;
	}
	if (sscanf(text, "%5u,%5u,%5u,%5u%c", &x, &y, &width, &height, &more) != 4 || x > 0xffff || y > 0xffff || width > 0xffff || height > 0xffff) {
		fprintf(stderr, "qyran-record: --%s %s: give x,y,width,height in pixels\n", option, text);
		return -EINVAL;
	}
	boxes[(*count)++] = (struct qyran_box){ .x = (uint16_t)x, .y = (uint16_t)y, .width = (uint16_t)width, .height = (uint16_t)height };
	return 0;
}

static int take_size(const char *text, struct qyran_device_options *to)
{
	char more;

	if (sscanf(text, "%5ux%5u%c", &to->width, &to->height, &more) == 2 && to->width && to->height)
		return 0;
	fprintf(stderr, "qyran-record: --size %s: give WIDTHxHEIGHT in pixels\n", text);
	return -EINVAL;
}

static int parse(int argc, char **argv, struct settings *settings)
{
	static const struct option options[] = {
		{ "no-frames", no_argument, NULL, 'n' },     { "epoch-ns", required_argument, NULL, 'e' },
		{ "signals", required_argument, NULL, 's' }, { "exposure-ns", required_argument, NULL, 'x' },
		{ "line-ns", required_argument, NULL, 'l' }, { "mono", no_argument, NULL, 'm' },
		{ "mask", required_argument, NULL, 'k' },    { "watch", required_argument, NULL, 'w' },
		{ "regions", required_argument, NULL, 'r' }, { "pace-host", no_argument, NULL, 'p' },
		{ "size", required_argument, NULL, 'z' },    { "count", required_argument, NULL, 'c' },
		{ "quiet", no_argument, NULL, 'q' },         { "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct qyran_device_options *to = &settings->options;
	uint64_t value = 0;
	int option, index = 0, rc = 0;

	while (rc == 0 && (option = getopt_long(argc, argv, "", options, &index)) != -1) {
		switch (option) {
		case 'n': settings->frames = false; break;
		case 'e': rc = number("epoch-ns", optarg, UINT64_MAX / 2, &to->epoch_ns); break;
		case 's': to->signals = optarg; break;
		case 'x': rc = number("exposure-ns", optarg, UINT32_MAX, &value); to->exposure_ns = (uint32_t)value; break;
		case 'l': rc = number("line-ns", optarg, UINT32_MAX, &value); to->line_ns = (uint32_t)value; break;
		case 'm': to->mono = true; break;
		case 'k': rc = add_box("mask", optarg, settings->masks, QYRAN_MASKS_MAX, &to->mask_count); break;
		case 'w': rc = add_box("watch", optarg, settings->watches, QYRAN_WATCHES_MAX, &to->watch_count); break;
		case 'r': rc = number("regions", optarg, QYRAN_REGIONS_MAX, &value); to->regions = (uint32_t)value; break;
		case 'p': to->pace_host = true; break;
		case 'z': rc = take_size(optarg, to); break;
		case 'c': rc = number("count", optarg, UINT64_MAX / 2, &settings->count); break;
		case 'q': to->progress = false; break;
		case 'h': fputs(usage, stdout); exit(0);
		default: rc = -EINVAL;
		}
	}
	if (rc == 0 && argc - optind != 2) {
		fputs(usage, stderr);
		rc = -EINVAL;
	}
	return rc;
}

/* Writes the pixels of a frame whose FRAME record has just been written. */
static int write_pixels(struct qyran_device *device, const struct qyran_record_header *frame_record, void **room, size_t *room_size, FILE *to)
{
	struct qyran_record_header header = *frame_record;
	struct qyran_frame frame;
	int rc = qyran_device_hold(device, le64toh(header.frame), &frame);

	if (rc == -ENODATA)
		return 0;
	if (rc < 0)
		return rc;

	size_t pixels = (size_t)frame.stride * frame.height;
	size_t payload = sizeof(struct qyran_frame_pixels) + pixels;
	size_t size = sizeof(header) + (payload + QYRAN_RECORD_ALIGN - 1) / QYRAN_RECORD_ALIGN * QYRAN_RECORD_ALIGN + sizeof(struct qyran_record_trailer);

	if (*room_size < size) {
		free(*room);
		*room_size = size;
		*room = aligned_alloc(QYRAN_RECORD_ALIGN, size);
	}
	if (!*room) {
		*room_size = 0;
		qyran_device_release(device, &frame);
		return -ENOMEM;
	}
	header.type = htole16(QYRAN_RECORD_PIXELS);
	header.payload = htole32((uint32_t)payload);

	struct qyran_record_header *record = *room;
	struct qyran_frame_pixels about = {
		.width = htole16((uint16_t)frame.width), .height = htole16((uint16_t)frame.height), .stride = htole32(frame.stride),
	};

	*record = header;
	memcpy(record + 1, &about, sizeof(about));
	memcpy((uint8_t *)(record + 1) + sizeof(about), frame.pixels, pixels);
	qyran_device_release(device, &frame);
	qyran_record_seal(record);
	return fwrite(record, size, 1, to) == 1 ? 0 : -EIO;
}

/* Copies the stream. Returns the exit status; @ret_written tells whether @to holds everything up to there. */
static int record_stream(struct qyran_device *device, const char *spec, const char *path, const struct settings *settings, FILE *to, bool *ret_written)
{
	const struct qyran_record_header *record;
	void *room = NULL;
	size_t room_size = 0;
	uint64_t frames = 0;
	int rc = 0, status = 0;

	*ret_written = true;
	while (*ret_written && ((rc = qyran_device_next(device, &record, WAIT_MS)) == 0 || rc == -EBADMSG || rc == -EAGAIN)) {
		if (stopping || rc == -EAGAIN) {
			if (!stopping)
				continue;
			rc = -ENODATA;
			break;
		}
		if (rc == -EBADMSG) {
			fprintf(stderr, "qyran-record: %s\n", qyran_device_fault(device));
			status = 1;
			continue;
		}
		*ret_written = fwrite(record, le32toh(record->length), 1, to) == 1;
		if (!*ret_written || le16toh(record->type) != QYRAN_RECORD_FRAME)
			continue;
		rc = settings->frames ? write_pixels(device, record, &room, &room_size, to) : 0;
		if (rc == -EIO)
			*ret_written = false;
		else if (rc == 0 && ++frames == settings->count)
			rc = -ENODATA;
		if (rc < 0)
			break;
	}
	free(room);
	if (*ret_written && fflush(to) == 0 && fsync(fileno(to)) == 0) {
		if (rc != -ENODATA) {
			const char *fault = qyran_device_fault(device);

			fprintf(stderr, "qyran-record: %s\n", *fault ? fault : strerror(-rc));
			status = 1;
		}
		return status;
	}
	*ret_written = false;
	fprintf(stderr, "qyran-record: %s: cannot be written while recording %s: %s; make room, or record elsewhere\n", path, spec, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	struct settings settings = { .frames = true, .options.progress = true };
	struct qyran_device *device;
	struct stat about;
	char error[512], part[4096];
	bool written;

	settings.options.masks = settings.masks;
	settings.options.watches = settings.watches;
	if (parse(argc, argv, &settings) < 0)
		return 2;

	const char *spec = argv[optind], *path = argv[optind + 1];

	const struct sigaction end = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	/* Whole frames are in it, of whoever drove past: for its owner alone. */
	umask(077);
	if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) {
		fprintf(stderr, "qyran-record: %s: is there and is no file; give another name\n", path);
		return 1;
	}
	if (qyran_device_open(spec, &settings.options, &device, error, sizeof(error)) < 0) {
		fprintf(stderr, "qyran-record: %s\n", error);
		return 1;
	}
	if ((size_t)snprintf(part, sizeof(part), "%s.part", path) >= sizeof(part)) {
		fprintf(stderr, "qyran-record: %s: the name is too long\n", path);
		qyran_device_close(device);
		return 1;
	}

	FILE *to = fopen(part, "we");

	if (!to) {
		fprintf(stderr, "qyran-record: %s: cannot be made: %s; give a file in a folder that you may write to\n", part, strerror(errno));
		qyran_device_close(device);
		return 1;
	}
	setvbuf(to, NULL, _IOFBF, BUFFER);

	int status = record_stream(device, spec, path, &settings, to, &written);

	qyran_device_close(device);
	if (fclose(to) != 0 && written) {
		fprintf(stderr, "qyran-record: %s: cannot be written: %s\n", part, strerror(errno));
		written = false;
	}
	if (!written) {
		unlink(part);
		return 1;
	}
	if (rename(part, path) != 0) {
		fprintf(stderr, "qyran-record: %s: cannot be named %s: %s\n", part, path, strerror(errno));
		unlink(part);
		return 1;
	}
	return status;
}
