/* The form of the composer; private to this folder. */
#ifndef COMPOSING_COMPOSER_VIEW_PAGES_H
#define COMPOSING_COMPOSER_VIEW_PAGES_H

#include "composing/draft.h"
#include "composing/headcount.h"
#include "composing/known.h"
#include "composing/missing.h"
#include "composing/outlook.h"
#include "composing/wording.h"
#include "core/http/exchange.h"
#include "segments/rule.h"

/* Shows the form again with what was typed; nothing is saved. */
#define COMPOSER_PREVIEW "/campaigns/preview"

/* What the form sends. Lists are named, "Newsletter, Members". */
struct composer_form {
	const char *name, *subject, *more_subjects, *from_name, *from_email, *more_froms, *reply_to, *preheader;
	const char *template_id, *provider_template, *account_id, *html_content, *text_content, *sms_content;
	const char *list_ids, *target_segments, *recipients, *exclude_list_ids, *exclude_segments;
	const char *qr_deal, *qr_deal_value, *scheduled_time, *time_zone;
	bool recipient_zones;
	const char *add_list, *add_segment; /* buttons: the name to add */
	const char *step, *next;            /* that which is open; that which is wanted */
	unsigned channel, tracking;
	bool everybody, track_opens, track_clicks, unsubscribe_link, suppress_duplicates, qr_enabled, copy_template;
	int64_t exclude_days, qr_expiration_days, qr_max_usage, send_rate_limit_emails, send_rate_limit_sms, rev;
};
extern const struct record_type composer_form_record;

/* The members of a composition that the form gives: all. */
extern const struct strings composer_given;

/* What the form says, as a request. INVALID names the control. */
bool composer_read(struct exchange *x, struct composition *request, struct error *err) MUST_CHECK;

/* The rule of its builder; NULL if it asks for nothing. */
const char *composer_rule(struct exchange *x, const struct rule_names *names);

/* Answers with the form; campaign.id is NULL of a new draft. */
bool composer_show(struct exchange *x, const struct draft *draft, struct error *err) MUST_CHECK;

/* For the head of a page about a draft, and how it looks in an inbox. */
void composer_put_head(struct exchange *x, struct value *view, const struct draft *draft);
void composer_put_inbox(struct exchange *x, struct value *view, const struct composition *said);

/* "attached": its files in words, or what is wrong with them; NULL without. */
bool composer_put_attached(struct exchange *x, struct value *view, const struct composition *said,
                           struct error *err) MUST_CHECK;

/* form.campaign-template, and what is said about the template that is chosen. */
bool composer_put_template(struct exchange *x, struct value *view, struct value *late, const struct composition *stored,
                           const struct composition *said, const struct composing_known *known,
                           struct error *err) MUST_CHECK;

/* Whom it means, and by channel how many get it and how sending will go. */
struct composer_people {
	const struct rule *rule;       /* NULL: nobody is chosen, or the rule is broken */
	const struct own_hours *hours; /* NULL: it goes out to all at once */
	struct composer_channel {
		bool is_used;
		struct headcount headcount;
		struct outlook outlook;
	} channels[2]; /* emails, SMS */
};
/* view.people: who gets it, and why others do not. */
bool composer_put_people(struct exchange *x, struct value *view, const struct composition *composition,
                         const struct composing_known *known, struct composer_people *found,
                         struct error *err) MUST_CHECK;

/* What a closed step says. */
const char *composer_answer(struct exchange *x, enum composer_step step, const struct composition *said,
                            const struct composing_known *known);

/* view.card, by step. */
void composer_put_cards(struct exchange *x, struct value *view, const struct wording *wording,
                        const struct composing_known *known, enum composer_step open);

/* The step that is asked for, or in which something is wrong. */
enum composer_step composer_open(const struct exchange *x);

/* view.steps for the line above the form. */
void composer_put_steps(struct exchange *x, struct value *view, const struct wording *wording, const char *id,
                        enum composer_step open);

#endif
