/* Domains of a file. */
#include "audience/importing/domains.h"

#include <glib.h>
#include <string.h>

#include "audience/domains/domain.h"
#include "core/formats/mail.h"

enum { DOMAINS_MAX = 20000, LONGEST = 255, PATIENCE_MS = 10000 };

struct import_domains {
	struct arena *arena;
	GHashTable *seen; /* as they are written in the file */
	struct strings names;
	int64_t until_ms; /* monotonic */
};

static void drop(void *seen) {
	g_hash_table_destroy(seen);
}

struct import_domains *import_domains_new(struct arena *arena) {
	struct import_domains *domains = arena_new_of(arena, struct import_domains);
	*domains = (struct import_domains){ .arena = arena, .seen = g_hash_table_new(g_str_hash, g_str_equal) };
	domains->names.items = arena_array(arena, const char *, DOMAINS_MAX);
	arena_defer(arena, drop, domains->seen);
	return domains;
}

static int address_column(const struct import_mapping *mapping) {
	for (int i = 0; i < mapping->count; i++)
		if (mapping->columns[i].target == TARGET_EMAIL)
			return i;
	return -1;
}

void import_domains_add(struct import_domains *domains, const struct import_mapping *mapping,
                        const struct rows_row *row) {
	char written[LONGEST + 1];
	int column = address_column(mapping);
	const char *at = column >= 0 && column < row->cells.count ? strrchr(row->cells.items[column], '@') : NULL;
	size_t size = at ? strcspn(at + 1, " \t\r\n>\"") : 0;
	if (size == 0 || size > LONGEST || domains->names.count == DOMAINS_MAX)
		return;
	memcpy(written, at + 1, size);
	written[size] = '\0';
	if (g_hash_table_contains(domains->seen, written))
		return;
	(void)g_hash_table_add(domains->seen, arena_copy(domains->arena, written));
	const char *name = contact_domain(domains->arena, written);
	if (name && strchr(name, '.'))
		domains->names.items[domains->names.count++] = name;
}

bool import_domains_ask(struct import_domains *domains, struct store *store, struct moment now, struct error *err) {
	domains->until_ms = monotonic_ms() + PATIENCE_MS;
	return domain_note(store, &domains->names, now, err);
}

bool import_domains_wait(struct import_domains *domains, struct store *store, bool *waits, struct error *err) {
	int64_t left = 0;
	bool fine = monotonic_ms() >= domains->until_ms || domain_count_new(store, &domains->names, &left, err);
	*waits = fine && left > 0;
	return fine;
}

static void flag(struct batch_row *row, const struct mail_domain *bad, struct arena *arena) {
	const struct import_row *read = &row->row;
	struct import_problem *problems = arena_array(arena, struct import_problem, read->problem_count + 1);
	for (int i = 0; i < read->problem_count; i++)
		problems[i] = read->problems[i];
	problems[read->problem_count] = (struct import_problem){
		.severity = PROBLEM_FLAGS,
		.column = -1,
		.value = NULL,
		.why = arena_print(arena, "%s %s: nothing is sent to this address", mail_shown_domain(bad->name, arena),
		                   domain_verdict_told((enum domain_verdict)bad->verdict)),
	};
	row->row.problems = problems;
	row->row.problem_count++;
	row->bad_domain = true;
}

bool import_domains_flag(const struct import_work *work, struct batch *batch, struct error *err) {
	struct arena *arena = batch->arena;
	struct strings names = { arena_array(arena, const char *, batch->count + 1), 0 };
	struct mail_domain *bad;
	int count;
	if (!work->domains)
		return true;
	for (int i = 0; i < batch->count; i++)
		if (batch->rows[i].row.key)
			names.items[names.count++] = contact_domain(arena, batch->rows[i].row.key);
	strings_sort(&names);
	int distinct = 0;
	for (int i = 0; i < names.count; i++)
		if (i == 0 || strcmp(names.items[i], names.items[distinct - 1]) != 0)
			names.items[distinct++] = names.items[i];
	names.count = distinct;
	if (!domain_find_bad(work->store, &names, arena, &bad, &count, err))
		return false;
	for (int i = 0; i < batch->count && count; i++) {
		struct batch_row *row = &batch->rows[i];
		const char *name = row->row.key && !row->row.is_rejected ? contact_domain(arena, row->row.key) : NULL;
		const struct mail_domain *found = domain_of(bad, count, name);
		if (found)
			flag(row, found, arena);
	}
	return true;
}
