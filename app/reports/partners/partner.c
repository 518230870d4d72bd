/* Partners: rules and storage. */
#include "reports/partners/partner.h"

#include "core/store/kept.h"

#include <string.h>

#include "audience/lists/list.h"
#include "core/base/collate.h"

enum { PREFIX_MIN = 2, PREFIX_TEXT = 400, NAME_TEXT = 100, CONTACT_TEXT = 200 };

static const char PARTNERS[] = "partners";

static const struct field partner_fields[] = {
	FIELD(struct partner, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct partner, name),
	FIELD(struct partner, prefixes, .doc = "Campaigns whose names begin with these belong to it"),
	FIELD(struct partner, list_ids, .flags = FIELD_ID, .doc = "Campaigns to these lists belong to it"),
	FIELD(struct partner, contact, .doc = "Whom the partner can contact"),
	FIELD(struct partner, logo, .flags = FIELD_PRIVATE | FIELD_LARGE),
	FIELD(struct partner, has_logo),
	FIELD(struct partner, created_at),
	FIELD(struct partner, updated_at),
	FIELD(struct partner, created_by),
	FIELD(struct partner, rev, .flags = FIELD_REVISION),
};
const struct record_type partner_record = RECORD_TYPE("Partner", struct partner, partner_fields);

static const struct field request_fields[] = {
	FIELD(struct partner_request, name, .flags = FIELD_REQUIRED, .max = NAME_TEXT),
	FIELD(struct partner_request, prefix, .max = PREFIX_TEXT, .doc = "Prefixes, separated by commas"),
	FIELD(struct partner_request, contact, .max = CONTACT_TEXT),
	FIELD(struct partner_request, prefixes, .max = PREFIXES_MAX),
	FIELD(struct partner_request, list_ids, .max = 100),
	FIELD(struct partner_request, rev),
};
const struct record_type partner_request_record = RECORD_TYPE("PartnerRequest", struct partner_request, request_fields);

/* Length of the partner's longest prefix of the name, ignoring case; 0 if none. */
static size_t prefix_length(const struct partner *partner, const char *name, struct arena *arena) {
	const char *folded = text_fold(arena, name);
	size_t longest = 0;
	for (int i = 0; i < partner->prefixes.count; i++) {
		const char *prefix = text_fold(arena, partner->prefixes.items[i]);
		if (*prefix && text_starts(folded, prefix) && strlen(prefix) > longest)
			longest = strlen(prefix);
	}
	return longest;
}

const struct partner *partner_of(const struct campaign *campaign, const struct partner *partners, int count) {
	const struct partner *best = NULL;
	size_t longest = 0;
	ARENA_AUTO arena = arena_new();
	for (int i = 0; i < count; i++) {
		size_t length = prefix_length(&partners[i], campaign->name ? campaign->name : "", arena);
		if (campaign->partner_id && text_same(campaign->partner_id, partners[i].id))
			return &partners[i];
		if (length > longest) {
			longest = length;
			best = &partners[i];
		}
	}
	for (int i = 0; !best && i < count; i++)
		if (strings_meet(&partners[i].list_ids, &campaign->list_ids))
			best = &partners[i];
	return best;
}

bool partner_has(const char *id, const struct campaign *campaign, const struct partner *partners, int count) {
	const struct partner *owner = id ? partner_of(campaign, partners, count) : NULL;
	return !id || (owner && text_same(owner->id, id));
}

static bool read_by_name(struct store *store, const char *of, struct arena *arena, struct rows *partners,
                         struct error *err) {
	(void)of;
	if (!store_list(store, PARTNERS, &everything, SORT(asc("name")), PARTNERS_MAX, &partner_record, arena,
	                &partners->items, &partners->count, err))
		return false;
	COLLATE(partners->items, partners->count, struct partner, name);
	return true;
}

bool partner_list(struct store *store, struct arena *arena, struct partner **partners, int *count, struct error *err) {
	static struct kept kept = { .realms = REALM_PARTNERS, .size = sizeof **partners, .read = read_by_name };
	return kept_rows(&kept, store, NULL, arena, (void **)partners, count, err);
}

bool partner_find(struct store *store, const char *id, struct arena *arena, struct partner *partner, bool *found,
                  struct error *err) {
	return store_find(store, PARTNERS, FILTER(by_id_or(text_after(id, "partner_"), "name")), NULL, &partner_record,
	                  arena, partner, found, err);
}

/* The prefixes from both list and text, without duplicates. */
static bool read_prefixes(const struct partner_request *request, struct arena *arena, struct strings *prefixes,
                          struct error *err) {
	char *rest = arena_copy(arena, request->prefix ? request->prefix : ""), *word;
	*prefixes = (struct strings){ arena_array(arena, const char *, PREFIX_TEXT + PREFIXES_MAX + 1), 0 };
	for (int i = 0; i < request->prefixes.count; i++)
		prefixes->items[prefixes->count++] = request->prefixes.items[i];
	while ((word = strsep(&rest, ",")))
		if (*text_trim(arena, word))
			prefixes->items[prefixes->count++] = text_trim(arena, word);
	if (prefixes->count > PREFIXES_MAX)
		return error_field(err, "prefix", "A partner can have at most %d prefixes", PREFIXES_MAX);
	for (int i = 0; i < prefixes->count; i++)
		if (text_length(prefixes->items[i]) < PREFIX_MIN)
			return error_field(err, "prefix", "The prefix “%.40s” is too short. Use at least %d characters",
			                   prefixes->items[i], PREFIX_MIN);
	return true;
}

/* Resolves lists named in any of the accepted ways. */
static bool resolve_lists(struct store *store, const struct strings *asked, struct arena *arena, struct strings *ids,
                          struct error *err) {
	*ids = (struct strings){ arena_array(arena, const char *, asked->count + 1), 0 };
	for (int i = 0; i < asked->count; i++)
		if (!list_of_request(store, asked->items[i], "list_ids", arena, &ids->items[ids->count++], err))
			return false;
	return true;
}

/* The request as it will be stored, without an id. */
static bool read_request(struct store *store, const struct partner_request *request, struct moment now,
                         struct arena *arena, struct partner *partner, struct error *err) {
	record_clear(&partner_record, partner);
	partner->name = request->name;
	partner->contact = request->contact;
	partner->updated_at = now;
	partner->rev = request->rev;
	return read_prefixes(request, arena, &partner->prefixes, err) &&
	       resolve_lists(store, &request->list_ids, arena, &partner->list_ids, err);
}

/* Called after a write: the name may be taken. */
static bool end_write(struct store *store, bool fine, const char *name, struct error *err) {
	if (fine)
		return version_bump(store, REALM_PARTNERS, err);
	bool taken = err->kind == ERROR_CONFLICT && !store_is_stale(err);
	return taken && error_field(err, "name", "A partner named “%.60s” exists already. Choose another name", name);
}

bool partner_create(struct store *store, const struct partner_request *request, const char *id, const char *by,
                    struct moment now, struct arena *arena, struct error *err) {
	struct partner partner;
	int64_t others;
	bool was_there;
	if (!read_request(store, request, now, arena, &partner, err) ||
	    !store_count(store, PARTNERS, FILTER(ne_id("_id", id)), &others, err))
		return false;
	if (others >= PARTNERS_MAX)
		return error_set(err, ERROR_INVALID, "There are %d partners, the most there can be. Delete one first",
		                 PARTNERS_MAX);
	partner.id = id;
	partner.created_at = now;
	partner.created_by = by;
	return end_write(store, store_create(store, PARTNERS, &partner_record, &partner, id, &was_there, err), partner.name,
	                 err);
}

bool partner_change(struct store *store, const struct partner_request *request, const char *id, struct moment now,
                    struct arena *arena, struct error *err) {
	struct partner partner;
	bool found = true;
	if (!read_request(store, request, now, arena, &partner, err))
		return false;
	bool fine = store_save(store, PARTNERS, FILTER(by_id(text_after(id, "partner_"))), &partner_record, &partner,
	                       EXCEPT("logo", "has_logo", "created_at", "created_by"), &found, err) &&
	            (found || error_set(err, ERROR_MISSING, "no partner %.60s", id));
	return end_write(store, fine, partner.name, err);
}

bool partner_drop(struct store *store, const char *id, bool *found, struct error *err) {
	int64_t deleted;
	bool fine = store_delete(store, PARTNERS, FILTER(by_id(text_after(id, "partner_"))), &deleted, err) &&
	            campaign_drop_partner(store, text_after(id, "partner_"), err);
	*found = deleted > 0;
	return fine && version_bump(store, REALM_PARTNERS, err);
}

bool partner_save_logo(struct store *store, const char *id, const struct bytes *png, bool *found, struct error *err) {
	return store_update(store, PARTNERS, FILTER(by_id(text_after(id, "partner_"))),
	                    UPDATE(set_bool("has_logo", png != NULL), set_bytes("logo", png)), found, err);
}

/* The first word with an @ inside, without what surrounds it: "Daniel, <team@a.example>". */
static const char *address_in(struct arena *arena, const char *text) {
	static const char around[] = " \t\r\n,;()<>\"";
	for (text = text ? text : ""; *text;) {
		text += strspn(text, around);
		size_t length = strcspn(text, around);
		const char *at = memchr(text, '@', length);
		if (at && at > text && at + 1 < text + length)
			return arena_print(arena, "%.*s", (int)length, text);
		text += length;
	}
	return "";
}

bool partner_find_address(struct store *store, const char *partner_id, struct arena *arena, const char **address,
                          struct error *err) {
	struct partner partner;
	bool found = store_is_id(partner_id);
	*address = "";
	if (found && !partner_find(store, partner_id, arena, &partner, &found, err))
		return false;
	if (found)
		*address = address_in(arena, partner.contact);
	return true;
}
