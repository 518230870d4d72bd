/* Links of a campaign's mails. */
#include "answering/tracked_links.h"

#include <string.h>

#include "core/process/settings.h"
#include "dispatch/letter.h"

static void find_targets(const struct letter *letter, struct moment day, struct arena *arena,
                         struct tracked_links *links) {
	const struct letter_to nobody = { 0, 0, "", "[]" };
	int *same_as = arena_array(arena, int, (size_t)links->count + 1);
	for (int i = 0; i < links->count; i++) {
		struct error ignored = ERROR_INIT;
		BUF_AUTO target = { 0 };
		links->targets[i] = "";
		if (letter_target(letter, &nobody, i, day, arena, &target, &ignored))
			links->targets[i] = arena_copy(arena, buf_text(&target));
		for (same_as[i] = 0; same_as[i] < i && strcmp(links->targets[same_as[i]], links->targets[i]) != 0;)
			same_as[i]++;
	}
	links->same_as = same_as;
}

bool tracked_links_read(struct store *store, const char *campaign_id, struct arena *arena, struct tracked_links *links,
                        struct error *err) {
	const struct letter_settings settings = { .postal_address = settings_text("POSTAL_ADDRESS") };
	struct error ignored = ERROR_INIT;
	struct dispatch dispatch;
	const struct letter *letter;
	bool found;
	*links = (struct tracked_links){ 0, NULL, NULL };
	if (!dispatch_find(store, campaign_id, arena, &dispatch, &found, err))
		return false;
	if (!found || !letter_compile(&dispatch, &settings, arena, &letter, &ignored))
		return true;
	links->count = letter_link_count(letter);
	links->targets = arena_array(arena, const char *, (size_t)links->count + 1);
	find_targets(letter, dispatch.started_at, arena, links);
	return true;
}
