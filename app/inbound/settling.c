/* Acting on what came back, many at once. */
#include "inbound/settling.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "answering/answer.h"
#include "audience/contacts/suppressing.h"
#include "dispatch/block.h"
#include "dispatch/message.h"
#include "dispatch/returned.h"
#include "dispatch/warmed.h"
#include "inbound/softness.h"
#include "webhooks/telling.h"

static const char INBOUND[] = "inbound_mails";

/* --- by block --- */

/* Those that name a message, by block. */
struct places {
	const struct inbound_mail **items;
	int count;
};

static int compare_places(const struct inbound_mail *a, const struct inbound_mail *b) {
	int campaigns = strcmp(a->campaign_id, b->campaign_id);
	return campaigns ? campaigns : (a->block > b->block) - (a->block < b->block);
}

static int compare(const void *one, const void *other) {
	return compare_places(*(const struct inbound_mail *const *)one, *(const struct inbound_mail *const *)other);
}

static struct places places_of(const struct inbound_mail *mails, int count, struct arena *arena) {
	struct places places = { arena_array(arena, const struct inbound_mail *, count + 1), 0 };
	for (int i = 0; i < count; i++)
		if (mails[i].campaign_id)
			places.items[places.count++] = &mails[i];
	qsort(places.items, (size_t)places.count, sizeof(const struct inbound_mail *), compare);
	return places;
}

/* Behind those of the same block as `from`. */
static int block_end(const struct places *places, int from) {
	int to = from + 1;
	while (to < places->count && compare_places(places->items[from], places->items[to]) == 0)
		to++;
	return to;
}

/* --- whose they are --- */

static void take_recipient(struct inbound_mail *mail, const struct recipient *recipient, struct arena *arena) {
	mail->contact_id = arena_copy(arena, recipient->contact_id);
	mail->is_forwarded = mail->is_forwarded || (mail->recipient && recipient->email &&
	                                            g_ascii_strcasecmp(mail->recipient, recipient->email) != 0);
	if (mail->is_forwarded && mail->kind == INBOUND_HARD)
		mail->kind = INBOUND_SOFT;
}

static bool find_recipients(struct store *store, struct inbound_mail *mails, const struct places *places, int from,
                            int to, struct arena *arena, struct error *err) {
	ARENA_AUTO own = arena_new();
	const struct inbound_mail *first = places->items[from];
	struct block block;
	bool found;
	if (!block_find(store, first->campaign_id, first->block, own, &block, &found, err))
		return false;
	const struct recipient *people = block.people.items;
	for (int i = from; found && i < to; i++) {
		struct inbound_mail *mail = &mails[places->items[i] - mails];
		if (mail->index >= 0 && mail->index < block.people.count && people[mail->index].contact_id)
			take_recipient(mail, &people[mail->index], arena);
	}
	return true;
}

/* Without a message, by the address: the request was signed, so it is believed. */
static bool find_by_addresses(struct store *store, struct inbound_mail *mails, int count, struct arena *arena,
                              struct error *err) {
	struct strings addresses = { arena_array(arena, const char *, count + 1), 0 };
	struct contact *contacts;
	int contact_count;
	for (int i = 0; i < count; i++)
		if (!mails[i].campaign_id && mails[i].recipient)
			addresses.items[addresses.count++] = mails[i].recipient;
	if (addresses.count == 0)
		return true;
	if (!contact_find_by_addresses(store, &addresses, arena, &contacts, &contact_count, err))
		return false;
	for (int i = 0; i < count; i++) {
		const struct contact *contact = mails[i].campaign_id || !mails[i].recipient
		                                    ? NULL
		                                    : contact_with_address(contacts, contact_count, mails[i].recipient);
		if (contact)
			mails[i].contact_id = contact->id;
	}
	return true;
}

bool inbound_find_people(struct store *store, struct inbound_mail *mails, int count, struct arena *arena,
                         struct error *err) {
	const struct places places = places_of(mails, count, arena);
	for (int from = 0, to = 0; from < places.count; from = to) {
		to = block_end(&places, from);
		if (!find_recipients(store, mails, &places, from, to, arena, err))
			return false;
	}
	return find_by_addresses(store, mails, count, arena, err);
}

/* --- who is suppressed --- */

static const char *evidence_of(const struct inbound_mail *mail, struct arena *arena) {
	return arena_print(arena, "%s%s%s %s", mail->status ? mail->status : "", mail->status ? " " : "",
	                   mail->words ? mail->words : "a report",
	                   mail->waits || mail->recipient ? "as the mail provider reported it"
	                                                  : "in an email that came back");
}

static struct moment time_of(const struct inbound_mail *mail, struct moment now) {
	return moment_is_set(mail->occurred_at) && mail->occurred_at.ms < now.ms ? mail->occurred_at : now;
}

/* Whose address it is about: of an event the one that it names, else the one that the person has. */
static bool find_key(struct store *store, const struct inbound_mail *mail, struct arena *arena, const char **key,
                     struct error *err) {
	struct contact contact;
	bool found;
	*key = mail->is_forwarded ? NULL : mail->recipient;
	if (*key || !mail->contact_id)
		return true;
	if (!contact_find(store, mail->contact_id, arena, &contact, &found, err))
		return false;
	*key = found ? contact.email_norm : NULL;
	return true;
}

/* Those of a person, this one among them. */
static bool read_softs(struct store *store, const struct inbound_mail *mail, struct arena *arena,
                       struct soft_bounce **bounces, int *count, struct error *err) {
	struct inbound_mail *mails;
	if (!store_list(store, INBOUND,
	                FILTER(eq_id("contact_id", mail->contact_id), eq_choice("kind", &inbound_kinds, INBOUND_SOFT),
	                       ne_bool("is_forwarded", true), ne_text("_id", mail->id)),
	                SORT(desc("at"), desc("_id")), SOFT_MAX, &inbound_mail_record, arena, (void **)&mails, count, err))
		return false;
	*bounces = arena_array(arena, struct soft_bounce, *count + 1);
	for (int i = 0; i < *count; i++)
		(*bounces)[i] = (struct soft_bounce){ mails[i].campaign_id, mails[i].status, mails[i].at };
	(*bounces)[(*count)++] = (struct soft_bounce){ mail->campaign_id, mail->status, mail->at };
	return true;
}

/* What is not for good, but comes again and again. A click of theirs clears it. *points: 0: not too often. */
static bool count_softs(struct store *store, const struct inbound_mail *mail, struct arena *arena, int *points,
                        struct error *err) {
	struct soft_bounce *bounces;
	struct contact contact;
	bool found;
	int count;
	*points = 0;
	if (!mail->contact_id || !mail->campaign_id || mail->is_forwarded)
		return true;
	if (!contact_find(store, mail->contact_id, arena, &contact, &found, err) ||
	    !read_softs(store, mail, arena, &bounces, &count, err))
		return false;
	if (!found || !soft_is_too_often(bounces, count, contact.engagement.last_clicked_at, points))
		*points = 0;
	return true;
}

/* *evidence: NULL: it suppresses nobody. */
static bool judge(struct store *store, const struct inbound_mail *mail, struct arena *arena, const char **evidence,
                  unsigned *reason, struct error *err) {
	int points;
	*evidence = NULL;
	*reason = mail->kind == INBOUND_COMPLAINT      ? SUPPRESSION_COMPLAINED
	          : mail->kind == INBOUND_UNSUBSCRIBED ? SUPPRESSION_UNSUBSCRIBED
	                                               : SUPPRESSION_BOUNCED;
	if (mail->kind == INBOUND_HARD || mail->kind == INBOUND_COMPLAINT || mail->kind == INBOUND_UNSUBSCRIBED)
		*evidence = evidence_of(mail, arena);
	if (mail->kind != INBOUND_SOFT)
		return true;
	if (!count_softs(store, mail, arena, &points, err))
		return false;
	if (points)
		*evidence = arena_print(arena, "%d points for bounces that are not for good, the newest: %s", points,
		                        evidence_of(mail, arena));
	return true;
}

/* Whoever unsubscribed said so themselves; everything else was found out by mail. */
static bool suppress(struct store *store, const struct inbound_mail *mails, int count, struct moment now,
                     struct arena *arena, struct error *err) {
	struct suppression_entry *entries = arena_array(arena, struct suppression_entry, count + 1);
	int entry_count = 0;
	for (int i = 0; i < count; i++) {
		struct suppression_entry entry = { .at = time_of(&mails[i], now) };
		if (!judge(store, &mails[i], arena, &entry.evidence, &entry.reason, err) ||
		    (entry.evidence && !find_key(store, &mails[i], arena, &entry.key, err)))
			return false;
		entry.source = entry.reason == SUPPRESSION_UNSUBSCRIBED ? SUPPRESSED_BY_THEM : SUPPRESSED_BY_MAIL;
		if (entry.key)
			entries[entry_count++] = entry;
	}
	return contact_suppress(store, entries, entry_count, arena, err);
}

/* STOP or START in answer to a text message. */
static bool answer_text(struct store *store, const struct inbound_mail *mail, struct moment now, struct arena *arena,
                        struct error *err) {
	const struct suppression_note why = { .at = time_of(mail, now),
		                                  .evidence = evidence_of(mail, arena),
		                                  .source = SUPPRESSED_BY_TEXT };
	if (!mail->recipient || (mail->kind != INBOUND_STOP && mail->kind != INBOUND_START))
		return true;
	return mail->kind == INBOUND_STOP ? contact_stop(store, mail->recipient, &why, arena, err)
	                                  : contact_start(store, mail->recipient, &why, arena, err);
}

/* --- what the campaign and others are told --- */

/* What is about somebody, and is a bounce or a complaint. */
static bool is_return(const struct inbound_mail *mail) {
	const bool is_named = mail->campaign_id || mail->recipient;
	return is_named && (mail->kind == INBOUND_HARD || mail->kind == INBOUND_SOFT || mail->kind == INBOUND_COMPLAINT);
}

static enum returned_as returned_as(const struct inbound_mail *mail) {
	return mail->kind == INBOUND_HARD   ? RETURNED_HARD
	       : mail->kind == INBOUND_SOFT ? RETURNED_SOFT
	                                    : RETURNED_COMPLAINED;
}

static bool note_returns(struct store *store, const struct inbound_mail *mails, int count, struct moment now,
                         struct arena *arena, struct error *err) {
	struct return_note *notes = arena_array(arena, struct return_note, count + 1);
	for (int i = 0; i < count; i++)
		notes[i] = (struct return_note){ mails[i].campaign_id, mails[i].block, mails[i].index, returned_as(&mails[i]) };
	return returned_note(store, notes, count, now, err);
}

bool inbound_reconcile(struct store *store, const struct inbound_mail *mails, int count, enum arrival_proof proof,
                       struct moment now, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const struct places places = places_of(mails, count, arena);
	int *indices = arena_array(arena, int, count + 1);
	for (int from = 0, to = 0; from < places.count; from = to) {
		int64_t asked;
		to = block_end(&places, from);
		for (int i = from; i < to; i++)
			indices[i - from] = (int)places.items[i]->index;
		const struct arrivals arrivals = {
			places.items[from]->campaign_id, places.items[from]->block, indices, to - from, proof, NULL, now,
		};
		if (!reconcile_block(store, &arrivals, &asked, err))
			return false;
	}
	return true;
}

static bool note_due(struct store *store, const struct inbound_mail *mails, int count, struct arena *arena,
                     struct error *err) {
	const struct places places = places_of(mails, count, arena);
	for (int i = 0; i < places.count; i++) {
		const char *id = places.items[i]->campaign_id;
		bool is_first = i == 0 || !text_same(places.items[i - 1]->campaign_id, id);
		if (is_first && !answers_note_due(store, id, err))
			return false;
	}
	return true;
}

static bool note_complaints(struct store *store, const struct inbound_mail *mails, int count, struct moment now,
                            struct arena *arena, struct error *err) {
	for (int i = 0; i < count; i++)
		if (mails[i].kind == INBOUND_COMPLAINT &&
		    !warmed_note_complaint(store, mails[i].campaign_id, mails[i].block, mails[i].index, now, arena, err))
			return false;
	return true;
}

static struct webhook_event event_of(const struct inbound_mail *mail, struct arena *arena) {
	const bool complained = mail->kind == INBOUND_COMPLAINT;
	char name[MESSAGE_NAME];
	return (struct webhook_event){
		.type = complained ? WEBHOOK_COMPLAINED : WEBHOOK_BOUNCED,
		.key = mail->id,
		.campaign_id = mail->campaign_id,
		.contact_id = mail->contact_id,
		.email_id = mail->campaign_id
		                ? arena_copy(arena, message_name(mail->campaign_id, mail->block, mail->index, name))
		                : NULL,
		.about = complained ? NULL : "bounce",
		.words = mail->kind == INBOUND_HARD ? "hard" : "soft",
		.at = mail->at,
	};
}

static bool tell_webhooks(struct store *store, const struct inbound_mail *returns, int count, struct moment now,
                          struct arena *arena, struct error *err) {
	struct webhook_event *events = arena_array(arena, struct webhook_event, count + 1);
	for (int i = 0; i < count; i++)
		events[i] = event_of(&returns[i], arena);
	return webhooks_tell(store, events, count, now, err);
}

/* What came back has arrived. */
static bool tell(struct store *store, const struct inbound_mail *mails, int count, struct moment now,
                 struct arena *arena, struct error *err) {
	struct inbound_mail *returns = arena_array(arena, struct inbound_mail, count + 1),
						*ours = arena_array(arena, struct inbound_mail, count + 1);
	int return_count = 0, our_count = 0;
	for (int i = 0; i < count; i++) {
		if (!is_return(&mails[i]))
			continue;
		returns[return_count++] = mails[i];
		if (mails[i].campaign_id)
			ours[our_count++] = mails[i];
	}
	return note_complaints(store, ours, our_count, now, arena, err) &&
	       note_returns(store, ours, our_count, now, arena, err) &&
	       inbound_reconcile(store, ours, our_count, ARRIVAL_RETURNED, now, err) &&
	       note_due(store, ours, our_count, arena, err) && tell_webhooks(store, returns, return_count, now, arena, err);
}

/* --- all --- */

/* First, as how often somebody's mails bounce is asked of what is stored. */
static bool note_people(struct store *store, const struct inbound_mail *mails, int count, struct error *err) {
	struct bulk *bulk = bulk_open(store, INBOUND);
	for (int i = 0; i < count; i++)
		if (mails[i].contact_id)
			bulk_update(bulk, FILTER(eq_text("_id", mails[i].id)),
			            UPDATE(set_id("contact_id", mails[i].contact_id),
			                   set_choice("kind", &inbound_kinds, mails[i].kind),
			                   set_bool("is_forwarded", mails[i].is_forwarded)));
	return bulk_run(bulk, NULL, err);
}

static bool note_settled(struct store *store, const struct inbound_mail *mails, int count, struct moment now,
                         struct error *err) {
	struct bulk *bulk = bulk_open(store, INBOUND);
	for (int i = 0; i < count; i++)
		bulk_update(bulk, FILTER(eq_text("_id", mails[i].id)), UPDATE(set_moment("applied_at", now), unset("waits")));
	return bulk_run(bulk, NULL, err);
}

bool inbound_settle(struct store *store, const struct inbound_mail *mails, int count, struct moment now,
                    struct error *err) {
	ARENA_AUTO arena = arena_new();
	if (!note_people(store, mails, count, err) || !suppress(store, mails, count, now, arena, err))
		return false;
	for (int i = 0; i < count; i++)
		if (!answer_text(store, &mails[i], now, arena, err))
			return false;
	return tell(store, mails, count, now, arena, err) && note_settled(store, mails, count, now, err);
}
