/* Uncertain messages of which something proves that a server took them: whoever holds their block next notes that they
 * were accepted, at the time of their hand-over. What nothing proves stays uncertain. */
#ifndef DISPATCH_RECONCILE_H
#define DISPATCH_RECONCILE_H

#include "dispatch/message_list.h"

enum arrival_proof {
	ARRIVAL_ANSWERED, /* it was opened, or a link of it was followed */
	ARRIVAL_RETURNED, /* it came back, or somebody complained of it */
	ARRIVAL_LOGGED,   /* the mail server's log has it */
	ARRIVAL_REPORTED, /* the mail provider says that it delivered it */
	ARRIVAL_PROOF_COUNT
};

struct arrivals {
	const char *campaign_id;
	int64_t block; /* its number */
	const int *indices;
	int count;
	enum arrival_proof proof;
	const char *by; /* user; NULL: nobody */
	struct moment now;
};

/* Asks it of one block, and says so in the campaign's log; messages that are not uncertain are left alone. *asked: how
 * many were not asked for before. May be repeated. */
bool reconcile_block(struct store *store, const struct arrivals *arrivals, int64_t *asked,
                     struct error *err) MUST_CHECK;

struct reconciled {
	int64_t uncertain, found; /* messages: before, and those of them that the log has */
};

/* Of all uncertain messages of a campaign those that the log has. next(context, &line): false at its end; a line ends
 * with NUL. */
bool reconcile_log(struct store *store, const char *campaign_id, bool (*next)(void *context, const char **line),
                   void *context, const char *by, struct moment now, struct reconciled *result,
                   struct error *err) MUST_CHECK;

#endif
