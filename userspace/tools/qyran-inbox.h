/* SPDX-License-Identifier: Apache-2.0 */
/* Inside qyran-inbox, the authority's tool. */
#ifndef QYRAN_INBOX_H
#define QYRAN_INBOX_H

#include "qyrand/chain.h"
#include "qyrand/opened.h"
#include "qyrand/sealed.h"

#include <stdbool.h>
#include <stdio.h>

/* Exit statuses: what was asked was done and all was sound; something was refused or missing; nothing could be done. */
enum { INBOX_SOUND = 0, INBOX_FAULTS = 1, INBOX_UNUSABLE = 2 };

struct inbox_options {
	const char *keys;		/* directory of the authority's keys */
	const char *plain, *out, *recipient, *store;
	const char *mqtt, *ca, *certificate, *key, *namespace;
	uint64_t version, seconds, count;
	bool tsv, replace;
	char **arguments;
	int argument_count;
};

/* A sealed file that verified. */
struct inbox_record {
	char *path;
	const char *folder;		/* name of the folder it was found in, without the way to it */
	struct qyran_chain_record chain;
};

struct inbox {
	const struct inbox_options *options;
	struct inbox_record *records;
	size_t count, room;
	struct qyran_chain_head *heads;
	size_t head_count, head_room;
	char **folders;			/* names, owned */
	size_t folder_count;
	size_t files, refused, faults;	/* sealed files seen; files refused; findings of the chain */
	char **notes;			/* lines about refused files and the chain, for the report */
	size_t note_count;
	bool quiet;			/* chain states that are sound are not printed */
	struct qyran_secret_key *recipients[QYRAN_RECIPIENTS_MAX];
	size_t recipient_count;
};

/**
 * inbox_load() - reads, verifies and chains all sealed files and heartbeats of the folders and files in the arguments.
 * Each refused file and each fault of the chain gives one line on standard error. Returns false when a folder cannot be read.
 */
bool inbox_load(struct inbox *inbox);
void inbox_clear(struct inbox *inbox);

/** inbox_status() - exit status after what was found. */
int inbox_status(const struct inbox *inbox);

/** inbox_recipients() - loads every recipients/NAME.key. Returns how many; one line for each that is not usable. */
size_t inbox_recipients(struct inbox *inbox);

/** inbox_refuse() - one line about a file that is not taken. */
__attribute__((format(printf, 3, 4))) void inbox_refuse(struct inbox *inbox, const char *path, const char *format, ...);

/** inbox_verify_bytes() - parses and verifies with the enrolled key. @ret: cleared by the caller. One line on failure. */
bool inbox_verify_bytes(struct inbox *inbox, const char *path, const uint8_t *bytes, size_t size, struct qyran_sealed *ret);

/**
 * inbox_open() - reads the file again, verifies, opens and checks it.
 * @ret_plain: to be wiped and freed; may be NULL. Returns NULL after one line; else freed with qyran_message_free().
 */
Qyran__V1__Violation *inbox_open(struct inbox *inbox, const struct inbox_record *record, uint8_t **ret_plain, size_t *ret_size);

/* Text about a violation. */
void inbox_time(uint64_t tai_ns, char *text, size_t size);		/* UTC, milliseconds */
const char *inbox_plate(const Qyran__V1__Violation *violation);		/* "-" unless read */
uint64_t inbox_speed_dkmh(const Qyran__V1__Violation *violation);	/* tenths of km/h; 0 where the rule has no speed */

/* Subcommands; each returns an exit status. */
int inbox_keygen(const struct inbox_options *options);
int inbox_bundle(const struct inbox_options *options);
int inbox_enroll(const struct inbox_options *options);
int inbox_verify(const struct inbox_options *options);
int inbox_open_all(const struct inbox_options *options);
int inbox_table(const struct inbox_options *options);
int inbox_report(const struct inbox_options *options);
int inbox_receipts(const struct inbox_options *options);
int inbox_receipts_mqtt(const struct inbox_options *options);

#endif
