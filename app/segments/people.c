/* Finding and counting the people of a rule. */
#include "segments/people.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "segments/check.h"
#include "segments/compile.h"

static const char CONTACTS[] = "contacts";

enum {
	SORTED_MS = 120, /* for an answer in the order of an index */
	FEW_MS = 80,     /* for all of them at once, if they are FEW, to be sorted here */
	FEW = 1000,
	FIRST_SLICE = 1000, /* people looked at before the clock is looked at; then twice as many */
	MOST_SLICE = 5000,  /* beyond, the server sorts to find the end of a slice */
	AT_ONCE = 500,      /* people whose deeds are read together */
};

/* One answer while it is being found. */
struct finding {
	struct store *store;
	struct compiled_rule rule;
	const struct filter *filter; /* the rule's, and what else is asked */
	const struct rule_clock *clock;
	struct arena *arena;
	int64_t deadline; /* monotonic; 0: none */
};

/* People between two values of a member, which is unique. */
struct slice {
	const char *by;         /* "email_norm" or "_id" */
	const char *after, *to; /* NULL: no end */
};

static struct condition beyond(const char *by, const char *value) {
	return text_is_empty(value) ? anything() : strcmp(by, "_id") == 0 ? gt_id(by, value) : gt_text(by, value);
}

static struct condition up_to(const char *by, const char *value) {
	return text_is_empty(value) ? anything() : strcmp(by, "_id") == 0 ? lte_id(by, value) : lte_text(by, value);
}

static const struct filter *filter_both(const struct filter *a, const struct filter *b, struct arena *arena) {
	struct filter *both = arena_new_of(arena, struct filter);
	struct condition *conditions = arena_array(arena, struct condition, 2);
	conditions[0] = (struct condition){ .op = FILTER_ALL_OF, .nested = a };
	conditions[1] = (struct condition){ .op = FILTER_ALL_OF, .nested = b };
	*both = (struct filter){ conditions, 2 };
	return both;
}

static struct finding finding_of(struct store *store, const struct people_query *query, struct arena *arena) {
	struct finding finding = { .store = store, .clock = &query->clock, .arena = arena };
	rule_compile(query->rule, &query->clock, arena, &finding.rule);
	finding.filter = query->also ? filter_both(finding.rule.filter, query->also, arena) : finding.rule.filter;
	finding.deadline = query->patience_ms ? monotonic_ms() + query->patience_ms : 0;
	return finding;
}

static bool is_late(const struct finding *finding) {
	return finding->deadline && monotonic_ms() >= finding->deadline;
}

/* A page's cursor is how many were looked at, "-" if the database found the page before at once, and the address after
 * which it goes on: "5000:mara@acme.example". */
static bool read_cursor(const char *text, int64_t *looked, const char **after, struct error *err) {
	const char *colon = strchr(text, ':');
	char number[24] = "";
	*looked = COUNT_NONE;
	*after = colon ? colon + 1 : NULL;
	if (colon && colon - text < (int)sizeof number)
		memcpy(number, text, (size_t)(colon - text));
	if (colon && (strcmp(number, "-") == 0 || text_to_int(number, 0, INT64_MAX, looked)))
		return true;
	return error_field(err, "cursor", "This page link is not valid. Start from the first page");
}

static const char *cursor_at(struct arena *arena, int64_t looked, const char *after) {
	return looked == COUNT_NONE ? arena_print(arena, "-:%s", after)
	                            : arena_print(arena, "%" PRId64 ":%s", looked, after);
}

static int by_address(const void *a, const void *b) {
	const struct contact *one = a, *other = b;
	return strcmp(one->email_norm ? one->email_norm : "", other->email_norm ? other->email_norm : "");
}

static struct condition of_rule(const struct finding *finding) {
	return (struct condition){ .op = FILTER_ALL_OF, .nested = finding->filter };
}

/* A page that the database finds at once, by its sorting index, or all at once if they are few. *found is false if it
 * would take longer. */
static bool find_at_once(const struct finding *finding, const char *after, int limit, struct people_page *page,
                         bool *found, struct error *err) {
	const struct filter *filter = FILTER(of_rule(finding), beyond("email_norm", after));
	int most = FEW + 1;
	*found = true;
	store_hurry(finding->store, SORTED_MS);
	bool fine = store_list(finding->store, CONTACTS, filter, SORT(asc("email_norm")), limit + 1, &contact_record,
	                       finding->arena, (void **)&page->contacts, &page->count, err);
	if (!fine && store_is_late(err)) {
		store_hurry(finding->store, FEW_MS);
		fine = store_list(finding->store, CONTACTS, filter, NULL, most, &contact_record, finding->arena,
		                  (void **)&page->contacts, &page->count, err);
		*found = fine && page->count < most;
		qsort(page->contacts, (size_t)page->count, sizeof *page->contacts, by_address);
	}
	store_hurry(finding->store, 0);
	if (!fine && !store_is_late(err))
		return false;
	if (!fine)
		*err = ERROR_INIT;
	*found = *found && fine;
	if (*found && page->count > limit) {
		page->count = limit;
		page->progress.next = cursor_at(finding->arena, COUNT_NONE, page->contacts[limit - 1].email_norm);
	}
	return true;
}

/* Leaves those whom the rule meets. */
static bool check_deeds(const struct finding *finding, struct facts *people, int *count, struct error *err) {
	int met = 0;
	if (finding->rule.decides)
		return true;
	if (!facts_read_deeds(finding->store, &finding->rule.campaign_ids, people, *count, finding->arena, err))
		return false;
	for (int i = 0; i < *count; i++)
		if (rule_meets(finding->rule.rule, &people[i], finding->clock))
			people[met++] = people[i];
	*count = met;
	return true;
}

/* The rule's people of a slice, at most `limit` (at least one), in the order of the slice. *at: where it stopped; NULL
 * at the end of the slice. */
static bool find_in_slice(const struct finding *finding, const struct slice *slice, int limit, struct facts **people,
                          int *count, const char **at, struct error *err) {
	int most = finding->rule.decides && limit < AT_ONCE ? limit : AT_ONCE, found;
	if (!store_list(finding->store, CONTACTS,
	                FILTER(of_rule(finding), beyond(slice->by, slice->after), up_to(slice->by, slice->to)),
	                SORT(asc(slice->by)), most, &facts_record, finding->arena, (void **)people, &found, err))
		return false;
	*count = found;
	*at = NULL;
	if (found == most) {
		const struct facts *last = &(*people)[found - 1];
		*at = strcmp(slice->by, "_id") == 0 ? last->id : last->email_norm;
	}
	return check_deeds(finding, *people, count, err);
}

/* Ends the slice that begins after slice->after; slice->to is NULL if it is the last. */
static bool end_slice(const struct finding *finding, struct slice *slice, int size, struct error *err) {
	return store_mark(finding->store, CONTACTS, FILTER(beyond(slice->by, slice->after)), slice->by, size - 1,
	                  finding->arena, &slice->to, err);
}

/* The contacts behind facts, in the same order. */
static bool find_contacts(const struct finding *finding, const struct facts *people, int count,
                          struct people_page *page, struct error *err) {
	struct strings ids = { arena_array(finding->arena, const char *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		ids.items[ids.count++] = people[i].id;
	if (!store_list(finding->store, CONTACTS, FILTER(in_ids("_id", &ids)), NULL, count + 1, &contact_record,
	                finding->arena, (void **)&page->contacts, &page->count, err))
		return false;
	/* Asked for them in order, a server may go through everybody by address until it has found them. */
	qsort(page->contacts, (size_t)page->count, sizeof *page->contacts, by_address);
	return true;
}

/* Where a page stands between two slices. */
struct walking {
	struct facts *met;
	int count, limit;
	int64_t looked;
	const char *at; /* where it goes on; NULL: nobody is left */
	bool is_up;     /* the time was up */
};

/* Takes the people of one slice until the page is full. */
static bool walk_slice(const struct finding *finding, struct slice slice, struct walking *walking, struct error *err) {
	const char *at = slice.after;
	while (at != NULL && walking->count < walking->limit) {
		struct facts *people;
		int count;
		slice.after = at;
		if (!find_in_slice(finding, &slice, walking->limit - walking->count, &people, &count, &at, err))
			return false;
		for (int i = 0; i < count && walking->count < walking->limit; i++)
			walking->met[walking->count++] = people[i];
		if (walking->count == walking->limit)
			walking->at = walking->met[walking->limit - 1].email_norm;
	}
	return true;
}

/* Looks at everybody in turn until the page is full or the time is up. */
static bool walk(const struct finding *finding, struct walking *walking, struct error *err) {
	struct slice slice = { .by = "email_norm", .after = walking->at ? walking->at : "" };
	for (int size = FIRST_SLICE; walking->count < walking->limit;
	     size = size * 2 < MOST_SLICE ? size * 2 : MOST_SLICE) {
		if (!end_slice(finding, &slice, size, err) || !walk_slice(finding, slice, walking, err))
			return false;
		if (walking->count == walking->limit)
			break;
		walking->looked += size;
		walking->at = slice.after = slice.to;
		if (!slice.to)
			break;
		walking->is_up = is_late(finding);
		if (walking->is_up)
			break;
	}
	return true;
}

static bool note_progress(struct store *store, int64_t looked, struct people_progress *progress, struct error *err) {
	if (!store_estimate(store, CONTACTS, &progress->of, err))
		return false;
	progress->looked = looked;
	if (progress->of < looked)
		progress->of = looked;
	return true;
}

bool people_page(struct store *store, const struct people_query *query, int limit, struct arena *arena,
                 struct people_page *page, struct error *err) {
	const struct finding finding = finding_of(store, query, arena);
	struct walking walking = { .met = arena_array(arena, struct facts, limit + 1), .limit = limit };
	bool is_walking = !finding.rule.decides, found = false;
	*page = (struct people_page){ .progress = { NULL, COUNT_NONE, COUNT_NONE } };
	if (!text_is_empty(query->cursor)) {
		if (!read_cursor(query->cursor, &walking.looked, &walking.at, err))
			return false;
		is_walking = is_walking || walking.looked != COUNT_NONE;
		walking.looked = walking.looked == COUNT_NONE ? 0 : walking.looked;
	}
	if (!is_walking && !find_at_once(&finding, walking.at, limit, page, &found, err))
		return false;
	if (found)
		return true;
	if (!walk(&finding, &walking, err) || !find_contacts(&finding, walking.met, walking.count, page, err))
		return false;
	page->progress.next = walking.at ? cursor_at(arena, walking.looked, walking.at) : NULL;
	return !walking.is_up || note_progress(store, walking.looked, &page->progress, err);
}

/* A count's cursor: how many so far, of how many, and the id after which it goes on. */
static bool read_count_cursor(struct arena *arena, const char *text, struct people_count *count, const char **after,
                              struct error *err) {
	char *people = arena_copy(arena, text), *looked = strchr(people, ':'),
		 *id = looked ? strchr(looked + 1, ':') : NULL;
	if (id) {
		*looked++ = *id++ = '\0';
		*after = id;
	}
	if (id && store_is_id(id) && text_to_int(people, 0, INT64_MAX, &count->people) &&
	    text_to_int(looked, 0, INT64_MAX, &count->progress.looked))
		return true;
	return error_field(err, "cursor", "This count cannot be continued. Start it again");
}

/* Counts a slice; what the database cannot decide is checked. */
static bool count_slice(const struct finding *finding, struct slice slice, int64_t *people, struct error *err) {
	int64_t more = 0;
	if (finding->rule.decides) {
		bool fine = store_count(finding->store, CONTACTS,
		                        FILTER(of_rule(finding), beyond("_id", slice.after), up_to("_id", slice.to)), &more,
		                        err);
		*people += more;
		return fine;
	}
	for (const char *at = slice.after; at != NULL; *people += more) {
		ARENA_AUTO arena = arena_new();
		struct finding piece = *finding;
		struct facts *found;
		int count;
		char after[25] = "";
		(void)snprintf(after, sizeof after, "%s", at);
		piece.arena = arena;
		slice.after = after;
		if (!find_in_slice(&piece, &slice, AT_ONCE, &found, &count, &at, err))
			return false;
		at = at ? arena_copy(finding->arena, at) : NULL;
		more = count;
	}
	return true;
}

static bool count_in_slices(const struct finding *finding, const char *after, struct people_count *count,
                            struct error *err) {
	struct slice slice = { .by = "_id", .after = after ? after : "" };
	bool is_up = false;
	do {
		if (!end_slice(finding, &slice, MOST_SLICE, err) || !count_slice(finding, slice, &count->people, err))
			return false;
		count->progress.looked += MOST_SLICE;
		slice.after = slice.to;
		is_up = is_late(finding);
	} while (slice.to && !is_up);
	if (!slice.to) {
		count->progress = (struct people_progress){ NULL, COUNT_NONE, COUNT_NONE };
		return true;
	}
	count->progress.next = arena_print(finding->arena, "%" PRId64 ":%" PRId64 ":%s", count->people,
	                                   count->progress.looked, slice.to);
	return note_progress(finding->store, count->progress.looked, &count->progress, err);
}

/* In one statement, which costs least; *counted is false if that would take too long. */
static bool count_at_once(const struct finding *finding, int patience_ms, struct people_count *count, bool *counted,
                          struct error *err) {
	int64_t people;
	if (!store_count_within(finding->store, CONTACTS, finding->filter, patience_ms ? patience_ms : PEOPLE_COUNT_MS,
	                        &people, err))
		return false;
	*counted = people != COUNT_NONE;
	count->people = *counted ? people : 0;
	return true;
}

bool people_count(struct store *store, const struct people_query *query, struct arena *arena,
                  struct people_count *count, struct error *err) {
	struct finding finding = finding_of(store, query, arena);
	bool is_first = text_is_empty(query->cursor), counted = false;
	const char *after = NULL;
	*count = (struct people_count){ 0, { NULL, COUNT_NONE, COUNT_NONE } };
	if (!is_first && !read_count_cursor(arena, query->cursor, count, &after, err))
		return false;
	if (is_first && finding.rule.decides && !count_at_once(&finding, query->patience_ms, count, &counted, err))
		return false;
	if (counted)
		return true;
	if (is_first)
		*count = (struct people_count){ 0, { NULL, 0, 0 } };
	return count_in_slices(&finding, after, count, err);
}

void people_place_set(struct people_place *place, const char *after) {
	if (text_is_empty(after))
		after = "";
	if (place->is_cut && *place->to && strcmp(place->to, after) <= 0)
		place->is_cut = false;
	(void)snprintf(place->after, sizeof place->after, "%s", after);
	place->ended = false;
}

/* A slice stays cut for as many calls as it takes to read it. */
static bool cut_slice(const struct finding *finding, struct people_place *place, struct error *err) {
	struct slice slice = { .by = "_id", .after = place->after };
	if (place->is_cut)
		return true;
	if (!end_slice(finding, &slice, MOST_SLICE, err))
		return false;
	(void)snprintf(place->to, sizeof place->to, "%s", slice.to ? slice.to : "");
	place->is_cut = true;
	return true;
}

/* As find_in_slice, but their contacts; those who are deleted meanwhile are not among them. */
static bool contacts_in_slice(const struct finding *finding, const struct slice *slice, int limit,
                              struct contact **contacts, int *count, const char **at, struct error *err) {
	struct strings ids = { NULL, 0 };
	struct facts *people;
	int found;
	if (finding->rule.decides) {
		if (!store_list(finding->store, CONTACTS,
		                FILTER(of_rule(finding), beyond("_id", slice->after), up_to("_id", slice->to)),
		                SORT(asc("_id")), limit, &contact_record, finding->arena, (void **)contacts, count, err))
			return false;
		*at = *count == limit ? (*contacts)[limit - 1].id : NULL;
		return true;
	}
	if (!find_in_slice(finding, slice, limit, &people, &found, at, err))
		return false;
	ids.items = arena_array(finding->arena, const char *, found + 1);
	for (; ids.count < found && ids.count < limit; ids.count++)
		ids.items[ids.count] = people[ids.count].id;
	if (ids.count < found)
		*at = ids.items[ids.count - 1];
	return store_list(finding->store, CONTACTS, FILTER(in_ids("_id", &ids)), SORT(asc("_id")), ids.count + 1,
	                  &contact_record, finding->arena, (void **)contacts, count, err);
}

bool people_next(struct store *store, const struct rule *rule, const struct rule_clock *clock,
                 struct people_place *place, int limit, struct arena *arena, struct contact **contacts, int *count,
                 struct error *err) {
	const struct people_query query = { .rule = rule, .clock = *clock };
	const struct finding finding = finding_of(store, &query, arena);
	*contacts = arena_array(arena, struct contact, (size_t)limit + 1);
	*count = 0;
	while (!place->ended && *count < limit) {
		struct contact *more;
		const char *at;
		int found;
		if (!cut_slice(&finding, place, err))
			return false;
		const struct slice slice = { "_id", place->after, *place->to ? place->to : NULL };
		if (!contacts_in_slice(&finding, &slice, limit - *count, &more, &found, &at, err))
			return false;
		memcpy(*contacts + *count, more, sizeof *more * (size_t)found);
		*count += found;
		place->ended = !at && !slice.to;
		if (at || slice.to)
			people_place_set(place, at ? at : arena_copy(arena, place->to));
	}
	return true;
}
