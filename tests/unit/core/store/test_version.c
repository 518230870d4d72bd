/* Versions of realms; also as stored if TEST_STORE_URI names a server. */
#include <criterion/criterion.h>

#include "core/store/version.h"
#include "unit/store_support.h"
#include "unit/support.h"

Test(version, text_is_of_the_asked_realms_only) {
	ARENA_AUTO arena = arena_new();
	struct versions versions = { .figures = 7, .ledger = 3, .notices = 12 };
	cr_expect_str_eq(versions_text(&versions, REALM_FIGURES, arena), "7");
	cr_expect_str_eq(versions_text(&versions, REALM_FIGURES | REALM_NOTICES, arena), "7.12");
	versions.ledger++;
	cr_expect_str_eq(versions_text(&versions, REALM_FIGURES | REALM_NOTICES, arena), "7.12");
	cr_expect_str_eq(versions_text(&versions, REALM_LEDGER | REALM_RIGHTS, arena), "4.0");
}

Test(version, are_the_same_by_the_asked_realms_only) {
	struct versions before = { .figures = 7, .partners = 3 }, after = before;
	cr_expect(versions_same(&before, &after, REALM_FIGURES | REALM_PARTNERS));
	after.partners++;
	cr_expect(versions_same(&before, &after, REALM_FIGURES));
	cr_expect_not(versions_same(&before, &after, REALM_FIGURES | REALM_PARTNERS));
}

static struct versions read_versions(struct store *store) {
	struct error err = ERROR_INIT;
	struct versions versions;
	cr_assert(versions_read(store, &versions, &err), "%s", err.text);
	return versions;
}

Test(version, each_realm_rises_by_itself) {
	struct error err = ERROR_INIT;
	struct store *store = open_test_store();
	struct versions first = read_versions(store);
	cr_expect(first.figures == 0 && first.notices == 0 && !moment_is_set(first.data_at));
	cr_assert(version_bump(store, REALM_NOTICES, &err) && version_bump(store, REALM_NOTICES | REALM_LEDGER, &err));
	struct versions second = read_versions(store);
	cr_expect(second.notices == 2 && second.ledger == 1 && second.figures == 0 && second.rights == 0);
	cr_expect_not(moment_is_set(second.data_at));
	cr_assert(version_note_reading(store, false, at("2026-11-21T10:00:00Z"), &err));
	cr_assert(version_bump(store, REALM_FIGURES, &err));
	struct versions third = read_versions(store);
	cr_expect(third.figures == 2 && third.notices == 2 && !moment_is_set(third.people_at));
	cr_expect_eq(third.data_at.ms, at("2026-11-21T10:00:00Z").ms);
	cr_assert(version_note_reading(store, true, at("2026-11-21T11:00:00Z"), &err));
	struct versions last = read_versions(store);
	cr_expect(last.data_at.ms == third.data_at.ms && last.people_at.ms == at("2026-11-21T11:00:00Z").ms);
	drop_test_store(store);
}

Test(version, whoever_changes_something_observes_nothing_until_the_next_request) {
	struct error err = ERROR_INIT;
	struct store *store = open_test_store();
	const struct versions versions = read_versions(store);
	store_observe(store, &versions);
	cr_expect(store_observed(store));
	cr_assert(version_bump(store, REALM_VIEWS, &err));
	cr_expect_not(store_observed(store));
	drop_test_store(store);
}
