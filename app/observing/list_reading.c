/* Reading the people of each list, and forgetting those who are gone. */
#include "observing/list_reading.h"

#include <stddef.h>
#include <string.h>

#include "audience/contacts/suppressing.h"
#include "core/base/lease.h"
#include "events/engagement.h"
#include "events/event.h"
#include "observing/raw.h"

enum { PAGE = 100, OVERLAP_MS = 5 * MINUTE_MS, FORGET_AT_ONCE = 200, FEW_MISSING = 2 };

static void contacts_url(const struct task *task, struct buf *url) {
	char since[MOMENT_TEXT];
	buf_text_add(url, "/lists/");
	url_encode(url, task->external.id);
	buf_print(url, "/contacts?limit=%d&status=%s", PAGE, task->word);
	if (moment_is_set(task->since)) {
		buf_text_add(url, "&last_updated_at.gte=");
		url_encode(url, moment_format(task->since, since));
	}
}

static bool take_contacts(struct work *work, struct task *task, const struct http_answer *answer, struct error *err) {
	struct contact_page page;
	int erased = 0;
	bool cut;
	ARENA_AUTO arena = arena_new();
	if (!emailoctopus_contacts(arena, answer, &page, err) ||
	    !work_has_all(task, page.count + page.unread, PAGE, &page.next, &cut, err))
		return false;
	struct list_reading *reading = task->about;
	task->rows += page.count + page.unread;
	reading->came += page.count + page.unread;
	page.count = work_drop_repeats(work, task, (struct rows){ page.contacts, page.count }, sizeof *page.contacts,
	                               offsetof(struct membership, external), NULL);
	for (int i = 0; i < page.count; i++) {
		page.contacts[i].list_id = task->id;
		page.contacts[i].external.connection_id = task->external.connection_id;
		page.contacts[i].seen_run = work->run.id;
	}
	if (STORED(work, err, contact_leave_erased(work->store, page.contacts, &page.count, arena, &erased, err)))
		reading->erased += erased;
	if (!work->stop && STORED(work, err, engagement_save_contacts(work->store, page.contacts, page.count, arena, err)))
		work->run.contacts += page.count;
	work_gap_rows(work, task, page.unread);
	reading->is_cut |= cut;
	work_unreadable(work, task, &page.unreadable);
	(void)work_next_page(work, task, &page.next);
	return true;
}

/* The list is gone since it was listed: that is no gap, and the other lists are read. */
static bool list_is_gone(struct work *work, const struct task *task) {
	struct list_reading *reading = task->about;
	struct error err = ERROR_INIT;
	if (!reading->is_gone)
		(void)STORED(work, &err, list_save_gone(work->store, task->id, work_now(work), &err));
	reading->is_gone = true;
	return true;
}

static void count_url(const struct task *task, struct buf *url) {
	buf_text_add(url, "/lists/");
	url_encode(url, task->external.id);
}

static bool take_count(struct work *work, struct task *task, const struct http_answer *answer, struct error *err) {
	struct list_reading *reading = task->about;
	struct unreadable unreadable;
	struct list list;
	ARENA_AUTO arena = arena_new();
	if (!emailoctopus_list(arena, answer, task->external.id, &list, &unreadable, err))
		return false;
	work_unreadable(work, task, &unreadable);
	const struct list_counts *counts = &list.counts;
	bool known = counts->subscribed != COUNT_NONE && counts->unsubscribed != COUNT_NONE &&
	             counts->pending != COUNT_NONE;
	reading->told = known ? list_total(counts) : COUNT_NONE;
	return true;
}

static const struct task_kind contacts_kind = {
	.what = "contacts", .url = contacts_url, .take = take_contacts, .gone = list_is_gone, .counts = true, .dates = true
};
static const struct task_kind count_kind = {
	.what = "number of contacts of", .url = count_url, .take = take_count, .gone = list_is_gone, .counts = true
};

/* Reading only changes does not reveal deletions. The whole list is read once a week, on request, and (at most daily)
 * if its number of contacts differs from ours. */
static bool is_full_due(struct work *work, const struct list *list) {
	struct error err = ERROR_INIT;
	int64_t held = 0;
	if (!moment_is_set(list->contacts_full_at) || text_same(work->run.trigger, "full"))
		return true;
	if (!was_lately(list->contacts_full_at, 7 * DAY_MS, work->run.started_at))
		return true;
	if (was_lately(list->contacts_full_at, DAY_MS, work->run.started_at) ||
	    !STORED(work, &err, membership_count(work->store, list->id, NULL, &held, &err)))
		return false;
	return held != list_total(&list->counts);
}

static struct task *add_task(struct work *work, const struct task_kind *kind, struct list_reading *reading) {
	struct task *task = work_add(work, kind);
	task->id = reading->list.id;
	task->external = reading->list.external;
	task->incomplete = &reading->incomplete;
	task->about = reading;
	return task;
}

static int64_t count_of_status(const struct list *list, int status) {
	const struct list_counts *counts = &list->counts;
	return status == CONTACT_SUBSCRIBED     ? counts->subscribed
	       : status == CONTACT_UNSUBSCRIBED ? counts->unsubscribed
	       : status == CONTACT_PENDING      ? counts->pending
	                                        : 0;
}

static void plan_list(struct work *work, struct list_reading *reading) {
	reading->full = is_full_due(work, &reading->list);
	for (int status = CONTACT_SUBSCRIBED; status < CONTACT_STATUS_COUNT; status++) {
		struct task *task = add_task(work, &contacts_kind, reading);
		task->word = contact_statuses.names[status];
		if (!reading->full && moment_is_set(reading->list.contacts_read_at))
			task->since = moment_add(reading->list.contacts_read_at, -OVERLAP_MS);
		else
			task->counter = count_of_status(&reading->list, status);
	}
}

bool list_readings_plan(struct work *work, struct list_reading **readings, int *count) {
	struct error err = ERROR_INIT;
	struct list *lists;
	if (!STORED(work, &err, list_all_ever(work->store, work->arena, &lists, count, &err)))
		return false;
	*readings = arena_array(work->arena, struct list_reading, *count + 1);
	for (int i = 0; i < *count; i++) {
		struct list_reading *reading = &(*readings)[i];
		*reading = (struct list_reading){ .list = lists[i],
			                              .was_gone = moment_is_set(lists[i].gone_at),
			                              .told = COUNT_NONE };
		if (!reading->was_gone)
			plan_list(work, reading);
	}
	return true;
}

void list_readings_check(struct work *work, struct list_reading *readings, int count) {
	struct error err = ERROR_INIT;
	for (int i = 0; i < count && !work->stop; i++) {
		struct list_reading *reading = &readings[i];
		int64_t unseen = 0;
		if (!reading->was_gone && (!reading->full || reading->incomplete || reading->is_gone))
			continue;
		if (reading->is_cut) {
			(void)add_task(work, &count_kind, reading);
			continue;
		}
		if (STORED(work, &err, membership_count(work->store, reading->list.id, work->run.id, &unseen, &err)) && unseen)
			(void)add_task(work, &count_kind, reading);
	}
}

/* The ids at the provider of those memberships whose people are forgotten. */
static struct strings refs_of(const struct membership *rows, int count, const struct strings *people,
                              struct arena *arena) {
	struct strings refs = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		if (strings_have(people, rows[i].contact_id))
			refs.items[refs.count++] = rows[i].external.id;
	return refs;
}

/* The addresses of these people in raw answers. */
static bool find_norms(struct store *store, const struct strings *people, struct arena *arena, struct strings *norms,
                       struct error *err) {
	struct contact *contacts;
	int count;
	*norms = (struct strings){ arena_array(arena, const char *, people->count + 1), 0 };
	if (!contact_find_names(store, people, arena, &contacts, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (contacts[i].email_norm)
			norms->items[norms->count++] = contacts[i].email_norm;
	return true;
}

/* Forgets one batch of contacts that this run did not see; *some: there was at least one. */
static bool forget_batch(struct work *work, const struct list *list, bool confirmed, bool *some, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct membership *rows;
	struct strings people, norms, campaign_ids;
	int count = 0;
	*some = false;
	if (!STORED(work, err,
	            membership_find_gone(work->store, list->id, work->run.id, confirmed, FORGET_AT_ONCE, arena, &rows,
	                                 &count, err)))
		return false;
	*some = count > 0;
	if (!count)
		return true;
	if (!STORED(work, err, contact_last_of(work->store, rows, count, arena, &people, err)))
		return false;
	struct strings refs = refs_of(rows, count, &people, arena);
	bool fine = STORED(work, err, find_norms(work->store, &people, arena, &norms, err)) &&
	            STORED(work, err, event_campaigns(work->store, &people, arena, &campaign_ids, err)) &&
	            STORED(work, err, raw_forget(work->store, &campaign_ids, &norms, &refs, err)) &&
	            STORED(work, err, event_forget(work->store, &people, err)) &&
	            STORED(work, err, contact_forget(work->store, rows, count, &people, arena, err));
	work->run.forgotten += fine ? count : 0;
	return fine;
}

/* Forgets those of the list whom this run did not see: all if that is confirmed, else those whom an earlier complete
 * reading did not see, either. The others are waited for. */
static void forget_unseen(struct work *work, const struct list *list, bool confirmed) {
	struct error err = ERROR_INIT;
	bool some = true;
	while (some && !work->stop && forget_batch(work, list, confirmed, &some, &err))
		work_beat(work);
	if (!work->stop && !confirmed)
		(void)STORED(work, &err, membership_note_missing(work->store, list->id, work->run.id, &err));
}

/* Somebody whose status changes during the reading may come in none of the answers. If the list then has as many
 * contacts as came, the others are gone; if far fewer came than it has, the answers were not whole. */
static void forget_gone(struct work *work, const struct list_reading *reading) {
	struct error err = ERROR_INIT;
	int64_t held = 0, unseen = 0;
	int64_t told = reading->told == COUNT_NONE ? COUNT_NONE : reading->told - reading->erased;
	const char *id = reading->list.id;
	if (!STORED(work, &err, membership_count(work->store, id, NULL, &held, &err)) ||
	    !STORED(work, &err, membership_count(work->store, id, work->run.id, &unseen, &err)) || !unseen)
		return;
	if (told != COUNT_NONE && held - unseen < told - told / 100 - FEW_MISSING)
		work_gap(work, &(struct task){ .kind = &contacts_kind, .external = reading->list.external },
		         arena_print(work->arena, "only %lld of %lld contacts came: nobody is forgotten",
		                     (long long)(held - unseen), (long long)told));
	else
		forget_unseen(work, &reading->list, held - unseen == told);
}

/* If the provider has none of the lists that there were, it is rather another account, or a fault. */
static bool has_any(const struct list_reading *readings, int count) {
	for (int i = 0; i < count; i++)
		if (!readings[i].was_gone && !readings[i].is_gone)
			return true;
	return false;
}

/* As many as the list has now, by its own count after the reading: then the full page was the last one. */
static void judge_cut(struct work *work, struct list_reading *reading) {
	if (!reading->is_cut || reading->is_gone || reading->incomplete || reading->came == reading->told)
		return;
	work_gap(work,
	         &(struct task){
				 .kind = &contacts_kind, .external = reading->list.external, .incomplete = &reading->incomplete },
	         reading->told == COUNT_NONE
	             ? arena_print(work->arena, "it ends after %lld rows, with a full page", (long long)reading->came)
	             : arena_print(work->arena, "it ends after %lld of %lld rows", (long long)reading->came,
	                           (long long)reading->told));
}

/* From now on, only changes after the start of this run need to be read: by the provider's clock, because the provider
 * compares it with its own times. A list with a gap is read again as if this run had not been. */
static void end_reading(struct work *work, struct list_reading *reading, bool has_others) {
	struct error err = ERROR_INIT;
	struct moment began = moment_is_set(work->provider_at) ? work->provider_at : work->run.started_at;
	if (reading->was_gone && reading->is_gone && has_others)
		forget_unseen(work, &reading->list, true);
	judge_cut(work, reading);
	if (reading->was_gone || reading->is_gone || reading->incomplete)
		return;
	if (reading->full)
		forget_gone(work, reading);
	(void)STORED(work, &err, list_save_read(work->store, reading->list.id, began, reading->full, &err));
}

void list_readings_end(struct work *work, struct list_reading *readings, int count) {
	bool has_others = has_any(readings, count);
	for (int i = 0; i < count && !work->stop; i++)
		end_reading(work, &readings[i], has_others);
}
