/* Consent and tracking: source, time, text, and what was said before. */
#include "audience/contacts/permission.h"

#include <criterion/criterion.h>

#include "audience/contacts/change.h"

static const struct moment now = { 1760000000000 }, earlier = { 1750000000000 }, later = { 1770000000000 };

static struct own say(const struct own *before, struct contact_request request, const struct strings *given,
                      struct arena *arena) {
	const struct contact_saying saying = { .given = *given, .source = SOURCE_API, .by = "mara", .now = now };
	struct contact nobody;
	struct own after;
	struct error err = ERROR_INIT;
	record_clear(&contact_record, &nobody);
	cr_assert(contact_say(before, &request, &saying, &(struct strings){ 0 }, &nobody, arena, &after, &err), "%s",
	          err.text);
	return after;
}

static struct own nothing(void) {
	struct own own;
	record_clear(&own_record, &own);
	return own;
}

Test(permission, consent_has_a_source_and_a_past_time) {
	struct error err = ERROR_INIT;
	struct consent consent = { "Trade fair", "v2", MOMENT_NONE };
	cr_assert(permission_check_consent(&consent, "consent", now, &err));
	cr_expect(consent.at.ms == now.ms);
	consent = (struct consent){ "Trade fair", NULL, later };
	cr_expect(!permission_check_consent(&consent, "consent", now, &err));
	cr_expect_str_eq(err.field, "consent.at");
	consent = (struct consent){ "", "v2", MOMENT_NONE };
	cr_expect(!permission_check_consent(&consent, "consent", now, &err));
	cr_expect_str_eq(err.field, "consent.source");
	consent = (struct consent){ "", "", MOMENT_NONE };
	cr_expect(permission_check_consent(&consent, "consent", now, &err) && !consent.source);
}

Test(permission, what_was_said_before_stays) {
	ARENA_AUTO arena = arena_new();
	const struct own before = nothing();
	struct own own = say(&before, (struct contact_request){ .consent = { "Form", "v1", earlier } }, TEXTS("consent"),
	                     arena);
	own = say(&own, (struct contact_request){ .consent = { "Form", "v1", earlier } }, TEXTS("consent"), arena);
	cr_assert(own.permissions.count == 1 && own.consent.source);
	own = say(&own, (struct contact_request){ .tracking = { TRACKING_GRANTED, "Form", "v1", earlier } },
	          TEXTS("tracking"), arena);
	own = say(&own, (struct contact_request){ .tracking = { TRACKING_WITHDRAWN, "Footer", NULL, now } },
	          TEXTS("tracking"), arena);
	own = say(&own, (struct contact_request){ .consent = { "", "", MOMENT_NONE } }, TEXTS("consent"), arena);
	const struct permission_note *notes = own.permissions.items;
	cr_assert(own.permissions.count == 4 && !own.consent.source && own.tracking.state == TRACKING_WITHDRAWN);
	cr_expect_str_eq(notes[0].what, "consent");
	cr_expect_str_eq(notes[1].what, "tracking granted");
	cr_expect_str_eq(notes[2].what, "tracking withdrawn");
	cr_expect_str_eq(notes[3].what, "no consent");
	cr_expect_str_eq(notes[3].by, "mara");
}

Test(permission, of_two_people_the_last_word_counts) {
	ARENA_AUTO arena = arena_new();
	const struct own empty = nothing();
	const struct own a = say(&empty, (struct contact_request){ .tracking = { TRACKING_GRANTED, "A", NULL, earlier } },
	                         TEXTS("tracking"), arena),
					 b = say(&empty, (struct contact_request){ .tracking = { TRACKING_WITHDRAWN, "B", NULL, now } },
	                         TEXTS("tracking"), arena);
	cr_expect(own_merge(&a, &b, arena).tracking.state == TRACKING_WITHDRAWN);
	cr_expect(own_merge(&b, &a, arena).tracking.state == TRACKING_WITHDRAWN);
	cr_expect(own_merge(&a, &b, arena).permissions.count == 2);
	cr_expect(own_merge(&a, &empty, arena).tracking.state == TRACKING_GRANTED);
}

Test(permission, unknown_is_as_the_list_has_it_unless_consent_is_required) {
	static const struct {
		enum tracking_state state;
		bool usual, required, tracks;
	} rows[] = {
		{ TRACKING_UNKNOWN, true, false, true },  { TRACKING_UNKNOWN, false, false, false },
		{ TRACKING_UNKNOWN, true, true, false },  { TRACKING_GRANTED, false, true, true },
		{ TRACKING_REFUSED, true, false, false }, { TRACKING_WITHDRAWN, true, false, false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(permission_tracks(rows[i].state, rows[i].usual, rows[i].required) == rows[i].tracks, "row %zu", i);
}
