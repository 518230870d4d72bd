/* Who did what with a campaign, beside what its summary counts: as page, JSON and CSV. */
#include "console/responder_pages.h"

#include <string.h>

#include "audience/contacts/contact_pages.h"
#include "console/campaign_address.h"
#include "core/formats/json.h"
#include "events/event.h"

/* Who did `type` with a campaign. */
struct report_query {
	enum event_type type;
	const char *cursor;
	int limit;
};

static bool read_report(const struct exchange *x, struct report_query *query, struct error *err) {
	const char *status = params_get(&x->query, "status");
	int type = EVENT_OPENED;
	if (!text_is_empty(status) && !choice_find(&event_types, status, &type))
		return error_field(err, "status",
		                   "status must be opened, clicked, bounced, unsubscribed or complained, not '%.40s'", status);
	*query = (struct report_query){ (enum event_type)type, params_get(&x->query, "cursor"), CONTACT_PAGE_ROWS };
	if (!text_is_empty(query->cursor) && !bson_oid_is_valid(query->cursor, strlen(query->cursor)))
		return error_field(err, "cursor", "this cursor was not made here: start from the first page");
	return exchange_limit(x, CONTACT_PAGE_ROWS, CONTACT_API_MAX, &query->limit, err);
}

static bool find_events(struct exchange *x, const struct campaign *campaign, const struct report_query *query,
                        int limit, struct event **events, int *count, const char **next, struct error *err) {
	bson_oid_t after;
	bson_t *filter = BCON_NEW("campaign_id", BCON_UTF8(campaign->emailoctopus_id), "type",
	                          BCON_UTF8(event_types.names[query->type]));
	bson_t *sort = BCON_NEW("_id", BCON_INT32(1)), bound;
	if (!text_is_empty(query->cursor)) {
		bson_oid_init_from_string(&after, query->cursor);
		BSON_APPEND_DOCUMENT_BEGIN(filter, "_id", &bound);
		BSON_APPEND_OID(&bound, "$gt", &after);
		bson_append_document_end(filter, &bound);
	}
	bool fine = store_list(x->store, "contact_events", filter, sort, limit + 1, &event_record, x->arena,
	                       (void **)events, count, err);
	bson_destroy(filter);
	bson_destroy(sort);
	*next = NULL;
	if (fine && *count > limit) {
		*count = limit;
		*next = (*events)[limit - 1].id;
	}
	return fine;
}

static bool contact_report_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct report_query query;
	struct event *events;
	const char *next;
	int count;
	if (!read_report(x, &query, err) || !campaign_of_path(x, &campaign, err) ||
	    !find_events(x, &campaign, &query, query.limit, &events, &count, &next, err))
		return false;
	if (next)
		reply_header(x, "X-Next-Cursor", next);
	struct value *list = value_list(x->arena);
	for (int i = 0; i < count; i++) {
		struct value *row = value_push(list, record_to_value(&event_record, &events[i], x->arena));
		value_put_text(row, "email", events[i].email_norm);
	}
	return reply_json(x, list);
}

struct event_line {
	const char *email;
	unsigned type;
	struct moment occurred_at, seen_at;
};
static const struct field event_line_fields[] = {
	FIELD(struct event_line, email),
	FIELD(struct event_line, type, .choices = &event_types),
	FIELD(struct event_line, occurred_at),
	FIELD(struct event_line, seen_at),
};
static const struct record_type event_line_record = RECORD_TYPE("EventLine", struct event_line, event_line_fields);

struct asked_report {
	struct campaign campaign;
	struct report_query query;
};

static bool report_piece(struct exchange *x, const void *state, const char *cursor, const char **next,
                         struct error *err) {
	const struct asked_report *asked = state;
	struct report_query query = asked->query;
	struct event *events;
	int count;
	query.cursor = cursor;
	if (!find_events(x, &asked->campaign, &query, CSV_PIECE_ROWS, &events, &count, next, err))
		return false;
	for (int i = 0; i < count; i++) {
		struct event_line line = { events[i].email_norm, events[i].type, events[i].occurred_at, events[i].seen_at };
		record_to_csv(&event_line_record, &line, &x->body);
	}
	return true;
}

static bool contact_report_csv(struct exchange *x, struct error *err) {
	struct asked_report *asked = arena_new_of(x->arena, struct asked_report);
	if (!read_report(x, &asked->query, err) || !campaign_of_path(x, &asked->campaign, err))
		return false;
	record_to_csv_head(&event_line_record, &x->body);
	return reply_csv_stream(x, "campaign-contacts.csv", report_piece, asked, err);
}

/* What the summary counts for a type, and at which count the report was last read. */
static void put_reconciliation(struct value *view, const struct campaign *campaign, enum event_type type,
                               int64_t rows) {
	const struct metrics *metrics = &campaign->current_metrics;
	const struct engagement_read *read = &campaign->engagement_read;
	const int64_t reported[] = { metrics->opened, metrics->clicked, metrics->bounced, metrics->unsubscribed,
		                         metrics->spam_complaints };
	const int64_t at[] = { read->opened, read->clicked, read->bounced, read->unsubscribed, read->complained };
	value_put_text(view, "reported", reported[type] == COUNT_NONE ? "–" : text_of_count(view->arena, reported[type]));
	value_put_text(view, "rows", text_of_count(view->arena, rows));
	value_put_bool(view, "read", at[type] != COUNT_NONE || reported[type] == 0);
	value_put_bool(view, "differs", reported[type] != rows);
}

static const struct contact *contact_under(const struct contact *contacts, int count, const char *norm) {
	for (int i = 0; norm && i < count; i++)
		if (text_same(contacts[i].email_norm, norm))
			return &contacts[i];
	return NULL;
}

static bool put_rows(struct exchange *x, struct value *view, const struct event *events, int count, struct error *err) {
	struct value *rows = value_put(view, "events", value_list(x->arena));
	struct strings norms = { arena_array(x->arena, const char *, count + 1), 0 };
	struct contact *contacts;
	int known;
	for (int i = 0; i < count; i++)
		if (events[i].email_norm)
			norms.items[norms.count++] = events[i].email_norm;
	if (!contact_find_many(x->store, &norms, x->arena, &contacts, &known, err))
		return false;
	for (int i = 0; i < count; i++) {
		const char *norm = events[i].email_norm;
		const struct contact *contact = contact_under(contacts, known, norm);
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "contact", contact ? contact->id : NULL);
		value_put_text(row, "email", contact && contact->email ? contact->email : norm ? norm : "(address erased)");
		value_put_text(row, "when",
		               moment_is_set(events[i].occurred_at) ? text_of_moment(x->arena, events[i].occurred_at)
		                                                    : "time not reported");
	}
	return true;
}

static void put_report(struct value *reports, const char *label, const char *chosen, char *address) {
	put_choice(reports, label, label, text_same(label, chosen));
	value_put_text(reports->last, "address", address);
}

void responder_put_reports(struct value *view, const char *campaign_id, const char *chosen) {
	struct arena *arena = view->arena;
	struct value *reports = value_put(view, "reports", value_list(arena));
	for (int i = 0; i < EVENT_TYPE_COUNT; i++)
		put_report(reports, event_types.names[i], chosen,
		           arena_print(arena, "/campaigns/%s/contacts?status=%s", campaign_id, event_types.names[i]));
	put_report(reports, "not opened", chosen, arena_print(arena, "/campaigns/%s/non-openers", campaign_id));
	put_report(reports, "not clicked", chosen, arena_print(arena, "/campaigns/%s/non-clickers", campaign_id));
}

static bool contact_report_page(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct report_query query;
	struct event *events;
	const char *next;
	int count;
	int64_t total;
	if (!read_report(x, &query, err) || !campaign_of_path(x, &campaign, err) ||
	    !find_events(x, &campaign, &query, CONTACT_PAGE_ROWS, &events, &count, &next, err))
		return false;
	bson_t *filter = BCON_NEW("campaign_id", BCON_UTF8(campaign.emailoctopus_id), "type",
	                          BCON_UTF8(event_types.names[query.type]));
	bool fine = store_count(x->store, "contact_events", filter, &total, err);
	bson_destroy(filter);
	if (!fine)
		return false;
	struct value *view = value_map(x->arena);
	const char *path = arena_print(x->arena, "/campaigns/%s/contacts", campaign.id),
			   *word = event_types.names[query.type];
	value_put_text(view, "id", campaign.id);
	value_put_text(view, "name", campaign_name(&campaign));
	value_put_text(view, "type", word);
	value_put_text(view, "source",
	               arena_print(x->arena, "GET /campaigns/%s/reports?status=%s", campaign.emailoctopus_id, word));
	responder_put_reports(view, campaign.id, word);
	put_reconciliation(view, &campaign, query.type, total);
	value_put_bool(view, "none", count == 0);
	value_put_text(view, "csv", arena_print(x->arena, "%s.csv?status=%s", path, word));
	value_put_text(view, "next_page", next ? exchange_address(x, path, "cursor", next) : NULL);
	return put_rows(x, view, events, count, err) &&
	       reply_page(x, "console/campaign_contacts", arena_print(x->arena, "%s: %s", campaign_name(&campaign), word),
	                  "campaigns", view, err);
}

const struct route responder_routes[] = {
	{ "GET", "/campaigns/:campaign_id/contacts", GUARD_SIGNED_IN, contact_report_page, .observed = true },
	{ "GET", "/campaigns/:campaign_id/contacts.csv", GUARD_SIGNED_IN, contact_report_csv, .observed = true,
	  .download = true },
	{ "GET", "/campaigns/:campaign_id/non-openers", GUARD_SIGNED_IN, non_openers_page, .observed = true },
	{ "GET", "/campaigns/:campaign_id/non-openers.csv", GUARD_SIGNED_IN, non_openers_csv, .observed = true,
	  .download = true },
	{ "GET", "/api/campaigns/:campaign_id/non-openers", GUARD_SIGNED_IN, non_openers_api,
	  .summary = "People on its lists whom no report names as opened or bounced", .output = &contact_record,
	  .list = true, .parameters = "limit,cursor", .observed = true },
	{ "GET", "/campaigns/:campaign_id/non-clickers", GUARD_SIGNED_IN, non_clickers_page, .observed = true },
	{ "GET", "/campaigns/:campaign_id/non-clickers.csv", GUARD_SIGNED_IN, non_clickers_csv, .observed = true,
	  .download = true },
	{ "GET", "/api/campaigns/:campaign_id/non-clickers", GUARD_SIGNED_IN, non_clickers_api,
	  .summary = "People on its lists whom no report names as clicked or bounced", .output = &contact_record,
	  .list = true, .parameters = "limit,cursor", .observed = true },
	{ "GET", "/api/campaigns/:campaign_id/contacts", GUARD_SIGNED_IN, contact_report_api,
	  .summary = "Who did what with a campaign", .output = &event_record, .list = true,
	  .parameters = "status,limit,cursor", .observed = true },
	{ 0 },
};
