/* Who may be mailed: the check of one contact and the filter agree on people made at random, where TEST_STORE_URI names
 * a server. X-08, D-124. */
#include "audience/contacts/mailable.h"

#include <criterion/criterion.h>

#include "unit/store_fixture.h"

TestSuite(mailable, .init = open_all, .fini = close_all);

enum { PEOPLE = 400, LISTS = 3 };
#define NOW ((struct moment){ 1790000000000 })
static const char *const lists[LISTS] = { "64b00000000000000000000a", "64b00000000000000000000b",
	                                      "64b00000000000000000000c" };

static unsigned seed = 20261127;
static unsigned dice(unsigned sides) {
	seed = seed * 1103515245U + 12345U;
	return (seed >> 16) % sides;
}

static void add(struct strings *ids, const char *id) {
	ids->items[ids->count++] = id;
}

static struct contact somebody(void) {
	static const char *const reasons[] = { "complained", "bounced", "unsubscribed", "erased", "manual" };
	struct contact contact;
	record_clear(&contact_record, &contact);
	contact.id = store_new_id(arena);
	contact.email_norm = contact.id;
	contact.email = dice(6) ? "a@t.example" : dice(2) ? "" : NULL;
	contact.profile.phone = dice(2) ? "+4930111222" : NULL;
	contact.is_active = dice(6) != 0;
	contact.suppressed = dice(4) ? NULL : reasons[dice(5)];
	contact.phone_suppressed = dice(4) ? NULL : reasons[dice(5)];
	contact.unsubscribed_at = dice(8) ? MOMENT_NONE : (struct moment){ 1760000000000 };
	contact.unproven = dice(3) == 0;
	contact.bad_domain = dice(8) == 0;
	contact.fewer_at = dice(2) ? MOMENT_NONE : (struct moment){ NOW.ms - (int64_t)dice(12) * DAY_MS };
	contact.fewer_last_at = dice(2) ? MOMENT_NONE : (struct moment){ NOW.ms - (int64_t)dice(12) * DAY_MS };
	contact.fewer_campaign_id = dice(2) ? lists[2] : NULL;
	contact.engagement = ENGAGEMENT_NONE;
	contact.list_ids = (struct strings){ arena_array(arena, const char *, LISTS), 0 };
	contact.subscribed_ids = (struct strings){ arena_array(arena, const char *, LISTS), 0 };
	contact.unsubscribed_ids = (struct strings){ arena_array(arena, const char *, LISTS), 0 };
	for (int i = 0; i < LISTS; i++) {
		unsigned status = dice(2) ? CONTACT_STATUS_COUNT : dice(CONTACT_STATUS_COUNT);
		if (status == CONTACT_STATUS_COUNT)
			continue;
		add(&contact.list_ids, lists[i]);
		if (status == CONTACT_SUBSCRIBED || dice(10) == 0)
			add(&contact.subscribed_ids, lists[i]);
		if (status == CONTACT_UNSUBSCRIBED)
			add(&contact.unsubscribed_ids, lists[i]);
		contact.status = contact_status_of_both(contact.status, status);
	}
	return contact;
}

struct seen {
	const struct contact *people;
	const struct mailable_question *question;
	enum mailable verdict;
	int count;
};

static void check_one(void *context, const void *object) {
	struct seen *seen = context;
	const struct contact *contact = object;
	seen->count++;
	cr_expect(contact_mailable(contact, seen->question) == seen->verdict, "%s is not %s", contact->id,
	          choice_name(&mailables, (int)seen->verdict));
}

static void compare(const struct contact *people, const struct mailable_question *question) {
	for (int verdict = MAILABLE; verdict < MAILABLE_COUNT; verdict++) {
		struct seen seen = { people, question, (enum mailable)verdict, 0 };
		int wanted = 0;
		for (int i = 0; i < PEOPLE; i++)
			wanted += contact_mailable(&people[i], question) == (enum mailable)verdict;
		cr_assert(store_each(store, "contacts", contact_mailable_filter(arena, question, (enum mailable)verdict),
		                     &contact_record, check_one, &seen, &err),
		          "%s", err.text);
		cr_expect(seen.count == wanted, "%d instead of %d are %s", seen.count, wanted,
		          choice_name(&mailables, verdict));
	}
}

Test(mailable, the_check_and_the_filter_agree) {
	struct contact *people = arena_array(arena, struct contact, PEOPLE);
	struct bulk *bulk = bulk_open(store, "contacts");
	for (int i = 0; i < PEOPLE; i++) {
		people[i] = somebody();
		bulk_insert(bulk, &contact_record, &people[i]);
	}
	cr_assert(bulk_run(bulk, NULL, &err), "%s", err.text);
	for (int kind = 0; kind < 128; kind++)
		compare(people, &(struct mailable_question){ .by_sms = kind & 1,
		                                             .list_id = kind & 2 ? lists[0] : NULL,
		                                             .base_list_id = kind & 32 ? lists[1] : NULL,
		                                             .suppression_list = kind & 4,
		                                             .require_consent = kind & 8,
		                                             .validate_domains = kind & 16,
		                                             .campaign_id = kind & 64 ? lists[2] : NULL,
		                                             .now = NOW });
}

Test(mailable_rules, without_a_membership_of_the_list_all_lists_count) {
	const struct mailable_question question = { .list_id = "ruled" };
	struct contact contact;
	record_clear(&contact_record, &contact);
	contact.email = "a@t.example";
	contact.is_active = true;
	contact.list_ids = *TEXTS("observed");
	contact.status = CONTACT_UNSUBSCRIBED;
	cr_expect_eq(contact_mailable(&contact, &question), MAILABLE_UNSUBSCRIBED);
	contact.status = CONTACT_PENDING;
	cr_expect_eq(contact_mailable(&contact, &question), MAILABLE_PENDING);
	contact.status = CONTACT_SUBSCRIBED;
	cr_expect_eq(contact_mailable(&contact, &question), MAILABLE);
	contact.unsubscribed_ids = *TEXTS("ruled");
	cr_expect_eq(contact_mailable(&contact, &question), MAILABLE_UNSUBSCRIBED);
	contact.unsubscribed_ids = *TEXTS("base");
	cr_expect_eq(contact_mailable(&contact, &question), MAILABLE);
	cr_expect_eq(contact_mailable(&contact, &(struct mailable_question){ .list_id = "ruled", .base_list_id = "base" }),
	             MAILABLE_UNSUBSCRIBED);
}

Test(mailable_rules, the_first_reason_is_told) {
	struct mailable_question question = { .suppression_list = true, .require_consent = true, .validate_domains = true };
	struct contact contact = { .email = NULL, .unproven = true, .bad_domain = true, .suppressed = "bounced" };
	contact.unsubscribed_at = contact.fewer_at = contact.fewer_last_at = MOMENT_NONE;
	cr_expect(contact_mailable(&contact, &question) == MAILABLE_NO_ADDRESS);
	contact.email = "a@t.example";
	cr_expect(contact_mailable(&contact, &question) == MAILABLE_INACTIVE);
	contact.is_active = true;
	cr_expect(contact_mailable(&contact, &question) == MAILABLE_SUPPRESSED);
	question.suppression_list = false;
	cr_expect(contact_mailable(&contact, &question) == MAILABLE_UNPROVEN);
	question.require_consent = false;
	cr_expect(contact_mailable(&contact, &question) == MAILABLE_BAD_DOMAIN);
	question.validate_domains = false;
	cr_expect(contact_mailable(&contact, &question) == MAILABLE);
	question.validate_domains = true;
	contact.bad_domain = false;
	cr_expect(contact_mailable(&contact, &question) == MAILABLE);
	contact.unsubscribed_at = (struct moment){ 1 };
	cr_expect(contact_mailable(&contact, &question) == MAILABLE_UNSUBSCRIBED);
	question.by_sms = true;
	cr_expect(contact_mailable(&contact, &question) == MAILABLE_NO_ADDRESS);
}

Test(mailable_rules, who_asked_for_fewer_emails_gets_one_campaign_in_seven_days) {
	struct mailable_question question = { .campaign_id = "b", .now = NOW };
	struct contact contact;
	record_clear(&contact_record, &contact);
	contact.email = "a@t.example";
	contact.is_active = true;
	contact.fewer_last_at = (struct moment){ NOW.ms - 1 };
	contact.fewer_campaign_id = "a";
	cr_expect_eq(contact_mailable(&contact, &question), MAILABLE, "who did not ask for it gets all");
	contact.fewer_at = (struct moment){ NOW.ms - 7 * DAY_MS + 1 };
	contact.fewer_last_at = MOMENT_NONE;
	cr_expect_eq(contact_mailable(&contact, &question), MAILABLE_FEWER, "they have just had the one with the link");
	contact.fewer_at.ms -= 1;
	cr_expect_eq(contact_mailable(&contact, &question), MAILABLE);
	contact.fewer_last_at = (struct moment){ NOW.ms - 7 * DAY_MS + 1 };
	cr_expect_eq(contact_mailable(&contact, &question), MAILABLE_FEWER);
	contact.fewer_campaign_id = "b";
	cr_expect_eq(contact_mailable(&contact, &question), MAILABLE, "its own turn holds back no campaign");
	contact.fewer_campaign_id = "a";
	question.by_sms = true;
	contact.profile.phone = "+4930111222";
	cr_expect_eq(contact_mailable(&contact, &question), MAILABLE, "it is about emails");
	question.by_sms = false;
	contact.fewer_last_at.ms -= 1;
	cr_expect_eq(contact_mailable(&contact, &question), MAILABLE);
}
