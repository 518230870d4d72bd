/* Why a campaign did badly. */
#include "insights/why.h"

#include <math.h>

#include "core/base/local.h"
#include "metrics/share.h"

/* Fewer people than FEW are no concentration, and fewer campaigns than EARLIER no habit. */
enum { FEW = 5, EARLIER = 5, LONG_DAYS = 60, SOON_HOURS = 24, HOURS_OFF = 2, DAYS_A_WEEK = 7 };
static const double most = 50;                /* percent */
static const double rarer = 1.5;              /* times as frequent as among all */
static const double longer = 3, larger = 1.5; /* times the usual */

static const char *const who[LIMIT_COUNT] = { "complained", "bounced", "unsubscribed" };
static const char *const day_names[DAYS_A_WEEK] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
	                                                "Friday", "Saturday", "Sunday" };

struct saying {
	struct why_sentence *sentences;
	int count;
	struct arena *arena;
};

static void say(struct saying *saying, const char *before, const char *domain, const char *after) {
	if (saying->count < WHY_MAX)
		saying->sentences[saying->count++] = (struct why_sentence){ before, domain, after };
}

static const char *count_of(const struct saying *saying, int64_t number) {
	return text_of_count(saying->arena, number);
}

/* What the rate would be without those who joined on that day; NaN if unknown. */
static double rate_without(const struct circumstances *around, enum limit limit) {
	const struct lost *lost = &around->lost[limit];
	const struct metrics *metrics = &around->metrics;
	int64_t parts[LIMIT_COUNT] = { metrics->spam_complaints, metrics->bounced, metrics->unsubscribed };
	int64_t wholes[LIMIT_COUNT] = { metrics_delivered(metrics), metrics->sent, metrics->sent };
	if (parts[limit] == COUNT_NONE || wholes[limit] == COUNT_NONE || lost->joined_day == COUNT_NONE ||
	    wholes[limit] <= lost->joined_day || parts[limit] < lost->of_day)
		return NAN;
	return share_percent(parts[limit] - lost->of_day, wholes[limit] - lost->joined_day);
}

/* "44 of the 63 who bounced joined on 20 Sep 2026, as did 224 contacts in all: probably an import." */
static bool say_day(struct saying *saying, const struct circumstances *around, enum limit limit) {
	static const char *const rates[LIMIT_COUNT] = { "complaint", "bounce", "unsubscribe" };
	const struct lost *lost = &around->lost[limit];
	double share = share_percent(lost->of_day, lost->people),
		   others = share_percent(lost->joined_day, around->metrics.sent);
	if (lost->of_day < FEW || share < most || isnan(others) || share < rarer * others)
		return false;
	say(saying,
	    arena_print(saying->arena, "%s of the %s who %s joined on %s, as did %s in all: probably an import.",
	                count_of(saying, lost->of_day), count_of(saying, lost->people), who[limit],
	                text_of_day(saying->arena, lost->day),
	                text_of_counted(saying->arena, lost->joined_day, "contact", "contacts")),
	    NULL, NULL);
	double without = rate_without(around, limit);
	if (!isnan(without))
		say(saying,
		    arena_print(saying->arena, "Without that day's contacts the %s rate would be %.*f\u00a0%%.", rates[limit],
		                limit_rows[limit].decimals, without),
		    NULL, NULL);
	return true;
}

/* "45 of the 63 who bounced are at webpost.example, which has 4.1 % of all contacts." */
static bool say_domain(struct saying *saying, const struct circumstances *around, enum limit limit) {
	const struct lost *lost = &around->lost[limit];
	double share = share_percent(lost->of_domain, lost->people);
	if (lost->of_domain < FEW || share < most || share < rarer * lost->domain_percent)
		return false;
	say(saying,
	    arena_print(saying->arena, "%s of the %s who %s are at ", count_of(saying, lost->of_domain),
	                count_of(saying, lost->people), who[limit]),
	    lost->domain,
	    isnan(lost->domain_percent)
	        ? "."
	        : arena_print(saying->arena, ", which has %.1f\u00a0%% of all contacts.", lost->domain_percent));
	return true;
}

static bool say_history(struct saying *saying, const struct circumstances *around) {
	if (!around->of_list || !moment_is_set(around->sent_at))
		return false;
	if (around->earlier == 0) {
		say(saying, "It is the first campaign to this list.", NULL, NULL);
		return true;
	}
	int64_t hours = (around->sent_at.ms - around->previous.ms) / HOUR_MS, days = hours / 24;
	if (hours < SOON_HOURS)
		say(saying,
		    hours < 1 ? "The campaign before it to this list went out less than an hour earlier."
		              : arena_print(saying->arena, "The campaign before it to this list went out %s earlier.",
		                            text_of_counted(saying->arena, hours, "hour", "hours")),
		    NULL, NULL);
	else if (days >= LONG_DAYS && !((double)days < longer * around->usual_days))
		say(saying, arena_print(saying->arena, "The list had got no campaign for %lld days.", (long long)days), NULL,
		    NULL);
	else
		return false;
	return true;
}

/* "All 3 campaigns before it to this list broke a limit, too: the list itself may be the reason." */
static bool say_list(struct saying *saying, const struct circumstances *around) {
	int broken = around->earlier_broken, earlier = around->earlier;
	if (!around->of_list || !around->broken_count || broken == 0 || share_percent(broken, earlier) < most)
		return false;
	const char *whom = broken < earlier ? arena_print(saying->arena, "%d of the %d campaigns", broken, earlier)
	                   : earlier == 1   ? "The campaign"
	                                    : arena_print(saying->arena, "All %d campaigns", earlier);
	say(saying,
	    arena_print(saying->arena, "%s before it to this list broke a limit, too: the list itself may be the reason.",
	                whom),
	    NULL, NULL);
	return true;
}

static bool say_size(struct saying *saying, const struct circumstances *around) {
	double times = (double)around->metrics.sent / around->usual_sent;
	if (around->metrics.sent == COUNT_NONE || around->earlier < EARLIER || !(times >= larger) || isinf(times))
		return false;
	say(saying,
	    arena_print(saying->arena, "It went to %s, %.1f times as many as usual.",
	                text_of_counted(saying->arena, around->metrics.sent, "person", "people"), times),
	    NULL, NULL);
	return true;
}

static bool say_time(struct saying *saying, const struct circumstances *around) {
	if (!moment_is_set(around->sent_at) || around->earlier < EARLIER)
		return false;
	struct moment wall = local_wall(around->sent_at);
	int weekday = weekday_of(wall);
	int hour = (int)((wall.ms - day_start(wall).ms) / HOUR_MS);
	bool other_day = !(around->weekdays >> weekday & 1U);
	bool other_hour = hour < around->from_hour - HOURS_OFF || hour > around->to_hour + HOURS_OFF;
	if (other_day)
		say(saying,
		    arena_print(saying->arena, "It went out on a %s, as none of the %d before it did.", day_names[weekday],
		                around->earlier),
		    NULL, NULL);
	if (other_hour)
		say(saying,
		    arena_print(saying->arena, "It went out at %d:00 %s, the %d before it between %d:00 and %d:59.", hour,
		                local_clock(around->sent_at), around->earlier, around->from_hour, around->to_hour),
		    NULL, NULL);
	return other_day || other_hour;
}

const struct broken_limit *why_main(const struct circumstances *around) {
	const struct broken_limit *most_of = around->broken_count ? around->broken : NULL;
	for (int i = 1; i < around->broken_count; i++)
		if (around->broken[i].part > most_of->part)
			most_of = &around->broken[i];
	return most_of;
}

/* "Not known: the 63 who bounced are spread over 9 mailbox providers and days of joining, and list, size and time of
 * sending were as usual." */
static void say_unknown(struct saying *saying, const struct circumstances *around) {
	const struct broken_limit *broken = why_main(around);
	const struct lost *lost = broken ? &around->lost[broken->limit] : NULL;
	const char *campaign = around->earlier < EARLIER ? "there are too few earlier campaigns to compare it with"
	                                                 : "size and time of sending were as usual";
	const char *people = NULL;
	if (lost && lost->people == 0)
		people = arena_print(saying->arena, "who %s is not named yet", who[broken->limit]);
	else if (lost && lost->people < FEW)
		people = arena_print(saying->arena, "only %s of those who %s %s named", count_of(saying, lost->people),
		                     who[broken->limit], lost->people == 1 ? "is" : "are");
	else if (lost)
		people = arena_print(saying->arena, "the %s who %s share neither a mailbox provider nor a day of joining",
		                     count_of(saying, lost->people), who[broken->limit]);
	say(saying,
	    people ? arena_print(saying->arena, "Not known: %s, and %s.", people, campaign)
	           : arena_print(saying->arena, "Not known: %s.", campaign),
	    NULL, NULL);
}

int why_of(const struct circumstances *around, struct arena *arena, struct why_sentence sentences[WHY_MAX]) {
	struct saying saying = { sentences, 0, arena };
	bool found = false;
	for (int i = 0; i < around->broken_count && !found; i++) {
		found = say_day(&saying, around, around->broken[i].limit);
		found = say_domain(&saying, around, around->broken[i].limit) || found;
	}
	found = say_list(&saying, around) || found;
	found = say_history(&saying, around) || found;
	found = say_size(&saying, around) || found;
	found = say_time(&saying, around) || found;
	if (!found)
		say_unknown(&saying, around);
	return saying.count;
}
