/* The order of names for people: letters without their marks and regardless of case, so that "Äpfel" stands between
 * "alpha" and "Beta". The same for all readers and on all machines: it follows no country's rules (a Swede expects Ä
 * after Z), and needs no locale of the system. */
#ifndef BASE_COLLATE_H
#define BASE_COLLATE_H

#include "core/base/arena.h"

/* What strcmp is to compare. NULL gives "". */
char *collate_key(struct arena *arena, const char *text);

/* Sorts `count` structs of `size` bytes by the const char * at `offset`; equal keys by the text itself, then as they
 * stood. */
void collate_sort(void *items, int count, size_t size, size_t offset);
#define COLLATE(items, count, type, member) collate_sort(items, count, sizeof(type), offsetof(type, member))

#endif
