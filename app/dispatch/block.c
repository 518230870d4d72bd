/* Blocks of recipients, and what has become of them. */
#include "dispatch/block.h"

#include "sending/refusal.h"

#include <string.h>

static const char BLOCKS[] = "dispatch_blocks";
static const char STATES[] = "dispatch_states";

static const struct field recipient_fields[] = {
	FIELD(struct recipient, contact_id, .flags = FIELD_ID),
	FIELD(struct recipient, email),
	FIELD(struct recipient, values),
	FIELD(struct recipient, code),
	FIELD(struct recipient, short_code),
	FIELD(struct recipient, is_counted),
};
static const struct record_type recipient_record = RECORD_TYPE("Recipient", struct recipient, recipient_fields);

static const struct field fields[] = {
	FIELD(struct block, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct block, campaign_id, .flags = FIELD_ID),
	FIELD(struct block, number),
	FIELD_LIST(struct block, people, recipient_record),
	FIELD(struct block, contact_ids, .flags = FIELD_ID),
	FIELD(struct block, after, .flags = FIELD_ID),
	FIELD(struct block, is_last),
	FIELD(struct block, starts_at),
	FIELD(struct block, comes_later),
	FIELD(struct block, part_of),
	FIELD_RECORD(struct block, left_out, left_out_record),
};
const struct record_type block_record = RECORD_TYPE("Block", struct block, fields);

static const struct field state_fields[] = {
	FIELD(struct block_state, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct block_state, campaign_id, .flags = FIELD_ID),
	FIELD(struct block_state, number),
	FIELD(struct block_state, size),
	FIELD(struct block_state, starts_at),
	FIELD(struct block_state, comes_later),
	FIELD(struct block_state, pending),
	FIELD(struct block_state, handing),
	FIELD(struct block_state, deferred),
	FIELD(struct block_state, accepted),
	FIELD(struct block_state, failed),
	FIELD(struct block_state, suppressed),
	FIELD(struct block_state, cancelled),
	FIELD(struct block_state, uncertain),
	FIELD(struct block_state, hard),
	FIELD(struct block_state, sequence),
	FIELD(struct block_state, fence),
	FIELD(struct block_state, is_done),
	FIELD(struct block_state, is_stuck),
	FIELD(struct block_state, due_at),
	FIELD(struct block_state, updated_at),
};
const struct record_type block_state_record = RECORD_TYPE("BlockState", struct block_state, state_fields);

bool block_find(struct store *store, const char *campaign_id, int64_t number, struct arena *arena, struct block *block,
                bool *found, struct error *err) {
	return store_find(store, BLOCKS, FILTER(eq_id("campaign_id", campaign_id), eq_count("number", number)), NULL,
	                  &block_record, arena, block, found, err);
}

bool block_find_recipient(struct store *store, const char *campaign_id, int64_t number, int index, struct arena *arena,
                          struct recipient *recipient, bool *found, struct error *err) {
	struct block block;
	if (!block_find(store, campaign_id, number, arena, &block, found, err))
		return false;
	const struct recipient *people = block.people.items;
	*found = *found && index >= 0 && index < block.people.count && people[index].contact_id;
	if (*found)
		*recipient = people[index];
	return true;
}

bool block_find_last(struct store *store, const char *campaign_id, struct arena *arena, struct block *block,
                     bool *found, struct error *err) {
	return store_find(store, BLOCKS, FILTER(eq_id("campaign_id", campaign_id)), SORT(desc("number")), &block_record,
	                  arena, block, found, err);
}

static struct block_state state_of(const struct block *block, struct moment now) {
	struct block_state state;
	record_clear(&block_state_record, &state);
	state.id = block->id;
	state.campaign_id = block->campaign_id;
	state.number = block->number;
	state.size = state.pending = block->people.count;
	state.starts_at = state.due_at = block->starts_at;
	state.comes_later = block->comes_later;
	state.handing = state.deferred = state.accepted = state.failed = 0;
	state.suppressed = state.cancelled = state.uncertain = 0;
	state.hard = state.sequence = state.fence = 0;
	state.updated_at = now;
	return state;
}

bool block_complete(struct store *store, const struct block *block, struct moment now, struct error *err) {
	const struct block_state state = state_of(block, now);
	bool ignored;
	return store_insert_once(store, STATES, &block_state_record, &state, &ignored, err);
}

/* The block first: a state without a block would be counted, and never sent. */
bool block_create(struct store *store, struct block *block, struct moment now, struct arena *arena, bool *was_there,
                  struct error *err) {
	bool found = true;
	if (!store_insert_once(store, BLOCKS, &block_record, block, was_there, err) ||
	    (*was_there && !block_find(store, block->campaign_id, block->number, arena, block, &found, err)))
		return false;
	if (!found)
		return error_set(err, ERROR_FAULT, "block %lld of campaign %s is there and is not found",
		                 (long long)block->number, block->campaign_id);
	return block_complete(store, block, now, err);
}

bool block_state_find(struct store *store, const char *block_id, struct arena *arena, struct block_state *state,
                      bool *found, struct error *err) {
	return store_find(store, STATES, FILTER(by_id(block_id)), NULL, &block_state_record, arena, state, found, err);
}

bool block_state_of(struct store *store, const char *campaign_id, int64_t number, struct arena *arena,
                    struct block_state *state, bool *found, struct error *err) {
	return store_find(store, STATES, FILTER(eq_id("campaign_id", campaign_id), eq_count("number", number)), NULL,
	                  &block_state_record, arena, state, found, err);
}

bool block_state_save(struct store *store, const struct block_state *state, struct error *err) {
	bool matched;
	return store_update(store, STATES, FILTER(by_id(state->id), NONE_OF(gt_count("fence", state->fence))),
	                    UPDATE(set_record(&block_state_record, state,
	                                      EXCEPT("id", "campaign_id", "number", "size", "starts_at", "comes_later"))),
	                    &matched, err);
}

static int64_t hard_of(const struct block_fold *fold) {
	int64_t hard = 0;
	for (int i = 0; i < fold->size; i++) {
		const struct sending_message *message = &fold->messages[i];
		bool known = message->reason >= 0 && message->reason < REFUSAL_CLASS_COUNT;
		hard += message->state == MESSAGE_FAILED && known &&
		        refusal_rule((enum refusal_class)message->reason)->verdict == VERDICT_HARD;
	}
	return hard;
}

void block_state_count(struct block_state *state, const struct block_fold *fold) {
	state->pending = fold->counts[MESSAGE_PENDING];
	state->handing = fold->counts[MESSAGE_HANDING];
	state->deferred = fold->counts[MESSAGE_DEFERRED];
	state->accepted = fold->counts[MESSAGE_ACCEPTED];
	state->failed = fold->counts[MESSAGE_FAILED];
	state->suppressed = fold->counts[MESSAGE_SUPPRESSED];
	state->cancelled = fold->counts[MESSAGE_CANCELLED];
	state->uncertain = fold->counts[MESSAGE_UNCERTAIN];
	state->hard = state->failed > 0 ? hard_of(fold) : 0;
	state->sequence = fold->sequence;
}

bool block_states_open(struct store *store, const char *campaign_id, int limit, struct arena *arena,
                       struct block_state **states, int *count, struct error *err) {
	return store_list(store, STATES, FILTER(eq_id("campaign_id", campaign_id), eq_bool("is_done", false)),
	                  SORT(asc("number")), limit, &block_state_record, arena, (void **)states, count, err);
}

/* Of which something can be done; others only if of those that come first there is nothing. */
static bool find_due(struct store *store, const char *campaign_id, struct moment now, int limit, struct arena *arena,
                     struct block_state **states, int *count, struct error *err) {
	*count = 0;
	for (int later = 0; later < 2 && *count == 0; later++)
		if (!store_list(store, STATES,
		                FILTER(eq_id("campaign_id", campaign_id), eq_bool("is_done", false),
		                       ANY_OF(is_absent("due_at"), lte_moment("due_at", now)),
		                       later ? eq_bool("comes_later", true) : ne_bool("comes_later", true)),
		                SORT(asc("number")), limit, &block_state_record, arena, (void **)states, count, err))
			return false;
	return true;
}

bool block_states_next(struct store *store, const char *campaign_id, struct moment now, int limit, struct arena *arena,
                       struct block_state **states, int *count, struct error *err) {
	struct block_state *due, *later;
	int due_count, later_count = 0;
	if (!find_due(store, campaign_id, now, limit, arena, &due, &due_count, err) ||
	    (due_count < limit &&
	     !store_list(store, STATES,
	                 FILTER(eq_id("campaign_id", campaign_id), eq_bool("is_done", false), gt_moment("due_at", now)),
	                 SORT(asc("due_at"), asc("number"), asc("_id")), limit - due_count, &block_state_record, arena,
	                 (void **)&later, &later_count, err)))
		return false;
	*count = due_count + later_count;
	*states = arena_array(arena, struct block_state, (size_t)*count + 1);
	if (due_count)
		memcpy(*states, due, sizeof *due * (size_t)due_count);
	if (later_count)
		memcpy(*states + due_count, later, sizeof *later * (size_t)later_count);
	return true;
}

bool block_hours_read(struct store *store, const char *campaign_id, struct moment now, struct arena *arena,
                      struct block_hours *hours, struct error *err) {
	const struct filter *later = FILTER(eq_id("campaign_id", campaign_id), eq_bool("is_done", false),
	                                    gt_moment("starts_at", now));
	struct block_state next, last, sum;
	bool found;
	int64_t blocks;
	*hours = (struct block_hours){ MOMENT_NONE, MOMENT_NONE, 0 };
	if (!store_find(store, STATES, later, SORT(asc("starts_at"), asc("_id")), &block_state_record, arena, &next, &found,
	                err))
		return false;
	if (!found)
		return true;
	if (!store_find(store, STATES, later, SORT(desc("starts_at"), asc("_id")), &block_state_record, arena, &last,
	                &found, err) ||
	    !store_sum(store, STATES, FILTER(eq_id("campaign_id", campaign_id), eq_moment("starts_at", next.starts_at)),
	               &block_state_record, &sum, &blocks, err))
		return false;
	*hours = (struct block_hours){ next.starts_at, found ? last.starts_at : next.starts_at, sum.size };
	return true;
}

bool block_note_stuck(struct store *store, const char *block_id, struct error *err) {
	bool matched;
	return store_update(store, STATES, FILTER(by_id(block_id), ne_bool("is_stuck", true)),
	                    UPDATE(set_bool("is_stuck", true)), &matched, err);
}

bool block_reopen(struct store *store, const char *block_id, struct error *err) {
	bool matched;
	return store_update(store, STATES, FILTER(by_id(block_id), eq_bool("is_done", true)),
	                    UPDATE(set_bool("is_done", false)), &matched, err);
}

static struct condition some(unsigned states, enum message_state state) {
	return states & 1U << state ? gt_count(message_states.names[state], 0) : by_id(NULL);
}

bool block_states_with(struct store *store, const char *campaign_id, int64_t from, unsigned states, int limit,
                       struct arena *arena, struct block_state **found, int *count, struct error *err) {
	return store_list(store, STATES,
	                  FILTER(eq_id("campaign_id", campaign_id), gte_count("number", from),
	                         ANY_OF(some(states, MESSAGE_PENDING), some(states, MESSAGE_HANDING),
	                                some(states, MESSAGE_DEFERRED), some(states, MESSAGE_ACCEPTED),
	                                some(states, MESSAGE_FAILED), some(states, MESSAGE_SUPPRESSED),
	                                some(states, MESSAGE_CANCELLED), some(states, MESSAGE_UNCERTAIN))),
	                  SORT(asc("number")), limit, &block_state_record, arena, (void **)found, count, err);
}

bool block_find_of(struct store *store, const char *campaign_id, const char *contact_id, struct arena *arena,
                   struct block *block, bool *found, struct error *err) {
	return store_find(store, BLOCKS, FILTER(eq_id("contact_ids", contact_id), eq_id("campaign_id", campaign_id)), NULL,
	                  &block_record, arena, block, found, err);
}

static const struct recipient erased = { .is_counted = true };

bool blocks_of_contact(struct store *store, const char *contact_id, int limit, struct arena *arena,
                       struct block **blocks, int *count, struct error *err) {
	return store_list(store, BLOCKS, FILTER(eq_id("contact_ids", contact_id)), NULL, limit, &block_record, arena,
	                  (void **)blocks, count, err);
}

/* Who is still there; small. */
struct roll {
	struct strings contact_ids;
};
static const struct field roll_fields[] = { FIELD(struct roll, contact_ids, .flags = FIELD_ID) };
static const struct record_type roll_record = RECORD_TYPE("BlockRoll", struct roll, roll_fields);

bool block_refresh(struct store *store, struct block *block, struct arena *arena, bool *changed, struct error *err) {
	struct recipient *people = block->people.items;
	struct roll roll;
	bool found;
	*changed = false;
	if (!store_find(store, BLOCKS, FILTER(by_id(block->id)), NULL, &roll_record, arena, &roll, &found, err))
		return false;
	if (!found || roll.contact_ids.count == block->contact_ids.count)
		return true;
	for (int i = 0; i < block->people.count; i++)
		if (people[i].contact_id && !strings_have(&roll.contact_ids, people[i].contact_id))
			people[i] = erased;
	block->contact_ids = roll.contact_ids;
	*changed = true;
	return true;
}

bool blocks_of_part(struct store *store, const char *campaign_id, int64_t first, struct arena *arena,
                    struct strings *contact_ids, struct error *err) {
	struct roll *rolls;
	int count, room = 0;
	if (!store_list(store, BLOCKS, FILTER(eq_id("campaign_id", campaign_id), gte_count("number", first)),
	                SORT(asc("number")), 0, &roll_record, arena, (void **)&rolls, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		room += rolls[i].contact_ids.count;
	*contact_ids = (struct strings){ arena_array(arena, const char *, room + 1), 0 };
	for (int i = 0; i < count; i++)
		for (int k = 0; k < rolls[i].contact_ids.count; k++)
			contact_ids->items[contact_ids->count++] = rolls[i].contact_ids.items[k];
	return true;
}

/* Their place alone: somebody else of the same block may be erased at the same time. */
static bool erase_place(struct store *store, const struct block *block, int place, struct arena *arena,
                        struct error *err) {
	static const char *const known[] = { "contact_id", "email", "values", "code", "short_code" };
	const char *members[sizeof known / sizeof *known];
	const struct recipient *people = block->people.items;
	bool matched;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		members[i] = arena_print(arena, "people.%d.%s", place, known[i]);
	return store_update(store, BLOCKS, FILTER(by_id(block->id)),
	                    UPDATE(unset(members[0]), unset(members[1]), unset(members[2]), unset(members[3]),
	                           unset(members[4]), set_bool(arena_print(arena, "people.%d.is_counted", place), true),
	                           remove_id("contact_ids", people[place].contact_id)),
	                    &matched, err);
}

bool block_erase(struct store *store, const char *contact_id, struct arena *arena, struct error *err) {
	struct block *blocks;
	int count;
	if (!blocks_of_contact(store, contact_id, BLOCK_ERASED_MAX, arena, &blocks, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct recipient *people = blocks[i].people.items;
		for (int k = 0; k < blocks[i].people.count; k++)
			if (text_same(people[k].contact_id, contact_id) && !erase_place(store, &blocks[i], k, arena, err))
				return false;
	}
	return true;
}
