/* Mails that come back: kept, and acted on once. A hard bounce and a complaint suppress the address of the message that
 * the return path names, with evidence; whoever lifts that has the last word (audience/suppression). Without a good
 * token nobody is charged. */
#ifndef INBOUND_RECEIVING_H
#define INBOUND_RECEIVING_H

#include "core/base/mac.h"
#include "core/jobs/jobs.h"
#include "core/store/page.h"
#include "core/store/store.h"
#include "inbound/report.h"

/* One mail that came back; stored before anything follows from it. */
struct inbound_mail {
	const char *id; /* the digest of the mail and the address that it came to; of a provider's event, of its id */
	unsigned kind;  /* enum inbound_kind */
	const char *campaign_id;
	int64_t block, index; /* the message; COUNT_NONE: not known */
	const char *contact_id;
	const char *status, *words;
	const char *recipient; /* of an event: whom the provider named; NULL: nobody, or this is a mail */
	bool is_forwarded;     /* the report is about another address than the one that was sent to */
	bool waits;            /* an event that has not been looked at since it was kept */
	struct bytes source;
	int64_t size;
	struct moment at, applied_at, expires_at;
	struct moment occurred_at; /* of an event, as the provider says; MOMENT_NONE: not known */
};
extern const struct record_type inbound_mail_record;

/* `address`: the one that it came to. *was_there: it had come before, and was done. */
bool inbound_receive(struct store *store, const struct mac_ring *keys, const char *address, const struct bytes *mail,
                     struct moment now, struct arena *arena, struct inbound_mail *received, bool *was_there,
                     struct error *err) MUST_CHECK;

/* Of telltale-audience: what is kept and was not acted on within a minute, since whoever received it was killed, is
 * acted on, though it may never be delivered again. */
extern const struct job_kind inbound_job;

enum { INBOUND_KEPT_DAYS = 90 };

/* What is kept, the newest first. */
bool inbound_page(struct store *store, const char *cursor, int limit, struct arena *arena, struct page *page,
                  struct error *err) MUST_CHECK;

/* What came back of messages to these people, or names these addresses (contact_norm), is removed. */
bool inbound_forget(struct store *store, const struct strings *contact_ids, const struct strings *norms,
                    struct error *err) MUST_CHECK;

#endif
