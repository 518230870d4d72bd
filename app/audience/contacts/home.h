/* The time zone in which a contact lives, as far as it is known: what their custom field time_zone, timezone or
 * TIMEZONE names, typed here, imported or as a list has it. */
#ifndef AUDIENCE_CONTACTS_HOME_H
#define AUDIENCE_CONTACTS_HOME_H

#include "audience/contacts/contact.h"

#define HOME_FIELD "time_zone"

/* Pure but for the table of zones. The name of the zone as the tz database writes it, which lives as long as the
 * process; NULL: it is not known, or no zone. Capitals do not matter. */
const char *home_zone(const struct contact *contact);

/* How many people live in a zone. */
struct home {
	const char *zone;
	int64_t people;
};

/* Of all contacts whose zone is known, those who may not be mailed too; unordered. *is_known false: counting them took
 * too long. */
bool homes_count(struct store *store, struct arena *arena, struct rows *homes, bool *is_known,
                 struct error *err) MUST_CHECK;

#endif
