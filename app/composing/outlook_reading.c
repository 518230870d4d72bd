/* The outlook of a draft, with what the database knows. */
#include "composing/outlook_reading.h"

#include <string.h>

#include "audience/contacts/rollup.h"
#include "composing/warmed_domain.h"
#include "connections/used.h"
#include "senders/warm_up.h"
#include "sending/destination.h"

static int place_named(const struct forecast_destination *places, int count, const char *name) {
	int at = 0;
	while (at < count && strcmp(places[at].name, name) != 0)
		at++;
	return at;
}

int outlook_spread(const struct rows *domains, int64_t everybody, int64_t recipients, struct arena *arena,
                   struct forecast_destination *out) {
	const struct domain_count *items = domains->items;
	int64_t rest = recipients;
	int count = 0;
	for (int i = 0; i < domains->count && everybody > 0; i++) {
		char name[DESTINATION_NAME_MAX + 1];
		const char *address = arena_print(arena, "@%s", items[i].domain ? items[i].domain : "");
		int at = place_named(out, count, destination_name(address, name));
		int64_t people = (int64_t)((double)recipients * (double)items[i].contacts / (double)everybody);
		if (at == FORECAST_DESTINATIONS_MAX - 1)
			continue;
		if (at == count)
			out[count++] = (struct forecast_destination){ .name = arena_copy(arena, name) };
		people = people < rest ? people : rest;
		out[at].people += people;
		rest -= people;
	}
	out[count++] = (struct forecast_destination){ .name = "", .people = rest };
	return count;
}

/* As it stands when the campaign begins. */
static void warm(struct forecast_destination *place, const struct rows *known, struct moment now) {
	const struct warm_up *items = known->items;
	struct warming warming = WARMING_NEW;
	for (int i = 0; i < known->count; i++)
		if (text_same(items[i].name, place->name))
			warming = warming_at(&items[i].warming, now);
	place->warm_day = warming_is_over(&warming) ? 0 : (int)warming.day;
	place->warm_used = warming.taken;
}

/* Only while the sender's domain is warmed up is it asked where people have their mailboxes. */
static bool read_places(struct store *store, const struct headcount_query *asked, int64_t recipients,
                        struct arena *arena, struct outlook_query *query, struct error *err) {
	struct forecast_destination *places = arena_array(arena, struct forecast_destination, FORECAST_DESTINATIONS_MAX);
	struct domain_count everybody;
	struct rows domains, known;
	struct strings names = { arena_array(arena, const char *, FORECAST_DESTINATIONS_MAX), 0 };
	const char *domain_id = NULL;
	bool counted;
	if (asked->question.by_sms || recipients == COUNT_NONE)
		return true;
	if (!warmed_domain(store, &asked->composition->froms, arena, &domain_id, err))
		return false;
	if (!domain_id)
		return true;
	if (!rollup_find_domains(store, arena, &domains, err) || !rollup_everybody(store, &everybody, &counted, err))
		return false;
	query->places = places;
	query->place_count = outlook_spread(&domains, counted ? everybody.contacts : 0, recipients, arena, places);
	for (int i = 0; i < query->place_count; i++)
		names.items[names.count++] = places[i].name;
	if (!warm_up_find(store, domain_id, &names, arena, &known, err))
		return false;
	for (int i = 0; i < query->place_count; i++)
		if (*places[i].name)
			warm(&places[i], &known, query->first.ms > asked->now.ms ? query->first : asked->now);
	return true;
}

static struct pace_window window_of(struct moment began, int64_t count) {
	return moment_is_set(began) && count != COUNT_NONE ? (struct pace_window){ began, count }
	                                                   : (struct pace_window){ MOMENT_NONE, 0 };
}

/* What was sent by others in this minute, hour and day. */
static bool read_used(struct store *store, const char *key, struct arena *arena, struct pace *used, struct error *err) {
	struct taken taken;
	bool found;
	*used = PACE_UNUSED;
	if (!taken_find(store, key, arena, &taken, &found, err))
		return false;
	if (!found)
		return true;
	used->windows[PACE_MINUTE] = window_of(taken.minute, taken.in_minute);
	used->windows[PACE_HOUR] = window_of(taken.hour, taken.in_hour);
	used->windows[PACE_DAY] = window_of(taken.day, taken.in_day);
	return true;
}

bool outlook_read(struct store *store, const struct settings *settings, const struct headcount_query *asked,
                  int64_t recipients, struct arena *arena, struct outlook *outlook, struct error *err) {
	const struct pace_limits system = outlook_system(settings);
	struct outlook_query query = {
		.composition = asked->composition,
		.known = asked->known,
		.system = &system,
		.by_sms = asked->question.by_sms,
		.recipients = recipients,
		.now = asked->now,
		.first = asked->hours ? asked->hours->first : asked->composition->scheduled_time,
		.last = asked->hours ? asked->hours->last : MOMENT_NONE,
	};
	const struct connection *connection = outlook_connection(asked->known, asked->composition->account_id,
	                                                         query.by_sms);
	if (!read_places(store, asked, recipients, arena, &query, err) ||
	    !read_used(store, "system", arena, &query.system_used, err) ||
	    (connection && !read_used(store, arena_print(arena, "connection:%s", connection->id), arena, &query.used, err)))
		return false;
	*outlook = outlook_of(&query, arena);
	return true;
}
