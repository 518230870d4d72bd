/* Writing down recipients. */
#include "dispatch/freeze.h"

#include <stdlib.h>
#include <string.h>

#include "audience/contacts/permission.h"
#include "campaigns/own_campaign.h"
#include "codes/redeeming.h"
#include "composing/addressees.h"
#include "composing/own_hour.h"
#include "core/base/local.h"
#include "core/formats/json.h"
#include "core/formats/mail.h"
#include "core/process/settings.h"
#include "core/store/clock.h"
#include "dispatch/block.h"
#include "dispatch/block_jobs.h"
#include "dispatch/happening.h"
#include "dispatch/turn.h"
#include "dispatch/verdict.h"
#include "segments/people.h"
#include "templates/values.h"

/* BLOCK_BYTES: of values; a document may have 16 MB, and one person's values at most some 500 kB. */
enum { BLOCK_BYTES = 8 * 1024 * 1024 };
/* PART_PEOPLE: of a campaign in which people have a time or a rank of their own; they are spread over blocks by it. */
enum { PART_PEOPLE = 8 * BLOCK_PEOPLE };
enum { ENGAGED_MS = 30 * DAY_MS };
enum { SLICE = BLOCK_PEOPLE, TURN_MS = 200, TURN_WAIT_MS = 2 * SECOND_MS, ADOPTED_MAX = 100 };

/* Who is meant, as it was read at the beginning of a turn, and how far they were looked through. */
struct meant {
	const struct settings *settings;
	const struct dispatch *dispatch;
	struct moment now;
	const struct rule *rule; /* NULL: nobody */
	struct mailable_question question;
	bool behaves, tracks_by_list; /* their deeds are asked for; what the list has for whoever did not answer */
	struct people_place place;
};

/* Somebody who gets it, and when. */
struct chosen {
	struct recipient recipient;
	struct moment starts_at; /* MOMENT_NONE: at once */
	bool comes_later;
};

/* One part of the audience, before it is spread over blocks. */
struct filling {
	struct store *store;
	struct meant *meant;
	struct arena *arena;
	struct chosen *people;
	int count, most;
	struct left_out left_out;
	const char *after;
	struct strings written; /* of this part, by whoever was killed before it was whole; sorted */
	size_t bytes;           /* of the people's values */
};

static bool names_any(const struct strings *names, const char *const *of, int count) {
	for (int i = 0; i < count; i++)
		if (strings_have(names, of[i]))
			return true;
	return false;
}

/* Of several lists one that counts only is enough: who is on which is not looked at person by person. */
static bool tracks_by_lists(const struct dispatch *dispatch, const struct composing_known *known) {
	const struct strings *ids = &dispatch->said.list_ids;
	for (int i = 0; i < ids->count; i++) {
		const struct list *list = known_list(known, ids->items[i]);
		if (list && list->tracking == LIST_TRACKING_COUNTED)
			return false;
	}
	return true;
}

static bool read_meant(struct job_run *run, const struct dispatch *dispatch, struct meant *meant, struct error *err) {
	static const char *const deeds[] = { "opened_last", "clicked_last", "inactive_days" };
	const struct settings *settings = run->context;
	struct composing_known known;
	*meant = (struct meant){ .settings = settings, .dispatch = dispatch, .now = job_now(run) };
	if (!known_read(run->store, run->arena, &known, err) ||
	    !addressees_rule(&dispatch->said, &known, dispatch->started_at, run->arena, &meant->rule, err))
		return false;
	meant->tracks_by_list = tracks_by_lists(dispatch, &known);
	meant->behaves = names_any(&dispatch->names, deeds, sizeof deeds / sizeof *deeds);
	meant->question = (struct mailable_question){ .list_id = dispatch->list_id,
		                                          .base_list_id = dispatch->base_list_id,
		                                          .suppression_list = settings->suppression_list,
		                                          .require_consent = settings->require_consent,
		                                          .validate_domains = settings->validate_domains,
		                                          .campaign_id = dispatch->id,
		                                          .now = meant->now };
	return true;
}

const char *freeze_values(const struct strings *names, const struct reader *reader, struct arena *arena) {
	const struct value *const *values = reader_values(reader, names, arena);
	BUF_AUTO out = { 0 };
	buf_char(&out, '[');
	for (int i = 0; i < names->count; i++) {
		if (i)
			buf_char(&out, ',');
		json_write(&out, values[i] ? values[i] : value_null(arena));
	}
	buf_char(&out, ']');
	return arena_copy(arena, buf_text(&out));
}

static bool is_counted(const struct filling *filling, const struct contact *contact) {
	return filling->meant->dispatch->said.settings.tracking != COUNTING_NAMED ||
	       !permission_tracks((enum tracking_state)contact->tracking.state, filling->meant->tracks_by_list,
	                          filling->meant->settings->require_tracking);
}

/* Everybody's code is drawn once: a block that is written again keeps those that are stored. */
static void draw_code(const struct filling *filling, struct recipient *recipient) {
	char random[CODE_RANDOM], short_code[CODE_SHORT];
	if (!filling->meant->dispatch->said.qr.enabled)
		return;
	code_new(random, short_code);
	recipient->code = arena_copy(filling->arena, random);
	recipient->short_code = arena_copy(filling->arena, short_code);
}

/* When their hour is: by the clock of their own zone, or of the one in which it was chosen. */
static struct moment start_of(const struct dispatch *dispatch, const struct contact *contact) {
	const char *zone = moment_is_set(dispatch->own_hour) ? home_zone(contact) : NULL;
	return moment_is_set(dispatch->own_hour)
	           ? own_hour_at(zone ? zone : dispatch_usual_zone(dispatch), dispatch->own_hour, dispatch->started_at)
	           : MOMENT_NONE;
}

/* Who clicked or joined in the last month is known to want it: what a new sender is judged by should be their answers.
 */
static bool is_engaged(const struct contact *contact, struct moment now) {
	return was_lately(contact->engagement.last_clicked_at, ENGAGED_MS, now) ||
	       was_lately(contact->created_at, ENGAGED_MS, now);
}

static void take(struct filling *filling, const struct contact *contact, const struct reader *reader) {
	const char *values = freeze_values(&filling->meant->dispatch->names, reader, filling->arena);
	filling->bytes += strlen(values);
	struct recipient recipient = { .contact_id = arena_copy(filling->arena, contact->id),
		                           .email = arena_copy(filling->arena,
		                                               mail_ascii_address(contact->email, filling->arena)),
		                           .values = values,
		                           .is_counted = is_counted(filling, contact) };
	draw_code(filling, &recipient);
	const struct dispatch *dispatch = filling->meant->dispatch;
	const bool comes_later = dispatch->engaged_first && !is_engaged(contact, dispatch->started_at);
	filling->people[filling->count++] = (struct chosen){ recipient, start_of(dispatch, contact), comes_later };
}

static bool is_full(const struct filling *filling) {
	return filling->count == filling->most || filling->bytes >= BLOCK_BYTES;
}

static bool is_written(const struct filling *filling, const struct contact *contact) {
	return filling->written.count > 0 && strings_have_sorted(&filling->written, contact->id);
}

/* The next people of the audience, until the part is full. */
static bool fill(struct filling *filling, bool *over, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct meant *meant = filling->meant;
	const struct rule_clock clock = { filling->meant->dispatch->started_at, NULL };
	struct contact *contacts;
	int count;
	if (!people_next(filling->store, meant->rule, &clock, &meant->place, SLICE, arena, &contacts, &count, err))
		return false;
	enum mailable *verdicts = arena_array(arena, enum mailable, count + 1);
	struct reader *readers = arena_array(arena, struct reader, count + 1);
	if (!verdict_read(filling->store, contacts, count, &meant->question, arena, verdicts, err) ||
	    !readers_of_contacts(filling->store, contacts, count, meant->behaves, meant->now, arena, readers, err))
		return false;
	int at = 0;
	for (; at < count && !is_full(filling); at++)
		if (is_written(filling, &contacts[at]))
			continue;
		else if (verdicts[at] == MAILABLE)
			take(filling, &contacts[at], &readers[at]);
		else
			++*left_out_of(&filling->left_out, verdicts[at]);
	if (at < count)
		people_place_set(&meant->place, contacts[at - 1].id);
	filling->after = arena_copy(filling->arena, meant->place.after);
	*over = meant->place.ended;
	return true;
}

/* The codes of a block as they stand in it. Once more does no harm: who has one keeps it. */
static bool store_codes(struct store *store, const struct dispatch *dispatch, const struct block *block,
                        struct arena *arena, struct error *err) {
	const struct composition_qr *said = &dispatch->said.qr;
	const struct recipient *people = block->people.items;
	struct stored_code *codes = arena_array(arena, struct stored_code, block->people.count + 1);
	const struct moment expires_at = dispatch_codes_expire(dispatch);
	int count = 0;
	for (int i = 0; i < block->people.count; i++) {
		char token[CODE_TOKEN];
		if (!people[i].code)
			continue;
		struct stored_code *code = &codes[count++];
		record_clear(&stored_code_record, code);
		code->id = store_new_id(arena);
		code->campaign_id = dispatch->id;
		code->customer_id = people[i].contact_id;
		code->token = arena_copy(arena, code_token(dispatch->id, people[i].contact_id, people[i].code, token));
		code->short_code = people[i].short_code;
		code->block = block->number;
		code->index = i;
		code->deal = said->deal;
		code->deal_value = said->deal_value;
		code->created_at = dispatch->started_at;
		code->expires_at = expires_at;
		code->usage_count = code->revenue = code->delayed = 0;
		code->max_usage = said->max_usage == COUNT_NONE ? 1 : said->max_usage;
	}
	return count == 0 || codes_store(store, codes, count, err);
}

/* By their hour and rank; else they stay in their order. */
static int by_start(const void *one, const void *other) {
	const struct chosen *a = one, *b = other;
	if (a->starts_at.ms != b->starts_at.ms)
		return a->starts_at.ms < b->starts_at.ms ? -1 : 1;
	if (a->comes_later != b->comes_later)
		return b->comes_later ? -1 : 1;
	return strcmp(a->recipient.contact_id, b->recipient.contact_id);
}

/* How many of those from `from` are the next block. */
static int block_size(const struct filling *filling, int from) {
	int size = 0;
	while (from + size < filling->count && size < BLOCK_PEOPLE &&
	       filling->people[from + size].starts_at.ms == filling->people[from].starts_at.ms &&
	       filling->people[from + size].comes_later == filling->people[from].comes_later)
		size++;
	return size;
}

static struct block block_of(const struct filling *filling, int from, int size, int64_t number) {
	struct recipient *people = arena_array(filling->arena, struct recipient, size + 1);
	const char **ids = arena_array(filling->arena, const char *, size + 1);
	struct block block;
	record_clear(&block_record, &block);
	block.id = store_new_id(filling->arena);
	block.campaign_id = filling->meant->dispatch->id;
	block.number = number;
	block.starts_at = size ? filling->people[from].starts_at : MOMENT_NONE;
	block.comes_later = size && filling->people[from].comes_later;
	block.left_out = (struct left_out){ 0 };
	for (int i = 0; i < size; i++) {
		people[i] = filling->people[from + i].recipient;
		ids[i] = people[i].contact_id;
	}
	block.people = (struct rows){ people, size };
	block.contact_ids = (struct strings){ ids, size };
	return block;
}

/* The blocks of a part, one after the other. Of what `last` is afterwards only its number and end are known. If
 * somebody else has written one of that number, the rest is made anew. */
static bool write_blocks(struct job_run *run, const struct filling *filling, const char *before, bool over,
                         int64_t first, struct block *last, struct error *err) {
	int64_t number = last->number;
	bool is_whole = false, is_other = false;
	for (int from = 0, size; !is_whole && !is_other; from += size) {
		bool was_there;
		size = block_size(filling, from);
		is_whole = from + size == filling->count;
		struct block block = block_of(filling, from, size, ++number);
		const char *id = block.id;
		block.after = is_whole ? filling->after : before;
		block.is_last = is_whole && over;
		block.part_of = is_whole ? COUNT_NONE : first;
		block.left_out = is_whole ? filling->left_out : block.left_out;
		if (!block_create(run->store, &block, filling->meant->now, filling->arena, &was_there, err) ||
		    !store_codes(run->store, filling->meant->dispatch, &block, filling->arena, err) ||
		    !job_beat(run, NULL, err))
			return false;
		is_other = !text_same(block.id, id);
		*last = (struct block){ .number = block.number,
			                    .after = block.after ? arena_copy(run->arena, block.after) : NULL,
			                    .part_of = block.part_of,
			                    .is_last = block.is_last };
	}
	return true;
}

/* Writes one more part of the audience down, in memory of its own: one block, or several by their hours. */
static bool write_part(struct job_run *run, struct meant *meant, struct block *last, struct error *err) {
	ARENA_AUTO arena = arena_new();
	const bool differ = moment_is_set(meant->dispatch->own_hour) || meant->dispatch->engaged_first,
			   goes_on = last->part_of != COUNT_NONE;
	struct filling filling = {
		.store = run->store, .meant = meant, .arena = arena, .most = differ ? PART_PEOPLE : BLOCK_PEOPLE
	};
	bool over = !meant->rule;
	filling.people = arena_array(arena, struct chosen, filling.most);
	filling.after = last->after;
	if (goes_on && !blocks_of_part(run->store, meant->dispatch->id, last->part_of, arena, &filling.written, err))
		return false;
	strings_sort(&filling.written);
	people_place_set(&meant->place, last->after);
	while (!over && !is_full(&filling))
		if (!fill(&filling, &over, err) || !job_beat(run, NULL, err))
			return false;
	qsort(filling.people, (size_t)filling.count, sizeof *filling.people, by_start);
	return write_blocks(run, &filling, last->after, over, goes_on ? last->part_of : last->number + 1, last, err);
}

/* --- the end --- */

struct totals {
	int64_t blocks;
	struct left_out left_out;
};

/* What of a block counts. */
struct block_sum {
	int64_t number;
	struct strings contact_ids;
	struct left_out left_out;
};
static const struct field sum_fields[] = {
	FIELD(struct block_sum, number),
	FIELD_RECORD(struct block_sum, left_out, left_out_record),
};
static const struct record_type sum_record = RECORD_TYPE("BlockSum", struct block_sum, sum_fields);

static void add_block(void *context, const void *object) {
	struct totals *totals = context;
	const struct block_sum *sum = object;
	totals->blocks++;
	left_out_add(&totals->left_out, &sum->left_out);
}

/* The total is counted, of what is stored. */
static bool count_frozen(struct job_run *run, struct dispatch *dispatch, struct error *err) {
	struct totals totals = { 0 };
	struct block_state sum;
	int64_t blocks;
	const struct filter *whose = FILTER(eq_id("campaign_id", dispatch->id));
	if (!store_each(run->store, "dispatch_blocks", whose, &sum_record, add_block, &totals, err) ||
	    !store_sum(run->store, "dispatch_states", whose, &block_state_record, &sum, &blocks, err))
		return false;
	if (blocks != totals.blocks)
		return error_set(err, ERROR_FAULT, "campaign %s has %lld blocks and %lld states of blocks", dispatch->id,
		                 (long long)totals.blocks, (long long)blocks);
	dispatch->total = sum.size;
	dispatch->blocks = totals.blocks;
	dispatch->left_out = totals.left_out;
	dispatch->frozen_at = job_now(run);
	return dispatch_note_frozen(run->store, dispatch, err);
}

static bool finish(struct job_run *run, struct dispatch *dispatch, struct error *err) {
	struct campaign_move move;
	if (!count_frozen(run, dispatch, err) ||
	    !campaign_move_own(run->store, dispatch->id, CAMPAIGN_BEGIN, dispatch->frozen_at, &move, err) ||
	    !block_jobs_go_on(run->store, dispatch->id, dispatch->frozen_at, run->arena, err))
		return false;
	campaign_happened(run->store, dispatch->id, CAMPAIGN_STARTED, NULL, dispatch->frozen_at);
	run->result = arena_print(run->arena, "%lld recipients in %lld blocks", (long long)dispatch->total,
	                          (long long)dispatch->blocks);
	return true;
}

/* It is no longer to be frozen. If it was cancelled meanwhile, those who are written down are cancelled, block by
 * block. */
static bool leave(struct job_run *run, struct dispatch *dispatch, enum campaign_status status, struct error *err) {
	if (status == CAMPAIGN_CANCELLED && !moment_is_set(dispatch->frozen_at) && !count_frozen(run, dispatch, err))
		return false;
	return block_jobs_go_on(run->store, dispatch->id, job_now(run), run->arena, err);
}

/* *waits: too many campaigns are being sent, and this one is looked at again later. */
static bool wait_for_turn(struct job_run *run, bool *waits, struct error *err) {
	const struct settings *settings = run->context;
	bool is_free;
	if (!turn_is_free(run->store, settings->campaigns_at_once, run->arena, &is_free, err))
		return false;
	*waits = !is_free;
	if (*waits)
		job_again(run, TURN_WAIT_MS);
	return true;
}

/* Whoever was killed after the last block has left out what follows it. */
static bool complete(struct job_run *run, const struct dispatch *dispatch, const struct block *last,
                     struct error *err) {
	return block_complete(run->store, last, job_now(run), err) &&
	       store_codes(run->store, dispatch, last, run->arena, err);
}

/* Some blocks; the rest at the next turn. */
static bool write_some(struct job_run *run, const struct dispatch *dispatch, struct block *last, struct error *err) {
	int64_t until = monotonic_ms() + TURN_MS;
	struct meant meant;
	if (!read_meant(run, dispatch, &meant, err))
		return false;
	do {
		if (!write_part(run, &meant, last, err))
			return false;
	} while (!last->is_last && monotonic_ms() < until);
	return true;
}

static bool freeze(struct job_run *run, struct error *err) {
	struct dispatch dispatch;
	struct block last;
	enum campaign_status status;
	bool found, waits;
	local_use("UTC");
	if (!dispatch_need(run->store, run->job.subject, run->arena, &dispatch, err) ||
	    !campaign_read_status(run->store, dispatch.id, &status, err) ||
	    !block_find_last(run->store, dispatch.id, run->arena, &last, &found, err))
		return false;
	if (found && !complete(run, &dispatch, &last, err))
		return false;
	if (!found)
		last = (struct block){ .number = -1, .part_of = COUNT_NONE };
	if (status != CAMPAIGN_QUEUED)
		return leave(run, &dispatch, status, err);
	if (!last.is_last && !write_some(run, &dispatch, &last, err))
		return false;
	if (!last.is_last) {
		job_again(run, 0);
		return true;
	}
	return wait_for_turn(run, &waits, err) && (waits || finish(run, &dispatch, err));
}

static bool give_up(struct job_run *run, const char *why, struct error *err) {
	struct campaign_move move;
	struct error ignored = ERROR_INIT;
	(void)err;
	if (campaign_move_own(run->store, run->job.subject, CAMPAIGN_FAIL, run->now, &move, &ignored))
		campaign_happened(run->store, run->job.subject, CAMPAIGN_GAVE_UP, why, run->now);
	return true;
}

/* Campaigns whose job was left out by a crash between two writes. */
struct campaign_at {
	const char *id;
	unsigned status;
};
static const struct field at_fields[] = {
	FIELD(struct campaign_at, id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct campaign_at, status, .choices = &campaign_statuses),
};
static const struct record_type at_record = RECORD_TYPE("CampaignAt", struct campaign_at, at_fields);

static bool adopt(struct store *store, void *context, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct campaign_at *all;
	int count;
	(void)context;
	if (!store_list(store, "campaigns",
	                FILTER(eq_choice("origin", &campaign_origins, CAMPAIGN_OWN),
	                       ANY_OF(eq_choice("status", &campaign_statuses, CAMPAIGN_QUEUED),
	                              eq_choice("status", &campaign_statuses, CAMPAIGN_SENDING))),
	                SORT(asc("_id")), ADOPTED_MAX, &at_record, arena, (void **)&all, &count, err))
		return false;
	struct moment now;
	if (!store_now(store, &now, err))
		return false;
	for (int i = 0; i < count; i++)
		if (all[i].status == CAMPAIGN_QUEUED ? !freeze_ask(store, all[i].id, arena, err)
		                                     : !block_jobs_go_on(store, all[i].id, now, arena, err))
			return false;
	return true;
}

bool freeze_ask(struct store *store, const char *campaign_id, struct arena *arena, struct error *err) {
	const struct job_request request = { freeze_job.name, arena_print(arena, "freeze:%s", campaign_id), campaign_id,
		                                 0 };
	const char *id;
	bool already;
	return queue_ask(store, &request, arena, &id, &already, err);
}

const struct job_kind freeze_job = { .name = "freeze",
	                                 .run = freeze,
	                                 .give_up = give_up,
	                                 .adopt = adopt,
	                                 .lease_ms = 60 * SECOND_MS,
	                                 .attempts_max = 20,
	                                 .priority = 5,
	                                 .lane = "freeze", /* so that of two that end at once the second sees the first */
	                                 .backoff = { SECOND_MS, 60 * SECOND_MS } };
