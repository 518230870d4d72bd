/* When a message is tried again. */
#include "sending/retry.h"

const struct retry_policy RETRY_POLICY = { 3, RETRY_UNTIL_MS, 60 };

struct waits {
	const int *minutes;
	int count;
};

static const int after_attempts[] = { 1, 2, 4 }, greylisted[] = { 5, 15, 30 }, deferred[] = { 5, 15, 30, 60, 120, 240 };
#define WAITS(table) { table, (int)(sizeof(table) / sizeof *(table)) }

static struct waits waits_of(const struct refusal *refusal) {
	if (refusal_rule(refusal->class)->burns)
		return (struct waits)WAITS(after_attempts);
	return refusal->class == REFUSAL_GREYLISTED ? (struct waits)WAITS(greylisted) : (struct waits)WAITS(deferred);
}

static int64_t wait_ms(const struct waits *waits, int nth, uint64_t seed) {
	int64_t wait = (int64_t)waits->minutes[nth < waits->count ? nth : waits->count - 1] * MINUTE_MS;
	return wait - wait / 5 + (int64_t)(seed % (uint64_t)(2 * (wait / 5) + 1));
}

static bool is_over(const struct retry_policy *policy, const struct sending_message *message, bool burns,
                    struct moment now) {
	if (burns)
		return message->attempts >= policy->retries;
	return message->deferrals >= policy->deferrals ||
	       (moment_is_set(message->first_deferred_at) && now.ms - message->first_deferred_at.ms >= policy->last_ms);
}

struct message_entry retry_entry(const struct retry_policy *policy, const struct sending_message *message, int index,
                                 const struct refusal *refusal, int code, struct moment now, uint64_t seed) {
	const bool burns = refusal_rule(refusal->class)->burns;
	struct message_entry entry = {
		.index = index, .event = MESSAGE_DEFER, .burns = burns, .code = code, .reason = refusal->class, .at = now
	};
	if (refusal->is_final || is_over(policy, message, burns, now)) {
		entry.event = MESSAGE_FAIL;
		return entry;
	}
	const struct waits waits = waits_of(refusal);
	entry.wait_ms = wait_ms(&waits, burns ? message->attempts : message->deferrals, seed);
	return entry;
}
