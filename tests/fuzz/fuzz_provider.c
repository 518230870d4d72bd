/* Every parser of EmailOctopus answers, on the same body: counters are never negative, and what cannot be read is told.
 */
#include <stdlib.h>

#include "campaigns/campaign.h"
#include "observing/emailoctopus.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

static void expect(bool holds) {
	if (!holds)
		abort();
}

/* Members that could not be read are members, and can be taken from what was stored before. */
static void keep_unread(const struct record_type *record, void *row, const struct strings *unread,
                        struct arena *arena) {
	void *before = arena_alloc(arena, record->size);
	record_clear(record, before);
	for (int i = 0; i < unread->count; i++)
		expect(record_field(record, unread->items[i]));
	record_keep(record, row, before, unread, arena);
}

static void check_told(const struct unreadable *unreadable, int unread, const struct following *next) {
	expect(unreadable->count >= 0 && unread >= 0 && !(next->cursor && next->url));
	for (int i = 0; i < unreadable->count && i < UNREADABLE_TOLD; i++)
		expect(unreadable->items[i]);
}

static void read_pages(struct arena *arena, const struct http_answer *answer) {
	struct error err = ERROR_INIT;
	struct campaign_page campaigns;
	struct list_page lists;
	struct contact_page contacts;
	struct event_page events;
	struct link_page links;
	if (emailoctopus_campaigns(arena, answer, &campaigns, &err))
		check_told(&campaigns.unreadable, campaigns.unread, &campaigns.next);
	for (int i = 0; i < campaigns.count; i++)
		keep_unread(&campaign_record, &campaigns.campaigns[i], &campaigns.campaigns[i].unread, arena);
	if (emailoctopus_lists(arena, answer, &lists, &err))
		check_told(&lists.unreadable, lists.unread, &lists.next);
	for (int i = 0; i < lists.count; i++)
		keep_unread(&list_record, &lists.lists[i], &lists.lists[i].unread, arena);
	if (emailoctopus_contacts(arena, answer, &contacts, &err))
		check_told(&contacts.unreadable, contacts.unread, &contacts.next);
	for (int i = 0; i < contacts.count; i++)
		keep_unread(&membership_record, &contacts.contacts[i], &contacts.contacts[i].unread, arena);
	if (emailoctopus_events(arena, answer, NULL, &events, &err))
		check_told(&events.unreadable, events.unread, &events.next);
	if (emailoctopus_links(arena, answer, &links, &err))
		check_told(&links.unreadable, links.unread, &links.next);
	for (int i = 0; i < links.count; i++)
		expect(links.links[i].url && (links.links[i].clicked_total == COUNT_NONE || links.links[i].clicked_total >= 0));
}

static void read_objects(struct arena *arena, const struct http_answer *answer) {
	struct error err = ERROR_INIT;
	struct metrics metrics;
	struct list list;
	struct unreadable unreadable;
	if (emailoctopus_list(arena, answer, NULL, &list, &unreadable, &err))
		expect(list.external.id && (list.counts.pending == COUNT_NONE || list_total(&list.counts) >= 0));
	if (!emailoctopus_summary(arena, answer, NULL, &metrics, &unreadable, &err))
		return;
	for (int i = 0; i < metrics_record.count; i++) {
		int64_t count = *(const int64_t *)(const void *)((const char *)&metrics + metrics_record.fields[i].offset);
		expect(count == COUNT_NONE || (count >= 0 && count <= 2 * COUNT_MAX));
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	ARENA_AUTO arena = arena_new();
	struct http_answer answer = { .problem = "", .remaining = -1, .retry_after = -1 };
	int64_t wait;
	char why[160];
	answer.body = arena_copy_bytes(arena, (const char *)bytes, size);
	answer.size = size;
	for (int status = 200; status < 600; status += 1 + status % 7) {
		answer.status = status;
		answer.retry_after = status % 3 - 1;
		(void)emailoctopus_judge(&answer, (struct moment){ 0 }, &wait, why);
		expect(wait >= 0);
	}
	answer.status = 200;
	read_pages(arena, &answer);
	read_objects(arena, &answer);
	return 0;
}
