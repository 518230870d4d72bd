/* Checks of the sender: addresses, and what the DNS says of the domain. */
#include <glib.h>
#include <string.h>

#include "core/formats/mail.h"
#include "preflight/checking.h"

static void check_from(const struct checking *checking, struct check *check) {
	struct error problem;
	if (text_is_empty(checking->input->from_email))
		check_say(check, CHECK_ERROR, "The sender has no address", NULL);
	else if (!mail_check_address(checking->input->from_email, "from_email", &problem))
		check_say(check, CHECK_ERROR, "The sender's address is not valid", arena_copy(checking->arena, problem.text));
	else if (text_is_empty(checking->input->from_name))
		check_say(check, CHECK_WARNING, "The sender has no name", "Inboxes show the bare address");
}

/* Does this mail server belong to the provider of the domain? "smtp.gmail.com" does for gmail.com. */
static bool is_own_server(const char *server, const char *domain) {
	static const char *const owners[][2] = {
		{ "gmail.com", "gmail.com" },       { "googlemail.com", "gmail.com" }, { "outlook.com", "office365.com" },
		{ "hotmail.com", "office365.com" }, { "live.com", "office365.com" },   { "icloud.com", "mail.me.com" },
	};
	for (size_t i = 0; server && i < G_N_ELEMENTS(owners); i++)
		if (g_ascii_strcasecmp(owners[i][0], domain) == 0 && g_str_has_suffix(server, owners[i][1]))
			return true;
	return server && g_str_has_suffix(server, domain);
}

static void check_free_mail(const struct checking *checking, struct check *check) {
	const char *domain = mail_domain_part(checking->input->from_email);
	if (domain_is_free_mail(domain) && !is_own_server(checking->input->server, domain))
		check_say(check, CHECK_ERROR, arena_print(checking->arena, "%.100s does not let others send for it", domain),
		          "Its DMARC policy tells inboxes to refuse emails that other servers send with such an address");
}

static void check_reply(const struct checking *checking, struct check *check) {
	static const char *const nobody[] = { "noreply@", "no-reply@", "donotreply@", "do-not-reply@", "no_reply@" };
	const char *given = checking->input->reply_to;
	const char *address = text_is_empty(given) ? checking->input->from_email : given;
	struct error problem;
	if (text_is_empty(address))
		return;
	if (!text_is_empty(given) && !mail_check_address(given, "reply_to", &problem)) {
		check_say(check, CHECK_ERROR, "The reply address is not valid", arena_copy(checking->arena, problem.text));
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(nobody); i++)
		if (g_ascii_strncasecmp(address, nobody[i], strlen(nobody[i])) == 0)
			check_say(check, CHECK_WARNING, "Nobody reads the replies",
			          "People who cannot answer report emails as spam instead");
}

static const char *or_nothing(const char *text) {
	return text ? text : "";
}

struct finding {
	enum check_level level;
	const char *text;
};

/* Any one of SPF and DKIM may be another domain's with a provider, so only both together are worse than a warning. */
static void add_finding(const struct checking *checking, struct check *check, enum check_level level,
                        const char *text) {
	check_add(checking, check, NULL, NO_OFFSET, text);
	if (level > check->level)
		check->level = level;
}

static void judge_spf(const struct checking *checking, struct check *check, const struct sender_facts *facts) {
	struct arena *arena = checking->arena;
	if (facts->spf == RECORD_ABSENT)
		add_finding(checking, check, CHECK_WARNING, "No SPF record");
	else if (facts->spf == RECORD_WRONG || facts->spf == RECORD_WEAK)
		add_finding(checking, check, CHECK_WARNING, arena_print(arena, "SPF: %s", or_nothing(facts->spf_problem)));
	else if (facts->spf == RECORD_UNKNOWN)
		add_finding(checking, check, CHECK_WARNING, "SPF: no name server answered");
}

static void judge_dkim(const struct checking *checking, struct check *check, const struct sender_facts *facts) {
	if (facts->dkim == RECORD_ABSENT)
		add_finding(checking, check, CHECK_WARNING,
		            arena_print(checking->arena, "No DKIM key under %s._domainkey", or_nothing(facts->selector)));
	else if (facts->dkim == RECORD_WRONG || facts->dkim == RECORD_WEAK)
		add_finding(checking, check, CHECK_WARNING,
		            arena_print(checking->arena, "DKIM: %s", or_nothing(facts->dkim_problem)));
	else if (facts->dkim == RECORD_UNKNOWN)
		add_finding(checking, check, CHECK_WARNING, "DKIM: no name server answered");
}

static void judge_dmarc(const struct checking *checking, struct check *check, const struct sender_facts *facts) {
	if (facts->dmarc == RECORD_ABSENT)
		add_finding(checking, check, CHECK_WARNING,
		            "No DMARC record: Gmail and Yahoo require one from anyone who sends 5,000 emails a day");
	else if (facts->dmarc == RECORD_WRONG || facts->dmarc == RECORD_WEAK)
		add_finding(checking, check, CHECK_WARNING,
		            arena_print(checking->arena, "DMARC: %s", or_nothing(facts->dmarc_problem)));
	else if (facts->dmarc == RECORD_UNKNOWN)
		add_finding(checking, check, CHECK_WARNING, "DMARC: no name server answered");
	if (facts->mx == RECORD_ABSENT || facts->mx == RECORD_WRONG)
		add_finding(checking, check, CHECK_WARNING,
		            facts->mx_problem ? facts->mx_problem
		                              : "The domain accepts no email: replies and bounces are lost");
}

/* The last record may be right for another domain than the one that is sent from: it is of the address as it is now. */
static void check_domain(const struct checking *checking, struct check *check) {
	const struct sender_facts *facts = checking->input->sender;
	const char *domain = mail_domain_part(checking->input->from_email);
	struct arena *arena = checking->arena;
	if (!*domain)
		return;
	if (checking->input->to_demo) {
		check_say(check, CHECK_PASSED, "The demo mailbox takes any sender",
		          "Through a mail server of your own, the domain's records are looked up");
		return;
	}
	if (!facts || !moment_is_set(facts->checked_at)) {
		check_say(check, CHECK_WAITING, arena_print(arena, "%.100s is being looked up", domain), NULL);
		return;
	}
	if (!facts->exists) {
		check_say(check, CHECK_ERROR, arena_print(arena, "The domain %.100s does not exist", domain),
		          "Inboxes refuse emails from it");
		return;
	}
	judge_spf(checking, check, facts);
	judge_dkim(checking, check, facts);
	judge_dmarc(checking, check, facts);
	bool alone = facts->spf == RECORD_ABSENT && facts->dkim == RECORD_ABSENT;
	if (alone && facts->policy && strcmp(facts->policy, "none") != 0)
		check->level = CHECK_ERROR;
	if (check->level == CHECK_PASSED)
		check_say(check, CHECK_PASSED, "Sender verified",
		          arena_print(arena,
		                      facts->dkim == RECORD_NOT_ASKED
		                          ? "SPF and DMARC of %.100s are in order, looked up %s"
		                          : "SPF, DKIM and DMARC of %.100s are in order, looked up %s",
		                      domain, text_of_moment(arena, facts->checked_at)));
	else
		check_say(check, (enum check_level)check->level, arena_print(arena, "%.100s is not fully protected", domain),
		          ((const struct check_place *)check->places.items)->text);
}

const struct check_kind sender_checks[] = {
	{ "from", "sender", WANTS_EMAIL | WANTS_SENDER, check_from, "The sender has a name and an address",
	  "Write name and address of the sender" },
	{ "free_mail", "sender", WANTS_EMAIL | WANTS_SENDER, check_free_mail, "The sender's domain is your own",
	  "Send from an address of your own domain" },
	{ "reply_to", "sender", WANTS_EMAIL | WANTS_SENDER, check_reply, "Replies reach somebody",
	  "Use an address that somebody reads" },
	{ "domain", "sender", WANTS_EMAIL | WANTS_SENDER, check_domain, "Sender verified",
	  "Have the domain’s DNS records corrected" },
	{ 0 },
};
