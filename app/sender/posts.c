/* Pools of sessions. */
#include "sender/posts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "connections/secrets.h"
#include "core/base/secret.h"
#include "core/process/settings.h"

enum { LOOK_MS = 5 * SECOND_MS };

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
	       error_set(err, ERROR_CONFLICT, "The connection “%s” is no mail server, and others cannot send yet",
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

static const char *hello_of(const struct connection *connection, const struct settings *settings) {
	const char *from = text_is_empty(connection->from_email) ? settings->smtp_from : connection->from_email;
	const char *at = from ? strrchr(from, '@') : NULL;
	return at ? at + 1 : "localhost";
}

static struct smtp_times times_of(const struct settings *settings) {
	struct smtp_times times = smtp_times;
	int64_t reply = settings->smtp_reply_seconds * SECOND_MS;
	times.connect = reply / 4;
	times.open = reply / 2;
	times.command = settings->send_timeout * SECOND_MS;
	times.block = reply * 3 / 2;
	times.dot = settings->smtp_dot_seconds * SECOND_MS;
	return times;
}

static void open_pool(struct posts *posts, struct post *post) {
	const struct settings *settings = posts->settings;
	const struct connection *connection = &post->connection;
	post->times = times_of(settings);
	post->limits = (struct smtp_limits){ .sessions = (int)settings->smtp_sessions, .mails = smtp_limits.mails };
	post->account = (struct smtp_account){
		.host = connection->smtp.host,
		.user = connection->smtp.username ? connection->smtp.username : "",
		.password = buf_text(&post->password),
		.hello = hello_of(connection, settings),
		.authorities = settings->smtp_authorities,
		.port = (int)connection->smtp.port,
		.tls = connection->smtp.tls,
		.reach = connection->from_settings ? REACH_ANYWHERE
		         : settings->private_hosts ? REACH_PRIVATE
		                                   : REACH_PUBLIC,
	};
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
	struct post *post = connection_id ? find_post(posts, connection_id) : find_default(posts);
	if (post && !post_refresh(posts, post, err))
		return false;
	if (post && post->is_stale)
		post = NULL;
	if (!post && !new_post(posts, connection_id, &post, err))
		return false;
	post->holds++;
	*out = post;
	drop_unused(posts);
	return true;
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
	for (struct post *post = posts->first; post; post = post->next)
		smtp_turn(post->pool, (int)(ms / used));
}
