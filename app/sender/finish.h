/* What remains to be done when a block has been left. */
#ifndef SENDER_FINISH_H
#define SENDER_FINISH_H

#include "dispatch/block.h"

/* All messages of the block are settled: gives back the turns of those who want fewer emails and got none, writes the
 * messages to `messages`, tells webhooks whose bounced, marks the block as done, asks for the campaign's next blocks,
 * and ends the campaign with the last one. May be repeated. If something of it was asked to be sent again meanwhile,
 * state->is_done is false afterwards. */
bool finish_block(struct store *store, const struct dispatch *dispatch, const struct block *block,
                  struct block_state *state, struct moment now, struct arena *arena, struct error *err) MUST_CHECK;

#endif
