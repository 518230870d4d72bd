/* Who is on a list: adding, removing, subscribing and unsubscribing people. */
#include "console/list_member_pages.h"

#include <string.h>

#include "audience/contacts/contact_answer.h"
#include "audience/contacts/leaving.h"
#include "audience/lists/own_list.h"
#include "console/list_members.h"
#include "core/http/parts.h"
#include "subscribing/confirmation.h"

enum { API_USUAL = 50, API_MAX = 500 };

/* Of a form: people selected on a page, and where to go on. */
struct selected_request {
	const char *list_id;
	struct strings contact_id;
	bool remove;
};
static const struct field selected_fields[] = {
	FIELD(struct selected_request, list_id),
	FIELD(struct selected_request, contact_id, .max = JOINING_MAX),
	FIELD(struct selected_request, remove),
};
static const struct record_type selected_record = RECORD_TYPE("SelectedContacts", struct selected_request,
                                                              selected_fields);

struct many_request {
	struct strings contact_ids;
};
static const struct field many_fields[] = {
	FIELD(struct many_request, contact_ids, .max = JOINING_MAX, .flags = FIELD_REQUIRED),
};
static const struct record_type many_record = RECORD_TYPE("ListMembersRequest", struct many_request, many_fields);

struct status_request {
	unsigned status;
};
static const struct field status_fields[] = {
	FIELD(struct status_request, status, .choices = &contact_statuses, .flags = FIELD_REQUIRED,
	      .doc = "subscribed or unsubscribed"),
};
static const struct record_type status_record = RECORD_TYPE("ListMemberRequest", struct status_request, status_fields);

static bool need_list(struct exchange *x, const char *id, struct list *list, struct error *err) {
	bool found;
	return list_find(x->store, id, x->arena, list, &found, err) &&
	       (found || error_set(err, ERROR_MISSING, "no list %.60s", id));
}

/* A static list of one's own: the only kind that people are put on. */
static bool need_static(struct exchange *x, const char *id, struct list *list, struct error *err) {
	if (!need_list(x, id, list, err))
		return false;
	if (list->list_type == LIST_OBSERVED)
		return error_set(err, ERROR_CONFLICT, "EmailOctopus keeps this list: add and remove contacts there");
	return list->list_type == LIST_STATIC ||
	       error_set(err, ERROR_CONFLICT, "A rule says who is on this list: nobody is added or removed by hand");
}

/* Where a form goes on: to the page that it is on. */
static const char *member_page(const struct exchange *x, const struct contact *contact) {
	return text_same(params_get(&x->form, "from"), "list") ? arena_print(x->arena, "/lists/%s", x->values[0])
	                                                       : arena_print(x->arena, "/contacts/%s", contact->id);
}

/* The membership as it is now. */
static bool reply_member(struct exchange *x, const struct list *list, const struct contact *contact,
                         struct error *err) {
	struct membership membership;
	bool found;
	if (!joining_find(x->store, list->id, contact->id, x->arena, &membership, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "This contact is not on the list");
	return reply_saved(x, member_page(x, contact), &membership_record, &membership);
}

/* The list and the person in the path; a form may name the list. */
static bool read_address(struct exchange *x, struct list *list, struct contact *contact, struct error *err) {
	return need_static(x, x->values[0], list, err) && contact_need(x->store, x->values[1], x->arena, contact, err);
}

static bool add_one(struct exchange *x, const struct list *list, const struct contact *contact, struct error *err) {
	const struct joining joining = list_joining(x, list);
	int64_t added;
	return joining_add(x->store, &joining, &(struct strings){ (const char *[]){ contact->id }, 1 }, x->arena, &added,
	                   err) &&
	       reply_member(x, list, contact, err);
}

static bool add(struct exchange *x, struct error *err) {
	struct list list;
	struct contact contact;
	return read_address(x, &list, &contact, err) && add_one(x, &list, &contact, err);
}

/* The form on a person's page. */
static bool add_chosen(struct exchange *x, struct error *err) {
	const struct selected_request *request = x->input;
	struct list list;
	struct contact contact;
	if (text_is_empty(request->list_id))
		return error_field(err, "list_id", "Choose a list");
	return need_static(x, request->list_id, &list, err) &&
	       contact_need(x->store, x->values[0], x->arena, &contact, err) && add_one(x, &list, &contact, err);
}

static bool remove_one(struct exchange *x, struct error *err) {
	struct list list;
	struct contact contact;
	int64_t removed;
	if (!read_address(x, &list, &contact, err))
		return false;
	const struct joining joining = list_joining(x, &list);
	return joining_remove(x->store, &joining, &(struct strings){ (const char *[]){ contact.id }, 1 }, x->arena,
	                      &removed, err) &&
	       (removed || error_set(err, ERROR_MISSING, "This contact is not on the list")) &&
	       reply_deleted(x, member_page(x, &contact));
}

static bool set_membership(struct exchange *x, const struct list *list, const struct contact *contact, unsigned status,
                           struct error *err) {
	return joining_set_status(x->store, list->id, contact->id, status, x->now, x->arena, err) &&
	       (status != CONTACT_UNSUBSCRIBED || confirmation_drop(x->store, contact, list->id, err)) &&
	       reply_member(x, list, contact, err);
}

/* On a list of a provider or a rule: as these have it, but for what was said here. */
static bool find_place(struct exchange *x, const struct list *list, const struct contact *contact,
                       struct membership *place, struct error *err) {
	struct membership *rows;
	int count;
	record_clear(&membership_record, place);
	place->list_id = list->id;
	place->contact_id = contact->id;
	place->status = contact->status;
	if (!membership_list(x->store, &(struct strings){ (const char *[]){ contact->id }, 1 }, x->arena, &rows, &count,
	                     err))
		return false;
	for (int i = 0; i < count; i++)
		if (!rows[i].own && text_same(rows[i].list_id, list->id))
			*place = rows[i];
	return list->list_type != LIST_OBSERVED || place->id || strings_have(&contact->own.left, list->id) ||
	       error_set(err, ERROR_MISSING, "This contact is not on the list");
}

static bool leave_or_return(struct exchange *x, const struct list *list, const struct contact *contact, unsigned status,
                            struct error *err) {
	const struct leaving leaving = { list->id, list->name, x->identity.user, x->now };
	const bool leaves = status == CONTACT_UNSUBSCRIBED;
	struct membership place;
	if (!find_place(x, list, contact, &place, err))
		return false;
	if (!leaves && place.id && place.status == CONTACT_UNSUBSCRIBED)
		return error_set(err, ERROR_CONFLICT,
		                 "EmailOctopus has this contact as unsubscribed: only they can subscribe again, there");
	if (leaves ? !contact_leave(x->store, contact->id, &leaving, x->arena, err)
	           : !contact_return(x->store, contact->id, &leaving, x->arena, err))
		return false;
	if (leaves)
		place.status = CONTACT_UNSUBSCRIBED;
	return reply_saved(x, member_page(x, contact), &membership_record, &place);
}

static bool set_status(struct exchange *x, struct error *err) {
	const struct status_request *request = x->input;
	struct list list;
	struct contact contact;
	if (request->status != CONTACT_SUBSCRIBED && request->status != CONTACT_UNSUBSCRIBED)
		return error_field(err, "status", "Use subscribed or unsubscribed");
	if (!need_list(x, x->values[0], &list, err) || !contact_need(x->store, x->values[1], x->arena, &contact, err))
		return false;
	return list.list_type == LIST_STATIC ? set_membership(x, &list, &contact, request->status, err)
	                                     : leave_or_return(x, &list, &contact, request->status, err);
}

struct leaver_request {
	const char *email;
};
static const struct field leaver_fields[] = { FIELD(struct leaver_request, email, .max = 254) };
static const struct record_type leaver_record = RECORD_TYPE("ListLeaver", struct leaver_request, leaver_fields);

/* Somebody by address, on the page of an observed list. */
static bool unsubscribe_by_address(struct exchange *x, struct error *err) {
	const struct leaver_request *request = x->input;
	const char *norm = contact_norm(x->arena, request->email);
	struct list list;
	struct contact *contacts;
	int count;
	if (!need_list(x, x->values[0], &list, err))
		return false;
	if (!norm)
		return error_field(err, "email", "Enter the email address of a contact");
	if (!contact_find_by_addresses(x->store, &(struct strings){ &norm, 1 }, x->arena, &contacts, &count, err))
		return false;
	if (count == 0)
		return error_field(err, "email", "%.254s is no contact", request->email);
	return list.list_type == LIST_STATIC ? set_membership(x, &list, &contacts[0], CONTACT_UNSUBSCRIBED, err)
	                                     : leave_or_return(x, &list, &contacts[0], CONTACT_UNSUBSCRIBED, err);
}

static struct strings bare_ids(const struct strings *ids, struct arena *arena) {
	struct strings bare = { arena_array(arena, const char *, ids->count + 1), 0 };
	for (int i = 0; i < ids->count; i++)
		bare.items[bare.count++] = text_after(ids->items[i], "contact_");
	return bare;
}

/* Adds or removes many. */
static bool change_many(struct exchange *x, const struct list *list, const struct strings *asked, bool adds,
                        struct error *err) {
	const struct joining joining = list_joining(x, list);
	const struct strings bare = bare_ids(asked, x->arena), ids = strings_distinct(x->arena, &bare);
	int64_t changed;
	if (adds ? !joining_add(x->store, &joining, &ids, x->arena, &changed, err)
	         : !joining_remove(x->store, &joining, &ids, x->arena, &changed, err))
		return false;
	struct value *answer = value_map(x->arena);
	value_put_int(answer, adds ? "added" : "removed", changed);
	return reply_done(x, arena_print(x->arena, "/lists/%s", list->id), answer);
}

static bool add_many(struct exchange *x, struct error *err) {
	const struct many_request *request = x->input;
	struct list list;
	return need_static(x, x->values[0], &list, err) && change_many(x, &list, &request->contact_ids, true, err);
}

static bool add_selected(struct exchange *x, struct error *err) {
	const struct selected_request *request = x->input;
	struct list list;
	if (request->contact_id.count == 0)
		return error_field(err, "contact_id", "Select contacts first");
	if (text_is_empty(request->list_id))
		return error_field(err, "list_id", "Choose a list");
	return need_static(x, request->list_id, &list, err) &&
	       change_many(x, &list, &request->contact_id, !request->remove, err);
}

static bool members_api(struct exchange *x, struct error *err) {
	struct list list;
	struct list_members members;
	int limit;
	bool found;
	if (!exchange_limit(x, API_USUAL, API_MAX, &limit, err) ||
	    !list_find(x->store, x->values[0], x->arena, &list, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_MISSING, "no list %.60s", x->values[0]);
	if (!list_read_members(x, &list, limit, &members, err))
		return false;
	if (members.next)
		reply_header(x, "X-Next-Cursor", url_encoded(x->arena, members.next));
	struct value *answer = value_list(x->arena);
	for (int i = 0; i < members.count; i++)
		(void)value_push(answer, contact_answer(&members.contacts[i], x->arena));
	return reply_json(x, answer);
}

const struct route list_member_routes[] = {
	{ "POST", "/lists/members", GUARD_SIGNED_IN, add_selected, .input = &selected_record },
	{ "POST", "/contacts/:contact_id/lists", GUARD_SIGNED_IN, add_chosen, .input = &selected_record },
	{ "POST", "/lists/:list_id/contacts/:contact_id/remove", GUARD_SIGNED_IN, remove_one },
	{ "POST", "/lists/:list_id/contacts/:contact_id/status", GUARD_SIGNED_IN, set_status, .input = &status_record },
	{ "POST", "/lists/:list_id/unsubscribe", GUARD_SIGNED_IN, unsubscribe_by_address, .input = &leaver_record },
	{ "GET", "/api/lists/:list_id/contacts", GUARD_SIGNED_IN, members_api, .summary = "Who is on a list, by address",
	  .output = &contact_record, .shape = CONTACT_ANSWER_SHAPE, .list = true, .parameters = "status,limit,cursor",
	  .realms = REALM_FIGURES | REALM_PEOPLE | REALM_CUSTOMERS },
	{ "POST", "/api/lists/:list_id/contacts", GUARD_SIGNED_IN, add_many, .summary = "Add contacts to a list",
	  .input = &many_record, .shape = "added:count" },
	{ "POST", "/api/lists/:list_id/contacts/:contact_id", GUARD_SIGNED_IN, add,
	  .summary = "Add a contact to a list; whoever is on it already stays as they are", .output = &membership_record },
	{ "PUT", "/api/lists/:list_id/contacts/:contact_id", GUARD_SIGNED_IN, set_status,
	  .summary = "Subscribe or unsubscribe a contact on a list. On an observed list, and on one with a rule, "
	             "unsubscribing holds whatever the provider or the rule says",
	  .output = &membership_record, .input = &status_record },
	{ "DELETE", "/api/lists/:list_id/contacts/:contact_id", GUARD_SIGNED_IN, remove_one,
	  .summary = "Remove a contact from a list", .shape = "deleted:bool" },
	{ 0 },
};
