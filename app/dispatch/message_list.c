/* Reading messages page by page. */
#include "dispatch/message_list.h"

#include <stdio.h>
#include <string.h>

enum { BLOCKS_AT_ONCE = 50 };

struct listing {
	struct store *store;
	const struct messages_query *query;
	struct arena *arena;
	int64_t block, index; /* what was read last */
	struct messages_page *page;
	int room;
};

bool messages_cursor_read(const char *cursor, int64_t *block, int64_t *index, struct error *err) {
	enum { DIGITS_MAX = 12 };
	char number[DIGITS_MAX + 1];
	const char *dot = cursor ? strchr(cursor, '.') : NULL;
	*block = *index = -1;
	if (text_is_empty(cursor))
		return true;
	if (!dot || dot - cursor > DIGITS_MAX)
		return error_field(err, "cursor", "This page link is not valid. Start from the first page");
	(void)snprintf(number, sizeof number, "%.*s", (int)(dot - cursor), cursor);
	return (text_to_int(number, 0, UINT16_MAX, block) && text_to_int(dot + 1, 0, BLOCK_PEOPLE, index)) ||
	       error_field(err, "cursor", "This page link is not valid. Start from the first page");
}

const char *messages_cursor(const struct sent_message *last, struct arena *arena) {
	return arena_print(arena, "%lld.%lld", (long long)last->block, (long long)last->index);
}

static void take(struct listing *listing, const struct sent_message *message) {
	if (listing->page->count < listing->room && listing->query->states & 1U << message->status)
		listing->page->rows[listing->page->count++] = *message;
}

/* As they are stored, or else as its journal says. */
static bool read_messages(struct listing *listing, const struct block_state *state, struct sent_message **messages,
                          int *count, struct error *err) {
	const char *campaign_id = listing->query->campaign_id;
	struct block block;
	bool found = false;
	*messages = NULL;
	*count = 0;
	if (state->is_done &&
	    !messages_stored(listing->store, campaign_id, state->number, listing->arena, messages, count, &found, err))
		return false;
	if (found)
		return true;
	if (!block_find(listing->store, campaign_id, state->number, listing->arena, &block, &found, err) ||
	    (found && !messages_of_block(listing->store, &block, listing->arena, messages, err)))
		return false;
	*count = found ? block.people.count : 0;
	return true;
}

static bool take_block(struct listing *listing, const struct block_state *state, int64_t after, struct error *err) {
	struct sent_message *messages;
	int count;
	if (!read_messages(listing, state, &messages, &count, err))
		return false;
	for (int64_t i = after + 1; messages && i < count; i++)
		take(listing, &messages[i]);
	return true;
}

static bool take_blocks(struct listing *listing, bool *over, struct error *err) {
	const struct messages_query *query = listing->query;
	struct block_state *states;
	int count;
	int64_t from = listing->block < 0 ? 0 : listing->block;
	if (!block_states_with(listing->store, query->campaign_id, from, query->states, BLOCKS_AT_ONCE, listing->arena,
	                       &states, &count, err))
		return false;
	for (int i = 0; i < count && listing->page->count < listing->room; i++) {
		int64_t number = states[i].number, after = number == listing->block ? listing->index : -1;
		if (!take_block(listing, &states[i], after, err))
			return false;
		listing->block = number;
		listing->index = BLOCK_PEOPLE;
	}
	*over = count < BLOCKS_AT_ONCE || listing->page->count == listing->room;
	return true;
}

/* Somebody's message stands in one place. */
static bool list_of_contact(struct listing *listing, struct error *err) {
	const struct messages_query *query = listing->query;
	struct sent_message *rows;
	struct block block;
	bool found;
	if (!block_find_of(listing->store, query->campaign_id, query->contact_id, listing->arena, &block, &found, err) ||
	    (found && !messages_of_block(listing->store, &block, listing->arena, &rows, err)))
		return false;
	for (int i = 0; found && i < block.people.count; i++)
		if (text_same(rows[i].contact_id, query->contact_id))
			take(listing, &rows[i]);
	return true;
}

bool messages_list(struct store *store, const struct messages_query *query, struct arena *arena,
                   struct messages_page *page, struct error *err) {
	struct listing listing = { .store = store, .query = query, .arena = arena, .page = page, .room = query->limit + 1 };
	bool over = false;
	*page = (struct messages_page){ arena_array(arena, struct sent_message, query->limit + 1), 0, NULL };
	if (!messages_cursor_read(query->cursor, &listing.block, &listing.index, err))
		return false;
	if (query->contact_id)
		return list_of_contact(&listing, err);
	while (!over)
		if (!take_blocks(&listing, &over, err))
			return false;
	if (page->count > query->limit) {
		page->count = query->limit;
		page->next = messages_cursor(&page->rows[page->count - 1], arena);
	}
	return true;
}

struct tracing {
	int64_t index;
	struct arena *arena;
	struct ledger_line *lines;
	int count;
};

enum { LINES_MAX = 200 };

static void trace(void *context, const struct ledger_line *line) {
	struct tracing *tracing = context;
	if (line->index != tracing->index || tracing->count == LINES_MAX)
		return;
	struct ledger_line *own = &tracing->lines[tracing->count++];
	*own = *line;
	own->words = line->words ? arena_copy(tracing->arena, line->words) : NULL;
}

bool message_find(struct store *store, const char *name, struct arena *arena, struct message_found *found,
                  struct error *err) {
	char campaign_id[25];
	int64_t block, index;
	bool is_there = message_name_read(name, campaign_id, &block, &index);
	struct sent_message *messages;
	struct block_fold *fold = arena_new_of(arena, struct block_fold);
	struct tracing tracing = { 0, arena, arena_array(arena, struct ledger_line, LINES_MAX), 0 };
	if (is_there && !block_find(store, campaign_id, block, arena, &found->block, &is_there, err))
		return false;
	if (!is_there || index >= found->block.people.count)
		return error_set(err, ERROR_MISSING, "no email %.60s", name);
	tracing.index = index;
	if (!messages_of_block(store, &found->block, arena, &messages, err) ||
	    !ledger_fold(store, found->block.id, found->block.people.count, fold, trace, &tracing, err))
		return false;
	found->message = messages[index];
	found->lines = tracing.lines;
	found->line_count = tracing.count;
	return true;
}
