/* A mail that was sent, written again as it was: from what was frozen, the person's values of then, and the time at
 * which it was handed over. What differs: it is not signed, and marks are made with the newest key. */
#ifndef DISPATCH_COPY_H
#define DISPATCH_COPY_H

#include "core/store/store.h"
#include "dispatch/marks.h"
#include "dispatch/message.h"

struct copier {
	struct dispatch dispatch;
	const struct letter *letter; /* without attachments */
	const char *postal_address;
	struct marks_from from;
};

/* MISSING: it was never started. What `copier` points to must outlive it. */
bool copier_open(struct store *store, const char *campaign_id, const struct letter_settings *settings,
                 const struct marks_from *from, struct arena *arena, struct copier *copier,
                 struct error *err) MUST_CHECK;

struct mail_copy {
	const char *from_email;                /* in ASCII */
	const char *subject, *html, *text;     /* html NULL: it has none */
	const char *pixel_id, *unsubscribe_id; /* NULL: there is no key */
};

/* Whether opens and clicks of a copy would count. */
enum copy_links {
	COPY_AS_SENT,
	COPY_INERT, /* without pixel; links lead where they lead in the end, unsubscribing nowhere: to be looked at */
};

/* *out is empty if the person was erased since: their values are gone. */
bool copy_read(const struct copier *copier, const struct recipient *person, const struct sent_message *message,
               enum copy_links links, struct arena *arena, struct mail_copy *out, struct error *err) MUST_CHECK;

/* Appends the whole mail, but for a signature. MISSING: the person was erased. */
bool copy_source(struct store *store, const struct copier *copier, const struct recipient *person,
                 const struct sent_message *message, struct arena *arena, struct buf *out,
                 struct error *err) MUST_CHECK;

#endif
