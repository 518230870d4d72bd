/* Contacts as CSV, with all that is said of them: a file that can be imported again and changes nothing. */
#ifndef AUDIENCE_CONTACTS_CONTACT_CSV_H
#define AUDIENCE_CONTACTS_CONTACT_CSV_H

#include "audience/contacts/contact.h"

/* The columns: the same for all rows of a file. */
struct contact_columns {
	struct rows definitions; /* struct definition: a column each; fields without a definition share one */
};

bool contact_columns_read(struct store *store, struct arena *arena, struct contact_columns *columns,
                          struct error *err) MUST_CHECK;

void contact_to_csv_head(const struct contact_columns *columns, struct buf *out);
void contact_to_csv(const struct contact_columns *columns, const struct contact *contact, struct arena *arena,
                    struct buf *out);

#endif
