/* The mail of a campaign: compiled once from what was frozen, and written for each recipient. The same code writes it
 * at the hand-over, as a preview of it before, and again later. Pure. */
#ifndef DISPATCH_LETTER_H
#define DISPATCH_LETTER_H

#include "content/message.h"
#include "dispatch/block.h"

/* The code of one person (codes/code.h). */
struct letter_code {
	const char *token, *short_code;
	const char *page;        /* where it is shown */
	const char *until;       /* the last day to redeem it, "2026-12-01" */
	bool is_within_the_html; /* its picture is written as a data: address, not as a part of its own */
};

/* What of a mail leads back to us; made for each message (content/tokens). */
struct letter_marks {
	const char *unsubscribe_url, *preferences_url, *view_url;
	const char *unsubscribe_id, *pixel_id; /* where a source has an address of its own around them */
	const char *return_path;               /* the sender of the envelope; NULL: letter_from */
	const char *pixel;                     /* HTML; NULL: opens are not tracked */
	const struct letter_code *code;        /* NULL: there is none */
	const char *const *link_urls;          /* one for each link number; NULL: links stay as they are */
	const struct message_header *headers;  /* List-Unsubscribe … */
	int header_count;
};

struct letter;

/* What it takes besides what was frozen. */
struct letter_settings {
	const char *postal_address;       /* of the sender; NULL or "": none */
	struct message_files attachments; /* of the campaign, if whole mails are written (composing/attached.h) */
};

/* Pure. Which names the sources have, with their types (enum name_type) as digits; in the order of dispatch.names and
 * dispatch.types. INVALID, with the field, if a source is wrong or names what is not known. */
bool letter_names(const struct composition *said, const struct letter_settings *settings, const struct names *known,
                  struct arena *arena, struct strings *names, struct strings *types, struct error *err) MUST_CHECK;

/* Compiles it; INVALID, with the field, if a source is wrong. Lives in the arena, with what `dispatch` points to. */
bool letter_compile(const struct dispatch *dispatch, const struct letter_settings *settings, struct arena *arena,
                    const struct letter **letter, struct error *err) MUST_CHECK;

/* Its tracked links are numbered from 0: those of the HTML, then those of the text that lead somewhere else. */
int letter_link_count(const struct letter *letter);

/* How many bytes a mail has by its attachments alone. */
size_t letter_attached_bytes(const struct letter *letter);

struct letter_to {
	int64_t block;
	int index;
	const char *email;  /* in ASCII */
	const char *values; /* as struct recipient has them */
};

/* Appends where link `number` leads for this person. `day` is today for conditions within the address: the start of the
 * campaign, so that the link in the mail and a later click lead to the same place. MISSING: there is no such link. */
bool letter_target(const struct letter *letter, const struct letter_to *to, int number, struct moment day,
                   struct arena *arena, struct buf *out, struct error *err) MUST_CHECK;

/* The address of the sender of this message, in ASCII; subjects and senders take turns from message to message. */
const char *letter_from(const struct letter *letter, const struct letter_to *to);

/* Appends the whole mail. `id`: the left side of its Message-ID. */
bool letter_write(const struct letter *letter, const struct letter_to *to, const struct letter_marks *marks,
                  const char *id, struct moment date, struct arena *arena, struct buf *out,
                  struct error *err) MUST_CHECK;

/* Its parts as they are read, for a preview: any of them may be NULL. */
bool letter_read(const struct letter *letter, const struct letter_to *to, const struct letter_marks *marks,
                 struct moment date, struct arena *arena, struct buf *subject, struct buf *html, struct buf *text,
                 struct error *err) MUST_CHECK;

/* Pure. The left side of the Message-ID: the same for the same message. Returns out. */
enum { LETTER_ID = 48 };
char *letter_id(const char *campaign_id, int64_t block, int index, char out[LETTER_ID]);

#endif
