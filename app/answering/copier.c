/* Mails written again. */
#include "answering/copier.h"

#include "answering/link_keys.h"

bool message_copier(const struct settings *settings, struct store *store, const char *campaign_id, struct arena *arena,
                    struct copier *copier, struct error *err) {
	struct mail_bases *bases = arena_new_of(arena, struct mail_bases);
	*bases = mail_bases_of(settings->public_url, settings->pixel_url, settings->click_url, settings->unsubscribe_url,
	                       arena);
	const struct marks_from from = { .keys = link_keys(settings),
		                             .bases = bases,
		                             .no_opens = !settings->track_opens,
		                             .no_clicks = !settings->track_clicks,
		                             .codes_within = settings->codes_within,
		                             .return_domain = settings->bounce_domain };
	const struct letter_settings words = { .postal_address = settings->postal_address };
	return copier_open(store, campaign_id, &words, &from, arena, copier, err);
}
