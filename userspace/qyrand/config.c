/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/config.h"
#include "qyrand/config_number.h"
#include "qyrand/config_source.h"
#include "qyrand/reader.h"

#include <errno.h>
#include <hw/hls/plate_kernel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EPOCH_NS UINT64_C(1767225637000000000)	/* 2026-01-01T00:00:00Z, TAI */

enum kind {
	NAME,		/* letters, digits, - _ . */
	TEXT,		/* UTF-8 */
	PLACE,		/* a path, relative to the file */
	SPEC,		/* SCHEME:REST, REST a path */
	INT32,
	UINT32,
	UINT64,
	PORT,
	METRES,		/* @count times int32_t, millimetres */
	SECONDS,	/* uint32_t, milliseconds */
	CHOICE,		/* bool; @allowed is "true-word or false-word" */
	POINT,
	MASK,
};

struct key {
	const char *section, *name;	/* a name that ends in `.` is followed by a number from 1 on */
	enum kind kind;
	size_t offset;			/* from the configuration, for lane.N from the lane */
	int64_t min, max;
	const char *allowed;
	bool needed;
	size_t size;			/* of the text's room; METRES: how many */
};

#define AT(member) offsetof(struct qyran_config, member)
#define ROOM(member) sizeof(((struct qyran_config *)0)->member)
#define NAMED "letters, digits, - _ . (at most 63)"
#define METRE_RANGE -2000, 2000

static const struct key keys[] = {
	{ "camera", "id", NAME, AT(camera.id), 0, 0, NAMED, true, ROOM(camera.id) },
	{ "camera", "region", NAME, AT(camera.region), 0, 0, NAMED, true, ROOM(camera.region) },
	{ "camera", "namespace", NAME, AT(camera.namespace), 0, 0, NAMED, false, ROOM(camera.namespace) },
	{ "camera", "place", TEXT, AT(camera.place), 0, 0, "UTF-8 text of at most 127 bytes", false, ROOM(camera.place) },
	{ "camera", "latitude_e7", INT32, AT(camera.latitude_e7), -900000000, 900000000, "degrees times 10^7, -900000000 to 900000000", false, 0 },
	{ "camera", "longitude_e7", INT32, AT(camera.longitude_e7), -1800000000, 1800000000, "degrees times 10^7, -1800000000 to 1800000000", false, 0 },
	{ "camera", "state", PLACE, AT(camera.state), 0, 0, "a directory for keys and outbox", false, ROOM(camera.state) },
	{ "device", "spec", SPEC, AT(device.spec), 0, 0, "kernel:DEVICE, sim:CLIP or record:FILE", false, ROOM(device.spec) },
	{ "device", "epoch_ns", UINT64, AT(device.epoch_ns), 0, INT64_MAX / 2, "nanoseconds TAI, 0 to 4611686018427387903", false, 0 },
	{ "device", "pace", CHOICE, AT(device.pace_host), 0, 0, "host or scene", false, 0 },
	{ "device", "regions", UINT32, AT(device.regions), 0, QYRAN_REGIONS_MAX, "0 (the logic's default) to 16", false, 0 },
	{ "sensor", "exposure_ns", UINT32, AT(sensor.exposure_ns), 0, 1000000000, "0 to 1000000000", false, 0 },
	{ "sensor", "line_ns", UINT32, AT(sensor.line_ns), 0, 10000000, "0 (global shutter) to 10000000", false, 0 },
	{ "sensor", "width", UINT32, AT(sensor.width), 64, QYRAN_WIDTH_MAX, "pixels, a multiple of 8, 64 to 1920", false, 0 },
	{ "sensor", "height", UINT32, AT(sensor.height), 48, QYRAN_HEIGHT_MAX, "pixels, even, 48 to 1080", false, 0 },
	{ "sensor", "mono", CHOICE, AT(sensor.mono), 0, 0, "yes or no", false, 0 },
	{ "privacy", "mask.", MASK, 0, 0, 0, "x y width height in pixels inside 1920x1080, none of them empty", false, QYRAN_MASKS_MAX },
	{ "road", "point.", POINT, 0, 0, 0, "u v x y: pixels inside 1920x1080, metres from -2000 to 2000", false, QYRAN_ROAD_POINTS_MAX },
	{ "road", "camera", METRES, AT(road.camera_x_mm), METRE_RANGE, "x y height, metres", true, 3 },
	{ "road", "plate_height", METRES, AT(road.plate_height_mm), 0, 5, "metres, 0 to 5", false, 1 },
	{ "lane.", "left", METRES, offsetof(struct qyran_lane, left_mm), METRE_RANGE, "metres, -2000 to 2000", true, 1 },
	{ "lane.", "right", METRES, offsetof(struct qyran_lane, right_mm), METRE_RANGE, "metres, -2000 to 2000", true, 1 },
	{ "lane.", "direction", CHOICE, offsetof(struct qyran_lane, toward), 0, 0, "toward or away", true, 0 },
	{ "lane.", "use", CHOICE, offsetof(struct qyran_lane, bus), 0, 0, "bus or general", false, 0 },
	{ "rule.speed", "limit_kmh", UINT32, AT(rules.speed.limit_kmh), 1, 300, "km/h, 1 to 300", true, 0 },
	{ "rule.speed", "tolerance_kmh", UINT32, AT(rules.speed.tolerance_kmh), 0, 100, "km/h, 0 to 100", false, 0 },
	{ "rule.red_light", "line", METRES, AT(rules.red_light.line_mm), METRE_RANGE, "y in metres", true, 1 },
	{ "rule.red_light", "far", METRES, AT(rules.red_light.far_mm), METRE_RANGE, "y in metres", true, 1 },
	{ "rule.red_light", "pin", UINT32, AT(rules.red_light.pin), 0, 7, "0 to 7", true, 0 },
	{ "rule.stop_line", "line", METRES, AT(rules.stop_line.line_mm), METRE_RANGE, "y in metres", true, 1 },
	{ "rule.stop_line", "far", METRES, AT(rules.stop_line.far_mm), METRE_RANGE, "y in metres", true, 1 },
	{ "rule.stop_line", "pin", UINT32, AT(rules.stop_line.pin), 0, 7, "0 to 7", true, 0 },
	{ "rule.wrong_way", "distance", METRES, AT(rules.wrong_way.distance_mm), 1, 200, "metres, 1 to 200", false, 1 },
	{ "rule.standing", "zone", METRES, AT(rules.standing.left_mm), METRE_RANGE, "left right near far, metres", true, 4 },
	{ "rule.standing", "limit_s", SECONDS, AT(rules.standing.limit_ms), 0, 86400, "seconds, over 0 to 86400", true, 1 },
	{ "rule.bus_lane", "distance", METRES, AT(rules.bus_lane.distance_mm), 1, 200, "metres, 1 to 200", false, 1 },
	{ "rule.bus_lane", "height", METRES, AT(rules.bus_lane.height_mm), 1, 5, "metres, 1 to 5", false, 1 },
	{ "plates", "formats", PLACE, AT(plates.formats), 0, 0, "a directory of plate formats", true, ROOM(plates.formats) },
	{ "plates", "confidence", UINT32, AT(plates.confidence), 1, 1000, "per mille, 1 to 1000", false, 0 },
	{ "reader", "backend", CHOICE, AT(reader.xrt), 0, 0, "xrt or cpu", false, 0 },
	{ "reader", "xclbin", PLACE, AT(reader.xclbin), 0, 0, "a file that tells XRT where the kernel is", false, ROOM(reader.xclbin) },
	{ "reader", "kernel", NAME, AT(reader.kernel), 0, 0, NAMED, false, ROOM(reader.kernel) },
	{ "reader", "program", PLACE, AT(reader.program), 0, 0, "a program that drives the accelerator", false, ROOM(reader.program) },
	{ "seal", "bundle", PLACE, AT(seal.bundle), 0, 0, "the authority's bundle of keys, a file", true, ROOM(seal.bundle) },
	{ "seal", "root", PLACE, AT(seal.root), 0, 0, "the authority's root key, a file", true, ROOM(seal.root) },
	{ "publisher", "kind", CHOICE, AT(publisher.mqtt), 0, 0, "mqtt or folder", false, 0 },
	{ "publisher", "path", PLACE, AT(publisher.path), 0, 0, "a directory", false, ROOM(publisher.path) },
	{ "publisher", "host", NAME, AT(publisher.host), 0, 0, "a host name or an IPv4 address", false, ROOM(publisher.host) },
	{ "publisher", "port", PORT, AT(publisher.port), 1, 65535, "1 to 65535", false, 0 },
	{ "publisher", "ca", PLACE, AT(publisher.ca), 0, 0, "a file of certificates", false, ROOM(publisher.ca) },
	{ "publisher", "certificate", PLACE, AT(publisher.certificate), 0, 0, "the camera's certificate, a file", false, ROOM(publisher.certificate) },
	{ "publisher", "key", PLACE, AT(publisher.key), 0, 0, "the camera's TLS key, a file", false, ROOM(publisher.key) },
	{ "view", "socket", PLACE, AT(view.socket), 0, 0, "a path for a socket", false, ROOM(view.socket) },
	{ "view", "frames", PLACE, AT(view.frames), 0, 0, "a path for a socket", false, ROOM(view.frames) },
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

/* Does @text fit the table's @pattern? One that ends in `.` is followed by a number from 1 to @most, written plainly. */
static bool fits(const char *pattern, const char *text, size_t most, size_t *ret_number)
{
	size_t length = strlen(pattern), number = 0;

	if (length == 0 || pattern[length - 1] != '.')
		return strcmp(pattern, text) == 0;
	if (strncmp(pattern, text, length) != 0 || text[length] == '0' || !text[length])
		return false;
	for (const char *at = text + length; *at; at++) {
		if (*at < '0' || *at > '9' || (number = number * 10 + (size_t)(*at - '0')) > most)
			return false;
	}
	*ret_number = number;
	return true;
}

static size_t most_of(const struct key *key)
{
	return key->kind == POINT || key->kind == MASK ? key->size : 0;
}

static bool section_known(const char *section)
{
	size_t number;

	for (size_t i = 0; i < KEYS; i++)
		if (fits(keys[i].section, section, QYRAN_LANES_MAX, &number))
			return true;
	return false;
}

static const struct key *key_find(const char *section, const char *name, size_t *ret_lane, size_t *ret_number)
{
	for (size_t i = 0; i < KEYS; i++)
		if (fits(keys[i].section, section, QYRAN_LANES_MAX, ret_lane) && fits(keys[i].name, name, most_of(&keys[i]), ret_number))
			return &keys[i];
	return NULL;
}

/* All keys of a section in one line, for who wrote one that does not exist. */
static void names_of(const char *section, char *ret, size_t size)
{
	size_t used = 0, number;

	ret[0] = '\0';
	for (size_t i = 0; i < KEYS; i++) {
		if (!fits(keys[i].section, section, QYRAN_LANES_MAX, &number))
			continue;
		int n = snprintf(ret + used, size - used, "%s%s%s", used ? ", " : "", keys[i].name, most_of(&keys[i]) ? "N" : "");

		if (n < 0 || (size_t)n >= size - used)
			return;
		used += (size_t)n;
	}
}

static int take_text(const char *value, size_t room, char *ret)
{
	if (!*value || strlen(value) >= room || !qyran_config_utf8(value))
		return -EINVAL;
	memcpy(ret, value, strlen(value) + 1);
	return 0;
}

/* A path relative to the configuration's folder. */
static int take_place(const char *file, const char *value, size_t room, char *ret)
{
	const char *slash = strrchr(file, '/');
	int folder = *value == '/' || !slash ? 0 : (int)(slash - file) + 1;

	if (!*value || !qyran_config_utf8(value) || (size_t)folder + strlen(value) >= room)
		return -EINVAL;
	snprintf(ret, room, "%.*s%s", folder, file, value);
	return 0;
}

static int take_spec(const char *file, const char *value, size_t room, char *ret)
{
	size_t scheme = strcspn(value, ":");

	if (scheme == 0 || scheme > 15 || !value[scheme] || strspn(value, "abcdefghijklmnopqrstuvwxyz") != scheme)
		return -EINVAL;
	snprintf(ret, room, "%.*s:", (int)scheme, value);
	return take_place(file, value + scheme + 1, room - scheme - 1, ret + scheme + 1);
}

static int take_choice(const char *allowed, const char *value, bool *ret)
{
	size_t first = strcspn(allowed, " ");

	if (strlen(value) == first && strncmp(value, allowed, first) == 0)
		*ret = true;
	else if (strcmp(value, allowed + first + strlen(" or ")) == 0)
		*ret = false;
	else
		return -EINVAL;
	return 0;
}

static int take_mask(const char *value, struct qyran_box *ret)
{
	int64_t n[4];

	if (qyran_config_numbers(value, 4, 1, 0, QYRAN_WIDTH_MAX, n) < 0 || n[2] == 0 || n[3] == 0 || n[0] + n[2] > QYRAN_WIDTH_MAX ||
	    n[1] + n[3] > QYRAN_HEIGHT_MAX)
		return -EINVAL;
	*ret = (struct qyran_box){ (uint16_t)n[0], (uint16_t)n[1], (uint16_t)n[2], (uint16_t)n[3] };
	return 0;
}

static int take_point(const char *value, struct qyran_road_point *ret)
{
	int64_t n[4];

	if (qyran_config_numbers(value, 4, 1000, -2000, 2000, n) < 0 || n[0] < 0 || n[0] > QYRAN_WIDTH_MAX * 1000 || n[1] < 0 ||
	    n[1] > QYRAN_HEIGHT_MAX * 1000)
		return -EINVAL;
	*ret = (struct qyran_road_point){ (double)n[0] / 1000, (double)n[1] / 1000, (int32_t)n[2], (int32_t)n[3] };
	return 0;
}

static int take_numbers(const struct key *key, const char *value, void *ret)
{
	size_t count = key->kind == METRES ? key->size : 1;
	int64_t n[4] = { 0 };
	int rc = qyran_config_numbers(value, count, key->kind == METRES || key->kind == SECONDS ? 1000 : 1, key->min, key->max, n);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		if (key->kind == METRES || key->kind == INT32)
			((int32_t *)ret)[i] = (int32_t)n[i];
		else if (key->kind == UINT64)
			*(uint64_t *)ret = (uint64_t)n[i];
		else if (key->kind == PORT)
			*(uint16_t *)ret = (uint16_t)n[i];
		else
			*(uint32_t *)ret = (uint32_t)n[i];
	}
	return 0;
}

static int take(const struct key *key, const char *file, const char *value, size_t lane, size_t number, struct qyran_config *config)
{
	void *at = (lane ? (char *)&config->lanes[lane - 1] : (char *)config) + key->offset;

	switch (key->kind) {
	case NAME:
		return qyran_config_name(value) ? take_text(value, key->size, at) : -EINVAL;
	case TEXT:
		return take_text(value, key->size, at);
	case PLACE:
		return take_place(file, value, key->size, at);
	case SPEC:
		return take_spec(file, value, key->size, at);
	case CHOICE:
		return take_choice(key->allowed, value, at);
	case MASK:
		config->mask_count++;
		return take_mask(value, &config->masks[number - 1]);
	case POINT:
		config->road.point_count++;
		return take_point(value, &config->road.points[number - 1]);
	default:
		return take_numbers(key, value, at);
	}
}

static int take_entry(struct qyran_config_source *source, const struct qyran_config_entry *entry, struct qyran_config *config)
{
	char names[400];
	size_t lane = 0, number = 0;

	if (!section_known(entry->section))
		return qyran_config_refuse(source, entry->line, entry->section, NULL,
					   "no such section; allowed: camera, device, sensor, privacy, road, lane.1 to lane.%d, rule.speed, rule.red_light, "
					   "rule.stop_line, rule.wrong_way, rule.standing, rule.bus_lane, plates, reader, seal, publisher", QYRAN_LANES_MAX);
	if (!*entry->key) {
		if (fits("lane.", entry->section, QYRAN_LANES_MAX, &lane))
			config->lane_count++;
		for (int rule = 1; rule < QYRAN_RULES; rule++)
			if (strncmp(entry->section, "rule.", 5) == 0 && strcmp(entry->section + 5, qyran_rule_name((enum qyran_rule)rule)) == 0)
				config->rules.on[rule] = true;
		return 0;
	}

	const struct key *key = key_find(entry->section, entry->key, &lane, &number);

	if (!key) {
		names_of(entry->section, names, sizeof(names));
		return qyran_config_refuse(source, entry->line, entry->section, entry->key, "no such key; allowed: %s", names);
	}
	if (take(key, source->path, entry->value, lane, number, config) < 0)
		return qyran_config_refuse(source, entry->line, entry->section, entry->key, "\"%.60s\" is not allowed; allowed: %s", entry->value, key->allowed);
	return 0;
}

/* Keys that a section needs, and sections that every camera needs. */
static int find_missing(struct qyran_config_source *source)
{
	static const char *const always[] = { "camera", "plates", "seal", "publisher" };

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (!qyran_config_find(source, always[i], ""))
			return qyran_config_refuse(source, 0, always[i], NULL, "the section is missing");
	for (size_t e = 0; e < source->count; e++) {
		const struct qyran_config_entry *section = &source->entries[e];
		size_t number;

		for (size_t i = 0; i < KEYS && !*section->key; i++)
			if (keys[i].needed && fits(keys[i].section, section->section, QYRAN_LANES_MAX, &number) &&
			    !qyran_config_find(source, section->section, keys[i].name))
				return qyran_config_refuse(source, section->line, section->section, keys[i].name, "missing; allowed: %s", keys[i].allowed);
	}
	return 0;
}

const char *qyran_rule_name(enum qyran_rule rule)
{
	static const char *const names[QYRAN_RULES] = { "none", "speed", "red_light", "stop_line", "wrong_way", "standing", "bus_lane" };

	return (unsigned int)rule < QYRAN_RULES ? names[rule] : "none";
}

static void defaults(struct qyran_config *config, const char *path)
{
	take_place(path, "state", sizeof(config->camera.state), config->camera.state);
	snprintf(config->camera.namespace, sizeof(config->camera.namespace), "qyran");
	config->device.epoch_ns = EPOCH_NS;
	config->device.regions = 8;
	config->road.plate_height_mm = 550;
	config->rules.wrong_way.distance_mm = 6000;
	config->rules.bus_lane.distance_mm = 6000;
	config->rules.bus_lane.height_mm = 2400;
	config->plates.confidence = QYRAN_READ_CONFIDENCE;
	snprintf(config->reader.kernel, sizeof(config->reader.kernel), PLATE_KERNEL_NAME);
	config->publisher.port = 8883;
}

int qyran_config_load(const char *path, struct qyran_config *ret, char *error, size_t error_size)
{
	struct qyran_config_source source = { .path = path, .error = error, .error_size = error_size };
	struct qyran_config *config = calloc(1, sizeof(*config));
	int rc = config ? qyran_config_read(&source) : -ENOMEM;

	if (rc == 0)
		defaults(config, path);
	for (size_t i = 0; rc == 0 && i < source.count; i++)
		rc = take_entry(&source, &source.entries[i], config);
	if (rc == 0)
		rc = find_missing(&source);
	if (rc == 0)
		rc = qyran_config_check(&source, config);
	if (rc == 0) {
		memcpy(config->hash, source.hash, sizeof(config->hash));
		*ret = *config;
	} else if (rc == -ENOMEM) {
		snprintf(error, error_size, "%s: no memory", path);
	}
	qyran_config_forget(&source);
	free(config);
	return rc;
}
