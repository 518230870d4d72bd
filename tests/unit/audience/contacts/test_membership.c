/* Status of contacts on lists. */
#include <criterion/criterion.h>

#include "audience/contacts/contact.h"
#include "audience/contacts/membership.h"

Test(membership, of_two_the_better_one_holds) {
	cr_expect_eq(contact_status_of_both(CONTACT_UNSUBSCRIBED, CONTACT_PENDING), CONTACT_PENDING);
	cr_expect_eq(contact_status_of_both(CONTACT_PENDING, CONTACT_SUBSCRIBED), CONTACT_SUBSCRIBED);
	cr_expect_eq(contact_status_of_both(CONTACT_UNKNOWN, CONTACT_UNSUBSCRIBED), CONTACT_UNSUBSCRIBED);
	cr_expect_eq(contact_status_of_both(CONTACT_SUBSCRIBED, CONTACT_UNKNOWN), CONTACT_SUBSCRIBED);
	cr_expect_eq(contact_status_of_both(CONTACT_UNKNOWN, CONTACT_UNKNOWN), CONTACT_UNKNOWN);
}

/* An unknown stored status never counts as subscribed. */
Test(membership, what_is_not_known_is_not_subscribed) {
	ARENA_AUTO arena = arena_new();
	struct error err = ERROR_INIT;
	struct membership membership;
	struct contact contact;
	bson_t *stored = BCON_NEW("status", BCON_UTF8("cleaned")), nothing = BSON_INITIALIZER;
	cr_expect(record_from_bson(&membership_record, stored, arena, &membership, &err), "%s", err.text);
	cr_expect_eq(membership.status, CONTACT_UNKNOWN);
	cr_expect(record_from_bson(&contact_record, stored, arena, &contact, &err), "%s", err.text);
	cr_expect_eq(contact.status, CONTACT_UNKNOWN);
	cr_expect(record_from_bson(&contact_record, &nothing, arena, &contact, &err));
	cr_expect_eq(contact.status, CONTACT_UNKNOWN);
	bson_destroy(stored);
}
