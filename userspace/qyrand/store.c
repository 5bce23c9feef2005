/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include "limits.h"
#include "store_disk.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SCHEMA_VERSION 1
/* Pages of 4 KiB after which the log goes back into the table: about one record, so that little waits in it when the disk fills. */
#define CHECKPOINT_PAGES 256

struct qyran_store {
	sqlite3 *db;
	int lock;
	char directory[QYRAN_PATH_MAX];
	char camera[QYRAN_NAME_MAX];
	char error[256];
};

static int fail(struct qyran_store *store)
{
	int code = qyran_disk_errno(store->db);

	snprintf(store->error, sizeof store->error, "%s", sqlite3_errmsg(store->db));
	return code;
}

static int run(struct qyran_store *store, const char *sql)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(store);
}

static int prepare(struct qyran_store *store, const char *sql, sqlite3_stmt **ret)
{
	return sqlite3_prepare_v2(store->db, sql, -1, ret, NULL) == SQLITE_OK ? 0 : fail(store);
}

/* A statement that gives no row. */
static int finish(struct qyran_store *store, sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement) == SQLITE_DONE ? 0 : fail(store);

	sqlite3_finalize(statement);
	return code;
}

static int set_meta(struct qyran_store *store, const char *name, int64_t number, const void *bytes, size_t size)
{
	sqlite3_stmt *statement;
	int code = prepare(store, "INSERT OR REPLACE INTO meta(name, number, bytes) VALUES (?1, ?2, ?3)", &statement);

	if (code)
		return code;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, number);
	sqlite3_bind_blob(statement, 3, bytes, (int)size, SQLITE_STATIC);
	return finish(store, statement);
}

/* @size: bytes that must be there; -ENOENT without such a row, -EUCLEAN when it is damaged. */
static int get_meta(struct qyran_store *store, const char *name, int64_t *ret_number, void *ret_bytes, size_t size)
{
	sqlite3_stmt *statement;
	int code = prepare(store, "SELECT number, bytes FROM meta WHERE name = ?1", &statement);
	int step;

	if (code)
		return code;
	sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	step = sqlite3_step(statement);
	if (step == SQLITE_DONE) {
		code = -ENOENT;
	} else if (step != SQLITE_ROW) {
		code = fail(store);
	} else if ((size_t)sqlite3_column_bytes(statement, 1) != size) {
		snprintf(store->error, sizeof store->error, "entry `%s` is damaged", name);
		code = -EUCLEAN;
	} else {
		if (ret_number)
			*ret_number = sqlite3_column_int64(statement, 0);
		if (size)
			memcpy(ret_bytes, sqlite3_column_blob(statement, 1), size);
	}
	sqlite3_finalize(statement);
	return code;
}

static int make(struct qyran_store *store, const uint8_t key_id[QYRAN_KEY_ID_BYTES])
{
	static const uint8_t zeros[QYRAN_HASH_BYTES];
	/* Seconds first, so that epochs sort; random bits, so that a camera without a clock does not repeat one. */
	uint64_t epoch = ((uint64_t)time(NULL) & 0x7fffffff) << 32 | randombytes_random() | 1;
	int code = run(store, "CREATE TABLE meta(name TEXT PRIMARY KEY, number INTEGER, bytes BLOB) WITHOUT ROWID;"
			      "CREATE TABLE record(sequence INTEGER PRIMARY KEY, camera TEXT NOT NULL, rule INTEGER NOT NULL,"
			      " track_first_ns INTEGER NOT NULL, header_hash BLOB NOT NULL, published INTEGER NOT NULL DEFAULT 0,"
			      " receipted INTEGER NOT NULL DEFAULT 0, sealed BLOB, UNIQUE(camera, rule, track_first_ns));"
			      "CREATE INDEX waiting ON record(sequence) WHERE receipted = 0;");

	if (!code)
		code = set_meta(store, "schema", SCHEMA_VERSION, NULL, 0);
	if (!code)
		code = set_meta(store, "epoch", (int64_t)epoch, NULL, 0);
	if (!code)
		code = set_meta(store, "head", 0, zeros, sizeof zeros);
	if (!code)
		code = set_meta(store, "camera", 0, store->camera, strlen(store->camera) + 1);
	if (!code)
		code = set_meta(store, "key", 0, key_id, QYRAN_KEY_ID_BYTES);
	return code;
}

static int check_owner(struct qyran_store *store, const uint8_t key_id[QYRAN_KEY_ID_BYTES])
{
	char camera[QYRAN_NAME_MAX];
	uint8_t id[QYRAN_KEY_ID_BYTES];
	size_t size = strlen(store->camera) + 1;
	int64_t schema = 0;
	int code = get_meta(store, "schema", &schema, NULL, 0);

	if (!code && schema != SCHEMA_VERSION) {
		snprintf(store->error, sizeof store->error, "was made by another version (%" PRId64 ", this one knows %d)", schema,
			 SCHEMA_VERSION);
		return -EPROTO;
	}
	if (!code)
		code = get_meta(store, "camera", NULL, camera, size);
	if (code == -EUCLEAN || (!code && memcmp(camera, store->camera, size) != 0)) {
		snprintf(store->error, sizeof store->error, "belongs to another camera than %s; give each camera a state directory",
			 store->camera);
		return -EPERM;
	}
	if (!code)
		code = get_meta(store, "key", NULL, id, sizeof id);
	if (!code && memcmp(id, key_id, sizeof id) != 0) {
		snprintf(store->error, sizeof store->error,
			 "was written with another camera.key; put that key back, or move outbox.db away to begin a new chain");
		return -EPERM;
	}
	return code;
}

static int set_up(struct qyran_store *store, const char *path, const uint8_t key_id[QYRAN_KEY_ID_BYTES])
{
	sqlite3_stmt *statement;
	int code, tables = 0;

	if (sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
		return store->db ? fail(store) : -ENOMEM;
	sqlite3_extended_result_codes(store->db, 1);
	sqlite3_busy_timeout(store->db, 5000);
	code = run(store, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;"
			  "PRAGMA trusted_schema=OFF;");
	if (code)
		return code;
	sqlite3_wal_autocheckpoint(store->db, CHECKPOINT_PAGES);
	code = qyran_store_begin(store);
	if (!code)
		code = prepare(store, "SELECT count(*) FROM sqlite_master WHERE name = 'meta'", &statement);
	if (code)
		return code;
	if (sqlite3_step(statement) == SQLITE_ROW)
		tables = sqlite3_column_int(statement, 0);
	else
		code = fail(store);
	sqlite3_finalize(statement);
	if (!code)
		code = tables ? check_owner(store, key_id) : make(store, key_id);
	if (code) {
		qyran_store_rollback(store);
		return code;
	}
	return qyran_store_commit(store);
}

int qyran_store_open(const char *directory, const char *camera, const uint8_t key_id[QYRAN_KEY_ID_BYTES], struct qyran_store **ret,
		     char *error, size_t error_size)
{
	struct qyran_store *store = calloc(1, sizeof *store);
	char path[QYRAN_PATH_MAX + 16];
	int code;

	if (!store)
		return -ENOMEM;
	store->lock = -1;
	snprintf(store->directory, sizeof store->directory, "%s", directory);
	snprintf(store->camera, sizeof store->camera, "%s", camera);
	snprintf(path, sizeof path, "%s/outbox.db", directory);
	code = qyran_disk_lock(directory, &store->lock);
	if (code) {
		snprintf(error, error_size, "%s: %s", directory,
			 code == -EBUSY ? "another qyrand uses this state directory; end it first" : strerror(-code));
		goto err_free;
	}
	qyran_disk_reserve(directory);
	code = set_up(store, path, key_id);
	if (code) {
		snprintf(error, error_size, "%s: cannot open the outbox: %s%s", path, store->error[0] ? store->error : strerror(-code),
			 code == -EUCLEAN ? "; keep it, and move it away to begin a new chain" : "");
		goto err_free;
	}
	*ret = store;
	return 0;

err_free:
	qyran_store_close(store);
	return code;
}

void qyran_store_close(struct qyran_store *store)
{
	if (!store)
		return;
	sqlite3_close(store->db);
	if (store->lock >= 0)
		close(store->lock);
	free(store);
}

int qyran_store_bundle(struct qyran_store *store, uint64_t version, const uint8_t hash[QYRAN_HASH_BYTES])
{
	uint8_t seen_hash[QYRAN_HASH_BYTES];
	int64_t seen;
	int code = get_meta(store, "bundle", &seen, seen_hash, sizeof seen_hash);

	if (code && code != -ENOENT)
		return code;
	if (!code && version < (uint64_t)seen)
		return -ESTALE;
	if (!code && version == (uint64_t)seen)
		return memcmp(hash, seen_hash, sizeof seen_hash) == 0 ? 0 : -ESTALE;
	return set_meta(store, "bundle", (int64_t)version, hash, QYRAN_HASH_BYTES);
}

int qyran_store_begin(struct qyran_store *store)
{
	return run(store, "BEGIN IMMEDIATE");
}

int qyran_store_commit(struct qyran_store *store)
{
	int code = run(store, "COMMIT");

	if (code)
		qyran_store_rollback(store);
	return code;
}

void qyran_store_rollback(struct qyran_store *store)
{
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

int qyran_store_chain(struct qyran_store *store, struct qyran_store_chain *ret)
{
	int64_t epoch, sequence;
	uint8_t head[QYRAN_HASH_BYTES];
	int code = get_meta(store, "epoch", &epoch, NULL, 0);

	if (!code)
		code = get_meta(store, "head", &sequence, head, sizeof head);
	if (code)
		return code == -ENOENT ? -EUCLEAN : code;
	ret->epoch = (uint64_t)epoch;
	ret->sequence = (uint64_t)sequence;
	memcpy(ret->head, head, sizeof head);
	return 0;
}

int qyran_store_known(struct qyran_store *store, int rule, uint64_t track_first_ns)
{
	sqlite3_stmt *statement;
	int code = prepare(store, "SELECT 1 FROM record WHERE camera = ?1 AND rule = ?2 AND track_first_ns = ?3", &statement);
	int step;

	if (code)
		return code;
	sqlite3_bind_text(statement, 1, store->camera, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 2, rule);
	sqlite3_bind_int64(statement, 3, (int64_t)track_first_ns);
	step = sqlite3_step(statement);
	code = step == SQLITE_ROW ? -EEXIST : step == SQLITE_DONE ? 0 : fail(store);
	sqlite3_finalize(statement);
	return code;
}

int qyran_store_append(struct qyran_store *store, int rule, uint64_t track_first_ns, uint64_t sequence,
		       const uint8_t header_hash[QYRAN_HASH_BYTES], const uint8_t *bytes, size_t size)
{
	sqlite3_stmt *statement;
	int code = prepare(store, "INSERT INTO record(sequence, camera, rule, track_first_ns, header_hash, sealed)"
				  " VALUES (?1, ?2, ?3, ?4, ?5, ?6)", &statement);

	if (code)
		return code;
	sqlite3_bind_int64(statement, 1, (int64_t)sequence);
	sqlite3_bind_text(statement, 2, store->camera, -1, SQLITE_STATIC);
	sqlite3_bind_int(statement, 3, rule);
	sqlite3_bind_int64(statement, 4, (int64_t)track_first_ns);
	sqlite3_bind_blob(statement, 5, header_hash, QYRAN_HASH_BYTES, SQLITE_STATIC);
	sqlite3_bind_blob(statement, 6, bytes, (int)size, SQLITE_STATIC);
	code = finish(store, statement);
	return code ? code : set_meta(store, "head", (int64_t)sequence, header_hash, QYRAN_HASH_BYTES);
}

int qyran_store_next(struct qyran_store *store, int64_t after, uint64_t *ret_sequence, uint8_t **ret_bytes, size_t *ret_size)
{
	sqlite3_stmt *statement;
	int code = prepare(store, "SELECT sequence, sealed FROM record WHERE receipted = 0 AND sequence > ?1 ORDER BY sequence LIMIT 1",
			   &statement);
	uint8_t *bytes;
	size_t size;
	int step;

	if (code)
		return code;
	sqlite3_bind_int64(statement, 1, after);
	step = sqlite3_step(statement);
	if (step != SQLITE_ROW) {
		code = step == SQLITE_DONE ? -ENODATA : fail(store);
		goto out;
	}
	const void *blob = sqlite3_column_blob(statement, 1);

	size = (size_t)sqlite3_column_bytes(statement, 1);
	bytes = blob ? malloc(size + 1) : NULL;
	if (!bytes) {
		code = -ENOMEM;
		goto out;
	}
	memcpy(bytes, blob, size);
	*ret_sequence = (uint64_t)sqlite3_column_int64(statement, 0);
	*ret_bytes = bytes;
	*ret_size = size;
out:
	sqlite3_finalize(statement);
	return code;
}

int qyran_store_published(struct qyran_store *store, uint64_t sequence)
{
	sqlite3_stmt *statement;
	int code = prepare(store, "UPDATE record SET published = 1 WHERE sequence = ?1 AND published = 0", &statement);

	if (code)
		return code;
	sqlite3_bind_int64(statement, 1, (int64_t)sequence);
	return finish(store, statement);
}

static int drop_sealed(struct qyran_store *store, uint64_t sequence)
{
	sqlite3_stmt *statement;
	int code = prepare(store, "UPDATE record SET receipted = 1, published = 1, sealed = NULL WHERE sequence = ?1", &statement);

	if (code)
		return code;
	sqlite3_bind_int64(statement, 1, (int64_t)sequence);
	return finish(store, statement);
}

int qyran_store_receipted(struct qyran_store *store, uint64_t sequence, const uint8_t header_hash[QYRAN_HASH_BYTES])
{
	sqlite3_stmt *statement;
	int code = prepare(store, "SELECT receipted FROM record WHERE sequence = ?1 AND header_hash = ?2", &statement);
	bool done = false;
	int step;

	if (code)
		return code;
	sqlite3_bind_int64(statement, 1, (int64_t)sequence);
	sqlite3_bind_blob(statement, 2, header_hash, QYRAN_HASH_BYTES, SQLITE_STATIC);
	step = sqlite3_step(statement);
	if (step == SQLITE_ROW)
		done = sqlite3_column_int(statement, 0) != 0;
	else
		code = step == SQLITE_DONE ? -ENOENT : fail(store);
	sqlite3_finalize(statement);
	if (code || done)
		return code;
	code = drop_sealed(store, sequence);
	if (code == -ENOSPC) {
		/* Making room needs room: that is what the reserve is for. */
		qyran_disk_use_reserve(store->directory);
		code = drop_sealed(store, sequence);
		sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	}
	qyran_disk_reserve(store->directory);
	return code;
}

int qyran_store_counts(struct qyran_store *store, struct qyran_outbox_counts *ret)
{
	sqlite3_stmt *statement;
	struct qyran_store_chain chain;
	int code = qyran_store_chain(store, &chain);

	if (!code)
		code = prepare(store, "SELECT count(*), coalesce(sum(published), 0), coalesce(sum(receipted), 0),"
				      " coalesce(sum(length(sealed)), 0) FROM record", &statement);
	if (code)
		return code;
	if (sqlite3_step(statement) == SQLITE_ROW) {
		ret->decided = chain.sequence;
		ret->sealed = (uint64_t)sqlite3_column_int64(statement, 0);
		ret->published = (uint64_t)sqlite3_column_int64(statement, 1);
		ret->receipted = (uint64_t)sqlite3_column_int64(statement, 2);
		ret->waiting = ret->sealed - ret->receipted;
		ret->bytes = (uint64_t)sqlite3_column_int64(statement, 3);
	} else {
		code = fail(store);
	}
	sqlite3_finalize(statement);
	return code;
}

const char *qyran_store_error(const struct qyran_store *store)
{
	return store->error;
}
