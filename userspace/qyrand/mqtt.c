/* SPDX-License-Identifier: Apache-2.0 */
#include "mqtt.h"

#include "log.h"
#include "monotonic.h"

#include <errno.h>
#include <mosquitto.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEEPALIVE_S 30
#define RETRY_FIRST_MS 1000
#define RETRY_LAST_MS 30000
#define CONNECT_MS 15000
#define HANDSHAKE_WAIT_MS 20
#define SUBSCRIPTIONS_MAX 4

enum state { AWAY, CONNECTING, CONNECTED, REFUSED };

struct qyran_mqtt {
	struct qyran_mqtt_options options;
	struct mosquitto *connection;
	enum state state;
	bool told;		/* that it is away */
	bool begun;		/* connect was called once: from then on reconnect */
	int retry_ms;
	int64_t next_ms;	/* when to try, or until when a try may last */
	char host[256];
	char *subscriptions[SUBSCRIPTIONS_MAX];
};

static void lost(struct qyran_mqtt *mqtt, enum state state, const char *why)
{
	if (mqtt->state == AWAY || mqtt->state == REFUSED)
		return;
	if (!mqtt->told)
		qyran_log(QYRAN_LOG_WARNING, "broker %s:%u: %s; trying again", mqtt->host, mqtt->options.port, why);
	mqtt->told = true;
	mqtt->state = state;
	mqtt->next_ms = qyran_monotonic_ms() + mqtt->retry_ms;
	mqtt->retry_ms = mqtt->retry_ms * 2 < RETRY_LAST_MS ? mqtt->retry_ms * 2 : RETRY_LAST_MS;
}

static const char *reason(const struct qyran_mqtt *mqtt, int code)
{
	if (code == MOSQ_ERR_ERRNO)
		return strerror(errno);
	if (mqtt->state == CONNECTING && code == MOSQ_ERR_TLS)
		return "TLS failed; are our certificates sound, and is the broker's from our CA and made out to this host?";
	if (mqtt->state == CONNECTING && code == MOSQ_ERR_CONN_LOST)
		return "ended the connection before it answered; does it know our client certificate?";
	return mosquitto_strerror(code);
}

static void on_connect(struct mosquitto *connection, void *context, int code)
{
	struct qyran_mqtt *mqtt = context;

	if (code) {
		lost(mqtt, REFUSED, mosquitto_connack_string(code));
		return;
	}
	for (size_t i = 0; i < SUBSCRIPTIONS_MAX && mqtt->subscriptions[i]; i++)
		mosquitto_subscribe(connection, NULL, mqtt->subscriptions[i], 1);
	if (mqtt->told)
		qyran_log(QYRAN_LOG_INFO, "broker %s:%u: connected", mqtt->host, mqtt->options.port);
	mqtt->told = false;
	mqtt->state = CONNECTED;
	mqtt->retry_ms = RETRY_FIRST_MS;
	if (mqtt->options.connected)
		mqtt->options.connected(mqtt->options.context);
}

static void on_disconnect(struct mosquitto *connection, void *context, int code)
{
	(void)connection;
	lost(context, AWAY, reason(context, code));
}

static void on_publish(struct mosquitto *connection, void *context, int message)
{
	const struct qyran_mqtt *mqtt = context;

	(void)connection;
	if (mqtt->options.taken)
		mqtt->options.taken(mqtt->options.context, message);
}

static void on_message(struct mosquitto *connection, void *context, const struct mosquitto_message *message)
{
	const struct qyran_mqtt *mqtt = context;

	(void)connection;
	if (mqtt->options.arrived && message->payloadlen > 0)
		mqtt->options.arrived(mqtt->options.context, message->topic, message->payload, (size_t)message->payloadlen);
}

static int check_file(const char *what, const char *path, char *error, size_t error_size)
{
	if (path && *path && access(path, R_OK) == 0)
		return 0;
	int code = path && *path ? -errno : -EINVAL;

	snprintf(error, error_size, "%s: cannot read the %s for the broker: %s", path ? path : "", what, strerror(-code));
	return code;
}

static int set_up(struct qyran_mqtt *mqtt, char *error, size_t error_size)
{
	const struct qyran_mqtt_options *options = &mqtt->options;
	int code = check_file("CA certificate", options->ca, error, error_size);

	if (!code)
		code = check_file("client certificate", options->certificate, error, error_size);
	if (!code)
		code = check_file("client key", options->key, error, error_size);
	if (code)
		return code;
	mqtt->connection = mosquitto_new(options->client_id, !options->keep_session, mqtt);
	if (!mqtt->connection) {
		snprintf(error, error_size, "cannot make an MQTT client `%s`", options->client_id);
		return -EINVAL;
	}
	mosquitto_int_option(mqtt->connection, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V311);
	code = mosquitto_tls_set(mqtt->connection, options->ca, NULL, options->certificate, options->key, NULL);
	if (code == MOSQ_ERR_SUCCESS)
		code = mosquitto_tls_opts_set(mqtt->connection, 1, "tlsv1.2", NULL);
	if (code != MOSQ_ERR_SUCCESS) {
		snprintf(error, error_size, "%s: the certificates for the broker are not usable: %s", options->certificate,
			 mosquitto_strerror(code));
		return -EINVAL;
	}
	mosquitto_connect_callback_set(mqtt->connection, on_connect);
	mosquitto_disconnect_callback_set(mqtt->connection, on_disconnect);
	mosquitto_publish_callback_set(mqtt->connection, on_publish);
	mosquitto_message_callback_set(mqtt->connection, on_message);
	return 0;
}

int qyran_mqtt_open(const struct qyran_mqtt_options *options, struct qyran_mqtt **ret, char *error, size_t error_size)
{
	struct qyran_mqtt *mqtt;
	int code;

	mosquitto_lib_init();
	mqtt = calloc(1, sizeof *mqtt);
	if (!mqtt)
		return -ENOMEM;
	mqtt->options = *options;
	mqtt->retry_ms = RETRY_FIRST_MS;
	snprintf(mqtt->host, sizeof mqtt->host, "%s", options->host);
	code = set_up(mqtt, error, error_size);
	for (size_t i = 0; !code && options->subscriptions && options->subscriptions[i]; i++) {
		if (i == SUBSCRIPTIONS_MAX) {
			snprintf(error, error_size, "too many subscriptions");
			code = -E2BIG;
			break;
		}
		mqtt->subscriptions[i] = strdup(options->subscriptions[i]);
		code = mqtt->subscriptions[i] ? 0 : -ENOMEM;
	}
	if (code) {
		qyran_mqtt_close(mqtt);
		return code;
	}
	*ret = mqtt;
	return 0;
}

void qyran_mqtt_close(struct qyran_mqtt *mqtt)
{
	if (!mqtt)
		return;
	if (mqtt->connection) {
		mosquitto_disconnect_callback_set(mqtt->connection, NULL);
		if (mqtt->state == CONNECTED) {
			mosquitto_disconnect(mqtt->connection);
			mosquitto_loop(mqtt->connection, 0, 1);
		}
		mosquitto_destroy(mqtt->connection);
	}
	for (size_t i = 0; i < SUBSCRIPTIONS_MAX; i++)
		free(mqtt->subscriptions[i]);
	mosquitto_lib_cleanup();
	free(mqtt);
}

int qyran_mqtt_send(struct qyran_mqtt *mqtt, const char *topic, const uint8_t *bytes, size_t size, bool retain, int *ret_message)
{
	int code;

	if (mqtt->state != CONNECTED)
		return -ENOTCONN;
	code = mosquitto_publish(mqtt->connection, ret_message, topic, (int)size, bytes, 1, retain);
	switch (code) {
	case MOSQ_ERR_SUCCESS:
	case MOSQ_ERR_NO_CONN:	/* queued all the same: libmosquitto sends it after the next connect */
	case MOSQ_ERR_CONN_LOST:
		return 0;
	case MOSQ_ERR_NOMEM:
		return -ENOMEM;
	default:
		qyran_log(QYRAN_LOG_ERROR, "broker %s:%u: cannot send to %s: %s", mqtt->host, mqtt->options.port, topic,
			  mosquitto_strerror(code));
		return -EIO;
	}
}

static void begin(struct qyran_mqtt *mqtt)
{
	int code;

	mqtt->state = CONNECTING;
	mqtt->next_ms = qyran_monotonic_ms() + CONNECT_MS;
	code = mqtt->begun ? mosquitto_reconnect_async(mqtt->connection) :
			     mosquitto_connect_async(mqtt->connection, mqtt->host, mqtt->options.port, KEEPALIVE_S);
	mqtt->begun = true;
	if (code != MOSQ_ERR_SUCCESS)
		lost(mqtt, AWAY, reason(mqtt, code));
}

/* libmosquitto 2.0 does not notice that a TLS connection is refused: it would go round until a timeout. */
static bool connect_failed(struct qyran_mqtt *mqtt)
{
	struct pollfd socket = { .fd = mosquitto_socket(mqtt->connection), .events = POLLOUT };
	socklen_t size = sizeof(int);
	int error = 0;

	if (socket.fd < 0 || poll(&socket, 1, 0) <= 0 || !(socket.revents & (POLLERR | POLLHUP)))
		return false;
	getsockopt(socket.fd, SOL_SOCKET, SO_ERROR, &error, &size);
	lost(mqtt, AWAY, error ? strerror(error) : "closed the connection");
	return true;
}

/* It also calls a socket in the middle of a handshake ready at once: wait here instead of going round. */
static void wait_for_answer(struct qyran_mqtt *mqtt, int timeout_ms)
{
	struct pollfd socket = { .fd = mosquitto_socket(mqtt->connection), .events = POLLIN };

	if (qyran_monotonic_ms() >= mqtt->next_ms)
		lost(mqtt, AWAY, "does not answer");
	else if (socket.fd >= 0)
		poll(&socket, 1, timeout_ms < HANDSHAKE_WAIT_MS ? timeout_ms : HANDSHAKE_WAIT_MS);
}

void qyran_mqtt_poll(struct qyran_mqtt *mqtt, int timeout_ms)
{
	int code;

	if ((mqtt->state == AWAY || mqtt->state == REFUSED) && qyran_monotonic_ms() >= mqtt->next_ms)
		begin(mqtt);
	if (mqtt->state == AWAY || mqtt->state == REFUSED) {
		poll(NULL, 0, timeout_ms);
		return;
	}
	if (mqtt->state == CONNECTING && connect_failed(mqtt))
		return;
	code = mosquitto_loop(mqtt->connection, timeout_ms, 1);
	if (code != MOSQ_ERR_SUCCESS)
		lost(mqtt, AWAY, reason(mqtt, code));
	else if (mqtt->state == CONNECTING)
		wait_for_answer(mqtt, timeout_ms);
}

const char *qyran_mqtt_state(const struct qyran_mqtt *mqtt)
{
	static const char *const names[] = { "away", "connecting", "connected", "refused" };

	return names[mqtt->state];
}
