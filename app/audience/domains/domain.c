/* Domains, stored and judged. */
#include "audience/domains/domain.h"

#include <stdlib.h>
#include <string.h>

#include "audience/contacts/rollup.h"

enum { AT_ONCE = 1000, BAD_MAX = 100000, DAYS_GOOD = 30, HOURS_BAD = 24, MISSED_MS = 600 * SECOND_MS, DOUBLINGS = 7 };

static const char DOMAINS[] = "mail_domains";

static const char *const verdict_names[] = {
	[DOMAIN_UNKNOWN] = "unknown", [DOMAIN_TAKES_MAIL] = "takes_mail", [DOMAIN_NO_NAME] = "no_name",
	[DOMAIN_NO_HOST] = "no_host", [DOMAIN_REFUSES] = "refuses",
};
_Static_assert(sizeof verdict_names / sizeof *verdict_names == DOMAIN_VERDICT_COUNT, "a name a verdict");
const struct choices domain_verdicts = CHOICES(verdict_names);

static const struct field fields[] = {
	FIELD(struct mail_domain, name, .stored = "_id"),
	FIELD(struct mail_domain, verdict, .choices = &domain_verdicts),
	FIELD(struct mail_domain, misses),
	FIELD(struct mail_domain, noted_at),
	FIELD(struct mail_domain, looked_at),
	FIELD(struct mail_domain, due_at),
};
static const struct record_type domain_record = RECORD_TYPE("MailDomain", struct mail_domain, fields);

#define BAD_ONES in_texts("verdict", TEXTS("no_name", "no_host", "refuses"))

bool domain_is_bad(enum domain_verdict verdict) {
	return verdict > DOMAIN_TAKES_MAIL;
}

const char *domain_verdict_told(enum domain_verdict verdict) {
	static const char *const told[DOMAIN_VERDICT_COUNT] = {
		[DOMAIN_UNKNOWN] = "has not been looked up", [DOMAIN_TAKES_MAIL] = "accepts email",
		[DOMAIN_NO_NAME] = "does not exist",         [DOMAIN_NO_HOST] = "has no mail server",
		[DOMAIN_REFUSES] = "takes no email",
	};
	return told[verdict];
}

enum domain_verdict domain_judge(const enum dns_result *results, int count, bool refuses, bool *again) {
	enum dns_result last = results[count - 1];
	*again = last == DNS_NONE && count < 3;
	if (last == DNS_FOUND)
		return count == 1 && refuses ? DOMAIN_REFUSES : DOMAIN_TAKES_MAIL;
	if (last == DNS_FAILED || *again)
		return DOMAIN_UNKNOWN;
	return last == DNS_NO_NAME ? DOMAIN_NO_NAME : DOMAIN_NO_HOST;
}

void domain_settle(struct mail_domain *domain, enum domain_verdict verdict, struct moment now) {
	if (verdict == DOMAIN_UNKNOWN) {
		domain->misses = domain->misses == COUNT_NONE ? 1 : domain->misses + 1;
		int64_t doublings = domain->misses < DOUBLINGS ? domain->misses - 1 : DOUBLINGS;
		domain->due_at = moment_add(now, (int64_t)MISSED_MS << doublings);
		return;
	}
	domain->verdict = verdict;
	domain->misses = 0;
	domain->looked_at = now;
	domain->due_at = moment_add(now, domain_is_bad(verdict) ? HOURS_BAD * HOUR_MS : DAYS_GOOD * DAY_MS);
}

static bool find_some(struct store *store, const struct filter *filter, int limit, struct arena *arena,
                      struct mail_domain **domains, int *count, struct error *err) {
	return store_list(store, DOMAINS, filter, SORT(asc("_id")), limit, &domain_record, arena, (void **)domains, count,
	                  err);
}

const struct mail_domain *domain_of(const struct mail_domain *domains, int count, const char *name) {
	for (int low = 0, high = count; name && low < high;) {
		int middle = (low + high) / 2, order = strcmp(name, domains[middle].name);
		if (order == 0)
			return &domains[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Up to AT_ONCE of them from `first`. */
static struct strings some_of(const struct strings *names, int first) {
	int count = names->count - first < AT_ONCE ? names->count - first : AT_ONCE;
	return (struct strings){ names->items + first, count };
}

static bool note_some(struct store *store, const struct strings *some, struct moment now, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct mail_domain *known;
	int count;
	if (!find_some(store, FILTER(in_texts("_id", some)), AT_ONCE, arena, &known, &count, err))
		return false;
	struct bulk *bulk = bulk_open(store, DOMAINS);
	for (int i = 0; i < some->count; i++) {
		const struct mail_domain fresh = { some->items[i], DOMAIN_UNKNOWN, 0, now, MOMENT_NONE, now };
		if (!domain_of(known, count, some->items[i]))
			bulk_insert(bulk, &domain_record, &fresh);
	}
	return bulk_run(bulk, NULL, err);
}

bool domain_note(struct store *store, const struct strings *names, struct moment now, struct error *err) {
	bool fine = true;
	for (int first = 0; fine && first < names->count; first += AT_ONCE) {
		const struct strings some = some_of(names, first);
		fine = note_some(store, &some, now, err);
	}
	return fine;
}

bool domain_find_bad(struct store *store, const struct strings *names, struct arena *arena, struct mail_domain **bad,
                     int *count, struct error *err) {
	*count = 0;
	*bad = NULL;
	return names->count == 0 ||
	       find_some(store, FILTER(in_texts("_id", names), BAD_ONES), names->count, arena, bad, count, err);
}

bool domain_count_new(struct store *store, const struct strings *names, int64_t *count, struct error *err) {
	bool fine = true;
	*count = 0;
	for (int first = 0; fine && first < names->count; first += AT_ONCE) {
		const struct strings some = some_of(names, first);
		int64_t here = 0;
		fine = store_count(store, DOMAINS,
		                   FILTER(in_texts("_id", &some), is_absent("looked_at"), NONE_OF(gt_count("misses", 0))),
		                   &here, err);
		*count += here;
	}
	return fine;
}

bool domain_due(struct store *store, struct moment now, int limit, struct arena *arena, struct mail_domain **domains,
                int *count, struct error *err) {
	return store_list(store, DOMAINS, FILTER(lte_moment("due_at", now)), SORT(asc("due_at"), asc("_id")), limit,
	                  &domain_record, arena, (void **)domains, count, err);
}

bool domain_save(struct store *store, const struct mail_domain *domains, int count, struct error *err) {
	struct bulk *bulk = bulk_open(store, DOMAINS);
	for (int i = 0; i < count; i++)
		bulk_update(bulk, FILTER(eq_text("_id", domains[i].name)),
		            UPDATE(set_record(&domain_record, &domains[i], EXCEPT("name", "noted_at"))));
	return bulk_run(bulk, NULL, err);
}

bool domain_all_bad(struct store *store, struct arena *arena, struct strings *names, struct error *err) {
	struct mail_domain *bad;
	int count;
	if (!find_some(store, FILTER(BAD_ONES), BAD_MAX, arena, &bad, &count, err))
		return false;
	*names = (struct strings){ arena_array(arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		names->items[names->count++] = bad[i].name;
	return true;
}

/* Drops those of a page that no contact has. */
static bool drop_page(struct store *store, const struct mail_domain *page, int count, struct arena *arena,
                      struct error *err) {
	struct strings asked = { arena_array(arena, const char *, count + 1), 0 }, had, lost = { 0 };
	int64_t deleted;
	for (int i = 0; i < count; i++)
		asked.items[asked.count++] = page[i].name;
	if (!rollup_domains_of(store, &asked, arena, &had, err))
		return false;
	lost.items = arena_array(arena, const char *, count + 1);
	for (int i = 0; i < count; i++)
		if (!strings_have_sorted(&had, page[i].name))
			lost.items[lost.count++] = page[i].name;
	return lost.count == 0 || store_delete(store, DOMAINS, FILTER(in_texts("_id", &lost)), &deleted, err);
}

static bool drop_lost(struct store *store, struct moment before, struct error *err) {
	const char *after = "";
	ARENA_AUTO kept = arena_new();
	for (int count = AT_ONCE; count == AT_ONCE;) {
		ARENA_AUTO arena = arena_new();
		struct mail_domain *page;
		if (!find_some(store, FILTER(gt_text("_id", after), lt_moment("noted_at", before)), AT_ONCE, arena, &page,
		               &count, err) ||
		    !drop_page(store, page, count, arena, err))
			return false;
		if (count)
			after = arena_copy(kept, page[count - 1].name);
	}
	return true;
}

bool domain_follow(struct store *store, struct moment now, struct moment before, struct error *err) {
	const char *after = "";
	ARENA_AUTO kept = arena_new();
	for (int count = AT_ONCE; count == AT_ONCE;) {
		ARENA_AUTO arena = arena_new();
		struct strings page;
		if (!rollup_domains_after(store, after, AT_ONCE, arena, &page, err) || !domain_note(store, &page, now, err))
			return false;
		count = page.count;
		if (count)
			after = arena_copy(kept, page.items[count - 1]);
	}
	return drop_lost(store, before, err);
}
