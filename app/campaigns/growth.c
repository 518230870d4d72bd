/* Growth by the times in contact reports. */
#include "campaigns/growth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaigns/curve.h"
#include "core/base/local.h"
#include "metrics/share.h"

enum { HEADS_MAX = 1000000 };

static const char GROWTHS[] = "campaign_growth";

static const char *const response_names[] = {
	[RESPONSE_OPENED] = "opened",         [RESPONSE_CLICKED] = "clicked",
	[RESPONSE_BOUNCED] = "bounced",       [RESPONSE_UNSUBSCRIBED] = "unsubscribed",
	[RESPONSE_COMPLAINED] = "complained",
};
_Static_assert(sizeof response_names / sizeof *response_names == RESPONSE_COUNT, "a name a response");
const struct choices responses = CHOICES(response_names);

static const struct field day_fields[] = {
	FIELD(struct growth_day, day, .stored = "d"),
	FIELD(struct growth_day, people, .stored = "n", .unit = "people"),
};
static const struct record_type day_record = RECORD_TYPE("GrowthDay", struct growth_day, day_fields);

static const struct field named_fields[] = {
	FIELD(struct named, people, .unit = "people"),
	FIELD(struct named, undated, .unit = "people"),
	FIELD(struct named, early, .unit = "people"),
	FIELD(struct named, read_at),
	FIELD_LIST(struct named, days, day_record),
	FIELD(struct named, ages),
	FIELD(struct named, zone),
	FIELD_LIST(struct named, local_days, day_record),
};
static const struct record_type named_record = RECORD_TYPE("Named", struct named, named_fields);

static const struct field growth_fields[] = {
	FIELD(struct growth, campaign_id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct growth, since),
	FIELD(struct growth, form),
	FIELD_RECORD(struct growth, opened, named_record),
	FIELD_RECORD(struct growth, clicked, named_record),
	FIELD_RECORD(struct growth, bounced, named_record),
	FIELD_RECORD(struct growth, unsubscribed, named_record),
	FIELD_RECORD(struct growth, complained, named_record),
};
const struct record_type growth_record = RECORD_TYPE("Growth", struct growth, growth_fields);

int64_t campaign_counted(const struct campaign *campaign, enum response response) {
	const struct metrics *metrics = &campaign->current_metrics;
	const int64_t counts[] = { metrics->opened, metrics->clicked, metrics->bounced, metrics->unsubscribed,
		                       metrics->spam_complaints };
	return counts[response];
}

static int64_t count_of(const struct engagement_read *read, enum response response) {
	const int64_t counts[] = { read->opened, read->clicked, read->bounced, read->unsubscribed, read->complained };
	return counts[response];
}

int64_t campaign_count_read(const struct campaign *campaign, enum response response) {
	return count_of(&campaign->engagement_read, response);
}

const struct named *growth_named(const struct growth *growth, enum response response) {
	const struct named *const reports[] = { &growth->opened, &growth->clicked, &growth->bounced, &growth->unsubscribed,
		                                    &growth->complained };
	return reports[response];
}

static int ascending(const void *a, const void *b) {
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* The day of UTC, or the local one. */
static struct moment day_of(int64_t time, bool local) {
	struct moment at = { time };
	return day_start(local ? local_wall(at) : at);
}

/* Local days never go back where clocks do: people of one day stay together. */
static struct rows days_of(const int64_t *times, int count, bool local, struct arena *arena) {
	int room = 0, kept = 0;
	for (int i = 0; i < count; i++)
		room += i == 0 || day_of(times[i], local).ms != day_of(times[i - 1], local).ms;
	struct growth_day *days = arena_array(arena, struct growth_day, (size_t)room + 1);
	for (int i = 0; i < count; i++) {
		struct moment day = day_of(times[i], local);
		if (kept == 0 || day.ms > days[kept - 1].day.ms)
			days[kept++] = (struct growth_day){ day, 0 };
		days[kept - 1].people++;
	}
	return (struct rows){ days, kept };
}

/* The first whole minute since the sending at which this had happened. */
static int64_t minute_of(int64_t time, struct moment since) {
	int64_t age = time - since.ms;
	return age <= 0 ? 0 : (age + MINUTE_MS - 1) / MINUTE_MS;
}

static const char *pack(const int64_t *times, int count, struct moment since, struct arena *arena) {
	BUF_AUTO text = { 0 };
	int64_t before = 0;
	for (int i = 0, next; i < count; i = next) {
		int64_t minute = minute_of(times[i], since);
		for (next = i + 1; next < count && minute_of(times[next], since) == minute; next++)
			;
		buf_print(&text, text.size ? " %lld" : "%lld", (long long)(minute - before));
		if (next - i > 1)
			buf_print(&text, ":%d", next - i);
		before = minute;
	}
	return arena_copy(arena, buf_text(&text));
}

struct named named_of_times(int64_t *times, int count, int64_t undated, struct moment since, struct arena *arena) {
	if (count)
		qsort(times, (size_t)count, sizeof *times, ascending);
	struct named named = { .people = count + undated,
		                   .undated = undated,
		                   .read_at = MOMENT_NONE,
		                   .days = days_of(times, count, false, arena) };
	if (local_zone()) {
		named.zone = local_name();
		named.local_days = days_of(times, count, true, arena);
	}
	if (!moment_is_set(since))
		return named;
	for (int i = 0; i < count && times[i] < since.ms; i++)
		named.early++;
	named.ages = pack(times, count, since, arena);
	named_unpack(&named, since, arena);
	return named;
}

static int count_steps(const char *ages) {
	int count = *ages != '\0';
	for (; *ages; ages++)
		count += *ages == ' ';
	return count;
}

void named_unpack(struct named *named, struct moment since, struct arena *arena) {
	const char *at = named->ages ? named->ages : "";
	int room = moment_is_set(since) ? count_steps(at) : 0;
	struct step *steps = arena_array(arena, struct step, (size_t)room + 1);
	int64_t minute = 0, people = 0;
	for (int i = 0; i < room; i++) {
		char *end;
		minute += strtoll(at, &end, 10);
		people += *end == ':' ? strtoll(end + 1, &end, 10) : 1;
		steps[i] = (struct step){ moment_add(since, minute * MINUTE_MS), people };
		at = end;
	}
	named->steps = (struct rows){ steps, room };
	if (named->people == COUNT_NONE)
		named->people = named->undated = named->early = 0;
}

int64_t growth_until(const struct rows *steps, struct moment at) {
	const struct step *items = steps->items;
	int64_t count = 0;
	for (int i = 0; i < steps->count && items[i].time.ms <= at.ms; i++)
		count = items[i].count;
	return count;
}

struct rows growth_thinned(const struct rows *steps, struct moment start, struct arena *arena) {
	const struct step *items = steps->items;
	struct step *thin = arena_array(arena, struct step, (size_t)steps->count + 1);
	int kept = 0;
	for (int i = 0; i < steps->count; i++) {
		/* The newest step is replaced until it is far enough after the one before. */
		if (kept >= 2 && thin[kept - 1].time.ms - thin[kept - 2].time.ms < curve_gap(start, items[i].time))
			kept--;
		thin[kept++] = items[i];
	}
	return (struct rows){ thin, kept };
}

bool growth_is_whole(const struct growth *growth, const struct campaign *campaign, enum response response) {
	int64_t counted = campaign_counted(campaign, response), read = campaign_count_read(campaign, response);
	if (!campaign->has_report || !moment_is_set(campaign->sent_at) || counted == COUNT_NONE)
		return false;
	if (counted == 0 && (read == COUNT_NONE || read == 0))
		return true; /* there is nothing to read */
	if (!growth || read == COUNT_NONE)
		return false;
	const struct named *named = growth_named(growth, response);
	return named->undated == 0 && named->people >= read;
}

struct moment growth_known_until(const struct growth *growth, const struct campaign *campaign, enum response response) {
	struct moment read_at = growth ? growth_named(growth, response)->read_at : MOMENT_NONE;
	int64_t counted = campaign_counted(campaign, response), read = campaign_count_read(campaign, response);
	bool stands = counted == read || (counted == 0 && read == COUNT_NONE);
	bool later = stands && moment_is_set(campaign->summary_read_at) &&
	             (!moment_is_set(read_at) || campaign->summary_read_at.ms > read_at.ms);
	return later ? campaign->summary_read_at : read_at;
}

int64_t growth_count(const struct growth *growth, const struct campaign *campaign, int64_t age_ms,
                     enum response response) {
	if (!growth_is_whole(growth, campaign, response))
		return COUNT_NONE;
	struct moment at = moment_add(campaign->sent_at, age_ms), known = growth_known_until(growth, campaign, response);
	if (!moment_is_set(known) || at.ms > known.ms)
		return COUNT_NONE;
	return growth ? growth_until(&growth_named(growth, response)->steps, at) : 0;
}

double growth_share(const struct growth *growth, const struct campaign *campaign, int64_t age_ms,
                    enum response response) {
	return share_percent(growth_count(growth, campaign, age_ms, response),
	                     metrics_delivered(&campaign->current_metrics));
}

static void add_sentence(struct buf *out, const char *sentence) {
	buf_print(out, "%s%s", out->size ? " " : "", sentence);
}

/* Whom the report names, if they differ from those who are counted or lack a time. */
static void add_named(struct buf *out, const struct named *named, int64_t counted, const char *word,
                      struct arena *arena) {
	if (counted != COUNT_NONE && named->people != counted)
		add_sentence(out, arena_print(arena, "%s %s; %s %s named so far.", count_text(arena, counted), word,
		                              count_text(arena, named->people), named->people == 1 ? "is" : "are"));
	if (named->undated)
		add_sentence(out, arena_print(arena, "%s of the %s named as %s %s no time and %s left out.",
		                              count_text(arena, named->undated), count_text(arena, named->people), word,
		                              named->undated == 1 ? "has" : "have", named->undated == 1 ? "is" : "are"));
	if (named->early)
		add_sentence(out, arena_print(arena, "%s %s before the sending, says EmailOctopus; counted as at its start.",
		                              count_text(arena, named->early), word));
}

const char *growth_gap(const struct growth *growth, const struct campaign *campaign, enum response response,
                       struct arena *arena) {
	static const struct named nobody;
	int64_t counted = campaign_counted(campaign, response), read = campaign_count_read(campaign, response);
	const char *word = response_names[response];
	BUF_AUTO out = { 0 };
	if (!campaign->has_report || (counted == 0 && read == COUNT_NONE))
		return NULL;
	if (counted == COUNT_NONE)
		add_sentence(&out, arena_print(arena, "EmailOctopus does not say how many %s.", word));
	const struct named *named = growth ? growth_named(growth, response) : &nobody;
	bool as_many = counted != COUNT_NONE && counted != read && named->people == counted;
	if (read == COUNT_NONE || as_many)
		add_sentence(&out, arena_print(arena, "Who %s is not synced completely yet.", word));
	if (read != COUNT_NONE)
		add_named(&out, named, counted, word, arena);
	return out.size ? arena_copy(arena, buf_text(&out)) : NULL;
}

bool growth_save(struct store *store, const char *campaign_id, enum response response, const struct named *named,
                 struct moment since, struct error *err) {
	return store_upsert(store, GROWTHS, FILTER(by_id(campaign_id)),
	                    UPDATE(set_nested(response_names[response], &named_record, named), set_moment("since", since),
	                           set_count("form", GROWTH_FORM), unset("read_at")),
	                    err);
}

bool growth_begin(struct store *store, const char *campaign_id, struct error *err) {
	return store_upsert(store, GROWTHS, FILTER(by_id(campaign_id)), UPDATE(set_bool("renewing", true)), err);
}

bool growth_end(struct store *store, const char *campaign_id, struct error *err) {
	bool matched;
	return store_update(store, GROWTHS, FILTER(by_id(campaign_id)),
	                    UPDATE(unset("renewing"), local_zone() ? set_text("zone", local_name()) : unset("zone")),
	                    &matched, err);
}

/* Shows the days of the zone in use, if they have been counted. */
static void choose_days(struct named *named) {
	bool fits = local_zone() && text_same(named->zone, local_name());
	if (fits)
		named->days = named->local_days;
	named->zone = fits ? named->zone : NULL;
}

static void unpack(struct growth *growth, struct arena *arena) {
	struct named *const reports[] = { &growth->opened, &growth->clicked, &growth->bounced, &growth->unsubscribed,
		                              &growth->complained };
	for (int i = 0; i < RESPONSE_COUNT; i++) {
		named_unpack(reports[i], growth->since, arena);
		choose_days(reports[i]);
	}
}

bool growth_find(struct store *store, const struct strings *campaign_ids, struct arena *arena, struct growth **growths,
                 int *count, struct error *err) {
	if (!store_list(store, GROWTHS, FILTER(in_ids("_id", campaign_ids), eq_count("form", GROWTH_FORM)), NULL,
	                campaign_ids->count + 1, &growth_record, arena, (void **)growths, count, err))
		return false;
	for (int i = 0; i < *count; i++)
		unpack(&(*growths)[i], arena);
	return true;
}

static const struct field head_fields[] = {
	FIELD(struct growth_head, campaign_id, .stored = "_id", .flags = FIELD_ID),
	FIELD(struct growth_head, since),
	FIELD(struct growth_head, zone),
	FIELD(struct growth_head, renewing),
};
static const struct record_type head_record = RECORD_TYPE("GrowthHead", struct growth_head, head_fields);

bool growth_heads(struct store *store, struct arena *arena, struct growth_head **heads, int *count, struct error *err) {
	return store_list(store, GROWTHS, FILTER(eq_count("form", GROWTH_FORM)), NULL, HEADS_MAX, &head_record, arena,
	                  (void **)heads, count, err);
}
