/* Memory with one lifetime: a request, a job, a page of rows.
 *
 * Everything allocated from an arena lives until arena_reset or arena_free; nothing is freed individually. Out of
 * memory aborts the process, and its master starts another one. Size 0 is valid.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "core/base/error.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL is a no-op */

/* Runs the deferred functions, newest first, and frees everything but one block, which is reused. */
void arena_reset(struct arena *arena);

/* Zeroed and aligned for any type; never NULL. */
void *arena_alloc(struct arena *arena, size_t size);
#define arena_new_of(arena, type) ((type *)arena_alloc(arena, sizeof(type)))
#define arena_array(arena, type, count) ((type *)arena_alloc(arena, sizeof(type) * (size_t)(count)))

char *arena_copy(struct arena *arena, const char *text);                     /* NULL gives NULL */
char *arena_copy_bytes(struct arena *arena, const char *bytes, size_t size); /* appends a NUL */
char *arena_print(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* Calls release(object) when the arena is reset or freed. */
void arena_defer(struct arena *arena, void (*release)(void *), void *object);

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *arena);

void arena_cleanup(struct arena **arena);
#define ARENA_AUTO __attribute__((cleanup(arena_cleanup))) struct arena *

#endif
