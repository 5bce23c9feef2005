/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A camera without eyes, for tests of what comes after deciding: seals sample violations and delivers them.
 *
 *   sample-camera DIR ID [decide=N] [first=N] [pixels=WIDTH] [seconds=N] [again=MS] [until=published|receipted]
 *                 [mqtt=PORT certs=DIR client=NAME]
 *
 * DIR holds bundle and keys/root.pub. Ends after the seconds, or as soon as all is published or receipted.
 */
#include "qyrand/delivery.h"
#include "tests/unit/sample.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct orders {
	const char *directory, *id, *until, *certs, *client;
	long decide, first, seconds, again, port, pixels;
};

static const char *value(int argc, char **argv, const char *name, const char *otherwise)
{
	size_t length = strlen(name);

	for (int i = 3; i < argc; i++)
		if (strncmp(argv[i], name, length) == 0 && argv[i][length] == '=')
			return argv[i] + length + 1;
	return otherwise;
}

static void configure(const struct orders *orders, struct qyran_config *config)
{
	sample_config(orders->directory, orders->id, config);
	if (!orders->port)
		return;
	config->publisher.mqtt = true;
	config->publisher.port = (uint16_t)orders->port;
	snprintf(config->publisher.host, sizeof config->publisher.host, "127.0.0.1");
	snprintf(config->publisher.ca, sizeof config->publisher.ca, "%s/ca.crt", orders->certs);
	snprintf(config->publisher.certificate, sizeof config->publisher.certificate, "%s/%s.crt", orders->certs, orders->client);
	snprintf(config->publisher.key, sizeof config->publisher.key, "%s/%s.key", orders->certs, orders->client);
}

static int decide(struct qyran_outbox *outbox, const struct orders *orders)
{
	for (long i = 0; i < orders->decide; i++) {
		struct qyran_violation violation;
		int code;

		sample_violation((uint32_t)(orders->first + i), (uint32_t)orders->pixels, &violation);
		code = qyran_outbox_decide(outbox, &violation);
		qyran_violation_clear(&violation);
		if (code && code != -EEXIST) {
			fprintf(stderr, "%s\n", qyran_outbox_error(outbox));
			return code;
		}
	}
	return 0;
}

static void deliver(struct qyran_outbox *outbox, struct qyran_delivery *delivery, const struct orders *orders)
{
	struct qyran_outbox_counts counts;
	time_t end = time(NULL) + orders->seconds;
	bool beaten = false;

	qyran_delivery_again(delivery, (int)orders->again);
	while (time(NULL) < end) {
		qyran_delivery_poll(delivery, 20);
		if (!beaten)
			beaten = qyran_delivery_heartbeat(delivery, 1767225637000000000u, true) == 0;
		qyran_outbox_counts(outbox, &counts);
		if (beaten && strcmp(orders->until, "published") == 0 && counts.published == counts.sealed)
			break;
		if (beaten && strcmp(orders->until, "receipted") == 0 && counts.waiting == 0)
			break;
	}
	qyran_outbox_counts(outbox, &counts);
	printf("decided=%" PRIu64 " sealed=%" PRIu64 " published=%" PRIu64 " receipted=%" PRIu64 " waiting=%" PRIu64 " state=%s\n",
	       counts.decided, counts.sealed, counts.published, counts.receipted, counts.waiting, qyran_delivery_state(delivery));
}

int main(int argc, char **argv)
{
	struct orders orders = { 0 };
	struct qyran_config config;
	struct qyran_delivery *delivery;
	struct qyran_outbox *outbox;
	char error[2048];

	if (argc < 3)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	orders.directory = argv[1];
	orders.id = argv[2];
	orders.until = value(argc, argv, "until", "");
	orders.certs = value(argc, argv, "certs", "");
	orders.client = value(argc, argv, "client", "camera");
	orders.decide = atol(value(argc, argv, "decide", "0"));
	orders.first = atol(value(argc, argv, "first", "0"));
	orders.seconds = atol(value(argc, argv, "seconds", "10"));
	orders.again = atol(value(argc, argv, "again", "60000"));
	orders.pixels = atol(value(argc, argv, "pixels", "160"));
	orders.port = atol(value(argc, argv, "mqtt", "0"));
	configure(&orders, &config);
	if (qyran_outbox_open(&config, &outbox, error, sizeof error) < 0) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	if (decide(outbox, &orders) < 0 || qyran_delivery_open(&config, outbox, &delivery, error, sizeof error) < 0) {
		qyran_outbox_close(outbox);
		return 1;
	}
	deliver(outbox, delivery, &orders);
	qyran_delivery_close(delivery);
	qyran_outbox_close(outbox);
	return 0;
}
