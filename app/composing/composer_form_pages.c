/* What the form of the composer sends. */
#include "composing/composer_view_pages.h"

#include "core/base/currency.h"
#include "core/base/zones.h"
#include "segments/builder_pages.h"

static const struct field form_fields[] = {
	FIELD_AS(struct composer_form, name, "campaign-name", .max = COMPOSITION_NAME_MAX),
	FIELD(struct composer_form, channel, .choices = &channels),
	FIELD_AS(struct composer_form, subject, "campaign-subject", .max = SUBJECT_MAX),
	FIELD(struct composer_form, more_subjects, .max = SUBJECTS_MAX * SUBJECT_MAX),
	FIELD_AS(struct composer_form, from_name, "campaign-from-name", .max = 200),
	FIELD_AS(struct composer_form, from_email, "campaign-from-email", .max = 254),
	FIELD(struct composer_form, more_froms, .max = SUBJECTS_MAX * SUBJECT_MAX),
	FIELD_AS(struct composer_form, reply_to, "campaign-reply-to", .max = 254),
	FIELD(struct composer_form, preheader, .max = SUBJECT_MAX),
	FIELD_AS(struct composer_form, template_id, "campaign-template", .max = 50),
	FIELD(struct composer_form, provider_template, .max = 50),
	FIELD(struct composer_form, copy_template),
	FIELD(struct composer_form, account_id, .max = 50),
	FIELD(struct composer_form, html_content, .max = HTML_MAX),
	FIELD(struct composer_form, text_content, .max = PLAIN_MAX),
	FIELD(struct composer_form, sms_content, .max = SMS_MAX),
	FIELD_AS(struct composer_form, list_ids, "campaign-lists", .max = COMPOSITION_LISTS_MAX * SUBJECT_MAX),
	FIELD(struct composer_form, target_segments, .max = COMPOSITION_LISTS_MAX * SUBJECT_MAX),
	FIELD(struct composer_form, recipients, .max = PLAIN_MAX),
	FIELD(struct composer_form, exclude_list_ids, .max = COMPOSITION_LISTS_MAX * SUBJECT_MAX),
	FIELD(struct composer_form, exclude_segments, .max = COMPOSITION_LISTS_MAX * SUBJECT_MAX),
	FIELD(struct composer_form, exclude_days, .max = EXCLUDE_DAYS_MAX),
	FIELD_AS(struct composer_form, track_opens, "track-opens"),
	FIELD_AS(struct composer_form, track_clicks, "track-clicks"),
	FIELD(struct composer_form, tracking, .choices = &countings),
	FIELD_AS(struct composer_form, unsubscribe_link, "unsubscribe-link"),
	FIELD_AS(struct composer_form, suppress_duplicates, "suppress-duplicates"),
	FIELD(struct composer_form, qr_enabled),
	FIELD(struct composer_form, qr_expiration_days, .max = QR_DAYS_MAX),
	FIELD(struct composer_form, qr_max_usage, .max = QR_USES_MAX),
	FIELD(struct composer_form, qr_deal, .max = 200),
	FIELD(struct composer_form, qr_deal_value, .max = 30),
	FIELD(struct composer_form, send_rate_limit_emails, .max = RATE_MAX),
	FIELD(struct composer_form, send_rate_limit_sms, .max = RATE_MAX),
	FIELD(struct composer_form, scheduled_time, .max = 30),
	FIELD(struct composer_form, time_zone, .max = ZONE_NAME_MAX),
	FIELD(struct composer_form, recipient_zones),
	FIELD(struct composer_form, add_list, .max = 200),
	FIELD(struct composer_form, add_segment, .max = 200),
	FIELD(struct composer_form, step, .max = 20),
	FIELD(struct composer_form, next, .max = 20),
	FIELD(struct composer_form, rev),
};
const struct record_type composer_form_record = RECORD_TYPE("ComposerForm", struct composer_form, form_fields);

static const char *given_names[] = {
	"name",
	"channel",
	"subjects",
	"froms",
	"from_name",
	"from_email",
	"reply_to",
	"preheader",
	"template_id",
	"account_id",
	"html_content",
	"text_content",
	"sms_content",
	"list_ids",
	"target_segments",
	"recipients",
	"rule",
	"exclude.list_ids",
	"exclude.segments",
	"exclude.days",
	"settings.track_opens",
	"settings.track_clicks",
	"settings.tracking",
	"settings.unsubscribe_link",
	"settings.suppress_duplicates",
	"qr.enabled",
	"qr.expiration_days",
	"qr.max_usage",
	"qr.deal",
	"qr.deal_value",
	"send_rate_limit_emails",
	"send_rate_limit_sms",
	"scheduled_time",
	"time_zone",
	"recipient_zones",
};
const struct strings composer_given = { given_names, sizeof given_names / sizeof *given_names };

/* One text with all: composition_say splits it. */
static struct strings one(struct exchange *x, const char *text) {
	struct strings texts = { arena_array(x->arena, const char *, 1), 0 };
	if (!text_is_empty(text))
		texts.items[texts.count++] = text;
	return texts;
}

/* The first, then the others, a line each. */
static struct strings lines(struct exchange *x, const char *first, const char *more) {
	return one(x, arena_print(x->arena, "%s\n%s", first ? first : "", more ? more : ""));
}

static const char *added(struct exchange *x, const char *text, const char *more) {
	return text_is_empty(more) ? text : text_is_empty(text) ? more : arena_print(x->arena, "%s, %s", text, more);
}

/* "2026-12-01T10:00" in a zone. */
static bool read_time(struct exchange *x, const struct composer_form *form, struct moment *at, struct error *err) {
	struct moment wall;
	*at = MOMENT_NONE;
	if (text_is_empty(form->scheduled_time))
		return true;
	if (!moment_parse(arena_print(x->arena, "%.16s:00Z", form->scheduled_time), &wall))
		return error_field(err, "scheduled_time", "“%.30s” is no time. Write it like 2026-12-01T10:00",
		                   form->scheduled_time);
	struct zone *zone = text_is_empty(form->time_zone) ? NULL : zone_open(form->time_zone);
	*at = zone ? zone_first_moment(zone, wall) : wall;
	zone_close(zone);
	return true;
}

static bool read_value(struct exchange *x, const struct composer_form *form, int64_t *minor, struct error *err) {
	*minor = COUNT_NONE;
	return text_is_empty(form->qr_deal_value) || currency_read(form->qr_deal_value, x->settings->currency, minor) ||
	       error_field(err, "qr_deal_value", "“%.30s” is not an amount in %s. Write it like %s", form->qr_deal_value,
	                   x->settings->currency, currency_text(4500, x->settings->currency, x->arena));
}

static void say_content(struct exchange *x, const struct composer_form *form, struct composition *request) {
	const struct sender sender = { form->from_name, form->from_email };
	request->name = form->name;
	request->channel = form->channel;
	request->subjects = lines(x, form->subject, form->more_subjects);
	request->froms = lines(x, text_is_empty(form->from_email) ? NULL : sender_text(&sender, x->arena),
	                       form->more_froms);
	request->from_name = form->from_name;
	request->from_email = form->from_email;
	request->reply_to = form->reply_to;
	request->preheader = form->preheader;
	request->template_id = text_is_empty(form->template_id) ? form->provider_template : form->template_id;
	request->copy_template = form->copy_template;
	request->account_id = form->account_id;
	request->html_content = form->html_content;
	request->text_content = form->text_content;
	request->sms_content = form->sms_content;
}

static void say_audience(struct exchange *x, const struct composer_form *form, struct composition *request) {
	request->list_ids = one(x, added(x, form->list_ids, form->add_list));
	request->target_segments = one(x, added(x, form->target_segments, form->add_segment));
	request->recipients = one(x, form->recipients);
	request->exclude = (struct exclusion){ one(x, form->exclude_list_ids), one(x, form->exclude_segments),
		                                   form->exclude_days };
}

static void say_settings(const struct composer_form *form, struct composition *request) {
	request->settings = (struct composition_settings){ form->track_opens, form->track_clicks, form->unsubscribe_link,
		                                               form->suppress_duplicates, form->tracking };
	request->qr = (struct composition_qr){ form->qr_enabled, form->qr_expiration_days, form->qr_max_usage,
		                                   form->qr_deal, COUNT_NONE };
	request->send_rate_limit_emails = form->send_rate_limit_emails;
	request->send_rate_limit_sms = form->send_rate_limit_sms;
	request->time_zone = form->time_zone;
	request->recipient_zones = form->recipient_zones;
}

/* A condition without a field asks for nothing. */
const char *composer_rule(struct exchange *x, const struct rule_names *names) {
	const struct strings fields = params_all(&x->form, "field", x->arena);
	bool asks = params_get(&x->form, "use_json") != NULL;
	for (int i = 0; i < fields.count; i++)
		asks = asks || !text_is_empty(fields.items[i]);
	const char *rule = asks ? rule_builder_read(x, names) : NULL;
	return text_is_empty(rule) ? NULL : rule;
}

bool composer_read(struct exchange *x, struct composition *request, struct error *err) {
	const struct composer_form *form = x->input;
	struct composer_form typed;
	struct rule_names names;
	if (!form) { /* of a preview: what cannot be read is absent */
		struct error ignored;
		(void)!record_from_form(&composer_form_record, &x->form, x->arena, &typed, NULL, &ignored);
		form = &typed;
	}
	record_clear(&composition_record, request);
	say_content(x, form, request);
	say_audience(x, form, request);
	say_settings(form, request);
	request->rev = form->rev;
	if (!names_read(x->store, x->arena, &names, err))
		return false;
	request->rule = composer_rule(x, &names);
	bool fine = read_time(x, form, &request->scheduled_time, err);
	struct error problem;
	if (!fine)
		problems_add(&x->problems, x->arena, err);
	if (!read_value(x, form, &request->qr.deal_value, &problem)) {
		problems_add(&x->problems, x->arena, &problem);
		if (fine)
			*err = problem;
		fine = false;
	}
	return fine;
}
