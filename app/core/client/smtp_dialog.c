/* The SMTP dialog. */
#include "core/client/smtp_dialog.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/error.h"
#include "core/base/text.h"

static const char *const stage_names[] = {
	[SMTP_AT_SESSION] = "session",
	[SMTP_AT_CHECK] = "check",
	[SMTP_AT_MAIL] = "MAIL",
	[SMTP_AT_RCPT] = "RCPT",
	[SMTP_AT_DATA] = "DATA",
	[SMTP_AT_BODY] = "body",
	[SMTP_AT_DOT] = "end of the message",
};
_Static_assert(sizeof stage_names / sizeof *stage_names == SMTP_STAGE_COUNT, "a name a stage");

const char *smtp_stage_name(enum smtp_stage stage) {
	return stage < SMTP_STAGE_COUNT ? stage_names[stage] : "?";
}

/* How far a mail has got in a phase. */
static enum smtp_stage stage_of(enum smtp_phase phase) {
	static const enum smtp_stage stages[SMTP_PHASE_COUNT] = {
		[SMTP_MAIL] = SMTP_AT_MAIL,    [SMTP_RCPT] = SMTP_AT_RCPT, [SMTP_DATA] = SMTP_AT_DATA,
		[SMTP_GRANTED] = SMTP_AT_BODY, [SMTP_BODY] = SMTP_AT_BODY, [SMTP_DOT] = SMTP_AT_DOT,
	};
	return stages[phase];
}

static bool is_word(const char *line, size_t size, const char *word) {
	size_t length = strlen(word);
	return size >= length && strncasecmp(line, word, length) == 0 &&
	       (size == length || strchr(" =\r\n", line[length]) != NULL);
}

static int64_t number_after(const char *line, size_t size, size_t at) {
	int64_t number = 0;
	while (at < size && line[at] == ' ')
		at++;
	for (; at < size && isdigit((unsigned char)line[at]); at++) {
		if (number > INT64_MAX / 10 - 1)
			return 0;
		number = 10 * number + (line[at] - '0');
	}
	return number;
}

static void take_keyword(struct smtp_features *features, const char *line, size_t size) {
	features->pipelining |= is_word(line, size, "PIPELINING");
	features->utf8 |= is_word(line, size, "SMTPUTF8");
	features->eight_bit |= is_word(line, size, "8BITMIME");
	features->enhanced |= is_word(line, size, "ENHANCEDSTATUSCODES");
	features->auth |= is_word(line, size, "AUTH");
	if (is_word(line, size, "SIZE"))
		features->size = number_after(line, size, strlen("SIZE"));
}

void smtp_features_line(struct smtp_features *features, const char *line, size_t size) {
	if (size >= 3 && memcmp(line, "220", 3) == 0)
		*features = (struct smtp_features){ 0 };
	if (size < 4 || memcmp(line, "250", 3) != 0)
		return;
	if (features->named)
		take_keyword(features, line + 4, size - 4);
	features->named = true;
}

struct smtp_outcome smtp_outcome_of(enum smtp_result result, enum smtp_stage stage, const char *words) {
	struct smtp_outcome outcome = { .result = result, .stage = stage };
	(void)snprintf(outcome.reply.text, sizeof outcome.reply.text, "%s", words);
	smtp_text_clean(outcome.reply.text);
	return outcome;
}

void smtp_dialog_open(struct smtp_dialog *dialog, const struct smtp_features *features) {
	memset(dialog, 0, offsetof(struct smtp_dialog, out));
	dialog->features = *features;
}

const struct smtp_outcome *smtp_dialog_outcome(const struct smtp_dialog *dialog) {
	return dialog->settled ? &dialog->outcome : NULL;
}

static void settle(struct smtp_dialog *dialog, struct smtp_outcome outcome) {
	dialog->outcome = outcome;
	dialog->settled = true;
}

/* Appends one whole command; there is room, as addresses are short. */
static PRINTF_LIKE(2, 3) void put(struct smtp_dialog *dialog, const char *format, ...) {
	va_list values;
	size_t room = sizeof dialog->out - dialog->out_size;
	va_start(values, format);
	int size = vsnprintf(dialog->out + dialog->out_size, room, format, values);
	va_end(values);
	if (size < 0 || (size_t)size >= room)
		abort();
	dialog->out_size += (size_t)size;
	dialog->put++;
}

/* Checking the mail. */

/* Contains nothing that could end the address or the line. */
static bool is_safe(const char *address) {
	for (const char *c = address; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '<' || *c == '>')
			return false;
	const char *at = strrchr(address, '@');
	return strlen(address) <= SMTP_ADDRESS_MAX && (!at || text_is_ascii(at));
}

static bool needs_utf8(const struct smtp_envelope *mail) {
	return !text_is_ascii(mail->from) || !text_is_ascii(mail->to);
}

/* NULL if this server can take the mail, otherwise why not, with the enhanced code that a server would give. */
static const char *unfit(const struct smtp_dialog *dialog, const struct smtp_envelope *mail, bool *eight_bit,
                         const char **enhanced) {
	const struct smtp_features *features = &dialog->features;
	const char *flaw = smtp_body_flaw(mail->message, mail->size, eight_bit);
	*enhanced = "5.1.3";
	if (!*mail->to || !is_safe(mail->from) || !is_safe(mail->to))
		return "an address that cannot be sent";
	*enhanced = "5.6.0";
	if (flaw)
		return flaw;
	*enhanced = "5.6.7";
	if (needs_utf8(mail) && !features->utf8)
		return "needs_smtputf8: the mail server does not take addresses with letters beyond ASCII";
	*enhanced = "5.6.3";
	if (*eight_bit && !features->eight_bit)
		return "the mail server does not take 8-bit messages";
	*enhanced = "5.3.4";
	if (mail->size > SMTP_MESSAGE_MAX)
		return "the message is larger than 10 MiB";
	return features->size > 0 && mail->size > (uint64_t)features->size
	           ? "the message is larger than the mail server takes"
	           : NULL;
}

static void put_mail(struct smtp_dialog *dialog, bool eight_bit) {
	char size[40] = "";
	if (dialog->features.size > 0)
		(void)snprintf(size, sizeof size, " SIZE=%zu", dialog->mail.size);
	put(dialog, "MAIL FROM:<%s>%s%s%s\r\n", dialog->mail.from, size, eight_bit ? " BODY=8BITMIME" : "",
	    needs_utf8(&dialog->mail) ? " SMTPUTF8" : "");
}

void smtp_dialog_begin(struct smtp_dialog *dialog, const struct smtp_envelope *mail) {
	bool eight_bit;
	const char *enhanced, *why = unfit(dialog, mail, &eight_bit, &enhanced);
	dialog->settled = false;
	if (why) {
		settle(dialog, smtp_outcome_of(SMTP_REFUSED, SMTP_AT_CHECK, why));
		(void)snprintf(dialog->outcome.reply.enhanced, SMTP_ENHANCED, "%s", enhanced);
		return;
	}
	dialog->mail = *mail;
	dialog->body = (struct smtp_body){ .message = mail->message, .size = mail->size };
	dialog->phase = SMTP_MAIL;
	put_mail(dialog, eight_bit);
	if (!dialog->features.pipelining)
		return;
	put(dialog, "RCPT TO:<%s>\r\n", dialog->mail.to);
	put(dialog, "DATA\r\n");
}

void smtp_dialog_allow(struct smtp_dialog *dialog) {
	dialog->phase = SMTP_BODY;
	dialog->put++; /* the message counts as a command, as it has a reply */
}

void smtp_dialog_quit(struct smtp_dialog *dialog) {
	dialog->phase = SMTP_QUIT;
	put(dialog, "QUIT\r\n");
}

/* Output. */

const char *smtp_dialog_output(struct smtp_dialog *dialog, size_t *size) {
	if (dialog->phase == SMTP_BODY && dialog->out_size == 0)
		dialog->out_size = smtp_body_next(&dialog->body, dialog->out, sizeof dialog->out);
	*size = dialog->phase == SMTP_CLOSED ? 0 : dialog->out_size - dialog->out_at;
	return dialog->out + dialog->out_at;
}

static int commands_in(const char *bytes, size_t size) {
	int count = 0;
	for (size_t i = 0; i < size; i++)
		count += bytes[i] == '\n';
	return count;
}

void smtp_dialog_sent(struct smtp_dialog *dialog, size_t size) {
	dialog->early |= dialog->asked == dialog->answered && smtp_reply_has_begun(&dialog->reader);
	if (dialog->phase != SMTP_BODY)
		dialog->asked += commands_in(dialog->out + dialog->out_at, size);
	dialog->out_at += size;
	if (dialog->out_at < dialog->out_size)
		return;
	dialog->out_at = dialog->out_size = 0;
	if (dialog->phase != SMTP_BODY || !dialog->body.ended)
		return;
	dialog->asked++;
	dialog->phase = SMTP_DOT;
}

/* Input. */

static bool has_mail(const struct smtp_dialog *dialog) {
	return !dialog->settled && dialog->phase >= SMTP_MAIL && dialog->phase <= SMTP_DOT;
}

/* Of commands that were sent together, only the first ones were answered. */
static bool is_unheeded(const struct smtp_dialog *dialog) {
	return dialog->features.pipelining && (dialog->phase == SMTP_RCPT || dialog->phase == SMTP_DATA);
}

void smtp_dialog_end(struct smtp_dialog *dialog, bool by_server, const char *why) {
	if (has_mail(dialog)) {
		bool over = dialog->phase == SMTP_DOT, unheeded = is_unheeded(dialog);
		settle(dialog, smtp_outcome_of(over ? SMTP_UNCERTAIN : SMTP_NOT_SENT, stage_of(dialog->phase), why));
		dialog->outcome.stale = !over && by_server && dialog->worked;
		dialog->outcome.unheeded = unheeded && !by_server;
	}
	dialog->phase = SMTP_CLOSED;
}

static void make_no_sense(struct smtp_dialog *dialog) {
	smtp_dialog_end(dialog, false, "the mail server's answer makes no sense");
}

/* Refusals before the end of the message that concern the session or the account, not the recipient. */
static bool is_about_us(const struct smtp_dialog *dialog, int code) {
	static const int codes[] = { 500, 502, 503, 530, 534, 535, 538 };
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i] == code)
			return true;
	return code == 421 && dialog->worked;
}

static enum smtp_result result_of_refusal(const struct smtp_dialog *dialog, int code) {
	return is_about_us(dialog, code) ? SMTP_NOT_SENT : code < 500 ? SMTP_DEFERRED : SMTP_REFUSED;
}

static void settle_by_reply(struct smtp_dialog *dialog, enum smtp_result result) {
	const struct smtp_reply *reply = &dialog->reader.reply;
	bool stale = result == SMTP_NOT_SENT && dialog->worked && (reply->code == 421 || reply->code == 503);
	settle(dialog, (struct smtp_outcome){
					   .result = result, .stage = stage_of(dialog->phase), .reply = *reply, .stale = stale });
}

static void reset(struct smtp_dialog *dialog) {
	dialog->phase = SMTP_RSET;
	put(dialog, "RSET\r\n");
}

/* MAIL, RCPT, DATA or an unfinished body was refused. */
static void refuse(struct smtp_dialog *dialog) {
	int code = dialog->reader.reply.code;
	enum smtp_result result = result_of_refusal(dialog, code);
	bool may_go_on = dialog->phase != SMTP_BODY && code != 421 && result != SMTP_NOT_SENT;
	settle_by_reply(dialog, result);
	dialog->worked |= may_go_on;
	if (!may_go_on)
		dialog->phase = SMTP_CLOSED;
	else if (dialog->answered < dialog->put)
		dialog->phase = SMTP_DRAIN;
	else
		reset(dialog);
}

static void after_command(struct smtp_dialog *dialog, int code) {
	if (code >= 400) {
		refuse(dialog);
	} else if (dialog->phase == SMTP_DATA ? code != 354 : code >= 300) {
		make_no_sense(dialog);
	} else if (dialog->phase == SMTP_DATA) {
		dialog->phase = SMTP_GRANTED;
	} else if (dialog->phase == SMTP_MAIL) {
		dialog->phase = SMTP_RCPT;
		if (dialog->put == dialog->answered)
			put(dialog, "RCPT TO:<%s>\r\n", dialog->mail.to);
	} else {
		dialog->phase = SMTP_DATA;
		if (dialog->put == dialog->answered)
			put(dialog, "DATA\r\n");
	}
}

static void after_dot(struct smtp_dialog *dialog, int code) {
	if (code >= 300 && code < 400) {
		make_no_sense(dialog);
		return;
	}
	settle_by_reply(dialog, code < 300 ? SMTP_ACCEPTED : code < 500 ? SMTP_DEFERRED : SMTP_REFUSED);
	dialog->worked = true;
	dialog->phase = code == 421 ? SMTP_CLOSED : SMTP_READY;
}

static void after_reply(struct smtp_dialog *dialog, int code) {
	switch (dialog->phase) {
	case SMTP_MAIL:
	case SMTP_RCPT:
	case SMTP_DATA:
		after_command(dialog, code);
		break;
	case SMTP_DOT:
		after_dot(dialog, code);
		break;
	case SMTP_DRAIN:
		if (code == 354 || code == 421) /* after 354 the server waits for a message that there is not */
			dialog->phase = SMTP_CLOSED;
		else if (dialog->answered == dialog->put)
			reset(dialog);
		break;
	case SMTP_RSET:
		dialog->phase = code < 300 ? SMTP_READY : SMTP_CLOSED;
		break;
	default:
		dialog->phase = SMTP_CLOSED;
	}
}

/* A reply without a command. A server that refuses in the middle of the message says so; since the message cannot be
 * cut short, that ends the session. Anything else makes no sense, and could be mistaken for the reply to the next
 * command. */
static void after_unasked(struct smtp_dialog *dialog, int code) {
	if (dialog->phase == SMTP_BODY && code >= 400)
		refuse(dialog);
	else
		smtp_dialog_end(dialog, code == 421, "the mail server spoke without being asked");
}

/* A reply that had begun before its command was sent is not a reply to it, unless it refuses the message. */
static void take_reply(struct smtp_dialog *dialog, int code) {
	bool early = dialog->early;
	dialog->early = false;
	if (dialog->answered == dialog->asked) {
		after_unasked(dialog, code);
		return;
	}
	dialog->answered++;
	if (early && !(dialog->phase == SMTP_DOT && code >= 400))
		make_no_sense(dialog);
	else
		after_reply(dialog, code);
}

void smtp_dialog_input(struct smtp_dialog *dialog, const char *bytes, size_t size) {
	while (size > 0 && dialog->phase != SMTP_CLOSED) {
		size_t used;
		enum smtp_reading reading = smtp_reply_read(&dialog->reader, bytes, size, &used);
		bytes += used;
		size -= used;
		if (reading == SMTP_READ_GARBAGE)
			make_no_sense(dialog);
		if (reading != SMTP_READ_WHOLE)
			continue;
		take_reply(dialog, dialog->reader.reply.code);
	}
}
