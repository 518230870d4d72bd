/* What proves that an uncertain message arrived. */
#include "dispatch/reconcile.h"

#include <glib.h>

#include "dispatch/log.h"
#include "dispatch/request.h"
#include "dispatch/server_log.h"

enum { PAGE = 500 };

/* *any: there may be one of them. */
static bool find_uncertain(struct store *store, const struct arrivals *arrivals, struct arena *arena,
                           struct block *block, bool *any, struct error *err) {
	struct block_state state;
	*any = false;
	if (arrivals->count == 0)
		return true;
	if (!block_state_of(store, arrivals->campaign_id, arrivals->block, arena, &state, any, err))
		return false;
	*any = *any && state.uncertain > 0;
	return !*any || block_find(store, arrivals->campaign_id, arrivals->block, arena, block, any, err);
}

static void say(struct store *store, const struct arrivals *arrivals, int64_t count, struct arena *arena) {
	static const char *const proofs[ARRIVAL_PROOF_COUNT][2] = {
		{ "it was opened or clicked", "they were opened or clicked" },
		{ "it came back or was reported as spam", "they came back or were reported as spam" },
		{ "it is in the mail server’s log", "they are in the mail server’s log" },
		{ "the mail provider delivered it", "the mail provider delivered them" },
	};
	struct error ignored = ERROR_INIT;
	const char *text = arena_print(arena, "%s: %s",
	                               text_of_counted(arena, count, "uncertain email was sent after all",
	                                               "uncertain emails were sent after all"),
	                               proofs[arrivals->proof][count != 1]);
	(void)!campaign_log(store, arrivals->campaign_id, CAMPAIGN_LOG_INFO, text, arrivals->by, arrivals->now, &ignored);
}

bool reconcile_block(struct store *store, const struct arrivals *arrivals, int64_t *asked, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct block block;
	bool any;
	int proven = 0;
	*asked = 0;
	if (!find_uncertain(store, arrivals, arena, &block, &any, err))
		return false;
	if (!any)
		return true;
	struct turns *turns = arena_new_of(arena, struct turns);
	if (!turns_read(store, &block, turns, err))
		return false;
	for (int i = 0; i < arrivals->count; i++) {
		int index = arrivals->indices[i];
		bool was_there;
		if (index < 0 || index >= block.people.count || turns->fold.messages[index].state != MESSAGE_UNCERTAIN)
			continue;
		const struct request_for what = { &block, index, REQUEST_ARRIVED, arrivals->by, arrivals->now };
		if (!request_put(store, &what, turns, arena, &was_there, err))
			return false;
		proven++;
		*asked += !was_there;
	}
	if (proven == 0)
		return true;
	if (*asked > 0)
		say(store, arrivals, *asked, arena);
	return request_open_block(store, &block, arena, err);
}

/* --- by the mail server's log --- */

/* The uncertain messages of a campaign: of each block its places, and those of them that the log has. */
struct doubts {
	int64_t block;
	int indices[BLOCK_PEOPLE], found[BLOCK_PEOPLE];
	int count, found_count;
};

static struct doubts *doubts_of(GHashTable *blocks, int64_t block) {
	struct doubts *doubts = g_hash_table_lookup(blocks, &block);
	if (!doubts) {
		doubts = g_new0(struct doubts, 1);
		doubts->block = block;
		(void)g_hash_table_insert(blocks, &doubts->block, doubts);
	}
	return doubts;
}

static bool has(const int *indices, int count, int64_t index) {
	for (int i = 0; i < count; i++)
		if (indices[i] == index)
			return true;
	return false;
}

static bool read_doubts(struct store *store, const char *campaign_id, GHashTable *blocks, int64_t *uncertain,
                        struct error *err) {
	BUF_AUTO cursor = { 0 };
	for (bool more = true; more;) {
		ARENA_AUTO arena = arena_new();
		const struct messages_query query = { campaign_id, 1U << MESSAGE_UNCERTAIN, NULL, buf_text(&cursor), PAGE };
		struct messages_page page;
		if (!messages_list(store, &query, arena, &page, err))
			return false;
		for (int i = 0; i < page.count; i++) {
			struct doubts *doubts = doubts_of(blocks, page.rows[i].block);
			if (doubts->count < BLOCK_PEOPLE)
				doubts->indices[doubts->count++] = (int)page.rows[i].index;
		}
		*uncertain += page.count;
		more = page.next != NULL;
		buf_reset(&cursor);
		buf_text_add(&cursor, more ? page.next : "");
	}
	return true;
}

static void read_log(GHashTable *blocks, const char *campaign_id, bool (*next)(void *context, const char **line),
                     void *context) {
	struct server_log *log = server_log_new(campaign_id);
	const char *line;
	int64_t block, index;
	while (next(context, &line)) {
		struct doubts *doubts = server_log_read(log, line, &block, &index) ? g_hash_table_lookup(blocks, &block) : NULL;
		if (doubts && has(doubts->indices, doubts->count, index) && !has(doubts->found, doubts->found_count, index))
			doubts->found[doubts->found_count++] = (int)index;
	}
	server_log_free(log);
}

static bool note_found(struct store *store, GHashTable *blocks, struct arrivals *arrivals, int64_t *found,
                       struct error *err) {
	GHashTableIter iter;
	void *value;
	g_hash_table_iter_init(&iter, blocks);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const struct doubts *doubts = value;
		int64_t asked;
		arrivals->block = doubts->block;
		arrivals->indices = doubts->found;
		arrivals->count = doubts->found_count;
		*found += doubts->found_count;
		if (!reconcile_block(store, arrivals, &asked, err))
			return false;
	}
	return true;
}

bool reconcile_log(struct store *store, const char *campaign_id, bool (*next)(void *context, const char **line),
                   void *context, const char *by, struct moment now, struct reconciled *result, struct error *err) {
	GHashTable *blocks = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
	struct arrivals arrivals = { .campaign_id = campaign_id, .proof = ARRIVAL_LOGGED, .by = by, .now = now };
	*result = (struct reconciled){ 0 };
	bool fine = read_doubts(store, campaign_id, blocks, &result->uncertain, err);
	if (fine)
		read_log(blocks, campaign_id, next, context);
	fine = fine && note_found(store, blocks, &arrivals, &result->found, err);
	g_hash_table_destroy(blocks);
	return fine;
}
