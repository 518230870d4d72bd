/* What compositions lack. Pure. */
#include "composing/missing.h"

static const char *const step_names[] = { "content", "audience", "settings", "review" };
_Static_assert(sizeof step_names / sizeof *step_names == STEP_COUNT, "a name a step");
const struct choices steps = CHOICES(step_names);
const char *const step_labels[STEP_COUNT] = { "Content", "Audience", "Settings", "Review" };

static const struct field missing_fields[] = {
	FIELD(struct missing, step),
	FIELD(struct missing, field),
	FIELD(struct missing, text),
};
const struct record_type missing_record = RECORD_TYPE("CampaignMissing", struct missing, missing_fields);

static bool no_subject(const struct wording *wording) {
	const struct composition *composition = &wording->said;
	return composition_emails(composition) && composition->subjects.count == 0;
}

static bool no_sender(const struct wording *wording) {
	const struct composition *composition = &wording->said;
	return composition_emails(composition) && text_is_empty(composition->from_email);
}

static bool no_email(const struct wording *wording) {
	const struct composition *composition = &wording->said;
	return composition_emails(composition) && text_is_empty(composition->template_id) &&
	       text_is_empty(composition->html_content) && text_is_empty(composition->text_content);
}

static bool no_template(const struct wording *wording) {
	return wording->is_gone;
}

static bool no_sms(const struct wording *wording) {
	const struct composition *composition = &wording->said;
	return composition_texts(composition) && text_is_empty(composition->sms_content);
}

static bool no_people(const struct wording *wording) {
	const struct composition *composition = &wording->said;
	return composition->list_ids.count == 0 && composition->target_segments.count == 0 &&
	       composition->recipients.count == 0 && text_is_empty(composition->rule);
}

static bool no_deal(const struct wording *wording) {
	const struct composition *composition = &wording->said;
	return composition->qr.enabled && text_is_empty(composition->qr.deal);
}

static const struct rule {
	enum composer_step step;
	const char *field, *text;
	bool (*lacks)(const struct wording *wording);
} rules[] = {
	{ STEP_CONTENT, "subject", "Write a subject", no_subject },
	{ STEP_CONTENT, "from_email", "Write the address it comes from", no_sender },
	{ STEP_CONTENT, "template_id", "Its template was deleted: choose another one, or write the content", no_template },
	{ STEP_CONTENT, "html_content", "Write the email, or choose a template", no_email },
	{ STEP_CONTENT, "sms_content", "Write the SMS", no_sms },
	{ STEP_AUDIENCE, "list_ids", "Choose who gets it", no_people },
	{ STEP_SETTINGS, "qr.deal", "Say what the code is good for", no_deal },
};

int composition_missing(const struct wording *wording, struct missing missing[MISSING_MAX]) {
	int count = 0;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (rules[i].lacks(wording))
			missing[count++] = (struct missing){ step_names[rules[i].step], rules[i].field, rules[i].text };
	return count;
}
