/* Partners that the names of campaigns suggest. */
#include "reports/partners/suggest.h"

#include <stdlib.h>
#include <string.h>

enum { SHORTEST = 2, LONGEST = 40 };

static const char *const SEPARATORS[] = { "_", ":", "|", "·", "–", " - " };

/* Bytes of the name before its first separator and, in `whole`, with it; 0 if it has none, or too little before it. */
static size_t name_length(const char *name, size_t *whole) {
	size_t before = strlen(name);
	*whole = 0;
	for (size_t i = 0; i < sizeof SEPARATORS / sizeof *SEPARATORS; i++) {
		const char *at = strstr(name, SEPARATORS[i]);
		if (at && (size_t)(at - name) < before) {
			before = (size_t)(at - name);
			*whole = before + strlen(SEPARATORS[i]);
		}
	}
	while (before && name[before - 1] == ' ')
		before--;
	return *whole && before >= SHORTEST && before <= LONGEST ? before : 0;
}

/* Keyed by the folded prefix, so that Acme_ and ACME_ are one. */
struct candidate {
	struct suggestion suggestion;
	const char *key;
};

static int by_key(const void *a, const void *b) {
	const struct candidate *one = a, *other = b;
	int order = strcmp(one->key, other->key);
	return order ? order : strcmp(one->suggestion.prefix, other->suggestion.prefix);
}

static int by_campaigns(const void *a, const void *b) {
	const struct suggestion *one = a, *other = b;
	return one->campaigns != other->campaigns ? other->campaigns - one->campaigns : strcmp(one->prefix, other->prefix);
}

static int collect(const struct campaign *campaigns, int count, const struct partner *partners, int partner_count,
                   struct arena *arena, struct candidate *candidates) {
	int found = 0;
	for (int i = 0; i < count; i++) {
		const char *name = campaigns[i].name ? campaigns[i].name : "";
		size_t whole, before = name_length(name, &whole);
		if (!before || partner_of(&campaigns[i], partners, partner_count))
			continue;
		struct candidate *one = &candidates[found++];
		one->suggestion.prefix = arena_copy_bytes(arena, name, whole);
		one->suggestion.name = arena_copy_bytes(arena, name, before);
		one->suggestion.campaigns = 1;
		one->key = text_fold(arena, one->suggestion.prefix);
	}
	return found;
}

/* Joins neighbours with one key; returns how many are left. */
static int join(struct candidate *candidates, int count) {
	int kept = 0;
	for (int i = 0; i < count; i++) {
		if (kept && strcmp(candidates[kept - 1].key, candidates[i].key) == 0)
			candidates[kept - 1].suggestion.campaigns++;
		else
			candidates[kept++] = candidates[i];
	}
	return kept;
}

void partner_suggest(const struct campaign *campaigns, int count, const struct partner *partners, int partner_count,
                     struct arena *arena, struct suggestion **suggestions, int *suggestion_count) {
	struct candidate *candidates = arena_array(arena, struct candidate, count + 1);
	int found = collect(campaigns, count, partners, partner_count, arena, candidates);
	qsort(candidates, (size_t)found, sizeof *candidates, by_key);
	found = join(candidates, found);
	*suggestions = arena_array(arena, struct suggestion, found + 1);
	*suggestion_count = 0;
	for (int i = 0; i < found; i++)
		if (candidates[i].suggestion.campaigns >= SUGGESTION_MIN_CAMPAIGNS)
			(*suggestions)[(*suggestion_count)++] = candidates[i].suggestion;
	qsort(*suggestions, (size_t)*suggestion_count, sizeof **suggestions, by_campaigns);
	if (*suggestion_count > SUGGESTIONS_MAX)
		*suggestion_count = SUGGESTIONS_MAX;
}
