/* SPDX-License-Identifier: Apache-2.0 */
#include "qyrand/health.h"
#include "qyrand/log.h"
#include "qyrand/service_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LITTLE_BYTES 65536	/* what an outbox needs to open */

static int open_device(struct qyran_service *service, char *error, size_t error_size)
{
	const struct qyran_config *config = service->config;
	const char *spec = service->options->device ? service->options->device : config->device.spec;
	struct qyran_device_options options = {
		.width = config->sensor.width, .height = config->sensor.height, .epoch_ns = config->device.epoch_ns, .pace_host = config->device.pace_host, .regions = config->device.regions,
		.exposure_ns = config->sensor.exposure_ns, .line_ns = config->sensor.line_ns, .mono = config->sensor.mono,
		.masks = config->masks, .mask_count = config->mask_count, .progress = isatty(STDERR_FILENO),
	};

	if (!*spec) {
		snprintf(error, error_size, "no device; give --device, or spec= in the configuration's [device]");
		return -EINVAL;
	}

	int rc = qyran_device_open(spec, &options, &service->device, error, error_size);

	if (rc == 0)
		qyran_device_info(service->device, &service->info);
	return rc;
}

static int open_outbox(struct qyran_service *service, char *error, size_t error_size)
{
	uint64_t free_bytes;
	int rc = qyran_outbox_open(service->config, &service->outbox, error, error_size);

	if (rc < 0 && qyran_health_free_bytes(service->config, &free_bytes) == 0 && free_bytes < LITTLE_BYTES)
		snprintf(error + strlen(error), error_size - strlen(error), "; the disk is full: make room on it");
	return rc;
}

static int open_reader(struct qyran_service *service, char *error, size_t error_size)
{
	const struct qyran_config *config = service->config;
	const struct reader_xrt_options options = { .program = config->reader.program, .xclbin = config->reader.xclbin, .kernel = config->reader.kernel };
	struct reader_backend *accelerator;
	int rc = qyran_reader_new(service->formats, &service->reader);

	if (rc < 0) {
		snprintf(error, error_size, "%s: the reader cannot use these formats: %s", config->plates.formats, strerror(-rc));
		return rc;
	}
	if (!config->reader.xrt)
		return 0;
	rc = reader_xrt_new(&options, &accelerator);
	if (rc == 0) {
		qyran_reader_use(service->reader, accelerator);
		service->accelerator = accelerator;
	}
	return rc;
}

static int make_parts(struct qyran_service *service)
{
	const struct qyran_config *config = service->config;
	struct qyran_tracker_events events = qyran_service_events(service);
	uint32_t pins = service->info.pins;
	bool enough = (!config->rules.on[QYRAN_RULE_RED_LIGHT] || config->rules.red_light.pin < pins) &&
		      (!config->rules.on[QYRAN_RULE_STOP_LINE] || config->rules.stop_line.pin < pins);
	int rc = qyran_rules_new(config, service->road, enough, &service->rules);

	if (rc == 0)
		rc = qyran_tracker_new(config, service->road, &events, &service->tracker);
	if (rc == 0)
		rc = qyran_desk_new(service->reader, !service->info.realtime, &service->desk);
	if (rc == 0 && (!(service->batch = qyran_batch_new()) || !(service->verdicts = calloc(QYRAN_RULES, sizeof(*service->verdicts)))))
		rc = -ENOMEM;
	if (rc < 0)
		qyran_log(QYRAN_LOG_ERROR, "tracker and rules cannot start: %s", strerror(-rc));
	else if (qyran_rules_off(service->rules))
		qyran_log(QYRAN_LOG_WARNING, "%s", qyran_rules_off(service->rules));
	return rc;
}

int qyran_service_open(struct qyran_service *service)
{
	const struct qyran_config *config = service->config;
	char error[QYRAN_PATH_MAX + 512] = "";
	int rc = 0;

	if (config->road.point_count > 0)
		rc = qyran_road_new(config, &service->road, error, sizeof(error));
	if (rc == 0)
		rc = qyran_formats_open(config->plates.formats, &service->formats, error, sizeof(error));
	if (rc == 0)
		rc = open_reader(service, error, sizeof(error));
	if (rc == 0)
		rc = open_outbox(service, error, sizeof(error));
	if (rc == 0)
		rc = qyran_delivery_open(config, service->outbox, &service->delivery, error, sizeof(error));
	if (rc == 0)
		rc = qyran_view_open(config, &service->view, error, sizeof(error));
	if (rc == 0)
		rc = open_device(service, error, sizeof(error));
	if (rc < 0) {
		qyran_log(QYRAN_LOG_ERROR, "%s", *error ? error : strerror(-rc));
		return rc;
	}
	service->hand.outbox = service->outbox;
	return make_parts(service);
}

void qyran_service_close(struct qyran_service *service)
{
	qyran_desk_free(service->desk);
	qyran_tracker_free(service->tracker);
	qyran_rules_free(service->rules);
	qyran_batch_free(service->batch);
	qyran_view_close(service->view);
	qyran_device_close(service->device);
	qyran_delivery_close(service->delivery);
	qyran_outbox_close(service->outbox);
	qyran_reader_free(service->reader);
	qyran_formats_close(service->formats);
	qyran_road_free(service->road);
	free(service->verdicts);
}
