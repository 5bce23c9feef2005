/* SPDX-License-Identifier: Apache-2.0 */
/* The doctor's checks of what is kept and sent: keys, bundle, outbox, disk, publisher. */
#include "qyrand/bundle.h"
#include "qyrand/health.h"
#include "qyrand/mqtt.h"
#include "qyrand/outbox.h"
#include "tools/doctor.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BROKER_PATIENCE_MS 5000
#define LITTLE_BYTES (64u << 20)	/* the least free room: about 70 of the largest records */
#define FEW_DAYS 3

static bool there(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 || errno != ENOENT;
}

static void key_path(const struct qyran_config *config, const char *name, char *ret, size_t size)
{
	snprintf(ret, size, "%s/%s", config->camera.state, name);
}

void doctor_check_keys(struct doctor *doctor)
{
	const struct qyran_config *config = doctor->config;
	struct qyran_secret_key *key;
	char path[QYRAN_PATH_MAX + 16], chain[QYRAN_PATH_MAX + 16], error[QYRAN_PATH_MAX + 512];
	int rc;

	key_path(config, "camera.key", path, sizeof(path));
	key_path(config, "outbox.db", chain, sizeof(chain));
	if (!there(path) && there(chain)) {
		doctor_say(doctor, DOCTOR_FAIL, "keys", "%s: is lost - put it back, or move %s away to begin a new chain", path, chain);
		return;
	}
	if (!there(path)) {
		doctor_say(doctor, DOCTOR_WARN, "keys", "%s: not made yet - run: qyranctl init CONFIG, and give camera.pub to the authority", path);
		return;
	}
	rc = qyran_keys_load(path, QYRAN_KEY_CAMERA, &key, error, sizeof(error));
	if (rc < 0) {
		doctor_say(doctor, DOCTOR_FAIL, "keys", "%s", error);
		return;
	}
	if (strcmp(key->public.name, config->camera.id) != 0)
		doctor_say(doctor, DOCTOR_FAIL, "keys", "%s: belongs to camera %s, the configuration names %s - give each camera a state directory", path,
			   key->public.name, config->camera.id);
	else
		doctor_say(doctor, DOCTOR_OK, "keys", "%s: readable by this user alone", path);
	qyran_keys_free(key);
}

void doctor_check_bundle(struct doctor *doctor)
{
	static struct qyran_bundle bundle;
	struct qyran_public_key root;
	char error[QYRAN_PATH_MAX + 512];

	if (qyran_keys_load_public(doctor->config->seal.root, QYRAN_KEY_ROOT, &root, error, sizeof(error)) < 0) {
		doctor_say(doctor, DOCTOR_FAIL, "root", "%s", error);
		return;
	}
	doctor_say(doctor, DOCTOR_OK, "root", "%s: the authority's root %s", doctor->config->seal.root, root.name);
	if (qyran_bundle_load(doctor->config->seal.bundle, &root, &bundle, error, sizeof(error)) < 0) {
		doctor_say(doctor, DOCTOR_FAIL, "bundle", "%s", error);
		return;
	}
	if (bundle.recipient_count == 0)
		doctor_say(doctor, DOCTOR_FAIL, "bundle", "%s: names nobody to seal for - get another one from the authority", doctor->config->seal.bundle);
	else
		doctor_say(doctor, DOCTOR_OK, "bundle", "version %" PRIu64 ", %zu recipients, %zu receipt keys", bundle.version, bundle.recipient_count,
			   bundle.receipt_count);
}

void doctor_check_outbox(struct doctor *doctor)
{
	const struct qyran_config *config = doctor->config;
	struct qyran_outbox_counts counts;
	struct qyran_outbox *outbox;
	uint64_t free_bytes = 0;
	char path[QYRAN_PATH_MAX + 16], error[QYRAN_PATH_MAX + 512];
	double days;
	int rc;

	key_path(config, "outbox.db", path, sizeof(path));
	if (!there(path)) {
		doctor_say(doctor, DOCTOR_OK, "outbox", "none yet; qyrand makes it");
		return;
	}
	rc = qyran_outbox_open(config, &outbox, error, sizeof(error));
	if (rc == -EBUSY) {
		doctor_say(doctor, DOCTOR_OK, "outbox", "in use by a running qyrand");
		return;
	}
	if (rc == 0) {
		rc = qyran_outbox_counts(outbox, &counts);
		snprintf(error, sizeof(error), "%s: cannot be read: %s - look at the disk", path, strerror(-rc));
		qyran_outbox_close(outbox);
	}
	if (rc < 0) {
		doctor_say(doctor, DOCTOR_FAIL, "outbox", "%s", error);
		return;
	}
	if (counts.sealed != counts.decided)
		doctor_say(doctor, DOCTOR_FAIL, "outbox", "%" PRIu64 " decided but %" PRIu64 " sealed - keep the directory and ask for help", counts.decided, counts.sealed);
	qyran_health_free_bytes(config, &free_bytes);
	days = qyran_health_days_left(config, counts.sealed, free_bytes);
	if (days >= 0 && days < FEW_DAYS)
		doctor_say(doctor, DOCTOR_WARN, "outbox", "%" PRIu64 " wait, room for %.1f more days - see to the publisher or the disk", counts.waiting, days);
	else
		doctor_say(doctor, DOCTOR_OK, "outbox", "%" PRIu64 " sealed, %" PRIu64 " published, %" PRIu64 " wait for a receipt", counts.sealed,
			   counts.published, counts.waiting);
}

void doctor_check_disk(struct doctor *doctor)
{
	const struct qyran_config *config = doctor->config;
	uint64_t free_bytes;
	int rc = qyran_health_free_bytes(config, &free_bytes);

	if (rc == -ENOENT)
		doctor_say(doctor, DOCTOR_WARN, "disk", "%s: not there yet - run: qyranctl init CONFIG", config->camera.state);
	else if (rc < 0)
		doctor_say(doctor, DOCTOR_FAIL, "disk", "%s: %s", config->camera.state, strerror(-rc));
	else if (access(config->camera.state, W_OK) != 0)
		doctor_say(doctor, DOCTOR_FAIL, "disk", "%s: cannot be written - make it writable for this user", config->camera.state);
	else
		doctor_say(doctor, free_bytes < LITTLE_BYTES ? DOCTOR_WARN : DOCTOR_OK, "disk", "%" PRIu64 " MiB free, room for at least %" PRIu64 " records%s",
			   free_bytes >> 20, free_bytes / QYRAN_SEALED_MAX, free_bytes < LITTLE_BYTES ? " - make room" : "");
}

static void check_folder(struct doctor *doctor)
{
	const char *path = doctor->config->publisher.path;
	struct stat about;

	if (stat(path, &about) != 0 && errno == ENOENT)
		doctor_say(doctor, DOCTOR_OK, "folder", "%s: not there yet; qyrand makes it", path);
	else if (stat(path, &about) != 0)
		doctor_say(doctor, DOCTOR_FAIL, "folder", "%s: %s", path, strerror(errno));
	else if (!S_ISDIR(about.st_mode))
		doctor_say(doctor, DOCTOR_FAIL, "folder", "%s: not a directory - name another path under [publisher]", path);
	else if (access(path, W_OK | X_OK) != 0)
		doctor_say(doctor, DOCTOR_FAIL, "folder", "%s: cannot be written - make it writable for this user", path);
	else
		doctor_say(doctor, DOCTOR_OK, "folder", "%s: writable", path);
}

/* Connects under a name of its own: the camera's name would push a running qyrand off the broker. */
static void check_broker(struct doctor *doctor)
{
	static const char *const nothing[] = { NULL };
	const struct qyran_config *config = doctor->config;
	char name[2 * QYRAN_NAME_MAX], error[QYRAN_PATH_MAX + 512];
	struct qyran_mqtt_options options = {
		.client_id = name, .host = config->publisher.host, .port = config->publisher.port, .ca = config->publisher.ca,
		.certificate = config->publisher.certificate, .key = config->publisher.key, .subscriptions = nothing,
	};
	struct qyran_mqtt *mqtt;
	struct stat about;

	snprintf(name, sizeof(name), "%s-doctor-%08x", config->camera.id, randombytes_random());
	if (stat(options.key, &about) == 0 && (about.st_mode & 077))
		doctor_say(doctor, DOCTOR_WARN, "tls", "%s: others can read it - chmod 600", options.key);
	if (qyran_mqtt_open(&options, &mqtt, error, sizeof(error)) < 0) {
		doctor_say(doctor, DOCTOR_FAIL, "broker", "%s", error);
		return;
	}
	for (int waited = 0; waited < BROKER_PATIENCE_MS && strcmp(qyran_mqtt_state(mqtt), "connected") != 0; waited += 100)
		qyran_mqtt_poll(mqtt, 100);
	if (strcmp(qyran_mqtt_state(mqtt), "connected") == 0)
		doctor_say(doctor, DOCTOR_OK, "broker", "%s:%u: reachable, TLS with this camera's certificate", options.host, options.port);
	else
		doctor_say(doctor, DOCTOR_FAIL, "broker", "%s:%u: %s - look at the network, the broker and the certificates; records wait in the outbox meanwhile",
			   options.host, options.port, qyran_mqtt_state(mqtt));
	qyran_mqtt_close(mqtt);
}

void doctor_check_publisher(struct doctor *doctor)
{
	if (doctor->config->publisher.mqtt)
		check_broker(doctor);
	else
		check_folder(doctor);
}
