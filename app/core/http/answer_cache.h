/* The LRU cache of one worker: finished answers keyed by the version of the data, identities by the version of the
 * rights. Bounded in number and bytes. Nothing expires by time. */
#ifndef HTTP_ANSWER_CACHE_H
#define HTTP_ANSWER_CACHE_H

#include <stddef.h>

struct answer_cache;

struct cached_answer {
	const char *type, *headers, *body; /* type and headers are NUL-terminated */
	size_t size;                       /* of the body */
};

/* At most `max` items and `max_bytes` in total; an item above an eighth of that is not cached. */
struct answer_cache *answer_cache_new(int max, size_t max_bytes);
void answer_cache_free(struct answer_cache *cache); /* NULL is a no-op */

/* NULL if not cached. The item is valid until the next answer_cache_put. */
const struct cached_answer *answer_cache_find(struct answer_cache *cache, const char *key);

/* Copies the item. */
void answer_cache_put(struct answer_cache *cache, const char *key, const struct cached_answer *item);

#endif
