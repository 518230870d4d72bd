/* Recipients. */
#include "reports/recipient.h"

#include "audience/contacts/membership.h"
#include "core/base/choice.h"
#include "core/formats/mail.h"

static const char *const names[] = {
	[RECIPIENT_OPEN] = "open",       [RECIPIENT_BEGUN] = "begun",         [RECIPIENT_SENT] = "sent",
	[RECIPIENT_REFUSED] = "refused", [RECIPIENT_UNCERTAIN] = "uncertain", [RECIPIENT_DEFERRED] = "deferred",
};
_Static_assert(sizeof names / sizeof *names == RECIPIENT_STATE_COUNT, "a name a state");
const struct choices recipient_states = CHOICES(names);

static const struct field fields[] = {
	FIELD(struct recipient, address),
	FIELD(struct recipient, state, .choices = &recipient_states),
	FIELD(struct recipient, problem),
	FIELD(struct recipient, tries),
	FIELD(struct recipient, at),
	FIELD(struct recipient, next_try_at),
	FIELD(struct recipient, link_id, .flags = FIELD_ID),
};
const struct record_type recipient_record = RECORD_TYPE("ReportRecipient", struct recipient, fields);

struct strings recipient_distinct(const struct strings *addresses, struct arena *arena) {
	struct strings distinct = { arena_array(arena, const char *, addresses->count + 1), 0 };
	struct strings norms = { arena_array(arena, const char *, addresses->count + 1), 0 };
	for (int i = 0; i < addresses->count; i++) {
		const char *norm = contact_norm(arena, addresses->items[i]);
		if (!norm || strings_have(&norms, norm))
			continue;
		norms.items[norms.count++] = norm;
		distinct.items[distinct.count++] = addresses->items[i];
	}
	return distinct;
}

/* The state after each result while tries are left. */
static const enum recipient_state states[] = {
	[SMTP_ACCEPTED] = RECIPIENT_SENT,     [SMTP_DEFERRED] = RECIPIENT_DEFERRED,   [SMTP_REFUSED] = RECIPIENT_REFUSED,
	[SMTP_NOT_SENT] = RECIPIENT_DEFERRED, [SMTP_UNCERTAIN] = RECIPIENT_UNCERTAIN,
};
_Static_assert(sizeof states / sizeof *states == SMTP_RESULT_COUNT, "a state a result");

static int64_t wait_after(int64_t tries) {
	int64_t wait = RECIPIENT_WAIT_MS;
	for (int64_t i = 1; i < tries && wait < RECIPIENT_WAIT_MAX_MS; i++)
		wait *= 2;
	return wait < RECIPIENT_WAIT_MAX_MS ? wait : RECIPIENT_WAIT_MAX_MS;
}

int64_t recipient_wait(const struct recipient *recipient, struct moment now) {
	if (recipient->state == RECIPIENT_OPEN)
		return 0;
	if (recipient->state != RECIPIENT_DEFERRED)
		return -1;
	int64_t wait = moment_is_set(recipient->next_try_at) ? recipient->next_try_at.ms - now.ms : 0;
	return wait < 0 || wait > RECIPIENT_WAIT_MAX_MS ? 0 : wait;
}

bool recipient_is_due(const struct recipient *recipient, struct moment now) {
	return recipient_wait(recipient, now) == 0;
}

void recipient_judge(struct recipient *recipient, const struct smtp_outcome *outcome, struct moment now,
                     struct arena *arena) {
	char words[SMTP_WORDS];
	(void)smtp_words(outcome, words);
	recipient->state = states[outcome->result];
	recipient->at = now;
	recipient->next_try_at = MOMENT_NONE;
	recipient->problem = outcome->result == SMTP_ACCEPTED ? NULL : arena_copy(arena, words);
	if (recipient->state == RECIPIENT_UNCERTAIN)
		recipient->problem = arena_print(arena,
		                                 "it was handed over, but %s. It may have arrived, so it is not sent again",
		                                 words);
	if (recipient->state != RECIPIENT_DEFERRED)
		return;
	if (recipient->tries >= RECIPIENT_TRIES)
		recipient->state = RECIPIENT_REFUSED;
	else
		recipient->next_try_at = moment_add(now, wait_after(recipient->tries));
}

void recipient_lose(struct recipient *recipient) {
	if (recipient->state != RECIPIENT_BEGUN)
		return;
	recipient->state = RECIPIENT_UNCERTAIN;
	recipient->problem = "the process ended while handing it over. It may have arrived, so it is not sent again";
}
