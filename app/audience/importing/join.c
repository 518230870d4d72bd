/* The list that the people of an import join. */
#include "audience/importing/join.h"

#include "audience/contacts/joining.h"
#include "audience/lists/list.h"

static struct joining joining_of(const struct import_work *work, enum contact_status status) {
	return (struct joining){ work->import.list_id, status, work->import.created_by, work->import.id, work->now };
}

static const char *person_of(const struct import_work *work, const struct batch_row *row, struct arena *arena) {
	return row->known ? row->known->contact.id : import_line_id(work->import.id, row->row.place.row, arena);
}

static enum contact_status status_of(const struct batch_row *row) {
	return row->decision.status == IMPORT_PENDING ? CONTACT_PENDING : CONTACT_SUBSCRIBED;
}

const struct membership *import_joined(const struct import_work *work, const struct batch_row *row,
                                       const char *contact_id, int *count, struct arena *arena) {
	int before = row->known ? row->known->count : 0;
	struct membership *rows = arena_array(arena, struct membership, before + 1);
	*count = before;
	for (int i = 0; i < before; i++) {
		rows[i] = row->known->rows[i];
		if (rows[i].own && text_same(rows[i].list_id, work->import.list_id)) { /* was removed: is there again */
			rows[i].removed_at = MOMENT_NONE;
			return rows;
		}
	}
	struct membership *fresh = &rows[(*count)++];
	record_clear(&membership_record, fresh);
	fresh->list_id = work->import.list_id;
	fresh->contact_id = contact_id;
	fresh->own = true;
	fresh->status = status_of(row);
	fresh->created_at = work->now;
	return rows;
}

static bool joins(const struct batch_row *row) {
	bool changes = row->decision.outcome == IMPORT_CREATED || row->decision.outcome == IMPORT_UPDATED;
	return !row->settled && changes && row->decision.joins;
}

/* Has the person a membership of the list, even a removed one? */
static bool has_membership(const struct import_work *work, const struct batch_row *row) {
	for (int i = 0; row->known && i < row->known->count; i++)
		if (row->known->rows[i].own && text_same(row->known->rows[i].list_id, work->import.list_id))
			return true;
	return false;
}

static bool join_as(struct import_work *work, const struct batch *batch, enum contact_status status,
                    struct error *err) {
	struct strings fresh = { arena_array(batch->arena, const char *, batch->count + 1), 0 };
	struct strings again = { arena_array(batch->arena, const char *, batch->count + 1), 0 };
	const struct joining joining = joining_of(work, status);
	for (int i = 0; i < batch->count; i++) {
		const struct batch_row *row = &batch->rows[i];
		struct strings *ids = has_membership(work, row) ? &again : &fresh;
		if (joins(row) && status_of(row) == status)
			ids->items[ids->count++] = person_of(work, row, batch->arena);
	}
	return (fresh.count == 0 || joining_insert(work->store, &joining, &fresh, err)) &&
	       (again.count == 0 || joining_write(work->store, &joining, &again, err));
}

bool import_join(struct import_work *work, const struct batch *batch, struct error *err) {
	return !work->import.list_id ||
	       (join_as(work, batch, CONTACT_SUBSCRIBED, err) && join_as(work, batch, CONTACT_PENDING, err));
}

bool import_need_list(struct import_work *work, struct arena *arena, struct error *err) {
	const struct import *import = &work->import;
	struct list list;
	bool found = true;
	if (import->list_id && !list_find(work->store, import->list_id, arena, &list, &found, err))
		return false;
	return found || error_set(err, ERROR_MISSING,
	                          "The list “%.60s” was deleted, so nobody can join it. Upload the file again without it",
	                          import->list_name ? import->list_name : "");
}

bool import_check_list(struct import_work *work, const struct batch *batch, struct error *err) {
	const struct joining joining = joining_of(work, CONTACT_SUBSCRIBED);
	struct strings ids = { arena_array(batch->arena, const char *, batch->count + 1), 0 };
	bool there;
	for (int i = 0; work->import.list_id && i < batch->count; i++)
		if (joins(&batch->rows[i]))
			ids.items[ids.count++] = person_of(work, &batch->rows[i], batch->arena);
	return ids.count == 0 || joining_check(work->store, &joining, &ids, batch->arena, &there, err);
}

static bool had_left(const struct import_work *work, const struct batch_row *row) {
	for (int i = 0; row->known && i < row->known->count; i++) {
		const struct membership *membership = &row->known->rows[i];
		if (membership->own && membership->status == CONTACT_UNSUBSCRIBED &&
		    text_same(membership->list_id, work->import.list_id))
			return true;
	}
	return false;
}

bool import_resubscribe(struct import_work *work, const struct batch *batch, struct error *err) {
	bool fine = true;
	for (int i = 0; fine && work->import.list_id && i < batch->count; i++) {
		const struct batch_row *row = &batch->rows[i];
		if (row->settled || !row->decision.resubscribes || !had_left(work, row))
			continue;
		struct error why = ERROR_INIT;
		fine = joining_set_status(work->store, work->import.list_id, row->known->contact.id, CONTACT_SUBSCRIBED,
		                          work->now, batch->arena, &why);
		if (!fine && why.kind != ERROR_MISSING) /* MISSING: they have left the list meanwhile */
			*err = why;
		fine = fine || why.kind == ERROR_MISSING;
	}
	return fine;
}

bool import_leave(struct import_work *work, const struct batch *batch, struct error *err) {
	struct strings ids = { arena_array(batch->arena, const char *, batch->count + 1), 0 };
	const struct joining joining = joining_of(work, CONTACT_SUBSCRIBED);
	int64_t removed;
	for (int i = 0; work->import.list_id && i < batch->count; i++)
		if (joins(&batch->rows[i]))
			ids.items[ids.count++] = person_of(work, &batch->rows[i], batch->arena);
	return ids.count == 0 || joining_remove(work->store, &joining, &ids, batch->arena, &removed, err);
}

bool import_unjoin(struct import_work *work, const struct import_line *lines, int count, struct arena *arena,
                   struct error *err) {
	struct strings ids = { arena_array(arena, const char *, count + 1), 0 };
	const struct joining joining = joining_of(work, CONTACT_SUBSCRIBED);
	int64_t removed;
	for (int i = 0; work->import.list_id && i < count; i++)
		if (lines[i].joined && (lines[i].undone == LINE_REMOVED || lines[i].undone == LINE_RESTORED))
			ids.items[ids.count++] = lines[i].contact_id;
	return ids.count == 0 || joining_remove(work->store, &joining, &ids, arena, &removed, err);
}
