/* Who would get a draft, and why others would not. */
#include "composing/composer_view_pages.h"

#include "composing/addressees.h"
#include "composing/outlook_reading.h"
#include "core/formats/url.h"
#include "segments/asked_pages.h"

enum { QUERY_MAX = 1200 };

static void put_row(struct value *rows, const char *label, const char *count, const char *address) {
	struct value *row = value_push(rows, value_map(rows->arena));
	value_put_text(row, "label", label);
	value_put_text(row, "count", count);
	value_put_text(row, "address", address);
}

static const char *taken(struct arena *arena, int64_t count) {
	return arena_print(arena, "−%s", text_of_count(arena, count));
}

/* "rule=…" of addresses that ask for the same people; NULL if it is too long for one. */
static const char *query_of(struct exchange *x, const struct rule *rule) {
	BUF_AUTO text = { 0 };
	rule_write(rule, &text);
	const char *encoded = url_encoded(x->arena, buf_text(&text));
	return strlen(encoded) > QUERY_MAX ? NULL : arena_print(x->arena, "rule=%s", encoded);
}

static void put_sum(struct exchange *x, struct value *rows, const struct composition *composition,
                    const struct headcount *headcount, bool by_sms, const char *query) {
	const struct audience *found = &headcount->found;
	int64_t members = headcount->members, unexcluded = headcount->unexcluded;
	int64_t first = unexcluded == COUNT_NONE ? found->people : unexcluded;
	struct arena *arena = x->arena;
	if (members != COUNT_NONE && members > first)
		put_row(rows, text_of_counted(arena, composition->list_ids.count, "list", "lists"),
		        text_of_count(arena, members), NULL);
	if (members != COUNT_NONE && members > first)
		put_row(rows, "On several of them", taken(arena, members - first), NULL);
	put_row(rows, "Contacts", text_of_count(arena, first), NULL);
	if (unexcluded != COUNT_NONE)
		put_row(rows, "Excluded", taken(arena, unexcluded - found->people), NULL);
	for (int i = MAILABLE + 1; i < MAILABLE_COUNT; i++)
		if (found->counts[i] > 0)
			put_row(rows, by_sms && i == MAILABLE_NO_ADDRESS ? "No phone number" : mailable_labels[i],
			        taken(arena, found->counts[i]),
			        query ? arena_print(arena, "/segments/people?%s&reason=%s", query, choice_name(&mailables, i))
			              : NULL);
}

/* "5,000 emails: 50 minutes"; NULL without a forecast. */
static const char *duration(struct exchange *x, const struct outlook *outlook, bool by_sms) {
	struct arena *arena = x->arena;
	const struct forecast *forecast = &outlook->forecast;
	if (outlook->problem || forecast->messages == 0)
		return NULL;
	const char *told = text_of_counted(arena, forecast->messages, by_sms ? "SMS" : "email", by_sms ? "SMS" : "emails");
	if (!moment_is_set(forecast->ends))
		return arena_print(arena, "%s: more than a year", told);
	int64_t minutes = (forecast->ends.ms - forecast->begins.ms + MINUTE_MS - 1) / MINUTE_MS, hours = minutes / 60;
	if (minutes < 1)
		return arena_print(arena, "%s: less than a minute", told);
	return arena_print(arena, "%s: %s", told,
	                   hours >= 72  ? text_of_counted(arena, (hours + 12) / 24, "day", "days")
	                   : hours >= 3 ? text_of_counted(arena, (minutes + 30) / 60, "hour", "hours")
	                                : text_of_counted(arena, minutes, "minute", "minutes"));
}

/* One channel: `by_sms` to phones. */
static bool put_channel(struct exchange *x, struct value *view, const struct headcount_query *asked,
                        struct composer_channel *channel, struct error *err) {
	bool by_sms = asked->question.by_sms;
	struct headcount *headcount = &channel->headcount;
	if (!headcount_read(x->store, asked, x->arena, headcount, err))
		return false;
	if (!outlook_read(x->store, x->settings, asked, headcount->recipients, x->arena, &channel->outlook, err))
		return false;
	channel->is_used = true;
	const char *query = by_sms || addressees_list(asked->composition) ? NULL : query_of(x, asked->rule);
	struct value *one = value_push((struct value *)(uintptr_t)value_get(view, "channels"), value_map(x->arena));
	bool whole = headcount->recipients != COUNT_NONE;
	value_put_text(one, "title", by_sms ? "SMS" : "Emails");
	value_put_bool(one, "is_whole", whole);
	value_put_text(one, "so_far",
	               headcount->found.people == COUNT_NONE ? NULL : text_of_count(x->arena, headcount->found.people));
	value_put_text(one, "recipients", whole ? text_of_count(x->arena, headcount->recipients) : NULL);
	value_put_text(one, "duration", duration(x, &channel->outlook, by_sms));
	struct value *rows = value_put(one, "rows", value_list(x->arena));
	if (whole)
		put_sum(x, rows, asked->composition, headcount, by_sms, query);
	if (!by_sms)
		value_put_text(view, "address", query ? arena_print(x->arena, "/segments/people?%s", query) : NULL);
	return true;
}

/* Typed addresses that nobody has. */
static bool put_strangers(struct exchange *x, struct value *view, const struct composition *composition,
                          struct error *err) {
	struct contact *contacts;
	int count = 0;
	if (composition->recipients.count &&
	    !contact_find_by_addresses(x->store, &composition->recipients, x->arena, &contacts, &count, err))
		return false;
	int64_t strangers = composition->recipients.count - count;
	value_put_text(view, "strangers",
	               strangers > 0 ? text_of_counted(x->arena, strangers, "typed address is no contact yet",
	                                               "typed addresses are no contacts yet")
	                             : NULL);
	return true;
}

bool composer_put_people(struct exchange *x, struct value *view, const struct composition *composition,
                         const struct composing_known *known, struct composer_people *found, struct error *err) {
	struct value *people = value_put(view, "people", value_map(x->arena));
	struct error broken = ERROR_INIT;
	*found = (struct composer_people){ 0 };
	if (!own_hours_read(x->store, composition, x->now, x->arena, &found->hours, err))
		return false;
	if (!addressees_rule(composition, known, x->now, x->arena, &found->rule, &broken) && broken.kind != ERROR_INVALID) {
		*err = broken;
		return false;
	}
	value_put_text(people, "broken", broken.kind == ERROR_INVALID ? arena_copy(x->arena, broken.text) : NULL);
	value_put_bool(people, "nobody", !found->rule);
	(void)value_put(people, "channels", value_list(x->arena));
	value_put_text(people, "counted", text_of_moment_near(x->arena, x->now, x->now));
	for (int by_sms = 0; found->rule && by_sms < 2; by_sms++) {
		struct headcount_query asked = { composition,       known,  found->rule,     asked_clock(x),
			                             asked_question(x), x->now, PEOPLE_COUNT_MS, found->hours };
		asked.question.by_sms = by_sms;
		if ((by_sms ? composition_texts(composition) : composition_emails(composition)) &&
		    !put_channel(x, people, &asked, &found->channels[by_sms], err))
			return false;
	}
	if (!value_get(people, "address"))
		value_put_text(people, "address", NULL);
	return put_strangers(x, people, composition, err);
}
