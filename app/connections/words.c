/* Connections in words. */
#include "connections/words.h"

#include <string.h>

#include "core/base/buf.h"

static void add(struct buf *out, const char *words) {
	buf_print(out, "%s%s", out->size ? ", " : "", words);
}

static void add_rate(struct buf *out, int64_t rate, const char *each, struct arena *arena) {
	if (rate != COUNT_NONE)
		add(out, arena_print(arena, "%s %s", text_of_count(arena, rate), each));
}

const char *limits_words(const struct connection_limits *limits, bool sms, struct arena *arena) {
	BUF_AUTO out = { 0 };
	add_rate(&out, limits->per_second, "a second", arena);
	add_rate(&out, limits->per_minute, "a minute", arena);
	add_rate(&out, limits->per_hour, "an hour", arena);
	add_rate(&out, limits->per_day, "a day", arena);
	if (limits->delay != COUNT_NONE)
		add(&out, arena_print(arena, "%lld s between %s", (long long)limits->delay, sms ? "messages" : "emails"));
	if (limits->batch_size != COUNT_NONE)
		add(&out, arena_print(arena, "%s at once", text_of_count(arena, limits->batch_size)));
	if (limits->batch_delay != COUNT_NONE)
		add(&out, arena_print(arena, "then %lld s of pause", (long long)limits->batch_delay));
	return out.size ? arena_copy(arena, buf_text(&out)) : "no limit of its own";
}

const char *connection_server(const struct connection *connection, struct arena *arena) {
	const char *url = connection->base_url, *host = url ? strstr(url, "://") : NULL;
	if (connection->smtp.host)
		return arena_print(arena, "%s:%lld", connection->smtp.host, (long long)connection->smtp.port);
	return host ? arena_print(arena, "%.*s", (int)strcspn(host + 3, "/"), host + 3) : url;
}

const char *connection_sender(const struct connection *connection, struct arena *arena) {
	if (connection->from_phone)
		return connection->from_phone;
	if (connection->from_email && connection->from_name)
		return arena_print(arena, "%s, %s", connection->from_name, connection->from_email);
	return connection->from_email;
}
