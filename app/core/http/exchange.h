/* One request and its answer. Everything here lives in `arena`, which ends with the exchange. */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "core/base/buf.h"
#include "core/formats/multipart.h"
#include "core/formats/mustache.h"
#include "core/formats/url.h"
#include "core/http/answer_cache.h"
#include "core/http/body_file.h"
#include "core/http/failure.h"
#include "core/http/reply.h"
#include "core/http/request.h"
#include "core/http/router.h"
#include "core/process/settings.h"
#include "core/store/store.h"
#include "core/store/version.h"

struct http_service;

struct identity {
	const char *user;           /* NULL: nobody */
	const char *session, *csrf; /* NULL for a token */
	bool can_write, one_time;   /* one_time: signed in with a password that was made by the command line */
};

struct exchange {
	/* Of the worker; given. */
	struct arena *arena;
	const struct settings *settings;
	struct store *store;
	struct templates *templates;
	struct answer_cache *answers, *identities;
	const struct http_service *service;
	const struct request_source *source;
	struct moment now; /* when the request came: one moment for all that it does */

	/* The head of the request. */
	const char *method, *path, *query_text, *remote;
	bool wants_json; /* the path begins with /api/, or is a probe */
	struct params query, cookies;
	const char *authorization, *origin_site;         /* headers Authorization, Sec-Fetch-Site */
	const char *csrf_header, *if_none_match, *agent; /* User-Agent */

	/* Its route, and who asks. */
	const struct route *route;       /* NULL: there is none */
	const char *values[PATH_VALUES]; /* of ":name", in order */
	struct identity identity;
	struct versions versions; /* read once, where the guard asks who it is */

	/* Its body. */
	struct bytes raw;         /* as it came; empty for one in a file */
	struct body_file *file;   /* of BODY_FILE */
	struct params form;       /* empty without one */
	struct uploads uploads;   /* files of the form */
	const struct value *json; /* of application/json; NULL without one */
	const void *input;        /* one object of the route's `input` */

	/* What is wrong, if something is. */
	struct problems problems; /* of the input, all at once */
	const char *problem;      /* in words, on a page that shows its form or filters again; else NULL */
	struct value *stored;     /* what a stale save has met, or NULL */
	enum failure failure;
	const char *allow, *log_path;
	struct idempotency *idempotency; /* NULL: this request is not kept for a repetition */

	/* The answer. */
	const struct csv_stream *stream; /* rows that are still to come after `body`; NULL when the body is all */
	int status;
	bool may_revalidate; /* the client may keep the answer and ask whether it still holds */
	const char *type;
	struct buf headers, body;
	struct buf cookie_headers; /* outlive a failure page */
};

/* How a request learns who asks; given by the room that knows. */
typedef bool exchange_identify(struct exchange *x, struct error *err);

/* Adds to the template data what every page shows; never fails. */
typedef void exchange_frame(struct exchange *x, struct value *view);

/* A row of the menu that every page of somebody signed in shows. */
struct menu_item {
	const char *key, *address, *label; /* key: `active` of reply_page */
	bool counts_unread;                /* the frame's number of unread notices stands behind it */
};

struct http_service {
	const struct router *router;
	exchange_identify *identify;
	exchange_frame *frame;        /* NULL for none */
	unsigned frame_realms;        /* what the frame depends on, and so every page */
	const struct menu_item *menu; /* ends with a row without key; NULL for none */
	const char *instance;         /* differs from start to start, so that no answer outlives a new version */
};

/* Reads the request, finds its route, checks its guard, decodes its input, calls the handler, turns an error into an
 * answer. Always leaves a complete answer in x. */
void exchange_serve(struct exchange *x, const struct http_service *service, const struct request_source *source);

/* Not GET, nor HEAD. */
bool exchange_is_write(const struct exchange *x);

/* `path` with the query of this request, but another value for one parameter (NULL: without it) and no
 * cursor. */
char *exchange_address(const struct exchange *x, const char *path, const char *name, const char *value);

/* Puts into a page's view what its note of a past moment needs: past (in words), past_query ("?as_of=…") and
 * now_address; null for MOMENT_NONE. */
void exchange_put_past(const struct exchange *x, struct value *view, struct moment as_of);

/* The parameter limit=: a number from 1 to `max`, `usual` when nothing is said. INVALID names it. */
bool exchange_limit(const struct exchange *x, int usual, int max, int *limit, struct error *err) MUST_CHECK;

/* Says in x->problem, with all of x->problems, what is wrong. */
void exchange_set_problem(struct exchange *x, const struct error *problem);

/* A page whose address says something wrong is shown all the same, as 400 and with x->problem: true. False, with *err,
 * for a problem that is no wrong input. */
bool exchange_show_problem(struct exchange *x, const struct error *problem, struct error *err) MUST_CHECK;

/* On a page that shows its form again: what was typed for that field; else, and for a field that was not in the form,
 * `stored`. */
const char *exchange_typed(const struct exchange *x, const char *field, const char *stored);

/* A save that would undo somebody else's: CONFLICT (store_is_stale). What is stored now goes with the answer, in JSON
 * as "current", and the form is shown again. Always false. */
bool exchange_stale(struct exchange *x, const struct record_type *record, const void *stored, struct error *err);

/* What the form's hidden field `rev` holds: the stored revision; where a form is shown again, the one that it came
 * with, until it has shown what somebody else saved. */
const char *exchange_revision(const struct exchange *x, int64_t stored);

/* For the partial "late", which a form includes: a row for each field in which a save that came too late differs from
 * what is stored. put_late begins, put_saved adds one (nothing where both are the same). */
struct value *put_late(const struct exchange *x, struct value *view);
void put_saved(struct value *late, const char *label, const char *stored, const char *typed);

/* The id of what this request makes: a new one, but the same when the request is repeated because its worker died
 * (idempotency.h). */
const char *exchange_new_id(struct exchange *x);

/* Adds { key, label, chosen } to a list of template data: an option of a form or a chip. */
void put_choice(struct value *list, const char *key, const char *label, bool chosen);

/* The path as a log may hold it: a token in it is a secret. */
const char *exchange_log_path(const struct exchange *x);

/* Accepts FastCGI requests on the socket until the process is to stop or has served its share. */
int fcgi_worker_loop(int listener, const struct settings *settings, const struct http_service *service);

#endif
