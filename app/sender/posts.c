/* Pools of sessions. */
#include "sender/posts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "composing/composition.h"
#include "connections/account.h"
#include "connections/secrets.h"
#include "core/base/secret.h"
#include "core/process/settings.h"

enum { GATHER_MS = 4, LOOK_MS = 5 * SECOND_MS, REST_MS = 15 * SECOND_MS, RESTS = 5 };
enum { TRY_MS = 10 * SECOND_MS, TRIED_MS = 5 * SECOND_MS, SILENT_MS = 10 * SECOND_MS };

/* A server that takes so long over each mail is slow, and so many hands are enough for it: those of two campaigns. */
enum { SLOW_MS = 4 * SECOND_MS, SLOW_HOLDS = 4 };

void posts_open(struct posts *posts, struct store *store, const struct settings *settings) {
	*posts = (struct posts){ store, settings, NULL };
}

static void free_post(struct post *post) {
	smtp_pool_free(post->pool);
	secret_wipe(post->password.bytes, post->password.size);
	buf_finish(&post->password);
	arena_free(post->arena);
	free(post);
}

void posts_close(struct posts *posts) {
	for (struct post *post; (post = posts->first);) {
		posts->first = post->next;
		free_post(post);
	}
}

static bool find_connection(struct posts *posts, const char *id, struct arena *arena, struct connection *connection,
                            struct error *err) {
	bool found;
	if (!connection_find(posts->store, id ? id : "default", arena, connection, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_CONFLICT,
		                 id ? "The connection of this campaign was deleted"
		                    : "No mail server is set: add a connection, or set DEFAULT_SMTP_HOST");
	if (!connection->is_active)
		return error_set(err, ERROR_CONFLICT, "The connection “%s” is switched off", connection->name);
	return connection->provider == PROVIDER_SMTP ||
	       error_set(err, ERROR_CONFLICT, "The connection “%s” is not a mail server, and others cannot send yet",
	                 connection->name);
}

static bool open_password(struct posts *posts, struct post *post, struct error *err) {
	const struct settings *settings = posts->settings;
	if (post->connection.from_settings) {
		buf_text_add(&post->password, settings->smtp_password);
		return true;
	}
	struct keyring ring = secrets_ring(settings);
	bool fine = secret_get(&ring, &post->connection, "password", &post->password, err);
	keyring_wipe(&ring);
	return fine;
}

static void open_pool(struct posts *posts, struct post *post) {
	const struct settings *settings = posts->settings;
	const struct connection *connection = &post->connection;
	post->times = smtp_times_of(settings->smtp_reply_seconds * SECOND_MS, settings->smtp_dot_seconds * SECOND_MS);
	post->times.command = settings->send_timeout * SECOND_MS;
	post->limits = (struct smtp_limits){ .sessions = (int)settings->smtp_sessions, .mails = smtp_limits.mails };
	const char *from = text_is_empty(connection->from_email) ? settings->smtp_from : connection->from_email;
	post->account = connection_account(connection, settings, from, buf_text(&post->password), post->arena);
	post->pool = smtp_pool_new(&post->account, &post->times, &post->limits);
}

static bool new_post(struct posts *posts, const char *id, struct post **out, struct error *err) {
	struct post *post = calloc(1, sizeof *post);
	if (!post)
		abort();
	post->arena = arena_new();
	post->looked_ms = monotonic_ms();
	if (!find_connection(posts, id, post->arena, &post->connection, err) || !open_password(posts, post, err)) {
		free_post(post);
		return false;
	}
	open_pool(posts, post);
	post->next = posts->first;
	posts->first = post;
	*out = post;
	return true;
}

static struct post *find_post(struct posts *posts, const char *id) {
	for (struct post *post = posts->first; post; post = post->next)
		if (!post->is_stale && text_same(post->connection.id, id))
			return post;
	return NULL;
}

static struct post *find_default(struct posts *posts) {
	for (struct post *post = posts->first; post; post = post->next)
		if (!post->is_stale && post->connection.from_settings && text_same(post->connection.name, "default"))
			return post;
	return NULL;
}

static void drop_unused(struct posts *posts) {
	for (struct post **at = &posts->first; *at;) {
		struct post *post = *at;
		if (!post->is_stale || post->holds > 0) {
			at = &post->next;
			continue;
		}
		*at = post->next;
		free_post(post);
	}
}

/* Has it been changed since? Then whoever holds it ends with it, and others get a new one. */
bool post_refresh(struct posts *posts, struct post *post, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct error why = ERROR_INIT;
	struct connection now;
	if (post->is_stale || monotonic_ms() - post->looked_ms < LOOK_MS)
		return true;
	post->looked_ms = monotonic_ms();
	if (!find_connection(posts, post->connection.id, arena, &now, &why)) {
		post->is_stale = why.kind == ERROR_CONFLICT;
		*err = why;
		return post->is_stale;
	}
	post->is_stale = now.rev != post->connection.rev ||
	                 !record_same(&connection_smtp_record, &now.smtp, &post->connection.smtp);
	post->connection.limits = now.limits;
	return true;
}

bool posts_take(struct posts *posts, const char *connection_id, struct post **out, struct error *err) {
	drop_unused(posts);
	struct post *post = connection_id ? find_post(posts, connection_id) : find_default(posts);
	if (post && !post_refresh(posts, post, err))
		return false;
	if (post && post->is_stale)
		post = NULL;
	if (!post && !new_post(posts, connection_id, &post, err))
		return false;
	post->holds++;
	*out = post;
	return true;
}

/* --- standing in --- */

static bool is_resting(const struct post *post) {
	return post && boot_ms() < post->rest_until_ms;
}

static bool same_domain(const char *from_email, const struct strings *froms, struct arena *arena) {
	const char *own = from_email ? strrchr(from_email, '@') : NULL;
	for (int i = 0; own && i < froms->count; i++) {
		const struct sender sender = sender_read(froms->items[i], arena);
		const char *other = sender.email ? strrchr(sender.email, '@') : NULL;
		if (!other || strcasecmp(own, other) != 0)
			return false;
	}
	return own && froms->count > 0;
}

static const char *find_spare(struct posts *posts, const char *connection_id, const struct strings *froms,
                              const struct rows *connections, struct arena *arena) {
	const struct connection *all = connections->items, *best = NULL;
	for (int i = 0; i < connections->count; i++)
		if (all[i].is_active && all[i].provider == PROVIDER_SMTP && !text_same(all[i].id, connection_id) &&
		    (connection_id || !all[i].from_settings) && !is_resting(find_post(posts, all[i].id)) &&
		    same_domain(all[i].from_email, froms, arena) && (!best || all[i].priority < best->priority))
			best = &all[i];
	return best ? best->id : NULL;
}

bool posts_take_for(struct posts *posts, const char *connection_id, const struct strings *froms, struct arena *arena,
                    struct post **post, bool *stands_in, struct error *err) {
	struct error why = ERROR_INIT;
	struct rows connections;
	*stands_in = false;
	bool taken = posts_take(posts, connection_id, post, &why);
	if (taken && !is_resting(*post))
		return true;
	if (!taken && why.kind != ERROR_CONFLICT) {
		*err = why;
		return false;
	}
	if (!connection_list(posts->store, arena, &connections, err)) {
		if (taken)
			post_leave(posts, *post);
		return false;
	}
	const char *spare = find_spare(posts, connection_id, froms, &connections, arena);
	if (!spare) {
		*err = why;
		return taken;
	}
	if (taken)
		post_leave(posts, *post);
	*stands_in = true;
	return posts_take(posts, spare, post, err);
}

void post_rest(struct post *post) {
	int64_t ms = REST_MS << (post->rests < RESTS ? post->rests : RESTS);
	post->try_ms = boot_ms() + TRY_MS;
	if (is_resting(post))
		return;
	post->rest_until_ms = boot_ms() + ms;
	post->rests++;
}

static bool is_silent(const struct post *post) {
	return smtp_silent_ms(post->pool) >= SILENT_MS;
}

bool post_is_slow(const struct post *post) {
	return is_silent(post) || smtp_took_ms(post->pool) >= SLOW_MS;
}

int64_t post_wait_ms(const struct post *post) {
	int64_t left = post->try_ms - boot_ms();
	if (is_silent(post) || (post_is_slow(post) && post->holds > SLOW_HOLDS))
		return TRIED_MS;
	if (!post->rests)
		return 0;
	return left > 0 ? left : post->holds > 1 ? TRIED_MS : 0;
}

void post_works(struct post *post) {
	post->rests = 0;
	post->rest_until_ms = 0;
}

void post_leave(struct posts *posts, struct post *post) {
	post->holds--;
	drop_unused(posts);
}

void posts_turn(struct posts *posts, int64_t ms) {
	int used = 0;
	for (const struct post *post = posts->first; post; post = post->next)
		used++;
	if (!used)
		(void)usleep((useconds_t)ms * 1000);
	for (struct post *post = posts->first; post; post = post->next) {
		smtp_turn(post->pool, (int)(ms / used));
		smtp_gather(post->pool, GATHER_MS);
	}
}
