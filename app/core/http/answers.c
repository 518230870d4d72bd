/* A hash table over a list in order of use. */
#include "core/http/answers.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

struct entry {
	char *key;
	struct answer answer;
	size_t bytes;
	GList link;
};

struct answers {
	GHashTable *by_key; /* key -> struct entry */
	GQueue used;        /* the newest first */
	size_t bytes, most_bytes;
	int most;
};

static void free_entry(void *memory) {
	struct entry *entry = memory;
	g_free(entry->key);
	g_free((char *)(uintptr_t)entry->answer.type);
	g_free((char *)(uintptr_t)entry->answer.headers);
	g_free((char *)(uintptr_t)entry->answer.body);
	g_free(entry);
}

struct answers *answers_new(int most, size_t most_bytes) {
	struct answers *answers = g_new0(struct answers, 1);
	answers->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_entry);
	g_queue_init(&answers->used);
	answers->most = most;
	answers->most_bytes = most_bytes;
	return answers;
}

void answers_free(struct answers *answers) {
	if (!answers)
		return;
	g_hash_table_destroy(answers->by_key);
	g_free(answers);
}

static void drop(struct answers *answers, struct entry *entry) {
	g_queue_unlink(&answers->used, &entry->link);
	answers->bytes -= entry->bytes;
	(void)g_hash_table_remove(answers->by_key, entry->key);
}

const struct answer *answers_find(struct answers *answers, const char *key) {
	struct entry *entry = g_hash_table_lookup(answers->by_key, key);
	if (!entry)
		return NULL;
	g_queue_unlink(&answers->used, &entry->link);
	g_queue_push_head_link(&answers->used, &entry->link);
	return &entry->answer;
}

void answers_keep(struct answers *answers, const char *key, const struct answer *answer) {
	size_t bytes = strlen(key) + strlen(answer->headers) + answer->size + sizeof(struct entry);
	struct entry *entry = g_hash_table_lookup(answers->by_key, key);
	if (entry)
		drop(answers, entry);
	if (bytes > answers->most_bytes / 8)
		return;
	while (answers->used.length &&
	       (answers->bytes + bytes > answers->most_bytes || (int)answers->used.length >= answers->most))
		drop(answers, g_queue_peek_tail(&answers->used));
	entry = g_new0(struct entry, 1);
	entry->key = g_strdup(key);
	entry->answer = (struct answer){ g_strdup(answer->type), g_strdup(answer->headers),
		                             g_memdup2(answer->body, answer->size), answer->size };
	entry->bytes = bytes;
	entry->link.data = entry;
	g_queue_push_head_link(&answers->used, &entry->link);
	(void)g_hash_table_insert(answers->by_key, entry->key, entry);
	answers->bytes += bytes;
}

size_t answers_bytes(const struct answers *answers) {
	return answers->bytes;
}
