/* Undoing an import. */
#include "audience/import/undo.h"

bool undo_is_open(struct moment finished, struct moment now) {
	return moment_is_set(finished) && now.ms <= finished.ms + IMPORT_UNDO_DAYS * DAY_MS;
}

/* NULL: nothing has happened to them since. */
static const char *why_listed(const struct import_touched *touched, const struct import_present *present) {
	if (!present->exists)
		return "Is gone.";
	if (present->rev != touched->rev)
		return "Was edited since.";
	if (touched->was_created && present->was_mailed)
		return "Was mailed since.";
	if (touched->was_created && present->has_other_lists)
		return "Joined another list since.";
	if (touched->was_created && present->unsubscribed_since)
		return "Unsubscribed since, which must not be forgotten.";
	return NULL;
}

static struct import_change back(const struct import_change *change) {
	struct import_change reversed = *change;
	reversed.before = change->after;
	reversed.after = change->before;
	return reversed;
}

static struct import_undo restore(struct arena *arena, const struct import_touched *touched,
                                  const struct import_present *present) {
	struct import_undo undo = { .outcome = UNDO_RESTORED,
		                        .leaves = touched->joined,
		                        .unsubscribes = touched->resubscribed };
	undo.changes = arena_array(arena, struct import_change, touched->change_count + 1);
	for (int i = 0; i < touched->change_count; i++)
		undo.changes[undo.change_count++] = back(&touched->changes[i]);
	undo.tags_removed.items = arena_array(arena, const char *, touched->tags_added.count + 1);
	for (int i = 0; i < touched->tags_added.count; i++)
		if (strings_have(&present->tags, touched->tags_added.items[i]))
			undo.tags_removed.items[undo.tags_removed.count++] = touched->tags_added.items[i];
	return undo;
}

struct import_undo undo_decide(struct arena *arena, const struct import_touched *touched,
                               const struct import_present *present) {
	const char *why = why_listed(touched, present);
	if (why)
		return (struct import_undo){ .outcome = UNDO_LISTED, .reason = why };
	if (touched->was_created)
		return (struct import_undo){ .outcome = UNDO_REMOVED };
	return restore(arena, touched, present);
}
