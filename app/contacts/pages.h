/* What the page files of this room share; nobody else includes it. */
#ifndef CONTACTS_PAGES_H
#define CONTACTS_PAGES_H

#include "contacts/contact.h"

enum { CONTACT_PAGE_ROWS = 50, CONTACT_API_MAX = 500 };

/* The campaign that the address names. MISSING: there is none. */
bool contact_need_campaign(struct exchange *x, struct campaign *campaign, struct error *err) MUST_CHECK;

/* Adds "sum" and "count": what the people on a page did, added up. */
void contact_put_sum(struct value *view, const struct contact *rows, int count);

/* A row of the list of contacts, as template data and as CSV. */
struct value *contact_row_view(const struct contact *contact, struct arena *arena);
void contact_to_csv_head(struct buf *out);
void contact_to_csv(const struct contact *contact, struct arena *arena, struct buf *out);

/* Adds "reports": the addresses of what a campaign's reports say and leave, `chosen` being the label of this one. */
void contact_put_reports(struct value *view, const char *campaign_id, const char *chosen);

route_handler non_openers_page, non_openers_api, non_openers_csv;
route_handler non_clickers_page, non_clickers_api, non_clickers_csv;
route_handler contact_report_page, contact_report_api, contact_report_csv;

route_handler tags_page, tags_api, tags_csv, domains_page, domains_api, domains_csv;

#endif
