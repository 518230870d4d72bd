/* Reading a batch of rows. */
#include "audience/importing/read.h"

static struct strings copied(struct arena *arena, const struct strings *cells) {
	struct strings copy = { arena_array(arena, const char *, cells->count + 1), cells->count };
	for (int i = 0; i < cells->count; i++)
		copy.items[i] = arena_copy(arena, cells->items[i]);
	return copy;
}

static bool take(void *context, const struct rows_row *cells) {
	struct batch *batch = context;
	struct batch_row *row = &batch->rows[batch->count++];
	*row = (struct batch_row){ .cells = copied(batch->arena, &cells->cells) };
	import_row_read(batch->arena, &batch->work->reading, cells, &row->row);
	if (!row->row.is_rejected)
		row->identity = row->row.key ? row->row.key : row->row.texts[MEMBER_PHONE];
	batch->next = (struct import_place){ cells->next.offset, cells->next.row, cells->next.line };
	return batch->count < batch->limit;
}

bool import_read(struct import_work *work, const struct import_place *place, struct batch *batch, struct error *err) {
	struct rows_place start = import_place(place);
	const char *bytes;
	size_t size = 1;
	batch->work = work;
	batch->next = *place;
	struct row_reader *rows = rows_open(batch->arena, &work->format, &start, take, batch, err);
	pieces_seek(work->file, start.offset);
	while (rows && size > 0 && !rows_stopped(rows))
		if (!pieces_read(work->file, &bytes, &size, err) || (size && !rows_feed(rows, bytes, size, err)))
			return false;
	if (!rows || rows_stopped(rows))
		return rows != NULL;
	work->ended = true;
	return rows_finish(rows, err);
}
