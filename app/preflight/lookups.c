/* What was looked up, and asking for what was not. */
#include "preflight/lookups.h"

#include "core/base/secret.h"
#include "core/formats/mail.h"
#include "core/store/clock.h"
#include "preflight/looking.h"
#include "preflight/spam.h"

static const char LINKS[] = "link_checks", SENDERS[] = "sender_checks";

enum { ID_HEX = 24 };

/* The same thing has the same document, whoever asks. */
static const char *id_of(struct arena *arena, const char *text) {
	char digest[SECRET_HEX];
	secret_digest(text, digest);
	return arena_copy_bytes(arena, digest, ID_HEX);
}

static bool ask(struct store *store, const struct job_kind *kind, const char *id, struct arena *arena,
                struct error *err) {
	const struct job_request request = { kind->name, arena_print(arena, "%s %s", kind->name, id), id, 0 };
	const char *job;
	bool already;
	return queue_ask(store, &request, arena, &job, &already, err);
}

static bool is_fresh(struct moment checked_at, const struct lookups_request *request) {
	return !request->again && moment_is_set(checked_at) && request->now.ms - checked_at.ms < LOOKUP_FRESH_MS;
}

static const struct link_fact *link_of(const struct link_fact *facts, int count, const char *id) {
	for (int i = 0; i < count; i++)
		if (text_same(facts[i].id, id))
			return &facts[i];
	return NULL;
}

static bool ask_link(struct store *store, const struct link_fact *fact, bool is_new, struct arena *arena,
                     struct error *err) {
	bool was_there;
	return (!is_new || store_insert_once(store, LINKS, &link_fact_record, fact, &was_there, err)) &&
	       ask(store, &link_check_job, fact->id, arena, err);
}

static bool read_links(struct store *store, const struct lookups_request *request, struct arena *arena,
                       struct link_facts *links, struct error *err) {
	int wanted = request->urls.count < LOOKUPS_MAX ? request->urls.count : LOOKUPS_MAX, count;
	struct strings ids = { arena_array(arena, const char *, wanted), wanted };
	struct link_fact *facts = arena_array(arena, struct link_fact, wanted);
	void *known;
	for (int i = 0; i < wanted; i++)
		ids.items[i] = id_of(arena, request->urls.items[i]);
	*links = (struct link_facts){ facts, wanted };
	if (wanted == 0)
		return true;
	if (!store_list(store, LINKS, FILTER(in_ids("_id", &ids)), NULL, wanted, &link_fact_record, arena, &known, &count,
	                err))
		return false;
	for (int i = 0; i < wanted; i++) {
		const struct link_fact *fact = link_of(known, count, ids.items[i]);
		if (fact) {
			facts[i] = *fact;
		} else {
			record_clear(&link_fact_record, &facts[i]);
			facts[i].id = ids.items[i];
			facts[i].url = request->urls.items[i];
			facts[i].state = LINK_IS_WAITING;
		}
		if (!is_fresh(facts[i].checked_at, request) && !ask_link(store, &facts[i], !fact, arena, err))
			return false;
	}
	return true;
}

const char *lookups_domain(const char *domain, struct arena *arena) {
	struct error ignored;
	if (text_is_empty(domain) || !mail_check_address(arena_print(arena, "a@%s", domain), "domain", &ignored))
		return NULL;
	return text_fold(arena, mail_domain_part(mail_ascii_address(arena_print(arena, "a@%s", domain), arena)));
}

static bool read_sender(struct store *store, const struct lookups_request *request, struct arena *arena,
                        const struct sender_facts **sender, struct error *err) {
	const char *domain = lookups_domain(request->domain, arena);
	const char *selector = request->selector ? request->selector : "";
	struct sender_facts *facts = arena_new_of(arena, struct sender_facts);
	bool found, was_there;
	*sender = domain ? facts : NULL;
	if (!domain)
		return true;
	const char *id = id_of(arena, arena_print(arena, "%s %s", domain, selector));
	if (!store_find(store, SENDERS, FILTER(by_id(id)), NULL, &sender_facts_record, arena, facts, &found, err))
		return false;
	if (!found) {
		record_clear(&sender_facts_record, facts);
		facts->id = id, facts->domain = domain, facts->selector = selector;
		if (!store_insert_once(store, SENDERS, &sender_facts_record, facts, &was_there, err))
			return false;
	}
	return is_fresh(facts->checked_at, request) || ask(store, &sender_check_job, id, arena, err);
}

bool lookups_read(struct store *store, const struct lookups_request *request, struct arena *arena,
                  struct lookups *lookups, struct error *err) {
	return read_links(store, request, arena, &lookups->links, err) &&
	       read_sender(store, request, arena, &lookups->sender, err);
}

bool lookups_forget(struct store *store, const struct strings *urls, const char *domain, struct arena *arena,
                    struct error *err) {
	struct strings ids = { arena_array(arena, const char *, (size_t)urls->count + 1), 0 };
	const char *name = lookups_domain(domain, arena);
	int64_t deleted;
	for (int i = 0; i < urls->count; i++)
		ids.items[ids.count++] = id_of(arena, urls->items[i]);
	return (ids.count == 0 || store_delete(store, LINKS, FILTER(in_ids("_id", &ids)), &deleted, err)) &&
	       (!name || store_delete(store, SENDERS, FILTER(eq_text("domain", name)), &deleted, err));
}

enum { ADOPTED_AT_ONCE = 100, KEPT_DAYS = 30 };

/* Those that nobody has looked at yet, in case a crash has left them without a job; and those that are old go. */
static bool adopt_links(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct moment now;
	int64_t deleted;
	void *found;
	int count;
	(void)context;
	if (!store_now(store, &now, err) ||
	    !store_delete(store, LINKS, FILTER(lt_moment("checked_at", moment_add(now, -KEPT_DAYS * DAY_MS))), &deleted,
	                  err) ||
	    !store_list(store, LINKS, FILTER(is_absent("checked_at")), NULL, ADOPTED_AT_ONCE, &link_fact_record, arena,
	                &found, &count, err))
		return false;
	bool fine = true;
	for (int i = 0; fine && i < count; i++)
		fine = ask(store, &link_check_job, ((const struct link_fact *)found)[i].id, arena, err);
	return fine;
}

static bool adopt_senders(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	void *found;
	int count;
	(void)context;
	if (!store_list(store, SENDERS, FILTER(is_absent("checked_at")), NULL, ADOPTED_AT_ONCE, &sender_facts_record, arena,
	                &found, &count, err))
		return false;
	bool fine = true;
	for (int i = 0; fine && i < count; i++)
		fine = ask(store, &sender_check_job, ((const struct sender_facts *)found)[i].id, arena, err);
	return fine;
}

static bool lost(struct error *err) {
	return error_set(err, ERROR_CONFLICT, "another worker looks this up");
}

/* Goes on until it is over; other jobs run in between. */
static bool wait_on(struct job_run *run, struct error *err) {
	if (!job_beat(run, NULL, err))
		return false;
	if (run->cancelled)
		return true;
	job_go_on(run);
	return true;
}

static bool go_on_link(struct job_run *run, struct error *err) {
	struct looking *looking = run->state;
	const struct link_fact *fact = looking_at_link(looking, (int)run->patience_ms);
	if (!fact)
		return wait_on(run, err);
	struct link_fact known = *fact;
	known.checked_at = job_now(run);
	bool matched;
	const struct update *update = UPDATE(set_record(&link_fact_record, &known, EXCEPT("id", "url", "fence")));
	run->result = "looked at";
	return job_admit(run, LINKS, run->job.subject, err) &&
	       store_update(run->store, LINKS, FILTER(by_id(run->job.subject), eq_count("fence", run->holder.fence)),
	                    update, &matched, err) &&
	       (matched || lost(err));
}

static bool begin_link(struct job_run *run, struct error *err) {
	struct link_fact fact;
	bool found;
	run->result = "nothing to look at";
	if (!store_find(run->store, LINKS, FILTER(by_id(run->job.subject)), NULL, &link_fact_record, run->arena, &fact,
	                &found, err))
		return false;
	if (!found)
		return true;
	run->state = looking_begin_link(fact.url, run->context, run->arena, err);
	return run->state && go_on_link(run, err);
}

static bool go_on_sender(struct job_run *run, struct error *err) {
	struct looking *looking = run->state;
	const struct sender_facts *facts = looking_at_sender(looking, (int)run->patience_ms);
	if (!facts)
		return wait_on(run, err);
	struct sender_facts known = *facts;
	known.checked_at = job_now(run);
	bool matched;
	const struct update *update = UPDATE(
		set_record(&sender_facts_record, &known, EXCEPT("id", "domain", "selector", "fence")));
	run->result = "looked up";
	return job_admit(run, SENDERS, run->job.subject, err) &&
	       store_update(run->store, SENDERS, FILTER(by_id(run->job.subject), eq_count("fence", run->holder.fence)),
	                    update, &matched, err) &&
	       (matched || lost(err));
}

static bool begin_sender(struct job_run *run, struct error *err) {
	struct sender_facts facts;
	bool found;
	run->result = "nothing to look up";
	if (!store_find(run->store, SENDERS, FILTER(by_id(run->job.subject)), NULL, &sender_facts_record, run->arena,
	                &facts, &found, err))
		return false;
	if (!found)
		return true;
	run->state = looking_begin_sender(facts.domain, facts.selector, run->context, run->arena, err);
	return run->state && go_on_sender(run, err);
}

const struct job_kind link_check_job = {
	.name = "link_check",
	.run = begin_link,
	.go_on = go_on_link,
	.adopt = adopt_links,
	.lease_ms = MINUTE_MS,
	.attempts_max = 3,
	.priority = 1,
	.backoff = { SECOND_MS, MINUTE_MS },
};

const struct job_kind sender_check_job = {
	.name = "sender_check",
	.run = begin_sender,
	.go_on = go_on_sender,
	.adopt = adopt_senders,
	.lease_ms = MINUTE_MS,
	.attempts_max = 3,
	.priority = 1,
	.backoff = { SECOND_MS, MINUTE_MS },
};
