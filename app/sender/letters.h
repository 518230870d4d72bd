/* The campaigns that a sender is sending: what was frozen, and its mail, compiled once. */
#ifndef SENDER_LETTERS_H
#define SENDER_LETTERS_H

#include "content/tokens/mail_links.h"
#include "core/process/settings.h"
#include "dispatch/letter.h"

struct sent_campaign {
	struct arena *arena;
	struct dispatch dispatch;
	const struct letter *letter;
	int64_t used_ms, read_ms; /* read_ms: when its rate was read last */
	int holds;
	struct sent_campaign *next;
};

struct letters {
	struct store *store;
	const struct settings *settings;
	struct sent_campaign *first;
};

void letters_open(struct letters *letters, struct store *store, const struct settings *settings);
void letters_close(struct letters *letters);

/* Each call must be followed by letters_leave. */
bool letters_take(struct letters *letters, const char *campaign_id, struct sent_campaign **campaign,
                  struct error *err) MUST_CHECK;
void letters_leave(struct letters *letters, struct sent_campaign *campaign);

#endif
