/* Reading a mail server's log. */
#include "dispatch/server_log.h"

#include <glib.h>
#include <string.h>

#include "dispatch/message.h"

/* QUEUED_MAX: mails that have a Message-ID and are not queued yet; there are never that many at once. */
enum { QUEUE_ID = 40, QUEUED_MAX = 100000 };

struct place {
	int64_t block, index;
};

struct server_log {
	char *campaign;
	GHashTable *named; /* queue id: struct place */
};

struct server_log *server_log_new(const char *campaign_id) {
	struct server_log *log = g_new0(struct server_log, 1);
	log->campaign = g_strdup(campaign_id);
	log->named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return log;
}

void server_log_free(struct server_log *log) {
	g_hash_table_destroy(log->named);
	g_free(log->campaign);
	g_free(log);
}

static bool read_message_id(const struct server_log *log, const char *at, struct place *place) {
	char campaign[MESSAGE_CAMPAIGN];
	return message_id_read(at, campaign, &place->block, &place->index) && strcmp(campaign, log->campaign) == 0;
}

/* "…]: QUEUEID: rest": the rest, and the queue id; NULL: it is no such line. */
static const char *read_queue_id(const char *line, char id[QUEUE_ID]) {
	const char *at = strstr(line, "]: ");
	if (!at)
		return NULL;
	at += 3;
	size_t size = strspn(at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
	if (size == 0 || size >= QUEUE_ID || strncmp(at + size, ": ", 2) != 0)
		return NULL;
	memcpy(id, at, size);
	id[size] = '\0';
	return at + size + 2;
}

static void name(struct server_log *log, const char *id, const struct place *place) {
	struct place *kept = g_new(struct place, 1);
	*kept = *place;
	if (g_hash_table_size(log->named) >= QUEUED_MAX)
		g_hash_table_remove_all(log->named);
	(void)g_hash_table_replace(log->named, g_strdup(id), kept);
}

static bool read_postfix(struct server_log *log, const char *line, struct place *place) {
	static const char message_id[] = "message-id=<", from[] = "from=<";
	char id[QUEUE_ID];
	const char *rest = read_queue_id(line, id);
	if (!rest)
		return false;
	if (strncmp(rest, message_id, sizeof message_id - 1) == 0) {
		if (read_message_id(log, rest + sizeof message_id - 1, place))
			name(log, id, place);
		return false;
	}
	const struct place *named = g_hash_table_lookup(log->named, id);
	if (!named || strncmp(rest, from, sizeof from - 1) != 0 || !strstr(rest, "(queue active)"))
		return false;
	*place = *named;
	(void)g_hash_table_remove(log->named, id);
	return true;
}

static bool read_exim(const struct server_log *log, const char *line, struct place *place) {
	static const char key[] = " id=";
	const char *at = strstr(line, " <= ");
	at = at ? strstr(at, key) : NULL;
	return at && read_message_id(log, at + sizeof key - 1, place);
}

bool server_log_read(struct server_log *log, const char *line, int64_t *block, int64_t *index) {
	struct place place;
	if (!read_postfix(log, line, &place) && !read_exim(log, line, &place))
		return false;
	*block = place.block;
	*index = place.index;
	return true;
}
