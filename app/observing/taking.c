/* Answers as they are kept and processed. */
#include "observing/taking.h"

#include "observing/raw.h"

/* What a run keeps once, and has kept before it was interrupted, stands, whatever the provider says now: else it would
 * never be processed. */
static bool find_kept(struct work *work, const struct task *task, struct http_answer *answer, struct raw_answer *raw,
                      bool *found, struct arena *arena, struct error *err) {
	*found = false;
	return !task->kind->kept_as || task->word || !work->run.resumed ||
	       STORED(work, err, raw_find_kept(work->store, work->run.id, task, answer, raw, found, arena, err));
}

bool answer_take(struct work *work, struct task *task, const struct http_answer *answer, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct http_answer kept = *answer;
	struct raw_answer raw;
	bool keeps;
	if (!find_kept(work, task, &kept, &raw, &keeps, arena, err))
		return true; /* the run was stopped */
	bool is_news = !keeps && task->kind->kept_as && task->kind->is_news(task, answer);
	work->answered_at = work->run.history_at = moment_add(work_now(work), work->ahead_ms);
	work->repeated = false;
	if (is_news && !STORED(work, err,
	                       raw_keep(work->store, work->run.id, task, work->answered_at,
	                                task->kind->passes && task->kind->passes(task, answer), &kept, &raw, arena, err)))
		return true;
	keeps = keeps || is_news;
	if (keeps) {
		work->answered_at = raw.at;
		work->repeated = raw.taken;
	}
	if (!task->kind->take(work, task, &kept, err))
		return false;
	if (keeps && !raw.taken && !work->stop)
		(void)STORED(work, err, raw_save_taken(work->store, &raw, err));
	return true;
}
