/* What came back of an own campaign by its links, as answering has folded it (answering/answer.h): `answer_sums`, one
 * small document a campaign, so that whoever shows it reads no hits. */
#ifndef DISPATCH_ANSWERS_H
#define DISPATCH_ANSWERS_H

#include "core/store/store.h"

struct answers {
	const char *campaign_id;
	/* People; each once. Who opened: of whom an open or a click is known that nothing speaks against. */
	int64_t opened, clicked, unsubscribed;
	int64_t proxied;  /* people whose mail was fetched by a privacy proxy, and of whom nothing else is known */
	int64_t machined; /* people whose mail only machines have touched */
	/* Hits by their class (answering/hit.h). */
	int64_t human_opens, proxy_opens, machine_opens, unknown_opens;
	int64_t human_clicks, proxy_clicks, machine_clicks, unknown_clicks;
	int64_t counted_opens, counted_clicks; /* of the human ones, by people who are only counted */
	struct moment folded_at;               /* when it was summed up */
	struct moment told_at;                 /* when the campaign's figures had it */
	bool is_due;                           /* something has been folded since */
};
extern const struct record_type answers_record;

/* All 0 if *found is false: nothing has come back yet. */
bool answers_find(struct store *store, const char *campaign_id, struct arena *arena, struct answers *answers,
                  bool *found, struct error *err) MUST_CHECK;

#endif
