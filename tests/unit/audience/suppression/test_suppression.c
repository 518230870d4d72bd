/* To whom nothing is sent: reasons, evidence, lifting, and hashes of erased people, where TEST_STORE_URI names a
 * server. D-124. */
#include "audience/suppression/suppression.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/wait.h>

#include "unit/keyed_fixture.h"

static const struct moment now = { 1760000000000 };

TestSuite(suppression, .init = open_keyed, .fini = close_all);

static struct suppression_entry entry(const char *key, unsigned reason, const char *evidence, unsigned source) {
	return (struct suppression_entry){ key, reason, evidence, source, source == SUPPRESSED_HERE ? "mara" : NULL, now };
}

static void add(const char *key, unsigned reason, const char *evidence, unsigned source) {
	const struct suppression_entry one = entry(key, reason, evidence, source);
	cr_assert(suppression_add(store, &one, 1, arena, &err), "%s", err.text);
}

static const struct suppression *in_force(const char *key) {
	struct suppression *rows;
	int count;
	cr_assert(suppression_find(store, &(struct strings){ &key, 1 }, arena, &rows, &count, &err), "%s", err.text);
	return suppression_of(rows, count, key);
}

static bool lift(const char *id, const char *why) {
	const struct suppression_note note = { now, true, why, SUPPRESSED_HERE, "mara" };
	struct suppression row;
	return suppression_lift(store, id, &note, arena, &row, &err);
}

static int notes_of(const struct suppression *row) {
	return row->history.count;
}

Test(suppression, the_strongest_reason_counts_and_no_evidence_is_lost) {
	add("a@t.example", SUPPRESSION_UNSUBSCRIBED, "the link of a campaign", SUPPRESSED_BY_THEM);
	add("a@t.example", SUPPRESSION_BOUNCED, "550 5.1.1", SUPPRESSED_BY_MAIL);
	add("a@t.example", SUPPRESSION_BOUNCED, "550 5.1.1", SUPPRESSED_BY_MAIL);
	add("a@t.example", SUPPRESSION_BOUNCED, "550 5.1.2", SUPPRESSED_BY_MAIL);
	const struct suppression *row = in_force("a@t.example");
	cr_assert(row && row->reason == SUPPRESSION_BOUNCED && notes_of(row) == 2);
	cr_expect_str_eq(((struct suppression_note *)row->history.items)[0].evidence, "550 5.1.1");
	cr_expect_str_eq(row->evidence, "550 5.1.2");
	cr_assert(lift(row->id, "the mailbox was full"));
	cr_expect(in_force("a@t.example")->reason == SUPPRESSION_UNSUBSCRIBED);
}

Test(suppression, a_program_does_not_suppress_anew_what_was_lifted_a_person_does) {
	add("b@t.example", SUPPRESSION_BOUNCED, "bounced on the list News", SUPPRESSED_BY_PROVIDER);
	cr_assert(lift(in_force("b@t.example")->id, "written to by hand: it works"));
	add("b@t.example", SUPPRESSION_BOUNCED, "bounced on the list News", SUPPRESSED_BY_PROVIDER);
	cr_expect(!in_force("b@t.example"));
	add("b@t.example", SUPPRESSION_BOUNCED, "bounced on the list Deals", SUPPRESSED_BY_PROVIDER);
	cr_assert(in_force("b@t.example"));
	cr_expect(notes_of(in_force("b@t.example")) == 3);
	add("c@t.example", SUPPRESSION_MANUAL, "asked by phone", SUPPRESSED_HERE);
	cr_assert(lift(in_force("c@t.example")->id, "asked again"));
	add("c@t.example", SUPPRESSION_MANUAL, "asked by phone", SUPPRESSED_HERE);
	cr_expect(in_force("c@t.example") && notes_of(in_force("c@t.example")) == 3);
}

Test(suppression, complaints_stay_and_lifting_needs_a_reason) {
	add("d@t.example", SUPPRESSION_COMPLAINED, "a report", SUPPRESSED_BY_MAIL);
	cr_expect(!lift(in_force("d@t.example")->id, "please") && err.kind == ERROR_INVALID);
	add("e@t.example", SUPPRESSION_MANUAL, NULL, SUPPRESSED_HERE);
	const char *id = in_force("e@t.example")->id;
	cr_expect(!lift(id, "") && err.kind == ERROR_INVALID);
	cr_expect(lift(id, "a mistake"));
	cr_expect(!lift(id, "once more") && err.kind == ERROR_CONFLICT);
	cr_expect(!lift("000000000000000000000000", "nobody") && err.kind == ERROR_MISSING);
}

Test(suppression, a_confirmed_opt_in_lifts_what_they_had_said_alone) {
	static const unsigned reasons[] = { SUPPRESSION_COMPLAINED, SUPPRESSION_BOUNCED, SUPPRESSION_MANUAL,
		                                SUPPRESSION_UNSUBSCRIBED };
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		const char *key = arena_print(arena, "f%zu@t.example", i);
		const struct suppression_note why = { now, true, "confirmed", SUPPRESSED_BY_THEM, NULL };
		add(key, reasons[i], "before", SUPPRESSED_BY_MAIL);
		cr_assert(suppression_lift_confirmed(store, &(struct strings){ &key, 1 }, &why, arena, &err), "%s", err.text);
		cr_expect((in_force(key) == NULL) == (reasons[i] == SUPPRESSION_UNSUBSCRIBED), "reason %u", reasons[i]);
	}
}

Test(suppression, many_at_once_and_phones) {
	enum { MANY = 2500 };
	struct suppression_entry *all = arena_array(arena, struct suppression_entry, MANY);
	struct strings keys = { arena_array(arena, const char *, MANY), MANY };
	struct suppression *rows;
	int count;
	for (int i = 0; i < MANY; i++) {
		keys.items[i] = i % 10 ? arena_print(arena, "p%d@t.example", i) : arena_print(arena, "+49170%07d", i);
		all[i] = entry(keys.items[i], SUPPRESSION_MANUAL, "a file", SUPPRESSED_BY_FILE);
	}
	cr_assert(suppression_add(store, all, MANY, arena, &err), "%s", err.text);
	cr_assert(suppression_find(store, &keys, arena, &rows, &count, &err), "%s", err.text);
	cr_expect(count == MANY);
	for (int i = 0; i < MANY; i++) {
		const struct suppression *row = suppression_of(rows, count, keys.items[i]);
		cr_assert(row && row->kind == (i % 10 ? SUPPRESSED_EMAIL : SUPPRESSED_PHONE));
	}
	cr_expect(!suppression_of(rows, count, "q@t.example") && !suppression_of(rows, 0, "q@t.example"));
}

Test(suppression, two_at_once_write_one_row) {
	for (int k = 0; k < 4; k++)
		if (fork() == 0) {
			struct store *own = store_open(getenv("TEST_STORE_URI"), store_name(store), "telltale-unit", 10000, &err);
			bool fine = own != NULL;
			for (int i = 0; fine && i < 20; i++) {
				const struct suppression_entry one = entry(arena_print(arena, "r%d@t.example", i), SUPPRESSION_BOUNCED,
				                                           arena_print(arena, "by %d", k), SUPPRESSED_BY_MAIL);
				fine = suppression_add(own, &one, 1, arena, &err);
			}
			store_close(own);
			_exit(fine ? 0 : 1);
		}
	for (int k = 0, status; k < 4; k++)
		cr_expect(wait(&status) > 0 && status == 0);
	for (int i = 0; i < 20; i++) {
		const struct suppression *row = in_force(arena_print(arena, "r%d@t.example", i));
		cr_assert(row && notes_of(row) == 4);
	}
}

static int64_t rows_holding(const char *text) {
	int64_t count;
	cr_assert(store_count(store, "suppressions",
	                      FILTER(ANY_OF(contains_text("key", text), contains_text("value", text),
	                                    contains_text("evidence", text), contains_text("history.evidence", text))),
	                      &count, &err));
	return count;
}

static void erase(const char *key) {
	cr_assert(suppression_erase(store, &(struct strings){ &key, 1 }, now, arena, &err), "%s", err.text);
}

Test(suppression, erased_people_stay_suppressed_and_nothing_names_them) {
	add("g@t.example", SUPPRESSION_BOUNCED, "550 5.1.1", SUPPRESSED_BY_MAIL);
	add("g@t.example", SUPPRESSION_MANUAL, "g@t.example rang", SUPPRESSED_HERE);
	erase("g@t.example");
	erase("g@t.example");
	cr_expect(rows_holding("g@t.example") == 0);
	const struct suppression *row = in_force("g@t.example");
	cr_assert(row && row->reason == SUPPRESSION_BOUNCED && !row->value);
	cr_expect_str_eq(row->evidence, "550 5.1.1");
	add("g@t.example", SUPPRESSION_COMPLAINED, "a report of the campaign News", SUPPRESSED_BY_PROVIDER);
	cr_expect(rows_holding("g@t.example") == 0 && in_force("g@t.example")->reason == SUPPRESSION_COMPLAINED);
	struct strings erased;
	cr_assert(suppression_find_erased(store, TEXTS("g@t.example", "h@t.example"), arena, &erased, &err));
	cr_expect(erased.count == 1);
	cr_expect(!in_force("h@t.example"));
}

Test(suppression, another_key_of_hashes_is_noticed) {
	enum hashed_state state;
	struct suppression *rows;
	int count;
	cr_assert(hashed_read_state(store, &state, &err) && state == HASHED_NONE);
	erase("i@t.example");
	cr_assert(hashed_read_state(store, &state, &err) && state == HASHED_FINE);
	hashed_use("another key");
	cr_assert(hashed_read_state(store, &state, &err) && state == HASHED_CHANGED);
	cr_expect(!suppression_find(store, TEXTS("i@t.example"), arena, &rows, &count, &err));
	cr_expect(err.kind == ERROR_CONFLICT && strstr(err.text, "SUPPRESSION_KEY"));
	hashed_use(NULL);
	cr_assert(hashed_read_state(store, &state, &err) && state == HASHED_MISSING);
	cr_expect(!suppression_erase(store, TEXTS("j@t.example"), now, arena, &err) && err.kind == ERROR_CONFLICT);
}

Test(suppression, without_a_key_nobody_is_erased_and_the_rest_works) {
	hashed_use("");
	cr_expect(!suppression_erase(store, TEXTS("k@t.example"), now, arena, &err) && err.kind == ERROR_CONFLICT);
	add("k@t.example", SUPPRESSION_MANUAL, "why", SUPPRESSED_HERE);
	cr_expect(in_force("k@t.example"));
}

Test(suppression_rules, notes_are_bounded_and_the_first_stays) {
	ARENA_AUTO own = arena_new();
	struct suppression row = { .reason = SUPPRESSION_BOUNCED };
	for (int i = 0; i < 3 * SUPPRESSION_NOTES_MAX; i++) {
		const struct suppression_note note = { now, false, arena_print(own, "%d", i), SUPPRESSED_BY_MAIL, NULL };
		row = suppression_noted(&row, &note, own);
	}
	const struct suppression_note *notes = row.history.items;
	cr_assert(row.history.count == SUPPRESSION_NOTES_MAX);
	cr_expect_str_eq(notes[0].evidence, "0");
	cr_expect_str_eq(notes[1].evidence, arena_print(own, "%d", 3 * SUPPRESSION_NOTES_MAX - SUPPRESSION_NOTES_MAX + 1));
	cr_expect_str_eq(row.evidence, arena_print(own, "%d", 3 * SUPPRESSION_NOTES_MAX - 1));
}
