/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/devices.h"
#include "lib/slots.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <qyran/record.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW (512u * 1024)		/* bytes read at a time; more than any record but PIXELS */
#define SEARCH_MAX (64u * 1024 * 1024)	/* so far into a file its first frame is looked for */
#define PIXELS_OFFSET (sizeof(struct qyran_record_header) + sizeof(struct qyran_frame_pixels))

_Static_assert(WINDOW > QYRAN_RECORD_MAX, "a record fits into the window");

struct recording {
	int file;
	char *path;
	uint8_t *window;	/* bytes of the file from @base on */
	uint64_t base;
	size_t filled;
	uint64_t at;		/* the next record's place in the file */
	bool damaged;		/* a damaged stretch has been reported and not been left */
	uint64_t time_ns;
	struct qyran_device_info info;
	struct qyran_slots slots;
	uint8_t *pixels[QYRAN_SLOTS];	/* whole PIXELS records */
	size_t room[QYRAN_SLOTS];
	uint64_t frame_record[sizeof(struct qyran_record_header) * 3 / sizeof(uint64_t)];
	char fault[512];
};

static int read_at(const struct recording *rec, void *to, size_t size, uint64_t at, size_t *ret_got)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = pread(rec->file, (uint8_t *)to + got, size - got, (off_t)(at + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	*ret_got = got;
	return 0;
}

/* Has the window hold @size bytes from rec->at on, or as many as the file still has. */
static int fill(struct recording *rec, size_t size, const uint8_t **ret_bytes, size_t *ret_got)
{
	if (rec->at < rec->base || rec->at - rec->base + size > rec->filled) {
		size_t got;
		int rc = read_at(rec, rec->window, WINDOW, rec->at, &got);

		if (rc < 0)
			return rc;
		rec->base = rec->at;
		rec->filled = got;
	}
	*ret_bytes = rec->window + (rec->at - rec->base);
	*ret_got = rec->filled - (size_t)(rec->at - rec->base);
	return 0;
}

/* The header at rec->at. Returns the length of its record, 0 at the end of the file, -EBADMSG or another negative errno. */
static int64_t look_header(struct recording *rec, struct qyran_record_header *ret)
{
	const uint8_t *bytes;
	size_t got;
	int rc = fill(rec, sizeof(*ret), &bytes, &got);

	if (rc < 0 || got == 0)
		return rc;
	if (got < sizeof(*ret))
		return -EBADMSG;
	memcpy(ret, bytes, sizeof(*ret));
	return qyran_record_check_header(ret, sizeof(*ret));
}

/* Reads the PIXELS record at rec->at into a slot's memory. Returns its length, 0 at the end of the file, -EBADMSG or another negative errno. */
static int64_t load_pixels(struct recording *rec, size_t length, uint32_t *ret_slot)
{
	uint32_t slot = qyran_slots_unused(&rec->slots);
	size_t got;

	if (slot == QYRAN_SLOT_NONE)
		return -ENOBUFS;
	if (rec->room[slot] < length) {
		uint8_t *more = aligned_alloc(QYRAN_RECORD_ALIGN, length);

		if (!more)
			return -ENOMEM;
		free(rec->pixels[slot]);
		rec->pixels[slot] = more;
		rec->room[slot] = length;
	}

	int rc = read_at(rec, rec->pixels[slot], length, rec->at, &got);

	if (rc < 0)
		return rc;
	*ret_slot = slot;
	return qyran_record_check(rec->pixels[slot], got);
}

/* The whole record at rec->at, of PIXELS in @ret_slot. Returns as look_header() does; -EBADMSG also when the file ends inside it. */
static int64_t look(struct recording *rec, const struct qyran_record_header **ret, uint32_t *ret_slot)
{
	struct qyran_record_header header;
	const uint8_t *bytes;
	size_t got;
	int64_t length = look_header(rec, &header);

	if (length <= 0)
		return length;
	if (le16toh(header.type) == QYRAN_RECORD_PIXELS) {
		length = load_pixels(rec, (size_t)length, ret_slot);
		if (length > 0)
			*ret = (const void *)rec->pixels[*ret_slot];
	} else {
		if ((rec->at - rec->base) % 8)
			rec->filled = 0;

		int rc = fill(rec, (size_t)length, &bytes, &got);

		if (rc < 0)
			return rc;
		length = qyran_record_check(bytes, got);
		*ret = (const void *)bytes;
	}
	return length == 0 ? -EBADMSG : length;
}

/* Goes to the end of a damaged record, if its header is sound and another one follows; else to the next sound header or the end of the file. */
static int skip_damage(struct recording *rec)
{
	static const uint8_t magic[] = { 'Q', 'Y', 'R', 'R' };
	struct qyran_record_header header;
	uint64_t begin = rec->at;
	int64_t length = look_header(rec, &header);

	if (length > 0) {
		rec->at = begin + (uint64_t)length;
		length = look_header(rec, &header);
		if (length > 0)
			return 0;
	}
	for (rec->at = begin + 1;;) {
		const uint8_t *bytes, *found;
		size_t got;
		int rc = fill(rec, sizeof(header), &bytes, &got);

		if (rc < 0)
			return rc;
		if (got < sizeof(header)) {
			rec->at += got;
			return 0;
		}
		found = memmem(bytes, got, magic, sizeof(magic));
		rec->at += found ? (size_t)(found - bytes) : got - (sizeof(magic) - 1);
		if (found) {
			length = look_header(rec, &header);
			if (length > 0 || (length < 0 && length != -EBADMSG))
				return length > 0 ? 0 : (int)length;
			rec->at++;
		}
	}
}

/* The pixels of the FRAME just read, if they follow. What is wrong with them the next call of next() says. */
static void take_pixels(struct recording *rec, uint64_t frame, uint64_t time_ns)
{
	const struct qyran_record_header *record;
	struct qyran_record_header header;
	uint32_t slot;

	if (look_header(rec, &header) > 0 && le16toh(header.type) == QYRAN_RECORD_PIXELS && le64toh(header.frame) == frame) {
		int64_t length = look(rec, &record, &slot);

		if (length > 0 && qyran_slots_put(&rec->slots, slot, frame, time_ns) == 0) {
			qyran_slots_recycle(&rec->slots);
			rec->at += (uint64_t)length;
			return;
		}
	}
	qyran_slots_bare(&rec->slots, frame);
}

static int record_next(void *self, const struct qyran_record_header **ret, int timeout_ms)
{
	struct recording *rec = self;
	(void)timeout_ms;

	for (;;) {
		const struct qyran_record_header *record;
		uint32_t slot;
		int64_t length = look(rec, &record, &slot);

		if (length == -EBADMSG) {
			uint64_t begin = rec->at;
			int rc = skip_damage(rec);

			if (rc < 0) {
				length = rc;
			} else if (rec->damaged) {
				continue;
			} else {
				rec->damaged = true;
				snprintf(rec->fault, sizeof(rec->fault), "%s: damaged at byte %llu; going on at the next sound record", rec->path,
					 (unsigned long long)begin);
				return -EBADMSG;
			}
		}
		if (length < 0) {
			snprintf(rec->fault, sizeof(rec->fault), "%s: cannot be read at byte %llu: %s", rec->path, (unsigned long long)rec->at,
				 strerror((int)-length));
			return (int)length;
		}
		if (length == 0)
			return -ENODATA;

		rec->damaged = false;
		rec->at += (uint64_t)length;
		if (le16toh(record->type) == QYRAN_RECORD_PIXELS)
			continue;
		rec->time_ns = le64toh(record->time_ns);
		if (le16toh(record->type) == QYRAN_RECORD_FRAME) {
			memcpy(rec->frame_record, record, sizeof(rec->frame_record));
			record = (const void *)rec->frame_record;
			take_pixels(rec, le64toh(record->frame), rec->time_ns);
		}
		*ret = record;
		return 0;
	}
}

/* Finds the size of the frames and whether any comes with pixels, then goes back to the start. */
static int survey(struct recording *rec, char *error, size_t error_size)
{
	const struct qyran_record_header *record;
	unsigned int frames = 0;
	uint32_t slot = QYRAN_SLOT_NONE;
	int64_t length;

	while (frames < QYRAN_SLOTS && !rec->info.frames && rec->at < SEARCH_MAX && (length = look(rec, &record, &slot)) != 0) {
		if (length == -EBADMSG)
			length = skip_damage(rec);
		else if (length > 0)
			rec->at += (uint64_t)length;
		if (length < 0) {
			snprintf(error, error_size, "%s: cannot be read: %s", rec->path, strerror((int)-length));
			return (int)length;
		}
		if (length == 0)
			continue;
		if (le16toh(record->type) == QYRAN_RECORD_PIXELS) {
			rec->info.frames = true;
		} else if (le16toh(record->type) == QYRAN_RECORD_FRAME && frames++ == 0) {
			const struct qyran_frame_info *frame = qyran_record_payload(record);

			rec->info.pins = QYRAN_PINS;	/* a recording does not tell which are connected */
			rec->info.width = le16toh(frame->width);
			rec->info.height = le16toh(frame->height);
			rec->info.version = QYRAN_RECORD_VERSION << 16;
		}
	}
	rec->at = 0;
	if (frames == 0) {
		snprintf(error, error_size, "%s: holds no frame's record; give a recording made by qyran-record", rec->path);
		return -EBADMSG;
	}
	return 0;
}

static void record_close(void *self)
{
	struct recording *rec = self;

	if (rec->file >= 0)
		close(rec->file);
	for (unsigned int i = 0; i < QYRAN_SLOTS; i++)
		free(rec->pixels[i]);
	qyran_slots_finish(&rec->slots);
	free(rec->window);
	free(rec->path);
	free(rec);
}

static int record_open(const char *path, const struct qyran_device_options *options, void **ret_self, char *error, size_t error_size)
{
	struct recording *rec = calloc(1, sizeof(*rec));
	struct stat about;
	int rc;
	(void)options;

	if (!rec) {
		snprintf(error, error_size, "%s: no memory", path);
		return -ENOMEM;
	}
	qyran_slots_init(&rec->slots);
	rec->path = strdup(path);
	rec->window = aligned_alloc(QYRAN_RECORD_ALIGN, WINDOW);
	rec->file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (!rec->path || !rec->window) {
		snprintf(error, error_size, "%s: no memory", path);
		rc = -ENOMEM;
	} else if (rec->file < 0 || fstat(rec->file, &about) != 0) {
		rc = -errno;
		snprintf(error, error_size, "%s: cannot be opened: %s; give a recording made by qyran-record", path, strerror(-rc));
	} else if (!S_ISREG(about.st_mode)) {
		snprintf(error, error_size, "%s: not a file; give a recording made by qyran-record", path);
		rc = -EINVAL;
	} else {
		rc = survey(rec, error, error_size);
	}
	if (rc < 0) {
		record_close(rec);
		return rc;
	}
	*ret_self = rec;
	return 0;
}

static void record_info(const void *self, struct qyran_device_info *ret)
{
	*ret = ((const struct recording *)self)->info;
}

static const char *record_fault(const void *self)
{
	return ((const struct recording *)self)->fault;
}

static int record_hold(void *self, uint64_t frame, struct qyran_frame *ret)
{
	struct recording *rec = self;
	uint64_t time_ns;
	uint32_t slot;
	int rc = qyran_slots_hold(&rec->slots, frame, &slot, &time_ns);

	if (rc < 0)
		return rec->info.frames ? rc : -ENODATA;

	const struct qyran_frame_pixels *about = (const void *)(rec->pixels[slot] + sizeof(struct qyran_record_header));

	*ret = (struct qyran_frame){
		.number = frame, .time_ns = time_ns, .pixels = rec->pixels[slot] + PIXELS_OFFSET, .fd = -1, .slot = slot,
		.width = le16toh(about->width), .height = le16toh(about->height), .stride = le32toh(about->stride),
	};
	return 0;
}

static void record_release(void *self, const struct qyran_frame *frame)
{
	qyran_slots_release(&((struct recording *)self)->slots, frame->slot, frame->number);
}

static int record_clock(void *self, uint64_t *ret_ns)
{
	*ret_ns = ((const struct recording *)self)->time_ns;
	return 0;
}

const struct qyran_device_ops qyran_device_record = {
	.abi = QYRAN_DEVICE_ABI,
	.scheme = "record",
	.open = record_open,
	.close = record_close,
	.info = record_info,
	.next = record_next,
	.fault = record_fault,
	.hold = record_hold,
	.release = record_release,
	.clock = record_clock,
};
