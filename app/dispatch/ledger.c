/* The stored journals. */
#include "dispatch/ledger.h"

#include <string.h>

static const char JOURNAL[] = "send_journal";

static const struct field line_fields[] = {
	FIELD(struct ledger_line, index, .stored = "i"),
	FIELD(struct ledger_line, event, .stored = "e", .choices = &message_events),
	FIELD(struct ledger_line, burns, .stored = "b"),
	FIELD(struct ledger_line, code, .stored = "c"),
	FIELD(struct ledger_line, reason, .stored = "r"),
	FIELD(struct ledger_line, wait_ms, .stored = "w"),
	FIELD(struct ledger_line, at, .stored = "t"),
	FIELD(struct ledger_line, words, .stored = "s"),
};
const struct record_type ledger_line_record = RECORD_TYPE("LedgerLine", struct ledger_line, line_fields);

/* An append as it is stored. */
struct page {
	const char *block_id;
	int64_t sequence, fence;
	unsigned kind;
	struct rows lines; /* struct ledger_line */
};
static const struct field page_fields[] = {
	FIELD(struct page, block_id, .flags = FIELD_ID),
	FIELD(struct page, sequence),
	FIELD(struct page, fence),
	FIELD(struct page, kind, .choices = &append_kinds),
	FIELD_LIST(struct page, lines, ledger_line_record),
};
static const struct record_type page_record = RECORD_TYPE("JournalPage", struct page, page_fields);

enum { PAGES_AT_ONCE = 200 };

/* What is 0 is left out. */
static int64_t unless_zero(int64_t count) {
	return count ? count : COUNT_NONE;
}

static struct ledger_line line_of(const struct message_entry *entry, const char *words) {
	return (struct ledger_line){ entry->index,
		                         entry->event,
		                         entry->burns,
		                         unless_zero(entry->code),
		                         unless_zero(entry->reason),
		                         unless_zero(entry->wait_ms),
		                         entry->at,
		                         words };
}

static int64_t or_zero(int64_t count) {
	return count == COUNT_NONE ? 0 : count;
}

static struct message_entry entry_of(const struct ledger_line *line) {
	return (struct message_entry){ .index = (int)or_zero(line->index),
		                           .event = (enum message_event)line->event,
		                           .burns = line->burns,
		                           .code = (int)or_zero(line->code),
		                           .reason = (int)or_zero(line->reason),
		                           .wait_ms = or_zero(line->wait_ms),
		                           .at = line->at };
}

/* False: it holds more than an append can. */
static bool append_of(const struct page *page, struct journal_append *append) {
	const struct ledger_line *lines = page->lines.items;
	append->sequence = page->sequence;
	append->fence = page->fence;
	append->kind = (enum append_kind)page->kind;
	append->count = 0;
	if (page->lines.count > APPEND_ENTRIES_MAX)
		return false;
	for (int i = 0; i < page->lines.count; i++)
		append->entries[append->count++] = entry_of(&lines[i]);
	return true;
}

bool ledger_append(struct store *store, const char *block_id, const struct journal_append *append,
                   const struct ledger_words *words, bool *taken, struct error *err) {
	struct ledger_line lines[APPEND_ENTRIES_MAX];
	for (int i = 0; i < append->count; i++)
		lines[i] = line_of(&append->entries[i], words ? words[i].text : NULL);
	const struct page page = { block_id, append->sequence, append->fence, append->kind, { lines, append->count } };
	return store_insert_once(store, JOURNAL, &page_record, &page, taken, err);
}

static bool damaged(const char *block_id, int64_t sequence, struct error *err) {
	return error_set(err, ERROR_FAULT, "append %lld of the journal of block %s cannot be read", (long long)sequence,
	                 block_id);
}

bool ledger_look(struct store *store, const char *block_id, int64_t sequence, struct journal_append *append,
                 bool *found, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct page page;
	return store_find(store, JOURNAL, FILTER(eq_id("block_id", block_id), eq_count("sequence", sequence)), NULL,
	                  &page_record, arena, &page, found, err) &&
	       (!*found || append_of(&page, append) || damaged(block_id, sequence, err));
}

bool ledger_fold(struct store *store, const char *block_id, int size, struct block_fold *fold,
                 void (*each)(void *context, const struct ledger_line *line), void *context, struct error *err) {
	struct journal_append append;
	int count = PAGES_AT_ONCE;
	if (size < 0 || size > BLOCK_MESSAGES_MAX)
		return error_set(err, ERROR_FAULT, "block %s has %d messages", block_id, size);
	fold_begin(fold, size);
	while (count == PAGES_AT_ONCE) {
		ARENA_AUTO arena = arena_new();
		struct page *pages;
		if (!store_list(store, JOURNAL, FILTER(eq_id("block_id", block_id), gt_count("sequence", fold->sequence)),
		                SORT(asc("sequence")), PAGES_AT_ONCE, &page_record, arena, (void **)&pages, &count, err))
			return false;
		for (int i = 0; i < count; i++) {
			const struct ledger_line *lines = pages[i].lines.items;
			if (!append_of(&pages[i], &append) || !fold_add(fold, &append))
				return damaged(block_id, pages[i].sequence, err);
			for (int k = 0; each && k < pages[i].lines.count; k++)
				each(context, &lines[k]);
		}
	}
	return true;
}

/* Line by line: somebody else of the same append may be forgotten at the same time. */
static bool forget_lines(struct store *store, const struct page *page, int index, struct arena *arena,
                         struct error *err) {
	const struct ledger_line *lines = page->lines.items;
	for (int k = 0; k < page->lines.count; k++) {
		const char *words = arena_print(arena, "lines.%d.s", k);
		bool matched;
		if (lines[k].index == index && lines[k].words &&
		    !store_update(store, JOURNAL,
		                  FILTER(eq_id("block_id", page->block_id), eq_count("sequence", page->sequence)),
		                  UPDATE(unset(words)), &matched, err))
			return false;
	}
	return true;
}

bool ledger_forget(struct store *store, const char *block_id, int index, struct error *err) {
	int count = PAGES_AT_ONCE;
	while (count == PAGES_AT_ONCE) {
		ARENA_AUTO arena = arena_new();
		struct page *pages;
		if (!store_list(store, JOURNAL,
		                FILTER(eq_id("block_id", block_id), ELEMENT_OF("lines", eq_count("i", index), is_present("s"))),
		                SORT(asc("sequence")), PAGES_AT_ONCE, &page_record, arena, (void **)&pages, &count, err))
			return false;
		for (int i = 0; i < count; i++)
			if (!forget_lines(store, &pages[i], index, arena, err))
				return false;
	}
	return true;
}
