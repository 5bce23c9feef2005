/* SPDX-License-Identifier: Apache-2.0 */
/* The live picture: what the camera sees and decides. Records nothing. */
#include "view/compose.h"
#include "view/guard.h"
#include "view/live.h"
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
	"  --list             lists displays, their modes and planes, and leaves\n"
	"  --device PATH      a display device; default: the first with something connected\n"
	"  --connector NAME   one of its connectors; default: the first that is connected\n"
	"  --mode MODE        1920x1080 or 1920x1080@60; default: the picture's size, else what the display prefers\n"
	"  --one-buffer       everything in one buffer, whatever planes there are\n"
	"  --flips N          leaves after N pictures\n"
	"  --freeze FILE      with --flips: stays with the last one, and writes it to FILE too\n"
	"  --png FILE         writes one picture and leaves; needs no display\n"
	"  --wait SECONDS     the longest wait for a frame with --png, 10\n"
	"\n"
	"Exit status: 0 when all went well; 1 when not, and standard error says why; 2 for what is asked wrongly.\n";

struct wish {
	const char *config, *socket, *frames, *png;
	unsigned int wait_s;
	bool list;
	struct live_wish live;
};

/* What runs under the guard. */
struct task {
	struct watch *watch;
	struct compose *compose;
	const struct wish *wish;
};

static int number(const char *option, const char *text, unsigned long most, unsigned long *ret)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || end == text || *text == '-' || value > most) {
		fprintf(stderr, "qyran-view: --%s %s: not a number from 0 to %lu\n", option, text, most);
		return -EINVAL;
	}
	*ret = value;
	return 0;
}

static int parse(int count, char **arguments, struct wish *wish)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' }, { "socket", required_argument, NULL, 's' }, { "frames", required_argument, NULL, 'f' },
		{ "png", required_argument, NULL, 'p' }, { "wait", required_argument, NULL, 'w' }, { "list", no_argument, NULL, 'l' }, { "device", required_argument, NULL, 'd' }, { "connector", required_argument, NULL, 'o' },
		{ "mode", required_argument, NULL, 'm' }, { "one-buffer", no_argument, NULL, 'b' }, { "flips", required_argument, NULL, 'n' },
		{ "freeze", required_argument, NULL, 'z' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	unsigned long value;
	int option;

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
			if (number("wait", optarg, 86400, &value) < 0)
				return -EINVAL;
			wish->wait_s = (unsigned int)value;
			break;
		case 'l':
			wish->list = true;
			break;
		case 'd':
			wish->live.display.device = optarg;
			break;
		case 'o':
			wish->live.display.connector = optarg;
			break;
		case 'm':
			wish->live.display.mode = optarg;
			break;
		case 'b':
			wish->live.display.one_buffer = true;
			break;
		case 'n':
			if (number("flips", optarg, UINT32_MAX, &value) < 0)
				return -EINVAL;
			wish->live.flips = value;
			break;
		case 'z':
			wish->live.freeze = optarg;
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
	if (wish->live.freeze && !wish->live.flips) {
		fprintf(stderr, "qyran-view: --freeze needs --flips: after how many pictures?\n");
		return -EINVAL;
	}
	return 0;
}

static int tell(int rc, const char *error)
{
	if (rc < 0)
		fprintf(stderr, "qyran-view: %s\n", error);
	return rc < 0 ? 1 : 0;
}

static int show(void *context)
{
	const struct task *task = context;
	char error[1024] = "";
	int rc = live_run(task->watch, task->compose, &task->wish->live, error, sizeof(error));

	return tell(rc, error);
}

int main(int count, char **arguments)
{
	static struct qyran_config config;
	struct wish wish = { .wait_s = 10 };
	char error[QYRAN_PATH_MAX + 512] = "";
	struct compose *compose = NULL;
	struct watch *watch = NULL;
	int status;

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
	if (wish.list)
		return tell(display_list(wish.live.display.device, stdout, error, sizeof(error)), error);
	compose = compose_new(wish.config ? &config : NULL);
	watch = watch_new(wish.socket, wish.frames);
	if (!compose || !watch)
		status = tell(-ENOMEM, "no memory");
	else if (wish.png)
		status = tell(still_write(watch, compose, wish.png, wish.wait_s, error, sizeof(error)), error);
	else
		status = guard_run(show, &(struct task){ watch, compose, &wish });
	watch_free(watch);
	compose_free(compose);
	return status;
}
