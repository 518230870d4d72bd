/* Finishing a block. */
#include "sender/finish.h"

#include "audience/contacts/fewer.h"
#include "audience/contacts/suppressing.h"
#include "core/store/version.h"
#include "dispatch/block_jobs.h"
#include "dispatch/message.h"
#include "dispatch/request.h"
#include "dispatch/verdict.h"
#include "sending/refusal.h"
#include "webhooks/telling.h"

static enum refusal_verdict verdict_of(const struct sent_message *message) {
	bool failed = message->status == MESSAGE_FAILED && message->contact_id && message->reason != COUNT_NONE;
	return failed ? refusal_rule((enum refusal_class)message->reason)->verdict : VERDICT_NONE;
}

static bool bounced(const struct sent_message *message) {
	return verdict_of(message) == VERDICT_HARD;
}

/* Whose mailbox there is none gets nothing more, from nobody. */
static bool suppress_bounced(struct store *store, const struct sent_message *messages, int count, struct arena *arena,
                             struct error *err) {
	struct strings ids = { arena_array(arena, const char *, count + 1), 0 };
	struct suppression_entry *entries = arena_array(arena, struct suppression_entry, count + 1);
	struct contact *contacts;
	int found, added = 0;
	for (int i = 0; i < count; i++)
		if (bounced(&messages[i]))
			ids.items[ids.count++] = messages[i].contact_id;
	if (!ids.count)
		return true;
	if (!verdict_contacts(store, &ids, arena, &contacts, &found, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct contact *contact = bounced(&messages[i]) ? contact_with_id(contacts, found, messages[i].contact_id)
		                                                      : NULL;
		if (contact)
			entries[added++] = (struct suppression_entry){ .key = contact->email_norm,
				                                           .reason = SUPPRESSION_BOUNCED,
				                                           .evidence = messages[i].words,
				                                           .source = SUPPRESSED_BY_MAIL,
				                                           .at = messages[i].settled_at };
	}
	return contact_suppress(store, entries, added, arena, err) && version_bump(store, REALM_PEOPLE, err);
}

/* Whoever wants fewer emails has had none of this campaign: its turn is theirs again. */
static bool give_turns_back(struct store *store, const char *campaign_id, const struct sent_message *messages,
                            int count, struct arena *arena, struct error *err) {
	struct strings ids = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++) {
		const unsigned status = messages[i].status;
		if (messages[i].contact_id &&
		    (status == MESSAGE_FAILED || status == MESSAGE_SUPPRESSED || status == MESSAGE_CANCELLED))
			ids.items[ids.count++] = messages[i].contact_id;
	}
	return fewer_give_back(store, &ids, campaign_id, err);
}

/* Who was refused while an email was handed over has bounced, as if it had come back. */
static bool tell_bounced(struct store *store, const struct sent_message *messages, int count, struct moment now,
                         struct arena *arena, struct error *err) {
	static const char *const words[VERDICT_COUNT] = {
		[VERDICT_HARD] = "hard", [VERDICT_TWICE] = "soft", [VERDICT_SOFT] = "soft"
	};
	struct webhook_event *events = arena_array(arena, struct webhook_event, count + 1);
	int told = 0;
	for (int i = 0; i < count; i++) {
		const struct sent_message *message = &messages[i];
		const char *bounce = words[verdict_of(message)];
		if (!bounce)
			continue;
		char *name = arena_alloc(arena, MESSAGE_NAME);
		message_name(message->campaign_id, message->block, message->index, name);
		events[told++] = (struct webhook_event){
			.type = WEBHOOK_BOUNCED,
			.key = arena_print(arena, "%s %lld", name, (long long)message->settled_at.ms),
			.campaign_id = message->campaign_id,
			.contact_id = message->contact_id,
			.email_id = name,
			.about = "bounce",
			.words = bounce,
			.at = message->settled_at,
		};
	}
	return webhooks_tell(store, events, told, now, err);
}

/* After it was marked as done: whoever asks from now on opens it again. */
static bool look_again(struct store *store, const struct block *block, struct block_state *state, struct arena *arena,
                       struct error *err) {
	struct message_entry asked[BLOCK_PEOPLE];
	int count;
	if (!requests_waiting(store, block, arena, asked, &count, err))
		return false;
	state->is_done = count == 0;
	return state->is_done || block_state_save(store, state, err);
}

bool finish_block(struct store *store, const struct dispatch *dispatch, const struct block *block,
                  struct block_state *state, struct moment now, struct arena *arena, struct error *err) {
	struct sent_message *messages;
	if (!messages_write(store, block, arena, &messages, err) ||
	    !suppress_bounced(store, messages, block->people.count, arena, err) ||
	    !give_turns_back(store, dispatch->id, messages, block->people.count, arena, err) ||
	    !tell_bounced(store, messages, block->people.count, now, arena, err))
		return false;
	state->is_done = true;
	state->due_at = MOMENT_NONE;
	state->updated_at = now;
	if (!block_state_save(store, state, err) || !look_again(store, block, state, arena, err))
		return false;
	return !state->is_done || block_jobs_go_on(store, dispatch->id, now, arena, err);
}
