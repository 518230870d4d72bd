/* One request and its answer. Everything here lives in `arena`, which ends with the exchange.
 *
 * A handler reads, calls its room, and replies once. When it returns false, the failure page (or JSON)
 * answers instead; nothing was sent before. */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "core/base/buf.h"
#include "core/fields/field.h"
#include "core/formats/multipart.h"
#include "core/formats/mustache.h"
#include "core/formats/url.h"
#include "core/http/answer_cache.h"
#include "core/process/settings.h"
#include "core/store/store.h"

enum { PATH_VALUES = 4, BODY_LIMIT = 1024 * 1024 };

enum route_guard {
	GUARD_SIGNED_IN, /* session or token; writes need the session's CSRF token or a write scope */
	GUARD_PUBLIC,
};

struct exchange;
struct http_service;
struct csv_stream;
typedef bool route_handler(struct exchange *x, struct error *err);

struct route {
	const char *method;
	const char *path; /* ":name" stands for one segment */
	enum route_guard guard;
	route_handler *handle;
	const char *summary;              /* for the OpenAPI document; NULL keeps a page out of it */
	const struct record_type *output; /* of JSON, NULL for free form */
	const struct record_type *input;  /* of the JSON body, NULL for none */
	bool list;                        /* the output is an array of `output` */
	const char *parameters;           /* query parameters, comma-separated */
	/* The answer is a function of the data version, who asks, the address and the day: a worker may keep
	 * it, and JSON and downloads carry an ETag (RFC 9110, 8.8.3). */
	bool observed, download;
};

struct identity {
	const char *user;           /* NULL: nobody */
	const char *session, *csrf; /* NULL for a token */
	bool can_write, one_time;   /* one_time: signed in with a password that was made by the command line */
};

struct exchange {
	struct arena *arena;
	const struct settings *settings;
	struct store *store;
	struct templates *templates;
	struct answer_cache *answers, *identities;
	const struct http_service *service;

	const char *method, *path, *query_text, *remote;
	bool wants_json; /* the path begins with /api/, or is a probe */
	struct params query, form, cookies;
	struct uploads uploads;                          /* files of the form */
	const struct value *json;                        /* a body of application/json; NULL without one */
	const char *authorization, *origin_site;         /* headers Authorization, Sec-Fetch-Site */
	const char *csrf_header, *if_none_match, *agent; /* User-Agent */
	const struct route *route;
	const char *values[PATH_VALUES]; /* of ":name", in order */
	struct identity identity;
	struct versions versions; /* read once, where the route has a guard */

	const struct csv_stream *stream; /* rows that are still to come after `body`; NULL when the body is all */
	int status;
	bool may_revalidate; /* the client may keep the answer and ask whether it still holds */
	const char *type;
	struct buf headers, body;
	struct buf cookie_headers; /* outlive a failure page */
};

/* How a request learns who asks; given by the users room. */
typedef bool exchange_identify(struct exchange *x, struct error *err);

/* Adds to the template data what every page shows; never fails. */
typedef void exchange_frame(struct exchange *x, struct value *view);

struct http_service {
	const struct route *const *tables; /* each ends with a row without method */
	int count;
	exchange_identify *identify;
	exchange_frame *frame; /* NULL for none */
	const char *instance;  /* differs from start to start, so that no answer outlives a new version */
};

/* Finds the route, checks its guards, calls the handler, turns an error into an answer. Always leaves a
 * complete answer in x. */
void exchange_serve(struct exchange *x, const struct http_service *service);

void reply_header(struct exchange *x, const char *name, const char *value);
/* HttpOnly, for the whole site, Secure where PUBLIC_BASE_URL is https (the name then gets the prefix __Host-).
 * seconds 0: until the browser closes; negative: forget it. */
void reply_cookie(struct exchange *x, const char *name, const char *value, int64_t seconds);
const char *exchange_cookie(const struct exchange *x, const char *name); /* as reply_cookie named it */

bool reply_redirect(struct exchange *x, const char *to); /* 303; true */
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

/* Renders views/<name>.mustache; the shell's own data (user, csrf, active item) is added. */
bool reply_page(struct exchange *x, const char *name, const char *title, const char *active, struct value *view,
                struct error *err) MUST_CHECK;

/* `path` with the query of this request, but another value for one parameter (NULL: without it) and no
 * cursor. */
char *exchange_address(const struct exchange *x, const char *path, const char *name, const char *value);

/* Puts into a page's view what its note of a past moment needs: past (in words), past_query ("?as_of=…") and
 * now_address; nothing for MOMENT_NONE. */
void exchange_put_past(const struct exchange *x, struct value *view, struct moment as_of);

/* The parameter limit=: a number from 1 to `max`, `usual` when nothing is said. INVALID names it. */
bool exchange_limit(const struct exchange *x, int usual, int max, int *limit, struct error *err) MUST_CHECK;

/* Adds { key, label, chosen } to a list of template data: an option of a form or a chip. */
void put_choice(struct value *list, const char *key, const char *label, bool chosen);

/* The path as a log may hold it: a token in it is a secret. */
const char *exchange_log_path(const struct exchange *x);

/* Answers for an error, as page or JSON. */
void failure_reply(struct exchange *x, const struct error *err);

/* The OpenAPI 3.1 document of the service. */
struct value *openapi_document(const struct http_service *service, struct arena *arena);

/* Accepts FastCGI requests on the socket until the process is to stop or has served its share. */
int fcgi_worker_loop(int listener, const struct settings *settings, const struct http_service *service);

#endif
