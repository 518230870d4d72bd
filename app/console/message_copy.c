/* Sent messages, as requests ask for them. */
#include "console/message_copy.h"

#include "answering/link_keys.h"
#include "dispatch/message_words.h"

bool message_copier(struct exchange *x, const char *campaign_id, struct copier *copier, struct error *err) {
	const struct settings *settings = x->settings;
	struct mail_bases *bases = arena_new_of(x->arena, struct mail_bases);
	*bases = mail_bases_of(settings->public_url, settings->pixel_url, settings->click_url, settings->unsubscribe_url,
	                       x->arena);
	const struct marks_from from = { link_keys(settings), bases, !settings->track_opens, !settings->track_clicks };
	const struct letter_settings words = { settings->postal_address };
	return copier_open(x->store, campaign_id, &words, &from, x->arena, copier, err);
}

bool message_states_asked(const struct exchange *x, unsigned *states, struct error *err) {
	const char *word = params_get(&x->query, "status"), *own = params_get(&x->query, "state");
	int state;
	if (!text_is_empty(own)) {
		bool fine = choice_find(&message_states, own, &state);
		*states = fine ? 1U << state : 0;
		return fine || error_field(err, "state", "“%.40s” is not a state of an email", own);
	}
	*states = text_is_empty(word) ? MESSAGES_ALL : message_states_of_word(word);
	return *states || error_field(err, "status",
	                              "“%.40s” is not a status of a message. Use pending, sent, failed, suppressed, "
	                              "cancelled, deferred or uncertain",
	                              word);
}
