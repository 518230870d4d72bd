/* What people say of a contact: creating and changing it, by form and by API. */
#ifndef AUDIENCE_CONTACTS_CHANGE_H
#define AUDIENCE_CONTACTS_CHANGE_H

#include "audience/contacts/contact.h"
#include "audience/fields/definition.h"

/* All members are optional but one of email and phone. */
struct contact_request {
	const char *email, *first_name, *last_name, *phone, *company, *job_title, *location;
	struct strings tags;
	const char *custom_fields; /* a JSON object; a null value empties the field */
	struct consent consent;    /* without a source: none is known */
	struct tracking tracking;
	bool is_active;
	int64_t rev;
};
extern const struct record_type contact_request_record;

/* Who says it, and when. `given`: the members that the request has; the others stay as they are. One that is given
 * without a value is emptied. */
struct contact_saying {
	struct strings given;
	struct rows definitions; /* struct definition: what custom fields must be */
	enum contact_source source;
	const char *by; /* user */
	struct moment now;
};

/* Creates a person under this id; the same request again finds it there. INVALID names the member. CONFLICT: somebody
 * has this address. */
bool contact_create(struct store *store, const char *id, const struct contact_request *request,
                    const struct contact_saying *saying, struct arena *arena, struct error *err) MUST_CHECK;

/* Changes what is given, and nothing else. CONFLICT: it was changed meanwhile (store_is_stale, if request->rev is
 * given), or somebody else has this address. MISSING: no such person. */
bool contact_change(struct store *store, const char *id, const struct contact_request *request,
                    const struct contact_saying *saying, struct arena *arena, struct error *err) MUST_CHECK;

/* Adds (or removes) a tag. */
bool contact_tag(struct store *store, const char *id, const char *tag, bool adds, const struct contact_saying *saying,
                 struct arena *arena, struct error *err) MUST_CHECK;

/* Private to this folder. Changes own values: edit() is called again if somebody else changes the person meanwhile;
 * without *changed nothing is written. MISSING: no such person. */
typedef void contact_edit(void *context, const struct contact *shown, struct own *own, bool *changed,
                          struct arena *arena);
bool contact_edit_own(struct store *store, const char *id, contact_edit *edit, void *context, struct arena *arena,
                      struct error *err) MUST_CHECK;

/* Pure. The own values after the request. `listed_tags`: those that lists give; `shown`: the contact as a form shows
 * it. INVALID names the member; a custom field that is defined by "custom_fields.KEY". */
bool contact_say(const struct own *before, const struct contact_request *request, const struct contact_saying *saying,
                 const struct strings *listed_tags, const struct contact *shown, struct arena *arena, struct own *after,
                 struct error *err) MUST_CHECK;

#endif
