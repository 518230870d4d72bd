/* The template of a draft, as the composer shows it. */
#include "composing/composer_view_pages.h"

#include "core/http/parts.h"

enum { OFFERED = 50 };

/* What is looked for: typed, or in the address of a form that was saved. */
static const char *words_of(const struct exchange *x) {
	const char *typed = params_get(&x->form, "find_template");
	return typed ? typed : params_get(&x->query, "find_template");
}

/* A template that is not offered (found by other words, switched off, deleted) stays chosen. */
static void put_offers(struct value *options, const struct rows *offers, const char *chosen,
                       const struct composing_known *known) {
	const struct template_offer *items = offers->items;
	bool found = text_is_empty(chosen);
	for (int i = 0; i < offers->count; i++) {
		put_choice(options, items[i].id, items[i].name, text_same(items[i].id, chosen));
		found = found || text_same(items[i].id, chosen);
	}
	if (!found)
		put_choice(options, chosen, known->template ? known->template->name : "A template that was deleted", true);
}

static const char *name_of(struct store *store, const char *id, struct arena *arena, struct error *err) {
	struct composing_known known = { 0 };
	if (text_is_empty(id))
		return "";
	return !known_read_template(store, id, arena, &known, err) ? NULL : known.template ? known.template->name : id;
}

bool composer_put_template(struct exchange *x, struct value *view, struct value *late, const struct composition *stored,
                           const struct composition *said, const struct composing_known *known, struct error *err) {
	const struct template *template = known->template;
	bool theirs = !template && known_keeps_templates(known, said->account_id);
	const char *words = words_of(x), *id = said->template_id ? said->template_id : "";
	struct rows offers;
	const char *was = name_of(x->store, stored->template_id, x->arena, err);
	if (!was || !template_offers(x->store, words, OFFERED, x->arena, &offers, err))
		return false;
	struct value *options = part_select(x, view, "campaign-template");
	put_offers(options, &offers, theirs ? "" : template ? template->id : id, known);
	part_field(x, view, "provider_template", theirs ? id : "");
	put_saved(late, "Template", was, template ? template->name : id);
	value_put_text(view, "template_words", words);
	value_put_bool(view, "searches_templates", offers.count == OFFERED || !text_is_empty(words));
	value_put_bool(view, "no_such_template", !text_is_empty(words) && offers.count == 0);
	value_put_bool(view, "has_provider_template", theirs);
	value_put_text(view, "template_id", template ? template->id : NULL);
	value_put_text(view, "proposed_subject", template ? template->subject : NULL);
	value_put_text(view, "proposed_preheader", template ? template->preheader : NULL);
	value_put_text(view, "proposed_sms", template ? template->sms_content : NULL);
	return true;
}
