/* Schema migrations: numbered, forward only, each recorded with its checksum when applied. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "core/store/rewrite.h"

/* What migrating a database with data needs to know about the programs. */
struct migration_host {
	/* INVALID, saying what to do, while programs of the previous version may be using the database. */
	bool (*is_quiet)(const struct migration_host *host, struct store *store, struct error *err);
	/* The database was copied under this name; the previous version can run on it. */
	void (*has_copied)(const struct migration_host *host, const char *copy);
	/* Executes { "call": name }: what a pipeline in the server cannot do. It may be interrupted and is then repeated.
	 */
	bool (*call)(const struct migration_host *host, struct store *store, const char *name, struct error *err);
	rewrite_progress *tell;
	const void *context; /* for the host's use */
};

/* Reads the files NNN-name.json of `folder` in order; each holds {"commands":[…]}: idempotent server commands and
 * "rewrite" (rewrite.h) or "call" (of the host; nothing in a database without data). Applies the pending ones; *applied
 * counts them. Before the first rewrite of a database with data, the database must be quiet and is copied to
 * NAME_before_NNN. An interrupted step resumes after its last completed command. CONFLICT if an applied file has
 * changed. `host` may be NULL for a database without data. */
bool migrate_apply(struct store *store, const char *folder, const struct migration_host *host, int *applied,
                   struct error *err) MUST_CHECK;

/* INVALID, with a one-line message, unless exactly the files of `folder` have been applied. */
bool migrate_check(struct store *store, const char *folder, struct error *err) MUST_CHECK;

#endif
