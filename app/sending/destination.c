/* The speed of one destination. */
#include "sending/destination.h"

#include <string.h>

#include "core/base/text.h"

static const struct {
	const char *name, *domains; /* separated by spaces; "x.*": whatever follows */
} known[] = {
	{ "gmail", "gmail.com googlemail.com" },
	{ "microsoft", "outlook.* hotmail.* live.* msn.com" },
	{ "yahoo", "yahoo.* ymail.com rocketmail.com aol.com" },
	{ "apple", "icloud.com me.com mac.com" },
	{ "gmx", "gmx.* web.de mail.com" },
};
enum { KNOWN = sizeof known / sizeof *known, PAUSES = 5 };

static const int64_t pause_ms[PAUSES] = { 5 * MINUTE_MS, 10 * MINUTE_MS, 20 * MINUTE_MS, 40 * MINUTE_MS, HOUR_MS };

const struct destination DESTINATION_NEW = { .paused_until = { INT64_MIN } };

/* Does a domain fit one of these? */
static bool is_among(const char *domain, const char *domains) {
	for (const char *at = domains; *at;) {
		size_t size = strcspn(at, " ");
		bool open = size > 2 && at[size - 1] == '*';
		size_t fixed = open ? size - 1 : size;
		if (strncmp(domain, at, fixed) == 0 && (open || domain[fixed] == 0))
			return true;
		at += size + (at[size] == ' ');
	}
	return false;
}

char *destination_name(const char *address, char out[DESTINATION_NAME_MAX + 1]) {
	const char *at = address ? strrchr(address, '@') : NULL;
	size_t size = 0;
	for (at = at ? at + 1 : ""; at[size] && size < DESTINATION_NAME_MAX; size++)
		out[size] = (char)(at[size] >= 'A' && at[size] <= 'Z' ? at[size] + 'a' - 'A' : at[size]);
	out[size] = 0;
	for (int i = 0; i < KNOWN; i++)
		if (is_among(out, known[i].domains))
			(void)memcpy(out, known[i].name, strlen(known[i].name) + 1);
	return out;
}

static int64_t half(int64_t rate) {
	return rate > 2 ? rate / 2 : 1;
}

static void begin_window(struct destination *destination) {
	destination->replies = destination->deferrals = destination->verdicts = 0;
}

static void slow(struct destination *destination, int64_t minute, struct moment now) {
	int64_t rate = destination->rate > 0 ? destination->rate : minute;
	bool is_spam = destination->verdicts > DESTINATION_TOLERATED;
	int step = is_spam || destination->pauses >= PAUSES ? PAUSES - 1 : (int)destination->pauses;
	if (destination->before < rate)
		destination->before = rate;
	destination->rate = half(rate);
	destination->paused_until = moment_add(now, pause_ms[step]);
	destination->pauses++;
	destination->is_trying = true;
	destination->clean = 0;
	begin_window(destination);
}

static void quicken(struct destination *destination) {
	int64_t faster = destination->rate + (destination->rate + 9) / 10;
	destination->clean = 0;
	destination->pauses = 0;
	destination->rate = faster;
	if (faster >= destination->before)
		destination->rate = destination->before = 0;
}

bool destination_note(struct destination *destination, const struct destination_replies *replies, int64_t minute,
                      struct moment now) {
	int64_t bad = replies->deferred + replies->verdicts;
	destination->replies += replies->taken + bad;
	destination->deferrals += replies->deferred;
	destination->verdicts += replies->verdicts;
	destination->clean = bad > 0 ? 0 : destination->clean + replies->taken;
	bool tried_in_vain = destination->is_trying && replies->deferred > 0 && replies->taken == 0;
	if (replies->taken > 0)
		destination->is_trying = false;
	if (destination->deferrals > DESTINATION_TOLERATED || destination->verdicts > DESTINATION_TOLERATED ||
	    tried_in_vain) {
		slow(destination, minute, now);
		return true;
	}
	if (destination->replies >= DESTINATION_WINDOW)
		begin_window(destination);
	if (destination->rate > 0 && destination->clean >= DESTINATION_CLEAN)
		quicken(destination);
	return false;
}

void destination_limits(const struct destination *destination, struct moment now, struct pace_limits *limits,
                        int64_t *wait_ms) {
	*limits = (struct pace_limits){ 0 };
	*wait_ms = 0;
	int64_t wait = moment_is_set(destination->paused_until) ? destination->paused_until.ms - now.ms : 0;
	if (wait > 0 && wait <= HOUR_MS) { /* longer than any pause: the clock was set back */
		*wait_ms = wait;
		return;
	}
	limits->per[PACE_MINUTE] = destination->is_trying ? 1 : destination->rate;
}
