/* Suppressions: what is added and lifted. */
#include <stdlib.h>
#include <string.h>

#include "audience/suppression/hashed.h"
#include "audience/suppression/stored.h"

struct suppression suppression_noted(const struct suppression *row, const struct suppression_note *note,
                                     struct arena *arena) {
	struct suppression after = *row;
	int before = row->history.count, kept = before < SUPPRESSION_NOTES_MAX ? before : SUPPRESSION_NOTES_MAX - 1;
	struct suppression_note *notes = arena_array(arena, struct suppression_note, kept + 1);
	const struct suppression_note *old = row->history.items;
	for (int i = 0; i < kept; i++) /* the first, and the newest */
		notes[i] = i == 0 ? old[0] : old[before - kept + i];
	notes[kept] = *note;
	after.history = (struct rows){ notes, kept + 1 };
	after.is_active = !note->lifts;
	after.at = note->at;
	after.evidence = note->evidence;
	after.source = note->source;
	after.by = note->by;
	return after;
}

/* What a user or the person says counts each time; what a program has told before is no news, nor what happened before
 * somebody lifted it and comes late. */
static bool is_news(const struct suppression *row, const struct suppression_entry *entry) {
	const struct suppression_note *notes = row->history.items;
	const bool of_program = entry->source == SUPPRESSED_BY_PROVIDER || entry->source == SUPPRESSED_BY_MAIL;
	bool is_told = false;
	if (of_program && row->history.count > 0 && !row->is_active && entry->at.ms < row->at.ms)
		return false;
	for (int i = 0; i < row->history.count; i++)
		is_told = is_told || (!notes[i].lifts && notes[i].source == entry->source &&
		                      text_same(notes[i].evidence, entry->evidence));
	if (!is_told)
		return true;
	return !row->is_active && !of_program;
}

/* What is known, and what is being written. */
struct adding {
	const struct suppression *known;
	int known_count;
	struct suppression *changed; /* each row once */
	int count;
};

static const struct suppression *first_of(const struct suppression *rows, int count, const char *key) {
	return key ? suppression_of(rows, count, key) : NULL;
}

/* The row of a key with this reason, among those in order. */
static const struct suppression *known_row(const struct adding *adding, const char *key, unsigned reason) {
	const struct suppression *row = first_of(adding->known, adding->known_count, key);
	for (; row && row < adding->known + adding->known_count && text_same(row->key, key); row++)
		if (row->reason == reason)
			return row;
	return NULL;
}

/* The row of this entry that is being changed, or a copy of the known one, or a new one. Of somebody who was erased
 * everything stays under the hash. */
static struct suppression *row_for(struct adding *adding, const struct suppression_entry *entry, struct arena *arena) {
	const char *hash = hashed_key(arena, entry->key);
	bool is_hashed = first_of(adding->known, adding->known_count, hash) != NULL;
	const char *key = is_hashed ? hash : entry->key;
	for (int i = adding->count - 1; i >= 0; i--)
		if (adding->changed[i].reason == entry->reason && text_same(adding->changed[i].key, key))
			return &adding->changed[i];
	const struct suppression *known = known_row(adding, key, entry->reason);
	struct suppression *row = &adding->changed[adding->count];
	*row = known ? *known
	             : (struct suppression){ .key = key,
		                                 .value = is_hashed ? NULL : entry->key,
		                                 .kind = suppression_kind_of(entry->key),
		                                 .reason = entry->reason };
	return row;
}

static void add_entry(struct adding *adding, const struct suppression_entry *entry, struct arena *arena) {
	struct suppression *row = row_for(adding, entry, arena);
	const struct suppression_note note = { entry->at, false, entry->evidence, entry->source, entry->by };
	if (!is_news(row, entry))
		return;
	*row = suppression_noted(row, &note, arena);
	if (row == &adding->changed[adding->count])
		adding->count++;
}

/* *all: nothing is left to write. */
static bool add_once(struct store *store, const struct suppression_entry *entries, int count, bool *all,
                     struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct strings keys = { arena_array(arena, const char *, count + 1), count };
	struct adding adding = { .changed = arena_array(arena, struct suppression, count + 1) };
	struct suppression *known;
	for (int i = 0; i < count; i++)
		keys.items[i] = entries[i].key;
	const struct suppression_asking asking = suppression_ask(&keys, arena);
	if (!suppression_read(store, &asking, arena, &known, &adding.known_count, err))
		return false;
	adding.known = known;
	for (int i = 0; i < count; i++)
		add_entry(&adding, &entries[i], arena);
	*all = adding.count == 0;
	return *all || suppression_write(store, adding.changed, adding.count, arena, all, err);
}

static int by_key(const void *one, const void *other) {
	const struct suppression_entry *a = one, *b = other;
	int keys = strcmp(a->key, b->key);
	return keys ? keys : (a->at.ms > b->at.ms) - (a->at.ms < b->at.ms);
}

/* A row that somebody else was first to insert, or has changed, is found by the next turn. */
bool suppression_add(struct store *store, const struct suppression_entry *entries, int count, struct arena *arena,
                     struct error *err) {
	enum { AT_ONCE = 500 };
	struct suppression_entry *sorted = arena_array(arena, struct suppression_entry, count + 1);
	memcpy(sorted, entries, (size_t)count * sizeof *entries);
	qsort(sorted, (size_t)count, sizeof *sorted, by_key);
	for (int first = 0; first < count; first += AT_ONCE) {
		int piece = count - first < AT_ONCE ? count - first : AT_ONCE;
		bool all = false;
		for (int tries = 0; !all; tries++) {
			if (tries == SUPPRESSION_TRIES)
				return error_set(err, ERROR_CONFLICT, "Others are changing these suppressions. Try again");
			if (!add_once(store, sorted + first, piece, &all, err))
				return false;
		}
	}
	return true;
}

static bool check_lift(const struct suppression *row, const struct suppression_note *why, struct error *err) {
	if (text_is_empty(why->evidence))
		return error_field(err, "reason", "Say why it may be lifted");
	if (!suppression_may_be_lifted(row->reason))
		return error_field(err, "reason", "They complained. That is never lifted");
	return row->is_active || error_set(err, ERROR_CONFLICT, "It has been lifted already");
}

/* *stale: somebody else has changed it meanwhile. */
static bool lift_once(struct store *store, const char *id, const struct suppression_note *why, struct arena *arena,
                      struct suppression *row, bool *stale, struct error *err) {
	struct suppression after;
	bool found, all;
	if (!suppression_find_one(store, id, arena, row, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no suppression %.60s", id);
	if (!check_lift(row, why, err))
		return false;
	int64_t before = row->rev;
	*row = suppression_noted(row, why, arena);
	if (!suppression_write(store, row, 1, arena, &all, err) ||
	    !suppression_find_one(store, row->id, arena, &after, &found, err))
		return false;
	*stale = !found || after.rev != before + 1 || after.is_active;
	return true;
}

bool suppression_lift(struct store *store, const char *id, const struct suppression_note *why, struct arena *arena,
                      struct suppression *row, struct error *err) {
	struct suppression_note note = *why;
	bool stale = true;
	note.lifts = true;
	for (int tries = 0; stale && tries < SUPPRESSION_TRIES; tries++)
		if (!lift_once(store, id, &note, arena, row, &stale, err))
			return false;
	return !stale || error_set(err, ERROR_CONFLICT, "Others are changing this suppression. Try again");
}

/* Whoever has lifted one meanwhile has done the same. */
static bool lift_those(struct store *store, const struct strings *keys, bool (*is_meant)(const struct suppression *row),
                       const struct suppression_note *why, struct arena *arena, struct error *err) {
	struct suppression *rows;
	struct suppression lifted;
	int count;
	if (!suppression_find(store, keys, arena, &rows, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (is_meant(&rows[i]) && !suppression_lift(store, rows[i].id, why, arena, &lifted, err) &&
		    err->kind != ERROR_CONFLICT)
			return false;
	return true;
}

static bool is_theirs(const struct suppression *row) {
	return row->reason == SUPPRESSION_UNSUBSCRIBED || row->reason == SUPPRESSION_ERASED;
}

static bool is_stop(const struct suppression *row) {
	return row->reason == SUPPRESSION_UNSUBSCRIBED && row->source == SUPPRESSED_BY_TEXT;
}

bool suppression_lift_confirmed(struct store *store, const struct strings *keys, const struct suppression_note *why,
                                struct arena *arena, struct error *err) {
	return lift_those(store, keys, is_theirs, why, arena, err);
}

bool suppression_lift_stop(struct store *store, const struct strings *keys, const struct suppression_note *why,
                           struct arena *arena, struct error *err) {
	return lift_those(store, keys, is_stop, why, arena, err);
}
