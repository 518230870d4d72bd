/* One contact: events, memberships, and comparison with everybody who got the same campaigns. */
#include "console/person_pages.h"

#include <math.h>
#include <string.h>

#include "audience/contacts/contact_pages.h"
#include "audience/customers/customer_pages.h"
#include "audience/lists/list.h"
#include "campaigns/campaign.h"
#include "core/formats/json.h"
#include "core/store/version.h"
#include "events/event.h"
#include "metrics/share.h"

enum { TIMELINE = 100, EVENTS_MAX = 100000 };
#define EARLIER_MS (30 * DAY_MS) /* how long after sending an event may occur */

static bool need_contact(struct exchange *x, struct contact *contact, struct error *err) {
	bool found;
	return contact_find(x->store, x->values[0], x->arena, contact, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no contact %.60s", x->values[0]));
}

/* The contact's newest events. */
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
	return need_contact(x, &contact, err) && find_timeline(x, &contact, TIMELINE, &events, &count, err) &&
	       reply_rows(x, &event_record, (struct rows){ events, count });
}

/* Finds the campaigns of events one after another; those of one campaign are usually adjacent. */
struct naming {
	struct campaign campaign;
	const char *known;
	bool found;
};

static bool name_campaign(struct exchange *x, struct naming *naming, const struct event *event, struct error *err) {
	if (text_same(naming->known, event->campaign_id))
		return true;
	naming->known = event->campaign_id;
	return campaign_find(x->store, naming->known, x->arena, &naming->campaign, &naming->found, err);
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
	struct naming naming = { 0 };
	int count;
	if (!need_contact(x, &contact, err) || !find_timeline(x, &contact, EVENTS_MAX, &events, &count, err))
		return false;
	struct person_event *lines = arena_array(x->arena, struct person_event, (size_t)count + 1);
	for (int i = 0; i < count; i++) {
		if (!name_campaign(x, &naming, &events[i], err))
			return false;
		lines[i] = (struct person_event){ events[i].occurred_at, events[i].seen_at, events[i].type,
			                              arena_print(x->arena, "campaign_%s", events[i].campaign_id),
			                              naming.found ? campaign_name(&naming.campaign) : NULL };
	}
	return reply_csv_rows(x, "contact-events.csv", &person_event_record, (struct rows){ lines, count });
}

static bool put_timeline(struct exchange *x, struct value *view, const struct event *events, int count,
                         struct error *err) {
	struct value *rows = value_put(view, "events", value_list(x->arena));
	struct naming naming = { 0 };
	for (int i = 0; i < count; i++) {
		if (!name_campaign(x, &naming, &events[i], err))
			return false;
		struct value *row = value_push(rows, value_map(x->arena));
		value_put_text(row, "type", choice_name(&event_types, (int)events[i].type));
		value_put_text(row, "when",
		               moment_is_set(events[i].occurred_at) ? text_of_moment(x->arena, events[i].occurred_at)
		                                                    : "time not reported");
		value_put_text(row, "campaign", naming.found ? naming.campaign.id : NULL);
		value_put_text(row, "name", naming.found ? campaign_name(&naming.campaign) : "(no name)");
	}
	return true;
}

/* A person on one list. */
struct place {
	struct membership membership;
	const struct list *list; /* NULL: not read yet */
	struct value *fields;    /* a map; NULL if there are none */
};

static struct value *fields_of(const struct membership *membership, struct arena *arena) {
	struct error ignored;
	struct value *fields;
	const char *text = membership->fields;
	return !text_is_empty(text) && json_read(arena, text, strlen(text), &fields, &ignored) && fields->kind == VALUE_MAP
	           ? fields
	           : NULL;
}

static bool find_places(struct exchange *x, const struct contact *contact, struct place **places, int *count,
                        struct error *err) {
	struct membership *rows;
	struct list *lists;
	int list_count;
	if (!store_list(x->store, "list_contacts", FILTER(eq_id("contact_id", contact->id)),
	                SORT(asc("list_id"), asc("external.id")), TIMELINE, &membership_record, x->arena, (void **)&rows,
	                count, err) ||
	    !list_all_ever(x->store, x->arena, &lists, &list_count, err))
		return false;
	*places = arena_array(x->arena, struct place, (size_t)*count + 1);
	for (int i = 0; i < *count; i++) {
		(*places)[i] = (struct place){ rows[i], NULL, fields_of(&rows[i], x->arena) };
		for (int k = 0; k < list_count; k++)
			if (text_same(lists[k].id, rows[i].list_id))
				(*places)[i].list = &lists[k];
	}
	return true;
}

static const char *text_of_field(const struct value *field, struct arena *arena) {
	BUF_AUTO out = { 0 };
	if (field->kind == VALUE_TEXT)
		return field->text;
	json_write(&out, field);
	return field->kind == VALUE_NULL ? NULL : arena_copy(arena, buf_text(&out));
}

static bool put_memberships(struct exchange *x, struct value *view, const struct contact *contact, struct error *err) {
	struct place *places;
	int count;
	if (!find_places(x, contact, &places, &count, err))
		return false;
	struct value *memberships = value_put(view, "memberships", value_list(x->arena)),
				 *fields = value_put(view, "fields", value_list(x->arena));
	for (int i = 0; i < count; i++) {
		struct value *row = value_push(memberships, value_map(x->arena));
		const struct membership *one = &places[i].membership;
		const struct list *list = places[i].list;
		value_put_text(row, "list", one->list_id);
		value_put_text(row, "name", list ? list->name : NULL);
		value_put_text(row, "list_id", list ? list->id : NULL);
		value_put_text(row, "gone",
		               list && moment_is_set(list->gone_at) ? text_of_moment(x->arena, list->gone_at) : NULL);
		value_put_text(row, "status", choice_name(&contact_statuses, (int)one->status));
		value_put_text(row, "joined", text_of_moment(x->arena, one->created_at));
		value_put_text(row, "updated", text_of_moment(x->arena, one->last_updated_at));
		for (const struct value *field = places[i].fields ? places[i].fields->first : NULL; field;
		     field = field->next) {
			struct value *line = value_push(fields, value_map(x->arena));
			value_put_text(line, "list", list ? list->name : one->list_id);
			value_put_text(line, "field", field->name);
			value_put_text(line, "value", text_of_field(field, x->arena));
		}
	}
	value_put_bool(view, "has_fields", fields->count > 0);
	return true;
}

static void put_time(struct value *map, const char *name, struct moment at) {
	char text[MOMENT_TEXT];
	value_put_text(map, name, *moment_format(at, text) ? arena_copy(map->arena, text) : NULL);
}

/* For another map; its own members stay shared. */
static struct value *copy_of(const struct value *value, struct arena *arena) {
	struct value *copy = arena_new_of(arena, struct value);
	*copy = *value;
	copy->name = NULL;
	copy->next = NULL;
	return copy;
}

/* What the person's lists say; the same field of two lists is taken from the first. */
static void put_lists_json(struct value *answer, const struct place *places, int count) {
	struct value *rows = value_put(answer, "memberships", value_list(answer->arena)),
				 *all = value_put(answer, "fields", value_map(answer->arena));
	struct moment newest = MOMENT_NONE;
	for (int i = 0; i < count; i++) {
		const struct membership *one = &places[i].membership;
		struct moment read_at = places[i].list ? places[i].list->contacts_read_at : MOMENT_NONE;
		struct value *row = value_push(rows, value_map(answer->arena)),
					 *fields = value_put(row, "fields", value_map(answer->arena));
		value_put_text(row, "list_id", one->list_id);
		value_put_text(row, "emailoctopus_id", one->external.id);
		value_put_text(row, "status", choice_name(&contact_statuses, (int)one->status));
		put_time(row, "created_at", one->created_at);
		put_time(row, "synced_at", read_at);
		for (const struct value *field = places[i].fields ? places[i].fields->first : NULL; field;
		     field = field->next) {
			(void)value_put(fields, field->name, copy_of(field, answer->arena));
			if (!value_get(all, field->name))
				(void)value_put(all, field->name, copy_of(field, answer->arena));
		}
		newest = !moment_is_set(newest) || read_at.ms > newest.ms ? read_at : newest;
	}
	put_time(answer, "synced_at", newest);
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
	struct place *places;
	struct event *events;
	int count, event_count;
	if (!need_contact(x, &contact, err) || !find_places(x, &contact, &places, &count, err) ||
	    !find_timeline(x, &contact, TIMELINE, &events, &event_count, err))
		return false;
	struct value *answer = record_to_value(&contact_record, &contact, x->arena);
	put_lists_json(answer, places, count);
	put_history(answer, events, event_count);
	return reply_json(x, answer);
}

/* One of what a person did, beside all recipients of the same campaigns. */
struct deed {
	const char *label;
	enum event_type type;
	enum metric metric;
	const char *note;
};

/* count: in all campaigns; compared: in those of which the share is. */
static void put_card(struct value *cards, const struct deed *deed, int64_t count, int64_t compared, int64_t campaigns,
                     double usual) {
	struct arena *arena = cards->arena;
	struct value *card = value_push(cards, value_map(arena));
	value_put_text(card, "label", deed->label);
	value_put_int(card, "value", count);
	value_put_text(card, "share", share_text(arena, compared, campaigns));
	value_put_text(card, "others", count > compared ? text_of_count(arena, count - compared) : NULL);
	value_put_text(card, "usual", isnan(usual) ? "–" : arena_print(arena, "%.1f %%", usual));
	value_put_text(card, "note", deed->note);
}

/* The moment from which campaigns count: a contact may have been imported after its first events. */
static bool counted_since(struct exchange *x, const struct contact *contact, struct moment *since, struct error *err) {
	struct event oldest;
	bool found;
	*since = contact->created_at;
	if (!moment_is_set(*since))
		return true;
	if (!store_find(x->store, "contact_events",
	                FILTER(eq_id("contact_id", contact->id), lt_moment("occurred_at", *since)),
	                SORT(asc("occurred_at"), asc("_id")), &event_record, x->arena, &oldest, &found, err))
		return false;
	if (found)
		*since = moment_add(oldest.occurred_at, -EARLIER_MS);
	return true;
}

/* What the person did with the campaigns to its lists since then, beside all recipients. */
static bool put_cards(struct exchange *x, struct value *view, const struct contact *contact, struct moment since,
                      struct error *err) {
	static const struct deed deeds[] = { { "Opened", EVENT_OPENED, METRIC_OPEN_RATE, "incl. automated opens" },
		                                 { "Clicked", EVENT_CLICKED, METRIC_CLICK_RATE, NULL },
		                                 { "Bounced", EVENT_BOUNCED, METRIC_BOUNCE_RATE, NULL } };
	const struct engagement *all = &contact->engagement;
	const int64_t counts[] = { all->opened, all->clicked, all->bounced };
	struct metrics everybody;
	struct strings campaign_ids;
	struct event *events;
	int count;
	if (!campaign_sum(x->store, &contact->list_ids, since, x->arena, &everybody, &campaign_ids, err) ||
	    !find_timeline(x, contact, EVENTS_MAX, &events, &count, err))
		return false;
	struct value *cards = value_put(view, "cards", value_list(x->arena));
	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
		put_card(cards, &deeds[i], counts[i],
		         event_count_campaigns(events, count, deeds[i].type, &campaign_ids, x->arena), campaign_ids.count,
		         metrics_rate(&everybody, deeds[i].metric));
	value_put_text(view, "campaigns", text_of_count(x->arena, campaign_ids.count));
	value_put_text(view, "counted_since", text_of_day(x->arena, since));
	return true;
}

static bool show_page(struct exchange *x, struct error *err) {
	struct contact contact;
	struct event *events;
	struct moment since;
	int count;
	if (!need_contact(x, &contact, err) || !find_timeline(x, &contact, TIMELINE, &events, &count, err) ||
	    !counted_since(x, &contact, &since, err))
		return false;
	struct value *view = value_map(x->arena);
	struct value *row = value_put(view, "contact", contact_row_view(&contact, x->arena));
	value_put_text(row, "customer_id", contact.customer_id);
	value_put_text(row, "typed_customer", exchange_typed(x, "customer_id", contact.customer_id));
	value_put_text(row, "customer_link", contact.customer_link);
	value_put_text(row, "usage_segment", contact.usage_segment);
	value_put_bool(view, "all_shown", count < TIMELINE);
	if (!put_cards(x, view, &contact, since, err) || !put_memberships(x, view, &contact, err) ||
	    !put_timeline(x, view, events, count, err))
		return false;
	exchange_put_data_at(x, view, x->versions.people_at);
	return reply_page(x, "console/person", contact.email ? contact.email : "(no address)", "contacts", view, err);
}

const struct route person_routes[] = {
	{ "GET", "/contacts/:contact_id", GUARD_SIGNED_IN, show_page, .realms = REALM_FIGURES | REALM_CUSTOMERS },
	{ "POST", "/contacts/:contact_id/customer", GUARD_SIGNED_IN, customer_link, .input = &customer_link_record,
	  .form = show_page },
	{ "GET", "/api/contacts/:contact_id", GUARD_SIGNED_IN, show_api, .summary = "One contact",
	  .output = &contact_record,
	  .shape = "fields{*:any} synced_at:time memberships[]{list_id:text emailoctopus_id:text status:text "
	           "created_at:time "
	           "synced_at:time fields{*:any}} engagement_history[]{campaign_id:text event_type:text event_time:time}",
	  .realms = REALM_FIGURES | REALM_CUSTOMERS },
	{ "GET", "/api/contacts/:contact_id/events", GUARD_SIGNED_IN, events_api,
	  .summary = "What a contact did, newest first", .output = &event_record, .list = true, .realms = REALM_FIGURES },
	{ "GET", "/contacts/:contact_id/events.csv", GUARD_SIGNED_IN, events_csv, .realms = REALM_FIGURES,
	  .download = true },
	{ 0 },
};
