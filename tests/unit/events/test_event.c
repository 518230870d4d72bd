/* Events of one person. */
#include <criterion/criterion.h>

#include "events/event.h"

/* Of campaigns that are gone, or went to other lists, nothing counts in a share. */
Test(event, counts_each_campaign_once_and_only_the_compared) {
	ARENA_AUTO arena = arena_new();
	const char *compared[] = { "a", "b" };
	const struct event events[] = { { .campaign_id = "a", .type = EVENT_OPENED },
		                            { .campaign_id = "a", .type = EVENT_OPENED },
		                            { .campaign_id = "gone", .type = EVENT_OPENED },
		                            { .campaign_id = "b", .type = EVENT_CLICKED } };
	const struct strings ids = { compared, 2 };
	cr_expect_eq(event_count_campaigns(events, 4, EVENT_OPENED, &ids, arena), 1);
	cr_expect_eq(event_count_campaigns(events, 4, EVENT_CLICKED, &ids, arena), 1);
	cr_expect_eq(event_count_campaigns(events, 4, EVENT_BOUNCED, &ids, arena), 0);
}
