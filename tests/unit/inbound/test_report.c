/* Mails that came back, as mail systems write them. H-B1 … H-B4. */
#include "unit/support.h"

#include <string.h>

#include "core/base/text.h"
#include "inbound/report.h"

#define DSN(headers, fields)                                                                                \
	"From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\n" headers                                    \
	"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"  \
	"--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" \
	"Reporting-MTA: dns; mx.example\r\n\r\n" fields                                                         \
	"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: News\r\n\r\nHi\r\n--b--\r\n"

static struct inbound_report judged(struct arena *arena, const char *mail) {
	struct mime_parts parts;
	struct inbound_report report;
	cr_assert(mime_read(mail, strlen(mail), arena, &parts));
	inbound_judge(&parts, arena, &report);
	return report;
}

Test(report, tells_what_a_mail_that_came_back_says) {
	static const struct row {
		const char *mail;
		enum inbound_kind kind;
		const char *status, *recipient;
	} rows[] = {
		{ DSN("", "Final-Recipient: rfc822; Ann@T.Example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
		          "Diagnostic-Code: smtp; 550 5.1.1 user unknown\r\n"),
		  INBOUND_HARD, "5.1.1", "ann@t.example" },
		{ DSN("Auto-Submitted: auto-replied\r\n", "Final-Recipient: rfc822;a@t.example\r\nAction: failed\r\n"
		                                          "Status: 5.1.1 (gone)\r\n"),
		  INBOUND_HARD, "5.1.1", "a@t.example" },
		{ DSN("", "Final-Recipient: rfc822; a@t.example\r\nAction: failed\r\nStatus: 5.2.2\r\n"
		          "Diagnostic-Code: smtp; 552\r\n 5.2.2 mailbox full\r\n"),
		  INBOUND_SOFT, "5.2.2", "a@t.example" },
		{ DSN("", "Final-Recipient: rfc822; a@t.example\r\nAction: failed\r\nStatus: 4.4.7\r\n"), INBOUND_SOFT, "4.4.7",
		  "a@t.example" },
		{ DSN("", "Final-Recipient: rfc822; a@t.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n"), INBOUND_DELAYED,
		  "4.4.1", "a@t.example" },
		{ DSN("", "Final-Recipient: rfc822; a@t.example\r\nAction: delivered\r\nStatus: 2.0.0\r\n"), INBOUND_OTHER,
		  NULL, "a@t.example" },
		{ DSN("", "Final-Recipient: rfc822; a@t.example\r\nAction: relayed\r\nStatus: 2.0.0\r\n\r\n"
		          "Final-Recipient: rfc822; b@t.example\r\nAction: FAILED\r\nStatus: 5.1.10\r\n"),
		  INBOUND_HARD, "5.1.10", "b@t.example" },
		{ DSN("", "Nothing: here\r\n"), INBOUND_OTHER, NULL, NULL },
		{ "Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\n"
		  "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nOriginal-Rcpt-To: <A@t.example>\r\n"
		  "\r\n--b--\r\n",
		  INBOUND_COMPLAINT, NULL, "a@t.example" },
		{ "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\n"
		  "Feedback-Type: not-spam\r\n\r\n--b--\r\n",
		  INBOUND_OTHER, NULL, NULL },
		{ "Subject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n", INBOUND_AUTOMATIC, NULL,
		  NULL },
		{ "Subject: Re: News\r\nAuto-Submitted: no\r\n\r\nThanks, 5.1.1!\r\n", INBOUND_OTHER, NULL, NULL },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ARENA_AUTO arena = arena_new();
		struct inbound_report report = judged(arena, rows[i].mail);
		cr_expect_eq(report.kind, rows[i].kind, "%zu: %s", i, choice_name(&inbound_kinds, (int)report.kind));
		cr_expect_str_eq(report.recipient ? report.recipient : "", rows[i].recipient ? rows[i].recipient : "");
		if (rows[i].status)
			cr_expect_str_eq(report.status ? report.status : "", rows[i].status);
	}
}

Test(report, finds_the_token_wherever_a_mail_system_left_it) {
	ARENA_AUTO arena = arena_new();
	const char *token = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuv";
	const char *const shapes[] = { "b-%s@x.example", "<B-%s@x.example>", "prvs=1234567890=b-%s@x.example",
		                           "SRS0=hash=tt=x.example=b-%s@y.example" };
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		const char *found = inbound_token(arena_print(arena, shapes[i], token), arena);
		cr_expect(found && text_same(found, token), "%s", shapes[i]);
	}
	cr_expect_null(inbound_token("b-abc@x.example", arena));
	cr_expect_null(inbound_token("news@acme.example", arena));
	cr_expect_null(inbound_token(arena_print(arena, "bob-%s@x.example", token), arena));
	cr_expect_null(inbound_token("", arena));
}
