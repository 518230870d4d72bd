/* The schema: numbered steps, forward only, each recorded with its checksum when it was applied. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "core/store/store.h"

/* Reads the files NNN-name.json of `folder` in order; each holds {"commands":[…]} of createIndexes and
 * create. Applies those not yet applied; *applied counts them. CONFLICT when an applied file has changed. */
bool migrate_apply(struct store *store, const char *folder, int *applied, struct error *err) MUST_CHECK;

/* INVALID with one clear line unless exactly the files of `folder` were applied. */
bool migrate_check(struct store *store, const char *folder, struct error *err) MUST_CHECK;

#endif
