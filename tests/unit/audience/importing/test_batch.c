/* A batch that was killed at any point and done again, if TEST_STORE_URI names a server: the same counts and people. */
#include "audience/importing/batch.h"

#include <string.h>

#include "audience/importing/asking.h"
#include "audience/importing/line.h"
#include "audience/importing/undoing.h"
#include "unit/store_fixture.h"

TestSuite(batch, .init = open_all, .fini = close_all, .timeout = 120);

static const struct moment NOW = { 1795000000000 };
enum { KNOWN = 20, NEW = 30 };

static const char *file_of(const char *name, int count) {
	BUF_AUTO out = { 0 };
	buf_text_add(&out, "email,first_name,tags\n");
	for (int i = 0; i < count; i++)
		buf_print(&out, "p%d@example.com,%s,\"a, b\"\n", i, name);
	buf_text_add(&out, "wrong@@example.com,x,\np0@example.com,again,\n");
	return arena_copy(arena, buf_text(&out));
}

static struct import_work *begin(const char *id, const char *text) {
	struct import_request request;
	struct import_work *work = arena_new_of(arena, struct import_work);
	record_clear(&import_request_record, &request);
	request.policy = KNOWN_OVERWRITE;
	const struct import_upload upload = { id, "a.csv", text, (int64_t)strlen(text), "ann", NOW };
	cr_assert(import_ask(&upload, &request, NULL, 0, arena, &work->import, &err), "%s", err.text);
	cr_assert(import_file_save(store, id, text, upload.size, NOW, &err), "%s", err.text);
	work->store = store;
	work->now = NOW;
	work->writes = true;
	work->resumed = true;
	import_work_begin(work, arena);
	return work;
}

static struct import_counts run(const char *id, const char *text) {
	struct import_work *work = begin(id, text);
	while (!work->ended) {
		ARENA_AUTO own = arena_new();
		cr_assert(import_batch(work, own, &err), "%s", err.text);
	}
	return work->import.counts;
}

static void expect_all(const struct import_counts *counts) {
	int64_t people, lines, renamed;
	cr_expect_eq(counts->created, NEW);
	cr_expect_eq(counts->updated, KNOWN);
	cr_expect_eq(counts->skipped, 1);
	cr_expect_eq(counts->rejected, 1);
	cr_assert(store_count(store, "contacts", &everything, &people, &err));
	cr_assert(store_count(store, "contacts", FILTER(eq_text("first_name", "after")), &renamed, &err));
	cr_assert(store_count(store, "import_rows", &everything, &lines, &err));
	cr_expect_eq(people, KNOWN + NEW);
	cr_expect_eq(renamed, KNOWN + NEW);
	cr_expect_eq(lines, (KNOWN + 2) + (KNOWN + NEW + 2));
}

static const char *known_import, *new_import;

static void import_both(void) {
	known_import = store_new_id(arena);
	new_import = store_new_id(arena);
	(void)run(known_import, file_of("before", KNOWN));
	const struct import_counts counts = run(new_import, file_of("after", KNOWN + NEW));
	expect_all(&counts);
}

static void expect_the_same_again(void) {
	int64_t twice;
	const struct import_counts counts = run(new_import, file_of("after", KNOWN + NEW));
	expect_all(&counts);
	cr_assert(store_count(store, "contacts", FILTER(gt_count("rev", 2)), &twice, &err));
	cr_expect_eq(twice, 0);
}

Test(batch, killed_before_its_checkpoint) {
	import_both();
	expect_the_same_again();
}

/* What has the id of a row of the newer import, from this one on. */
static const struct filter *rows_from(int64_t row) {
	struct filter *filter = arena_new_of(arena, struct filter);
	struct condition *both = arena_array(arena, struct condition, 2);
	both[0] = gte_id("_id", import_line_id(new_import, row, arena));
	both[1] = lte_id("_id", import_line_id(new_import, UINT32_MAX, arena));
	*filter = (struct filter){ both, 2 };
	return filter;
}

/* The new people from the n-th on were not written. */
static void lose_people(int from) {
	int64_t deleted;
	cr_assert(store_delete(store, "contacts", rows_from(KNOWN + from + 2), &deleted, &err));
	cr_expect_eq(deleted, NEW - from);
}

Test(batch, killed_between_two_people) {
	import_both();
	lose_people(7);
	expect_the_same_again();
}

/* Those who were known are as they were before. */
static void put_known_back(void) {
	cr_assert(store_update_all(store, "contacts", FILTER(eq_count("rev", 2)),
	                           UPDATE(set_count("rev", 1), set_id("own.import_id", known_import),
	                                  set_text("own.first_name", "before"), set_text("first_name", "before")),
	                           &err));
}

Test(batch, killed_before_any_of_its_people) {
	import_both();
	lose_people(0);
	put_known_back();
	expect_the_same_again();
}

Test(batch, killed_between_two_lines) {
	int64_t deleted;
	import_both();
	lose_people(0);
	put_known_back();
	cr_assert(store_delete(store, "import_rows", rows_from(12), &deleted, &err));
	cr_expect_gt(deleted, NEW);
	expect_the_same_again();
}

/* Somebody else changed one of them, and added one, after the lines were written. */
Test(batch, whoever_was_changed_meanwhile_is_decided_anew) {
	int64_t people;
	import_both();
	lose_people(0);
	put_known_back();
	cr_assert(store_update_all(store, "contacts", FILTER(eq_text("email_norm", "p3@example.com")),
	                           UPDATE(set_count("rev", 5)), &err));
	const struct import_counts counts = run(new_import, file_of("after", KNOWN + NEW));
	expect_all(&counts);
	cr_assert(store_count(store, "contacts", FILTER(eq_count("rev", 6)), &people, &err));
	cr_expect_eq(people, 1);
}

static struct import_work *undo(void) {
	bool done = false;
	struct import_work *work = begin(new_import, file_of("after", KNOWN + NEW));
	work->import.undo_row = work->import.removed = work->import.restored = work->import.kept = 0;
	while (!done) {
		ARENA_AUTO own = arena_new();
		cr_assert(import_undo_batch(work, own, &done, &err), "%s", err.text);
	}
	return work;
}

/* Undone, killed before the checkpoint, and undone again. */
Test(batch, undoing_twice_is_undoing_once) {
	import_both();
	for (int i = 0; i < 2; i++) {
		int64_t people, back;
		const struct import_work *work = undo();
		cr_expect_eq(work->import.removed, NEW);
		cr_expect_eq(work->import.restored, KNOWN);
		cr_expect_eq(work->import.kept, 0);
		cr_assert(store_count(store, "contacts", &everything, &people, &err));
		cr_assert(
			store_count(store, "contacts", FILTER(eq_text("first_name", "before"), eq_count("rev", 3)), &back, &err));
		cr_expect_eq(people, KNOWN);
		cr_expect_eq(back, KNOWN);
	}
}

/* What undoing would do with the person of this row is decided, and nothing done yet; then somebody edits them. */
static void decide_then_edit(int row, enum import_undone decided, const char *counter) {
	const char *line_id = import_line_id(new_import, row, arena);
	struct import_line line = { .id = line_id, .undone = decided }, *lines;
	int count;
	cr_assert(import_line_save_undone(store, &line, 1, &err), "%s", err.text);
	cr_assert(import_line_list(store, new_import, row - 1, row, 2, arena, &lines, &count, &err));
	cr_assert_eq(count, 1);
	cr_assert(store_update_all(store, "contacts", FILTER(by_id(lines[0].contact_id)),
	                           UPDATE(add_count(counter, 1), set_text("own.last_name", "edited")), &err));
}

Test(batch, whoever_is_edited_while_it_is_undone_is_told_as_kept) {
	enum { KNOWN_ROW = 5, NEW_ROW = KNOWN + 5 };
	int64_t edited;
	import_both();
	decide_then_edit(KNOWN_ROW, LINE_RESTORED, "rev");
	decide_then_edit(NEW_ROW, LINE_REMOVED, "rev");
	const struct import_work *work = undo();
	cr_expect_eq(work->import.kept, 2, "%d kept", (int)work->import.kept);
	cr_expect_eq(work->import.restored, KNOWN - 1);
	cr_expect_eq(work->import.removed, NEW - 1);
	cr_assert(store_count(store, "contacts", FILTER(eq_text("own.last_name", "edited")), &edited, &err));
	cr_expect_eq(edited, 2);
	cr_assert(
		store_count(store, "import_rows", FILTER(eq_text("undone", "kept"), is_present("kept_why")), &edited, &err));
	cr_expect_eq(edited, 2);
}

/* Whoever joins a list meanwhile has another `joins`, and the same revision. */
Test(batch, whoever_joins_a_list_while_it_is_undone_is_decided_anew) {
	struct contact_mark *marks;
	int count;
	import_both();
	const char *id = import_line_id(new_import, KNOWN + 5, arena);
	cr_assert(contact_marks(store, &(struct strings){ &id, 1 }, arena, &marks, &count, &err));
	cr_assert_eq(count, 1);
	cr_assert(store_update_all(store, "contacts", FILTER(by_id(id)), UPDATE(add_count("joins", 1)), &err));
	cr_assert(contact_untake(store, marks, count, &err));
	cr_assert(contact_marks(store, &(struct strings){ &id, 1 }, arena, &marks, &count, &err));
	cr_expect_eq(count, 1, "deleted although they had joined a list");
}
