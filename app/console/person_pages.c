/* One contact: events, memberships, and comparison with all who got the same campaigns. */
#include "console/person_pages.h"

#include <math.h>
#include <string.h>

#include "audience/contacts/alias.h"
#include "audience/contacts/contact_answer.h"
#include "audience/contacts/contact_pages.h"
#include "audience/customers/customer_pages.h"
#include "audience/fields/definition.h"
#include "audience/lists/list_lookup_pages.h"
#include "audience/lists/own_list.h"
#include "campaigns/campaign.h"
#include "console/permission_pages.h"
#include "console/person_places.h"
#include "console/person_segments.h"
#include "console/person_timeline.h"
#include "core/formats/json.h"
#include "core/http/parts.h"
#include "core/store/version.h"
#include "dispatch/message.h"
#include "dispatch/message_list.h"
#include "metrics/share.h"
#include "subscribing/pending.h"
#include "subscribing/pending_pages.h"

enum { TIMELINE = 100, EVENTS_MAX = 100000, SENT_MAX = 1000 };

static const char OWN_VALUES[] = "Telltale"; /* in the place of the list, of what was said here */
#define EARLIER_MS (30 * DAY_MS)             /* how long after sending an event may occur */

/* Newest first. */
static bool find_timeline(struct exchange *x, const struct contact *contact, int limit, struct event **events,
                          int *count, struct error *err) {
	return store_list(x->store, "contact_events", FILTER(eq_id("contact_id", contact->id)),
	                  SORT(desc("occurred_at"), desc("_id")), limit, &event_record, x->arena, (void **)events, count,
	                  err);
}

static bool events_api(struct exchange *x, struct error *err) {
	struct contact contact;
	struct event *events;
	int count;
	return contact_need(x->store, x->values[0], x->arena, &contact, err) &&
	       find_timeline(x, &contact, TIMELINE, &events, &count, err) &&
	       reply_rows(x, &event_record, (struct rows){ events, count });
}

struct person_event {
	struct moment occurred_at, seen_at;
	unsigned type;
	const char *campaign_id, *campaign;
};
static const struct field person_event_fields[] = {
	FIELD(struct person_event, occurred_at), FIELD(struct person_event, type, .choices = &event_types),
	FIELD(struct person_event, campaign_id), FIELD(struct person_event, campaign),
	FIELD(struct person_event, seen_at),
};
static const struct record_type person_event_record = RECORD_TYPE("PersonEvent", struct person_event,
                                                                  person_event_fields);

static bool events_csv(struct exchange *x, struct error *err) {
	struct contact contact;
	struct event *events;
	struct person_naming naming = { 0 };
	int count;
	if (!contact_need(x->store, x->values[0], x->arena, &contact, err) ||
	    !find_timeline(x, &contact, EVENTS_MAX, &events, &count, err))
		return false;
	struct person_event *lines = arena_array(x->arena, struct person_event, (size_t)count + 1);
	for (int i = 0; i < count; i++) {
		if (!person_name_campaign(x, &naming, &events[i], err))
			return false;
		lines[i] = (struct person_event){ events[i].occurred_at, events[i].seen_at, events[i].type,
			                              arena_print(x->arena, "campaign_%s", events[i].campaign_id),
			                              naming.found ? campaign_name(&naming.campaign) : NULL };
	}
	return reply_csv_rows(x, "contact-events.csv", &person_event_record, (struct rows){ lines, count });
}

static void put_field(struct value *fields, const char *list, const char *field, const char *value) {
	struct value *line = value_push(fields, value_map(fields->arena));
	value_put_text(line, "list", list);
	value_put_text(line, "field", field);
	value_put_text(line, "value", value);
}

/* One of the custom fields; a list or an object, which only a provider may send, as JSON. */
static void put_custom_field(struct value *fields, const char *list, const struct rows *definitions,
                             const struct value *field) {
	const struct definition *definition = definition_of(definitions, field->name);
	BUF_AUTO json = { 0 };
	if (field->kind == VALUE_LIST || field->kind == VALUE_MAP)
		json_write(&json, field);
	put_field(fields, list, definition ? definition->label : field->name,
	          *buf_text(&json) ? arena_copy(fields->arena, buf_text(&json))
	                           : definition_shown(definition, field, fields->arena));
}

/* What was said here, as rows of the table of fields. */
static void put_own_fields(struct value *fields, const struct contact *contact, const struct rows *definitions) {
	const struct own *own = &contact->own;
	const struct {
		const char *field, *value;
	} rows[] = { { "Email", own->email },      { "First name", own->first_name }, { "Last name", own->last_name },
		         { "Phone", own->phone },      { "Company", own->company },       { "Job title", own->job_title },
		         { "Location", own->location } };
	struct error ignored;
	struct value *custom = NULL;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].value)
			put_field(fields, OWN_VALUES, rows[i].field, rows[i].value);
	if (own->fields && json_read(fields->arena, own->fields, strlen(own->fields), &custom, &ignored))
		for (const struct value *one = custom->first; one; one = one->next)
			put_custom_field(fields, OWN_VALUES, definitions, one);
}

static void put_memberships(struct exchange *x, struct value *view, const struct contact *contact,
                            const struct rows *definitions, const struct person_place *places, int count) {
	struct value *memberships = value_put(view, "memberships", value_list(x->arena)),
				 *fields = value_put(view, "fields", value_list(x->arena));
	put_own_fields(fields, contact, definitions);
	const int own = fields->count;
	for (int i = 0; i < count; i++) {
		struct value *row = value_push(memberships, value_map(x->arena));
		const struct membership *one = &places[i].membership;
		const struct list *list = places[i].list;
		const char *name = list ? list->name : "A list that is not synced";
		value_put_text(row, "name", name);
		value_put_text(row, "list_id", list ? list->id : NULL);
		value_put_text(row, "gone",
		               list && moment_is_set(list->gone_at) ? text_of_moment(x->arena, list->gone_at) : NULL);
		const bool has_left = !one->own && strings_have(&contact->own.left, one->list_id);
		const unsigned status = has_left ? CONTACT_UNSUBSCRIBED : one->status;
		value_put_text(row, "status", choice_name(&contact_statuses, (int)status));
		value_put_text(row, "status_label", contact_status_labels[status]);
		value_put_text(row, "listed", has_left ? contact_status_labels[one->status] : NULL);
		value_put_text(row, "joined", text_of_day_cell(x->arena, one->created_at, x->now));
		value_put_text(row, "updated", text_of_day_near(x->arena, one->last_updated_at, x->now));
		value_put_bool(row, "own", one->own && list);
		value_put_text(row, "contact_id", contact->id);
		value_put_bool(row, "is_pending",
		               one->own && list && list->list_type == LIST_STATIC && status == CONTACT_PENDING &&
		                   pending_judge(contact, x->settings->validate_domains) == PENDING_MAY);
		value_put_bool(row, "can_leave", list && (one->own || has_left || status != CONTACT_UNSUBSCRIBED));
		bool leaves = one->own ? status == CONTACT_SUBSCRIBED : status != CONTACT_UNSUBSCRIBED;
		value_put_text(row, "other", leaves ? "unsubscribed" : "subscribed");
		value_put_text(row, "other_label", leaves ? "Unsubscribe" : "Subscribe");
		for (const struct value *field = places[i].fields ? places[i].fields->first : NULL; field; field = field->next)
			put_custom_field(fields, name, definitions, field);
	}
	value_put_bool(view, "has_memberships", count > 0);
	value_put_bool(view, "has_fields", fields->count > 0);
	value_put_bool(view, "has_origins", fields->count > own);
}

static void put_time(struct value *map, const char *name, struct moment at) {
	char text[MOMENT_TEXT];
	value_put_text(map, name, *moment_format(at, text) ? arena_copy(map->arena, text) : NULL);
}

static void put_history(struct value *answer, const struct event *events, int count) {
	struct value *rows = value_put(answer, "engagement_history", value_list(answer->arena));
	for (int i = 0; i < count; i++) {
		struct value *row = value_push(rows, value_map(answer->arena));
		value_put_text(row, "campaign_id", events[i].campaign_id);
		value_put_text(row, "event_type", choice_name(&event_types, (int)events[i].type));
		put_time(row, "event_time", events[i].occurred_at);
	}
}

static bool show_api(struct exchange *x, struct error *err) {
	struct contact contact;
	struct person_place *places;
	struct event *events;
	int count, event_count;
	int64_t sent;
	if (!contact_need(x->store, x->values[0], x->arena, &contact, err) ||
	    !messages_count_accepted(x->store, contact.id, &sent, err) ||
	    !person_find_places(x, &contact, &places, &count, err) ||
	    !find_timeline(x, &contact, TIMELINE, &events, &event_count, err))
		return false;
	struct value *answer = contact_answer_with_sent(&contact, sent, x->arena);
	person_put_places(answer, &contact, places, count);
	put_history(answer, events, event_count);
	return reply_json(x, answer);
}

/* One of what a person did, beside all recipients of the same campaigns. */
struct deed {
	const char *label, *show;
	enum event_type type;
	enum metric metric;
	const char *caution;
};

/* In how many campaigns. */
struct tally {
	int64_t all, compared, campaigns; /* compared: those of which the share is; campaigns: all that these could be */
};

static void put_stat(const struct exchange *x, struct value *view, const struct deed *deed, struct tally tally,
                     const char *counts, const char *everybody) {
	struct arena *arena = view->arena;
	const char *others = tally.all > tally.compared
	                         ? arena_print(arena, "; %s more in campaigns that are gone or went to other lists",
	                                       text_of_count(arena, tally.all - tally.compared))
	                         : "";
	const char *const tip[][2] = { { "Counts", arena_print(arena, "%s%s", counts, others) },
		                           { "All contacts", "The rate of these campaigns over all who got them" },
		                           { deed->caution ? "Caution" : NULL, deed->caution },
		                           { 0 } };
	part_stat(view, &(struct part_stat){
						.label = deed->label,
						.value = arena_print(arena, "%s of %s", text_of_count(arena, tally.compared),
	                                         text_of_count(arena, tally.campaigns)),
						.address = exchange_address(x, x->path, "show", deed->show),
						.change = share_text(arena, tally.compared, tally.campaigns),
						.change_rest = "of campaigns",
						.usual = arena_print(arena, "All contacts %s", everybody),
						.tip = tip,
					});
}

/* The moment from which campaigns count: a contact may have been imported after its first events. */
static struct moment counted_since(const struct contact *contact, const struct rows *events) {
	const struct event *all = events->items;
	struct moment oldest = contact->created_at;
	if (!moment_is_set(oldest))
		return oldest;
	for (int i = 0; i < events->count; i++)
		if (moment_is_set(all[i].occurred_at) && all[i].occurred_at.ms < oldest.ms)
			oldest = all[i].occurred_at;
	return oldest.ms < contact->created_at.ms ? moment_add(oldest, -EARLIER_MS) : oldest;
}

/* How long ago, in the largest unit. */
static const char *age_text(struct arena *arena, struct moment at, struct moment now) {
	int64_t days = (now.ms - at.ms) / DAY_MS;
	return days < 1 ? "Today" : text_of_counted(arena, days, "day ago", "days ago");
}

/* Opens may be automated, so they do not show that somebody is there. */
static void put_last(struct exchange *x, struct value *view, const struct engagement *engagement) {
	static const char *const tip[][2] = {
		{ "Counts", "The newest click in any campaign; opens do not count, because they may be automated" },
		{ 0 },
	};
	struct moment clicked = engagement->last_clicked_at, last = engagement->last_event_at;
	const char *other = moment_is_set(last)
	                        ? arena_print(x->arena, "Last event %s", text_of_moment_near(x->arena, last, x->now))
	                        : "Nothing is known yet";
	const char *without = engagement->clicked > 0 ? "–" : moment_is_set(last) ? "Never" : "–";
	part_stat(view, &(struct part_stat){
						.label = "Last clicked",
						.value = moment_is_set(clicked) ? age_text(x->arena, clicked, x->now) : without,
						.note = moment_is_set(clicked)    ? text_of_moment_near(x->arena, clicked, x->now)
	                            : engagement->clicked > 0 ? "The click was reported without a time"
	                                                      : other,
						.tip = tip,
					});
}

/* Emails of campaigns of one's own that servers took for a person, also for whom was merged into them; newest first. */
struct person_sent {
	struct sent_message *items;
	int count;
};

static bool find_sent(struct exchange *x, const char *contact_id, struct person_sent *sent, struct error *err) {
	struct strings ids;
	return alias_ids(x->store, contact_id, x->arena, &ids, err) &&
	       messages_of_contacts(x->store, &ids, SENT_MAX, x->arena, &sent->items, &sent->count, err);
}

static struct strings sent_campaigns(const struct person_sent *sent, struct arena *arena) {
	struct strings ids = { arena_array(arena, const char *, sent->count + 1), sent->count };
	for (int i = 0; i < sent->count; i++)
		ids.items[i] = sent->items[i].campaign_id;
	return ids;
}

/* What the person did with the campaigns that they were sent since then, beside all recipients. */
static bool put_stats(struct exchange *x, struct value *view, const struct contact *contact, struct moment since,
                      const struct rows *events, const struct person_sent *sent, struct error *err) {
	static const struct deed deeds[] = {
		{ "Opened", "opened", EVENT_OPENED, METRIC_OPEN_RATE, "Automated opens included" },
		{ "Clicked", "clicked", EVENT_CLICKED, METRIC_CLICK_RATE, NULL },
		{ "Bounced", "bounced", EVENT_BOUNCED, METRIC_BOUNCE_RATE, NULL },
	};
	const struct engagement *engagement = &contact->engagement;
	const int64_t totals[] = { engagement->opened, engagement->clicked, engagement->bounced };
	const struct strings own_ids = sent_campaigns(sent, x->arena);
	struct metrics all;
	struct strings campaign_ids;
	if (!campaign_sum(x->store, &contact->list_ids, &own_ids, since, x->arena, &all, &campaign_ids, err))
		return false;
	const char *counts = moment_is_set(since)
	                         ? arena_print(x->arena,
	                                       "Campaigns to this contact's lists since %s; of our own, "
	                                       "those that were sent to them",
	                                       text_of_day_near(x->arena, since, x->now))
	                         : "Campaigns to this contact's lists; of our own, those that were sent to them";
	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
		put_stat(x, view, &deeds[i],
		         (struct tally){
					 totals[i],
					 event_count_campaigns(events->items, events->count, deeds[i].type, &campaign_ids, x->arena),
					 campaign_ids.count },
		         counts, metric_text(x->arena, deeds[i].metric, metrics_rate(&all, deeds[i].metric)));
	put_last(x, view, engagement);
	value_put_bool(view, "has_stats", campaign_ids.count > 0 || moment_is_set(engagement->last_event_at));
	return true;
}

/* The linked customer and the form that links by hand. */
static void put_customer(struct exchange *x, struct value *view, const struct contact *contact) {
	const char *link = text_same(contact->customer_link, "key")     ? "linked by customer number"
	                   : text_same(contact->customer_link, "email") ? "linked by email address"
	                                                                : "linked by hand";
	value_put_text(view, "customer_id", contact->customer_id);
	value_put_text(view, "customer_link", link);
	value_put_text(view, "usage_segment", contact->usage_segment);
	struct value *groups = value_put(view, "customer_groups", value_list(x->arena));
	for (int i = 0; i < contact->customer_groups.count; i++) {
		const char *group = contact->customer_groups.items[i], *colon = strchr(group, ':');
		struct value *row = value_push(groups, value_map(x->arena));
		value_put_text(row, "name",
		               colon
		                   ? customer_group_words(x->arena, arena_copy_bytes(x->arena, group, (size_t)(colon - group)))
		                   : "Group");
		value_put_text(row, "value", text_trim(x->arena, colon ? colon + 1 : group));
	}
	part_field(x, view, "customer_id", exchange_typed(x, "customer_id", contact->customer_id));
}

static void put_contact(struct exchange *x, struct value *view, const struct contact *contact, const char *name) {
	struct value *row = value_put(view, "contact", contact_row_view(x, contact));
	value_put_text(row, "name", name);
	value_put_text(row, "since",
	               moment_is_set(contact->created_at) ? text_of_day_near(x->arena, contact->created_at, x->now) : NULL);
	put_customer(x, view, contact);
}

/* The newest TIMELINE of a type, or of all. */
static struct event *newest_of(struct arena *arena, const struct rows *events, enum event_type type, int *count) {
	const struct event *all = events->items;
	struct event *newest = arena_array(arena, struct event, TIMELINE);
	*count = 0;
	for (int i = 0; i < events->count && *count < TIMELINE; i++)
		if (type == EVENT_TYPE_COUNT || all[i].type == type)
			newest[(*count)++] = all[i];
	return newest;
}

static void add_sent(struct arena *arena, const struct person_sent *sent, struct person_joined *joined, int *count) {
	for (int i = 0; i < sent->count && i < TIMELINE; i++) {
		const struct sent_message *message = &sent->items[i];
		char name[MESSAGE_NAME];
		message_name(message->campaign_id, message->block, message->index, name);
		if (moment_is_set(message->sent_at))
			joined[(*count)++] = (struct person_joined){ .at = message->sent_at,
				                                         .email = arena_copy(arena, name),
				                                         .campaign_id = message->campaign_id };
	}
}

/* The newest events of the kind asked for; among all kinds also joins of lists, and emails. */
static bool put_events(struct exchange *x, struct value *view, const struct rows *all,
                       const struct person_place *places, int count, const struct person_sent *sent,
                       struct error *err) {
	enum event_type type;
	int event_count;
	if (!person_timeline_read(x, &type, err))
		return false;
	struct event *events = newest_of(x->arena, all, type, &event_count);
	struct person_joined *joined = arena_array(x->arena, struct person_joined, (size_t)count + TIMELINE + 1);
	for (int i = 0; i < count; i++)
		joined[i] = (struct person_joined){ .at = places[i].membership.created_at,
			                                .list = places[i].list ? places[i].list->name : NULL,
			                                .list_id = places[i].list ? places[i].list->id : NULL };
	add_sent(x->arena, sent, joined, &count);
	struct person_timeline timeline = { events, event_count, joined, type == EVENT_TYPE_COUNT ? count : 0,
		                                event_count < TIMELINE };
	return person_put_timeline(x, view, &timeline, type, err);
}

static bool show_page(struct exchange *x, struct error *err) {
	struct contact contact;
	struct person_place *places;
	struct person_sent sent;
	struct moment since;
	struct event *found;
	struct rows definitions;
	int count, found_count;
	if (!contact_need(x->store, x->values[0], x->arena, &contact, err) ||
	    !definition_list(x->store, x->arena, &definitions, err) ||
	    !find_timeline(x, &contact, EVENTS_MAX, &found, &found_count, err) ||
	    !person_find_places(x, &contact, &places, &count, err))
		return false;
	const struct rows events = { found, found_count };
	since = counted_since(&contact, &events);
	struct value *view = value_map(x->arena);
	const char *name = contact_called(&contact, x->arena), *email = contact.email           ? contact.email
	                                                                : contact.profile.phone ? contact.profile.phone
	                                                                                        : "(no address)";
	value_put_text(view, "done", exchange_done(x, confirmation_done));
	value_put_bool(view, "created", params_get(&x->query, "created") != NULL);
	put_contact(x, view, &contact, name);
	permission_put(x, view, &contact);
	put_memberships(x, view, &contact, &definitions, places, count);
	if (!list_put_joinable(x, &contact.list_ids, view, err) || !person_put_segments(x, view, &contact, err))
		return false;
	if (!find_sent(x, contact.id, &sent, err) || !put_stats(x, view, &contact, since, &events, &sent, err) ||
	    !put_events(x, view, &events, places, count, &sent, err))
		return false;
	exchange_put_data_at(x, view, x->versions.people_at);
	return reply_page(x, "console/person", name ? name : email, "contacts", view, err);
}

const struct route person_routes[] = {
	{ "GET", "/contacts/:contact_id", GUARD_SIGNED_IN, show_page,
	  .realms = REALM_FIGURES | REALM_PEOPLE | REALM_CUSTOMERS | REALM_SETTINGS },
	{ "POST", "/contacts/:contact_id/customer", GUARD_SIGNED_IN, customer_link, .input = &customer_link_record,
	  .form = show_page },
	{ "GET", "/api/contacts/:contact_id", GUARD_SIGNED_IN, show_api, .summary = "One contact",
	  .output = &contact_record,
	  .shape = CONTACT_ANSWER_SHAPE
	  " fields{*:any} synced_at:time memberships[]{list_id:text emailoctopus_id:text status:text "
	  "unsubscribed_here:bool "
	  "created_at:time "
	  "synced_at:time fields{*:any}} engagement_history[]{campaign_id:text event_type:text event_time:time}",
	  .realms = REALM_FIGURES | REALM_PEOPLE | REALM_CUSTOMERS },
	{ "GET", "/api/contacts/:contact_id/events", GUARD_SIGNED_IN, events_api,
	  .summary = "What a contact did, newest first", .output = &event_record, .list = true,
	  .realms = REALM_FIGURES | REALM_PEOPLE },
	{ "GET", "/contacts/:contact_id/events.csv", GUARD_SIGNED_IN, events_csv, .realms = REALM_FIGURES | REALM_PEOPLE,
	  .download = true },
	{ 0 },
};
