/* Upgrading the database to this version's schema: what core/store/migrate.h needs to know about the programs. */
#ifndef OPERATE_UPGRADE_H
#define OPERATE_UPGRADE_H

#include "core/process/settings.h"
#include "core/store/migrate.h"

/* Applies the pending migrations in the folder. If data is rewritten, nobody may be using the database; a copy is made
 * first and progress is printed to stderr. */
bool upgrade_run(struct store *store, const struct settings *settings, const char *folder, int *applied,
                 struct error *err) MUST_CHECK;

#endif
