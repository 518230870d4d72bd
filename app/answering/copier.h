/* Mails written again for whoever asks. */
#ifndef ANSWERING_COPIER_H
#define ANSWERING_COPIER_H

#include "core/process/settings.h"
#include "dispatch/copy.h"

/* Mails of a campaign, with this process's keys and settings. MISSING: it was never started. */
bool message_copier(const struct settings *settings, struct store *store, const char *campaign_id, struct arena *arena,
                    struct copier *copier, struct error *err) MUST_CHECK;

#endif
