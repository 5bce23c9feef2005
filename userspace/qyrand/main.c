/* SPDX-License-Identifier: Apache-2.0 */
/* qyrand: the camera's service. */
#include "qyrand/log.h"
#include "qyrand/service.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define DRAIN_S 10

static const char help[] =
	"usage: qyrand [OPTION]... CONFIG\n"
	"The camera's service: follows vehicles, reads plates, decides violations, seals and publishes them.\n"
	"\n"
	"  --device SPEC    sim:CLIP, record:FILE or kernel:DEVICE, instead of the configuration's\n"
	"  --until-end      leave when the stream has ended and all is published; else it stays and delivers\n"
	"  --frames N       as if the stream ended after N frames\n"
	"  --drain SECONDS  how long --until-end waits for the publisher, and for room on a full disk (default 10)\n"
	"  --stats          more figures at the end\n"
	"  --progress       a line every few seconds, also when nobody is at a terminal\n"
	"  --check          check the configuration only\n"
	"  --help, --version\n"
	"\n"
	"Exit status: 0 all well; 1 something failed, one line says what; 2 wrong usage or configuration.\n";

/* What this process knows must not get into a core dump, a debugger or a file that others read. */
static void harden(void)
{
	const struct rlimit none = { 0, 0 };

	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	umask(077);
}

int main(int argc, char **argv)
{
	enum { DEVICE = 1, UNTIL_END, FRAMES, DRAIN, STATS, PROGRESS, CHECK, HELP, VERSION };
	static const struct option names[] = {
		{ "device", required_argument, NULL, DEVICE }, { "until-end", no_argument, NULL, UNTIL_END },
		{ "frames", required_argument, NULL, FRAMES }, { "drain", required_argument, NULL, DRAIN }, { "stats", no_argument, NULL, STATS },
		{ "progress", no_argument, NULL, PROGRESS }, { "check", no_argument, NULL, CHECK },
		{ "help", no_argument, NULL, HELP }, { "version", no_argument, NULL, VERSION }, { 0 },
	};
	struct qyran_service_options options = { .drain_s = DRAIN_S };
	static struct qyran_config config;
	bool check = false;
	char error[1024], *end;
	int name;

	harden();
	while ((name = getopt_long(argc, argv, "", names, NULL)) != -1) {
		unsigned long seconds;

		switch (name) {
		case DEVICE:
			options.device = optarg;
			break;
		case UNTIL_END:
			options.until_end = true;
			break;
		case FRAMES:
			options.frames = strtoull(optarg, &end, 10);
			if (*optarg < '0' || *optarg > '9' || *end || options.frames == 0 || options.frames > 1000000000000) {
				qyran_log(QYRAN_LOG_ERROR, "--frames %s: allowed: 1 to 1000000000000", optarg);
				return 2;
			}
			break;
		case DRAIN:
			seconds = strtoul(optarg, &end, 10);
			if (*optarg < '0' || *optarg > '9' || *end || seconds > 86400) {
				qyran_log(QYRAN_LOG_ERROR, "--drain %s: allowed: seconds, 0 to 86400", optarg);
				return 2;
			}
			options.drain_s = (unsigned int)seconds;
			break;
		case STATS:
			options.stats = true;
			break;
		case PROGRESS:
			options.progress = true;
			break;
		case CHECK:
			check = true;
			break;
		case HELP:
			fputs(help, stdout);
			return 0;
		case VERSION:
			puts("qyrand " QYRAN_VERSION);
			return 0;
		default:
			return 2;
		}
	}
	if (argc - optind != 1) {
		fputs(help, stderr);
		return 2;
	}
	if (sodium_init() < 0) {
		qyran_log(QYRAN_LOG_ERROR, "libsodium cannot start; is there a source of random numbers?");
		return 1;
	}
	if (qyran_config_load(argv[optind], &config, error, sizeof(error)) < 0) {
		qyran_log(QYRAN_LOG_ERROR, "%s", error);
		return 2;
	}
	if (check)
		return 0;
	return qyran_service_run(&config, &options) < 0 ? 1 : 0;
}
