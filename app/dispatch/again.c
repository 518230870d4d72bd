/* What was asked to be sent again. */
#include "dispatch/again.h"

#include "campaigns/own_campaign.h"
#include "dispatch/log.h"
#include "dispatch/request.h"
#include "sending/refusal.h"

bool again_is_possible(enum message_state state, int64_t reason) {
	if (state != MESSAGE_FAILED)
		return state == MESSAGE_UNCERTAIN;
	enum refusal_class class = reason > 0 && reason < REFUSAL_CLASS_COUNT ? (enum refusal_class)reason : REFUSAL_OTHER;
	enum refusal_verdict verdict = refusal_rule(class)->verdict;
	return verdict != VERDICT_HARD && verdict != VERDICT_INVALID;
}

static bool is_one_of(const struct sending_message *message, enum again_what what) {
	static const enum message_state states[] = {
		[AGAIN_UNCERTAIN] = MESSAGE_UNCERTAIN, [AGAIN_FAILED] = MESSAGE_FAILED
	};
	return message->state == states[what] && again_is_possible(message->state, message->reason);
}

static bool check_campaign(const struct again *again, const char *campaign_id, struct error *err) {
	enum campaign_status status;
	if (!campaign_read_status(again->store, campaign_id, &status, err))
		return false;
	return status == CAMPAIGN_SENT || status == CAMPAIGN_SENDING || status == CAMPAIGN_PAUSED ||
	       error_set(err, ERROR_CONFLICT, "Nothing of this campaign is sent again: it was %s",
	                 choice_name(&campaign_statuses, (int)status));
}

static bool ask(const struct again *again, const struct block *block, int index, const struct turns *turns, bool *asked,
                struct error *err) {
	const struct request_for what = { block, index, REQUEST_AGAIN, again->by, again->now };
	return request_put(again->store, &what, turns, again->arena, asked, err);
}

static bool open_block(const struct again *again, const struct block *block, struct error *err) {
	return request_open_block(again->store, block, again->arena, err);
}

static bool say(const struct again *again, const char *campaign_id, enum again_what what, int64_t count,
                struct error *err) {
	const char *text = arena_print(again->arena, "Asked to send %s again",
	                               what == AGAIN_FAILED
	                                   ? text_of_counted(again->arena, count, "failed email", "failed emails")
	                                   : text_of_counted(again->arena, count, "uncertain email", "uncertain emails"));
	struct error ignored = ERROR_INIT;
	(void)err;
	(void)!campaign_log(again->store, campaign_id, CAMPAIGN_LOG_INFO, text, again->by, again->now, &ignored);
	return true;
}

bool again_one(const struct again *again, const char *name, struct error *err) {
	struct message_found *found = arena_new_of(again->arena, struct message_found);
	struct turns *turns = arena_new_of(again->arena, struct turns);
	bool asked_before;
	if (!message_find(again->store, name, again->arena, found, err) ||
	    !check_campaign(again, found->message.campaign_id, err))
		return false;
	if (!again_is_possible((enum message_state)found->message.status, found->message.reason))
		return error_set(err, ERROR_CONFLICT,
		                 "Only an uncertain email can be sent again, or one that failed for another reason than its "
		                 "address");
	if (!found->message.contact_id)
		return error_set(err, ERROR_CONFLICT, "The person was erased: nothing is sent to them");
	if (!turns_read(again->store, &found->block, turns, err) ||
	    !ask(again, &found->block, (int)found->message.index, turns, &asked_before, err) ||
	    !open_block(again, &found->block, err))
		return false;
	if (asked_before)
		return error_set(err, ERROR_CONFLICT, "It was asked for already, and is sent again");
	return say(again, found->message.campaign_id,
	           found->message.status == MESSAGE_FAILED ? AGAIN_FAILED : AGAIN_UNCERTAIN, 1, err);
}

static bool ask_block(const struct again *again, const struct block *block, enum again_what what, struct turns *turns,
                      int64_t *count, int64_t *seen, struct error *err) {
	const struct recipient *people = block->people.items;
	const int64_t before = *seen;
	*turns = (struct turns){ 0 };
	if (!turns_read(again->store, block, turns, err))
		return false;
	for (int i = 0; i < block->people.count; i++) {
		bool asked_before;
		if (!is_one_of(&turns->fold.messages[i], what) || !people[i].contact_id)
			continue;
		if (!ask(again, block, i, turns, &asked_before, err))
			return false;
		*count += !asked_before;
		++*seen;
	}
	return *seen == before || open_block(again, block, err);
}

bool again_all(const struct again *again, const char *campaign_id, enum again_what what, int64_t *count, bool *more,
               struct error *err) {
	static const unsigned states_of[] = {
		[AGAIN_UNCERTAIN] = 1U << MESSAGE_UNCERTAIN, [AGAIN_FAILED] = 1U << MESSAGE_FAILED
	};
	enum { BLOCKS_MAX = 500 };
	struct block_state *states;
	int blocks;
	int64_t seen = 0;
	struct turns *turns = arena_new_of(again->arena, struct turns);
	*count = 0;
	if (!check_campaign(again, campaign_id, err) || !block_states_with(again->store, campaign_id, 0, states_of[what],
	                                                                   BLOCKS_MAX, again->arena, &states, &blocks, err))
		return false;
	int at = 0;
	for (; at < blocks && seen < AGAIN_MAX; at++) {
		ARENA_AUTO arena = arena_new();
		const struct again one = { again->store, arena, again->by, again->now };
		struct block block;
		bool found;
		if (!block_find(again->store, campaign_id, states[at].number, arena, &block, &found, err) ||
		    (found && !ask_block(&one, &block, what, turns, count, &seen, err)))
			return false;
	}
	*more = at < blocks || blocks == BLOCKS_MAX;
	if (seen == 0)
		return error_set(err, ERROR_CONFLICT,
		                 what == AGAIN_FAILED ? "There is no email that failed for another reason than its address"
		                                      : "There is no uncertain email");
	return *count == 0 || say(again, campaign_id, what, *count, err);
}
