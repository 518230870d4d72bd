/* Wordings. Pure. */
#include "composing/wording.h"

#include <string.h>

#include "content/blocks/blocks.h"
#include "content/complete.h"

static const char *either(const char *own, const char *templates) {
	return text_is_empty(own) ? templates : own;
}

/* The design as the campaign has it: its subject and preheader stand in the HTML. */
static const char *draw(const struct template *template, const char *subject, const char *preheader,
                        struct arena *arena) {
	struct problems problems = { 0 };
	struct error ignored;
	struct design design;
	BUF_AUTO html = { 0 };
	if (!template->design || (text_same(subject, template->subject) && text_same(preheader, template->preheader)) ||
	    !design_read(template->design, strlen(template->design), arena, &design, &problems, &ignored))
		return template->html_content;
	design_html(&design, subject, preheader, &html);
	return arena_copy_bytes(arena, buf_text(&html), html.size);
}

static void fill_subjects(struct composition *said, const struct template *template, struct arena *arena) {
	if (said->subjects.count || text_is_empty(template->subject))
		return;
	said->subjects = (struct strings){ arena_array(arena, const char *, 1), 1 };
	said->subjects.items[0] = template->subject;
}

/* `in_html`: the preheader is drawn into the HTML. */
static void fill(struct composition *said, const struct template *template, bool in_html, struct arena *arena) {
	bool own_html = !text_is_empty(said->html_content);
	fill_subjects(said, template, arena);
	said->preheader = either(said->preheader, template->preheader);
	if (!own_html)
		said->html_content = draw(template, said->subjects.count ? said->subjects.items[0] : NULL,
		                          in_html ? said->preheader : NULL, arena);
	if (!own_html)
		said->text_content = either(said->text_content, template->text_content);
	said->sms_content = either(said->sms_content, template->sms_content);
}

/* What a provider calls the template, if it is sent through one that keeps it. */
static const char *theirs(const struct composition *composition, const struct composing_known *known) {
	return known_keeps_templates(known, composition->account_id) ? known->template->provider_template_id : NULL;
}

struct wording wording_of(const struct composition *composition, const struct composing_known *known,
                          struct arena *arena) {
	const struct template *template = known->template;
	struct wording wording = { .said = *composition, .marketing = true };
	if (!template) {
		wording.is_gone = !text_is_empty(composition->template_id) &&
		                  !known_keeps_templates(known, composition->account_id);
		wording.said.template_id = wording.is_gone ? NULL : composition->template_id;
		return wording;
	}
	fill(&wording.said, template, true, arena);
	wording.said.template_id = theirs(composition, known);
	wording.is_drawn = template->design && text_is_empty(composition->html_content);
	wording.marketing = template->template_type == TEMPLATE_MARKETING;
	return wording;
}

struct composition wording_copy(const struct composition *composition, const struct composing_known *known,
                                struct arena *arena) {
	struct composition copy = *composition;
	if (!known->template)
		return copy;
	fill(&copy, known->template, false, arena);
	copy.template_id = theirs(composition, known);
	return copy;
}

struct wording wording_complete(const struct wording *wording, const char *postal_address, struct arena *arena) {
	const struct complete complete = { NULL, postal_address,
		                               wording->marketing || wording->said.settings.unsubscribe_link };
	struct wording whole = *wording;
	struct composition *said = &whole.said;
	if (!text_is_empty(said->html_content))
		said->html_content = complete_html(said->html_content, &complete, arena);
	if (!text_is_empty(said->text_content))
		said->text_content = complete_text(said->text_content, &complete, arena);
	return whole;
}

struct template wording_template(const struct wording *wording) {
	const struct composition *said = &wording->said;
	struct template template;
	record_clear(&template_record, &template);
	template.id = said->id;
	template.name = said->name;
	template.subject = said->subjects.count ? said->subjects.items[0] : NULL;
	template.preheader = said->preheader;
	template.html_content = said->html_content;
	template.text_content = said->text_content;
	template.sms_content = said->sms_content;
	template.design = wording->is_drawn ? "{}" : NULL;
	return template;
}
