/* What a sender does with a block. */
#include "sending/holder.h"

#include <string.h>

static const struct holder_task leave = { .kind = HOLDER_LEAVE };

void holder_begin(struct holder *holder, const struct holder_settings *settings, int64_t renewed_ms) {
	const int size = settings->size;
	holder->settings = *settings;
	memset(holder->flights, 0, sizeof *holder->flights * (size_t)size);
	memset(holder->has_outcome, 0, sizeof *holder->has_outcome * (size_t)size);
	memset(holder->broken, 0, sizeof *holder->broken * (size_t)size);
	memset(holder->stops, 0, sizeof *holder->stops * (size_t)size);
	memset(holder->groups, 0, sizeof *holder->groups * (size_t)settings->group_count);
	holder->append.count = 0;
	holder->open = holder->outcome_count = holder->granted = holder->stored = holder->cursor = 0;
	holder->renewed_ms = holder->renew_try_ms = renewed_ms;
	holder->read_ms = holder->outcome_ms = holder->look_ms = holder->rest_until_ms = 0;
	holder->has_read = holder->is_claimed = holder->is_unsure = holder->is_lost = holder->may_come = false;
	holder->word = WORD_GO;
	holder->left = LEFT_WAITING;
	holder->left_wait_ms = 0;
}

/* --- what is known of a message --- */

static void put_outcome(struct holder *holder, const struct message_entry *entry, int64_t now_ms) {
	if (holder->has_outcome[entry->index])
		return;
	holder->has_outcome[entry->index] = true;
	holder->outcomes[entry->index] = *entry;
	if (holder->outcome_count++ == 0)
		holder->outcome_ms = now_ms;
}

static void drop_outcome(struct holder *holder, int index) {
	if (!holder->has_outcome[index])
		return;
	holder->has_outcome[index] = false;
	holder->outcome_count--;
}

static void set_flight(struct holder *holder, int index, enum holder_flight flight) {
	enum holder_flight before = holder->flights[index];
	holder->open += (flight != FLIGHT_NONE) - (before != FLIGHT_NONE);
	holder->granted += (flight == FLIGHT_GRANTED) - (before == FLIGHT_GRANTED);
	holder->stored += (flight == FLIGHT_STORED) - (before == FLIGHT_STORED);
	holder->flights[index] = flight;
}

static bool is_over(const struct holder *holder, int64_t now_ms) {
	return now_ms - holder->renewed_ms >= HOLDER_STOP_MS;
}

/* May new messages be begun and handed over? */
static bool goes_on(const struct holder *holder, int64_t now_ms) {
	return !holder->is_lost && holder->word == WORD_GO && !is_over(holder, now_ms);
}

/* Has the hour of its people come? */
static bool has_begun(const struct holder *holder, struct moment now) {
	const struct moment starts_at = holder->settings.starts_at;
	return !moment_is_set(starts_at) || starts_at.ms <= now.ms;
}

static bool has_read_since(const struct holder *holder, int64_t now_ms, int64_t age_ms) {
	return holder->has_read && now_ms - holder->read_ms < age_ms;
}

static int find_flight(const struct holder *holder, enum holder_flight flight) {
	int index = 0;
	while (index < holder->settings.size && holder->flights[index] != flight)
		index++;
	return index < holder->settings.size ? index : -1;
}

/* --- appending --- */

static struct holder_task claim(struct holder *holder) {
	holder->append.kind = APPEND_CLAIM;
	holder->append.fence = holder->settings.fence;
	holder->append.sequence = holder->fold.sequence + 1;
	holder->append.count = 0;
	return (struct holder_task){ .kind = HOLDER_APPEND };
}

static void add_entry(struct holder *holder, const struct message_entry *entry) {
	holder->append.entries[holder->append.count++] = *entry;
}

/* All outcomes, and "hand" for whoever has the server's permission, if hand-overs are allowed. */
static struct holder_task append(struct holder *holder, bool with_hands, struct moment now) {
	holder->append.kind = APPEND_ENTRIES;
	holder->append.fence = holder->settings.fence;
	holder->append.sequence = holder->fold.sequence + 1;
	holder->append.count = 0;
	for (int i = 0; i < holder->settings.size && holder->outcome_count > 0; i++)
		if (holder->has_outcome[i])
			add_entry(holder, &holder->outcomes[i]);
	for (int i = 0; i < holder->settings.size && with_hands && holder->granted > 0; i++)
		if (holder->flights[i] == FLIGHT_GRANTED)
			add_entry(holder, &(struct message_entry){ .index = i, .event = MESSAGE_HAND, .at = now });
	return (struct holder_task){ .kind = HOLDER_APPEND };
}

/* A message that is handing by the journal, but that no session has (any more), was not handed over. */
static void settle_hand(struct holder *holder, const struct message_entry *entry) {
	if (holder->flights[entry->index] == FLIGHT_GRANTED)
		set_flight(holder, entry->index, FLIGHT_STORED);
	else
		put_outcome(holder, &(struct message_entry){ .index = entry->index, .event = MESSAGE_KEEP, .at = entry->at },
		            holder->outcome_ms);
}

static void take_stored(struct holder *holder, const struct journal_append *stored) {
	holder->is_unsure = holder->may_come = false;
	if (!fold_add(&holder->fold, stored)) {
		holder->is_lost = true;
		return;
	}
	holder->is_claimed = true;
	for (int i = 0; i < stored->count; i++)
		if (stored->entries[i].event != MESSAGE_HAND)
			drop_outcome(holder, stored->entries[i].index);
	for (int i = 0; i < stored->count; i++)
		if (stored->entries[i].event == MESSAGE_HAND)
			settle_hand(holder, &stored->entries[i]);
}

void holder_stored(struct holder *holder, enum holder_stored stored, int64_t now_ms) {
	if (stored == STORED_YES) {
		take_stored(holder, &holder->append);
		return;
	}
	holder->is_unsure = true;
	holder->look_ms = stored == STORED_UNKNOWN ? now_ms + HOLDER_OUTCOME_MS : now_ms;
}

void holder_looked(struct holder *holder, const struct journal_append *found) {
	if (!found) { /* it is made anew, of what is true by then */
		holder->is_unsure = false;
		holder->may_come = true;
	} else if (found->fence == holder->settings.fence) {
		take_stored(holder, found);
	} else {
		holder->is_lost = true;
	}
}

/* --- what is told --- */

void holder_renewed(struct holder *holder, bool is_mine, int64_t began_ms) {
	if (is_mine)
		holder->renewed_ms = began_ms;
	else
		holder->is_lost = true;
}

void holder_read(struct holder *holder, enum holder_word word, const unsigned char *stops, int64_t began_ms) {
	holder->word = word;
	memcpy(holder->stops, stops, (size_t)holder->settings.size);
	holder->has_read = true;
	holder->read_ms = began_ms;
}

static struct holder_group *group_of(struct holder *holder, int index) {
	return &holder->groups[holder->settings.groups ? holder->settings.groups[index] : 0];
}

void holder_took(struct holder *holder, int index, int64_t count, int64_t valid_ms, int64_t began_ms) {
	*group_of(holder, index) = (struct holder_group){ count, began_ms + valid_ms };
}

void holder_granted(struct holder *holder, int index) {
	if (holder->flights[index] == FLIGHT_STARTED)
		set_flight(holder, index, FLIGHT_GRANTED);
}

static bool has_taken_nobody(const struct holder *holder) {
	return holder->fold.counts[MESSAGE_ACCEPTED] == 0;
}

bool holder_is_of_server(const struct holder *holder, const struct smtp_outcome *outcome) {
	if (outcome->stage != SMTP_AT_MAIL || outcome->result != SMTP_NOT_SENT)
		return outcome->stage == SMTP_AT_SESSION;
	return outcome->reply.code > 0 || has_taken_nobody(holder);
}

/* Nobody refused it, and nothing was taken. */
static bool is_broken(struct holder *holder, int index, const struct smtp_outcome *outcome) {
	if (outcome->result != SMTP_NOT_SENT || outcome->stage < SMTP_AT_MAIL || holder_is_of_server(holder, outcome))
		return false;
	holder->broken[index] += holder->broken[index] < HOLDER_BROKEN;
	return holder->broken[index] == HOLDER_BROKEN;
}

bool holder_never_broke(const struct holder *holder, int index) {
	return holder->broken[index] == 0;
}

void holder_expect_break(struct holder *holder, int index) {
	if (holder->broken[index] < HOLDER_BROKEN - 1)
		holder->broken[index] = HOLDER_BROKEN - 1;
}

void holder_ended(struct holder *holder, int index, const struct smtp_outcome *outcome, int64_t now_ms,
                  struct moment now, struct refusal *refusal) {
	struct message_entry entry = { .index = index, .code = outcome->reply.code, .at = now };
	bool is_handing = holder->fold.messages[index].state == MESSAGE_HANDING;
	*refusal = (struct refusal){ REFUSAL_NONE, false };
	if (holder->flights[index] == FLIGHT_NONE)
		return;
	set_flight(holder, index, FLIGHT_NONE);
	if (outcome->result == SMTP_DEFERRED || outcome->result == SMTP_REFUSED) {
		*refusal = refusal_of(outcome);
		if (refusal->class == REFUSAL_ACCOUNT && has_taken_nobody(holder))
			return; /* the connection rests, and the message is as before */
		entry = retry_entry(holder->settings.retry, &holder->fold.messages[index], index, refusal, outcome->reply.code,
		                    now, holder->settings.seed + (uint64_t)index * 7919);
	} else if (is_broken(holder, index, outcome)) {
		entry = retry_entry(holder->settings.retry, &holder->fold.messages[index], index, refusal, outcome->reply.code,
		                    now, holder->settings.seed + (uint64_t)index * 7919);
	} else if (!is_handing) {
		return; /* no body was sent, and nobody refused: it is as before */
	} else {
		entry.event = outcome->result == SMTP_ACCEPTED   ? MESSAGE_ACCEPT
		              : outcome->result == SMTP_NOT_SENT ? MESSAGE_KEEP
		                                                 : MESSAGE_DOUBT;
	}
	put_outcome(holder, &entry, now_ms);
}

void holder_allow_open(struct holder *holder, int count) {
	holder->settings.open_max = count;
}

void holder_pause(struct holder *holder) {
	if (holder->word == WORD_GO)
		holder->word = WORD_PAUSE;
}

void holder_rest(struct holder *holder, int64_t until_ms) {
	if (until_ms > holder->rest_until_ms)
		holder->rest_until_ms = until_ms;
}

bool holder_note(struct holder *holder, const struct message_entry *entry, int64_t now_ms) {
	enum message_state next;
	if (holder->has_outcome[entry->index] || holder->flights[entry->index] != FLIGHT_NONE ||
	    !message_next(holder->fold.messages[entry->index].state, entry->event, &next))
		return false;
	put_outcome(holder, entry, now_ms);
	return true;
}

/* --- what is next --- */

static struct holder_task wait_for(int64_t wait_ms) {
	return (struct holder_task){ .kind = HOLDER_WAIT, .wait_ms = wait_ms > 1 ? wait_ms : 1 };
}

/* Gives up those that have no body on the way. */
static bool drop_next(struct holder *holder, struct holder_task *task) {
	int index = find_flight(holder, FLIGHT_GRANTED);
	if (index < 0)
		index = find_flight(holder, FLIGHT_STARTED);
	if (index < 0)
		return false;
	set_flight(holder, index, FLIGHT_NONE);
	*task = (struct holder_task){ .kind = HOLDER_DROP, .index = index };
	return true;
}

static struct holder_task leave_with(struct holder *holder, enum holder_left left, int64_t wait_ms) {
	holder->left = left;
	holder->left_wait_ms = wait_ms;
	return leave;
}

/* Nothing can be stored any more. Whoever has a body on the way is waited for, as the session is in use. */
static struct holder_task end_lost(struct holder *holder) {
	struct holder_task task;
	if (drop_next(holder, &task))
		return task;
	return holder->open > 0 ? wait_for(SECOND_MS) : leave_with(holder, LEFT_LOST, 0);
}

/* A message that was granted, but may no longer be sent. */
static bool drop_stopped(struct holder *holder, struct holder_task *task) {
	for (int i = 0; i < holder->settings.size && holder->granted > 0; i++)
		if (holder->flights[i] == FLIGHT_GRANTED && holder->stops[i]) {
			set_flight(holder, i, FLIGHT_NONE);
			*task = (struct holder_task){ .kind = HOLDER_DROP, .index = i };
			return true;
		}
	return false;
}

static void stop(struct holder *holder, int index, int64_t now_ms, struct moment now) {
	put_outcome(holder,
	            &(struct message_entry){
					.index = index, .event = MESSAGE_SUPPRESS, .reason = holder->stops[index], .at = now },
	            now_ms);
}

static void cancel_all(struct holder *holder, int64_t now_ms, struct moment now) {
	for (int i = 0; i < holder->settings.size; i++) {
		enum message_state state = holder->fold.messages[i].state;
		if (holder->flights[i] == FLIGHT_NONE && (state == MESSAGE_PENDING || state == MESSAGE_DEFERRED))
			put_outcome(holder, &(struct message_entry){ .index = i, .event = MESSAGE_CANCEL, .at = now }, now_ms);
	}
}

/* A message whose hand-over may begin; -1: none now. Those that may not be sent are noted on the way. *wait_ms: until a
 * destination has tokens again, unless somebody can go. */
static int find_due(struct holder *holder, int64_t now_ms, struct moment now, int64_t *wait_ms) {
	const int size = holder->settings.size;
	*wait_ms = -1;
	for (int n = 0; n < size; n++) {
		int index = (holder->cursor + n) % size;
		if (holder->flights[index] != FLIGHT_NONE || holder->has_outcome[index] ||
		    !message_is_due(&holder->fold.messages[index], now))
			continue;
		if (holder->stops[index]) {
			stop(holder, index, now_ms, now);
			continue;
		}
		const struct holder_group *group = group_of(holder, index);
		if (group->tokens > 0 || group->until_ms <= now_ms) {
			holder->cursor = index;
			return index;
		}
		if (*wait_ms < 0 || group->until_ms - now_ms < *wait_ms)
			*wait_ms = group->until_ms - now_ms;
	}
	return -1;
}

/* How many of the same destination could begin. */
static int wanted(struct holder *holder, int index, struct moment now) {
	int room = holder->settings.open_max - holder->open, count = 0;
	for (int i = 0; i < holder->settings.size && count < room; i++)
		count += group_of(holder, i) == group_of(holder, index) && holder->flights[i] == FLIGHT_NONE &&
		         !holder->has_outcome[i] && !holder->stops[i] && message_is_due(&holder->fold.messages[i], now);
	return count;
}

static struct holder_task begin(struct holder *holder, int index, int64_t now_ms, struct moment now) {
	struct holder_group *group = group_of(holder, index);
	if (group->tokens > 0 && group->until_ms <= now_ms)
		group->tokens = 0;
	if (group->tokens == 0)
		return (struct holder_task){ .kind = HOLDER_TAKE, .index = index, .count = wanted(holder, index, now) };
	group->tokens--;
	if (group->tokens == 0)
		group->until_ms = now_ms;
	set_flight(holder, index, FLIGHT_STARTED);
	return (struct holder_task){ .kind = HOLDER_START, .index = index };
}

/* Nobody can begin, nobody is on the way, everything is stored. */
static struct holder_task end_of_turn(struct holder *holder, int64_t wait_ms, struct moment now) {
	if (fold_is_settled(&holder->fold))
		return leave_with(holder, LEFT_DONE, 0);
	int64_t deferred = fold_wait_ms(&holder->fold, now);
	if (deferred > 0 && (wait_ms < 0 || deferred < wait_ms))
		wait_ms = deferred;
	if (!has_begun(holder, now))
		wait_ms = holder->settings.starts_at.ms - now.ms;
	if (wait_ms < 0)
		wait_ms = SECOND_MS;
	return wait_ms <= HOLDER_PATIENCE_MS ? wait_for(wait_ms) : leave_with(holder, LEFT_WAITING, wait_ms);
}

/* Paused, cancelled, or the lease is over: nobody new. */
static struct holder_task wind_up(struct holder *holder, int64_t now_ms, struct moment now) {
	struct holder_task task;
	if (drop_next(holder, &task))
		return task;
	if (holder->word == WORD_CANCEL && holder->outcome_count == 0)
		cancel_all(holder, now_ms, now);
	if (holder->outcome_count > 0 || holder->may_come)
		return append(holder, false, now);
	if (holder->open > 0)
		return wait_for(SECOND_MS);
	return fold_is_settled(&holder->fold) ? leave_with(holder, LEFT_DONE, 0)
	                                      : leave_with(holder, LEFT_WAITING, SECOND_MS);
}

static struct holder_task work(struct holder *holder, int64_t now_ms, struct moment now) {
	struct holder_task task;
	int64_t wait_ms = -1;
	bool may_begin = holder->open < holder->settings.open_max && now_ms >= holder->rest_until_ms &&
	                 has_begun(holder, now);
	if (!has_read_since(holder, now_ms, holder->granted > 0 ? HOLDER_FRESH_MS : HOLDER_READ_MS) &&
	    (holder->granted > 0 || !holder->has_read || (may_begin && fold_wait_ms(&holder->fold, now) == 0)))
		return (struct holder_task){ .kind = HOLDER_READ };
	if (drop_stopped(holder, &task))
		return task;
	if (holder->granted > 0 || holder->may_come) /* the server waits for them; the next ones are written meanwhile */
		return append(holder, true, now);
	int index = may_begin && has_read_since(holder, now_ms, HOLDER_READ_MS) ? find_due(holder, now_ms, now, &wait_ms)
	                                                                        : -1;
	if (index >= 0)
		return begin(holder, index, now_ms, now);
	if (holder->outcome_count > 0 && (holder->open == 0 || now_ms - holder->outcome_ms >= HOLDER_OUTCOME_MS))
		return append(holder, true, now);
	if (holder->open > 0)
		return wait_for(holder->outcome_count > 0 ? holder->outcome_ms + HOLDER_OUTCOME_MS - now_ms : SECOND_MS);
	if (now_ms < holder->rest_until_ms)
		wait_ms = holder->rest_until_ms - now_ms;
	return end_of_turn(holder, wait_ms, now);
}

/* "hand" is in the journal, perhaps later than was thought: storing it may have taken seconds, and somebody may have
 * unsubscribed meanwhile. Whoever gets no body after all was certainly not sent to, and the journal is told. */
static bool hand_over_next(struct holder *holder, int64_t now_ms, struct moment now, struct holder_task *task) {
	int index = holder->stored > 0 ? find_flight(holder, FLIGHT_STORED) : -1;
	if (index < 0)
		return false;
	task->index = index;
	if (!goes_on(holder, now_ms) || holder->stops[index]) {
		task->kind = HOLDER_DROP;
		set_flight(holder, index, FLIGHT_NONE);
		put_outcome(holder, &(struct message_entry){ .index = index, .event = MESSAGE_KEEP, .at = now }, now_ms);
	} else if (!has_read_since(holder, now_ms, HOLDER_FRESH_MS)) {
		task->kind = HOLDER_READ;
	} else {
		task->kind = HOLDER_ALLOW;
		set_flight(holder, index, FLIGHT_BODY);
	}
	return true;
}

struct holder_task holder_next(struct holder *holder, int64_t now_ms, struct moment now) {
	struct holder_task task = { .kind = HOLDER_WAIT };
	if (hand_over_next(holder, now_ms, now, &task))
		return task;
	if (holder->is_lost)
		return end_lost(holder);
	if (holder->is_unsure)
		return now_ms < holder->look_ms ? wait_for(holder->look_ms - now_ms)
		                                : (struct holder_task){ .kind = HOLDER_LOOK };
	if (now_ms - holder->renewed_ms >= HOLDER_RENEW_MS && now_ms - holder->renew_try_ms >= SECOND_MS) {
		holder->renew_try_ms = now_ms;
		return (struct holder_task){ .kind = HOLDER_RENEW };
	}
	if (!holder->is_claimed)
		return is_over(holder, now_ms) ? leave_with(holder, LEFT_WAITING, 0) : claim(holder);
	return goes_on(holder, now_ms) ? work(holder, now_ms, now) : wind_up(holder, now_ms, now);
}
