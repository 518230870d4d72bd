/* What the page files of this room share; nobody else includes it. */
#ifndef CONTACTS_PAGES_H
#define CONTACTS_PAGES_H

#include "contacts/contact.h"

enum { CONTACT_PAGE_ROWS = 50, CONTACT_API_MOST = 500 };

route_handler contact_report_page, contact_report_api, contact_report_csv;

route_handler tags_page, tags_api, tags_csv, domains_page, domains_api, domains_csv;

#endif
