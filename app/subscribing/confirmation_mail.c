/* The words of the mail that asks. Names that people chose are variables, so they are escaped where they stand. */
#include "subscribing/confirmation_mail.h"

#include "answering/link_keys.h"
#include "core/base/text.h"
#include "core/formats/json.h"

static const char
	HTML[] = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{{subject}}</title></head>"
			 "<body style=\"font-family:sans-serif;line-height:1.5\">"
			 "<p>%s</p><p><a href=\"%s\">%s</a></p><p>The link works for %s. %s</p></body></html>";
static const char TEXT[] = "%s\n\n%s:\n%s\n\nThe link works for %s. %s\n";

struct words {
	const char *subject, *lead, *link, *otherwise;
};

#define IGNORE "If it was not you, simply ignore this email and nothing happens."

static const struct words words[CONFIRM_PURPOSES] = {
	[CONFIRM_EMAILS] = { NULL, NULL, "Confirm your subscription",
	                     "If you do not want these emails, simply ignore this one and you will get no more." },
	[CONFIRM_TRACKING] = { "Please confirm: opens and clicks with your name",
	                       "Someone, probably you, allowed opens and clicks of emails from {{organisation}} to "
	                       "{{address}} to be recorded with your name.",
	                       "See what this means and confirm it", IGNORE },
	[CONFIRM_EXPORT] = { "Download your data",
	                     "Someone, probably you, asked for everything stored about {{address}} by {{organisation}}.",
	                     "Download your data",
	                     IGNORE " Do not forward it: anyone with the link can download your data." },
	[CONFIRM_ERASURE] = { "Please confirm: erase everything about you",
	                      "Someone, probably you, asked for everything stored about {{address}} by {{organisation}} "
	                      "to be erased.",
	                      "See what will be erased and confirm it", IGNORE },
};

const char *confirmation_us(const struct settings *settings) {
	return text_is_empty(settings->organisation) ? "us" : settings->organisation;
}

static const char *variables_of(const struct acting *acting, const struct confirmation *confirmation) {
	struct value *map = value_map(acting->arena);
	BUF_AUTO out = { 0 };
	value_put_text(map, "subject", "Please confirm");
	value_put_text(map, "address", confirmation->email);
	value_put_text(map, "list", confirmation->what ? confirmation->what : "");
	value_put_text(map, "organisation", confirmation_us(acting->settings));
	json_write(&out, map);
	return arena_copy(acting->arena, buf_text(&out));
}

static const char *link_of(const struct acting *acting, const char *id, struct error *err) {
	struct token token = { 0 };
	char text[TOKEN_TEXT];
	(void)snprintf(token.confirmation_id, sizeof token.confirmation_id, "%s", id);
	if (token_write(link_keys(acting->settings), TOKEN_CONFIRM, &token, text) > 0)
		return arena_print(acting->arena, "%s/confirm/%s", acting->settings->public_url, text);
	(void)error_set(err, ERROR_INVALID, "links need LINK_KEYS");
	return NULL;
}

/* Of emails they depend on which, and on who asked. */
static struct words words_of(const struct confirmation *confirmation, struct arena *arena) {
	struct words said = words[confirmation->purpose];
	if (confirmation->purpose != CONFIRM_EMAILS)
		return said;
	const char *what = confirmation->what ? "“{{list}}” from {{organisation}}" : "emails from {{organisation}}";
	said.subject = confirmation->what ? "Please confirm your subscription to “{{list}}”"
	                                  : "Please confirm your subscription";
	said.lead = confirmation->asked_by
	                ? arena_print(arena, "Do you want to get %s at {{address}}? Please confirm it.", what)
	                : arena_print(arena, "Someone, probably you, signed up {{address}} for %s.", what);
	return said;
}

bool confirmation_mail(const struct acting *acting, const struct confirmation *confirmation, bool really,
                       struct error *err) {
	struct arena *arena = acting->arena;
	const struct acting by_itself = { acting->store, acting->settings, arena, "confirmations", acting->now };
	const struct words said = words_of(confirmation, arena);
	const char *days = text_of_counted(arena, confirmation_days(confirmation->purpose), "day", "days");
	const char *url = link_of(acting, confirmation->id, err);
	struct single_mail mail;
	if (!url)
		return false;
	const struct single_request request = {
		.to = confirmation->email,
		.subject = said.subject,
		.html_content = arena_print(arena, HTML, said.lead, url, said.link, days, said.otherwise),
		.text_content = arena_print(arena, TEXT, said.lead, said.link, url, days, said.otherwise),
		.variables = variables_of(acting, confirmation),
	};
	return really ? single_mail_ask(&by_itself, &request, confirmation->id, &mail, err)
	              : single_mail_rehearse(&by_itself, &request, confirmation->id, err);
}
