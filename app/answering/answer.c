/* Answers: folding and storage. */
#include "answering/answer.h"

#include "answering/groups.h"

static const char BLOCKS[] = "answer_blocks";
static const char SUMS[] = "answer_sums";

static const struct field answer_fields[] = {
	FIELD(struct answer, index, .stored = "i"),      FIELD(struct answer, opened_at, .stored = "o"),
	FIELD(struct answer, clicked_at, .stored = "c"), FIELD(struct answer, unsubscribed_at, .stored = "u"),
	FIELD(struct answer, proxied_at, .stored = "p"), FIELD(struct answer, last_at, .stored = "l"),
	FIELD(struct answer, opens, .stored = "no"),     FIELD(struct answer, clicks, .stored = "nc"),
	FIELD(struct answer, machines, .stored = "nm"),
};
const struct record_type answer_record = RECORD_TYPE("Answer", struct answer, answer_fields);

static const struct field link_fields[] = {
	FIELD(struct link_answer, link),
	FIELD(struct link_answer, people, .unit = "people"),
	FIELD(struct link_answer, clicks, .unit = "events"),
};
const struct record_type link_answer_record = RECORD_TYPE("LinkAnswer", struct link_answer, link_fields);

#define SUM(owner, member) FIELD_AS(owner, sum.member, #member)
#define SUMS_OF(owner)                                                                                              \
	SUM(owner, opened), SUM(owner, clicked), SUM(owner, unsubscribed), SUM(owner, proxied), SUM(owner, machined),   \
		SUM(owner, human_opens), SUM(owner, proxy_opens), SUM(owner, machine_opens), SUM(owner, unknown_opens),     \
		SUM(owner, human_clicks), SUM(owner, proxy_clicks), SUM(owner, machine_clicks), SUM(owner, unknown_clicks), \
		SUM(owner, counted_opens), SUM(owner, counted_clicks), FIELD_LIST(owner, answers, answer_record),           \
		FIELD_LIST(owner, links, link_answer_record), FIELD_LIST(owner, targets, link_answer_record)

static const struct field kept_fields[] = {
	FIELD(struct answers_kept, before),
	SUMS_OF(struct answers_kept),
};
static const struct record_type kept_record = RECORD_TYPE("AnswersKept", struct answers_kept, kept_fields);

static const struct field block_fields[] = {
	FIELD(struct answer_block, campaign_id, .flags = FIELD_ID),
	FIELD(struct answer_block, block),
	FIELD(struct answer_block, hour),
	FIELD(struct answer_block, rules),
	SUMS_OF(struct answer_block),
	FIELD_LIST(struct answer_block, domains, group_count_record),
	FIELD_LIST(struct answer_block, segments, group_count_record),
	FIELD_LIST(struct answer_block, members, group_members_record),
	FIELD(struct answer_block, is_placed),
	FIELD(struct answer_block, is_grouped),
	FIELD(struct answer_block, folded_at),
	FIELD_RECORD(struct answer_block, kept, kept_record),
};
const struct record_type answer_block_record = RECORD_TYPE("AnswerBlock", struct answer_block, block_fields);

int64_t *answers_hits(struct answers *sum, enum hit_kind kind, enum hit_class as) {
	int64_t *const opens[] = { &sum->human_opens, &sum->proxy_opens, &sum->machine_opens, &sum->unknown_opens };
	int64_t *const clicks[] = { &sum->human_clicks, &sum->proxy_clicks, &sum->machine_clicks, &sum->unknown_clicks };
	return kind == HIT_OPEN ? opens[as] : clicks[as];
}

void answers_add_link(struct rows *links, int64_t link, int64_t people, int64_t clicks, struct arena *arena) {
	struct link_answer *rows = links->items;
	int at = 0;
	while (at < links->count && rows[at].link < link)
		at++;
	if (at == links->count || rows[at].link != link) {
		struct link_answer *more = arena_array(arena, struct link_answer, (size_t)links->count + 1);
		for (int i = 0; i < links->count; i++)
			more[i + (i >= at)] = rows[i];
		more[at] = (struct link_answer){ link, 0, 0 };
		*links = (struct rows){ more, links->count + 1 };
		rows = more;
	}
	rows[at].people += people;
	rows[at].clicks += clicks;
}

static void note_first(struct moment *first, struct moment at) {
	if (!moment_is_set(*first) || at.ms < first->ms)
		*first = at;
}

/* What the hits of one mail are folded with. */
struct mail_fold {
	const struct judged_hit *hits;
	int from, end;
	const struct tracked_links *links;
	struct arena *arena;
};

static int64_t target_of(const struct tracked_links *links, int64_t link) {
	return link >= 0 && link < links->count ? links->same_as[link] : link;
}

/* Has the person followed this link, or another one with its target, earlier? */
static bool clicked_before(const struct mail_fold *mail, int at, bool by_target) {
	int64_t link = mail->hits[at].hit->link;
	for (int i = mail->from; i < at; i++) {
		const struct hit *hit = mail->hits[i].hit;
		if (hit->kind == HIT_CLICK && hit->judged_as == HIT_HUMAN &&
		    (by_target ? target_of(mail->links, hit->link) == target_of(mail->links, link) : hit->link == link))
			return true;
	}
	return false;
}

static void take_click(const struct mail_fold *mail, int at, struct answer_block *block) {
	int64_t link = mail->hits[at].hit->link;
	answers_add_link(&block->links, link, !clicked_before(mail, at, false), 1, mail->arena);
	answers_add_link(&block->targets, target_of(mail->links, link), !clicked_before(mail, at, true), 1, mail->arena);
}

static void take_human(struct answer *answer, const struct hit *hit) {
	if (hit->kind == HIT_UNSUBSCRIBE) {
		note_first(&answer->unsubscribed_at, hit->at);
		return;
	}
	note_first(&answer->opened_at, hit->at);
	answer->last_at = hit->at;
	answer->opens += hit->kind == HIT_OPEN;
	answer->clicks += hit->kind == HIT_CLICK;
	if (hit->kind == HIT_CLICK)
		note_first(&answer->clicked_at, hit->at);
}

static void fold_mail(const struct mail_fold *mail, struct answer_block *block, struct answer *answer) {
	record_clear(&answer_record, answer);
	answer->index = mail->hits[mail->from].hit->index;
	answer->opens = answer->clicks = answer->machines = 0;
	for (int i = mail->from; i < mail->end; i++) {
		const struct hit *hit = mail->hits[i].hit;
		if (hit->kind != HIT_UNSUBSCRIBE)
			++*answers_hits(&block->sum, (enum hit_kind)hit->kind, (enum hit_class)hit->judged_as);
		if (hit->judged_as == HIT_PROXY)
			note_first(&answer->proxied_at, hit->at);
		answer->machines += hit->judged_as == HIT_MACHINE;
		if (hit->judged_as != HIT_HUMAN)
			continue;
		if (hit->kind == HIT_CLICK)
			take_click(mail, i, block);
		take_human(answer, hit);
	}
}

static void count_mail(struct answers *sum, const struct answer *answer) {
	bool opened = moment_is_set(answer->opened_at), proxied = moment_is_set(answer->proxied_at);
	sum->opened += opened;
	sum->clicked += moment_is_set(answer->clicked_at);
	sum->unsubscribed += moment_is_set(answer->unsubscribed_at);
	sum->proxied += !opened && proxied;
	sum->machined += !opened && !proxied && answer->machines > 0;
}

void answers_fold(const struct judged_hit *hits, int count, const struct tracked_links *links, struct arena *arena,
                  struct answer_block *block) {
	struct answer *answers = arena_array(arena, struct answer, (size_t)count + 1);
	struct mail_fold mail = { hits, 0, 0, links, arena };
	int n = 0;
	block->sum = (struct answers){ .folded_at = MOMENT_NONE, .told_at = MOMENT_NONE };
	block->links = block->targets = (struct rows){ NULL, 0 };
	for (; mail.from < count; mail.from = mail.end) {
		for (mail.end = mail.from + 1; mail.end < count && hits[mail.end].hit->index == hits[mail.from].hit->index;)
			mail.end++;
		fold_mail(&mail, block, &answers[n]);
		count_mail(&block->sum, &answers[n++]);
	}
	block->answers = (struct rows){ answers, n };
}

static struct moment first_of(struct moment a, struct moment b) {
	return !moment_is_set(a) || (moment_is_set(b) && b.ms < a.ms) ? b : a;
}

static void add_answer(struct answer *sum, const struct answer *more) {
	sum->opened_at = first_of(sum->opened_at, more->opened_at);
	sum->clicked_at = first_of(sum->clicked_at, more->clicked_at);
	sum->unsubscribed_at = first_of(sum->unsubscribed_at, more->unsubscribed_at);
	sum->proxied_at = first_of(sum->proxied_at, more->proxied_at);
	if (moment_is_set(more->last_at) && (!moment_is_set(sum->last_at) || more->last_at.ms > sum->last_at.ms))
		sum->last_at = more->last_at;
	sum->opens += more->opens;
	sum->clicks += more->clicks;
	sum->machines += more->machines;
}

/* Both by index. */
static struct rows add_answers(const struct rows *a, const struct rows *b, struct arena *arena) {
	const struct answer *x = a->items, *y = b->items;
	struct answer *both = arena_array(arena, struct answer, (size_t)(a->count + b->count) + 1);
	int n = 0, i = 0, k = 0;
	while (i < a->count || k < b->count) {
		bool takes_x = k == b->count || (i < a->count && x[i].index <= y[k].index);
		bool is_same = takes_x && k < b->count && x[i].index == y[k].index;
		both[n] = takes_x ? x[i++] : y[k++];
		if (is_same)
			add_answer(&both[n], &y[k++]);
		n++;
	}
	return (struct rows){ both, n };
}

static void add_links(struct rows *sum, const struct rows *more, struct arena *arena) {
	const struct link_answer *rows = more->items;
	for (int i = 0; i < more->count; i++)
		answers_add_link(sum, rows[i].link, rows[i].people, rows[i].clicks, arena);
}

static void add_hits(struct answers *sum, const struct answers *more) {
	for (enum hit_kind kind = HIT_OPEN; kind <= HIT_CLICK; kind++)
		for (enum hit_class as = HIT_HUMAN; as < HIT_CLASS_COUNT; as++) {
			struct answers other = *more;
			*answers_hits(sum, kind, as) += *answers_hits(&other, kind, as);
		}
}

void answers_add_kept(struct answer_block *block, struct arena *arena) {
	if (!moment_is_set(block->kept.before))
		return;
	block->answers = add_answers(&block->kept.answers, &block->answers, arena);
	add_links(&block->links, &block->kept.links, arena);
	add_links(&block->targets, &block->kept.targets, arena);
	add_hits(&block->sum, &block->kept.sum);
	const struct answer *answers = block->answers.items;
	block->sum.opened = block->sum.clicked = block->sum.unsubscribed = block->sum.proxied = block->sum.machined = 0;
	for (int i = 0; i < block->answers.count; i++)
		count_mail(&block->sum, &answers[i]);
}

void answers_keep(struct answer_block *block, struct moment before) {
	block->kept = (struct answers_kept){ before, block->sum, block->answers, block->links, block->targets };
}

const struct answer *answer_of(const struct answer_block *block, int64_t index) {
	const struct answer *answers = block->answers.items;
	int from = 0, end = block->answers.count;
	while (from < end) {
		int middle = (from + end) / 2;
		if (answers[middle].index < index)
			from = middle + 1;
		else
			end = middle;
	}
	return from < block->answers.count && answers[from].index == index ? &answers[from] : NULL;
}

bool answer_block_find(struct store *store, const char *campaign_id, int64_t block, struct arena *arena,
                       struct answer_block *found_block, bool *found, struct error *err) {
	record_clear(&answer_block_record, found_block);
	return store_find(store, BLOCKS, FILTER(eq_id("campaign_id", campaign_id), eq_count("block", block)), NULL,
	                  &answer_block_record, arena, found_block, found, err);
}

bool answer_block_save(struct store *store, const struct answer_block *block, struct error *err) {
	return store_upsert(store, BLOCKS,
	                    FILTER(eq_id("campaign_id", block->campaign_id), block->block == COUNT_NONE
	                                                                         ? eq_count("hour", block->hour)
	                                                                         : eq_count("block", block->block)),
	                    UPDATE(set_record(&answer_block_record, block, NULL)), err);
}

bool answers_sum(struct store *store, const char *campaign_id, struct moment now, struct error *err) {
	struct answers sum;
	int64_t blocks;
	record_clear(&answers_record, &sum);
	if (!store_sum(store, BLOCKS, FILTER(eq_id("campaign_id", campaign_id)), &answers_record, &sum, &blocks, err))
		return false;
	sum.folded_at = now;
	return store_upsert(store, SUMS, FILTER(by_id(campaign_id)),
	                    UPDATE(set_record(&answers_record, &sum, EXCEPT("campaign_id", "is_due", "told_at"))), err);
}

/* Several processes note it while one tells the figures. */
struct noted_due {
	int64_t dues;
};
static const struct field noted_due_fields[] = { FIELD(struct noted_due, dues) };
static const struct record_type noted_due_record = RECORD_TYPE("NotedDue", struct noted_due, noted_due_fields);

bool answers_note_due(struct store *store, const char *campaign_id, struct error *err) {
	return store_upsert(store, SUMS, FILTER(by_id(campaign_id)), UPDATE(set_bool("is_due", true), add_count("dues", 1)),
	                    err);
}

bool answers_read_dues(struct store *store, const char *campaign_id, int64_t *dues, struct error *err) {
	ARENA_AUTO arena = arena_new();
	struct noted_due noted;
	bool found;
	if (!store_find(store, SUMS, FILTER(by_id(campaign_id)), NULL, &noted_due_record, arena, &noted, &found, err))
		return false;
	*dues = found ? noted.dues : COUNT_NONE;
	return true;
}

bool answers_note_told(struct store *store, const char *campaign_id, int64_t dues, struct moment now,
                       struct error *err) {
	bool is_all;
	return store_upsert(store, SUMS, FILTER(by_id(campaign_id)), UPDATE(set_moment("told_at", now)), err) &&
	       store_update(store, SUMS,
	                    FILTER(by_id(campaign_id), dues == COUNT_NONE ? is_absent("dues") : eq_count("dues", dues)),
	                    UPDATE(set_bool("is_due", false)), &is_all, err);
}

bool answers_links(struct store *store, const char *campaign_id, bool by_target, struct arena *arena,
                   struct rows *links, struct error *err) {
	const char *list = by_target ? "$targets" : "$links";
	BSON_AUTO stages = BCON_NEW("0", "{", "$unwind", BCON_UTF8(list), "}", "1", "{", "$group", "{", "_id",
	                            BCON_UTF8(arena_print(arena, "%s.link", list)), "people", "{", "$sum",
	                            BCON_UTF8(arena_print(arena, "%s.people", list)), "}", "clicks", "{", "$sum",
	                            BCON_UTF8(arena_print(arena, "%s.clicks", list)), "}", "}", "}", "2", "{", "$project",
	                            "{", "_id", BCON_INT32(0), "link", BCON_UTF8("$_id"), "people", BCON_INT32(1), "clicks",
	                            BCON_INT32(1), "}", "}", "3", "{", "$sort", "{", "link", BCON_INT32(1), "}", "}");
	return store_aggregate_rows(store, BLOCKS, FILTER(eq_id("campaign_id", campaign_id)), stages, &link_answer_record,
	                            arena, links, err);
}
