/* Responders of a campaign, beside the counts of its summary, as page, JSON and CSV. */
#include "console/responder_pages.h"

#include "audience/contacts/contact_pages.h"
#include "console/campaign_address.h"
#include "console/campaign_head.h"
#include "console/campaign_pages.h"
#include "core/base/checked.h"
#include "core/formats/json.h"
#include "core/http/parts.h"
#include "core/store/page.h"
#include "core/store/version.h"
#include "events/event.h"

/* The query: who did `type` with a campaign. */
struct report_query {
	enum event_type type;
	const char *cursor;
	int limit, page; /* page: by number, from 1; 0: by cursor */
};

static bool read_report(const struct exchange *x, struct report_query *query, struct error *err) {
	const char *status = params_get(&x->query, "status");
	int type = EVENT_OPENED;
	if (!text_is_empty(status) && !choice_find(&event_types, status, &type))
		return error_field(err, "status", "“%.40s” is not a response", status) ||
		       error_codes(err, ". Use opened, clicked, bounced, unsubscribed or complained");
	*query = (struct report_query){ (enum event_type)type, params_get(&x->query, "cursor"), CONTACT_PAGE_ROWS, 0 };
	return exchange_limit(x, CONTACT_PAGE_ROWS, CONTACT_API_MAX, &query->limit, err);
}

static bool find_events(struct exchange *x, const struct campaign *campaign, const struct report_query *query,
                        int limit, bool counts, struct page *page, struct error *err) {
	struct page_query asked = {
		.filter = FILTER(eq_id("campaign_id", campaign->id), eq_choice("type", &event_types, query->type),
		                 ne_bool("repeated", true)), /* each person once */
		.cursor = query->page ? NULL : query->cursor,
		.skip = query->page ? (int64_t)(query->page - 1) * limit : 0,
		.limit = limit,
		.count = counts,
	};
	return store_page(x->store, "contact_events", &asked, &event_record, x->arena, page, err);
}

/* The people of the events, for contact_with_id. */
struct people {
	struct contact *contacts;
	int count;
};

static bool find_people(struct exchange *x, const struct rows *rows, struct people *people, struct error *err) {
	const struct event *events = rows->items;
	struct strings ids = { arena_array(x->arena, const char *, (size_t)rows->count + 1), 0 };
	for (int i = 0; i < rows->count; i++)
		if (events[i].contact_id)
			ids.items[ids.count++] = events[i].contact_id;
	return contact_find_names(x->store, &ids, x->arena, &people->contacts, &people->count, err);
}

static const char *address_of(const struct people *people, const struct event *event) {
	const struct contact *contact = contact_with_id(people->contacts, people->count, event->contact_id);
	return contact ? contact->email_norm : NULL;
}

static bool contact_report_api(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct report_query query = { 0 };
	struct page page;
	struct people people;
	if (!read_report(x, &query, err) || !campaign_of_path(x, &campaign, err) ||
	    !find_events(x, &campaign, &query, query.limit, false, &page, err) || !find_people(x, &page.rows, &people, err))
		return false;
	if (page.next)
		reply_header(x, "X-Next-Cursor", page.next);
	const struct event *events = page.rows.items;
	struct value *list = value_list(x->arena);
	for (int i = 0; i < page.rows.count; i++) {
		struct value *row = value_push(list, record_to_value(&event_record, &events[i], x->arena));
		value_put_text(row, "email", address_of(&people, &events[i]));
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
	struct page page;
	struct people people;
	query.cursor = cursor;
	if (!find_events(x, &asked->campaign, &query, CSV_PIECE_ROWS, false, &page, err) ||
	    !find_people(x, &page.rows, &people, err))
		return false;
	*next = page.next;
	const struct event *events = page.rows.items;
	for (int i = 0; i < page.rows.count; i++) {
		struct event_line line = { address_of(&people, &events[i]), events[i].type, events[i].occurred_at,
			                       events[i].seen_at };
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

static bool put_rows(struct exchange *x, struct value *view, const struct rows *found, struct error *err) {
	struct value *rows = value_put(view, "events", value_list(x->arena));
	const struct event *events = found->items;
	struct people people;
	if (!find_people(x, found, &people, err))
		return false;
	for (int i = 0; i < found->count; i++) {
		const struct contact *contact = contact_with_id(people.contacts, people.count, events[i].contact_id);
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "contact", contact ? contact->id : NULL);
		value_put_text(row, "email",
		               contact && contact->email                           ? contact->email
		               : events[i].unknown_contact && !events[i].forgotten ? "(not a contact)"
		                                                                   : "(address erased)");
		value_put_text(row, "when",
		               moment_is_set(events[i].occurred_at)
		                   ? text_of_moment_near(x->arena, events[i].occurred_at, x->now)
		                   : "time not reported");
	}
	return true;
}

/* Of those whom it was delivered to, those whom the summary does not count. */
int64_t campaign_left(const struct campaign *campaign, enum metric metric) {
	const struct metrics *metrics = &campaign->current_metrics;
	return checked_difference(metrics_delivered(metrics), metrics_part(metrics, metric));
}

static void put_choice_of(struct value *choices, const char *label, const char *count, bool chosen, char *address) {
	put_choice(choices, label, label, chosen);
	value_put_text(choices->last, "count", count);
	value_put_text(choices->last, "address", address);
}

bool responder_put_head(struct exchange *x, struct value *view, const struct campaign *campaign,
                        enum people_of_campaign chosen, struct error *err) {
	static const char *const labels[] = { "Opened",     "Clicked",      "Bounced",      "Unsubscribed",
		                                  "Complained", "Did not open", "Did not click" };
	static const char *const paths[] = { [PEOPLE_NOT_OPENED] = "non-openers", [PEOPLE_NOT_CLICKED] = "non-clickers" };
	struct value *choices = value_put(view, "people_of", value_list(x->arena));
	for (unsigned i = 0; i <= PEOPLE_NOT_CLICKED; i++) {
		int64_t count = i < PEOPLE_NOT_OPENED
		                    ? campaign_counted(campaign, (enum response)i)
		                    : campaign_left(campaign, i == PEOPLE_NOT_OPENED ? METRIC_OPEN_RATE : METRIC_CLICK_RATE);
		char *path = i < PEOPLE_NOT_OPENED ? arena_print(x->arena, "contacts?status=%s", event_types.names[i])
		                                   : arena_copy(x->arena, paths[i]);
		put_choice_of(choices, labels[i], campaign->has_report ? count_text(x->arena, count) : NULL, i == chosen,
		              arena_print(x->arena, "/campaigns/%s/%s", campaign->id, path));
	}
	const char *rule = arena_print(x->arena, "{\"field\":\"campaign\",\"operator\":\"%s\",\"value\":\"campaign_%s\"}",
	                               chosen < PEOPLE_NOT_OPENED    ? event_types.names[chosen]
	                               : chosen == PEOPLE_NOT_OPENED ? "not_opened"
	                                                             : "not_clicked",
	                               campaign->id);
	value_put_text(view, "save_segment", arena_print(x->arena, "/segments/new?rule=%s", url_encoded(x->arena, rule)));
	value_put_text(view, "title_of", labels[chosen]);
	exchange_put_data_at(x, view, x->versions.people_at);
	return campaign_put_head(x, view, campaign, MOMENT_NONE, TAB_PEOPLE, err);
}

/* Why nobody is named. */
static const char *nobody_text(const struct campaign *campaign, enum event_type type) {
	if (!campaign->has_report)
		return "There are no figures yet.";
	return campaign_counted(campaign, (enum response)type) == 0 ? "The summary counts nobody, either."
	                                                            : "The next sync reads who they are.";
}

static bool contact_report_page(struct exchange *x, struct error *err) {
	struct campaign campaign;
	struct report_query query = { 0 };
	struct page page;
	const struct growth *growth;
	struct value *view = value_map(x->arena);
	if (!read_report(x, &query, err) || !part_page(x, &query.page, err) || !campaign_of_path(x, &campaign, err) ||
	    !find_events(x, &campaign, &query, CONTACT_PAGE_ROWS, true, &page, err) ||
	    !campaign_find_growth(x, &campaign, &growth, err) ||
	    !responder_put_head(x, view, &campaign, (enum people_of_campaign)query.type, err) ||
	    !put_rows(x, view, &page.rows, err))
		return false;
	const char *path = arena_print(x->arena, "/campaigns/%s/contacts", campaign.id),
			   *word = event_types.names[query.type];
	value_put_text(view, "gap", growth_gap(growth, &campaign, (enum response)query.type, x->arena));
	value_put_bool(view, "none", page.rows.count == 0);
	value_put_text(view, "nobody", nobody_text(&campaign, query.type));
	value_put_text(view, "csv", arena_print(x->arena, "%s.csv?status=%s", path, word));
	part_pager(x, view,
	           &(struct part_pages){ query.page, CONTACT_PAGE_ROWS, page.total, "person named", "people named" });
	return reply_page(x, "console/campaign_contacts",
	                  arena_print(x->arena, "%s: who %s", campaign_name(&campaign), word), "campaigns", view, err);
}

const struct route responder_routes[] = {
	{ "GET", "/campaigns/:campaign_id/contacts", GUARD_SIGNED_IN, contact_report_page, .realms = REALM_FIGURES },
	{ "GET", "/campaigns/:campaign_id/contacts.csv", GUARD_SIGNED_IN, contact_report_csv, .realms = REALM_FIGURES,
	  .download = true },
	{ "GET", "/campaigns/:campaign_id/non-openers", GUARD_SIGNED_IN, non_openers_page, .realms = REALM_FIGURES },
	{ "GET", "/campaigns/:campaign_id/non-openers.csv", GUARD_SIGNED_IN, non_openers_csv, .realms = REALM_FIGURES,
	  .download = true },
	{ "GET", "/api/campaigns/:campaign_id/non-openers", GUARD_SIGNED_IN, non_openers_api,
	  .summary = "People on its lists whom no report names as opened or bounced", .output = &contact_record,
	  .list = true, .parameters = "limit,cursor", .realms = REALM_FIGURES | REALM_CUSTOMERS },
	{ "GET", "/campaigns/:campaign_id/non-clickers", GUARD_SIGNED_IN, non_clickers_page, .realms = REALM_FIGURES },
	{ "GET", "/campaigns/:campaign_id/non-clickers.csv", GUARD_SIGNED_IN, non_clickers_csv, .realms = REALM_FIGURES,
	  .download = true },
	{ "GET", "/api/campaigns/:campaign_id/non-clickers", GUARD_SIGNED_IN, non_clickers_api,
	  .summary = "People on its lists whom no report names as clicked or bounced", .output = &contact_record,
	  .list = true, .parameters = "limit,cursor", .realms = REALM_FIGURES | REALM_CUSTOMERS },
	{ "GET", "/api/campaigns/:campaign_id/contacts", GUARD_SIGNED_IN, contact_report_api,
	  .summary = "Who did what with a campaign", .output = &event_record, .list = true,
	  .parameters = "status,limit,cursor", .realms = REALM_FIGURES, .shape = "email:text" },
	{ 0 },
};
