/* Campaigns and warm-ups. */
#include "dispatch/warmed.h"

#include "composing/warmed_domain.h"
#include "dispatch/block.h"
#include "senders/warm_up.h"
#include "sending/destination.h"

bool warmed_note_complaint(struct store *store, const char *campaign_id, int64_t block, int64_t index,
                           struct moment now, struct arena *arena, struct error *err) {
	static const struct warming_replies one = { .complained = 1 };
	char name[DESTINATION_NAME_MAX + 1];
	struct recipient recipient;
	struct dispatch dispatch;
	const char *domain_id;
	bool found;
	if (!block_find_recipient(store, campaign_id, block, (int)index, arena, &recipient, &found, err))
		return false;
	if (!found)
		return true; /* they were erased */
	if (!dispatch_need(store, campaign_id, arena, &dispatch, err) ||
	    !warmed_domain(store, &dispatch.said.froms, arena, &domain_id, err))
		return false;
	return !domain_id || warm_up_tell(store, domain_id, destination_name(recipient.email, name), &one, now, arena, err);
}
