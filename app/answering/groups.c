/* Recipients by mailbox provider and segment. */
#include "answering/groups.h"

#include <stdlib.h>
#include <string.h>

#include "core/formats/mail.h"
#include "segments/check.h"

static const char BLOCKS[] = "answer_blocks";

struct group_rule {
	const char *name;
	const struct rule *rule;
};

static const struct field count_fields[] = {
	FIELD(struct group_count, name),
	FIELD(struct group_count, sent, .unit = "people"),
	FIELD(struct group_count, failed, .unit = "people"),
	FIELD(struct group_count, opened, .unit = "people"),
	FIELD(struct group_count, clicked, .unit = "people"),
};
const struct record_type group_count_record = RECORD_TYPE("GroupCount", struct group_count, count_fields);

static const struct field member_fields[] = {
	FIELD(struct group_members, name, .stored = "n"),
	FIELD(struct group_members, members, .stored = "m"),
};
const struct record_type group_members_record = RECORD_TYPE("GroupMembers", struct group_members, member_fields);

static void add_rule(struct group_rules *rules, const char *name, const struct rule *rule, struct arena *arena) {
	struct group_rule *all = rules->rules.items;
	all[rules->rules.count++] = (struct group_rule){ name, rule };
	const struct strings asked = rule_campaigns(rule, arena);
	if (asked.count == 0)
		return;
	struct strings more = { arena_array(arena, const char *, (size_t)(rules->campaign_ids.count + asked.count)), 0 };
	for (int i = 0; i < rules->campaign_ids.count; i++)
		more.items[more.count++] = rules->campaign_ids.items[i];
	for (int i = 0; i < asked.count; i++)
		more.items[more.count++] = asked.items[i];
	rules->campaign_ids = strings_distinct(arena, &more);
}

/* One that cannot be read any more has nobody. */
bool group_rules_read(struct store *store, struct arena *arena, struct group_rules *rules, struct error *err) {
	struct rule_names names;
	if (!names_read(store, arena, &names, err))
		return false;
	const struct named_segment *segments = names.segments.items;
	*rules = (struct group_rules){ .is_read = true };
	rules->rules.items = arena_array(arena, struct group_rule, GROUP_SEGMENTS_MAX);
	for (int i = 0; i < names.segments.count && rules->rules.count < GROUP_SEGMENTS_MAX; i++) {
		struct rule_reading reading;
		struct error ignored = ERROR_INIT;
		if (rule_read(segments[i].rule, &names, arena, &reading, &ignored))
			add_rule(rules, segments[i].name, reading.rule, arena);
	}
	return true;
}

static const struct facts *facts_of(const struct facts *people, int count, const char *id) {
	int from = 0, end = count;
	while (from < end) {
		int middle = (from + end) / 2, order = strcmp(people[middle].id, id);
		if (order == 0)
			return &people[middle];
		if (order < 0)
			from = middle + 1;
		else
			end = middle;
	}
	return NULL;
}

static bool read_facts(struct store *store, const struct group_rules *rules, const struct block *block,
                       struct arena *arena, struct facts **people, int *count, struct error *err) {
	const struct recipient *all = block->people.items;
	struct strings ids = { arena_array(arena, const char *, (size_t)block->people.count + 1), 0 };
	for (int i = 0; i < block->people.count; i++)
		if (all[i].contact_id)
			ids.items[ids.count++] = all[i].contact_id;
	*count = 0;
	return ids.count == 0 || (store_list(store, "contacts", FILTER(in_ids("_id", &ids)), SORT(asc("_id")), ids.count,
	                                     &facts_record, arena, (void **)people, count, err) &&
	                          facts_read_deeds(store, &rules->campaign_ids, *people, *count, arena, err));
}

static int bit_of(char digit, int index) {
	int value = digit >= 'a' ? digit - 'a' + 10 : digit - '0';
	return value >> index % 4 & 1;
}

bool group_has(const struct group_members *group, int index) {
	return (size_t)index / 4 < strlen(group->members) && bit_of(group->members[index / 4], index);
}

static const char *members_of(const struct group_rule *rule, const struct block *block, const struct facts *people,
                              int count, const struct rule_clock *clock, struct arena *arena) {
	const struct recipient *all = block->people.items;
	unsigned bits[(BLOCK_PEOPLE + 3) / 4] = { 0 };
	bool any = false;
	int size = (block->people.count + 3) / 4;
	char *text = arena_array(arena, char, size + 1);
	for (int i = 0; i < block->people.count; i++) {
		const struct facts *facts = all[i].contact_id ? facts_of(people, count, all[i].contact_id) : NULL;
		if (!facts || !rule_meets(rule->rule, facts, clock))
			continue;
		bits[i / 4] |= 1U << i % 4;
		any = true;
	}
	for (int i = 0; i < size; i++)
		text[i] = "0123456789abcdef"[bits[i]];
	text[size] = '\0';
	return any ? text : NULL;
}

bool groups_place(struct store *store, const struct group_rules *rules, const struct block *block, struct moment now,
                  struct arena *arena, struct rows *members, struct error *err) {
	const struct rule_clock clock = { now, NULL };
	const struct group_rule *all = rules->rules.items;
	struct group_members *groups = arena_array(arena, struct group_members, (size_t)rules->rules.count + 1);
	struct facts *people = NULL;
	int count = 0;
	*members = (struct rows){ groups, 0 };
	if (rules->rules.count == 0 || block->people.count == 0)
		return true;
	if (!read_facts(store, rules, block, arena, &people, &count, err))
		return false;
	for (int i = 0; i < rules->rules.count; i++) {
		const char *text = members_of(&all[i], block, people, count, &clock, arena);
		if (text)
			groups[members->count++] = (struct group_members){ all[i].name, text };
	}
	return true;
}

static void tally(struct group_count *group, const struct group_people *people, const struct answer_block *folded,
                  int index) {
	const struct answer *answer = answer_of(folded, index);
	bool opened = answer && moment_is_set(answer->opened_at);
	group->sent += opened || moment_is_set(people->accepted_at[index]);
	group->failed += !opened && people->failed[index];
	group->opened += opened;
	group->clicked += answer && moment_is_set(answer->clicked_at);
}

struct addressed {
	const char *domain;
	int index;
};

static int by_domain(const void *a, const void *b) {
	return strcmp(((const struct addressed *)a)->domain, ((const struct addressed *)b)->domain);
}

static void count_domains(const struct group_people *people, struct arena *arena, struct answer_block *folded) {
	const struct recipient *all = people->block->people.items;
	const int size = people->block->people.count;
	struct addressed *found = arena_array(arena, struct addressed, size + 1);
	struct group_count *groups = arena_array(arena, struct group_count, size + 1), others = { 0 };
	int count = 0, known = 0, end;
	for (int i = 0; i < size; i++)
		if (all[i].contact_id && all[i].email)
			found[count++] = (struct addressed){ text_fold(arena, mail_domain_part(all[i].email)), i };
	qsort(found, (size_t)count, sizeof *found, by_domain);
	for (int from = 0; from < count; from = end) {
		for (end = from + 1; end < count && by_domain(&found[from], &found[end]) == 0;)
			end++;
		bool alone = end == from + 1;
		struct group_count *group = alone ? &others : &groups[known];
		if (!alone)
			groups[known++] = (struct group_count){ .name = found[from].domain };
		for (int i = from; i < end; i++)
			tally(group, people, folded, found[i].index);
	}
	if (others.sent + others.failed > 0)
		groups[known++] = others;
	folded->domains = (struct rows){ groups, known };
}

static void count_segments(const struct group_people *people, struct arena *arena, struct answer_block *folded) {
	const struct recipient *all = people->block->people.items;
	const struct group_members *members = folded->members.items;
	const int none = folded->members.count;
	struct group_count *groups = arena_array(arena, struct group_count, none + 1);
	for (int k = 0; k <= none; k++)
		groups[k] = (struct group_count){ .name = k < none ? members[k].name : NULL };
	for (int i = 0; i < people->block->people.count; i++) {
		bool any = false;
		for (int k = 0; k < none && all[i].contact_id; k++) {
			if (!group_has(&members[k], i))
				continue;
			tally(&groups[k], people, folded, i);
			any = true;
		}
		if (all[i].contact_id && !any)
			tally(&groups[none], people, folded, i);
	}
	folded->segments = (struct rows){ groups, none + (groups[none].sent + groups[none].failed > 0) };
}

void groups_count(const struct group_people *people, struct arena *arena, struct answer_block *folded) {
	count_domains(people, arena, folded);
	count_segments(people, arena, folded);
}

void group_add(struct group_count *sum, const struct group_count *more) {
	sum->sent += more->sent;
	sum->failed += more->failed;
	sum->opened += more->opened;
	sum->clicked += more->clicked;
}

static bool sum_up(struct store *store, const char *list, const char *campaign_id, struct arena *arena,
                   struct rows *groups, struct error *err) {
#define OF(member) BCON_UTF8(arena_print(arena, "$%s." member, list))
	BSON_AUTO stages = BCON_NEW("0", "{", "$unwind", BCON_UTF8(arena_print(arena, "$%s", list)), "}", "1", "{",
	                            "$group", "{", "_id", OF("name"), "sent", "{", "$sum", OF("sent"), "}", "failed", "{",
	                            "$sum", OF("failed"), "}", "opened", "{", "$sum", OF("opened"), "}", "clicked", "{",
	                            "$sum", OF("clicked"), "}", "}", "}", "2", "{", "$sort", "{", "sent", BCON_INT32(-1),
	                            "_id", BCON_INT32(1), "}", "}", "3", "{", "$limit", BCON_INT32(GROUPS_MAX), "}", "4",
	                            "{", "$project", "{", "_id", BCON_INT32(0), "name", BCON_UTF8("$_id"), "sent",
	                            BCON_INT32(1), "failed", BCON_INT32(1), "opened", BCON_INT32(1), "clicked",
	                            BCON_INT32(1), "}", "}");
#undef OF
	return store_aggregate_rows(store, BLOCKS, FILTER(eq_id("campaign_id", campaign_id)), stages, &group_count_record,
	                            arena, groups, err);
}

bool groups_by_domain(struct store *store, const char *campaign_id, struct arena *arena, struct rows *groups,
                      struct error *err) {
	return sum_up(store, "domains", campaign_id, arena, groups, err);
}

bool groups_by_segment(struct store *store, const char *campaign_id, struct arena *arena, struct rows *groups,
                       struct error *err) {
	return sum_up(store, "segments", campaign_id, arena, groups, err);
}
