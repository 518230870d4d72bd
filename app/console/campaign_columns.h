/* Which columns the list of campaigns shows: those that its address names by "column", else those that were chosen last
 * in this browser, else the usual ones. */
#ifndef CONSOLE_CAMPAIGN_COLUMNS_H
#define CONSOLE_CAMPAIGN_COLUMNS_H

#include "console/campaign_listing.h"

/* Name and sending are always shown; the others are rows of a table in the .c file, by their place in it. */
struct campaign_columns {
	unsigned shown;      /* 1 << place */
	bool is_chosen;      /* not the usual ones, or chosen in this browser */
	struct strings keys; /* as they are in the address */
};

/* INVALID, naming "column": there is no such one. *columns is then the usual ones. */
bool campaign_columns_read(struct exchange *x, struct campaign_columns *columns, struct error *err) MUST_CHECK;

/* POST: remembers the columns of the form for this browser and shows them, by an address that names them. */
bool campaign_columns_keep(struct exchange *x, struct error *err) MUST_CHECK;

/* The heads with their orders, what can be chosen, and what forms keep. */
void campaign_columns_put(struct exchange *x, const struct campaign_columns *columns,
                          const struct campaign_query *query, struct value *view);

/* The cells of a row that has its figures and, for bars, "click_width" and "open_width". */
void campaign_columns_put_cells(const struct campaign_columns *columns, struct value *row);

#endif
