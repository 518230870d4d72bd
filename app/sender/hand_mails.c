/* Mails of a block, from writing them to the server's answer. */
#include <string.h>

#include "campaigns/own_campaign.h"
#include "core/base/log.h"
#include "dispatch/happening.h"
#include "dispatch/marks.h"
#include "sender/hand_parts.h"

enum { REST_MS = 10 * SECOND_MS };

static struct flight *flight_of(struct hand *hand, int index) {
	for (int i = 0; i < hand->flight_count; i++)
		if (hand->flights[i].used && hand->flights[i].index == index)
			return &hand->flights[i];
	return NULL;
}

static struct flight *free_flight(struct hand *hand) {
	for (int i = 0; i < hand->flight_count; i++)
		if (!hand->flights[i].used)
			return &hand->flights[i];
	return NULL;
}

static void granted(void *context) {
	struct flight *flight = context;
	holder_granted(&flight->hand->holder, flight->index);
}

/* No other message would fare better: somebody has to put it right first. Once they have resumed it, what was on its
 * way before says nothing any more. */
static void hold_campaign(struct hand *hand, int64_t began_ms, const char *why) {
	struct campaign_move move;
	struct error err = ERROR_INIT;
	if (began_ms <= hand->campaign->held_ms)
		return;
	if (!campaign_move_own(hand->shared->store, hand->block.campaign_id, CAMPAIGN_PAUSE, hand_time(hand), &move, &err))
		return;
	hand->campaign->held_ms = boot_ms();
	holder_pause(&hand->holder);
	campaign_happened(hand->shared->store, hand->block.campaign_id, CAMPAIGN_HELD, why, hand_time(hand));
}

/* Those that wait for a session of a server that does not answer would wait for long, and with them the hands. */
static void rest(struct hand *hand, const struct smtp_outcome *outcome, bool is_silent) {
	char words[SMTP_WORDS];
	const struct smtp_outcome silent = smtp_outcome_of(SMTP_NOT_SENT, SMTP_AT_SESSION,
	                                                   "the mail server has stopped answering in the middle of emails");
	(void)smtp_words(outcome, hand->problem);
	holder_rest(&hand->holder, boot_ms() + REST_MS);
	post_rest(hand->post);
	if (is_silent)
		smtp_fail_queued(hand->post->pool, &silent);
	if (boot_ms() < hand->post->said_ms)
		return;
	hand->post->said_ms = boot_ms() + REST_MS;
	log_info("connection %s rests: %s", hand->post->connection.name, smtp_words(outcome, words));
}

static void note_trouble(struct hand *hand, int64_t began_ms, const struct smtp_outcome *outcome,
                         const struct refusal *refusal, enum silence_word silence) {
	enum refusal_remedy remedy = refusal_rule(refusal->class)->remedy;
	hand->was_accepted |= outcome->result == SMTP_ACCEPTED;
	if (outcome->result == SMTP_ACCEPTED)
		post_works(hand->post);
	if (remedy == REMEDY_PAUSE)
		hold_campaign(hand, began_ms, refusal_rule(refusal->class)->words);
	if (silence == SILENCE_HOLD)
		hold_campaign(hand, began_ms,
		              "the mail server takes emails and does not say what becomes of them. They may have arrived");
	if (silence == SILENCE_REST || remedy == REMEDY_REST || holder_is_of_server(&hand->holder, outcome))
		rest(hand, outcome, silence == SILENCE_REST);
}

/* What ends here says of the server, too. */
static enum silence_word note_silence(struct hand *hand, int index, const struct smtp_outcome *outcome) {
	struct post *post = hand->post;
	enum silence_word word = silence_note(&post->silence, outcome, holder_never_broke(&hand->holder, index),
	                                      post->limits.sessions, boot_ms());
	if (word == SILENCE_REST)
		holder_expect_break(&hand->holder, index);
	return word;
}

static void done(void *context, const struct smtp_outcome *outcome) {
	struct flight *flight = context;
	struct hand *hand = flight->hand;
	struct refusal refusal;
	char words[SMTP_WORDS];
	flight->used = false;
	if (outcome->result == SMTP_DEFERRED || outcome->result == SMTP_REFUSED || outcome->result == SMTP_NOT_SENT)
		hand->words[flight->index] = arena_copy(hand->arena, smtp_words(outcome, words));
	enum silence_word silence = note_silence(hand, flight->index, outcome);
	holder_ended(&hand->holder, flight->index, outcome, boot_ms(), hand_time(hand), &refusal);
	if (places_note(&hand->places, flight->index, outcome, &refusal))
		hand->saved_ms = 0;
	note_trouble(hand, flight->began_ms, outcome, &refusal, silence);
}

/* A mail that cannot be written has failed, for this person alone. */
static void fail_writing(struct hand *hand, struct flight *flight, const struct error *why) {
	struct smtp_outcome outcome = smtp_outcome_of(SMTP_REFUSED, SMTP_AT_CHECK, why->text);
	flight->used = true;
	done(flight, &outcome);
	(void)hand;
}

/* What of a mail leads back to us, by the keys of this process. */
static bool make_marks(const struct hand *hand, const struct recipient *person, const struct letter_to *to,
                       struct arena *arena, struct letter_marks *marks, struct error *err) {
	const struct shared *shared = hand->shared;
	const struct sent_campaign *campaign = hand->campaign;
	const struct settings *settings = shared->settings;
	const struct marks_from from = { .keys = &shared->keys,
		                             .bases = &shared->bases,
		                             .no_opens = !settings->track_opens,
		                             .no_clicks = !settings->track_clicks,
		                             .codes_within = settings->codes_within,
		                             .return_domain = settings->bounce_domain };
	return marks_of(&from, &campaign->dispatch, campaign->letter, person, to, arena, marks, err);
}

/* The whole mail, signed if its sender's domain has keys. */
static bool write_mail(struct hand *hand, struct flight *flight, const struct recipient *person,
                       const struct letter_to *to, struct error *err) {
	const struct sent_campaign *campaign = hand->campaign;
	const struct moment now = hand_time(hand);
	struct letter_marks marks;
	char id[LETTER_ID];
	letter_id(hand->block.campaign_id, to->block, to->index, id);
	flight->from = letter_from(campaign->letter, to);
	const struct dkim_signer *signer = letters_signer(campaign, flight->from);
	struct buf *unsigned_mail = signer->count > 0 ? &flight->draft : &flight->mail;
	buf_reset(&flight->draft);
	buf_reset(&flight->mail);
	if (!make_marks(hand, person, to, flight->arena, &marks, err) ||
	    !letter_write(campaign->letter, to, &marks, id, now, flight->arena, unsigned_mail, err))
		return false;
	if (marks.return_path)
		flight->from = marks.return_path;
	if (signer->count == 0)
		return true;
	if (!dkim_sign(signer, buf_text(&flight->draft), flight->draft.size, now, &flight->mail, err))
		return false;
	buf_add(&flight->mail, buf_text(&flight->draft), flight->draft.size);
	return true;
}

void hand_start(struct hand *hand, int index) {
	const struct recipient *person = &((const struct recipient *)hand->block.people.items)[index];
	const struct letter_to to = { hand->block.number, index, person->email, person->values };
	struct flight *flight = free_flight(hand);
	struct error err = ERROR_INIT;
	flight->index = index;
	flight->began_ms = boot_ms();
	arena_reset(flight->arena);
	if (!write_mail(hand, flight, person, &to, &err)) {
		fail_writing(hand, flight, &err);
		return;
	}
	flight->used = true;
	smtp_start(hand->post->pool, &(struct smtp_mail){ .envelope = { .from = flight->from,
	                                                                .to = person->email,
	                                                                .message = buf_text(&flight->mail),
	                                                                .size = flight->mail.size },
	                                                  .granted = granted,
	                                                  .done = done,
	                                                  .context = flight });
}

/* The server does not wait for it any more: it was not handed over. */
void hand_allow(struct hand *hand, int index) {
	struct flight *flight = flight_of(hand, index);
	struct smtp_outcome outcome = smtp_outcome_of(SMTP_NOT_SENT, SMTP_AT_DATA, "the session has ended");
	if (!flight || smtp_allow(hand->post->pool, flight))
		return;
	(void)smtp_drop(hand->post->pool, flight);
	done(flight, &outcome);
}

void hand_drop(struct hand *hand, int index) {
	struct flight *flight = flight_of(hand, index);
	if (!flight)
		return;
	(void)smtp_drop(hand->post->pool, flight);
	flight->used = false;
}
