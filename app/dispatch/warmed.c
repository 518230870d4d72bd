/* Campaigns and warm-ups. */
#include "dispatch/warmed.h"

#include "composing/composition.h"
#include "core/formats/mail.h"
#include "dispatch/block.h"
#include "senders/warm_up.h"
#include "sending/destination.h"

bool warmed_domain(struct store *store, const struct strings *froms, struct arena *arena, const char **domain_id,
                   struct error *err) {
	*domain_id = NULL;
	for (int i = 0; i < froms->count && !*domain_id; i++) {
		const struct sender sender = sender_read(froms->items[i], arena);
		const char *domain = mail_domain_part(mail_ascii_address(sender.email, arena));
		if (!warm_up_of(store, domain, arena, domain_id, err))
			return false;
	}
	return true;
}

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
