/* SPDX-License-Identifier: Apache-2.0 */
/* The live picture: what the camera sees and decides. Records nothing. */
#include "view/compose.h"
#include "view/still.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: qyran-view [options]\n"
	"Shows what qyrand sees and decides.\n"
	"\n"
	"  --config FILE      the camera's configuration: where qyrand's sockets are, road, rules and masks\n"
	"  --socket PATH      qyrand's socket of states; default: [view] socket= of FILE, else /run/qyran/view\n"
	"  --frames PATH      qyrand's socket of pictures; default: [view] frames= of FILE, else none: what is drawn stands on black\n"
	"  --png FILE         writes one picture and leaves; needs no display\n"
	"  --wait SECONDS     the longest wait for a frame with --png, 10\n"
	"\n"
	"Exit status: 0 when all went well; 1 when not, and standard error says why; 2 for what is asked wrongly.\n";

struct wish {
	const char *config, *socket, *frames, *png;
	unsigned int wait_s;
};

static int parse(int count, char **arguments, struct wish *wish)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' }, { "socket", required_argument, NULL, 's' }, { "frames", required_argument, NULL, 'f' },
		{ "png", required_argument, NULL, 'p' }, { "wait", required_argument, NULL, 'w' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	int option;
	char *end;

	while ((option = getopt_long(count, arguments, "h", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			wish->config = optarg;
			break;
		case 's':
			wish->socket = optarg;
			break;
		case 'f':
			wish->frames = optarg;
			break;
		case 'p':
			wish->png = optarg;
			break;
		case 'w':
			wish->wait_s = (unsigned int)strtoul(optarg, &end, 10);
			if (*end || end == optarg || *optarg == '-' || wish->wait_s > 86400) {
				fprintf(stderr, "qyran-view: --wait %s: not a number of seconds from 0 to 86400\n", optarg);
				return -EINVAL;
			}
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		default:
			fputs(usage, stderr);
			return -EINVAL;
		}
	}
	if (optind < count) {
		fprintf(stderr, "qyran-view: %s: not understood; try --help\n", arguments[optind]);
		return -EINVAL;
	}
	return 0;
}

int main(int count, char **arguments)
{
	static struct qyran_config config;
	struct wish wish = { .wait_s = 10 };
	char error[QYRAN_PATH_MAX + 512] = "";
	struct compose *compose = NULL;
	struct watch *watch = NULL;
	int rc;

	if (parse(count, arguments, &wish) < 0)
		return 2;
	if (wish.config && qyran_config_load(wish.config, &config, error, sizeof(error)) < 0) {
		fprintf(stderr, "qyran-view: %s\n", error);
		return 2;
	}
	if (!wish.socket)
		wish.socket = wish.config && *config.view.socket ? config.view.socket : "/run/qyran/view";
	if (!wish.frames)
		wish.frames = config.view.frames;
	compose = compose_new(wish.config ? &config : NULL);
	watch = watch_new(wish.socket, wish.frames);
	rc = compose && watch ? 0 : -ENOMEM;
	if (rc < 0)
		snprintf(error, sizeof(error), "no memory");
	else
		rc = still_write(watch, compose, wish.png ? wish.png : "qyran-view.png", wish.wait_s, error, sizeof(error));
	if (rc < 0)
		fprintf(stderr, "qyran-view: %s\n", error);
	watch_free(watch);
	compose_free(compose);
	return rc < 0 ? 1 : 0;
}
