/* What a mail server says, in any pieces and at any moment. Whatever it is: a mail has one outcome; ACCEPTED only after
 * the last byte of it was sent; never "nothing was handed over" after that, unless the server said so; and never a byte
 * of the body before it was allowed. The first byte chooses what was announced, the others are the server's, in pieces:
 * a byte of 0xff between them lets our side send. */
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/client/smtp.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

static const char message[] = "Subject: x\r\n\r\n.\r\n..\r\nBODY\r\n";

static void claim(bool holds) {
	if (!holds)
		abort();
}

struct side {
	struct smtp_dialog dialog;
	bool body_sent; /* all of it */
	bool allowed;
	int mails, outcomes;
};

static void send_some(struct side *side, size_t most) {
	size_t size;
	const char *bytes = smtp_dialog_output(&side->dialog, &size);
	claim(size == 0 || side->allowed || !memmem(bytes, size, "BODY", 4));
	if (size > most)
		size = most;
	if (size == 0)
		return;
	smtp_dialog_sent(&side->dialog, size);
	side->body_sent |= side->dialog.phase == SMTP_DOT;
}

static void check_words(const struct smtp_outcome *outcome) {
	char words[SMTP_WORDS];
	claim(text_is_utf8(outcome->reply.text, strlen(outcome->reply.text)) && !strpbrk(outcome->reply.text, "\r\n"));
	claim(text_length(outcome->reply.text) <= SMTP_TEXT_CHARACTERS);
	claim(outcome->reply.code == 0 || (outcome->reply.code >= 200 && outcome->reply.code < 600));
	(void)smtp_words(outcome, words);
}

static void check(struct side *side) {
	const struct smtp_outcome *outcome = smtp_dialog_outcome(&side->dialog);
	if (!outcome || side->outcomes == side->mails)
		return;
	side->outcomes++;
	check_words(outcome);
	if (outcome->result == SMTP_ACCEPTED || outcome->result == SMTP_UNCERTAIN)
		claim(side->body_sent && outcome->stage == SMTP_AT_DOT);
	if (side->body_sent)
		claim(outcome->result != SMTP_NOT_SENT && (outcome->reply.code >= 200 || outcome->result == SMTP_UNCERTAIN));
	claim(!outcome->stale || (outcome->result == SMTP_NOT_SENT && side->outcomes > 1));
}

static void next_mail(struct side *side) {
	const struct smtp_envelope mail = { "desk@console.example", "one@partner.example", message, sizeof message - 1 };
	side->body_sent = side->allowed = false;
	side->mails++;
	smtp_dialog_begin(&side->dialog, &mail);
	check(side);
}

static void go_on(struct side *side, size_t most) {
	if (side->dialog.phase == SMTP_READY)
		next_mail(side);
	if (side->dialog.phase == SMTP_GRANTED) {
		smtp_dialog_allow(&side->dialog);
		side->allowed = true;
	}
	send_some(side, most);
}

static void take_features(struct smtp_features *features, const unsigned char *bytes, size_t size) {
	features->pipelining = size > 0 && (bytes[0] & 1);
	features->utf8 = size > 0 && (bytes[0] & 2);
	features->size = size > 0 && (bytes[0] & 4) ? 20 + bytes[0] : 0;
	smtp_features_line(features, (const char *)bytes, size);
	claim(features->size >= 0);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size) {
	static struct side side;
	struct smtp_features features = { 0 };
	take_features(&features, bytes, size);
	side = (struct side){ 0 };
	smtp_dialog_open(&side.dialog, &features);
	go_on(&side, 1000);
	for (size_t at = 1, end; at < size; at = end + 1) {
		for (end = at; end < size && bytes[end] != 0xff; end++)
			;
		smtp_dialog_input(&side.dialog, (const char *)bytes + at, end - at);
		check(&side);
		go_on(&side, size % 3 ? 1000 : 1 + end % 40);
	}
	smtp_dialog_end(&side.dialog, true, "gone");
	check(&side);
	claim(side.outcomes == side.mails && side.dialog.phase == SMTP_CLOSED);
	return 0;
}
