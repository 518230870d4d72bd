/* The timeline of a contact: events in campaigns and joins of lists, by month. */
#include "console/person_timeline.h"

/* How a type of event is shown. */
static const struct look {
	const char *label; /* in the filter */
	const char *words; /* before the campaign's name */
	const char *icon, *colour;
} looks[EVENT_TYPE_COUNT] = {
	[EVENT_OPENED] = { "Opens", "Opened", "mail-opened", "opens" },
	[EVENT_CLICKED] = { "Clicks", "Clicked a link in", "click", "clicks" },
	[EVENT_BOUNCED] = { "Bounces", "Bounced:", "mail-x", "lost" },
	[EVENT_UNSUBSCRIBED] = { "Unsubscribes", "Unsubscribed from", "user-minus", "lost" },
	[EVENT_COMPLAINED] = { "Complaints", "Complained about", "flag", "lost" },
};

bool person_timeline_read(const struct exchange *x, enum event_type *type, struct error *err) {
	const char *value = params_get(&x->query, "show");
	int choice = EVENT_TYPE_COUNT;
	bool fine = text_is_empty(value) || choice_find(&event_types, value, &choice);
	*type = (enum event_type)choice;
	return fine || error_field(err, "show", "“%.40s” is not a kind of event", value) ||
	       error_codes(err, ". Use opened, clicked, bounced, unsubscribed or complained");
}

bool person_name_campaign(struct exchange *x, struct person_naming *naming, const struct event *event,
                          struct error *err) {
	if (text_same(naming->known, event->campaign_id))
		return true;
	naming->known = event->campaign_id;
	return campaign_find(x->store, naming->known, x->arena, &naming->campaign, &naming->found, err);
}

/* A row, with the month above it if that is another than before. */
static struct value *put_row(struct exchange *x, struct value *rows, struct moment at, const char **month) {
	char text[MOMENT_TEXT];
	bool dated = moment_is_set(at);
	const char *its_month = dated ? text_of_month(x->arena, at) : "Without a date";
	struct value *row = value_push(rows, value_map(x->arena));
	value_put_text(row, "month", text_same(*month, its_month) ? NULL : its_month);
	value_put_text(row, "when", dated ? text_of_moment_near(x->arena, at, x->now) : NULL);
	value_put_text(row, "iso", dated ? arena_copy(x->arena, moment_format(at, text)) : NULL);
	value_put_text(row, "second", NULL);
	*month = its_month;
	return row;
}

static void put_look(struct value *row, const char *icon, const char *colour, const char *words) {
	value_put_text(row, "icon", icon);
	value_put_text(row, "colour", colour);
	value_put_text(row, "words", words);
}

static void put_joined(struct exchange *x, struct value *rows, const struct person_joined *joined, const char **month) {
	struct value *row = put_row(x, rows, joined->at, month);
	put_look(row, "user-plus", "joined", "Joined");
	value_put_text(row, "name", joined->list ? joined->list : "a list that is not synced");
	value_put_text(row, "address", joined->list_id ? arena_print(x->arena, "/lists/%s", joined->list_id) : NULL);
}

/* An email that was sent to them. */
static bool put_sent(struct exchange *x, struct value *rows, const struct person_joined *sent, const char **month,
                     struct error *err) {
	struct campaign campaign;
	bool found;
	if (!campaign_find(x->store, sent->campaign_id, x->arena, &campaign, &found, err))
		return false;
	struct value *row = put_row(x, rows, sent->at, month);
	put_look(row, "mail", "joined", "Was sent");
	value_put_text(row, "name", found ? campaign_name(&campaign) : "an email");
	value_put_text(row, "address", arena_print(x->arena, "/emails/%s", sent->email));
	return true;
}

static bool put_event(struct exchange *x, struct value *rows, const struct event *event, struct person_naming *naming,
                      const char **month, struct error *err) {
	if (!person_name_campaign(x, naming, event, err))
		return false;
	struct value *row = put_row(x, rows, event->occurred_at, month);
	const struct look *look = &looks[event->type];
	put_look(row, look->icon, look->colour, look->words);
	value_put_text(row, "name", naming->found ? campaign_name(&naming->campaign) : "a campaign that is not synced");
	value_put_text(row, "address", naming->found ? arena_print(x->arena, "/campaigns/%s", naming->campaign.id) : NULL);
	return true;
}

static const struct person_joined *next_joined(const struct person_timeline *timeline, const bool *done) {
	const struct person_joined *next = NULL;
	for (int i = 0; i < timeline->joined_count; i++)
		if (!done[i] && (!next || timeline->joined[i].at.ms > next->at.ms))
			next = &timeline->joined[i];
	return next;
}

/* Both kinds in one order. A join older than the oldest event is left out if older events are. */
static bool put_rows(struct exchange *x, struct value *rows, const struct person_timeline *timeline,
                     struct error *err) {
	struct person_naming naming = { 0 };
	const char *month = NULL;
	bool *done = arena_array(x->arena, bool, (size_t)timeline->joined_count + 1);
	for (int i = 0; i < timeline->joined_count; i++)
		done[i] = !moment_is_set(timeline->joined[i].at);
	for (int i = 0; i <= timeline->count; i++) {
		bool is_last = i == timeline->count;
		struct moment at = is_last ? MOMENT_NONE : timeline->events[i].occurred_at;
		const struct person_joined *joined;
		while ((joined = next_joined(timeline, done)) &&
		       (moment_is_set(at) ? joined->at.ms > at.ms : timeline->is_whole)) {
			if (!joined->email)
				put_joined(x, rows, joined, &month);
			else if (!put_sent(x, rows, joined, &month, err))
				return false;
			done[joined - timeline->joined] = true;
		}
		if (!is_last && !put_event(x, rows, &timeline->events[i], &naming, &month, err))
			return false;
	}
	return true;
}

static void put_filter(struct exchange *x, struct value *view, enum event_type type) {
	struct value *shows = value_put(view, "shows", value_list(x->arena));
	for (int i = EVENT_TYPE_COUNT; i >= 0; i--) {
		int which = EVENT_TYPE_COUNT - i - 1; /* all of them come first */
		struct value *one = value_push(shows, value_map(x->arena));
		value_put_text(one, "label", which < 0 ? "All events" : looks[which].label);
		value_put_text(one, "address",
		               exchange_address(x, x->path, "show", which < 0 ? NULL : choice_name(&event_types, which)));
		value_put_bool(one, "current", which < 0 ? type == EVENT_TYPE_COUNT : type == (enum event_type)which);
	}
	value_put_text(view, "shown", type == EVENT_TYPE_COUNT ? "All events" : looks[type].label);
}

bool person_put_timeline(struct exchange *x, struct value *view, const struct person_timeline *timeline,
                         enum event_type type, struct error *err) {
	struct value *rows = value_put(view, "timeline", value_list(x->arena));
	put_filter(x, view, type);
	value_put_bool(view, "is_whole", timeline->is_whole);
	value_put_int(view, "shown_count", timeline->count);
	bool fine = put_rows(x, rows, timeline, err);
	value_put_bool(view, "has_events", rows->count > 0);
	return fine;
}
