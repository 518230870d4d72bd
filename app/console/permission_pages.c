/* Permission of a contact. */
#include "console/permission_pages.h"

#include "audience/contacts/change.h"
#include "audience/contacts/contact_answer.h"
#include "audience/contacts/fewer.h"
#include "audience/contacts/mailable.h"
#include "audience/contacts/suppressing.h"
#include "core/base/calendar.h"
#include "core/base/local.h"
#include "core/formats/mail.h"
#include "core/formats/period.h"
#include "core/http/parts.h"
#include "subscribing/confirmation.h"

struct permission_form {
	const char *consent_source, *consent_text, *consent_day, *tracking_source, *tracking_text;
	unsigned tracking;
	int64_t rev;
};
static const struct field form_fields[] = {
	FIELD(struct permission_form, consent_source, .max = PERMISSION_TEXT_MAX),
	FIELD(struct permission_form, consent_text, .max = PERMISSION_TEXT_MAX),
	FIELD(struct permission_form, consent_day, .max = 10),
	FIELD(struct permission_form, tracking, .choices = &tracking_states),
	FIELD(struct permission_form, tracking_source, .max = PERMISSION_TEXT_MAX),
	FIELD(struct permission_form, tracking_text, .max = PERMISSION_TEXT_MAX),
	FIELD(struct permission_form, rev),
};
static const struct record_type permission_form_record = RECORD_TYPE("PermissionForm", struct permission_form,
                                                                     form_fields);

struct why_request {
	const char *evidence;
};
static const struct field why_fields[] = {
	FIELD(struct why_request, evidence, .max = SUPPRESSION_EVIDENCE_MAX, .doc = "Who said so, and how"),
};
static const struct record_type why_record = RECORD_TYPE("PermissionEvidence", struct why_request, why_fields);

struct fewer_request {
	bool fewer;
	const char *evidence;
};
static const struct field fewer_fields[] = {
	FIELD(struct fewer_request, fewer, .doc = "At most one campaign email in 7 days; else all"),
	FIELD(struct fewer_request, evidence, .max = PERMISSION_TEXT_MAX, .doc = "How they asked for it"),
};
static const struct record_type fewer_record = RECORD_TYPE("FewerEmails", struct fewer_request, fewer_fields);

static const char *who(const struct contact *contact) {
	return contact->email ? contact->email : contact->profile.phone;
}

static void put_verdict(const struct exchange *x, struct value *view, const char *name, const struct contact *contact,
                        bool by_sms) {
	const struct mailable_question question = { .by_sms = by_sms,
		                                        .suppression_list = x->settings->suppression_list,
		                                        .require_consent = x->settings->require_consent,
		                                        .validate_domains = x->settings->validate_domains,
		                                        .now = x->now };
	enum mailable verdict = contact_mailable(contact, &question);
	struct value *one = value_put(view, name, value_map(x->arena));
	value_put_bool(one, "can", verdict == MAILABLE);
	value_put_text(one, "label",
	               verdict == MAILABLE_BAD_DOMAIN
	                   ? arena_print(x->arena, "%s takes no email", mail_shown_domain(contact->domain, x->arena))
	                   : mailable_labels[verdict]);
}

/* "Agreed, 9 Feb 2024, form on the website (v2)". */
static const char *told(const struct exchange *x, const char *word, const char *source, const char *text,
                        struct moment at) {
	BUF_AUTO out = { 0 };
	buf_text_add(&out, word);
	if (moment_is_set(at))
		buf_print(&out, ", %s", text_of_day_near(x->arena, at, x->now));
	if (source)
		buf_print(&out, ": %s", source);
	if (text)
		buf_print(&out, " (%s)", text);
	return arena_copy(x->arena, buf_text(&out));
}

static void put_history(const struct exchange *x, struct value *view, const struct contact *contact) {
	const struct permission_note *notes = contact->own.permissions.items;
	struct value *rows = value_put(view, "permissions", value_list(x->arena));
	for (int i = contact->own.permissions.count - 1; i >= 0; i--) {
		struct value *one = value_push(rows, value_map(x->arena));
		value_put_text(one, "what", notes[i].what);
		value_put_text(one, "source", notes[i].source);
		value_put_text(one, "text", notes[i].text);
		value_put_text(one, "at", text_of_day_cell(x->arena, notes[i].at, x->now));
		value_put_text(one, "by", notes[i].by);
		value_put_text(one, "noted", text_of_moment_near(x->arena, notes[i].noted_at, x->now));
	}
	value_put_bool(view, "has_permissions", rows->count > 0);
}

void permission_put(const struct exchange *x, struct value *view, const struct contact *contact) {
	const struct consent *consent = &contact->consent;
	const struct tracking *tracking = &contact->tracking;
	struct value *one = value_put(view, "permission", value_map(x->arena));
	value_put_text(one, "id", contact->id);
	put_verdict(x, one, "email", contact, false);
	put_verdict(x, one, "sms", contact, true);
	value_put_text(one, "consent",
	               consent->source ? told(x, "Agreed", consent->source, consent->text, consent->at) : NULL);
	value_put_bool(one, "unproven", contact->unproven);
	value_put_text(one, "tracking",
	               told(x, tracking_state_labels[tracking->state], tracking->source, tracking->text, tracking->at));
	value_put_text(one, "unsubscribed",
	               moment_is_set(contact->unsubscribed_at)
	                   ? text_of_moment_near(x->arena, contact->unsubscribed_at, x->now)
	                   : NULL);
	value_put_text(one, "fewer",
	               moment_is_set(contact->fewer_at) ? text_of_day_near(x->arena, contact->fewer_at, x->now) : NULL);
	value_put_int(one, "days", FEWER_DAYS);
	value_put_text(one, "suppressed", contact->suppressed ? contact->suppressed : contact->phone_suppressed);
	value_put_text(one, "suppressed_query",
	               url_encoded(x->arena, contact->suppressed         ? contact->email
	                                     : contact->phone_suppressed ? contact->profile.phone
	                                                                 : ""));
}

static bool show_form(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct contact contact;
	if (!contact_need(x->store, x->values[0], x->arena, &contact, err))
		return false;
	const struct consent *consent = &contact.consent;
	const struct tracking *tracking = &contact.tracking;
	const char *day = moment_is_set(consent->at) ? text_of_iso_day(x->arena, consent->at) : NULL;
	const char *state = choice_name(&tracking_states, (int)tracking->state);
	struct value *late = put_late(x, view);
	part_field(x, view, "consent_source", exchange_typed(x, "consent_source", consent->source));
	part_field(x, view, "consent_text", exchange_typed(x, "consent_text", consent->text));
	part_field(x, view, "consent_day", exchange_typed(x, "consent_day", day));
	part_field(x, view, "tracking_source", exchange_typed(x, "tracking_source", tracking->source));
	part_field(x, view, "tracking_text", exchange_typed(x, "tracking_text", tracking->text));
	part_field(x, view, "evidence", exchange_typed(x, "evidence", NULL));
	put_saved(late, "Consent", consent->source, exchange_typed(x, "consent_source", consent->source));
	put_saved(late, "Tracking", state, exchange_typed(x, "tracking", state));
	struct value *states = part_select(x, view, "tracking");
	for (int i = 0; i < TRACKING_STATE_COUNT; i++)
		put_choice(states, choice_name(&tracking_states, i), tracking_state_labels[i],
		           text_same(choice_name(&tracking_states, i), exchange_typed(x, "tracking", state)));
	permission_put(x, view, &contact);
	put_history(x, view, &contact);
	value_put_text(view, "id", contact.id);
	value_put_text(view, "title", who(&contact));
	value_put_text(view, "rev", exchange_revision(x, contact.rev));
	return reply_page(x, "console/permission", arena_print(x->arena, "Permission of %s", who(&contact)), "contacts",
	                  view, err);
}

/* The day as it is stored, if it is the same; of another one its beginning. */
static bool read_day(const char *typed, struct moment stored, struct arena *arena, struct moment *at,
                     struct error *err) {
	*at = MOMENT_NONE;
	if (text_is_empty(typed))
		return true;
	if (moment_is_set(stored) && text_same(typed, text_of_iso_day(arena, stored))) {
		*at = stored;
		return true;
	}
	if (!moment_parse(arena_print(arena, "%sT00:00:00Z", typed), at))
		return error_field(err, "consent_day", "“%.20s” is not a day like 2026-11-27", typed);
	*at = local_moment(*at);
	return true;
}

/* The names of the API's members in the form. */
static void rename_field(struct error *err) {
	static const char *const names[][2] = { { "consent.source", "consent_source" }, { "consent.at", "consent_day" } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (text_same(err->field, names[i][0]))
			(void)snprintf(err->field, sizeof err->field, "%s", names[i][1]);
}

static bool save(struct exchange *x, struct error *err) {
	const struct permission_form *form = x->input;
	const struct contact_saying saying = {
		.given = *TEXTS("consent", "tracking"), .source = SOURCE_TYPED, .by = x->identity.user, .now = x->now
	};
	struct contact before;
	struct contact_request request = { .rev = form->rev };
	if (!contact_need(x->store, x->values[0], x->arena, &before, err))
		return false;
	request.consent = (struct consent){ form->consent_source, form->consent_text, MOMENT_NONE };
	request.tracking = (struct tracking){ form->tracking, form->tracking_source, form->tracking_text, MOMENT_NONE };
	if (form->tracking == before.tracking.state)
		request.tracking.at = before.tracking.at;
	if (!read_day(form->consent_day, before.consent.at, x->arena, &request.consent.at, err))
		return false;
	if (contact_change(x->store, before.id, &request, &saying, x->arena, err))
		return reply_redirect(x, arena_print(x->arena, "/contacts/%s", before.id));
	if (store_is_stale(err))
		return exchange_stale(x, &contact_record, &before, err);
	rename_field(err);
	return false;
}

static bool reply_contact(struct exchange *x, struct error *err) {
	struct contact contact;
	return contact_need(x->store, x->values[0], x->arena, &contact, err) &&
	       reply_done(x, arena_print(x->arena, "/contacts/%s", contact.id), contact_answer(&contact, x->arena));
}

static struct suppression_note note_of(const struct exchange *x) {
	const struct why_request *request = x->input;
	return (struct suppression_note){ .at = x->now,
		                              .evidence = text_is_empty(request->evidence) ? NULL : request->evidence,
		                              .source = SUPPRESSED_HERE,
		                              .by = x->identity.user };
}

static bool unsubscribe(struct exchange *x, struct error *err) {
	const struct suppression_note why = note_of(x);
	struct contact contact;
	return contact_need(x->store, x->values[0], x->arena, &contact, err) &&
	       contact_unsubscribe(x->store, &contact, &why, x->arena, err) &&
	       confirmation_drop(x->store, &contact, NULL, err) && reply_contact(x, err);
}

/* By hand only with a reason: somebody must have asked for it. */
static bool resubscribe(struct exchange *x, struct error *err) {
	const struct suppression_note why = note_of(x);
	if (!why.evidence)
		return error_field(err, "evidence", "Say how they asked for it");
	return contact_resubscribe(x->store, x->values[0], &why, x->arena, err) && reply_contact(x, err);
}

static bool say_fewer(struct exchange *x, struct error *err) {
	const struct fewer_request *request = x->input;
	const struct fewer_said said = { request->fewer, text_is_empty(request->evidence) ? NULL : request->evidence, NULL,
		                             x->identity.user, x->now };
	struct contact contact;
	return contact_need(x->store, x->values[0], x->arena, &contact, err) &&
	       fewer_say(x->store, contact.id, &said, x->arena, err) && reply_contact(x, err);
}

const struct route permission_routes[] = {
	{ "GET", "/contacts/:contact_id/permission", GUARD_SIGNED_IN, show_form },
	{ "POST", "/contacts/:contact_id/permission", GUARD_SIGNED_IN, save, .input = &permission_form_record,
	  .form = show_form },
	{ "POST", "/contacts/:contact_id/unsubscribe", GUARD_SIGNED_IN, unsubscribe, .input = &why_record,
	  .form = show_form },
	{ "POST", "/contacts/:contact_id/resubscribe", GUARD_SIGNED_IN, resubscribe, .input = &why_record,
	  .form = show_form },
	{ "POST", "/contacts/:contact_id/fewer-emails", GUARD_SIGNED_IN, say_fewer, .input = &fewer_record,
	  .form = show_form },
	{ "POST", "/api/contacts/:contact_id/fewer-emails", GUARD_SIGNED_IN, say_fewer,
	  .summary = "They want at most one campaign email in 7 days, or all again", .output = &contact_record,
	  .shape = CONTACT_ANSWER_SHAPE, .input = &fewer_record },
	{ "POST", "/api/contacts/:contact_id/unsubscribe", GUARD_SIGNED_IN, unsubscribe,
	  .summary = "Unsubscribe a contact from everything", .output = &contact_record, .shape = CONTACT_ANSWER_SHAPE,
	  .input = &why_record, .input_optional = true },
	{ "POST", "/api/contacts/:contact_id/resubscribe", GUARD_SIGNED_IN, resubscribe,
	  .summary = "They asked to be mailed again: ends their unsubscribing", .output = &contact_record,
	  .shape = CONTACT_ANSWER_SHAPE, .input = &why_record },
	{ 0 },
};
