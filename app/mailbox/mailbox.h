/* What the demo's mail server (deploy/demo_mail.py) has kept, asked of its control. It runs only while the settings
 * name no other mail server; its port is in the settings. */
#ifndef MAILBOX_MAILBOX_H
#define MAILBOX_MAILBOX_H

#include "core/fields/field.h"
#include "core/formats/value.h"
#include "core/process/settings.h"

/* Is there a demo mailbox? Pure. */
bool mailbox_is_there(const struct settings *settings);

struct mailbox_mail {
	int64_t id;
	struct moment at;
	const char *from, *to;           /* of the envelope; to: all recipients, "a, b" */
	const char *subject, *sender;    /* of the headers, decoded; "" if there is none */
	int64_t size;                    /* bytes */
	bool answered;                   /* the sender was told that it arrived */
	bool kept;                       /* false: only the envelope is still there */
	const char *text, *html;         /* of one mail: NULL if it has no such part */
	const struct value *headers;     /* of one mail: a list of [name, value] */
	const struct value *attachments; /* of one mail: a list of { name, type, size } */
};

struct mailbox_page {
	struct mailbox_mail *items;
	int count;
	int64_t matched; /* of all pages */
};

/* Newest first, to recipients with `to` somewhere in their address (NULL or "": all). MISSING: there is no mailbox;
 * CONFLICT: its server does not answer now. */
enum { MAILBOX_ROWS = 50 };
bool mailbox_list(const struct settings *settings, const char *to, int page, struct arena *arena,
                  struct mailbox_page *found, struct error *err) MUST_CHECK;

/* MISSING also if there is no such mail (any more). */
bool mailbox_find(const struct settings *settings, const char *id, struct arena *arena, struct mailbox_mail *mail,
                  struct error *err) MUST_CHECK;

/* The mail as it came, byte for byte, in the arena. */
bool mailbox_source(const struct settings *settings, const char *id, struct arena *arena, struct bytes *source,
                    struct error *err) MUST_CHECK;

/* Pure: reads the answers of the control, whatever they hold; for the above and their tests. INVALID: no such answer.
 */
bool mailbox_read_page(const struct value *answer, struct arena *arena, struct mailbox_page *found,
                       struct error *err) MUST_CHECK;
void mailbox_read_mail(const struct value *answer, struct arena *arena, struct mailbox_mail *mail);

#endif
