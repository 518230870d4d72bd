/* A report for one of two partners, of every block, where TEST_STORE_URI names a server. */
#include <criterion/criterion.h>
#include <string.h>

#include "audience/contacts/contact.h"
#include "audience/contacts/rollup.h"
#include "audience/lists/list.h"
#include "campaigns/links.h"
#include "core/formats/json.h"
#include "events/event.h"
#include "events/leaving.h"
#include "reports/compose.h"
#include "unit/store_fixture.h"
#include "unit/support.h"

static const char *connection, *run;

static void open_store(void) {
	open_all();
	connection = store_new_id(arena);
	run = store_new_id(arena);
}

/* One partner with its list, its people at a mailbox provider of its own, and campaigns. */
struct side {
	const char *word; /* in every name of it */
	int64_t sent, clicked;
	const char *partner, *list;
};
static struct side acme = { .word = "Acme", .sent = 1200, .clicked = 120 },
				   rival = { .word = "Rival", .sent = 7777, .clicked = 3333 };

static void add_partner(struct side *side) {
	const char *prefix[] = { arena_print(arena, "%s_", side->word) };
	const struct partner_request request = { .name = arena_print(arena, "%s Ltd", side->word),
		                                     .prefixes = { prefix, 1 },
		                                     .rev = COUNT_NONE };
	side->partner = store_new_id(arena);
	cr_assert(partner_create(store, &request, side->partner, "me", moment_now(), arena, &err), "%s", err.text);
}

static void read_list(const struct side *side, int64_t subscribed, const char *when) {
	struct list list;
	bool changed;
	record_clear(&list_record, &list);
	list.external = (struct external){ connection, arena_print(arena, "%s-list", side->word) };
	list.name = arena_print(arena, "%s readers", side->word);
	list.counts.subscribed = subscribed;
	cr_assert(list_save(store, &list, store_new_id(arena), at(when), arena, &changed, &err), "%s", err.text);
	((struct side *)(uintptr_t)side)->list = list.id;
}

/* Returns the person's id. */
static const char *add_member(const char *address, enum contact_status status, const struct side *const *sides,
                              int count) {
	struct membership rows[2];
	const char *id = NULL;
	for (int i = 0; i < count; i++) {
		record_clear(&membership_record, &rows[i]);
		rows[i].id = store_new_id(arena);
		rows[i].list_id = sides[i]->list;
		rows[i].external = (struct external){ connection, store_new_id(arena) };
		rows[i].email = address;
		rows[i].fields = "{}";
		rows[i].status = status;
		rows[i].created_at = at("2026-10-20T08:00:00Z");
		rows[i].last_updated_at = rows[i].created_at;
		rows[i].seen_run = run;
		cr_assert(contact_save_page(store, &rows[i], 1, arena, &err), "%s", err.text);
		id = rows[i].contact_id;
	}
	return id;
}

static const char *add_person(const char *address, const struct side *const *sides, int count) {
	return add_member(address, CONTACT_SUBSCRIBED, sides, count);
}

static struct campaign add_campaign(const struct side *side, const char *name, const char *when) {
	struct campaign campaign;
	record_clear(&campaign_record, &campaign);
	campaign.id = store_new_id(arena);
	campaign.external = (struct external){ connection, arena_print(arena, "%s-%s", side->word, name) };
	campaign.name = arena_print(arena, "%s_%s", side->word, name);
	campaign.subject = arena_print(arena, "News of %s", side->word);
	campaign.from_name = side->word;
	campaign.status = CAMPAIGN_SENT;
	campaign.list_id = side->list;
	campaign.list_ids = (struct strings){ arena_array(arena, const char *, 1), 1 };
	campaign.list_ids.items[0] = side->list;
	campaign.sent_at = campaign.created_at = at(when);
	campaign.sort_sent = campaign.sent_at.ms;
	campaign.has_report = true;
	campaign.summary_read_at = at("2026-11-20T08:00:00Z");
	campaign.current_metrics = (struct metrics){ .sent = side->sent,
		                                         .opened = side->clicked * 2,
		                                         .clicked = side->clicked };
	cr_assert(campaign_restore(store, &campaign, 1, &err), "%s", err.text);
	struct link link = { arena_print(arena, "https://%s.example/offer", side->word), side->clicked, side->clicked };
	struct link_report links = { .id = store_new_id(arena),
		                         .campaign_id = campaign.id,
		                         .run_id = run,
		                         .source = "x",
		                         .snapshot_time = at("2026-11-20T08:00:00Z"),
		                         .links = { &link, 1 },
		                         .unread = COUNT_NONE };
	cr_assert(campaign_save_links(store, &links, side->clicked, &err), "%s", err.text);
	return campaign;
}

static void add_event(const struct campaign *campaign, const char *person, enum event_type type) {
	struct event event;
	record_clear(&event_record, &event);
	event.id = store_new_id(arena);
	event.campaign_id = campaign->id;
	event.contact_id = person;
	event.contact_ref = event.id;
	event.type = type;
	event.occurred_at = event.seen_at = moment_add(campaign->sent_at, HOUR_MS);
	event.run_id = run;
	cr_assert(event_restore(store, &(struct rows){ &event, 1 }, &err), "%s", err.text);
}

static void fill_account(void) {
	const struct side *both[] = { &acme, &rival }, *mine[] = { &acme }, *theirs[] = { &rival };
	struct side *sides[] = { &acme, &rival };
	for (int s = 0; s < 2; s++) {
		read_list(sides[s], s ? 7000 : 1000, "2026-09-01T08:00:00Z");
		read_list(sides[s], s ? 7070 : 1010, "2026-10-20T08:00:00Z");
		read_list(sides[s], s ? 7079 : 1090, "2026-11-20T08:00:00Z");
		add_partner(sides[s]);
	}
	const char *ann = add_person("ann@acme-mail.example", mine, 1),
			   *bob = add_person("bob@rival-mail.example", theirs, 1), *cy = add_person("cy@shared.example", both, 2);
	(void)add_person("dee@acme-mail.example", mine, 1);
	/* Somebody left the list of one because of a campaign of the other, which went there, too. */
	struct side guest = rival;
	guest.list = acme.list;
	struct campaign visit = add_campaign(&guest, "visit", "2026-10-19T08:00:00Z");
	add_event(&visit, add_member("eve@acme-mail.example", CONTACT_UNSUBSCRIBED, mine, 1), EVENT_UNSUBSCRIBED);
	for (int month = 1; month <= 10; month++) {
		const char *when = arena_print(arena, "2026-%02d-15T%02d:00:00Z", month, month + 5);
		struct campaign one = add_campaign(&acme, arena_print(arena, "%d", month), when),
						other = add_campaign(&rival, arena_print(arena, "%d", month), when);
		add_event(&one, ann, EVENT_OPENED);
		add_event(&one, ann, EVENT_CLICKED);
		add_event(&other, bob, EVENT_OPENED);
		add_event(&other, cy, EVENT_OPENED);
	}
	struct list *lists;
	int count;
	cr_assert(rollup_people(store, &err) && list_all(store, arena, &lists, &count, &err), "%s", err.text);
	for (int i = 0; i < count; i++) {
		struct list_engagement engagement;
		cr_assert(contact_count(store, lists[i].id, at("2026-11-20T08:00:00Z"), &engagement, &err) &&
		              list_save_engagement(store, lists[i].id, &engagement, &err) &&
		              leaving_count_weeks(store, lists[i].id, at("2026-11-20T08:00:00Z"), &err),
		          "%s", err.text);
	}
}

/* The whole document as one text, folded. */
static char *rendered(const struct report_request *request, struct report *report) {
	struct document *document;
	BUF_AUTO out = { 0 };
	cr_assert(report_of(store, request, "Rivalina", at("2026-11-20T09:00:00Z"), arena, report, &err) &&
	              report_compose(store, report, arena, at("2026-11-20T09:00:00Z"), &document, &err),
	          "%s", err.text);
	buf_print(&out, "%s|%s|%s|%s|%s\n", document->title, document->partner, document->period, document->compared,
	          document->prepared_by);
	json_write(&out, document_to_value(document, arena));
	document_to_csv(document, &out);
	return text_fold(arena, buf_text(&out));
}

static struct report_request every_block(const char *partner) {
	struct report_request request = { .template = TEMPLATE_CUSTOM,
		                              .partner = partner,
		                              .organisation = "Telltale Energy",
		                              .period = { at("2026-10-01"), at("2026-11-01") },
		                              .as_of = MOMENT_NONE };
	request.blocks = (struct strings){ arena_array(arena, const char *, BLOCK_COUNT), BLOCK_COUNT };
	for (int i = 0; i < BLOCK_COUNT; i++)
		request.blocks.items[i] = block_names.names[i];
	return request;
}

static void expect_nothing_foreign(const char *text) {
	/* Names of the other, and figures of it and of the whole account. */
	static const char *const foreign[] = { "rival", "7,777", "7777", "3,333", "3333", "7,07", "8,08", "8,16", "8,977" };
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
		const char *hit = strstr(text, foreign[i]);
		cr_expect_null(hit, "%s: %.120s", foreign[i], hit ? hit - (hit - text > 60 ? 60 : hit - text) : "");
	}
}

Test(partner_report, holds_nothing_of_another, .init = open_store, .fini = close_all) {
	static const char *const own[] = { "acme_10",           "acme readers",    "https://acme.example/offer",
		                               "acme-mail.example", "telltale energy", "usual for this partner" };
	fill_account();
	for (int picked = 0; picked < 2; picked++) {
		struct report_request request = every_block(acme.partner);
		struct report report;
		request.list = picked ? acme.list : NULL;
		const char *text = rendered(&request, &report);
		expect_nothing_foreign(text);
		for (size_t i = 0; i < sizeof own / sizeof *own; i++)
			cr_expect_not_null(strstr(text, own[i]), "%s is missing", own[i]);
		/* The change of October, not since; of four people one opened a campaign of this partner. */
		cr_expect_not_null(strstr(text, "acme readers,1010,10,"), "the change of the list");
		cr_expect_not_null(strstr(text, "acme readers,4,25.0,25.0,75.0,4"), "engagement");
		cr_expect_not_null(strstr(text, "acme-mail.example,3,33.3,33.3,0.0"), "domains");
		cr_expect_not_null(strstr(text, "shared.example,1,0.0,0.0,0.0"), "somebody whom both know");
		cr_expect_not_null(strstr(text, "\r\n2026-10-19,4,0,0,0,-1,3\r\n"), "who left, and why");
		cr_expect_not_null(strstr(text, ",bounced,other reasons,net\r\n"), "what the page calls all other causes");
	}
}

/* Whatever is asked for beside the partner narrows the report, it never widens it. */
Test(partner_report, is_not_widened_by_a_list_or_campaigns_of_another, .init = open_store, .fini = close_all) {
	struct report report;
	fill_account();
	struct report_request by_list = every_block(acme.partner), by_campaign = by_list, ever = by_list, past = by_list;
	const char *visit[] = { add_campaign(&rival, "picked", "2026-10-02T08:00:00Z").id };
	by_list.list = rival.list;
	by_campaign.campaigns = (struct strings){ visit, 1 };
	ever.period = (struct report_period){ MOMENT_NONE, MOMENT_NONE };
	past.as_of = at("2026-11-10T08:00:00Z");
	expect_nothing_foreign(rendered(&by_list, &report));
	expect_nothing_foreign(rendered(&by_campaign, &report));
	expect_nothing_foreign(rendered(&ever, &report));
	expect_nothing_foreign(rendered(&past, &report));
}

Test(partner_report, has_the_hours_of_sending_in_the_grid, .init = open_store, .fini = close_all) {
	struct report_request request = every_block(NULL);
	struct report report;
	fill_account();
	const char *text = rendered(&request, &report);
	cr_expect_not_null(strstr(text, "\r\n08:00,"), "the visit was sent then");
	cr_expect_null(strstr(text, "\r\n03:00,"), "nothing was ever sent then");
	cr_expect_not_null(strstr(text, "rival readers"));
}

Test(partner_report, of_nobody_is_empty, .init = open_store, .fini = close_all) {
	struct report_request request = every_block(acme.partner);
	struct report report;
	bool found;
	fill_account();
	request.partner = acme.partner;
	cr_assert(report_of(store, &request, "me", at("2026-11-20T09:00:00Z"), arena, &report, &err), "%s", err.text);
	cr_assert(partner_drop(store, acme.partner, &found, &err) && found, "%s", err.text);
	struct document *document;
	cr_assert(report_compose(store, &report, arena, at("2026-11-20T09:00:00Z"), &document, &err), "%s", err.text);
	BUF_AUTO out = { 0 };
	json_write(&out, document_to_value(document, arena));
	cr_expect_null(strstr(buf_text(&out), "Acme readers"));
	cr_expect_null(strstr(buf_text(&out), "Rival"));
}

/* [from, to) of Berlin's October, compared with its September: the campaign of 1 September, 00:30 local time, belongs
 * to that, though it is August in UTC. */
Test(report_period, is_compared_by_the_calendar_of_its_zone, .init = open_store, .fini = close_all) {
	struct report_request request = { .template = TEMPLATE_CAMPAIGNS,
		                              .period = { at("2026-09-30T22:00:00Z"), at("2026-10-31T23:00:00Z") },
		                              .period_name = "lastmonth",
		                              .zone = "Europe/Berlin",
		                              .as_of = MOMENT_NONE };
	struct report report;
	read_list(&acme, 1, "2026-08-01T08:00:00Z");
	add_campaign(&acme, "first", "2026-08-31T22:30:00Z");
	add_campaign(&acme, "before", "2026-08-31T21:30:00Z");
	add_campaign(&acme, "last", "2026-09-30T22:30:00Z");
	const char *text = rendered(&request, &report);
	cr_expect_not_null(strstr(text, "|1 – 31 oct 2026 (europe/berlin)|1 – 30 sep 2026 (europe/berlin)|"));
	cr_expect_not_null(strstr(text, "campaigns,1,0.00,"), "one in either month");
	cr_expect_not_null(strstr(text, "2026-10-01,acme_last,"), "the day of sending in Berlin");
}
