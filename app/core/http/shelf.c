/* A hash table over a list in order of use. */
#include "core/http/shelf.h"

#include <glib.h>
#include <stdint.h>
#include <string.h>

struct entry {
	char *key;
	struct shelf_item item;
	size_t bytes;
	GList link;
};

struct shelf {
	GHashTable *by_key; /* key -> struct entry */
	GQueue used;        /* the newest first */
	size_t bytes, most_bytes;
	int most;
};

static void free_entry(void *memory) {
	struct entry *entry = memory;
	g_free(entry->key);
	g_free((char *)(uintptr_t)entry->item.type);
	g_free((char *)(uintptr_t)entry->item.headers);
	g_free((char *)(uintptr_t)entry->item.body);
	g_free(entry);
}

struct shelf *shelf_new(int most, size_t most_bytes) {
	struct shelf *shelf = g_new0(struct shelf, 1);
	shelf->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_entry);
	g_queue_init(&shelf->used);
	shelf->most = most;
	shelf->most_bytes = most_bytes;
	return shelf;
}

void shelf_free(struct shelf *shelf) {
	if (!shelf)
		return;
	g_hash_table_destroy(shelf->by_key);
	g_free(shelf);
}

static void drop(struct shelf *shelf, struct entry *entry) {
	g_queue_unlink(&shelf->used, &entry->link);
	shelf->bytes -= entry->bytes;
	(void)g_hash_table_remove(shelf->by_key, entry->key);
}

const struct shelf_item *shelf_find(struct shelf *shelf, const char *key) {
	struct entry *entry = g_hash_table_lookup(shelf->by_key, key);
	if (!entry)
		return NULL;
	g_queue_unlink(&shelf->used, &entry->link);
	g_queue_push_head_link(&shelf->used, &entry->link);
	return &entry->item;
}

void shelf_keep(struct shelf *shelf, const char *key, const struct shelf_item *item) {
	size_t bytes = strlen(key) + strlen(item->headers) + item->size + sizeof(struct entry);
	struct entry *entry = g_hash_table_lookup(shelf->by_key, key);
	if (entry)
		drop(shelf, entry);
	if (bytes > shelf->most_bytes / 8)
		return;
	while (shelf->used.length && (shelf->bytes + bytes > shelf->most_bytes || (int)shelf->used.length >= shelf->most))
		drop(shelf, g_queue_peek_tail(&shelf->used));
	entry = g_new0(struct entry, 1);
	entry->key = g_strdup(key);
	entry->item = (struct shelf_item){ g_strdup(item->type), g_strdup(item->headers), g_memdup2(item->body, item->size),
		                               item->size };
	entry->bytes = bytes;
	entry->link.data = entry;
	g_queue_push_head_link(&shelf->used, &entry->link);
	(void)g_hash_table_insert(shelf->by_key, entry->key, entry);
	shelf->bytes += bytes;
}
