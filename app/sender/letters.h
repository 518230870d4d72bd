/* The campaigns that a sender is sending: what was frozen, and its mail, compiled once. */
#ifndef SENDER_LETTERS_H
#define SENDER_LETTERS_H

#include "content/tokens/mail_links.h"
#include "core/process/settings.h"
#include "dispatch/letter.h"
#include "senders/open.h"

struct sent_signer {
	const char *domain; /* of From */
	struct dkim_signer signer;
};

struct sent_campaign {
	struct arena *arena;
	struct dispatch dispatch;
	const struct letter *letter;
	struct sent_signer *signers; /* of the domains that it is sent from */
	int signer_count;
	int64_t warming_told_ms; /* until then its log does not say again that the plan holds it up */
	char warming[25];        /* id of the sending domain that is being warmed up, the first of its senders'; "": none */
	int64_t used_ms, read_ms; /* read_ms: when its rate was read last */
	int64_t held_ms;          /* when a refusal paused it last: what began before that pauses it no more */
	int64_t takes;            /* how many times as many tokens are taken as are needed at once; at least 1 */
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

/* Who signs for a sender's address, read now, for a mail or two; its count is 0 if nobody does. Lives in the arena. */
bool signer_open(struct store *store, const struct settings *settings, const char *from, struct arena *arena,
                 struct dkim_signer *signer, struct error *err) MUST_CHECK;
/* Appends the signature, if anybody signs, and the mail. */
bool signer_write(const struct dkim_signer *signer, const struct buf *draft, struct moment now, struct buf *out,
                  struct error *err) MUST_CHECK;

/* Who signs for a sender's address; its count is 0 if nobody does. */
const struct dkim_signer *letters_signer(const struct sent_campaign *campaign, const char *from);

#endif
