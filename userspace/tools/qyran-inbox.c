/* SPDX-License-Identifier: Apache-2.0 */
#include "qyran-inbox.h"

#include <getopt.h>
#include <errno.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

static const char usage[] =
	"usage: qyran-inbox COMMAND [OPTIONS] ...\n"
	"The authority's side: makes keys, verifies what cameras sealed, opens it and shows it.\n"
	"\n"
	"  keygen DIR [--recipient NAME]      make what is missing of root, receipt and recipient keys in DIR (name: authority)\n"
	"  bundle DIR OUT [--version N]       sign the recipients' and receipt keys for the cameras (version: one more than the last)\n"
	"  enroll DIR FILE [--replace]        believe the camera whose public key (state/camera.pub) is in FILE\n"
	"  verify FOLDER|FILE...              check signatures, contents and chains; opens nothing\n"
	"  open [--plain DIR] FOLDER|FILE...  open; with --plain write each Violation and its pictures to DIR\n"
	"  table [--tsv] FOLDER|FILE...       one line a violation; --tsv: scene kind plate speed_kmh time_ns (scene: the folder's name)\n"
	"  report --out FILE FOLDER|FILE...   one HTML page with the pictures inside\n"
	"  receipts FOLDER...                 write a signed receipt for each sound record to FOLDER/receipts\n"
	"  receipts --mqtt HOST:PORT --ca FILE --certificate FILE --key FILE --store DIR [--namespace NAME] [--seconds N] [--count N]\n"
	"                                     take records from a broker, store them in DIR, then send receipts\n"
	"\n"
	"  --keys DIR   the authority's keys (default: keys)\n"
	"Exit status: 0 all sound, 1 something was refused or is missing, 2 nothing could be done.\n";

enum { O_KEYS = 256, O_PLAIN, O_OUT, O_TSV, O_VERSION, O_RECIPIENT, O_REPLACE, O_STORE, O_MQTT, O_CA, O_CERTIFICATE, O_KEY, O_NAMESPACE,
       O_SECONDS, O_COUNT, O_HELP };

static const struct option long_options[] = {
	{ "keys", required_argument, NULL, O_KEYS },
	{ "plain", required_argument, NULL, O_PLAIN },
	{ "out", required_argument, NULL, O_OUT },
	{ "tsv", no_argument, NULL, O_TSV },
	{ "version", required_argument, NULL, O_VERSION },
	{ "recipient", required_argument, NULL, O_RECIPIENT },
	{ "replace", no_argument, NULL, O_REPLACE },
	{ "store", required_argument, NULL, O_STORE },
	{ "mqtt", required_argument, NULL, O_MQTT },
	{ "ca", required_argument, NULL, O_CA },
	{ "certificate", required_argument, NULL, O_CERTIFICATE },
	{ "key", required_argument, NULL, O_KEY },
	{ "namespace", required_argument, NULL, O_NAMESPACE },
	{ "seconds", required_argument, NULL, O_SECONDS },
	{ "count", required_argument, NULL, O_COUNT },
	{ "help", no_argument, NULL, O_HELP },
	{ 0 },
};

static bool number(const char *name, const char *text, uint64_t *ret)
{
	char *end;

	errno = 0;
	unsigned long long value = strtoull(text, &end, 10);

	if (errno || *end || !*text || *text == '-' || value == 0 || value > INT64_MAX) {
		fprintf(stderr, "qyran-inbox: --%s %s: a whole number from 1 is expected\n", name, text);
		return false;
	}
	*ret = value;
	return true;
}

static bool parse(int argc, char **argv, struct inbox_options *options)
{
	int option;

	while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		switch (option) {
		case O_KEYS: options->keys = optarg; break;
		case O_PLAIN: options->plain = optarg; break;
		case O_OUT: options->out = optarg; break;
		case O_TSV: options->tsv = true; break;
		case O_RECIPIENT: options->recipient = optarg; break;
		case O_REPLACE: options->replace = true; break;
		case O_STORE: options->store = optarg; break;
		case O_MQTT: options->mqtt = optarg; break;
		case O_CA: options->ca = optarg; break;
		case O_CERTIFICATE: options->certificate = optarg; break;
		case O_KEY: options->key = optarg; break;
		case O_NAMESPACE: options->namespace = optarg; break;
		case O_VERSION:
			if (!number("version", optarg, &options->version))
				return false;
			break;
		case O_SECONDS:
			if (!number("seconds", optarg, &options->seconds))
				return false;
			break;
		case O_COUNT:
			if (!number("count", optarg, &options->count))
				return false;
			break;
		case O_HELP:
		case 'h':
			fputs(usage, stdout);
			exit(INBOX_SOUND);
		default:
			return false;
		}
	}
	options->arguments = argv + optind;
	options->argument_count = argc - optind;
	return true;
}

static int missing(const char *what)
{
	fprintf(stderr, "qyran-inbox: %s; see qyran-inbox --help\n", what);
	return INBOX_UNUSABLE;
}

static int dispatch(const char *command, const struct inbox_options *options)
{
	static const char *const commands[] = { "keygen", "bundle", "enroll", "verify", "open", "table", "report", "receipts" };
	int count = options->argument_count;
	bool known = false;

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		known |= strcmp(command, commands[i]) == 0;
	if (!known)
		return missing("there is no such command");
	if (strcmp(command, "keygen") == 0)
		return count == 1 ? inbox_keygen(options) : missing("keygen takes one directory");
	if (strcmp(command, "bundle") == 0)
		return count == 2 ? inbox_bundle(options) : missing("bundle takes a directory and the file to write");
	if (strcmp(command, "enroll") == 0)
		return count == 2 ? inbox_enroll(options) : missing("enroll takes a directory and a camera's public key");
	if (strcmp(command, "receipts") == 0 && options->mqtt)
		return count == 0 ? inbox_receipts_mqtt(options) : missing("receipts --mqtt takes no folders; they come from the broker");
	if (strcmp(command, "report") == 0 && !options->out)
		return missing("report needs --out FILE");
	if (count == 0)
		return missing("a folder or a sealed file is needed");
	if (strcmp(command, "verify") == 0)
		return inbox_verify(options);
	if (strcmp(command, "open") == 0)
		return inbox_open_all(options);
	if (strcmp(command, "table") == 0)
		return inbox_table(options);
	if (strcmp(command, "report") == 0)
		return inbox_report(options);
	return inbox_receipts(options);
}

int main(int argc, char **argv)
{
	struct inbox_options options = { .keys = "keys", .namespace = "qyran" };
	char *command;

	/* Secrets are in this process: no core dump, no tracing by others. */
	prctl(PR_SET_DUMPABLE, 0);
	signal(SIGPIPE, SIG_IGN);
	if (sodium_init() < 0)
		return missing("libsodium does not start");
	if (!parse(argc, argv, &options))
		return INBOX_UNUSABLE;
	if (options.argument_count < 1) {
		fputs(usage, stderr);
		return INBOX_UNUSABLE;
	}
	command = options.arguments[0];
	options.arguments++;
	options.argument_count--;
	int status = dispatch(command, &options);

	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "qyran-inbox: cannot write the output: %s\n", strerror(errno));
		return INBOX_UNUSABLE;
	}
	return status;
}
