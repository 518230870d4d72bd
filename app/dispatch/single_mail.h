/* One email to one person at once, asked for by a program: a receipt, a password to be reset. It waits for no campaign,
 * is not tracked and has no unsubscribe link; whoever unsubscribed gets it, whoever is suppressed for another reason
 * does not.
 *
 * telltale-sender hands it over (sender/single_job.h) at least once: if no answer comes, it is handed over again, with
 * the same Message-ID. Kept for 30 days, in `single_mails`. */
#ifndef DISPATCH_SINGLE_MAIL_H
#define DISPATCH_SINGLE_MAIL_H

#include "core/store/page.h"
#include "dispatch/acting.h"
#include "dispatch/dispatch.h"

#define SINGLE_MAIL_JOB "single_mail"

enum single_mail_state {
	SINGLE_MAIL_PENDING,
	SINGLE_MAIL_SENT,
	SINGLE_MAIL_FAILED,
	SINGLE_MAIL_SUPPRESSED,
	SINGLE_MAIL_STATES,
};
extern const struct choices single_mail_states; /* "pending" … */
extern const char *const single_mail_state_labels[SINGLE_MAIL_STATES];

struct single_mail {
	const char *id;
	const char *to, *contact_id; /* contact_id NULL: nobody here has the address */
	const char *account_id;      /* NULL: the mail server of the settings */
	const char *from, *reply_to; /* "Name <address>" */
	const char *subject, *html_content, *text_content;
	struct strings names, types; /* as of struct dispatch */
	const char *values;          /* JSON array in their order */
	unsigned status;             /* enum single_mail_state */
	int64_t attempts;
	const char *error; /* what went wrong last, in the mail server's words or ours; NULL: nothing did */
	const char *created_by;
	struct moment created_at, sent_at, expires_at;
};
extern const struct record_type single_mail_record; /* as it is stored */
extern const struct record_type single_mail_answer; /* without what was frozen */

struct single_request {
	const char *to, *template_id, *subject, *html_content, *text_content, *from_email, *from_name, *reply_to,
		*account_id;
	const char *variables; /* a JSON object: what its tags name, before what is known of the person; NULL: none */
};
extern const struct record_type single_request_record;

/* `id`: exchange_new_id; if there is one of this id already, it is *mail, and no second one is sent. INVALID names the
 * member. CONFLICT: the address is suppressed. LIMITED: too many in a minute. */
bool single_mail_ask(const struct acting *acting, const struct single_request *request, const char *id,
                     struct single_mail *mail, struct error *err) MUST_CHECK;

/* The same, but whoever it is to gets nothing: it fails as it would, counts as one of the minute, and takes as long, as
 * what is stored is a mail to nobody that is over. For those who may not learn whether somebody gets one. */
bool single_mail_rehearse(const struct acting *acting, const struct single_request *request, const char *id,
                          struct error *err) MUST_CHECK;

/* Of the last day's, those without a job, which a crash has left out, get one (`adopt` of a job kind). */
bool single_mails_adopt(struct store *store, void *context, struct error *err) MUST_CHECK;

/* By its id, also behind "email_"; *found false: it is none of these. */
bool single_mail_find(struct store *store, const char *name, struct arena *arena, struct single_mail *mail, bool *found,
                      struct error *err) MUST_CHECK;

struct single_mails_query {
	int state;          /* enum single_mail_state; SINGLE_MAIL_STATES: any */
	const char *to;     /* an address as it is stored (contact_norm); NULL: any */
	const char *cursor; /* of the page before; NULL or "": from the newest */
	int limit;
};
/* A page of struct single_mail without what they say, the newest first. INVALID names "cursor". */
bool single_mails_page(struct store *store, const struct single_mails_query *query, struct arena *arena,
                       struct page *page, struct error *err) MUST_CHECK;

/* How many of these 30 days are in a state; at most `most`. */
bool single_mails_count(struct store *store, enum single_mail_state state, int64_t most, int64_t *count,
                        struct error *err) MUST_CHECK;

/* What became of it. */
bool single_mail_save(struct store *store, const struct single_mail *mail, struct error *err) MUST_CHECK;

/* May it still be sent? *why: if not. */
bool single_mail_check(struct store *store, const char *to, struct arena *arena, const char **why,
                       struct error *err) MUST_CHECK;

/* Pure. What writes the mail (dispatch/letter.h). */
struct dispatch single_mail_dispatch(const struct single_mail *mail, struct arena *arena);

/* Removes those to people who are erased. */
bool single_mails_forget(struct store *store, const struct strings *contact_ids, struct error *err) MUST_CHECK;

#endif
