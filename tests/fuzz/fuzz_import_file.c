/* A whole CSV file: what it is, what its columns are, what its rows say, and what they would change. */
#include <stdlib.h>
#include <string.h>

#include "audience/import/tally.h"
#include "audience/import/undo.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

struct reading {
	struct arena *arena;
	struct import_reading reading;
	struct import_choice choice;
	struct import_tally tally;
	int64_t outcomes[IMPORT_OUTCOME_COUNT];
};

static void expect(bool holds) {
	if (!holds)
		abort();
}

static void check_row(struct reading *to, const struct import_row *row) {
	expect(row->is_rejected == (import_row_reason(to->arena, row) != NULL));
	expect(row->is_rejected || row->key || row->texts[MEMBER_PHONE]);
	for (int i = 0; i < row->problem_count; i++)
		expect(text_is_drawable(import_problem_told(to->arena, &row->problems[i])));
	for (int i = 0; i < row->tags.count; i++)
		expect(*row->tags.items[i] && !strchr(row->tags.items[i], ','));
}

/* Nothing that a file says subscribes somebody who has complained; what it changes once it does not change twice. */
static void decide(struct reading *to, const struct import_row *row) {
	struct import_suppression nothing = { SUPPRESSED_NOT, MOMENT_NONE },
							  complained = { SUPPRESSED_COMPLAINED, MOMENT_NONE };
	struct import_decision created = import_decide(to->arena, row, NULL, &nothing, &to->choice);
	struct import_person person = { .fields = row->fields,
		                            .field_count = row->field_count,
		                            .tags = row->tags,
		                            .status = created.status,
		                            .membership = IMPORT_SUBSCRIBED };
	memcpy(person.texts, row->texts, sizeof person.texts);
	to->outcomes[created.outcome]++;
	if (row->is_rejected)
		return;
	struct import_decision again = import_decide(to->arena, row, &person, &nothing, &to->choice);
	expect(again.outcome == IMPORT_UNCHANGED || again.outcome == IMPORT_SKIPPED || again.resubscribes);
	struct import_decision refused = import_decide(to->arena, row, &person, &complained, &to->choice);
	expect(!refused.resubscribes && !refused.joins && refused.outcome != IMPORT_CREATED);
	struct import_touched touched = { .changes = created.changes, .change_count = created.change_count };
	(void)undo_decide(to->arena, &touched, &(struct import_present){ .exists = true });
}

static bool take(void *context, const struct rows_row *cells) {
	struct reading *to = context;
	struct import_row row;
	import_row_read(to->arena, &to->reading, cells, &row);
	check_row(to, &row);
	tally_add(&to->tally, to->arena, to->reading.mapping, &row);
	decide(to, &row);
	return true;
}

static void read_rows(struct arena *arena, const struct layout *layout, const char *bytes, size_t size, int choice) {
	struct import_mapping mapping;
	struct error err = ERROR_INIT;
	mapping_guess(arena, layout, NULL, 0, &mapping);
	for (int i = 0; i < mapping.count && choice & 1; i++)
		if (mapping.columns[i].target == TARGET_IGNORE)
			mapping.columns[i].target = TARGET_FIELD;
	if (!mapping_check(&mapping, &err))
		return;
	struct reading to = { .arena = arena,
		                  .reading = { &mapping, &layout->format, choice & 2 ? "49" : "", { 1795000000000 } },
		                  .choice = { (enum import_known)(choice / 4 % KNOWN_COUNT),
		                              choice & 16,
		                              choice & 32 ? "fair" : NULL,
		                              true,
		                              { 0 } } };
	struct row_reader *rows = rows_open(arena, &layout->format, &layout->first, take, &to, &err);
	expect(rows != NULL);
	bool fine = rows_feed(rows, bytes + layout->first.offset, size - (size_t)layout->first.offset, &err);
	fine = fine && rows_finish(rows, &err);
	int64_t sum = 0;
	for (int i = 0; i < IMPORT_OUTCOME_COUNT; i++)
		sum += to.outcomes[i];
	expect(sum == rows_counts(rows)->rows && sum == to.tally.rows);
	for (int i = 0; i < mapping.count; i++)
		expect(*tally_told(arena, &to.tally, &mapping, i, "49"));
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
	ARENA_AUTO arena = arena_new();
	struct layout layout;
	struct error err = ERROR_INIT;
	if (size < 2 || size > 4096)
		return 0;
	struct layout_choice choice = { NULL, data[0] < 4 ? ",;\t|"[data[0]] : '\0', HEADER_GUESSED };
	if (layout_read(arena, (const char *)data + 2, size - 2, data[0] & 1, &choice, &layout, &err)) {
		expect(layout.sample_count >= 0 && layout.format.columns > 0 && layout.format.columns <= IMPORT_COLUMNS_MAX);
		read_rows(arena, &layout, (const char *)data + 2, size - 2, data[1]);
	}
	return 0;
}
