/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/config.h"
#include "qyrand/reader.h"
#include "qyrand/config_number.h"
#include "tests/unit/cases.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/qyran-config-XXXXXX";

static const char whole[] =
	"; a camera\n"
	"[camera]\n"
	"id=KZ-ALA-0001\n"
	"region=almaty\n"
	"place=Абай даңғылы 10\n"
	"latitude_e7=432380000\n"
	"longitude_e7=768890000\n"
	"state=state\n"
	"[device]\n"
	"spec=sim:clips/a clip.mkv\n"
	"pace=host\n"
	"[sensor]\n"
	"exposure_ns=2000000\n"
	"mono=yes\n"
	"width=1280\n"
	"height=720\n"
	"[privacy]\n"
	"mask.1=0 0 1920 40\n"
	"mask.2=8 1000 16 80\n"
	"[road]\n"
	"point.1=100 500 -3.5 10\n"
	"point.2=860 500 3.5 10\n"
	"point.3=600.5 200 3.5 40\n"
	"point.4=360 200 -3.5 40\n"
	"camera=4.25 -2 6\n"
	"[lane.1]\n"
	"left=-3.5\n"
	"right=0\n"
	"direction=toward\n"
	"[lane.2]\n"
	"left=0\n"
	"right=3.5\n"
	"direction=away\n"
	"use=bus\n"
	"[rule.speed]\n"
	"limit_kmh=60\n"
	"tolerance_kmh=5\n"
	"[rule.red_light]\n"
	"line=20\n"
	"far=15.125\n"
	"pin=3\n"
	"[rule.stop_line]\n"
	"line=20\n"
	"far=30\n"
	"pin=0\n"
	"[rule.wrong_way]\n"
	"distance=8\n"
	"[rule.standing]\n"
	"zone=-3.5 0 12 30\n"
	"limit_s=1.5\n"
	"[rule.bus_lane]\n"
	"[plates]\n"
	"formats=/usr/share/qyran/formats\n"
	"[reader]\n"
	"backend=xrt\n"
	"xclbin=reader.xclbin\n"
	"[seal]\n"
	"bundle=bundle\n"
	"root=keys/root.pub\n"
	"[publisher]\n"
	"path=outgoing\n";

static int load_bytes(const char *bytes, size_t size, struct qyran_config *ret, char *error)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
		return -EIO;
	memset(error, 0, 1024);
	return qyran_config_load(path, ret, error, 1024);
}

/* The whole configuration with the line that begins with @line replaced by @other; NULL @line: @other is added at the end. */
static int load_with(const char *line, const char *other, struct qyran_config *ret, char *error)
{
	char text[sizeof(whole) + 2048];
	const char *at = line ? strstr(whole, line) : whole + strlen(whole);

	if (!at)
		return -ENOENT;
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - whole), whole, other, line ? at + strlen(line) : "");
	return load_bytes(text, strlen(text), ret, error);
}

static void a_whole_configuration_is_read(void)
{
	static struct qyran_config config;
	char error[1024];

	CU_ASSERT_EQUAL_FATAL(load_bytes(whole, strlen(whole), &config, error), 0);
	CU_ASSERT_STRING_EQUAL(config.camera.id, "KZ-ALA-0001");
	CU_ASSERT_STRING_EQUAL(config.camera.namespace, "qyran");
	CU_ASSERT_STRING_EQUAL(config.camera.place, "Абай даңғылы 10");
	CU_ASSERT_STRING_EQUAL(config.camera.state, "/tmp/state");
	CU_ASSERT_STRING_EQUAL(config.device.spec, "sim:/tmp/clips/a clip.mkv");
	CU_ASSERT_STRING_EQUAL(config.plates.formats, "/usr/share/qyran/formats");
	CU_ASSERT_STRING_EQUAL(config.seal.root, "/tmp/keys/root.pub");
	CU_ASSERT(config.device.pace_host && config.sensor.mono && config.sensor.width == 1280 && config.sensor.height == 720 && !config.publisher.mqtt);
	CU_ASSERT_EQUAL(config.mask_count, 2);
	CU_ASSERT(config.masks[1].x == 8 && config.masks[1].y == 1000 && config.masks[1].width == 16 && config.masks[1].height == 80);
	CU_ASSERT_EQUAL(config.road.point_count, 4);
	CU_ASSERT_DOUBLE_EQUAL(config.road.points[2].u_px, 600.5, 1e-9);
	CU_ASSERT_EQUAL(config.road.points[3].x_mm, -3500);
	CU_ASSERT(config.road.camera_x_mm == 4250 && config.road.camera_y_mm == -2000 && config.road.camera_height_mm == 6000);
	CU_ASSERT_EQUAL(config.road.plate_height_mm, 550);
	CU_ASSERT_EQUAL(config.lane_count, 2);
	CU_ASSERT(config.lanes[0].toward && !config.lanes[0].bus && !config.lanes[1].toward && config.lanes[1].bus);
	for (int rule = 1; rule < QYRAN_RULES; rule++)
		CU_ASSERT(config.rules.on[rule]);
	CU_ASSERT(config.rules.red_light.far_mm == 15125 && config.rules.red_light.pin == 3);
	CU_ASSERT(config.rules.standing.near_mm == 12000 && config.rules.standing.limit_ms == 1500);
	CU_ASSERT(config.rules.wrong_way.distance_mm == 8000 && config.rules.bus_lane.height_mm == 2400);
	CU_ASSERT(config.plates.confidence == QYRAN_READ_CONFIDENCE && config.publisher.port == 8883);
	CU_ASSERT(config.reader.xrt && !*config.reader.program);
	CU_ASSERT_STRING_EQUAL(config.reader.xclbin, "/tmp/reader.xclbin");
	CU_ASSERT_STRING_EQUAL(config.reader.kernel, "plate_kernel");
}

static void each_wrong_line_is_named_with_what_is_allowed(void)
{
	static const struct { const char *line, *other, *said; } wrong[] = {
		{ "id=KZ-ALA-0001\n", "", ":2: [camera] id: missing; allowed: letters" },
		{ "id=KZ-ALA-0001\n", "id=a/b\n", ":3: [camera] id: \"a/b\" is not allowed" },
		{ "id=KZ-ALA-0001\n", "id=+\n", ":3: [camera] id:" },
		{ "id=KZ-ALA-0001\n", "id=\n", ":3: [camera] id:" },
		{ "id=KZ-ALA-0001\n", "id=one\nid=two\n", ":4: [camera] id: stands twice, first in line 3" },
		{ "id=KZ-ALA-0001\n", "identity=a\n", ":3: [camera] identity: no such key; allowed: id, region" },
		{ "[camera]\n", "id=x\n[camera]\n", ":2: id: stands before the first [section]" },
		{ "[camera]\n", "[camera\n", ":2: not understood" },
		{ "region=almaty\n", "region almaty\n", ":4: not understood" },
		{ "region=almaty\n", "=almaty\n", ":4: [camera]: a line without a key" },
		{ "place=Абай даңғылы 10\n", "place=\xc3\x28\n", ":5: [camera] place:" },
		{ "latitude_e7=432380000\n", "latitude_e7=900000001\n", ":6: [camera] latitude_e7:" },
		{ "latitude_e7=432380000\n", "latitude_e7=43.2\n", ":6: [camera] latitude_e7:" },
		{ "spec=sim:clips/a clip.mkv\n", "spec=clip.mkv\n", "[device] spec:" },
		{ "pace=host\n", "pace=fast\n", "allowed: host or scene" },
		{ "exposure_ns=2000000\n", "exposure_ns=-1\n", "[sensor] exposure_ns:" },
		{ "exposure_ns=2000000\n", "exposure_ns=0x10\n", "[sensor] exposure_ns:" },
		{ "exposure_ns=2000000\n", "exposure_ns=2e6\n", "[sensor] exposure_ns:" },
		{ "exposure_ns=2000000\n", "exposure_ns=99999999999999999999\n", "[sensor] exposure_ns:" },
		{ "mono=yes\n", "mono=true\n", "allowed: yes or no" },
		{ "height=720\n", "", "[sensor] width: give width and height, or neither" },
		{ "width=1280\n", "", "[sensor] height: give width and height, or neither" },
		{ "width=1280\n", "width=1284\n", "[sensor] width: not a multiple of 8" },
		{ "height=720\n", "height=721\n", "[sensor] height: not even" },
		{ "width=1280\n", "width=1928\n", "[sensor] width: \"1928\" is not allowed" },
		{ "mask.2=8 1000 16 80\n", "mask.2=8 1000 16 81\n", "[privacy] mask.2:" },
		{ "mask.2=8 1000 16 80\n", "mask.2=8 1000 16\n", "[privacy] mask.2:" },
		{ "mask.2=8 1000 16 80\n", "mask.2=8 1000 16 80 1\n", "[privacy] mask.2:" },
		{ "mask.2=8 1000 16 80\n", "mask.2=8 1000 0 80\n", "[privacy] mask.2:" },
		{ "mask.2=8 1000 16 80\n", "mask.3=8 1000 16 80\n", "mask.2 is missing" },
		{ "mask.2=8 1000 16 80\n", "mask.17=8 1000 16 80\n", "mask.17: no such key" },
		{ "mask.2=8 1000 16 80\n", "mask.02=8 1000 16 80\n", "mask.02: no such key" },
		{ "point.4=360 200 -3.5 40\n", "", "3 points; allowed: 4 to 32" },
		{ "point.4=360 200 -3.5 40\n", "point.5=360 200 -3.5 40\n", "point.4 is missing" },
		{ "point.4=360 200 -3.5 40\n", "point.4=360 200 -3.5 nan\n", "[road] point.4:" },
		{ "point.4=360 200 -3.5 40\n", "point.4=360 1081 -3.5 40\n", "[road] point.4:" },
		{ "point.4=360 200 -3.5 40\n", "point.4=600.5 200 -3.5 40\n", "the same place as point.3" },
		{ "camera=4.25 -2 6\n", "", "[road] camera: missing" },
		{ "camera=4.25 -2 6\n", "camera=4.25 -2 0\n", "[road] camera: height" },
		{ "camera=4.25 -2 6\n", "camera=4.25 -2 6\nplate_height=4.9\nplate_height.\n", "not understood" },
		{ "camera=4.25 -2 6\n", "camera=4.25 -2 2\nplate_height=3\n", "not below the camera's height" },
		{ "left=-3.5\n", "left=1\n", "[lane.1] left: not less than right" },
		{ "left=-3.5\n", "left=--3\n", "[lane.1] left:" },
		{ "left=0\n", "left=-1\n", "[lane.2] left: overlaps lane.1" },
		{ "[lane.2]\n", "[lane.3]\n", "[lane.2]: is missing" },
		{ "[lane.2]\n", "[lane.9]\n", "[lane.9]: no such section" },
		{ "direction=away\n", "direction=up\n", "allowed: toward or away" },
		{ "direction=away\n", "direction=toward\n", "[rule.stop_line] far: greater than line" },
		{ "direction=toward\n", "direction=away\n", "[rule.red_light] far: less than line" },
		{ "use=bus\n", "", "[rule.bus_lane]: needs a [lane.N] with use=bus" },
		{ "limit_kmh=60\n", "", "[rule.speed] limit_kmh: missing" },
		{ "limit_kmh=60\n", "limit_kmh=60km\n", "[rule.speed] limit_kmh:" },
		{ "[rule.speed]\n", "[rule.speeding]\n", "[rule.speeding]: no such section; allowed: camera" },
		{ "far=15.125\n", "far=20\n", "[rule.red_light] far: the same as line" },
		{ "pin=3\n", "", "[rule.red_light] pin: missing" },
		{ "pin=3\n", "pin=8\n", "[rule.red_light] pin:" },
		{ "zone=-3.5 0 12 30\n", "zone=0 -3.5 12 30\n", "[rule.standing] zone: left is not less" },
		{ "zone=-3.5 0 12 30\n", "zone=-3.5 0 30 12\n", "[rule.standing] zone: near is not less" },
		{ "limit_s=1.5\n", "limit_s=0\n", "[rule.standing] limit_s: not over 0" },
		{ "[plates]\nformats=/usr/share/qyran/formats\n", "", "[plates]: the section is missing" },
		{ "backend=xrt\n", "backend=gpu\n", "[reader] backend: \"gpu\" is not allowed; allowed: xrt or cpu" },
		{ "backend=xrt\n", "", "[reader] xclbin: belongs to backend=xrt, but backend=cpu" },
		{ "backend=xrt\nxclbin=reader.xclbin\n", "kernel=plates\n", "[reader] kernel: belongs to backend=xrt" },
		{ "xclbin=reader.xclbin\n", "", "[reader] xclbin: missing; backend=xrt needs it" },
		{ "xclbin=reader.xclbin\n", "xclbin=\n", "[reader] xclbin: \"\" is not allowed" },
		{ "xclbin=reader.xclbin\n", "xclbin=reader.xclbin\nkernel=a b\n", "[reader] kernel: \"a b\" is not allowed" },
		{ "root=keys/root.pub\n", "", "[seal] root: missing" },
		{ "path=outgoing\n", "", "[publisher] path: missing; kind=folder needs it" },
		{ "path=outgoing\n", "path=outgoing\nport=1883\n", "[publisher] port: belongs to kind=mqtt" },
		{ "path=outgoing\n", "kind=mqtt\nhost=broker\nca=a\ncertificate=b\n", "[publisher] key: missing; kind=mqtt needs it" },
		{ "path=outgoing\n", "kind=mqtt\nhost=broker\nport=65536\n", "[publisher] port:" },
		{ "path=outgoing\n", "path=outgoing\n[camera]\n", "[camera]: stands twice, first in line 2" },
	};
	static struct qyran_config config, before;
	char error[1024];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		memset(&config, 0x5a, sizeof(config));
		before = config;

		int rc = load_with(wrong[i].line, wrong[i].other, &config, error);
		bool said = rc < 0 && strncmp(error, path, strlen(path)) == 0 && strstr(error, wrong[i].said) && !strchr(error, '\n');

		if (!said)
			printf("# %s -> %d, \"%s\" instead of \"%s\"\n", wrong[i].other, rc, error, wrong[i].said);
		CU_ASSERT(said);
		CU_ASSERT(memcmp(&before, &config, sizeof(config)) == 0);
	}
}

static void a_file_that_is_no_configuration_is_refused(void)
{
	static struct qyran_config config;
	char error[1024], lines[4096];

	CU_ASSERT_EQUAL(qyran_config_load("/nowhere/q.ini", &config, error, sizeof(error)), -ENOENT);
	CU_ASSERT(strstr(error, "/nowhere/q.ini: cannot be opened: No such file") != NULL);
	CU_ASSERT(qyran_config_load("/tmp", &config, error, sizeof(error)) < 0);
	CU_ASSERT(qyran_config_load("/dev/zero", &config, error, sizeof(error)) < 0);
	CU_ASSERT(load_bytes("", 0, &config, error) < 0);
	CU_ASSERT(strstr(error, "[camera]: the section is missing") != NULL);
	CU_ASSERT(load_bytes("[camera]\nid=a\0b\n", 16, &config, error) < 0);
	CU_ASSERT(strstr(error, "zero bytes") != NULL);
	memset(lines, 'x', sizeof(lines));
	memcpy(lines, "[camera]\nid=", 12);
	CU_ASSERT(load_bytes(lines, sizeof(lines), &config, error) < 0);
	CU_ASSERT(strstr(error, ":2: longer than") != NULL);
	CU_ASSERT(load_with(NULL, "[rule.speed]", &config, error) < 0);
}

static void windows_line_ends_indents_and_marks_are_taken(void)
{
	static struct qyran_config config;
	char error[1024];

	CU_ASSERT_EQUAL(load_with("id=KZ-ALA-0001\n", "  id = KZ-ALA-0001 ; the camera\r\n\r\n\t# more\r\n", &config, error), 0);
	CU_ASSERT_STRING_EQUAL(config.camera.id, "KZ-ALA-0001");
	CU_ASSERT_EQUAL(load_with("; a camera\n", "\xef\xbb\xbf; a camera\n", &config, error), 0);
}

static void a_changed_byte_changes_the_version_of_the_rules(void)
{
	static struct qyran_config one, other;
	char error[1024];

	CU_ASSERT_EQUAL_FATAL(load_bytes(whole, strlen(whole), &one, error), 0);
	CU_ASSERT_EQUAL_FATAL(load_with("limit_kmh=60\n", "limit_kmh=61\n", &other, error), 0);
	CU_ASSERT(memcmp(one.hash, other.hash, sizeof(one.hash)) != 0);
}

static void numbers_are_strict(void)
{
	static const struct { const char *text; int64_t scale, value; int rc; } numbers[] = {
		{ "12", 1, 12, 0 }, { "-12", 1, -12, 0 }, { "+3", 1, 3, 0 }, { "1.5", 1000, 1500, 0 }, { "0.0005", 1000, 1, 0 }, { "0.00049", 1000, 0, 0 },
		{ "-0.1", 1000, -100, 0 }, { "1.", 1000, 0, -EINVAL }, { ".5", 1000, 0, -EINVAL }, { "", 1, 0, -EINVAL }, { "-", 1, 0, -EINVAL },
		{ "1.5", 1, 0, -EINVAL }, { "1e3", 1000, 0, -EINVAL }, { "inf", 1000, 0, -EINVAL }, { "9223372036854775808", 1, 0, -ERANGE },
		{ "922337203685477580", 1000, 0, -ERANGE },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const char *at = numbers[i].text;
		int64_t value = 0;

		CU_ASSERT_EQUAL(qyran_config_number(&at, numbers[i].scale, &value), numbers[i].rc);
		CU_ASSERT_EQUAL(value, numbers[i].value);
	}
}

/* Whatever stands in the file: 0, or one line and the output untouched. The seed is printed. */
static void random_damage_never_breaks_the_loader(void)
{
	static struct qyran_config config;
	unsigned char seed[randombytes_SEEDBYTES] = { 0 };
	const char *text = getenv("SEED");
	char error[1024], bytes[sizeof(whole)];
	uint32_t noise[8];
	int wrong = 0;

	memcpy(seed, text ? text : "1", text && strlen(text) < sizeof(seed) ? strlen(text) : 1);
	for (unsigned int round = 0; round < 3000; round++) {
		size_t size = strlen(whole);

		memcpy(bytes, whole, size);
		memcpy(seed + sizeof(seed) - sizeof(round), &round, sizeof(round));
		randombytes_buf_deterministic(noise, sizeof(noise), seed);
		for (unsigned int i = 0; i < 1 + noise[0] % 3; i++)
			bytes[noise[1 + i] % size] = (char)(noise[4 + i] >> 8 & (noise[4 + i] & 1 ? 0xff : 0x7f));
		if (noise[7] % 4 == 0)
			size = noise[7] / 4 % size;

		int rc = load_bytes(bytes, size, &config, error);

		if ((rc < 0) != (error[0] != '\0') || strchr(error, '\n') || rc > 0)
			wrong++;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

int main(void)
{
	static const struct test_case cases[] = {
		{ "a_whole_configuration_is_read", a_whole_configuration_is_read },
		{ "each_wrong_line_is_named_with_what_is_allowed", each_wrong_line_is_named_with_what_is_allowed },
		{ "a_file_that_is_no_configuration_is_refused", a_file_that_is_no_configuration_is_refused },
		{ "windows_line_ends_indents_and_marks_are_taken", windows_line_ends_indents_and_marks_are_taken },
		{ "a_changed_byte_changes_the_version_of_the_rules", a_changed_byte_changes_the_version_of_the_rules },
		{ "numbers_are_strict", numbers_are_strict },
		{ "random_damage_never_breaks_the_loader", random_damage_never_breaks_the_loader },
	};
	int file = mkstemp(path), rc;

	if (file < 0 || sodium_init() < 0)
		return 2;
	close(file);
	rc = test_cases_run("config", cases, sizeof(cases) / sizeof(cases[0]));
	unlink(path);
	return rc;
}
