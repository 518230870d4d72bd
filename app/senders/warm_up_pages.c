/* The warm-up of a sending domain: its part of the domain's page, beginning and ending it, as pages and JSON. */
#include "senders/warm_up_pages.h"

#include "core/http/parts.h"
#include "senders/warm_up.h"

enum { SHOWN = 100 };

struct provider_answer {
	const char *name;
	int64_t day, cap, taken, deferred, hard, complained;
	bool is_over;
	struct moment day_began_at;
};
static const struct field provider_fields[] = {
	FIELD(struct provider_answer, name, .doc = "A large mailbox provider, or a domain"),
	FIELD(struct provider_answer, day, .doc = "Of the plan, from 1"),
	FIELD(struct provider_answer, cap, .unit = "emails a day", .doc = "Null once it is over"),
	FIELD(struct provider_answer, taken, .unit = "emails", .doc = "On this day of the plan"),
	FIELD(struct provider_answer, deferred, .unit = "emails"),
	FIELD(struct provider_answer, hard, .unit = "emails", .doc = "Hard bounces"),
	FIELD(struct provider_answer, complained, .unit = "emails", .doc = "Complaints"),
	FIELD(struct provider_answer, is_over, .doc = "Nothing is limited any more"),
	FIELD(struct provider_answer, day_began_at, .doc = "Its first email; null: none yet"),
};
static const struct record_type provider_record = RECORD_TYPE("WarmUpProvider", struct provider_answer,
                                                              provider_fields);

struct warm_up_answer {
	bool is_warming;
	struct moment began_at;
	struct rows providers;
};
static const struct field answer_fields[] = {
	FIELD(struct warm_up_answer, is_warming),
	FIELD(struct warm_up_answer, began_at),
	FIELD_LIST(struct warm_up_answer, providers, provider_record),
};
static const struct record_type answer_record = RECORD_TYPE("DomainWarmUp", struct warm_up_answer, answer_fields);

static struct provider_answer answer_of(const struct warm_up *stored, struct moment now) {
	const struct warming day = warming_at(&stored->warming, now);
	bool is_over = warming_is_over(&day);
	return (struct provider_answer){ stored->name,   day.day,      is_over ? COUNT_NONE : warming_cap(day.day),
		                             day.taken,      day.deferred, day.hard,
		                             day.complained, is_over,      day.began_at };
}

static bool read_answer(struct exchange *x, const struct sending_domain *domain, struct warm_up_answer *answer,
                        struct error *err) {
	struct rows found = { 0 };
	if (moment_is_set(domain->warm_up_at) && !warm_up_list(x->store, domain->id, SHOWN, x->arena, &found, err))
		return false;
	const struct warm_up *stored = found.items;
	struct provider_answer *providers = arena_array(x->arena, struct provider_answer, found.count + 1);
	for (int i = 0; i < found.count; i++)
		providers[i] = answer_of(&stored[i], x->now);
	*answer = (struct warm_up_answer){ moment_is_set(domain->warm_up_at),
		                               domain->warm_up_at,
		                               { providers, found.count } };
	return true;
}

static void put_provider(const struct exchange *x, struct value *row, const struct provider_answer *provider) {
	value_put_text(row, "name", provider->name);
	value_put_text(row, "day", provider->is_over ? NULL : text_of_count(x->arena, provider->day));
	value_put_text(row, "cap", text_of_count(x->arena, provider->cap));
	value_put_text(row, "taken", text_of_count(x->arena, provider->taken));
	value_put_text(row, "deferred", text_of_count(x->arena, provider->deferred));
	value_put_text(row, "hard", text_of_count(x->arena, provider->hard));
	value_put_text(row, "complained", text_of_count(x->arena, provider->complained));
}

bool warm_up_put(struct exchange *x, struct value *view, const struct sending_domain *domain, struct error *err) {
	struct warm_up_answer answer;
	if (!read_answer(x, domain, &answer, err))
		return false;
	const struct provider_answer *providers = answer.providers.items;
	value_put_bool(view, "is_warming", answer.is_warming);
	if (answer.is_warming)
		value_put_text(view, "warming_since", text_of_day(x->arena, answer.began_at));
	struct value *rows = value_put(view, "warm_ups", value_list(x->arena));
	for (int i = 0; i < answer.providers.count; i++)
		put_provider(x, value_push(rows, value_map(x->arena)), &providers[i]);
	value_put_bool(view, "has_warm_ups", answer.providers.count > 0);
	value_put_bool(view, "has_more_warm_ups", answer.providers.count == SHOWN);
	return true;
}

static struct value *json_of(const struct warm_up_answer *answer, struct arena *arena) {
	return record_to_value(&answer_record, answer, arena);
}

static bool show_api(struct exchange *x, struct error *err) {
	struct sending_domain domain;
	struct warm_up_answer answer;
	return sending_domain_need(x->store, x->values[0], x->arena, &domain, err) &&
	       read_answer(x, &domain, &answer, err) && reply_json(x, json_of(&answer, x->arena));
}

static bool begin(struct exchange *x, struct error *err) {
	struct sending_domain domain;
	if (!sending_domain_need(x->store, x->values[0], x->arena, &domain, err))
		return false;
	if (moment_is_set(domain.warm_up_at))
		return error_set(err, ERROR_CONFLICT, "“%s” is being warmed up already", domain.domain);
	const struct warm_up_answer answer = { .is_warming = true, .began_at = x->now };
	return warm_up_set(x->store, domain.id, x->now, err) &&
	       reply_done(x, arena_print(x->arena, "/sending-domains/%s?done=warming#warm-up", domain.id),
	                  json_of(&answer, x->arena));
}

static bool ask_end(struct exchange *x, struct error *err) {
	struct sending_domain domain;
	if (!sending_domain_need(x->store, x->values[0], x->arena, &domain, err))
		return false;
	const struct confirm confirm = {
		.question = arena_print(x->arena, "End the warm-up of “%s”?", domain.domain),
		.lines = { "Its emails are no longer limited by the plan. A later warm-up begins with day 1 again." },
		.button = "End the warm-up",
		.back = arena_print(x->arena, "/sending-domains/%s", domain.id),
		.place = domain.domain,
		.active = "connections",
	};
	return reply_confirm(x, &confirm, err);
}

static bool end(struct exchange *x, struct error *err) {
	struct sending_domain domain;
	const struct warm_up_answer answer = { .began_at = MOMENT_NONE };
	return sending_domain_need(x->store, x->values[0], x->arena, &domain, err) &&
	       warm_up_set(x->store, domain.id, MOMENT_NONE, err) &&
	       reply_done(x, arena_print(x->arena, "/sending-domains/%s?done=cooled", domain.id),
	                  json_of(&answer, x->arena));
}

const struct route warm_up_routes[] = {
	{ "POST", "/sending-domains/:domain_id/warm-up", GUARD_SIGNED_IN, begin },
	{ "GET", "/sending-domains/:domain_id/warm-up/end", GUARD_SIGNED_IN, ask_end },
	{ "POST", "/sending-domains/:domain_id/warm-up/end", GUARD_SIGNED_IN, end, .form = ask_end },
	{ "GET", "/api/sending-domains/:sending_domain_id/warm-up", GUARD_SIGNED_IN, show_api,
	  .summary = "How the warm-up of a sending domain stands, by mailbox provider", .output = &answer_record },
	{ "POST", "/api/sending-domains/:sending_domain_id/warm-up", GUARD_SIGNED_IN, begin,
	  .summary = "Begin the warm-up: so many emails a day to each mailbox provider, from 50",
	  .output = &answer_record },
	{ "DELETE", "/api/sending-domains/:sending_domain_id/warm-up", GUARD_SIGNED_IN, end, .summary = "End the warm-up",
	  .output = &answer_record },
	{ 0 },
};
