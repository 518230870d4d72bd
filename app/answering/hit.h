/* What comes back of a mail: its pixel was fetched, a link of it was followed, somebody unsubscribed by it. `hits` is
 * append-only, one document each, with what can be known of the visitor without keeping address or agent: whether it
 * was a person is judged later, and again when the rules change.
 *
 * Whose opens and clicks are only counted (audience/contacts/permission.h) leaves no trace of which mail it was. That
 * is decided at the hit, also for mails that were sent earlier. */
#ifndef ANSWERING_HIT_H
#define ANSWERING_HIT_H

#include "answering/visitor.h"
#include "content/tokens/token.h"
#include "core/store/store.h"

enum hit_kind { HIT_OPEN, HIT_CLICK, HIT_UNSUBSCRIBE, HIT_KIND_COUNT };
extern const struct choices hit_kinds;

struct hit {
	const char *id, *campaign_id;
	int64_t block, index;   /* of the message; COUNT_NONE: only counted, or HIT_UNSUBSCRIBE */
	int64_t link;           /* HIT_CLICK: its number */
	const char *contact_id; /* NULL: only counted, or erased */
	unsigned kind;
	struct moment at;
	struct visitor visitor;
};
extern const struct record_type hit_record;

/* An open or a click of the message that the token names, unsettled: who it was is not known yet. */
struct hit hit_of(enum hit_kind kind, const struct token *token, const struct visitor *visitor, struct moment now,
                  struct arena *arena);

/* Finds out whose it was and whether that may be kept. `required`: TRACKING_CONSENT=required. */
bool hit_settle(struct store *store, struct hit *hit, bool required, struct arena *arena, struct error *err) MUST_CHECK;

/* Stores a settled hit; once, however often it is called. */
bool hit_store(struct store *store, const struct hit *hit, struct error *err) MUST_CHECK;

/* The hits of these people are of nobody: they count as before. */
bool hit_forget(struct store *store, const struct strings *contact_ids, struct error *err) MUST_CHECK;

#endif
