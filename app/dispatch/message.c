/* Messages as they are kept. */
#include "dispatch/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatch/ledger.h"
#include "dispatch/single_mail.h"

static const char MESSAGES[] = "messages";

static const struct field fields[] = {
	FIELD(struct sent_message, campaign_id, .flags = FIELD_ID),
	FIELD(struct sent_message, contact_id, .flags = FIELD_ID),
	FIELD(struct sent_message, block),
	FIELD(struct sent_message, index),
	FIELD(struct sent_message, to_email),
	FIELD(struct sent_message, status, .choices = &message_states),
	FIELD(struct sent_message, code),
	FIELD(struct sent_message, reason),
	FIELD(struct sent_message, words),
	FIELD(struct sent_message, attempts),
	FIELD(struct sent_message, deferrals),
	FIELD(struct sent_message, sent_at),
	FIELD(struct sent_message, handed_at),
	FIELD(struct sent_message, settled_at),
	FIELD(struct sent_message, due_at),
};
const struct record_type sent_message_record = RECORD_TYPE("SentMessage", struct sent_message, fields);

struct reading {
	struct sent_message *messages;
	int count;
	struct arena *arena;
};

/* The newest entries count. */
static void take(void *context, const struct ledger_line *line) {
	struct reading *reading = context;
	if (line->index < 0 || line->index >= reading->count)
		return;
	struct sent_message *message = &reading->messages[line->index];
	message->settled_at = line->at;
	if (line->event == MESSAGE_HAND)
		message->handed_at = line->at;
	if (line->event == MESSAGE_ACCEPT)
		message->sent_at = line->code > 0 ? line->at : message->handed_at; /* no reply: it was proven later */
	if (line->words)
		message->words = arena_copy(reading->arena, line->words);
}

static int64_t unless_zero(int64_t count) {
	return count ? count : COUNT_NONE;
}

bool messages_of_block(struct store *store, const struct block *block, struct arena *arena,
                       struct sent_message **messages, struct error *err) {
	const struct recipient *people = block->people.items;
	struct block_fold *fold = arena_new_of(arena, struct block_fold);
	struct reading reading = { arena_array(arena, struct sent_message, block->people.count + 1), block->people.count,
		                       arena };
	for (int i = 0; i < reading.count; i++) {
		record_clear(&sent_message_record, &reading.messages[i]);
		reading.messages[i].campaign_id = block->campaign_id;
		reading.messages[i].contact_id = people[i].contact_id;
		reading.messages[i].block = block->number;
		reading.messages[i].index = i;
		reading.messages[i].to_email = people[i].email;
	}
	if (!ledger_fold(store, block->id, reading.count, fold, take, &reading, err))
		return false;
	for (int i = 0; i < reading.count; i++) {
		const struct sending_message *now = &fold->messages[i];
		reading.messages[i].status = now->state;
		reading.messages[i].code = unless_zero(now->code);
		reading.messages[i].reason = unless_zero(now->reason);
		reading.messages[i].attempts = now->attempts;
		reading.messages[i].deferrals = now->deferrals;
		if (!people[i].contact_id)
			reading.messages[i].words = NULL;
		if (now->state == MESSAGE_DEFERRED)
			reading.messages[i].due_at = now->due_at;
	}
	*messages = reading.messages;
	return true;
}

static bool write_all(struct store *store, const struct block *block, struct arena *arena, struct error *err) {
	struct sent_message *messages;
	int64_t deleted;
	if (!messages_of_block(store, block, arena, &messages, err) ||
	    !store_delete(store, MESSAGES,
	                  FILTER(eq_id("campaign_id", block->campaign_id), eq_count("block", block->number)), &deleted,
	                  err))
		return false;
	struct bulk *bulk = bulk_open(store, MESSAGES);
	for (int i = 0; i < block->people.count; i++)
		bulk_insert(bulk, &sent_message_record, &messages[i]);
	return bulk_run(bulk, NULL, err);
}

/* Somebody may be erased while they are written: then it is done again. */
bool messages_write(struct store *store, const struct block *block, struct arena *arena, struct error *err) {
	struct block now = *block;
	bool changed = true;
	if (!block_refresh(store, &now, arena, &changed, err))
		return false;
	for (changed = true; changed;)
		if (!write_all(store, &now, arena, err) || !block_refresh(store, &now, arena, &changed, err))
			return false;
	return true;
}

static bool forget_words(struct store *store, const char *contact_id, struct arena *arena, struct error *err) {
	struct block *blocks;
	int count;
	if (!blocks_of_contact(store, contact_id, BLOCK_ERASED_MAX, arena, &blocks, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct recipient *people = blocks[i].people.items;
		for (int k = 0; k < blocks[i].people.count; k++)
			if (text_same(people[k].contact_id, contact_id) && !ledger_forget(store, blocks[i].id, k, err))
				return false;
	}
	return true;
}

/* The blocks last: by them the words are found, and by whoever writes messages at the same time that somebody is gone.
 * What was written until then is removed once more. */
bool messages_forget(struct store *store, const struct strings *contact_ids, struct arena *arena, struct error *err) {
	const struct filter *theirs = FILTER(in_ids("contact_id", contact_ids));
	const struct update *nobody = UPDATE(set_id("contact_id", NULL), set_text("to_email", NULL),
	                                     set_text("words", NULL));
	for (int i = 0; i < contact_ids->count; i++)
		if (!forget_words(store, contact_ids->items[i], arena, err) ||
		    !block_erase(store, contact_ids->items[i], arena, err))
			return false;
	return single_mails_forget(store, contact_ids, err) && store_update_all(store, MESSAGES, theirs, nobody, err);
}

bool messages_count_accepted(struct store *store, const char *contact_id, int64_t *count, struct error *err) {
	return store_count(store, MESSAGES,
	                   FILTER(eq_id("contact_id", contact_id), eq_choice("status", &message_states, MESSAGE_ACCEPTED)),
	                   count, err);
}

char *message_name(const char *campaign_id, int64_t block, int64_t index, char out[MESSAGE_NAME]) {
	(void)snprintf(out, MESSAGE_NAME, "email_%s%04x%03x", campaign_id, (unsigned)block, (unsigned)index);
	return out;
}

/* So many hex digits in small letters. */
static bool read_hex(const char *text, size_t digits, int64_t *number) {
	char part[8] = "";
	if (strspn(text, "0123456789abcdef") < digits)
		return false;
	memcpy(part, text, digits);
	*number = strtol(part, NULL, 16);
	return true;
}

bool message_name_read(const char *name, char *campaign_id, int64_t *block, int64_t *index) {
	const char *bare = text_after(name, "email_");
	if (strlen(bare) != 31 || strspn(bare, "0123456789abcdef") != 31)
		return false;
	memcpy(campaign_id, bare, 24);
	campaign_id[24] = '\0';
	return read_hex(bare + 24, 4, block) && read_hex(bare + 28, 3, index);
}

/* As many hex digits as there are, and what must follow them. */
static bool read_number(const char **at, char after, int64_t *number) {
	enum { DIGITS = 8 };
	size_t size = strspn(*at, "0123456789abcdef");
	if (size == 0 || size > DIGITS || (*at)[size] != after)
		return false;
	*number = strtoll(*at, NULL, 16);
	*at += size + 1;
	return true;
}

bool message_id_read(const char *id, char *campaign_id, int64_t *block, int64_t *index) {
	const char *at = id + (MESSAGE_CAMPAIGN - 1);
	if (strspn(id, "0123456789abcdef") != MESSAGE_CAMPAIGN - 1 || *at++ != '.')
		return false;
	memcpy(campaign_id, id, MESSAGE_CAMPAIGN - 1);
	campaign_id[MESSAGE_CAMPAIGN - 1] = '\0';
	return read_number(&at, '.', block) && read_number(&at, '@', index) && *index < BLOCK_PEOPLE;
}
