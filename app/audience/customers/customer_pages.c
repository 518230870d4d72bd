/* Customers, segments and projects as page, JSON and CSV; linking by hand. */
#include "audience/customers/customer_pages.h"

#include <math.h>

#include "audience/contacts/rollup.h"
#include "audience/customers/customer.h"
#include "core/base/checked.h"
#include "core/http/parts.h"
#include "core/store/version.h"
#include "metrics/metrics.h"
#include "metrics/share.h"

enum { LISTED = 200 };

const char *customer_group_words(struct arena *arena, const char *name) {
	char *words = name ? arena_copy(arena, name) : NULL;
	for (char *at = words; at && *at && *at != ':'; at++)
		*at = *at == '_' ? ' ' : *at;
	if (words)
		text_capitalize(words);
	return words;
}

/* `most`: the highest share of clickers in the table, for the bars. */
static void put_segment(struct value *row, const struct segment_count *segment, double most) {
	struct arena *arena = row->arena;
	value_put_text(row, "name", customer_group_words(arena, segment->name));
	value_put_text(row, "contacts", text_of_count(arena, segment->contacts));
	value_put_text(row, "opened", share_text(arena, segment->opened, segment->contacts));
	value_put_text(row, "clicked", share_text(arena, segment->clicked, segment->contacts));
	value_put_text(row, "bounced", share_text(arena, segment->bounced, segment->contacts));
	value_put_text(row, "width", part_width(arena, share_percent(segment->clicked, segment->contacts), most));
}

static bool put_segments(struct exchange *x, struct value *view, const char *name, enum customer_rollup which,
                         struct segment_count *sum, struct error *err) {
	struct rows segments;
	if (!customer_segments(x->store, which, x->arena, &segments, err))
		return false;
	struct value *rows = value_put(view, name, value_list(x->arena));
	const struct segment_count *items = segments.items;
	*sum = (struct segment_count){ 0 };
	double most = 0;
	for (int i = 0; i < segments.count; i++)
		most = fmax(most, share_percent(items[i].clicked, items[i].contacts));
	for (int i = 0; i < segments.count; i++) {
		put_segment(value_push(rows, value_map(x->arena)), &items[i], most);
		checked_add(&sum->contacts, items[i].contacts);
		checked_add(&sum->opened, items[i].opened);
		checked_add(&sum->clicked, items[i].clicked);
		checked_add(&sum->bounced, items[i].bounced);
	}
	return true;
}

static void put_project(struct value *row, const struct energy_project *project) {
	struct metrics metrics = { .sent = project->delivered, .clicked = project->clicked };
	value_put_text(row, "id", project->id);
	value_put_text(row, "name", text_is_empty(project->name) ? project->id : project->name);
	value_put_int(row, "campaigns", project->campaigns);
	value_put_text(row, "delivered", text_of_count(row->arena, project->delivered));
	value_put_text(row, "rate", metric_text(row->arena, METRIC_CLICK_RATE, metrics_rate(&metrics, METRIC_CLICK_RATE)));
}

static bool put_projects(struct exchange *x, struct value *view, struct error *err) {
	struct rows projects;
	if (!energy_projects(x->store, x->settings, x->arena, &projects, err))
		return false;
	struct value *rows = value_put(view, "projects", value_list(x->arena));
	const struct energy_project *items = projects.items;
	struct energy_project sum = { 0 };
	for (int i = 0; i < projects.count; i++) {
		put_project(value_push(rows, value_map(x->arena)), &items[i]);
		checked_add(&sum.campaigns, items[i].campaigns);
		checked_add(&sum.delivered, items[i].delivered);
		checked_add(&sum.clicked, items[i].clicked);
	}
	put_project(value_put(view, "all_projects", value_map(x->arena)), &sum);
	value_put_int(view, "project_count", projects.count);
	value_put_bool(view, "has_projects", projects.count > 0);
	return true;
}

static bool put_suggestions(struct exchange *x, struct value *view, struct error *err) {
	struct rows suggestions;
	if (!customer_suggestions(x->store, x->arena, &suggestions, err))
		return false;
	struct value *rows = value_put(view, "suggestions", value_list(x->arena));
	const struct customer_suggestion *items = suggestions.items;
	for (int i = 0; i < suggestions.count; i++)
		(void)value_push(rows, record_to_value(&customer_suggestion_record, &items[i], x->arena));
	value_put_bool(view, "has_suggestions", suggestions.count > 0);
	return true;
}

static void put_stats(struct value *view, int64_t customers, const struct segment_count *linked, int64_t contacts) {
	static const char *const customers_tip[][2] = {
		{ "Counts", "Customers in the connected database, counted now; Telltale only reads them" },
		{ 0 },
	};
	static const char *const linked_tip[][2] = {
		{ "Counts", "Contacts linked to a customer by email address, by customer number or by hand" },
		{ "Source", "Linked anew each time contacts are synced" },
		{ 0 },
	};
	struct arena *arena = view->arena;
	part_stat(view, &(struct part_stat){ .label = "Customers",
	                                     .value = text_of_count(arena, customers),
	                                     .note = "In the connected database",
	                                     .tip = customers_tip });
	part_stat(view,
	          &(struct part_stat){
				  .label = "Linked contacts",
				  .value = text_of_count(arena, linked->contacts),
				  .change = share_text(arena, linked->contacts, contacts),
				  .change_rest = arena_print(arena, "of %s", text_of_counted(arena, contacts, "contact", "contacts")),
				  .tip = linked_tip,
			  });
	part_stat(view, &(struct part_stat){ .label = "Clicked",
	                                     .value = share_text(arena, linked->clicked, linked->contacts),
	                                     .note = "of linked contacts, at least once" });
}

static bool show_page(struct exchange *x, struct error *err) {
	struct value *view = value_map(x->arena);
	struct segment_count linked, ignored; /* a person may be in several demographic groups */
	struct domain_count everybody;
	int64_t customers;
	bool counted;
	if (!put_segments(x, view, "usage", ROLLUP_USAGE, &linked, err) ||
	    !put_segments(x, view, "demographics", ROLLUP_DEMOGRAPHICS, &ignored, err) || !put_projects(x, view, err) ||
	    !put_suggestions(x, view, err) || !rollup_everybody(x->store, &everybody, &counted, err) ||
	    !store_count(x->store, x->settings->customers_collection, &everything, &customers, err))
		return false;
	put_stats(view, customers, &linked, everybody.contacts);
	struct value *sum = value_put(view, "everybody", linked.contacts ? value_map(x->arena) : value_null(x->arena));
	if (linked.contacts)
		put_segment(sum, &linked, NAN);
	value_put_bool(view, "none", customers == 0 && linked.contacts == 0);
	exchange_put_data_at(x, view, x->versions.people_at);
	return reply_page(x, "audience/customers", "Customers", "customers", view, err);
}

struct link_request {
	const char *customer_id;
};
static const struct field request_fields[] = { FIELD(struct link_request, customer_id, .max = 100,
	                                                 .doc = "Null takes the link away") };
const struct record_type customer_link_record = RECORD_TYPE("CustomerLink", struct link_request, request_fields);

bool customer_link(struct exchange *x, struct error *err) {
	const struct link_request *request = x->input;
	return customer_link_by_hand(x->store, x->settings, x->values[0], request->customer_id, err) &&
	       reply_saved(x, arena_print(x->arena, "/contacts/%s", x->values[0]), &customer_link_record, request);
}

static bool customers_api(struct exchange *x, struct error *err) {
	struct rows customers;
	int limit;
	return exchange_limit(x, 50, LISTED, &limit, err) &&
	       customer_list(x->store, x->settings, limit, x->arena, &customers, err) &&
	       reply_rows(x, &customer_record, customers);
}

static bool projects_api(struct exchange *x, struct error *err) {
	struct rows projects;
	return energy_projects(x->store, x->settings, x->arena, &projects, err) &&
	       reply_rows(x, &energy_project_record, projects);
}

static bool segments_api(struct exchange *x, enum customer_rollup which, struct error *err) {
	struct rows segments;
	return customer_segments(x->store, which, x->arena, &segments, err) &&
	       reply_rows(x, &segment_count_record, segments);
}

static bool usage_api(struct exchange *x, struct error *err) {
	return segments_api(x, ROLLUP_USAGE, err);
}

static bool demographics_api(struct exchange *x, struct error *err) {
	return segments_api(x, ROLLUP_DEMOGRAPHICS, err);
}

static bool segments_csv(struct exchange *x, struct error *err) {
	record_to_csv_head(&segment_count_record, &x->body);
	for (int which = ROLLUP_USAGE; which <= ROLLUP_DEMOGRAPHICS; which++) {
		struct rows segments;
		if (!customer_segments(x->store, (enum customer_rollup)which, x->arena, &segments, err))
			return false;
		const struct segment_count *items = segments.items;
		for (int i = 0; i < segments.count; i++)
			record_to_csv(&segment_count_record, &items[i], &x->body);
	}
	return reply_csv(x, "customer-segments.csv");
}

const struct route customer_routes[] = {
	{ "GET", "/customers", GUARD_SIGNED_IN, show_page,
	  .realms = REALM_FIGURES | REALM_CUSTOMERS | REALM_PARTNERS | REALM_COUNTS },
	{ "GET", "/customers.csv", GUARD_SIGNED_IN, segments_csv, .realms = REALM_FIGURES | REALM_CUSTOMERS,
	  .download = true },
	{ "PUT", "/api/contacts/:contact_id/customer", GUARD_SIGNED_IN, customer_link,
	  .summary = "Link a contact to a customer", .output = &customer_link_record, .input = &customer_link_record },
	{ "GET", "/api/customers", GUARD_SIGNED_IN, customers_api, .summary = "Customers of the other system",
	  .output = &customer_record, .list = true, .parameters = "limit" },
	{ "GET", "/api/energy-analyses", GUARD_SIGNED_IN, projects_api,
	  .summary = "Energy projects with the figures of their campaigns", .output = &energy_project_record,
	  .list = true },
	{ "GET", "/api/energy-segments", GUARD_SIGNED_IN, usage_api, .summary = "Engagement by yearly usage",
	  .output = &segment_count_record, .list = true, .realms = REALM_FIGURES | REALM_CUSTOMERS },
	{ "GET", "/api/demographics", GUARD_SIGNED_IN, demographics_api, .summary = "Engagement by demographic group",
	  .output = &segment_count_record, .list = true, .realms = REALM_FIGURES | REALM_CUSTOMERS },
	{ 0 },
};
