/* Everything that is stored about a person, for them. Each room that stores something has its exporter in the table. */
#ifndef CONSOLE_PERSON_EXPORT_H
#define CONSOLE_PERSON_EXPORT_H

#include "audience/contacts/contact.h"

struct exporter {
	const char *name, *label; /* of the member, and for people */
	/* The value, a list of maps or a map; NULL if there is nothing. */
	bool (*find)(struct store *store, const struct contact *contact, struct arena *arena, struct value **value,
	             struct error *err);
};
extern const struct exporter exporters[];
extern const int exporter_count;

/* One object with a member for each exporter. */
bool person_export(struct store *store, const struct contact *contact, struct moment now, struct arena *arena,
                   struct value **all, struct error *err) MUST_CHECK;

#endif
