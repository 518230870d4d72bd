/* Sign-up forms: what may be asked, the versions of the words, and what is stored of what was typed. */
#include <criterion/criterion.h>

#include "subscribing/signup.h"

static struct arena *arena;
static struct error err;
static void open_all(void) {
	arena = arena_new();
	err = ERROR_INIT;
}
static void close_all(void) {
	arena_free(arena);
}
TestSuite(signup, .init = open_all, .fini = close_all);

static const struct moment now = { 1760000000000 };
static struct definition defined[] = { { .key = "usage", .label = "Usage", .type = CUSTOM_NUMBER } };
static const struct rows definitions = { defined, 1 };

static struct signup_form fresh(void) {
	struct signup_form form;
	record_clear(&signup_record, &form);
	form.id = "0123456789abcdef01234567";
	return form;
}

static bool say(const struct signup_form *before, struct signup_request request, struct signup_form *after) {
	const struct rows all = signup_fields(&definitions, arena);
	err = ERROR_INIT;
	return signup_say(before, &request, &all, "mara", now, arena, after, &err);
}

Test(signup, no_form_is_open_without_words) {
	struct signup_form form = fresh(), after;
	cr_expect(!form.is_open && !signup_words(&form));
	cr_expect(!say(&form, (struct signup_request){ .is_open = true }, &after) && strcmp(err.field, "consent") == 0);
	cr_expect(say(&form, (struct signup_request){ .is_open = false }, &after) && !after.is_open);
	cr_expect(say(&form, (struct signup_request){ .is_open = true, .consent = "I agree" }, &after) && after.is_open);
}

Test(signup, each_change_of_the_words_is_a_version_that_stays) {
	struct signup_form form = fresh();
	static const char *const words[] = { "One", "One", "Two", NULL, "One" };
	static const int64_t versions[] = { 1, 1, 2, 2, 3 };
	for (int i = 0; i < 5; i++) {
		struct signup_form before = form;
		cr_assert(say(&before, (struct signup_request){ .consent = words[i] }, &form), "%s", err.text);
		cr_expect_eq(signup_words(&form)->version, versions[i], "%d", i);
	}
	const struct signup_text *texts = form.texts.items;
	cr_expect(form.texts.count == 3 && strcmp(texts[0].text, "One") == 0 && strcmp(texts[1].text, "Two") == 0 &&
	          strcmp(texts[2].by, "mara") == 0 && texts[2].at.ms == now.ms);
}

Test(signup, only_fields_of_contacts_are_asked) {
	struct signup_form form = fresh(), after;
	cr_expect(
		say(&form, (struct signup_request){ .fields = *TEXTS("phone", "custom_fields.usage", "phone") }, &after) &&
		after.fields.count == 2);
	cr_expect(!say(&form, (struct signup_request){ .fields = *TEXTS("tags") }, &after) &&
	          strcmp(err.field, "fields") == 0);
	cr_expect(!say(&form, (struct signup_request){ .fields = *TEXTS("custom_fields.other") }, &after));
	cr_expect(!say(&form, (struct signup_request){ .fields = *TEXTS("consent") }, &after));
}

Test(signup, what_the_form_does_not_ask_is_not_taken) {
	struct signup_form form = fresh();
	struct params typed;
	struct contact_request request;
	struct strings given;
	form.fields = *TEXTS("first_name", "company", "custom_fields.usage");
	cr_assert(params_read(arena,
	                      "first_name=+Mara+&last_name=X&company=&phone=1&tags=vip&custom_fields.usage=7&custom_fields."
	                      "other=1&is_active=1&consent=x",
	                      &typed, &err));
	signup_person(&form, &typed, arena, &request, &given);
	cr_expect_str_eq(strings_join(arena, &given, ","), "first_name");
	cr_expect(strcmp(request.first_name, "Mara") == 0 && !request.last_name && !request.company && !request.phone);
	cr_expect_str_eq(request.custom_fields, "{\"usage\":\"7\"}");
	cr_expect(!request.tags.count && !request.is_active && !request.consent.source);
}

Test(signup, what_is_known_of_a_person_stays) {
	struct attribute known[] = { { .key = "usage", .text = "5", .number = 5 } };
	struct contact contact;
	struct contact_request request = { .first_name = "Other", .company = "Acme", .custom_fields = "{\"usage\":\"7\"}" };
	struct strings given;
	record_clear(&contact_record, &contact);
	contact.profile.first_name = "Mara";
	contact.profile.attributes = (struct rows){ known, 1 };
	signup_missing(&contact, TEXTS("email", "first_name", "company"), arena, &request, &given);
	cr_expect_str_eq(strings_join(arena, &given, ","), "company");
	cr_expect(!request.custom_fields);
}
