/* What a holder asks of the database. */
#include <string.h>

#include "audience/contacts/fewer.h"
#include "campaigns/own_campaign.h"
#include "core/base/log.h"
#include "core/jobs/queue.h"
#include "core/store/clock.h"
#include "core/store/version.h"
#include "dispatch/log.h"
#include "dispatch/stop.h"
#include "sender/hand_parts.h"
#include "sender/limits.h"

/* PEOPLE_MS: whoever said something of people may have been killed before they raised the version. */
enum { TAKES_MAX = 16, PEOPLE_MS = 10 * SECOND_MS, WARMING_TOLD_MS = 12 * 60 * MINUTE_MS };

static struct mailable_question question_of(const struct hand *hand, struct moment now) {
	const struct settings *settings = hand->shared->settings;
	return (struct mailable_question){ .list_id = hand->campaign->dispatch.list_id,
		                               .base_list_id = hand->campaign->dispatch.base_list_id,
		                               .suppression_list = settings->suppression_list,
		                               .require_consent = settings->require_consent,
		                               .validate_domains = settings->validate_domains,
		                               .campaign_id = hand->campaign->dispatch.id,
		                               .now = now };
}

bool hand_append(struct hand *hand, struct error *err) {
	struct ledger_words words[APPEND_ENTRIES_MAX];
	const struct journal_append *append = &hand->holder.append;
	bool taken;
	for (int i = 0; i < append->count; i++) {
		const struct message_entry *entry = &append->entries[i];
		bool refused = entry->event == MESSAGE_DEFER || entry->event == MESSAGE_FAIL;
		bool erased = hand->stops[entry->index] == STOP_GONE;
		words[i].text = refused && !erased ? hand->words[entry->index] : NULL;
	}
	bool stored = ledger_append(hand->shared->store, hand->block.id, append, words, &taken, err);
	holder_stored(&hand->holder, !stored ? STORED_UNKNOWN : taken ? STORED_TAKEN : STORED_YES, boot_ms());
	hand->is_changed = true;
	return stored;
}

bool hand_look(struct hand *hand, struct error *err) {
	struct journal_append *found = arena_new_of(hand->arena, struct journal_append);
	bool is_there;
	if (!ledger_look(hand->shared->store, hand->block.id, hand->holder.append.sequence, found, &is_there, err))
		return false;
	holder_looked(&hand->holder, is_there ? found : NULL);
	return true;
}

bool hand_change_job(struct hand *hand, enum job_verb verb, int64_t wait_ms, bool *is_mine, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct job_change change = { verb, { hand->shared->owner, hand->job.fence }, wait_ms, NULL };
	struct job job;
	return queue_change(hand->shared->store, hand->job.id, &change, arena, &job, is_mine, err);
}

bool hand_renew(struct hand *hand, struct error *err) {
	int64_t began_ms = boot_ms();
	bool is_mine;
	if (!hand_change_job(hand, JOB_EXTEND, 0, &is_mine, err))
		return false;
	holder_renewed(&hand->holder, is_mine, began_ms);
	return true;
}

/* Whoever wants fewer emails gets this one if it is its turn. */
static bool claim_turns(struct hand *hand, const struct contact *contacts, int count, struct moment now,
                        enum mailable *verdicts, struct error *err) {
	const struct recipient *people = hand->block.people.items;
	for (int i = 0; i < hand->block.people.count; i++) {
		const struct contact *contact = people[i].contact_id ? contact_with_id(contacts, count, people[i].contact_id)
		                                                     : NULL;
		const unsigned state = hand->holder.fold.messages[i].state;
		bool has = true;
		if (!contact || !moment_is_set(contact->fewer_at) || verdicts[contact - contacts] != MAILABLE ||
		    (state != MESSAGE_PENDING && state != MESSAGE_DEFERRED))
			continue;
		if (!fewer_claim(hand->shared->store, contact, hand->campaign->dispatch.id, now, &has, err))
			return false;
		if (!has)
			verdicts[contact - contacts] = MAILABLE_FEWER;
	}
	return true;
}

/* Who of the block may not be sent to now; whoever is not among the contacts is gone. */
static bool read_stops(struct hand *hand, struct moment now, struct arena *arena, struct error *err) {
	const struct mailable_question question = question_of(hand, now);
	const struct recipient *people = hand->block.people.items;
	struct contact *contacts;
	int count;
	if (!verdict_contacts(hand->shared->store, &hand->block.contact_ids, arena, &contacts, &count, err))
		return false;
	enum mailable *verdicts = arena_array(arena, enum mailable, count + 1);
	if (!verdict_read(hand->shared->store, contacts, count, &question, arena, verdicts, err) ||
	    !claim_turns(hand, contacts, count, now, verdicts, err))
		return false;
	for (int i = 0; i < hand->block.people.count; i++) {
		const struct contact *contact = people[i].contact_id ? contact_with_id(contacts, count, people[i].contact_id)
		                                                     : NULL;
		hand->stops[i] = (unsigned char)(contact ? stop_of(verdicts[contact - contacts]) : STOP_GONE);
	}
	return true;
}

/* The people are read again if something was said of people since, and now and then. */
bool hand_read(struct hand *hand, struct error *err) {
	ARENA_AUTO arena = arena_new();
	int64_t began_ms = boot_ms();
	struct versions versions;
	enum campaign_status status;
	struct moment now;
	if (!store_now(hand->shared->store, &now, err) || !versions_read(hand->shared->store, &versions, err) ||
	    !places_read(&hand->places, hand->shared->store, hand->post->connection.id, hand->campaign->warming, err) ||
	    !campaign_read_status(hand->shared->store, hand->block.campaign_id, &status, err))
		return false;
	int64_t people = version_of_people(&versions);
	bool same = hand->has_versions && people == hand->people_version && versions.settings == hand->settings_version &&
	            began_ms - hand->people_ms < PEOPLE_MS;
	if (!same && !read_stops(hand, now, arena, err))
		return false;
	if (!same)
		hand->people_ms = began_ms;
	hand->has_versions = true;
	hand->people_version = people;
	hand->settings_version = versions.settings;
	hand->now = now;
	hand->now_ms = began_ms;
	enum holder_word word = hand->is_closing               ? WORD_PAUSE
	                        : status == CAMPAIGN_SENDING   ? WORD_GO
	                        : status == CAMPAIGN_SENT      ? WORD_GO /* what was asked to be sent again */
	                        : status == CAMPAIGN_CANCELLED ? WORD_CANCEL
	                                                       : WORD_PAUSE;
	holder_read(&hand->holder, word, hand->stops, began_ms);
	return true;
}

static int64_t rate_of(const struct dispatch *dispatch) {
	int64_t rate = dispatch->rate != COUNT_NONE ? dispatch->rate : dispatch->said.send_rate_limit_emails;
	return rate == COUNT_NONE ? 0 : rate;
}

/* While no limit is near, tokens are taken for more than can begin at once: what is asked of the database for each mail
 * would cost more than the mail. What is left of them at the end of their window is wasted. */
static int64_t tokens_wanted(const struct hand *hand, const struct holder_task *task, bool is_warming) {
	int64_t left = hand->holder.fold.counts[MESSAGE_PENDING], wanted = task->count * hand->campaign->takes;
	if (is_warming)
		return task->count; /* a day's plan is small, and nothing of it is wasted */
	return wanted <= left ? wanted : task->count > left ? task->count : left;
}

/* Of what was taken before for all destinations. */
static bool use_spare(struct hand *hand, const struct holder_task *task) {
	int64_t now_ms = boot_ms(), count = hand->spare < task->count ? hand->spare : task->count;
	if (count <= 0 || now_ms >= hand->spare_until_ms)
		return false;
	hand->spare -= count;
	holder_took(&hand->holder, task->index, count, hand->spare_until_ms - now_ms, now_ms);
	return true;
}

static void keep_spare(struct hand *hand, const struct holder_task *task, struct pace_grant *grant, int64_t began_ms) {
	if (grant->count <= task->count)
		return;
	hand->spare = grant->count - task->count;
	hand->spare_until_ms = began_ms + grant->valid_ms;
	grant->count = task->count;
}

/* The campaign's log says it, once in a while. */
static void tell_warming(const struct hand *hand) {
	static const char text[] = "The sender’s domain is being warmed up: what a mailbox provider may not have today "
							   "waits for the next day (UTC)";
	struct error err = ERROR_INIT;
	if (boot_ms() < hand->campaign->warming_told_ms)
		return;
	hand->campaign->warming_told_ms = boot_ms() + WARMING_TOLD_MS;
	if (!campaign_log(hand->shared->store, hand->block.campaign_id, CAMPAIGN_LOG_INFO, text, NULL, hand_time(hand),
	                  &err))
		log_failure("writing a campaign's log", &err);
}

bool hand_take(struct hand *hand, const struct holder_task *task, struct error *err) {
	ARENA_AUTO arena = arena_new();
	if (!post_refresh(&hand->shared->posts, hand->post, err))
		return false;
	const struct connection *connection = &hand->post->connection;
	const struct dispatch *dispatch = &hand->campaign->dispatch;
	const char *place = hand->places.items[hand->places.of[task->index]].name;
	int64_t began_ms = boot_ms(), pause_ms;
	const struct pace_limits of_place = places_limits(&hand->places, task->index, hand_time(hand), &pause_ms);
	if (pause_ms > 0) {
		holder_took(&hand->holder, task->index, 0, pause_ms, began_ms);
		return true;
	}
	const struct pace_limits of_warming = places_warming(&hand->places, task->index, hand_time(hand));
	bool is_warming = limit_is_any(&of_warming), is_limited = is_warming || limit_is_any(&of_place);
	if (!is_limited && use_spare(hand, task))
		return true;
	const struct send_limit limits[] = {
		{ "system", limits_of_settings(hand->shared->settings) },
		{ arena_print(arena, "connection:%s", connection->id), limits_of_connection(connection) },
		{ arena_print(arena, "campaign:%s", dispatch->id), { .per = { [PACE_MINUTE] = rate_of(dispatch) } } },
		{ arena_print(arena, "destination:%s:%s", connection->id, place), of_place },
		{ arena_print(arena, "warm_up:%s:%s", hand->campaign->warming, place), of_warming },
	};
	struct pace_grant grant;
	if (!limits_take(hand->shared->store, limits, sizeof limits / sizeof *limits, tokens_wanted(hand, task, is_warming),
	                 arena, &grant, err))
		return false;
	if (is_warming && grant.count == 0 && grant.unit == PACE_DAY)
		tell_warming(hand);
	int64_t *takes = &hand->campaign->takes;
	*takes = grant.limiter >= 0 ? 1 : *takes < TAKES_MAX ? 2 * *takes : TAKES_MAX;
	if (!is_limited)
		keep_spare(hand, task, &grant, began_ms);
	holder_took(&hand->holder, task->index, grant.count, grant.valid_ms, began_ms);
	return true;
}
