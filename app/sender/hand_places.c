/* Where the mails of a block go. */
#include "sender/hand_places.h"

#include <string.h>

#include "core/base/moment.h"
#include "core/base/text.h"
#include "dispatch/log.h"

enum { READ_MS = 500 };

static int find_place(struct places *places, const char *name, struct arena *arena) {
	for (int i = 0; i < places->count; i++)
		if (strcmp(places->items[i].name, name) == 0)
			return i;
	if (places->count == BLOCK_MESSAGES_MAX - 1)
		return places->count - 1; /* group 0 is nobody's: the last two share one */
	places->items[places->count] = (struct place){ .name = arena_copy(arena, name) };
	return places->count++;
}

void places_open(struct places *places, const struct block *block, struct arena *arena) {
	const struct recipient *people = block->people.items;
	char name[DESTINATION_NAME_MAX + 1];
	*places = (struct places){ .began_ms = boot_ms() };
	places->items = arena_array(arena, struct place, block->people.count + 1);
	for (int i = 0; i < block->people.count; i++)
		places->of[i] = (unsigned short)find_place(places, destination_name(people[i].email, name), arena);
}

int places_groups(const struct places *places) {
	return places->count + 1;
}

static bool has_limit(const struct place *place) {
	return place->is_limited || (place->is_warming && !warming_is_over(&place->warming));
}

static void regroup(struct places *places) {
	for (int i = 0; i < BLOCK_MESSAGES_MAX; i++)
		places->groups[i] = has_limit(&places->items[places->of[i]]) ? (unsigned short)(places->of[i] + 1) : 0;
}

static void limit_places(struct places *places, const struct known_destination *known, int count) {
	for (int i = 0; i < places->count; i++)
		places->items[i].is_limited = false;
	for (int i = 0; i < places->count; i++)
		for (int k = 0; k < count; k++)
			if (strcmp(places->items[i].name, known[k].name) == 0) {
				places->items[i].is_limited = true;
				places->items[i].pace = known[k].pace;
			}
}

/* A provider that nothing is known of has had nothing yet. */
static void warm_places(struct places *places, const struct rows *known) {
	const struct warm_up *items = known->items;
	for (int i = 0; i < places->count; i++) {
		places->items[i].is_warming = true;
		places->items[i].warming = WARMING_NEW;
		for (int k = 0; k < known->count; k++)
			if (strcmp(places->items[i].name, items[k].name) == 0)
				places->items[i].warming = items[k].warming;
	}
}

static bool read_warming(struct places *places, struct store *store, const char *warming, struct arena *arena,
                         struct error *err) {
	struct strings names = { arena_array(arena, const char *, (size_t)places->count + 1), places->count };
	struct rows known;
	for (int i = 0; i < places->count; i++) {
		names.items[i] = places->items[i].name;
		places->items[i].is_warming = false;
	}
	if (!*warming)
		return true;
	if (!warm_up_find(store, warming, &names, arena, &known, err))
		return false;
	warm_places(places, &known);
	return true;
}

bool places_read(struct places *places, struct store *store, const char *connection_id, const char *warming,
                 struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct known_destination *known;
	int count;
	if (places->read_ms && boot_ms() - places->read_ms < READ_MS)
		return true;
	if (!destinations_limited(store, connection_id, arena, &known, &count, err) ||
	    !read_warming(places, store, warming, arena, err))
		return false;
	places->read_ms = boot_ms();
	limit_places(places, known, count);
	regroup(places);
	return true;
}

bool places_note(struct places *places, int index, const struct smtp_outcome *outcome, const struct refusal *refusal) {
	struct place *place = &places->items[places->of[index]];
	bool slow = refusal_rule(refusal->class)->remedy == REMEDY_SLOW;
	bool is_spam = slow && refusal->class == REFUSAL_SPAM;
	place->replies.taken += outcome->result == SMTP_ACCEPTED;
	place->replies.verdicts += is_spam;
	place->replies.deferred += slow && !is_spam;
	place->gone += outcome->result == SMTP_ACCEPTED || slow;
	place->warmed.taken += outcome->result == SMTP_ACCEPTED;
	place->warmed.deferred += slow;
	place->warmed.hard += outcome->result == SMTP_REFUSED && refusal_rule(refusal->class)->verdict == VERDICT_HARD;
	return place->replies.deferred > DESTINATION_TOLERATED || place->replies.verdicts > DESTINATION_TOLERATED;
}

/* In the last minute, at most. */
static int64_t a_minute(const struct places *places, const struct place *place) {
	int64_t ms = boot_ms() - places->began_ms;
	return ms <= MINUTE_MS ? place->gone : place->gone * MINUTE_MS / ms;
}

static bool say(struct store *store, const char *campaign_id, const struct known_destination *slowed, struct moment now,
                struct arena *arena, struct error *err) {
	int64_t minutes = (slowed->pace.paused_until.ms - now.ms + MINUTE_MS / 2) / MINUTE_MS;
	const char *text = arena_print(arena, "%s wants fewer emails: a pause of %s, then %s a minute", slowed->name,
	                               text_of_counted(arena, minutes, "minute", "minutes"),
	                               text_of_counted(arena, slowed->pace.rate, "email", "emails"));
	return campaign_log(store, campaign_id, CAMPAIGN_LOG_WARNING, text, NULL, now, err);
}

static bool has_news(const struct place *place) {
	const struct destination_replies *replies = &place->replies;
	return replies->deferred + replies->verdicts > 0 || (place->is_limited && replies->taken > 0);
}

bool places_tell_warming(struct places *places, struct store *store, const char *warming, struct moment now,
                         struct error *err) {
	for (int i = 0; *warming && i < places->count; i++) {
		ARENA_AUTO arena = arena_new();
		struct place *place = &places->items[i];
		const struct warming_replies news = place->warmed;
		if (news.taken + news.deferred + news.hard == 0)
			continue;
		if (!warm_up_tell(store, warming, place->name, &news, now, arena, err))
			return false;
		warming_note(&place->warming, &news, now);
		place->warmed = (struct warming_replies){ 0 };
	}
	return true;
}

bool places_tell(struct places *places, struct store *store, const char *connection_id, const char *campaign_id,
                 struct moment now, struct error *err) {
	for (int i = 0; i < places->count; i++) {
		ARENA_AUTO arena = arena_new();
		struct place *place = &places->items[i];
		const struct destination_report report = { connection_id, place->name, place->replies,
			                                       a_minute(places, place) };
		struct known_destination now_known;
		bool slowed;
		if (!has_news(place))
			continue;
		if (!destination_tell(store, &report, now, arena, &slowed, &now_known, err))
			return false;
		place->replies = (struct destination_replies){ 0 };
		if (!slowed)
			continue;
		place->is_limited = true;
		place->pace = now_known.pace;
		regroup(places);
		if (!say(store, campaign_id, &now_known, now, arena, err))
			return false;
	}
	return true;
}

struct pace_limits places_limits(const struct places *places, int index, struct moment now, int64_t *wait_ms) {
	const struct place *place = &places->items[places->of[index]];
	struct pace_limits limits = { 0 };
	*wait_ms = 0;
	if (place->is_limited)
		destination_limits(&place->pace, now, &limits, wait_ms);
	return limits;
}

struct pace_limits places_warming(const struct places *places, int index, struct moment now) {
	const struct place *place = &places->items[places->of[index]];
	const struct warming day = warming_at(&place->warming, now);
	struct pace_limits limits = { 0 };
	if (place->is_warming && !warming_is_over(&day))
		limits.per[PACE_DAY] = warming_cap(day.day);
	return limits;
}
