#ifndef AUDIENCE_CUSTOMERS_CUSTOMER_PAGES_H
#define AUDIENCE_CUSTOMERS_CUSTOMER_PAGES_H

#include "core/http/exchange.h"

/* "age_group" of the other system's documents becomes "Age group"; NULL gives NULL. */
const char *customer_group_words(struct arena *arena, const char *name);

extern const struct route customer_routes[];

/* Links the contact in the path to a customer by hand; the form is on the contact's page. */
extern const struct record_type customer_link_record;
bool customer_link(struct exchange *x, struct error *err);

#endif
