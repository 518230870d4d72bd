/* What servers' refusals mean, one published reply a row (shortened; addresses and links replaced), and when a message
 * is tried again. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "sending/retry.h"

static const struct {
	int code;
	const char *enhanced, *text;
	enum refusal_class class;
	bool is_final;
} replies[] = {
	{ 550, "5.1.1", "The email account that you tried to reach does not exist", REFUSAL_NO_MAILBOX, true },
	{ 550, "", "User unknown in virtual mailbox table", REFUSAL_NO_MAILBOX, true },
	{ 554, "", "delivery error: dd This user doesn't have a yahoo.example account", REFUSAL_NO_MAILBOX, true },
	{ 550, "5.5.0", "Requested action not taken: mailbox unavailable", REFUSAL_NO_MAILBOX, true },
	{ 550, "5.4.1", "Recipient address rejected: Access denied. AS(201806281)", REFUSAL_NO_MAILBOX, true },
	{ 550, "5.1.10", "RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", REFUSAL_NO_MAILBOX,
	  true },
	{ 556, "5.1.10", "Recipient domain has null MX", REFUSAL_BAD_DOMAIN, true },
	{ 550, "5.1.2", "Host or domain name not found", REFUSAL_BAD_DOMAIN, true },
	{ 550, "5.4.310", "DNS domain does not exist", REFUSAL_BAD_DOMAIN, true },
	{ 550, "5.2.1", "The email account that you tried to reach is disabled", REFUSAL_INACTIVE, true },
	{ 450, "4.2.1", "The user you are trying to contact is receiving mail at a rate that prevents additional messages",
	  REFUSAL_RATE, false },
	{ 452, "4.2.2", "The email account that you tried to reach is over quota", REFUSAL_FULL, false },
	{ 552, "5.2.2", "The email account that you tried to reach is over quota", REFUSAL_FULL, true },
	{ 552, "", "Requested mail action aborted: exceeded storage allocation, quota exceeded", REFUSAL_FULL, true },
	{ 552, "5.3.4", "Message size exceeds fixed limit", REFUSAL_TOO_BIG, true },
	{ 450, "4.2.0", "Recipient address rejected: Greylisted, see http://postgrey.example/help", REFUSAL_GREYLISTED,
	  false },
	{ 451, "4.7.1", "Greylisting in action, please come back later", REFUSAL_GREYLISTED, false },
	{ 421, "4.7.28", "Our system has detected an unusual rate of unsolicited mail", REFUSAL_RATE, false },
	{ 421, "4.7.0", "[TSS04] Messages from 192.0.2.1 temporarily deferred", REFUSAL_RATE, false },
	{ 421, "", "RP-001 (BAY004-MC1F14) Unfortunately, some messages weren't sent", REFUSAL_RATE, false },
	{ 454, "", "Throttling failure: Maximum sending rate exceeded.", REFUSAL_RATE, false },
	{ 450, "4.7.1", "Error: too much mail from 192.0.2.1", REFUSAL_RATE, false },
	{ 550, "5.4.5", "Daily user sending quota exceeded", REFUSAL_QUOTA, false },
	{ 554, "", "Transaction failed : Daily message quota exceeded.", REFUSAL_QUOTA, false },
	{ 550, "5.7.26", "This mail has been blocked because the sender is unauthenticated", REFUSAL_IDENTITY, false },
	{ 421, "4.7.26", "This mail has been rate limited because it is unauthenticated", REFUSAL_IDENTITY, false },
	{ 550, "5.7.515", "Access denied, sending domain does not meet the required authentication level", REFUSAL_IDENTITY,
	  false },
	{ 554, "5.7.9", "Message not accepted for policy reasons", REFUSAL_IDENTITY, false },
	{ 554, "5.7.1", "Service unavailable; Client host blocked using zen.example, https://check.example/query",
	  REFUSAL_SPAM, true },
	{ 550, "5.7.1", "Unfortunately, messages from 192.0.2.1 weren't sent. Block list (S3140)", REFUSAL_SPAM, true },
	{ 554, "5.7.1", "Message rejected as spam", REFUSAL_SPAM, true },
	{ 550, "5.7.133", "RESOLVER.RST.SenderNotAuthenticatedForGroup", REFUSAL_POLICY, true },
	{ 550, "5.7.1", "You are not authorized to send to this distribution list", REFUSAL_POLICY, true },
	{ 553, "5.1.3", "The recipient address is not a valid RFC 5321 address", REFUSAL_SYNTAX, true },
	{ 503, "5.5.1", "Error: nested MAIL command", REFUSAL_PROTOCOL, false },
	{ 550, "4.7.1", "Please try again later", REFUSAL_RATE, false },
	{ 451, "4.3.0", "Temporary server error", REFUSAL_OTHER, false },
	{ 554, "", "Transaction failed", REFUSAL_OTHER, true },
	/* What is said at RCPT of the sender, or of us. */
	{ 550, "5.1.0", "<news@acme.example>: Sender address rejected: User unknown in virtual mailbox table",
	  REFUSAL_SENDER, false },
	{ 553, "5.7.1", "<news@acme.example>: Sender address rejected: not owned by user news", REFUSAL_SENDER, false },
	{ 553, "", "<news@acme.example>: Sender address rejected: not owned by user news", REFUSAL_SENDER, false },
	{ 550, "5.1.8", "<news@acme.example>: Sender address rejected: Domain not found", REFUSAL_SENDER, false },
	{ 450, "4.1.8", "<news@acme.example>: Sender address rejected: Domain not found", REFUSAL_SENDER, false },
	{ 550, "", "Sender verify failed", REFUSAL_SENDER, false },
	{ 554, "5.7.1", "<ada@a.example>: Relay access denied", REFUSAL_SENDER, false },
	{ 454, "4.7.1", "<ada@a.example>: Relay access denied", REFUSAL_SENDER, false },
	{ 550, "5.7.1", "Unable to relay", REFUSAL_SENDER, false },
	{ 550, "", "relay not permitted", REFUSAL_SENDER, false },
	{ 550, "5.7.60", "SMTP; Client does not have permissions to send as this sender", REFUSAL_SENDER, false },
	{ 554, "", "Message rejected: Email address is not verified. The following identities failed the check",
	  REFUSAL_SENDER, false },
	{ 550, "5.1.1",
	  "<ada@a.example>: Recipient address rejected: undeliverable address: host mx.a.example said: 550 5.1.8 Sender "
	  "address rejected: Domain not found",
	  REFUSAL_NO_MAILBOX, true },
};

static struct refusal refusal_at(enum smtp_stage stage, int code, const char *enhanced, const char *text) {
	struct smtp_outcome outcome = { .result = code < 500 ? SMTP_DEFERRED : SMTP_REFUSED,
		                            .stage = stage,
		                            .reply.code = code };
	snprintf(outcome.reply.enhanced, sizeof outcome.reply.enhanced, "%s", enhanced);
	snprintf(outcome.reply.text, sizeof outcome.reply.text, "%s", text);
	return refusal_of(&outcome);
}

static struct refusal refusal_for(int code, const char *enhanced, const char *text) {
	return refusal_at(SMTP_AT_RCPT, code, enhanced, text);
}

Test(refusal, is_told_by_what_servers_say) {
	for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
		struct refusal refusal = refusal_for(replies[i].code, replies[i].enhanced, replies[i].text);
		cr_expect_eq(refusal.class, replies[i].class, "%d %s %s: %s", replies[i].code, replies[i].enhanced,
		             replies[i].text, choice_name(&refusal_classes, refusal.class));
		cr_expect_eq(refusal.is_final, replies[i].is_final, "%d %s %s", replies[i].code, replies[i].enhanced,
		             replies[i].text);
	}
}

Test(refusal, of_the_session_is_nobodys_fault) {
	const struct smtp_outcome outcome = { .result = SMTP_REFUSED, .stage = SMTP_AT_SESSION, .reply.code = 535 };
	struct refusal refusal = refusal_of(&outcome);
	cr_expect_eq(refusal.class, REFUSAL_ACCOUNT);
	cr_expect_not(refusal.is_final);
	cr_expect_eq(refusal_rule(REFUSAL_ACCOUNT)->verdict, VERDICT_NONE);
}

/* old: "550 User unknown" at MAIL, which is about the sender, suppressed everybody who was on the list. */
Test(refusal, before_the_recipient_is_named_says_nothing_of_them) {
	for (size_t i = 0; i < sizeof replies / sizeof *replies; i++) {
		struct refusal refusal = refusal_at(SMTP_AT_MAIL, replies[i].code, replies[i].enhanced, replies[i].text);
		const struct refusal_rule *rule = refusal_rule(refusal.class);
		cr_expect_eq(rule->verdict, VERDICT_NONE, "%d %s", replies[i].code, replies[i].text);
		cr_expect_not(refusal.is_final, "%d %s", replies[i].code, replies[i].text);
	}
	/* old: ten of twelve had failed for good before the campaign was paused */
	cr_expect_not(refusal_at(SMTP_AT_CHECK, 552, "5.3.4", "the message is too big").is_final);
	cr_expect_eq(refusal_at(SMTP_AT_MAIL, 550, "", "User unknown").class, REFUSAL_SENDER);
	cr_expect_eq(refusal_at(SMTP_AT_MAIL, 451, "4.3.0", "Temporary server error").class, REFUSAL_ACCOUNT);
	cr_expect_eq(refusal_at(SMTP_AT_MAIL, 421, "4.7.0", "slow down").class, REFUSAL_RATE);
}

Test(refusal, only_what_names_the_mailbox_suppresses) {
	for (int class = 0; class < REFUSAL_CLASS_COUNT; class ++)
		if (refusal_rule((enum refusal_class) class)->verdict == VERDICT_HARD)
			cr_expect(class == REFUSAL_NO_MAILBOX || class == REFUSAL_INACTIVE);
}

static struct message_entry after(struct sending_message *message, const struct refusal *refusal, struct moment *now) {
	struct message_entry entry = retry_entry(&RETRY_POLICY, message, 7, refusal, 451, *now, (uint64_t)now->ms * 31);
	cr_assert(message_apply(message, &entry));
	*now = moment_add(*now, entry.wait_ms);
	return entry;
}

Test(retry, three_times_after_one_two_and_four_minutes) {
	struct sending_message message = MESSAGE_NEW;
	const struct refusal refusal = { REFUSAL_OTHER, false };
	struct moment now = { 1000000 };
	for (int minutes = 1; minutes <= 4; minutes *= 2) {
		struct message_entry entry = after(&message, &refusal, &now);
		cr_expect(entry.event == MESSAGE_DEFER && entry.index == 7 && entry.burns && entry.code == 451);
		cr_expect_leq(entry.wait_ms, minutes * MINUTE_MS * 6 / 5);
		cr_expect_geq(entry.wait_ms, minutes * MINUTE_MS * 4 / 5);
	}
	cr_expect_eq(after(&message, &refusal, &now).event, MESSAGE_FAIL);
}

Test(retry, whoever_is_asked_to_be_slower_has_three_days) {
	struct sending_message message = MESSAGE_NEW;
	const struct refusal slow = { REFUSAL_RATE, false };
	struct moment began = { 1000000 }, now = began;
	while (after(&message, &slow, &now).event == MESSAGE_DEFER)
		cr_assert_eq(message.attempts, 0);
	cr_expect_geq(now.ms - began.ms, RETRY_UNTIL_MS);
	cr_expect_leq(now.ms - began.ms, RETRY_UNTIL_MS + 5 * HOUR_MS);
	cr_expect_eq(message.state, MESSAGE_FAILED);
}

Test(retry, never_after_a_final_refusal) {
	struct sending_message message = MESSAGE_NEW;
	struct moment now = { 1000000 };
	cr_expect_eq(after(&message, &(struct refusal){ REFUSAL_NO_MAILBOX, true }, &now).event, MESSAGE_FAIL);
	cr_expect_eq(message.attempts, 1);
}

Test(retry, ends_though_the_clock_says_that_it_just_began) {
	struct sending_message message = MESSAGE_NEW;
	const struct refusal slow = { REFUSAL_RATE, false };
	struct moment now = { 1000000 };
	int times = 0;
	while (after(&message, &slow, &now).event == MESSAGE_DEFER && ++times < 1000)
		now.ms = 1000000;
	cr_expect_eq(times, RETRY_POLICY.deferrals);
}
