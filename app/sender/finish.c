/* Finishing a block. */
#include "sender/finish.h"

#include "dispatch/again.h"
#include "dispatch/freeze.h"
#include "dispatch/message.h"

/* After it was marked as done: whoever asks from now on opens it again. */
static bool look_again(struct store *store, const struct block *block, struct block_state *state, struct arena *arena,
                       struct error *err) {
	int indices[BLOCK_PEOPLE], count;
	if (!again_waiting(store, block, arena, indices, &count, err))
		return false;
	state->is_done = count == 0;
	return state->is_done || block_state_save(store, state, err);
}

bool finish_block(struct store *store, const struct dispatch *dispatch, const struct block *block,
                  struct block_state *state, struct moment now, struct arena *arena, struct error *err) {
	if (!messages_write(store, block, arena, err))
		return false;
	state->is_done = true;
	state->due_at = MOMENT_NONE;
	state->updated_at = now;
	if (!block_state_save(store, state, err) || !look_again(store, block, state, arena, err))
		return false;
	return !state->is_done || freeze_go_on(store, dispatch->id, now, arena, err);
}
