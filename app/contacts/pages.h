/* What the page files of this room share; nobody else includes it. */
#ifndef CONTACTS_PAGES_H
#define CONTACTS_PAGES_H

#include "contacts/contact.h"

enum { CONTACT_PAGE_ROWS = 50, CONTACT_CSV_ROWS = 200000 };

/* limit=, CONTACT_PAGE_ROWS when nothing is said. INVALID names it. */
bool contact_read_limit(const struct exchange *x, int *limit, struct error *err) MUST_CHECK;

route_handler contact_report_page, contact_report_api, contact_report_csv;

#endif
