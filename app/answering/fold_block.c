/* Folding a block. */
#include "answering/fold_block.h"

#include <string.h>

#include "audience/contacts/alias.h"
#include "core/base/log.h"
#include "dispatch/message.h"
#include "dispatch/reconcile.h"
#include "dispatch/verdict.h"
#include "events/engagement.h"
#include "events/own_event.h"
#include "webhooks/delivery.h"
#include "webhooks/telling.h"

static const char HITS[] = "hits";

/* A block while it is folded. */
struct work {
	const struct folding *folding;
	struct arena *arena;
	int64_t number;
	struct answer_block stored; /* the fold before; empty if there was none */
	struct hit *hits;
	const struct hit *before; /* as they are stored */
	int count;
	struct block block; /* nobody in it if it is gone */
	struct moment accepted_at[BLOCK_PEOPLE];
	bool is_uncertain[BLOCK_PEOPLE], has_failed[BLOCK_PEOPLE];
	bool is_settled;
	struct contact *contacts; /* of the hits that wait, by id */
	int contact_count;
	struct judged_hit *judged;
	bool is_touched[BLOCK_PEOPLE];
	const char *contact_of[BLOCK_PEOPLE]; /* of mails with hits that are kept */
	struct strings people;                /* of whom something has changed */
	struct own_events own;                /* of the mails that were touched */
};

static const struct recipient *recipient_of(const struct work *work, int64_t index) {
	const struct recipient *people = work->block.people.items;
	return index >= 0 && index < work->block.people.count && people[index].contact_id ? &people[index] : NULL;
}

/* Those that what is kept tells of already do not count again. */
static bool read_hits(struct work *work, struct error *err) {
	bool found;
	if (!answer_block_find(work->folding->store, work->folding->campaign_id, work->number, work->arena, &work->stored,
	                       &found, err) ||
	    !store_list(work->folding->store, HITS,
	                FILTER(eq_id("campaign_id", work->folding->campaign_id), eq_count("block", work->number),
	                       moment_is_set(work->stored.kept.before) ? gte_moment("at", work->stored.kept.before)
	                                                               : anything()),
	                SORT(asc("at"), asc("_id")), FOLD_BLOCK_HITS, &hit_record, work->arena, (void **)&work->hits,
	                &work->count, err))
		return false;
	struct hit *before = arena_array(work->arena, struct hit, (size_t)work->count + 1);
	memcpy(before, work->hits, sizeof *before * (size_t)work->count);
	work->before = before;
	return true;
}

static bool read_messages(struct work *work, struct error *err) {
	struct sent_message *messages;
	int count;
	for (int i = 0; i < BLOCK_PEOPLE; i++)
		work->accepted_at[i] = MOMENT_NONE;
	if (!messages_stored(work->folding->store, work->folding->campaign_id, work->number, work->arena, &messages, &count,
	                     &work->is_settled, err))
		return false;
	if (!work->is_settled) { /* it is being sent: what its journal says */
		count = work->block.people.count;
		if (!messages_of_block(work->folding->store, &work->block, work->arena, &messages, err))
			return false;
	}
	for (int i = 0; i < count; i++) {
		if (messages[i].index < 0 || messages[i].index >= BLOCK_PEOPLE)
			continue;
		work->accepted_at[messages[i].index] = messages[i].sent_at;
		work->is_uncertain[messages[i].index] = messages[i].status == MESSAGE_UNCERTAIN;
		work->has_failed[messages[i].index] = messages[i].status == MESSAGE_FAILED;
	}
	return true;
}

static bool read_block(struct work *work, struct error *err) {
	bool found;
	if (!block_find(work->folding->store, work->folding->campaign_id, work->number, work->arena, &work->block, &found,
	                err))
		return false;
	if (!found)
		work->block.people = (struct rows){ NULL, 0 };
	return !found || read_messages(work, err);
}

static bool read_contacts(struct work *work, struct error *err) {
	struct strings ids = { arena_array(work->arena, const char *, (size_t)work->count + 1), 0 };
	for (int i = 0; i < work->count; i++) {
		const struct recipient *recipient = recipient_of(work, work->hits[i].index);
		if (work->hits[i].waits && recipient)
			ids.items[ids.count++] = recipient->contact_id;
	}
	ids = strings_distinct(work->arena, &ids);
	return ids.count == 0 ||
	       verdict_contacts(work->folding->store, &ids, work->arena, &work->contacts, &work->contact_count, err);
}

/* Also of one who was merged into another. */
static bool find_contact(const struct work *work, const char *id, struct contact *contact, bool *found,
                         struct error *err) {
	int from = 0, end = work->contact_count;
	while (from < end) {
		int middle = (from + end) / 2, order = strcmp(work->contacts[middle].id, id);
		if (order == 0) {
			*contact = work->contacts[middle];
			*found = true;
			return true;
		}
		if (order < 0)
			from = middle + 1;
		else
			end = middle;
	}
	return contact_find(work->folding->store, id, work->arena, contact, found, err);
}

/* What was decided when the mail was written holds, unless they have taken it back since. Unsubscribing is no tracking:
 * whoever does so has told us. */
static bool is_kept(const struct work *work, const struct hit *hit, const struct recipient *recipient,
                    const struct contact *contact) {
	return hit->kind == HIT_UNSUBSCRIBE ||
	       (!recipient->is_counted &&
	        permission_tracks(contact->tracking.state, true, work->folding->settings->require_tracking));
}

static bool settle(struct work *work, struct hit *hit, struct error *err) {
	const struct recipient *recipient = recipient_of(work, hit->index);
	struct contact contact;
	bool found = false;
	if (recipient && !find_contact(work, recipient->contact_id, &contact, &found, err))
		return false;
	if (found && is_kept(work, hit, recipient, &contact))
		hit->contact_id = contact.id;
	else
		hit_make_nobodys(hit);
	return true;
}

static const char *domain_of(const struct recipient *recipient) {
	const char *at = recipient && recipient->email ? strrchr(recipient->email, '@') : NULL;
	return at ? at + 1 : NULL;
}

/* The whole mail is judged before what may not be kept leaves it. */
static void judge(struct work *work) {
	work->judged = arena_array(work->arena, struct judged_hit, (size_t)work->count + 1);
	for (int i = 0; i < work->count; i++) {
		int64_t index = work->hits[i].index;
		bool inside = index >= 0 && index < BLOCK_PEOPLE;
		work->judged[i] = (struct judged_hit){ &work->hits[i], inside ? work->accepted_at[index] : MOMENT_NONE,
			                                   domain_of(recipient_of(work, index)) };
	}
	hits_judge(work->judged, work->count, work->folding->links.count, work->arena);
}

static void note_touched(struct work *work) {
	for (int i = 0; i < work->count; i++) {
		const struct hit *now = &work->hits[i], *before = &work->before[i];
		if (before->index < 0 || before->index >= BLOCK_PEOPLE)
			continue;
		if (before->waits || now->judged_as != before->judged_as)
			work->is_touched[before->index] = true;
		if (now->block != COUNT_NONE && now->contact_id)
			work->contact_of[now->index] = now->contact_id;
	}
}

static bool settle_all(struct work *work, struct error *err) {
	for (int i = 0; i < work->count; i++)
		if (work->hits[i].waits && !settle(work, &work->hits[i], err))
			return false;
	note_touched(work);
	return true;
}

/* Who is in which segment is asked once, so that nobody leaves one by what they do with the email. */
static bool place(struct work *work, struct error *err) {
	const struct folding *folding = work->folding;
	if (work->stored.is_placed || work->block.people.count == 0)
		return true;
	if (!folding->rules->is_read && !group_rules_read(folding->store, folding->arena, folding->rules, err))
		return false;
	work->stored.is_placed = true;
	return groups_place(folding->store, folding->rules, &work->block, folding->now, work->arena, &work->stored.members,
	                    err);
}

/* Of a block that is gone they stay as they were. */
static void group(struct work *work, struct answer_block *folded) {
	const struct group_people people = { &work->block, work->accepted_at, work->has_failed };
	folded->members = work->stored.members;
	folded->is_placed = work->stored.is_placed;
	folded->is_grouped = work->stored.is_grouped || work->is_settled;
	folded->domains = work->stored.domains;
	folded->segments = work->stored.segments;
	if (work->block.people.count > 0)
		groups_count(&people, work->arena, folded);
}

/* Of the hits in [from, before), on top of what is kept. Unset: no bound. */
static void fold(struct work *work, struct moment from, struct moment before, const struct answers_kept *kept,
                 struct answer_block *folded) {
	struct judged_hit *some = arena_array(work->arena, struct judged_hit, (size_t)work->count + 1);
	int count = 0;
	for (int i = 0; i < work->count; i++) {
		const struct hit *hit = work->judged[i].hit;
		if (hit->block != COUNT_NONE && (!moment_is_set(from) || hit->at.ms >= from.ms) &&
		    (!moment_is_set(before) || hit->at.ms < before.ms))
			some[count++] = work->judged[i];
	}
	record_clear(&answer_block_record, folded);
	answers_fold(some, count, &work->folding->links, work->arena, folded);
	folded->kept = *kept;
	answers_add_kept(folded, work->arena);
	group(work, folded);
	folded->campaign_id = work->folding->campaign_id;
	folded->block = work->number;
	folded->hour = COUNT_NONE;
	folded->rules = JUDGING_RULES;
	folded->folded_at = work->folding->now;
}

static void add_event(struct work *work, const struct answer *answer, enum event_type type, struct moment at,
                      struct own_events *own) {
	char name[MESSAGE_NAME];
	struct event *event = &own->events[own->count];
	if (!moment_is_set(at))
		return;
	own->count++;
	record_clear(&event_record, event);
	event->id = store_new_id(work->arena);
	event->campaign_id = own->campaign_id;
	event->contact_id = work->contact_of[answer->index];
	event->contact_ref = arena_copy(work->arena, message_name(own->campaign_id, work->number, answer->index, name));
	event->type = type;
	event->occurred_at = at;
	event->seen_at = work->folding->now;
}

static bool save_events(struct work *work, const struct answer_block *folded, struct error *err) {
	enum { TYPES = 3 };
	struct own_events own = { .campaign_id = work->folding->campaign_id };
	char name[MESSAGE_NAME];
	own.refs.items = arena_array(work->arena, const char *, BLOCK_PEOPLE);
	own.events = arena_array(work->arena, struct event, (size_t)TYPES * BLOCK_PEOPLE);
	for (int i = 0; i < BLOCK_PEOPLE; i++) {
		const struct answer *answer = work->is_touched[i] ? answer_of(folded, i) : NULL;
		if (!work->is_touched[i])
			continue;
		own.refs.items[own.refs.count++] = arena_copy(work->arena,
		                                              message_name(own.campaign_id, work->number, i, name));
		if (!answer)
			continue;
		add_event(work, answer, EVENT_OPENED, answer->opened_at, &own);
		add_event(work, answer, EVENT_CLICKED, answer->clicked_at, &own);
		add_event(work, answer, EVENT_UNSUBSCRIBED, answer->unsubscribed_at, &own);
	}
	work->own = own;
	return event_save_own(work->folding->store, &own, work->arena, &work->people, err) &&
	       (work->people.count == 0 || engagement_renew(work->folding->store, &work->people, work->arena, err));
}

/* Each first one of a person once, however often it is folded. What is judged anew afterwards is not taken back. */
static bool tell_webhooks(const struct work *work, struct error *err) {
	static const enum webhook_type types[] = {
		[EVENT_OPENED] = WEBHOOK_OPENED, [EVENT_CLICKED] = WEBHOOK_CLICKED, [EVENT_UNSUBSCRIBED] = WEBHOOK_UNSUBSCRIBED
	};
	const struct own_events *own = &work->own;
	struct webhook_event *told = arena_array(work->arena, struct webhook_event, own->count + 1);
	int count = 0;
	for (int i = 0; i < own->count; i++) {
		const struct event *event = &own->events[i];
		if (event->contact_id)
			told[count++] = (struct webhook_event){ .type = types[event->type],
				                                    .key = event->contact_ref,
				                                    .campaign_id = own->campaign_id,
				                                    .contact_id = event->contact_id,
				                                    .email_id = event->contact_ref,
				                                    .at = event->occurred_at };
	}
	return webhooks_tell(work->folding->store, told, count, work->folding->now, err);
}

static bool is_being_erased(const struct claim *claims, int count, const char *id) {
	for (int i = 0; i < count; i++)
		if (text_same(claims[i].goes, id) && text_same(claims[i].into, id))
			return true;
	return false;
}

static bool is_there(const struct contact *contacts, int count, const char *id) {
	for (int i = 0; i < count; i++)
		if (strcmp(contacts[i].id, id) == 0)
			return true;
	return false;
}

/* Whoever is being erased or has been erased meanwhile: nothing of theirs may come after their erasing. What came of
 * one who was merged meanwhile is the other one's. */
static bool follow_people(struct work *work, struct error *err) {
	struct store *store = work->folding->store;
	struct strings gone = { arena_array(work->arena, const char *, (size_t)work->people.count + 1), 0 };
	struct contact *contacts;
	struct claim *claims;
	int count, claimed;
	if (work->people.count == 0)
		return true;
	if (!verdict_contacts(store, &work->people, work->arena, &contacts, &count, err) ||
	    !alias_open_claims(store, work->arena, &claims, &claimed, err))
		return false;
	for (int i = 0; i < work->people.count; i++) {
		const char *id = work->people.items[i], *into = NULL;
		bool here = is_there(contacts, count, id);
		if (!here && !alias_of_id(store, id, work->arena, &into, err))
			return false;
		if (into && !event_give(store, id, into, err))
			return false;
		if ((!here && !into) || is_being_erased(claims, claimed, id))
			gone.items[gone.count++] = id;
	}
	return gone.count == 0 ||
	       (event_forget(store, &gone, err) && hit_forget(store, &gone, err) && deliveries_forget(store, &gone, err));
}

static bool save_hits(struct work *work, struct error *err) {
	struct bulk *bulk = bulk_open(work->folding->store, HITS);
	for (int i = 0; i < work->count; i++) {
		const struct hit *now = &work->hits[i], *before = &work->before[i];
		bool judged = now->judged_as != before->judged_as || now->because != before->because;
		if (!before->waits && !judged)
			continue;
		bulk_update(bulk, FILTER(by_id(now->id)),
		            UPDATE(set_choice("judged_as", &hit_classes, now->judged_as),
		                   set_choice("because", &hit_reasons, now->because),
		                   before->waits ? set_id("contact_id", now->contact_id) : no_edit(),
		                   set_count("block", now->block), set_count("index", now->index), set_count("hour", now->hour),
		                   set_bool("waits", now->hour != COUNT_NONE)));
	}
	return bulk_run(bulk, NULL, err);
}

/* Beyond what is folded of a block. */
static bool drop_rest(const struct work *work, struct error *err) {
	if (work->count < FOLD_BLOCK_HITS)
		return true;
	log_warning("more than %d opens and clicks of block %lld of campaign %s: the newest do not count", FOLD_BLOCK_HITS,
	            (long long)work->number, work->folding->campaign_id);
	return store_update_all(work->folding->store, HITS,
	                        FILTER(eq_id("campaign_id", work->folding->campaign_id), eq_count("block", work->number),
	                               eq_bool("waits", true), gt_moment("at", work->hits[work->count - 1].at)),
	                        UPDATE(set_bool("waits", false)), err);
}

/* What was opened has arrived. Of whoever is only counted nothing is concluded. */
static bool reconcile(struct work *work, struct error *err) {
	const struct folding *folding = work->folding;
	int indices[BLOCK_PEOPLE], count = 0;
	int64_t asked;
	for (int i = 0; i < work->count; i++) {
		int64_t index = work->hits[i].index;
		if (work->hits[i].hour != COUNT_NONE || index < 0 || index >= BLOCK_PEOPLE || !work->is_uncertain[index])
			continue;
		work->is_uncertain[index] = false;
		indices[count++] = (int)index;
	}
	const struct arrivals arrivals = {
		folding->campaign_id, work->number, indices, count, ARRIVAL_ANSWERED, NULL, folding->now,
	};
	return reconcile_block(folding->store, &arrivals, &asked, err);
}

static struct work *work_new(const struct folding *folding, int64_t block, struct arena *arena) {
	struct work *work = arena_new_of(arena, struct work);
	*work = (struct work){ .folding = folding, .arena = arena, .number = block };
	return work;
}

bool fold_block(const struct folding *folding, int64_t block, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct work *work = work_new(folding, block, arena);
	struct answer_block folded;
	if (!read_hits(work, err) || !read_block(work, err) || !read_contacts(work, err))
		return false;
	judge(work);
	if (!settle_all(work, err) || !place(work, err))
		return false;
	fold(work, MOMENT_NONE, MOMENT_NONE, &work->stored.kept, &folded);
	return answers_note_due(folding->store, folding->campaign_id, err) &&
	       answer_block_save(folding->store, &folded, err) && save_events(work, &folded, err) &&
	       tell_webhooks(work, err) && reconcile(work, err) && save_hits(work, err) && follow_people(work, err) &&
	       drop_rest(work, err);
}

bool fold_block_keep(const struct folding *folding, int64_t block, struct moment before, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct work *work = work_new(folding, block, arena);
	struct answer_block old, folded;
	if (!read_hits(work, err) || !read_block(work, err))
		return false;
	judge(work);
	fold(work, MOMENT_NONE, before, &work->stored.kept, &old);
	answers_keep(&old, before);
	fold(work, before, MOMENT_NONE, &old.kept, &folded);
	return answer_block_save(folding->store, &folded, err);
}
