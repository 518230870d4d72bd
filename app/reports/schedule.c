/* Schedules: rules and storage. */
#include "reports/schedule.h"

#include <string.h>

#include "audience/lists/list.h"
#include "core/base/collate.h"
#include "core/base/cron_words.h"
#include "core/base/zones.h"
#include "core/formats/mail.h"
#include "core/formats/period.h"
#include "reports/compose.h"
#include "reports/partners/partner.h"

static const char SCHEDULES[] = "report_schedules";

static const char *const weekday_keys[WEEK_DAYS] = { "monday", "tuesday",  "wednesday", "thursday",
	                                                 "friday", "saturday", "sunday" };
static const struct choices weekdays = CHOICES(weekday_keys);

static const struct field request_fields[] = {
	FIELD(struct schedule_request, name, .max = 100, .doc = "By default partner and rhythm: ACME Energy monthly"),
	FIELD(struct schedule_request, cron, .max = 100,
	      .doc = "minute hour day month weekday (day L: the last), or daily, weekly, monthly (08:00); instead of "
	             "every"),
	FIELD(struct schedule_request, every, .choices = &cron_units, .doc = "With day or weekday, and time"),
	FIELD(struct schedule_request, day, .max = 4, .doc = "Of a month or quarter: 1 to 28, or last"),
	FIELD(struct schedule_request, weekday, .choices = &weekdays),
	FIELD(struct schedule_request, time, .max = 8, .doc = "Like 08:00"),
	FIELD(struct schedule_request, zone, .max = 60, .doc = "Like Europe/Berlin; UTC if absent"),
	FIELD(struct schedule_request, recipients, .max = 4000, .doc = "Addresses, separated by commas or lines"),
	FIELD(struct schedule_request, addresses, .max = RECIPIENTS_MAX),
	FIELD(struct schedule_request, attach, .doc = "The file itself instead of a link"),
	FIELD(struct schedule_request, paused),
	FIELD(struct schedule_request, skip_empty, .doc = "No report if nothing was sent in its period"),
	FIELD(struct schedule_request, fresh_hours, .unit = "hours", .max = 24 * 31,
	      .doc = "How old the figures may be, 0 for any age; 24 if absent"),
	FIELD(struct schedule_request, template, .choices = &report_templates),
	FIELD(struct schedule_request, compare, .choices = &report_compares),
	FIELD(struct schedule_request, paper, .choices = &paper_names),
	FIELD(struct schedule_request, title, .max = 200),
	FIELD(struct schedule_request, partner, .max = 100, .doc = "A partner's id or name"),
	FIELD(struct schedule_request, list, .max = 60),
	FIELD(struct schedule_request, note, .max = 2000),
	FIELD(struct schedule_request, period, .max = 20, .doc = "lastmonth if absent"),
	FIELD(struct schedule_request, blocks, .max = 30),
	FIELD(struct schedule_request, rev),
};
const struct record_type schedule_request_record = RECORD_TYPE("ReportScheduleRequest", struct schedule_request,
                                                               request_fields);

static const struct field schedule_fields[] = {
	FIELD(struct schedule, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct schedule, name),
	FIELD(struct schedule, cron),
	FIELD(struct schedule, zone),
	FIELD(struct schedule, addresses),
	FIELD(struct schedule, attach),
	FIELD(struct schedule, paused),
	FIELD(struct schedule, skip_empty),
	FIELD(struct schedule, fresh_hours, .unit = "hours"),
	FIELD(struct schedule, template, .choices = &report_templates),
	FIELD(struct schedule, compare, .choices = &report_compares),
	FIELD(struct schedule, paper, .choices = &paper_names),
	FIELD(struct schedule, title),
	FIELD(struct schedule, partner, .flags = FIELD_ID, .doc = "A partner's id"),
	FIELD(struct schedule, list, .flags = FIELD_ID),
	FIELD(struct schedule, note),
	FIELD(struct schedule, period),
	FIELD(struct schedule, blocks),
	FIELD(struct schedule, next_run_at),
	FIELD(struct schedule, created_at),
	FIELD(struct schedule, created_by),
	FIELD(struct schedule, rev, .flags = FIELD_REVISION),
};
const struct record_type schedule_record = RECORD_TYPE("ReportSchedule", struct schedule, schedule_fields);

/* The addresses from both list and text, without duplicates. */
static bool read_addresses(const struct schedule_request *request, struct arena *arena, struct strings *addresses,
                           struct error *err) {
	char *rest = arena_copy(arena, request->recipients ? request->recipients : ""), *word;
	size_t most = strlen(rest) + (size_t)request->addresses.count + 1;
	struct strings all = { arena_array(arena, const char *, most), 0 };
	for (int i = 0; i < request->addresses.count; i++)
		all.items[all.count++] = request->addresses.items[i];
	while ((word = strsep(&rest, ", ;\t\r\n")))
		if (*word)
			all.items[all.count++] = word;
	*addresses = recipient_distinct(&all, arena);
	if (addresses->count == 0)
		return error_field(err, "recipients", "Enter at least one recipient, like jane@acme.example");
	if (addresses->count > RECIPIENTS_MAX)
		return error_field(err, "recipients", "At most %d recipients get a report", RECIPIENTS_MAX);
	for (int i = 0; i < addresses->count; i++)
		if (!mail_check_address(addresses->items[i], "recipients", err))
			return false;
	return true;
}

static bool check_report(const struct schedule *schedule, struct moment now, struct error *err) {
	struct report_request request = { .template = schedule->template,
		                              .period = { MOMENT_NONE, MOMENT_NONE },
		                              .blocks = schedule->blocks,
		                              .as_of = MOMENT_NONE };
	struct param name = { "period", schedule->period };
	struct period period;
	return report_check(&request, now, err) &&
	       period_read(&(struct params){ &name, 1 }, now, "lastmonth", &period, err);
}

static bool read_day(const char *text, int *day, struct error *err) {
	int64_t number = 1;
	*day = CRON_LAST_DAY;
	if (text_same(text, "last"))
		return true;
	if (!text_is_empty(text) && !text_to_int(text, 1, CRON_DAY_MAX, &number))
		return error_field(err, "day", "The day is 1 to %d or last, not “%.10s”", CRON_DAY_MAX, text);
	*day = (int)number;
	return true;
}

/* The cron expression of a request in words. */
static bool read_words(const struct schedule_request *request, struct arena *arena, const char **cron,
                       struct error *err) {
	struct cron_words words = { .unit = request->every, .weekday = (int)request->weekday };
	if (!read_day(request->day, &words.day, err))
		return false;
	if (!cron_read_clock(request->time, &words.hour, &words.minute))
		return error_field(err, "time", "Write hours and minutes, like 08:00");
	*cron = cron_words_cron(&words, arena);
	return true;
}

static bool read_times(const struct schedule_request *request, struct moment now, struct arena *arena,
                       struct schedule *schedule, struct error *err) {
	struct cron cron;
	if (text_is_empty(request->cron) && !read_words(request, arena, &schedule->cron, err))
		return false;
	if (!cron_read(schedule->cron, &cron, err))
		return false;
	schedule->next_run_at = cron_next(&cron, schedule->zone, now);
	return moment_is_set(schedule->next_run_at) || error_field(err, "cron", "This day never comes: no month has it");
}

/* Notes a problem; the first one is also that of the whole. */
static bool note(bool fine, const struct error *problem, struct problems *problems, struct arena *arena, bool *all,
                 struct error *err) {
	if (fine)
		return true;
	problems_add(problems, arena, problem);
	if (*all)
		*err = *problem;
	*all = false;
	return false;
}

static bool check_all(const struct schedule_request *request, struct moment now, struct arena *arena,
                      struct schedule *schedule, struct problems *problems, struct error *err) {
	struct error one = ERROR_INIT;
	bool all = true;
	if (note(zones_check(schedule->zone, "zone", &one), &one, problems, arena, &all, err))
		(void)note(read_times(request, now, arena, schedule, &one), &one, problems, arena, &all, err);
	(void)note(read_addresses(request, arena, &schedule->addresses, &one), &one, problems, arena, &all, err);
	(void)note(check_report(schedule, now, &one), &one, problems, arena, &all, err);
	return all;
}

bool schedule_of(const struct schedule_request *request, const char *by, struct moment now, struct arena *arena,
                 struct schedule *schedule, struct problems *problems, struct error *err) {
	*schedule = (struct schedule){ .name = request->name,
		                           .cron = request->cron,
		                           .zone = text_is_empty(request->zone) ? "UTC" : request->zone,
		                           .attach = request->attach,
		                           .paused = request->paused,
		                           .skip_empty = request->skip_empty,
		                           .fresh_hours = request->fresh_hours == COUNT_NONE ? FRESH_HOURS
		                                                                             : request->fresh_hours,
		                           .template = request->template,
		                           .compare = request->compare,
		                           .paper = request->paper,
		                           .title = request->title,
		                           .partner = text_is_empty(request->partner) ? NULL : request->partner,
		                           .list = text_is_empty(request->list) ? NULL : request->list,
		                           .note = request->note,
		                           .period = text_is_empty(request->period) ? "lastmonth" : request->period,
		                           .blocks = request->blocks,
		                           .next_run_at = MOMENT_NONE,
		                           .created_at = now,
		                           .created_by = by,
		                           .rev = request->rev };
	return check_all(request, now, arena, schedule, problems, err);
}

char *schedule_words(const struct schedule *schedule, struct moment at, struct arena *arena) {
	struct error ignored = ERROR_INIT;
	struct cron_words words;
	struct cron cron;
	bool said = schedule->cron && cron_read(schedule->cron, &cron, &ignored) && cron_words_of(&cron, &words);
	return arena_print(arena, "%s in %s", said ? cron_words_text(&words, arena) : "At times of its own",
	                   zones_place(schedule->zone, at, arena));
}

void schedule_next_runs(const struct schedule *schedule, struct moment now, struct moment *runs, int count) {
	struct error ignored = ERROR_INIT;
	struct cron cron;
	bool fine = schedule->cron && cron_read(schedule->cron, &cron, &ignored);
	for (int i = 0; i < count; i++) {
		runs[i] = fine && moment_is_set(now) ? cron_next(&cron, schedule->zone, now) : MOMENT_NONE;
		now = runs[i];
	}
}

bool schedule_period(const struct schedule *schedule, struct moment due_at, struct report_period *period,
                     struct error *err) {
	ZONE_AUTO zone = zone_open(schedule->zone);
	struct param name = { "period", schedule->period };
	struct period wall;
	if (!period_read_wall(&(struct params){ &name, 1 }, zone_wall(zone, due_at), "lastmonth", &wall, err))
		return false;
	struct period moments = period_moments(&wall, zone);
	*period = (struct report_period){ moments.from, moments.to };
	return true;
}

char *schedule_proposed_name(const struct schedule *schedule, const char *partner, struct arena *arena) {
	static const char *const rhythms[CRON_UNIT_COUNT] = {
		[EVERY_DAY] = "daily", [EVERY_WEEK] = "weekly", [EVERY_MONTH] = "monthly", [EVERY_QUARTER] = "quarterly"
	};
	struct error ignored = ERROR_INIT;
	struct cron_words words;
	struct cron cron;
	bool said = schedule->cron && cron_read(schedule->cron, &cron, &ignored) && cron_words_of(&cron, &words);
	return arena_print(arena, "%s %s", partner ? partner : "All campaigns", said ? rhythms[words.unit] : "report");
}

static void name_it(struct schedule *schedule, const char *partner, struct arena *arena) {
	if (text_is_empty(schedule->name))
		schedule->name = schedule_proposed_name(schedule, partner, arena);
}

/* A partner may be given by name; its id is stored. */
static bool find_partner(struct store *store, struct schedule *schedule, struct arena *arena, struct error *err) {
	struct partner partner;
	bool found;
	if (!schedule->partner) {
		name_it(schedule, NULL, arena);
		return true;
	}
	if (!partner_find(store, schedule->partner, arena, &partner, &found, err))
		return false;
	if (!found)
		return error_field(err, "partner", "There is no partner “%.60s”", schedule->partner);
	schedule->partner = partner.id;
	name_it(schedule, partner.name, arena);
	return true;
}

/* Validates the request, including its partner and list. */
static bool read_request(struct store *store, const struct schedule_request *request, const char *by, struct moment now,
                         struct arena *arena, struct schedule *schedule, struct problems *problems, struct error *err) {
	return schedule_of(request, by, now, arena, schedule, problems, err) && find_partner(store, schedule, arena, err) &&
	       list_of_request(store, schedule->list, "list", arena, &schedule->list, err);
}

bool schedule_create(struct store *store, const struct schedule_request *request, const char *id, const char *by,
                     struct moment now, struct arena *arena, struct problems *problems, struct error *err) {
	struct schedule schedule;
	int64_t others;
	bool was_there;
	if (!read_request(store, request, by, now, arena, &schedule, problems, err) ||
	    !store_count(store, SCHEDULES, FILTER(ne_id("_id", id)), &others, err))
		return false;
	if (others >= SCHEDULES_MAX)
		return error_set(err, ERROR_INVALID, "There are %d schedules, the most there can be. Delete one first",
		                 SCHEDULES_MAX);
	schedule.id = id;
	return store_create(store, SCHEDULES, &schedule_record, &schedule, id, &was_there, err);
}

/* Replaces everything except creator and creation time; absent members are removed. */
bool schedule_change(struct store *store, const struct schedule_request *request, const char *id, const char *by,
                     struct moment now, struct arena *arena, struct problems *problems, struct error *err) {
	struct schedule schedule;
	bool found;
	return read_request(store, request, by, now, arena, &schedule, problems, err) &&
	       store_save(store, SCHEDULES, FILTER(by_id(text_after(id, "schedule_"))), &schedule_record, &schedule,
	                  EXCEPT("created_at", "created_by"), &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no schedule %.60s", id));
}

bool schedule_pause(struct store *store, const char *id, bool paused, struct moment now, struct arena *arena,
                    struct error *err) {
	struct schedule schedule;
	struct moment next;
	bool found = false;
	if (!schedule_find(store, id, arena, &schedule, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no schedule %.60s", id);
	schedule_next_runs(&schedule, now, &next, 1);
	return store_update(store, SCHEDULES, FILTER(by_id(schedule.id)),
	                    UPDATE(set_bool("paused", paused), set_moment("next_run_at", next), add_count("rev", 1)),
	                    &found, err);
}

bool schedule_find(struct store *store, const char *id, struct arena *arena, struct schedule *schedule, bool *found,
                   struct error *err) {
	return store_find(store, SCHEDULES, FILTER(by_id(text_after(id, "schedule_"))), NULL, &schedule_record, arena,
	                  schedule, found, err);
}

bool schedule_list(struct store *store, struct arena *arena, struct rows *schedules, struct error *err) {
	if (!store_list(store, SCHEDULES, &everything, SORT(asc("name"), asc("_id")), SCHEDULES_MAX, &schedule_record,
	                arena, &schedules->items, &schedules->count, err))
		return false;
	COLLATE(schedules->items, schedules->count, struct schedule, name);
	return true;
}

static bool pull_one_back(struct store *store, const struct schedule *schedule, struct moment now, struct error *err) {
	struct error ignored = ERROR_INIT;
	struct cron cron;
	bool matched;
	if (!cron_read(schedule->cron, &cron, &ignored))
		return true;
	struct moment next = cron_next(&cron, schedule->zone, now);
	if (!moment_is_set(next) || next.ms >= schedule->next_run_at.ms)
		return true;
	return store_update(store, SCHEDULES, FILTER(by_id(schedule->id), eq_moment("next_run_at", schedule->next_run_at)),
	                    UPDATE(set_moment("next_run_at", next)), &matched, err);
}

bool schedule_pull_back(struct store *store, struct moment now, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct schedule *later;
	int count;
	if (!store_list(store, SCHEDULES, FILTER(gt_moment("next_run_at", now), ne_bool("paused", true)), NULL,
	                SCHEDULES_MAX, &schedule_record, arena, (void **)&later, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!pull_one_back(store, &later[i], now, err))
			return false;
	return true;
}

bool schedule_drop(struct store *store, const char *id, bool *found, struct error *err) {
	int64_t deleted;
	bool fine = store_delete(store, SCHEDULES, FILTER(by_id(text_after(id, "schedule_"))), &deleted, err);
	*found = deleted > 0;
	return fine;
}
