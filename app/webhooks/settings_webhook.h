/* The webhook of the settings WEBHOOK_URL and WEBHOOK_EVENTS. It is stored like any other, with a log and a secret that
 * is created here: whoever needs that lets a new one be created on its page. */
#ifndef WEBHOOKS_SETTINGS_WEBHOOK_H
#define WEBHOOKS_SETTINGS_WEBHOOK_H

#include "webhooks/webhook.h"

extern const char SETTINGS_WEBHOOK[]; /* its id */

/* Makes it as the settings say: created, led elsewhere, told of other events, or turned off once they no longer name
 * it, or name what cannot be: then its problem says why. What is as they say is left alone, also if somebody has turned
 * it off. May be repeated. */
bool settings_webhook_follow(struct store *store, const struct settings *settings, struct moment now,
                             struct arena *arena, struct error *err) MUST_CHECK;

/* Pure. The events named in "campaign_sent, email_opened"; none: those about campaigns. INVALID names WEBHOOK_EVENTS.
 */
bool settings_webhook_events(const char *text, struct arena *arena, struct strings *events,
                             struct error *err) MUST_CHECK;

#endif
