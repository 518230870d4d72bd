/* Sending signed requests to one webhook, several at once: its address is resolved, checked and held to; redirects are
 * not followed. Private to this folder. */
#ifndef WEBHOOKS_POSTING_H
#define WEBHOOKS_POSTING_H

#include "core/process/settings.h"
#include "webhooks/webhook.h"

enum { POSTING_MAX = 8 };

/* What came of one. */
struct posted {
	const char *problem;     /* NULL: it was taken */
	int64_t status, took_ms; /* status COUNT_NONE: there was no answer */
	int64_t retry_ms;        /* how long its server asks us to wait; 0: it does not */
};

struct posting;

/* Everything lives in the arena. What hinders all requests is the problem of each. */
struct posting *posting_begin(const struct webhook *webhook, const struct settings *settings, struct moment now,
                              struct arena *arena);

/* `place` < POSTING_MAX. `id` and `body` must stay. */
void posting_start(struct posting *posting, int place, const char *id, const char *body, struct moment now);

/* Goes on for up to `ms`. True: all that were started are over. */
bool posting_turn(struct posting *posting, int ms);
const struct posted *posting_result(const struct posting *posting, int place);

#endif
