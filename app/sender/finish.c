/* Finishing a block. */
#include "sender/finish.h"

#include "dispatch/freeze.h"
#include "dispatch/message.h"

bool finish_block(struct store *store, const struct dispatch *dispatch, const struct block *block,
                  struct block_state *state, struct moment now, struct arena *arena, struct error *err) {
	if (!messages_write(store, block, arena, err))
		return false;
	state->is_done = true;
	state->due_at = MOMENT_NONE;
	state->updated_at = now;
	return block_state_save(store, state, err) && freeze_go_on(store, dispatch->id, now, arena, err);
}
