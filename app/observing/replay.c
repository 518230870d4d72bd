/* Replaying raw answers. */
#include "observing/replay.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audience/contacts/contact.h"
#include "audience/lists/list.h"
#include "audience/suppression/suppression.h"
#include "campaigns/curve.h"
#include "campaigns/growth.h"
#include "campaigns/links.h"
#include "core/base/local.h"
#include "core/base/secret.h"
#include "core/store/migrate.h"
#include "core/store/page.h"
#include "core/store/version.h"
#include "events/engagement.h"
#include "events/event.h"
#include "events/own_event.h"
#include "observing/job.h"
#include "observing/raw.h"

enum { PATIENCE_MS = 20000, ROWS_AT_ONCE = 500, REFUSED_KEPT = 100 };

static const struct field row_fields[] = {
	FIELD(struct replay_row, collection),
	FIELD(struct replay_row, present, .unit = "documents"),
	FIELD(struct replay_row, rebuilt, .unit = "documents"),
	FIELD(struct replay_row, equal),
	FIELD(struct replay_row, older, .doc = "Why it differs, if only what an older version stored does"),
};
const struct record_type replay_row_record = RECORD_TYPE("ReplayRow", struct replay_row, row_fields);

/* Blanks what two databases cannot agree on: ids of appended documents, and reading times. */
static void blank_snapshot(void *object) {
	((struct snapshot *)object)->id = NULL;
}

static void blank_link_report(void *object) {
	((struct link_report *)object)->id = NULL;
}

static void blank_nothing(void *object) {
	(void)object;
}

static void blank_event(void *object) {
	((struct event *)object)->id = NULL;
}

/* Days of an earlier zone of the account may remain, but nothing shows them. */
static void blank_growth(void *object) {
	struct growth *growth = object;
	struct named *const reports[] = { &growth->opened, &growth->clicked, &growth->bounced, &growth->unsubscribed,
		                              &growth->complained };
	for (int i = 0; i < RESPONSE_COUNT; i++) {
		reports[i]->read_at = MOMENT_NONE;
		if (local_zone() && text_same(reports[i]->zone, local_name()))
			continue;
		reports[i]->zone = NULL;
		reports[i]->local_days.count = 0;
	}
}

static int by_text(const void *a, const void *b) {
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_texts(struct strings *texts) {
	if (texts->count)
		qsort(texts->items, (size_t)texts->count, sizeof *texts->items, by_text);
}

/* Links to customers and what is known of domains do not come from answers, and the lists are an unordered set. */
static void blank_contact(void *object) {
	struct contact *contact = object;
	sort_texts(&contact->list_ids);
	sort_texts(&contact->subscribed_ids);
	sort_texts(&contact->unsubscribed_ids);
	contact->rev = 0;
	contact->bad_domain = false;
	contact->fewer_last_at = MOMENT_NONE;
	contact->fewer_campaign_id = NULL;
	contact->customer_id = contact->customer_link = contact->usage_segment = NULL;
	contact->customer_groups.count = 0;
}

struct collection {
	const char *name;
	const struct record_type *record;
	void (*blank)(void *object);
	/* For append-only collections: inserts the missing rows. NULL: one document per campaign or person, which is
	 * updated instead.
	 */
	bool (*restore)(struct store *store, const struct rows *rows, struct error *err);
};
static const struct collection collections[REPLAY_ROWS] = {
	{ "campaign_metrics_snapshots", &snapshot_record, blank_snapshot, campaign_restore_snapshots },
	{ "link_snapshots", &link_report_record, blank_link_report, campaign_restore_link_reports },
	{ "contact_events", &event_record, blank_event, event_restore },
	{ "campaign_curves", &curve_record, blank_nothing, NULL },
	{ "campaign_growth", &growth_record, blank_growth, NULL },
	{ "contacts", &contact_record, blank_contact, NULL },
};

/* An order-independent checksum: the sum of all documents' digests. */
struct sum {
	const struct collection *collection;
	int64_t count;
	uint64_t parts[2];
	GHashTable *campaigns;     /* of each campaign: struct difference */
	const struct strings *own; /* sorted ids of own campaigns: no provider tells of them */
	bool is_rebuilt;
};

/* What a campaign's documents sum to, and how many there are: present less rebuilt. */
struct difference {
	uint64_t digests;
	int64_t count;
};

/* The documents of a campaign; those of no campaign are of "". */
static void add_to_campaign(const struct sum *sum, const void *object, uint64_t digest) {
	const struct field *field = record_field(sum->collection->record, "campaign_id");
	const char *id = field ? *(const char *const *)(const void *)((const char *)object + field->offset) : "";
	struct difference *difference = g_hash_table_lookup(sum->campaigns, id ? id : "");
	if (!difference) {
		difference = g_new0(struct difference, 1);
		(void)g_hash_table_insert(sum->campaigns, g_strdup(id ? id : ""), difference);
	}
	difference->digests += sum->is_rebuilt ? -digest : digest;
	difference->count += sum->is_rebuilt ? -1 : 1;
}

static bool is_of_own(const struct sum *sum, const void *object) {
	const struct field *field = record_field(sum->collection->record, "campaign_id");
	const char *id = field ? *(const char *const *)(const void *)((const char *)object + field->offset) : NULL;
	return id && strings_have_sorted(sum->own, id);
}

static void add_object(void *context, const void *read) {
	struct sum *sum = context;
	if (is_of_own(sum, read))
		return;
	char digest[SECRET_HEX];
	unsigned long long high, low;
	ARENA_AUTO arena = arena_new();
	BUF_AUTO text = { 0 };
	void *object = memcpy(arena_alloc(arena, sum->collection->record->size), read, sum->collection->record->size);
	sum->collection->blank(object);
	record_to_json(sum->collection->record, object, &text);
	secret_digest(buf_text(&text), digest);
	(void)sscanf(digest, "%16llx%16llx", &high, &low);
	sum->parts[0] += high;
	sum->parts[1] += low;
	sum->count++;
	add_to_campaign(sum, object, high);
}

/* NULL unless in the answers of each campaign that differs something was refused (`refused` has what was first) and no
 * document of it is missing: an older version stored more, never less. */
static const char *older_words(GHashTable *campaigns, GHashTable *refused, struct arena *arena) {
	GHashTableIter iter;
	void *id, *value;
	const char *first = NULL;
	int count = 0;
	g_hash_table_iter_init(&iter, campaigns);
	while (g_hash_table_iter_next(&iter, &id, &value)) {
		const struct difference *difference = value;
		const char *rule = g_hash_table_lookup(refused, id);
		if (difference->digests == 0 && difference->count == 0)
			continue;
		if (!rule || difference->count < 0)
			return NULL;
		first = first && strcmp(first, rule) < 0 ? first : rule;
		count++;
	}
	return first ? arena_print(arena, "an older version stored, of %s, what is refused today, as in %s",
	                           text_of_counted(arena, count, "campaign", "campaigns"), first)
	             : NULL;
}

static bool sum_both(struct store *present, struct store *rebuilt, struct sum *a, struct sum *b, struct error *err) {
	const struct collection *collection = a->collection;
	return store_each(present, collection->name, &everything, collection->record, add_object, a, err) &&
	       store_each(rebuilt, collection->name, &everything, collection->record, add_object, b, err);
}

static bool find_own(struct store *present, struct arena *arena, struct strings *own, struct error *err) {
	struct campaign_filter every = CAMPAIGN_EVERY;
	struct campaign *campaigns;
	int count;
	every.gone = every.own = true;
	if (!campaign_select(present, &every, arena, &campaigns, &count, err))
		return false;
	*own = (struct strings){ arena_array(arena, const char *, (size_t)count + 1), 0 };
	for (int i = 0; i < count; i++)
		if (campaigns[i].origin == CAMPAIGN_OWN)
			own->items[own->count++] = campaigns[i].id;
	strings_sort(own);
	return true;
}

static bool compare(struct store *present, struct store *rebuilt, const struct collection *collection,
                    GHashTable *refused, struct arena *arena, struct replay_row *row, struct error *err) {
	struct strings own;
	if (!find_own(present, arena, &own, err))
		return false;
	GHashTable *campaigns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	struct sum a = { .collection = collection, .campaigns = campaigns, .own = &own };
	struct sum b = { .collection = collection, .campaigns = campaigns, .own = &own, .is_rebuilt = true };
	bool fine = sum_both(present, rebuilt, &a, &b, err);
	bool equal = a.count == b.count && memcmp(a.parts, b.parts, sizeof a.parts) == 0;
	*row = (struct replay_row){ .collection = collection->name,
		                        .present = a.count,
		                        .rebuilt = b.count,
		                        .equal = equal,
		                        .older = fine && !equal ? older_words(campaigns, refused, arena) : NULL };
	g_hash_table_destroy(campaigns);
	return fine;
}

/* Passes on all matching documents of a collection, page by page, in order of id. */
static bool each_page(struct store *store, const char *name, const struct filter *filter,
                      const struct record_type *record,
                      bool (*take)(struct store *into, const struct rows *rows, struct error *err), struct store *into,
                      struct error *err) {
	char cursor[25] = "";
	bool more = true;
	while (more) {
		ARENA_AUTO arena = arena_new();
		struct page_query query = { .filter = filter, .cursor = cursor, .limit = ROWS_AT_ONCE };
		struct page page;
		if (!store_page(store, name, &query, record, arena, &page, err) || !take(into, &page.rows, err))
			return false;
		more = page.next != NULL;
		(void)snprintf(cursor, sizeof cursor, "%s", more ? page.next : "");
	}
	return true;
}

/* Memberships are not in any report, so they are copied. */
static bool copy_members(struct store *into, const struct rows *rows, struct error *err) {
	ARENA_AUTO arena = arena_new();
	return contact_save_page(into, rows->items, rows->count, arena, err);
}

/* Those who are on lists here have been copied with them. */
static bool copy_own_members(struct store *into, const struct rows *rows, struct error *err) {
	return membership_copy_own(into, rows, err) && contact_gather_members(into, rows, err);
}

/* Keeps people found for an event by a membership, which may be gone by now: without one, replay could not find them.
 * Creates memberships on a nonexistent list. */
static bool copy_found(struct store *into, const struct rows *rows, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct event *events = rows->items;
	struct membership *members = arena_array(arena, struct membership, (size_t)rows->count + 1);
	const char *nowhere = store_new_id(arena);
	int count = 0;
	for (int i = 0; i < rows->count; i++) {
		struct campaign campaign;
		bool found;
		if (!events[i].contact_id)
			continue;
		if (!campaign_find(into, events[i].campaign_id, arena, &campaign, &found, err))
			return false;
		record_clear(&membership_record, &members[count]);
		members[count].list_id = nowhere;
		members[count].contact_id = events[i].contact_id;
		members[count++].external = (struct external){ found ? campaign.external.connection_id : NULL,
			                                           events[i].contact_ref };
	}
	return membership_save(into, members, count, err);
}

/* Copies campaigns as they were before their first report. */
static bool copy_campaigns(struct store *present, struct store *rebuilt, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign *campaigns;
	int count;
	struct campaign_filter ever = CAMPAIGN_EVERY;
	ever.gone = ever.observed = true;
	if (!campaign_select(present, &ever, arena, &campaigns, &count, err))
		return false;
	struct campaign *bare = arena_array(arena, struct campaign, (size_t)count + 1);
	for (int i = 0; i < count; i++) {
		record_clear(&campaign_record, &bare[i]);
		bare[i].id = campaigns[i].id;
		bare[i].external = campaigns[i].external;
		bare[i].name = campaigns[i].name;
		bare[i].status = campaigns[i].status;
		bare[i].sent_at = campaigns[i].sent_at;
	}
	return campaign_restore(rebuilt, bare, count, err);
}

static const struct task_kind *kind_of(const char *call) {
	const struct task_kind *const kinds[] = { &summary_kind, &links_kind, &events_kind };
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (text_same(kinds[i]->kept_as, call))
			return kinds[i];
	return NULL;
}

struct progress {
	struct work *work;
	int64_t done, of;
	bool draws;
	GHashTable *refused; /* of each campaign in whose answers something was refused: what, at first */
};

/* What today's rules refuse an older version may have stored. */
static void note_refused(const struct progress *progress, const char *campaign_id) {
	const struct strings *values = &progress->work->run.unreadable;
	if (values->count && !g_hash_table_contains(progress->refused, campaign_id))
		(void)g_hash_table_insert(progress->refused, g_strdup(campaign_id), g_strdup(values->items[0]));
}

/* Processes an answer as the original run did, in its name and at its time. */
static bool take_raw(void *context, const struct raw_answer *raw, const struct http_answer *answer, struct error *err) {
	struct progress *progress = context;
	struct work *work = progress->work;
	const struct task_kind *kind = kind_of(raw->call);
	struct campaign campaign;
	bool found;
	ARENA_AUTO arena = arena_new();
	if (progress->draws && ++progress->done % 50 == 0)
		fprintf(stderr, "\r  replay %lld of %lld answers  ", (long long)progress->done, (long long)progress->of);
	if (!campaign_find(work->store, raw->campaign_id, arena, &campaign, &found, err))
		return false;
	if (!found || !kind)
		return true;
	work->arena = arena;
	work->ready = NULL;
	work->last = &work->ready;
	work->run.id = raw->run_id;
	work->answered_at = raw->at;
	work->repeated = false;
	work->run.unreadable = (struct strings){ arena_array(arena, const char *, REFUSED_KEPT), 0 };
	struct task task = { .kind = kind,
		                 .work = work,
		                 .id = campaign.id,
		                 .external = campaign.external,
		                 .campaign = &campaign,
		                 .word = raw->word,
		                 .since = campaign.sent_at,
		                 .counter = raw->counter };
	bool taken = kind->take(work, &task, answer, err);
	note_refused(progress, campaign.id);
	work->run.unreadable = (struct strings){ 0 };
	if (taken)
		return !work->stop || error_set(err, ERROR_UNAVAILABLE, "%s", work->run.problem);
	return err->kind == ERROR_INVALID; /* the original run could not read it either */
}

/* The last page of a report may be older than others, so growth is computed after all events. */
static bool renew_growth(struct store *store, const struct campaign *campaign, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct growth *growths;
	int count;
	struct strings id = { (const char *[]){ campaign->id }, 1 };
	if (!growth_find(store, &id, arena, &growths, &count, err))
		return false;
	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		struct moment read_at = count ? growth_named(growths, (enum response)type)->read_at : MOMENT_NONE;
		bool was_read = moment_is_set(read_at) || campaign_count_read(campaign, (enum response)type) != COUNT_NONE;
		if (was_read && !event_save_growth(store, campaign->id, (enum event_type)type, campaign->sent_at,
		                                   &(struct contact_reading){ .at = read_at }, err))
			return false;
	}
	return true;
}

static bool renew_growths(struct store *store, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign *campaigns;
	struct campaign_filter observed = CAMPAIGN_EVERY;
	int count;
	observed.observed = true;
	if (!campaign_select(store, &observed, arena, &campaigns, &count, err))
		return false;
	for (int i = 0; i < count; i++)
		if (campaigns[i].has_report && !renew_growth(store, &campaigns[i], err))
			return false;
	return true;
}

/* Existing documents are duplicates and are skipped. */
static bool put_back(struct store *present, struct store *rebuilt, struct error *err) {
	for (int i = 0; i < REPLAY_ROWS; i++)
		if (collections[i].restore && !each_page(rebuilt, collections[i].name, &everything, collections[i].record,
		                                         collections[i].restore, present, err))
			return false;
	return renew_growths(present, err) && version_bump(present, REALM_FIGURES, err);
}

static bool rebuild(struct store *present, struct store *rebuilt, const struct settings *settings, GHashTable *refused,
                    struct error *err) {
	ARENA_AUTO arena = arena_new();
	int applied;
	struct work work = { .store = rebuilt, .settings = settings, .arena = arena, .replays = true };
	struct progress progress = {
		.work = &work, .of = raw_count(present, err), .draws = isatty(STDERR_FILENO), .refused = refused
	};
	work.run.trigger = "replay";
	if (progress.of < 0 ||
	    !migrate_apply(rebuilt, arena_print(arena, "%s/migrations", settings->root), NULL, &applied, err) ||
	    !copy_campaigns(present, rebuilt, err) ||
	    !each_page(present, "suppressions", &everything, &suppression_record, suppression_copy, rebuilt, err) ||
	    !each_page(present, "contacts", &everything, &contact_record, contact_copy_own, rebuilt, err) ||
	    !each_page(present, "list_contacts", FILTER(ne_bool("own", true)), &membership_record, copy_members, rebuilt,
	               err) ||
	    !each_page(present, "list_contacts", FILTER(eq_bool("own", true)), &membership_record, copy_own_members,
	               rebuilt, err) ||
	    !each_page(present, "contact_events", FILTER(eq_bool("found_by_membership", true)), &event_record, copy_found,
	               rebuilt, err) ||
	    !raw_each(present, take_raw, &progress, err))
		return false;
	if (progress.draws)
		fputc('\n', stderr);
	return each_page(present, "contact_events", FILTER(eq_bool("forgotten", true), eq_bool("repeated", true)),
	                 &event_record, event_note_counted, rebuilt, err) &&
	       each_page(present, "contact_events", FILTER(event_is_own()), &event_record, event_restore, rebuilt, err) &&
	       engagement_renew_all(rebuilt, NULL, NULL, err) && renew_growths(rebuilt, err);
}

static bool is_empty(struct store *store, struct error *err) {
	int64_t count;
	return store_count(store, "campaigns", &everything, &count, err) &&
	       (count == 0 || error_set(err, ERROR_CONFLICT, "the database given by --into is not empty"));
}

static bool rebuild_and_compare(struct store *store, struct store *rebuilt, const struct settings *settings,
                                GHashTable *refused, struct arena *arena, struct replay_row rows[REPLAY_ROWS],
                                int *count, struct error *err) {
	if (!is_empty(rebuilt, err) || !rebuild(store, rebuilt, settings, refused, err))
		return false;
	for (*count = 0; *count < REPLAY_ROWS; ++*count)
		if (!compare(store, rebuilt, &collections[*count], refused, arena, &rows[*count], err))
			return false;
	return true;
}

static bool replay(struct store *store, struct store *rebuilt, const struct settings *settings, bool repair,
                   struct arena *arena, struct replay_row rows[REPLAY_ROWS], int *count, struct error *err) {
	GHashTable *refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	bool fine = rebuild_and_compare(store, rebuilt, settings, refused, arena, rows, count, err);
	g_hash_table_destroy(refused);
	return fine && (!repair || put_back(store, rebuilt, err));
}

bool replay_run(struct store *store, const struct settings *settings, const char *into, bool repair,
                struct arena *arena, struct replay_row rows[REPLAY_ROWS], int *count, struct error *err) {
	char name[64];
	struct error ignored = ERROR_INIT;
	struct versions versions;
	struct jobs jobs;
	struct job_run held = { .arena = arena };
	(void)snprintf(name, sizeof name, "%.50s", into ? into : settings->mongodb_db);
	if (!into)
		(void)snprintf(name + strlen(name), sizeof name - strlen(name), "_replay");
	if (!versions_read(store, &versions, err))
		return false;
	local_use(versions.zone); /* days are counted for it */
	struct store *rebuilt = store_open(settings->mongodb_uri, name, "telltale", PATIENCE_MS, err);
	if (!rebuilt)
		return false;
	jobs_open(&jobs, store, NULL, 0, NULL);
	bool holds = jobs_hold(&jobs, &replay_job, &held, err);
	bool fine = holds && (into || store_drop_database(rebuilt, err)) &&
	            replay(store, rebuilt, settings, repair, arena, rows, count, err);
	if (holds && !into)
		fine = store_drop_database(rebuilt, fine ? err : &ignored) && fine;
	if (holds)
		fine = jobs_let_go(&held, fine ? err : &ignored) && fine;
	store_close(rebuilt);
	return fine;
}
