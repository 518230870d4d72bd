/* A batch of an import. */
#include "audience/importing/batch.h"

#include <stdlib.h>
#include <string.h>

#include "audience/importing/choices.h"
#include "audience/importing/domains.h"
#include "audience/importing/join.h"
#include "audience/importing/stop.h"
#include "audience/importing/take.h"
#include "audience/suppression/suppression.h"

enum { TRIES = 3 }; /* of a row whose person is changed by somebody else at the same moment */

void import_work_begin(struct import_work *work, struct arena *arena) {
	struct import *import = &work->import;
	work->arena = arena;
	import_get_mapping(import, &work->mapping);
	work->format = import_format(import);
	work->reading = (struct import_reading){ &work->mapping, &work->format, import->country ? import->country : "",
		                                     work->now };
	work->choice = (struct import_choice){ .known = (enum import_known)import->known,
		                                   .resubscribe = import->resubscribe,
		                                   .consent_source = import->consent_source,
		                                   .has_list = import->list_id != NULL,
		                                   .tags = import->tags };
	work->file = import_file_open(work->store, arena, import->id, import->bytes);
	work->seen = seen_new(arena);
}

static void note_repeated(struct import_work *work, struct batch *batch) {
	for (int i = 0; i < batch->count; i++) {
		struct batch_row *row = &batch->rows[i];
		row->first = row->identity ? seen_before(work->seen, row->identity, row->row.place.row) : 0;
	}
}

/* The people whom the open rows name. */
struct known_people {
	struct contact_known *items;
	int count;
};

static bool find_people(struct import_work *work, const struct batch *batch, struct known_people *people,
                        struct error *err) {
	struct strings norms = { arena_array(batch->arena, const char *, batch->count + 1), 0 };
	struct strings phones = { arena_array(batch->arena, const char *, batch->count + 1), 0 };
	for (int i = 0; i < batch->count; i++) {
		const struct batch_row *row = &batch->rows[i];
		if (row->settled || !row->identity)
			continue;
		if (row->row.key)
			norms.items[norms.count++] = row->row.key;
		else
			phones.items[phones.count++] = row->identity;
	}
	return contact_know(work->store, &norms, &phones, batch->arena, &people->items, &people->count, err);
}

/* The addresses and numbers of the open rows to which nothing is sent. */
struct stopped {
	struct suppression *rows;
	int count;
};

static bool find_stopped(struct import_work *work, const struct batch *batch, struct stopped *stopped,
                         struct error *err) {
	struct strings keys = { arena_array(batch->arena, const char *, 2 * batch->count + 1), 0 };
	for (int i = 0; i < batch->count; i++) {
		const struct batch_row *row = &batch->rows[i];
		if (row->settled || !row->identity)
			continue;
		keys.items[keys.count++] = row->identity;
		if (row->row.key && row->row.texts[MEMBER_PHONE])
			keys.items[keys.count++] = row->row.texts[MEMBER_PHONE];
	}
	return suppression_find(work->store, &keys, batch->arena, &stopped->rows, &stopped->count, err);
}

static int by_norm(const void *a, const void *b) {
	return strcmp(((const struct contact_known *)a)->contact.email_norm,
	              ((const struct contact_known *)b)->contact.email_norm);
}

static const struct contact_known *with_norm(const struct known_people *people, const char *norm) {
	const struct contact_known wanted = { .contact = { .email_norm = norm } };
	return people->count ? bsearch(&wanted, people->items, (size_t)people->count, sizeof *people->items, by_norm)
	                     : NULL;
}

/* By the number alone, if one person has it. */
static void match_phone(const struct known_people *people, struct batch_row *row) {
	int found = 0;
	for (int i = 0; i < people->count; i++)
		if (text_same(people->items[i].contact.profile.phone, row->identity)) {
			row->known = &people->items[i];
			found++;
		}
	row->refused = found > 1 ? "Several contacts have this phone number. Add the address." : NULL;
}

static struct import_suppression suppression_of_row(const struct stopped *stopped, const struct batch_row *row) {
	static const enum import_suppressed by_reason[SUPPRESSION_REASON_COUNT] = {
		[SUPPRESSION_COMPLAINED] = SUPPRESSED_COMPLAINED,
		[SUPPRESSION_BOUNCED] = SUPPRESSED_BOUNCED,
		[SUPPRESSION_MANUAL] = SUPPRESSED_BY_HAND,
		[SUPPRESSION_ERASED] = SUPPRESSED_ERASED,
		[SUPPRESSION_UNSUBSCRIBED] = SUPPRESSED_UNSUBSCRIBED,
	};
	const struct suppression *found = row->identity ? suppression_of(stopped->rows, stopped->count, row->identity)
	                                                : NULL;
	struct moment at = row->known ? row->known->contact.own.unsubscribed_at : MOMENT_NONE;
	if (found)
		return (struct import_suppression){ by_reason[found->reason], found->at };
	return (struct import_suppression){ moment_is_set(at) ? SUPPRESSED_UNSUBSCRIBED : SUPPRESSED_NOT, at };
}

/* What the person is about to say of it. */
static void mark_stopped(const struct stopped *stopped, struct batch_row *row) {
	const char *phone = row->row.texts[MEMBER_PHONE];
	const struct suppression *found = suppression_of(stopped->rows, stopped->count, row->row.key);
	row->is_erased = found && found->reason == SUPPRESSION_ERASED;
	row->suppressed = found ? choice_name(&suppression_reasons, (int)found->reason) : NULL;
	found = suppression_of(stopped->rows, stopped->count, phone);
	row->phone_suppressed = found ? choice_name(&suppression_reasons, (int)found->reason) : NULL;
}

static void decide_row(struct import_work *work, struct batch *batch, const struct stopped *stopped,
                       struct batch_row *row) {
	struct import_person person = { 0 };
	const struct import_suppression suppression = suppression_of_row(stopped, row);
	if (row->first)
		row->decision = (struct import_decision){ .outcome = IMPORT_SKIPPED,
			                                      .reason = seen_told(batch->arena, row->first) };
	else if (row->refused)
		row->decision = (struct import_decision){ .outcome = IMPORT_REJECTED, .reason = row->refused };
	if (row->first || row->refused)
		return;
	if (row->known)
		person = import_person_of(row->known, work->import.list_id, batch->arena);
	row->decision = import_decide(batch->arena, &row->row, row->known ? &person : NULL, &suppression, &work->choice);
}

static bool decide(struct import_work *work, struct batch *batch, struct error *err) {
	struct known_people people;
	struct stopped stopped;
	if (!find_people(work, batch, &people, err) || !find_stopped(work, batch, &stopped, err))
		return false;
	if (people.count)
		qsort(people.items, (size_t)people.count, sizeof *people.items, by_norm);
	for (int i = 0; i < batch->count; i++) {
		struct batch_row *row = &batch->rows[i];
		if (row->settled)
			continue;
		row->known = row->row.key ? with_norm(&people, row->row.key) : NULL;
		if (row->identity && !row->row.key)
			match_phone(&people, row);
		mark_stopped(&stopped, row);
		decide_row(work, batch, &stopped, row);
	}
	return true;
}

static bool changes_somebody(const struct batch_row *row) {
	return row->decision.outcome == IMPORT_CREATED || row->decision.outcome == IMPORT_UPDATED;
}

static struct contact_take take_of(const struct import_work *work, const struct batch_row *row, struct arena *arena) {
	const struct contact_known *known = row->known;
	const char *id = known ? known->contact.id : import_line_id(work->import.id, row->row.place.row, arena);
	struct contact_take take = {
		.id = id,
		.is_new = !known,
		.email = known ? known->contact.email : row->row.email,
		.email_norm = known ? known->contact.email_norm : row->row.key,
		.own = import_own(&work->import, row, known ? &known->contact.own : NULL, work->now, arena),
		.rows = known ? known->rows : NULL,
		.count = known ? known->count : 0,
		.suppressed = row->suppressed,
		.phone_suppressed = row->phone_suppressed,
		.rev = known ? known->contact.rev : 0,
		.joins = known ? known->contact.joins : 0,
	};
	if (row->decision.joins)
		take.rows = import_joined(work, row, id, &take.count, arena);
	if (!take.email_norm) /* as contacts/change.c tells those apart who have no address */
		take.email_norm = arena_print(arena, "%s %s", row->identity, id);
	return take;
}

static struct import_line line_of(const struct import_work *work, const struct batch_row *row,
                                  const struct contact_take *take, struct arena *arena) {
	struct import_line line;
	record_clear(&import_line_record, &line);
	line.id = import_line_id(work->import.id, row->row.place.row, arena);
	line.row = row->row.place.row;
	line.outcome = row->decision.outcome;
	line.at = work->import.created_at;
	line.reason = row->decision.reason;
	if (row->is_erased)
		return line;
	line.key = row->row.key ? row->row.key : row->identity;
	line.who = row->row.email ? row->row.email : row->identity;
	if (!take) {
		line.cells = row->cells;
		return line;
	}
	line.reason = import_notes(row, arena);
	line.contact_id = take->id;
	line.rev = contact_take_rev(take);
	line.joined = row->decision.joins;
	line.resubscribed = row->decision.resubscribes;
	if (row->known)
		line.own = row->known->contact.own;
	return line;
}

/* Lines first, then people: whoever goes on after a kill finds what was about to be done. */
static bool write_rows(struct import_work *work, struct batch *batch, struct contact_take *takes, int *take_count,
                       bool *all, struct error *err) {
	struct import_line *lines = arena_array(batch->arena, struct import_line, batch->count + 1);
	int count = 0;
	*take_count = 0;
	for (int i = 0; i < batch->count; i++) {
		const struct batch_row *row = &batch->rows[i];
		struct contact_take *take = NULL;
		if (row->settled || row->decision.outcome == IMPORT_UNCHANGED)
			continue;
		if (changes_somebody(row)) {
			take = &takes[(*take_count)++];
			*take = take_of(work, row, batch->arena);
		}
		lines[count++] = line_of(work, row, take, batch->arena);
	}
	return import_line_insert(work->store, lines, count, err) && import_stop(work, batch, err) &&
	       import_join(work, batch, err) && contact_take(work->store, takes, *take_count, batch->arena, all, err) &&
	       import_resubscribe(work, batch, err) && import_check_list(work, batch, err);
}

/* Whoever does not have what was written was changed by somebody else at the same moment: their rows stay open. */
static bool settle(struct import_work *work, struct batch *batch, const struct contact_take *takes, int take_count,
                   int *open, struct error *err) {
	struct strings ids = { arena_array(batch->arena, const char *, take_count + 1), 0 };
	struct strings stale = { arena_array(batch->arena, const char *, take_count + 1), 0 };
	struct contact_mark *marks;
	int mark_count, at = 0;
	for (int i = 0; i < take_count; i++)
		ids.items[ids.count++] = takes[i].id;
	if (!contact_marks(work->store, &ids, batch->arena, &marks, &mark_count, err))
		return false;
	for (int i = 0; i < batch->count; i++) {
		struct batch_row *row = &batch->rows[i];
		if (row->settled)
			continue;
		const struct contact_take *take = changes_somebody(row) ? &takes[at++] : NULL;
		const struct contact_mark *mark = take ? contact_mark_of(marks, mark_count, take->id) : NULL;
		row->settled = !take || (mark && text_same(mark->import_id, work->import.id));
		if (!row->settled)
			stale.items[stale.count++] = import_line_id(work->import.id, row->row.place.row, batch->arena);
	}
	*open = stale.count;
	return import_leave(work, batch, err) && import_line_drop(work->store, &stale, err);
}

static bool write_batch(struct import_work *work, struct batch *batch, struct error *err) {
	struct contact_take *takes = arena_array(batch->arena, struct contact_take, batch->count + 1);
	int open = 1, count;
	bool all;
	if (!import_need_list(work, batch->arena, err))
		return false;
	for (int tries = 0; open > 0 && tries < TRIES; tries++) {
		if (!decide(work, batch, err) || !write_rows(work, batch, takes, &count, &all, err))
			return false;
		if (all)
			return true;
		if (!settle(work, batch, takes, count, &open, err))
			return false;
	}
	for (int i = 0; i < batch->count; i++)
		if (!batch->rows[i].settled)
			batch->rows[i].refused = "Somebody else changed this contact at the same moment. Import the row again.";
	return open == 0 || (decide(work, batch, err) && write_rows(work, batch, takes, &count, &all, err));
}

static const struct import_line *line_at(const struct import_line *lines, int count, const char *id) {
	for (int i = 0; i < count; i++)
		if (text_same(lines[i].id, id))
			return &lines[i];
	return NULL;
}

static bool is_done(const struct import_work *work, const struct import_line *line, const struct contact_mark *mark) {
	bool changed = line->outcome == IMPORT_CREATED || line->outcome == IMPORT_UPDATED;
	return changed && mark && text_same(mark->import_id, work->import.id) && mark->rev >= line->rev;
}

/* A batch that was begun before: what has been done stands, the rest is done anew. */
static bool find_done(struct import_work *work, struct batch *batch, struct error *err) {
	struct arena *arena = batch->arena;
	struct import_line *lines;
	struct contact_mark *marks;
	int count, mark_count;
	struct strings ids = { arena_array(arena, const char *, batch->count + 1), 0 };
	struct strings stale = { arena_array(arena, const char *, batch->count + 1), 0 };
	if (batch->count == 0)
		return true;
	int64_t first = batch->rows[0].row.place.row, last = batch->rows[batch->count - 1].row.place.row;
	if (!import_line_list(work->store, work->import.id, first - 1, last, batch->count, arena, &lines, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (lines[i].contact_id)
			ids.items[ids.count++] = lines[i].contact_id;
	if (!contact_marks(work->store, &ids, arena, &marks, &mark_count, err))
		return false;
	for (int i = 0; i < batch->count; i++) {
		struct batch_row *row = &batch->rows[i];
		const struct import_line *line = line_at(lines, count,
		                                         import_line_id(work->import.id, row->row.place.row, arena));
		if (line && is_done(work, line, contact_mark_of(marks, mark_count, line->contact_id))) {
			row->settled = true;
			row->decision.outcome = (enum import_outcome)line->outcome;
		} else if (line) {
			stale.items[stale.count++] = line->id;
		}
	}
	return import_line_drop(work->store, &stale, err);
}

static void count_row(struct import_counts *counts, enum import_outcome outcome) {
	int64_t *places[IMPORT_OUTCOME_COUNT] = { [IMPORT_CREATED] = &counts->created,
		                                      [IMPORT_UPDATED] = &counts->updated,
		                                      [IMPORT_UNCHANGED] = &counts->unchanged,
		                                      [IMPORT_SKIPPED] = &counts->skipped,
		                                      [IMPORT_REJECTED] = &counts->rejected };
	++*places[outcome];
}

static const char *name_of(const struct import_row *row, struct arena *arena) {
	const char *first = row->texts[MEMBER_FIRST_NAME], *last = row->texts[MEMBER_LAST_NAME];
	return arena_print(arena, "%s%s%s", first ? first : "", first && last ? " " : "", last ? last : "");
}

static bool is_trouble(unsigned outcome) {
	return outcome == IMPORT_REJECTED || outcome == IMPORT_SKIPPED;
}

/* The first rows, and those with problems before them. */
static void show_row(struct import_work *work, const struct batch_row *row, struct arena *arena) {
	struct import *import = &work->import;
	struct import_shown *shown = import->shown.items;
	bool trouble = is_trouble(row->decision.outcome);
	int count = import->shown.count, at = count;
	if (count == IMPORT_SHOWN_ROWS && (!trouble || is_trouble(shown[count - 1].outcome)))
		return;
	while (trouble && at > 0 && !is_trouble(shown[at - 1].outcome))
		at--;
	int last = count < IMPORT_SHOWN_ROWS ? count : count - 1;
	memmove(shown + at + 1, shown + at, sizeof *shown * (size_t)(last - at));
	const char *who = row->row.email ? row->row.email : row->identity;
	if (!who && row->cells.count)
		who = row->cells.items[0];
	shown[at] = (struct import_shown){ row->row.place.row,
		                               arena_copy(work->arena, who),
		                               name_of(&row->row, work->arena),
		                               arena_copy(work->arena,
		                                          trouble ? row->decision.reason : import_notes(row, arena)),
		                               trouble ? NULL : arena_copy(work->arena, import_told(row, arena)),
		                               row->decision.outcome };
	import->shown.count = last + 1;
}

bool import_batch(struct import_work *work, struct arena *arena, struct error *err) {
	struct import *import = &work->import;
	struct batch *batch = arena_new_of(arena, struct batch);
	batch->arena = arena;
	batch->limit = IMPORT_BATCH;
	if (!import_read(work, &import->at, batch, err))
		return false;
	for (int i = 0; i < batch->count; i++)
		import_choices_settle(&work->definitions, &batch->rows[i].row, arena);
	note_repeated(work, batch);
	if (!import_domains_flag(work, batch, err))
		return false;
	if (work->resumed && !find_done(work, batch, err))
		return false;
	work->resumed = false;
	if (batch->count && !(work->writes ? write_batch(work, batch, err) : decide(work, batch, err)))
		return false;
	for (int i = 0; i < batch->count; i++) {
		const struct batch_row *row = &batch->rows[i];
		count_row(work->writes ? &import->counts : &import->expected, row->decision.outcome);
		import->bad_domains += row->bad_domain && changes_somebody(row);
		import->repeated += !work->writes && row->first;
		if (!work->writes)
			show_row(work, row, arena);
		if (work->tally)
			tally_add(work->tally, work->arena, &work->mapping, &row->row);
	}
	import->looked_at += batch->count;
	import->at = batch->next;
	return true;
}

bool import_recall(struct import_work *work, struct import_place *place, int64_t until, struct arena *arena, bool *done,
                   struct error *err) {
	struct batch *batch = arena_new_of(arena, struct batch);
	batch->arena = arena;
	batch->limit = IMPORT_BATCH;
	if (!import_read(work, place, batch, err))
		return false;
	for (int i = 0; i < batch->count; i++)
		if (batch->rows[i].row.place.row < until && batch->rows[i].identity)
			(void)seen_before(work->seen, batch->rows[i].identity, batch->rows[i].row.place.row);
	*place = batch->next;
	*done = work->ended || place->row >= until;
	work->ended = false;
	return true;
}
