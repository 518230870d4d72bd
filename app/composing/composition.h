/* What an own campaign says, to whom, and how: stored apart from what a list of campaigns shows of it
 * (campaigns/own_campaign.h), under the same id. Texts are kept as they were written; a draft may lack anything but a
 * name, and may hold content that is wrong (content_check.h says what). */
#ifndef COMPOSING_COMPOSITION_H
#define COMPOSING_COMPOSITION_H

#include "core/store/store.h"

enum channel { BY_EMAIL, BY_SMS, BY_BOTH, CHANNEL_COUNT };
extern const struct choices channels;
extern const char *const channel_labels[CHANNEL_COUNT];

/* How opens and clicks are kept, where they are tracked at all. */
enum counting { COUNTING_NAMED, COUNTING_COUNTED, COUNTING_OFF, COUNTING_COUNT };
extern const struct choices countings;
extern const char *const counting_labels[COUNTING_COUNT];

enum {
	COMPOSITION_NAME_MAX = 200,
	SUBJECT_MAX = 300,
	SUBJECTS_MAX = 20, /* and senders; they take turns */
	HTML_MAX = 500000,
	PLAIN_MAX = 200000,
	SMS_MAX = 1600,
	RECIPIENTS_MAX = 2000,
	COMPOSITION_LISTS_MAX = 50,
	EXCLUDE_DAYS_MAX = 365,
	QR_DAYS_MAX = 3650,
	QR_USES_MAX = 1000,
	RATE_MAX = 1000000, /* a minute */
	ATTACHED_MAX = 10,  /* files; together ATTACHMENTS_BYTES_MAX (media/attachment.h) */
};

struct composition {
	const char *id; /* of the campaign */
	const char *name;
	unsigned channel;
	struct strings subjects, froms;     /* they take turns; a sender is "Name <address>" */
	const char *from_name, *from_email; /* of the first one */
	const char *reply_to, *preheader;
	const char *template_id; /* one of ours (templates/template.h), or one that the connection's provider keeps */
	const char *account_id;  /* the connection (connections/connection.h) */
	const char *html_content, *text_content, *sms_content;
	struct strings attachment_ids;            /* files (media/media.h) that go with the email, in this order */
	struct strings list_ids, target_segments; /* names of segments, or tags; ALL */
	struct strings recipients;                /* addresses that were typed */
	const char *rule;                         /* JSON; narrows lists and segments */
	struct exclusion {
		struct strings list_ids, segments;
		int64_t days; /* those on a list to which a campaign was sent so recently; COUNT_NONE: nobody */
	} exclude;
	struct composition_settings {
		bool track_opens, track_clicks, unsubscribe_link, suppress_duplicates;
		unsigned tracking;
	} settings;
	struct composition_qr {
		bool enabled;
		int64_t expiration_days, max_usage;
		const char *deal;
		int64_t deal_value; /* minor units of the account's currency */
	} qr;
	int64_t send_rate_limit_emails, send_rate_limit_sms; /* a minute */
	struct moment scheduled_time;
	const char *time_zone; /* in which it was chosen */
	bool recipient_zones;  /* at what clocks show there then, by the clocks of everybody's own zone */
	const char *updated_by;
	struct moment updated_at;
	int64_t rev;

	/* Other names, of requests only. */
	const char *subject, *email_content, *connection_id, *chosen_time;
	struct strings destinataires;
	int64_t qr_expiration_days;
	bool copy_template; /* the template's content becomes the campaign's own */
};
extern const struct record_type composition_record;        /* as it is stored and answered */
extern const struct record_type composition_answer_record; /* what an answer has beyond campaign_record */
extern const struct record_type composition_request_record;

/* Who asks, when, and what they gave: names of members, those of an object as "settings.track_opens". */
struct composing {
	struct strings given;
	const char *by;
	struct moment now;
};

/* Pure. One before anything was said of it. `from_name`, `from_email`: the account's, or NULL. */
struct composition composition_fresh(const char *id, const char *zone, const char *from_name, const char *from_email,
                                     struct arena *arena);

/* Pure. The composition after the request: members that it does not give stay as they are. */
struct composition composition_say(const struct composition *before, const struct composition *request,
                                   const struct composing *composing, struct arena *arena);

/* Pure. A sender in its two parts: "Acme <news@acme.example>", or an address alone. */
struct sender {
	const char *name, *email;
};
struct sender sender_read(const char *text, struct arena *arena);
const char *sender_text(const struct sender *sender, struct arena *arena);

/* Pure. Does it send emails, or SMS? */
bool composition_emails(const struct composition *composition);
bool composition_texts(const struct composition *composition);

bool composition_find(struct store *store, const char *id, struct arena *arena, struct composition *composition,
                      struct error *err) MUST_CHECK; /* MISSING */
bool composition_create(struct store *store, const struct composition *composition, struct error *err) MUST_CHECK;
/* CONFLICT (store_is_stale): it was saved meanwhile. MISSING. */
bool composition_save(struct store *store, const struct composition *composition, struct error *err) MUST_CHECK;
/* Keeps what it said when it was started, with its template's words: what is shown of it later is what was sent. */
bool composition_keep_words(struct store *store, const struct composition *composition, struct error *err) MUST_CHECK;
bool composition_delete(struct store *store, const char *id, struct error *err) MUST_CHECK;

#endif
