/* Who would get a draft, and why others would not. */
#include "composing/composer_view_pages.h"

#include "composing/addressees.h"
#include "core/formats/url.h"
#include "segments/asked_pages.h"

enum { LISTS_COUNTED = 8, QUERY_MAX = 1200 };

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

/* People of a rule within what is left of the time; COUNT_NONE if it was too short. */
static bool count_people(struct exchange *x, const struct rule *rule, int64_t until, int64_t *people,
                         struct error *err) {
	struct people_query query = { .rule = rule, .clock = asked_clock(x) };
	struct people_count count;
	int64_t left = until - monotonic_ms();
	*people = COUNT_NONE;
	if (left <= 0)
		return true;
	query.patience_ms = (int)left;
	if (!people_count(x->store, &query, x->arena, &count, err))
		return false;
	*people = count.progress.next ? COUNT_NONE : count.people;
	return true;
}

/* Members of several lists together: who is on two counts twice. COUNT_NONE if that is not what the audience is. */
static bool count_members(struct exchange *x, const struct composition *composition,
                          const struct composing_known *known, int64_t until, int64_t *members, struct error *err) {
	struct composition alone = *composition;
	int64_t sum = 0, people = 0;
	*members = COUNT_NONE;
	if (composition->list_ids.count < 2 || composition->list_ids.count > LISTS_COUNTED || composition->rule ||
	    composition->target_segments.count || composition->recipients.count)
		return true;
	alone.exclude = (struct exclusion){ .days = COUNT_NONE };
	for (int i = 0; i < composition->list_ids.count && people != COUNT_NONE; i++) {
		const struct rule *rule;
		alone.list_ids = (struct strings){ &composition->list_ids.items[i], 1 };
		if (!addressees_rule(&alone, known, x->now, x->arena, &rule, err) ||
		    !count_people(x, rule, until, &people, err))
			return false;
		sum += people == COUNT_NONE ? 0 : people;
	}
	*members = people == COUNT_NONE ? COUNT_NONE : sum;
	return true;
}

/* Those who would get it without the exclusions; COUNT_NONE if nobody is excluded. */
static bool count_unexcluded(struct exchange *x, const struct composition *composition,
                             const struct composing_known *known, int64_t until, int64_t *people, struct error *err) {
	struct composition alone = *composition;
	const struct exclusion *exclude = &composition->exclude;
	const struct rule *rule;
	*people = COUNT_NONE;
	if (exclude->list_ids.count == 0 && exclude->segments.count == 0 && exclude->days == COUNT_NONE)
		return true;
	alone.exclude = (struct exclusion){ .days = COUNT_NONE };
	return addressees_rule(&alone, known, x->now, x->arena, &rule, err) && count_people(x, rule, until, people, err);
}

static void put_sum(struct exchange *x, struct value *rows, const struct composition *composition,
                    const struct audience *found, int64_t members, int64_t unexcluded, bool by_sms, const char *query) {
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

/* "5,000 emails: 50 minutes" */
static const char *duration(struct arena *arena, int64_t count, int64_t rate, const char *one, const char *many) {
	int64_t minutes = rate > 0 ? (count + rate - 1) / rate : 0, hours = minutes / 60;
	if (count <= 0)
		return NULL;
	const char *told = text_of_counted(arena, count, one, many);
	return hours >= 3 ? arena_print(arena, "%s: %s", told, text_of_counted(arena, (minutes + 30) / 60, "hour", "hours"))
	                  : arena_print(arena, "%s: %s", told, text_of_counted(arena, minutes, "minute", "minutes"));
}

/* One channel: `by_sms` to phones. */
static bool put_channel(struct exchange *x, struct value *view, const struct composition *composition,
                        const struct composing_known *known, const struct rule *rule, bool by_sms, struct error *err) {
	struct mailable_question question = asked_question(x);
	struct people_query query = { .rule = rule, .clock = asked_clock(x), .patience_ms = PEOPLE_COUNT_MS };
	struct audience found;
	int64_t until = monotonic_ms() + PEOPLE_COUNT_MS, members, unexcluded;
	question.by_sms = by_sms;
	question.list_id = addressees_list(composition);
	if (!audience_count(x->store, &query, &question, x->arena, &found, err) ||
	    !count_members(x, composition, known, until, &members, err) ||
	    !count_unexcluded(x, composition, known, until, &unexcluded, err))
		return false;
	const char *asked = by_sms || question.list_id ? NULL : query_of(x, rule);
	struct value *one = value_push((struct value *)(uintptr_t)value_get(view, "channels"), value_map(x->arena));
	bool whole = !found.progress.next;
	value_put_text(one, "title", by_sms ? "SMS" : "Emails");
	value_put_bool(one, "is_whole", whole);
	value_put_text(one, "so_far", found.people == COUNT_NONE ? NULL : text_of_count(x->arena, found.people));
	value_put_text(one, "recipients", whole ? text_of_count(x->arena, found.counts[MAILABLE]) : NULL);
	int64_t rate = by_sms ? composition->send_rate_limit_sms : composition->send_rate_limit_emails;
	value_put_text(one, "duration",
	               whole ? duration(x->arena, found.counts[MAILABLE], rate, by_sms ? "SMS" : "email",
	                                by_sms ? "SMS" : "emails")
	                     : NULL);
	struct value *rows = value_put(one, "rows", value_list(x->arena));
	if (whole)
		put_sum(x, rows, composition, &found, members, unexcluded, by_sms, asked);
	if (!by_sms)
		value_put_text(view, "address", asked ? arena_print(x->arena, "/segments/people?%s", asked) : NULL);
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
                         const struct composing_known *known, struct error *err) {
	struct value *people = value_put(view, "people", value_map(x->arena));
	const struct rule *rule = NULL;
	struct error broken = ERROR_INIT;
	if (!addressees_rule(composition, known, x->now, x->arena, &rule, &broken) && broken.kind != ERROR_INVALID) {
		*err = broken;
		return false;
	}
	value_put_text(people, "broken", broken.kind == ERROR_INVALID ? arena_copy(x->arena, broken.text) : NULL);
	value_put_bool(people, "nobody", !rule);
	(void)value_put(people, "channels", value_list(x->arena));
	value_put_text(people, "counted", text_of_moment_near(x->arena, x->now, x->now));
	if (rule && composition_emails(composition) && !put_channel(x, people, composition, known, rule, false, err))
		return false;
	if (rule && composition_texts(composition) && !put_channel(x, people, composition, known, rule, true, err))
		return false;
	if (!value_get(people, "address"))
		value_put_text(people, "address", NULL);
	return put_strangers(x, people, composition, err);
}
