/* Finished answers of one worker, kept by what they are a function of. Bounded in number and bytes; the one
 * not asked for longest goes first. Nothing is kept by time. */
#ifndef HTTP_ANSWERS_H
#define HTTP_ANSWERS_H

#include <stddef.h>

struct answers;

struct answer {
	const char *type, *headers, *body;
	size_t size;
};

/* `most` answers of `most_bytes` in sum; an answer above an eighth of that is not kept. */
struct answers *answers_new(int most, size_t most_bytes);
void answers_free(struct answers *answers); /* NULL is nothing */

/* NULL when there is none. The answer lives until the next answers_keep. */
const struct answer *answers_find(struct answers *answers, const char *key);

/* Copies all. */
void answers_keep(struct answers *answers, const char *key, const struct answer *answer);

/* Bytes held now. */
size_t answers_bytes(const struct answers *answers);

#endif
