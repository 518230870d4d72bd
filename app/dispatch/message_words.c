/* Messages in words. */
#include "dispatch/message_words.h"

#include <string.h>

#include "dispatch/stop.h"
#include "sending/refusal.h"

const char MESSAGE_UNCERTAIN_WORDS[] = "Handed over, and no answer came: it may have arrived";

const char *const message_state_labels[MESSAGE_STATE_COUNT] = {
	[MESSAGE_PENDING] = "Waiting",     [MESSAGE_HANDING] = "Being handed over",
	[MESSAGE_DEFERRED] = "Put off",    [MESSAGE_ACCEPTED] = "Sent",
	[MESSAGE_FAILED] = "Failed",       [MESSAGE_SUPPRESSED] = "Not sent",
	[MESSAGE_CANCELLED] = "Cancelled", [MESSAGE_UNCERTAIN] = "Uncertain",
};

static const char *const words[MESSAGE_STATE_COUNT] = {
	[MESSAGE_PENDING] = "pending",       [MESSAGE_HANDING] = "pending",     [MESSAGE_DEFERRED] = "pending",
	[MESSAGE_ACCEPTED] = "sent",         [MESSAGE_FAILED] = "failed",       [MESSAGE_UNCERTAIN] = "failed",
	[MESSAGE_SUPPRESSED] = "suppressed", [MESSAGE_CANCELLED] = "cancelled",
};

const char *message_status_word(enum message_state state) {
	return words[state];
}

unsigned message_states_of_word(const char *word) {
	unsigned states = 0;
	int own;
	for (unsigned i = 0; i < MESSAGE_STATE_COUNT; i++)
		if (text_same(words[i], word))
			states |= 1U << i;
	if (!states && choice_find(&message_states, word, &own))
		states = 1U << own;
	return states;
}

static enum refusal_class class_of(int64_t reason) {
	return reason > REFUSAL_NONE && reason < REFUSAL_CLASS_COUNT ? (enum refusal_class)reason : REFUSAL_OTHER;
}

static const char *stop_name(int64_t reason) {
	if (reason == STOP_GONE)
		return "gone";
	const enum mailable verdict = verdict_of_stop(reason);
	return verdict != MAILABLE ? choice_name(&mailables, (int)verdict) : "other";
}

static const char *stop_words(int64_t reason) {
	if (reason == STOP_GONE)
		return "The person was erased, or merged with another";
	const enum mailable verdict = verdict_of_stop(reason);
	return verdict != MAILABLE ? mailable_labels[verdict] : "It may not be sent to them";
}

const char *message_failure_code(const struct sent_message *message) {
	switch ((enum message_state)message->status) {
	case MESSAGE_UNCERTAIN:
		return "handoff_unknown";
	case MESSAGE_FAILED:
	case MESSAGE_DEFERRED:
		return choice_name(&refusal_classes, (int)class_of(message->reason));
	case MESSAGE_SUPPRESSED:
		return stop_name(message->reason);
	default:
		return NULL;
	}
}

/* "No such mailbox: 550 5.1.1 unknown user". The server's words begin with its code. */
static const char *refused(int64_t reason, const char *said, struct arena *arena) {
	char *text = arena_copy(arena, refusal_rule(class_of(reason))->words);
	if (*text >= 'a' && *text <= 'z')
		*text = (char)(*text - 'a' + 'A');
	return text_is_empty(said) ? text : arena_print(arena, "%s: %s", text, said);
}

const char *message_error(const struct sent_message *message, struct arena *arena) {
	switch ((enum message_state)message->status) {
	case MESSAGE_UNCERTAIN:
		return MESSAGE_UNCERTAIN_WORDS;
	case MESSAGE_FAILED:
	case MESSAGE_DEFERRED:
		return refused(message->reason, message->words, arena);
	case MESSAGE_SUPPRESSED:
		return stop_words(message->reason);
	default:
		return NULL;
	}
}

const char *message_line_words(const struct ledger_line *line, struct arena *arena) {
	switch ((enum message_event)line->event) {
	case MESSAGE_HAND:
		return "Handed over to the mail server";
	case MESSAGE_ACCEPT:
		return line->code > 0 ? "The mail server has taken it" : "It arrived after all, as was found out later";
	case MESSAGE_DEFER:
		return arena_print(arena, "Refused for now. %s", refused(line->reason, line->words, arena));
	case MESSAGE_FAIL:
		return arena_print(arena, "Refused for good. %s", refused(line->reason, line->words, arena));
	case MESSAGE_KEEP:
		return "It was not handed over after all, and waits again";
	case MESSAGE_DOUBT:
		return "The connection ended before the mail server answered: it may have arrived";
	case MESSAGE_SUPPRESS:
		return arena_print(arena, "Not sent: %s", stop_words(line->reason));
	case MESSAGE_CANCEL:
		return "Cancelled with the campaign";
	case MESSAGE_AGAIN:
		return "Asked to be sent again";
	case MESSAGE_EVENT_COUNT:
		break;
	}
	return "";
}
