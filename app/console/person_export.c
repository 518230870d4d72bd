/* Everything about a person. */
#include "console/person_export.h"

#include "answering/hit.h"
#include "audience/contacts/alias.h"
#include "audience/contacts/contact_answer.h"
#include "audience/importing/line.h"
#include "audience/suppression/suppression.h"
#include "codes/redeeming.h"
#include "dispatch/single_mail.h"
#include "events/event.h"
#include "inbound/receiving.h"
#include "subscribing/confirmation.h"
#include "webhooks/delivery.h"

enum { EVENTS_MAX = 100000 };

static struct value *list_of(const struct record_type *record, const struct rows *rows, struct arena *arena) {
	struct value *list = value_list(arena);
	for (int i = 0; i < rows->count; i++)
		(void)value_push(list, record_to_value(record, (const char *)rows->items + (size_t)i * record->size, arena));
	return list;
}

static bool find_person(struct store *store, const struct contact *contact, struct arena *arena, struct value **value,
                        struct error *err) {
	(void)store;
	(void)err;
	*value = contact_answer(contact, arena);
	return true;
}

static bool find_own(struct store *store, const struct contact *contact, struct arena *arena, struct value **value,
                     struct error *err) {
	(void)store;
	(void)err;
	*value = own_is_any(&contact->own) ? record_to_value(&own_record, &contact->own, arena) : NULL;
	return true;
}

static bool find_memberships(struct store *store, const struct contact *contact, struct arena *arena,
                             struct value **value, struct error *err) {
	struct membership *rows;
	int count;
	if (!membership_list(store, &(struct strings){ (const char *[]){ contact->id }, 1 }, arena, &rows, &count, err))
		return false;
	*value = list_of(&membership_record, &(struct rows){ rows, count }, arena);
	return true;
}

static bool find_events(struct store *store, const struct contact *contact, struct arena *arena, struct value **value,
                        struct error *err) {
	struct rows rows;
	if (!store_list(store, "contact_events", FILTER(eq_id("contact_id", contact->id)), SORT(asc("_id")), EVENTS_MAX,
	                &event_record, arena, &rows.items, &rows.count, err))
		return false;
	*value = list_of(&event_record, &rows, arena);
	return true;
}

static bool find_hits(struct store *store, const struct contact *contact, struct arena *arena, struct value **value,
                      struct error *err) {
	struct rows rows;
	if (!store_list(store, "hits", FILTER(eq_id("contact_id", contact->id)), SORT(asc("at"), asc("_id")), EVENTS_MAX,
	                &hit_record, arena, &rows.items, &rows.count, err))
		return false;
	*value = list_of(&hit_record, &rows, arena);
	return true;
}

static bool find_suppressions(struct store *store, const struct contact *contact, struct arena *arena,
                              struct value **value, struct error *err) {
	struct strings keys = { arena_array(arena, const char *, 2), 0 };
	struct suppression *rows;
	int count;
	const char *norm = contact_norm(arena, contact->email);
	if (norm)
		keys.items[keys.count++] = norm;
	if (contact->profile.phone)
		keys.items[keys.count++] = contact->profile.phone;
	if (!suppression_find(store, &keys, arena, &rows, &count, err))
		return false;
	*value = list_of(&suppression_record, &(struct rows){ rows, count }, arena);
	return true;
}

/* What files said of them, as long as that is kept. */
static bool find_import_rows(struct store *store, const struct contact *contact, struct arena *arena,
                             struct value **value, struct error *err) {
	struct rows rows;
	const char *norm = contact_norm(arena, contact->email);
	if (!store_list(store, "import_rows", FILTER(ANY_OF(eq_id("contact_id", contact->id), eq_text("key", norm))),
	                SORT(asc("_id")), EVENTS_MAX, &import_line_record, arena, &rows.items, &rows.count, err))
		return false;
	*value = list_of(&import_line_record, &rows, arena);
	return true;
}

/* What they were asked by mail, as long as that is kept. */
static bool find_confirmations(struct store *store, const struct contact *contact, struct arena *arena,
                               struct value **value, struct error *err) {
	struct confirmation *rows;
	int count;
	if (!confirmations_of(store, contact->id, contact_norm(arena, contact->email), arena, &rows, &count, err))
		return false;
	*value = list_of(&confirmation_record, &(struct rows){ rows, count }, arena);
	return true;
}

/* With what is kept of the mail itself, or of the provider's report. */
static bool find_inbound(struct store *store, const struct contact *contact, struct arena *arena, struct value **value,
                         struct error *err) {
	const char *norm = contact_norm(arena, contact->email);
	struct inbound_mail *mails;
	struct strings ids;
	int count;
	if (!alias_ids(store, contact->id, arena, &ids, err) ||
	    !store_list(store, "inbound_mails", FILTER(ANY_OF(in_ids("contact_id", &ids), eq_text("recipient", norm))),
	                SORT(asc("at"), asc("_id")), EVENTS_MAX, &inbound_mail_record, arena, (void **)&mails, &count, err))
		return false;
	*value = value_list(arena);
	for (int i = 0; i < count; i++) {
		const struct bytes *source = &mails[i].source;
		struct value *row = value_push(*value, record_to_value(&inbound_mail_record, &mails[i], arena));
		if (source->data)
			value_put_text(row, "source", text_clean(arena, arena_copy_bytes(arena, source->data, source->size)));
	}
	return true;
}

static bool find_singles(struct store *store, const struct contact *contact, struct arena *arena, struct value **value,
                         struct error *err) {
	const char *norm = contact_norm(arena, contact->email);
	struct strings ids;
	struct rows rows;
	if (!alias_ids(store, contact->id, arena, &ids, err) ||
	    !store_list(store, "single_mails", FILTER(ANY_OF(in_ids("contact_id", &ids), eq_text("to", norm))),
	                SORT(asc("_id")), EVENTS_MAX, &single_mail_record, arena, &rows.items, &rows.count, err))
		return false;
	*value = list_of(&single_mail_record, &rows, arena);
	return true;
}

static bool find_codes(struct store *store, const struct contact *contact, struct arena *arena, struct value **value,
                       struct error *err) {
	struct stored_code *codes;
	struct strings ids;
	int count;
	if (!alias_ids(store, contact->id, arena, &ids, err) ||
	    !codes_of_contacts(store, &ids, EVENTS_MAX, arena, &codes, &count, err))
		return false;
	*value = list_of(&stored_code_record, &(struct rows){ codes, count }, arena);
	return true;
}

static bool find_told(struct store *store, const struct contact *contact, struct arena *arena, struct value **value,
                      struct error *err) {
	struct strings ids;
	struct rows rows;
	if (!alias_ids(store, contact->id, arena, &ids, err) ||
	    !store_list(store, "webhook_deliveries", FILTER(in_ids("contact_id", &ids)), SORT(asc("_id")), EVENTS_MAX,
	                &webhook_delivery_record, arena, &rows.items, &rows.count, err))
		return false;
	*value = list_of(&webhook_delivery_record, &rows, arena);
	return true;
}

const struct exporter exporters[] = {
	{ "contact", "Contact", find_person },
	{ "own", "Said here", find_own },
	{ "memberships", "Lists", find_memberships },
	{ "suppressions", "Suppressions", find_suppressions },
	{ "events", "Events", find_events },
	{ "hits", "Opens and clicks of our emails", find_hits },
	{ "imports", "Rows of imported files", find_import_rows },
	{ "confirmations", "Emails that asked to confirm", find_confirmations },
	{ "returned", "Emails that came back, and reports of them", find_inbound },
	{ "single_emails", "Single emails", find_singles },
	{ "codes", "Codes to redeem", find_codes },
	{ "webhooks", "What webhooks were told", find_told },
};
const int exporter_count = sizeof exporters / sizeof *exporters;

bool person_export(struct store *store, const struct contact *contact, struct moment now, struct arena *arena,
                   struct value **all, struct error *err) {
	char at[MOMENT_TEXT];
	*all = value_map(arena);
	value_put_text(*all, "exported_at", arena_copy(arena, moment_format(now, at)));
	for (int i = 0; i < exporter_count; i++) {
		struct value *value = NULL;
		if (!exporters[i].find(store, contact, arena, &value, err))
			return false;
		(void)value_put(*all, exporters[i].name, value ? value : value_null(arena));
	}
	return true;
}
