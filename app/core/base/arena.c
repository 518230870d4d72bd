/* A bump allocator over a chain of blocks, with cleanup functions that run at the end. */
#include "core/base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16 * 1024, ALIGNMENT = 16 };

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(ALIGNMENT) char bytes[];
};

struct deferred {
	struct deferred *next;
	void (*release)(void *);
	void *object;
};

struct arena {
	struct block *blocks; /* newest first */
	struct deferred *deferred;
	size_t used;
};

static struct block *block_new(size_t size) {
	struct block *block = malloc(sizeof *block + size);
	if (!block)
		abort();
	block->next = NULL;
	block->size = size;
	block->used = 0;
	return block;
}

struct arena *arena_new(void) {
	struct arena *arena = calloc(1, sizeof *arena);
	if (!arena)
		abort();
	arena->blocks = block_new(BLOCK_BYTES);
	return arena;
}

static void run_deferred(struct arena *arena) {
	while (arena->deferred) {
		struct deferred *last = arena->deferred;
		arena->deferred = last->next;
		last->release(last->object);
	}
}

static void free_blocks(struct block *block) {
	while (block) {
		struct block *next = block->next;
		free(block);
		block = next;
	}
}

void arena_reset(struct arena *arena) {
	struct block *last = arena->blocks;
	run_deferred(arena);
	while (last->next)
		last = last->next;
	while (arena->blocks != last) {
		struct block *next = arena->blocks->next;
		free(arena->blocks);
		arena->blocks = next;
	}
	last->used = 0;
	arena->used = 0;
}

void arena_free(struct arena *arena) {
	if (!arena)
		return;
	run_deferred(arena);
	free_blocks(arena->blocks);
	free(arena);
}

void *arena_alloc(struct arena *arena, size_t size) {
	struct block *block = arena->blocks;
	size_t need;
	if (size > SIZE_MAX / 4)
		abort();
	need = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (block->size - block->used < need) {
		block = block_new(need > BLOCK_BYTES ? need : BLOCK_BYTES);
		block->next = arena->blocks;
		arena->blocks = block;
	}
	char *memory = block->bytes + block->used;
	block->used += need;
	arena->used += need;
	return memset(memory, 0, size);
}

char *arena_copy_bytes(struct arena *arena, const char *bytes, size_t size) {
	char *copy = arena_alloc(arena, size + 1);
	if (size)
		memcpy(copy, bytes, size);
	return copy;
}

char *arena_copy(struct arena *arena, const char *text) {
	return text ? arena_copy_bytes(arena, text, strlen(text)) : NULL;
}

char *arena_print(struct arena *arena, const char *format, ...) {
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (size < 0)
		abort();
	char *text = arena_alloc(arena, (size_t)size + 1);
	(void)vsnprintf(text, (size_t)size + 1, format, again);
	va_end(again);
	return text;
}

void arena_defer(struct arena *arena, void (*release)(void *), void *object) {
	struct deferred *entry = arena_new_of(arena, struct deferred);
	*entry = (struct deferred){ arena->deferred, release, object };
	arena->deferred = entry;
}

size_t arena_used(const struct arena *arena) {
	return arena->used;
}

void arena_cleanup(struct arena **arena) {
	arena_free(*arena);
}
