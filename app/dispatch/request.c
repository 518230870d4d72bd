/* Requests to the holder of a block. */
#include "dispatch/request.h"

#include "dispatch/again.h"
#include "dispatch/block_jobs.h"

static const char REQUESTS[] = "message_requests";

struct request {
	const char *key; /* "BLOCK:INDEX:TURN", and what it asks for unless that is to send it again */
	const char *campaign_id, *by;
	int64_t index, turn; /* turn: how often it had been sent again */
	unsigned kind;       /* enum request_kind */
	struct moment at;
};
static const char *const kind_names[REQUEST_KIND_COUNT] = { "again", "arrived" };
static const struct choices kinds = CHOICES(kind_names);
static const struct field request_fields[] = {
	FIELD(struct request, key, .stored = "_id"),
	FIELD(struct request, campaign_id, .flags = FIELD_ID),
	FIELD(struct request, by),
	FIELD(struct request, index),
	FIELD(struct request, turn),
	FIELD(struct request, kind, .choices = &kinds),
	FIELD(struct request, at),
};
static const struct record_type request_record = RECORD_TYPE("MessageRequest", struct request, request_fields);

static void count_turn(void *context, const struct ledger_line *line) {
	struct turns *turns = context;
	if (line->event == MESSAGE_AGAIN && line->index >= 0 && line->index < BLOCK_PEOPLE)
		turns->counts[line->index]++;
}

bool turns_read(struct store *store, const struct block *block, struct turns *turns, struct error *err) {
	return ledger_fold(store, block->id, block->people.count, &turns->fold, count_turn, turns, err);
}

bool request_put(struct store *store, const struct request_for *what, const struct turns *turns, struct arena *arena,
                 bool *was_there, struct error *err) {
	int64_t turn = turns->counts[what->index];
	const struct request request = {
		.key = arena_print(arena, "%s:%d:%lld%s", what->block->id, what->index, (long long)turn,
		                   what->kind == REQUEST_ARRIVED ? ":arrived" : ""),
		.campaign_id = what->block->campaign_id,
		.by = what->by,
		.index = what->index,
		.turn = turn,
		.kind = what->kind,
		.at = what->now,
	};
	return store_insert_once(store, REQUESTS, &request_record, &request, was_there, err);
}

bool request_open_block(struct store *store, const struct block *block, struct arena *arena, struct error *err) {
	return block_reopen(store, block->id, err) && block_jobs_ask(store, block->campaign_id, arena, err);
}

static bool can_happen(const struct sending_message *message, enum request_kind kind) {
	if (kind == REQUEST_ARRIVED)
		return message->state == MESSAGE_UNCERTAIN;
	return again_is_possible(message->state, message->reason);
}

/* Adds those of one kind that can happen to messages of which nothing was added before. */
static void add(const struct request *requests, int asked, enum request_kind kind, const struct turns *turns, int size,
                bool taken[BLOCK_PEOPLE], struct message_entry *entries, int *count) {
	static const enum message_event events[] = { [REQUEST_AGAIN] = MESSAGE_AGAIN, [REQUEST_ARRIVED] = MESSAGE_ACCEPT };
	for (int i = 0; i < asked; i++) {
		int64_t index = requests[i].index;
		if (requests[i].kind != kind || index < 0 || index >= size || taken[index] ||
		    requests[i].turn != turns->counts[index] || !can_happen(&turns->fold.messages[index], kind))
			continue;
		taken[index] = true;
		entries[(*count)++] = (struct message_entry){ .index = (int)index, .event = events[kind] };
	}
}

bool requests_waiting(struct store *store, const struct block *block, struct arena *arena,
                      struct message_entry *entries, int *count, struct error *err) {
	enum { REQUESTS_MAX = 5000 };
	struct request *requests;
	bool taken[BLOCK_PEOPLE] = { 0 };
	int asked;
	*count = 0;
	if (!store_list(store, REQUESTS, FILTER(prefix_text("_id", arena_print(arena, "%s:", block->id))), SORT(asc("_id")),
	                REQUESTS_MAX, &request_record, arena, (void **)&requests, &asked, err))
		return false;
	if (asked == 0)
		return true;
	struct turns *turns = arena_new_of(arena, struct turns);
	if (!turns_read(store, block, turns, err))
		return false;
	add(requests, asked, REQUEST_ARRIVED, turns, block->people.count, taken, entries, count);
	add(requests, asked, REQUEST_AGAIN, turns, block->people.count, taken, entries, count);
	return true;
}
