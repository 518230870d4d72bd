/* The loop of a sender. */
#include "sender/sender.h"

#include <stdio.h>

#include "core/base/log.h"
#include "core/cli/program.h"
#include "core/process/master.h"
#include "core/store/clock.h"
#include "core/store/migrate.h"
#include "dispatch/block_jobs.h"
#include "dispatch/log.h"
#include "sender/hand.h"

/* CLAIM_MS: how often it looks for more to do; blocks of which nothing can be done now go back to the queue. */
enum {
	PATIENCE_MS = 3000,
	HANDS_MAX = 10,       /* that have something to do */
	HANDS_ALL = 50,       /* with those that wait for a slow mail server */
	HANDS_A_CAMPAIGN = 2, /* one is begun while the other ends */
	CANDIDATES = 100,
	CLAIM_MS = 250,
	TURN_MS = 100,
	TROUBLE_MS = 60 * SECOND_MS,
	TOLD_MS = 10 * MINUTE_MS,
	FAREWELL_MS = 15 * SECOND_MS,
};

struct sender_process {
	struct shared shared;
	struct jobs jobs;
	struct hand *hands[HANDS_ALL];
	int count;
	struct arena *arena; /* for as long as the process lives */
	int64_t claim_ms;    /* when it looks again */
	int64_t told_ms;     /* until then no campaign is told again why it waits */
};

/* The campaign's log says it, once in a while. */
static void tell_why(struct sender_process *sender, const struct job *job, const char *words) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct block_state state;
	struct moment now;
	bool found;
	if (boot_ms() < sender->told_ms)
		return;
	sender->told_ms = boot_ms() + TOLD_MS;
	if (!store_now(sender->shared.store, &now, &err) ||
	    !block_state_find(sender->shared.store, job->subject, arena, &state, &found, &err) ||
	    (found && !campaign_log(sender->shared.store, state.campaign_id, CAMPAIGN_LOG_WARNING, words, NULL, now, &err)))
		log_failure("writing a campaign's log", &err);
}

/* Back to the queue for as long as its mail server rests; gone, if nobody needs it any more. */
static struct job_change way_back(const struct sender_process *sender, const struct job *job, const struct error *why,
                                  const char *words) {
	const struct job_holder holder = { sender->shared.owner, job->fence };
	if (why->kind == ERROR_BUSY)
		return (struct job_change){ JOB_RELEASE, holder, why->retry_ms, NULL };
	return (struct job_change){ why->kind == ERROR_MISSING ? JOB_GIVE_UP : JOB_RETRY, holder, TROUBLE_MS, words };
}

/* A block that cannot be begun goes back for a while, and says why. */
static void put_back(struct sender_process *sender, const struct job *job, const struct error *why) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	const char *words = arena_copy(arena, why->text);
	const struct job_change change = way_back(sender, job, why, words);
	struct job now;
	bool changed;
	if (why->kind != ERROR_BUSY) {
		log_failure("beginning a block", why);
		tell_why(sender, job, words);
	}
	if (why->kind != ERROR_MISSING && !block_note_stuck(sender->shared.store, job->subject, &err))
		log_failure("saying that a block waits", &err);
	if (!queue_change(sender->shared.store, job->id, &change, arena, &now, &changed, &err))
		log_failure("putting a block back", &err);
}

/* Campaigns take turns: a slow one does not hold up the others. */
static bool has_enough_of(const struct sender_process *sender, const struct job *job) {
	int count = 0;
	for (int i = 0; i < sender->count; i++)
		count += block_job_is_of(job->key, hand_campaign(sender->hands[i]));
	return count >= HANDS_A_CAMPAIGN;
}

static bool claim_one(struct sender_process *sender, bool *claimed, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct job *waiting;
	struct moment now;
	int count;
	*claimed = false;
	if (!queue_list(sender->shared.store, JOB_QUEUED, BLOCK_JOB, CANDIDATES, arena, &waiting, &count, &now, err))
		return false;
	for (int i = 0; i < count && !*claimed; i++) {
		int64_t began_ms = boot_ms();
		if (has_enough_of(sender, &waiting[i]))
			continue;
		if (job_claim(&waiting[i], sender->shared.owner, HOLDER_LEASE_MS, NULL, now) &&
		    !queue_write(sender->shared.store, &waiting[i], claimed, err))
			return false;
		struct error why = ERROR_INIT;
		struct hand *hand = *claimed ? hand_new(&sender->shared, &waiting[i], now, began_ms, &why) : NULL;
		if (hand)
			sender->hands[sender->count++] = hand;
		else if (*claimed)
			put_back(sender, &waiting[i], &why);
	}
	return true;
}

static bool has_room(const struct sender_process *sender) {
	int busy = 0;
	for (int i = 0; i < sender->count; i++)
		busy += !hand_is_waiting(sender->hands[i]);
	return busy < HANDS_MAX && sender->count < HANDS_ALL;
}

static void claim(struct sender_process *sender) {
	struct error err = ERROR_INIT;
	bool claimed = true;
	if (boot_ms() < sender->claim_ms)
		return;
	while (claimed && has_room(sender))
		if (!claim_one(sender, &claimed, &err)) {
			log_failure("looking for blocks", &err);
			break;
		}
	sender->claim_ms = boot_ms() + CLAIM_MS;
}

/* One job between two turns of the hands: they have nothing to wait for meanwhile but a few milliseconds. */
static void run_jobs(struct sender_process *sender, int64_t *due_ms) {
	struct error err = ERROR_INIT;
	bool worked = false;
	if (boot_ms() < *due_ms)
		return;
	if (!jobs_plan(&sender->jobs, &err) || !jobs_turn(&sender->jobs, &worked, &err))
		log_failure("carrying out jobs", &err);
	*due_ms = boot_ms() + (worked ? 0 : CLAIM_MS);
}

/* An older block of the same campaign goes first: the more of a journal's messages are on their way, the fewer appends
 * there are. */
static void give_way(struct sender_process *sender, int at) {
	struct hand *hand = sender->hands[at];
	int taken = 0;
	for (int i = 0; i < at; i++)
		if (hand_is_beside(hand, sender->hands[i]))
			taken += hand_open(sender->hands[i]);
	hand_give_way(hand, taken);
}

static void remove_hand(struct sender_process *sender, int at) {
	hand_free(sender->hands[at]);
	sender->count--;
	for (int i = at; i < sender->count; i++)
		sender->hands[i] = sender->hands[i + 1];
}

/* Returns how long all of them can wait. */
static int64_t turn_hands(struct sender_process *sender) {
	int64_t wait_ms = TURN_MS;
	for (int i = 0; i < sender->count;) {
		struct error err = ERROR_INIT;
		int64_t own_ms;
		give_way(sender, i);
		bool over;
		if (!hand_turn(sender->hands[i], &own_ms, &over, &err))
			log_failure("sending a block", &err);
		if (own_ms < wait_ms)
			wait_ms = own_ms;
		if (!over) {
			i++;
			continue;
		}
		remove_hand(sender, i);
		sender->claim_ms = wait_ms = 0;
	}
	return wait_ms;
}

static void work(struct sender_process *sender) {
	int64_t jobs_ms = 0, end_ms = 0;
	while (!end_ms || (sender->count > 0 && boot_ms() < end_ms)) {
		store_renew(sender->shared.store); /* else an outage of the database would never end for it */
		if (!end_ms && master_should_stop()) {
			end_ms = boot_ms() + FAREWELL_MS;
			for (int i = 0; i < sender->count; i++)
				hand_close(sender->hands[i]);
		}
		if (!end_ms) {
			claim(sender);
			run_jobs(sender, &jobs_ms);
		}
		int64_t wait_ms = turn_hands(sender);
		posts_turn(&sender->shared.posts, wait_ms);
	}
}

static bool open_sender(struct sender_process *sender, struct settings *settings, struct error *err) {
	struct shared *shared = &sender->shared;
	sender->arena = arena_new();
	char folder[512];
	(void)snprintf(folder, sizeof folder, "%s/migrations", settings->root);
	shared->settings = settings;
	(void)owner_self(shared->owner);
	shared->retry = RETRY_POLICY;
	shared->retry.retries = (int)settings->retry_attempts;
	shared->bases = mail_bases_of(settings->public_url, settings->pixel_url, settings->click_url,
	                              settings->unsubscribe_url, sender->arena);
	if (!mac_ring_read(settings->link_keys, "LINK_KEYS", &shared->keys, err) ||
	    !(shared->store = store_open(settings->mongodb_uri, settings->mongodb_db, "telltale-sender", PATIENCE_MS, err)))
		return false;
	posts_open(&shared->posts, shared->store, settings);
	letters_open(&shared->letters, shared->store, settings);
	return migrate_check(shared->store, folder, err);
}

static void close_sender(struct sender_process *sender) {
	struct error err = ERROR_INIT;
	if (!jobs_close(&sender->jobs, 0, &err))
		log_failure("ending jobs", &err);
	while (sender->count > 0)
		hand_free(sender->hands[--sender->count]);
	posts_close(&sender->shared.posts);
	letters_close(&sender->shared.letters);
	mac_ring_wipe(&sender->shared.keys);
}

int sender_main(const struct job_kind *const *kinds, int kind_count, int count, char *const *words) {
	static struct sender_process sender;
	struct settings settings;
	struct error err = ERROR_INIT;
	int status;
	if (!program_begins(count, words, "Sends campaigns: lists recipients, hands emails over, counts the outcome.",
	                    &status))
		return status;
	bool opened = settings_read(&settings, &err) && open_sender(&sender, &settings, &err);
	if (opened) {
		jobs_open(&sender.jobs, sender.shared.store, kinds, kind_count, &settings);
		master_catch_signals();
		log_info("startup");
		work(&sender);
		close_sender(&sender);
	} else {
		error_print("telltale-sender", &err);
	}
	arena_free(sender.arena);
	store_close(sender.shared.store);
	return opened ? 0 : 1;
}
