/* What became of a message, in words for people and for programs. Pure. */
#ifndef DISPATCH_MESSAGE_WORDS_H
#define DISPATCH_MESSAGE_WORDS_H

#include "dispatch/ledger.h"
#include "dispatch/message.h"

/* The words of other email platforms: pending, sent, failed, suppressed or cancelled. */
const char *message_status_word(enum message_state state);

/* The states behind such a word, or a state's own name; 0: it is neither. */
unsigned message_states_of_word(const char *word);

/* "handoff_unknown", the class of the refusal (sending/refusal.h), or why it was not sent; NULL: nothing is wrong. */
const char *message_failure_code(const struct sent_message *message);

/* "No such mailbox: 550 5.1.1 unknown user"; NULL: nothing is wrong. */
const char *message_error(const struct sent_message *message, struct arena *arena);

/* A line of its history: "Handed over to the mail server". */
const char *message_line_words(const struct ledger_line *line, struct arena *arena);

extern const char *const message_state_labels[MESSAGE_STATE_COUNT];

/* "It was handed over, …": what an uncertain one is. */
extern const char MESSAGE_UNCERTAIN_WORDS[];

#endif
