/* Undoing an import. */
#include "audience/importing/undoing.h"

#include <stdlib.h>
#include <string.h>

#include "audience/importing/join.h"

enum { TRIES = 3 }; /* of those whom somebody else changes at the same moment */

/* The people of a batch of lines, sorted by id. */
struct present {
	struct contact_known *items;
	int count;
};

static int by_its_id(const void *a, const void *b) {
	return strcmp(((const struct contact_known *)a)->contact.id, ((const struct contact_known *)b)->contact.id);
}

static const struct contact_known *present_of(const struct present *present, const struct import_line *line) {
	const struct contact_known wanted = { .contact = { .id = line->contact_id } };
	return line->contact_id && present->count
	           ? bsearch(&wanted, present->items, (size_t)present->count, sizeof *present->items, by_its_id)
	           : NULL;
}

static bool changed_somebody(const struct import_line *line) {
	return line->outcome == IMPORT_CREATED || line->outcome == IMPORT_UPDATED;
}

static bool find_present(struct import_work *work, const struct import_line *lines, int count, struct arena *arena,
                         struct present *present, struct error *err) {
	struct strings ids = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		if (changed_somebody(&lines[i]))
			ids.items[ids.count++] = lines[i].contact_id;
	return contact_know_ids(work->store, &ids, arena, &present->items, &present->count, err);
}

static bool is_on_other_lists(const struct import *import, const struct contact *contact) {
	for (int i = 0; i < contact->list_ids.count; i++)
		if (!text_same(contact->list_ids.items[i], import->list_id))
			return true;
	return false;
}

/* A line that was decided before a kill keeps that decision. */
static void decide(const struct import *import, struct import_line *line, const struct contact_known *known,
                   struct arena *arena) {
	const struct import_touched touched = { .was_created = line->outcome == IMPORT_CREATED,
		                                    .rev = line->rev,
		                                    .joined = line->joined,
		                                    .resubscribed = line->resubscribed };
	struct import_present present = { 0 };
	if (line->undone != LINE_STANDS)
		return;
	if (known) {
		const struct moment last = known->contact.engagement.last_event_at;
		present = (struct import_present){ .exists = true,
			                               .rev = known->contact.rev,
			                               .was_mailed = moment_is_set(last) && last.ms > import->created_at.ms,
			                               .has_other_lists = is_on_other_lists(import, &known->contact) };
	}
	static const enum import_undone by_outcome[UNDO_OUTCOME_COUNT] = {
		[UNDO_REMOVED] = LINE_REMOVED, [UNDO_RESTORED] = LINE_RESTORED, [UNDO_LISTED] = LINE_KEPT
	};
	const struct import_undo undo = undo_decide(arena, &touched, &present);
	line->undone = by_outcome[undo.outcome];
	line->kept_why = undo.reason;
}

static struct contact_take back(const struct import_line *line, const struct contact_known *known) {
	return (struct contact_take){ .id = known->contact.id,
		                          .email = known->contact.email,
		                          .email_norm = known->contact.email_norm,
		                          .own = line->own,
		                          .rows = known->rows,
		                          .count = known->count,
		                          .suppressed = known->contact.suppressed,
		                          .phone_suppressed = known->contact.phone_suppressed,
		                          .rev = known->contact.rev,
		                          .joins = known->contact.joins };
}

static bool write_back(struct import_work *work, const struct import_line *lines, int count,
                       const struct present *present, struct arena *arena, struct error *err) {
	struct contact_take *takes = arena_array(arena, struct contact_take, count + 1);
	struct contact_mark *gone = arena_array(arena, struct contact_mark, count + 1);
	int take_count = 0, gone_count = 0;
	bool all;
	for (int i = 0; i < count; i++) {
		const struct contact_known *known = changed_somebody(&lines[i]) ? present_of(present, &lines[i]) : NULL;
		if (!known || known->contact.rev != lines[i].rev) /* done before a kill, or kept */
			continue;
		if (lines[i].undone == LINE_REMOVED)
			gone[gone_count++] = (struct contact_mark){ known->contact.id, NULL, known->contact.rev,
				                                        known->contact.joins };
		if (lines[i].undone == LINE_RESTORED)
			takes[take_count++] = back(&lines[i], known);
	}
	return contact_untake(work->store, gone, gone_count, err) &&
	       contact_take(work->store, takes, take_count, arena, &all, err);
}

/* Whoever still has what the import wrote was changed by somebody else after it had been decided: that is decided
 * anew. */
static bool reopen(struct import_work *work, struct import_line *lines, int count, struct arena *arena, int *open,
                   struct error *err) {
	struct strings ids = { arena_array(arena, const char *, count + 1), 0 };
	struct contact_mark *marks;
	int mark_count;
	*open = 0;
	for (int i = 0; i < count; i++)
		if (lines[i].undone == LINE_REMOVED || lines[i].undone == LINE_RESTORED)
			ids.items[ids.count++] = lines[i].contact_id;
	if (!ids.count)
		return true;
	if (!contact_marks(work->store, &ids, arena, &marks, &mark_count, err))
		return false;
	for (int i = 0; i < count; i++) {
		bool undone = lines[i].undone == LINE_REMOVED || lines[i].undone == LINE_RESTORED;
		const struct contact_mark *mark = undone ? contact_mark_of(marks, mark_count, lines[i].contact_id) : NULL;
		if (!mark || !text_same(mark->import_id, work->import.id))
			continue;
		lines[i].undone = LINE_STANDS;
		++*open;
	}
	return true;
}

static void keep_open(struct import_line *lines, int count) {
	for (int i = 0; i < count; i++)
		if (changed_somebody(&lines[i]) && lines[i].undone == LINE_STANDS) {
			lines[i].undone = LINE_KEPT;
			lines[i].kept_why = "Was edited since.";
		}
}

/* Decides about these lines and does it; nobody is told of as undone who is not. */
static bool undo_lines(struct import_work *work, struct import_line *lines, int count, struct arena *arena,
                       struct error *err) {
	int open = 1;
	for (int tries = 0; open > 0 && tries < TRIES; tries++) {
		struct present present;
		if (!find_present(work, lines, count, arena, &present, err))
			return false;
		for (int i = 0; i < count; i++)
			if (changed_somebody(&lines[i]))
				decide(&work->import, &lines[i], present_of(&present, &lines[i]), arena);
		if (!import_line_save_undone(work->store, lines, count, err) ||
		    !write_back(work, lines, count, &present, arena, err) || !reopen(work, lines, count, arena, &open, err))
			return false;
	}
	keep_open(lines, count);
	return open == 0 || import_line_save_undone(work->store, lines, count, err);
}

bool import_undo_batch(struct import_work *work, struct arena *arena, bool *done, struct error *err) {
	struct import *import = &work->import;
	struct import_line *lines;
	int count;
	if (!import_line_list(work->store, import->id, import->undo_row, 0, IMPORT_BATCH, arena, &lines, &count, err) ||
	    !undo_lines(work, lines, count, arena, err) || !import_unjoin(work, lines, count, arena, err))
		return false;
	for (int i = 0; i < count; i++) {
		import->removed += lines[i].undone == LINE_REMOVED;
		import->restored += lines[i].undone == LINE_RESTORED;
		import->kept += lines[i].undone == LINE_KEPT;
		import->undo_row = lines[i].row;
	}
	*done = count < IMPORT_BATCH;
	return true;
}
