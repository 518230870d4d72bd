/* Counters of a summary that cannot be true together. */
#include <stddef.h>

#include "core/base/checked.h"
#include "metrics/metrics.h"

/* What each counter counts of. */
enum whole { OF_SENT, OF_DELIVERED };

struct counter {
	const char *name;
	size_t offset;
	enum whole whole;
};

static const struct counter people[] = {
	{ "bounced.hard", offsetof(struct metrics, bounced_hard), OF_SENT },
	{ "bounced.soft", offsetof(struct metrics, bounced_soft), OF_SENT },
	{ "unsubscribed", offsetof(struct metrics, unsubscribed), OF_SENT },
	{ "opened.unique", offsetof(struct metrics, opened), OF_DELIVERED },
	{ "clicked.unique", offsetof(struct metrics, clicked), OF_DELIVERED },
	{ "complained", offsetof(struct metrics, spam_complaints), OF_DELIVERED },
};
enum { PEOPLE = sizeof people / sizeof *people };

struct refuting {
	void (*refuse)(void *context, const char *name, const char *why);
	void *context;
};

static int64_t *at(struct metrics *metrics, const struct counter *counter) {
	return (int64_t *)(void *)((char *)metrics + counter->offset);
}

static int64_t value_of(const struct metrics *metrics, const struct counter *counter) {
	return *(const int64_t *)(const void *)((const char *)metrics + counter->offset);
}

static bool exceeds(int64_t part, int64_t whole) {
	return part != COUNT_NONE && whole != COUNT_NONE && part > whole;
}

static void lose(const struct refuting *refuting, int64_t *count, const char *name, const char *why) {
	if (*count == COUNT_NONE)
		return;
	*count = COUNT_NONE;
	refuting->refuse(refuting->context, name, why);
}

/* Would it contradict what remains of this counter, although that was in order before? */
static bool is_below(int64_t sent, int64_t told, const struct metrics *known, int64_t before) {
	return (told == COUNT_NONE || told > sent) && exceeds(before, sent) && !exceeds(before, known->sent);
}

static bool sent_is_refuted(const struct metrics *told, const struct metrics *known) {
	if (!known || told->sent == COUNT_NONE || known->sent == COUNT_NONE)
		return false;
	bool refuted = is_below(told->sent, told->bounced, known, known->bounced);
	for (int i = 0; i < PEOPLE; i++)
		refuted |= is_below(told->sent, value_of(told, &people[i]), known, value_of(known, &people[i]));
	return refuted;
}

static struct metrics completed(const struct metrics *told, const struct metrics *known) {
	struct metrics all = *told;
	metrics_complete(&all, known);
	return all;
}

static void refute_people(struct metrics *told, enum whole whole, int64_t limit, const struct refuting *refuting) {
	const char *why = whole == OF_SENT ? "it is more than was sent" : "it is more than was delivered";
	for (int i = 0; i < PEOPLE; i++)
		if (people[i].whole == whole && exceeds(value_of(told, &people[i]), limit))
			lose(refuting, at(told, &people[i]), people[i].name, why);
}

/* Each may be possible alone. */
static void refute_bounces(struct metrics *told, const struct metrics *known, const struct refuting *refuting) {
	struct metrics all = completed(told, known);
	if (!exceeds(all.bounced, all.sent))
		return;
	lose(refuting, &told->bounced_hard, "bounced.hard", "with the soft ones it is more than was sent");
	lose(refuting, &told->bounced_soft, "bounced.soft", "with the hard ones it is more than was sent");
}

static void refute_totals(struct metrics *told, const struct refuting *refuting) {
	if (exceeds(told->opened, told->opened_total))
		lose(refuting, &told->opened_total, "opened.total", "it is less than the people who opened");
	if (exceeds(told->clicked, told->clicked_total))
		lose(refuting, &told->clicked_total, "clicked.total", "it is less than the people who clicked");
}

void metrics_refute(struct metrics *told, const struct metrics *known,
                    void (*refuse)(void *context, const char *name, const char *why), void *context) {
	const struct refuting refuting = { refuse, context };
	if (sent_is_refuted(told, known))
		lose(&refuting, &told->sent, "sent", "it is less than the people who are known to have answered or bounced");
	refute_people(told, OF_SENT, completed(told, known).sent, &refuting);
	refute_bounces(told, known, &refuting);
	struct metrics all = completed(told, known);
	int64_t delivered = metrics_delivered(&all);
	refute_people(told, OF_DELIVERED, delivered == COUNT_NONE ? all.sent : delivered, &refuting);
	refute_totals(told, &refuting);
	metrics_complete(told, NULL);
}
