/* Who may be sent to right now. */
#include "dispatch/verdict.h"

#include "audience/suppression/suppression.h"

static const char CONTACTS[] = "contacts";

bool verdict_contacts(struct store *store, const struct strings *ids, struct arena *arena, struct contact **contacts,
                      int *count, struct error *err) {
	return store_list(store, CONTACTS, FILTER(in_ids("_id", ids)), SORT(asc("_id")), ids->count + 1, &contact_record,
	                  arena, (void **)contacts, count, err);
}

static const char *key_of(const struct contact *contact, const struct mailable_question *question) {
	return question->by_sms ? contact->profile.phone : contact->email_norm;
}

bool verdict_read(struct store *store, const struct contact *contacts, int count,
                  const struct mailable_question *question, struct arena *arena, enum mailable *verdicts,
                  struct error *err) {
	struct strings keys = { arena_array(arena, const char *, count + 1), 0 };
	struct suppression *rows;
	int found;
	for (int i = 0; i < count; i++) {
		verdicts[i] = contact_mailable(&contacts[i], question);
		if (verdicts[i] == MAILABLE)
			keys.items[keys.count++] = key_of(&contacts[i], question);
	}
	if (!question->suppression_list || !keys.count)
		return true;
	if (!suppression_find(store, &keys, arena, &rows, &found, err))
		return false;
	for (int i = 0; i < count; i++)
		if (verdicts[i] == MAILABLE && suppression_of(rows, found, key_of(&contacts[i], question)))
			verdicts[i] = MAILABLE_SUPPRESSED;
	return true;
}
