/* The fold of a block's journal. */
#include "sending/journal.h"

static const char *const kind_names[] = { [APPEND_ENTRIES] = "entries", [APPEND_CLAIM] = "claim" };
_Static_assert(sizeof kind_names / sizeof *kind_names == APPEND_KIND_COUNT, "a name a kind");
const struct choices append_kinds = CHOICES(kind_names);

void fold_begin(struct block_fold *fold, int size) {
	fold->size = size;
	fold->sequence = fold->refused = 0;
	for (int i = 0; i < MESSAGE_STATE_COUNT; i++)
		fold->counts[i] = 0;
	for (int i = 0; i < size; i++)
		fold->messages[i] = MESSAGE_NEW;
	fold->counts[MESSAGE_PENDING] = size;
}

static void apply(struct block_fold *fold, const struct message_entry *entry) {
	if (entry->index < 0 || entry->index >= fold->size) {
		fold->refused++;
		return;
	}
	struct sending_message *message = &fold->messages[entry->index];
	enum message_state before = message->state;
	if (!message_apply(message, entry)) {
		fold->refused++;
		return;
	}
	fold->counts[before]--;
	fold->counts[message->state]++;
}

/* Whoever was handing them over has gone. */
static void doubt_all(struct block_fold *fold) {
	for (int i = 0; i < fold->size && fold->counts[MESSAGE_HANDING] > 0; i++)
		if (fold->messages[i].state == MESSAGE_HANDING)
			apply(fold, &(struct message_entry){ .index = i, .event = MESSAGE_DOUBT });
}

bool fold_add(struct block_fold *fold, const struct journal_append *append) {
	if (append->sequence != fold->sequence + 1)
		return false;
	fold->sequence = append->sequence;
	if (append->kind == APPEND_CLAIM)
		doubt_all(fold);
	for (int i = 0; i < append->count; i++)
		apply(fold, &append->entries[i]);
	return true;
}

bool fold_is_settled(const struct block_fold *fold) {
	return fold->counts[MESSAGE_PENDING] == 0 && fold->counts[MESSAGE_HANDING] == 0 &&
	       fold->counts[MESSAGE_DEFERRED] == 0;
}

int64_t fold_wait_ms(const struct block_fold *fold, struct moment now) {
	int64_t wait = -1;
	if (fold->counts[MESSAGE_PENDING] > 0)
		return 0;
	for (int i = 0; i < fold->size && fold->counts[MESSAGE_DEFERRED] > 0; i++) {
		const struct sending_message *message = &fold->messages[i];
		if (message->state != MESSAGE_DEFERRED)
			continue;
		if (message_is_due(message, now))
			return 0;
		if (wait < 0 || message->due_at.ms - now.ms < wait)
			wait = message->due_at.ms - now.ms;
	}
	return wait;
}
