/* Who of those who are pending on a list may be asked to confirm. */
#include <criterion/criterion.h>

#include "audience/contacts/mailable.h"
#include "subscribing/pending.h"

static const char LIST[] = "0123456789abcdef01234567";
static const char *lists[] = { LIST };

static struct contact pending(void) {
	struct contact contact;
	record_clear(&contact_record, &contact);
	contact.id = "aaaaaaaaaaaaaaaaaaaaaaaa";
	contact.email = "a@pending.example";
	contact.is_active = true;
	contact.status = CONTACT_PENDING;
	contact.list_ids = (struct strings){ lists, 1 };
	return contact;
}

Test(pending, whoever_can_get_the_email_may_be_asked) {
	struct contact contact = pending();
	cr_expect_eq(pending_judge(&contact, true), PENDING_MAY);
	contact.unproven = true;
	cr_expect_eq(pending_judge(&contact, true), PENDING_MAY, "that is why they are asked");
}

Test(pending, all_others_are_left_out_and_it_is_said_why) {
	struct contact contact = pending();
	contact.email = NULL;
	cr_expect_eq(pending_judge(&contact, true), PENDING_NO_ADDRESS);
	contact = pending();
	contact.is_active = false;
	cr_expect_eq(pending_judge(&contact, true), PENDING_INACTIVE);
	contact = pending();
	contact.suppressed = "bounced";
	cr_expect_eq(pending_judge(&contact, true), PENDING_SUPPRESSED);
	contact = pending();
	contact.suppressed = "unsubscribed";
	contact.unsubscribed_at = (struct moment){ 1760000000000 };
	cr_expect_eq(pending_judge(&contact, true), PENDING_UNSUBSCRIBED, "who has left is not asked back");
	contact = pending();
	contact.bad_domain = true;
	cr_expect_eq(pending_judge(&contact, true), PENDING_BAD_DOMAIN);
	cr_expect_eq(pending_judge(&contact, false), PENDING_MAY, "as the settings have it");
	for (int i = 0; i < PENDING_VERDICTS; i++)
		cr_expect(pending_verdict_labels[i] && *choice_name(&pending_verdicts, i) != '?');
}

/* Whoever would be left out of a campaign for more than not having confirmed is not asked either. */
Test(pending, agrees_with_what_keeps_people_from_being_mailed) {
	const struct mailable_question question = { .list_id = LIST, .suppression_list = true, .validate_domains = true };
	for (int bits = 0; bits < 32; bits++) {
		struct contact contact = pending();
		contact.email = bits & 1 ? NULL : contact.email;
		contact.is_active = !(bits & 2);
		contact.suppressed = bits & 4 ? "bounced" : NULL;
		contact.bad_domain = bits & 8;
		if (bits & 16)
			contact.unsubscribed_at = (struct moment){ 1760000000000 };
		const bool may = pending_judge(&contact, true) == PENDING_MAY;
		contact.subscribed_ids = contact.list_ids; /* as if they had confirmed */
		cr_expect_eq(may, contact_mailable(&contact, &question) == MAILABLE, "%d", bits);
	}
}
