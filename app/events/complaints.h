/* Whoever complained about a campaign is suppressed, whatever their list says. */
#ifndef EVENTS_COMPLAINTS_H
#define EVENTS_COMPLAINTS_H

#include "core/store/store.h"

/* Suppresses everybody whose events have a complaint and who is not. May be interrupted and repeated. */
bool complaints_suppress(struct store *store, struct moment now, struct error *err) MUST_CHECK;

#endif
