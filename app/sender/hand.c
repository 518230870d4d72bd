/* Carrying out what a holder asks for. */
#include "sender/hand.h"

#include <stdlib.h>
#include <string.h>

#include "campaigns/own_campaign.h"
#include "core/base/log.h"
#include "core/jobs/queue.h"
#include "core/store/clock.h"
#include "core/store/version.h"
#include "dispatch/again.h"
#include "dispatch/guard.h"
#include "dispatch/happening.h"
#include "dispatch/stop.h"
#include "sender/finish.h"
#include "sender/limits.h"
#include "sender/marks.h"

enum { SAVE_MS = 250, TROUBLE_MS = 500, REST_MS = 10 * SECOND_MS };

/* A message on its way. */
struct flight {
	struct hand *hand;
	int index;
	bool used;
	struct arena *arena;
	struct buf mail, draft; /* draft: before it is signed */
	const char *from;
};

struct hand {
	struct shared *shared;
	struct arena *arena;
	struct job job;
	struct block block;
	struct block_state state;
	struct sent_campaign *campaign;
	struct post *post;
	struct holder holder;
	unsigned short groups[BLOCK_MESSAGES_MAX];
	unsigned char stops[BLOCK_MESSAGES_MAX];
	bool was_accepted;                     /* something went through the connection */
	char problem[SMTP_WORDS];              /* what the connection's server said last of us; "": nothing */
	const char *words[BLOCK_MESSAGES_MAX]; /* the server's, of the last refusal */
	struct flight *flights;
	int flight_count;
	struct moment now; /* the database's, at now_ms */
	int64_t now_ms, saved_ms, trouble_ms;
	int64_t people_version, settings_version;
	bool has_versions, is_changed, is_closing, is_over;
};

static struct moment time_of(const struct hand *hand) {
	return moment_add(hand->now, boot_ms() - hand->now_ms);
}

static struct mailable_question question_of(const struct hand *hand) {
	const struct settings *settings = hand->shared->settings;
	return (struct mailable_question){ .list_id = hand->campaign->dispatch.list_id,
		                               .suppression_list = settings->suppression_list,
		                               .require_consent = settings->require_consent,
		                               .validate_domains = settings->validate_domains };
}

/* --- beginning and ending --- */

static bool read_block(struct hand *hand, struct error *err) {
	struct store *store = hand->shared->store;
	bool found;
	if (!block_state_find(store, hand->job.subject, hand->arena, &hand->state, &found, err))
		return false;
	if (found &&
	    !block_find(store, hand->state.campaign_id, hand->state.number, hand->arena, &hand->block, &found, err))
		return false;
	return found || error_set(err, ERROR_MISSING, "there is no block %s", hand->job.subject);
}

static struct flight *new_flights(struct hand *hand, int count) {
	struct flight *flights = arena_array(hand->arena, struct flight, count);
	for (int i = 0; i < count; i++)
		flights[i] = (struct flight){ .hand = hand, .arena = arena_new() };
	return flights;
}

static void free_flights(struct hand *hand) {
	for (int i = 0; i < hand->flight_count; i++) {
		struct flight *flight = &hand->flights[i];
		if (flight->used)
			(void)smtp_drop(hand->post->pool, flight);
		buf_finish(&flight->mail);
		buf_finish(&flight->draft);
		arena_free(flight->arena);
	}
}

void hand_free(struct hand *hand) {
	if (!hand)
		return;
	free_flights(hand);
	if (hand->post)
		post_leave(&hand->shared->posts, hand->post);
	if (hand->campaign)
		letters_leave(&hand->shared->letters, hand->campaign);
	arena_free(hand->arena);
	free(hand);
}

/* What people asked to be sent again. */
static bool note_again(struct hand *hand, struct error *err) {
	int indices[BLOCK_PEOPLE], count;
	if (!again_waiting(hand->shared->store, &hand->block, hand->arena, indices, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct message_entry entry = { .index = indices[i], .event = MESSAGE_AGAIN, .at = hand->now };
		if (!holder_note(&hand->holder, &entry, boot_ms()))
			log_info("a message of block %s cannot be sent again now", hand->block.id);
	}
	return true;
}

static bool open_hand(struct hand *hand, int64_t began_ms, struct error *err) {
	struct shared *shared = hand->shared;
	if (!read_block(hand, err) || !letters_take(&shared->letters, hand->block.campaign_id, &hand->campaign, err) ||
	    !posts_take(&shared->posts, hand->campaign->dispatch.connection_id, &hand->post, err) ||
	    !ledger_fold(shared->store, hand->block.id, hand->block.people.count, &hand->holder.fold, NULL, NULL, err))
		return false;
	hand->flight_count = hand->post->limits.sessions;
	hand->flights = new_flights(hand, hand->flight_count);
	const struct holder_settings settings = { .size = hand->block.people.count,
		                                      .open_max = hand->flight_count,
		                                      .fence = hand->job.fence,
		                                      .groups = hand->groups,
		                                      .group_count = 1,
		                                      .retry = &hand->shared->retry,
		                                      .seed = (uint64_t)hand->now.ms };
	holder_begin(&hand->holder, &settings, began_ms);
	return note_again(hand, err);
}

struct hand *hand_new(struct shared *shared, const struct job *job, struct moment now, int64_t began_ms,
                      struct error *err) {
	struct hand *hand = calloc(1, sizeof *hand);
	if (!hand)
		abort();
	hand->shared = shared;
	hand->arena = arena_new();
	hand->job = *job;
	hand->job.id = arena_copy(hand->arena, job->id);
	hand->job.subject = arena_copy(hand->arena, job->subject);
	hand->now = now;
	hand->now_ms = began_ms;
	if (open_hand(hand, began_ms, err))
		return hand;
	hand_free(hand);
	return NULL;
}

const char *hand_campaign(const struct hand *hand) {
	return hand->block.campaign_id;
}

void hand_close(struct hand *hand) {
	hand->is_closing = true;
}

static void save_state(struct hand *hand, bool now) {
	struct error err = ERROR_INIT;
	if (!hand->is_changed || (!now && boot_ms() - hand->saved_ms < SAVE_MS))
		return;
	hand->saved_ms = boot_ms();
	hand->is_changed = false;
	int64_t hard = hand->state.hard;
	block_state_count(&hand->state, &hand->holder.fold);
	hand->state.fence = hand->job.fence;
	hand->state.updated_at = time_of(hand);
	if (!block_state_save(hand->shared->store, &hand->state, &err))
		log_failure("saving how far a block is", &err);
	else if (hand->state.hard > hard &&
	         !acting_guard(hand->shared->store, hand->state.campaign_id, time_of(hand), &err))
		log_failure("looking whether a campaign is to be paused", &err);
	live_progress(&hand->shared->live, hand->shared->store, hand->state.campaign_id, hand->state.updated_at);
}

/* --- what the database is asked --- */

static bool append(struct hand *hand, struct error *err) {
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

static bool look(struct hand *hand, struct error *err) {
	struct journal_append *found = arena_new_of(hand->arena, struct journal_append);
	bool is_there;
	if (!ledger_look(hand->shared->store, hand->block.id, hand->holder.append.sequence, found, &is_there, err))
		return false;
	holder_looked(&hand->holder, is_there ? found : NULL);
	return true;
}

static bool change_job(struct hand *hand, enum job_verb verb, int64_t wait_ms, bool *is_mine, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct job_change change = { verb, { hand->shared->owner, hand->job.fence }, wait_ms, NULL };
	struct job job;
	return queue_change(hand->shared->store, hand->job.id, &change, arena, &job, is_mine, err);
}

static bool renew(struct hand *hand, struct error *err) {
	int64_t began_ms = boot_ms();
	bool is_mine;
	if (!change_job(hand, JOB_EXTEND, 0, &is_mine, err))
		return false;
	holder_renewed(&hand->holder, is_mine, began_ms);
	return true;
}

/* Who of the block may not be sent to now; whoever is not among the contacts is gone. */
static bool read_stops(struct hand *hand, struct arena *arena, struct error *err) {
	const struct mailable_question question = question_of(hand);
	const struct recipient *people = hand->block.people.items;
	struct contact *contacts;
	int count;
	if (!verdict_contacts(hand->shared->store, &hand->block.contact_ids, arena, &contacts, &count, err))
		return false;
	enum mailable *verdicts = arena_array(arena, enum mailable, count + 1);
	if (!verdict_read(hand->shared->store, contacts, count, &question, arena, verdicts, err))
		return false;
	for (int i = 0; i < hand->block.people.count; i++) {
		const struct contact *contact = people[i].contact_id ? contact_with_id(contacts, count, people[i].contact_id)
		                                                     : NULL;
		hand->stops[i] = (unsigned char)(contact ? stop_of(verdicts[contact - contacts]) : STOP_GONE);
	}
	return true;
}

/* The people are read again only if something was said of people since. */
static bool read_all(struct hand *hand, struct error *err) {
	ARENA_AUTO arena = arena_new();
	int64_t began_ms = boot_ms();
	struct versions versions;
	enum campaign_status status;
	struct moment now;
	if (!store_now(hand->shared->store, &now, err) || !versions_read(hand->shared->store, &versions, err) ||
	    !campaign_read_status(hand->shared->store, hand->block.campaign_id, &status, err))
		return false;
	int64_t people = version_of_people(&versions);
	bool same = hand->has_versions && people == hand->people_version && versions.settings == hand->settings_version;
	if (!same && !read_stops(hand, arena, err))
		return false;
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

static struct pace_limits limits_of_connection(const struct connection *connection) {
	const struct connection_limits *limits = &connection->limits;
	const int64_t all[PACE_UNIT_COUNT] = { limits->per_second, limits->per_minute, limits->per_hour, limits->per_day };
	struct pace_limits out = { { 0 } };
	for (int unit = 0; unit < PACE_UNIT_COUNT; unit++)
		out.per[unit] = all[unit] == COUNT_NONE ? 0 : all[unit];
	return out;
}

static int64_t rate_of(const struct dispatch *dispatch) {
	int64_t rate = dispatch->rate != COUNT_NONE ? dispatch->rate : dispatch->said.send_rate_limit_emails;
	return rate == COUNT_NONE ? 0 : rate;
}

static bool take(struct hand *hand, const struct holder_task *task, struct error *err) {
	ARENA_AUTO arena = arena_new();
	if (!post_refresh(&hand->shared->posts, hand->post, err))
		return false;
	const struct connection *connection = &hand->post->connection;
	const struct dispatch *dispatch = &hand->campaign->dispatch;
	const struct send_limit limits[] = {
		{ "system", limits_of_settings(hand->shared->settings) },
		{ arena_print(arena, "connection:%s", connection->id), limits_of_connection(connection) },
		{ arena_print(arena, "campaign:%s", dispatch->id), { .per = { [PACE_MINUTE] = rate_of(dispatch) } } },
	};
	struct pace_grant grant;
	int64_t began_ms = boot_ms();
	if (!limits_take(hand->shared->store, limits, sizeof limits / sizeof *limits, task->count, arena, &grant, err))
		return false;
	holder_took(&hand->holder, task->index, grant.count, grant.valid_ms, began_ms);
	return true;
}

/* --- messages --- */

static struct flight *flight_of(struct hand *hand, int index) {
	for (int i = 0; i < hand->flight_count; i++)
		if (hand->flights[i].used && hand->flights[i].index == index)
			return &hand->flights[i];
	return NULL;
}

static struct flight *free_flight(struct hand *hand) {
	for (int i = 0; i < hand->flight_count; i++)
		if (!hand->flights[i].used)
			return &hand->flights[i];
	return NULL;
}

static void granted(void *context) {
	struct flight *flight = context;
	holder_granted(&flight->hand->holder, flight->index);
}

/* No other message would fare better: somebody has to put it right first. */
static void hold_campaign(struct hand *hand, const struct refusal *refusal) {
	struct campaign_move move;
	struct error err = ERROR_INIT;
	if (!campaign_move_own(hand->shared->store, hand->block.campaign_id, CAMPAIGN_PAUSE, time_of(hand), &move, &err))
		return;
	campaign_happened(hand->shared->store, hand->block.campaign_id, CAMPAIGN_HELD, refusal_rule(refusal->class)->words,
	                  time_of(hand));
	hand->has_versions = false;
}

static void note_trouble(struct hand *hand, const struct smtp_outcome *outcome, const struct refusal *refusal) {
	char words[SMTP_WORDS];
	enum refusal_remedy remedy = refusal_rule(refusal->class)->remedy;
	hand->was_accepted |= outcome->result == SMTP_ACCEPTED;
	if (remedy == REMEDY_PAUSE)
		hold_campaign(hand, refusal);
	if (outcome->stage != SMTP_AT_SESSION && remedy != REMEDY_REST)
		return;
	(void)smtp_words(outcome, hand->problem);
	holder_rest(&hand->holder, boot_ms() + REST_MS);
	if (boot_ms() < hand->post->said_ms)
		return;
	hand->post->said_ms = boot_ms() + REST_MS;
	log_info("connection %s rests: %s", hand->post->connection.name, smtp_words(outcome, words));
}

static void done(void *context, const struct smtp_outcome *outcome) {
	struct flight *flight = context;
	struct hand *hand = flight->hand;
	struct refusal refusal;
	char words[SMTP_WORDS];
	flight->used = false;
	if (outcome->result == SMTP_DEFERRED || outcome->result == SMTP_REFUSED)
		hand->words[flight->index] = arena_copy(hand->arena, smtp_words(outcome, words));
	holder_ended(&hand->holder, flight->index, outcome, boot_ms(), time_of(hand), &refusal);
	note_trouble(hand, outcome, &refusal);
}

/* A mail that cannot be written has failed, for this person alone. */
static void fail_writing(struct hand *hand, struct flight *flight, const struct error *why) {
	struct smtp_outcome outcome = smtp_outcome_of(SMTP_REFUSED, SMTP_AT_CHECK, why->text);
	flight->used = true;
	done(flight, &outcome);
	(void)hand;
}

/* The whole mail, signed if its sender's domain has keys. */
static bool write_mail(struct hand *hand, struct flight *flight, const struct recipient *person,
                       const struct letter_to *to, struct error *err) {
	const struct sent_campaign *campaign = hand->campaign;
	const struct moment now = time_of(hand);
	struct letter_marks marks;
	char id[LETTER_ID];
	letter_id(hand->block.campaign_id, to->block, to->index, id);
	flight->from = letter_from(campaign->letter, to);
	const struct dkim_signer *signer = letters_signer(campaign, flight->from);
	struct buf *unsigned_mail = signer->count > 0 ? &flight->draft : &flight->mail;
	buf_reset(&flight->draft);
	buf_reset(&flight->mail);
	if (!marks_make(hand->shared, campaign, person, to, flight->arena, &marks, err) ||
	    !letter_write(campaign->letter, to, &marks, id, now, flight->arena, unsigned_mail, err))
		return false;
	if (signer->count == 0)
		return true;
	if (!dkim_sign(signer, buf_text(&flight->draft), flight->draft.size, now, &flight->mail, err))
		return false;
	buf_add(&flight->mail, buf_text(&flight->draft), flight->draft.size);
	return true;
}

static void start(struct hand *hand, int index) {
	const struct recipient *person = &((const struct recipient *)hand->block.people.items)[index];
	const struct letter_to to = { hand->block.number, index, person->email, person->values };
	struct flight *flight = free_flight(hand);
	struct error err = ERROR_INIT;
	flight->index = index;
	arena_reset(flight->arena);
	if (!write_mail(hand, flight, person, &to, &err)) {
		fail_writing(hand, flight, &err);
		return;
	}
	flight->used = true;
	smtp_start(hand->post->pool, &(struct smtp_mail){ .envelope = { .from = flight->from,
	                                                                .to = person->email,
	                                                                .message = buf_text(&flight->mail),
	                                                                .size = flight->mail.size },
	                                                  .granted = granted,
	                                                  .done = done,
	                                                  .context = flight });
}

/* The server does not wait for it any more: it was not handed over. */
static void allow(struct hand *hand, int index) {
	struct flight *flight = flight_of(hand, index);
	struct smtp_outcome outcome = smtp_outcome_of(SMTP_NOT_SENT, SMTP_AT_DATA, "the session has ended");
	if (!flight || smtp_allow(hand->post->pool, flight))
		return;
	(void)smtp_drop(hand->post->pool, flight);
	done(flight, &outcome);
}

static void drop(struct hand *hand, int index) {
	struct flight *flight = flight_of(hand, index);
	if (!flight)
		return;
	(void)smtp_drop(hand->post->pool, flight);
	flight->used = false;
}

/* --- leaving --- */

/* The connection's page shows how it fares. */
static void note_use(struct hand *hand) {
	struct error err = ERROR_INIT;
	const char *problem = *hand->problem ? hand->problem : NULL;
	if ((problem || hand->was_accepted) &&
	    !connection_note_use(hand->shared->store, hand->post->connection.id, problem, time_of(hand), &err))
		log_failure("noting the use of a connection", &err);
}

static bool leave(struct hand *hand, struct error *err) {
	ARENA_AUTO arena = arena_new();
	bool is_mine;
	if (hand->holder.left == LEFT_LOST) {
		hand->is_over = true;
		return true;
	}
	note_use(hand);
	int64_t deferred = fold_wait_ms(&hand->holder.fold, time_of(hand));
	hand->state.due_at = deferred > 0 ? moment_add(time_of(hand), deferred) : MOMENT_NONE;
	hand->is_changed = true;
	save_state(hand, true);
	if (hand->holder.left == LEFT_DONE && !finish_block(hand->shared->store, &hand->campaign->dispatch, &hand->block,
	                                                    &hand->state, time_of(hand), arena, err))
		return false;
	enum job_verb verb = hand->holder.left == LEFT_DONE && hand->state.is_done ? JOB_FINISH : JOB_RELEASE;
	if (!change_job(hand, verb, hand->holder.left_wait_ms, &is_mine, err))
		return false;
	hand->is_over = true;
	return true;
}

/* False: the database did not answer, and why. */
static bool do_task(struct hand *hand, const struct holder_task *task, struct error *err) {
	switch (task->kind) {
	case HOLDER_APPEND:
		return append(hand, err);
	case HOLDER_LOOK:
		return look(hand, err);
	case HOLDER_RENEW:
		return renew(hand, err);
	case HOLDER_READ:
		return read_all(hand, err);
	case HOLDER_TAKE:
		return take(hand, task, err);
	case HOLDER_LEAVE:
		return leave(hand, err);
	case HOLDER_START:
		start(hand, task->index);
		return true;
	case HOLDER_ALLOW:
		allow(hand, task->index);
		return true;
	case HOLDER_DROP:
		drop(hand, task->index);
		return true;
	case HOLDER_WAIT:
		break;
	}
	return true;
}

bool hand_turn(struct hand *hand, int64_t *wait_ms, bool *over, struct error *err) {
	bool fine = true;
	*over = false;
	*wait_ms = 0;
	if (boot_ms() < hand->trouble_ms) {
		*wait_ms = hand->trouble_ms - boot_ms();
		return true;
	}
	while (fine && !hand->is_over && *wait_ms == 0) {
		const struct holder_task task = holder_next(&hand->holder, boot_ms(), time_of(hand));
		fine = do_task(hand, &task, err);
		*wait_ms = task.kind == HOLDER_WAIT ? task.wait_ms : 0;
	}
	if (!fine) {
		hand->trouble_ms = boot_ms() + TROUBLE_MS;
		*wait_ms = TROUBLE_MS;
	}
	save_state(hand, false);
	*over = hand->is_over;
	return fine;
}
