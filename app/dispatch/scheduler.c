/* Starting campaigns at their time. */
#include "dispatch/scheduler.h"

#include <inttypes.h>

#include "core/base/log.h"
#include "core/store/clock.h"
#include "dispatch/acting.h"
#include "dispatch/log.h"
#include "notices/notice.h"

enum { DUE_MAX = 100 };

struct due {
	const char *id, *name;
	struct moment scheduled_time;
};
static const struct field due_fields[] = {
	FIELD(struct due, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct due, name),
	FIELD(struct due, scheduled_time),
};
static const struct record_type due_record = RECORD_TYPE("CampaignDue", struct due, due_fields);

bool scheduler_is_late(struct moment scheduled, struct moment now) {
	return now.ms - scheduled.ms > ACTING_LATE_MS;
}

/* Once for each time that was chosen. */
static bool tell(const struct acting *acting, const struct due *due, const char *what, const char *words,
                 struct error *err) {
	struct arena *arena = acting->arena;
	const struct notice notice = {
		.key = arena_print(arena, "%s:%s:%" PRId64, what, due->id, due->scheduled_time.ms),
		.kind = NOTICE_CAMPAIGN,
		.words = words,
		.campaign = due->id,
		.name = due->name,
		.address = arena_print(arena, "/campaigns/%s/review", due->id),
		.at = acting->now,
		.read_at = MOMENT_NONE,
	};
	return notice_tell(acting->store, &notice, arena, err);
}

/* It would be refused again and again. */
static bool give_back(const struct acting *acting, const struct due *due, const struct error *why, struct error *err) {
	const char *words = arena_print(acting->arena, "Was not sent at its time, and is a draft again: %s", why->text);
	struct error ignored = ERROR_INIT;
	if (!campaign_log(acting->store, due->id, CAMPAIGN_LOG_ERROR, words, NULL, acting->now, &ignored))
		log_failure("writing the log of a campaign", &ignored);
	return tell(acting, due, "unsent", words, err) && acting_move(acting, due->id, CAMPAIGN_UNSCHEDULE, err);
}

static bool start(const struct acting *acting, const struct due *due, struct error *err) {
	struct error why = ERROR_INIT;
	if (scheduler_is_late(due->scheduled_time, acting->now))
		return tell(acting, due, "missed",
		            "Was not sent at its time, as Telltale was not running then: send it now, or choose another time",
		            err);
	if (acting_send(acting, due->id, NULL, &why) || why.kind == ERROR_CONFLICT || why.kind == ERROR_MISSING)
		return true; /* another one was first, or its time was changed */
	if (why.kind == ERROR_INVALID)
		return give_back(acting, due, &why, err);
	*err = why;
	return false;
}

bool scheduler_turn(struct store *store, const struct settings *settings, struct moment now, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct due *all;
	int count;
	bool fine = true;
	if (!store_list(store, "campaigns",
	                FILTER(eq_choice("origin", &campaign_origins, CAMPAIGN_OWN),
	                       eq_choice("status", &campaign_statuses, CAMPAIGN_SCHEDULED),
	                       lte_moment("scheduled_time", now)),
	                SORT(desc("scheduled_time"), desc("_id")), DUE_MAX, &due_record, arena, (void **)&all, &count, err))
		return false;
	for (int i = count - 1; i >= 0; i--) {
		const struct acting acting = { store, settings, arena, NULL, now };
		struct error why = ERROR_INIT;
		if (!start(&acting, &all[i], &why)) {
			*err = why;
			fine = false; /* the others are started all the same */
		}
	}
	return fine;
}

static bool plan(struct store *store, struct moment machine_now, void *context, struct error *err) {
	static int64_t next_ms;
	const struct settings *settings = context;
	struct moment now;
	(void)machine_now;
	if (monotonic_ms() < next_ms)
		return true;
	next_ms = monotonic_ms() + settings->scheduler_seconds * SECOND_MS;
	return store_now(store, &now, err) && scheduler_turn(store, settings, now, err);
}

/* It only plans. */
static bool run(struct job_run *run, struct error *err) {
	(void)run;
	(void)err;
	return true;
}

const struct job_kind scheduler_job = {
	.name = "campaign_schedule", .run = run, .plan = plan, .lease_ms = 60 * SECOND_MS, .attempts_max = 1
};
