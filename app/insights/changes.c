/* Changes between two moments. */
#include "insights/changes.h"

#include "core/base/checked.h"

#include <stdlib.h>
#include <string.h>

static int64_t size_of(const struct change *change) {
	return checked_sum(checked_distance(change->after.opened, change->before.opened),
	                   checked_distance(change->after.clicked, change->before.clicked));
}

static int greatest_first(const void *a, const void *b) {
	const struct change *first = a, *second = b;
	int64_t x = size_of(first), y = size_of(second);
	if (x != y)
		return x > y ? -1 : 1;
	if (first->sort_sent != second->sort_sent)
		return first->sort_sent > second->sort_sent ? -1 : 1;
	return strcmp(second->id, first->id);
}

static const struct campaign *same_campaign(const struct campaign *campaigns, int count, const char *id) {
	for (int i = 0; i < count; i++)
		if (text_same(campaigns[i].id, id))
			return &campaigns[i];
	return NULL;
}

int changes_of(const struct campaign *before, int before_count, const struct campaign *after, int after_count,
               struct change *changes) {
	int count = 0;
	for (int i = 0; i < after_count; i++) {
		/* Both are usually in the same order. */
		bool aligned = i < before_count && text_same(before[i].id, after[i].id);
		const struct campaign *was = aligned ? &before[i] : same_campaign(before, before_count, after[i].id);
		bool known = was && was->has_report;
		if (!after[i].has_report || (known && metrics_equal(&was->current_metrics, &after[i].current_metrics)))
			continue;
		changes[count++] = (struct change){ after[i].id,
			                                after[i].name,
			                                after[i].sort_sent,
			                                !known,
			                                known ? was->current_metrics : (struct metrics){ 0 },
			                                after[i].current_metrics };
	}
	qsort(changes, (size_t)count, sizeof *changes, greatest_first);
	return count;
}
