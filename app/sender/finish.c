/* Finishing a block. */
#include "sender/finish.h"

#include "audience/contacts/suppressing.h"
#include "core/store/version.h"
#include "dispatch/block_jobs.h"
#include "dispatch/message.h"
#include "dispatch/request.h"
#include "dispatch/verdict.h"
#include "sending/refusal.h"

static bool bounced(const struct sent_message *message) {
	return message->status == MESSAGE_FAILED && message->contact_id && message->reason != COUNT_NONE &&
	       refusal_rule((enum refusal_class)message->reason)->verdict == VERDICT_HARD;
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
	if (!messages_of_block(store, block, arena, &messages, err) ||
	    !suppress_bounced(store, messages, block->people.count, arena, err) ||
	    !messages_write(store, block, arena, err))
		return false;
	state->is_done = true;
	state->due_at = MOMENT_NONE;
	state->updated_at = now;
	if (!block_state_save(store, state, err) || !look_again(store, block, state, arena, err))
		return false;
	return !state->is_done || block_jobs_go_on(store, dispatch->id, now, arena, err);
}
