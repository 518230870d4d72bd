/* The states of one message. */
#include "sending/message.h"

#include "core/base/lease.h"

static const char *const state_names[] = {
	[MESSAGE_PENDING] = "pending",     [MESSAGE_HANDING] = "handing",     [MESSAGE_DEFERRED] = "deferred",
	[MESSAGE_ACCEPTED] = "accepted",   [MESSAGE_FAILED] = "failed",       [MESSAGE_SUPPRESSED] = "suppressed",
	[MESSAGE_CANCELLED] = "cancelled", [MESSAGE_UNCERTAIN] = "uncertain",
};
_Static_assert(sizeof state_names / sizeof *state_names == MESSAGE_STATE_COUNT, "a name a state");
const struct choices message_states = CHOICES(state_names);

static const char *const event_names[] = {
	[MESSAGE_HAND] = "hand",         [MESSAGE_ACCEPT] = "accept", [MESSAGE_DEFER] = "defer",
	[MESSAGE_FAIL] = "fail",         [MESSAGE_KEEP] = "keep",     [MESSAGE_DOUBT] = "doubt",
	[MESSAGE_SUPPRESS] = "suppress", [MESSAGE_CANCEL] = "cancel", [MESSAGE_AGAIN] = "again",
};
_Static_assert(sizeof event_names / sizeof *event_names == MESSAGE_EVENT_COUNT, "a name an event");
const struct choices message_events = CHOICES(event_names);

const struct sending_message MESSAGE_NEW = { .first_deferred_at = { INT64_MIN }, .due_at = { INT64_MIN } };

/* 1 + the state that follows; 0: it cannot happen. */
#define TO(state) (1 + (state))
static const unsigned char steps[MESSAGE_STATE_COUNT][MESSAGE_EVENT_COUNT] = {
	[MESSAGE_PENDING] = { [MESSAGE_HAND] = TO(MESSAGE_HANDING),
	                      [MESSAGE_DEFER] = TO(MESSAGE_DEFERRED),
	                      [MESSAGE_FAIL] = TO(MESSAGE_FAILED),
	                      [MESSAGE_SUPPRESS] = TO(MESSAGE_SUPPRESSED),
	                      [MESSAGE_CANCEL] = TO(MESSAGE_CANCELLED) },
	[MESSAGE_HANDING] = { [MESSAGE_ACCEPT] = TO(MESSAGE_ACCEPTED),
	                      [MESSAGE_DEFER] = TO(MESSAGE_DEFERRED),
	                      [MESSAGE_FAIL] = TO(MESSAGE_FAILED),
	                      [MESSAGE_KEEP] = TO(MESSAGE_PENDING),
	                      [MESSAGE_DOUBT] = TO(MESSAGE_UNCERTAIN) },
	[MESSAGE_DEFERRED] = { [MESSAGE_HAND] = TO(MESSAGE_HANDING),
	                       [MESSAGE_DEFER] = TO(MESSAGE_DEFERRED),
	                       [MESSAGE_FAIL] = TO(MESSAGE_FAILED),
	                       [MESSAGE_SUPPRESS] = TO(MESSAGE_SUPPRESSED),
	                       [MESSAGE_CANCEL] = TO(MESSAGE_CANCELLED) },
	[MESSAGE_FAILED] = { [MESSAGE_AGAIN] = TO(MESSAGE_PENDING) },
	[MESSAGE_UNCERTAIN] = { [MESSAGE_ACCEPT] = TO(MESSAGE_ACCEPTED),
	                        [MESSAGE_FAIL] = TO(MESSAGE_FAILED),
	                        [MESSAGE_AGAIN] = TO(MESSAGE_PENDING) },
};

bool message_is_settled(enum message_state state) {
	return state != MESSAGE_PENDING && state != MESSAGE_HANDING && state != MESSAGE_DEFERRED;
}

bool message_next(enum message_state state, enum message_event event, enum message_state *next) {
	if (steps[state][event] == 0)
		return false;
	*next = (enum message_state)(steps[state][event] - 1);
	return true;
}

bool message_apply(struct sending_message *message, const struct message_entry *entry) {
	if (!message_next(message->state, entry->event, &message->state))
		return false;
	if (entry->event == MESSAGE_AGAIN) {
		*message = MESSAGE_NEW;
		return true;
	}
	message->attempts += entry->burns || entry->event == MESSAGE_ACCEPT;
	if (entry->event == MESSAGE_DEFER) {
		message->deferrals++;
		message->wait_ms = entry->wait_ms;
		message->due_at = moment_add(entry->at, entry->wait_ms);
		if (!moment_is_set(message->first_deferred_at))
			message->first_deferred_at = entry->at;
	}
	if (entry->code)
		message->code = entry->code;
	if (entry->reason)
		message->reason = entry->reason;
	return true;
}

bool message_is_due(const struct sending_message *message, struct moment now) {
	return message->state == MESSAGE_PENDING ||
	       (message->state == MESSAGE_DEFERRED && !lease_counts(message->due_at, message->wait_ms, now));
}
