/* The checks of a draft. */
#include "composing/checks_pages.h"

#include "composing/composer_view_pages.h"
#include "composing/lacking.h"
#include "core/formats/mail.h"
#include "preflight/spam.h"
#include "segments/asked_pages.h"
#include "senders/open.h"
#include "templates/values.h"

enum { PLACES_SHOWN = 5 };

static struct preflight_input input_of(struct exchange *x, const struct wording *wording,
                                       const struct composing_known *known, const struct names *names) {
	const struct composition *said = &wording->said;
	const struct connection *connection = outlook_connection(known, said->account_id, false);
	return (struct preflight_input){
		.marketing = wording->marketing,
		.email = composition_emails(said),
		.sms = composition_texts(said),
		.subjects = said->subjects,
		.preheader = said->preheader,
		.html = said->html_content,
		.text = said->text_content,
		.sms_text = said->sms_content,
		.from_name = said->from_name,
		.from_email = said->from_email,
		.reply_to = said->reply_to,
		.server = connection ? connection->smtp.host : NULL,
		.to_demo = connection && connection_is_demo(connection, x->settings),
		.postal_address = x->settings->postal_address,
		.names = names,
		.spam_check = x->settings->spam_check,
		.codes = said->qr.enabled ? CODES_ON : CODES_OFF,
	};
}

/* Links and domain that nobody has looked at yet. */
static bool is_looking(const struct value *answer) {
	const struct value *links = value_get(answer, "links"), *sender = value_get(answer, "sender");
	for (const struct value *one = links ? links->first : NULL; one; one = one->next) {
		const struct value *at = value_get(one, "checked_at");
		if (!at || at->kind == VALUE_NULL)
			return true;
	}
	const struct value *at = sender && sender->kind == VALUE_MAP ? value_get(sender, "checked_at") : NULL;
	return sender && sender->kind == VALUE_MAP && (!at || at->kind == VALUE_NULL);
}

bool checks_run(struct exchange *x, const struct wording *wording, const struct composing_known *known,
                const struct rule *rule, struct checked *checked, struct error *err) {
	const struct names names = names_of_customs(&known->names.customs, x->arena);
	const struct people_query people = { .rule = rule, .clock = asked_clock(x), .patience_ms = PEOPLE_COUNT_MS };
	struct preflight_input input = input_of(x, wording, known, &names);
	struct audience_facts *facts = arena_new_of(x->arena, struct audience_facts);
	if (rule && !lacking_count(x->store, wording, &known->names, &people, x->arena, facts, err))
		return false;
	input.audience = rule ? facts : NULL;
	const char *selector, *domain = input.email ? mail_domain_part(input.from_email) : NULL;
	if (!sending_domain_selector(x->store, domain, x->arena, &selector, err) ||
	    !preflight_answer(x, &input, selector, false, &checked->preflight, &checked->answer, err))
		return false;
	checked->is_looking = is_looking(checked->answer);
	return true;
}

/* Where a check is put right: in the template, if its content is the template's. */
static void put_way(struct value *row, const struct draft *draft, const struct wording *wording,
                    const struct check *check) {
	static const char *const does[STEP_COUNT] = {
		[STEP_CONTENT] = "Edit content", [STEP_AUDIENCE] = "Edit audience", [STEP_SETTINGS] = "Edit settings"
	};
	const struct composition *own = &draft->composition;
	enum composer_step step = text_same(check->part, "audience")   ? STEP_AUDIENCE
	                          : text_same(check->part, "settings") ? STEP_SETTINGS
	                                                               : STEP_CONTENT;
	bool in_html = text_same(check->part, "html") || text_same(check->part, "text");
	bool in_template = in_html && store_is_id(own->template_id) && !wording->is_gone &&
	                   text_is_empty(own->html_content);
	value_put_text(row, "does", in_template ? "Edit template" : does[step]);
	value_put_text(row, "address",
	               in_template ? arena_print(row->arena, "/templates/%s", own->template_id)
	                           : arena_print(row->arena, "/campaigns/%s/edit?step=%s", draft->campaign.id,
	                                         choice_name(&steps, step)));
}

static const char *part_label(const char *part) {
	static const char *const labels[][2] = {
		{ "html", "HTML" },       { "text", "Plain text" },     { "sms", "SMS" },
		{ "subject", "Subject" }, { "preheader", "Preheader" }, { "from_name", "From name" }
	};
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (text_same(labels[i][0], part))
			return labels[i][1];
	return NULL;
}

/* What the detail has said already is not said again. */
static const char *place_words(struct exchange *x, const struct check *check, const struct check_place *place) {
	const char *part = part_label(place->part), *text = text_same(place->text, check->detail) ? NULL : place->text;
	if (place->line == COUNT_NONE)
		return place->text;
	return arena_print(x->arena, "%s, line %lld, column %lld%s%s", part ? part : "Content", (long long)place->line,
	                   (long long)place->column, text ? ": " : "", text ? text : "");
}

static void put_places(struct exchange *x, struct value *row, const struct check *check) {
	const struct check_place *places = check->places.items;
	struct value *list = value_put(row, "places", value_list(x->arena));
	int shown = 0;
	for (int i = 0; i < check->places.count && shown < PLACES_SHOWN; i++) {
		const char *words = place_words(x, check, &places[i]);
		if (!words || text_same(words, check->detail) || text_same(words, check->title))
			continue;
		(void)value_push(list, value_text(x->arena, words));
		shown++;
	}
	int64_t more = check->places.count - PLACES_SHOWN;
	value_put_text(row, "more", more > 0 ? text_of_counted(x->arena, more, "more place", "more places") : NULL);
	value_put_bool(row, "has_places", shown > 0);
}

static void put_check(struct exchange *x, struct value *list, const struct draft *draft, const struct wording *wording,
                      const struct check *check) {
	static const char *const icons[][2] = { [CHECK_PASSED] = { "good", "circle-check" },
		                                    [CHECK_WAITING] = { "muted", "clock" },
		                                    [CHECK_WARNING] = { "warn", "alert-triangle" },
		                                    [CHECK_ERROR] = { "bad", "alert-circle" } };
	struct value *row = value_push(list, value_map(x->arena));
	value_put_text(row, "kind", icons[check->level][0]);
	value_put_text(row, "icon", icons[check->level][1]);
	value_put_text(row, "level", check_level_labels[check->level]);
	value_put_text(row, "title", check->title);
	value_put_text(row, "detail", check->detail);
	value_put_text(row, "fix", check->fix);
	if (check->fix)
		put_way(row, draft, wording, check);
	else
		value_put_text(row, "address", NULL);
	put_places(x, row, check);
}

static const char *sum_words(struct exchange *x, const struct preflight *preflight) {
	struct arena *arena = x->arena;
	const char *waiting = preflight->waiting
	                          ? arena_print(arena, ", %s being checked", text_of_count(arena, preflight->waiting))
	                          : "";
	const char *warnings = preflight->warnings
	                           ? arena_print(arena, ", %s",
	                                         text_of_counted(arena, preflight->warnings, "warning", "warnings"))
	                           : "";
	return arena_print(arena, "%s passed%s%s, %s", text_of_count(arena, preflight->passed), waiting, warnings,
	                   preflight->errors
	                       ? text_of_counted(arena, preflight->errors, "error blocks sending", "errors block sending")
	                       : "nothing blocks sending");
}

void checks_put(struct exchange *x, struct value *view, const struct draft *draft, const struct wording *wording,
                const struct checked *checked) {
	const struct preflight *preflight = &checked->preflight;
	const struct check *checks = preflight->checks.items;
	struct value *open = value_put(view, "checks", value_list(x->arena));
	struct value *passed = value_put(view, "passed_checks", value_list(x->arena));
	for (int i = 0; i < preflight->checks.count; i++)
		put_check(x, checks[i].level == CHECK_PASSED ? passed : open, draft, wording, &checks[i]);
	value_put_text(view, "checks_sum", sum_words(x, preflight));
	value_put_text(view, "passed_sum",
	               preflight->passed ? text_of_counted(x->arena, preflight->passed, "check passed", "checks passed")
	                                 : NULL);
	value_put_bool(view, "is_looking", checked->is_looking);
	value_put_bool(view, "blocks", preflight->errors > 0);
}
