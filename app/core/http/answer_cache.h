/* What one worker keeps, by what it is a function of: finished answers by the version of the data, identities by the
 * version of the rights. Bounded in number and bytes; what was not asked for longest goes first. Nothing is kept by
 * time. */
#ifndef HTTP_ANSWER_CACHE_H
#define HTTP_ANSWER_CACHE_H

#include <stddef.h>

struct answer_cache;

struct cached_answer {
	const char *type, *headers, *body; /* type and headers are texts */
	size_t size;                       /* of the body */
};

/* `max` items of `max_bytes` in sum; one above an eighth of that is not cached. */
struct answer_cache *answer_cache_new(int max, size_t max_bytes);
void answer_cache_free(struct answer_cache *cache); /* NULL is nothing */

/* NULL when there is none. The item lives until the next answer_cache_put. */
const struct cached_answer *answer_cache_find(struct answer_cache *cache, const char *key);

/* Copies all. */
void answer_cache_put(struct answer_cache *cache, const char *key, const struct cached_answer *item);

#endif
