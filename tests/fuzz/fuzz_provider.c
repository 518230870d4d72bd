/* Every parser of EmailOctopus answers, on the same body; counters are never negative. */
#include <stdlib.h>

#include "observing/emailoctopus.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct http_answer answer = { .status = 200, .problem = "", .remaining = -1, .retry_after = -1 };
	struct campaign_page campaigns;
	struct list_page lists;
	struct contact_page contacts;
	struct event_page events;
	struct metrics metrics;
	struct unreadable unreadable;
	struct link_page links;
	int64_t wait;
	char why[160];
	answer.body = arena_copy_bytes(arena, (const char *)bytes, size);
	answer.size = size;
	for (int status = 200; status < 600; status += 1 + status % 7) {
		answer.status = status;
		(void)emailoctopus_judge(&answer, (struct moment){ 0 }, &wait, why);
		if (wait < 0)
			abort();
	}
	answer.status = 200;
	(void)emailoctopus_campaigns(arena, &answer, &campaigns, &err);
	(void)emailoctopus_lists(arena, &answer, &lists, &err);
	(void)emailoctopus_contacts(arena, &answer, &contacts, &err);
	(void)emailoctopus_events(arena, &answer, &events, &err);
	(void)emailoctopus_links(arena, &answer, &links, &err);
	if (emailoctopus_summary(arena, &answer, &metrics, &unreadable, &err) && metrics.sent != COUNT_NONE &&
	    metrics.sent < 0)
		abort();
	return 0;
}
