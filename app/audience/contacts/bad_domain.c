/* Marks at contacts. */
#include "audience/contacts/bad_domain.h"

#include <string.h>

#include "core/store/version.h"

enum { AT_ONCE = 500, MARKED_MAX = 100000 };

static const char CONTACTS[] = "contacts";

struct marked {
	const char *domain;
};
static const struct field marked_fields[] = { FIELD(struct marked, domain, .stored = "_id") };
static const struct record_type marked_record = RECORD_TYPE("MarkedDomain", struct marked, marked_fields);

/* The domains of all who are marked. */
static bool find_marked(struct store *store, struct arena *arena, struct rows *rows, struct error *err) {
	BSON_AUTO stages = BCON_NEW("0", "{", "$group", "{", "_id", BCON_UTF8("$domain"), "}", "}", "1", "{", "$limit",
	                            BCON_INT64(MARKED_MAX), "}");
	return store_aggregate_rows(store, CONTACTS, FILTER(eq_bool("bad_domain", true)), stages, &marked_record, arena,
	                            rows, err);
}

static bool mark(struct store *store, const struct strings *domains, bool bad, bool *changed, struct error *err) {
	bool fine = true;
	for (int first = 0; fine && first < domains->count; first += AT_ONCE) {
		int count = domains->count - first < AT_ONCE ? domains->count - first : AT_ONCE;
		const struct strings some = { domains->items + first, count };
		const struct filter *wrong = FILTER(in_texts("domain", &some), ne_bool("bad_domain", bad));
		int64_t people;
		fine = store_count_most(store, CONTACTS, wrong, 1, &people, err) &&
		       (people == 0 || store_update_all(store, CONTACTS, wrong, UPDATE(set_bool("bad_domain", bad)), err));
		*changed = *changed || (fine && people > 0);
	}
	return fine;
}

bool contact_mark_bad(struct store *store, const struct strings *domains, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct rows rows;
	bool changed = false;
	if (!find_marked(store, arena, &rows, err))
		return false;
	const struct marked *marked = rows.items;
	struct strings wanted = { arena_array(arena, const char *, domains->count + 1), domains->count };
	struct strings well = { arena_array(arena, const char *, rows.count + 1), 0 };
	if (domains->count)
		memcpy(wanted.items, domains->items, sizeof *wanted.items * (size_t)domains->count);
	strings_sort(&wanted);
	for (int i = 0; i < rows.count; i++)
		if (marked[i].domain && !strings_have_sorted(&wanted, marked[i].domain))
			well.items[well.count++] = marked[i].domain;
	return mark(store, domains, true, &changed, err) && mark(store, &well, false, &changed, err) &&
	       (!changed || version_bump(store, REALM_PEOPLE, err));
}
