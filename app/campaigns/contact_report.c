/* What has been read of contact reports. */
#include "campaigns/contact_report.h"

#include "campaigns/stored.h"
#include "core/base/lease.h"

enum { TRIES_MAX = 5 }; /* 2 to the power of 5 days */

int64_t contact_report_named(const struct campaign *campaign, enum response response) {
	const struct engagement_read *named = &campaign->engagement_named;
	const int64_t counts[] = { named->opened, named->clicked, named->bounced, named->unsubscribed, named->complained };
	return counts[response];
}

static const struct engagement_lack *lack_of(const struct campaign *campaign, enum response response) {
	const struct engagement_lacks *lacks = &campaign->engagement_lacks;
	const struct engagement_lack *const all[] = { &lacks->opened, &lacks->clicked, &lacks->bounced,
		                                          &lacks->unsubscribed, &lacks->complained };
	return all[response];
}

int64_t contact_report_unnamed(const struct campaign *campaign, enum response response) {
	int64_t counted = campaign_counted(campaign, response), named = contact_report_named(campaign, response);
	return counted != COUNT_NONE && named != COUNT_NONE && named < counted ? counted - named : 0;
}

int64_t contact_report_undated(const struct campaign *campaign, enum response response) {
	int64_t undated = lack_of(campaign, response)->undated;
	return undated == COUNT_NONE ? 0 : undated;
}

static int64_t wait_ms(int64_t tries) {
	return DAY_MS << (tries < 0 ? 0 : tries > TRIES_MAX ? TRIES_MAX : tries);
}

bool contact_report_is_due(const struct campaign *campaign, enum response response, bool all, struct moment now) {
	int64_t counted = campaign_counted(campaign, response), read = campaign_count_read(campaign, response);
	const struct engagement_lack *lack = lack_of(campaign, response);
	if (counted == COUNT_NONE || (counted == 0 && read == COUNT_NONE))
		return false;
	if (counted != read)
		return true;
	if (!contact_report_unnamed(campaign, response) && !contact_report_undated(campaign, response))
		return false;
	return all || !was_lately(lack->read_at, wait_ms(lack->tries), now);
}

bool contact_report_settles(const struct contact_reading *reading, int64_t before) {
	return reading->named >= reading->counter || reading->named == before;
}

static struct engagement_lack lack_after(const struct campaign *campaign, enum response response,
                                         const struct contact_reading *reading) {
	int64_t before = lack_of(campaign, response)->tries;
	bool again = reading->counter == campaign_count_read(campaign, response);
	bool progress = reading->named != contact_report_named(campaign, response);
	struct engagement_lack lack = { .undated = COUNT_NONE, .tries = COUNT_NONE, .read_at = MOMENT_NONE };
	if (reading->named >= reading->counter && reading->undated == 0)
		return lack;
	lack.undated = reading->undated ? reading->undated : COUNT_NONE;
	lack.tries = !again || progress ? 0 : before < 0 ? 1 : before + 1;
	lack.read_at = reading->at;
	return lack;
}

bool contact_report_save(struct store *store, const struct campaign *campaign, enum response response,
                         const struct contact_reading *reading, bool *settles, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const char *word = responses.names[response];
	const struct engagement_lack lack = lack_after(campaign, response, reading);
	const char *read = arena_print(arena, "engagement_read.%s", word);
	bool matched;
	*settles = contact_report_settles(reading, contact_report_named(campaign, response));
	return store_update(store, CAMPAIGNS, FILTER(by_id(campaign->id)),
	                    UPDATE(*settles ? set_count(read, reading->counter) : no_edit(),
	                           set_count(arena_print(arena, "engagement_named.%s", word), reading->named),
	                           set_nested(arena_print(arena, "engagement_lacks.%s", word), &engagement_lack_record,
	                                      &lack),
	                           CAMPAIGN_CHANGED),
	                    &matched, err);
}
