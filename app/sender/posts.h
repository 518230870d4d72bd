/* The mail servers through which a sender sends: for each connection a pool of sessions, opened when it is first
 * wanted, and opened anew when the connection has been changed. */
#ifndef SENDER_POSTS_H
#define SENDER_POSTS_H

#include "connections/connection.h"
#include "core/client/smtp.h"
#include "sending/silence.h"

struct post {
	struct arena *arena;
	struct connection connection;
	struct smtp_account account;
	struct smtp_times times;
	struct smtp_limits limits;
	struct smtp_pool *pool;
	struct buf password;            /* secret */
	int64_t looked_ms;              /* when the connection was read last */
	int64_t said_ms;                /* until then its trouble is not logged again */
	int64_t rest_until_ms, told_ms; /* told_ms: until then no campaign is told again that it stands in for another */
	int64_t try_ms;                 /* while it does not work: until then nobody tries it */
	int rests;                      /* in a row */
	struct silence silence;         /* of its server */
	int holds;                      /* hands that use it */
	bool is_stale;                  /* the connection has changed: nobody new */
	struct post *next;
};

struct posts {
	struct store *store;
	const struct settings *settings;
	struct post *first;
};

void posts_open(struct posts *posts, struct store *store, const struct settings *settings);
void posts_close(struct posts *posts);

/* The post of a connection; NULL: the one of the settings, "default". Each call must be followed by post_leave.
 * CONFLICT, in words for people: it is not there, not active, cannot send emails, or its password does not open. */
bool posts_take(struct posts *posts, const char *connection_id, struct post **post, struct error *err) MUST_CHECK;
/* The same for a campaign with these senders ("Name <address>"): while its connection rests, is switched off or gone,
 * the first by priority of the other mail servers whose own sender is of the same domain as all of them. *stands_in:
 * such a one was taken. */
bool posts_take_for(struct posts *posts, const char *connection_id, const struct strings *froms, struct arena *arena,
                    struct post **post, bool *stands_in, struct error *err) MUST_CHECK;
/* It fails: for a while, longer from time to time, others are taken instead. */
void post_rest(struct post *post);
/* It works. */
void post_works(struct post *post);
/* It does not work or is slow, and others try it already, or it is too early to: how long to stay away. 0: use it. */
int64_t post_wait_ms(const struct post *post);
/* Its server says nothing about mails that it has, so far, or takes its time over each: whoever uses it has little to
 * do but wait. */
bool post_is_slow(const struct post *post);
/* Its limits are those of now, some seconds old at most. A connection that cannot be used any more is no error here:
 * whoever uses it ends with it. */
bool post_refresh(struct posts *posts, struct post *post, struct error *err) MUST_CHECK;
void post_leave(struct posts *posts, struct post *post);

/* Waits up to `ms` in all for something to happen at any of them, and handles it, with what follows within some
 * milliseconds. */
void posts_turn(struct posts *posts, int64_t ms);

#endif
