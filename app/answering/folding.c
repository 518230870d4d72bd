/* The job that folds. */
#include "answering/folding.h"

#include "answering/expiring.h"
#include "answering/judging.h"
#include "answering/telling.h"
#include "campaigns/campaign.h"
#include "core/base/calendar.h"
#include "core/store/version.h"

static const char HITS[] = "hits", SUMS[] = "answer_sums";

enum {
	LEASE_MS = 120 * SECOND_MS,
	AT_ONCE = 500,       /* unsubscribes that find their mail between two looks at the lease */
	PLACES_MAX = 100000, /* blocks and hours of one pass */
	DUE_MAX = 1000,      /* campaigns */
	AGE_SHARE = 100,     /* figures are told again after this part of the campaign's age */
	REST_MS = SECOND_MS, /* between two passes, and at least as long as the last one took */
	REST_MAX_MS = 20 * SECOND_MS,
	EXPIRE_AT_ONCE = 200, /* blocks and hours a pass */
	EXPIRE_MS = HOUR_MS,
	CACHES_MS = 20 * SECOND_MS, /* pages that are kept are made anew so often at most */
};

int64_t figures_wait_ms(int64_t interval_ms, int64_t age_ms) {
	int64_t wait = age_ms / AGE_SHARE;
	return wait > interval_ms ? wait : interval_ms;
}

/* Where hits wait. */
struct place {
	const char *campaign_id;
	int64_t block, hour;
};
static const struct field place_fields[] = {
	FIELD(struct place, campaign_id, .flags = FIELD_ID),
	FIELD(struct place, block),
	FIELD(struct place, hour),
};
static const struct record_type place_record = RECORD_TYPE("HitPlace", struct place, place_fields);

static bool find_places(struct store *store, const struct filter *which, struct arena *arena, struct rows *places,
                        struct error *err) {
	BSON_AUTO stages = BCON_NEW("0", "{", "$group", "{", "_id", "{", "c", BCON_UTF8("$campaign_id"), "b",
	                            BCON_UTF8("$block"), "h", BCON_UTF8("$hour"), "}", "}", "}", "1", "{", "$sort", "{",
	                            "_id", BCON_INT32(1), "}", "}", "2", "{", "$limit", BCON_INT32(PLACES_MAX), "}", "3",
	                            "{", "$project", "{", "_id", BCON_INT32(0), "campaign_id", BCON_UTF8("$_id.c"), "block",
	                            BCON_UTF8("$_id.b"), "hour", BCON_UTF8("$_id.h"), "}", "}");
	return store_aggregate_rows(store, HITS, which, stages, &place_record, arena, places, err);
}

/* A pass: the campaigns that it has touched so far, in their order. */
struct pass {
	struct job_run *run;
	struct group_rules rules;
	struct folding folding;
	struct arena *arena; /* of the links of the campaign */
	bool worked;
};

static bool sum_up(struct pass *pass, struct error *err) {
	return !pass->folding.campaign_id ||
	       answers_sum(pass->folding.store, pass->folding.campaign_id, pass->folding.now, err);
}

/* What is read once a campaign. */
static bool turn_to(struct pass *pass, const char *campaign_id, struct error *err) {
	if (text_same(pass->folding.campaign_id, campaign_id))
		return true;
	if (!sum_up(pass, err))
		return false;
	pass->folding.campaign_id = campaign_id;
	return tracked_links_read(pass->folding.store, campaign_id, pass->arena, &pass->folding.links, err);
}

static bool fold_places(struct pass *pass, const struct rows *places, bool hours, struct error *err) {
	const struct place *all = places->items;
	for (int i = 0; i < places->count; i++) {
		const struct place *place = &all[i];
		if (!place->campaign_id || (hours ? place->hour : place->block) == COUNT_NONE)
			continue;
		if (!job_beat(pass->run, NULL, err) || !turn_to(pass, place->campaign_id, err) ||
		    !(hours ? fold_hour(&pass->folding, place->hour, err) : fold_block(&pass->folding, place->block, err)))
			return false;
		pass->worked = true;
	}
	return true;
}

static bool place_all(struct pass *pass, struct error *err) {
	int count = AT_ONCE;
	while (count == AT_ONCE)
		if (!job_beat(pass->run, NULL, err) || !fold_place_unsubscribes(pass->folding.store, AT_ONCE, &count, err))
			return false;
	return true;
}

/* Blocks first: whoever of them is only counted is then of an hour. */
static bool fold_waiting(struct pass *pass, struct error *err) {
	static const char *const kinds[] = { "block", "hour" };
	for (int hours = 0; hours < 2; hours++) {
		struct rows places;
		if (!find_places(pass->folding.store, FILTER(eq_bool("waits", true), is_present(kinds[hours])), pass->arena,
		                 &places, err) ||
		    !fold_places(pass, &places, hours, err))
			return false;
	}
	return sum_up(pass, err);
}

/* Their figures have been told long enough ago. */
static bool is_time(const struct pass *pass, const struct answers *due, const struct campaign *campaign) {
	int64_t interval = pass->folding.settings->results_seconds * SECOND_MS;
	int64_t age = moment_is_set(campaign->sent_at) ? pass->folding.now.ms - campaign->sent_at.ms : 0;
	return !moment_is_set(due->told_at) ||
	       pass->folding.now.ms - due->told_at.ms >= figures_wait_ms(interval, age < 0 ? 0 : age);
}

/* Blocks of which nothing has come back, or not since all of their emails were settled: their people count, too. */
static bool fold_rest(struct pass *pass, struct arena *arena, struct error *err) {
	struct store *store = pass->folding.store;
	const char *campaign_id = pass->folding.campaign_id;
	struct place *grouped;
	struct block_state *states;
	int known, count = AT_ONCE, at = 0;
	if (!store_list(store, "answer_blocks", FILTER(eq_id("campaign_id", campaign_id), eq_bool("is_grouped", true)),
	                SORT(asc("block"), asc("_id")), PLACES_MAX, &place_record, arena, (void **)&grouped, &known, err))
		return false;
	for (int64_t from = 0; count == AT_ONCE; from = count ? states[count - 1].number + 1 : 0) {
		if (!block_states_with(store, campaign_id, from, 1U << MESSAGE_ACCEPTED | 1U << MESSAGE_FAILED, AT_ONCE, arena,
		                       &states, &count, err))
			return false;
		for (int i = 0; i < count; i++) {
			while (at < known && grouped[at].block < states[i].number)
				at++;
			if (!states[i].is_done || (at < known && grouped[at].block == states[i].number))
				continue;
			if (!job_beat(pass->run, NULL, err) || !fold_block(&pass->folding, states[i].number, err))
				return false;
		}
	}
	return true;
}

static bool tell(struct pass *pass, const struct answers *due, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign campaign;
	bool found;
	if (!campaign_find(pass->folding.store, due->campaign_id, arena, &campaign, &found, err))
		return false;
	if (found && !is_time(pass, due, &campaign))
		return true;
	pass->folding.campaign_id = due->campaign_id;
	pass->worked = true;
	return tracked_links_read(pass->folding.store, due->campaign_id, arena, &pass->folding.links, err) &&
	       fold_rest(pass, arena, err) && answers_sum(pass->folding.store, due->campaign_id, pass->folding.now, err) &&
	       fold_tell(&pass->folding, err);
}

static bool find_due(struct store *store, struct arena *arena, struct answers **due, int *count, struct error *err) {
	return store_list(store, SUMS, FILTER(eq_bool("is_due", true)), SORT(asc("told_at"), asc("_id")), DUE_MAX,
	                  &answers_record, arena, (void **)due, count, err);
}

static bool tell_due(struct pass *pass, struct error *err) {
	struct answers *due;
	int count;
	if (!find_due(pass->folding.store, pass->arena, &due, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!job_beat(pass->run, NULL, err) || !tell(pass, &due[i], err))
			return false;
	return true;
}

static int64_t next_ms, caches_ms, expire_ms;
static bool caches_are_stale = true; /* whoever did this before may have been killed before it said so */

static bool renew_caches(struct store *store, bool worked, struct error *err) {
	int64_t now_ms = monotonic_ms();
	caches_are_stale = caches_are_stale || worked;
	if (!caches_are_stale || now_ms < caches_ms)
		return true;
	caches_ms = now_ms + CACHES_MS;
	if (!version_bump(store, REALM_FIGURES, err))
		return false;
	caches_are_stale = false;
	return true;
}

/* What was judged by older rules, as far as its hits are kept. What is only counted has no mail any more to judge by.
 */
static bool rejudge(struct pass *pass, bool *more, struct error *err) {
	struct rows places;
	if (!store_list(pass->folding.store, "answer_blocks", FILTER(lt_count("rules", JUDGING_RULES), is_present("block")),
	                SORT(asc("campaign_id"), asc("_id")), EXPIRE_AT_ONCE, &place_record, pass->arena, &places.items,
	                &places.count, err))
		return false;
	*more = places.count == EXPIRE_AT_ONCE;
	return fold_places(pass, &places, false, err) && (places.count == 0 || sum_up(pass, err));
}

/* Looked for once an hour, until there is nothing left. */
static bool expire(struct pass *pass, struct error *err) {
	const struct settings *settings = pass->folding.settings;
	struct moment before = moment_add(day_start(pass->folding.now), -settings->hits_days * DAY_MS);
	bool more = false, older = false;
	if (monotonic_ms() < expire_ms)
		return true;
	if (!job_beat(pass->run, NULL, err) || !rejudge(pass, &older, err) ||
	    (settings->hits_days > 0 && !hits_expire(pass->folding.store, before, EXPIRE_AT_ONCE, &more, err)))
		return false;
	expire_ms = more || older ? 0 : monotonic_ms() + EXPIRE_MS;
	return true;
}

static bool run_fold(struct job_run *run, struct error *err) {
	ARENA_AUTO arena = arena_new();
	int64_t began = monotonic_ms();
	struct pass pass = { .run = run, .arena = arena };
	pass.folding = (struct folding){
		.store = run->store, .settings = run->context, .rules = &pass.rules, .arena = arena, .now = run->now
	};
	if (!place_all(&pass, err) || !fold_waiting(&pass, err) || !tell_due(&pass, err) || !expire(&pass, err) ||
	    !renew_caches(run->store, pass.worked, err))
		return false;
	int64_t took = monotonic_ms() - began, rest = took < REST_MS ? REST_MS : took;
	next_ms = monotonic_ms() + (rest > REST_MAX_MS ? REST_MAX_MS : rest);
	run->result = "folded";
	return true;
}

/* Campaigns that wait to be told again keep nobody busy: they are looked for once an interval. */
static bool is_anything_to_do(struct store *store, const struct settings *settings, bool *is, struct error *err) {
	static int64_t due_ms;
	int64_t count = 0, now_ms = monotonic_ms();
	*is = caches_are_stale || now_ms >= expire_ms;
	if (!*is && !store_count_most(store, HITS, FILTER(eq_bool("waits", true)), 1, &count, err))
		return false;
	*is = *is || count > 0;
	if (*is || now_ms < due_ms)
		return true;
	due_ms = now_ms + settings->results_seconds * SECOND_MS;
	if (!store_count_most(store, SUMS, FILTER(eq_bool("is_due", true)), 1, &count, err))
		return false;
	*is = count > 0;
	return true;
}

static bool plan_fold(struct store *store, struct moment now, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct job_request request = { .kind = fold_job.name, .key = fold_job.name };
	const char *id;
	bool already, is;
	(void)now;
	if (monotonic_ms() < next_ms)
		return true;
	next_ms = monotonic_ms() + REST_MS;
	return is_anything_to_do(store, context, &is, err) &&
	       (!is || queue_ask(store, &request, arena, &id, &already, err));
}

const struct job_kind fold_job = {
	.name = "fold",
	.run = run_fold,
	.plan = plan_fold,
	.lease_ms = LEASE_MS,
	.backoff = { SECOND_MS, 60 * SECOND_MS },
};
