/* Contacts as JSON. */
#include "audience/contacts/contact_answer.h"

static void put_time(struct value *map, const char *name, struct moment at) {
	char text[MOMENT_TEXT];
	value_put_text(map, name, *moment_format(at, text) ? arena_copy(map->arena, text) : NULL);
}

struct value *contact_answer(const struct contact *contact, struct arena *arena) {
	return contact_answer_with_sent(contact, COUNT_NONE, arena);
}

struct value *contact_answer_with_sent(const struct contact *contact, int64_t sent, struct arena *arena) {
	struct value *answer = record_to_value(&contact_record, contact, arena);
	const struct engagement *engagement = &contact->engagement;
	put_time(answer, "date_added", contact->created_at);
	put_time(answer, "last_updated", contact->last_updated_at);
	struct value *stats = value_put(answer, "email_stats", value_map(arena));
	if (sent == COUNT_NONE)
		(void)value_put(stats, "emails_sent", value_null(arena));
	else
		value_put_int(stats, "emails_sent", sent);
	value_put_int(stats, "emails_opened", engagement->opened);
	value_put_int(stats, "emails_clicked", engagement->clicked);
	put_time(stats, "last_opened", engagement->last_opened_at);
	put_time(stats, "last_clicked", engagement->last_clicked_at);
	return answer;
}
