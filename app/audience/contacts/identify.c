/* Who the contacts of a page are. */
#include "audience/contacts/contact.h"
#include "audience/contacts/gather.h"

/* The state of identifying a page. */
struct identifying {
	struct membership *rows;
	const struct membership **before; /* of each row: as it is stored; or NULL */
	const char **norms;               /* of each row; or NULL */
	int count;
	struct person *owners;   /* whose addresses may have changed */
	struct membership *held; /* all their memberships */
	int owner_count, held_count;
	struct arena *arena;
};

static bool is_same(const struct membership *a, const struct membership *b) {
	return text_same(a->list_id, b->list_id) && text_same(a->external.id, b->external.id) &&
	       text_same(a->external.connection_id, b->external.connection_id);
}

/* What could not be read stays as it was. A contact without an address has been erased at the provider: as if it had
 * not come, it is forgotten with all that is stored of it once that is confirmed. */
static bool find_before(struct store *store, struct identifying *page, struct error *err) {
	struct strings ids = { arena_array(page->arena, const char *, page->count + 1), 0 };
	struct membership *stored;
	int found;
	for (int i = 0; i < page->count; i++)
		ids.items[ids.count++] = page->rows[i].external.id;
	if (!membership_find_external(store, page->rows[0].external.connection_id, &ids, page->arena, &stored, &found, err))
		return false;
	for (int i = 0; i < page->count; i++) {
		struct membership *row = &page->rows[i];
		for (int k = 0; k < found && !page->before[i]; k++)
			page->before[i] = is_same(&stored[k], row) ? &stored[k] : NULL;
		bool is_emptied = text_is_empty(row->email) && !strings_have(&row->unread, "email");
		if (page->before[i] && page->before[i]->contact_id && is_emptied)
			*row = *page->before[i];
		else if (page->before[i])
			record_keep(&membership_record, row, page->before[i], &row->unread, page->arena);
		page->norms[i] = contact_norm(page->arena, row->email);
	}
	return true;
}

/* The person whose membership this was under another address; NULL if there is none. */
static const char *owner_before(const struct identifying *page, int i) {
	return page->before[i] ? page->before[i]->contact_id : NULL;
}

/* All whose address may have changed, as the row's is not theirs; and their memberships. */
static bool find_owners(struct store *store, struct identifying *page, const struct page_people *people,
                        struct error *err) {
	struct strings owners = { arena_array(page->arena, const char *, page->count + 1), 0 };
	for (int i = 0; i < page->count; i++) {
		const char *owner = owner_before(page, i);
		bool same = false;
		for (int k = 0; owner && k < people->norms.count && !same; k++)
			same = text_same(people->ids.items[k], owner) && text_same(people->norms.items[k], page->norms[i]);
		if (owner && !same && !strings_have(&owners, owner))
			owners.items[owners.count++] = owner;
	}
	return owners.count == 0 || (membership_list(store, &owners, page->arena, &page->held, &page->held_count, err) &&
	                             gather_find(store, &owners, page->arena, &page->owners, &page->owner_count, err));
}

/* Was an address typed here for this owner? */
static bool has_typed(const struct identifying *page, const char *id) {
	const struct person *owner = gather_person(page->owners, page->owner_count, id);
	return owner && !text_is_empty(owner->own.email);
}

static int row_of(const struct identifying *page, const struct membership *membership) {
	for (int i = 0; i < page->count; i++)
		if (is_same(&page->rows[i], membership))
			return i;
	return -1;
}

/* Has the person a membership beside the page's with another address than this one? Own ones have none. */
static bool lives_elsewhere(const struct identifying *page, const char *person, const char *norm) {
	for (int k = 0; k < page->held_count; k++)
		if (text_same(page->held[k].contact_id, person) && !page->held[k].own && row_of(page, &page->held[k]) < 0 &&
		    !text_same(contact_norm(page->arena, page->held[k].email), norm))
			return true;
	return false;
}

/* Who had a membership that now has this address and is nobody else: this person's address has changed. */
static const char *renamed(const struct identifying *page, const char *norm, const struct strings *taken) {
	for (int i = 0; i < page->count; i++) {
		const char *owner = text_same(page->norms[i], norm) ? owner_before(page, i) : NULL;
		if (owner && !strings_have(taken, owner) && !lives_elsewhere(page, owner, norm))
			return owner;
	}
	return NULL;
}

/* The id that a row already has for this person, or a new one. */
static const char *first_id(const struct identifying *page, const char *norm) {
	for (int i = 0; i < page->count; i++)
		if (page->rows[i].contact_id && text_same(page->norms[i], norm))
			return page->rows[i].contact_id;
	return store_new_id(page->arena);
}

/* Those who are known by their addresses. */
static bool find_known(struct store *store, const struct identifying *page, struct page_people *people,
                       struct error *err) {
	struct strings all = { arena_array(page->arena, const char *, page->count + 1), 0 };
	struct contact *known;
	int known_count;
	for (int i = 0; i < page->count; i++)
		if (page->norms[i])
			all.items[all.count++] = page->norms[i];
	people->norms = strings_distinct(page->arena, &all);
	people->ids = (struct strings){ arena_array(page->arena, const char *, all.count + 1), people->norms.count };
	people->typed = (struct strings){ arena_array(page->arena, const char *, 2 * all.count + 1), 0 };
	if (!contact_find_by_addresses(store, &people->norms, page->arena, &known, &known_count, err))
		return false;
	for (int k = 0; k < people->norms.count; k++) {
		const struct contact *contact = contact_with_address(known, known_count, people->norms.items[k]);
		people->ids.items[k] = contact ? contact->id : NULL;
		if (contact && !text_is_empty(contact->own.email))
			people->typed.items[people->typed.count++] = contact->id;
	}
	return true;
}

/* The others: somebody whose address has changed, or somebody new. */
static void find_others(const struct identifying *page, struct page_people *people) {
	struct strings taken = { arena_array(page->arena, const char *, people->ids.count + 1), 0 };
	for (int k = 0; k < people->ids.count; k++)
		if (people->ids.items[k])
			taken.items[taken.count++] = people->ids.items[k];
	for (int k = 0; k < people->ids.count; k++) {
		if (people->ids.items[k])
			continue;
		const char *person = renamed(page, people->norms.items[k], &taken);
		people->ids.items[k] = person ? person : first_id(page, people->norms.items[k]);
		taken.items[taken.count++] = people->ids.items[k];
		if (has_typed(page, person))
			people->typed.items[people->typed.count++] = person;
	}
}

static void set_people(struct identifying *page, const struct page_people *people) {
	for (int i = 0; i < page->count; i++) {
		struct membership *row = &page->rows[i];
		const char *owner = owner_before(page, i);
		row->contact_id = NULL;
		for (int k = 0; page->norms[i] && k < people->norms.count && !row->contact_id; k++)
			row->contact_id = text_same(page->norms[i], people->norms.items[k]) ? people->ids.items[k] : NULL;
		row->moved_from = owner && !text_same(owner, row->contact_id) ? owner : NULL;
	}
}

static bool stays(const struct identifying *page, const struct page_people *people, const char *person) {
	if (strings_have(&people->ids, person) || has_typed(page, person))
		return true;
	for (int k = 0; k < page->held_count; k++)
		if (text_same(page->held[k].contact_id, person) && row_of(page, &page->held[k]) < 0)
			return true;
	return false;
}

static void find_left(const struct identifying *page, struct page_people *people) {
	people->left = (struct strings){ arena_array(page->arena, const char *, page->count + 1), 0 };
	people->heirs = (struct strings){ arena_array(page->arena, const char *, page->count + 1), 0 };
	for (int i = 0; i < page->count; i++) {
		const struct membership *row = &page->rows[i];
		if (!row->moved_from || strings_have(&people->left, row->moved_from) || stays(page, people, row->moved_from))
			continue;
		people->left.items[people->left.count++] = row->moved_from;
		people->heirs.items[people->heirs.count++] = row->contact_id;
	}
}

bool contact_identify(struct store *store, struct membership *rows, int count, struct arena *arena,
                      struct page_people *people, struct error *err) {
	struct identifying page = { .rows = rows,
		                        .before = arena_array(arena, const struct membership *, count + 1),
		                        .norms = arena_array(arena, const char *, count + 1),
		                        .count = count,
		                        .arena = arena };
	*people = (struct page_people){ 0 };
	if (count == 0)
		return true;
	if (!find_before(store, &page, err) || !find_known(store, &page, people, err) ||
	    !find_owners(store, &page, people, err))
		return false;
	find_others(&page, people);
	set_people(&page, people);
	find_left(&page, people);
	return true;
}
