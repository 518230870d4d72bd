/* What a file says of mailing people. */
#include "audience/importing/stop.h"

#include "audience/suppression/suppression.h"

static bool is_decided(const struct batch_row *row) {
	return !row->settled && row->row.key &&
	       (row->decision.outcome == IMPORT_CREATED || row->decision.outcome == IMPORT_UPDATED);
}

static struct suppression_entry entry_of(const struct import_work *work, const struct batch_row *row,
                                         const char *evidence) {
	static const enum suppression_reason reasons[] = { [SUPPRESSED_UNSUBSCRIBED] = SUPPRESSION_UNSUBSCRIBED,
		                                               [SUPPRESSED_BOUNCED] = SUPPRESSION_BOUNCED,
		                                               [SUPPRESSED_COMPLAINED] = SUPPRESSION_COMPLAINED,
		                                               [SUPPRESSED_BY_HAND] = SUPPRESSION_MANUAL };
	return (struct suppression_entry){ row->row.key,       reasons[row->decision.suppresses], evidence,
		                               SUPPRESSED_BY_FILE, work->import.created_by,           work->now };
}

static bool suppress(struct import_work *work, const struct batch *batch, struct error *err) {
	struct suppression_entry *entries = arena_array(batch->arena, struct suppression_entry, batch->count + 1);
	const char *evidence = arena_print(batch->arena, "Import of %s", work->import.name);
	int count = 0;
	for (int i = 0; i < batch->count; i++)
		if (is_decided(&batch->rows[i]) && batch->rows[i].decision.suppresses != SUPPRESSED_NOT)
			entries[count++] = entry_of(work, &batch->rows[i], evidence);
	return count == 0 || suppression_add(work->store, entries, count, batch->arena, err);
}

static bool lift(struct import_work *work, const struct batch *batch, struct error *err) {
	bool fine = true;
	for (int i = 0; fine && i < batch->count; i++) {
		const struct batch_row *row = &batch->rows[i];
		const struct suppression_note why = { .at = work->now,
			                                  .lifts = true,
			                                  .evidence = row->decision.consent_source,
			                                  .source = SUPPRESSED_BY_FILE,
			                                  .by = work->import.created_by };
		if (is_decided(row) && row->decision.resubscribes)
			fine = suppression_lift_confirmed(work->store, &(struct strings){ (const char *[]){ row->row.key }, 1 },
			                                  &why, batch->arena, err);
	}
	return fine;
}

bool import_stop(struct import_work *work, const struct batch *batch, struct error *err) {
	return suppress(work, batch, err) && lift(work, batch, err);
}
