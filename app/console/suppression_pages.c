/* The list of suppressions, and one of them. */
#include "console/suppression_pages.h"

#include <string.h>

#include "audience/contacts/membership.h"
#include "audience/suppression/hashed.h"
#include "console/suppression_view.h"
#include "core/formats/csv.h"
#include "core/http/parts.h"
#include "core/store/page.h"
#include "core/store/version.h"

enum { PAGE_ROWS = 50, API_MAX = 500, TEXT_LIMIT = 100 };

struct query {
	const char *text, *reason, *kind, *cursor;
	bool lifted;
	int limit;
};

static bool read_choice(struct exchange *x, const char *name, const struct choices *choices, const char *words,
                        const char **chosen, struct error *err) {
	const char *value = params_get(&x->query, name);
	int choice;
	*chosen = NULL;
	if (text_is_empty(value))
		return true;
	if (!choice_find(choices, value, &choice))
		return error_field(err, name, "“%.40s” is unknown", value) || error_codes(err, ". Use %s", words);
	*chosen = choices->names[choice];
	return true;
}

static bool read_query(struct exchange *x, struct query *query, struct error *err) {
	const char *active = params_get(&x->query, "is_active");
	*query = (struct query){ .text = params_get(&x->query, "q"), .cursor = params_get(&x->query, "cursor") };
	query->lifted = text_same(active, "false");
	if (query->text && text_length(query->text) > TEXT_LIMIT)
		return error_field(err, "q", "Search for at most %d characters", TEXT_LIMIT);
	if (!text_is_empty(active) && !query->lifted && !text_same(active, "true"))
		return error_field(err, "is_active", "“%.40s” is not true or false", active);
	return read_choice(x, "reason", &suppression_reasons, "complained, bounced, manual, erased or unsubscribed",
	                   &query->reason, err) &&
	       read_choice(x, "kind", &suppression_kinds, "email or phone", &query->kind, err) &&
	       exchange_limit(x, PAGE_ROWS, API_MAX, &query->limit, err);
}

/* A part of the address or number, or the whole one of somebody who was erased. */
static bool find_page(struct exchange *x, const struct query *query, int limit, bool counts, struct page *page,
                      struct error *err) {
	const char *text = text_is_empty(query->text) ? NULL : text_trim(x->arena, query->text),
			   *norm = text ? contact_norm(x->arena, text) : NULL, *hash = norm ? hashed_key(x->arena, norm) : NULL;
	const struct page_query asked = {
		.filter = FILTER(eq_bool("is_active", !query->lifted),
		                 query->reason ? eq_text("reason", query->reason) : anything(),
		                 query->kind ? eq_text("kind", query->kind) : anything(),
		                 norm ? ANY_OF(contains_text("value", norm), eq_text("key", hash)) : anything()),
		.by = "at",
		.descending = true,
		.cursor = query->cursor,
		.limit = limit,
		.count = counts,
	};
	return store_page(x->store, "suppressions", &asked, &suppression_record, x->arena, page, err);
}

static void put_chips(struct exchange *x, const struct query *query, struct value *view) {
	int reason = 0, kind = 0;
	if (query->reason)
		(void)choice_find(&suppression_reasons, query->reason, &reason);
	if (query->kind)
		(void)choice_find(&suppression_kinds, query->kind, &kind);
	part_chips(view, "/suppressions");
	part_chip(x, view, "q", "Address", query->text);
	part_chip(x, view, "reason", "Reason", query->reason ? suppression_reason_labels[reason] : NULL);
	part_chip(x, view, "kind", "Kind", !query->kind ? NULL : kind == SUPPRESSED_PHONE ? "Phone" : "Email");
	part_chip(x, view, "is_active", "State", query->lifted ? "Lifted" : NULL);
}

static void put_filters(struct exchange *x, const struct query *query, struct value *view) {
	static const char *const names[] = { "q", "reason", "kind", "is_active", NULL };
	part_query_fields(x, view, names);
	put_chips(x, query, view);
	suppression_put_reasons(value_put(view, "reasons", value_list(x->arena)), query->reason, true);
	struct value *kinds = value_put(view, "kinds", value_list(x->arena));
	put_choice(kinds, "email", "Email", text_same(query->kind, "email"));
	put_choice(kinds, "phone", "Phone", text_same(query->kind, "phone"));
	struct value *states = value_put(view, "states", value_list(x->arena));
	put_choice(states, "true", "Suppressed", !query->lifted);
	put_choice(states, "false", "Lifted", query->lifted);
	value_put_text(view, "csv", exchange_address(x, "/suppressions.csv", "format", "csv"));
}

/* What keeps suppressions from working, if anything. */
static bool put_state(struct exchange *x, struct value *view, struct error *err) {
	enum hashed_state state;
	if (!hashed_read_state(x->store, &state, err))
		return false;
	value_put_bool(view, "key_lost", state == HASHED_MISSING || state == HASHED_CHANGED);
	value_put_bool(view, "is_off", !x->settings->suppression_list);
	value_put_text(view, "added", params_get(&x->query, "added"));
	return true;
}

static bool list_page(struct exchange *x, struct error *err) {
	struct query query;
	struct page page = { .total = 0 };
	struct value *view = value_map(x->arena);
	struct error problem;
	if (!read_query(x, &query, &problem)) {
		if (!exchange_show_problem(x, &problem, err))
			return false;
	} else if (!find_page(x, &query, PAGE_ROWS, true, &page, err)) {
		return false;
	}
	struct value *rows = value_put(view, "suppressions", value_list(x->arena));
	const struct suppression *items = page.rows.items;
	for (int i = 0; i < page.rows.count; i++)
		(void)value_push(rows, suppression_row_view(x, &items[i]));
	value_put_bool(view, "none", page.rows.count == 0);
	value_put_int(view, "count", page.rows.count);
	value_put_int(view, "total", page.total);
	value_put_bool(view, "lifted", query.lifted);
	value_put_text(view, "next_page", page.next ? exchange_address(x, "/suppressions", "cursor", page.next) : NULL);
	put_filters(x, &query, view);
	return put_state(x, view, err) && reply_page(x, "console/suppressions", "Suppressions", "suppressions", view, err);
}

static bool list_api(struct exchange *x, struct error *err) {
	struct query query;
	struct page page;
	if (!read_query(x, &query, err) || !find_page(x, &query, query.limit, false, &page, err))
		return false;
	if (page.next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, page.next));
	return reply_rows(x, &suppression_record, page.rows);
}

/* The columns that an import of suppressions reads (suppression_import.h). */
static bool list_piece(struct exchange *x, const void *state, const char *cursor, const char **next,
                       struct error *err) {
	struct query query = *(const struct query *)state;
	struct page page;
	char at[MOMENT_TEXT];
	query.cursor = cursor;
	if (!find_page(x, &query, CSV_PIECE_ROWS, false, &page, err))
		return false;
	const struct suppression *rows = page.rows.items;
	for (int i = 0; i < page.rows.count; i++) {
		csv_cell(&x->body, rows[i].kind == SUPPRESSED_EMAIL ? rows[i].value : NULL, true);
		csv_cell(&x->body, rows[i].kind == SUPPRESSED_PHONE ? rows[i].value : NULL, false);
		csv_cell(&x->body, choice_name(&suppression_reasons, (int)rows[i].reason), false);
		csv_cell(&x->body, moment_format(rows[i].at, at), false);
		csv_cell(&x->body, rows[i].evidence, false);
		csv_cell(&x->body, choice_name(&suppression_sources, (int)rows[i].source), false);
		csv_cell(&x->body, rows[i].by, false);
		csv_end(&x->body);
	}
	*next = page.next;
	return true;
}

static bool list_csv(struct exchange *x, struct error *err) {
	struct query *query = arena_new_of(x->arena, struct query);
	if (!read_query(x, query, err))
		return false;
	buf_text_add(&x->body, "email,phone,reason,at,evidence,source,by\r\n");
	return reply_csv_stream(x, "suppressions.csv", list_piece, query, err);
}

static bool show_api(struct exchange *x, struct error *err) {
	struct suppression row;
	return suppression_need(x, &row, err) && reply_record(x, &suppression_record, &row);
}

const struct route suppression_routes[] = {
	{ "GET", "/suppressions", GUARD_SIGNED_IN, list_page },
	{ "GET", "/suppressions.csv", GUARD_SIGNED_IN, list_csv, .realms = REALM_PEOPLE, .download = true },
	{ "GET", "/api/suppressions", GUARD_SIGNED_IN, list_api,
	  .summary = "Addresses and phone numbers to which nothing is sent, newest first", .output = &suppression_record,
	  .list = true, .parameters = "q,reason,kind,is_active,limit,cursor", .realms = REALM_PEOPLE },
	{ "GET", "/api/suppressions/:suppression_id", GUARD_SIGNED_IN, show_api, .summary = "One suppression",
	  .output = &suppression_record, .realms = REALM_PEOPLE },
	{ 0 },
};
