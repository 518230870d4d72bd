/* When contact reports are read again. */
#include <criterion/criterion.h>

#include "campaigns/contact_report.h"
#include "unit/store_support.h"

static struct campaign reported(int64_t counted, int64_t read, int64_t named) {
	struct campaign campaign;
	record_clear(&campaign_record, &campaign);
	campaign.has_report = true;
	campaign.current_metrics.opened = counted;
	campaign.engagement_read.opened = read;
	campaign.engagement_named.opened = named;
	return campaign;
}

static bool is_due(const struct campaign *campaign, bool all, struct moment now) {
	return contact_report_is_due(campaign, RESPONSE_OPENED, all, now);
}

Test(contact_report, settles_when_it_names_nobody_new) {
	cr_expect(contact_report_settles(&(struct contact_reading){ .counter = 100, .named = 100 }, COUNT_NONE));
	cr_expect(contact_report_settles(&(struct contact_reading){ .counter = 100, .named = 120 }, COUNT_NONE));
	cr_expect_not(contact_report_settles(&(struct contact_reading){ .counter = 100, .named = 97 }, COUNT_NONE));
	cr_expect_not(contact_report_settles(&(struct contact_reading){ .counter = 100, .named = 97 }, 90));
	cr_expect(contact_report_settles(&(struct contact_reading){ .counter = 100, .named = 97 }, 97));
}

Test(contact_report, is_read_when_the_counter_changes_and_while_it_lacks_somebody) {
	const struct moment now = { 20000 * DAY_MS };
	struct campaign never = reported(0, COUNT_NONE, COUNT_NONE), unknown = reported(COUNT_NONE, 5, 5);
	struct campaign changed = reported(6, 5, 5), whole = reported(5, 5, 5), older = reported(5, 5, COUNT_NONE);
	cr_expect(!is_due(&never, true, now) && !is_due(&unknown, true, now) && is_due(&changed, false, now));
	cr_expect(!is_due(&whole, true, now) && !is_due(&older, true, now));
	whole.engagement_lacks.opened.undated = 2;
	cr_expect_eq(contact_report_undated(&whole, RESPONSE_OPENED), 2);
	cr_expect(is_due(&whole, false, now));
	struct campaign lacking = reported(100, 100, 97);
	struct engagement_lack *lack = &lacking.engagement_lacks.opened;
	cr_expect_eq(contact_report_unnamed(&lacking, RESPONSE_OPENED), 3);
	cr_expect(is_due(&lacking, false, now)); /* of an older version */
	for (int tries = 0; tries < 9; tries++) {
		int64_t days = (int64_t)1 << (tries < 5 ? tries : 5);
		*lack = (struct engagement_lack){ COUNT_NONE, tries ? tries : COUNT_NONE, now };
		cr_expect_not(is_due(&lacking, false, moment_add(now, days * DAY_MS - 1)), "%d", tries);
		cr_expect(is_due(&lacking, false, moment_add(now, days * DAY_MS)), "%d", tries);
		cr_expect(is_due(&lacking, true, now), "%d", tries);
		cr_expect(is_due(&lacking, false, moment_add(now, -3 * days * DAY_MS)), "stamped in the future");
	}
}

#define CAMPAIGN "0123456789abcdef01234567"

static struct campaign read_once(struct store *store, struct arena *arena, int64_t counter, int64_t named,
                                 int64_t undated, struct moment at) {
	struct error err = ERROR_INIT;
	struct campaign campaign;
	bool found;
	const struct contact_reading reading = { counter, named, undated, at };
	cr_assert(campaign_find(store, CAMPAIGN, arena, &campaign, &found, &err) && found);
	campaign.current_metrics.opened = counter;
	bool settles;
	cr_assert(contact_report_save(store, &campaign, RESPONSE_OPENED, &reading, &settles, &err), "%s", err.text);
	cr_assert(campaign_find(store, CAMPAIGN, arena, &campaign, &found, &err));
	campaign.current_metrics.opened = counter;
	return campaign;
}

/* Old: never again after the second reading. */
Test(contact_report, waits_longer_each_time_until_everybody_is_named) {
	struct store *store = open_test_store();
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	const struct moment now = { 20000 * DAY_MS };
	struct campaign campaign = reported(100, COUNT_NONE, COUNT_NONE);
	campaign.id = CAMPAIGN;
	campaign.external = (struct external){ "0123456789abcdef01234568", "x" };
	cr_assert(campaign_restore(store, &campaign, 1, &err), "%s", err.text);
	campaign = read_once(store, arena, 100, 97, 0, now);
	cr_expect(is_due(&campaign, false, now) && campaign.engagement_read.opened == COUNT_NONE);
	static const int days[] = { 1, 2, 4, 8, 16, 32, 32 };
	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		campaign = read_once(store, arena, 100, 97, 0, now);
		cr_expect_eq(campaign.engagement_read.opened, 100);
		cr_expect(!is_due(&campaign, false, moment_add(now, days[i] * DAY_MS - 1)) &&
		              is_due(&campaign, false, moment_add(now, days[i] * DAY_MS)),
		          "%zu", i);
	}
	campaign = read_once(store, arena, 100, 99, 1, now);
	cr_expect(campaign.engagement_read.opened == 100 && is_due(&campaign, false, moment_add(now, DAY_MS)));
	campaign = read_once(store, arena, 100, 100, 1, now);
	cr_expect(contact_report_unnamed(&campaign, RESPONSE_OPENED) == 0 &&
	          is_due(&campaign, false, moment_add(now, DAY_MS)));
	campaign = read_once(store, arena, 100, 100, 0, now);
	cr_expect_not(is_due(&campaign, true, moment_add(now, 99 * DAY_MS)));
	drop_test_store(store);
}
