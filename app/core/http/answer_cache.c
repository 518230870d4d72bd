/* An LRU cache: a hash table and a list in order of use. */
#include "core/http/answer_cache.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

struct entry {
	char *key;
	struct cached_answer item;
	size_t bytes;
	GList link;
};

struct answer_cache {
	GHashTable *by_key; /* key -> struct entry */
	GQueue used;        /* most recently used first */
	size_t bytes, max_bytes;
	int max;
};

static void free_entry(void *memory) {
	struct entry *entry = memory;
	g_free(entry->key);
	g_free((char *)(uintptr_t)entry->item.type);
	g_free((char *)(uintptr_t)entry->item.headers);
	g_free((char *)(uintptr_t)entry->item.body);
	g_free(entry);
}

struct answer_cache *answer_cache_new(int max, size_t max_bytes) {
	struct answer_cache *cache = g_new0(struct answer_cache, 1);
	cache->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_entry);
	g_queue_init(&cache->used);
	cache->max = max;
	cache->max_bytes = max_bytes;
	return cache;
}

void answer_cache_free(struct answer_cache *cache) {
	if (!cache)
		return;
	g_hash_table_destroy(cache->by_key);
	g_free(cache);
}

static void drop(struct answer_cache *cache, struct entry *entry) {
	g_queue_unlink(&cache->used, &entry->link);
	cache->bytes -= entry->bytes;
	(void)g_hash_table_remove(cache->by_key, entry->key);
}

const struct cached_answer *answer_cache_find(struct answer_cache *cache, const char *key) {
	struct entry *entry = g_hash_table_lookup(cache->by_key, key);
	if (!entry)
		return NULL;
	g_queue_unlink(&cache->used, &entry->link);
	g_queue_push_head_link(&cache->used, &entry->link);
	return &entry->item;
}

void answer_cache_put(struct answer_cache *cache, const char *key, const struct cached_answer *item) {
	size_t bytes = strlen(key) + strlen(item->headers) + item->size + sizeof(struct entry);
	struct entry *entry = g_hash_table_lookup(cache->by_key, key);
	if (entry)
		drop(cache, entry);
	if (bytes > cache->max_bytes / 8)
		return;
	while (cache->used.length && (cache->bytes + bytes > cache->max_bytes || (int)cache->used.length >= cache->max))
		drop(cache, g_queue_peek_tail(&cache->used));
	entry = g_new0(struct entry, 1);
	entry->key = g_strdup(key);
	entry->item = (struct cached_answer){ g_strdup(item->type), g_strdup(item->headers),
		                                  g_memdup2(item->body, item->size), item->size };
	entry->bytes = bytes;
	entry->link.data = entry;
	g_queue_push_head_link(&cache->used, &entry->link);
	(void)g_hash_table_insert(cache->by_key, entry->key, entry);
	cache->bytes += bytes;
}
