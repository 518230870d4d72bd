/* Rows that come twice. */
#include <string.h>

#include "observing/engine.h"

int work_drop_repeats(struct work *work, const struct task *task, struct rows rows, size_t size, size_t external,
                      GHashTable *seen) {
	g_autoptr(GHashTable) own = seen ? NULL : g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GHashTable *ids = seen ? seen : own;
	char *items = rows.items;
	int kept = 0;
	for (int i = 0; i < rows.count; i++) {
		char *row = items + size * (size_t)i;
		const struct external *its = (const void *)(row + external);
		if (!g_hash_table_add(ids, g_strdup(its->id))) {
			const char *what = arena_print(work->arena, "%s: it comes twice, and only the first one counts", its->id);
			work_unreadable(work, task, &(struct unreadable){ .items = { what }, .count = 1 });
			continue;
		}
		if (items + size * (size_t)kept != row)
			memcpy(items + size * (size_t)kept, row, size);
		kept++;
	}
	return kept;
}
