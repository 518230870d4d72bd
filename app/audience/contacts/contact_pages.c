/* The list of contacts as page, JSON and CSV. */
#include "audience/contacts/contact_pages.h"

#include <string.h>

#include "audience/contacts/contact_answer.h"
#include "audience/contacts/contact_csv.h"
#include "audience/contacts/rollup.h"
#include "audience/contacts/tag.h"
#include "audience/lists/list.h"
#include "audience/lists/list_lookup_pages.h"
#include "core/formats/json.h"
#include "core/formats/period.h"
#include "core/http/exchange.h"
#include "core/http/parts.h"
#include "core/store/page.h"
#include "core/store/version.h"

enum {
	TEXT_LIMIT = 100,
	COUNTED_MOST = 1000 /* from some thousands on a server counts all there are, whatever the limit */
};

#define ASKED(field, op, value) "{\"field\":\"" field "\",\"operator\":\"" op "\",\"value\":" value "}"
#define CLICKED(op, value) ASKED("clicked", op, value)

/* The condition of each engagement filter. */
static const struct engagement_filter {
	const char *name, *label, *field;
	bool wanted;
	int within, before; /* days since the last click; 0: no such bound */
	const char *rule;   /* the same in a rule (segments/rule.h) */
} engagements[] = {
	{ "clicked", "Clicked at least once", "engagement.clicked", .wanted = true, .rule = CLICKED("at_least", "1") },
	{ "clicked-30", "Clicked in the last 30 days", .within = 30, .rule = CLICKED("in_last_days", "30") },
	{ "clicked-31-90", "Last click 31 to 90 days ago", .within = 90, .before = 30,
	  .rule = CLICKED("in_last_days", "90") "," CLICKED("not_in_last_days", "30") },
	{ "clicked-91-180", "Last click 91 to 180 days ago", .within = 180, .before = 90,
	  .rule = CLICKED("in_last_days", "180") "," CLICKED("not_in_last_days", "90") },
	{ "clicked-earlier", "Last click longer ago", .before = 180,
	  .rule = CLICKED("at_least", "1") "," CLICKED("not_in_last_days", "180") },
	{ "never-clicked", "Never clicked", "engagement.clicked", .rule = CLICKED("fewer_than", "1") },
	{ "opened", "Opened at least once", "engagement.opened", .wanted = true, .rule = ASKED("opened", "at_least", "1") },
	{ "never", "Never opened", "engagement.opened", .rule = ASKED("opened", "fewer_than", "1") },
	{ "bounced", "Bounced at least once", "engagement.bounced", .wanted = true,
	  .rule = ASKED("bounced", "at_least", "1") },
	{ "complained", "Complained", "engagement.complained", .wanted = true,
	  .rule = ASKED("complained", "at_least", "1") },
};
enum { ENGAGEMENTS = sizeof engagements / sizeof *engagements };

struct query {
	const char *status, *list, *tag, *company, *text, *cursor;
	const char *active; /* "true" or "false"; NULL: both */
	const struct engagement_filter *engagement;
	struct period period; /* in which the contact joined */
	int limit;
	int64_t skip; /* of pages with numbers */
};

static bool read_engagement(const struct exchange *x, struct query *query, struct error *err) {
	const char *value = params_get(&x->query, "engagement");
	if (text_is_empty(value))
		return true;
	for (int i = 0; i < ENGAGEMENTS; i++)
		if (strcmp(engagements[i].name, value) == 0)
			query->engagement = &engagements[i];
	return query->engagement || error_field(err, "engagement", "“%.40s” is not an activity", value) ||
	       error_codes(err, ". Use clicked, clicked-30, clicked-31-90, clicked-91-180, clicked-earlier, never-clicked, "
	                        "opened, never, bounced or complained");
}

static bool read_query(struct exchange *x, struct query *query, struct error *err) {
	const char *status = params_get(&x->query, "status");
	int choice;
	const char *tag = params_get(&x->query, "tag");
	*query = (struct query){ .tag = text_is_empty(tag) ? params_get(&x->query, "tags") : tag,
		                     .company = params_get(&x->query, "company"),
		                     .active = params_get(&x->query, "is_active"),
		                     .text = params_get(&x->query, "q"),
		                     .cursor = params_get(&x->query, "cursor") };
	if (query->text && text_length(query->text) > TEXT_LIMIT)
		return error_field(err, "q", "Search for at most %d characters", TEXT_LIMIT);
	if (!text_is_empty(query->active) && !text_same(query->active, "true") && !text_same(query->active, "false"))
		return error_field(err, "is_active", "“%.40s” is not true or false", query->active);
	if (!text_is_empty(status) && !choice_find(&contact_statuses, status, &choice))
		return error_field(err, "status", "“%.40s” is not a status", status) ||
		       error_codes(err, ". Use subscribed, pending, unsubscribed or unknown");
	if (!text_is_empty(status))
		query->status = contact_statuses.names[choice];
	return list_of_query(x, &query->list, err) && read_engagement(x, query, err) &&
	       period_read(&x->query, x->now, "all", &query->period, err) &&
	       exchange_limit(x, CONTACT_PAGE_ROWS, CONTACT_API_MAX, &query->limit, err);
}

static struct condition did(const struct engagement_filter *engagement) {
	if (!engagement || !engagement->field)
		return anything();
	return engagement->wanted ? gt_count(engagement->field, 0) : eq_count(engagement->field, 0);
}

/* Ordered by address; the cursor is the last address. *total may be NULL. */
static bool find_page(struct exchange *x, const struct query *query, int limit, struct contact **rows, int *count,
                      const char **next, int64_t *total, struct error *err) {
	const struct period *joined = &query->period;
	const struct engagement_filter *engaged = query->engagement;
	bool searched = !text_is_empty(query->text);
	struct page_query asked = {
		.filter = FILTER(query->status ? eq_text("status", query->status) : anything(),
		                 text_is_empty(query->list) ? anything() : eq_id("list_ids", query->list),
		                 text_is_empty(query->tag) ? anything() : eq_text("tags", tag_form(x->arena, query->tag)),
		                 text_is_empty(query->company) ? anything()
		                                               : eq_text("company_fold", text_fold(x->arena, query->company)),
		                 text_is_empty(query->active) ? anything()
		                                              : ne_bool("is_active", text_same(query->active, "false")),
		                 did(query->engagement),
		                 engaged && engaged->within ? contact_clicked_within(x->now, engaged->within) : anything(),
		                 engaged && engaged->before ? contact_clicked_before(x->now, engaged->before) : anything(),
		                 moment_is_set(joined->from) ? gte_moment("created_at", joined->from) : anything(),
		                 moment_is_set(joined->from) ? lt_moment("created_at", joined->to) : anything(),
		                 searched ? contains_text("search", text_fold(x->arena, text_trim(x->arena, query->text)))
		                          : anything()),
		.by = "email_norm",
		.unique = true,
		.cursor = query->cursor,
		.limit = limit,
		.skip = query->skip,
		.count = total != NULL,
		.count_most = COUNTED_MOST + 1,
	};
	struct page page;
	if (!store_page(x->store, "contacts", &asked, &contact_record, x->arena, &page, err))
		return false;
	*rows = page.rows.items;
	*count = page.rows.count;
	*next = page.next;
	if (total)
		*total = page.total;
	return true;
}

struct value *contact_row_view(const struct exchange *x, const struct contact *contact) {
	struct arena *arena = x->arena;
	struct value *row = value_map(arena);
	const struct engagement *engagement = &contact->engagement;
	value_put_text(row, "id", contact->id);
	value_put_text(row, "email", text_is_empty(contact->email) ? "(no address)" : contact->email);
	value_put_text(row, "called", contact_called(contact, arena));
	value_put_text(row, "status", choice_name(&contact_statuses, (int)contact->status));
	value_put_text(row, "status_label", contact_status_label(contact));
	value_put_text(row, "joined", text_of_moment(arena, contact->created_at));
	value_put_text(row, "joined_day", text_of_day_cell(arena, contact->created_at, x->now));
	value_put_text(row, "last_day", text_of_day_cell(arena, engagement->last_event_at, x->now));
	value_put_int(row, "opened", engagement->opened);
	value_put_int(row, "clicked", engagement->clicked);
	value_put_int(row, "bounced", engagement->bounced);
	value_put_text(row, "last", text_of_moment(arena, engagement->last_event_at));
	struct value *tags = value_put(row, "tags", value_list(arena));
	for (int i = 0; i < contact->tags.count; i++)
		(void)value_push(tags, value_text(arena, contact->tags.items[i]));
	return row;
}

/* The filters in use; list_put_people_choices has been called. */
static void put_chips(struct exchange *x, const struct query *query, struct value *view) {
	const char *list = NULL;
	const struct value *lists = value_get(view, "lists");
	for (const struct value *one = lists->first; one; one = one->next)
		if (value_get_bool(one, "chosen", false))
			list = value_get_text(one, "label");
	part_chips(view, "/contacts");
	part_chip(x, view, "q", "Email", query->text);
	part_chip(x, view, "list", "List", list);
	part_chip(x, view, "status", "Status", query->status);
	part_chip(x, view, "engagement", "Activity", query->engagement ? query->engagement->label : NULL);
	part_chip(x, view, "tag", "Tag", query->tag);
	part_chip_day(x, view, "from", "Joined from");
	part_chip_day(x, view, "to", "Joined up to");
}

static void add_condition(struct buf *out, const char *field, const char *op, const char *value) {
	if (text_is_empty(value))
		return;
	buf_print(out, "%s{\"field\":\"%s\",\"operator\":\"%s\",\"value\":", out->size ? "," : "", field, op);
	json_write_text(out, value);
	buf_char(out, '}');
}

/* The address where the people of these filters are saved as a segment; NULL without a filter. */
static const char *segment_address(const struct exchange *x, const struct query *query) {
	BUF_AUTO rules = { 0 };
	const char *from = params_get(&x->query, "from"), *to = params_get(&x->query, "to");
	add_condition(&rules, "email", "contains", query->text);
	add_condition(&rules, "list", "on", query->list);
	add_condition(&rules, "status", "is", query->status);
	add_condition(&rules, "tag", "has", query->tag);
	add_condition(&rules, "company", "is", query->company);
	add_condition(&rules, "active", "is", query->active);
	if (moment_is_set(query->period.from) && (!text_is_empty(from) || !text_is_empty(to))) {
		const char *last = text_of_iso_day(x->arena, moment_add(query->period.to, -1));
		buf_print(&rules, "%s{\"field\":\"created\",\"operator\":\"between\",\"value\":[\"%s\",\"%s\"]}",
		          rules.size ? "," : "", text_of_iso_day(x->arena, query->period.from), last);
	}
	if (query->engagement)
		buf_print(&rules, "%s%s", rules.size ? "," : "", query->engagement->rule);
	if (!rules.size)
		return NULL;
	const char *text = arena_print(x->arena, "{\"match\":\"all\",\"rules\":[%s]}", buf_text(&rules));
	return arena_print(x->arena, "/segments/new?rule=%s", url_encoded(x->arena, text));
}

static bool put_filters(struct exchange *x, const struct query *query, struct value *view, struct error *err) {
	static const char *const names[] = { "q", "list", "status", "engagement", "tag", "from", "to", NULL };
	const struct strings none = { 0 };
	if (!list_put_people_choices(x, query->list, view, err) || !list_put_joinable(x, &none, view, err))
		return false;
	part_query_fields(x, view, names);
	put_chips(x, query, view);
	struct value *choices = value_put(view, "statuses", value_list(x->arena));
	for (int i = 1; i <= CONTACT_STATUS_COUNT; i++) { /* unknown comes first in the enum but is listed last */
		int status = i % CONTACT_STATUS_COUNT;
		const char *name = contact_statuses.names[status];
		put_choice(choices, name, contact_status_labels[status], text_same(name, query->status));
	}
	choices = value_put(view, "engagements", value_list(x->arena));
	for (int i = 0; i < ENGAGEMENTS; i++)
		put_choice(choices, engagements[i].name, engagements[i].label, query->engagement == &engagements[i]);
	value_put_text(view, "save_segment", segment_address(x, query));
	value_put_text(view, "csv", exchange_address(x, "/contacts.csv", "format", "csv"));
	return true;
}

/* The number of people, as they were counted last (rollup.h); *all: of contacts, 0 if they are not counted yet. */
static bool put_everybody(struct exchange *x, struct value *view, int64_t *all, struct error *err) {
	struct domain_count everybody;
	bool counted;
	if (!rollup_everybody(x->store, &everybody, &counted, err))
		return false;
	*all = counted ? everybody.contacts : 0;
	value_put_text(view, "everybody", counted ? text_of_count(x->arena, everybody.contacts) : NULL);
	value_put_text(view, "subscribed", counted ? text_of_count(x->arena, everybody.subscribed) : NULL);
	return true;
}

/* How many there are: what was found is counted up to COUNTED_MOST; without a filter that many people are known. */
static void put_pager(struct exchange *x, struct value *view, int page, int64_t found, int64_t all, bool has_next) {
	bool many = found > COUNTED_MOST, known = many && all > found && !value_get_bool(view, "has_chips", true);
	part_pager(x, view,
	           &(struct part_pages){ .page = page,
	                                 .rows = CONTACT_PAGE_ROWS,
	                                 .matched = known  ? all
	                                            : many ? COUNTED_MOST
	                                                   : found,
	                                 .one = "contact",
	                                 .many = "contacts",
	                                 .more = many && !known,
	                                 .has_next = has_next });
}

static bool list_page(struct exchange *x, struct error *err) {
	struct query query;
	struct contact *rows = NULL;
	const char *next = NULL;
	int count = 0, number = 1;
	int64_t total = 0, all = 0;
	struct value *view = value_map(x->arena);
	struct error problem;
	if (!read_query(x, &query, &problem) || !part_page(x, &number, &problem)) {
		if (!exchange_show_problem(x, &problem, err))
			return false;
	} else {
		query.cursor = NULL;
		query.skip = (int64_t)(number - 1) * CONTACT_PAGE_ROWS;
		if (!find_page(x, &query, CONTACT_PAGE_ROWS, &rows, &count, &next, &total, err))
			return false;
	}
	struct value *list = value_put(view, "contacts", value_list(x->arena));
	for (int i = 0; i < count; i++)
		(void)value_push(list, contact_row_view(x, &rows[i]));
	exchange_put_data_at(x, view, x->versions.people_at);
	value_put_bool(view, "none", count == 0);
	if (!put_everybody(x, view, &all, err) || !put_filters(x, &query, view, err))
		return false;
	put_pager(x, view, number, total, all, next != NULL);
	return reply_page(x, "audience/contacts", "Contacts", "contacts", view, err);
}

static bool list_api(struct exchange *x, struct error *err) {
	struct query query;
	struct contact *rows;
	const char *next;
	int count;
	if (!read_query(x, &query, err) || !find_page(x, &query, query.limit, &rows, &count, &next, NULL, err))
		return false;
	if (next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, next));
	struct value *answer = value_list(x->arena);
	for (int i = 0; i < count; i++)
		(void)value_push(answer, contact_answer(&rows[i], x->arena));
	return reply_json(x, answer);
}

/* What is exported, and its columns. */
struct export {
	struct query query;
	struct contact_columns columns;
};

static bool list_piece(struct exchange *x, const void *state, const char *cursor, const char **next,
                       struct error *err) {
	const struct export *export = state;
	struct query query = export->query;
	struct contact *rows;
	int count;
	query.cursor = cursor;
	if (!find_page(x, &query, CSV_PIECE_ROWS, &rows, &count, next, NULL, err))
		return false;
	for (int i = 0; i < count; i++)
		contact_to_csv(&export->columns, &rows[i], x->arena, &x->body);
	return true;
}

static bool list_csv(struct exchange *x, struct error *err) {
	struct export *export = arena_new_of(x->arena, struct export);
	if (!read_query(x, &export->query, err) || !contact_columns_read(x->store, x->arena, &export->columns, err))
		return false;
	contact_to_csv_head(&export->columns, &x->body);
	return reply_csv_stream(x, "contacts.csv", list_piece, export, err);
}

const struct route contact_routes[] = {
	{ "GET", "/contacts", GUARD_SIGNED_IN, list_page, .realms = REALM_FIGURES | REALM_PEOPLE | REALM_COUNTS },
	{ "GET", "/contacts.csv", GUARD_SIGNED_IN, list_csv, .realms = REALM_FIGURES | REALM_PEOPLE, .download = true },
	{ "GET", "/api/contacts/export.csv", GUARD_SIGNED_IN, list_csv, .realms = REALM_FIGURES | REALM_PEOPLE,
	  .download = true },
	{ "GET", "/api/contacts", GUARD_SIGNED_IN, list_api, .summary = "Contacts by address", .output = &contact_record,
	  .shape = CONTACT_ANSWER_SHAPE, .list = true,
	  .parameters = "status,list,tag,tags,company,is_active,q,engagement,period,from,to,limit,cursor",
	  .realms = REALM_FIGURES | REALM_PEOPLE | REALM_CUSTOMERS },
	{ 0 },
};
