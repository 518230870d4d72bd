/* Creating and changing contacts. */
#include "audience/contacts/change.h"

#include <string.h>

#include "audience/contacts/gather.h"
#include "audience/contacts/suppressing.h"
#include "core/formats/json.h"
#include "core/formats/mail.h"
#include "core/store/version.h"

enum { TRIES = 3 }; /* of a change without a revision, when another one comes in between */

static const char CONTACTS[] = "contacts";

static const struct field request_fields[] = {
	FIELD(struct contact_request, email, .max = 254),
	FIELD(struct contact_request, first_name, .max = OWN_TEXT_MAX),
	FIELD(struct contact_request, last_name, .max = OWN_TEXT_MAX),
	FIELD(struct contact_request, phone, .max = 40, .doc = "With country code: +49 170 1234567"),
	FIELD(struct contact_request, company, .max = OWN_TEXT_MAX),
	FIELD(struct contact_request, job_title, .max = OWN_TEXT_MAX),
	FIELD(struct contact_request, location, .max = OWN_TEXT_MAX),
	FIELD(struct contact_request, tags, .max = OWN_TAGS_MAX, .doc = "All tags, stored in lower case"),
	FIELD(struct contact_request, custom_fields, .flags = FIELD_OBJECT,
	      .doc = "Text, numbers and booleans by name; null empties one"),
	FIELD_RECORD(struct contact_request, consent, consent_record,
	             .doc = "To be mailed; an empty source: none is known"),
	FIELD_RECORD(struct contact_request, tracking, tracking_record,
	             .doc = "Whether opens and clicks are kept with the name"),
	FIELD(struct contact_request, is_active, .doc = "False: nothing is sent to them"),
	FIELD(struct contact_request, rev, .doc = "Of the contact as it was read; a stale one is refused"),
};
const struct record_type contact_request_record = RECORD_TYPE("ContactRequest", struct contact_request, request_fields);

/* The texts of a request, and where they go. */
static const struct said {
	const char *name;
	size_t asked, own, shown;
} texts[] = {
	{ "first_name", offsetof(struct contact_request, first_name), offsetof(struct own, first_name),
	  offsetof(struct profile, first_name) },
	{ "last_name", offsetof(struct contact_request, last_name), offsetof(struct own, last_name),
	  offsetof(struct profile, last_name) },
	{ "company", offsetof(struct contact_request, company), offsetof(struct own, company),
	  offsetof(struct profile, company) },
	{ "job_title", offsetof(struct contact_request, job_title), offsetof(struct own, job_title),
	  offsetof(struct profile, job_title) },
	{ "location", offsetof(struct contact_request, location), offsetof(struct own, location),
	  offsetof(struct profile, location) },
	{ "phone", offsetof(struct contact_request, phone), offsetof(struct own, phone), offsetof(struct profile, phone) },
};

static const char **text_at(const void *object, size_t offset) {
	return (const char **)((char *)(uintptr_t)object + offset);
}

/* A form shows what lists say, too: what was not touched there does not become the person's own. */
static bool is_untouched(const struct contact_saying *saying, const char *own, const char *shown, const char *said) {
	return saying->source != SOURCE_API && !own && text_same(shown ? shown : "", said);
}

static bool say_text(const struct said *text, const struct contact_request *request,
                     const struct contact_saying *saying, const struct profile *shown, struct arena *arena,
                     struct own *after, struct error *err) {
	const char *said = *text_at(request, text->asked), **own = text_at(after, text->own),
			   *seen = *text_at(shown, text->shown);
	if (!strings_have(&saying->given, text->name))
		return true;
	said = said ? said : "";
	if (*said && strcmp(text->name, "phone") == 0 && !own_phone(said, "phone", arena, &said, err))
		return false;
	if (!is_untouched(saying, *own, seen, said))
		*own = said;
	return true;
}

/* The tags given become the person's tags: those of lists that are missing are dropped here. */
static bool say_tags(const struct contact_request *request, const struct strings *listed_tags, struct arena *arena,
                     struct own *after, struct error *err) {
	struct strings wanted = { arena_array(arena, const char *, request->tags.count + 1), 0 }, listed = { 0 };
	const struct own nothing = { 0 };
	listed = own_apply_tags(&nothing, listed_tags, arena);
	after->tags = (struct strings){ arena_array(arena, const char *, request->tags.count + 1), 0 };
	after->dropped = (struct strings){ arena_array(arena, const char *, listed.count + 1), 0 };
	for (int i = 0; i < request->tags.count; i++) {
		const char *tag;
		if (*request->tags.items[i] == '\0')
			continue;
		if (!own_tag(request->tags.items[i], "tags", arena, &tag, err))
			return false;
		if (strings_have(&wanted, tag))
			continue;
		wanted.items[wanted.count++] = tag;
		if (!strings_have(&listed, tag))
			after->tags.items[after->tags.count++] = tag;
	}
	for (int i = 0; i < listed.count; i++)
		if (!strings_have(&wanted, listed.items[i]))
			after->dropped.items[after->dropped.count++] = listed.items[i];
	return true;
}

/* Fields that are defined get values of their type. */
static bool take_types(struct value *fields, const struct rows *definitions, struct arena *arena, struct value *typed,
                       struct error *err) {
	for (const struct value *one = fields->first; one; one = one->next) {
		const struct definition *definition = definition_of(definitions, one->name);
		struct value *value = arena_new_of(arena, struct value);
		*value = *one;
		value->next = NULL;
		if (definition &&
		    !definition_value(definition, one, arena_print(arena, "custom_fields.%s", one->name), arena, &value, err))
			return false;
		(void)value_put(typed, one->name, value);
	}
	return true;
}

static bool say_fields(const char *said, const struct rows *definitions, struct arena *arena, struct own *after,
                       struct error *err) {
	struct value *fields, *typed = value_map(arena);
	BUF_AUTO text = { 0 };
	if (!said)
		return true;
	if (!json_read(arena, said, strlen(said), &fields, err) || !own_check_fields(fields, "custom_fields", err) ||
	    !take_types(fields, definitions, arena, typed, err))
		return false;
	json_write(&text, typed);
	after->fields = own_merge_fields(after->fields, buf_text(&text), true, arena);
	return true;
}

/* The address as typed, without what surrounds it. */
static bool say_email(const struct contact_request *request, const struct contact_saying *saying, const char *shown,
                      struct own *after, struct error *err) {
	const char *email = request->email ? request->email : "";
	if (is_untouched(saying, after->email, shown, email))
		return true;
	if (*email && !mail_check_address(email, "email", err))
		return false;
	after->email = email;
	return true;
}

static bool same_consent(const struct consent *a, const struct consent *b) {
	return text_same(a->source, b->source) && text_same(a->text, b->text) && a->at.ms == b->at.ms;
}

/* What is said again as it is known is no news. */
static bool say_consent(const struct contact_request *request, const struct contact_saying *saying, struct arena *arena,
                        struct own *after, struct error *err) {
	struct consent consent = request->consent;
	if (!permission_check_consent(&consent, "consent", saying->now, err))
		return false;
	if (!consent.source)
		consent.at = MOMENT_NONE;
	if (same_consent(&consent, &after->consent))
		return true;
	const struct permission_note note = permission_note_consent(&consent, saying->by, saying->now);
	after->consent = consent;
	after->permissions = permission_noted(&after->permissions, &note, arena);
	return true;
}

static bool say_tracking(const struct contact_request *request, const struct contact_saying *saying,
                         struct arena *arena, struct own *after, struct error *err) {
	struct tracking tracking = request->tracking;
	if (!permission_check_tracking(&tracking, "tracking", saying->now, err))
		return false;
	const struct consent a = { tracking.source, tracking.text, tracking.at },
						 b = { after->tracking.source, after->tracking.text, after->tracking.at };
	if (tracking.state == after->tracking.state && same_consent(&a, &b))
		return true;
	const struct permission_note note = permission_note_tracking(&tracking, saying->by, saying->now, arena);
	after->tracking = tracking;
	after->permissions = permission_noted(&after->permissions, &note, arena);
	return true;
}

static bool say_permissions(const struct contact_request *request, const struct contact_saying *saying,
                            struct arena *arena, struct own *after, struct error *err) {
	return (!strings_have(&saying->given, "consent") || say_consent(request, saying, arena, after, err)) &&
	       (!strings_have(&saying->given, "tracking") || say_tracking(request, saying, arena, after, err));
}

bool contact_say(const struct own *before, const struct contact_request *request, const struct contact_saying *saying,
                 const struct strings *listed_tags, const struct contact *shown, struct arena *arena, struct own *after,
                 struct error *err) {
	*after = *before;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!say_text(&texts[i], request, saying, &shown->profile, arena, after, err))
			return false;
	if (strings_have(&saying->given, "email") && !say_email(request, saying, shown->email, after, err))
		return false;
	if (strings_have(&saying->given, "tags") && !say_tags(request, listed_tags, arena, after, err))
		return false;
	if (!say_fields(request->custom_fields, &saying->definitions, arena, after, err) ||
	    !say_permissions(request, saying, arena, after, err))
		return false;
	if (!own_is_any(before)) {
		after->source = saying->source;
		after->created_at = saying->now;
		after->created_by = saying->by;
	}
	after->updated_at = saying->now;
	return true;
}

/* Who has neither is nobody: there would be no way to reach them. */
static bool check_reachable(const struct contact *contact, struct error *err) {
	return !text_is_empty(contact->email) || contact->profile.phone ||
	       error_field(err, "email", "Give an email address or a phone number");
}

/* What tells the person apart: the address; without one, the phone, which need not be theirs alone, and the id. */
static const char *key_of(const struct contact *contact, struct arena *arena) {
	const char *norm = contact_norm(arena, contact->email);
	return norm ? norm : arena_print(arena, "%s %s", contact->profile.phone, contact->id);
}

static bool is_taken(struct store *store, const struct contact *contact, struct arena *arena, struct error *err) {
	struct contact *others;
	int count;
	const char *norm = contact_norm(arena, contact->email);
	if (!norm)
		return true;
	if (!contact_find_by_addresses(store, &(struct strings){ &norm, 1 }, arena, &others, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!text_same(others[i].id, contact->id)) {
			(void)error_field(err, "email", "%s is already a contact", contact->email);
			err->kind = ERROR_CONFLICT;
			return false;
		}
	return true;
}

/* Two at once: the index on addresses lets one of them in. */
static bool end_write(bool fine, const struct contact *contact, struct error *err) {
	if (!fine && err->kind == ERROR_CONFLICT && !store_is_stale(err)) {
		(void)error_field(err, "email", "%s is already a contact", contact->email ? contact->email : "This");
		err->kind = ERROR_CONFLICT;
	}
	return fine;
}

bool contact_create(struct store *store, const char *id, const struct contact_request *request,
                    const struct contact_saying *saying, struct arena *arena, struct error *err) {
	struct person person;
	const struct strings none = { 0 };
	struct contact unknown;
	bool was_there;
	record_clear(&contact_record, &unknown);
	record_clear(&own_record, &person.own);
	person = (struct person){ .id = id, .own = person.own, .joins = COUNT_NONE };
	if (!contact_say(&person.own, request, saying, &none, &unknown, arena, &person.own, err))
		return false;
	if (text_is_empty(person.own.email))
		person.own.email = NULL;
	struct contact contact = gather_contact(&person, NULL, 0, arena);
	contact.own = person.own;
	contact.engagement = ENGAGEMENT_NONE;
	contact.is_active = !strings_have(&saying->given, "is_active") || request->is_active;
	if (!check_reachable(&contact, err) || !is_taken(store, &contact, arena, err))
		return false;
	contact.email_norm = key_of(&contact, arena);
	return contact_fill_suppressed(store, &contact, 1, arena, err) &&
	       end_write(store_create(store, CONTACTS, &contact_record, &contact, id, &was_there, err), &contact, err) &&
	       contact_check_suppressed(store, &contact, 1, arena, err) && version_bump(store, REALM_PEOPLE, err);
}

/* One person with what its lists say. */
struct known {
	struct person person;
	struct membership *rows;
	int count;
	struct strings tags;   /* of lists */
	struct contact before; /* as shown */
};

static bool find_known(struct store *store, const char *id, struct arena *arena, struct known *known,
                       struct error *err) {
	const struct strings ids = { &id, 1 };
	int tags = 0;
	bool found;
	if (!contact_find(store, id, arena, &known->before, &found, err))
		return false;
	if (!found || !text_same(known->before.id, id)) /* merged meanwhile */
		return error_set(err, ERROR_MISSING, "no contact %.60s", id);
	if (!membership_list(store, &ids, arena, &known->rows, &known->count, err))
		return false;
	known->person = (struct person){ .id = known->before.id,
		                             .email = known->before.email,
		                             .email_norm = known->before.email_norm,
		                             .own = known->before.own,
		                             .rev = known->before.rev,
		                             .joins = known->before.joins };
	for (int i = 0; i < known->count; i++)
		tags += known->rows[i].tags.count;
	known->tags = (struct strings){ arena_array(arena, const char *, tags + 1), 0 };
	for (int i = 0; i < known->count; i++)
		for (int k = 0; k < known->rows[i].tags.count; k++)
			known->tags.items[known->tags.count++] = known->rows[i].tags.items[k];
	return true;
}

#define SAID                                                                                                       \
	EXCEPT("id", "bad_domain", "fewer_last_at", "fewer_campaign_id", "engagement", "customer_id", "customer_link", \
	       "usage_segment", "customer_groups", "rev", "joins")

static bool save(struct store *store, const struct known *known, const struct own *own, bool is_active,
                 struct arena *arena, struct error *err) {
	struct person person = known->person;
	bool found;
	person.own = *own;
	if (person.own.email && !*person.own.email) /* emptied: back to what a list says, if one does */
		person.own.email = person.email = NULL;
	struct contact after = gather_contact(&person, known->rows, known->count, arena);
	after.own = person.own;
	after.is_active = is_active;
	if (!check_reachable(&after, err))
		return false;
	after.email_norm = key_of(&after, arena);
	if (!text_same(after.email_norm, known->before.email_norm) && !is_taken(store, &after, arena, err))
		return false;
	if (!contact_fill_suppressed(store, &after, 1, arena, err))
		return false;
	bool fine = store_save(store, CONTACTS, FILTER(by_id(after.id)), &contact_record, &after, SAID, &found, err);
	return end_write(fine, &after, err) && (found || error_set(err, ERROR_MISSING, "no contact %.60s", after.id)) &&
	       gather_people(store, &(struct strings){ &after.id, 1 }, NULL, arena, err) &&
	       version_bump(store, REALM_PEOPLE, err);
}

static bool change_once(struct store *store, const char *id, const struct contact_request *request,
                        const struct contact_saying *saying, struct arena *arena, struct error *err) {
	struct known known;
	struct own own;
	if (!find_known(store, id, arena, &known, err) ||
	    !contact_say(&known.person.own, request, saying, &known.tags, &known.before, arena, &own, err))
		return false;
	if (!known.before.own.email && text_same(own.email, known.before.email))
		own.email = NULL; /* a form shows what the list has, and sends it back */
	if (request->rev != COUNT_NONE)
		known.person.rev = request->rev;
	bool is_active = strings_have(&saying->given, "is_active") ? request->is_active : known.before.is_active;
	return save(store, &known, &own, is_active, arena, err);
}

bool contact_change(struct store *store, const char *id, const struct contact_request *request,
                    const struct contact_saying *saying, struct arena *arena, struct error *err) {
	int tries = request->rev == COUNT_NONE ? TRIES : 1;
	bool fine = change_once(store, text_after(id, "contact_"), request, saying, arena, err);
	while (!fine && store_is_stale(err) && --tries > 0)
		fine = change_once(store, text_after(id, "contact_"), request, saying, arena, err);
	return fine;
}

static bool tag_once(struct store *store, const char *id, const char *tag, bool adds,
                     const struct contact_saying *saying, struct arena *arena, struct error *err) {
	struct known known;
	struct own own;
	struct contact_request request = { .rev = COUNT_NONE };
	if (!find_known(store, id, arena, &known, err))
		return false;
	const struct strings *tags = &known.before.tags;
	if (strings_have(tags, tag) == adds)
		return true;
	request.tags = (struct strings){ arena_array(arena, const char *, tags->count + 1), 0 };
	for (int i = 0; i < tags->count; i++)
		if (!text_same(tags->items[i], tag))
			request.tags.items[request.tags.count++] = tags->items[i];
	if (adds)
		request.tags.items[request.tags.count++] = tag;
	return contact_say(&known.person.own, &request, saying, &known.tags, &known.before, arena, &own, err) &&
	       save(store, &known, &own, known.before.is_active, arena, err);
}

bool contact_tag(struct store *store, const char *id, const char *tag, bool adds, const struct contact_saying *saying,
                 struct arena *arena, struct error *err) {
	struct contact_saying of_tags = *saying;
	of_tags.given = *TEXTS("tags");
	if (!own_tag(tag, "tag", arena, &tag, err))
		return false;
	bool fine = tag_once(store, text_after(id, "contact_"), tag, adds, &of_tags, arena, err);
	for (int tries = TRIES; !fine && store_is_stale(err) && --tries > 0;)
		fine = tag_once(store, text_after(id, "contact_"), tag, adds, &of_tags, arena, err);
	return fine;
}

static bool edit_once(struct store *store, const char *id, contact_edit *edit, void *context, struct arena *arena,
                      struct error *err) {
	struct known known;
	bool changed = false;
	if (!find_known(store, id, arena, &known, err))
		return false;
	struct own own = known.person.own;
	edit(context, &known.before, &own, &changed, arena);
	return !changed || save(store, &known, &own, known.before.is_active, arena, err);
}

bool contact_edit_own(struct store *store, const char *id, contact_edit *edit, void *context, struct arena *arena,
                      struct error *err) {
	bool fine = edit_once(store, text_after(id, "contact_"), edit, context, arena, err);
	for (int tries = TRIES; !fine && store_is_stale(err) && --tries > 0;)
		fine = edit_once(store, text_after(id, "contact_"), edit, context, arena, err);
	return fine;
}
