/* Contacts and one contact: as pages, JSON and CSV; and the routes of the room. */
#include <math.h>
#include <string.h>

#include "contacts/pages.h"
#include "contacts/rollup.h"
#include "core/formats/json.h"
#include "core/http/period.h"
#include "lists/list.h"

enum { TIMELINE = 100, TEXT_LIMIT = 100 };
#define EARLIER_MS (30 * DAY_MS) /* an event may come so long after the sending */

/* What an engagement filter asks of a contact. */
static const struct engagement_filter {
	const char *name, *label, *field;
	bool wanted;
} engagements[] = {
	{ "clicked", "clicked at least once", "engagement.clicked", true },
	{ "opened", "opened at least once", "engagement.opened", true },
	{ "never", "never opened", "engagement.opened", false },
	{ "bounced", "bounced at least once", "engagement.bounced", true },
	{ "complained", "complained", "engagement.complained", true },
};
enum { ENGAGEMENTS = sizeof engagements / sizeof *engagements };

struct query {
	const char *status, *list, *tag, *text, *cursor;
	const struct engagement_filter *engagement;
	struct period period; /* when the contact joined */
	int limit;
};

static bool read_engagement(const struct exchange *x, struct query *query, struct error *err) {
	const char *value = params_get(&x->query, "engagement");
	if (text_is_empty(value))
		return true;
	for (int i = 0; i < ENGAGEMENTS; i++)
		if (strcmp(engagements[i].name, value) == 0)
			query->engagement = &engagements[i];
	return query->engagement ||
	       error_field(err, "engagement",
	                   "engagement must be clicked, opened, never, bounced or complained, not '%.40s'", value);
}

static bool read_query(const struct exchange *x, struct query *query, struct error *err) {
	const char *status = params_get(&x->query, "status");
	int choice;
	*query = (struct query){ .list = params_get(&x->query, "list"),
		                     .tag = params_get(&x->query, "tag"),
		                     .text = params_get(&x->query, "q"),
		                     .cursor = params_get(&x->query, "cursor") };
	if (query->text && text_length(query->text) > TEXT_LIMIT)
		return error_field(err, "q", "the search text may have at most %d characters", TEXT_LIMIT);
	if (!text_is_empty(status) && !choice_find(&contact_statuses, status, &choice))
		return error_field(err, "status", "status must be subscribed, pending or unsubscribed, not '%.40s'", status);
	if (!text_is_empty(status))
		query->status = contact_statuses.names[choice];
	return read_engagement(x, query, err) && period_read(&x->query, moment_now(), "all", &query->period, err) &&
	       exchange_limit(x, CONTACT_PAGE_ROWS, CONTACT_API_MAX, &query->limit, err);
}

static void append_engagement(bson_t *filter, const struct engagement_filter *engagement) {
	bson_t bound;
	if (!engagement->wanted) {
		BSON_APPEND_INT64(filter, engagement->field, 0);
		return;
	}
	BSON_APPEND_DOCUMENT_BEGIN(filter, engagement->field, &bound);
	BSON_APPEND_INT64(&bound, "$gt", 0);
	bson_append_document_end(filter, &bound);
}

static void append_email(bson_t *filter, const struct query *query, struct arena *arena) {
	bson_t bound;
	bool searched = !text_is_empty(query->text), continued = !text_is_empty(query->cursor);
	if (!searched && !continued)
		return;
	BSON_APPEND_DOCUMENT_BEGIN(filter, "email_norm", &bound);
	if (continued)
		BSON_APPEND_UTF8(&bound, "$gt", query->cursor);
	if (searched)
		BSON_APPEND_REGEX(&bound, "$regex", store_pattern(arena, contact_norm(arena, query->text)), "");
	bson_append_document_end(filter, &bound);
}

/* By address; the cursor is the last one. */
static bool find_page(struct exchange *x, const struct query *query, int limit, struct contact **rows, int *count,
                      const char **next, struct error *err) {
	bson_t filter = BSON_INITIALIZER, joined;
	bson_t *sort = BCON_NEW("email_norm", BCON_INT32(1));
	if (query->status)
		BSON_APPEND_UTF8(&filter, "status", query->status);
	if (!text_is_empty(query->list))
		BSON_APPEND_UTF8(&filter, "list_ids", query->list);
	if (!text_is_empty(query->tag))
		BSON_APPEND_UTF8(&filter, "tags", text_fold(x->arena, query->tag));
	if (query->engagement)
		append_engagement(&filter, query->engagement);
	if (moment_is_set(query->period.from)) {
		BSON_APPEND_DOCUMENT_BEGIN(&filter, "created_at", &joined);
		BSON_APPEND_DATE_TIME(&joined, "$gte", query->period.from.ms);
		BSON_APPEND_DATE_TIME(&joined, "$lt", query->period.to.ms);
		bson_append_document_end(&filter, &joined);
	}
	append_email(&filter, query, x->arena);
	bool fine = store_list(x->store, "contacts", &filter, sort, limit + 1, &contact_record, x->arena, (void **)rows,
	                       count, err);
	bson_destroy(&filter);
	bson_destroy(sort);
	*next = NULL;
	if (fine && *count > limit) {
		*count = limit;
		*next = (*rows)[limit - 1].email_norm;
	}
	return fine;
}

struct value *contact_row_view(const struct contact *contact, struct arena *arena) {
	struct value *row = value_map(arena);
	const struct engagement *engagement = &contact->engagement;
	value_put_text(row, "id", contact->id);
	value_put_text(row, "email", text_is_empty(contact->email) ? "(no address)" : contact->email);
	value_put_text(row, "status", choice_name(&contact_statuses, (int)contact->status));
	value_put_text(row, "joined", text_of_moment(arena, contact->created_at));
	value_put_int(row, "opened", engagement->opened);
	value_put_int(row, "clicked", engagement->clicked);
	value_put_int(row, "bounced", engagement->bounced);
	value_put_text(row, "last", text_of_moment(arena, engagement->last_event_at));
	struct value *tags = value_put(row, "tags", value_list(arena));
	for (int i = 0; i < contact->tags.count; i++)
		(void)value_push(tags, value_text(arena, contact->tags.items[i]));
	return row;
}

static bool put_filters(struct exchange *x, const struct query *query, struct value *view, struct error *err) {
	static const char *const kept[] = { "q", "from", "to", "tag" };
	if (!list_put_choices(x, query->list, view, err))
		return false;
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		value_put_text(view, arena_print(x->arena, "is_%s", kept[i]), params_get(&x->query, kept[i]));
	struct value *choices = value_put(view, "statuses", value_list(x->arena));
	for (int i = 0; i < CONTACT_STATUS_COUNT; i++)
		put_choice(choices, contact_statuses.names[i], contact_statuses.names[i],
		           text_same(contact_statuses.names[i], query->status));
	choices = value_put(view, "engagements", value_list(x->arena));
	for (int i = 0; i < ENGAGEMENTS; i++)
		put_choice(choices, engagements[i].name, engagements[i].label, query->engagement == &engagements[i]);
	value_put_text(view, "csv", exchange_address(x, "/contacts.csv", "format", "csv"));
	return true;
}

void contact_put_sum(struct value *view, const struct contact *rows, int count) {
	struct engagement sum = { 0 };
	int subscribed = 0;
	for (int i = 0; i < count; i++) {
		sum.opened += rows[i].engagement.opened;
		sum.clicked += rows[i].engagement.clicked;
		sum.bounced += rows[i].engagement.bounced;
		subscribed += rows[i].status == CONTACT_SUBSCRIBED;
	}
	struct value *row = value_put(view, "sum", value_map(view->arena));
	value_put_int(row, "opened", sum.opened);
	value_put_int(row, "clicked", sum.clicked);
	value_put_int(row, "bounced", sum.bounced);
	value_put_int(row, "subscribed", subscribed);
	value_put_int(view, "count", count);
}

/* How many people there are, as the newest run over the people counted them. */
static bool put_everybody(struct exchange *x, struct value *view, struct error *err) {
	struct domain_count everybody;
	int64_t domains;
	if (!rollup_everybody(x->store, &everybody, &domains, err))
		return false;
	value_put_text(view, "everybody", domains ? text_of_count(x->arena, everybody.contacts) : NULL);
	return true;
}

static bool list_page(struct exchange *x, struct error *err) {
	struct query query;
	struct contact *rows = NULL;
	const char *next = NULL;
	int count = 0;
	struct value *view = value_map(x->arena);
	struct error problem = ERROR_INIT;
	if (!read_query(x, &query, &problem)) {
		x->status = 400;
		value_put_text(view, "problem", arena_copy(x->arena, problem.text));
	} else if (!find_page(x, &query, CONTACT_PAGE_ROWS, &rows, &count, &next, err)) {
		return false;
	}
	struct value *list = value_put(view, "contacts", value_list(x->arena));
	for (int i = 0; i < count; i++)
		(void)value_push(list, contact_row_view(&rows[i], x->arena));
	contact_put_sum(view, rows, count);
	value_put_bool(view, "none", count == 0);
	if (next)
		value_put_text(view, "next_page", exchange_address(x, "/contacts", "cursor", next));
	return put_everybody(x, view, err) && put_filters(x, &query, view, err) &&
	       reply_page(x, "contacts", problem.kind ? "Error: Contacts" : "Contacts", "contacts", view, err);
}

static bool list_api(struct exchange *x, struct error *err) {
	struct query query;
	struct contact *rows;
	const char *next;
	int count;
	if (!read_query(x, &query, err) || !find_page(x, &query, query.limit, &rows, &count, &next, err))
		return false;
	if (next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, next));
	return reply_rows(x, &contact_record, (struct rows){ rows, count });
}

struct contact_line {
	const char *id, *email;
	unsigned status;
	struct strings tags;
	struct moment joined_at;
	int64_t campaigns_opened, campaigns_clicked, campaigns_bounced;
	struct moment last_event_at;
};
static const struct field line_fields[] = {
	FIELD(struct contact_line, id),
	FIELD(struct contact_line, email),
	FIELD(struct contact_line, status, .choices = &contact_statuses),
	FIELD(struct contact_line, tags),
	FIELD(struct contact_line, joined_at),
	FIELD(struct contact_line, campaigns_opened),
	FIELD(struct contact_line, campaigns_clicked),
	FIELD(struct contact_line, campaigns_bounced),
	FIELD(struct contact_line, last_event_at),
};
static const struct record_type line_record = RECORD_TYPE("ContactLine", struct contact_line, line_fields);

void contact_to_csv_head(struct buf *out) {
	record_to_csv_head(&line_record, out);
}

void contact_to_csv(const struct contact *contact, struct arena *arena, struct buf *out) {
	struct contact_line line = { arena_print(arena, "contact_%s", contact->id),
		                         contact->email,
		                         contact->status,
		                         contact->tags,
		                         contact->created_at,
		                         contact->engagement.opened,
		                         contact->engagement.clicked,
		                         contact->engagement.bounced,
		                         contact->engagement.last_event_at };
	record_to_csv(&line_record, &line, out);
}

static bool list_piece(struct exchange *x, const void *state, const char *cursor, const char **next,
                       struct error *err) {
	struct query query = *(const struct query *)state;
	struct contact *rows;
	int count;
	query.cursor = cursor;
	if (!find_page(x, &query, CSV_PIECE_ROWS, &rows, &count, next, err))
		return false;
	for (int i = 0; i < count; i++)
		contact_to_csv(&rows[i], x->arena, &x->body);
	return true;
}

static bool list_csv(struct exchange *x, struct error *err) {
	struct query *query = arena_new_of(x->arena, struct query);
	if (!read_query(x, query, err))
		return false;
	contact_to_csv_head(&x->body);
	return reply_csv_stream(x, "contacts.csv", list_piece, query, err);
}

static bool need_contact(struct exchange *x, struct contact *contact, struct error *err) {
	bool found;
	return contact_find(x->store, x->values[0], x->arena, contact, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no contact %.60s", x->values[0]));
}

static bool show_api(struct exchange *x, struct error *err) {
	struct contact contact;
	return need_contact(x, &contact, err) && reply_record(x, &contact_record, &contact);
}

/* The newest events of a person. */
static bool find_timeline(struct exchange *x, const struct contact *contact, struct event **events, int *count,
                          struct error *err) {
	bson_t *filter = BCON_NEW("email_norm", BCON_UTF8(contact->email_norm ? contact->email_norm : ""));
	bson_t *sort = BCON_NEW("occurred_at", BCON_INT32(-1));
	bool fine = store_list(x->store, "contact_events", filter, sort, TIMELINE, &event_record, x->arena, (void **)events,
	                       count, err);
	bson_destroy(filter);
	bson_destroy(sort);
	return fine;
}

static bool events_api(struct exchange *x, struct error *err) {
	struct contact contact;
	struct event *events;
	int count;
	return need_contact(x, &contact, err) && find_timeline(x, &contact, &events, &count, err) &&
	       reply_rows(x, &event_record, (struct rows){ events, count });
}

static bool put_timeline(struct exchange *x, struct value *view, const struct event *events, int count,
                         struct error *err) {
	struct value *rows = value_put(view, "events", value_list(x->arena));
	struct campaign campaign = { 0 };
	const char *known = NULL;
	bool found = false;
	for (int i = 0; i < count; i++) {
		/* The events of one campaign mostly stand together. */
		if (!text_same(known, events[i].campaign_id)) {
			known = events[i].campaign_id;
			if (!campaign_find(x->store, known, x->arena, &campaign, &found, err))
				return false;
		}
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "type", choice_name(&event_types, (int)events[i].type));
		value_put_text(row, "when",
		               moment_is_set(events[i].occurred_at) ? text_of_moment(x->arena, events[i].occurred_at)
		                                                    : "time not reported");
		value_put_text(row, "campaign", found ? campaign.id : NULL);
		value_put_text(row, "name", found ? campaign_name(&campaign) : "(no name)");
	}
	return true;
}

static bool put_memberships(struct exchange *x, struct value *view, const struct contact *contact, struct error *err) {
	struct membership *rows;
	struct list *lists;
	int count, list_count;
	bson_t *filter = BCON_NEW("email_norm", BCON_UTF8(contact->email_norm ? contact->email_norm : ""));
	bool fine = store_list(x->store, "list_contacts", filter, NULL, TIMELINE, &membership_record, x->arena,
	                       (void **)&rows, &count, err);
	bson_destroy(filter);
	if (!fine || !list_all(x->store, x->arena, &lists, &list_count, err))
		return false;
	struct value *memberships = value_put(view, "memberships", value_list(x->arena));
	for (int i = 0; i < count; i++) {
		struct value *row = value_push(memberships, value_map(x->arena));
		value_put_text(row, "list", rows[i].list_id);
		for (int k = 0; k < list_count; k++)
			if (text_same(lists[k].emailoctopus_id, rows[i].list_id)) {
				value_put_text(row, "name", lists[k].name);
				value_put_text(row, "list_id", lists[k].id);
			}
		value_put_text(row, "status", choice_name(&contact_statuses, (int)rows[i].status));
		value_put_text(row, "joined", text_of_moment(x->arena, rows[i].created_at));
		value_put_text(row, "updated", text_of_moment(x->arena, rows[i].last_updated_at));
		value_put_text(row, "fields", rows[i].fields);
	}
	return true;
}

static void put_card(struct value *cards, const char *label, int64_t count, int64_t campaigns, double usual,
                     const char *note) {
	struct arena *arena = cards->arena;
	struct value *card = value_push(cards, value_map(arena));
	value_put_text(card, "label", label);
	value_put_int(card, "value", count);
	value_put_text(card, "share", text_of_share(arena, count, campaigns));
	value_put_text(card, "usual", isnan(usual) ? "–" : arena_print(arena, "%.1f %%", usual));
	value_put_text(card, "note", note);
}

/* Since when campaigns are counted: an import may be younger than what its people did before. */
static struct moment counted_since(const struct contact *contact, const struct event *events, int count) {
	struct moment since = contact->created_at;
	for (int i = 0; i < count; i++)
		if (moment_is_set(events[i].occurred_at) && events[i].occurred_at.ms < since.ms)
			since = moment_add(events[i].occurred_at, -EARLIER_MS);
	return since;
}

/* What the person did with the campaigns to its lists since then, beside everybody who got them. */
static bool put_cards(struct exchange *x, struct value *view, const struct contact *contact, struct moment since,
                      struct error *err) {
	struct metrics everybody;
	int64_t campaigns;
	if (!campaign_sum(x->store, &contact->list_ids, since, x->arena, &everybody, &campaigns, err))
		return false;
	struct value *cards = value_put(view, "cards", value_list(x->arena));
	put_card(cards, "Opened", contact->engagement.opened, campaigns, metrics_rate(&everybody, METRIC_OPEN_RATE),
	         "incl. automated opens");
	put_card(cards, "Clicked", contact->engagement.clicked, campaigns, metrics_rate(&everybody, METRIC_CLICK_RATE),
	         NULL);
	put_card(cards, "Bounced", contact->engagement.bounced, campaigns, metrics_rate(&everybody, METRIC_BOUNCE_RATE),
	         NULL);
	value_put_text(view, "campaigns", text_of_count(x->arena, campaigns));
	value_put_text(view, "counted_since", text_of_day(x->arena, since));
	return true;
}

static bool show_page(struct exchange *x, struct error *err) {
	struct contact contact;
	struct event *events;
	int count;
	if (!need_contact(x, &contact, err) || !find_timeline(x, &contact, &events, &count, err))
		return false;
	struct value *view = value_map(x->arena);
	struct value *row = value_put(view, "contact", contact_row_view(&contact, x->arena));
	value_put_text(row, "customer_id", contact.customer_id);
	value_put_text(row, "customer_link", contact.customer_link);
	value_put_text(row, "usage_segment", contact.usage_segment);
	value_put_bool(view, "all_shown", count < TIMELINE);
	if (!put_cards(x, view, &contact, counted_since(&contact, events, count), err) ||
	    !put_memberships(x, view, &contact, err) || !put_timeline(x, view, events, count, err))
		return false;
	return reply_page(x, "contact", contact.email ? contact.email : "(no address)", "contacts", view, err);
}

const struct route contact_routes[] = {
	{ "GET", "/domains", GUARD_SIGNED_IN, domains_page, .observed = true },
	{ "GET", "/domains.csv", GUARD_SIGNED_IN, domains_csv, .observed = true, .download = true },
	{ "GET", "/api/domains", GUARD_SIGNED_IN, domains_api, .summary = "Contacts by mailbox provider",
	  .output = &domain_count_record, .list = true, .observed = true },
	{ "GET", "/tags", GUARD_SIGNED_IN, tags_page, .observed = true },
	{ "GET", "/tags.csv", GUARD_SIGNED_IN, tags_csv, .observed = true, .download = true },
	{ "GET", "/api/tags", GUARD_SIGNED_IN, tags_api, .summary = "Tags with the people who carry them",
	  .output = &tag_count_record, .list = true, .observed = true },
	{ "GET", "/contacts", GUARD_SIGNED_IN, list_page, .observed = true },
	{ "GET", "/contacts.csv", GUARD_SIGNED_IN, list_csv, .observed = true, .download = true },
	{ "GET", "/contacts/:contact_id", GUARD_SIGNED_IN, show_page, .observed = true },
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
	{ "GET", "/api/contacts", GUARD_SIGNED_IN, list_api, .summary = "Contacts by address", .output = &contact_record,
	  .list = true, .parameters = "status,list,tag,q,engagement,period,from,to,limit,cursor", .observed = true },
	{ "GET", "/api/contacts/:contact_id", GUARD_SIGNED_IN, show_api, .summary = "One contact",
	  .output = &contact_record, .observed = true },
	{ "GET", "/api/contacts/:contact_id/events", GUARD_SIGNED_IN, events_api,
	  .summary = "What a contact did, newest first", .output = &event_record, .list = true, .observed = true },
	{ "GET", "/api/campaigns/:campaign_id/contacts", GUARD_SIGNED_IN, contact_report_api,
	  .summary = "Who did what with a campaign", .output = &event_record, .list = true,
	  .parameters = "status,limit,cursor", .observed = true },
	{ 0 },
};
