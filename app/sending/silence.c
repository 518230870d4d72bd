/* When a mail server has stopped answering. */
#include "sending/silence.h"

enum { UNSENT_MIN = 3, UNKNOWN_ROUNDS = 2 };

static bool has_answered(const struct smtp_outcome *outcome) {
	return outcome->result == SMTP_ACCEPTED || outcome->result == SMTP_DEFERRED || outcome->result == SMTP_REFUSED;
}

static enum silence_word note_unknown(struct silence *silence, int sessions) {
	silence->unknown++;
	if (silence->unknown < UNKNOWN_ROUNDS * sessions)
		return SILENCE_NONE;
	silence->unknown = 0; /* whoever resumes the campaign gives the server another chance */
	return SILENCE_HOLD;
}

static enum silence_word note_unsent(struct silence *silence, bool is_first, int sessions, int64_t now_ms) {
	const int most = sessions + 1 < UNSENT_MIN ? UNSENT_MIN : sessions + 1;
	if (silence->unsent == 0 || (silence->unsent < most && now_ms - silence->since_ms >= SILENCE_MS)) {
		silence->unsent = 0;
		silence->since_ms = now_ms;
	}
	silence->unsent += is_first && silence->unsent < most;
	return silence->unsent < most ? SILENCE_NONE : SILENCE_REST;
}

enum silence_word silence_note(struct silence *silence, const struct smtp_outcome *outcome, bool is_first, int sessions,
                               int64_t now_ms) {
	if (outcome->stage < SMTP_AT_MAIL)
		return SILENCE_NONE;
	if (has_answered(outcome)) {
		*silence = (struct silence){ 0 };
		return SILENCE_NONE;
	}
	return outcome->result == SMTP_UNCERTAIN ? note_unknown(silence, sessions)
	                                         : note_unsent(silence, is_first, sessions, now_ms);
}
