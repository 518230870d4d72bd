/* Replaying the kept answers. */
#include "observing/replay.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audience/contacts/contact.h"
#include "audience/lists/list.h"
#include "campaigns/curve.h"
#include "core/base/secret.h"
#include "core/store/migrate.h"
#include "events/engagement.h"
#include "events/event.h"
#include "observing/job.h"
#include "observing/raw.h"

enum { PATIENCE_MS = 20000, MEMBERS_AT_ONCE = 200, BULK_AT_ONCE = 500, EVENTS_ROOM = 1000 };

static const struct field row_fields[] = {
	FIELD(struct replay_row, collection),
	FIELD(struct replay_row, present, .unit = "documents"),
	FIELD(struct replay_row, rebuilt, .unit = "documents"),
	FIELD(struct replay_row, equal),
};
const struct record_type replay_row_record = RECORD_TYPE("ReplayRow", struct replay_row, row_fields);

/* What the answers alone make, as far as two databases can agree on it: without ids and reading times. */
static void blank_snapshot(void *object) {
	((struct snapshot *)object)->id = NULL;
}

static void blank_link_report(void *object) {
	(void)object;
}

static void blank_event(void *object) {
	((struct event *)object)->id = NULL;
}

static void blank_growth(void *object) {
	((struct growth *)object)->read_at = MOMENT_NONE;
}

static void blank_contact(void *object) {
	struct contact *contact = object;
	contact->id = contact->customer_id = contact->customer_link = contact->usage_segment = NULL;
	contact->customer_groups.count = 0;
}

struct collection {
	const char *name;
	const struct record_type *record;
	void (*blank)(void *object);
	bool appended; /* else one document a campaign or person, renewed */
};
static const struct collection collections[REPLAY_ROWS] = {
	{ "campaign_metrics_snapshots", &snapshot_record, blank_snapshot, true },
	{ "link_snapshots", &link_report_record, blank_link_report, true },
	{ "contact_events", &event_record, blank_event, true },
	{ "campaign_curves", &curve_record, blank_link_report, false },
	{ "campaign_growth", &growth_record, blank_growth, false },
	{ "contacts", &contact_record, blank_contact, false },
};

/* Order does not matter: the sum of the digests of all documents. */
struct sum {
	const struct collection *collection;
	int64_t count;
	uint64_t parts[2];
};

static void add_document(void *context, const bson_t *document) {
	struct sum *sum = context;
	char digest[SECRET_HEX];
	unsigned long long high, low;
	ARENA_AUTO arena = arena_new();
	BUF_AUTO text = { 0 };
	void *object = arena_alloc(arena, sum->collection->record->size);
	record_from_bson(sum->collection->record, document, arena, object);
	sum->collection->blank(object);
	record_to_json(sum->collection->record, object, &text);
	if (sum->collection->record == &event_record) /* its address is private, so JSON lacks it */
		buf_print(&text, "%s",
		          ((const struct event *)object)->email_norm ? ((const struct event *)object)->email_norm : "");
	secret_digest(buf_text(&text), digest);
	(void)sscanf(digest, "%16llx%16llx", &high, &low);
	sum->parts[0] += high;
	sum->parts[1] += low;
	sum->count++;
}

static bool compare(struct store *present, struct store *rebuilt, const struct collection *collection,
                    struct replay_row *row, struct error *err) {
	struct sum a = { .collection = collection }, b = { .collection = collection };
	if (!store_each(present, collection->name, add_document, &a, err) ||
	    !store_each(rebuilt, collection->name, add_document, &b, err))
		return false;
	*row = (struct replay_row){ collection->name, a.count, b.count,
		                        a.count == b.count && memcmp(a.parts, b.parts, sizeof a.parts) == 0 };
	return true;
}

struct copying {
	struct store *into;
	struct membership *rows;
	struct arena *arena;
	int count;
	bool fine;
	struct error *err;
};

static void save_members(struct copying *copying) {
	if (copying->fine && copying->count)
		copying->fine = contact_save_page(copying->into, copying->rows, copying->count, copying->arena, copying->err);
	arena_reset(copying->arena);
	copying->rows = arena_array(copying->arena, struct membership, MEMBERS_AT_ONCE);
	copying->count = 0;
}

static void copy_member(void *context, const bson_t *document) {
	struct copying *copying = context;
	record_from_bson(&membership_record, document, copying->arena, &copying->rows[copying->count++]);
	if (copying->count == MEMBERS_AT_ONCE)
		save_members(copying);
}

/* Who is on which list is no report: it is taken over. */
static bool copy_members(struct store *present, struct store *rebuilt, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct copying copying = { .into = rebuilt, .arena = arena, .fine = true, .err = err };
	save_members(&copying);
	if (!store_each(present, "list_contacts", copy_member, &copying, err))
		return false;
	save_members(&copying);
	return copying.fine;
}

static void take_found(void *context, const bson_t *document) {
	struct bulk *bulk = context;
	struct event event;
	ARENA_AUTO arena = arena_new();
	record_from_bson(&event_record, document, arena, &event);
	if (!event.contact_ref || !event.email_norm)
		return;
	bson_t *filter = BCON_NEW("emailoctopus_id", BCON_UTF8(event.contact_ref));
	bson_t *change = BCON_NEW("$setOnInsert", "{", "list_id", BCON_UTF8("gone"), "email_norm",
	                          BCON_UTF8(event.email_norm), "}");
	bulk_upsert(bulk, filter, change);
	bson_destroy(filter);
	bson_destroy(change);
}

/* Addresses that a membership gave to an event, also where that membership is gone by now while its person stays:
 * without them the event could not find its person again. After the people were made. */
static bool copy_found(struct store *present, struct store *rebuilt, struct error *err) {
	struct bulk *bulk = bulk_open(rebuilt, "list_contacts");
	bson_t *pipeline = BCON_NEW("pipeline", "[", "{", "$match", "{", "address_found", BCON_BOOL(true), "}", "}", "{",
	                            "$group", "{", "_id", BCON_UTF8("$contact_ref"), "contact_ref", "{", "$max",
	                            BCON_UTF8("$contact_ref"), "}", "email_norm", "{", "$max", BCON_UTF8("$email_norm"),
	                            "}", "}", "}", "]");
	bool fine = store_aggregate(present, "contact_events", pipeline, take_found, bulk, err);
	bson_destroy(pipeline);
	if (fine)
		return bulk_run(bulk, NULL, err);
	bulk_drop(bulk);
	return false;
}

/* A campaign as it was before its first report. */
static bool copy_campaigns(struct store *present, struct store *rebuilt, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign *campaigns;
	int count;
	if (!campaign_select(present, &CAMPAIGN_EVERY, arena, &campaigns, &count, err))
		return false;
	struct bulk *bulk = bulk_open(rebuilt, "campaigns");
	for (int i = 0; i < count; i++) {
		bson_t document = BSON_INITIALIZER;
		struct campaign bare;
		record_clear(&campaign_record, &bare);
		bare.id = campaigns[i].id;
		bare.emailoctopus_id = campaigns[i].emailoctopus_id;
		bare.name = campaigns[i].name;
		bare.status = campaigns[i].status;
		bare.sent_at = campaigns[i].sent_at;
		record_to_bson(&campaign_record, &bare, &document);
		bulk_insert(bulk, &document);
		bson_destroy(&document);
	}
	return bulk_run(bulk, NULL, err);
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
};

/* As the run took it, in its name and at its time. */
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
	struct task task = { .kind = kind,
		                 .work = work,
		                 .id = campaign.emailoctopus_id,
		                 .campaign = &campaign,
		                 .word = raw->word,
		                 .since = campaign.sent_at,
		                 .counter = raw->counter };
	if (kind->take(work, &task, answer, err))
		return !work->stop || error_set(err, ERROR_UNAVAILABLE, "%s", work->run.problem);
	return err->kind == ERROR_INVALID; /* the run could not read it either */
}

/* The last page of a report may be older than the others: growth is computed when all events are there. */
static bool renew_growth(struct store *store, const struct campaign *campaign, const char *word, int64_t max,
                         struct error *err) {
	ARENA_AUTO arena = arena_new();
	int64_t *times;
	int count;
	if (!event_times(store, campaign->emailoctopus_id, word, max, arena, &times, &count, err))
		return false;
	struct rows steps = growth_of_times(times, count, campaign->sent_at, arena);
	return count == 0 || growth_save(store, campaign->emailoctopus_id, word, &steps, moment_now(), err);
}

static bool renew_growths(struct store *store, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign *campaigns;
	int count;
	if (!campaign_select(store, &CAMPAIGN_EVERY, arena, &campaigns, &count, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct metrics *metrics = &campaigns[i].current_metrics;
		if (campaigns[i].has_report && moment_is_set(campaigns[i].sent_at) &&
		    (!renew_growth(store, &campaigns[i], "opened", 4 * metrics->opened + EVENTS_ROOM, err) ||
		     !renew_growth(store, &campaigns[i], "clicked", 4 * metrics->clicked + EVENTS_ROOM, err)))
			return false;
	}
	return true;
}

struct restoring {
	struct store *into;
	struct bulk *bulk;
	const char *collection;
	int count;
	bool fine;
	struct error *err;
};

static void run_bulk(struct restoring *restoring) {
	if (restoring->fine)
		restoring->fine = bulk_run(restoring->bulk, NULL, restoring->err);
	else
		bulk_drop(restoring->bulk);
	restoring->bulk = bulk_open(restoring->into, restoring->collection);
	restoring->count = 0;
}

/* What is there already is a duplicate and passed over. */
static void restore_document(void *context, const bson_t *document) {
	struct restoring *restoring = context;
	bulk_insert(restoring->bulk, document);
	if (++restoring->count == BULK_AT_ONCE)
		run_bulk(restoring);
}

static bool put_back(struct store *present, struct store *rebuilt, struct error *err) {
	for (int i = 0; i < REPLAY_ROWS; i++) {
		struct restoring restoring = { present, bulk_open(present, collections[i].name), collections[i].name, 0, true,
			                           err };
		bool fine = !collections[i].appended ||
		            store_each(rebuilt, collections[i].name, restore_document, &restoring, err);
		run_bulk(&restoring);
		bulk_drop(restoring.bulk);
		if (!fine || !restoring.fine)
			return false;
	}
	return renew_growths(present, err) && version_bump(present, VERSION_DATA, err);
}

static bool rebuild(struct store *present, struct store *rebuilt, const struct settings *settings, struct error *err) {
	ARENA_AUTO arena = arena_new();
	int applied;
	struct work work = { .store = rebuilt, .settings = settings, .arena = arena, .replays = true };
	struct progress progress = { .work = &work, .of = raw_count(present, err), .draws = isatty(STDERR_FILENO) };
	work.run.trigger = "replay";
	if (progress.of < 0 ||
	    !migrate_apply(rebuilt, arena_print(arena, "%s/migrations", settings->root), &applied, err) ||
	    !copy_campaigns(present, rebuilt, err) || !copy_members(present, rebuilt, err) ||
	    !copy_found(present, rebuilt, err) || !raw_each(present, take_raw, &progress, err))
		return false;
	if (progress.draws)
		fputc('\n', stderr);
	return engagement_renew_all(rebuilt, err) && renew_growths(rebuilt, err);
}

static bool is_empty(struct store *store, struct error *err) {
	bson_t all = BSON_INITIALIZER;
	int64_t count;
	return store_count(store, "campaigns", &all, &count, err) &&
	       (count == 0 || error_set(err, ERROR_CONFLICT, "the database given by --into is not empty"));
}

static bool replay(struct store *store, struct store *rebuilt, const struct settings *settings, bool repair,
                   struct replay_row rows[REPLAY_ROWS], int *count, struct error *err) {
	if (!is_empty(rebuilt, err) || !rebuild(store, rebuilt, settings, err))
		return false;
	for (*count = 0; *count < REPLAY_ROWS; ++*count)
		if (!compare(store, rebuilt, &collections[*count], &rows[*count], err))
			return false;
	return !repair || put_back(store, rebuilt, err);
}

bool replay_run(struct store *store, const struct settings *settings, const char *into, bool repair,
                struct replay_row rows[REPLAY_ROWS], int *count, struct error *err) {
	ARENA_AUTO arena = arena_new();
	char name[64];
	struct error ignored = ERROR_INIT;
	struct jobs jobs;
	struct job_run held = { .arena = arena };
	(void)snprintf(name, sizeof name, "%.50s", into ? into : settings->mongodb_db);
	if (!into)
		(void)snprintf(name + strlen(name), sizeof name - strlen(name), "_replay");
	struct store *rebuilt = store_open(settings->mongodb_uri, name, "telltale", PATIENCE_MS, err);
	if (!rebuilt)
		return false;
	jobs_open(&jobs, store, NULL, 0, NULL);
	bool holds = jobs_hold(&jobs, &replay_job, name, &held, err);
	bool fine = holds && (into || store_drop_database(rebuilt, err)) &&
	            replay(store, rebuilt, settings, repair, rows, count, err);
	if (holds && !into)
		fine = store_drop_database(rebuilt, fine ? err : &ignored) && fine;
	if (holds)
		fine = jobs_let_go(&held, fine ? err : &ignored) && fine;
	store_close(rebuilt);
	return fine;
}
