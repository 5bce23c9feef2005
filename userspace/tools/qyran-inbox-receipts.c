/* SPDX-License-Identifier: Apache-2.0 */
/* receipts: for a folder, and for what a broker brings. A receipt says: stored durably, and the authority can open it. */
#include "qyran-inbox.h"

#include "qyrand/files.h"
#include "qyrand/heartbeat.h"
#include "qyrand/log.h"
#include "qyrand/mqtt.h"
#include "qyrand/receipt.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ERROR_BYTES 4352

static struct qyran_secret_key *load_key(const struct inbox_options *options)
{
	struct qyran_secret_key *key = NULL;
	char path[PATH_MAX], error[ERROR_BYTES];

	snprintf(path, sizeof path, "%s/receipt.key", options->keys);
	if (qyran_keys_load(path, QYRAN_KEY_RECEIPT, &key, error, sizeof error) < 0)
		fprintf(stderr, "qyran-inbox: %s; name the authority's keys with --keys\n", error);
	return key;
}

/* Where this side holds a recipient's key, what does not open gets no receipt: the camera keeps it. */
static bool opens(struct inbox *inbox, const struct inbox_record *record)
{
	Qyran__V1__Violation *violation;

	if (inbox->recipient_count == 0)
		return true;
	violation = inbox_open(inbox, record, NULL, NULL);
	qyran_message_free(violation);
	return violation != NULL;
}

static int sync_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), code = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0 && errno != EINVAL)
		code = -errno;
	close(fd);
	return code;
}

static bool give_receipt(struct inbox *inbox, const struct inbox_record *record, const struct qyran_secret_key *key)
{
	char folder[PATH_MAX], receipts[PATH_MAX + 16], name[NAME_MAX];
	struct qyran_sealed sealed = { .epoch = record->chain.epoch, .sequence = record->chain.sequence };
	uint8_t *bytes;
	size_t size;
	int code;

	memcpy(sealed.camera, record->chain.camera, sizeof sealed.camera);
	memcpy(sealed.header_hash, record->chain.header_hash, sizeof sealed.header_hash);
	snprintf(folder, sizeof folder, "%s", record->path);
	char *slash = strrchr(folder, '/');

	if (slash)
		*slash = 0;
	snprintf(receipts, sizeof receipts, "%s/receipts", slash ? folder : ".");
	snprintf(name, sizeof name, "%s-%016" PRIx64 "-%010" PRIu64 ".receipt", sealed.camera, sealed.epoch, sealed.sequence);
	code = sync_path(record->path);
	if (!code)
		code = sync_path(slash ? folder : ".");
	if (!code)
		code = qyran_files_make_directory(receipts, 0755);
	if (!code)
		code = qyran_receipt_make(&sealed, key, &bytes, &size);
	if (!code) {
		code = qyran_files_replace(receipts, name, bytes, size, 0644);
		free(bytes);
	}
	if (code)
		inbox_refuse(inbox, record->path, "no receipt could be written to %s: %s", receipts, strerror(-code));
	return code == 0;
}

int inbox_receipts(const struct inbox_options *options)
{
	struct inbox inbox = { .options = options, .quiet = true };
	struct qyran_secret_key *key = load_key(options);
	size_t given = 0;
	int status = INBOX_UNUSABLE;

	if (!key)
		return INBOX_UNUSABLE;
	inbox_recipients(&inbox);
	if (!inbox_load(&inbox))
		goto out;
	for (size_t i = 0; i < inbox.count; i++)
		if (opens(&inbox, &inbox.records[i]) && give_receipt(&inbox, &inbox.records[i], key))
			given++;
	printf("receipts: %zu of %zu records\n", given, inbox.files);
	status = inbox_status(&inbox);
out:
	qyran_keys_free(key);
	inbox_clear(&inbox);
	return status;
}

/* The broker's side. */
struct station {
	struct inbox inbox;
	struct qyran_secret_key *key;
	struct qyran_mqtt *mqtt;
	uint64_t stored;
};

static volatile sig_atomic_t ended;

static void on_signal(int number)
{
	(void)number;
	ended = 1;
}

/* <namespace>/v1/<region>/<camera>/<leaf>: both names are checked before they are used. */
static bool split_topic(const char *namespace, const char *topic, char base[256], char camera[QYRAN_KEY_NAME_MAX], const char **ret_leaf)
{
	char text[256];
	size_t length = strlen(namespace);
	char *region, *name, *leaf;

	if (strlen(topic) >= sizeof text || strncmp(topic, namespace, length) != 0 || strncmp(topic + length, "/v1/", 4) != 0)
		return false;
	strcpy(text, topic);
	region = text + length + 4;
	name = strchr(region, '/');
	leaf = name ? strchr(name + 1, '/') : NULL;
	if (!leaf || strchr(leaf + 1, '/'))
		return false;
	*name++ = 0;
	*leaf++ = 0;
	if (!qyran_message_name(region) || !qyran_message_name(name))
		return false;
	snprintf(base, 256, "%s/v1/%s/%s", namespace, region, name);
	snprintf(camera, QYRAN_KEY_NAME_MAX, "%s", name);
	*ret_leaf = topic + (leaf - text);
	return true;
}

/* Returns false when it is not stored durably, or another record of this number is there: a fork. */
static bool store_record(struct station *station, const char *topic, const struct qyran_sealed *sealed, const uint8_t *bytes, size_t size,
			 struct inbox_record *ret)
{
	const char *store = station->inbox.options->store;
	char name[NAME_MAX], path[PATH_MAX];
	struct qyran_sealed old;
	uint8_t *old_bytes;
	size_t old_size;
	int code;

	snprintf(name, sizeof name, "%s-%016" PRIx64 "-%010" PRIu64 ".sealed", sealed->camera, sealed->epoch, sealed->sequence);
	snprintf(path, sizeof path, "%s/%s", store, name);
	if (qyran_files_read(path, QYRAN_SEALED_MAX, &old_bytes, &old_size) == 0) {
		bool same = false;

		if (qyran_sealed_parse(old_bytes, old_size, &old) == 0) {
			same = memcmp(old.header_hash, sealed->header_hash, QYRAN_HASH_BYTES) == 0;
			qyran_sealed_clear(&old);
		}
		free(old_bytes);
		if (!same) {
			char hex[17];

			sodium_bin2hex(hex, sizeof hex, sealed->header_hash, 8);
			snprintf(name, sizeof name, "%s-%016" PRIx64 "-%010" PRIu64 "-fork-%s.sealed", sealed->camera, sealed->epoch,
				 sealed->sequence, hex);
			qyran_files_replace(store, name, bytes, size, 0644);
			inbox_refuse(&station->inbox, topic, "another record %" PRIu64 " of this camera is stored already; kept as %s",
				     sealed->sequence, name);
			return false;
		}
	}
	code = qyran_files_replace(store, name, bytes, size, 0644);
	if (code) {
		inbox_refuse(&station->inbox, topic, "cannot store to %s: %s", path, strerror(-code));
		return false;
	}
	ret->path = strdup(path);
	return ret->path != NULL;
}

static void send_receipt(struct station *station, const char *base, const struct qyran_sealed *sealed)
{
	char topic[300];
	uint8_t *bytes;
	size_t size;
	int message;

	if (qyran_receipt_make(sealed, station->key, &bytes, &size) < 0)
		return;
	snprintf(topic, sizeof topic, "%s/receipt", base);
	if (qyran_mqtt_send(station->mqtt, topic, bytes, size, false, &message) == 0)
		station->stored++;
	free(bytes);
}

static void take_record(struct station *station, const char *topic, const char *base, const char *camera, const uint8_t *bytes, size_t size)
{
	struct inbox_record record = { .path = NULL };
	struct qyran_sealed sealed;

	if (!inbox_verify_bytes(&station->inbox, topic, bytes, size, &sealed))
		return;
	if (strcmp(sealed.camera, camera) != 0)
		inbox_refuse(&station->inbox, topic, "is a record of camera %s", sealed.camera);
	else if (store_record(station, topic, &sealed, bytes, size, &record) && opens(&station->inbox, &record))
		send_receipt(station, base, &sealed);
	free(record.path);
	qyran_sealed_clear(&sealed);
}

/* The chain's head never goes back: an old heartbeat does not hide a missing tail. */
static void take_heartbeat(struct station *station, const char *topic, const char *camera, const uint8_t *bytes, size_t size)
{
	const struct inbox_options *options = station->inbox.options;
	char path[PATH_MAX], name[NAME_MAX], error[ERROR_BYTES];
	struct qyran_heartbeat heartbeat, old;
	struct qyran_public_key key;
	uint8_t *old_bytes;
	size_t old_size;
	int code;

	snprintf(path, sizeof path, "%s/cameras/%s.pub", options->keys, camera);
	if (qyran_keys_load_public(path, QYRAN_KEY_CAMERA, &key, error, sizeof error) < 0 ||
	    qyran_heartbeat_parse(bytes, size, &key, &heartbeat) < 0) {
		inbox_refuse(&station->inbox, topic, "is no heartbeat of camera %s", camera);
		return;
	}
	snprintf(name, sizeof name, "%s-%016" PRIx64 ".heartbeat", heartbeat.camera, heartbeat.epoch);
	snprintf(path, sizeof path, "%s/%s", options->store, name);
	if (qyran_files_read(path, QYRAN_HEARTBEAT_MAX, &old_bytes, &old_size) == 0) {
		bool newer = qyran_heartbeat_parse(old_bytes, old_size, &key, &old) == 0 && old.sequence > heartbeat.sequence;

		free(old_bytes);
		if (newer)
			return;
	}
	code = qyran_files_replace(options->store, name, bytes, size, 0644);
	if (code)
		inbox_refuse(&station->inbox, topic, "cannot store to %s: %s", path, strerror(-code));
}

static void on_arrived(void *context, const char *topic, const uint8_t *bytes, size_t size)
{
	struct station *station = context;
	char base[256], camera[QYRAN_KEY_NAME_MAX];
	const char *leaf;

	if (!split_topic(station->inbox.options->namespace, topic, base, camera, &leaf))
		return;
	if (strcmp(leaf, "record") == 0)
		take_record(station, topic, base, camera, bytes, size);
	else if (strcmp(leaf, "heartbeat") == 0)
		take_heartbeat(station, topic, camera, bytes, size);
}

static bool split_host(const char *text, char host[256], uint16_t *ret_port)
{
	const char *colon = strrchr(text, ':');
	char *end;
	unsigned long port = colon ? strtoul(colon + 1, &end, 10) : 8883;

	if (colon && (*end || !colon[1]))
		return false;
	if (port < 1 || port > 65535 || (size_t)(colon ? colon - text : (ptrdiff_t)strlen(text)) >= 256)
		return false;
	snprintf(host, 256, "%.*s", (int)(colon ? colon - text : (ptrdiff_t)strlen(text)), text);
	*ret_port = (uint16_t)port;
	return *host != 0;
}

static int run_station(struct station *station, const struct inbox_options *options)
{
	char host[256], records[256], heartbeats[256], error[ERROR_BYTES] = "no memory";
	const char *subscriptions[] = { records, heartbeats, NULL };
	struct qyran_mqtt_options mqtt = {
		.client_id = "qyran-inbox",
		.keep_session = true,
		.host = host,
		.ca = options->ca,
		.certificate = options->certificate,
		.key = options->key,
		.subscriptions = subscriptions,
		.arrived = on_arrived,
		.context = station,
	};
	time_t until = time(NULL) + (time_t)options->seconds;

	if (!split_host(options->mqtt, host, &mqtt.port) || !qyran_message_name(options->namespace)) {
		fprintf(stderr, "qyran-inbox: --mqtt HOST:PORT and --namespace NAME are expected\n");
		return INBOX_UNUSABLE;
	}
	snprintf(records, sizeof records, "%s/v1/+/+/record", options->namespace);
	snprintf(heartbeats, sizeof heartbeats, "%s/v1/+/+/heartbeat", options->namespace);
	if (qyran_mqtt_open(&mqtt, &station->mqtt, error, sizeof error) < 0) {
		fprintf(stderr, "qyran-inbox: %s\n", error);
		return INBOX_UNUSABLE;
	}
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	while (!ended && (!options->seconds || time(NULL) < until) && (!options->count || station->stored < options->count))
		qyran_mqtt_poll(station->mqtt, 100);
	for (int i = 0; i < 5; i++)	/* lets the last receipts out */
		qyran_mqtt_poll(station->mqtt, 20);
	qyran_mqtt_close(station->mqtt);
	printf("receipts: %" PRIu64 " sent, %zu refused\n", station->stored, station->inbox.refused);
	return station->inbox.refused ? INBOX_FAULTS : INBOX_SOUND;
}

int inbox_receipts_mqtt(const struct inbox_options *options)
{
	struct station station = { .inbox = { .options = options, .quiet = true } };
	int status = INBOX_UNUSABLE, code;

	if (!options->store) {
		fprintf(stderr, "qyran-inbox: receipts --mqtt needs --store DIR: a receipt says that the record is kept\n");
		return INBOX_UNUSABLE;
	}
	code = qyran_files_make_directory(options->store, 0700);
	if (code) {
		fprintf(stderr, "qyran-inbox: %s: cannot make the directory: %s\n", options->store, strerror(-code));
		return INBOX_UNUSABLE;
	}
	station.key = load_key(options);
	inbox_recipients(&station.inbox);
	if (station.key)
		status = run_station(&station, options);
	qyran_keys_free(station.key);
	inbox_clear(&station.inbox);
	return status;
}
