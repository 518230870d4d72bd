/* Merged contacts. */
#include "audience/contacts/alias.h"

#include <string.h>

#include "audience/contacts/change.h"
#include "audience/contacts/gather.h"
#include "core/base/log.h"

static const char ALIASES[] = "contact_aliases";
static const char MEMBERSHIPS[] = "list_contacts", CONTACTS[] = "contacts";

struct alias {
	const char *key, *contact_id; /* key: an address, or an id of 24 hex digits */
	/* While it is a claim that is not carried out to its end (struct claim). */
	struct strings of_other;
	const char *by;
	struct moment claimed_at;
	bool begun;
};
enum { ALIASES_MAX = 1000 }; /* that lead to one contact */

static const struct field alias_fields[] = {
	FIELD(struct alias, key, .stored = "_id"),
	FIELD(struct alias, contact_id, .flags = FIELD_ID),
	FIELD(struct alias, of_other),
	FIELD(struct alias, by),
	FIELD(struct alias, claimed_at),
	FIELD(struct alias, begun),
};
static const struct record_type alias_record = RECORD_TYPE("ContactAlias", struct alias, alias_fields);

static bool save_alias(struct store *store, const char *key, const char *contact_id, struct error *err) {
	return !key ||
	       store_upsert(store, ALIASES, FILTER(eq_text("_id", key)), UPDATE(set_id("contact_id", contact_id)), err);
}

/* Is somebody being merged into this contact who is still there? */
static bool is_awaited(struct store *store, const char *id, struct arena *arena, bool *awaited, struct error *err) {
	struct alias *rows;
	int count;
	int64_t there = 0;
	if (!store_list(store, ALIASES, FILTER(eq_id("contact_id", id), ne_text("_id", id)), NULL, ALIASES_MAX,
	                &alias_record, arena, (void **)&rows, &count, err))
		return false;
	struct strings ids = { arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		if (store_is_id(rows[i].key))
			ids.items[ids.count++] = rows[i].key;
	bool fine = ids.count == 0 || store_count(store, CONTACTS, FILTER(in_ids("_id", &ids)), &there, err);
	*awaited = there > 0;
	return fine;
}

/* Written first, looked at second: of two that are in each other's way at least one sees the other. */
static bool look(struct store *store, const char *goes, const char *into, struct arena *arena, struct error *err) {
	const char *claimed, *leads_to = NULL;
	const struct strings both = { (const char *[]){ goes, into }, 2 };
	bool awaited = false;
	int64_t there;
	if (!alias_of_id(store, goes, arena, &claimed, err) || !is_awaited(store, goes, arena, &awaited, err) ||
	    (!text_same(goes, into) && !alias_of_id(store, into, arena, &leads_to, err)) ||
	    !store_count(store, CONTACTS, FILTER(in_ids("_id", &both)), &there, err))
		return false;
	if (there < (text_same(goes, into) ? 1 : 2))
		return error_set(err, ERROR_MISSING, "This contact is gone");
	return (text_same(claimed, into) && !awaited && !leads_to) ||
	       error_set(err, ERROR_CONFLICT,
	                 "This contact is being merged or erased. Try again; if that was interrupted, do it again first");
}

/* If it fails, the claim stands until the same is done again. */
static void unclaim(struct store *store, const char *goes, const char *into) {
	struct error why = ERROR_INIT;
	int64_t deleted;
	if (!store_delete(store, ALIASES, FILTER(eq_text("_id", goes), eq_id("contact_id", into)), &deleted, &why))
		log_warning("the claim on contact %s stays: %s", goes, why.text);
}

/* From here on it is carried out, if need be by the program that finishes what was interrupted. */
static bool begin(struct store *store, const struct claim *claim, struct error *err) {
	bool matched;
	return store_update(store, ALIASES, FILTER(eq_text("_id", claim->goes), eq_id("contact_id", claim->into)),
	                    UPDATE(set_bool("begun", true)), &matched, err) &&
	       (matched || error_set(err, ERROR_CONFLICT, "This took too long and was given up. Try again"));
}

bool alias_claim(struct store *store, const struct claim *claim, struct arena *arena, struct error *err) {
	const struct alias alias = { claim->goes, claim->into, claim->of_other, claim->by, claim->at, false };
	bool was_there;
	if (!store_insert_once(store, ALIASES, &alias_record, &alias, &was_there, err))
		return false;
	if (look(store, claim->goes, claim->into, arena, err))
		return begin(store, claim, err);
	if (!was_there || err->kind == ERROR_MISSING)
		unclaim(store, claim->goes, claim->into);
	return false;
}

bool alias_close(struct store *store, const char *goes, struct error *err) {
	bool matched;
	return store_update(store, ALIASES, FILTER(eq_text("_id", goes)),
	                    UPDATE(unset("of_other"), unset("by"), unset("claimed_at"), unset("begun")), &matched, err);
}

static struct claim claim_of(const struct alias *alias) {
	return (struct claim){ alias->key, alias->contact_id, alias->of_other, alias->by, alias->claimed_at, alias->begun };
}

bool alias_open_claims(struct store *store, struct arena *arena, struct claim **claims, int *count, struct error *err) {
	struct alias *rows;
	if (!store_list(store, ALIASES, FILTER(is_present("claimed_at")), SORT(asc("claimed_at"), asc("_id")), ALIASES_MAX,
	                &alias_record, arena, (void **)&rows, count, err))
		return false;
	*claims = arena_array(arena, struct claim, *count + 1);
	for (int i = 0; i < *count; i++)
		(*claims)[i] = claim_of(&rows[i]);
	return true;
}

bool alias_open_claim(struct store *store, const char *goes, struct arena *arena, struct claim *claim, bool *found,
                      struct error *err) {
	struct alias alias;
	if (!store_find(store, ALIASES, FILTER(eq_text("_id", goes), is_present("claimed_at")), NULL, &alias_record, arena,
	                &alias, found, err))
		return false;
	if (*found)
		*claim = claim_of(&alias);
	return true;
}

bool alias_drop(struct store *store, const struct claim *claim, bool *dropped, struct error *err) {
	int64_t deleted;
	if (!store_delete(store, ALIASES,
	                  FILTER(eq_text("_id", claim->goes), eq_id("contact_id", claim->into), ne_bool("begun", true)),
	                  &deleted, err))
		return false;
	*dropped = deleted > 0;
	return true;
}

bool alias_release(struct store *store, const struct strings *ids, struct error *err) {
	int64_t deleted;
	return store_delete(store, ALIASES, FILTER(in_texts("_id", ids), in_ids("contact_id", ids)), &deleted, err);
}

/* Who led to the one that goes leads to the one that stays. */
static bool lead_on(struct store *store, const struct contact *stays, const struct contact *goes, struct error *err) {
	return store_update_all(store, ALIASES, FILTER(eq_id("contact_id", goes->id)),
	                        UPDATE(set_id("contact_id", stays->id)), err);
}

struct taking {
	const struct contact *goes;
	const struct strings *of_other;
	struct moment now;
};

static void take_value(const char **own, const char *value, const char *name, const struct strings *of_other) {
	if (strings_have(of_other, name))
		*own = value ? value : "";
}

static void take_values(void *context, const struct contact *shown, struct own *own, bool *changed,
                        struct arena *arena) {
	const struct taking *taking = context;
	const struct profile *other = &taking->goes->profile;
	*own = own_merge(own, &taking->goes->own, arena);
	own->email = shown->email; /* from here on it is theirs, whatever a list says */
	take_value(&own->first_name, other->first_name, "first_name", taking->of_other);
	take_value(&own->last_name, other->last_name, "last_name", taking->of_other);
	take_value(&own->phone, other->phone, "phone", taking->of_other);
	take_value(&own->company, other->company, "company", taking->of_other);
	take_value(&own->job_title, other->job_title, "job_title", taking->of_other);
	take_value(&own->location, other->location, "location", taking->of_other);
	if (!own_is_any(own))
		own->created_at = taking->now;
	own->updated_at = taking->now;
	*changed = true;
}

/* Of a list of one's own that both are on, the membership of the one that stays remains; whoever had unsubscribed from
 * it still has. */
static bool move_own(struct store *store, const struct contact *stays, const struct membership *row,
                     struct error *err) {
	bool matched;
	if (store_update(store, MEMBERSHIPS, FILTER(by_id(row->id)), UPDATE(set_id("contact_id", stays->id)), &matched,
	                 err))
		return true;
	if (err->kind != ERROR_CONFLICT)
		return false;
	return row->status != CONTACT_UNSUBSCRIBED ||
	       store_update(store, MEMBERSHIPS,
	                    FILTER(eq_id("list_id", row->list_id), eq_id("contact_id", stays->id), eq_bool("own", true)),
	                    UPDATE(set_choice("status", &contact_statuses, CONTACT_UNSUBSCRIBED)), &matched, err);
}

static bool move_memberships(struct store *store, const struct contact *stays, const struct contact *goes,
                             struct arena *arena, struct error *err) {
	struct membership *rows;
	int count;
	bool fine = membership_list(store, &(struct strings){ (const char *[]){ goes->id }, 1 }, arena, &rows, &count, err);
	for (int i = 0; fine && i < count; i++)
		fine = !rows[i].own || move_own(store, stays, &rows[i], err);
	return fine && store_update_all(store, MEMBERSHIPS, FILTER(eq_id("contact_id", goes->id), ne_bool("own", true)),
	                                UPDATE(set_id("contact_id", stays->id)), err);
}

bool alias_take_over(struct store *store, const struct contact *stays, const struct contact *goes,
                     const struct strings *of_other, struct moment now, struct arena *arena, struct error *err) {
	struct taking taking = { goes, of_other, now };
	return save_alias(store, contact_norm(arena, goes->email), stays->id, err) && lead_on(store, stays, goes, err) &&
	       contact_edit_own(store, stays->id, take_values, &taking, arena, err) &&
	       move_memberships(store, stays, goes, arena, err);
}

bool alias_end(struct store *store, const struct contact *stays, const struct contact *goes, struct arena *arena,
               struct error *err) {
	return contact_forget(store, NULL, 0, &(struct strings){ (const char *[]){ goes->id }, 1 }, arena, err) &&
	       gather_people(store, &(struct strings){ (const char *[]){ stays->id }, 1 }, NULL, arena, err);
}

bool alias_of_id(struct store *store, const char *id, struct arena *arena, const char **contact_id, struct error *err) {
	struct alias alias;
	bool found;
	*contact_id = NULL;
	if (!store_is_id(id))
		return true;
	if (!store_find(store, ALIASES, FILTER(eq_text("_id", id)), NULL, &alias_record, arena, &alias, &found, err))
		return false;
	*contact_id = found ? alias.contact_id : NULL;
	return true;
}

bool alias_find(struct store *store, const struct strings *asked, struct arena *arena, struct strings *norms,
                struct strings *contact_ids, struct error *err) {
	struct alias *rows;
	int count;
	if (!store_list(store, ALIASES, FILTER(in_texts("_id", asked)), NULL, asked->count + 1, &alias_record, arena,
	                (void **)&rows, &count, err))
		return false;
	*norms = (struct strings){ arena_array(arena, const char *, count + 1), count };
	*contact_ids = (struct strings){ arena_array(arena, const char *, count + 1), count };
	for (int i = 0; i < count; i++) {
		norms->items[i] = rows[i].key;
		contact_ids->items[i] = rows[i].contact_id;
	}
	return true;
}

static bool find_leading(struct store *store, const char *contact_id, struct arena *arena, struct alias **rows,
                         int *count, struct error *err) {
	return store_list(store, ALIASES, FILTER(eq_id("contact_id", contact_id)), NULL, ALIASES_MAX, &alias_record, arena,
	                  (void **)rows, count, err);
}

bool alias_addresses(struct store *store, const char *contact_id, struct arena *arena, struct strings *norms,
                     struct error *err) {
	struct alias *rows;
	int count;
	if (!find_leading(store, contact_id, arena, &rows, &count, err))
		return false;
	*norms = (struct strings){ arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		if (strchr(rows[i].key, '@'))
			norms->items[norms->count++] = rows[i].key;
	return true;
}

bool alias_ids(struct store *store, const char *contact_id, struct arena *arena, struct strings *ids,
               struct error *err) {
	struct alias *rows;
	int count;
	if (!find_leading(store, contact_id, arena, &rows, &count, err))
		return false;
	*ids = (struct strings){ arena_array(arena, const char *, count + 1), 0 };
	ids->items[ids->count++] = contact_id;
	for (int i = 0; i < count; i++)
		if (store_is_id(rows[i].key) && !text_same(rows[i].key, contact_id))
			ids->items[ids->count++] = rows[i].key;
	return true;
}

bool alias_forget(struct store *store, const struct strings *contact_ids, struct error *err) {
	int64_t deleted;
	return store_delete(store, ALIASES,
	                    FILTER(in_ids("contact_id", contact_ids), NONE_OF(in_texts("_id", contact_ids))), &deleted,
	                    err);
}
