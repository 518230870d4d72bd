/* The words of the mail that asks. Names that people chose are variables, so they are escaped where they stand. */
#include "subscribing/confirmation_mail.h"

#include "answering/link_keys.h"
#include "core/formats/json.h"

static const char
	HTML[] = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{{subject}}</title></head>"
			 "<body style=\"font-family:sans-serif;line-height:1.5\">"
			 "<p>Someone, probably you, asked for %s at {{address}}.</p>"
			 "<p><a href=\"%s\">Confirm that you want them</a></p>"
			 "<p>The link works for %d days. If it was not you, ignore this email: then you will get no others.</p>"
			 "</body></html>";
static const char
	TEXT[] = "Someone, probably you, asked for %s at {{address}}.\n\n"
			 "Confirm that you want them:\n%s\n\n"
			 "The link works for %d days. If it was not you, ignore this email: then you will get no others.\n";

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

bool confirmation_mail(const struct acting *acting, const struct confirmation *confirmation, bool really,
                       struct error *err) {
	struct arena *arena = acting->arena;
	const struct acting by_itself = { acting->store, acting->settings, arena, "confirmations", acting->now };
	const char *what = confirmation->what ? "the emails of “{{list}}” from {{organisation}}"
	                                      : "emails from {{organisation}}";
	const char *subject = confirmation->what ? "Please confirm: emails of “{{list}}”"
	                                         : "Please confirm: emails from {{organisation}}";
	const char *url = link_of(acting, confirmation->id, err);
	struct single_mail mail;
	if (!url)
		return false;
	const struct single_request request = { .to = confirmation->email,
		                                    .subject = subject,
		                                    .html_content = arena_print(arena, HTML, what, url, CONFIRMATION_DAYS),
		                                    .text_content = arena_print(arena, TEXT, what, url, CONFIRMATION_DAYS),
		                                    .variables = variables_of(acting, confirmation) };
	return really ? single_mail_ask(&by_itself, &request, confirmation->id, &mail, err)
	              : single_mail_rehearse(&by_itself, &request, err);
}
