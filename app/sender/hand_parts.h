/* Only for sender: a hand from the inside. hand.c takes, turns and leaves it, hand_asking.c asks the database,
 * hand_mails.c writes mails and follows them, hand_places.c knows where they go. */
#ifndef SENDER_HAND_PARTS_H
#define SENDER_HAND_PARTS_H

#include "sender/hand.h"
#include "sender/hand_places.h"

/* A message on its way. */
struct flight {
	struct hand *hand;
	int index;
	bool used;
	int64_t began_ms;
	struct arena *arena;
	struct buf mail, draft; /* draft: before it is signed */
	const char *from;
};

struct hand {
	struct shared *shared;
	struct arena *arena;
	struct job job;
	struct block block;
	struct block_state state;
	struct sent_campaign *campaign;
	struct post *post;
	struct holder holder;
	struct places places;
	unsigned char stops[BLOCK_MESSAGES_MAX];
	bool was_accepted;                     /* something went through the connection */
	char problem[SMTP_WORDS];              /* what the connection's server said last of us; "": nothing */
	const char *words[BLOCK_MESSAGES_MAX]; /* the server's, of the last refusal */
	struct flight *flights;
	int flight_count;
	struct moment now; /* the database's, at now_ms */
	int64_t now_ms, saved_ms, trouble_ms;
	int64_t spare, spare_until_ms; /* tokens that any destination without a limit of its own may use */
	int64_t people_version, settings_version, people_ms; /* people_ms: when they were read */
	bool has_versions, is_changed, is_closing, is_finished, is_over;
};

/* The database's time. */
static inline struct moment hand_time(const struct hand *hand) {
	return moment_add(hand->now, boot_ms() - hand->now_ms);
}

/* What the holder asks of the database. False: it did not answer, and why. */
bool hand_append(struct hand *hand, struct error *err) MUST_CHECK;
bool hand_look(struct hand *hand, struct error *err) MUST_CHECK;
bool hand_renew(struct hand *hand, struct error *err) MUST_CHECK;
bool hand_read(struct hand *hand, struct error *err) MUST_CHECK;
bool hand_take(struct hand *hand, const struct holder_task *task, struct error *err) MUST_CHECK;
bool hand_change_job(struct hand *hand, enum job_verb verb, int64_t wait_ms, bool *is_mine,
                     struct error *err) MUST_CHECK;

/* What it asks of the mail server. */
void hand_start(struct hand *hand, int index);
void hand_allow(struct hand *hand, int index);
void hand_drop(struct hand *hand, int index);

#endif
