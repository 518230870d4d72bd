/* The people of a rule as page, fragment, JSON and CSV. */
#include "segments/people_pages.h"

#include <string.h>

#include "audience/contacts/contact_answer.h"
#include "audience/contacts/contact_csv.h"
#include "audience/contacts/contact_pages.h"
#include "core/formats/json.h"
#include "core/http/parts.h"
#include "core/store/version.h"
#include "segments/check.h"
#include "segments/words.h"

/* Counts. */

static void put_counts(struct exchange *x, struct value *one, const struct audience *found) {
	bool is_partial = found && found->progress.next != NULL;
	const struct people_progress *progress = found ? &found->progress : NULL;
	value_put_text(one, "people", text_of_count(x->arena, found && found->people != COUNT_NONE ? found->people : 0));
	value_put_bool(one, "is_counted", found && found->people != COUNT_NONE);
	value_put_bool(one, "is_partial", is_partial);
	value_put_text(one, "mailable",
	               found && found->counts[MAILABLE] != COUNT_NONE ? text_of_count(x->arena, found->counts[MAILABLE])
	                                                              : NULL);
	value_put_text(one, "looked",
	               is_partial && progress->looked != COUNT_NONE ? text_of_count(x->arena, progress->looked) : NULL);
	value_put_text(one, "of", is_partial && progress->of != COUNT_NONE ? text_of_count(x->arena, progress->of) : NULL);
}

static struct value *put_audience(struct exchange *x, struct value *view, const struct audience *found,
                                  const char *query, const char *cursor) {
	struct value *one = value_put(view, "audience", value_map(x->arena));
	put_counts(x, one, found);
	value_put_text(one, "address", arena_print(x->arena, "/segments/people?%s", query));
	value_put_text(one, "more",
	               cursor ? arena_print(x->arena, "/segments/count?%s%s%s", query, *cursor ? "&cursor=" : "",
	                                    url_encoded(x->arena, cursor))
	                      : NULL);
	struct value *reasons = value_put(one, "reasons", value_list(x->arena));
	for (int i = MAILABLE + 1; found && i < MAILABLE_COUNT; i++) {
		if (found->counts[i] <= 0)
			continue;
		struct value *reason = value_push(reasons, value_map(x->arena));
		value_put_text(reason, "label", mailable_labels[i]);
		value_put_text(reason, "count", text_of_count(x->arena, found->counts[i]));
		value_put_text(reason, "address",
		               arena_print(x->arena, "/segments/people?%s&reason=%s", query, choice_name(&mailables, i)));
	}
	value_put_bool(one, "has_reasons", reasons->count > 0);
	return one;
}

void audience_put(struct exchange *x, struct value *view, const struct audience *found, const char *query) {
	(void)put_audience(x, view, found, query, found->progress.next);
}

void audience_put_later(struct exchange *x, struct value *view, const char *query) {
	(void)put_audience(x, view, NULL, query, "");
}

/* The people, and unless only they are asked for (reasons=false) why some cannot be emailed. */
static bool count_asked(struct exchange *x, struct asked *asked, struct audience *found, struct error *err) {
	struct people_count count;
	if (!asked_read(x, asked, err))
		return false;
	struct people_query query = asked->people;
	query.cursor = params_get(&x->query, "cursor");
	query.patience_ms = PEOPLE_COUNT_MS;
	if (!text_same(params_get(&x->query, "reasons"), "false"))
		return audience_count(x->store, &query, &asked->question, x->arena, found, err);
	if (!people_count(x->store, &query, x->arena, &count, err))
		return false;
	*found = (struct audience){ .people = count.people, .progress = count.progress };
	for (int i = 0; i < MAILABLE_COUNT; i++)
		found->counts[i] = COUNT_NONE;
	return true;
}

static bool count_fragment(struct exchange *x, struct error *err) {
	struct asked asked;
	struct audience found;
	struct value *view = value_map(x->arena);
	if (!count_asked(x, &asked, &found, err))
		return false;
	bool is_short = text_same(params_get(&x->query, "reasons"), "false");
	audience_put(x, view, &found, is_short ? arena_print(x->arena, "%s&reasons=false", asked.query) : asked.query);
	return reply_page(x, is_short ? "segments/count_short" : "segments/count", "Count", "segments", view, err);
}

static void put_count(struct value *map, const char *name, int64_t count) {
	if (count == COUNT_NONE)
		value_put_text(map, name, NULL);
	else
		value_put_int(map, name, count);
}

static bool count_api(struct exchange *x, struct error *err) {
	struct asked asked;
	struct audience found;
	if (!count_asked(x, &asked, &found, err))
		return false;
	struct value *answer = value_map(x->arena), *reasons;
	put_count(answer, "people", found.people);
	put_count(answer, "mailable", found.counts[MAILABLE]);
	reasons = value_put(answer, "reasons", value_map(x->arena));
	for (int i = MAILABLE + 1; i < MAILABLE_COUNT; i++)
		put_count(reasons, choice_name(&mailables, i), found.counts[i]);
	value_put_bool(answer, "complete", found.progress.next == NULL);
	put_count(answer, "looked_at", found.progress.looked);
	put_count(answer, "of", found.progress.of);
	value_put_text(answer, "next", found.progress.next);
	return reply_json(x, answer);
}

/* Pages. */

static bool find_page(struct exchange *x, const struct asked *asked, const char *cursor, int limit, int patience_ms,
                      struct people_page *page, struct error *err) {
	struct people_query query = asked->people;
	query.cursor = cursor;
	query.patience_ms = patience_ms;
	return people_page(x->store, &query, limit, x->arena, page, err);
}

static void put_remarks(struct value *view, const char *name, const struct remarks *remarks) {
	struct value *list = value_put(view, name, value_list(view->arena));
	for (int i = 0; i < remarks->count && i < REMARKS_MAX; i++) {
		char *text = arena_copy(view->arena, remarks->items[i].text);
		text_capitalize(text);
		(void)value_push(list, value_text(view->arena, text));
	}
}

static void put_people(struct exchange *x, struct value *view, const struct asked *asked,
                       const struct people_page *page) {
	const struct people_progress *progress = &page->progress;
	struct value *rows = value_put(view, "contacts", value_list(x->arena));
	for (int i = 0; i < page->count; i++) {
		struct value *row = value_push(rows, contact_row_view(x, &page->contacts[i]));
		value_put_text(row, "why",
		               arena_print(x->arena, "/segments/why?%s&contact=%s", asked->query, page->contacts[i].id));
	}
	value_put_int(view, "count", page->count);
	value_put_bool(view, "none", page->count == 0);
	value_put_bool(view, "is_partial", progress->looked != COUNT_NONE);
	value_put_text(view, "looked", progress->looked != COUNT_NONE ? text_of_count(x->arena, progress->looked) : "");
	value_put_text(view, "of", progress->of != COUNT_NONE ? text_of_count(x->arena, progress->of) : "");
	value_put_text(view, "next_page", progress->next ? exchange_address(x, x->path, "cursor", progress->next) : NULL);
}

/* Who and what the page is about. */
static void put_asked(struct exchange *x, struct value *view, const struct asked *asked) {
	const struct segment *segment = &asked->segment;
	value_put_text(view, "id", segment->id);
	value_put_text(view, "name", segment->name);
	value_put_text(view, "description", segment->description);
	value_put_text(view, "words", rule_words(asked->reading.rule, x->arena));
	value_put_text(view, "query", asked->query);
	value_put_text(view, "reason", asked->reason >= 0 ? mailable_labels[asked->reason] : NULL);
	value_put_text(view, "all_address",
	               segment->id ? arena_print(x->arena, "/segments/%s", segment->id)
	                           : arena_print(x->arena, "/segments/people?%s", asked->query));
	value_put_text(view, "save_address", arena_print(x->arena, "/segments/new?%s", asked->query));
	value_put_text(view, "csv",
	               arena_print(x->arena, "/segments/people.csv?%s%s%s", asked->query,
	                           asked->reason >= 0 ? "&reason=" : "",
	                           asked->reason >= 0 ? choice_name(&mailables, asked->reason) : ""));
	put_remarks(view, "gone", &asked->reading.gone);
}

static bool people_page_of(struct exchange *x, struct error *err) {
	struct asked asked;
	struct people_page page;
	struct value *view = value_map(x->arena);
	if (!asked_read(x, &asked, err) ||
	    !find_page(x, &asked, params_get(&x->query, "cursor"), CONTACT_PAGE_ROWS, PEOPLE_PAGE_MS, &page, err))
		return false;
	put_asked(x, view, &asked);
	put_people(x, view, &asked, &page);
	audience_put_later(x, view, asked.query);
	exchange_put_data_at(x, view, x->versions.people_at);
	return reply_page(x, "segments/people", asked.segment.id ? asked.segment.name : "Contacts that match", "segments",
	                  view, err);
}

static bool people_api(struct exchange *x, struct error *err) {
	struct asked asked;
	struct people_page page;
	int limit;
	if (!exchange_limit(x, CONTACT_PAGE_ROWS, CONTACT_API_MAX, &limit, err) || !asked_read(x, &asked, err) ||
	    !find_page(x, &asked, params_get(&x->query, "cursor"), limit, PEOPLE_COUNT_MS, &page, err))
		return false;
	if (page.progress.next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, page.progress.next));
	struct value *answer = value_list(x->arena);
	for (int i = 0; i < page.count; i++)
		(void)value_push(answer, contact_answer(&page.contacts[i], x->arena));
	return reply_json(x, answer);
}

static bool people_piece(struct exchange *x, const void *state, const char *cursor, const char **next,
                         struct error *err) {
	struct people_page page;
	struct asked asked;
	const struct contact_columns *columns = state;
	/* the rule is read anew: the arena of the piece before is gone */
	if (!asked_read(x, &asked, err) || !find_page(x, &asked, cursor, CSV_PIECE_ROWS, 0, &page, err))
		return false;
	for (int i = 0; i < page.count; i++)
		contact_to_csv(columns, &page.contacts[i], x->arena, &x->body);
	*next = page.progress.next;
	return true;
}

static bool people_csv(struct exchange *x, struct error *err) {
	struct contact_columns *columns = arena_new_of(x->arena, struct contact_columns);
	if (!contact_columns_read(x->store, x->arena, columns, err))
		return false;
	contact_to_csv_head(columns, &x->body);
	return reply_csv_stream(x, "contacts.csv", people_piece, columns, err);
}

/* Why. */

static bool find_facts(struct exchange *x, const struct rule *rule, struct facts *facts, struct error *err) {
	const char *id = params_get(&x->query, "contact");
	const char *bare = text_after(id, "contact_");
	const struct strings campaigns = rule_campaigns(rule, x->arena);
	bool found;
	return store_find(x->store, "contacts", FILTER(by_id(bare)), NULL, &facts_record, x->arena, facts, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no contact %.60s", id ? id : "")) &&
	       facts_read_deeds(x->store, &campaigns, facts, 1, x->arena, err);
}

static bool why_page(struct exchange *x, struct error *err) {
	struct asked asked;
	struct facts facts;
	struct value *view = value_map(x->arena);
	struct contact contact;
	bool meets, found;
	if (!asked_read(x, &asked, err) || !find_facts(x, asked.reading.rule, &facts, err) ||
	    !contact_find(x->store, facts.id, x->arena, &contact, &found, err))
		return false;
	struct rows all = rule_reasons(asked.reading.rule, &facts, &asked.people.clock, x->arena, &meets);
	const struct reason *reasons = all.items;
	put_asked(x, view, &asked);
	value_put_text(view, "contact_id", facts.id);
	value_put_text(view, "email", found && !text_is_empty(contact.email) ? contact.email : "(no address)");
	value_put_bool(view, "meets", meets);
	struct value *list = value_put(view, "why", value_list(x->arena));
	for (int i = 0; i < all.count; i++) {
		struct value *row = value_push(list, value_map(x->arena));
		char *words = arena_copy(x->arena, reasons[i].words);
		text_capitalize(words);
		value_put_text(row, "words", words);
		value_put_bool(row, "holds", reasons[i].holds);
	}
	return reply_page(x, "segments/why", meets ? "Why they are in" : "Why they are not in", "segments", view, err);
}

const struct route people_routes[] = {
	{ "GET", "/segments/people", GUARD_SIGNED_IN, people_page_of, .realms = ASKED_REALMS },
	{ "GET", "/segments/people.csv", GUARD_SIGNED_IN, people_csv, .realms = ASKED_REALMS, .download = true },
	{ "GET", "/segments/count", GUARD_SIGNED_IN, count_fragment, .realms = ASKED_REALMS },
	{ "GET", "/segments/why", GUARD_SIGNED_IN, why_page, .realms = ASKED_REALMS },
	{ "GET", "/segments/:segment_id", GUARD_SIGNED_IN, people_page_of, .realms = ASKED_REALMS },
	{ "GET", "/api/segments/contacts", GUARD_SIGNED_IN, people_api, .summary = "The contacts of a rule by address",
	  .output = &contact_record, .shape = CONTACT_ANSWER_SHAPE, .list = true,
	  .parameters = "rule,segment,reason,limit,cursor", .realms = ASKED_REALMS | REALM_CUSTOMERS },
	{ "GET", "/api/segments/count", GUARD_SIGNED_IN, count_api,
	  .summary = "How many contacts a rule has, and how many of them can be emailed",
	  .shape = "people:count mailable:count reasons{*:count} complete:bool looked_at:count of:count next:text",
	  .parameters = "rule,segment,reason,reasons,cursor", .realms = ASKED_REALMS },
	{ "GET", "/api/segments/:segment_id/contacts", GUARD_SIGNED_IN, people_api,
	  .summary = "The contacts of a segment by address", .output = &contact_record, .shape = CONTACT_ANSWER_SHAPE,
	  .list = true, .parameters = "reason,limit,cursor", .realms = ASKED_REALMS | REALM_CUSTOMERS },
	{ 0 },
};
