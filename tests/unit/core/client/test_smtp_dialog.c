/* The dialog with a server that follows a script. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/client/smtp.h"

static unsigned seed;

static unsigned any(unsigned below) {
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % below;
}

enum { STEPS = 6 };

/* What the server answers to MAIL, RCPT, DATA, to bytes of the body before its end, and to its end; NULL: nothing.
 * HANGS_UP ends the connection. RSET and QUIT are answered with 250 and 221. */
#define HANGS_UP "!"
struct script {
	const char *mail, *rcpt, *data, *body, *dot;
	bool pipelining;
	bool worked; /* a mail went through before */
	enum smtp_result result;
	enum smtp_stage stage;
	int code;
	enum smtp_phase phase; /* afterwards */
	bool stale;
};

struct server {
	const struct script *script;
	struct smtp_dialog *dialog;
	struct buf heard, says;
	bool in_body, ended, hung_up;
	int bodies, resets, mails;
};

static void answer(struct server *server, const char *reply) {
	if (reply && strcmp(reply, HANGS_UP) == 0)
		server->hung_up = true;
	else if (reply)
		buf_text_add(&server->says, reply);
}

static void take_command(struct server *server, const char *line) {
	const struct script *script = server->script;
	if (strncmp(line, "MAIL", 4) == 0) {
		server->mails++;
		answer(server, script->mail);
	} else if (strncmp(line, "RCPT", 4) == 0) {
		answer(server, script->rcpt);
	} else if (strncmp(line, "DATA", 4) == 0) {
		answer(server, script->data);
		server->in_body = script->data && strncmp(script->data, "354", 3) == 0;
	} else if (strncmp(line, "RSET", 4) == 0) {
		server->resets++;
		answer(server, "250 reset\r\n");
	} else {
		answer(server, "221 bye\r\n");
	}
}

static void take_line(struct server *server, const char *line) {
	if (!server->in_body) {
		take_command(server, line);
		return;
	}
	if (strcmp(line, ".") != 0) {
		answer(server, server->script->body);
		return;
	}
	server->bodies++;
	server->in_body = false;
	answer(server, server->script->dot);
}

static void hear(struct server *server, const char *bytes, size_t size) {
	for (size_t i = 0; i < size && !server->hung_up; i++) {
		buf_char(&server->heard, bytes[i]);
		if (bytes[i] != '\n')
			continue;
		server->heard.bytes[server->heard.size - 2] = '\0';
		take_line(server, buf_text(&server->heard));
		buf_reset(&server->heard);
	}
}

/* Bytes go to and fro in pieces of up to `most` until nothing moves. */
static void talk(struct server *server, unsigned most) {
	struct smtp_dialog *dialog = server->dialog;
	for (bool moved = true; moved;) {
		size_t size, n = 0;
		const char *bytes = smtp_dialog_output(dialog, &size);
		moved = size > 0 || server->says.size > 0 || dialog->phase == SMTP_GRANTED;
		if (size > 0) {
			n = most > size ? size : 1 + any((unsigned)(most < size ? most : size));
			hear(server, bytes, n);
			smtp_dialog_sent(dialog, n);
		}
		if (server->says.size > 0) {
			n = 1 + any(most);
			n = n < server->says.size ? n : server->says.size;
			smtp_dialog_input(dialog, server->says.bytes, n);
			memmove(server->says.bytes, server->says.bytes + n, server->says.size - n);
			server->says.size -= n;
		}
		if (dialog->phase == SMTP_GRANTED && server->says.size == 0)
			smtp_dialog_allow(dialog);
		if (server->hung_up && server->says.size == 0 && dialog->phase != SMTP_CLOSED) {
			smtp_dialog_end(dialog, true, "gone");
			moved = false;
		}
	}
}

static const struct script fine = { "250 OK\r\n", "250 OK\r\n",   "354 go on\r\n",
	                                NULL,         "250 kept\r\n", .result = SMTP_ACCEPTED };
#define LETTER "Subject: x\r\n\r\n.dots\r\n"
static const struct smtp_envelope letter = { "desk@console.example", "one@partner.example", LETTER, sizeof LETTER - 1 };

/* Plays a script; a dialog that waits for a server that says no more is ended, as after its time. */
static struct smtp_outcome play(const struct script *script, unsigned most, struct server *server) {
	static struct smtp_dialog dialog;
	struct smtp_features features = { .pipelining = script->pipelining };
	*server = (struct server){ .script = &fine, .dialog = &dialog };
	smtp_dialog_open(&dialog, &features);
	if (script->worked) {
		smtp_dialog_begin(&dialog, &letter);
		talk(server, 1000);
		cr_assert(smtp_dialog_outcome(&dialog) && dialog.outcome.result == SMTP_ACCEPTED && dialog.phase == SMTP_READY);
		server->bodies = server->mails = 0;
	}
	server->script = script;
	smtp_dialog_begin(&dialog, &letter);
	talk(server, most);
	if (!smtp_dialog_outcome(&dialog))
		smtp_dialog_end(&dialog, false, "silence");
	buf_finish(&server->heard);
	buf_finish(&server->says);
	cr_assert(smtp_dialog_outcome(&dialog));
	return dialog.outcome;
}

#define OK "250 OK\r\n"
#define GO "354 go on\r\n"
#define ENDLESS "250-a\r\n250-b\r\n250-c\r\n"

static const struct script scripts[] = {
	{ OK, OK, GO, NULL, "250 kept\r\n", .result = SMTP_ACCEPTED, .stage = SMTP_AT_DOT, .code = 250 },
	{ OK, OK, GO, NULL, "250-kept\r\n250 as 17\r\n", .result = SMTP_ACCEPTED, .stage = SMTP_AT_DOT, .code = 250 },
	{ OK, OK, GO, NULL, "252 tried\r\n", .result = SMTP_ACCEPTED, .stage = SMTP_AT_DOT, .code = 252 },
	{ OK, "251 forwarded\r\n", GO, NULL, OK, .result = SMTP_ACCEPTED, .stage = SMTP_AT_DOT, .code = 250 },

	/* Refused: certain, and the session goes on. */
	{ "451 4.3.0 no\r\n", "503 what\r\n", "503 what\r\n", .result = SMTP_DEFERRED, .stage = SMTP_AT_MAIL, .code = 451 },
	{ "550 5.7.1 no\r\n", "503 what\r\n", "503 what\r\n", .result = SMTP_REFUSED, .stage = SMTP_AT_MAIL, .code = 550 },
	{ OK, "450 4.2.0 later\r\n", "554 nobody\r\n", .result = SMTP_DEFERRED, .stage = SMTP_AT_RCPT, .code = 450 },
	{ OK, "550 5.1.1 nobody\r\n", "554 nobody\r\n", .result = SMTP_REFUSED, .stage = SMTP_AT_RCPT, .code = 550 },
	{ OK, OK, "451 no\r\n", .result = SMTP_DEFERRED, .stage = SMTP_AT_DATA, .code = 451 },
	{ OK, OK, "554 no\r\n", .result = SMTP_REFUSED, .stage = SMTP_AT_DATA, .code = 554 },
	{ OK, OK, GO, NULL, "452 full\r\n", .result = SMTP_DEFERRED, .stage = SMTP_AT_DOT, .code = 452 },
	{ OK, OK, GO, NULL, "554 5.7.1 spam\r\n", .result = SMTP_REFUSED, .stage = SMTP_AT_DOT, .code = 554 },

	/* Ended by the server with a code. */
	{ "421 bye\r\n", .result = SMTP_DEFERRED, .stage = SMTP_AT_MAIL, .code = 421, .phase = SMTP_CLOSED },
	{ "421 bye\r\n", .worked = true, .result = SMTP_NOT_SENT, .stage = SMTP_AT_MAIL, .code = 421, .phase = SMTP_CLOSED,
	  .stale = true },
	{ OK, "421 bye\r\n", .worked = true, .result = SMTP_NOT_SENT, .stage = SMTP_AT_RCPT, .code = 421,
	  .phase = SMTP_CLOSED, .stale = true },
	{ OK, OK, GO, NULL, "421 full\r\n", .worked = true, .result = SMTP_DEFERRED, .stage = SMTP_AT_DOT, .code = 421,
	  .phase = SMTP_CLOSED },
	{ "503 what\r\n", .worked = true, .result = SMTP_NOT_SENT, .stage = SMTP_AT_MAIL, .code = 503, .phase = SMTP_CLOSED,
	  .stale = true },
	{ "530 5.7.0 sign in\r\n", .result = SMTP_NOT_SENT, .stage = SMTP_AT_MAIL, .code = 530, .phase = SMTP_CLOSED },

	/* Lost, silent or senseless before the body's end: certain, nothing was handed over. */
	{ HANGS_UP, .result = SMTP_NOT_SENT, .stage = SMTP_AT_MAIL, .phase = SMTP_CLOSED },
	{ HANGS_UP, .worked = true, .result = SMTP_NOT_SENT, .stage = SMTP_AT_MAIL, .phase = SMTP_CLOSED, .stale = true },
	{ NULL, .result = SMTP_NOT_SENT, .stage = SMTP_AT_MAIL, .phase = SMTP_CLOSED },
	{ OK, OK, HANGS_UP, .result = SMTP_NOT_SENT, .stage = SMTP_AT_DATA, .phase = SMTP_CLOSED },
	{ OK, OK, NULL, .result = SMTP_NOT_SENT, .stage = SMTP_AT_DATA, .phase = SMTP_CLOSED },
	{ "HTTP/1.1 400\r\n", .result = SMTP_NOT_SENT, .stage = SMTP_AT_MAIL, .phase = SMTP_CLOSED },
	{ OK, OK, "250 OK\r\n", .result = SMTP_NOT_SENT, .stage = SMTP_AT_DATA, .phase = SMTP_CLOSED },
	{ OK, OK, "355 go\r\n", .result = SMTP_NOT_SENT, .stage = SMTP_AT_DATA, .phase = SMTP_CLOSED },
	{ OK, GO, .result = SMTP_NOT_SENT, .stage = SMTP_AT_RCPT, .phase = SMTP_CLOSED },
	{ OK, OK, GO GO, .result = SMTP_NOT_SENT, .stage = SMTP_AT_BODY, .phase = SMTP_CLOSED },
	{ OK, OK, GO "250 kept\r\n", .result = SMTP_NOT_SENT, .stage = SMTP_AT_BODY, .phase = SMTP_CLOSED },

	/* After the end: nobody knows. */
	{ OK, OK, GO, NULL, HANGS_UP, .result = SMTP_UNCERTAIN, .stage = SMTP_AT_DOT, .phase = SMTP_CLOSED },
	{ OK, OK, GO, NULL, HANGS_UP, .worked = true, .result = SMTP_UNCERTAIN, .stage = SMTP_AT_DOT,
	  .phase = SMTP_CLOSED },
	{ OK, OK, GO, NULL, NULL, .result = SMTP_UNCERTAIN, .stage = SMTP_AT_DOT, .phase = SMTP_CLOSED },
	{ OK, OK, GO, NULL, "\r\n", .result = SMTP_UNCERTAIN, .stage = SMTP_AT_DOT, .phase = SMTP_CLOSED },
	{ OK, OK, GO, NULL, "rubbish\r\n", .result = SMTP_UNCERTAIN, .stage = SMTP_AT_DOT, .phase = SMTP_CLOSED },
	{ OK, OK, GO, NULL, ENDLESS, .result = SMTP_UNCERTAIN, .stage = SMTP_AT_DOT, .phase = SMTP_CLOSED },
	{ OK, OK, GO, NULL, "250", .result = SMTP_UNCERTAIN, .stage = SMTP_AT_DOT, .phase = SMTP_CLOSED },
	{ OK, OK, GO, NULL, GO, .result = SMTP_UNCERTAIN, .stage = SMTP_AT_DOT, .phase = SMTP_CLOSED },
};
enum { SCRIPTS = sizeof scripts / sizeof *scripts };

static void expect(const struct script *script, size_t row, const struct smtp_outcome *outcome,
                   const struct server *server) {
	cr_expect_eq(outcome->result, script->result, "row %zu: result %d", row, outcome->result);
	cr_expect_eq(outcome->stage, script->stage, "row %zu: at %s", row, smtp_stage_name(outcome->stage));
	cr_expect_eq(outcome->reply.code, script->code, "row %zu: code %d", row, outcome->reply.code);
	cr_expect_eq(outcome->stale, script->stale, "row %zu", row);
	cr_expect_eq(server->dialog->phase, script->phase, "row %zu: phase %d", row, server->dialog->phase);
	cr_expect(server->bodies <= 1 && server->mails == 1, "row %zu", row);
	if (script->phase == SMTP_READY && script->result != SMTP_ACCEPTED && script->stage != SMTP_AT_DOT)
		cr_expect_eq(server->resets, 1, "row %zu", row);
}

Test(smtp_dialog, each_reply_has_its_outcome) {
	for (size_t row = 0; row < SCRIPTS; row++) {
		struct server server;
		struct smtp_outcome outcome = play(&scripts[row], 1000, &server);
		expect(&scripts[row], row, &outcome, &server);
	}
}

/* Where a server says too much in one go, the piece in which it comes decides at which stage that is seen. */
Test(smtp_dialog, pieces_change_nothing) {
	seed = 7;
	for (int round = 0; round < 200; round++)
		for (size_t row = 0; row < SCRIPTS; row++) {
			struct server server;
			struct smtp_outcome outcome = play(&scripts[row], 1 + any(12), &server);
			expect(&scripts[row], row, &outcome, &server);
		}
}

Test(smtp_dialog, pipelining_changes_no_outcome) {
	seed = 3;
	for (int round = 0; round < 100; round++)
		for (size_t row = 0; row < SCRIPTS; row++) {
			struct server server;
			struct script script = scripts[row];
			if (script.stage < SMTP_AT_DATA && (!script.data || script.result == SMTP_NOT_SENT))
				continue; /* what the server says to the commands that come with it would be another script */
			script.pipelining = true;
			struct smtp_outcome outcome = play(&script, 1 + any(100), &server);
			expect(&script, row, &outcome, &server);
		}
}

Test(smtp_dialog, a_server_that_wants_data_for_nobody_is_left) {
	static const struct script script = {
		OK,          "550 5.1.1 nobody\r\n", GO, .pipelining = true, .result = SMTP_REFUSED, .stage = SMTP_AT_RCPT,
		.code = 550, .phase = SMTP_CLOSED
	};
	struct server server;
	struct smtp_outcome outcome = play(&script, 1000, &server);
	expect(&script, 0, &outcome, &server);
	cr_expect_eq(server.bodies, 0);
}

static void feed(struct smtp_dialog *dialog, const char *bytes) {
	smtp_dialog_input(dialog, bytes, strlen(bytes));
}

static const char *sent(struct smtp_dialog *dialog) {
	static char text[20000];
	size_t size;
	const char *bytes = smtp_dialog_output(dialog, &size);
	memcpy(text, bytes, size);
	text[size] = '\0';
	smtp_dialog_sent(dialog, size);
	return text;
}

static struct smtp_dialog *open_dialog(struct smtp_features features) {
	static struct smtp_dialog dialog;
	smtp_dialog_open(&dialog, &features);
	return &dialog;
}

Test(smtp_dialog, a_refusal_in_the_middle_of_the_body_ends_the_session) {
	struct smtp_dialog *dialog = open_dialog((struct smtp_features){ .pipelining = true });
	size_t size;
	smtp_dialog_begin(dialog, &letter);
	(void)sent(dialog);
	feed(dialog, OK OK GO);
	smtp_dialog_allow(dialog);
	(void)smtp_dialog_output(dialog, &size);
	smtp_dialog_sent(dialog, 5);
	feed(dialog, "552 5.3.4 too big\r\n");
	cr_expect_eq(dialog->outcome.result, SMTP_REFUSED);
	cr_expect_eq(dialog->outcome.stage, SMTP_AT_BODY);
	cr_expect_eq(dialog->phase, SMTP_CLOSED);
}

Test(smtp_dialog, certain_up_to_the_last_byte) {
	for (size_t kept_back = 0; kept_back < 2; kept_back++) {
		struct smtp_dialog *dialog = open_dialog((struct smtp_features){ 0 });
		size_t size;
		smtp_dialog_begin(dialog, &letter);
		cr_expect_str_eq(sent(dialog), "MAIL FROM:<desk@console.example>\r\n");
		feed(dialog, OK);
		cr_expect_str_eq(sent(dialog), "RCPT TO:<one@partner.example>\r\n");
		feed(dialog, OK);
		cr_expect_str_eq(sent(dialog), "DATA\r\n");
		cr_expect_str_empty(sent(dialog));
		feed(dialog, GO);
		cr_expect_str_empty(sent(dialog)); /* not before it is allowed */
		smtp_dialog_allow(dialog);
		const char *bytes = smtp_dialog_output(dialog, &size);
		cr_expect(strncmp(bytes, "Subject: x\r\n\r\n..dots\r\n.\r\n", size) == 0, "%.*s", (int)size, bytes);
		smtp_dialog_sent(dialog, size - kept_back);
		smtp_dialog_end(dialog, true, "gone");
		cr_expect_eq(dialog->outcome.result, kept_back ? SMTP_NOT_SENT : SMTP_UNCERTAIN);
	}
}

Test(smtp_dialog, a_reply_that_came_before_its_question_counts_for_nothing) {
	struct smtp_dialog *dialog = open_dialog((struct smtp_features){ 0 });
	feed(dialog, "250 OK\r\n");
	cr_expect_eq(dialog->phase, SMTP_CLOSED);
	dialog = open_dialog((struct smtp_features){ 0 });
	feed(dialog, "25");
	smtp_dialog_begin(dialog, &letter);
	(void)sent(dialog);
	feed(dialog, "0 OK\r\n");
	cr_expect_eq(dialog->outcome.result, SMTP_NOT_SENT);
	dialog = open_dialog((struct smtp_features){ 0 });
	smtp_dialog_begin(dialog, &letter);
	(void)sent(dialog);
	feed(dialog, "250 OK\r\n250 OK\r\n");
	cr_expect_eq(dialog->outcome.result, SMTP_NOT_SENT);
	dialog = open_dialog((struct smtp_features){ .pipelining = true });
	smtp_dialog_begin(dialog, &letter);
	(void)sent(dialog);
	feed(dialog, OK OK GO);
	smtp_dialog_allow(dialog);
	feed(dialog, "25");
	(void)sent(dialog);
	feed(dialog, "0 kept\r\n");
	cr_expect_eq(dialog->outcome.result, SMTP_UNCERTAIN);
}

Test(smtp_dialog, many_mails_in_one_session) {
	struct smtp_dialog *dialog = open_dialog((struct smtp_features){ .pipelining = true, .size = 1000 });
	for (int i = 0; i < 3; i++) {
		smtp_dialog_begin(dialog, &letter);
		cr_expect_str_eq(sent(dialog),
		                 "MAIL FROM:<desk@console.example> SIZE=21\r\nRCPT TO:<one@partner.example>\r\nDATA\r\n");
		feed(dialog, OK OK GO);
		smtp_dialog_allow(dialog);
		cr_expect_str_eq(sent(dialog), "Subject: x\r\n\r\n..dots\r\n.\r\n");
		feed(dialog, OK);
		cr_expect_eq(smtp_dialog_outcome(dialog)->result, SMTP_ACCEPTED);
		cr_expect_eq(dialog->phase, SMTP_READY); /* no RSET after a mail that went through */
	}
	smtp_dialog_quit(dialog);
	cr_expect_str_eq(sent(dialog), "QUIT\r\n");
	feed(dialog, "221 bye\r\n");
	cr_expect_eq(dialog->phase, SMTP_CLOSED);
}

Test(smtp_dialog, what_the_server_cannot_take_is_not_offered) {
	static const struct {
		struct smtp_features features;
		struct smtp_envelope mail;
		const char *enhanced;
	} rows[] = {
		{ { .size = 10 }, { "a@b.example", "c@d.example", "0123456789\r\n", 12 }, "5.3.4" },
		{ { 0 }, { "a@b.example", "\xc3\xa4@d.example", "x\r\n", 3 }, "5.6.7" },
		{ { .utf8 = true }, { "a@b.example", "a@\xc3\xa4.example", "x\r\n", 3 }, "5.1.3" },
		{ { 0 }, { "a@b.example", "c@d.example>\r\nRCPT TO:<evil@d.example", "x\r\n", 3 }, "5.1.3" },
		{ { 0 }, { "a b@b.example", "c@d.example", "x\r\n", 3 }, "5.1.3" },
		{ { 0 }, { "a@b.example", "", "x\r\n", 3 }, "5.1.3" },
		{ { 0 }, { "a@b.example", "c@d.example", "x\n.\r\n", 5 }, "5.6.0" },
		{ { 0 }, { "a@b.example", "c@d.example", "\xc3\xa4\r\n", 4 }, "5.6.3" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct smtp_dialog *dialog = open_dialog(rows[i].features);
		smtp_dialog_begin(dialog, &rows[i].mail);
		cr_assert(smtp_dialog_outcome(dialog), "row %zu", i);
		cr_expect_eq(dialog->outcome.result, SMTP_REFUSED);
		cr_expect_eq(dialog->outcome.stage, SMTP_AT_CHECK);
		cr_expect_str_eq(dialog->outcome.reply.enhanced, rows[i].enhanced, "row %zu", i);
		cr_expect_str_empty(sent(dialog), "row %zu", i);
		cr_expect_eq(dialog->phase, SMTP_READY);
	}
}

Test(smtp_dialog, what_the_server_has_to_know_stands_in_mail) {
	const struct smtp_envelope mail = { "", "\xc3\xa4@d.example", "\xc3\xa4\r\n", 4 };
	struct smtp_dialog *dialog = open_dialog((struct smtp_features){ .utf8 = true, .eight_bit = true });
	smtp_dialog_begin(dialog, &mail);
	cr_expect_str_eq(sent(dialog), "MAIL FROM:<> BODY=8BITMIME SMTPUTF8\r\n");
}

Test(smtp_features, are_those_of_the_last_ehlo) {
	static const char *const lines[] = {
		"220 mail.example\r\n",        "250-SIZE.example\r\n", "250-SIZE 100\r\n", "250-PIPELINING\r\n",
		"250-AUTH PLAIN\r\n",          "250 STARTTLS\r\n",     "220 go\r\n",       "250-mail.example\r\n",
		"250-size 2000\r\n",           "250-SMTPUTF8\r\n",     "250-8BITMIME\r\n", "250-AUTHORS none\r\n",
		"250 ENHANCEDSTATUSCODES\r\n", "235 signed in\r\n"
	};
	struct smtp_features features = { 0 };
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		smtp_features_line(&features, lines[i], strlen(lines[i]));
	cr_expect(features.utf8 && features.eight_bit && features.enhanced);
	cr_expect_not(features.pipelining || features.auth);
	cr_expect_eq(features.size, 2000);
}
