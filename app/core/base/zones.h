/* The time zones that this system knows: names of the tz database, and what to call them. */
#ifndef BASE_ZONES_H
#define BASE_ZONES_H

#include "core/base/calendar.h"
#include "core/base/error.h"
#include "core/base/text.h"

enum { ZONE_NAME_MAX = 60 };

/* The names of the database's table of places, sorted, read once, and UTC at the end; only UTC if there is no table. */
const struct strings *zones_all(void);

/* A name of the database, also an alias such as US/Eastern; no offset and no rule. INVALID names the field. */
bool zones_check(const char *name, const char *field, struct error *err) MUST_CHECK;

/* What clocks in the zone are called then: "CET", "CEST", "+0530"; "UTC" for no zone. */
const char *zones_clock(const char *name, struct moment at, struct arena *arena);

/* "Berlin (CET)", and "Europe/Berlin (CET)"; "UTC" for UTC. */
const char *zones_place(const char *name, struct moment at, struct arena *arena);
const char *zones_full(const char *name, struct moment at, struct arena *arena);

/* A copy that lives as long as the process, the same for the same name; "UTC" for NULL and "". */
const char *zones_kept(const char *name);

/* "Buenos Aires" of America/Argentina/Buenos_Aires. */
const char *zones_city(const char *name, struct arena *arena);

#endif
