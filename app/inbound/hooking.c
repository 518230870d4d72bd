/* Keeping events of mail providers, and acting on them. */
#include "inbound/hooking.h"

#include "content/tokens/token.h"
#include "core/base/secret.h"
#include "dispatch/message.h"
#include "inbound/settling.h"

static const char INBOUND[] = "inbound_mails";

/* NOW_MOST: with what a request reports beyond that, its sender need not wait. */
enum { SOURCE_KEPT = 4 * 1024, NOW_MOST = 100, AT_ONCE = 500, LEASE_MS = 60000 };

static const char *digest_of(const char *id, struct arena *arena) {
	char digest[SECRET_HEX];
	secret_digest(arena_print(arena, "event\n%s", id), digest);
	return arena_copy(arena, digest);
}

/* Which message an event is about, if it says so; whose that was is looked up later. */
static void find_message(const struct mac_ring *keys, const struct hook_event *event, struct arena *arena,
                         struct inbound_mail *mail) {
	const char *text = event->return_path ? inbound_token(event->return_path, arena) : NULL;
	char campaign[TOKEN_ID];
	struct token token;
	if (text && token_read(keys, TOKEN_RETURN, text, strlen(text), &token)) {
		mail->campaign_id = arena_copy(arena, token.campaign_id);
		mail->block = token.block;
		mail->index = token.index;
	} else if ((event->email_id && message_name_read(event->email_id, campaign, &mail->block, &mail->index)) ||
	           (event->message_id &&
	            message_id_read(text_after(event->message_id, "<"), campaign, &mail->block, &mail->index))) {
		mail->campaign_id = arena_copy(arena, campaign);
	}
}

static struct inbound_mail mail_of(const struct mac_ring *keys, const struct hook_event *event, struct moment now,
                                   struct arena *arena) {
	struct inbound_mail mail;
	record_clear(&inbound_mail_record, &mail);
	mail.id = digest_of(event->id, arena);
	mail.kind = event->kind;
	mail.status = event->status;
	mail.words = event->words;
	mail.recipient = event->recipient;
	mail.source = event->source;
	mail.source.size = event->source.size < SOURCE_KEPT ? event->source.size : SOURCE_KEPT;
	mail.size = (int64_t)event->source.size;
	mail.at = now;
	mail.occurred_at = event->occurred_at;
	mail.expires_at = moment_add(now, INBOUND_KEPT_DAYS * DAY_MS);
	mail.waits = true;
	find_message(keys, event, arena, &mail);
	return mail;
}

/* --- acting --- */

/* In the order in which they came; those of `ids`, or all. *left: there are more. */
static bool settle_some(struct store *store, const struct strings *ids, struct moment now, bool *left,
                        struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct inbound_mail *waiting;
	int count;
	if (!store_list(store, INBOUND, FILTER(eq_bool("waits", true), ids ? in_texts("_id", ids) : anything()),
	                SORT(asc("at"), asc("_id")), AT_ONCE + 1, &inbound_mail_record, arena, (void **)&waiting, &count,
	                err))
		return false;
	*left = count > AT_ONCE;
	count -= *left;
	return inbound_find_people(store, waiting, count, arena, err) && inbound_settle(store, waiting, count, now, err);
}

/* --- keeping --- */

static bool ask_job(struct store *store, struct arena *arena, struct error *err) {
	const struct job_request request = { .kind = hook_job.name, .key = hook_job.name, .once_more = true };
	const char *id;
	bool already;
	return queue_ask(store, &request, arena, &id, &already, err);
}

bool hook_take(struct store *store, const struct mac_ring *keys, const struct rows *events, struct moment now,
               struct arena *arena, struct hook_result *result, struct error *err) {
	const struct hook_event *all = events->items;
	struct strings ids = { arena_array(arena, const char *, events->count + 1), events->count };
	struct bulk *bulk = bulk_open(store, INBOUND);
	struct error ignored = ERROR_INIT;
	int64_t inserted;
	bool left = true;
	for (int i = 0; i < events->count; i++) {
		const struct inbound_mail mail = mail_of(keys, &all[i], now, arena);
		bulk_insert(bulk, &inbound_mail_record, &mail);
		ids.items[i] = mail.id;
	}
	if (!bulk_run(bulk, &inserted, err))
		return false;
	*result = (struct hook_result){ events->count, events->count - inserted };
	/* They are kept: whatever fails from here on is made up for by the job, and the sender need not repeat them. */
	if (events->count > NOW_MOST || !settle_some(store, &ids, now, &left, &ignored) || left)
		(void)ask_job(store, arena, &ignored);
	return true;
}

/* --- what arrived --- */

bool hook_arrived(struct store *store, const struct mac_ring *keys, const struct rows *events, struct moment now,
                  struct arena *arena, struct error *err) {
	const struct hook_event *all = events->items;
	struct inbound_mail *mails = arena_array(arena, struct inbound_mail, events->count + 1);
	for (int i = 0; i < events->count; i++) {
		mails[i] = (struct inbound_mail){ 0 };
		find_message(keys, &all[i], arena, &mails[i]);
	}
	return inbound_reconcile(store, mails, events->count, ARRIVAL_REPORTED, now, err);
}

/* --- the job --- */

static bool run(struct job_run *run, struct error *err) {
	for (bool left = true; left;) {
		if (!settle_some(run->store, NULL, job_now(run), &left, err) || !job_beat(run, NULL, err))
			return false;
	}
	return true;
}

static bool adopt(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	int64_t waiting;
	(void)context;
	return store_count_most(store, INBOUND, FILTER(eq_bool("waits", true)), 1, &waiting, err) &&
	       (waiting == 0 || ask_job(store, arena, err));
}

const struct job_kind hook_job = {
	.name = "hook_events",
	.run = run,
	.adopt = adopt,
	.lease_ms = LEASE_MS,
	.backoff = { SECOND_MS, LEASE_MS },
};
