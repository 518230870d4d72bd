/* Contacts, gathered from their memberships and own values. */
#include "audience/contacts/gather.h"

#include <stdlib.h>
#include <string.h>

#include "audience/contacts/suppressing.h"

static const char CONTACTS[] = "contacts";

static const struct field person_fields[] = {
	FIELD(struct person, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct person, email),
	FIELD(struct person, email_norm),
	FIELD_RECORD(struct person, own, own_record),
	FIELD(struct person, rev, .flags = FIELD_REVISION),
	FIELD(struct person, joins),
};
static const struct record_type person_record = RECORD_TYPE("Person", struct person, person_fields);

bool gather_find(struct store *store, const struct strings *ids, struct arena *arena, struct person **people,
                 int *count, struct error *err) {
	return store_list(store, CONTACTS, FILTER(in_ids("_id", ids)), SORT(asc("_id")), ids->count + 1, &person_record,
	                  arena, (void **)people, count, err);
}

static int by_its_id(const void *a, const void *b) {
	return strcmp(((const struct person *)a)->id, ((const struct person *)b)->id);
}

const struct person *gather_person(const struct person *people, int count, const char *id) {
	const struct person wanted = { .id = id };
	return id && count ? bsearch(&wanted, people, (size_t)count, sizeof *people, by_its_id) : NULL;
}

static void add_text(struct strings *strings, const char *text) {
	if (text && !strings_have(strings, text))
		strings->items[strings->count++] = text;
}

/* What the memberships of one person say together. */
struct listed {
	struct strings tags, fields;
	const char *email;
	bool is_agreed; /* subscribed at a provider, where they have agreed */
};

static struct strings room_for(struct arena *arena, int count) {
	return (struct strings){ arena_array(arena, const char *, count + 1), 0 };
}

static void add_membership(struct contact *contact, struct listed *listed, const struct membership *row,
                           const struct strings *left) {
	const unsigned status = strings_have(left, row->list_id) ? CONTACT_UNSUBSCRIBED : row->status;
	if (row->email)
		listed->email = row->email;
	contact->status = contact_status_of_both(contact->status, status);
	add_text(&contact->list_ids, row->list_id);
	if (status == CONTACT_SUBSCRIBED)
		add_text(&contact->subscribed_ids, row->list_id);
	if (row->status == CONTACT_SUBSCRIBED && row->external.id)
		listed->is_agreed = true;
	if (status == CONTACT_UNSUBSCRIBED)
		add_text(&contact->unsubscribed_ids, row->list_id);
	for (int k = 0; k < row->tags.count; k++)
		add_text(&listed->tags, row->tags.items[k]);
	if (row->fields)
		listed->fields.items[listed->fields.count++] = row->fields;
	if (!moment_is_set(contact->created_at) || row->created_at.ms < contact->created_at.ms)
		contact->created_at = row->created_at;
	if (row->last_updated_at.ms > contact->last_updated_at.ms)
		contact->last_updated_at = row->last_updated_at;
}

/* After the memberships, as what was said here counts more. */
static void add_own(struct contact *contact, const struct own *own) {
	if (moment_is_set(own->created_at) &&
	    (!moment_is_set(contact->created_at) || own->created_at.ms < contact->created_at.ms))
		contact->created_at = own->created_at;
	if (own->updated_at.ms > contact->last_updated_at.ms)
		contact->last_updated_at = own->updated_at;
	if (moment_is_set(own->unsubscribed_at))
		contact->status = CONTACT_UNSUBSCRIBED;
	for (int i = 0; i < own->left.count; i++) /* also of lists that a rule or nobody has them on at present */
		add_text(&contact->unsubscribed_ids, own->left.items[i]);
}

struct contact gather_contact(const struct person *person, const struct membership *rows, int count,
                              struct arena *arena) {
	struct contact contact;
	struct listed listed = { .fields = room_for(arena, count) };
	int tags = 0;
	record_clear(&contact_record, &contact);
	for (int i = 0; i < count; i++)
		tags += rows[i].tags.count;
	listed.tags = room_for(arena, tags);
	contact.id = person->id;
	contact.list_ids = room_for(arena, count);
	contact.subscribed_ids = room_for(arena, count);
	contact.unsubscribed_ids = room_for(arena, count + person->own.left.count);
	for (int i = 0; i < count; i++)
		if (text_same(rows[i].contact_id, person->id) && membership_is_there(&rows[i]))
			add_membership(&contact, &listed, &rows[i], &person->own.left);
	add_own(&contact, &person->own);
	contact.email = !text_is_empty(person->own.email) ? person->own.email : listed.email ? listed.email : person->email;
	contact.search = contact.email ? text_fold(arena, contact.email) : NULL;
	contact.domain = contact.email && strchr(contact.email, '@') ? contact_domain(arena, contact.email) : NULL;
	contact.source = person->own.source;
	contact.unsubscribed_at = person->own.unsubscribed_at;
	contact.fewer_at = person->own.fewer_at;
	contact.consent = person->own.consent;
	contact.tracking = person->own.tracking;
	contact.unproven = own_is_any(&person->own) && !person->own.consent.source && !listed.is_agreed;
	contact.tags = own_apply_tags(&person->own, &listed.tags, arena);
	contact.profile = own_apply(&person->own, &listed.fields, arena);
	contact.rev = person->rev;
	contact.joins = person->joins;
	return contact;
}

#define GATHERED                                                                                                     \
	ONLY("email", "search", "status", "list_ids", "subscribed_ids", "unsubscribed_ids", "tags", "first_name",        \
	     "last_name", "company", "job_title", "location", "phone", "custom_fields", "attributes", "first_name_fold", \
	     "last_name_fold", "company_fold", "job_title_fold", "location_fold", "domain", "source", "unsubscribed_at", \
	     "fewer_at", "suppressed", "phone_suppressed", "consent", "tracking", "unproven", "created_at",              \
	     "last_updated_at")

/* Somebody new. Engagement starts as a number because pages sort by it. */
static void bulk_new(struct bulk *bulk, const struct contact *contact, const char *norm) {
	const struct contact fresh = { .engagement = ENGAGEMENT_NONE, .is_active = true };
	bulk_upsert(bulk, FILTER(by_id(contact->id)),
	            UPDATE(set_record(&contact_record, contact, GATHERED), set_text("email_norm", norm),
	                   set_when_new(&contact_record, &fresh, ONLY("engagement", "is_active"))));
}

/* Unless somebody has changed them since they were read. */
static void bulk_known(struct bulk *bulk, const struct contact *contact, const char *norm) {
	bulk_update(bulk,
	            FILTER(by_id(contact->id),
	                   contact->rev > 0 ? eq_count("rev", contact->rev) : NONE_OF(gt_count("rev", 0)),
	                   contact->joins > 0 ? eq_count("joins", contact->joins) : NONE_OF(gt_count("joins", 0))),
	            UPDATE(set_record(&contact_record, contact, GATHERED),
	                   norm ? set_text("email_norm", norm) : no_edit()));
}

bool gather_people(struct store *store, const struct strings *ids, const struct strings *norms, struct arena *arena,
                   struct error *err) {
	struct membership *rows;
	struct person *people;
	int row_count, count;
	if (!gather_find(store, ids, arena, &people, &count, err) ||
	    !membership_list(store, ids, arena, &rows, &row_count, err))
		return false;
	struct contact *contacts = arena_array(arena, struct contact, ids->count + 1);
	membership_sort(rows, row_count);
	for (int i = 0; i < ids->count; i++) {
		int own_count;
		const struct membership *own = membership_of(rows, row_count, ids->items[i], &own_count);
		struct person fresh = { .id = ids->items[i] };
		const struct person *person = gather_person(people, count, ids->items[i]);
		record_clear(&own_record, &fresh.own);
		contacts[i] = gather_contact(person ? person : &fresh, own, own_count, arena);
	}
	if (!contact_fill_suppressed(store, contacts, ids->count, arena, err))
		return false;
	struct bulk *bulk = bulk_open(store, CONTACTS);
	for (int i = 0; i < ids->count; i++) {
		const struct person *person = gather_person(people, count, ids->items[i]);
		const char *norm = norms ? norms->items[i] : NULL;
		if (person)
			bulk_known(bulk, &contacts[i], text_is_empty(person->own.email) ? norm : NULL);
		else if (norm)
			bulk_new(bulk, &contacts[i], norm);
	}
	return bulk_run(bulk, NULL, err) && contact_check_suppressed(store, contacts, ids->count, arena, err);
}
