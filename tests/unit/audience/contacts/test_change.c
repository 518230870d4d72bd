/* One person whatever the source: what is said here and what a provider's lists say, where TEST_STORE_URI names a
 * server., D-010 … D-014. */
#include <criterion/criterion.h>
#include <string.h>

#include "audience/contacts/change.h"
#include "unit/store_fixture.h"

static const char *list, *connection, *news[] = { "News" };

static void open_store(void) {
	open_all();
	list = store_new_id(arena), connection = store_new_id(arena);
}

TestSuite(change, .init = open_store, .fini = close_all);

static struct contact_saying saying(const struct strings *given) {
	return (struct contact_saying){ .given = *given, .source = SOURCE_API, .by = "mara", .now = { 1760000000000 } };
}

static bool create(const char *id, const char *email, const char *first_name) {
	struct contact_request request = { .email = email, .first_name = first_name, .rev = COUNT_NONE };
	const struct contact_saying all = saying(TEXTS("email", "first_name"));
	return contact_create(store, id, &request, &all, arena, &err);
}

static bool change(const char *id, struct contact_request request, const struct strings *given) {
	const struct contact_saying some = saying(given);
	return contact_change(store, id, &request, &some, arena, &err);
}

/* The provider's list says this. */
static struct membership reported(const char *ref, const char *email, const char *fields) {
	struct membership one;
	record_clear(&membership_record, &one);
	one.list_id = list;
	one.external = (struct external){ connection, ref };
	one.email = email;
	one.fields = fields;
	one.tags = (struct strings){ news, 1 };
	one.status = CONTACT_SUBSCRIBED;
	one.created_at = one.last_updated_at = (struct moment){ 1750000000000 };
	return one;
}

static void sync_one(const char *ref, const char *email, const char *fields) {
	struct membership one = reported(ref, email, fields);
	cr_assert(contact_save_page(store, &one, 1, arena, &err), "%s", err.text);
}

static struct contact with_address(const char *address) {
	struct contact *contacts;
	int count;
	struct strings one = { &address, 1 };
	cr_assert(contact_find_by_addresses(store, &one, arena, &contacts, &count, &err), "%s", err.text);
	struct contact none = { 0 };
	return count ? contacts[0] : none;
}

/* The provider has erased everybody on the list. */
static void forget_all(void) {
	struct membership *rows;
	struct strings ids;
	int count;
	cr_assert(membership_next(store, list, "", 100, arena, &rows, &count, &err));
	cr_assert(contact_last_of(store, rows, count, arena, &ids, &err));
	cr_assert(contact_forget(store, rows, count, &ids, arena, &err), "%s", err.text);
}

Test(change, somebody_created_here_and_on_a_list_is_one_person) {
	const char *id = store_new_id(arena);
	cr_assert(create(id, "Ada@x.example", "Ada"), "%s", err.text);
	sync_one("r1", "ada@X.example", "{\"FirstName\":\"A.\",\"LastName\":\"Lovelace\"}");
	const struct contact ada = with_address("ada@x.example");
	cr_expect_str_eq(ada.id, id);
	cr_expect_str_eq(ada.email, "Ada@x.example");
	cr_expect_str_eq(ada.profile.first_name, "Ada");
	cr_expect_str_eq(ada.profile.last_name, "Lovelace");
	cr_expect(ada.status == CONTACT_SUBSCRIBED && ada.is_active && ada.tags.count == 1 &&
	          ada.subscribed_ids.count == 1);
}

Test(change, a_second_person_with_the_address_is_refused) {
	sync_one("r1", "ada@x.example", NULL);
	cr_expect(!create(store_new_id(arena), "ADA@x.example", "Ada"));
	cr_expect(err.kind == ERROR_CONFLICT && strcmp(err.field, "email") == 0);
	cr_expect_str_eq(err.text, "ADA@x.example is already a contact");
}

Test(change, the_provider_does_not_overwrite_what_was_typed) {
	sync_one("r1", "ada@x.example", "{\"FirstName\":\"A.\",\"City\":\"Ulm\"}");
	const char *id = with_address("ada@x.example").id;
	cr_assert(change(id, (struct contact_request){ .first_name = "Ada", .tags = *TEXTS("vip"), .rev = COUNT_NONE },
	                 TEXTS("first_name", "tags")),
	          "%s", err.text);
	sync_one("r1", "ada@x.example", "{\"FirstName\":\"B.\",\"City\":\"Bonn\"}");
	const struct contact ada = with_address("ada@x.example");
	cr_expect_str_eq(ada.profile.first_name, "Ada");
	cr_expect_str_eq(ada.profile.custom_fields, "{\"City\":\"Bonn\"}");
	cr_expect(ada.tags.count == 1 && strcmp(ada.tags.items[0], "vip") == 0, "the list's tag was removed here");
}

Test(change, an_address_typed_here_stays_and_the_membership_with_it) {
	sync_one("r1", "old@x.example", NULL);
	const char *id = with_address("old@x.example").id;
	cr_assert(change(id, (struct contact_request){ .email = "new@x.example", .rev = COUNT_NONE }, TEXTS("email")), "%s",
	          err.text);
	sync_one("r1", "old@x.example", NULL);
	sync_one("r1", "older@x.example", NULL);
	const struct contact person = with_address("new@x.example");
	cr_assert(person.id);
	cr_expect_str_eq(person.id, id);
	cr_expect(person.list_ids.count == 1);
	cr_expect(!with_address("old@x.example").id && !with_address("older@x.example").id);
}

Test(change, whoever_has_something_of_their_own_stays_when_the_provider_forgets_them) {
	sync_one("r1", "ada@x.example", NULL);
	sync_one("r2", "eve@x.example", NULL);
	const struct contact_saying tags = saying(&(struct strings){ 0 });
	cr_assert(contact_tag(store, with_address("ada@x.example").id, "VIP", true, &tags, arena, &err), "%s", err.text);
	forget_all();
	const struct contact ada = with_address("ada@x.example");
	cr_assert(ada.id);
	cr_expect_str_eq(ada.email, "ada@x.example");
	cr_expect(ada.list_ids.count == 0 && ada.status == CONTACT_UNKNOWN && ada.tags.count == 1);
	cr_expect(!with_address("eve@x.example").id);
	sync_one("r3", "ada@x.example", NULL); /* they come back */
	cr_expect_str_eq(with_address("ada@x.example").id, ada.id);
	cr_expect(with_address("ada@x.example").status == CONTACT_SUBSCRIBED);
}

Test(change, what_was_said_of_somebody_goes_to_whom_they_become) {
	sync_one("r1", "ada@x.example", NULL);
	sync_one("r2", "ada.l@x.example", NULL);
	const struct contact_saying tags = saying(&(struct strings){ 0 });
	cr_assert(contact_tag(store, with_address("ada@x.example").id, "VIP", true, &tags, arena, &err), "%s", err.text);
	sync_one("r1", "ada.l@x.example", NULL); /* the same address as r2's */
	const struct contact both = with_address("ada.l@x.example");
	cr_expect(!with_address("ada@x.example").id);
	cr_expect(strings_have(&both.tags, "vip"));
}

Test(change, a_phone_is_enough_and_may_be_shared) {
	struct contact_request request = { .phone = "+49 170 1234567", .rev = COUNT_NONE };
	const struct contact_saying all = saying(TEXTS("phone"));
	const char *one = store_new_id(arena), *two = store_new_id(arena);
	struct contact contact;
	bool found;
	cr_assert(contact_create(store, one, &request, &all, arena, &err), "%s", err.text);
	cr_assert(contact_create(store, two, &request, &all, arena, &err), "%s", err.text);
	cr_assert(contact_find(store, one, arena, &contact, &found, &err) && found);
	cr_expect_str_eq(contact.profile.phone, "+491701234567");
	request.phone = NULL;
	cr_expect(!contact_create(store, store_new_id(arena), &request, &all, arena, &err));
	cr_expect_str_eq(err.text, "Give an email address or a phone number");
	cr_expect(!change(one, (struct contact_request){ .phone = "", .rev = COUNT_NONE }, TEXTS("phone")));
}

Test(change, a_lost_edit_is_noticed) {
	const char *id = store_new_id(arena);
	struct contact contact;
	bool found;
	cr_assert(create(id, "ada@x.example", "Ada"));
	cr_assert(contact_find(store, id, arena, &contact, &found, &err) && found);
	cr_assert(change(id, (struct contact_request){ .company = "Acme", .rev = contact.rev }, TEXTS("company")));
	cr_expect(!change(id, (struct contact_request){ .company = "Other", .rev = contact.rev }, TEXTS("company")));
	cr_expect(store_is_stale(&err));
	cr_expect_str_eq(with_address("ada@x.example").profile.company, "Acme");
}

Test(change, the_same_request_again_creates_nobody_else) {
	const char *id = store_new_id(arena);
	cr_assert(create(id, "ada@x.example", "Ada"));
	cr_assert(create(id, "ada@x.example", "Ada"), "%s", err.text);
	cr_expect_str_eq(with_address("ada@x.example").id, id);
}
