/* The status machine of campaigns. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/status.h"

/* The states that may follow one another, as the requirements have them. */
static const struct {
	const char *from, *to;
} allowed[] = {
	{ "draft", "scheduled" },  { "draft", "queued" },   { "scheduled", "queued" }, { "scheduled", "cancelled" },
	{ "scheduled", "draft" },  { "queued", "sending" }, { "queued", "cancelled" }, { "queued", "failed" },
	{ "sending", "sent" },     { "sending", "paused" }, { "sending", "failed" },   { "paused", "sending" },
	{ "paused", "cancelled" }, { "failed", "draft" },   { "failed", "sending" },
};
enum { ALLOWED = sizeof allowed / sizeof *allowed };

static bool is_allowed(enum campaign_status from, enum campaign_status to) {
	for (int i = 0; i < ALLOWED; i++)
		if (strcmp(allowed[i].from, campaign_statuses.names[from]) == 0 &&
		    strcmp(allowed[i].to, campaign_statuses.names[to]) == 0)
			return true;
	return false;
}

Test(status, every_transition_happens_by_an_event_and_no_other_does) {
	bool seen[CAMPAIGN_STATUS_COUNT][CAMPAIGN_STATUS_COUNT] = { 0 };
	for (int from = 0; from < CAMPAIGN_STATUS_COUNT; from++) {
		for (int event = 0; event < CAMPAIGN_EVENT_COUNT; event++) {
			enum campaign_status to = CAMPAIGN_UNKNOWN;
			if (!campaign_next((enum campaign_status)from, (enum campaign_event)event, &to) || (int)to == from)
				continue;
			if (event != CAMPAIGN_STOP)
				cr_expect(is_allowed((enum campaign_status)from, to), "%s -> %s", campaign_statuses.names[from],
				          campaign_statuses.names[to]);
			seen[from][to] = true;
		}
	}
	for (int i = 0; i < ALLOWED; i++) {
		int from = 0, to = 0;
		cr_assert(choice_find(&campaign_statuses, allowed[i].from, &from) &&
		          choice_find(&campaign_statuses, allowed[i].to, &to));
		cr_expect(seen[from][to], "%s -> %s", allowed[i].from, allowed[i].to);
	}
}

Test(status, stopping_is_pausing_and_cancelling_in_one_step) {
	enum campaign_status paused = CAMPAIGN_UNKNOWN, cancelled = CAMPAIGN_UNKNOWN, stopped = CAMPAIGN_UNKNOWN;
	cr_assert(campaign_next(CAMPAIGN_SENDING, CAMPAIGN_PAUSE, &paused) &&
	          campaign_next(paused, CAMPAIGN_CANCEL, &cancelled));
	cr_assert(campaign_next(CAMPAIGN_SENDING, CAMPAIGN_STOP, &stopped));
	cr_expect_eq(stopped, cancelled);
}

/* Whatever happens, in any order: a refused event changes nothing, what is final stays, and nothing is ever sent
 * without having been queued. */
Test(status, holds_its_rules_over_random_events) {
	srandom(1);
	for (int run = 0; run < 2000; run++) {
		enum campaign_status status = CAMPAIGN_DRAFT;
		bool queued = false;
		for (int step = 0; step < 60; step++) {
			enum campaign_status before = status;
			enum campaign_event event = (enum campaign_event)(random() % CAMPAIGN_EVENT_COUNT);
			bool moved = campaign_next(before, event, &status);
			queued = queued || status == CAMPAIGN_QUEUED;
			cr_expect(moved || status == before);
			cr_expect(!moved || !campaign_is_final(before), "%s left", campaign_statuses.names[before]);
			cr_expect(!moved || before == status || event == CAMPAIGN_STOP || is_allowed(before, status));
			cr_expect(status != CAMPAIGN_UNKNOWN);
			cr_expect(queued || (status != CAMPAIGN_SENDING && status != CAMPAIGN_SENT));
			cr_expect(!campaign_is_editable(status) || status == CAMPAIGN_DRAFT);
		}
	}
}

Test(status, words_of_other_systems_are_read_and_ours_are_written) {
	static const struct {
		const char *word;
		enum campaign_status status;
	} words[] = {
		{ "ready", CAMPAIGN_DRAFT },        { "running", CAMPAIGN_SENDING }, { "stopped", CAMPAIGN_CANCELLED },
		{ "completed", CAMPAIGN_SENT },     { "error", CAMPAIGN_FAILED },    { "Paused", CAMPAIGN_PAUSED },
		{ "canceled", CAMPAIGN_CANCELLED }, { "queued", CAMPAIGN_QUEUED },
	};
	int status = -1;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		cr_expect(choice_find(&campaign_statuses, words[i].word, &status));
		cr_expect_eq(status, (int)words[i].status, "%s", words[i].word);
	}
	cr_expect_not(choice_find(&campaign_statuses, "halted", &status));
	cr_expect_str_eq(choice_name(&campaign_statuses, CAMPAIGN_FAILED), "failed");
}

Test(status, a_refusal_says_what_cannot_be_done) {
	struct error err = ERROR_INIT;
	enum campaign_status next;
	cr_expect_not(campaign_must_next(CAMPAIGN_SENT, CAMPAIGN_PAUSE, &next, &err));
	cr_expect_eq(err.kind, ERROR_CONFLICT);
	cr_expect_str_eq(err.text, "A campaign that is sent cannot be paused");
}
