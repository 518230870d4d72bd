/* Stored answers of idempotent requests. */
#include "core/http/idempotency.h"

#include <glib.h>
#include <string.h>

#include "core/base/lease.h"
#include "core/base/log.h"
#include "core/base/secret.h"
#include "core/jobs/owner.h"
#include "core/process/turns.h"
#include "core/store/clock.h"

static const char KEYS[] = "idempotency_keys";

enum { KEY_MAX = 255, LOCK_MS = 60 * SECOND_MS, TRY_MS = 100, FORM_TRIES = 30, RETRY_MS = SECOND_MS };

struct kept {
	const char *id;      /* digest of who asks, the route and the key */
	const char *request; /* digest of the request's content */
	const char *owner;   /* the process that ran or runs it */
	const char *object_id;
	struct moment locked_until, expires_at;
	int64_t status;      /* absent while running */
	struct bytes answer; /* encrypted */
};
static const struct field kept_fields[] = {
	FIELD(struct kept, id, .stored = "_id"),
	FIELD(struct kept, request),
	FIELD(struct kept, owner),
	FIELD(struct kept, object_id),
	FIELD(struct kept, locked_until),
	FIELD(struct kept, expires_at),
	FIELD(struct kept, status),
	FIELD(struct kept, answer, .flags = FIELD_PRIVATE),
};
static const struct record_type kept_record = RECORD_TYPE("KeptAnswer", struct kept, kept_fields);

struct idempotency {
	const char *id, *owner, *object_id, *seal;
};

const char *exchange_new_id(struct exchange *x) {
	return x->idempotency ? x->idempotency->object_id : store_new_id(x->arena);
}

static bool read_key(const struct exchange *x, const char **key, struct error *err) {
	const char *given = request_header(x, "Idempotency-Key");
	*key = given ? given : params_get(&x->form, "idempotency_key");
	if (!*key)
		*key = params_get(&x->query, "idempotency_key");
	if (text_is_empty(*key)) {
		*key = NULL;
		return true;
	}
	for (const char *c = *key; *c; c++)
		if (*c <= ' ' || *c > '~' || c - *key >= KEY_MAX)
			return error_field(err, "idempotency_key", "an Idempotency-Key has at most %d visible ASCII characters",
			                   KEY_MAX);
	return true;
}

/* Tokens are identified by the token itself, because two may have the same name. */
static char *scope_of(struct exchange *x, const char *key) {
	char token[SECRET_HEX] = "";
	if (x->authorization)
		secret_digest(x->authorization, token);
	return arena_print(x->arena, "%s|%s|%s %s|%s", x->identity.user ? x->identity.user : "", token, x->route->method,
	                   x->route->path, key);
}

static void add_digest(struct buf *out, const char *name, const char *bytes, size_t size) {
	char digest[SECRET_HEX];
	secret_digest_bytes(bytes, size, digest);
	buf_print(out, "%zu:%s=%s\n", strlen(name), name, digest);
}

/* A digest of the request's content, independent of its encoding. */
static char *request_of(struct exchange *x) {
	char digest[SECRET_HEX];
	BUF_AUTO out = { 0 };
	buf_print(&out, "%s?%s\n", x->path, x->query_text);
	for (int i = 0; i < x->form.count; i++) {
		const struct param *field = &x->form.items[i];
		if (strcmp(field->name, "csrf") != 0 && strcmp(field->name, "idempotency_key") != 0)
			add_digest(&out, field->name, field->value, strlen(field->value));
	}
	for (int i = 0; i < x->uploads.count; i++)
		add_digest(&out, x->uploads.items[i].name, x->uploads.items[i].bytes, x->uploads.items[i].size);
	if (x->file)
		add_digest(&out, "the file", x->file->bytes, (size_t)x->file->size);
	if (!x->form.count && x->raw.data)
		add_digest(&out, "the body", x->raw.data, x->raw.size);
	secret_mac(x->settings->secret_key, buf_text(&out), digest);
	return arena_copy(x->arena, digest);
}

static struct kept kept_new(struct exchange *x, const char *scope, struct moment now) {
	char id[SECRET_HEX], owner[OWNER_TEXT];
	struct kept kept;
	record_clear(&kept_record, &kept);
	secret_digest(scope, id);
	kept.id = arena_copy(x->arena, id);
	kept.request = request_of(x);
	kept.owner = arena_copy(x->arena, owner_self(owner));
	kept.object_id = store_new_id(x->arena);
	kept.locked_until = moment_add(now, LOCK_MS);
	kept.expires_at = moment_add(now, DAY_MS);
	return kept;
}

/* Replies with the first answer, stored as type, headers and body separated by NULs. */
static bool replay(struct exchange *x, const struct kept *kept, const char *seal, struct error *err) {
	BUF_AUTO plain = { 0 };
	if (!kept->answer.data || !secret_open(seal, kept->answer.data, kept->answer.size, &plain))
		return error_set(err, ERROR_CONFLICT, "This was done already, but its answer is no longer available");
	const char *type = buf_text(&plain), *headers = type + strlen(type) + 1, *body = headers + strlen(headers) + 1;
	x->status = (int)kept->status;
	x->type = arena_copy(x->arena, type);
	buf_text_add(&x->headers, headers);
	reply_header(x, "Idempotent-Replayed", "true");
	buf_add(&x->body, body, (size_t)(type + plain.size - body));
	return true;
}

/* A process serves one request at a time, so anything older that it owns no longer runs. */
static bool is_abandoned(const struct kept *first, const char *self, struct moment now) {
	return !lease_counts(first->locked_until, LOCK_MS, now) || !first->owner || text_same(first->owner, self) ||
	       owner_is_gone(first->owner);
}

static bool take_over(struct exchange *x, const struct kept *first, const struct kept *mine, bool *taken,
                      struct error *err) {
	return store_update(x->store, KEYS,
	                    FILTER(eq_text("_id", first->id), eq_moment("locked_until", first->locked_until),
	                           is_absent("status")),
	                    UPDATE(set_text("owner", mine->owner), set_moment("locked_until", mine->locked_until)), taken,
	                    err);
}

enum turn { TURN_MINE, TURN_REPLAY, TURN_WAIT };

/* The first request with a key runs; later ones get its answer. */
static bool take_turn(struct exchange *x, struct kept *mine, struct kept *first, enum turn *turn, struct error *err) {
	struct moment now;
	bool was_there, found, taken = false;
	*turn = TURN_MINE;
	if (!store_insert_once(x->store, KEYS, &kept_record, mine, &was_there, err))
		return false;
	if (!was_there)
		return true;
	*turn = TURN_WAIT;
	if (!store_find_now(x->store, KEYS, FILTER(eq_text("_id", mine->id)), &kept_record, x->arena, first, &found, &now,
	                    err))
		return false;
	if (!found) /* it was refused, so the key is free again */
		return true;
	if (!text_same(first->request, mine->request)) {
		x->failure = FAILURE_KEY;
		return error_set(err, ERROR_INVALID,
		                 x->wants_json ? "this Idempotency-Key was used before with another request"
		                               : "This form was sent before with other values. Send it again if you "
		                                 "mean a second one");
	}
	if (first->status != COUNT_NONE) {
		*turn = TURN_REPLAY;
		return true;
	}
	if (!is_abandoned(first, mine->owner, now))
		return true;
	if (!take_over(x, first, mine, &taken, err))
		return false;
	mine->object_id = first->object_id;
	*turn = taken ? TURN_MINE : TURN_WAIT;
	return true;
}

/* A form that was sent twice gets the first answer once it is there. One worker at a time waits for that, so that
 * repetitions of a slow one do not hold all workers. */
static bool await_first(struct exchange *x, struct kept *mine, struct kept *first, enum turn *turn, struct error *err) {
	struct turns waiting = { arena_print(x->arena, "%s/run/repeats.lock", x->settings->home), 1, -1 };
	struct error busy;
	bool fine = true;
	if (!turns_begin(&waiting, "Another one waits", &busy))
		return true;
	for (int tries = FORM_TRIES; fine && *turn == TURN_WAIT && tries > 0; tries--) {
		g_usleep((gulong)TRY_MS * 1000);
		fine = take_turn(x, mine, first, turn, err);
	}
	turns_end(&waiting);
	return fine;
}

static bool begin(struct exchange *x, const char *scope, bool *replayed, struct error *err) {
	char seal[SECRET_HEX];
	struct moment now;
	struct kept first;
	enum turn turn;
	if (!store_now(x->store, &now, err))
		return false;
	struct kept mine = kept_new(x, scope, now);
	secret_mac(x->settings->secret_key, scope, seal);
	if (!take_turn(x, &mine, &first, &turn, err) ||
	    (turn == TURN_WAIT && !x->wants_json && !await_first(x, &mine, &first, &turn, err)))
		return false;
	if (turn == TURN_WAIT)
		return error_wait(err, ERROR_CONFLICT, RETRY_MS,
		                  "the first request with this Idempotency-Key is still being answered");
	*replayed = turn == TURN_REPLAY;
	if (*replayed)
		return replay(x, &first, seal, err);
	x->idempotency = arena_new_of(x->arena, struct idempotency);
	*x->idempotency = (struct idempotency){ mine.id, mine.owner, mine.object_id, arena_copy(x->arena, seal) };
	return true;
}

bool idempotency_begin(struct exchange *x, bool *replayed, struct error *err) {
	const char *key;
	*replayed = false;
	if (!x->route->creates)
		return true;
	return read_key(x, &key, err) && (!key || begin(x, scope_of(x, key), replayed, err));
}

static bool keep(struct exchange *x, struct error *err) {
	const struct idempotency *mine = x->idempotency;
	BUF_AUTO plain = { 0 }, sealed = { 0 };
	bool matched;
	buf_text_add(&plain, x->type ? x->type : "text/plain; charset=utf-8");
	buf_char(&plain, '\0');
	buf_text_add(&plain, buf_text(&x->headers));
	buf_char(&plain, '\0');
	buf_add(&plain, buf_text(&x->body), x->body.size);
	secret_seal(mine->seal, plain.bytes, plain.size, &sealed);
	secret_wipe(plain.bytes, plain.size);
	return store_update(x->store, KEYS, FILTER(eq_text("_id", mine->id), eq_text("owner", mine->owner)),
	                    UPDATE(set_count("status", x->status),
	                           set_bytes("answer", &(struct bytes){ sealed.bytes, sealed.size })),
	                    &matched, err);
}

static bool set_free(struct exchange *x, struct error *err) {
	const struct idempotency *mine = x->idempotency;
	int64_t deleted;
	return store_delete(x->store, KEYS, FILTER(eq_text("_id", mine->id), eq_text("owner", mine->owner)), &deleted, err);
}

void idempotency_end(struct exchange *x, const struct error *failure) {
	struct error err = ERROR_INIT;
	if (!x->idempotency)
		return;
	bool lasts = failure ? failure->kind == ERROR_FAULT : x->status < 400;
	if (!(lasts ? keep(x, &err) : set_free(x, &err)))
		log_failure("keeping the answer of an Idempotency-Key", &err);
}
