/* What a server's refusal means. */
#include "sending/refusal.h"

#include <string.h>

#include "core/base/choice.h"

static const char *const class_names[] = {
	[REFUSAL_NONE] = "none",
	[REFUSAL_NO_MAILBOX] = "no_mailbox",
	[REFUSAL_BAD_DOMAIN] = "bad_domain",
	[REFUSAL_INACTIVE] = "inactive",
	[REFUSAL_FULL] = "mailbox_full",
	[REFUSAL_TOO_BIG] = "too_big",
	[REFUSAL_GREYLISTED] = "greylisted",
	[REFUSAL_RATE] = "rate",
	[REFUSAL_QUOTA] = "quota",
	[REFUSAL_IDENTITY] = "identity",
	[REFUSAL_SPAM] = "spam",
	[REFUSAL_POLICY] = "policy",
	[REFUSAL_SYNTAX] = "syntax",
	[REFUSAL_PROTOCOL] = "protocol",
	[REFUSAL_ACCOUNT] = "account",
	[REFUSAL_OTHER] = "other",
	[REFUSAL_SENDER] = "sender",
};
_Static_assert(sizeof class_names / sizeof *class_names == REFUSAL_CLASS_COUNT, "a name a class");
const struct choices refusal_classes = CHOICES(class_names);

static const char *const verdict_names[] = {
	[VERDICT_NONE] = "none",   [VERDICT_SOFT] = "soft",       [VERDICT_HARD] = "hard",
	[VERDICT_TWICE] = "twice", [VERDICT_INVALID] = "invalid", [VERDICT_BLOCKED] = "blocked",
};
_Static_assert(sizeof verdict_names / sizeof *verdict_names == VERDICT_COUNT, "a name a verdict");
const struct choices refusal_verdicts = CHOICES(verdict_names);

static const struct refusal_rule rules[] = {
	[REFUSAL_NONE] = { VERDICT_NONE, REMEDY_NONE, false, "" },
	[REFUSAL_NO_MAILBOX] = { VERDICT_HARD, REMEDY_NONE, true, "no such mailbox" },
	[REFUSAL_BAD_DOMAIN] = { VERDICT_TWICE, REMEDY_NONE, true, "the domain accepts no email" },
	[REFUSAL_INACTIVE] = { VERDICT_HARD, REMEDY_NONE, true, "the mailbox is disabled" },
	[REFUSAL_FULL] = { VERDICT_SOFT, REMEDY_NONE, true, "the mailbox is full" },
	[REFUSAL_TOO_BIG] = { VERDICT_NONE, REMEDY_PAUSE, true, "the message is too big" },
	[REFUSAL_GREYLISTED] = { VERDICT_NONE, REMEDY_NONE, false, "asked to try again later" },
	[REFUSAL_RATE] = { VERDICT_NONE, REMEDY_SLOW, false, "asked to send more slowly" },
	[REFUSAL_QUOTA] = { VERDICT_NONE, REMEDY_REST, false, "the quota of the sending account is used up" },
	[REFUSAL_IDENTITY] = { VERDICT_NONE, REMEDY_PAUSE, false, "the sender is not authenticated" },
	[REFUSAL_SPAM] = { VERDICT_BLOCKED, REMEDY_SLOW, true, "blocked as spam" },
	[REFUSAL_POLICY] = { VERDICT_SOFT, REMEDY_NONE, true, "the recipient does not accept this sender" },
	[REFUSAL_SYNTAX] = { VERDICT_INVALID, REMEDY_NONE, true, "the address is not valid" },
	[REFUSAL_PROTOCOL] = { VERDICT_NONE, REMEDY_CLOSE, false, "the server did not expect this command" },
	[REFUSAL_ACCOUNT] = { VERDICT_NONE, REMEDY_REST, false, "the mail server cannot be used" },
	[REFUSAL_OTHER] = { VERDICT_SOFT, REMEDY_NONE, true, "refused" },
	[REFUSAL_SENDER] = { VERDICT_NONE, REMEDY_PAUSE, false, "the mail server takes no emails from this sender" },
};
_Static_assert(sizeof rules / sizeof *rules == REFUSAL_CLASS_COUNT, "a rule a class");

const struct refusal_rule *refusal_rule(enum refusal_class class) {
	return &rules[class];
}

/* One way to recognise a class; the first row that fits decides. Absent members fit everything. */
struct sign {
	int code;             /* basic code; 4 or 5: any with this first digit */
	const char *enhanced; /* "5.1.1"; "x.7.1": either digit; "5.5.": a beginning */
	const char *text;     /* in the reply, case-insensitive */
	enum refusal_class class;
};

static const struct sign signs[] = {
	/* What providers say in words where codes mislead. */
	{ 0, NULL, "greylist", REFUSAL_GREYLISTED },
	{ 0, NULL, "graylist", REFUSAL_GREYLISTED },
	{ 454, NULL, "throttl", REFUSAL_RATE },                 /* Amazon SES, after DATA */
	{ 421, NULL, "RP-001", REFUSAL_RATE },                  /* Outlook.com */
	{ 0, NULL, "[TSS0", REFUSAL_RATE },                     /* Yahoo */
	{ 5, NULL, "daily user sending quota", REFUSAL_QUOTA }, /* Google's relay */
	{ 0, "x.5.4", NULL, REFUSAL_QUOTA },
	{ 0, NULL, "daily quota", REFUSAL_QUOTA },
	{ 0, NULL, "daily message quota", REFUSAL_QUOTA },
	{ 0, NULL, "sending limit", REFUSAL_QUOTA },
	{ 452, "4.5.3", NULL, REFUSAL_RATE }, /* too many recipients in this session */
	{ 0, NULL, "S3140", REFUSAL_SPAM },   /* Outlook.com */
	{ 0, NULL, "S3150", REFUSAL_SPAM },
	{ 5, "5.5.0", "mailbox unavailable", REFUSAL_NO_MAILBOX }, /* Outlook.com */
	{ 5, "5.4.1", "access denied", REFUSAL_NO_MAILBOX },       /* Exchange */
	{ 5, "5.7.133", NULL, REFUSAL_POLICY },
	{ 0, NULL, "not authorized to send to", REFUSAL_POLICY },

	/* Of us, not of the recipient, though some say it at RCPT only, and with the codes of mailboxes. */
	{ 0, "x.1.0", "sender address rejected", REFUSAL_SENDER }, /* Postfix */
	{ 5, "5.7.", "sender address rejected", REFUSAL_SENDER },
	{ 0, NULL, "sender verify failed", REFUSAL_SENDER }, /* Exim */
	{ 0, NULL, "relay access denied", REFUSAL_SENDER },  /* Postfix */
	{ 0, NULL, "relaying denied", REFUSAL_SENDER },
	{ 0, NULL, "unable to relay", REFUSAL_SENDER },     /* Exchange */
	{ 0, NULL, "relay not permitted", REFUSAL_SENDER }, /* Exim */
	{ 5, NULL, "relay denied", REFUSAL_SENDER },        /* Google's relay */
	{ 5, NULL, "credentials for relay", REFUSAL_SENDER },
	{ 5, NULL, "email address is not verified", REFUSAL_SENDER }, /* Amazon SES */

	/* Enhanced codes (RFC 3463, RFC 7372, RFC 7505). */
	{ 0, "x.7.25", NULL, REFUSAL_IDENTITY },
	{ 0, "x.7.26", NULL, REFUSAL_IDENTITY },
	{ 0, "x.7.27", NULL, REFUSAL_IDENTITY },
	{ 0, "x.7.29", NULL, REFUSAL_IDENTITY },
	{ 0, "x.7.30", NULL, REFUSAL_IDENTITY },
	{ 0, "x.7.32", NULL, REFUSAL_IDENTITY },
	{ 0, "x.7.515", NULL, REFUSAL_IDENTITY }, /* Microsoft */
	{ 0, "5.7.9", NULL, REFUSAL_IDENTITY },   /* Yahoo */
	{ 5, "5.1.1", NULL, REFUSAL_NO_MAILBOX },
	{ 5, "5.1.6", NULL, REFUSAL_NO_MAILBOX },
	{ 556, NULL, NULL, REFUSAL_BAD_DOMAIN },
	{ 5, "5.1.10", "null mx", REFUSAL_BAD_DOMAIN },
	{ 5, "5.1.10", NULL, REFUSAL_NO_MAILBOX },
	{ 0, "x.1.2", NULL, REFUSAL_BAD_DOMAIN },
	{ 0, "x.4.4", NULL, REFUSAL_BAD_DOMAIN },
	{ 0, "5.4.310", NULL, REFUSAL_BAD_DOMAIN },
	{ 5, "5.2.1", NULL, REFUSAL_INACTIVE },
	{ 0, "x.1.7", NULL, REFUSAL_SENDER },
	{ 0, "x.1.8", NULL, REFUSAL_SENDER },
	{ 5, "5.2.252", NULL, REFUSAL_SENDER }, /* Exchange: not allowed to send as this sender */
	{ 5, "5.7.60", NULL, REFUSAL_SENDER },
	{ 4, "4.2.1", NULL, REFUSAL_RATE }, /* Gmail: this mailbox gets too much at the moment */
	{ 0, "x.2.2", NULL, REFUSAL_FULL },
	{ 0, "x.2.3", NULL, REFUSAL_TOO_BIG },
	{ 0, "x.3.4", NULL, REFUSAL_TOO_BIG },
	{ 0, "x.1.3", NULL, REFUSAL_SYNTAX },
	{ 0, "x.6.7", NULL, REFUSAL_SYNTAX },
	{ 4, "4.7.1", "too much", REFUSAL_RATE },
	{ 4, "4.7.1", "rate", REFUSAL_RATE },
	{ 4, "4.7.1", NULL, REFUSAL_GREYLISTED },
	{ 4, "4.2.0", NULL, REFUSAL_GREYLISTED },
	{ 4, "4.7.", NULL, REFUSAL_RATE },
	{ 5, "4.7.", NULL, REFUSAL_RATE },  /* "550 4.7.1": the milder one */
	{ 0, "5.7.", "://", REFUSAL_SPAM }, /* with the page of a blocklist */
	{ 0, NULL, "spam", REFUSAL_SPAM },
	{ 0, NULL, "blocklist", REFUSAL_SPAM },
	{ 0, NULL, "blacklist", REFUSAL_SPAM },
	{ 0, NULL, "blocked using", REFUSAL_SPAM },
	{ 5, "5.7.", NULL, REFUSAL_POLICY },
	{ 503, NULL, NULL, REFUSAL_PROTOCOL },
	{ 500, NULL, NULL, REFUSAL_PROTOCOL },
	{ 5, "5.5.", NULL, REFUSAL_PROTOCOL },

	/* Replies without an enhanced code. */
	{ 5, NULL, "user unknown", REFUSAL_NO_MAILBOX },
	{ 5, NULL, "unknown user", REFUSAL_NO_MAILBOX },
	{ 5, NULL, "no such user", REFUSAL_NO_MAILBOX },
	{ 5, NULL, "does not exist", REFUSAL_NO_MAILBOX },
	{ 5, NULL, "doesn't have a",
	  REFUSAL_NO_MAILBOX }, /* Yahoo: "delivery error: dd This user doesn't have a … account" */
	{ 5, NULL, "mailbox not found", REFUSAL_NO_MAILBOX },
	{ 5, NULL, "disabled", REFUSAL_INACTIVE },
	{ 5, NULL, "null mx", REFUSAL_BAD_DOMAIN },
	{ 5, NULL, "domain not found", REFUSAL_BAD_DOMAIN },
	{ 552, NULL, "quota", REFUSAL_FULL },
	{ 0, NULL, "mailbox full", REFUSAL_FULL },
	{ 0, NULL, "mailbox is full", REFUSAL_FULL },
	{ 0, NULL, "over quota", REFUSAL_FULL },
	{ 552, NULL, NULL, REFUSAL_TOO_BIG },
	{ 0, NULL, "sender address rejected", REFUSAL_SENDER },
	{ 553, NULL, NULL, REFUSAL_SYNTAX },
	{ 501, NULL, NULL, REFUSAL_SYNTAX },
	{ 421, NULL, NULL, REFUSAL_RATE },
	{ 454, NULL, NULL, REFUSAL_RATE },
};

static bool enhanced_fits(const char *sign, const char *enhanced) {
	size_t length = strlen(sign);
	if (*enhanced == '\0')
		return false;
	bool digit_fits = sign[0] == 'x' ? *enhanced == '4' || *enhanced == '5' : *enhanced == sign[0];
	if (!digit_fits)
		return false;
	return sign[length - 1] == '.' ? strncmp(sign + 1, enhanced + 1, length - 1) == 0
	                               : strcmp(sign + 1, enhanced + 1) == 0;
}

static bool fits(const struct sign *sign, const struct smtp_reply *reply) {
	if (sign->code >= 10 ? reply->code != sign->code : sign->code && sign->code != (reply->code < 500 ? 4 : 5))
		return false;
	if (sign->enhanced && !enhanced_fits(sign->enhanced, reply->enhanced))
		return false;
	return !sign->text || strcasestr(reply->text, sign->text);
}

static enum refusal_class by_reply(const struct smtp_reply *reply) {
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (fits(&signs[i], reply))
			return signs[i].class;
	return REFUSAL_OTHER;
}

/* What would be said of a recipient is said of the sender: for now, of the server itself; for good, of the address. */
static enum refusal_class of_sender(enum refusal_class class, int code) {
	if (rules[class].verdict == VERDICT_NONE)
		return class;
	return code < 500 ? REFUSAL_ACCOUNT : REFUSAL_SENDER;
}

static enum refusal_class classify(const struct smtp_outcome *outcome) {
	if (outcome->stage == SMTP_AT_SESSION)
		return REFUSAL_ACCOUNT;
	enum refusal_class class = by_reply(&outcome->reply);
	return outcome->stage == SMTP_AT_MAIL ? of_sender(class, outcome->reply.code) : class;
}

struct refusal refusal_of(const struct smtp_outcome *outcome) {
	struct refusal refusal = { classify(outcome), outcome->result == SMTP_REFUSED };
	const struct refusal_rule *rule = refusal_rule(refusal.class);
	bool is_mild = outcome->reply.enhanced[0] == '4' || !rule->burns;
	bool is_of_server = outcome->stage < SMTP_AT_RCPT && refusal.class == REFUSAL_TOO_BIG;
	if (refusal.is_final && (is_mild || is_of_server)) /* whoever raises its limit loses nobody */
		refusal.is_final = false;
	return refusal;
}
