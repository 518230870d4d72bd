/* The page "Your data" behind the link to unsubscribe. Private to this folder. */
#ifndef SUBSCRIBING_OWN_DATA_PAGES_H
#define SUBSCRIBING_OWN_DATA_PAGES_H

#include "answering/unsubscribing.h"
#include "core/http/exchange.h"

/* Is this the page that is asked for, and one of its actions? */
bool own_data_is_asked(const struct exchange *x);
bool own_data_is_action(const char *action);

bool own_data_show(struct exchange *x, const struct leaver *leaver, struct error *err) MUST_CHECK;
bool own_data_act(struct exchange *x, const struct leaver *leaver, const char *action, struct error *err) MUST_CHECK;

#endif
