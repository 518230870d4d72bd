/* What a row may change. */
#include "audience/import/policy.h"
#include "unit/support.h"

static const struct import_suppression nothing = { SUPPRESSED_NOT, { INT64_MIN } };

static struct import_row row_with(const char *first_name, enum import_status status) {
	static const char *tags[] = { "solar" };
	static struct import_value fields[] = { { "usage", "4100", IMPORT_TYPE_NUMBER } };
	return (struct import_row){ .key = "u0001@t.example",
		                        .texts = { [MEMBER_FIRST_NAME] = first_name, [MEMBER_COMPANY] = "ACME" },
		                        .tags = { tags, 1 },
		                        .fields = fields,
		                        .field_count = 1,
		                        .status = status,
		                        .consent_at = MOMENT_NONE,
		                        .created_at = MOMENT_NONE };
}

static struct import_person person_with(const char *first_name, enum import_status status) {
	return (struct import_person){ .texts = { [MEMBER_FIRST_NAME] = first_name }, .status = status };
}

static struct import_decision decide(struct arena *arena, const struct import_row *row,
                                     const struct import_person *person, struct import_choice choice) {
	return import_decide(arena, row, person, &nothing, &choice);
}

Test(policy, somebody_new) {
	ARENA_AUTO arena = arena_new();
	struct import_row row = row_with("Ann", IMPORT_STATUS_UNTOLD);
	struct import_decision decision = decide(arena, &row, NULL,
	                                         (struct import_choice){ .has_list = true,
	                                                                 .tags = { (const char *[]){ "import" }, 1 } });
	cr_expect_eq(decision.outcome, IMPORT_CREATED);
	cr_expect_eq(decision.change_count, 3);
	cr_expect_null(decision.changes[0].before);
	cr_expect_eq(decision.tags_added.count, 2);
	cr_expect_eq(decision.status, IMPORT_SUBSCRIBED);
	cr_expect(decision.joins);
	cr_expect(decision.is_unproven);
	decision = decide(arena, &row, NULL, (struct import_choice){ .consent_source = "fair" });
	cr_expect_not(decision.is_unproven);
	cr_expect_str_eq(decision.consent_source, "fair");
	row.consent_source = "form";
	decision = decide(arena, &row, NULL, (struct import_choice){ .consent_source = "fair" });
	cr_expect_str_eq(decision.consent_source, "form");
}

Test(policy, somebody_new_who_must_not_be_mailed) {
	ARENA_AUTO arena = arena_new();
	static const struct {
		enum import_status status;
		enum import_suppressed suppressed;
	} cases[] = { { IMPORT_UNSUBSCRIBED, SUPPRESSED_UNSUBSCRIBED },
		          { IMPORT_BOUNCED, SUPPRESSED_BOUNCED },
		          { IMPORT_COMPLAINED, SUPPRESSED_COMPLAINED },
		          { IMPORT_BLOCKED, SUPPRESSED_BY_HAND } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct import_row row = row_with("Ann", cases[i].status);
		struct import_decision decision = decide(arena, &row, NULL, (struct import_choice){ .has_list = true });
		cr_expect_eq(decision.outcome, IMPORT_CREATED);
		cr_expect_eq(decision.status, IMPORT_UNSUBSCRIBED);
		cr_expect_eq(decision.suppresses, cases[i].suppressed);
		cr_expect_not(decision.joins);
		cr_expect_not(decision.is_unproven);
	}
}

Test(policy, known_people) {
	ARENA_AUTO arena = arena_new();
	struct import_row row = row_with("Anne", IMPORT_STATUS_UNTOLD);
	struct import_person person = person_with("Ann", IMPORT_SUBSCRIBED);
	struct import_decision decision = decide(arena, &row, &person, (struct import_choice){ 0 });
	cr_expect_eq(decision.outcome, IMPORT_UPDATED);
	cr_expect_eq(decision.change_count, 2);
	cr_expect_eq(decision.changes[0].member, MEMBER_COMPANY);
	decision = decide(arena, &row, &person, (struct import_choice){ .known = KNOWN_OVERWRITE });
	cr_expect_eq(decision.change_count, 3);
	cr_expect_str_eq(decision.changes[0].before, "Ann");
	cr_expect_str_eq(decision.changes[0].after, "Anne");
	decision = decide(arena, &row, &person, (struct import_choice){ .known = KNOWN_SKIP, .has_list = true });
	cr_expect_eq(decision.outcome, IMPORT_SKIPPED);
	cr_expect_eq(decision.change_count, 0);
}

Test(policy, an_empty_cell_erases_nothing) {
	ARENA_AUTO arena = arena_new();
	struct import_row row = { .key = "u0001@t.example", .texts = { [MEMBER_FIRST_NAME] = "" } };
	struct import_person person = person_with("Ann", IMPORT_SUBSCRIBED);
	struct import_decision decision = decide(arena, &row, &person,
	                                         (struct import_choice){ .known = KNOWN_OVERWRITE,
	                                                                 .tags = { (const char *[]){ "import" }, 1 } });
	cr_expect_eq(decision.outcome, IMPORT_UNCHANGED);
	cr_expect_eq(decision.tags_added.count, 0);
}

/* Imported again, whoever had unsubscribed was active (Keila#259, listmonk#2008, sendportal-core#165). */
Test(policy, an_end_stays) {
	ARENA_AUTO arena = arena_new();
	struct import_row row = row_with("Anne", IMPORT_SUBSCRIBED);
	struct import_person person = person_with("Ann", IMPORT_UNSUBSCRIBED);
	struct import_choice choice = { .known = KNOWN_OVERWRITE, .has_list = true, .consent_source = "fair" };
	struct import_decision decision = decide(arena, &row, &person, choice);
	cr_expect_eq(decision.outcome, IMPORT_UPDATED);
	cr_expect_not(decision.resubscribes);
	cr_expect_not(decision.joins);
	cr_expect_not(decision.takes_consent);
	cr_expect_str_eq(decision.reason, "Stays unsubscribed.");
	person.status = IMPORT_SUBSCRIBED;
	person.membership = IMPORT_UNSUBSCRIBED;
	decision = decide(arena, &row, &person, choice);
	cr_expect_not(decision.joins);
	cr_expect_not(decision.resubscribes);
}

Test(policy, status_is_never_overwritten) {
	ARENA_AUTO arena = arena_new();
	struct import_person person = person_with("Ann", IMPORT_SUBSCRIBED);
	for (int status = 0; status < IMPORT_STATUS_COUNT; status++) {
		struct import_row row = row_with("Ann", (enum import_status)status);
		struct import_decision decision = decide(arena, &row, &person,
		                                         (struct import_choice){ .known = KNOWN_OVERWRITE,
		                                                                 .resubscribe = true });
		cr_expect_eq(decision.status, IMPORT_STATUS_UNTOLD);
		cr_expect_eq(decision.suppresses, SUPPRESSED_NOT);
		cr_expect_not(decision.takes_consent);
		cr_expect_eq(decision.reason != NULL, status >= IMPORT_UNSUBSCRIBED);
	}
}

Test(policy, subscribing_again_needs_its_box_and_a_source) {
	ARENA_AUTO arena = arena_new();
	struct import_row row = row_with("Ann", IMPORT_STATUS_UNTOLD);
	struct import_person person = person_with("Ann", IMPORT_UNSUBSCRIBED);
	struct import_choice choice = { .resubscribe = true, .has_list = true };
	struct import_decision decision = decide(arena, &row, &person, choice);
	cr_expect_not(decision.resubscribes);
	cr_expect_str_eq(decision.reason, "Stays unsubscribed: nothing says where they agreed again.");
	choice.consent_source = "fair";
	decision = decide(arena, &row, &person, choice);
	cr_expect(decision.resubscribes && decision.takes_consent && decision.joins);
	row.status = IMPORT_UNSUBSCRIBED;
	cr_expect_not(decide(arena, &row, &person, choice).resubscribes);
}

Test(policy, nothing_in_a_file_lifts_a_bounce_or_a_complaint) {
	ARENA_AUTO arena = arena_new();
	struct import_row row = row_with("Anne", IMPORT_SUBSCRIBED);
	struct import_person person = person_with("Ann", IMPORT_UNSUBSCRIBED);
	struct import_choice choice = {
		.known = KNOWN_OVERWRITE, .resubscribe = true, .consent_source = "fair", .has_list = true
	};
	for (int why = SUPPRESSED_BOUNCED; why <= SUPPRESSED_BY_HAND; why++) {
		struct import_suppression suppression = { (enum import_suppressed)why, at("2026-09-24T10:00:00Z") };
		struct import_decision decision = import_decide(arena, &row, &person, &suppression, &choice);
		cr_expect_eq(decision.outcome, IMPORT_UPDATED);
		cr_expect_not(decision.resubscribes || decision.joins || decision.takes_consent);
		cr_expect_not_null(decision.reason);
		decision = import_decide(arena, &row, NULL, &suppression, &choice);
		cr_expect_eq(decision.outcome, IMPORT_SKIPPED);
	}
	struct import_suppression complained = { SUPPRESSED_COMPLAINED, at("2026-09-24T10:00:00Z") };
	cr_expect_str_eq(import_decide(arena, &row, NULL, &complained, &choice).reason, "Complained on 24 Sep 2026.");
	struct import_suppression unsubscribed = { SUPPRESSED_UNSUBSCRIBED, MOMENT_NONE };
	cr_expect(import_decide(arena, &row, NULL, &unsubscribed, &choice).resubscribes);
	choice.resubscribe = false;
	cr_expect_str_eq(import_decide(arena, &row, NULL, &unsubscribed, &choice).reason, "Unsubscribed.");
}

/* A bounce of the kind that passes changes nothing (listmonk#2452). */
Test(policy, imported_twice_changes_nothing) {
	ARENA_AUTO arena = arena_new();
	struct import_row row = row_with("Ann", IMPORT_STATUS_UNTOLD);
	struct import_person person = person_with("Ann", IMPORT_SUBSCRIBED);
	person.texts[MEMBER_COMPANY] = "ACME";
	person.tags = row.tags;
	person.fields = row.fields;
	person.field_count = 1;
	person.membership = IMPORT_SUBSCRIBED;
	for (int known = 0; known < KNOWN_SKIP; known++) {
		struct import_decision decision = decide(arena, &row, &person,
		                                         (struct import_choice){ .known = (enum import_known)known,
		                                                                 .has_list = true,
		                                                                 .resubscribe = true,
		                                                                 .consent_source = "x" });
		cr_expect_eq(decision.outcome, IMPORT_UNCHANGED);
		cr_expect_null(decision.reason);
	}
}

Test(policy, a_rejected_row_changes_nothing) {
	ARENA_AUTO arena = arena_new();
	struct import_problem problem = {
		PROBLEM_REJECTS, 0, "email", "x", "“x” is not an email address: it has no @", NULL
	};
	struct import_row row = row_with("Ann", IMPORT_STATUS_UNTOLD);
	row.is_rejected = true;
	row.problems = &problem;
	row.problem_count = 1;
	struct import_decision decision = decide(arena, &row, NULL, (struct import_choice){ 0 });
	cr_expect_eq(decision.outcome, IMPORT_REJECTED);
	cr_expect_str_eq(decision.reason, "email: “x” is not an email address: it has no @.");
	cr_expect_eq(decision.change_count, 0);
}
