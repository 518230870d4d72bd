/* Bringing the database to this version's shape: what core/store/migrate.h needs to know of the programs. */
#ifndef OPERATE_UPGRADE_H
#define OPERATE_UPGRADE_H

#include "core/process/settings.h"
#include "core/store/migrate.h"

/* Applies what is missing of the folder of migrations. Where data is rewritten, nobody may be at work on the database;
 * a copy is kept first, and the progress is told on stderr. */
bool upgrade_run(struct store *store, const struct settings *settings, const char *folder, int *applied,
                 struct error *err) MUST_CHECK;

#endif
