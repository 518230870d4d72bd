/* The warm-up of a campaign's senders. */
#include "composing/warmed_domain.h"

#include "composing/composition.h"
#include "core/formats/mail.h"
#include "senders/warm_up.h"

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
