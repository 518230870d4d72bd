/* The review of a draft: what is missing, the checks, how sending will go; as page and as JSON. */
#include "composing/review_pages.h"

#include "composing/action_view_pages.h"
#include "composing/addressees.h"
#include "composing/checks_pages.h"
#include "composing/composer_view_pages.h"
#include "composing/outlook_reading.h"
#include "composing/own_hour.h"
#include "composing/request_pages.h"
#include "composing/sms_cost.h"
#include "core/base/currency.h"
#include "core/base/local.h"
#include "core/formats/mail.h"
#include "preflight/lookups.h"
#include "segments/asked_pages.h"
#include "templates/reading_pages.h"

/* A draft with all that it names. */
struct reviewed {
	struct draft draft;
	struct composing_known known;
	struct wording wording;
};

static bool read_draft(struct exchange *x, struct reviewed *reviewed, struct error *err) {
	const struct composition *stored = &reviewed->draft.composition;
	if (!composing_need(x, &reviewed->draft, err) || !known_read(x->store, x->arena, &reviewed->known, err) ||
	    !known_read_template(x->store, stored->template_id, x->arena, &reviewed->known, err))
		return false;
	const struct wording wording = wording_of(stored, &reviewed->known, x->arena);
	reviewed->wording = wording_complete(&wording, x->settings->postal_address, x->arena);
	return true;
}

/* NULL: nobody is chosen, or it cannot be read any more, which the page says where it counts them. */
static bool read_rule(struct exchange *x, const struct reviewed *reviewed, const struct rule **rule,
                      struct error *err) {
	struct error broken = ERROR_INIT;
	*rule = NULL;
	if (addressees_rule(&reviewed->wording.said, &reviewed->known, x->now, x->arena, rule, &broken) ||
	    broken.kind == ERROR_INVALID)
		return true;
	*err = broken;
	return false;
}

/* Pages. */

static void put_day_rows(struct exchange *x, struct value *one, const struct forecast *forecast) {
	enum { DAYS_SHOWN = 14 };
	const struct forecast_day *days = forecast->days.items;
	struct value *rows = value_put(one, "days", value_list(x->arena));
	for (int i = 0; i < forecast->days.count && i < DAYS_SHOWN; i++) {
		struct value *row = value_push(rows, value_map(x->arena));
		struct moment day;
		bool read = moment_parse(arena_print(x->arena, "%sT00:00:00Z", days[i].day), &day);
		value_put_text(row, "day", read ? text_of_date(x->arena, day) : days[i].day);
		value_put_text(row, "sent", text_of_count(x->arena, days[i].sent));
		value_put_text(row, "limit", days[i].limit);
	}
	int64_t more = forecast->days.count - DAYS_SHOWN;
	value_put_text(one, "more_days", more > 0 ? text_of_counted(x->arena, more, "more day", "more days") : NULL);
	value_put_bool(one, "has_days", forecast->days.count > 1);
}

static bool read_cost(struct exchange *x, const struct reviewed *reviewed, const struct outlook *outlook,
                      struct sms_cost *cost, struct error *err) {
	return sms_cost_of(&reviewed->wording, &reviewed->known, outlook->connection, outlook->forecast.messages,
	                   currency_digits(x->settings->currency), x->now, x->arena, cost, err);
}

static bool put_forecast(struct exchange *x, struct value *view, const struct reviewed *reviewed,
                         const struct composer_people *people, struct error *err) {
	static const char *const titles[] = { "Emails", "SMS" };
	struct value *rows = value_put(view, "forecasts", value_list(x->arena));
	bool any_runs = false;
	for (int i = 0; i < 2; i++) {
		const struct outlook *outlook = &people->channels[i].outlook;
		const struct forecast *forecast = &outlook->forecast;
		if (!people->channels[i].is_used)
			continue;
		struct value *one = value_push(rows, value_map(x->arena));
		bool runs = !outlook->problem && forecast->messages > 0;
		struct sms_cost cost = { .least_segments = 0 };
		if (i == 1 && runs && !read_cost(x, reviewed, outlook, &cost, err))
			return false;
		value_put_text(one, "cost", sms_cost_words(&cost, x->settings->currency, x->arena));
		any_runs = any_runs || runs;
		value_put_text(one, "title", titles[i]);
		value_put_text(one, "problem", outlook->problem);
		value_put_bool(one, "runs", runs);
		value_put_text(one, "messages", text_of_count(x->arena, forecast->messages));
		value_put_text(one, "through", outlook->connection ? outlook->connection->name : NULL);
		value_put_bool(one, "is_off", outlook->connection && !outlook->connection->is_active);
		value_put_text(one, "begins", runs ? text_of_moment_near(x->arena, forecast->begins, x->now) : NULL);
		value_put_text(one, "ends",
		               !runs                           ? NULL
		               : moment_is_set(forecast->ends) ? text_of_moment_near(x->arena, forecast->ends, x->now)
		                                               : "Not within 400 days");
		value_put_text(one, "limit", forecast->limit);
		put_day_rows(x, one, forecast);
	}
	value_put_bool(view, "any_runs", any_runs);
	value_put_bool(view, "has_forecast", rows->count > 0);
	return true;
}

static void put_lack(struct value *rows, const char *text, const char *address) {
	struct value *row = value_push(rows, value_map(rows->arena));
	value_put_text(row, "text", text);
	value_put_text(row, "address", address);
}

/* People are chosen, and all of them are left out. */
static bool reaches_nobody(const struct composer_people *people) {
	bool is_used = false;
	for (int i = 0; i < 2; i++) {
		const struct composer_channel *channel = &people->channels[i];
		if (channel->is_used && channel->headcount.recipients != 0)
			return false;
		is_used = is_used || channel->is_used;
	}
	return is_used;
}

static void put_missing(struct exchange *x, struct value *view, const struct reviewed *reviewed,
                        const struct composer_people *people) {
	const struct composition *said = &reviewed->wording.said;
	struct missing missing[MISSING_MAX];
	int count = composition_missing(&reviewed->wording, missing);
	struct value *rows = value_put(view, "missing", value_list(x->arena));
	for (int i = 0; i < count; i++)
		put_lack(rows, missing[i].text,
		         arena_print(x->arena, "/campaigns/%s/edit?step=%s", reviewed->draft.campaign.id, missing[i].step));
	if (reaches_nobody(people))
		put_lack(rows, UNREACHED,
		         arena_print(x->arena, "/campaigns/%s/edit?step=audience", reviewed->draft.campaign.id));
	if (composition_emails(said) && !outlook_connection(&reviewed->known, said->account_id, false))
		put_lack(rows, "Set up a mail server to send it through", "/connections");
	value_put_bool(view, "has_missing", rows->count > 0);
}

/* As a made-up contact reads it. */
static bool put_sample(struct exchange *x, struct value *view, const struct reviewed *reviewed, struct error *err) {
	const struct template said = wording_template(&reviewed->wording);
	struct reading reading;
	if (!reading_render(x, &said, &reading, err))
		return false;
	const char *const *parts = reading.preview.parts;
	value_put_text(view, "reader", text_fold(x->arena, reading.reader.name));
	value_put_text(view, "subject", parts[PART_SUBJECT]);
	value_put_text(view, "preheader", parts[PART_PREHEADER]);
	value_put_text(view, "text", parts[PART_TEXT]);
	value_put_text(view, "sms", parts[PART_SMS]);
	value_put_int(view, "segments", reading.preview.sms.segments);
	value_put_bool(view, "has_html", reading.has_html);
	return true;
}

static bool is_true(const struct value *view, const char *name) {
	const struct value *value = value_get(view, name);
	return value && value->kind == VALUE_BOOL && value->boolean;
}

/* Its state as it is now, and what that allows. */
static bool put_actions(struct exchange *x, struct value *view, const struct draft *draft,
                        const struct composer_people *people, const char *by_hour, struct error *err) {
	const struct composer_channel *emails = &people->channels[0];
	bool is_counted = emails->is_used && emails->headcount.recipients != COUNT_NONE;
	enum campaign_status status;
	if (!campaign_read_status(x->store, draft->campaign.id, &status, err))
		return false;
	value_put_text(view, "status", choice_name(&campaign_statuses, (int)status));
	value_put_text(view, "status_label", campaign_status_labels[status]);
	value_put_bool(view, "is_draft", campaign_is_editable(status));
	value_put_bool(view, "can_act",
	               !campaign_is_editable(status) || (!is_true(view, "has_missing") && !is_true(view, "blocks")));
	action_put(x, view, draft->campaign.id, status,
	           is_counted ? text_of_counted(x->arena, emails->headcount.recipients, "contact", "contacts") : NULL,
	           draft->campaign.scheduled_time, by_hour);
	return true;
}

/* The time that was chosen, in words. Returns the same if it is by everybody's own clock, else NULL. */
static const char *put_time(const struct exchange *x, struct value *view, const struct composition *said,
                            const struct own_hours *hours) {
	const char *by_hour = hours ? own_hours_words(hours, x->now, x->arena) : NULL;
	value_put_text(view, "chosen",
	               by_hour                               ? by_hour
	               : moment_is_set(said->scheduled_time) ? text_of_moment_zone(x->arena, said->scheduled_time)
	                                                     : NULL);
	return by_hour;
}

static bool show_review(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct reviewed *reviewed = arena_new_of(x->arena, struct reviewed);
	struct composer_people people;
	struct checked checked;
	if (!read_draft(x, reviewed, err))
		return false;
	const struct draft *draft = &reviewed->draft;
	const struct composition *said = &reviewed->wording.said;
	composer_put_head(x, view, draft);
	composer_put_inbox(x, view, said);
	composer_put_steps(x, view, &reviewed->wording, draft->campaign.id, STEP_REVIEW);
	for (int i = 0; i < STEP_REVIEW; i++)
		value_put_text(view, arena_print(x->arena, "answer_%s", steps.names[i]),
		               composer_answer(x, (enum composer_step)i, said, &reviewed->known));
	if (!composer_put_people(x, view, said, &reviewed->known, &people, err) ||
	    !checks_run(x, &reviewed->wording, &reviewed->known, people.rule, &checked, err) ||
	    !put_sample(x, view, reviewed, err))
		return false;
	const char *by_hour = put_time(x, view, said, people.hours);
	put_missing(x, view, reviewed, &people);
	checks_put(x, view, draft, &reviewed->wording, &checked);
	return composer_put_attached(x, view, said, err) && put_forecast(x, view, reviewed, &people, err) &&
	       put_actions(x, view, draft, &people, by_hour, err) &&
	       reply_page(x, "composing/review", campaign_name(&draft->campaign), "outbox", view, err);
}

/* The checks alone: what the review asks for until all is looked up. */
static bool show_checks(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct reviewed *reviewed = arena_new_of(x->arena, struct reviewed);
	struct composer_people people;
	struct checked checked;
	if (!read_draft(x, reviewed, err) ||
	    !composer_put_people(x, view, &reviewed->wording.said, &reviewed->known, &people, err) ||
	    !checks_run(x, &reviewed->wording, &reviewed->known, people.rule, &checked, err))
		return false;
	composer_put_head(x, view, &reviewed->draft);
	put_missing(x, view, reviewed, &people);
	checks_put(x, view, &reviewed->draft, &reviewed->wording, &checked);
	return reply_page(x, "composing/checks_page", campaign_name(&reviewed->draft.campaign), "outbox", view, err);
}

/* Links and domain are looked up anew: somebody has mended them. */
static bool check_again(struct exchange *x, struct error *err) {
	struct reviewed *reviewed = arena_new_of(x->arena, struct reviewed);
	struct checked checked;
	if (!read_draft(x, reviewed, err) || !checks_run(x, &reviewed->wording, &reviewed->known, NULL, &checked, err) ||
	    !lookups_forget(x->store, &checked.preflight.lookups, mail_domain_part(reviewed->wording.said.from_email),
	                    x->arena, err))
		return false;
	return reply_redirect(x, arena_print(x->arena, "/campaigns/%s/review#checks", reviewed->draft.campaign.id));
}

/* JSON. */

/* How many get it by one channel: 0 if nobody is chosen, COUNT_NONE if not by this one, or not counted in time. */
static bool count_recipients(struct exchange *x, const struct reviewed *reviewed, const struct rule *rule, bool by_sms,
                             int64_t *count, struct error *err) {
	const struct composition *said = &reviewed->wording.said;
	struct headcount_query asked = { said,   &reviewed->known, rule, asked_clock(x), asked_question(x),
		                             x->now, PEOPLE_COUNT_MS };
	struct headcount headcount = { .recipients = COUNT_NONE };
	const bool is_used = by_sms ? composition_texts(said) : composition_emails(said);
	asked.question.by_sms = by_sms;
	if (rule && is_used && !headcount_read(x->store, &asked, x->arena, &headcount, err))
		return false;
	*count = !rule && is_used ? 0 : headcount.recipients;
	return true;
}

/* As the page has it; that nobody is chosen is among what is missing already. */
static bool add_unreached(struct exchange *x, const struct reviewed *reviewed, const struct rule *rule,
                          struct missing missing[MISSING_MAX + 1], int *count, struct error *err) {
	const struct composition *said = &reviewed->wording.said;
	const bool is_used[] = { composition_emails(said), composition_texts(said) };
	bool is_reached = !rule;
	for (int by_sms = 0; by_sms < 2 && !is_reached; by_sms++) {
		int64_t recipients;
		if (!count_recipients(x, reviewed, rule, by_sms, &recipients, err))
			return false;
		is_reached = is_used[by_sms] && recipients != 0;
	}
	if (!is_reached)
		missing[(*count)++] = (struct missing){ choice_name(&steps, STEP_AUDIENCE), "list_ids", UNREACHED };
	return true;
}

static bool preflight_api(struct exchange *x, struct error *err) {
	struct reviewed *reviewed = arena_new_of(x->arena, struct reviewed);
	struct missing missing[MISSING_MAX + 1];
	const struct rule *rule;
	struct checked checked;
	if (!read_draft(x, reviewed, err) || !read_rule(x, reviewed, &rule, err) ||
	    !checks_run(x, &reviewed->wording, &reviewed->known, rule, &checked, err))
		return false;
	int count = composition_missing(&reviewed->wording, missing);
	if (!add_unreached(x, reviewed, rule, missing, &count, err))
		return false;
	struct value *rows = value_put(checked.answer, "missing", value_list(x->arena));
	for (int i = 0; i < count; i++)
		(void)value_push(rows, record_to_value(&missing_record, &missing[i], x->arena));
	value_put_bool(checked.answer, "ready", checked.preflight.errors == 0 && count == 0);
	return reply_json(x, checked.answer);
}

static void put_left_out(struct value *one, const struct audience *found, struct arena *arena) {
	struct value *rows = value_put(one, "left_out", value_list(arena));
	for (int i = MAILABLE + 1; i < MAILABLE_COUNT; i++) {
		if (found->counts[i] == COUNT_NONE || found->counts[i] == 0)
			continue;
		struct value *row = value_push(rows, value_map(arena));
		value_put_text(row, "reason", choice_name(&mailables, i));
		value_put_text(row, "label", mailable_labels[i]);
		value_put_int(row, "people", found->counts[i]);
	}
}

/* A count that is not known is null. */
static void put_known(struct value *one, const char *name, int64_t count) {
	if (count == COUNT_NONE)
		value_put_text(one, name, NULL);
	else
		value_put_int(one, name, count);
}

static bool put_channel(struct exchange *x, struct value *rows, const struct reviewed *reviewed,
                        const struct headcount_query *asked, struct error *err) {
	bool by_sms = asked->question.by_sms;
	struct headcount headcount;
	if (!headcount_read(x->store, asked, x->arena, &headcount, err))
		return false;
	struct outlook outlook;
	if (!outlook_read(x->store, x->settings, asked, headcount.recipients, x->arena, &outlook, err))
		return false;
	struct value *one = value_push(rows, record_to_value(&forecast_record, &outlook.forecast, x->arena));
	value_put_text(one, "channel", by_sms ? "sms" : "email");
	put_known(one, "people", headcount.found.people);
	put_known(one, "excluded",
	          headcount.unexcluded == COUNT_NONE || headcount.found.people == COUNT_NONE
	              ? COUNT_NONE
	              : headcount.unexcluded - headcount.found.people);
	put_known(one, "recipients", headcount.recipients);
	put_left_out(one, &headcount.found, x->arena);
	value_put_text(one, "account_id", outlook.connection ? outlook.connection->id : NULL);
	value_put_text(one, "account", outlook.connection ? outlook.connection->name : NULL);
	value_put_text(one, "problem", outlook.problem);
	struct sms_cost cost = { COUNT_NONE, COUNT_NONE, 0, 0 };
	if (by_sms && !outlook.problem && !read_cost(x, reviewed, &outlook, &cost, err))
		return false;
	put_known(one, "least_segments", cost.least_segments ? cost.least_segments : COUNT_NONE);
	put_known(one, "most_segments", cost.most_segments ? cost.most_segments : COUNT_NONE);
	put_known(one, "least_cost", cost.least);
	put_known(one, "most_cost", cost.most);
	value_put_text(one, "currency", x->settings->currency);
	return true;
}

static bool forecast_api(struct exchange *x, struct error *err) {
	struct reviewed *reviewed = arena_new_of(x->arena, struct reviewed);
	struct value *answer = value_map(x->arena), *rows = value_put(answer, "channels", value_list(x->arena));
	const struct composition *said = &reviewed->wording.said;
	const struct rule *rule;
	if (!read_draft(x, reviewed, err) || !addressees_rule(said, &reviewed->known, x->now, x->arena, &rule, err))
		return false;
	const struct own_hours *hours;
	if (!own_hours_read(x->store, said, x->now, x->arena, &hours, err))
		return false;
	value_put_text(answer, "time_zone", text_is_empty(said->time_zone) ? local_name() : said->time_zone);
	value_put_moment(answer, "first_at", hours ? hours->first : MOMENT_NONE);
	value_put_moment(answer, "last_at", hours ? hours->last : MOMENT_NONE);
	for (int by_sms = 0; rule && by_sms < 2; by_sms++) {
		struct headcount_query asked = { said,   &reviewed->known, rule, asked_clock(x), asked_question(x),
			                             x->now, PEOPLE_COUNT_MS,  hours };
		asked.question.by_sms = by_sms;
		if ((by_sms ? composition_texts(said) : composition_emails(said)) &&
		    !put_channel(x, rows, reviewed, &asked, err))
			return false;
	}
	return reply_json(x, answer);
}

/* As somebody would receive it. */

static const char *sender_of(const struct composition *said) {
	return text_is_empty(said->from_name) ? said->from_email : said->from_name;
}

static bool show_preview(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct reviewed *reviewed = arena_new_of(x->arena, struct reviewed);
	struct reading reading;
	if (!read_draft(x, reviewed, err))
		return false;
	const char *id = reviewed->draft.campaign.id;
	const struct template said = wording_template(&reviewed->wording);
	const struct reading_page page = { arena_print(x->arena, "/campaigns/%s/preview", id),
		                               arena_print(x->arena, "/campaigns/%s/frame", id),
		                               sender_of(&reviewed->wording.said) };
	if (!reading_render(x, &said, &reading, err) || !reading_put(x, view, &reading, &page, err))
		return false;
	composer_put_head(x, view, &reviewed->draft);
	composer_put_inbox(x, view, &reviewed->wording.said);
	return reply_page(x, "composing/preview", campaign_name(&reviewed->draft.campaign), "outbox", view, err);
}

static bool show_frame(struct exchange *x, struct error *err) {
	struct reviewed *reviewed = arena_new_of(x->arena, struct reviewed);
	if (!read_draft(x, reviewed, err))
		return false;
	const struct template said = wording_template(&reviewed->wording);
	return reading_reply_frame(x, &said, err);
}

/* How many get it, by channel; null: none by this one, or not counted in time. */
static bool put_recipients(struct exchange *x, struct value *answer, const struct reviewed *reviewed,
                           struct error *err) {
	static const char *const names[] = { "emails", "sms" };
	struct value *counts = value_put(answer, "recipients", value_map(x->arena));
	const struct rule *rule;
	if (!read_rule(x, reviewed, &rule, err))
		return false;
	for (int by_sms = 0; by_sms < 2; by_sms++) {
		int64_t recipients;
		if (!count_recipients(x, reviewed, rule, by_sms, &recipients, err))
			return false;
		put_known(counts, names[by_sms], recipients);
	}
	return true;
}

static bool preview_api(struct exchange *x, struct error *err) {
	struct reviewed *reviewed = arena_new_of(x->arena, struct reviewed);
	struct reading reading;
	if (!read_draft(x, reviewed, err))
		return false;
	const struct template said = wording_template(&reviewed->wording);
	if (!reading_render(x, &said, &reading, err))
		return false;
	const char **html = &reading.preview.parts[PART_HTML];
	if (*html)
		*html = preview_sample_qr(*html, arena_print(x->arena, "%s/static/sample-qr.png", x->settings->public_url),
		                          x->arena);
	struct value *answer = reading_json(x, &reading);
	value_put_text(answer, "from_name", reviewed->wording.said.from_name);
	value_put_text(answer, "from_email", reviewed->wording.said.from_email);
	return put_recipients(x, answer, reviewed, err) && reply_json(x, answer);
}

const struct route review_routes[] = {
	{ "GET", "/campaigns/:campaign_id/preview", GUARD_SIGNED_IN, show_preview },
	{ "GET", "/campaigns/:campaign_id/frame", GUARD_SIGNED_IN, show_frame, .download = true },
	{ "GET", "/api/campaigns/:campaign_id/preview", GUARD_SIGNED_IN, preview_api,
	  .summary = "What a contact would receive of a draft, with a sample QR code, and how many get it; as=sample, "
	             "longest, emptiest or a contact's id",
	  .parameters = "as", .shape = READING_SHAPE " from_name:text from_email:text recipients{emails:count sms:count}" },
	{ "GET", "/campaigns/:campaign_id/review", GUARD_SIGNED_IN, show_review },
	{ "GET", "/campaigns/:campaign_id/checks", GUARD_SIGNED_IN, show_checks },
	{ "POST", "/campaigns/:campaign_id/checks", GUARD_SIGNED_IN, check_again },
	{ "GET", "/api/campaigns/:campaign_id/preflight", GUARD_SIGNED_IN, preflight_api,
	  .summary = "Check a draft: what is missing, what is wrong; links and the sender's domain are looked up meanwhile",
	  .output = &preflight_record, .shape = PREFLIGHT_SHAPE " missing[]{step:text field:text text:text}" },
	{ "GET", "/api/campaigns/:campaign_id/forecast", GUARD_SIGNED_IN, forecast_api,
	  .summary = "Who gets a draft and why others do not; over which days at these limits, and which limit holds it up",
	  .shape = "time_zone:text first_at:time last_at:time channels[]{channel:text people:count excluded:count "
	           "recipients:count "
	           "left_out[]{reason:text label:text people:count} account_id:text account:text problem:text "
	           "least_segments:count most_segments:count least_cost:count most_cost:count currency:text "
	           "begins:time ends:time messages:count left:count limit:text days[]{day:text sent:count limit:text}}" },
	{ 0 },
};
