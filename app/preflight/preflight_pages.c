/* Checks of content by API. */
#include "preflight/preflight_pages.h"

#include "core/formats/mail.h"
#include "preflight/lookups.h"
#include "preflight/spam.h"
#include "templates/template.h"
#include "templates/values.h"

enum { BODY_MAX = 2 * 1024 * 1024, HTML_MAX = 500000, TEXT_MAX_HERE = 200000, LINE_MAX_HERE = 1000, SUBJECTS_MAX = 20 };

static const char *const type_words[] = { "marketing", "transactional" };
static const struct choices types = CHOICES(type_words);

struct preflight_request {
	const char *subject, *preheader, *html_content, *text_content, *sms_content, *from_name, *from_email, *reply_to,
		*postal_address, *dkim_selector;
	struct strings subjects;
	unsigned template_type;
	bool again;
};
static const struct field request_fields[] = {
	FIELD(struct preflight_request, subject, .max = LINE_MAX_HERE),
	FIELD(struct preflight_request, subjects, .max = SUBJECTS_MAX, .doc = "Several that take turns, instead of one"),
	FIELD(struct preflight_request, preheader, .max = LINE_MAX_HERE),
	FIELD(struct preflight_request, html_content, .max = HTML_MAX),
	FIELD(struct preflight_request, text_content, .max = TEXT_MAX_HERE, .doc = "Without it the HTML as text"),
	FIELD(struct preflight_request, sms_content, .max = 1600),
	FIELD(struct preflight_request, from_name, .max = 200),
	FIELD(struct preflight_request, from_email, .max = 254),
	FIELD(struct preflight_request, reply_to, .max = 254),
	FIELD(struct preflight_request, template_type, .choices = &types, .doc = "Without it marketing"),
	FIELD(struct preflight_request, postal_address, .max = 500,
	      .doc = "Must stand in a marketing email; without it POSTAL_ADDRESS of the settings"),
	FIELD(struct preflight_request, dkim_selector, .max = 63),
	FIELD(struct preflight_request, again, .doc = "Look links and domain up anew"),
};
static const struct record_type request_record = RECORD_TYPE("PreflightRequest", struct preflight_request,
                                                             request_fields);

static struct value *links_value(const struct link_facts *links, struct arena *arena) {
	struct value *list = value_list(arena);
	for (int i = 0; i < links->count; i++)
		(void)value_push(list, record_to_value(&link_fact_record, &links->items[i], arena));
	return list;
}

bool preflight_answer(struct exchange *x, struct preflight_input *input, const char *selector, bool again,
                      struct preflight *preflight, struct value **answer, struct error *err) {
	struct lookups known;
	preflight_run(input, x->arena, preflight); /* tells which links there are */
	const struct lookups_request request = { preflight->lookups,
		                                     input->email ? mail_domain_part(input->from_email) : NULL, selector, again,
		                                     x->now };
	if (!lookups_read(x->store, &request, x->arena, &known, err))
		return false;
	input->links = &known.links;
	input->sender = known.sender;
	preflight_run(input, x->arena, preflight);
	*answer = record_to_value(&preflight_record, preflight, x->arena);
	value_put_bool(*answer, "ready", preflight->errors == 0);
	(void)value_put(*answer, "links", links_value(&known.links, x->arena));
	(void)value_put(*answer, "sender",
	                known.sender ? record_to_value(&sender_facts_record, known.sender, x->arena)
	                             : value_null(x->arena));
	input->links = NULL, input->sender = NULL;
	return true;
}

static bool check_content(struct exchange *x, struct error *err) {
	const struct preflight_request *asked = x->input;
	struct names names;
	struct preflight_input input = { .marketing = asked->template_type == 0,
		                             .email = asked->html_content || asked->text_content || !asked->sms_content,
		                             .sms = asked->sms_content != NULL,
		                             .subjects = asked->subjects,
		                             .preheader = asked->preheader,
		                             .html = asked->html_content,
		                             .text = asked->text_content,
		                             .sms_text = asked->sms_content,
		                             .from_name = asked->from_name,
		                             .from_email = asked->from_email,
		                             .reply_to = asked->reply_to,
		                             .postal_address = text_is_empty(asked->postal_address)
		                                                   ? x->settings->postal_address
		                                                   : asked->postal_address,
		                             .names = &names,
		                             .spam_check = x->settings->spam_check };
	struct preflight preflight;
	struct value *answer;
	if (asked->subject && input.subjects.count == 0) {
		input.subjects.items = arena_array(x->arena, const char *, 1);
		input.subjects.items[input.subjects.count++] = asked->subject;
	}
	return template_names(x->store, x->arena, &names, err) &&
	       preflight_answer(x, &input, asked->dkim_selector, asked->again, &preflight, &answer, err) &&
	       reply_json(x, answer);
}

/* A template has no sender: that is the campaign's. */
static bool check_template(struct exchange *x, struct error *err) {
	struct template template;
	struct preflight preflight;
	struct value *answer;
	struct names names;
	if (!template_need(x->store, x->values[0], x->arena, &template, err) ||
	    !template_names(x->store, x->arena, &names, err))
		return false;
	const bool email = !text_is_empty(template.html_content) || text_is_empty(template.sms_content);
	const char **subjects = arena_array(x->arena, const char *, 1);
	subjects[0] = template.subject;
	struct preflight_input input = { .marketing = template.template_type == TEMPLATE_MARKETING,
		                             .email = email,
		                             .sms = !text_is_empty(template.sms_content),
		                             .subjects = { subjects, 1 },
		                             .preheader = template.preheader,
		                             .html = template.html_content,
		                             .text = template.text_content,
		                             .sms_text = template.sms_content,
		                             .without_sender = true,
		                             .postal_address = x->settings->postal_address,
		                             .names = &names,
		                             .spam_check = x->settings->spam_check };
	return preflight_answer(x, &input, NULL, false, &preflight, &answer, err) && reply_json(x, answer);
}

const struct route preflight_routes[] = {
	{ "POST", "/api/preflight", GUARD_SIGNED_IN, check_content, .summary = "Check content before it is sent",
	  .input = &request_record, .output = &preflight_record, .shape = PREFLIGHT_SHAPE, .body_limit = BODY_MAX },
	{ "GET", "/api/templates/:template_id/preflight", GUARD_SIGNED_IN, check_template,
	  .summary = "Check a template: all but its sender", .output = &preflight_record, .shape = PREFLIGHT_SHAPE },
	{ 0 },
};
