/* Reading the mailbox, mail by mail. */
#include "inbound/fetching.h"

#include <stdlib.h>

#include "core/base/log.h"
#include "core/base/mac.h"
#include "core/base/secret.h"
#include "core/client/imap.h"
#include "core/process/settings.h"
#include "inbound/receiving.h"

static const char MAILBOXES[] = "inbound_mailboxes";
static const char ONLY_ONE[] = "imap";

enum {
	MAIL_MAX = 1024 * 1024,
	PATIENCE_MS = MINUTE_MS,
	LEASE_MS = 2 * MINUTE_MS,
	TRIES_MAX = 5,
	LOOKED_BACK_DAYS = INBOUND_KEPT_DAYS - 1, /* what is older would not be known as taken in */
};

static const struct field fields[] = {
	FIELD(struct mailbox_state, mailbox),   FIELD(struct mailbox_state, validity), FIELD(struct mailbox_state, uid),
	FIELD(struct mailbox_state, tries),     FIELD(struct mailbox_state, taken),    FIELD(struct mailbox_state, problem),
	FIELD(struct mailbox_state, looked_at),
};
const struct record_type mailbox_state_record = RECORD_TYPE("MailboxState", struct mailbox_state, fields);

bool mailbox_look(struct store *store, struct arena *arena, struct mailbox_state *look, bool *found,
                  struct error *err) {
	return store_find(store, MAILBOXES, &everything, NULL, &mailbox_state_record, arena, look, found, err);
}

/* One look into the mailbox. */
struct look {
	struct imap *imap;
	struct imap_account account;
	struct mac_ring keys;
	struct mailbox_state state;
	int64_t uids[IMAP_UIDS_MAX];
	int count, at; /* of the mails that were found */
	bool reads_mails;
};

const char *mailbox_address(const struct strings *addresses, struct arena *arena) {
	for (int i = 0; i < addresses->count; i++)
		if (inbound_token(addresses->items[i], arena))
			return addresses->items[i];
	return "";
}

/* --- what is known --- */

static const char *digest_of(const struct imap_account *account, struct arena *arena) {
	char digest[SECRET_HEX];
	secret_digest(arena_print(arena, "%s\n%s\n%s", account->url, account->user, account->folder), digest);
	return arena_copy(arena, digest);
}

static bool read_state(struct job_run *run, struct look *look, struct error *err) {
	const char *mailbox = digest_of(&look->account, run->arena);
	bool found;
	record_clear(&mailbox_state_record, &look->state);
	if (!store_find(run->store, MAILBOXES, FILTER(eq_text("_id", ONLY_ONE)), NULL, &mailbox_state_record, run->arena,
	                &look->state, &found, err))
		return false;
	if (!found || !text_same(look->state.mailbox, mailbox))
		look->state = (struct mailbox_state){ .mailbox = mailbox };
	return true;
}

static bool save_state(struct job_run *run, const struct mailbox_state *state, struct error *err) {
	return store_upsert(run->store, MAILBOXES, FILTER(eq_text("_id", ONLY_ONE)),
	                    UPDATE(set_record(&mailbox_state_record, state, NULL)), err);
}

/* --- one after the other --- */

static bool end(struct job_run *run, struct look *look, const char *problem, struct error *err) {
	bool is_new = problem && !text_same(problem, look->state.problem);
	if (is_new)
		log_warning("the mailbox of INBOUND_IMAP_URL: %s", problem);
	look->state.problem = problem;
	look->state.looked_at = job_now(run);
	run->result = problem ? "failed" : "read";
	return save_state(run, &look->state, err);
}

static void ask_uids(struct job_run *run, struct look *look) {
	look->reads_mails = false;
	imap_ask_uids(look->imap, look->state.uid, moment_add(run->now, -LOOKED_BACK_DAYS * DAY_MS));
	job_keep(run);
}

/* The next mail; or, if there may be more than one search finds, another look at once. */
static bool ask_mail(struct job_run *run, struct look *look, struct error *err) {
	if (look->at < look->count) {
		look->reads_mails = true;
		imap_ask_mail(look->imap, look->state.validity, look->uids[look->at], MAIL_MAX);
		job_keep(run);
		return true;
	}
	if (look->count == IMAP_UIDS_MAX)
		job_again(run, 0);
	return end(run, look, NULL, err);
}

/* With another validity the numbers mean other mails: all are looked at once more, and those that had come are known.
 */
static bool take_uids(struct job_run *run, struct look *look, struct error *err) {
	const int64_t validity = imap_answer_validity(look->imap), *uids;
	bool begins_anew = look->state.validity != validity && look->state.uid > 0;
	if (look->state.validity != validity) {
		look->state.validity = validity;
		look->state.uid = look->state.tries = 0;
	}
	if (begins_anew) {
		ask_uids(run, look);
		return true;
	}
	look->count = imap_answer_uids(look->imap, &uids);
	look->at = 0;
	for (int i = 0; i < look->count; i++)
		look->uids[i] = uids[i];
	return ask_mail(run, look, err);
}

static void pass_over(struct look *look) {
	look->state.uid = look->uids[look->at++];
	look->state.tries = 0;
}

static bool pass(struct job_run *run, struct look *look, struct error *err) {
	pass_over(look);
	return save_state(run, &look->state, err) && ask_mail(run, look, err);
}

/* It must not keep out those after it for ever. */
static bool try_later(struct job_run *run, struct look *look, const char *problem, struct error *err) {
	if (++look->state.tries < TRIES_MAX)
		return end(run, look, problem, err);
	log_warning("an email of the mailbox of INBOUND_IMAP_URL (UID %lld) is passed over: %s",
	            (long long)look->uids[look->at], problem);
	pass_over(look);
	return end(run, look, problem, err);
}

static bool take_mail(struct job_run *run, struct look *look, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct buf *body = imap_answer_mail(look->imap);
	const struct bytes bytes = { buf_text(body), body->size };
	struct inbound_mail mail;
	struct strings addresses;
	bool was_there;
	if (body->size == 0)
		return pass(run, look, err);
	mime_addresses(bytes.data, bytes.size, arena, &addresses);
	if (!inbound_receive(run->store, &look->keys, mailbox_address(&addresses, arena), &bytes, job_now(run), arena,
	                     &mail, &was_there, err)) {
		if (err->kind != ERROR_FAULT)
			return false;
		log_failure("taking in an email of the mailbox", err);
		*err = ERROR_INIT;
		return try_later(run, look, "an email could not be taken in", err);
	}
	look->state.taken += !was_there;
	return pass(run, look, err);
}

static bool take_answer(struct job_run *run, struct look *look, enum imap_state answer, struct error *err) {
	if (answer == IMAP_FAILED && look->reads_mails)
		return try_later(run, look, imap_problem(look->imap), err);
	if (answer == IMAP_FAILED)
		return end(run, look, imap_problem(look->imap), err);
	if (answer == IMAP_REFUSED)
		return try_later(run, look, "the server does not give an email", err);
	if (answer == IMAP_GONE)
		return pass(run, look, err);
	return look->reads_mails ? take_mail(run, look, err) : take_uids(run, look, err);
}

/* --- the job --- */

static bool go_on(struct job_run *run, struct error *err) {
	struct look *look = run->state;
	if (!job_beat(run, NULL, err))
		return false;
	if (run->jobs->closing) {
		job_again(run, 0);
		return true;
	}
	enum imap_state answer = imap_turn(look->imap, (int)run->patience_ms);
	if (answer != IMAP_BUSY)
		return take_answer(run, look, answer, err);
	job_keep(run);
	return true;
}

static void drop(void *context) {
	struct look *look = context;
	imap_free(look->imap);
	mac_ring_wipe(&look->keys);
}

static const char *lack_of(const struct settings *settings) {
	if (text_is_empty(settings->imap_user) || text_is_empty(settings->imap_password))
		return "INBOUND_IMAP_USER and INBOUND_IMAP_PASSWORD must be set";
	return text_is_empty(settings->link_keys) ? "LINK_KEYS must be set" : NULL;
}

static bool begin(struct job_run *run, struct error *err) {
	const struct settings *settings = run->context;
	struct look *look = arena_new_of(run->arena, struct look);
	const char *lack = lack_of(settings);
	*look = (struct look){ .account = { settings->imap_url, settings->imap_user, settings->imap_password,
		                                settings->imap_folder, settings->smtp_authorities } };
	if (!read_state(run, look, err))
		return false;
	if (lack)
		return end(run, look, lack, err);
	if (!mac_ring_read(settings->link_keys, "LINK_KEYS", &look->keys, err))
		return false;
	look->imap = imap_new(&look->account, PATIENCE_MS);
	arena_defer(run->arena, drop, look);
	run->state = look;
	ask_uids(run, look);
	return true;
}

static bool plan(struct store *store, struct moment now, void *context, struct error *err) {
	static int64_t next_ms;
	const struct settings *settings = context;
	ARENA_AUTO arena = arena_new();
	const struct job_request request = { .kind = mailbox_job.name, .key = mailbox_job.name };
	const char *id;
	bool already;
	(void)now;
	if (text_is_empty(settings->imap_url) || monotonic_ms() < next_ms)
		return true;
	next_ms = monotonic_ms() + settings->imap_seconds * SECOND_MS;
	return queue_ask(store, &request, arena, &id, &already, err);
}

const struct job_kind mailbox_job = {
	.name = "mailbox",
	.run = begin,
	.go_on = go_on,
	.plan = plan,
	.lease_ms = LEASE_MS,
	.priority = 2,
	.backoff = { 5 * SECOND_MS, 300 * SECOND_MS },
};
