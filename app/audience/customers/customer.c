/* Linking contacts to customers. */
#include "audience/customers/customer.h"

#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audience/contacts/contact_link.h"
#include "audience/contacts/rollup.h"
#include "audience/customers/foreign.h"
#include "campaigns/campaign.h"
#include "core/base/checked.h"
#include "core/base/collate.h"
#include "core/formats/json.h"
#include "core/store/version.h"
#include "metrics/metrics.h"

enum {
	AT_ONCE = 200,
	SUGGESTIONS_MAX = 50,
	LOOKED_AT = 1000,
	SEGMENTS_MAX = 500,
	PROJECTS_MAX = 1000,
	KEYED_MAX = 1000000
};

static const char SUGGESTIONS[] = "customer_suggestions";

static const struct field customer_fields[] = {
	FIELD(struct customer, id),
	FIELD(struct customer, email_norm, .doc = "Its address, lower case"),
	FIELD(struct customer, key, .doc = "Its number"),
	FIELD(struct customer, usage, .unit = "kWh a year"),
	FIELD(struct customer, segment),
	FIELD(struct customer, groups),
};
const struct record_type customer_record = RECORD_TYPE("Customer", struct customer, customer_fields);

static const struct field project_fields[] = {
	FIELD(struct energy_project, id),
	FIELD(struct energy_project, name),
	FIELD(struct energy_project, campaigns),
	FIELD(struct energy_project, delivered, .unit = "people"),
	FIELD(struct energy_project, clicked, .unit = "people"),
};
const struct record_type energy_project_record = RECORD_TYPE("EnergyProject", struct energy_project, project_fields);

static const struct field segment_fields[] = {
	FIELD(struct segment_count, name, .stored = "_id"),
	FIELD(struct segment_count, contacts, .unit = "contacts"),
	FIELD(struct segment_count, opened, .unit = "contacts"),
	FIELD(struct segment_count, clicked, .unit = "contacts"),
	FIELD(struct segment_count, bounced, .unit = "contacts"),
	FIELD(struct segment_count, version, .flags = FIELD_PRIVATE),
};
const struct record_type segment_count_record = RECORD_TYPE("SegmentCount", struct segment_count, segment_fields);

static const struct field suggestion_fields[] = {
	FIELD(struct customer_suggestion, contact, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct customer_suggestion, email),
	FIELD(struct customer_suggestion, customer),
	FIELD(struct customer_suggestion, address),
	FIELD(struct customer_suggestion, run_id, .flags = FIELD_ID | FIELD_PRIVATE),
};
const struct record_type customer_suggestion_record = RECORD_TYPE("CustomerSuggestion", struct customer_suggestion,
                                                                  suggestion_fields);

const char *customer_segment(double usage, const char *bounds, struct arena *arena) {
	double from = -1;
	if (isnan(usage))
		return NULL;
	for (const char *at = bounds; *at;) {
		char *end;
		double to = strtod(at, &end);
		if (end == at)
			break;
		if (usage < to)
			return from < 0 ? arena_print(arena, "below %s kWh", text_of_count(arena, (int64_t)to))
			                : arena_print(arena, "%s to %s kWh", text_of_count(arena, (int64_t)from),
			                              text_of_count(arena, (int64_t)to));
		from = to;
		at = *end ? end + 1 : end;
	}
	return from < 0 ? "any usage" : arena_print(arena, "%s kWh and more", text_of_count(arena, (int64_t)from));
}

const char *customer_plain_address(const char *norm, struct arena *arena) {
	const char *at = strrchr(norm, '@'), *plus = strchr(norm, '+');
	return at && plus && plus > norm && plus < at ? arena_print(arena, "%.*s%s", (int)(plus - norm), norm, at) : norm;
}

static struct customer customer_of(const bson_t *document, const struct settings *settings, struct arena *arena) {
	struct customer customer;
	record_clear(&customer_record, &customer);
	customer.id = foreign_member(document, "_id", arena);
	customer.email_norm = contact_norm(arena, foreign_member(document, settings->customers_email, arena));
	customer.key = foreign_member(document, settings->customers_key, arena);
	customer.usage = foreign_number(document, settings->customers_usage, arena);
	customer.segment = customer_segment(customer.usage, settings->customers_bounds, arena);
	customer.groups.items = arena_array(arena, const char *, GROUPS_MAX);
	foreign_groups(document, settings->customers_groups, &customer.groups, arena);
	return customer;
}

struct linking {
	struct store *store;
	const struct settings *settings;
	const char *run_id;
	struct arena *arena; /* reset for each batch */
	GHashTable *keyed;   /* customer number → contact id, from the memberships that have one */
	struct customer *customers;
	int count;
	bool fine;
	struct error *err;
};

static struct contact_link link_of(const struct customer *customer, const char *contact_id, const char *how,
                                   const char *run_id) {
	return (struct contact_link){ contact_id, customer->id, how, run_id, customer->segment, &customer->groups };
}

/* Links by address, else by number; also updates links made by hand. */
static int put_links(const struct linking *linking, const struct customer *customer, const struct contact *contacts,
                     int known, struct contact_link *links) {
	const struct contact *contact = contact_with_address(contacts, known, customer->email_norm);
	const char *keyed = customer->key ? g_hash_table_lookup(linking->keyed, customer->key) : NULL;
	int count = 0;
	if (contact)
		links[count++] = link_of(customer, contact->id, "email", linking->run_id);
	else if (keyed)
		links[count++] = link_of(customer, keyed, "key", linking->run_id);
	links[count++] = link_of(customer, NULL, "manual", linking->run_id);
	return count;
}

static bool link_batch(struct linking *linking) {
	struct strings norms = { arena_array(linking->arena, const char *, linking->count + 1), 0 };
	struct contact_link *links = arena_array(linking->arena, struct contact_link, 2 * linking->count + 1);
	struct contact *contacts;
	int known, count = 0;
	for (int i = 0; i < linking->count; i++)
		if (linking->customers[i].email_norm)
			norms.items[norms.count++] = linking->customers[i].email_norm;
	if (!contact_find_by_addresses(linking->store, &norms, linking->arena, &contacts, &known, linking->err) ||
	    !demographics_add(linking->store, linking->settings, linking->customers, linking->count, linking->arena,
	                      linking->err))
		return false;
	for (int i = 0; i < linking->count; i++)
		count += put_links(linking, &linking->customers[i], contacts, known, links + count);
	return contact_save_links(linking->store, links, count, linking->err);
}

static void end_batch(struct linking *linking) {
	if (linking->fine && linking->count)
		linking->fine = link_batch(linking);
	arena_reset(linking->arena);
	linking->customers = arena_array(linking->arena, struct customer, AT_ONCE);
	linking->count = 0;
}

static void take_customer(void *context, const bson_t *document) {
	struct linking *linking = context;
	struct customer customer = customer_of(document, linking->settings, linking->arena);
	if (customer.id)
		linking->customers[linking->count++] = customer;
	if (linking->count == AT_ONCE)
		end_batch(linking);
}

struct keying {
	GHashTable *keyed;
	const char *name;
};

static void take_membership(void *context, const void *object) {
	struct keying *keying = context;
	const struct membership *row = object;
	struct error ignored = ERROR_INIT;
	struct value *fields;
	ARENA_AUTO arena = arena_new();
	if (!row->fields || !row->contact_id || !json_read(arena, row->fields, strlen(row->fields), &fields, &ignored))
		return;
	const struct value *key = value_get(fields, keying->name);
	const char *text = !key                      ? NULL
	                   : key->kind == VALUE_TEXT ? key->text
	                   : key->kind == VALUE_INT  ? arena_print(arena, "%lld", (long long)key->integer)
	                                             : NULL;
	if (!text_is_empty(text) && g_hash_table_size(keying->keyed) < KEYED_MAX)
		(void)g_hash_table_insert(keying->keyed, g_strdup(text), g_strdup(row->contact_id));
}

/* Reads only memberships whose fields contain the number field. */
static bool find_keyed(struct linking *linking) {
	struct keying keying = { linking->keyed, linking->settings->contact_key };
	const char *named = arena_print(linking->arena, "\"%s\"", keying.name);
	return store_each(linking->store, "list_contacts", FILTER(contains_text("fields", named)), &membership_record,
	                  take_membership, &keying, linking->err);
}

static const char USAGE_COUNTS[] = "usage_counts", DEMOGRAPHIC_COUNTS[] = "demographic_counts";

static bool count_segments(struct store *store, struct error *err) {
	const struct filter *linked = FILTER(is_present("customer_id"));
	struct versions versions;
	if (!versions_read(store, &versions, err))
		return false;
	int64_t version = version_of_people(&versions);
	return rollup_count(store, USAGE_COUNTS, &segment_count_record, linked, "usage_segment", version, err) &&
	       rollup_count(store, DEMOGRAPHIC_COUNTS, &segment_count_record, linked, "customer_groups", version, err);
}

static bool save_suggestion(struct store *store, const struct contact *contact, const struct customer *customer,
                            const char *address, const char *run_id, struct error *err) {
	struct customer_suggestion suggestion = { contact->id, contact->email, customer->id, address, run_id };
	return store_upsert(store, SUGGESTIONS, FILTER(by_id(contact->id)),
	                    UPDATE(set_record(&customer_suggestion_record, &suggestion, NULL)), err);
}

/* Looks at the first unlinked contacts with a tag in their address. */
static bool find_suggestions(struct store *store, const struct settings *settings, const char *run_id,
                             struct arena *arena, struct error *err) {
	struct contact *contacts;
	int64_t deleted;
	int count, found = 0;
	if (!store_list(store, "contacts", FILTER(matches_pattern("email_norm", "\\+.*@"), is_absent("customer_id")),
	                SORT(asc("email_norm")), LOOKED_AT, &contact_record, arena, (void **)&contacts, &count, err))
		return false;
	for (int i = 0; i < count && found < SUGGESTIONS_MAX; i++) {
		const char *address = customer_plain_address(contacts[i].email_norm, arena);
		struct rows customers;
		if (!customer_find_by_email(store, settings, address, arena, &customers, err))
			return false;
		if (customers.count == 0)
			continue;
		if (!save_suggestion(store, &contacts[i], customers.items, address, run_id, err))
			return false;
		found++;
	}
	return store_delete(store, SUGGESTIONS, FILTER(ne_id("run_id", run_id)), &deleted, err);
}

bool customer_forget_suggestions(struct store *store, const struct strings *contact_ids, struct error *err) {
	int64_t deleted;
	return store_delete(store, SUGGESTIONS, FILTER(in_ids("_id", contact_ids)), &deleted, err);
}

bool customer_suggestions(struct store *store, struct arena *arena, struct rows *suggestions, struct error *err) {
	return store_list(store, SUGGESTIONS, &everything, SORT(asc("address"), asc("_id")), SUGGESTIONS_MAX,
	                  &customer_suggestion_record, arena, &suggestions->items, &suggestions->count, err);
}

bool customers_link(struct store *store, const struct settings *settings, const char *run_id, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct linking linking = {
		.store = store, .settings = settings, .run_id = run_id, .arena = arena, .fine = true, .err = err
	};
	linking.keyed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	bool fine = find_keyed(&linking);
	end_batch(&linking);
	fine = fine &&
	       store_each_document(store, settings->customers_collection, &everything, 0, take_customer, &linking, err);
	end_batch(&linking);
	g_hash_table_destroy(linking.keyed);
	return fine && linking.fine && contact_drop_links(store, run_id, err) && count_segments(store, err) &&
	       find_suggestions(store, settings, run_id, arena, err);
}

struct listing {
	const struct settings *settings;
	struct arena *arena;
	struct rows *rows;
	int max;
};

static void list_customer(void *context, const bson_t *document) {
	struct listing *listing = context;
	struct customer *rows = listing->rows->items;
	if (listing->rows->count < listing->max)
		rows[listing->rows->count++] = customer_of(document, listing->settings, listing->arena);
}

static bool list_where(struct store *store, const struct settings *settings, const struct filter *filter, int limit,
                       struct arena *arena, struct rows *customers, struct error *err) {
	struct listing listing = { settings, arena, customers, limit };
	*customers = (struct rows){ arena_array(arena, struct customer, limit), 0 };
	return store_each_document(store, settings->customers_collection, filter, limit, list_customer, &listing, err) &&
	       demographics_add(store, settings, customers->items, customers->count, arena, err);
}

bool customer_list(struct store *store, const struct settings *settings, int limit, struct arena *arena,
                   struct rows *customers, struct error *err) {
	return list_where(store, settings, &everything, limit, arena, customers, err);
}

bool customer_find_by_email(struct store *store, const struct settings *settings, const char *norm, struct arena *arena,
                            struct rows *customers, struct error *err) {
	return list_where(store, settings, FILTER(eq_text(settings->customers_email, norm)), 1, arena, customers, err);
}

/* The id may be an ObjectId, a text or a number. */
static bool find_customer(struct store *store, const struct settings *settings, const char *id, struct arena *arena,
                          struct rows *customers, struct error *err) {
	return list_where(store, settings, FILTER(in_any_form("_id", TEXTS(id))), 1, arena, customers, err);
}

static bool save_by_hand(struct store *store, const char *contact_id, const struct contact_link *link,
                         struct error *err) {
	bool found;
	int64_t deleted;
	if (!contact_link_by_hand(store, contact_id, link, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no contact %.60s", contact_id);
	return store_delete(store, SUGGESTIONS, FILTER(by_id(text_after(contact_id, "contact_"))), &deleted, err) &&
	       version_bump(store, REALM_CUSTOMERS, err);
}

bool customer_link_by_hand(struct store *store, const struct settings *settings, const char *contact_id,
                           const char *customer_id, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct rows found;
	if (text_is_empty(customer_id))
		return save_by_hand(store, contact_id, NULL, err);
	if (!find_customer(store, settings, customer_id, arena, &found, err))
		return false;
	if (found.count == 0)
		return error_field(err, "customer_id", "There is no customer “%.60s”", customer_id);
	struct contact_link link = link_of(found.items, NULL, "manual", "by hand");
	return save_by_hand(store, contact_id, &link, err);
}

static void list_project(void *context, const bson_t *document) {
	struct listing *listing = context;
	struct energy_project *rows = listing->rows->items;
	if (listing->rows->count == listing->max)
		return;
	const char *id = foreign_member(document, "_id", listing->arena);
	if (id)
		rows[listing->rows->count++] = (struct energy_project){
			id, foreign_member(document, listing->settings->energy_name, listing->arena), 0, 0, 0
		};
}

bool energy_projects(struct store *store, const struct settings *settings, struct arena *arena, struct rows *projects,
                     struct error *err) {
	struct listing listing = { settings, arena, projects, PROJECTS_MAX };
	struct campaign *campaigns;
	int count;
	*projects = (struct rows){ arena_array(arena, struct energy_project, PROJECTS_MAX), 0 };
	if (!store_each_document(store, settings->energy_collection, &everything, 0, list_project, &listing, err) ||
	    !campaign_select(store, &CAMPAIGN_EVERY, arena, &campaigns, &count, err))
		return false;
	struct energy_project *rows = projects->items;
	COLLATE(rows, projects->count, struct energy_project, name);
	for (int i = 0; i < count; i++) {
		for (int p = 0; campaigns[i].project_id && p < projects->count; p++) {
			if (!text_same(rows[p].id, campaigns[i].project_id))
				continue;
			rows[p].campaigns++;
			checked_add(&rows[p].delivered,
			            campaigns[i].has_report ? metrics_delivered(&campaigns[i].current_metrics) : 0);
			checked_add(&rows[p].clicked, campaigns[i].has_report ? campaigns[i].current_metrics.clicked : 0);
		}
	}
	return true;
}

bool customer_segments(struct store *store, enum customer_rollup which, struct arena *arena, struct rows *segments,
                       struct error *err) {
	return store_list(store, which == ROLLUP_USAGE ? USAGE_COUNTS : DEMOGRAPHIC_COUNTS, &everything,
	                  SORT(desc("contacts"), asc("_id")), SEGMENTS_MAX, &segment_count_record, arena, &segments->items,
	                  &segments->count, err);
}
