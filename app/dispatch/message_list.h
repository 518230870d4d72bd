/* The messages of a campaign in their order: by block and place. Of a block that is done they are stored
 * (dispatch/message.h); of the others they are what the block and its journal say at the moment. Blocks without any
 * that is asked for are not read, so a page costs the same however large the campaign is. */
#ifndef DISPATCH_MESSAGE_LIST_H
#define DISPATCH_MESSAGE_LIST_H

#include "dispatch/ledger.h"
#include "dispatch/message.h"

struct messages_query {
	const char *campaign_id;
	unsigned states;        /* a set of 1 << enum message_state */
	const char *contact_id; /* only this person's; NULL: everybody's */
	const char *cursor;     /* of the page before; NULL or "": from the first */
	int limit;
};

#define MESSAGES_ALL ((1U << MESSAGE_STATE_COUNT) - 1)

struct messages_page {
	struct sent_message *rows;
	int count;
	const char *next; /* NULL: these are the last ones */
};

/* INVALID names "cursor". */
bool messages_list(struct store *store, const struct messages_query *query, struct arena *arena,
                   struct messages_page *page, struct error *err) MUST_CHECK;

/* Pure. Behind which message a cursor leads: -1 and -1 for NULL and "". INVALID names "cursor". */
bool messages_cursor_read(const char *cursor, int64_t *block, int64_t *index, struct error *err) MUST_CHECK;

/* Pure. The cursor of what follows this message. */
const char *messages_cursor(const struct sent_message *last, struct arena *arena);

/* One message with its block and what happened to it, the oldest first. */
struct message_found {
	struct block block;
	struct sent_message message;
	struct ledger_line *lines;
	int line_count;
};
/* `name`: as message_name writes it. MISSING: there is no such message. */
bool message_find(struct store *store, const char *name, struct arena *arena, struct message_found *found,
                  struct error *err) MUST_CHECK;

#endif
