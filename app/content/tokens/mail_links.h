/* What stands in a mail for us: its pixel, the addresses of its links, and how to unsubscribe. For each mail that is
 * sent, so it is quick, and allocates from the arena alone. Pure. */
#ifndef CONTENT_TOKENS_MAIL_LINKS_H
#define CONTENT_TOKENS_MAIL_LINKS_H

#include "content/link.h"
#include "content/tokens/token.h"

/* The tracked links of a mail have numbers: those of its HTML in their order, then those of its text part that lead
 * where none of the HTML leads. */
struct link_numbers {
	int count;
	int html;        /* how many are of the HTML: link i of it has the number i */
	const int *text; /* of each tracked link of the text part */
};

/* Pure. `html` NULL: a mail of text only. */
struct link_numbers link_numbers_of(const struct links *html, const struct links *text, struct arena *arena);

/* The link with this number, of the HTML or of the text part; NULL if there is none. */
const struct link *link_numbered(const struct links *html, const struct links *text, const struct link_numbers *numbers,
                                 int number);

/* What our addresses begin with, up to the slash before the token: "https://mail.example.org/track". */
struct mail_bases {
	const char *pixel, *click, *unsubscribe, *view, *code;
};

/* Each as it was set (TRACKING_PIXEL_URL …), or, if that is empty, below `public_url`; views and codes always are. */
struct mail_bases mail_bases_of(const char *public_url, const char *pixel, const char *click, const char *unsubscribe,
                                struct arena *arena);

struct mail_wishes {
	bool pixel;
	/* Where the links lead for this person, by number; those of LINK with tags are rendered (link->program). NULL:
	 * links are not tracked. */
	const char *const *targets;
	int count;
	const char *mailto;        /* an address for unsubscribing by mail; NULL: there is none */
	const char *return_domain; /* where undeliverable mails come back to; NULL or "": to the sender */
};

struct mail_links {
	const char *pixel;            /* HTML, for struct rendering; NULL: none */
	const char *const *urls;      /* by number, for link_urls of struct rendering; NULL: links are not tracked. A
	                                 target that may not be redirected to stands there itself */
	const char *unsubscribe;      /* the page; a program posts to it (RFC 8058) */
	const char *list_unsubscribe; /* the header "List-Unsubscribe" */
	const char *view;             /* the mail as a page */
	const char *return_path; /* the sender of the envelope, which names the message (VERP); NULL: that of the mail */
	const char *pixel_id, *unsubscribe_id; /* what the addresses end with, for those who write them themselves */
};

/* The header "List-Unsubscribe-Post". */
#define LIST_UNSUBSCRIBE_POST "List-Unsubscribe=One-Click"

/* `whose` has the campaign, block and index, the contact and the list ("": unsubscribing is from everything). False:
 * there is no key, or `whose` is not within its bounds (token_write). */
bool mail_links_make(const struct mac_ring *keys, const struct mail_bases *bases, const struct token *whose,
                     const struct mail_wishes *wishes, struct arena *arena, struct mail_links *links) MUST_CHECK;

#endif
