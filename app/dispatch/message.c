/* Messages as they are kept. */
#include "dispatch/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatch/ledger.h"
#include "dispatch/reasons.h"
#include "dispatch/single_mail.h"

static const char STORED[] = "block_messages";

static const struct field fields[] = {
	FIELD(struct sent_message, index),     FIELD(struct sent_message, contact_id, .flags = FIELD_ID),
	FIELD(struct sent_message, to_email),  FIELD(struct sent_message, status, .choices = &message_states),
	FIELD(struct sent_message, code),      FIELD(struct sent_message, reason),
	FIELD(struct sent_message, words),     FIELD(struct sent_message, attempts),
	FIELD(struct sent_message, deferrals), FIELD(struct sent_message, sent_at),
	FIELD(struct sent_message, handed_at), FIELD(struct sent_message, settled_at),
};
static const struct record_type message_record = RECORD_TYPE("SentMessage", struct sent_message, fields);

struct stored {
	const char *id, *campaign_id; /* id: the block's */
	int64_t number, failed;
	struct rows messages; /* struct sent_message */
	struct rows failures; /* struct failure_count */
};
static const struct field stored_fields[] = {
	FIELD(struct stored, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct stored, campaign_id, .flags = FIELD_ID),
	FIELD(struct stored, number),
	FIELD(struct stored, failed),
	FIELD_LIST(struct stored, messages, message_record),
	FIELD_LIST(struct stored, failures, failure_record),
};
static const struct record_type stored_record = RECORD_TYPE("BlockMessages", struct stored, stored_fields);

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
		record_clear(&message_record, &reading.messages[i]);
		reading.messages[i].due_at = MOMENT_NONE;
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

static struct sent_message *messages_in(const struct stored *stored) {
	struct sent_message *messages = stored->messages.items;
	for (int i = 0; i < stored->messages.count; i++) {
		messages[i].campaign_id = stored->campaign_id;
		messages[i].block = stored->number;
		messages[i].due_at = MOMENT_NONE;
	}
	return messages;
}

bool messages_stored(struct store *store, const char *campaign_id, int64_t number, struct arena *arena,
                     struct sent_message **messages, int *count, bool *found, struct error *err) {
	struct stored stored;
	if (!store_find(store, STORED, FILTER(eq_id("campaign_id", campaign_id), eq_count("number", number)), NULL,
	                &stored_record, arena, &stored, found, err))
		return false;
	*count = *found ? stored.messages.count : 0;
	*messages = *found ? messages_in(&stored) : NULL;
	return true;
}

static bool write_all(struct store *store, const struct block *block, struct arena *arena,
                      struct sent_message **written, struct error *err) {
	struct stored stored = { .id = block->id, .campaign_id = block->campaign_id, .number = block->number };
	struct sent_message *messages;
	if (!messages_of_block(store, block, arena, &messages, err))
		return false;
	stored.messages = (struct rows){ messages, block->people.count };
	stored.failures = failures_of(messages, block->people.count, arena);
	for (int i = 0; i < block->people.count; i++)
		stored.failed += messages[i].status == MESSAGE_FAILED;
	*written = messages;
	return store_upsert(store, STORED, FILTER(by_id(block->id)), UPDATE(set_record(&stored_record, &stored, NULL)),
	                    err);
}

/* Somebody may be erased while they are written: then it is done again. */
bool messages_write(struct store *store, const struct block *block, struct arena *arena, struct sent_message **messages,
                    struct error *err) {
	struct block now = *block;
	bool changed = true;
	if (!block_refresh(store, &now, arena, &changed, err))
		return false;
	for (changed = true; changed;)
		if (!write_all(store, &now, arena, messages, err) || !block_refresh(store, &now, arena, &changed, err))
			return false;
	return true;
}

/* The blocks that are done, one after the other. */
bool messages_gather(struct store *store, struct error *err) {
	for (char after[25] = "";;) {
		ARENA_AUTO arena = arena_new();
		struct sent_message *messages;
		struct block_state state;
		struct block block;
		bool found;
		if (!store_find(store, "dispatch_states",
		                FILTER(eq_bool("is_done", true), *after ? gt_id("_id", after) : anything()), SORT(asc("_id")),
		                &block_state_record, arena, &state, &found, err))
			return false;
		if (!found)
			return true;
		(void)snprintf(after, sizeof after, "%s", state.id);
		if (!block_find(store, state.campaign_id, state.number, arena, &block, &found, err) ||
		    (found && !messages_write(store, &block, arena, &messages, err)))
			return false;
	}
}

/* --- whoever is erased --- */

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

/* Their place alone: somebody else of the same block may be erased at the same time. */
static bool forget_place(struct store *store, const char *block_id, int place, struct arena *arena, struct error *err) {
	const char *contact_id = arena_print(arena, "messages.%d.contact_id", place);
	const char *to_email = arena_print(arena, "messages.%d.to_email", place);
	const char *words = arena_print(arena, "messages.%d.words", place);
	bool matched;
	return store_update(store, STORED, FILTER(by_id(block_id)),
	                    UPDATE(unset(contact_id), unset(to_email), unset(words)), &matched, err);
}

static bool forget_stored(struct store *store, const char *contact_id, struct arena *arena, struct error *err) {
	struct stored *all;
	int count;
	if (!store_list(store, STORED, FILTER(eq_id("messages.contact_id", contact_id)), NULL, BLOCK_ERASED_MAX,
	                &stored_record, arena, (void **)&all, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct sent_message *messages = all[i].messages.items;
		for (int k = 0; k < all[i].messages.count; k++)
			if (text_same(messages[k].contact_id, contact_id) && !forget_place(store, all[i].id, k, arena, err))
				return false;
	}
	return true;
}

/* The blocks before what is stored: by them the words are found, and by whoever writes messages at the same time that
 * somebody is gone. What was written until then is found by the person. */
bool messages_forget(struct store *store, const struct strings *contact_ids, struct arena *arena, struct error *err) {
	for (int i = 0; i < contact_ids->count; i++) {
		const char *contact_id = contact_ids->items[i];
		if (!forget_words(store, contact_id, arena, err) || !block_erase(store, contact_id, arena, err) ||
		    !forget_stored(store, contact_id, arena, err))
			return false;
	}
	return single_mails_forget(store, contact_ids, err);
}

/* --- somebody's --- */

/* Who is asked for. */
struct asked {
	struct strings contact_ids;
};
static const struct field asked_fields[] = { FIELD(struct asked, contact_ids, .flags = FIELD_ID) };
static const struct record_type asked_record = RECORD_TYPE("AskedMessages", struct asked, asked_fields);

bool messages_of_contacts(struct store *store, const struct strings *contact_ids, int limit, struct arena *arena,
                          struct sent_message **messages, int *count, struct error *err) {
	const struct asked asked = { *contact_ids };
	struct rows rows;
	BSON_AUTO whose = bson_new();
	record_to_bson(&asked_record, &asked, whose);
	BSON_AUTO stages = BCON_NEW("0", "{", "$sort", "{", "campaign_id", BCON_INT32(-1), "_id", BCON_INT32(1), "}",
	                            "}",                                               /* */
	                            "1", "{", "$limit", BCON_INT32(limit), "}",        /* */
	                            "2", "{", "$addFields", BCON_DOCUMENT(whose), "}", /* */
	                            "3", "{", "$project", "{", "campaign_id", BCON_INT32(1), "number", BCON_INT32(1),
	                            "messages", "{", "$filter", "{", "input", "$messages", "cond", "{", "$in", "[",
	                            "$$this.contact_id", "$contact_ids", "]", "}", "}", "}", "}", "}");
	if (!store_aggregate_rows(store, STORED, FILTER(in_ids("messages.contact_id", contact_ids)), stages, &stored_record,
	                          arena, &rows, err))
		return false;
	*messages = arena_array(arena, struct sent_message, limit + 1);
	*count = 0;
	const struct stored *blocks = rows.items;
	for (int i = 0; i < rows.count; i++) {
		const struct sent_message *theirs = messages_in(&blocks[i]);
		for (int k = 0; k < blocks[i].messages.count && *count < limit; k++)
			if (theirs[k].status == MESSAGE_ACCEPTED)
				(*messages)[(*count)++] = theirs[k];
	}
	return true;
}

bool messages_count_accepted(struct store *store, const char *contact_id, int64_t *count, struct error *err) {
	return store_count(store, STORED,
	                   FILTER(eq_id("messages.contact_id", contact_id),
	                          ELEMENT_OF("messages", eq_id("contact_id", contact_id),
	                                     eq_choice("status", &message_states, MESSAGE_ACCEPTED))),
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
