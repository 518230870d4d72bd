/* Drafts that are saved by processes that are killed, where TEST_STORE_URI names a server: whoever looks at one has the
 * list of campaigns show it as it is. */
#include <criterion/criterion.h>

#include "composing/draft.h"
#include "unit/jobs_support.h"
#include "unit/keyed_fixture.h"
#include "unit/killed.h"

enum { MESSAGES_MAX = 100 };

static const struct moment now = { 1760000000000 };

static void open_schema(void) {
	open_keyed();
	if (store)
		mark_migrated(store);
}

TestSuite(draft, .init = open_schema, .fini = close_all, .timeout = 120);

static const char *named(const char *name) {
	struct composition composition = composition_fresh(store_new_id(arena), "UTC", "Acme", "news@acme.example", arena);
	composition.name = name;
	composition.updated_at = now;
	cr_assert(draft_create(store, &composition, "mara", now, &err), "%s", err.text);
	return composition.id;
}

static struct draft found(const char *id) {
	struct draft draft;
	cr_assert(draft_find(store, id, arena, &draft, &err), "%s", err.text);
	return draft;
}

static const char *listed(const char *id) {
	struct campaign campaign;
	bool there;
	cr_assert(store_find(store, "campaigns", FILTER(by_id(id)), NULL, &campaign_record, arena, &campaign, &there,
	                     &err) &&
	              there,
	          "%s", err.text);
	return campaign.name;
}

static void rename_it(struct store *of, void *context) {
	const struct draft *before = context;
	struct composition composition = before->composition;
	struct error why = ERROR_INIT;
	composition.name = "New";
	composition.updated_at = moment_add(now, 1000);
	cr_expect(draft_save(of, &before->campaign, &composition, &why), "%s", why.text);
}

/* old: the list showed the older name until somebody saved the draft again. */
Test(draft, is_listed_as_it_is_whoever_was_killed_after_each_statement) {
	bool killed = true;
	int count = 0, caught_up = 0;
	for (; killed && count < MESSAGES_MAX; count++) {
		const char *id = named("Old");
		struct draft before = found(id);
		killed = killed_after(count, rename_it, &before);
		bool was_late = text_same(listed(id), "Old");
		struct draft draft = found(id);
		cr_expect_str_eq(draft.campaign.name, draft.composition.name, "after %d", count);
		cr_expect_str_eq(listed(id), draft.composition.name, "after %d", count);
		caught_up += was_late && text_same(listed(id), "New");
	}
	cr_expect(!killed && count > 3 && caught_up > 0, "%d messages, %d caught up", count, caught_up);
}

/* Whoever has read it before somebody else saved it does not write what it was. */
Test(draft, that_was_saved_meanwhile_stays) {
	const char *id = named("Old");
	struct draft before = found(id), stale = before;
	rename_it(store, &before);
	stale.campaign.id = id;
	cr_assert(campaign_catch_up_own(store, &stale.campaign, &stale.campaign, &err), "%s", err.text);
	cr_expect_str_eq(listed(id), "New");
}
