/* telltale inbound. */
#include "inbound/inbound_commands.h"

#include <stdio.h>

#include "core/cli/invocation.h"
#include "inbound/receiving.h"

enum { MAIL_MAX = 1024 * 1024 };

/* What is longer is cut: a report stands at the beginning. The rest is read, so that the mail server is not stopped. */
static void read_all(struct buf *out) {
	char piece[16384];
	for (size_t got; (got = fread(piece, 1, sizeof piece, stdin)) > 0;)
		if (out->size < MAIL_MAX)
			buf_add(out, piece, got);
}

static bool receive(struct invocation *invocation, struct error *err) {
	struct mac_ring keys;
	struct inbound_mail mail;
	bool was_there;
	BUF_AUTO bytes = { 0 };
	read_all(&bytes);
	if (ferror(stdin) || !bytes.size)
		return error_set(err, ERROR_UNAVAILABLE, "there was no email on standard input");
	if (!mac_ring_read(invocation->settings->link_keys, "LINK_KEYS", &keys, err))
		return false;
	const struct bytes source = { .data = buf_text(&bytes), .size = bytes.size };
	if (!inbound_receive(invocation->store, &keys, invocation_text(invocation, "to", ""), &source, invocation->now,
	                     invocation->arena, &mail, &was_there, err))
		return false;
	struct value *map = value_map(invocation->arena);
	const char *kind = choice_name(&inbound_kinds, (int)mail.kind);
	value_put_text(map, "kind", kind);
	value_put_bool(map, "matched", mail.contact_id != NULL);
	value_put_bool(map, "repeated", was_there);
	invocation_say(invocation, map, "%s%s%s", kind, mail.contact_id ? "" : ", of nobody who is known",
	               was_there ? ", as before" : "");
	return true;
}

static const struct command_option options[] = {
	{ "to", OPTION_TEXT, "ADDRESS", "the address that the email came to, of BOUNCE_DOMAIN", .required = true },
	{ 0 },
};

const struct command inbound_commands[] = {
	{ "inbound",
	  { 0 },
	  options,
	  "Takes in an email that came back, from standard input: a bounce, a complaint or an automatic reply.",
	  "For the pipe of a local mail server, as --to ${original_recipient}. Exit status 75 means: not now, keep the\n"
	  "email and try again. One that comes twice is counted once.",
	  receive,
	  .failing = 75 },
	{ 0 },
};
