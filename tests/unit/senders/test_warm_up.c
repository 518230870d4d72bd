/* Stored warm-ups, where TEST_STORE_URI names a database. */
#include <criterion/criterion.h>
#include <string.h>

#include "senders/warm_up.h"
#include "senders_support.h"
#include "unit/store_fixture.h"

static const struct moment noon = { INT64_C(1700000000000) };
static const char *domain_id;

static void add_domain(void) {
	open_all();
	if (!store)
		return;
	mark_migrated(store);
	domain_id = store_new_id(arena);
	struct sending_domain domain = domain_named(domain_id, "acme.example");
	cr_assert(sending_domain_insert(store, &domain, arena, &err), "%s", err.text);
}

TestSuite(warm_up, .init = add_domain, .fini = close_all);

static const char *warming_of(const char *domain) {
	const char *id;
	cr_assert(warm_up_of(store, domain, arena, &id, &err), "%s", err.text);
	return id;
}

static void tell(const char *name, int64_t taken) {
	const struct warming_replies replies = { .taken = taken };
	cr_assert(warm_up_tell(store, domain_id, name, &replies, noon, arena, &err), "%s", err.text);
}

static struct rows found_of(const struct strings *names) {
	struct rows found;
	cr_assert(warm_up_find(store, domain_id, names, arena, &found, &err), "%s", err.text);
	return found;
}

Test(warm_up, is_of_a_domain_and_those_below_it) {
	cr_expect(!warming_of("acme.example"));
	cr_assert(warm_up_set(store, domain_id, noon, &err), "%s", err.text);
	cr_expect_str_eq(warming_of("acme.example"), domain_id);
	cr_expect_str_eq(warming_of("news.acme.example"), domain_id);
	cr_expect(!warming_of("other.example"));
	cr_assert(warm_up_set(store, domain_id, MOMENT_NONE, &err), "%s", err.text);
	cr_expect(!warming_of("acme.example"));
	cr_expect(!warm_up_set(store, "0123456789abcdef01234567", noon, &err) && err.kind == ERROR_MISSING);
}

Test(warm_up, counts_each_provider_apart_and_begins_anew) {
	const struct strings names = { (const char *[]){ "gmail", "gmx", "yahoo" }, 3 };
	cr_assert(warm_up_set(store, domain_id, noon, &err), "%s", err.text);
	tell("gmail", 30);
	tell("gmail", 12);
	tell("gmx", 5);
	tell("apple", 1);
	const struct rows found = found_of(&names);
	const struct warm_up *rows = found.items;
	cr_assert(found.count == 2);
	cr_expect(strcmp(rows[0].name, "gmail") == 0 && rows[0].warming.taken == 42);
	cr_expect(strcmp(rows[1].name, "gmx") == 0 && rows[1].warming.taken == 5 && rows[1].warming.day == 1);
	cr_assert(warm_up_set(store, domain_id, noon, &err), "%s", err.text);
	cr_expect(found_of(&names).count == 0);
}
