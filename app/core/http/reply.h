/* The answer of a handler, given exactly once. All return true, so that a handler can end with one; those with `err`
 * may fail. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "core/fields/field.h"

struct exchange;

void reply_header(struct exchange *x, const char *name, const char *value);
/* HttpOnly, for the whole site, Secure if PUBLIC_BASE_URL is https (the name then gets the prefix __Host-). seconds 0:
 * until the browser closes; negative: delete it. */
void reply_cookie(struct exchange *x, const char *name, const char *value, int64_t seconds);
const char *exchange_cookie(const struct exchange *x, const char *name); /* by the name given to reply_cookie */

bool reply_redirect(struct exchange *x, const char *to); /* 303 */
bool reply_bytes(struct exchange *x, const char *type, const char *bytes, size_t size);
bool reply_csv(struct exchange *x, const char *file);
/* A whole table: the record's columns, then a line each. */
bool reply_csv_rows(struct exchange *x, const char *file, const struct record_type *record,
                    struct rows rows); /* the body is already written; bom=1 prepends a UTF-8 BOM */

/* A table of any length, sent in pieces of bounded memory. `piece` appends the rows after `cursor` (NULL: the first
 * rows) to x->body, using x->arena, which is reset after each piece; *next is the cursor of the next piece, NULL after
 * the last. `state` must live as long as the exchange. An error in the first piece is answered as usual; in a later one
 * it breaks the connection, so that a partial table is never taken for the whole. */
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

/* After an action: redirects a form to `page`, sends `answer` to an API client. */
bool reply_done(struct exchange *x, const char *page, const struct value *answer);
bool reply_saved(struct exchange *x, const char *page, const struct record_type *record, const void *object);
bool reply_deleted(struct exchange *x, const char *page); /* {"deleted": true} */

/* Renders views/<name>.mustache. Adds the shell's data (user, csrf, active item) and, if a form is shown again,
 * problem and wrong.<field>. FAULT if the view does not exist or is broken. */
bool reply_page(struct exchange *x, const char *name, const char *title, const char *active, struct value *view,
                struct error *err) MUST_CHECK;

/* A page that asks before something that cannot be undone: what, what follows, a button that does it, a way back. Its
 * row is the GET of the address that does it, which its form posts to. */
enum { CONFIRM_LINES = 3 };
struct confirm {
	const char *question;             /* "Delete the schedule “ACME Energy monthly”?" */
	const char *lines[CONFIRM_LINES]; /* what follows; NULL: none */
	const char *button;               /* "Delete schedule" */
	const char *action;               /* where the form posts to; NULL: the address of this page */
	const char *name, *value;         /* a field of the form, or NULL */
	const char *back, *place;         /* the page where it was asked, and its name */
	const char *active;               /* as for reply_page */
	bool removes_nothing;             /* its button is that of any page, without a warning colour */
};
bool reply_confirm(struct exchange *x, const struct confirm *confirm, struct error *err) MUST_CHECK;

/* The problem of each field, a map of { field, text } by name; empty unless the page shows a form again. Each control
 * in a view includes {{#wrong.name}}{{>invalid}}{{/wrong.name}} and, after it, {{#wrong.name}}{{>problem}}…; if a page
 * has several forms of one kind, each has its own `wrong`. */
struct value *reply_wrong(const struct exchange *x);

#endif
