/* Writing down recipients. */
#include "dispatch/freeze.h"

#include <string.h>

#include "audience/contacts/permission.h"
#include "campaigns/own_campaign.h"
#include "codes/redeeming.h"
#include "composing/addressees.h"
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

/* One block being filled. */
struct filling {
	struct store *store;
	struct meant *meant;
	struct arena *arena;
	struct block block;
	struct recipient *people;
	const char **ids;
	size_t bytes; /* of the people's values */
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

static void begin_block(struct filling *filling, int64_t number, const char *after) {
	record_clear(&block_record, &filling->block);
	filling->people = arena_array(filling->arena, struct recipient, BLOCK_PEOPLE);
	filling->ids = arena_array(filling->arena, const char *, BLOCK_PEOPLE);
	filling->block.id = store_new_id(filling->arena);
	filling->block.campaign_id = filling->meant->dispatch->id;
	filling->block.number = number;
	filling->block.after = after;
	filling->block.people.items = filling->people;
	filling->block.contact_ids.items = filling->ids;
	filling->block.left_out = (struct left_out){ 0 };
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

static void take(struct filling *filling, const struct contact *contact, const struct reader *reader) {
	struct block *block = &filling->block;
	const char *values = freeze_values(&filling->meant->dispatch->names, reader, filling->arena);
	filling->bytes += strlen(values);
	filling->ids[block->contact_ids.count++] = contact->id;
	struct recipient recipient = { .contact_id = contact->id,
		                           .email = mail_ascii_address(contact->email, filling->arena),
		                           .values = values,
		                           .is_counted = is_counted(filling, contact) };
	draw_code(filling, &recipient);
	filling->people[block->people.count++] = recipient;
}

static bool is_full(const struct filling *filling) {
	return filling->block.people.count == BLOCK_PEOPLE || filling->bytes >= BLOCK_BYTES;
}

/* The next people of the audience, until the block is full. */
static bool fill(struct filling *filling, bool *over, struct error *err) {
	struct meant *meant = filling->meant;
	struct block *block = &filling->block;
	const struct rule_clock clock = { filling->meant->dispatch->started_at, NULL };
	struct contact *contacts;
	int count;
	if (!people_next(filling->store, meant->rule, &clock, &meant->place, SLICE, filling->arena, &contacts, &count, err))
		return false;
	enum mailable *verdicts = arena_array(filling->arena, enum mailable, count + 1);
	struct reader *readers = arena_array(filling->arena, struct reader, count + 1);
	if (!verdict_read(filling->store, contacts, count, &meant->question, filling->arena, verdicts, err) ||
	    !readers_of_contacts(filling->store, contacts, count, meant->behaves, meant->now, filling->arena, readers, err))
		return false;
	int at = 0;
	for (; at < count && !is_full(filling); at++)
		if (verdicts[at] == MAILABLE)
			take(filling, &contacts[at], &readers[at]);
		else
			++*left_out_of(&block->left_out, verdicts[at]);
	if (at < count)
		people_place_set(&meant->place, contacts[at - 1].id);
	block->after = arena_copy(filling->arena, meant->place.after);
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

/* Writes one more block down, in memory of its own. Of what `last` is afterwards only its number and end are known. */
static bool write_block(struct job_run *run, struct meant *meant, bool is_first, struct block *last,
                        struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct filling filling = { .store = run->store, .meant = meant, .arena = arena };
	struct block *block = &filling.block;
	bool over = !meant->rule, was_there;
	begin_block(&filling, is_first ? 0 : last->number + 1, is_first ? NULL : last->after);
	people_place_set(&meant->place, block->after);
	while (!over && !is_full(&filling))
		if (!fill(&filling, &over, err) || !job_beat(run, NULL, err))
			return false;
	block->is_last = over;
	if (!block_create(run->store, block, meant->now, arena, &was_there, err) ||
	    !store_codes(run->store, meant->dispatch, block, arena, err))
		return false;
	*last = (struct block){ .number = block->number,
		                    .after = block->after ? arena_copy(run->arena, block->after) : NULL,
		                    .is_last = block->is_last };
	return true;
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
static bool write_some(struct job_run *run, const struct dispatch *dispatch, bool is_first, struct block *last,
                       struct error *err) {
	int64_t until = monotonic_ms() + TURN_MS;
	struct meant meant;
	if (!read_meant(run, dispatch, &meant, err))
		return false;
	do {
		if (!write_block(run, &meant, is_first, last, err))
			return false;
		is_first = false;
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
	if (status != CAMPAIGN_QUEUED)
		return leave(run, &dispatch, status, err);
	if ((!found || !last.is_last) && !write_some(run, &dispatch, !found, &last, err))
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
