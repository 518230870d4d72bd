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

/* An address with a domain of other letters is one person, whichever way it was written. */
Test(membership, an_address_is_known_by_its_domain_in_ascii) {
	ARENA_AUTO arena = arena_new();
	cr_expect_str_eq(contact_norm(arena, " Info@M\u00fcller.Example "), "info@xn--mller-kva.example");
	cr_expect_str_eq(contact_norm(arena, "info@XN--mller-kva.example"), "info@xn--mller-kva.example");
	cr_expect_str_eq(contact_norm(arena, "No address"), "no address");
	cr_expect_null(contact_norm(arena, " "));
	cr_expect_str_eq(contact_domain(arena, "info@M\u00fcller.Example"), "xn--mller-kva.example");
	cr_expect_str_eq(contact_domain(arena, "Example.com"), "example.com");
	cr_expect_null(contact_domain(arena, "info@"));
	cr_expect_null(contact_domain(arena, NULL));
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

Test(membership, of_one_person_are_found_among_those_of_many) {
	struct membership rows[] = {
		{ .id = "5", .contact_id = "b", .list_id = "2" }, { .id = "4", .contact_id = "a", .list_id = "1" },
		{ .id = "3", .contact_id = "b", .list_id = "1" }, { .id = "2", .contact_id = NULL, .list_id = "1" },
		{ .id = "1", .contact_id = "d", .list_id = "1" },
	};
	int found;
	membership_sort(rows, 5);
	const struct membership *of_b = membership_of(rows, 5, "b", &found);
	cr_assert_eq(found, 2);
	cr_expect_str_eq(of_b[0].id, "3");
	cr_expect_str_eq(of_b[1].id, "5");
	cr_expect_str_eq(membership_of(rows, 5, "a", &found)->id, "4");
	cr_expect_eq(found, 1);
	cr_expect_null(membership_of(rows, 5, "c", &found));
	cr_expect_eq(found, 0);
	cr_expect_str_eq(membership_of(rows, 5, "d", &found)->id, "1");
	cr_expect_null(membership_of(NULL, 0, "a", &found));
}
