/* The one answer of a handler. Each is true, so that a handler can end with it; those with `err` may fail. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "core/fields/field.h"

struct exchange;

void reply_header(struct exchange *x, const char *name, const char *value);
/* HttpOnly, for the whole site, Secure where PUBLIC_BASE_URL is https (the name then gets the prefix __Host-).
 * seconds 0: until the browser closes; negative: forget it. */
void reply_cookie(struct exchange *x, const char *name, const char *value, int64_t seconds);
const char *exchange_cookie(const struct exchange *x, const char *name); /* as reply_cookie named it */

bool reply_redirect(struct exchange *x, const char *to); /* 303 */
bool reply_bytes(struct exchange *x, const char *type, const char *bytes, size_t size);
bool reply_csv(struct exchange *x, const char *file); /* the body holds it already; bom=1 puts a mark before it */

/* A table of any length, written in pieces of bounded memory. `piece` adds the rows after `cursor` (NULL: the first
 * ones) to x->body, reading into x->arena, which ends with the piece; *next is the cursor of the following one, NULL
 * after the last. `state` must live as long as the exchange. An error in the first piece is answered as usual; one in a
 * later piece breaks the connection, so that a part is never taken for the whole. */
enum { CSV_PIECE_ROWS = 1000 };
typedef bool csv_piece(struct exchange *x, const void *state, const char *cursor, const char **next, struct error *err);
struct csv_stream {
	csv_piece *piece;
	const void *state;
	const char *cursor;
};
bool reply_csv_stream(struct exchange *x, const char *file, csv_piece *piece, const void *state,
                      struct error *err) MUST_CHECK;

bool reply_json(struct exchange *x, const struct value *value);
bool reply_record(struct exchange *x, const struct record_type *record, const void *object);
bool reply_rows(struct exchange *x, const struct record_type *record, struct rows rows);

/* After an action: a form is led to `page`, an /api address gets the answer. */
bool reply_done(struct exchange *x, const char *page, const struct value *answer);
bool reply_saved(struct exchange *x, const char *page, const struct record_type *record, const void *object);
bool reply_deleted(struct exchange *x, const char *page); /* {"deleted": true} */

/* Renders views/<name>.mustache. The shell's own data (user, csrf, active item) is added; on a page that shows a form
 * again also problem, wrong.<field> and, of a stale save, theirs. FAULT where the view does not exist or is broken. */
bool reply_page(struct exchange *x, const char *name, const char *title, const char *active, struct value *view,
                struct error *err) MUST_CHECK;

#endif
