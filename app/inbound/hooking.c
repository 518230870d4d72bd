/* Keeping events of mail providers, and acting on them. */
#include "inbound/hooking.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "audience/contacts/contact.h"
#include "content/tokens/token.h"
#include "core/base/secret.h"
#include "dispatch/message.h"
#include "dispatch/reconcile.h"

static const char INBOUND[] = "inbound_mails";

enum { SOURCE_KEPT = 4 * 1024, NOW_MS = 800, AT_ONCE = 200, LEASE_MS = 60000 };

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

/* Without a message, by the address: the request was signed, so it is believed. */
static bool find_person(struct store *store, struct inbound_mail *mail, struct arena *arena, struct error *err) {
	const char *email = NULL;
	struct contact *contacts;
	int count;
	if (mail->campaign_id && !inbound_find_person(store, mail, arena, &email, err))
		return false;
	mail->is_forwarded = email && mail->recipient && g_ascii_strcasecmp(mail->recipient, email) != 0;
	if (mail->is_forwarded && mail->kind == INBOUND_HARD)
		mail->kind = INBOUND_SOFT;
	if (mail->contact_id || mail->campaign_id || !mail->recipient)
		return true;
	if (!contact_find_by_addresses(store, &(struct strings){ &mail->recipient, 1 }, arena, &contacts, &count, err))
		return false;
	mail->contact_id = count ? contacts[0].id : NULL;
	return true;
}

static bool settle(struct store *store, struct inbound_mail *mail, struct moment now, struct arena *arena,
                   struct error *err) {
	bool matched;
	return find_person(store, mail, arena, err) && inbound_apply(store, mail, now, arena, err) &&
	       store_update(store, INBOUND, FILTER(eq_text("_id", mail->id)),
	                    UPDATE(set_id("contact_id", mail->contact_id), set_choice("kind", &inbound_kinds, mail->kind),
	                           set_bool("is_forwarded", mail->is_forwarded), unset("waits")),
	                    &matched, err);
}

/* In the order in which they came; those of `ids`, or all. *left: some had no time. */
static bool settle_some(struct store *store, const struct strings *ids, int64_t most_ms, struct moment now, bool *left,
                        struct error *err) {
	ARENA_AUTO arena = arena_new();
	const int64_t began = monotonic_ms();
	struct inbound_mail *waiting;
	int count;
	*left = false;
	if (!store_list(store, INBOUND, FILTER(eq_bool("waits", true), ids ? in_texts("_id", ids) : anything()),
	                SORT(asc("at"), asc("_id")), AT_ONCE + 1, &inbound_mail_record, arena, (void **)&waiting, &count,
	                err))
		return false;
	for (int i = 0; i < count; i++) {
		if (i == AT_ONCE || monotonic_ms() - began > most_ms) {
			*left = true;
			return true;
		}
		if (!settle(store, &waiting[i], now, arena, err))
			return false;
	}
	return true;
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
	struct strings ids = { arena_array(arena, const char *, (size_t)events->count + 1), 0 };
	struct bulk *bulk = bulk_open(store, INBOUND);
	struct error ignored = ERROR_INIT;
	int64_t inserted;
	bool left = true;
	for (int i = 0; i < events->count; i++) {
		const struct inbound_mail mail = mail_of(keys, &all[i], now, arena);
		bulk_insert(bulk, &inbound_mail_record, &mail);
		if (ids.count < HOOK_EVENTS_MAX)
			ids.items[ids.count++] = mail.id;
	}
	if (!bulk_run(bulk, &inserted, err))
		return false;
	*result = (struct hook_result){ events->count, events->count - inserted };
	/* They are kept: whatever fails from here on is made up for by the job, and the sender need not repeat them. */
	if (events->count && (!settle_some(store, &ids, NOW_MS, now, &left, &ignored) || left || events->count > ids.count))
		(void)ask_job(store, arena, &ignored);
	return true;
}

/* --- what arrived --- */

static int compare_places(const void *one, const void *other) {
	const struct inbound_mail *a = one, *b = other;
	int campaigns = strcmp(a->campaign_id, b->campaign_id);
	return campaigns ? campaigns : (a->block > b->block) - (a->block < b->block);
}

bool hook_arrived(struct store *store, const struct mac_ring *keys, const struct rows *events, struct moment now,
                  struct arena *arena, struct error *err) {
	const struct hook_event *all = events->items;
	struct inbound_mail *mails = arena_array(arena, struct inbound_mail, events->count + 1);
	int *indices = arena_array(arena, int, events->count + 1);
	int count = 0;
	for (int i = 0; i < events->count; i++) {
		mails[count] = (struct inbound_mail){ 0 };
		find_message(keys, &all[i], arena, &mails[count]);
		count += mails[count].campaign_id != NULL;
	}
	qsort(mails, (size_t)count, sizeof *mails, compare_places);
	for (int from = 0, to = 0; from < count; from = to) {
		int64_t asked;
		for (to = from; to < count && compare_places(&mails[from], &mails[to]) == 0; to++)
			indices[to] = (int)mails[to].index;
		const struct arrivals arrivals = {
			mails[from].campaign_id, mails[from].block, indices + from, to - from, ARRIVAL_REPORTED, NULL, now,
		};
		if (!reconcile_block(store, &arrivals, &asked, err))
			return false;
	}
	return true;
}

/* --- the job --- */

static bool run(struct job_run *run, struct error *err) {
	for (bool left = true; left;) {
		if (!settle_some(run->store, NULL, SECOND_MS, run->now, &left, err) || !job_beat(run, NULL, err))
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
