/* Sent messages, as requests ask for them. */
#include "console/message_copy.h"

#include "dispatch/message_words.h"

bool message_states_asked(const struct exchange *x, unsigned *states, struct error *err) {
	const char *word = params_get(&x->query, "status"), *own = params_get(&x->query, "state");
	int state;
	if (!text_is_empty(own)) {
		bool fine = choice_find(&message_states, own, &state);
		*states = fine ? 1U << state : 0;
		return fine || error_field(err, "state", "“%.40s” is not a state of an email", own);
	}
	*states = text_is_empty(word) ? MESSAGES_ALL : message_states_of_word(word);
	return *states || error_field(err, "status", "“%.40s” is not a status of a message", word) ||
	       error_codes(err, ". Use pending, sent, failed, suppressed, cancelled, deferred or uncertain");
}
