/* The schema: numbered steps, forward only, each recorded with its checksum when it was applied. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "core/store/rewrite.h"

/* What migrating a database with data needs from those who know the programs. */
struct migration_host {
	/* INVALID, saying what to do, while a program of the version before may be at work on the database. */
	bool (*is_quiet)(const struct migration_host *host, struct store *store, struct error *err);
	/* A copy of the database was made under this name, on which the version before starts. */
	void (*has_copied)(const struct migration_host *host, const char *copy);
	rewrite_progress *tell;
	const void *context; /* the host's own */
};

/* Reads the files NNN-name.json of `folder` in order; each holds {"commands":[…]} of the server's commands, which may
 * be repeated, and of "rewrite" (rewrite.h). Applies those not yet applied; *applied counts them. Before the first
 * rewrite of a database with data, the database must be quiet and is copied to NAME_before_NNN. A step that was
 * interrupted goes on after the last command that ended. CONFLICT when an applied file has changed. `host` may be NULL
 * for a database without data. */
bool migrate_apply(struct store *store, const char *folder, const struct migration_host *host, int *applied,
                   struct error *err) MUST_CHECK;

/* INVALID with one clear line unless exactly the files of `folder` were applied. */
bool migrate_check(struct store *store, const char *folder, struct error *err) MUST_CHECK;

#endif
