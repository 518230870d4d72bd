/* Nonresponders: people on a campaign's lists whom its reports do not name as opened (or clicked), as page, JSON and
 * CSV.
 */
#include <stdlib.h>
#include <string.h>

#include "audience/contacts/contact_csv.h"
#include "audience/contacts/contact_pages.h"
#include "console/campaign_address.h"
#include "console/campaign_pages.h"
#include "console/responder_pages.h"
#include "core/formats/json.h"
#include "events/event.h"

enum { AT_ONCE = 500, ROUNDS = 20, EVENTS_MAX = 20000 };

/* A kind of nonresponders: those without an event of the type. */
struct nonresponder_kind {
	const char *name; /* last segment of the path */
	enum event_type type;
	enum metric metric; /* the summary's count for the type is its numerator */
	const char *verb;
	enum people_of_campaign people;
};
static const struct nonresponder_kind non_openers = { "non-openers", EVENT_OPENED, METRIC_OPEN_RATE, "open",
	                                                  PEOPLE_NOT_OPENED },
									  non_clickers = { "non-clickers", EVENT_CLICKED, METRIC_CLICK_RATE, "click",
	                                                   PEOPLE_NOT_CLICKED };

struct nonresponder_query {
	struct campaign campaign;
	const struct nonresponder_kind *kind;
	const char *cursor; /* address of the last person on the previous page */
	int limit;
};

struct found {
	struct contact *rows;
	int count;
	const char *next; /* NULL on the last page */
};

static bool read_query(struct exchange *x, const struct nonresponder_kind *kind, struct nonresponder_query *query,
                       struct error *err) {
	*query = (struct nonresponder_query){ .kind = kind, .cursor = params_get(&x->query, "cursor") };
	return exchange_limit(x, CONTACT_PAGE_ROWS, CONTACT_API_MAX, &query->limit, err) &&
	       campaign_of_path(x, &query->campaign, err);
}

/* People on the campaign's lists who had joined before it was sent, by address. */
static bool find_people(struct exchange *x, const struct nonresponder_query *query, const char *after,
                        struct contact **people, int *count, struct error *err) {
	return store_list(x->store, "contacts",
	                  FILTER(in_ids("list_ids", &query->campaign.list_ids),
	                         text_is_empty(after) ? anything() : gt_text("email_norm", after),
	                         lte_moment("created_at", query->campaign.sent_at)),
	                  SORT(asc("email_norm")), AT_ONCE, &contact_record, x->arena, (void **)people, count, err);
}

static int event_by_person(const void *a, const void *b) {
	return strcmp(((const struct event *)a)->contact_id, ((const struct event *)b)->contact_id);
}

/* The events of these people that exclude them: they did it, or the mail did not reach them. */
static bool find_named(struct exchange *x, const struct nonresponder_query *query, const struct contact *people,
                       int count, struct event **events, int *event_count, struct error *err) {
	struct strings ids = { arena_array(x->arena, const char *, (size_t)count + 1), 0 };
	for (int i = 0; i < count; i++)
		ids.items[ids.count++] = people[i].id;
	if (!store_list(x->store, "contact_events",
	                FILTER(in_ids("contact_id", &ids), eq_id("campaign_id", query->campaign.id),
	                       in_texts("type",
	                                TEXTS(event_types.names[query->kind->type], event_types.names[EVENT_BOUNCED]))),
	                NULL, EVENTS_MAX, &event_record, x->arena, (void **)events, event_count, err))
		return false;
	qsort(*events, (size_t)*event_count, sizeof **events, event_by_person);
	return true;
}

/* Adds those without such an event until the page is full. */
static void take_nonresponders(const struct nonresponder_query *query, const struct contact *people, int count,
                               const struct event *events, int event_count, struct found *found) {
	for (int i = 0; i < count && found->count < query->limit; i++) {
		found->next = people[i].email_norm;
		struct event named = { .contact_id = people[i].id };
		if (!bsearch(&named, events, (size_t)event_count, sizeof *events, event_by_person))
			found->rows[found->count++] = people[i];
	}
}

/* Stops after a number of rounds; the page may then be short, and the next one continues from there. */
static bool find_nonresponders(struct exchange *x, const struct nonresponder_query *query, struct found *found,
                               struct error *err) {
	*found = (struct found){ arena_array(x->arena, struct contact, (size_t)query->limit + 1), 0, query->cursor };
	for (int round = 0; round < ROUNDS && found->count < query->limit; round++) {
		struct contact *people;
		struct event *events;
		int count, event_count;
		if (!find_people(x, query, found->next, &people, &count, err) ||
		    !find_named(x, query, people, count, &events, &event_count, err))
			return false;
		take_nonresponders(query, people, count, events, event_count, found);
		if (count < AT_ONCE && (count == 0 || text_same(found->next, people[count - 1].email_norm))) {
			found->next = NULL;
			break;
		}
	}
	return true;
}

static bool nonresponder_api(struct exchange *x, const struct nonresponder_kind *kind, struct error *err) {
	struct nonresponder_query query;
	struct found found;
	if (!read_query(x, kind, &query, err) || !find_nonresponders(x, &query, &found, err))
		return false;
	if (found.next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, found.next));
	return reply_rows(x, &contact_record, (struct rows){ found.rows, found.count });
}

/* What is exported, and its columns. */
struct export {
	struct nonresponder_query query;
	struct contact_columns columns;
};

static bool nonresponder_piece(struct exchange *x, const void *state, const char *cursor, const char **next,
                               struct error *err) {
	const struct export *export = state;
	struct nonresponder_query query = export->query;
	struct found found;
	query.cursor = cursor;
	query.limit = CSV_PIECE_ROWS;
	if (!find_nonresponders(x, &query, &found, err))
		return false;
	for (int i = 0; i < found.count; i++)
		contact_to_csv(&export->columns, &found.rows[i], x->arena, &x->body);
	*next = found.next;
	return true;
}

static bool nonresponder_csv(struct exchange *x, const struct nonresponder_kind *kind, struct error *err) {
	struct export *export = arena_new_of(x->arena, struct export);
	if (!read_query(x, kind, &export->query, err) || !contact_columns_read(x->store, x->arena, &export->columns, err))
		return false;
	contact_to_csv_head(&export->columns, &x->body);
	return reply_csv_stream(x, arena_print(x->arena, "%s.csv", kind->name), nonresponder_piece, export, err);
}

static bool nonresponder_page(struct exchange *x, const struct nonresponder_kind *kind, struct error *err) {
	struct nonresponder_query query;
	struct found found;
	const struct growth *growth;
	struct value *view = value_map(x->arena);
	if (!read_query(x, kind, &query, err) || !find_nonresponders(x, &query, &found, err) ||
	    !campaign_find_growth(x, &query.campaign, &growth, err) ||
	    !responder_put_head(x, view, &query.campaign, kind->people, err))
		return false;
	const char *path = arena_print(x->arena, "/campaigns/%s/%s", query.campaign.id, kind->name);
	struct value *rows = value_put(view, "contacts", value_list(x->arena));
	for (int i = 0; i < found.count; i++)
		(void)value_push(rows, contact_row_view(x, &found.rows[i]));
	value_put_text(view, "word", event_types.names[kind->type]);
	value_put_text(view, "verb", kind->verb);
	value_put_text(view, "left",
	               query.campaign.has_report ? count_text(x->arena, campaign_left(&query.campaign, kind->metric))
	                                         : NULL);
	value_put_text(view, "gap", growth_gap(growth, &query.campaign, (enum response)kind->type, x->arena));
	value_put_int(view, "count", found.count);
	value_put_bool(view, "none", found.count == 0);
	value_put_text(view, "csv", arena_print(x->arena, "%s.csv", path));
	value_put_text(view, "next_page", found.next ? exchange_address(x, path, "cursor", found.next) : NULL);
	return reply_page(x, "console/campaign_nonresponders",
	                  arena_print(x->arena, "%s: who did not %s", campaign_name(&query.campaign), kind->verb),
	                  "campaigns", view, err);
}

bool non_openers_page(struct exchange *x, struct error *err) {
	return nonresponder_page(x, &non_openers, err);
}

bool non_openers_api(struct exchange *x, struct error *err) {
	return nonresponder_api(x, &non_openers, err);
}

bool non_openers_csv(struct exchange *x, struct error *err) {
	return nonresponder_csv(x, &non_openers, err);
}

bool non_clickers_page(struct exchange *x, struct error *err) {
	return nonresponder_page(x, &non_clickers, err);
}

bool non_clickers_api(struct exchange *x, struct error *err) {
	return nonresponder_api(x, &non_clickers, err);
}

bool non_clickers_csv(struct exchange *x, struct error *err) {
	return nonresponder_csv(x, &non_clickers, err);
}
