/* Reading reports of delivery and of complaints. */
#include "inbound/report.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content/tokens/token.h"
#include "core/base/buf.h"
#include "core/base/text.h"

enum { WORDS_MAX = 300 };

static const char *const kind_words[] = {
	[INBOUND_HARD] = "hard_bounce",          [INBOUND_SOFT] = "soft_bounce",    [INBOUND_DELAYED] = "delayed",
	[INBOUND_COMPLAINT] = "complaint",       [INBOUND_AUTOMATIC] = "automatic", [INBOUND_OTHER] = "other",
	[INBOUND_UNSUBSCRIBED] = "unsubscribed", [INBOUND_STOP] = "stop",           [INBOUND_START] = "start",
};
const struct choices inbound_kinds = CHOICES(kind_words);

const char *inbound_cut(const char *text, struct arena *arena) {
	size_t size = strlen(text) < WORDS_MAX ? strlen(text) : WORDS_MAX;
	while (size && ((unsigned char)text[size] & 0xC0) == 0x80)
		size--;
	return arena_copy_bytes(arena, text, size);
}

static const char *line_end(const char *at) {
	const char *end = strchr(at, '\n');
	return end ? end : at + strlen(at);
}

/* The value of the first field of this name at or after `from`, folded lines joined; NULL: there is none. */
static const char *field(const char *from, const char *name, struct arena *arena) {
	size_t size = strlen(name);
	for (const char *at = from; *at; at = *line_end(at) ? line_end(at) + 1 : line_end(at)) {
		if (g_ascii_strncasecmp(at, name, size) != 0 || at[size] != ':')
			continue;
		BUF_AUTO out = { 0 };
		const char *line = at + size + 1;
		do {
			buf_add(&out, line, (size_t)(line_end(line) - line));
			buf_char(&out, ' ');
			line = *line_end(line) ? line_end(line) + 1 : line_end(line);
		} while (*line == ' ' || *line == '\t');
		const char *clean = g_strstrip(arena_copy(arena, text_clean(arena, buf_text(&out))));
		return *clean ? clean : NULL;
	}
	return NULL;
}

/* Without its type: "rfc822; a@b" and "smtp; 550 …". */
static const char *bare(const char *value) {
	const char *semicolon = value ? strchr(value, ';') : NULL;
	const char *at = semicolon && semicolon - value < 20 ? semicolon + 1 : value;
	while (at && *at == ' ')
		at++;
	return at;
}

static const char *address_of(const char *value, struct arena *arena) {
	const char *at = bare(value);
	if (!at)
		return NULL;
	char *address = arena_copy(arena, at);
	if (*address == '<')
		address++;
	address[strcspn(address, "> \t")] = 0;
	for (char *c = address; *c; c++)
		*c = g_ascii_tolower(*c);
	return strchr(address, '@') ? address : NULL;
}

const char *inbound_status(const char *value, struct arena *arena) {
	int class, subject, detail;
	if (!value || sscanf(value, "%1d.%3d.%3d", &class, &subject, &detail) != 3 || (class != 4 && class != 5))
		return NULL;
	return arena_print(arena, "%d.%d.%d", class, subject, detail);
}

static struct refusal refusal_said(const char *status, const char *words) {
	struct smtp_outcome outcome = { .result = SMTP_REFUSED, .stage = SMTP_AT_RCPT };
	int code = words ? (int)strtol(words, NULL, 10) : 0;
	outcome.reply.code = code >= 400 && code < 600 ? code : *status == '4' ? 450 : 550;
	(void)snprintf(outcome.reply.enhanced, sizeof outcome.reply.enhanced, "%s", status);
	(void)snprintf(outcome.reply.text, sizeof outcome.reply.text, "%s", words ? words : "");
	return refusal_of(&outcome);
}

enum inbound_kind inbound_bounce(const char *status, const char *words) {
	enum refusal_verdict verdict = refusal_rule(refusal_said(status, words).class)->verdict;
	if (*status == '4') /* given up after many tries */
		return INBOUND_SOFT;
	return verdict == VERDICT_HARD || verdict == VERDICT_INVALID ? INBOUND_HARD : INBOUND_SOFT;
}

/* The first recipient whose delivery failed; else the first one. */
static const char *block_of(const char *status, struct arena *arena) {
	const char *first = NULL;
	for (const char *at = status; *at; at = *line_end(at) ? line_end(at) + 1 : line_end(at)) {
		if (g_ascii_strncasecmp(at, "Final-Recipient:", 16) != 0)
			continue;
		const char *action = field(at, "Action", arena);
		first = first ? first : at;
		if (action && g_ascii_strncasecmp(action, "failed", 6) == 0)
			return at;
	}
	return first ? first : status;
}

static void judge_delivery(const char *text, struct arena *arena, struct inbound_report *report) {
	const char *block = block_of(text, arena);
	const char *action = field(block, "Action", arena);
	const char *words = bare(field(block, "Diagnostic-Code", arena));
	report->recipient = address_of(field(block, "Final-Recipient", arena), arena);
	report->status = inbound_status(field(block, "Status", arena), arena);
	report->words = words ? inbound_cut(words, arena) : NULL;
	report->kind = INBOUND_OTHER;
	if (action && g_ascii_strncasecmp(action, "delayed", 7) == 0)
		report->kind = INBOUND_DELAYED;
	if (!action || g_ascii_strncasecmp(action, "failed", 6) != 0 || !report->status)
		return;
	report->kind = inbound_bounce(report->status, words);
}

static void judge_feedback(const char *text, struct arena *arena, struct inbound_report *report) {
	const char *type = field(text, "Feedback-Type", arena);
	bool complains = type && (g_ascii_strcasecmp(type, "abuse") == 0 || g_ascii_strcasecmp(type, "fraud") == 0);
	report->kind = complains ? INBOUND_COMPLAINT : INBOUND_OTHER;
	report->recipient = address_of(field(text, "Original-Rcpt-To", arena), arena);
	report->words = type ? inbound_cut(type, arena) : NULL;
}

static bool is_automatic(const struct mime_parts *parts) {
	return (parts->auto_submitted && g_ascii_strncasecmp(parts->auto_submitted, "no", 2) != 0) || parts->autoreply ||
	       (parts->precedence && g_ascii_strcasecmp(parts->precedence, "auto_reply") == 0);
}

void inbound_judge(const struct mime_parts *parts, struct arena *arena, struct inbound_report *report) {
	*report = (struct inbound_report){ .kind = INBOUND_OTHER };
	if (parts->status)
		judge_delivery(parts->status, arena, report);
	else if (parts->feedback)
		judge_feedback(parts->feedback, arena, report);
	else if (is_automatic(parts))
		report->kind = INBOUND_AUTOMATIC;
}

const char *inbound_token(const char *address, struct arena *arena) {
	size_t size = token_size(TOKEN_RETURN);
	char *lower = arena_copy(arena, address);
	for (char *c = lower; *c; c++)
		*c = g_ascii_tolower(*c);
	for (char *at = strstr(lower, "b-"); at; at = strstr(at + 1, "b-"))
		if (strlen(at + 2) > size && at[2 + size] == '@' && (at == lower || strchr("=+<", at[-1])))
			return arena_copy_bytes(arena, at + 2, size);
	return NULL;
}
